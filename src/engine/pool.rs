//! The threads: started on demand, kept warm for a while, replaced when lost.
//!
//! The pool's lock comes before a queue's lock and is never taken while a
//! queue's is held; neither is held while host code runs. `state` is what the
//! lock guards, `workers` and `control` are the two kinds of threads.

mod control;
mod open_queue;
mod shared;
mod state;
#[cfg(all(test, not(loom)))]
mod tests;
mod workers;

use std::io;
use std::sync::atomic::Ordering;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use super::cancel::CancelReason;
use super::event::{ItemCounters, WorkerId};
use super::lease::Lease;
use super::ports::Host;
use super::queue::{ItemQueue, QueueOptions};

pub use control::Control;
pub use open_queue::OpenQueue;
pub(crate) use shared::Shared;
pub(crate) use state::WorkerRecord;
pub use workers::STACK_BYTES;

/// How a pool behaves.
#[derive(Debug, Clone)]
pub struct PoolOptions {
    /// How long a worker without work is kept.
    pub idle_timeout: Duration,
    /// How many threads may be on their way at once, since opening a runspace
    /// keeps a processor busy.
    pub start_limit: usize,
}

impl Default for PoolOptions {
    fn default() -> Self {
        Self {
            idle_timeout: Duration::from_secs(60),
            start_limit: thread::available_parallelism().map_or(2, usize::from),
        }
    }
}

/// What a pool is doing and did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PoolCounters {
    /// Threads that live and were not given up.
    pub workers: u64,
    /// Of these, the ones that wait for a queue.
    pub idle: u64,
    /// Threads that were ever started.
    pub threads_started: u64,
    /// Threads that were given up.
    pub abandoned: u64,
    /// Queues that are not drained yet.
    pub open_queues: u64,
    /// The items of all queues, those of the past included.
    pub items: ItemCounters,
}

/// One worker, for a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WorkerInfo {
    /// Its number.
    pub id: WorkerId,
    /// Its present attachment; `None` while it waits or starts.
    pub attachment: Option<u64>,
    /// How long it has lived.
    pub age: Duration,
}

/// No further queue can be opened.
#[derive(Debug)]
pub enum OpenError {
    /// The pool is closed.
    Closed,
    /// All workers that the process may have are taken.
    WorkerLimit,
    /// The operating system gave no thread.
    System(io::Error),
}

/// A pool of worker threads. Dropping it closes it; its threads end by
/// themselves, and nobody waits for them.
pub struct Pool {
    shared: Arc<Shared>,
}

impl Pool {
    /// A pool without threads: they come with the work.
    pub fn new(host: Box<dyn Host>, options: PoolOptions) -> Self {
        Self {
            shared: Arc::new(Shared::new(host, options)),
        }
    }

    /// Opens a queue for one call.
    pub fn open(&self, options: QueueOptions) -> Result<OpenQueue, OpenError> {
        let lease = Lease::take().ok_or(OpenError::WorkerLimit)?;
        let supervised = options.timeout.is_some() || options.item_timeout.is_some();
        let queue = Arc::new(ItemQueue::new(options, lease, Instant::now()));
        let mut state = self.shared.lock();
        if state.closed {
            return Err(OpenError::Closed);
        }
        state.open.push(Arc::downgrade(&queue));
        drop(state);
        if supervised {
            self.shared.wake_control().map_err(OpenError::System)?;
        }
        Ok(OpenQueue {
            queue,
            shared: Arc::clone(&self.shared),
        })
    }

    /// What the pool is doing and did.
    pub fn counters(&self) -> PoolCounters {
        self.shared.counters()
    }

    /// The workers that live and were not given up, by number.
    pub fn workers(&self) -> Vec<WorkerInfo> {
        let now = Instant::now();
        let state = self.shared.lock();
        let mut workers: Vec<_> = state
            .workers
            .values()
            .map(|record| WorkerInfo {
                id: record.id,
                attachment: Some(record.attachment.load(Ordering::Relaxed)).filter(|&it| it > 0),
                age: now.saturating_duration_since(record.started),
            })
            .collect();
        workers.sort_by_key(|worker| worker.id);
        workers
    }

    /// Lets every worker go that has nothing to do now.
    pub fn trim(&self) {
        let mut state = self.shared.lock();
        state.trims += 1;
        state.call_all();
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        let mut state = self.shared.lock();
        state.closed = true;
        state.wanting.clear();
        state.control_is_due = true;
        state.call_all();
        let open = state.open_queues();
        drop(state);
        for queue in open {
            let needs = queue.cancel(CancelReason::HostGone);
            self.shared.serve(&queue, needs);
            self.shared.forget_if_over(&queue);
        }
        self.shared.control.notify_all();
    }
}
