//! A result that is being computed, and the wait for it.

use std::sync::PoisonError;
use std::time::{Duration, Instant};

use rusqlite::{params, Transaction};

use super::{Asked, Memo, Replay};
use crate::store::error::{InDatabase, StoreError};
use crate::store::key::{MemoKey, NotMemoized};
use crate::store::secret::Secrets;

/// How often it is looked whether another process has landed.
const LOOK: Duration = Duration::from_millis(20);

/// How often it is looked whether anybody still wants to know, if nobody says.
const PATIENCE: Duration = Duration::from_millis(200);

/// The duty to compute a result. Dropping it says that nothing came of it: the
/// next who asks computes it.
#[derive(Debug)]
pub struct Flight {
    memo: Memo,
    key: MemoKey,
    /// Whether other processes see it.
    is_known: bool,
}

impl Flight {
    pub(super) fn new(memo: Memo, key: MemoKey) -> Self {
        Self {
            memo,
            key,
            is_known: false,
        }
    }

    /// Remembers what came of it, for `max_age` or for good. A result with a
    /// secret in it is not kept, and the reason given back.
    pub fn keep(
        mut self,
        label: &str,
        replay: Replay,
        max_age: Option<Duration>,
        secrets: &Secrets,
    ) -> Result<Option<NotMemoized>, StoreError> {
        if let Some(name) = replay.secret(secrets) {
            return Ok(Some(NotMemoized::Secret(name.to_owned())));
        }
        let writer = &self.memo.0.writer;
        let (key, label, database) = (self.key, label.to_owned(), writer.folder().database());
        let now = writer.clock().now();
        let expires = max_age.map(|age| now.after(age).nanoseconds());
        let session = writer.session().to_owned();
        writer.perform(move |transaction| {
            let streams = serde_json::to_string(&replay.streams).unwrap_or_default();
            transaction
                .execute(
                    "INSERT OR REPLACE INTO memo
                         (key, label, made, expires, value, blob, streams, exit_code)
                     VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                    params![
                        key.0,
                        label,
                        now.nanoseconds(),
                        expires,
                        replay.value,
                        replay.blob,
                        streams,
                        replay.exit_code
                    ],
                )
                .in_database(&database)?;
            end(transaction, key, &session).in_database(&database)
        })?;
        self.is_known = false;
        Ok(None)
    }

    pub(super) fn known(mut self) -> Self {
        self.is_known = true;
        self
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        let inner = &self.memo.0;
        if self.is_known {
            let (key, database) = (self.key, inner.writer.folder().database());
            let session = inner.writer.session().to_owned();
            // If it fails, it ends with this process.
            let _ = inner
                .writer
                .perform(move |transaction| end(transaction, key, &session).in_database(&database));
        }
        inner.flights().remove(&self.key);
        inner.landed.notify_all();
    }
}

/// Lets other processes see that a flight is over.
fn end(transaction: &Transaction<'_>, key: MemoKey, session: &str) -> rusqlite::Result<()> {
    let mut statement =
        transaction.prepare_cached("DELETE FROM flight WHERE key = ? AND session = ?")?;
    statement.execute(params![key.0, session])?;
    Ok(())
}

/// A result that somebody else computes.
#[derive(Debug)]
pub struct Waiting {
    memo: Memo,
    key: MemoKey,
    max_age: Option<Duration>,
}

impl Waiting {
    pub(super) fn new(memo: Memo, key: MemoKey, max_age: Option<Duration>) -> Self {
        Self { memo, key, max_age }
    }

    /// Waits until the other one is done, and asks again: it may be up to the
    /// asker then, if nothing came of it. At the limit, it is still in flight.
    pub fn wait(self, limit: Duration) -> Result<Asked, StoreError> {
        let begun = Instant::now();
        self.wait_while(|| begun.elapsed() < limit)
    }

    /// The same for as long as somebody wants to know. Whether that is so is
    /// looked at now and then, and when [`Memo::wake`] is called.
    pub fn wait_while(self, is_wanted: impl Fn() -> bool) -> Result<Asked, StoreError> {
        loop {
            self.wait_for_a_look(&is_wanted);
            match self.memo.ask(self.key, self.max_age)? {
                Asked::InFlight(_) if is_wanted() => {}
                asked => return Ok(asked),
            }
        }
    }

    /// Waits for this process to land; for another, until it is worth a look.
    fn wait_for_a_look(&self, is_wanted: &impl Fn() -> bool) {
        let inner = &self.memo.0;
        let mut flights = inner.flights();
        let begun = Instant::now();
        let is_here = flights.contains(&self.key);
        // Not longer than it lasts here, or than a look is off.
        while flights.contains(&self.key) == is_here && is_wanted() {
            let rest = LOOK.saturating_sub(begun.elapsed());
            if rest.is_zero() && !is_here {
                return;
            }
            let rest = if is_here { PATIENCE } else { rest };
            let waited = inner.landed.wait_timeout(flights, rest);
            flights = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}
