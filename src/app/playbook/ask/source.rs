//! The playbook that a question is about.

use std::path::PathBuf;

use crate::playbook::problem::Diagnostic;

use super::super::{Folders, Opened, Written, DEFINITION};
use super::question::Question;
use super::AskError;

/// Where a playbook is.
pub(super) enum Source {
    /// In a file.
    File(PathBuf),
    /// In the question: its text, and the folder that relative names begin at.
    Given(String, PathBuf),
}

impl Source {
    /// The one that is asked about.
    pub(super) fn of(question: &Question<'_>, folders: &Folders) -> Result<Self, AskError> {
        match (&question.playbook, question.definition) {
            (Some(name), None) => {
                let found = folders.find(name);
                let found = found.map_err(|error| AskError::Argument(error.to_string()))?;
                Ok(Self::File(found))
            }
            (None, Some(definition)) => {
                let folder = PathBuf::from(&question.directory);
                Ok(Self::Given(definition.get().to_owned(), folder))
            }
            _ => Err(AskError::Argument(
                "the question is about no playbook, or about two. \
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
