//! What a pool's threads share: its books, and who serves a queue's needs.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use super::state::PoolState;
use super::{PoolCounters, PoolOptions};
use crate::engine::ports::Host;
use crate::engine::queue::{ItemQueue, Needs};

/// What the pool's threads share.
pub(crate) struct Shared {
    state: Mutex<PoolState>,
    /// Calls the control thread.
    pub(super) control: Condvar,
    pub(super) host: Box<dyn Host>,
    pub(super) options: PoolOptions,
    // Copies of what the state says, for a look without the lock.
    pub(super) has_idle: AtomicBool,
    pub(super) may_start: AtomicBool,
    // Reports that came too late, those to queues that are gone included.
    late: AtomicU64,
}

impl Shared {
    pub(super) fn new(host: Box<dyn Host>, options: PoolOptions) -> Self {
        Self {
            state: Mutex::new(PoolState::default()),
            control: Condvar::new(),
            host,
            options,
            has_idle: false.into(),
            may_start: true.into(),
            late: 0.into(),
        }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, PoolState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does what a queue asked for, without the queue's lock.
    pub(crate) fn serve(self: &Arc<Self>, queue: &Arc<ItemQueue>, needs: Needs) {
        if needs.supervision {
            // Without a control thread the limits are not kept, but nothing is
            // lost: the next need tries again.
            let _ = self.wake_control();
        }
        if !needs.worker {
            return;
        }
        let known = queue.is_wanting.load(Ordering::Relaxed);
        let somebody_is_free = self.has_idle.load(Ordering::Relaxed)
            || (needs.thread && self.may_start.load(Ordering::Relaxed));
        if known && !somebody_is_free {
            return;
        }
        let mut state = self.lock();
        state.want(queue);
        self.find_worker(state);
    }

    /// Drops a queue from the books once no worker is left in it.
    pub(crate) fn forget_if_over(&self, queue: &Arc<ItemQueue>) {
        if !queue.is_over() {
            return;
        }
        let mut state = self.lock();
        state.forget(queue);
        if state.closed {
            // The control thread may have waited for the last one to go.
            state.control_is_due = true;
            self.control.notify_one();
        }
    }

    pub(super) fn counters(&self) -> PoolCounters {
        let mut state = self.lock();
        let open = state.open_queues();
        let mut counters = PoolCounters {
            workers: state.workers.len() as u64,
            idle: state.idle.len() as u64,
            threads_started: state.threads_started,
            abandoned: state.abandoned,
            open_queues: open.len() as u64,
            items: state.past,
        };
        for queue in open {
            counters.items.add(&queue.counters());
        }
        counters.items.late = self.late.load(Ordering::Relaxed);
        counters
    }

    /// Counts reports that came too late. A queue counts its own too, but may
    /// be gone before they come.
    pub(crate) fn count_late(&self, count: usize) {
        self.late.fetch_add(count as u64, Ordering::Relaxed);
    }
}
