//! A playbook that runs, and what comes of its steps.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::app::run::Run;
use crate::playbook::plan::{Plan, PowerShellWork, Step, Work};
use crate::store::{Secrets, StreamRecord, Timestamp};

use super::afterwards::{self, After};
use super::log::RunLog;
use super::notice::{self, ToldNotice};
use super::outcome::{self, Outcome};
use super::remote::{masked, Remote};
use super::world::World;

/// A run of a playbook. Dropping it ends it.
#[derive(Debug)]
pub struct Workflow {
    run: Arc<Run>,
    id: String,
    plan: Arc<Plan>,
    world: Arc<World>,
    secrets: Secrets,
    cursor: u64,
    /// What is known of each step, by its path.
    known: HashMap<String, Known>,
    results: Vec<StepResult>,
    last: Option<Report>,
    log: RunLog,
    notices: Vec<ToldNotice>,
    warnings: Vec<String>,
    /// Whether its beginning was told.
    has_begun: bool,
    /// Whether its end was told.
    has_closed: bool,
    /// When it began, in seconds since 1970.
    began: f64,
    /// When the last attempt of each step started, in seconds after that.
    starts: HashMap<String, f64>,
    /// The steps that do work and are under way or over.
    begun: HashSet<usize>,
}

/// What happened to a step.
#[derive(Debug, Clone)]
pub enum News {
    /// An attempt began; the number of its task, the path of the step, which attempt.
    Started(u32, String, u32),
    /// An attempt failed, and there will be another.
    Retrying(StepResult),
    /// It ended.
    Ended(StepResult),
    /// What the playbook wants to have told.
    Notice(ToldNotice),
    /// What went wrong besides the steps.
    Warning(String),
}

/// What came of a step.
#[derive(Debug, Clone, PartialEq, Serialize)]
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
    /// The same as objects, in PowerShell's XML.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub blob: Option<String>,
    /// What it wrote to PowerShell's streams, if a process of PowerShell did it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub streams: Vec<StreamRecord>,
    /// What it wrote to its standard error.
    pub error_output: String,
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

