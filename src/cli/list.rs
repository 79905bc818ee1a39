//! `list`: the playbooks of the project.

use serde_json::json;

use crate::app::playbook::Opened;

use super::arguments::ListArguments;
use super::show::folders;
use super::{exit_code, human, machine};

pub(super) fn list(given: &ListArguments) -> u8 {
    let mut rows = Vec::new();
    for listed in folders().list() {
        let opened = Opened::read(&listed.path).ok();
        let playbook = opened.as_ref().map(Opened::playbook);
        rows.push(json!({
            "name": listed.name,
            "file": listed.path.display().to_string(),
            "isReadable": playbook.is_some(),
            "description": playbook.and_then(|it| it.description.clone()),
            "version": playbook.and_then(|it| it.version.clone()),
            "steps": playbook.map(|it| it.steps.len()),
            "parameters": playbook.map(|it| {
                it.parameters.iter().map(|it| it.name.text.clone()).collect::<Vec<_>>()
            }),
        }));
    }
    if given.json {
        machine::value(&json!({ "playbooks": rows }));
        return exit_code::SUCCESS;
    }
    if rows.is_empty() {
        human::text("no playbooks: put them in orchestration/playbooks, or set OE_PLAYBOOK_PATH");
    }
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let width = rows
        .iter()
        .map(|row| text(&row["name"]).chars().count())
        .max()
        .unwrap_or(0);
    for row in &rows {
        let description = match row["isReadable"].as_bool() {
            Some(true) => text(&row["description"]),
            _ => "(cannot be read: see `orchestrate validate`)".to_owned(),
        };
        let line = format!("{:width$}  {description}", text(&row["name"]));
        human::text(line.trim_end());
    }
    exit_code::SUCCESS
}
