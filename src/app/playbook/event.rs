//! The reports of a run, as far as a workflow reads them.

use serde::Deserialize;

use crate::engine::batch::OutputFile;
use crate::store::StreamRecord;

/// A report of the run, as far as it is read here.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Report {
    pub(super) status: String,
    pub(super) reason: Option<String>,
    pub(super) error: Option<String>,
    pub(super) elapsed_seconds: f64,
    pub(super) lower_bound_seconds: Option<f64>,
    pub(super) sequential_seconds: Option<f64>,
    #[serde(default)]
    pub(super) events: Vec<Event>,
    pub(super) cursor: u64,
}

/// Something that happened.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Event {
    pub(super) kind: String,
    #[serde(default)]
    pub(super) task: u32,
    #[serde(default)]
    pub(super) name: String,
    #[serde(default)]
    pub(super) at_seconds: f64,
    pub(super) started_at: Option<f64>,
    pub(super) exit_code: Option<i32>,
    pub(super) state: Option<String>,
    pub(super) skip_reason: Option<String>,
    pub(super) blocked_by: Option<String>,
    pub(super) attempt: Option<u32>,
    pub(super) attempts: Option<u32>,
    pub(super) duration_seconds: Option<f64>,
    pub(super) kept: Option<bool>,
    pub(super) error: Option<String>,
    pub(super) program: Option<Program>,
    pub(super) output: Option<serde_json::Value>,
    pub(super) blob: Option<String>,
    #[serde(default)]
    pub(super) streams: Vec<StreamRecord>,
}

/// What a program left.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Program {
    pub(super) exit_code: Option<i32>,
    pub(super) stdout: Captured,
    pub(super) stderr: Captured,
}

/// What it wrote.
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct Captured {
    pub(super) text: String,
    pub(super) file: Option<OutputFile>,
}

/// Whether an output is that of a program.
pub(super) fn is_of_program(output: Option<&serde_json::Value>) -> bool {
    output.is_some_and(|it| it.get("stdout").is_some() && it.get("exitCode").is_some())
}

/// What a program of an earlier part of the run left.
pub(super) fn of_output(output: Option<&serde_json::Value>) -> Program {
    let part = |key: &str| output.and_then(|it| it[key].as_str()).map(str::to_owned);
    let text = |key: &str| Captured {
        text: part(key).unwrap_or_default(),
        file: part(&format!("{key}File")).map(|path| OutputFile {
            path,
            problem: None,
        }),
    };
    let code = output.and_then(|it| it["exitCode"].as_i64());
    Program {
        exit_code: code.and_then(|code| i32::try_from(code).ok()),
        stdout: text("stdout"),
        stderr: text("stderr"),
    }
}
