//! What comes of a step.

use std::collections::HashMap;

use serde::Serialize;

use crate::playbook::plan::{Leaf, PowerShellWork, Step, Work};
use crate::store::{Secrets, StreamRecord};

use super::event::{is_of_program, of_output, Event};

/// What came of a step.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StepResult {
    /// The number of its task, as an item has it.
    #[serde(skip)]
    pub task: u32,
    /// Its number in the order written, from 1.
    pub step_number: usize,
    /// Its name, with those that it is inside.
    pub step_name: String,
    /// `script`, `module`, `condition`, `parallel`, `steps` or `nothing`.
    pub step_type: &'static str,
    /// `Succeeded`, `Failed`, `TimedOut`, `Stopped` or `Skipped`.
    pub status: String,
    /// Whether it succeeded.
    pub success: bool,
    /// When its last attempt started, in seconds since 1970; nothing if there was none.
    pub start_time: Option<f64>,
    /// How long its last attempt took, in seconds.
    pub duration: f64,
    /// How many attempts there were.
    pub attempts: u32,
    /// Its exit code, if a program ended with one.
    pub exit_code: Option<i32>,
    /// Whether it succeeded and wants the machine restarted.
    pub reboot_required: bool,
    /// What it wrote to its standard output, or gave out.
    pub output: String,
    /// What it gave out as values, if it is PowerShell's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<serde_json::Value>,
    /// The same as objects, in PowerShell's XML, for those that can read it.
    #[serde(skip)]
    pub blob: Option<String>,
    /// What it wrote to PowerShell's streams, if a process of PowerShell did it; people
    /// and logs have it in the outputs.
    #[serde(skip)]
    pub streams: Vec<StreamRecord>,
    /// What it wrote to its standard error.
    pub error_output: String,
    /// The file with all that it wrote to its standard output, if that is more than is
    /// kept here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output_file: Option<String>,
    /// The same of its standard error.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_output_file: Option<String>,
    /// What of its output those files lack, and why.
    #[serde(skip)]
    pub lost: Vec<String>,
    /// Why it failed.
    pub error: Option<String>,
    /// Why it was skipped: `Condition`, `Dependency` or `Outer`.
    pub skip_reason: Option<String>,
    /// The step that it was skipped because of.
    pub blocked_by: Option<String>,
    /// Whether it ended in an earlier part of the run.
    pub kept: bool,
    /// Whether it does something by itself, rather than by those inside it.
    #[serde(skip)]
    pub does_work: bool,
}

impl StepResult {
    /// Why it was skipped, for people.
    pub fn why_skipped(&self) -> String {
        match (self.skip_reason.as_deref(), &self.blocked_by) {
            (_, Some(step)) => format!("`{step}` did not succeed"),
            (Some("Condition"), _) => "its condition does not hold".to_owned(),
            _ => "what it is inside did not run".to_owned(),
        }
    }

    /// What it gave out as values, line by line: the last lines of its output.
    pub fn value_lines(&self) -> Vec<String> {
        let text = self.value.as_ref().map(lines_of).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }
}

/// What is known of a step before it has run.
#[derive(Debug)]
pub(super) struct Known {
    /// Its place in the order written.
    pub(super) place: usize,
    pub(super) step_type: &'static str,
    pub(super) does_work: bool,
    /// The exit codes that want the machine restarted.
    pub(super) reboot_codes: Vec<i32>,
}

impl Known {
    /// What is known of the step at a place in the order written.
    pub(super) fn of(place: usize, leaf: &Leaf<'_>) -> Self {
        Self {
            place,
            step_type: step_type(leaf.step),
            does_work: leaf.does_work(),
            reboot_codes: leaf.step.codes.reboot.clone(),
        }
    }
}

