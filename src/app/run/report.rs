//! The JSON that a poll gives; [`super`] documents it.

use std::time::Duration;

use serde::Serialize;

use crate::engine::batch::ProgramResult;
use crate::engine::clock::Moment;
use crate::engine::schedule::{Counts, RunStatus, SkipReason, TaskEnd};
use crate::engine::value::Value;
use crate::store::{StreamRecord, Timestamp};

use super::course::{Known, Left, Line, Runner, View, What};
use super::Earlier;

/// A report stops after the event that takes its output beyond this.
const PAGE_OUTPUT_BYTES: usize = 8 * 1024 * 1024;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Report<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    run: Option<&'a str>,
    status: &'static str,
    reason: Option<&'static str>,
    error: Option<&'a str>,
    elapsed_seconds: f64,
    lower_bound_seconds: Option<f64>,
    sequential_seconds: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    critical_path: Option<Vec<&'a str>>,
    counts: CountsOf,
    #[serde(skip_serializing_if = "Option::is_none")]
    tasks: Option<Vec<TaskOf<'a>>>,
    events: Vec<Event<'a>>,
    cursor: u64,
    more: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CountsOf {
    total: u32,
    waiting: u32,
    running: u32,
    succeeded: u32,
    failed: u32,
    timed_out: u32,
    stopped: u32,
    skipped: u32,
}

#[derive(Serialize)]
struct TaskOf<'a> {
    task: u32,
    name: &'a str,
    parent: Option<u32>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Event<'a> {
    sequence: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    task: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    at_seconds: f64,
    #[serde(flatten)]
    what: WhatOf<'a>,
}

#[derive(Serialize)]
#[serde(tag = "kind", rename_all_fields = "camelCase")]
enum WhatOf<'a> {
    Opened,
    Expanded {
        tasks: Vec<TaskOf<'a>>,
    },
    Started {
        attempt: u32,
        worker: Option<u32>,
        process_id: Option<u32>,
    },
    Output {
        output: u16,
    },
    Stopping {
        reason: &'static str,
    },
    Retrying {
        attempt: u32,
        due_seconds: f64,
        #[serde(flatten)]
        left: LeftOf<'a>,
    },
    Ended {
        state: &'static str,
        skip_reason: Option<&'static str>,
        blocked_by: Option<&'a str>,
        attempts: u32,
        duration_seconds: f64,
        kept: bool,
        cached: bool,
        #[serde(flatten)]
        earlier: Option<EarlierOf<'a>>,
        #[serde(flatten)]
        left: LeftOf<'a>,
    },
    RunEnded,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LeftOf<'a> {
    output: Option<&'a Value>,
    error: Option<&'a str>,
    error_kind: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    exit_code: Option<i32>,
    program: Option<&'a ProgramResult>,
    /// What the host reported itself it need not be told.
    #[serde(skip_serializing_if = "Option::is_none")]
    blob: Option<&'a str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    streams: &'a [StreamRecord],
    #[serde(skip_serializing_if = "Option::is_none")]
    not_memoized: Option<&'a str>,
}

/// The last attempt of a task that ended in an earlier part of the run.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct EarlierOf<'a> {
    started_at: Option<f64>,
    worker: Option<u32>,
    partial: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    blob: Option<&'a str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    streams: &'a [StreamRecord],
}

/// What is new after the cursor that the view begins at, and how everything
/// stands.
pub(super) fn of(view: &View, now: Moment) -> String {
    let mut output_bytes = 0;
    let page = view.lines.iter().take_while(|line| {
        let fits = output_bytes < PAGE_OUTPUT_BYTES;
        output_bytes += output_bytes_of(line);
        fits
    });
    let events: Vec<_> = (view.first + 1..)
        .zip(page)
        .map(|(sequence, line)| event(view, sequence, line))
        .collect();
    let cursor = view.first + events.len() as u64;
    let seconds = |time: Duration| time.as_secs_f64();
    let report = Report {
        run: view.id.as_deref(),
        status: status_name(view.status),
        reason: view.reason.map(|reason| reason.name()),
        error: view.error.as_deref(),
        elapsed_seconds: seconds(view.ended_at.unwrap_or(now).since_start()),
        lower_bound_seconds: view.sum.as_ref().map(|sum| seconds(sum.lower_bound)),
        sequential_seconds: view.sum.as_ref().map(|sum| seconds(sum.sequential)),
        critical_path: view.sum.as_ref().map(|sum| names(view, &sum.critical_path)),
        counts: counts(view.counts),
        tasks: (view.first == 0).then(|| view.tasks.iter().map(task).collect()),
        events,
        cursor,
        more: cursor < view.last,
    };
    // Fails only for maps with keys that are no strings; there is none.
    serde_json::to_string(&report).expect("a report is JSON")
}

/// The end of a task, as the only line of its view.
pub(super) fn of_end(view: &View) -> Option<String> {
    let line = view.lines.first()?;
    serde_json::to_string(&event(view, view.first + 1, line)).ok()
}

fn names<'a>(view: &'a View, tasks: &[u32]) -> Vec<&'a str> {
    let known = tasks.iter().filter_map(|&task| view.find(task));
    known.map(|known| &*known.path).collect()
}

