//! What is kept of a run that goes on.

use std::collections::HashMap;
use std::path::Path;

use rusqlite::{Connection, Row};

use crate::engine::schedule::{Failure, Restored, SkipReason};
use crate::engine::value::Value;

use super::database::rows;
use super::error::StoreError;
use super::memo::StreamRecord;
use super::numbers::{Base, Numbers};
use super::ownership::Found;
use super::plan::Plan;
use super::read::{streams, timestamp};
use super::record::{Outcome, Output, Skip};
use super::timestamp::Timestamp;

/// Which tasks run again.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Again {
    /// Those that have not ended, and those that were stopped.
    #[default]
    Unfinished,
    /// Also those that failed, and those that were skipped because of them.
    Unsuccessful,
}

/// How a run goes on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Resume {
    /// Which tasks run again.
    pub again: Again,
    /// Whether it may be another plan than before. Tasks are the same if their
    /// paths are.
    pub accepts_changed_plan: bool,
}

/// A task that does not run again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The name of the task, with those of the tasks around it.
    pub path: String,
    /// How it ended.
    pub outcome: Outcome,
    /// How many attempts it had.
    pub attempts: u32,
    /// When the last of them started.
    pub started: Option<Timestamp>,
    /// When it ended.
    pub ended: Option<Timestamp>,
    /// Who ran it.
    pub worker: Option<u32>,
    /// Its program's exit code.
    pub exit_code: Option<i32>,
    /// Why it failed, or was skipped.
    pub message: Option<String>,
    /// What came on the streams of its last attempt, in order.
    pub streams: Vec<StreamRecord>,
    /// What it gave out. If that is not whole and somebody needs the rest, the
    /// task has to run again after all.
    pub output: Option<Output>,
}

/// A task that has begun and runs again, unless its plan says otherwise of one that
/// was interrupted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repeated {
    /// The name of the task, with those of the tasks around it.
    pub path: String,
    /// How the last attempt ended.
    pub outcome: Outcome,
    /// How many attempts it had.
    pub attempts: u32,
}

/// What is known of a run that goes on. What is in neither list was not begun.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Resumed {
    /// What does not run again.
    pub kept: Vec<Kept>,
    /// What runs again. Those that are [`Outcome::Interrupted`] may have done
    /// part of their work.
    pub repeated: Vec<Repeated>,
}

impl Resumed {
    /// What is kept, as [`crate::engine::schedule::Schedule::going_on`] takes it.
    /// The function says of the paths of tasks whose output is not stored whole
    /// whether somebody needs it: those run again. Of those that were interrupted
    /// the schedule decides.
    pub fn ended(self, needs_all: impl Fn(&str) -> bool) -> HashMap<String, Restored> {
        let kept = self.kept.into_iter().filter(|task| {
            let is_whole = task.output.as_ref().is_none_or(|output| output.is_whole);
            is_whole || !needs_all(&task.path)
        });
        let repeated = self.repeated.into_iter();
        let interrupted = repeated.filter(|task| task.outcome == Outcome::Interrupted);
        let interrupted = interrupted.map(|task| (task.path, Restored::Interrupted));
        kept.filter_map(Kept::restored).chain(interrupted).collect()
    }
}

impl Kept {
    /// What was skipped because of another is so again because of it.
    fn restored(self) -> Option<(String, Restored)> {
        let restored = match self.outcome {
            Outcome::Succeeded => Restored::Succeeded {
                output: self.output.and_then(Output::parsed),
            },
            Outcome::Failed => Restored::Failed(Failure::new(self.message.unwrap_or_default())),
            Outcome::TimedOut => Restored::TimedOut,
            Outcome::Skipped(Skip::Condition) => Restored::Skipped(SkipReason::Condition),
            Outcome::Skipped(Skip::Interrupted) => Restored::Skipped(SkipReason::Interrupted),
            Outcome::Skipped(_) | Outcome::Stopped | Outcome::Interrupted => return None,
        };
        Some((self.path, restored))
    }
}

impl Output {
    fn parsed(self) -> Option<Value> {
        serde_json::from_str(&self.value?).ok()
    }
}

/// Whether the plan is the one of the run, and all that it needs is there.
pub(super) fn check(run: &str, found: &Found, plan: &Plan, how: Resume) -> Result<(), StoreError> {
    let needed: Vec<String> = serde_json::from_str(&found.secrets).unwrap_or_default();
    let is_missing = |name: &String| !plan.secrets.names().contains(name);
    let names: Vec<_> = needed.into_iter().filter(is_missing).collect();
    let run = run.to_owned();
    if !names.is_empty() {
        return Err(StoreError::SecretsMissing { run, names });
    }
    if found.plan_hash != plan.hash() && !how.accepts_changed_plan {
        return Err(StoreError::PlanChanged {
            run,
            changes: Vec::new(),
        });
    }
    Ok(())
}

