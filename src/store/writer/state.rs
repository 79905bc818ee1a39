//! What the writer's thread shares with those that it writes for.

use std::collections::HashMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use rusqlite::Connection;

use crate::store::entry::{Entry, Right};
use crate::store::error::StoreError;

/// How many times something was queued up to then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::store) struct Ticket(pub(super) u64);

/// What the owner of a run is told, on the writer's thread.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum News {
    /// Somebody, perhaps another process, wants the run to stop.
    StopRequested,
    /// The run cannot be written any more.
    Lost(StoreError),
}

/// Who is told. Must return soon, and wait for nothing that is written.
pub(in crate::store) type Observer = Arc<dyn Fn(News) + Send + Sync>;

/// Work in a transaction of its own.
pub(super) type Job = Box<dyn FnOnce(&mut Connection) + Send>;

/// A run that this process writes.
pub(super) struct Owned {
    pub(super) id: String,
    pub(super) observer: Observer,
    /// Why it cannot be written any more.
    pub(super) lost: Option<StoreError>,
    pub(super) knows_of_stop: bool,
}

impl Owned {
    pub(super) fn new(id: &str, observer: Observer) -> Self {
        Self {
            id: id.to_owned(),
            observer,
            lost: None,
            knows_of_stop: false,
        }
    }
}

#[derive(Default)]
pub(super) struct State {
    pub(super) entries: Vec<Entry>,
    pub(super) jobs: Vec<Job>,
    pub(super) runs: HashMap<Right, Owned>,
    /// How many times something was queued.
    pub(super) queued: u64,
    pub(super) committed: u64,
    pub(super) is_closing: bool,
    pub(super) has_ended: bool,
}

#[derive(Default)]
pub(super) struct Shared {
    state: Mutex<State>,
    /// There is something to do for the thread.
    pub(super) wake: Condvar,
    /// The thread has done something.
    pub(super) done: Condvar,
}

impl Shared {
    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
