//! A question as it is asked.

use std::path::PathBuf;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::engine::value::Value;
use crate::playbook::format::Format;
use crate::report::FlowForm;

use super::super::given::{self, GivenStepType};
use super::super::source::Source;
use super::super::{Folders, Wishes};
use super::AskError;

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Ask {
    List,
    Read,
    Validate,
    Plan,
    Graph,
    Export,
    Schema,
}

/// A question.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Question<'q> {
    pub(super) ask: Ask,
    /// Where relative names begin.
    directory: PathBuf,
    playbook: Option<String>,
    #[serde(borrow)]
    definition: Option<&'q RawValue>,
    #[serde(default)]
    parameters: Option<Value>,
    environment: Option<String>,
    profile: Option<String>,
    mode: Option<String>,
    #[serde(default)]
    continue_on_error: Option<bool>,
    max_concurrency: Option<u32>,
    #[serde(default)]
    secrets: Vec<String>,
    form: Option<String>,
    state: Option<PathBuf>,
    #[serde(default)]
    step_types: Vec<GivenStepType>,
}

impl Question<'_> {
    /// The project around the folder of whoever asks.
    pub(super) fn folders(&self) -> Result<Folders, AskError> {
        Ok(given::folders(&self.directory)?)
    }

    /// The playbook that it is about.
    pub(super) fn source(&self, folders: &Folders) -> Result<Source, AskError> {
        let name = self.playbook.as_deref();
        Ok(Source::of(name, self.definition, &self.directory, folders)?)
    }

    /// What is wanted of the playbook.
    pub(super) fn wishes(&self) -> Result<Wishes, AskError> {
        Ok(Wishes {
            parameters: given::parameters(self.parameters.as_ref())?,
            context: self.environment.clone(),
            profile: self.profile.clone(),
            mode: given::mode(self.mode.as_deref())?,
            continues_on_error: self.continue_on_error.unwrap_or(false),
            limit: given::limit(self.max_concurrency)?,
            step_types: given::step_types(&self.step_types)?,
            secrets: self.secrets.clone(),
        })
    }

    /// Where runs are kept.
    pub(super) fn state(&self, folders: &Folders) -> PathBuf {
        let given = self.state.as_ref();
        given.map_or_else(|| folders.state(), |state| self.directory.join(state))
    }

    /// What is to be drawn.
    pub(super) fn drawing(&self) -> Result<FlowForm, AskError> {
        match self.form.as_deref() {
            None | Some("mermaid") => Ok(FlowForm::Mermaid),
            Some("dot") => Ok(FlowForm::Dot),
            Some("svg") => Ok(FlowForm::Svg),
            Some(other) => Err(no_form(other, "mermaid, dot, svg")),
        }
    }

    /// What is to be written.
    pub(super) fn format(&self) -> Result<Format, AskError> {
        match self.form.as_deref() {
            Some("psd1") => Ok(Format::Psd1),
            Some("json") => Ok(Format::Json),
            Some("yaml") => Ok(Format::Yaml),
            other => Err(no_form(other.unwrap_or_default(), "psd1, json, yaml")),
        }
    }
}

fn no_form(form: &str, known: &str) -> AskError {
    AskError::Argument(format!("there is no form `{form}`. The forms are {known}."))
}