/// The last attempt of a task, or its end without one.
struct Last {
    task: i64,
    attempt: i64,
    path: String,
    outcome: Outcome,
    is_final: bool,
    exit_code: Option<i32>,
    message: Option<String>,
    attempts: u32,
    started: Option<Timestamp>,
    ended: Option<Timestamp>,
    worker: Option<u32>,
    streams: Vec<StreamRecord>,
}

/// What is kept of a run, and how its tasks are numbered.
pub(super) fn read(
    connection: &Connection,
    database: &Path,
    run: i64,
    how: Resume,
) -> Result<(Resumed, Numbers), StoreError> {
    let mut outputs = outputs(connection, database, run)?;
    let mut resumed = Resumed::default();
    let mut numbers = Numbers::resumed(last_event(connection, database, run)?);
    for last in last_attempts(connection, database, run)? {
        let base = Base {
            task: last.task,
            attempts: last.attempt,
            end: last.is_final.then_some(last.outcome),
        };
        numbers.know(&last.path, base);
        if last.is_final && is_kept(last.outcome, how.again) {
            resumed.kept.push(Kept {
                output: outputs.remove(&last.task),
                path: last.path,
                outcome: last.outcome,
                attempts: last.attempts,
                started: last.started,
                ended: last.ended,
                worker: last.worker,
                exit_code: last.exit_code,
                message: last.message,
                streams: last.streams,
            });
        } else {
            resumed.repeated.push(Repeated {
                path: last.path,
                outcome: last.outcome,
                attempts: last.attempts,
            });
        }
    }
    Ok((resumed, numbers))
}

/// | ended as | unfinished run again | unsuccessful run again |
/// |---|---|---|
/// | succeeded, skipped by its own condition or as interrupted | kept | kept |
/// | failed, timed out | kept | again |
/// | skipped because of another | kept | again |
/// | stopped, interrupted | again | again |
fn is_kept(outcome: Outcome, again: Again) -> bool {
    match outcome {
        Outcome::Succeeded | Outcome::Skipped(Skip::Condition | Skip::Interrupted) => true,
        Outcome::Failed | Outcome::TimedOut | Outcome::Skipped(_) => again == Again::Unfinished,
        Outcome::Stopped | Outcome::Interrupted => false,
    }
}

fn last_attempts(
    connection: &Connection,
    database: &Path,
    run: i64,
) -> Result<Vec<Last>, StoreError> {
    // With a single max(), SQLite takes the other columns from the row that has it.
    let query = "SELECT task, max(attempt), path, outcome, is_final, exit_code, message,
             count(started), started, ended, worker, streams
         FROM attempt WHERE run = ? GROUP BY task";
    rows(connection, database, query, [run], |row| {
        Ok(Last {
            task: row.get(0)?,
            attempt: row.get(1)?,
            path: row.get(2)?,
            outcome: outcome(row, 3)?,
            is_final: row.get::<_, Option<bool>>(4)?.unwrap_or_default(),
            exit_code: row.get(5)?,
            message: row.get(6)?,
            attempts: row.get(7)?,
            started: timestamp(row, 8)?,
            ended: timestamp(row, 9)?,
            worker: row.get(10)?,
            streams: streams(row, 11)?,
        })
    })
}

/// That of an attempt that has not ended is [`Outcome::Interrupted`].
fn outcome(row: &Row<'_>, column: usize) -> rusqlite::Result<Outcome> {
    let number = row.get::<_, Option<i64>>(column)?;
    Ok(number
        .and_then(Outcome::of_number)
        .unwrap_or(Outcome::Interrupted))
}

fn outputs(
    connection: &Connection,
    database: &Path,
    run: i64,
) -> Result<HashMap<i64, Output>, StoreError> {
    let query = "SELECT task, value, blob, is_whole FROM output WHERE run = ?";
    let found = rows(connection, database, query, [run], |row| {
        let output = Output {
            value: row.get(1)?,
            blob: row.get(2)?,
            is_whole: row.get(3)?,
        };
        Ok((row.get(0)?, output))
    })?;
    Ok(found.into_iter().collect())
}

fn last_event(connection: &Connection, database: &Path, run: i64) -> Result<i64, StoreError> {
    let query = "SELECT coalesce(max(sequence), 0) FROM event WHERE run = ?";
    let found = rows(connection, database, query, [run], |row| row.get(0))?;
    Ok(found.first().copied().unwrap_or(0))
}
