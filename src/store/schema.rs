//! The tables, and their versions.

use std::path::Path;

use rusqlite::{Connection, TransactionBehavior};

use super::error::{InDatabase, StoreError};

/// Says whose database it is: "OEst", in ASCII.
const APPLICATION_ID: u32 = 0x4F45_7374;

/// What leads from one version to the next; a database of version n has had the
/// first n. Never changed once released, only added to.
///
/// Times are nanoseconds since 1970. A `task` is a number within its run, and
/// `path` its name with those of the tasks around it. An `attempt` without
/// `started` is the end of a task that had none; one without `outcome` is under
/// way, or was when its owner died.
const STEPS: [&str; 1] = ["
CREATE TABLE session (
    id TEXT PRIMARY KEY,
    machine TEXT NOT NULL,
    process INTEGER NOT NULL,
    lease_until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE run (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    plan TEXT NOT NULL,
    plan_hash BLOB NOT NULL,
    secrets TEXT NOT NULL,
    begun INTEGER NOT NULL,
    ended INTEGER,
    status INTEGER NOT NULL,
    reason TEXT,
    session TEXT,
    token INTEGER NOT NULL,
    stop_requested INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE attempt (
    run INTEGER NOT NULL,
    task INTEGER NOT NULL,
    attempt INTEGER NOT NULL,
    path TEXT NOT NULL,
    worker INTEGER,
    started INTEGER,
    ended INTEGER,
    outcome INTEGER,
    is_final INTEGER,
    is_cached INTEGER,
    exit_code INTEGER,
    message TEXT,
    streams TEXT,
    PRIMARY KEY (run, task, attempt)
) STRICT, WITHOUT ROWID;

CREATE TABLE output (
    run INTEGER NOT NULL,
    task INTEGER NOT NULL,
    is_whole INTEGER NOT NULL,
    value TEXT,
    blob BLOB,
    PRIMARY KEY (run, task)
) STRICT, WITHOUT ROWID;

CREATE TABLE event (
    run INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    at INTEGER NOT NULL,
    path TEXT,
    kind TEXT NOT NULL,
    detail TEXT,
    PRIMARY KEY (run, sequence)
) STRICT, WITHOUT ROWID;

CREATE TABLE memo (
    key BLOB PRIMARY KEY,
    label TEXT NOT NULL,
    made INTEGER NOT NULL,
    expires INTEGER,
    value TEXT,
    blob BLOB,
    streams TEXT NOT NULL,
    exit_code INTEGER
) STRICT;

CREATE TABLE flight (
    key BLOB PRIMARY KEY,
    session TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE duration (
    task TEXT PRIMARY KEY,
    mean INTEGER NOT NULL,
    count INTEGER NOT NULL,
    updated INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
"];

/// The newest version that this engine knows.
const VERSION: u32 = STEPS.len() as u32;

/// Makes the tables of a new database, or brings those of an older engine up to
/// date. Two processes may do it at once.
pub(super) fn prepare(connection: &mut Connection, path: &Path) -> Result<(), StoreError> {
    if committed_version(connection, path)? == VERSION {
        return Ok(());
    }
    let transaction = connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .in_database(path)?;
    // Another process may have been faster.
    let found = version(&transaction, path)?;
    for step in &STEPS[found as usize..] {
        transaction.execute_batch(step).in_database(path)?;
    }
    let set = format!("PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {VERSION};");
    transaction.execute_batch(&set).in_database(path)?;
    transaction.commit().in_database(path)
}

/// Refuses a database that has to be brought up to date first.
pub(super) fn check(connection: &Connection, path: &Path) -> Result<(), StoreError> {
    match committed_version(connection, path)? {
        VERSION => Ok(()),
        // Nothing of it can be read before somebody has opened it for writing.
        _ => Err(StoreError::Missing { path: path.into() }),
    }
}

/// The version of a database at one moment.
fn committed_version(connection: &Connection, path: &Path) -> Result<u32, StoreError> {
    let transaction = connection.unchecked_transaction().in_database(path)?;
    version(&transaction, path)
}

/// The version of a database, 0 if it is empty. It takes several looks, so it has to
/// be asked in a transaction: tables that another process makes in between would pass
/// for those of another program.
fn version(connection: &Connection, path: &Path) -> Result<u32, StoreError> {
    let pragma = |name| connection.pragma_query_value(None, name, |row| row.get::<_, u32>(0));
    let version = pragma("user_version").in_database(path)?;
    let application = pragma("application_id").in_database(path)?;
    let is_empty = || {
        connection.query_row(
            "SELECT NOT EXISTS (SELECT 1 FROM sqlite_schema)",
            [],
            |row| row.get(0),
        )
    };
    match application {
        APPLICATION_ID if version > VERSION => Err(StoreError::Newer {
            path: path.into(),
            found: version,
            known: VERSION,
        }),
        APPLICATION_ID => Ok(version),
        0 if version == 0 && is_empty().in_database(path)? => Ok(0),
        _ => Err(StoreError::Foreign { path: path.into() }),
    }
}
