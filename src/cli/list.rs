//! `list`: the playbooks of the project.

use serde_json::json;

use crate::app::playbook::{self, Folders, Wishes};

use super::arguments::ListArguments;
use super::{exit_code, human, machine};

pub(super) fn list(given: &ListArguments) -> u8 {
    let folders = Folders::around_here();
    let playbooks = playbook::list(&folders, &Wishes::default());
    if given.json {
        machine::value(&json!({ "playbooks": playbooks, "folders": folders.playbooks() }));
        return exit_code::SUCCESS;
    }
    if playbooks.is_empty() {
        human::text("no playbooks: put them in orchestration/playbooks, or set OE_PLAYBOOK_PATH");
    }
    let widths = playbooks.iter().map(|it| it.name.chars().count());
    let width = widths.max().unwrap_or(0);
    for playbook in &playbooks {
        let described = playbook.description.as_deref().unwrap_or_default();
        let description = match playbook.is_valid {
            true => described,
            false => "(not valid: see `orchestrate validate`)",
        };
        let line = format!("{:width$}  {description}", playbook.name);
        human::text(line.trim_end());
    }
    exit_code::SUCCESS
}
