//! The playbooks of a project.

use std::path::PathBuf;

use serde::Serialize;

use super::super::{Folders, Opened, Wishes};
use super::Checked;

/// A playbook of the project.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ListedPlaybook {
    /// Its name: that of its file in its folder, without the ending.
    pub name: String,
    /// Its file.
    pub path: PathBuf,
    /// What it is for.
    pub description: Option<String>,
    /// Its version.
    pub version: Option<String>,
    /// How it says what is to be done; nothing if it cannot be read.
    pub dialect: Option<&'static str>,
    /// The names of its parameters.
    pub parameters: Vec<String>,
    /// How many steps do something.
    pub steps: usize,
    /// Whether it can be run.
    pub is_valid: bool,
}

/// All playbooks, by name, and whether they can be run with what somebody has for them.
pub fn list(folders: &Folders, wishes: &Wishes) -> Vec<ListedPlaybook> {
    let listed = folders.list().into_iter();
    let listed = listed.map(|listed| match Opened::read(&listed.path) {
        Ok(opened) => {
            let checked = Checked::of_opened(&listed.name, &opened, folders, wishes);
            let playbook = opened.playbook();
            let parameters = playbook.parameters.iter();
            ListedPlaybook {
                name: listed.name,
                path: listed.path,
                description: playbook.description.clone(),
                version: playbook.version.clone(),
                dialect: Some(playbook.dialect.name()),
                parameters: parameters.map(|it| it.name.text.clone()).collect(),
                steps: checked.steps,
                is_valid: checked.is_valid,
            }
        }
        Err(_) => ListedPlaybook {
            name: listed.name,
            path: listed.path,
            description: None,
            version: None,
            dialect: None,
            parameters: Vec::new(),
            steps: 0,
            is_valid: false,
        },
    });
    listed.collect()
}
