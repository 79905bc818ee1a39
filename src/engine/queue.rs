//! One call's items: ids in, events out, both bounded, with the waiting that
//! `queue_state` leaves out.
//!
//! # Waking
//! Waking a thread costs more than running a small item, so a thread that was
//! busy a moment ago *lingers* before it waits for good: for [`LINGER`] it is
//! woken only by a fair amount of work, afterwards by anything. Output so
//! leaves at most that much later than it could, and items that take
//! microseconds do not pay for a wake-up each.

use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use super::cancel::CancelReason;
use super::event::{Event, ItemCounters, ItemId, Outcome, StopRequest, WorkerId};
use super::lease::Lease;
use super::queue_state::{Place, Pull, QueueState};
use super::sync::{lock, wait, Condvar, Mutex, MutexGuard};

pub use super::queue_state::QueueOptions;

/// How long a thread that was busy a moment ago ignores small amounts of work.
#[cfg(not(loom))]
const LINGER: Duration = Duration::from_millis(1);
/// Loom has no time: nothing ever ends by a limit, so nothing may rely on one.
#[cfg(loom)]
const LINGER: Duration = Duration::ZERO;

/// What wakes a thread that lingers.
const FAIR_AMOUNT: usize = 64;

/// Why [`ItemQueue::wait`] came back.
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
    /// None will come: the queue is closed and empty.
    Ended,
    /// The queue was cancelled, or the worker's last item was stopped.
    Stopped,
    /// The worker was given up.
    Abandoned,
}

/// How a thread waits at present.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Waiting {
    No,
    /// Only a fair amount of output, or the last of it, wakes it.
    Lingering,
    /// Anything wakes it.
    Deep,
}

#[derive(Debug)]
struct Inner {
    state: QueueState,
    host: Waiting,
    host_wants_room: bool,
    host_was_busy: bool,
    deep_workers: usize,
    promised: usize,
    lingering_workers: usize,
    blocked_emitters: usize,
}

impl Inner {
    fn waiting_workers(&self) -> usize {
        self.deep_workers + self.promised + self.lingering_workers
    }
}

/// What the pool has to do after a call; done by it without the queue's lock.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[must_use]
pub(crate) struct Needs {
    /// A worker more would find something to do.
    pub(crate) worker: bool,
    /// And the backlog is worth starting a thread for it.
    pub(crate) thread: bool,
    /// A time limit may be due earlier than the pool's control thread thinks.
    pub(crate) supervision: bool,
}

/// One call's items.
#[derive(Debug)]
pub struct ItemQueue {
    inner: Mutex<Inner>,
    items: Condvar,
    host: Condvar,
    room: Condvar,
    /// Whether the pool has it on its list of queues that want a worker.
    pub(crate) is_wanting: AtomicBool,
}

impl ItemQueue {
    pub(crate) fn new(options: QueueOptions, lease: Lease, now: Instant) -> Self {
        Self {
            inner: Mutex::new(Inner {
                state: QueueState::new(options, lease, now),
                host: Waiting::No,
                host_wants_room: false,
                host_was_busy: false,
                deep_workers: 0,
                promised: 0,
                lingering_workers: 0,
                blocked_emitters: 0,
            }),
            items: Condvar::new(),
            host: Condvar::new(),
            room: Condvar::new(),
            is_wanting: false.into(),
        }
    }

    // ---- the feeding side ----

    pub(crate) fn submit(&self, items: &[ItemId]) -> Option<(usize, Needs)> {
        let mut inner = lock(&self.inner);
        if inner.state.is_closed() {
            return None;
        }
        let accepted = inner.state.submit(items);
        for _ in 0..accepted.min(inner.deep_workers) {
            self.wake_worker(&mut inner);
        }
        if inner.lingering_workers > 0 && inner.state.queued() >= FAIR_AMOUNT {
            self.items.notify_one();
        }
        let needs = needs_of(&inner);
        Some((accepted, needs))
    }

    fn wake_worker(&self, inner: &mut Inner) {
        inner.deep_workers -= 1;
        inner.promised += 1;
        self.items.notify_one();
    }

    pub(crate) fn close(&self) {
        let mut inner = lock(&self.inner);
        inner.state.close();
        self.wake_all(&mut inner);
    }

    /// Stops everything; see [`QueueState::cancel`].
    pub(crate) fn cancel(&self, reason: CancelReason) -> Needs {
        let mut inner = lock(&self.inner);
        inner.state.cancel(reason);
        self.wake_all(&mut inner);
        Needs {
            supervision: true,
            ..Needs::default()
        }
    }

