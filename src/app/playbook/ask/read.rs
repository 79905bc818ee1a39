//! What is in a playbook's file.

use serde::Serialize;
use serde_json::value::RawValue;

use crate::playbook::format::Format;
use crate::playbook::problem::Diagnostic;
use crate::playbook::write;

use super::super::look::{told, Told};
use super::super::open::Surroundings;
use super::super::source::Source;

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
        let written = source.written()?;
        let document = written.document()?;
        let surroundings = Surroundings::of_process();
        let look = |name: &str| surroundings.get(name);
        let read = document.playbook(&look);
        self.diagnostics = told(&document.diagnostics(&read.remarks));
        if let Some(name) = read.playbook.name {
            self.name = name;
        }
        let (json, _) = write::write(&document.root.resolve(&look), Format::Json);
        // Whatever the writer makes is JSON.
        self.definition = RawValue::from_string(json.trim_end().to_owned()).ok();
        Ok(())
    }
}
