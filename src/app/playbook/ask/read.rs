//! What is in a playbook's file.

use serde::Serialize;
use serde_json::value::RawValue;

use crate::playbook::format::{Document, Format};
use crate::playbook::problem::Diagnostic;
use crate::playbook::write;

use super::super::look::{told, Told};
use super::super::open::{text_of, Surroundings};
use super::super::DEFINITION;
use super::source::Source;

/// What is in a playbook's file.
#[derive(Serialize)]
pub(super) struct Reading {
    file: String,
    name: String,
    definition: Option<Box<RawValue>>,
    diagnostics: Vec<Told>,
}

impl Reading {
    /// Reads a playbook.
    pub(super) fn of(source: &Source) -> Self {
        let mut reading = Self {
            file: source.file(),
            name: source.name(),
            definition: None,
            diagnostics: Vec::new(),
        };
        if let Err(problem) = reading.take(source) {
            reading.diagnostics = told(&[problem]);
        }
        reading
    }

    /// Takes what there is; the error says why there is nothing.
    fn take(&mut self, source: &Source) -> Result<(), Diagnostic> {
        let file = source.file();
        let text;
        let document = match source {
            Source::File(path) => {
                text = text_of(path)?;
                Document::read(&file, &text)?
            }
            Source::Given(text, _) => Document::read_as(Format::Json, DEFINITION, text)?,
        };
        let surroundings = Surroundings::of_process();
        let look = |name: &str| surroundings.get(name);
        let read = document.playbook(&look);
        self.diagnostics = told(&document.diagnostics(&read.remarks));
        if let Some(name) = read.playbook.name {
            self.name = name;
        }
        let json = write::json(&document.root.resolve(&look));
        // Whatever the writer makes is JSON.
        self.definition = RawValue::from_string(json).ok();
        Ok(())
    }
}
