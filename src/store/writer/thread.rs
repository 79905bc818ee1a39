//! What the writer's thread does.

use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use rusqlite::{Connection, OptionalExtension, TransactionBehavior};

use super::state::{Job, News, Shared, State, Ticket};
use crate::store::entry::{Entry, EntryError, EntryWriter, Right};
use crate::store::error::{InDatabase, StoreError};
use crate::store::folder::StateFolder;
use crate::store::session::{Session, LEASE};
use crate::store::store::Clock;

/// How often it looks whether somebody wants a run to stop.
const BEAT: Duration = Duration::from_millis(200);

/// How often it says that the session is alive.
const RENEWAL: Duration = Duration::from_secs(LEASE.as_secs() / 4);

pub(super) struct Body {
    connection: Connection,
    folder: StateFolder,
    shared: Arc<Shared>,
    session: Arc<Session>,
    clock: Clock,
    /// Taken entries, while they are written; kept for its memory.
    entries: Vec<Entry>,
    last_beat: Instant,
    last_renewal: Instant,
}

/// What there is to do.
struct Work {
    /// The ticket of what was queued last.
    last: Ticket,
    jobs: Vec<Job>,
}

/// Why a transaction was not committed.
enum Fault {
    /// A run is another's now; those beside it may be written.
    TakenOver(Right),
    /// A run contradicts itself; those beside it may be written.
    Contradiction(Right, String),
    Store(StoreError),
}

impl Body {
    pub(super) fn new(
        connection: Connection,
        folder: StateFolder,
        shared: Arc<Shared>,
        session: Arc<Session>,
        clock: Clock,
    ) -> Self {
        Self {
            connection,
            folder,
            shared,
            session,
            clock,
            entries: Vec::new(),
            last_beat: Instant::now(),
            last_renewal: Instant::now(),
        }
    }

    pub(super) fn run(mut self) {
        // Also if it panics, nobody waits for it for ever.
        let _ended = Ended(Arc::clone(&self.shared));
        while let Some(work) = self.next() {
            if !self.entries.is_empty() {
                self.commit(work.last);
            }
            for job in work.jobs {
                job(&mut self.connection);
            }
            if self.last_beat.elapsed() >= BEAT {
                self.last_beat = Instant::now();
                self.beat();
            }
        }
        self.session.leave(&self.connection);
    }

