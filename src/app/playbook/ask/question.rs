//! A question as it is asked.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::engine::value::Value;
use crate::playbook::format::Format;
use crate::playbook::plan::Mode;
use crate::playbook::values::Named;
use crate::report::FlowForm;

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
    pub(super) directory: String,
    pub(super) playbook: Option<String>,
    #[serde(borrow)]
    pub(super) definition: Option<&'q RawValue>,
    #[serde(default)]
    parameters: Option<Value>,
    environment: Option<String>,
    profile: Option<String>,
    mode: Option<String>,
    #[serde(default)]
    continue_on_error: Option<bool>,
    max_concurrency: Option<u32>,
    form: Option<String>,
    state: Option<PathBuf>,
}

impl Question<'_> {
    /// The project around the folder of whoever asks.
    pub(super) fn folders(&self) -> Result<Folders, AskError> {
        let directory = Path::new(&self.directory);
        match directory.is_absolute() {
            true => Ok(Folders::around(directory)),
            false => Err(AskError::Argument(format!(
                "the directory `{}` is not absolute. Name it from the root on.",
                self.directory
            ))),
        }
    }

    /// What is wanted of the playbook.
    pub(super) fn wishes(&self) -> Result<Wishes, AskError> {
        Ok(Wishes {
            parameters: self.parameters()?,
            context: self.environment.clone(),
            profile: self.profile.clone(),
            mode: self.mode()?,
            continues_on_error: self.continue_on_error.unwrap_or(false),
            limit: self.limit()?,
        })
    }

    /// Where runs are kept.
    pub(super) fn state(&self, folders: &Folders) -> PathBuf {
        let given = self.state.as_ref();
        given.map_or_else(
            || folders.state(),
            |state| Path::new(&self.directory).join(state),
        )
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

    fn parameters(&self) -> Result<Named, AskError> {
        match &self.parameters {
            Some(Value::Map(entries)) => {
                let entries = entries.iter();
                let named = entries.map(|(name, value)| (name.to_string(), value.clone()));
                Ok(named.collect())
            }
            Some(Value::Null) | None => Ok(Named::new()),
            Some(_) => Err(AskError::Argument(
                "`parameters` is no object. Write names with values.".to_owned(),
            )),
        }
    }

    fn mode(&self) -> Result<Option<Mode>, AskError> {
        let Some(name) = &self.mode else {
            return Ok(None);
        };
        let known = Mode::NAMES.join(", ");
        Mode::named(name).map(Some).ok_or_else(|| {
            AskError::Argument(format!("there is no mode `{name}`. The modes are {known}."))
        })
    }

    fn limit(&self) -> Result<Option<u32>, AskError> {
        match self.max_concurrency {
            Some(limit) if !(1..=1024).contains(&limit) => Err(AskError::Argument(format!(
                "`maxConcurrency` is {limit}. Give a number from 1 to 1024."
            ))),
            limit => Ok(limit),
        }
    }
}

fn no_form(form: &str, known: &str) -> AskError {
    AskError::Argument(format!("there is no form `{form}`. The forms are {known}."))
}
