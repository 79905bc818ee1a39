//! The one thread of the process that writes the database.
//!
//! What comes in while it writes is written next, all of it in one transaction:
//! the more runs there are, the more share the cost of a commit (*group commit*).
//! If a transaction fails, nothing of it is written, and the runs that it was for
//! are *lost* to this process: they can be resumed from what is committed.

mod state;
mod thread;

use std::path::Path;
use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::entry::{Change, Entry, Right};
use super::error::{InDatabase, StoreError};
use super::folder::StateFolder;
use super::session::Session;
use super::store::Clock;
pub use state::News;
pub(super) use state::{Observer, Ticket};
use state::{Owned, Shared, State};

/// The writer, as the rest of the process sees it. Dropping it waits until all is
/// written.
pub(super) struct Writer {
    shared: Arc<Shared>,
    folder: StateFolder,
    session: Arc<Session>,
    clock: Clock,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Writer {
    /// Starts the thread, which enters its session first.
    pub(super) fn start(
        mut connection: Connection,
        folder: StateFolder,
        clock: Clock,
    ) -> Result<Self, StoreError> {
        let session = Arc::new(Session::begin(&folder)?);
        let dead = in_transaction(&mut connection, &folder.database(), |transaction| {
            session.enter(transaction, &folder, clock.now())
        })?;
        session.entered(&folder, dead);
        let shared = Arc::new(Shared::default());
        let body = thread::Body::new(
            connection,
            folder.clone(),
            Arc::clone(&shared),
            Arc::clone(&session),
            clock.clone(),
        );
        let thread = std::thread::Builder::new()
            .name("oe-store".to_owned())
            .spawn(move || body.run())
            .map_err(|error| StoreError::io("start a thread for", &folder.database(), &error))?;
        Ok(Self {
            shared,
            folder,
            session,
            clock,
            thread: Mutex::new(Some(thread)),
        })
    }

    pub(super) fn folder(&self) -> &StateFolder {
        &self.folder
    }

    /// The id of this process's session.
    pub(super) fn session(&self) -> &str {
        &self.session.id
    }

    pub(super) fn clock(&self) -> &Clock {
        &self.clock
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.shared.lock()
    }

    /// Does some work in a transaction of its own, on the writer's thread, and
    /// waits for it.
    pub(super) fn perform<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (send, receive) = sync_channel(1);
        let path = self.folder.database();
        let job = Box::new(move |connection: &mut Connection| {
            // Nobody may be waiting any more.
            let _ = send.send(in_transaction(connection, &path, work));
        });
        let mut state = self.lock();
        if state.has_ended {
            return Err(StoreError::Closed);
        }
        state.jobs.push(job);
        drop(state);
        self.shared.wake.notify_one();
        receive.recv().unwrap_or(Err(StoreError::Closed))
    }

    /// Makes a run known whose entries may come now.
    pub(super) fn own(&self, right: Right, id: &str, observer: Observer) {
        let owned = Owned::new(id, observer);
        self.lock().runs.insert(right, owned);
        // It beats from now on.
        self.shared.wake.notify_one();
    }

    /// No more comes of a run by this right. Somebody here may have another one
    /// by now.
    pub(super) fn disown(&self, right: Right) {
        let owned = self.lock().runs.remove(&right);
        // Its observer may hold what itself uses the writer.
        drop(owned);
    }

    /// Queues changes of a run, which are written in one transaction, all or none.
    pub(super) fn push(&self, right: Right, changes: &mut Vec<Change>) -> Ticket {
        let mut state = self.lock();
        let is_asleep = state.entries.is_empty();
        let new = changes.drain(..).map(|change| Entry { right, change });
        state.entries.extend(new);
        state.queued += 1;
        let ticket = Ticket(state.queued);
        drop(state);
        if is_asleep {
            self.shared.wake.notify_one();
        }
        ticket
    }

    /// Waits until what was queued for a run is committed.
    pub(super) fn wait(&self, right: Right, ticket: Ticket) -> Result<(), StoreError> {
        let mut state = self.lock();
        loop {
            if let Some(error) = state.runs.get(&right).and_then(|owned| owned.lost.clone()) {
                return Err(error);
            }
            if state.committed >= ticket.0 {
                return Ok(());
            }
            if state.has_ended {
                return Err(StoreError::Closed);
            }
            state = self
                .shared
                .done
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.lock().is_closing = true;
        self.shared.wake.notify_one();
        let thread = self
            .thread
            .get_mut()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(thread) = thread {
            // An observer may hold the last reference, on that very thread.
            if thread.thread().id() != std::thread::current().id() {
                let _ = thread.join();
            }
        }
    }
}

/// Does some work in a transaction that is committed if the work succeeds.
fn in_transaction<T>(
    connection: &mut Connection,
    path: &Path,
    work: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let transaction = connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .in_database(path)?;
    let done = work(&transaction)?;
    transaction.commit().in_database(path)?;
    Ok(done)
}
