//! What a pool knows of its threads and queues; locked as one by the pool.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Weak};
use std::time::Instant;

use crate::engine::event::{ItemCounters, StopRequest, WorkerId};
use crate::engine::queue::ItemQueue;

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
    /// Calls it while it is idle.
    pub(crate) call: Condvar,
}

#[derive(Debug, Default)]
pub(crate) struct PoolState {
    pub(crate) closed: bool,
    /// Raised by `trim`: idle workers that see another value than the one
    /// they began to wait with go.
    pub(crate) trims: u64,
    pub(crate) workers: HashMap<WorkerId, Arc<WorkerRecord>>,
    /// Workers that wait for a queue; whoever calls one takes it off. The last
    /// that came is called first, so that the others can go one day.
    pub(crate) idle: Vec<Arc<WorkerRecord>>,
    /// Workers that were called and are not back yet.
    pub(crate) called: usize,
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

    /// Calls the idle worker that came last, if there is one and a wish for it.
    pub(crate) fn call_one(&mut self) -> bool {
        if self.called >= self.wanted_workers() {
            return false;
        }
        let Some(worker) = self.idle.pop() else {
            return false;
        };
        self.called += 1;
        worker.call.notify_one();
        true
    }

    /// Calls every worker that waits, whatever for.
    pub(crate) fn call_all(&mut self) {
        self.called += self.idle.len();
        for worker in self.idle.drain(..) {
            worker.call.notify_one();
        }
    }

    /// A worker has stopped waiting. Unless it was called, it is on the list.
    pub(crate) fn come_back(&mut self, id: WorkerId) {
        match self.idle.iter().position(|worker| worker.id == id) {
            Some(position) => drop(self.idle.remove(position)),
            None => self.called -= 1,
        }
    }

    /// Takes a thread off the books that did not come to be.
    pub(crate) fn take_back_start(&mut self, id: WorkerId) {
        self.starting -= 1;
        self.threads_started -= 1;
        self.workers.remove(&id);
    }

    /// How many workers the wishes are for.
    pub(crate) fn wanted_workers(&self) -> usize {
        let wanted = self.wanting.iter().map(|queue| queue.wanted_workers());
        wanted.sum()
    }

    /// How many threads they are worth.
    pub(crate) fn wanted_threads(&self) -> usize {
        let wanted = self.wanting.iter().map(|queue| queue.wanted_threads());
        wanted.sum()
    }

    /// Whether a wish stays open with nobody on the way who would look at it
    /// again, and no look at the clock is due either; then one is from now on.
    pub(crate) fn must_watch_wishes(&self) -> bool {
        self.starting + self.called == 0
            && self
                .wanting
                .iter()
                .filter(|queue| queue.must_watch_backlog())
                .count()
                > 0
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