    fn wake_all(&self, inner: &mut Inner) {
        inner.promised += std::mem::take(&mut inner.deep_workers);
        self.items.notify_all();
        self.host.notify_all();
        self.room.notify_all();
    }

    pub(crate) fn cancelled(&self) -> Option<CancelReason> {
        lock(&self.inner).state.cancelled()
    }

    /// Waits for output, for room for input (if `want_room`), or for the end.
    pub(crate) fn wait(&self, want_room: bool, limit: Duration) -> Wait {
        let end = Instant::now().checked_add(limit);
        let mut inner = lock(&self.inner);
        inner.host_wants_room = want_room;
        let result = loop {
            if let Some(result) = host_result(&inner) {
                break result;
            }
            let left = remaining(end);
            if left == Some(Duration::ZERO) {
                break Wait::TimedOut;
            }
            inner = self.wait_once(inner, left);
        };
        inner.host = Waiting::No;
        inner.host_wants_room = false;
        result
    }

    fn wait_once<'a>(
        &self,
        mut inner: MutexGuard<'a, Inner>,
        left: Option<Duration>,
    ) -> MutexGuard<'a, Inner> {
        let lingers = inner.host_was_busy && !LINGER.is_zero();
        inner.host = if lingers {
            Waiting::Lingering
        } else {
            Waiting::Deep
        };
        let limit = if lingers {
            Some(left.map_or(LINGER, |left| left.min(LINGER)))
        } else {
            left
        };
        inner = wait(&self.host, inner, limit);
        // Whatever lingering brought, the next wait is for anything.
        inner.host_was_busy = false;
        inner
    }

    pub(crate) fn take(&self, limit: usize, each: impl FnMut(Event)) -> usize {
        let mut inner = lock(&self.inner);
        let count = inner.state.take(limit, each);
        inner.host_was_busy |= count > 0;
        let half = inner.state.options().output_capacity / 2;
        if inner.blocked_emitters > 0 && inner.state.ready() <= half {
            self.room.notify_all();
        }
        count
    }

    pub(crate) fn is_drained(&self) -> bool {
        lock(&self.inner).state.is_drained()
    }

    pub(crate) fn counters(&self) -> ItemCounters {
        lock(&self.inner).state.counters()
    }

    // ---- the workers' side ----

    pub(crate) fn tag(&self) -> u64 {
        lock(&self.inner).state.options().tag
    }

    pub(crate) fn attach(&self, worker: WorkerId, attachment: u64) -> Option<Place> {
        let mut inner = lock(&self.inner);
        let waiting = inner.waiting_workers();
        inner.state.attach(worker, attachment, waiting)
    }

    pub(crate) fn needs(&self) -> Needs {
        needs_of(&lock(&self.inner))
    }

    pub(crate) fn is_worth_a_thread(&self) -> bool {
        lock(&self.inner).state.is_worth_a_thread()
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
        let mut lingers = !LINGER.is_zero();
        let mut inner = lock(&self.inner);
        loop {
            let next = match inner.state.pull(place, capacity, now, &mut each) {
                Pull::Items => Next::Items,
                Pull::Ended => Next::Ended,
                Pull::Stopped => Next::Stopped,
                Pull::Abandoned => Next::Abandoned,
                Pull::Nothing if remaining(end) == Some(Duration::ZERO) => Next::TimedOut,
                Pull::Nothing => {
                    inner = self.wait_for_items(inner, lingers, remaining(end));
                    lingers = false;
                    now = Instant::now();
                    continue;
                }
            };
            self.wake_host_for_room(&inner);
            let mut needs = needs_of(&inner);
            needs.supervision = next == Next::Items && inner.state.take_unsupervised();
            return (next, needs);
        }
    }

    fn wait_for_items<'a>(
        &self,
        mut inner: MutexGuard<'a, Inner>,
        lingers: bool,
        left: Option<Duration>,
    ) -> MutexGuard<'a, Inner> {
        inner.state.count_wait();
        if lingers {
            inner.lingering_workers += 1;
            let limit = left.map_or(LINGER, |left| left.min(LINGER));
            inner = wait(&self.items, inner, Some(limit));
            inner.lingering_workers -= 1;
            return inner;
        }
        inner.deep_workers += 1;
        inner = wait(&self.items, inner, left);
        // Whoever promised a wake-up has already taken one worker off the count.
        if inner.promised > 0 {
            inner.promised -= 1;
        } else {
            inner.deep_workers -= 1;
        }
        inner
    }

    fn wake_host_for_room(&self, inner: &Inner) {
        let low = inner.state.queued() <= inner.state.options().input_capacity / 2;
        if inner.host != Waiting::No && inner.host_wants_room && low {
            self.host.notify_one();
        }
    }

    /// Puts out one output of an item; waits while the output is full.
    pub(crate) fn emit(&self, place: Place, item: ItemId, kind: u16) -> bool {
        let mut inner = self.wait_for_output_room(place);
        let done = inner.state.emit(place, item, kind);
        self.wake_host_for_output(&inner);
        drop(inner);
        done
    }

    /// Ends an item; waits while the output is full.
    pub(crate) fn end(&self, place: Place, item: ItemId, outcome: Outcome) -> bool {
        let now = Instant::now();
        let mut inner = self.wait_for_output_room(place);
        let done = inner.state.end(place, item, outcome, now);
        self.wake_host_for_output(&inner);
        done
    }

    fn wait_for_output_room(&self, place: Place) -> MutexGuard<'_, Inner> {
        let mut inner = lock(&self.inner);
        while inner.state.is_output_full() && inner.state.is_attached(place) {
            inner.blocked_emitters += 1;
            inner = wait(&self.room, inner, None);
            inner.blocked_emitters -= 1;
        }
        inner
    }

    fn wake_host_for_output(&self, inner: &Inner) {
        let ready = inner.state.ready();
        let fair = FAIR_AMOUNT.min(inner.state.options().output_capacity);
        let wake = match inner.host {
            Waiting::No => false,
            Waiting::Deep => ready > 0,
            Waiting::Lingering => ready >= fair || inner.state.is_idle(),
        };
        if wake {
            self.host.notify_one();
        }
    }

    pub(crate) fn give_back(&self, place: Place, items: &[ItemId]) -> (bool, Needs) {
        let mut inner = lock(&self.inner);
        let done = inner.state.give_back(place, items);
        for _ in 0..items.len().min(inner.deep_workers) {
            self.wake_worker(&mut inner);
        }
        self.wake_host_for_output(&inner);
        (done, needs_of(&inner))
    }

    pub(crate) fn detach(&self, place: Place) -> Needs {
        let now = Instant::now();
        let mut inner = lock(&self.inner);
        inner.state.detach(place, now);
        self.wake_host_for_output(&inner);
        if inner.state.is_drained() {
            self.host.notify_one();
        }
        needs_of(&inner)
    }

    /// No worker is in it, and none will ever find anything in it.
    pub(crate) fn is_over(&self) -> bool {
        let inner = lock(&self.inner);
        inner.state.is_closed() && inner.state.is_idle() && inner.state.attached_count() == 0
    }

    pub(crate) fn attached_count(&self) -> u32 {
        lock(&self.inner).state.attached_count()
    }

    // ---- time ----

    /// See [`QueueState::supervise`].
    pub(crate) fn supervise(
        &self,
        now: Instant,
        stops: &mut Vec<StopRequest>,
        lost: &mut Vec<WorkerId>,
    ) -> (Option<Instant>, Needs) {
        let mut inner = lock(&self.inner);
        let cancelled = inner.state.cancelled();
        let lost_before = lost.len();
        let next = inner.state.supervise(now, stops, lost);
        if inner.state.cancelled() != cancelled || lost.len() > lost_before {
            self.wake_all(&mut inner);
        }
        (next, needs_of(&inner))
    }
}

fn needs_of(inner: &Inner) -> Needs {
    let worker = inner.state.wants_worker(inner.waiting_workers());
    Needs {
        worker,
        thread: worker && inner.state.is_worth_a_thread(),
        supervision: false,
    }
}

/// What the feeding side may go on with, if anything.
fn host_result(inner: &Inner) -> Option<Wait> {
    let state = &inner.state;
    if state.is_drained() {
        return Some(Wait::Ended);
    }
    let fair = FAIR_AMOUNT.min(state.options().output_capacity);
    let enough = state.ready() >= fair || state.is_idle() || !inner.host_was_busy;
    if state.ready() > 0 && enough {
        return Some(Wait::Ready);
    }
    let has_room = state.queued() <= state.options().input_capacity / 2;
    (inner.host_wants_room && (has_room || state.is_closed())).then_some(Wait::Ready)
}

fn remaining(end: Option<Instant>) -> Option<Duration> {
    end.map(|end| end.saturating_duration_since(Instant::now()))
}

#[cfg(all(test, not(loom)))]
#[path = "queue_tests.rs"]
mod tests;

#[cfg(all(test, loom))]
#[path = "queue_loom.rs"]
mod loom_model;