    /// Waits for something to do; `None` if nothing more comes.
    fn next(&mut self) -> Option<Work> {
        let shared = Arc::clone(&self.shared);
        let mut state = shared.lock();
        loop {
            if !state.entries.is_empty() || !state.jobs.is_empty() {
                return Some(self.take(&mut state));
            }
            if state.is_closing {
                return None;
            }
            let period = if state.runs.is_empty() { RENEWAL } else { BEAT };
            let left = period.saturating_sub(self.last_beat.elapsed());
            if left.is_zero() {
                return Some(self.take(&mut state));
            }
            let waited = shared.wake.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn take(&mut self, state: &mut State) -> Work {
        std::mem::swap(&mut self.entries, &mut state.entries);
        Work {
            last: Ticket(state.queued),
            jobs: std::mem::take(&mut state.jobs),
        }
    }

    fn commit(&mut self, last: Ticket) {
        let mut stops = Vec::new();
        while !self.entries.is_empty() {
            match self.write() {
                Ok(found) => {
                    stops = found;
                    break;
                }
                Err(Fault::TakenOver(right)) => {
                    self.give_up(right, |run| StoreError::TakenOver { run });
                }
                Err(Fault::Contradiction(right, message)) => {
                    self.give_up(right, |run| StoreError::Contradiction { run, message });
                }
                Err(Fault::Store(error)) => {
                    while let Some(right) = self.entries.first().map(|entry| entry.right) {
                        self.give_up(right, |_| error.clone());
                    }
                }
            }
        }
        self.publish(last, &stops);
        self.entries.clear();
    }

    /// Writes the entries in one transaction; the runs that are to stop.
    fn write(&mut self) -> Result<Vec<Right>, Fault> {
        let path = self.folder.database();
        let failed = |error: rusqlite::Error| match Err::<(), _>(error).in_database(&path) {
            Err(error) => Fault::Store(error),
            Ok(()) => Fault::Store(StoreError::Closed),
        };
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(failed)?;
        let mut stops = Vec::new();
        {
            let mut rights = Vec::new();
            let mut writer = EntryWriter::new(&transaction).map_err(failed)?;
            for entry in &self.entries {
                let right = entry.right;
                if !rights.contains(&right) {
                    rights.push(right);
                    match check(&transaction, right).map_err(failed)? {
                        Some(false) => {}
                        Some(true) => stops.push(right),
                        None => return Err(Fault::TakenOver(right)),
                    }
                }
                writer.write(entry).map_err(|error| match error {
                    EntryError::Sqlite(error) => failed(error),
                    EntryError::Contradiction(message) => Fault::Contradiction(right, message),
                })?;
            }
        }
        transaction.commit().map_err(failed)?;
        Ok(stops)
    }

    fn publish(&mut self, last: Ticket, stops: &[Right]) {
        let mut state = self.shared.lock();
        state.committed = last.0;
        drop(state);
        self.shared.done.notify_all();
        for right in stops {
            self.tell_of_stop(*right);
        }
    }

    /// Writes nothing more of a run; its owner is told why.
    fn give_up(&mut self, right: Right, why: impl FnOnce(String) -> StoreError) {
        self.entries.retain(|entry| entry.right != right);
        let mut state = self.shared.lock();
        state.entries.retain(|entry| entry.right != right);
        let Some(owned) = state.runs.get_mut(&right) else {
            return;
        };
        let error = why(owned.id.clone());
        owned.lost = Some(error.clone());
        let observer = Arc::clone(&owned.observer);
        drop(state);
        self.shared.done.notify_all();
        observer(News::Lost(error));
    }

    fn tell_of_stop(&self, right: Right) {
        let mut state = self.shared.lock();
        let Some(owned) = state.runs.get_mut(&right) else {
            return;
        };
        if !std::mem::replace(&mut owned.knows_of_stop, true) {
            let observer = Arc::clone(&owned.observer);
            drop(state);
            observer(News::StopRequested);
        }
    }

    /// Looks after the runs while nothing comes of them.
    fn beat(&mut self) {
        let state = self.shared.lock();
        let owned = state.runs.iter();
        let rights: Vec<_> = owned
            .filter(|(_, owned)| owned.lost.is_none())
            .map(|(&right, _)| right)
            .collect();
        drop(state);
        for right in rights {
            // What cannot be read now is read with the next beat.
            match check(&self.connection, right) {
                Ok(Some(true)) => self.tell_of_stop(right),
                Ok(None) => self.give_up(right, |run| StoreError::TakenOver { run }),
                Ok(Some(false)) | Err(_) => {}
            }
        }
        if self.last_renewal.elapsed() >= RENEWAL {
            self.last_renewal = Instant::now();
            self.session.renew(&self.connection, self.clock.now());
        }
    }
}

/// Whether somebody wants the run to stop; `None` if it is another's now.
fn check(connection: &Connection, right: Right) -> rusqlite::Result<Option<bool>> {
    let mut statement = connection
        .prepare_cached("SELECT stop_requested FROM run WHERE number = ? AND token = ?")?;
    statement
        .query_row([right.run, right.token], |row| row.get(0))
        .optional()
}

/// Tells those that wait that the thread has ended.
struct Ended(Arc<Shared>);

impl Drop for Ended {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.has_ended = true;
        // Dropping a job tells the one who waits for it.
        let jobs = std::mem::take(&mut state.jobs);
        drop(state);
        drop(jobs);
        self.0.done.notify_all();
    }
}
