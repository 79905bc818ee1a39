//! Connections to the database.

use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::error::{InDatabase, StoreError};
use super::schema;

/// How long one process waits for another that writes.
const PATIENCE: Duration = Duration::from_secs(20);

/// After how many pages of 4 KiB the log is worked into the database. The more,
/// the less often the disk is waited for; the log takes as much space.
const CHECKPOINT_PAGES: u32 = 4_000;

/// What is certain to be on the disk once something counts as written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Durability {
    /// What survives the end of the process, however sudden. A power failure may
    /// take the last moments, but damages nothing.
    #[default]
    Normal,
    /// What survives a power failure too; each commit waits for the disk.
    Full,
}

impl Durability {
    fn pragma(self) -> &'static str {
        match self {
            Self::Normal => "NORMAL",
            Self::Full => "FULL",
        }
    }
}

/// Opens the database for writing; its file exists, perhaps without anything in.
pub(super) fn open(path: &Path, durability: Durability) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = connect(path, flags)?;
    // Takes effect only before there is a table.
    set(&connection, path, "auto_vacuum = INCREMENTAL")?;
    use_log(&connection, path)?;
    set(
        &connection,
        path,
        &format!("synchronous = {}", durability.pragma()),
    )?;
    set(
        &connection,
        path,
        &format!("wal_autocheckpoint = {CHECKPOINT_PAGES}"),
    )?;
    schema::prepare(&mut connection, path)?;
    Ok(connection)
}

/// Opens the database for reading.
pub(super) fn open_to_read(path: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = connect(path, flags)?;
    schema::check(&connection, path)?;
    Ok(connection)
}

fn connect(path: &Path, flags: OpenFlags) -> Result<Connection, StoreError> {
    let connection = Connection::open_with_flags(path, flags).in_database(path)?;
    connection.busy_timeout(PATIENCE).in_database(path)?;
    // A file that somebody planted must not be able to run anything.
    for setting in [
        (DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true),
        (DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false),
    ] {
        connection
            .set_db_config(setting.0, setting.1)
            .in_database(path)?;
    }
    set(&connection, path, "trusted_schema = OFF")?;
    Ok(connection)
}

fn set(connection: &Connection, path: &Path, pragma: &str) -> Result<(), StoreError> {
    connection
        .execute_batch(&format!("PRAGMA {pragma}"))
        .in_database(path)
}

/// Switches the write-ahead log on. SQLite does not wait for others here, and
/// several processes may open a new database at once.
fn use_log(connection: &Connection, path: &Path) -> Result<(), StoreError> {
    let begun = Instant::now();
    loop {
        match set(connection, path, "journal_mode = WAL") {
            Err(StoreError::Busy { .. }) if begun.elapsed() < PATIENCE => {
                thread::sleep(Duration::from_millis(5));
            }
            done => return done,
        }
    }
}

/// Sets how much space the database may take.
pub(super) fn limit(connection: &Connection, path: &Path, pages: u32) -> Result<(), StoreError> {
    set(connection, path, &format!("max_page_count = {pages}"))
}

/// Reads the rows of a query.
pub(super) fn rows<T>(
    connection: &Connection,
    path: &Path,
    query: &str,
    parameters: impl rusqlite::Params,
    read: impl FnMut(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
) -> Result<Vec<T>, StoreError> {
    let mut statement = connection.prepare_cached(query).in_database(path)?;
    let rows = statement.query_map(parameters, read).in_database(path)?;
    rows.collect::<rusqlite::Result<_>>().in_database(path)
}
