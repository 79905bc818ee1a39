//! The feeding side: it submits, waits for output or room, and takes.

use std::time::{Duration, Instant};

use super::waiting::{Inner, Needs, Waiting, LINGER};
use super::{remaining, ItemQueue, Wait};
use crate::engine::cancel::CancelReason;
use crate::engine::event::{Event, ItemCounters, ItemId, WorkerId};
use crate::engine::sync::{lock, wait, MutexGuard};

impl ItemQueue {
    pub(crate) fn submit(&self, items: &[ItemId]) -> Option<(usize, Needs)> {
        let mut inner = lock(&self.inner);
        if inner.state.is_closed() {
            return None;
        }
        let before = inner.state.queued();
        let accepted = inner.state.submit(items);
        let needs = self.wake_workers(&mut inner, before);
        Some((accepted, needs))
    }

    pub(crate) fn close(&self) {
        let mut inner = lock(&self.inner);
        inner.state.close();
        self.wake_all(&mut inner);
    }

    /// Stops everything; see `QueueState::cancel`.
    pub(crate) fn cancel(&self, reason: CancelReason) -> Needs {
        let mut inner = lock(&self.inner);
        inner.state.cancel(reason);
        self.wake_all(&mut inner);
        Needs {
            supervision: inner.state.is_running(),
            ..Needs::default()
        }
    }

    /// See `QueueState::stop`.
    pub(crate) fn stop(&self, item: ItemId, reason: CancelReason) -> Needs {
        let mut inner = lock(&self.inner);
        inner.state.stop(item, reason);
        let needs = Needs {
            supervision: inner.state.is_running(),
            ..Needs::default()
        };
        self.release(inner);
        needs
    }

    /// See `QueueState::set_worker_limit`. Workers that wait look again, for
    /// they may be one too many: a wake-up for an item must not reach one that
    /// then leaves without it.
    pub(crate) fn set_worker_limit(&self, limit: u32) -> Needs {
        let mut inner = lock(&self.inner);
        inner.state.set_worker_limit(limit);
        self.wake_all(&mut inner);
        inner.needs()
    }

    pub(crate) fn cancelled(&self) -> Option<CancelReason> {
        lock(&self.inner).state.cancelled()
    }

    /// Waits for output, for room for input (if `want_room`), or for the end.
    pub(crate) fn wait(&self, want_room: bool, limit: Duration) -> Wait {
        let end = Instant::now().checked_add(limit);
        let mut inner = lock(&self.inner);
        inner.hosts += 1;
        inner.host_wants_room |= want_room;
        let result = loop {
            if let Some(result) = inner.host_result() {
                break result;
            }
            let left = remaining(end);
            if left == Some(Duration::ZERO) {
                // Who asks for what is there now gets it, fair amount or not.
                let is_ready = inner.state.ready() > 0;
                break if is_ready {
                    Wait::Ready
                } else {
                    Wait::TimedOut
                };
            }
            inner = self.wait_once(inner, left);
        };
        inner.hosts -= 1;
        if inner.hosts == 0 {
            inner.host = Waiting::No;
            inner.host_wants_room = false;
        } else {
            inner.host = Waiting::Deep;
        }
        result
    }

    fn wait_once<'a>(
        &'a self,
        mut inner: MutexGuard<'a, Inner>,
        left: Option<Duration>,
    ) -> MutexGuard<'a, Inner> {
        // Who waits feeds nothing, so it is no use to linger for more. A worker
        // that runs an item comes back for the rest by itself, soon enough.
        let is_idling = inner.state.queued() > 0 && !inner.state.has_pulled();
        if is_idling && inner.lingering_workers > 0 {
            self.fair_items.notify_one();
        }
        // Whatever lingering brings, the next wait is for anything.
        let lingers = std::mem::take(&mut inner.host_was_busy);
        let limit = if lingers {
            inner.host = Waiting::Lingering;
            Some(left.map_or(LINGER, |left| left.min(LINGER)))
        } else {
            inner.host = Waiting::Deep;
            left
        };
        wait(&self.host, &self.inner, inner, limit)
    }

    pub(crate) fn take(&self, limit: usize, each: impl FnMut(Event)) -> usize {
        let mut inner = lock(&self.inner);
        let count = inner.state.take(limit, each);
        inner.host_was_busy |= count > 0;
        let half = inner.state.options().output_capacity / 2;
        let has_room = inner.blocked_emitters > 0 && inner.state.ready() <= half;
        // Another thread may wait for the end.
        let is_end = inner.hosts > 0 && inner.state.is_drained();
        drop(inner);
        if has_room {
            self.room.notify_all();
        }
        if is_end {
            self.host.notify_all();
        }
        count
    }

    /// Takes what started, as far as that is told, and all events, which come
    /// later than the starts of their items.
    pub(crate) fn take_all(&self) -> (Vec<(ItemId, WorkerId)>, Vec<Event>) {
        let mut inner = lock(&self.inner);
        let started = inner.state.take_started();
        let mut events = Vec::with_capacity(inner.state.ready());
        inner.state.take(usize::MAX, |event| events.push(event));
        (started, events)
    }

    pub(crate) fn is_drained(&self) -> bool {
        lock(&self.inner).state.is_drained()
    }

    pub(crate) fn counters(&self) -> ItemCounters {
        lock(&self.inner).state.counters()
    }
}