/// How a run stands, in reports.
pub(in crate::app) fn status_name(status: RunStatus) -> &'static str {
    match status {
        RunStatus::Running => "Running",
        RunStatus::Completed => "Completed",
        RunStatus::Failed => "Failed",
        RunStatus::Stopped => "Stopped",
    }
}

fn counts(counts: Counts) -> CountsOf {
    CountsOf {
        total: counts.total,
        waiting: counts.waiting,
        running: counts.running,
        succeeded: counts.succeeded,
        failed: counts.failed,
        timed_out: counts.timed_out,
        stopped: counts.stopped,
        skipped: counts.skipped,
    }
}

fn task(known: &Known) -> TaskOf<'_> {
    TaskOf {
        task: known.task,
        name: &known.path,
        parent: known.parent,
    }
}

fn output_bytes_of(line: &Line) -> usize {
    let (What::Ended { left, .. } | What::Retrying { left, .. }) = &line.what else {
        return 0;
    };
    let program = left.program.as_ref();
    let printed = program.map_or(0, |it| it.stdout.text.len() + it.stderr.text.len());
    let blob = left.blob.as_ref().filter(|_| left.is_told);
    printed + blob.map_or(0, |it| it.len())
}

fn event<'a>(view: &'a View, sequence: u64, line: &'a Line) -> Event<'a> {
    let known = view.find(line.task);
    Event {
        sequence,
        task: known.map(|known| known.task),
        name: known.map(|known| &*known.path),
        at_seconds: line.at.since_start().as_secs_f64(),
        what: what(view, &line.what),
    }
}

fn what<'a>(view: &'a View, what: &'a What) -> WhatOf<'a> {
    match what {
        What::Opened => WhatOf::Opened,
        What::Expanded { first, count } => {
            let inside = (*first..first + count).filter_map(|task| view.find(task));
            WhatOf::Expanded {
                tasks: inside.map(task).collect(),
            }
        }
        What::Started { attempt, runner } => {
            let (worker, process_id) = match *runner {
                Some(Runner::Worker(worker)) => (Some(worker), None),
                Some(Runner::Process(process)) => (None, Some(process)),
                None => (None, None),
            };
            WhatOf::Started {
                attempt: *attempt,
                worker,
                process_id,
            }
        }
        What::Output { kind } => WhatOf::Output { output: *kind },
        What::Stopping { reason } => WhatOf::Stopping {
            reason: reason.name(),
        },
        What::Retrying { attempt, due, left } => WhatOf::Retrying {
            attempt: *attempt,
            due_seconds: due.since_start().as_secs_f64(),
            left: left_of(left),
        },
        What::Ended {
            end,
            attempts,
            duration,
            earlier,
            is_kept,
            left,
        } => WhatOf::Ended {
            state: name_of(*end),
            skip_reason: skip_name(*end),
            blocked_by: blocker(view, *end),
            attempts: earlier.as_ref().map_or(*attempts, |it| it.attempts),
            duration_seconds: earlier
                .as_ref()
                .map_or(*duration, |it| it.duration)
                .as_secs_f64(),
            kept: *is_kept,
            cached: left.is_cached,
            earlier: earlier.as_deref().map(earlier_of),
            left: left_of(left),
        },
        What::RunEnded => WhatOf::RunEnded,
    }
}

fn name_of(end: TaskEnd) -> &'static str {
    match end {
        TaskEnd::Succeeded => "Succeeded",
        TaskEnd::Failed => "Failed",
        TaskEnd::TimedOut => "TimedOut",
        TaskEnd::Stopped => "Stopped",
        TaskEnd::Skipped(_) => "Skipped",
    }
}

fn skip_name(end: TaskEnd) -> Option<&'static str> {
    let TaskEnd::Skipped(reason) = end else {
        return None;
    };
    Some(match reason {
        SkipReason::Condition => "Condition",
        SkipReason::Dependency(_) => "Dependency",
        SkipReason::Outer => "Outer",
        SkipReason::Interrupted => "Interrupted",
    })
}

fn blocker(view: &View, end: TaskEnd) -> Option<&str> {
    match end {
        TaskEnd::Skipped(SkipReason::Dependency(task)) => view.find(task).map(|it| &*it.path),
        _ => None,
    }
}

fn earlier_of(earlier: &Earlier) -> EarlierOf<'_> {
    let started = earlier.started.map(Timestamp::nanoseconds);
    EarlierOf {
        started_at: started.map(|nanoseconds| nanoseconds as f64 / 1e9),
        worker: earlier.worker,
        partial: earlier.is_partial,
        blob: earlier.blob.as_deref(),
        streams: &earlier.streams,
    }
}

fn left_of(left: &Left) -> LeftOf<'_> {
    let failure = left.failure.as_ref();
    let is_told = left.is_cached || left.is_told;
    LeftOf {
        output: left.output.as_ref(),
        error: failure.map(|failure| failure.message.as_str()),
        error_kind: failure.map(|failure| failure.kind.0),
        exit_code: left.exit_code,
        program: left.program.as_deref(),
        blob: left.blob.as_deref().filter(|_| is_told),
        streams: if is_told { &left.streams } else { &[] },
        not_memoized: left.not_memoized.as_deref(),
    }
}
