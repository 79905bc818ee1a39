//! The playbook that somebody means: by its name, or as they give it.

use std::path::{Path, PathBuf};

use serde_json::value::RawValue;

use crate::playbook::problem::Diagnostic;

use super::given::Wrong;
use super::{Folders, Opened, Written, DEFINITION};

/// Where a playbook is.
pub(super) enum Source {
    /// In a file.
    File(PathBuf),
    /// Given: its text, and the folder that relative names begin at.
    Given(String, PathBuf),
}

impl Source {
    /// The one of a name, or the one that is given.
    pub(super) fn of(
        name: Option<&str>,
        definition: Option<&RawValue>,
        directory: &Path,
        folders: &Folders,
    ) -> Result<Self, Wrong> {
        match (name, definition) {
            (Some(name), None) => {
                let found = folders.find(name);
                let found = found.map_err(|error| Wrong(error.to_string()))?;
                Ok(Self::File(found))
            }
            (None, Some(definition)) => {
                let text = definition.get().to_owned();
                Ok(Self::Given(text, directory.to_owned()))
            }
            _ => Err(Wrong(
                "there is no playbook, or there are two. \
                 Give one of `playbook` and `definition`."
                    .to_owned(),
            )),
        }
    }

    /// What it is called by those that have not read it.
    pub(super) fn name(&self) -> String {
        match self {
            Self::File(path) => {
                let stem = path.file_stem().unwrap_or_default();
                stem.to_string_lossy().into_owned()
            }
            Self::Given(..) => DEFINITION.to_owned(),
        }
    }

    /// What messages call its file.
    pub(super) fn file(&self) -> String {
        match self {
            Self::File(path) => path.display().to_string(),
            Self::Given(..) => DEFINITION.to_owned(),
        }
    }

    /// It as it is written.
    pub(super) fn written(&self) -> Result<Written, Diagnostic> {
        match self {
            Self::File(path) => Written::of_file(path),
            Self::Given(text, _) => Ok(Written::given(text.clone())),
        }
    }

    /// Reads it.
    pub(super) fn open(&self) -> Result<Opened, Vec<Diagnostic>> {
        match self {
            Self::File(path) => Opened::read(path),
            Self::Given(text, folder) => Opened::given(text.clone(), folder),
        }
    }
}
