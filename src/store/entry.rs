//! What the writer writes, one row or change each.

use std::time::Duration;

use rusqlite::{params, CachedStatement, ErrorCode, Transaction};

use crate::engine::schedule::RunStatus;

use super::record::{number_of, Event, Outcome, Output};
use super::timestamp::Timestamp;

/// A run, as its owner may write it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Right {
    pub(super) run: i64,
    /// Counted up by whoever takes the run over; only the latest is valid.
    pub(super) token: i64,
}

/// A task as the database numbers it, and one of its attempts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) task: i64,
    pub(super) attempt: i64,
}

#[derive(Debug)]
pub(super) struct Entry {
    pub(super) right: Right,
    pub(super) change: Change,
}

#[derive(Debug)]
pub(super) enum Change {
    Start {
        place: Place,
        path: Box<str>,
        at: Timestamp,
    },
    End {
        place: Place,
        ending: Ending,
    },
    Settle {
        place: Place,
        path: Box<str>,
        ending: Ending,
    },
    Event {
        sequence: i64,
        event: Box<Event>,
    },
    Finish {
        at: Timestamp,
        status: RunStatus,
        reason: Option<Box<str>>,
    },
    /// The owner goes without having finished.
    Release,
}

impl Ending {
    /// When it really started, if that is known.
    fn started(&self) -> Option<Timestamp> {
        let measured = self.rest.as_ref().and_then(|rest| rest.duration);
        measured.map(|took| self.at.before(took)).or(self.started)
    }
}

/// How an attempt ended, or a task without one.
#[derive(Debug)]
pub(super) struct Ending {
    /// When its start became known.
    pub(super) started: Option<Timestamp>,
    pub(super) at: Timestamp,
    pub(super) outcome: Outcome,
    pub(super) is_final: bool,
    pub(super) rest: Option<Box<Rest>>,
}

/// What only some endings have.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Rest {
    pub(super) worker: Option<u32>,
    /// How long the attempt took, if that was measured.
    pub(super) duration: Option<Duration>,
    pub(super) is_cached: bool,
    pub(super) exit_code: Option<i32>,
    pub(super) message: Option<String>,
    /// What came on the streams, as JSON.
    pub(super) streams: Option<String>,
    pub(super) output: Option<Output>,
}

/// Why an entry was not written.
pub(super) enum EntryError {
    /// It does not go with those before it.
    Contradiction(String),
    Sqlite(rusqlite::Error),
}

impl From<rusqlite::Error> for EntryError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::ConstraintViolation) => Self::Contradiction(error.to_string()),
            _ => Self::Sqlite(error),
        }
    }
}

/// The statements of one transaction.
pub(super) struct EntryWriter<'a> {
    transaction: &'a Transaction<'a>,
    start: CachedStatement<'a>,
    end: CachedStatement<'a>,
}

impl<'a> EntryWriter<'a> {
    pub(super) fn new(transaction: &'a Transaction<'a>) -> rusqlite::Result<Self> {
        Ok(Self {
            transaction,
            start: transaction.prepare_cached(
                "INSERT INTO attempt (run, task, attempt, path, started) VALUES (?, ?, ?, ?, ?)",
            )?,
            // No attempt ends twice, and no task succeeds twice, unless there was more
            // to the output of its success than could be kept.
            end: transaction.prepare_cached(
                "UPDATE attempt SET ended = ?4, outcome = ?5, is_final = ?6,
                     started = coalesce(?7, started),
                     worker = ?8, is_cached = ?9, exit_code = ?10, message = ?11, streams = ?12
                 WHERE run = ?1 AND task = ?2 AND attempt = ?3 AND outcome IS NULL
                     AND NOT EXISTS (SELECT 1 FROM attempt
                         WHERE run = ?1 AND task = ?2 AND outcome = 1 AND ?5 = 1
                             AND NOT EXISTS (SELECT 1 FROM output
                                 WHERE run = ?1 AND task = ?2 AND is_whole = 0))",
            )?,
        })
    }

    pub(super) fn write(&mut self, entry: &Entry) -> Result<(), EntryError> {
        let run = entry.right.run;
        match &entry.change {
            Change::Start { place, path, at } => {
                self.start(run, *place, path, Some(*at))?;
                Ok(())
            }
            Change::End { place, ending } => self.end(run, *place, ending),
            Change::Settle {
                place,
                path,
                ending,
            } => {
                self.start(run, *place, path, None)?;
                self.end(run, *place, ending)
            }
            Change::Event { sequence, event } => Ok(self.event(run, *sequence, event)?),
            Change::Finish { at, status, reason } => Ok(self.finish(run, *at, *status, reason)?),
            Change::Release => Ok(self.release(run)?),
        }
    }

    fn start(
        &mut self,
        run: i64,
        place: Place,
        path: &str,
        at: Option<Timestamp>,
    ) -> rusqlite::Result<()> {
        let at = at.map(Timestamp::nanoseconds);
        self.start
            .execute(params![run, place.task, place.attempt, path, at])?;
        Ok(())
    }

    fn end(&mut self, run: i64, place: Place, ending: &Ending) -> Result<(), EntryError> {
        let rest = ending.rest.as_deref();
        let changed = self.end.execute(params![
            run,
            place.task,
            place.attempt,
            ending.at.nanoseconds(),
            ending.outcome.number(),
            ending.is_final,
            ending.started().map(Timestamp::nanoseconds),
            rest.and_then(|rest| rest.worker),
            rest.map(|rest| rest.is_cached),
            rest.and_then(|rest| rest.exit_code),
            rest.and_then(|rest| rest.message.as_ref()),
            rest.and_then(|rest| rest.streams.as_ref()),
        ])?;
        if changed != 1 {
            let Place { task, attempt } = place;
            return Err(EntryError::Contradiction(format!(
                "attempt {attempt} of task {task} is not under way, or the task has succeeded"
            )));
        }
        if let Some(output) = rest.and_then(|rest| rest.output.as_ref()) {
            let mut statement = self.transaction.prepare_cached(
                "INSERT OR REPLACE INTO output (run, task, is_whole, value, blob)
                 VALUES (?, ?, ?, ?, ?)",
            )?;
            statement.execute(params![
                run,
                place.task,
                output.is_whole,
                output.value,
                output.blob
            ])?;
        }
        Ok(())
    }

    fn event(&self, run: i64, sequence: i64, event: &Event) -> rusqlite::Result<()> {
        let mut statement = self.transaction.prepare_cached(
            "INSERT INTO event (run, sequence, at, path, kind, detail) VALUES (?, ?, ?, ?, ?, ?)",
        )?;
        statement.execute(params![
            run,
            sequence,
            event.at.nanoseconds(),
            event.path,
            event.kind,
            event.detail
        ])?;
        Ok(())
    }

    fn finish(
        &self,
        run: i64,
        at: Timestamp,
        status: RunStatus,
        reason: &Option<Box<str>>,
    ) -> rusqlite::Result<()> {
        self.transaction.execute(
            "UPDATE run SET ended = ?, status = ?, reason = ?, session = NULL WHERE number = ?",
            params![at.nanoseconds(), number_of(status), reason, run],
        )?;
        Ok(())
    }

    fn release(&self, run: i64) -> rusqlite::Result<()> {
        self.transaction.execute(
            "UPDATE run SET session = NULL WHERE number = ? AND status = 0",
            [run],
        )?;
        Ok(())
    }
}
