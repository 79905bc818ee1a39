//! The workers' side: they wait for items, put out, and end what they took.

use std::time::{Duration, Instant};

use super::waiting::{Inner, Needs, LINGER};
use super::{remaining, ItemQueue, Listening, Next};
use crate::engine::event::{ItemId, Outcome, WorkerId};
use crate::engine::queue_state::{Entry, Place, Pull, Start};
use crate::engine::sync::{lock, wait, MutexGuard};

impl ItemQueue {
    pub(crate) fn tag(&self) -> u64 {
        lock(&self.inner).state.options().tag
    }

    pub(crate) fn attach(&self, worker: WorkerId, attachment: u64) -> Entry {
        let now = Instant::now();
        let mut inner = lock(&self.inner);
        let waiting = inner.waiting_workers();
        inner.state.attach(worker, attachment, waiting, now)
    }

    pub(crate) fn next(
        &self,
        place: Place,
        capacity: usize,
        limit: Duration,
        mut each: impl FnMut(ItemId),
    ) -> (Next, Needs) {
        let mut now = Instant::now();
        let end = now.checked_add(limit);
        let mut has_waited = false;
        let mut inner = lock(&self.inner);
        let next = loop {
            match inner.state.pull(place, capacity, now, &mut each) {
                Pull::Items => break Next::Items,
                Pull::Ended => break Next::Ended,
                Pull::Stopped => break Next::Stopped,
                Pull::Abandoned => break Next::Abandoned,
                Pull::Nothing if remaining(end) == Some(Duration::ZERO) => break Next::TimedOut,
                Pull::Nothing => {}
            }
            inner = self.wait_for_items(inner, has_waited, remaining(end));
            has_waited = true;
            now = Instant::now();
        };
        let wakes_host = inner.wakes_host_for_room();
        let mut needs = inner.needs();
        needs.supervision = next == Next::Items && inner.state.must_watch_item(now);
        drop(inner);
        if wakes_host {
            self.host.notify_all();
        }
        if next == Next::Items {
            self.tell_listener();
        }
        (next, needs)
    }

    fn wait_for_items<'a>(
        &'a self,
        mut inner: MutexGuard<'a, Inner>,
        has_waited: bool,
        left: Option<Duration>,
    ) -> MutexGuard<'a, Inner> {
        if !has_waited {
            inner.state.count_wait();
        }
        // The next task often waits for what this very worker has just ended:
        // nothing would come while it lingers.
        if !has_waited && !inner.state.options().is_for_tasks {
            inner.lingering_workers += 1;
            let limit = left.map_or(LINGER, |left| left.min(LINGER));
            inner = wait(&self.fair_items, &self.inner, inner, Some(limit));
            inner.lingering_workers -= 1;
            return inner;
        }
        inner.deep_workers += 1;
        inner = wait(&self.items, &self.inner, inner, left);
        // Whoever promised a wake-up has already taken one worker off the count.
        if inner.promised > 0 {
            inner.promised -= 1;
        } else {
            inner.deep_workers -= 1;
        }
        inner
    }

    /// See `QueueState::start`.
    pub(crate) fn start(&self, place: Place, item: ItemId) -> Start {
        let now = Instant::now();
        lock(&self.inner).state.start(place, item, now)
    }

    /// Passes on what a worker says of an item; `None` if nobody listens.
    pub(crate) fn report(&self, item: ItemId, report: &str) -> Option<Result<bool, String>> {
        let Listening(listener) = self.listener.get()?;
        Some(listener.hear(item, report))
    }

    /// Puts out one output of an item; waits while the output is full.
    pub(crate) fn emit(&self, place: Place, item: ItemId, kind: u16) -> bool {
        let mut inner = self.wait_for_room(lock(&self.inner), place);
        let done = inner.state.emit(place, item, kind);
        self.release(inner);
        done
    }

    /// Ends an item; waits while the output is full.
    pub(crate) fn end(&self, place: Place, item: ItemId, outcome: Outcome) -> bool {
        let mut now = Instant::now();
        let mut inner = lock(&self.inner);
        if inner.state.must_wait_for_room(place) {
            inner.state.finish(place, item, now);
            inner = self.wait_for_room(inner, place);
            now = Instant::now();
        }
        let done = inner.state.end(place, item, outcome, now);
        self.release(inner);
        done
    }

    /// Ends items that were handed out together, in the same way and under one
    /// lock; each is taken to have run for an equal part of the time. Returns
    /// how many there were.
    pub(crate) fn end_all(&self, place: Place, items: &[ItemId], outcome: Outcome) -> usize {
        let now = Instant::now();
        let mut inner = lock(&self.inner);
        let start = inner.state.started(place).unwrap_or(now);
        let share = now.saturating_duration_since(start) / items.len().max(1) as u32;
        let (mut moment, mut ended) = (start, 0);
        for &item in items {
            moment += share;
            if inner.state.must_wait_for_room(place) {
                inner.state.finish(place, item, moment);
                if inner.wakes_host_for_output() {
                    self.host.notify_all();
                }
                inner = self.wait_for_room(inner, place);
            }
            ended += usize::from(inner.state.end(place, item, outcome, moment));
        }
        self.release(inner);
        ended
    }

    fn wait_for_room<'a>(
        &'a self,
        mut inner: MutexGuard<'a, Inner>,
        place: Place,
    ) -> MutexGuard<'a, Inner> {
        while inner.state.must_wait_for_room(place) {
            inner.blocked_emitters += 1;
            inner = wait(&self.room, &self.inner, inner, None);
            inner.blocked_emitters -= 1;
        }
        inner
    }

    /// See `QueueState::give_back`.
    pub(crate) fn give_back(&self, place: Place, items: &[ItemId]) -> (usize, Needs) {
        let mut inner = lock(&self.inner);
        let before = inner.state.queued();
        let late = inner.state.give_back(place, items);
        let needs = self.wake_workers(&mut inner, before);
        self.release(inner);
        (late, needs)
    }

    pub(crate) fn detach(&self, place: Place) -> Needs {
        let now = Instant::now();
        let mut inner = lock(&self.inner);
        inner.state.detach(place, now);
        let needs = inner.needs();
        self.release(inner);
        needs
    }
}
