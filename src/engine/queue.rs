//! One call's items: ids in, events out, both bounded, with the waiting that
//! `queue_state` leaves out.
//!
//! # Waking
//! Waking a thread costs more than running a small item, so a thread that was
//! busy a moment ago *lingers* before it waits for good: for `LINGER` it is
//! woken only by a fair amount of work, afterwards by anything. Output so
//! leaves at most that much later than it could, and items that take
//! microseconds do not pay for a wake-up each. Once the feeding side waits,
//! workers stop lingering: more would not come.

mod feeding;
#[cfg(all(test, loom))]
mod loom_model;
#[cfg(all(test, not(loom)))]
mod tests;
mod waiting;
mod working;

use std::fmt;
use std::sync::atomic::AtomicBool;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use self::waiting::{Inner, Waiting, FAIR_AMOUNT};
use super::event::{StopRequest, WorkerId};
use super::lease::Lease;
use super::ports::Listener;
use super::queue_state::QueueState;
use super::sync::{lock, Condvar, Mutex, MutexGuard};

pub use super::queue_state::{QueueOptions, Start};
pub(crate) use waiting::Needs;

/// Why [`OpenQueue::wait`](super::pool::OpenQueue::wait) came back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wait {
    /// There is output, or room for input if that was asked for.
    Ready,
    /// Neither came within the limit.
    TimedOut,
    /// Nothing will ever come again: closed, and all output taken.
    Ended,
}

/// What a worker that asks for items gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Items to run.
    Items,
    /// None came within the limit.
    TimedOut,
    /// None will come: the queue is closed and empty, or has more workers than
    /// it may and lets this one go.
    Ended,
    /// The queue was cancelled, or the worker's last item was stopped.
    Stopped,
    /// The worker was given up.
    Abandoned,
}

struct Listening(Box<dyn Listener>);

impl fmt::Debug for Listening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Listening")
    }
}

/// One call's items.
#[derive(Debug)]
pub struct ItemQueue {
    inner: Mutex<Inner>,
    /// Where workers wait for anything.
    items: Condvar,
    /// Where workers linger. A wake-up meant for one that waits for anything
    /// must not reach one that lingers: the other would sleep on.
    fair_items: Condvar,
    host: Condvar,
    room: Condvar,
    listener: OnceLock<Listening>,
    /// Whether the pool has it on its list of queues that want a worker.
    pub(crate) is_wanting: AtomicBool,
}

impl ItemQueue {
    pub(crate) fn new(options: QueueOptions, lease: Lease, now: Instant) -> Self {
        Self {
            inner: Mutex::new(Inner::new(QueueState::new(options, lease, now))),
            items: Condvar::new(),
            fair_items: Condvar::new(),
            host: Condvar::new(),
            room: Condvar::new(),
            listener: OnceLock::new(),
            is_wanting: false.into(),
        }
    }

    /// Gives it a listener. The first one stays.
    pub(crate) fn listen(&self, listener: Box<dyn Listener>) {
        let _ = self.listener.set(Listening(listener));
    }

    // ---- what the pool asks ----

    /// How many more workers would find something to do here.
    pub(crate) fn wanted_workers(&self) -> usize {
        let inner = lock(&self.inner);
        inner.state.wanted_workers(inner.waiting_workers())
    }

    /// How many threads the backlog is worth.
    pub(crate) fn wanted_threads(&self) -> usize {
        let inner = lock(&self.inner);
        match inner.state.wanted_workers(inner.waiting_workers()) {
            wanted if wanted > 0 && inner.state.is_worth_a_thread(Instant::now()) => wanted,
            _ => 0,
        }
    }

    /// See [`QueueState::must_watch_backlog`].
    pub(crate) fn must_watch_backlog(&self) -> bool {
        let mut inner = lock(&self.inner);
        let waiting = inner.waiting_workers();
        inner.state.must_watch_backlog(waiting, Instant::now())
    }

    pub(crate) fn attached_count(&self) -> u32 {
        lock(&self.inner).state.attached_count()
    }

    /// No worker is in it, and none will ever find anything in it.
    pub(crate) fn is_over(&self) -> bool {
        let inner = lock(&self.inner);
        inner.state.is_finished() && inner.state.attached_count() == 0
    }

    /// See [`QueueState::supervise`].
    pub(crate) fn supervise(
        &self,
        now: Instant,
        stops: &mut Vec<StopRequest>,
        lost: &mut Vec<WorkerId>,
    ) -> (Option<Instant>, Needs) {
        let mut inner = lock(&self.inner);
        let before = (inner.state.cancelled(), stops.len(), lost.len());
        let waiting = inner.waiting_workers();
        let next = inner.state.supervise(now, waiting, stops, lost);
        if before != (inner.state.cancelled(), stops.len(), lost.len()) {
            self.wake_all(&mut inner);
        }
        (next, inner.needs())
    }

    // ---- waking ----

    /// Wakes workers for what has come to the input since it held `before`.
    fn wake_workers(&self, inner: &mut Inner, before: usize) -> Needs {
        let queued = inner.state.queued();
        for _ in 0..queued.saturating_sub(before).min(inner.deep_workers) {
            inner.deep_workers -= 1;
            inner.promised += 1;
            self.items.notify_one();
        }
        let fair = FAIR_AMOUNT.min(inner.state.options().input_capacity);
        // A worker lingers only while there is nothing, so it sees this pass.
        if inner.lingering_workers > 0 && before < fair && queued >= fair {
            self.fair_items.notify_one();
        }
        inner.needs()
    }

    fn wake_all(&self, inner: &mut Inner) {
        inner.promised += std::mem::take(&mut inner.deep_workers);
        self.items.notify_all();
        self.fair_items.notify_all();
        inner.host = Waiting::No;
        self.host.notify_all();
        self.room.notify_all();
        self.tell_listener();
    }

    /// Unlocks, then wakes the feeding side if it should see what came.
    fn release(&self, mut inner: MutexGuard<'_, Inner>) {
        let wakes_host = inner.wakes_host_for_output();
        drop(inner);
        if wakes_host {
            self.host.notify_all();
        }
        self.tell_listener();
    }

    fn tell_listener(&self) {
        if let Some(Listening(listener)) = self.listener.get() {
            listener.ring();
        }
    }
}

fn remaining(end: Option<Instant>) -> Option<Duration> {
    end.map(|end| end.saturating_duration_since(Instant::now()))
}