/// What is known of a step before it has run.
#[derive(Debug)]
struct Known {
    /// Its place in the order written.
    place: usize,
    step_type: &'static str,
    does_work: bool,
    /// The exit codes that want the machine restarted.
    reboot_codes: Vec<i32>,
}

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
    events: Vec<Event>,
    cursor: u64,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Event {
    kind: String,
    #[serde(default)]
    task: u32,
    #[serde(default)]
    name: String,
    #[serde(default)]
    at_seconds: f64,
    started_at: Option<f64>,
    exit_code: Option<i32>,
    state: Option<String>,
    skip_reason: Option<String>,
    blocked_by: Option<String>,
    attempt: Option<u32>,
    attempts: Option<u32>,
    duration_seconds: Option<f64>,
    kept: Option<bool>,
    error: Option<String>,
    program: Option<Program>,
    output: Option<serde_json::Value>,
    blob: Option<String>,
    #[serde(default)]
    streams: Vec<StreamRecord>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Program {
    exit_code: Option<i32>,
    stdout: Captured,
    stderr: Captured,
}

#[derive(Debug, Clone, Default, Deserialize)]
struct Captured {
    text: String,
}

impl Workflow {
    pub(super) fn new(
        run: Run,
        id: String,
        plan: Arc<Plan>,
        world: Arc<World>,
        (secrets, logs): (Secrets, Option<PathBuf>),
    ) -> Self {
        let leaves = plan.flat().leaves.into_iter();
        let known = leaves.enumerate().map(|(place, leaf)| {
            let known = Known {
                place,
                step_type: step_type(leaf.step),
                does_work: leaf.does_work(),
                reboot_codes: leaf.step.codes.reboot.clone(),
            };
            (leaf.path, known)
        });
        Self {
            known: known.collect(),
            began: Timestamp::now().nanoseconds() as f64 / 1e9,
            starts: HashMap::new(),
            begun: HashSet::new(),
            run: Arc::new(run),
            log: RunLog::new(logs, &id, secrets.clone()),
            notices: Vec::new(),
            warnings: Vec::new(),
            has_begun: false,
            has_closed: false,
            id,
            plan,
            world,
            secrets,
            cursor: 0,
            results: Vec::new(),
            last: None,
        }
    }

    /// The id of the run.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What it does.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// What other threads may do with it while this one waits for news.
    pub fn remote(&self) -> Remote {
        Remote::new(Arc::clone(&self.run), self.secrets.clone())
    }

    /// How many of the steps that do work are under way or over.
    pub fn current_step(&self) -> usize {
        self.begun.len()
    }

    /// How many steps do work.
    pub fn total_steps(&self) -> usize {
        self.known.values().filter(|it| it.does_work).count()
    }

    /// How it stands: `Running`, `Completed`, `Failed` or `Stopped`.
    pub fn status(&self) -> &str {
        self.last.as_ref().map_or("Running", |last| &last.status)
    }

    /// What ends the run before its time, from any thread: the first asks what runs
    /// to end, the second kills it.
    pub fn cancellers(&self) -> (impl Fn() + Send + 'static, impl Fn() + Send + 'static) {
        let (gently, at_once) = (Arc::downgrade(&self.run), Arc::downgrade(&self.run));
        let cancel = move || {
            if let Some(run) = gently.upgrade() {
                run.cancel();
            }
        };
        let kill = move || {
            if let Some(run) = at_once.upgrade() {
                run.kill();
            }
        };
        (cancel, kill)
    }

    /// Waits until something happens, for so long at most, and says what. What was
    /// sensitive is masked. Once the run is over and all was said, nothing comes.
    pub fn next(&mut self, limit: Duration) -> Vec<News> {
        let json = self.run.poll(self.cursor, limit);
        let Ok(mut report) = serde_json::from_str::<Report>(&json) else {
            return Vec::new();
        };
        self.cursor = report.cursor;
        let events = std::mem::take(&mut report.events);
        self.last = Some(report);
        let mut news = Vec::new();
        if !std::mem::replace(&mut self.has_begun, true) {
            self.begin(&mut news);
        }
        for event in events {
            if let Some(one) = self.news(event) {
                self.tell(one, &mut news);
            }
        }
        if self.has_run() && !std::mem::replace(&mut self.has_closed, true) {
            self.close(&mut news);
        }
        news
    }

    /// What is told before the first step.
    fn begin(&mut self, news: &mut Vec<News>) {
        let steps = self.total_steps();
        let problem = self.log.begin(&self.id, &self.plan.name, steps);
        self.warn(problem, news);
        let scope = After::new(&self.plan, &self.world, &[]);
        let names = notice::names(&self.plan, &self.id, None);
        let notices = notice::at_start(&self.plan, &scope, &names);
        self.notify(notices, news);
    }

    /// What is told after the last step.
    fn close(&mut self, news: &mut Vec<News>) {
        let outcome = self.outcome();
        let scope = After::new(&self.plan, &self.world, &outcome.results);
        let names = notice::names(&self.plan, &self.id, Some(&outcome));
        let notices = notice::at_end(&self.plan, &scope, &names, &outcome);
        self.notify(notices, news);
        let problem = self.log.end(&outcome);
        self.warn(problem, news);
    }

    fn notify(&mut self, notices: Vec<ToldNotice>, news: &mut Vec<News>) {
        for mut notice in notices {
            notice.message = self.masked(notice.message);
            self.notices.push(notice.clone());
            self.tell(News::Notice(notice), news);
        }
    }

    fn tell(&mut self, one: News, news: &mut Vec<News>) {
        let problem = self.log.tell(&one);
        news.push(one);
        self.warn(problem, news);
    }

    fn warn(&mut self, problem: Option<String>, news: &mut Vec<News>) {
        if let Some(problem) = problem {
            self.warnings.push(problem.clone());
            news.push(News::Warning(problem));
        }
    }

    /// Whether the run has ended and all was said.
    pub fn is_over(&self) -> bool {
        self.has_closed
    }

    /// Whether the run has ended and all of its events were taken.
    fn has_run(&self) -> bool {
        let has_ended = |report: &Report| report.status != "Running";
        self.last.as_ref().is_some_and(has_ended) && {
            let json = self.run.poll(self.cursor, Duration::ZERO);
            let report: Option<Report> = serde_json::from_str(&json).ok();
            report.is_none_or(|report| report.events.is_empty())
        }
    }

    /// What came of it, once it is over.
    pub fn outcome(&self) -> Outcome {
        let mut results = self.results.clone();
        results.sort_by_key(|result| result.step_number);
        let unmet = afterwards::unmet(&self.plan, &self.world, &results);
        let outcome = outcome::of(&self.plan, &self.id, self.last.as_ref(), results, unmet);
        Outcome {
            notices: self.notices.clone(),
            warnings: self.warnings.clone(),
            ..outcome
        }
    }

    fn news(&mut self, event: Event) -> Option<News> {
        match event.kind.as_str() {
            "Started" => {
                self.note_begun(&event.name);
                self.starts.insert(event.name.clone(), event.at_seconds);
                let attempt = event.attempt.unwrap_or(1);
                Some(News::Started(event.task, event.name, attempt))
            }
            "Retrying" => Some(News::Retrying(self.result(event))),
            "Ended" => {
                self.note_begun(&event.name);
                let result = self.result(event);
                self.results.push(result.clone());
                Some(News::Ended(result))
            }
            _ => None,
        }
    }

    fn note_begun(&mut self, path: &str) {
        if let Some(known) = self.known.get(path).filter(|it| it.does_work) {
            self.begun.insert(known.place);
        }
    }

    fn result(&self, event: Event) -> StepResult {
        let known = self.known.get(&event.name);
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
        let start = self.starts.get(&event.name).map(|at| self.began + at);
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
            value: value.map(|value| self.masked_value(value)),
            duration: event.duration_seconds.unwrap_or(0.0),
            attempts: event.attempts.or(event.attempt).unwrap_or(0),
            exit_code,
            output: self.masked(output),
            error_output: self.masked(error_output),
            blob: event.blob.map(|text| self.masked(text)),
            streams: self.masked_streams(event.streams),
            error: event.error.map(|text| self.masked(text)),
            skip_reason: event.skip_reason,
            blocked_by: event.blocked_by,
            kept: event.kept.unwrap_or(false),
            does_work: known.is_some_and(|known| known.does_work),
        }
    }

    fn masked(&self, text: String) -> String {
        masked(&self.secrets, text)
    }

    fn masked_streams(&self, streams: Vec<StreamRecord>) -> Vec<StreamRecord> {
        let masked = streams.into_iter().map(|record| StreamRecord {
            text: self.masked(record.text),
            ..record
        });
        masked.collect()
    }

    fn masked_value(&self, value: serde_json::Value) -> serde_json::Value {
        use serde_json::Value;
        match value {
            Value::String(text) => Value::String(self.masked(text)),
            Value::Array(items) => items.into_iter().map(|it| self.masked_value(it)).collect(),
            Value::Object(entries) => entries
                .into_iter()
                .map(|(name, value)| (name, self.masked_value(value)))
                .collect(),
            other => other,
        }
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

fn is_of_program(output: Option<&serde_json::Value>) -> bool {
    output.is_some_and(|it| it.get("stdout").is_some() && it.get("exitCode").is_some())
}

/// What a program of an earlier part of the run left.
fn of_output(output: Option<&serde_json::Value>) -> Program {
    let text = |key: &str| {
        let text = output.and_then(|it| it[key].as_str()).unwrap_or_default();
        Captured {
            text: text.to_owned(),
        }
    };
    let code = output.and_then(|it| it["exitCode"].as_i64());
    Program {
        exit_code: code.and_then(|code| i32::try_from(code).ok()),
        stdout: text("stdout"),
        stderr: text("stderr"),
    }
}
