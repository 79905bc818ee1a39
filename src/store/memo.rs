//! What tasks gave out that need not run again.
//!
//! Only a success is remembered: there is no way to put in anything else. While
//! one asker computes a result (its *flight*), the others wait for it, in this
//! process and in others.

mod flight;

use std::collections::HashSet;
use std::fmt;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use rusqlite::{params, Connection, OptionalExtension, Transaction};
use serde::{Deserialize, Serialize};

use super::error::{InDatabase, StoreError};
use super::folder::StateFolder;
use super::key::MemoKey;
use super::read::StoreReader;
use super::secret::Secrets;
use super::session;
use super::store::Store;
use super::timestamp::Timestamp;
use super::writer::Writer;
pub use flight::{Flight, Waiting};

/// What a success gave out, to be given out again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Replay {
    /// What conditions and templates see of the output, as JSON.
    pub value: Option<String>,
    /// What the host wrote and only the host can read.
    pub blob: Option<Vec<u8>>,
    /// What came on the streams, in order.
    pub streams: Vec<StreamRecord>,
    /// The exit code of its program.
    pub exit_code: Option<i32>,
}

/// Something that came on a stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StreamRecord {
    /// The host's number of the stream.
    pub stream: u16,
    /// What came.
    pub text: String,
}

impl Replay {
    /// The name of a secret that is in it.
    fn secret<'a>(&self, secrets: &'a Secrets) -> Option<&'a str> {
        let texts = self.streams.iter().map(|record| record.text.as_bytes());
        let value = self.value.as_ref().map(String::as_bytes);
        let mut all = texts.chain(value).chain(self.blob.as_deref());
        all.find_map(|bytes| secrets.found_in(bytes))
    }
}

/// What comes of asking for a result.
#[derive(Debug)]
pub enum Asked {
    /// It is remembered.
    Hit(Replay),
    /// It is not, and the asker is to compute it.
    Compute(Flight),
    /// Somebody computes it.
    InFlight(Waiting),
}

/// The memory. Cloning it is cheap; every method may be called from any thread.
#[derive(Clone)]
pub struct Memo(Arc<Inner>);

/// The memory, for as long as somebody uses its store.
pub(super) struct WeakMemo(Weak<Inner>);

impl WeakMemo {
    pub(super) fn is_used(&self) -> bool {
        self.0.strong_count() > 0
    }

    /// The store whose memory it is.
    pub(super) fn store(&self) -> Option<Store> {
        let inner = self.0.upgrade()?;
        let (reader, writer) = (Arc::clone(&inner.reader), Arc::clone(&inner.writer));
        Some(Store::of(reader, Memo(inner), writer))
    }
}

struct Inner {
    reader: Arc<StoreReader>,
    /// Closed after the reader: it works the log into the database then.
    writer: Arc<Writer>,
    /// What this process computes.
    flights: Mutex<HashSet<MemoKey>>,
    landed: Condvar,
}

impl Memo {
    pub(super) fn new(writer: Arc<Writer>, reader: Arc<StoreReader>) -> Self {
        Self(Arc::new(Inner {
            writer,
            reader,
            flights: Mutex::default(),
            landed: Condvar::new(),
        }))
    }

    pub(super) fn downgrade(&self) -> WeakMemo {
        WeakMemo(Arc::downgrade(&self.0))
    }

    /// A result no older than `max_age`, if it is remembered. Nothing is written,
    /// and nobody is waited for.
    pub fn look(&self, key: MemoKey, max_age: Option<Duration>) -> Option<Replay> {
        let now = self.0.writer.clock().now();
        let found = find(&self.0.reader.connection(), key, max_age, now);
        // Whoever asks is told what is wrong.
        found.ok().flatten()
    }