/// What an event tells of a step. Nothing of it holds a secret.
pub(super) fn of(
    event: Event,
    start: Option<f64>,
    known: &HashMap<String, Known>,
    secrets: &Secrets,
) -> StepResult {
    let known = known.get(&event.name);
    let is_program = event.program.is_some() || is_of_program(event.output.as_ref());
    let value = event.output.clone().filter(|_| !is_program);
    let program = event
        .program
        .unwrap_or_else(|| of_output(event.output.as_ref()));
    let exit_code = program.exit_code.or(event.exit_code);
    let status = event.state.unwrap_or_else(|| "Failed".to_owned());
    let success = status == "Succeeded";
    let codes = known.map_or(&[][..], |known| &known.reboot_codes);
    let wants_restart = exit_code.is_some_and(|code| codes.contains(&code));
    let files = [program.stdout.file, program.stderr.file];
    let lost = files.iter().flatten().filter_map(|it| it.problem.clone());
    let lost = lost.collect();
    let [output_file, error_output_file] = files.map(|it| it.map(|file| file.path));
    let output = match &value {
        Some(value) => shown(&event.streams) + &lines_of(value),
        None if !is_program => shown(&event.streams),
        None => program.stdout.text,
    };
    let error_output = complained(&event.streams) + &program.stderr.text;
    StepResult {
        task: event.task,
        step_number: known.map_or(0, |known| known.place + 1),
        step_type: known.map_or("steps", |known| known.step_type),
        step_name: event.name,
        success,
        status,
        start_time: event.started_at.or(start),
        reboot_required: success && wants_restart,
        value: value.map(|value| masked_value(secrets, value)),
        duration: event.duration_seconds.unwrap_or(0.0),
        attempts: event.attempts.or(event.attempt).unwrap_or(0),
        exit_code,
        output: secrets.masked_text(output),
        error_output: secrets.masked_text(error_output),
        blob: event.blob.map(|text| secrets.masked_text(text)),
        streams: masked_streams(secrets, event.streams),
        output_file,
        error_output_file,
        lost,
        error: event.error.map(|text| secrets.masked_text(text)),
        skip_reason: event.skip_reason,
        blocked_by: event.blocked_by,
        kept: event.kept.unwrap_or(false),
        does_work: known.is_some_and(|known| known.does_work),
    }
}

fn masked_streams(secrets: &Secrets, streams: Vec<StreamRecord>) -> Vec<StreamRecord> {
    let masked = streams.into_iter().map(|record| StreamRecord {
        text: secrets.masked_text(record.text),
        ..record
    });
    masked.collect()
}

fn masked_value(secrets: &Secrets, value: serde_json::Value) -> serde_json::Value {
    use serde_json::Value;
    match value {
        Value::String(text) => Value::String(secrets.masked_text(text)),
        Value::Array(items) => items
            .into_iter()
            .map(|it| masked_value(secrets, it))
            .collect(),
        Value::Object(entries) => entries
            .into_iter()
            .map(|(name, value)| (name, masked_value(secrets, value)))
            .collect(),
        other => other,
    }
}

/// What a step is, in the words of a playbook.
fn step_type(step: &Step) -> &'static str {
    match &step.work {
        Work::PowerShell(PowerShellWork::Function { .. }) => "module",
        Work::Command { .. } | Work::Program(_) | Work::Scripts(_) | Work::PowerShell(_) => {
            "script"
        }
        Work::Inside(inside, limit) => {
            let is_branch = |step: &Step| step.label == "then" || step.label == "else";
            let is_choice = step.decision.is_some() || inside.iter().all(is_branch);
            let is_beside = inside.len() > 1 && inside.iter().all(|it| it.wave == 0);
            match (is_choice, is_beside || limit.is_some()) {
                (true, _) => "condition",
                (false, true) => "parallel",
                (false, false) => "steps",
            }
        }
        Work::Nothing => "nothing",
    }
}

/// Values as a person reads them, one a line.
fn lines_of(value: &serde_json::Value) -> String {
    let line = |value: &serde_json::Value| match value {
        serde_json::Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    match value {
        serde_json::Value::Array(items) => items.iter().map(line).collect::<Vec<_>>().join("\n"),
        other => line(other),
    }
}

/// The numbers of PowerShell's streams: errors, warnings, and what is shown whatever
/// the preferences are.
const ERRORS: u16 = 2;
const WARNINGS: u16 = 3;
const SHOWN: u16 = 16;

/// What a step of PowerShell showed beside its output.
fn shown(streams: &[StreamRecord]) -> String {
    let shown = streams.iter().filter(|it| it.stream == SHOWN);
    shown.map(|it| it.text.as_str()).collect()
}

/// What it complained about, one a line.
fn complained(streams: &[StreamRecord]) -> String {
    let lines = streams.iter().filter_map(|it| match it.stream {
        ERRORS => Some(format!("{}\n", it.text)),
        WARNINGS => Some(format!("warning: {}\n", it.text)),
        _ => None,
    });
    lines.collect()
}
