//! `plan`, `validate` and `graph`: what is said of playbooks without running them.

use std::path::Path;

use crate::app::playbook::{self, Checked, Draft, Estimate, Folders, Opened, Wishes, Written};
use crate::playbook::model::Playbook;
use crate::playbook::problem::Diagnostic;
use crate::playbook::schema;

use super::arguments::{ExportArguments, GraphArguments, PlaybookArguments, ValidateArguments};
use super::{exit_code, human, kept, machine};

/// Says why nothing was done; what to end with.
pub(super) fn refuse(why: &str, is_json: bool) -> u8 {
    match is_json {
        true => machine::error(why),
        false => human::error(why),
    }
    exit_code::BAD_INPUT
}

/// Says what is wrong with a playbook; what to end with.
pub(super) fn refuse_all(diagnostics: &[Diagnostic], is_json: bool) -> u8 {
    match is_json {
        true => machine::refusal(diagnostics),
        false => human::diagnostics(diagnostics),
    }
    exit_code::BAD_INPUT
}

/// Reads and plans a playbook; says what is wrong, if it cannot be used. The number
/// is what to end with then.
pub(super) fn draft(given: &PlaybookArguments) -> Result<Draft, u8> {
    draft_of(given, |wishes, _| wishes)
}

fn draft_of(
    given: &PlaybookArguments,
    wanted: impl FnOnce(Wishes, &Playbook) -> Wishes,
) -> Result<Draft, u8> {
    let refuse_all = |diagnostics: &[Diagnostic]| refuse_all(diagnostics, given.json);
    let folders = Folders::around_here();
    let path = folders.find(&given.playbook);
    let path = path.map_err(|error| refuse(&error.to_string(), given.json))?;
    let opened = Opened::read(&path).map_err(|diagnostics| refuse_all(&diagnostics))?;
    let wishes = wanted(given.wishes(), opened.playbook());
    let draft = opened.plan(wishes, &folders);
    match draft.is_usable() {
        true => Ok(draft),
        false => Err(refuse_all(&draft.diagnostics)),
    }
}

/// `orchestrate plan`, with how long it takes by the runs that are kept in a folder.
pub(super) fn plan(given: &PlaybookArguments, state: Option<&Path>) -> u8 {
    let draft = match draft(given) {
        Ok(draft) => draft,
        Err(code) => return code,
    };
    let estimate = Estimate::of(&draft.plan, &kept::state(state));
    match given.json {
        true => machine::plan(&draft, estimate.as_ref()),
        false => {
            human::diagnostics(&draft.diagnostics);
            human::plan(&draft, estimate.as_ref());
        }
    }
    exit_code::SUCCESS
}

/// `orchestrate graph`.
pub(super) fn graph(given: &GraphArguments) -> u8 {
    let draft = match draft_of(&given.playbook, Wishes::for_a_look) {
        Ok(draft) => draft,
        Err(code) => return code,
    };
    let drawn = playbook::draw(&draft.plan, given.format.form());
    match given.playbook.json {
        true => machine::value(&serde_json::json!({ "graph": drawn })),
        false => human::text(&drawn),
    }
    exit_code::SUCCESS
}

/// `orchestrate export`.
pub(super) fn export(given: &ExportArguments) -> u8 {
    let path = match Folders::around_here().find(&given.playbook) {
        Ok(path) => path,
        Err(error) => return refuse(&error.to_string(), given.json),
    };
    let written = Written::of_file(&path);
    let exported = written.and_then(|written| playbook::export(&written, given.to.format()));
    let (text, warnings) = match exported {
        Ok(exported) => exported,
        Err(problem) => return refuse_all(&[problem], given.json),
    };
    if given.json {
        let diagnostics = playbook::told(&warnings);
        machine::value(&serde_json::json!({ "text": text, "diagnostics": diagnostics }));
        return exit_code::SUCCESS;
    }
    human::diagnostics(&warnings);
    human::written(&text);
    exit_code::SUCCESS
}

/// `orchestrate schema`.
pub(super) fn schema() -> u8 {
    human::written(&schema::text());
    exit_code::SUCCESS
}

/// `orchestrate validate`. Parameters are not given, so none is missing.
pub(super) fn validate(given: &ValidateArguments) -> u8 {
    let folders = Folders::around_here();
    let mut names = given.playbooks.clone();
    if names.is_empty() {
        names = folders
            .list()
            .into_iter()
            .map(|listed| listed.name)
            .collect();
    }
    let mut checked: Vec<_> = names
        .iter()
        .map(|name| Checked::named(name, &folders))
        .collect();
    if given.strict {
        for one in &mut checked {
            one.is_valid &= one.diagnostics.is_empty();
        }
    }
    match given.json {
        true => machine::checked(&checked),
        false => human::checked(&checked),
    }
    match !checked.is_empty() && checked.iter().all(|one| one.is_valid) {
        true => exit_code::SUCCESS,
        false => exit_code::BAD_INPUT,
    }
}
