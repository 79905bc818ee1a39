//! What is told of a run as a whole.
//!
//! A run has `id`, `name` (of its plan), `status` (`Running`, `Completed`,
//! `Failed`, `Stopped`), `reason` (why it was cancelled; `Interrupted` if its
//! process died), `begun`, `ended`, `durationSeconds`, `owner` (`process`,
//! `isHere`: whether on this machine), and how many `tasks` have begun or ended,
//! `succeeded`, `failed` (also by a time limit), and are `cached`: succeeded
//! without having run.

use serde::Serialize;

use crate::store::{Owner, RunRecord, StoreError, StoreReader, TaskCounts, Timestamp};

use crate::app::run::status_name;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Run {
    id: String,
    name: String,
    status: &'static str,
    reason: Option<String>,
    begun: f64,
    ended: Option<f64>,
    duration_seconds: Option<f64>,
    owner: Option<OwnerOf>,
    #[serde(flatten)]
    counts: Counts,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OwnerOf {
    process: u32,
    is_here: bool,
}

#[derive(Serialize)]
struct Counts {
    tasks: u32,
    succeeded: u32,
    failed: u32,
    cached: u32,
}

#[derive(Serialize)]
pub(super) struct Runs {
    runs: Vec<Run>,
}

/// The runs of a folder.
pub(super) fn list(
    folder: &str,
    name: Option<&str>,
    limit: Option<u32>,
) -> Result<Runs, StoreError> {
    let reader = match super::reader(folder) {
        Err(StoreError::Missing { .. }) => return Ok(Runs { runs: Vec::new() }),
        reader => reader?,
    };
    let limit = limit.map_or(usize::MAX, |limit| limit as usize);
    let known = reader.runs()?.into_iter();
    let chosen = known.filter(|run| name.is_none_or(|name| run.name == name));
    let runs = chosen.take(limit).map(|run| of(&reader, run));
    Ok(Runs {
        runs: runs.collect::<Result<_, _>>()?,
    })
}

/// What is told of a run.
pub(super) fn of(reader: &StoreReader, run: RunRecord) -> Result<Run, StoreError> {
    let TaskCounts {
        tasks,
        succeeded,
        failed,
        cached,
    } = reader.counts(&run.id)?;
    let took = run.ended.map(|ended| ended.since(run.begun));
    Ok(Run {
        status: status_name(run.status),
        reason: run.reason,
        begun: seconds(run.begun),
        ended: run.ended.map(seconds),
        duration_seconds: took.map(|time| time.as_secs_f64()),
        owner: run
            .owner
            .map(|Owner { process, is_here }| OwnerOf { process, is_here }),
        counts: Counts {
            tasks,
            succeeded,
            failed,
            cached,
        },
        id: run.id,
        name: run.name,
    })
}

/// A moment in seconds since 1970; to a microsecond for the next centuries.
pub(super) fn seconds(moment: Timestamp) -> f64 {
    moment.nanoseconds() as f64 / 1e9
}
