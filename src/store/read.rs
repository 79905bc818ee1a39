//! What is in the store, for everybody.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, Row};

use crate::engine::schedule::RunStatus;

use super::database::{self, rows};
use super::error::{InDatabase, StoreError};
use super::folder::StateFolder;
use super::memo::StreamRecord;
use super::record::{status_of, Event, Outcome, Output};
use super::session::{self, Owner};
use super::store::Clock;
use super::timestamp::Timestamp;
use super::{duration, ownership};

/// A run, as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunRecord {
    /// Its id.
    pub id: String,
    /// The name of its plan.
    pub name: String,
    /// When it was begun first.
    pub begun: Timestamp,
    /// When it ended, unless it goes on or was interrupted.
    pub ended: Option<Timestamp>,
    /// How it stands. A run whose process died is [`RunStatus::Failed`].
    pub status: RunStatus,
    /// Why, if there is something to say; `Interrupted` if its process died.
    pub reason: Option<String>,
    /// Who executes it.
    pub owner: Option<Owner>,
}

/// An attempt of a task, or the end of a task without one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttemptRecord {
    /// The number of the task in the database, the same for all its attempts.
    pub task: u32,
    /// The name of the task, with those of the tasks around it.
    pub path: String,
    /// Which, from 1.
    pub attempt: u32,
    /// Who ran it.
    pub worker: Option<u32>,
    /// When it started; `None` if the task ended without it.
    pub started: Option<Timestamp>,
    /// When it ended.
    pub ended: Option<Timestamp>,
    /// How it ended.
    pub outcome: Option<Outcome>,
    /// Whether the task has ended with it.
    pub is_final: bool,
    /// Whether the outcome was remembered and nothing ran.
    pub is_cached: bool,
    /// The exit code of its program.
    pub exit_code: Option<i32>,
    /// Why it failed, or was skipped.
    pub message: Option<String>,
    /// What came on its streams, in order.
    pub streams: Vec<StreamRecord>,
}

/// How many tasks of a run ended how, those around others included.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TaskCounts {
    /// All that have begun or ended.
    pub tasks: u32,
    /// Those that succeeded.
    pub succeeded: u32,
    /// Those that failed, or ran into their time limit.
    pub failed: u32,
    /// Those that succeeded without having run.
    pub cached: u32,
}

/// Reads the store of a folder. Never writes, not even to clear something away.
pub struct StoreReader {
    folder: StateFolder,
    clock: Clock,
    connection: Mutex<Connection>,
}

