//! What is kept for how long.

use std::path::Path;
use std::time::Duration;

use rusqlite::{params, Connection, Transaction};

use super::database::rows;
use super::error::{InDatabase, StoreError};
use super::folder::StateFolder;
use super::session;
use super::timestamp::Timestamp;
use super::writer::Writer;

/// How many rows are deleted at once, so that nobody waits for long meanwhile.
const STEP: usize = 5_000;

/// What is to be kept. A run that goes on is kept in any case; one that was
/// interrupted is like one that has ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Retention {
    /// The latest so many runs; `None` for all.
    pub keep_runs: Option<u32>,
    /// What is no older, durations included; `None` for all.
    pub max_age: Option<Duration>,
}

/// What was deleted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Pruned {
    /// How many runs.
    pub runs: usize,
    /// How many memos.
    pub memos: usize,
}

/// Deletes what is not to be kept, and memos whose time is over.
pub(super) fn prune(writer: &Writer, retention: Retention) -> Result<Pruned, StoreError> {
    let folder = writer.folder().clone();
    let now = writer.clock().now();
    let pruned = writer.perform(move |transaction| {
        let database = folder.database();
        let mut runs = 0;
        for run in chosen(transaction, &folder, retention, now)? {
            // Without its row nobody sees the rest any more.
            runs += transaction
                .execute("DELETE FROM run WHERE number = ?", [run])
                .in_database(&database)?;
        }
        let oldest = retention.max_age.map(|age| now.before(age).nanoseconds());
        let memos = transaction
            .execute(
                "DELETE FROM memo WHERE expires <= ? OR made < ?",
                params![now.nanoseconds(), oldest],
            )
            .in_database(&database)?;
        transaction
            .execute("DELETE FROM duration WHERE updated < ?", [oldest])
            .in_database(&database)?;
        // What dead processes computed last.
        transaction
            .execute(
                "DELETE FROM flight WHERE session NOT IN (SELECT id FROM session)",
                [],
            )
            .in_database(&database)?;
        Ok(Pruned { runs, memos })
    })?;
    for table in ["attempt", "output", "event"] {
        while delete_some(writer, table)? == STEP {}
    }
    let database = writer.folder().database();
    writer.perform(move |transaction| give_back_space(transaction, &database))?;
    Ok(pruned)
}

/// The runs that are to go.
fn chosen(
    transaction: &Transaction<'_>,
    folder: &StateFolder,
    retention: Retention,
    now: Timestamp,
) -> Result<Vec<i64>, StoreError> {
    let query = "SELECT number, coalesce(ended, begun), session FROM run ORDER BY number DESC";
    let runs = rows(transaction, &folder.database(), query, [], |row| {
        let used = Timestamp::from_nanoseconds(row.get(1)?);
        Ok((row.get(0)?, used, row.get::<_, Option<String>>(2)?))
    })?;
    let mut chosen = Vec::new();
    for (place, (run, used, session)) in runs.into_iter().enumerate() {
        let is_beyond = retention
            .keep_runs
            .is_some_and(|keep| place >= keep as usize);
        let is_old = retention.max_age.is_some_and(|age| now.since(used) > age);
        if !is_beyond && !is_old {
            continue;
        }
        let owner = match session {
            Some(session) => session::owner(transaction, folder, &session, now)?,
            None => None,
        };
        if owner.is_none() {
            chosen.push(run);
        }
    }
    Ok(chosen)
}

/// Deletes some rows of runs that are gone; how many.
fn delete_some(writer: &Writer, table: &'static str) -> Result<usize, StoreError> {
    let database = writer.folder().database();
    let key = match table {
        "attempt" => "run, task, attempt",
        "output" => "run, task",
        _ => "run, sequence",
    };
    writer.perform(move |transaction| {
        let statement = format!(
            "DELETE FROM {table} WHERE ({key}) IN (SELECT {key} FROM {table}
             WHERE run NOT IN (SELECT number FROM run) LIMIT {STEP})"
        );
        transaction.execute(&statement, []).in_database(&database)
    })
}

fn give_back_space(connection: &Connection, database: &Path) -> Result<(), StoreError> {
    // Gives out a row for each page.
    rows(
        connection,
        database,
        "PRAGMA incremental_vacuum",
        [],
        |_| Ok(()),
    )?;
    Ok(())
}