    /// Asks for a result no older than `max_age`; `None` for any. What was kept
    /// with a shorter time is not given out after that either.
    pub fn ask(&self, key: MemoKey, max_age: Option<Duration>) -> Result<Asked, StoreError> {
        let inner = &self.0;
        let (now, database) = (inner.writer.clock().now(), inner.writer.folder().database());
        let found = find(&inner.reader.connection(), key, max_age, now).in_database(&database)?;
        if let Some(replay) = found {
            return Ok(Asked::Hit(replay));
        }
        if !inner.flights().insert(key) {
            return Ok(self.in_flight(key, max_age));
        }
        // From here on, others of this process wait for what becomes of it.
        let flight = Flight::new(self.clone(), key);
        let (session, folder) = (
            inner.writer.session().to_owned(),
            inner.writer.folder().clone(),
        );
        let claimed = inner.writer.perform(move |transaction| {
            claim(transaction, &folder, &session, (key, max_age, now))
        })?;
        Ok(match claimed {
            Claim::Landed(replay) => Asked::Hit(replay),
            Claim::Elsewhere => self.in_flight(key, max_age),
            Claim::Mine => Asked::Compute(flight.known()),
        })
    }

    fn in_flight(&self, key: MemoKey, max_age: Option<Duration>) -> Asked {
        Asked::InFlight(Waiting::new(self.clone(), key, max_age))
    }

    /// Lets those that wait for a result look whether they still want it.
    pub fn wake(&self) {
        // Whoever has just looked waits by the time that the lock is free.
        drop(self.0.flights());
        self.0.landed.notify_all();
    }

    /// Forgets results: those whose label begins with the text, or all. How many.
    pub fn clear(&self, label: Option<&str>) -> Result<usize, StoreError> {
        let database = self.0.writer.folder().database();
        let label = label.unwrap_or_default().to_owned();
        self.0.writer.perform(move |transaction| {
            transaction
                .execute(
                    "DELETE FROM memo WHERE substr(label, 1, length(?1)) = ?1",
                    [label],
                )
                .in_database(&database)
        })
    }
}

impl fmt::Debug for Memo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Memo").field(&*self.0.flights()).finish()
    }
}

impl Inner {
    fn flights(&self) -> MutexGuard<'_, HashSet<MemoKey>> {
        self.flights.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Who is to compute a result.
enum Claim {
    /// The one who asked.
    Mine,
    /// Another process does.
    Elsewhere,
    /// Nobody: it has just been done.
    Landed(Replay),
}

fn claim(
    transaction: &Transaction<'_>,
    folder: &StateFolder,
    session: &str,
    (key, max_age, now): (MemoKey, Option<Duration>, Timestamp),
) -> Result<Claim, StoreError> {
    let database = folder.database();
    if let Some(replay) = find(transaction, key, max_age, now).in_database(&database)? {
        return Ok(Claim::Landed(replay));
    }
    let holder = transaction
        .query_row("SELECT session FROM flight WHERE key = ?", [key.0], |row| {
            row.get::<_, String>(0)
        })
        .optional()
        .in_database(&database)?;
    if let Some(holder) = holder.filter(|holder| holder != session) {
        if session::owner(transaction, folder, &holder, now)?.is_some() {
            return Ok(Claim::Elsewhere);
        }
    }
    transaction
        .execute(
            "INSERT OR REPLACE INTO flight (key, session) VALUES (?, ?)",
            params![key.0, session],
        )
        .in_database(&database)?;
    Ok(Claim::Mine)
}

fn find(
    connection: &Connection,
    key: MemoKey,
    max_age: Option<Duration>,
    now: Timestamp,
) -> rusqlite::Result<Option<Replay>> {
    let oldest = max_age.map(|age| now.before(age).nanoseconds());
    let mut statement = connection.prepare_cached(
        "SELECT value, blob, streams, exit_code FROM memo
         WHERE key = ?1 AND (expires IS NULL OR expires > ?2) AND (?3 IS NULL OR made > ?3)",
    )?;
    statement
        .query_row(params![key.0, now.nanoseconds(), oldest], |row| {
            let streams: String = row.get(2)?;
            Ok(Replay {
                value: row.get(0)?,
                blob: row.get(1)?,
                streams: serde_json::from_str(&streams).unwrap_or_default(),
                exit_code: row.get(3)?,
            })
        })
        .optional()
}
