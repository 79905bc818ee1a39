//! Questions about playbooks: which there are, what is in one, what is wrong with it
//! and what it would do. Nothing is run.
//!
//! # JSON
//! A question has `ask` and `directory`, the absolute path of the folder of whoever
//! asks: the project is looked for around it, and relative names begin there. All but
//! `list` and `schema` are about one playbook: `playbook` is its name or a path, or `definition` is
//! the playbook itself, in any of the ways that a JSON file may say it. Keys that are
//! not named here are refused.
//!
//! | `ask` | further keys | answer |
//! |---|---|---|
//! | `list` | | `{"playbooks": […], "folders": […]}` |
//! | `read` | | `{"file", "name", "definition", "diagnostics"}`: the data of the file in its order, with environment variables put in and script blocks as texts; `null` if it cannot be read |
//! | `validate` | | `{"name", "isValid", "steps", "needsPowerShell", "diagnostics"}` |
//! | `plan` | `parameters`, `environment`, `profile`, `mode`, `continueOnError`, `maxConcurrency`; `state`: the folder in which runs are kept, that of the project if not given | what [`ToldPlan`] tells, with how long it will take if it has run before |
//! | `graph` | the same, and `form`: `mermaid` (the default), `dot` or `svg` | `{"graph", "diagnostics"}`; `null` if there is nothing to draw |
//! | `export` | `form`: `psd1`, `json` or `yaml` | `{"text", "diagnostics"}`: the file in that form, with warnings about what it cannot say; `null` if it cannot be read |
//! | `schema` | | `{"schema"}`: the JSON Schema of playbooks |
//!
//! Each may have `stepTypes`, as the start of a workflow: the types of steps that are known
//! beside those of every playbook.
//!
//! What is wrong with a playbook is in `diagnostics`, as [`Told`], and no error of
//! the question. That there is none of a name is one.

mod question;
mod read;

use std::fmt;

use serde::Serialize;

use crate::playbook::format::Format;
use crate::playbook::schema;

use super::given::Wrong;
use super::look::{draw, export, list, told, Checked, Estimate, ListedPlaybook, Told, ToldPlan};
use super::source::Source;
use super::Folders;
use question::{Ask, Question};
use read::Reading;

/// Why there is no answer.
#[derive(Debug)]
pub enum AskError {
    /// The JSON is not one of a question.
    Json {
        /// What is wrong, and where.
        source: serde_json::Error,
    },
    /// Something in it cannot be used: what, and what to do.
    Argument(String),
}

impl fmt::Display for AskError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Json { source } => source.fmt(f),
            Self::Argument(what) => f.write_str(what),
        }
    }
}

impl std::error::Error for AskError {}

impl From<Wrong> for AskError {
    fn from(wrong: Wrong) -> Self {
        Self::Argument(wrong.0)
    }
}

/// Answers a question; [`self`] describes both.
pub fn ask(json: &str) -> Result<String, AskError> {
    let question: Question<'_> =
        serde_json::from_str(json).map_err(|source| AskError::Json { source })?;
    let folders = question.folders()?;
    if question.ask == Ask::List {
        let playbooks = list(&folders, &question.wishes()?);
        let folders = folders.playbooks();
        return Ok(text(&Listing { playbooks, folders }));
    }
    if question.ask == Ask::Schema {
        return Ok(text(&serde_json::json!({ "schema": schema::schema() })));
    }
    let source = question.source(&folders)?;
    Ok(match question.ask {
        Ask::List | Ask::Schema | Ask::Read => text(&Reading::of(&source)),
        Ask::Validate => {
            let wishes = question.wishes()?;
            text(&Checked::of(
                &source.name(),
                source.open(),
                &folders,
                &wishes,
            ))
        }
        Ask::Export => text(&Exported::of(&source, question.format()?)),
        Ask::Graph => text(&Drawn::of(&question, &source, &folders)?),
        Ask::Plan => match source.open() {
            Ok(opened) => {
                let draft = opened.plan(question.wishes()?, &folders);
                let estimate = Estimate::of(&draft.plan, &question.state(&folders));
                text(&ToldPlan::of(&draft, estimate.as_ref()))
            }
            Err(diagnostics) => text(&Unplanned::new(&source.name(), told(&diagnostics))),
        },
    })
}

#[derive(Serialize)]
struct Listing<'a> {
    playbooks: Vec<ListedPlaybook>,
    folders: &'a [std::path::PathBuf],
}

/// There is no plan, since the playbook is unusable.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Unplanned {
    name: String,
    is_usable: bool,
    steps: [(); 0],
    diagnostics: Vec<Told>,
}

impl Unplanned {
    fn new(name: &str, diagnostics: Vec<Told>) -> Self {
        Self {
            name: name.to_owned(),
            is_usable: false,
            steps: [],
            diagnostics,
        }
    }
}

#[derive(Serialize)]
struct Exported {
    text: Option<String>,
    diagnostics: Vec<Told>,
}

impl Exported {
    fn of(source: &Source, to: Format) -> Self {
        let written = source.written();
        match written.and_then(|written| export(&written, to)) {
            Ok((text, warnings)) => Self {
                text: Some(text),
                diagnostics: told(&warnings),
            },
            Err(problem) => Self {
                text: None,
                diagnostics: told(&[problem]),
            },
        }
    }
}

#[derive(Serialize)]
struct Drawn {
    graph: Option<String>,
    diagnostics: Vec<Told>,
}

impl Drawn {
    fn of(question: &Question<'_>, source: &Source, folders: &Folders) -> Result<Self, AskError> {
        let (form, wishes) = (question.drawing()?, question.wishes()?);
        Ok(match source.open() {
            Ok(opened) => {
                let wishes = wishes.for_a_look(opened.playbook());
                let draft = opened.plan(wishes, folders);
                Self {
                    graph: Some(draw(&draft.plan, form)),
                    diagnostics: told(&draft.diagnostics),
                }
            }
            Err(diagnostics) => Self {
                graph: None,
                diagnostics: told(&diagnostics),
            },
        })
    }
}

fn text(answer: &impl Serialize) -> String {
    // Fails only for maps with keys that are no strings; there is none.
    serde_json::to_string(answer).expect("an answer is JSON")
}

#[cfg(test)]
mod tests;
