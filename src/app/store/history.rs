//! What became of a run, task by task.
//!
//! The answer has `run`, as in a list of runs, `tasks` and `events`. Names of
//! tasks are always those with the tasks around them.
//!
//! Tasks are in the order of the plan, each before those inside it; behind them
//! come those that a for-each turned out to have inside. A task has `name`,
//! `parent`, from the plan `kind`, `dependsOn`, `after`, `phase`, `group` and
//! `finally`, and of its last attempt `state`, `skipReason`, `blockedBy`,
//! `error`, `cached`, `exitCode`, `startedAt`, `endedAt` and `durationSeconds`;
//! then `output`, whether it is only `partial`, and all its `attempts`, with
//! `worker` and `streams` of each.
//!
//! States are those of a poll, `Waiting` for a task that has not begun,
//! `Running`, and `Interrupted` if its process died meanwhile.
//!
//! Events have `at`, `task`, `kind` and `detail`.

use std::collections::HashMap;

use serde::Serialize;
use serde_json::value::RawValue;

use crate::engine::schedule::RunStatus;
use crate::store::{AttemptRecord, Event, Outcome, Output, Skip, StoreError, StreamRecord};

use super::outline::{self, Planned};
use super::record::{self, seconds};

const WAITING: &str = "Waiting";
const RUNNING: &str = "Running";
const INTERRUPTED: &str = "Interrupted";

#[derive(Serialize)]
pub(super) struct History {
    run: record::Run,
    tasks: Vec<Task>,
    events: Vec<EventOf>,
}

#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Task {
    name: String,
    parent: Option<String>,
    kind: Option<String>,
    depends_on: Vec<String>,
    after: Vec<String>,
    phase: Option<u32>,
    group: Option<String>,
    finally: bool,
    #[serde(flatten)]
    last: Last,
    output: Option<Box<RawValue>>,
    partial: bool,
    attempts: Vec<Attempt>,
}

/// How a task stands, by its last attempt.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Last {
    state: &'static str,
    skip_reason: Option<&'static str>,
    blocked_by: Option<String>,
    #[serde(flatten)]
    facts: Facts,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Attempt {
    attempt: u32,
    state: &'static str,
    worker: Option<u32>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    streams: Vec<StreamRecord>,
    #[serde(flatten)]
    facts: Facts,
}

#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Facts {
    error: Option<String>,
    cached: bool,
    exit_code: Option<i32>,
    started_at: Option<f64>,
    ended_at: Option<f64>,
    duration_seconds: Option<f64>,
}

#[derive(Serialize)]
struct EventOf {
    at: f64,
    task: Option<String>,
    kind: String,
    detail: Option<String>,
}

/// What became of the run of this id, or else of the latest of this name.
pub(super) fn of(folder: &str, run: &str) -> Result<History, StoreError> {
    let reader = super::reader(folder)?;
    let run = reader.run_called(run)?;
    let is_live = run.status == RunStatus::Running;
    let outputs = reader.outputs(&run.id)?.into_iter().collect();
    let mut by_path = by_path(reader.attempts(&run.id)?);
    let mut tasks = Vec::new();
    for planned in outline::of(&reader.plan(&run.id)?) {
        let attempts = by_path.take(&planned.path);
        tasks.push(Task::planned(planned).with(attempts, is_live));
    }
    for attempts in by_path.left() {
        let path = attempts.first().map(|it| it.path.clone());
        tasks.push(Task::of(path.unwrap_or_default()).with(attempts, is_live));
    }
    place_inside(&mut tasks, is_live);
    add_outputs(&mut tasks, outputs, &by_path.numbers);
    let events = reader.events(&run.id)?.into_iter().map(event);
    Ok(History {
        events: events.collect(),
        run: record::of(&reader, run)?,
        tasks,
    })
}

/// The attempts of tasks that are not told yet.
struct ByPath {
    places: HashMap<String, usize>,
    attempts: Vec<Vec<AttemptRecord>>,
    /// By path, the number of the task in the store.
    numbers: HashMap<String, u32>,
}

fn by_path(records: Vec<AttemptRecord>) -> ByPath {
    let mut found = ByPath {
        places: HashMap::new(),
        attempts: Vec::new(),
        numbers: HashMap::new(),
    };
    for record in records {
        let next = found.attempts.len();
        let place = *found.places.entry(record.path.clone()).or_insert(next);
        if place == next {
            found.attempts.push(Vec::new());
            found.numbers.insert(record.path.clone(), record.task);
        }
        found.attempts[place].push(record);
    }
    found
}

impl ByPath {
    fn take(&mut self, path: &str) -> Vec<AttemptRecord> {
        let place = self.places.get(path);
        place.map_or_else(Vec::new, |&place| std::mem::take(&mut self.attempts[place]))
    }

