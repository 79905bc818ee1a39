//! What was found out about a playbook.

use serde::Serialize;

use crate::playbook::problem::Diagnostic;

use super::super::{Folders, Opened, Wishes};
use super::told;

/// What was found out about a playbook.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Checked {
    /// What it was asked for by, or calls itself.
    pub name: String,
    /// Whether it can be run.
    pub is_valid: bool,
    /// How many steps do something.
    pub steps: usize,
    /// The paths of those that only PowerShell can do.
    #[serde(rename = "needsPowerShell")]
    pub needs_powershell: Vec<String>,
    /// Why it was not read at all.
    pub error: Option<String>,
    /// All that is wrong or odd.
    #[serde(serialize_with = "told::serialize")]
    pub diagnostics: Vec<Diagnostic>,
}

impl Checked {
    /// Looks for a playbook and checks it.
    pub fn named(name: &str, folders: &Folders) -> Self {
        match folders.find(name) {
            Ok(path) => Self::of(name, Opened::read(&path), folders, &Wishes::default()),
            Err(error) => Self {
                error: Some(error.to_string()),
                ..Self::nothing(name)
            },
        }
    }

    /// Checks what was read. Parameters need not be given, so none is missing.
    pub fn of(
        name: &str,
        opened: Result<Opened, Vec<Diagnostic>>,
        folders: &Folders,
        wishes: &Wishes,
    ) -> Self {
        match &opened {
            Ok(opened) => Self::of_opened(name, opened, folders, wishes),
            Err(diagnostics) => Self {
                diagnostics: diagnostics.clone(),
                ..Self::nothing(name)
            },
        }
    }

    pub(super) fn of_opened(
        name: &str,
        opened: &Opened,
        folders: &Folders,
        wishes: &Wishes,
    ) -> Self {
        let wishes = wishes.clone().for_a_look(opened.playbook());
        let draft = opened.plan(wishes, folders);
        let flat = draft.plan.flat();
        let steps = draft.needs_powershell.iter();
        Self {
            is_valid: draft.is_usable(),
            steps: flat.leaves.iter().filter(|it| it.does_work()).count(),
            needs_powershell: steps.map(|(path, _)| path.clone()).collect(),
            diagnostics: draft.diagnostics,
            ..Self::nothing(name)
        }
    }

    fn nothing(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            is_valid: false,
            steps: 0,
            needs_powershell: Vec::new(),
            error: None,
            diagnostics: Vec::new(),
        }
    }
}
