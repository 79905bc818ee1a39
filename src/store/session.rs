//! Which process owns what: an opened store is a *session*.
//!
//! A session holds the operating system's lock of a file as long as its process
//! lives, however that ends. Beside it stands a lease, which it renews: it counts
//! where the lock says nothing, that is for a session of another machine, or when
//! somebody deleted the file.

use std::collections::hash_map::RandomState;
use std::fmt;
use std::fs;
use std::hash::BuildHasher;
use std::io;
use std::path::PathBuf;
use std::process;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rusqlite::{params, Connection, OptionalExtension, Transaction};

use super::database::rows;
use super::error::{InDatabase, StoreError};
use super::folder::StateFolder;
use super::platform::{self, Lock};
use super::timestamp::Timestamp;

/// For how long a session that cannot be asked counts as alive.
pub(super) const LEASE: Duration = Duration::from_secs(30);

/// A process that owns a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    /// Its number.
    pub process: u32,
    /// Whether it is on this machine.
    pub is_here: bool,
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self { process, .. } if *process == process::id() && self.is_here => {
                write!(f, "this process ({process})")
            }
            Self { process, is_here } => {
                let place = if *is_here { "" } else { " of another machine" };
                write!(f, "process {process}{place}")
            }
        }
    }
}

/// A session of this process. Its lock ends with the value.
#[derive(Debug)]
pub(super) struct Session {
    pub(super) id: String,
    lock: Option<Lock>,
    lock_path: PathBuf,
    /// Whether others find it in the database.
    is_known: AtomicBool,
}

impl Session {
    /// Takes the lock of a new session; [`Session::enter`] makes it known.
    pub(super) fn begin(folder: &StateFolder) -> Result<Self, StoreError> {
        loop {
            let id = new_id();
            let lock_path = folder.lock_of(&id);
            let lock = platform::lock(&lock_path)
                .map_err(|error| StoreError::io("lock", &lock_path, &error))?;
            if lock.is_some() {
                return Ok(Self {
                    id,
                    lock,
                    lock_path,
                    is_known: AtomicBool::new(false),
                });
            }
        }
    }

    /// Writes the session down, and forgets those that are dead: what they own is
    /// nobody's. Their locks are for [`Session::entered`] to clear away.
    pub(super) fn enter(
        &self,
        transaction: &Transaction<'_>,
        folder: &StateFolder,
        now: Timestamp,
    ) -> Result<Vec<String>, StoreError> {
        let database = folder.database();
        let dead = forget_dead(transaction, folder, now)?;
        transaction
            .execute(
                "INSERT INTO session (id, machine, process, lease_until) VALUES (?, ?, ?, ?)",
                params![
                    self.id,
                    platform::machine(),
                    process::id(),
                    now.after(LEASE).nanoseconds()
                ],
            )
            .in_database(&database)?;
        Ok(dead)
    }

    /// It has entered, and these are forgotten. Not before: a session without a
    /// lock, but in the database, would count as alive as long as its lease.
    pub(super) fn entered(&self, folder: &StateFolder, dead: Vec<String>) {
        self.is_known.store(true, Ordering::SeqCst);
        for id in dead {
            let _ = fs::remove_file(folder.lock_of(&id));
        }
    }

    /// Takes the session out again; what it still owns is nobody's then.
    pub(super) fn leave(&self, connection: &Connection) {
        let left = connection.execute("DELETE FROM session WHERE id = ?", [&self.id]);
        // Where it fails, the next session finds that the lock is free.
        self.is_known.store(left.is_err(), Ordering::SeqCst);
    }

    /// Says that the session is alive.
    pub(super) fn renew(&self, connection: &Connection, now: Timestamp) {
        // If it fails, the lock still says so.
        let _ = connection.execute(
            "UPDATE session SET lease_until = ? WHERE id = ?",
            params![now.after(LEASE).nanoseconds(), self.id],
        );
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.lock = None;
        if !self.is_known.load(Ordering::SeqCst) {
            let _ = fs::remove_file(&self.lock_path);
        }
    }
}

/// Who has a session, unless it is dead.
pub(super) fn owner(
    connection: &Connection,
    folder: &StateFolder,
    session: &str,
    now: Timestamp,
) -> Result<Option<Owner>, StoreError> {
    let found = connection
        .query_row(
            "SELECT machine, process, lease_until FROM session WHERE id = ?",
            [session],
            |row| Ok((row.get::<_, String>(0)?, row.get(1)?, row.get(2)?)),
        )
        .optional()
        .in_database(&folder.database())?;
    let Some((machine, process, lease_until)) = found else {
        return Ok(None);
    };
    let is_here = machine == platform::machine();
    let is_leased = now < Timestamp::from_nanoseconds(lease_until);
    let is_alive = match platform::is_locked(&folder.lock_of(session)) {
        Ok(true) => true,
        Ok(false) if is_here => false,
        // Locks of other machines may not be seen here.
        Ok(false) => is_leased,
        Err(error) if error.kind() == io::ErrorKind::NotFound => is_leased,
        Err(error) => return Err(StoreError::io("look at", &folder.lock_of(session), &error)),
    };
    Ok(is_alive.then_some(Owner { process, is_here }))
}

/// Forgets the sessions that are dead; which.
fn forget_dead(
    transaction: &Transaction<'_>,
    folder: &StateFolder,
    now: Timestamp,
) -> Result<Vec<String>, StoreError> {
    let database = folder.database();
    let ids = rows(
        transaction,
        &database,
        "SELECT id FROM session",
        [],
        |row| row.get::<_, String>(0),
    )?;
    let mut dead = Vec::new();
    for id in ids {
        if owner(transaction, folder, &id, now)?.is_none() {
            transaction
                .execute("DELETE FROM session WHERE id = ?", [&id])
                .in_database(&database)?;
            dead.push(id);
        }
    }
    Ok(dead)
}

/// An id that no other session has, in all likelihood.
fn new_id() -> String {
    // The standard library draws these keys at random.
    let half = || RandomState::new().hash_one(process::id());
    format!("{:016x}{:016x}", half(), half())
}