impl StoreReader {
    /// Opens the store of a folder in which somebody has run something.
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        Self::new(StateFolder::existing(folder)?, Clock::default())
    }

    pub(super) fn new(folder: StateFolder, clock: Clock) -> Result<Self, StoreError> {
        let connection = database::open_to_read(&folder.database())?;
        Ok(Self {
            folder,
            clock,
            connection: Mutex::new(connection),
        })
    }

    /// The runs, the latest first.
    pub fn runs(&self) -> Result<Vec<RunRecord>, StoreError> {
        let connection = self.connection();
        let query = "SELECT id, name, begun, ended, status, reason, session
             FROM run ORDER BY number DESC";
        let database = self.folder.database();
        let found = rows(&connection, &database, query, [], read_run)?;
        let known = found.into_iter();
        known
            .map(|found| self.look_up_owner(&connection, found))
            .collect()
    }

    /// One run.
    pub fn run(&self, id: &str) -> Result<RunRecord, StoreError> {
        let connection = self.connection();
        let query = "SELECT id, name, begun, ended, status, reason, session
             FROM run WHERE id = ?";
        let found = rows(&connection, &self.folder.database(), query, [id], read_run)?;
        match found.into_iter().next() {
            Some(found) => self.look_up_owner(&connection, found),
            None => Err(StoreError::NoRun { run: id.to_owned() }),
        }
    }

    /// The run of this id; if there is none, the latest of this name.
    pub fn run_called(&self, id_or_name: &str) -> Result<RunRecord, StoreError> {
        let connection = self.connection();
        let query = "SELECT id, name, begun, ended, status, reason, session
             FROM run WHERE id = ?1 OR name = ?1 ORDER BY id = ?1 DESC, number DESC LIMIT 1";
        let database = self.folder.database();
        let found = rows(&connection, &database, query, [id_or_name], read_run)?;
        match found.into_iter().next() {
            Some(found) => self.look_up_owner(&connection, found),
            None => Err(StoreError::NoRun {
                run: id_or_name.to_owned(),
            }),
        }
    }

    /// The plan of a run, less its secrets.
    pub fn plan(&self, id: &str) -> Result<String, StoreError> {
        let query = "SELECT plan FROM run WHERE number = ?";
        let plan = self.of_run(id, query, |row| row.get(0))?;
        Ok(plan.into_iter().next().unwrap_or_default())
    }

    /// What the tasks of a run did, by task and attempt.
    pub fn attempts(&self, id: &str) -> Result<Vec<AttemptRecord>, StoreError> {
        let query = "SELECT task, path, attempt, worker, started, ended, outcome, is_final,
                 is_cached, exit_code, message, streams
             FROM attempt WHERE run = ? ORDER BY task, attempt";
        self.of_run(id, query, read_attempt)
    }

    /// How many tasks of a run ended how.
    pub fn counts(&self, id: &str) -> Result<TaskCounts, StoreError> {
        // With a single max(), SQLite takes the other columns from the row that has it.
        let query = "SELECT count(*),
                 count(*) FILTER (WHERE is_final AND outcome = 1),
                 count(*) FILTER (WHERE is_final AND outcome IN (2, 3)),
                 count(*) FILTER (WHERE is_final AND outcome = 1 AND is_cached)
             FROM (SELECT max(attempt), is_final, outcome, is_cached
                 FROM attempt WHERE run = ? GROUP BY task)";
        let counts = self.of_run(id, query, |row| {
            Ok(TaskCounts {
                tasks: row.get(0)?,
                succeeded: row.get(1)?,
                failed: row.get(2)?,
                cached: row.get(3)?,
            })
        })?;
        Ok(counts.into_iter().next().unwrap_or_default())
    }

    /// What tasks of a run gave out, by the number of the task.
    pub fn outputs(&self, id: &str) -> Result<Vec<(u32, Output)>, StoreError> {
        let query = "SELECT task, value, blob, is_whole FROM output WHERE run = ? ORDER BY task";
        self.of_run(id, query, |row| {
            let output = Output {
                value: row.get(1)?,
                blob: row.get(2)?,
                is_whole: row.get(3)?,
            };
            Ok((row.get(0)?, output))
        })
    }

    /// What else happened in a run, in order.
    pub fn events(&self, id: &str) -> Result<Vec<Event>, StoreError> {
        let query = "SELECT at, path, kind, detail FROM event WHERE run = ? ORDER BY sequence";
        self.of_run(id, query, |row| {
            Ok(Event {
                at: timestamp(row, 0)?.unwrap_or_default(),
                path: row.get(1)?,
                kind: row.get(2)?,
                detail: row.get(3)?,
            })
        })
    }

    /// How long tasks took, those of which it is known.
    pub fn durations<'a>(
        &self,
        tasks: impl IntoIterator<Item = &'a str>,
    ) -> Result<HashMap<String, Duration>, StoreError> {
        duration::recall(&self.connection(), &self.folder.database(), tasks)
    }

    /// How many results are remembered: those whose label begins with the text, or all.
    pub fn memos(&self, label: Option<&str>) -> Result<usize, StoreError> {
        let count = self.connection().query_row(
            "SELECT count(*) FROM memo WHERE substr(label, 1, length(?1)) = ?1",
            [label.unwrap_or_default()],
            |row| row.get::<_, i64>(0),
        );
        let count = count.in_database(&self.folder.database())?;
        Ok(usize::try_from(count).unwrap_or(0))
    }

    /// Looks at every page of the database; what is wrong with it.
    pub fn check(&self) -> Result<Vec<String>, StoreError> {
        let connection = self.connection();
        let database = self.folder.database();
        let mut found = rows(
            &connection,
            &database,
            "PRAGMA integrity_check",
            [],
            |row| row.get::<_, String>(0),
        )?;
        found.retain(|line| line != "ok");
        Ok(found)
    }

    pub(super) fn connection(&self) -> MutexGuard<'_, Connection> {
        self.connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn of_run<T>(
        &self,
        id: &str,
        query: &str,
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, StoreError> {
        let connection = self.connection();
        let run = ownership::find(&connection, &self.folder, id)?.number;
        rows(&connection, &self.folder.database(), query, [run], read)
    }

    /// Says of a run that goes on by whom, or that its owner is dead.
    fn look_up_owner(
        &self,
        connection: &Connection,
        (mut run, session): (RunRecord, Option<String>),
    ) -> Result<RunRecord, StoreError> {
        if run.status != RunStatus::Running {
            return Ok(run);
        }
        if let Some(session) = session {
            run.owner = session::owner(connection, &self.folder, &session, self.clock.now())?;
        }
        if run.owner.is_none() {
            run.status = RunStatus::Failed;
            run.reason = Some("Interrupted".to_owned());
        }
        Ok(run)
    }
}

fn read_run(row: &Row<'_>) -> rusqlite::Result<(RunRecord, Option<String>)> {
    let run = RunRecord {
        id: row.get(0)?,
        name: row.get(1)?,
        begun: timestamp(row, 2)?.unwrap_or_default(),
        ended: timestamp(row, 3)?,
        status: status_of(row.get(4)?),
        reason: row.get(5)?,
        owner: None,
    };
    Ok((run, row.get(6)?))
}

fn read_attempt(row: &Row<'_>) -> rusqlite::Result<AttemptRecord> {
    let flag = |column| row.get::<_, Option<bool>>(column);
    Ok(AttemptRecord {
        task: row.get(0)?,
        path: row.get(1)?,
        attempt: row.get(2)?,
        worker: row.get(3)?,
        started: timestamp(row, 4)?,
        ended: timestamp(row, 5)?,
        outcome: row.get::<_, Option<i64>>(6)?.and_then(Outcome::of_number),
        is_final: flag(7)?.unwrap_or_default(),
        is_cached: flag(8)?.unwrap_or_default(),
        exit_code: row.get(9)?,
        message: row.get(10)?,
        streams: streams(row, 11)?,
    })
}

pub(super) fn streams(row: &Row<'_>, column: usize) -> rusqlite::Result<Vec<StreamRecord>> {
    let text = row.get::<_, Option<String>>(column)?;
    let streams = text.and_then(|text| serde_json::from_str(&text).ok());
    Ok(streams.unwrap_or_default())
}

pub(super) fn timestamp(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Timestamp>> {
    let nanoseconds = row.get::<_, Option<i64>>(column)?;
    Ok(nanoseconds.map(Timestamp::from_nanoseconds))
}
