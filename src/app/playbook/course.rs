//! A playbook that runs, and what comes of its steps.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::app::run::Run;
use crate::playbook::plan::Plan;
use crate::store::Secrets;

use super::afterwards;
use super::outcome::{self, Outcome};
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
    /// The place of each step in the order written, and whether it does work.
    places: HashMap<String, (usize, bool)>,
    results: Vec<StepResult>,
    last: Option<Report>,
}

/// What happened to a step.
#[derive(Debug, Clone)]
pub enum News {
    /// An attempt began; the path of the step, and which attempt.
    Started(String, u32),
    /// An attempt failed, and there will be another.
    Retrying(StepResult),
    /// It ended.
    Ended(StepResult),
}

/// What came of a step.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StepResult {
    /// Its number in the order written, from 1.
    pub step_number: usize,
    /// Its name, with those that it is inside.
    pub step_name: String,
    /// `Succeeded`, `Failed`, `TimedOut`, `Stopped` or `Skipped`.
    pub status: String,
    /// Whether it succeeded.
    pub success: bool,
    /// How long its last attempt took, in seconds.
    pub duration: f64,
    /// How many attempts there were.
    pub attempts: u32,
    /// Its exit code, if a program ended with one.
    pub exit_code: Option<i32>,
    /// What it wrote to its standard output.
    pub output: String,
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
    name: String,
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
        secrets: Secrets,
    ) -> Self {
        let leaves = plan.flat().leaves.into_iter();
        let places = leaves.enumerate().map(|(place, leaf)| {
            let does_work = leaf.does_work();
            (leaf.path, (place, does_work))
        });
        Self {
            places: places.collect(),
            run: Arc::new(run),
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
        let news = events.into_iter().filter_map(|event| self.news(event));
        let news: Vec<_> = news.collect();
        for one in &news {
            if let News::Ended(result) = one {
                self.results.push(result.clone());
            }
        }
        news
    }

    /// Whether the run has ended and all was said.
    pub fn is_over(&self) -> bool {
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
        outcome::of(&self.plan, &self.id, self.last.as_ref(), results, unmet)
    }

    fn news(&self, event: Event) -> Option<News> {
        match event.kind.as_str() {
            "Started" => Some(News::Started(event.name, event.attempt.unwrap_or(1))),
            "Retrying" => Some(News::Retrying(self.result(event))),
            "Ended" => Some(News::Ended(self.result(event))),
            _ => None,
        }
    }

    fn result(&self, event: Event) -> StepResult {
        let place = self.places.get(&event.name).copied();
        let program = event
            .program
            .unwrap_or_else(|| of_output(event.output.as_ref()));
        let status = event.state.unwrap_or_else(|| "Failed".to_owned());
        StepResult {
            step_number: place.map_or(0, |(place, _)| place + 1),
            step_name: event.name,
            success: status == "Succeeded",
            status,
            duration: event.duration_seconds.unwrap_or(0.0),
            attempts: event.attempts.or(event.attempt).unwrap_or(0),
            exit_code: program.exit_code,
            output: self.masked(program.stdout.text),
            error_output: self.masked(program.stderr.text),
            error: event.error.map(|text| self.masked(text)),
            skip_reason: event.skip_reason,
            blocked_by: event.blocked_by,
            kept: event.kept.unwrap_or(false),
            does_work: place.is_some_and(|(_, does_work)| does_work),
        }
    }

    fn masked(&self, text: String) -> String {
        match self.secrets.masked(text.as_bytes()) {
            Some(masked) => String::from_utf8_lossy(&masked).into_owned(),
            None => text,
        }
    }
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
