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

use std::fmt;
use std::sync::atomic::AtomicBool;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use super::cancel::CancelReason;
use super::event::{Event, ItemCounters, ItemId, Outcome, StopRequest, WorkerId};
use super::lease::Lease;
use super::ports::Listener;
use super::queue_state::{Entry, Place, Pull, QueueState};
use super::sync::{lock, wait, Condvar, Mutex, MutexGuard};

pub use super::queue_state::{QueueOptions, Start};

/// How long a thread that was busy a moment ago ignores small amounts of work.
const LINGER: Duration = Duration::from_millis(1);

/// What wakes a thread that lingers.
const FAIR_AMOUNT: usize = 64;

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
    /// How the feeding side waits; `No` again as soon as it has been woken.
    host: Waiting,
    /// How many threads of it wait; one, as a rule.
    hosts: usize,
    host_wants_room: bool,
    host_was_busy: bool,
    /// Workers that wait for anything and that nobody has woken yet.
    deep_workers: usize,
    /// Workers that were woken and have not noticed yet.
    promised: usize,
    lingering_workers: usize,
    blocked_emitters: usize,
}

impl Inner {
    fn waiting_workers(&self) -> usize {
        self.deep_workers + self.promised + self.lingering_workers
    }

    /// Whether to wake the feeding side for what is ready; then it is woken.
    fn wakes_host_for_output(&mut self) -> bool {
        let ready = self.state.ready();
        let wakes = match self.host {
            Waiting::No => false,
            Waiting::Deep => ready > 0 || self.state.is_drained(),
            Waiting::Lingering => ready >= self.fair_output() || self.state.is_idle(),
        };
        self.wakes_host_if(wakes)
    }

    fn wakes_host_for_room(&mut self) -> bool {
        let wakes = self.host != Waiting::No && self.host_wants_room && self.has_room();
        self.wakes_host_if(wakes)
    }

    fn wakes_host_if(&mut self, wakes: bool) -> bool {
        if wakes {
            // One wake-up is enough: before it waits again it looks again.
            self.host = Waiting::No;
        }
        wakes
    }

    fn has_room(&self) -> bool {
        self.state.queued() <= self.state.options().input_capacity / 2
    }

    fn fair_output(&self) -> usize {
        FAIR_AMOUNT.min(self.state.options().output_capacity)
    }

    /// What the feeding side may go on with, if anything.
    fn host_result(&self) -> Option<Wait> {
        let state = &self.state;
        if state.is_drained() {
            return Some(Wait::Ended);
        }
        let enough = !self.host_was_busy
            || state.ready() >= self.fair_output()
            || state.is_idle()
            || self.blocked_emitters > 0;
        if state.ready() > 0 && enough {
            return Some(Wait::Ready);
        }
        let may_submit = self.has_room() || state.is_closed();
        (self.host_wants_room && may_submit).then_some(Wait::Ready)
    }

    fn needs(&self) -> Needs {
        let worker = self.state.wants_worker(self.waiting_workers());
        Needs {
            worker,
            thread: worker && self.state.is_worth_a_thread(Instant::now()),
            supervision: false,
        }
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
            inner: Mutex::new(Inner {
                state: QueueState::new(options, lease, now),
                host: Waiting::No,
                hosts: 0,
                host_wants_room: false,
                host_was_busy: false,
                deep_workers: 0,
                promised: 0,
                lingering_workers: 0,
                blocked_emitters: 0,
            }),
            items: Condvar::new(),
            fair_items: Condvar::new(),
            host: Condvar::new(),
            room: Condvar::new(),
            listener: OnceLock::new(),
            is_wanting: false.into(),
        }
    }

    // ---- the feeding side ----

    /// Gives it a listener. The first one stays.
    pub(crate) fn listen(&self, listener: Box<dyn Listener>) {
        let _ = self.listener.set(Listening(listener));
    }

    fn tell_listener(&self) {
        if let Some(Listening(listener)) = self.listener.get() {
            listener.ring();
        }
    }

    /// Passes on what a worker says of an item; `None` if nobody listens.
    pub(crate) fn report(&self, item: ItemId, report: &str) -> Option<Result<bool, String>> {
        let Listening(listener) = self.listener.get()?;
        Some(listener.hear(item, report))
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

    /// See [`QueueState::stop`].
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
            supervision: inner.state.is_running(),
            ..Needs::default()
        }
    }

    /// See [`QueueState::set_worker_limit`]. Workers that wait look again, for
    /// they may be one too many: a wake-up for an item must not reach one that
    /// then leaves without it.
    pub(crate) fn set_worker_limit(&self, limit: u32) -> Needs {
        let mut inner = lock(&self.inner);
        inner.state.set_worker_limit(limit);
        self.wake_all(&mut inner);
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

    pub(crate) fn attach(&self, worker: WorkerId, attachment: u64) -> Entry {
        let now = Instant::now();
        let mut inner = lock(&self.inner);
        let waiting = inner.waiting_workers();
        inner.state.attach(worker, attachment, waiting, now)
    }

    /// How many more workers would find something to do here.
    pub(crate) fn wanted_workers(&self) -> usize {
        let inner = lock(&self.inner);
        inner.state.wanted_workers(inner.waiting_workers())
    }

    /// See [`QueueState::must_watch_backlog`].
    pub(crate) fn must_watch_backlog(&self) -> bool {
        let mut inner = lock(&self.inner);
        let waiting = inner.waiting_workers();
        inner.state.must_watch_backlog(waiting, Instant::now())
    }

    /// How many threads the backlog is worth.
    pub(crate) fn wanted_threads(&self) -> usize {
        let inner = lock(&self.inner);
        match inner.state.wanted_workers(inner.waiting_workers()) {
            wanted if wanted > 0 && inner.state.is_worth_a_thread(Instant::now()) => wanted,
            _ => 0,
        }
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

    /// See [`QueueState::start`].
    pub(crate) fn start(&self, place: Place, item: ItemId) -> Start {
        let now = Instant::now();
        lock(&self.inner).state.start(place, item, now)
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

    /// Unlocks, then wakes the feeding side if it should see what came.
    fn release(&self, mut inner: MutexGuard<'_, Inner>) {
        let wakes_host = inner.wakes_host_for_output();
        drop(inner);
        if wakes_host {
            self.host.notify_all();
        }
        self.tell_listener();
    }

    /// See [`QueueState::give_back`].
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

    /// No worker is in it, and none will ever find anything in it.
    pub(crate) fn is_over(&self) -> bool {
        let inner = lock(&self.inner);
        inner.state.is_finished() && inner.state.attached_count() == 0
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
        let before = (inner.state.cancelled(), stops.len(), lost.len());
        let waiting = inner.waiting_workers();
        let next = inner.state.supervise(now, waiting, stops, lost);
        if before != (inner.state.cancelled(), stops.len(), lost.len()) {
            self.wake_all(&mut inner);
        }
        (next, inner.needs())
    }
}

fn remaining(end: Option<Instant>) -> Option<Duration> {
    end.map(|end| end.saturating_duration_since(Instant::now()))
}

#[cfg(all(test, not(loom)))]
mod tests;

#[cfg(all(test, loom))]
mod loom_model;