    /// Those of which no plan told.
    fn left(&mut self) -> Vec<Vec<AttemptRecord>> {
        let attempts = std::mem::take(&mut self.attempts).into_iter();
        attempts.filter(|attempts| !attempts.is_empty()).collect()
    }
}

impl Task {
    fn of(name: String) -> Self {
        Self {
            name,
            last: Last {
                state: WAITING,
                ..Last::default()
            },
            ..Self::default()
        }
    }

    fn planned(planned: Planned) -> Self {
        Self {
            parent: planned.parent,
            kind: Some(planned.kind),
            depends_on: planned.depends_on,
            after: planned.after,
            phase: planned.phase,
            group: planned.group,
            finally: planned.is_finally,
            ..Self::of(planned.path)
        }
    }

    fn with(mut self, records: Vec<AttemptRecord>, is_live: bool) -> Self {
        if let Some(record) = records.last() {
            self.last = last(record, is_live);
        }
        // The end of a task that had no attempt is on record too.
        let attempts = records.iter().filter(|record| record.started.is_some());
        self.attempts = attempts.map(|record| attempt(record, is_live)).collect();
        self
    }
}

fn last(record: &AttemptRecord, is_live: bool) -> Last {
    let mut facts = facts(record);
    let mut blocked_by = None;
    let skip_reason = match record.outcome {
        Some(Outcome::Skipped(Skip::Dependency)) => {
            blocked_by = facts.error.take();
            Some("Dependency")
        }
        Some(Outcome::Skipped(Skip::Condition)) => Some("Condition"),
        Some(Outcome::Skipped(Skip::Outer)) => Some("Outer"),
        Some(Outcome::Skipped(Skip::Interrupted)) => Some("Interrupted"),
        _ => None,
    };
    Last {
        state: state_of(record, is_live),
        skip_reason,
        blocked_by,
        facts,
    }
}

fn attempt(record: &AttemptRecord, is_live: bool) -> Attempt {
    Attempt {
        attempt: record.attempt,
        state: state_of(record, is_live),
        worker: record.worker,
        streams: record.streams.clone(),
        facts: facts(record),
    }
}

fn facts(record: &AttemptRecord) -> Facts {
    let took = record.started.zip(record.ended);
    Facts {
        error: record.message.clone(),
        cached: record.is_cached,
        exit_code: record.exit_code,
        started_at: record.started.map(seconds),
        ended_at: record.ended.map(seconds),
        duration_seconds: took.map(|(from, to)| to.since(from).as_secs_f64()),
    }
}

fn state_of(record: &AttemptRecord, is_live: bool) -> &'static str {
    match record.outcome {
        None if is_live => RUNNING,
        None | Some(Outcome::Interrupted) => INTERRUPTED,
        Some(Outcome::Succeeded) => "Succeeded",
        Some(Outcome::Failed) => "Failed",
        Some(Outcome::TimedOut) => "TimedOut",
        Some(Outcome::Stopped) => "Stopped",
        Some(Outcome::Skipped(_)) => "Skipped",
    }
}

/// Says of tasks that no plan told of what they are inside, and of tasks that
/// others are inside that they have begun when one of these has.
fn place_inside(tasks: &mut [Task], is_live: bool) {
    let names = tasks.iter().enumerate();
    let places: HashMap<_, _> = names.map(|(place, it)| (it.name.clone(), place)).collect();
    for place in (0..tasks.len()).rev() {
        if tasks[place].kind.is_none() {
            let around = around(&tasks[place].name).find(|name| places.contains_key(*name));
            tasks[place].parent = around.map(str::to_owned);
        }
        let parent = tasks[place].parent.as_ref().and_then(|it| places.get(it));
        let Some(&parent) = parent.filter(|_| tasks[place].last.state != WAITING) else {
            continue;
        };
        let state = &mut tasks[parent].last.state;
        if *state == WAITING {
            *state = if is_live { RUNNING } else { INTERRUPTED };
        }
    }
}

/// What may be the name of the task around another, the nearest first: names
/// may have slashes in them.
fn around(name: &str) -> impl Iterator<Item = &str> {
    let slashes = name.rmatch_indices('/');
    slashes.map(|(at, _)| &name[..at])
}

fn add_outputs(
    tasks: &mut [Task],
    mut outputs: HashMap<u32, Output>,
    numbers: &HashMap<String, u32>,
) {
    for task in tasks {
        let number = numbers.get(&task.name);
        let Some(output) = number.and_then(|number| outputs.remove(number)) else {
            continue;
        };
        task.partial = !output.is_whole;
        task.output = output.value.and_then(|it| RawValue::from_string(it).ok());
    }
}

fn event(event: Event) -> EventOf {
    EventOf {
        at: seconds(event.at),
        task: event.path,
        kind: event.kind,
        detail: event.detail,
    }
}
