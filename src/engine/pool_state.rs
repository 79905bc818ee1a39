//! What a pool knows of its threads and queues; locked as one by the pool.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Weak};
use std::time::Instant;

use super::event::{ItemCounters, StopRequest, WorkerId};
use super::queue::ItemQueue;

/// One thread of a pool.
#[derive(Debug)]
pub(crate) struct WorkerRecord {
    pub(crate) id: WorkerId,
    /// Given up: it may not touch a queue again.
    pub(crate) lost: AtomicBool,
    /// The present attachment, 0 for none.
    pub(crate) attachment: AtomicU64,
    pub(crate) started: Instant,
    /// It has asked for work at least once.
    pub(crate) arrived: AtomicBool,
}

#[derive(Debug, Default)]
pub(crate) struct PoolState {
    pub(crate) closed: bool,
    /// Raised by `trim`: idle workers that see another value than the one
    /// they began to wait with go.
    pub(crate) trims: u64,
    pub(crate) workers: HashMap<WorkerId, Arc<WorkerRecord>>,
    /// Workers that wait for a queue.
    pub(crate) idle: usize,
    /// Idle workers that were woken and are not yet back.
    pub(crate) woken: usize,
    /// Threads that were started and have not asked for work yet.
    pub(crate) starting: usize,
    pub(crate) last_attachment: u64,
    /// Queues that may have work for one more worker, oldest wish first.
    pub(crate) wanting: VecDeque<Arc<ItemQueue>>,
    /// Every queue that is not drained.
    pub(crate) open: Vec<Weak<ItemQueue>>,
    pub(crate) stops: VecDeque<StopRequest>,
    pub(crate) control_runs: bool,
    /// Something changed since the control thread last looked at the limits.
    pub(crate) control_is_due: bool,
    pub(crate) threads_started: u64,
    pub(crate) abandoned: u64,
    /// What the queues did that are gone.
    pub(crate) past: ItemCounters,
}

impl PoolState {
    /// Notes that a queue may have work for one more worker.
    pub(crate) fn want(&mut self, queue: &Arc<ItemQueue>) {
        if !queue.is_wanting.swap(true, Ordering::Relaxed) {
            self.wanting.push_back(Arc::clone(queue));
        }
    }

    /// The queue whose wish is the oldest; it has to ask again.
    pub(crate) fn pop_wanting(&mut self) -> Option<Arc<ItemQueue>> {
        let queue = self.wanting.pop_front()?;
        queue.is_wanting.store(false, Ordering::Relaxed);
        Some(queue)
    }

    /// The queues that are still there; forgets the others.
    pub(crate) fn open_queues(&mut self) -> Vec<Arc<ItemQueue>> {
        self.open.retain(|queue| queue.strong_count() > 0);
        self.open.iter().filter_map(Weak::upgrade).collect()
    }

    /// Forgets a queue and keeps what it counted.
    pub(crate) fn forget(&mut self, queue: &Arc<ItemQueue>) {
        let before = self.open.len();
        self.open
            .retain(|other| !std::ptr::eq(other.as_ptr(), Arc::as_ptr(queue)));
        if self.open.len() < before {
            self.past.add(&queue.counters());
        }
        self.wanting.retain(|other| !Arc::ptr_eq(other, queue));
        queue.is_wanting.store(false, Ordering::Relaxed);
    }
}
