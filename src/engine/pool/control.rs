//! The control thread: it keeps the limits of all queues, asks the host for
//! stops, and gives up workers that ignore theirs.

use std::io;
use std::sync::atomic::Ordering;
use std::sync::{Arc, MutexGuard, PoisonError};
use std::thread;
use std::time::Instant;

use super::state::PoolState;
use super::Shared;
use crate::engine::event::{StopRequest, WorkerId};
use crate::engine::queue::ItemQueue;

/// The side that carries out stops, as the host sees it.
pub struct Control {
    shared: Arc<Shared>,
}

impl Control {
    /// Waits for the next stop request; `None` once the pool is closed and
    /// nothing is left to stop.
    pub fn next(&self) -> Option<StopRequest> {
        self.shared.next_stop()
    }
}

impl Shared {
    /// Makes the control thread look at the limits, starting it if need be.
    pub(super) fn wake_control(self: &Arc<Self>) -> io::Result<()> {
        let mut state = self.lock();
        state.control_is_due = true;
        self.control.notify_one();
        if std::mem::replace(&mut state.control_runs, true) {
            return Ok(());
        }
        drop(state);
        let shared = Arc::clone(self);
        let started = thread::Builder::new()
            .name("oe-control".to_owned())
            .spawn(move || {
                let _ending = ControlEnds(&shared);
                let control = Control {
                    shared: Arc::clone(&shared),
                };
                shared.host.control_main(&control);
            });
        if started.is_err() {
            self.lock().control_runs = false;
        }
        started.map(drop)
    }

    fn next_stop(self: &Arc<Self>) -> Option<StopRequest> {
        loop {
            let mut state = self.lock();
            if let Some(stop) = state.stops.pop_front() {
                return Some(stop);
            }
            state.control_is_due = false;
            let open = state.open_queues();
            if state.closed && open.is_empty() {
                return None;
            }
            drop(state);
            let (next, stops) = self.supervise(open);
            let mut state = self.lock();
            state.stops.extend(stops);
            if state.stops.is_empty() && !state.control_is_due {
                self.wait_for_control(state, next);
            }
        }
    }

    fn wait_for_control(&self, state: MutexGuard<'_, PoolState>, next: Option<Instant>) {
        let Some(next) = next else {
            let waited = self.control.wait(state);
            drop(waited.unwrap_or_else(PoisonError::into_inner));
            return;
        };
        let left = next.saturating_duration_since(Instant::now());
        let waited = self.control.wait_timeout(state, left);
        drop(waited.unwrap_or_else(PoisonError::into_inner).0);
    }

    /// Applies the limits of all queues; gives up the workers that they say.
    fn supervise(
        self: &Arc<Self>,
        open: Vec<Arc<ItemQueue>>,
    ) -> (Option<Instant>, Vec<StopRequest>) {
        let now = Instant::now();
        let mut stops = Vec::new();
        let mut next: Option<Instant> = None;
        for queue in open {
            let mut lost = Vec::new();
            let (due, needs) = queue.supervise(now, &mut stops, &mut lost);
            next = next.into_iter().chain(due).min();
            self.give_up(&lost);
            self.serve(&queue, needs);
            self.forget_if_over(&queue);
        }
        (next, stops)
    }

    fn give_up(&self, lost: &[WorkerId]) {
        let mut state = self.lock();
        for id in lost {
            if let Some(record) = state.workers.remove(id) {
                record.lost.store(true, Ordering::Relaxed);
                state.abandoned += 1;
            }
        }
    }
}

/// Takes the control thread off the books however it ends.
struct ControlEnds<'a>(&'a Shared);

impl Drop for ControlEnds<'_> {
    fn drop(&mut self) {
        self.0.lock().control_runs = false;
    }
}
