//! What a queue decides, without locks, threads or a clock: the caller passes
//! the time in, and [`super::queue::ItemQueue`] does the waiting.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::attached::Attached;
use super::cancel::CancelReason;
use super::event::{Event, EventKind, ItemCounters, ItemId, Outcome, StopRequest, WorkerId};
use super::lease::Lease;

/// A batch holds more than one item only while items take less than this.
const BATCH_BELOW: Duration = Duration::from_millis(1);

/// Opening a runspace takes about this long, so a further thread is started
/// only for a backlog that the present workers would need longer for, or once
/// all of them have been busy with one item for that long.
const START_COST: Duration = Duration::from_millis(5);

/// How a queue behaves.
#[derive(Debug, Clone)]
pub struct QueueOptions {
    /// The host's name for the queue; a worker gets it when it attaches.
    pub tag: u64,
    /// How many workers may work on the queue at once; at least 1.
    pub worker_limit: u32,
    /// How many items may wait for a worker; at least 1.
    pub input_capacity: usize,
    /// How many events may wait to be taken; at least 1.
    pub output_capacity: usize,
    /// How long one item may run, from its start.
    pub item_timeout: Option<Duration>,
    /// How long the whole queue may take, from its creation.
    pub timeout: Option<Duration>,
    /// How long a worker may go on after a stop before it is abandoned.
    pub stop_grace: Duration,
    /// Whether the items are tasks of a run. Their starts are told then, and
    /// nothing is learned from how long they take, since they are not alike:
    /// each is handed out alone, and is worth a thread.
    pub is_for_tasks: bool,
}

/// Where a worker sits in a queue; void once the worker has left or was lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    index: usize,
    attachment: u64,
}

/// What a worker that offers itself gets.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Entry {
    Joined(Place),
    /// There is nothing for one more to do.
    NotNeeded,
    /// There is, but the process has as many workers at work as it may.
    Refused,
}

/// What a worker that starts an item of its own gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// The item runs.
    Started,
    /// The worker runs an item with this id already.
    AlreadyRuns,
    /// The queue is finished: its output may have been taken to the end.
    Ended,
    /// The queue was cancelled, or the worker's last item was stopped.
    Stopped,
    /// The worker was given up.
    Abandoned,
}

/// What a worker that asks for items gets.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Pull {
    Items,
    Nothing,
    Ended,
    Stopped,
    Abandoned,
}

#[derive(Debug)]
pub(crate) struct QueueState {
    options: QueueOptions,
    input: VecDeque<ItemId>,
    output: VecDeque<Event>,
    /// What started and was not told yet; of tasks only.
    started: Vec<(ItemId, WorkerId)>,
    closed: bool,
    cancelled: Option<CancelReason>,
    deadline: Option<Instant>,
    attached: Vec<Option<Attached>>,
    attached_count: u32,
    /// How many of them have not asked for an item yet.
    newcomers: usize,
    /// How many of them were let go and have not left yet.
    leaving: u32,
    /// How many handed items run.
    pulled_count: usize,
    /// How many items run that workers started themselves.
    own_count: usize,
    /// Of handed items only: an item of a worker's own says nothing of them.
    mean: Option<Duration>,
    // When somebody will look at the limits, if anybody will.
    next_look: Option<Instant>,
    counters: ItemCounters,
    _own_lease: Lease,
}

impl QueueState {
    pub(crate) fn new(options: QueueOptions, own_lease: Lease, now: Instant) -> Self {
        Self {
            deadline: options.timeout.and_then(|timeout| now.checked_add(timeout)),
            input: VecDeque::with_capacity(options.input_capacity.min(4096)),
            output: VecDeque::with_capacity(options.output_capacity.min(4096)),
            options,
            started: Vec::new(),
            closed: false,
            cancelled: None,
            attached: Vec::new(),
            attached_count: 0,
            newcomers: 0,
            leaving: 0,
            pulled_count: 0,
            own_count: 0,
            mean: None,
            next_look: None,
            counters: ItemCounters::default(),
            _own_lease: own_lease,
        }
    }

    // ---- the feeding side ----

    /// Takes as many items as there is room for; how many is returned.
    pub(crate) fn submit(&mut self, items: &[ItemId]) -> usize {
        let room = self.options.input_capacity.saturating_sub(self.input.len());
        let accepted = room.min(items.len());
        self.input.extend(&items[..accepted]);
        self.counters.submitted += accepted as u64;
        accepted
    }

    pub(crate) fn close(&mut self) {
        self.closed = true;
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.closed
    }

    /// Stops everything: what is queued ends as stopped now, what runs is to
    /// be stopped by the host, which [`Self::supervise`] asks for.
    pub(crate) fn cancel(&mut self, reason: CancelReason) {
        self.cancelled = self.cancelled.max(Some(reason));
        self.closed = true;
        while let Some(item) = self.input.pop_front() {
            self.push_end(item, 0, Outcome::Stopped, Duration::ZERO);
        }
    }

    pub(crate) fn cancelled(&self) -> Option<CancelReason> {
        self.cancelled
    }

    pub(crate) fn take(&mut self, limit: usize, each: impl FnMut(Event)) -> usize {
        let count = limit.min(self.output.len());
        self.output.drain(..count).for_each(each);
        count
    }

    /// Takes what started since the last time; of tasks only.
    pub(crate) fn take_started(&mut self) -> Vec<(ItemId, WorkerId)> {
        std::mem::take(&mut self.started)
    }

    /// Stops one item: it ends as stopped now if it waits, and is to be
    /// stopped by the host, which [`Self::supervise`] asks for, if it runs.
    pub(crate) fn stop(&mut self, item: ItemId, reason: CancelReason) {
        if let Some(position) = self.input.iter().position(|&it| it == item) {
            self.input.remove(position);
            self.push_end(item, 0, Outcome::Stopped, Duration::ZERO);
            return;
        }
        let mut attached = self.attached.iter_mut().flatten();
        if let Some(attached) = attached.find(|it| it.runs(item)) {
            attached.order_stop(item, reason);
        }
    }

    pub(crate) fn queued(&self) -> usize {
        self.input.len()
    }

    pub(crate) fn ready(&self) -> usize {
        self.output.len()
    }

    /// Nothing waits and no handed item runs. What workers run of their own
    /// may still put something out, but nobody should wait for that.
    pub(crate) fn is_idle(&self) -> bool {
        self.input.is_empty() && self.pulled_count == 0
    }

    /// Every item that will ever be submitted or started has ended.
    pub(crate) fn is_finished(&self) -> bool {
        self.closed && self.is_idle() && self.own_count == 0
    }

    /// Nothing will ever come again.
    pub(crate) fn is_drained(&self) -> bool {
        self.is_finished() && self.output.is_empty()
    }

    /// Whether anything runs, handed or a worker's own.
    pub(crate) fn is_running(&self) -> bool {
        self.pulled_count + self.own_count > 0
    }

    /// Whether a worker runs a handed item, after which it asks for the next.
    pub(crate) fn has_pulled(&self) -> bool {
        self.pulled_count > 0
    }

    fn is_output_full(&self) -> bool {
        self.output.len() >= self.options.output_capacity
    }

    /// Whether a worker has to wait before it puts anything out. What is
    /// stopped never waits, so a full output cannot hold a stop up.
    pub(crate) fn must_wait_for_room(&self, place: Place) -> bool {
        self.is_output_full()
            && self.cancelled.is_none()
            && look(&self.attached, place).is_some_and(|attached| attached.stop.is_none())
    }

    pub(crate) fn options(&self) -> &QueueOptions {
        &self.options
    }

    pub(crate) fn counters(&self) -> ItemCounters {
        ItemCounters {
            queued: self.input.len() as u64,
            running: (self.pulled_count + self.own_count) as u64,
            ..self.counters
        }
    }

    // ---- the workers' side ----

    /// Changes how many workers may be in the queue at once. Nobody is taken
    /// away: who is one too many is let go when it next asks for an item.
    pub(crate) fn set_worker_limit(&mut self, limit: u32) {
        self.options.worker_limit = limit;
    }

    /// Whether one more worker would find something to do here, beside the
    /// `waiting` ones that are here and have nothing.
    pub(crate) fn wants_worker(&self, waiting: usize) -> bool {
        self.cancelled.is_none()
            && self.attached_count < self.options.worker_limit
            && self.input.len() > waiting + self.newcomers
    }

    /// How many more workers would find something to do here.
    pub(crate) fn wanted_workers(&self, waiting: usize) -> usize {
        if !self.wants_worker(waiting) {
            return 0;
        }
        let allowed = self.options.worker_limit - self.attached_count;
        let unserved = self.input.len() - waiting - self.newcomers;
        unserved.min(allowed as usize)
    }

    /// Whether the backlog is worth the start of a new thread.
    pub(crate) fn is_worth_a_thread(&self, now: Instant) -> bool {
        match (self.attached_count, self.mean) {
            (0, _) => true,
            // It could put nothing out.
            _ if self.is_output_full() => false,
            (_, None) => true,
            (workers, Some(mean)) => {
                let backlog = u32::try_from(self.input.len()).unwrap_or(u32::MAX);
                mean.saturating_mul(backlog) / workers >= START_COST || self.is_stuck(now)
            }
        }
    }

    /// Whether no worker has shown progress for a while: then what waits may
    /// wait for long, however short the items before it were.
    fn is_stuck(&self, now: Instant) -> bool {
        self.stuck_from().is_some_and(|from| from <= now)
    }

    fn stuck_from(&self) -> Option<Instant> {
        let mut latest = None;
        for attached in self.attached.iter().flatten() {
            latest = latest.max(Some(attached.busy_since?));
        }
        latest?.checked_add(START_COST)
    }

    /// Lets a worker in, if there is work for it and the process may have it.
    pub(crate) fn attach(
        &mut self,
        worker: WorkerId,
        attachment: u64,
        waiting: usize,
        now: Instant,
    ) -> Entry {
        if !self.wants_worker(waiting) {
            return Entry::NotNeeded;
        }
        let own_is_taken = self.attached.iter().flatten().any(|it| it.lease.is_none());
        let lease = own_is_taken.then(Lease::take);
        if let Some(None) = lease {
            return Entry::Refused;
        }
        let attached = Attached::new(worker, attachment, lease.flatten(), now);
        self.attached_count += 1;
        self.newcomers += 1;
        let index = match self.attached.iter().position(Option::is_none) {
            Some(free) => free,
            None => {
                self.attached.push(None);
                self.attached.len() - 1
            }
        };
        self.attached[index] = Some(attached);
        Entry::Joined(Place { index, attachment })
    }

    /// Hands out up to `capacity` items; see DECISIONS on the batch size.
    pub(crate) fn pull(
        &mut self,
        place: Place,
        capacity: usize,
        now: Instant,
        mut each: impl FnMut(ItemId),
    ) -> Pull {
        let batch = self.batch_size(capacity);
        let is_crowded = self.attached_count - self.leaving > self.options.worker_limit;
        let Some(attached) = find(&mut self.attached, place) else {
            return Pull::Abandoned;
        };
        self.newcomers -= usize::from(std::mem::take(&mut attached.is_newcomer));
        if attached.stop.is_some() || self.cancelled.is_some() {
            return Pull::Stopped;
        }
        if is_crowded || attached.is_leaving {
            self.leaving += u32::from(!std::mem::replace(&mut attached.is_leaving, true));
            attached.busy_since = Some(now);
            return Pull::Ended;
        }
        let count = batch.min(self.input.len());
        if count == 0 {
            attached.busy_since = self.closed.then_some(now);
            return if self.closed {
                Pull::Ended
            } else {
                Pull::Nothing
            };
        }
        attached.busy_since = Some(now);
        for item in self.input.drain(..count) {
            attached.start_pulled(item, now);
            if self.options.is_for_tasks {
                self.started.push((item, attached.worker));
            }
            each(item);
        }
        self.pulled_count += count;
        Pull::Items
    }

    /// Starts an item that a worker made itself. No limit of one item applies
    /// to it, and it lasts until the worker ends it or leaves, whatever else
    /// it pulls meanwhile.
    pub(crate) fn start(&mut self, place: Place, item: ItemId, now: Instant) -> Start {
        let is_finished = self.is_finished();
        let Some(attached) = find(&mut self.attached, place) else {
            return Start::Abandoned;
        };
        if attached.stop.is_some() || self.cancelled.is_some() {
            return Start::Stopped;
        }
        // Whoever waits for the end may have seen it and gone.
        if is_finished {
            return Start::Ended;
        }
        if attached.runs(item) {
            return Start::AlreadyRuns;
        }
        attached.start_own(item, now);
        self.own_count += 1;
        self.counters.submitted += 1;
        Start::Started
    }

    /// Whether [`Self::supervise`] must be called earlier than anybody knows,
    /// since an item starts now; then the caller sees to it.
    pub(crate) fn must_watch_item(&mut self, now: Instant) -> bool {
        let limit = self.options.item_timeout;
        limit.is_some_and(|limit| self.must_look_within(limit, now))
    }

    /// The same for a backlog that is not worth a thread as long as the
    /// present workers get on.
    pub(crate) fn must_watch_backlog(&mut self, waiting: usize, now: Instant) -> bool {
        self.wants_worker(waiting) && self.must_look_within(START_COST, now)
    }

    fn must_look_within(&mut self, limit: Duration, now: Instant) -> bool {
        let Some(due) = now.checked_add(limit) else {
            return false;
        };
        let is_news = self.next_look.is_none_or(|look| due < look);
        if is_news {
            self.next_look = Some(due);
        }
        is_news
    }

    fn batch_size(&self, capacity: usize) -> usize {
        let short = self.mean.is_some_and(|mean| mean < BATCH_BELOW);
        if !short || self.options.item_timeout.is_some() {
            return capacity.min(1);
        }
        let fair = self.input.len() / (2 * self.attached_count.max(1) as usize);
        fair.clamp(1, capacity.max(1))
    }

    /// Puts an output into the queue; false if the worker was abandoned or does
    /// not run such an item.
    pub(crate) fn emit(&mut self, place: Place, item: ItemId, kind: u16) -> bool {
        let worker = find(&mut self.attached, place)
            .filter(|attached| attached.runs(item))
            .map(|attached| attached.worker);
        let Some(worker) = worker else {
            self.counters.late += 1;
            return false;
        };
        self.output.push_back(Event {
            item,
            worker,
            kind: EventKind::Output(kind),
        });
        true
    }

    /// Notes that a running item has finished, though its end has to wait.
    pub(crate) fn finish(&mut self, place: Place, item: ItemId, now: Instant) {
        if let Some(attached) = find(&mut self.attached, place) {
            attached.finish(item, now);
        }
    }

    /// Ends a running item. False if the worker was abandoned or does not run
    /// such an item; then nothing happened but the count of late reports.
    pub(crate) fn end(
        &mut self,
        place: Place,
        item: ItemId,
        outcome: Outcome,
        now: Instant,
    ) -> bool {
        if let Some(attached) = find(&mut self.attached, place) {
            let (worker, stop) = (attached.worker, attached.stop.map(|stop| stop.0));
            if let Some(ended) = attached.take_pulled(item, now) {
                self.pulled_count -= 1;
                let duration = ended.duration(now);
                self.learn(duration);
                let outcome = settle(outcome, stop.map(CancelReason::outcome_of_running));
                self.push_end(item, worker, outcome, duration);
                return true;
            }
            if let Some(ended) = attached.take_own(item, now) {
                self.own_count -= 1;
                // A worker that waits for items hears of a cancel at once, and
                // may end before it is asked to stop.
                let reason = stop.max(self.cancelled);
                let outcome = settle(outcome, reason.map(CancelReason::outcome_of_own));
                self.push_end(item, worker, outcome, ended.duration(now));
                return true;
            }
        }
        self.counters.late += 1;
        false
    }

    /// When the item started that a worker works on.
    pub(crate) fn started(&mut self, place: Place) -> Option<Instant> {
        find(&mut self.attached, place)?
            .current()
            .map(|running| running.since)
    }

    fn learn(&mut self, duration: Duration) {
        if self.options.is_for_tasks {
            return;
        }
        self.mean = Some(match self.mean {
            None => duration,
            Some(mean) => (mean * 7 + duration) / 8,
        });
    }

    fn push_end(&mut self, item: ItemId, worker: WorkerId, outcome: Outcome, duration: Duration) {
        self.counters.count(outcome);
        self.output.push_back(Event {
            item,
            worker,
            kind: EventKind::Ended { outcome, duration },
        });
    }

    /// Puts items that were pulled but not started back to the head. Returns
    /// how many of them the worker did not hold: those count as late reports.
    pub(crate) fn give_back(&mut self, place: Place, items: &[ItemId]) -> usize {
        let mut held = Vec::with_capacity(items.len());
        if let Some(attached) = find(&mut self.attached, place) {
            for &item in items {
                held.extend(attached.give_back(item));
            }
        }
        self.pulled_count -= held.len();
        for running in held.iter().rev() {
            self.input.push_front(running.item);
        }
        if let Some(reason) = self.cancelled {
            self.cancel(reason);
        }
        let late = items.len() - held.len();
        self.counters.late += late as u64;
        late
    }

    /// Lets a worker out. What it still runs ends as failed, or as the stop
    /// says: a worker that leaves an item behind has lost it.
    pub(crate) fn detach(&mut self, place: Place, now: Instant) {
        let left = find(&mut self.attached, place).map(|attached| attached.items());
        for item in left.into_iter().flatten() {
            self.end(place, item, Outcome::Failed, now);
        }
        if let Some(attached) = find(&mut self.attached, place) {
            self.newcomers -= usize::from(attached.is_newcomer);
            self.leaving -= u32::from(attached.is_leaving);
            self.attached[place.index] = None;
            self.attached_count -= 1;
        }
    }

    pub(crate) fn attached_count(&self) -> u32 {
        self.attached_count
    }

    pub(crate) fn count_wait(&mut self) {
        self.counters.waits += 1;
    }

    // ---- time ----

    /// Applies every limit that has passed: asks for stops, and gives up
    /// workers that ignored theirs for the grace time. Returns when it should
    /// be called again.
    pub(crate) fn supervise(
        &mut self,
        now: Instant,
        waiting: usize,
        stops: &mut Vec<StopRequest>,
        lost: &mut Vec<WorkerId>,
    ) -> Option<Instant> {
        if self.deadline.is_some_and(|deadline| deadline <= now) {
            self.deadline = None;
            if !self.is_finished() {
                self.cancel(CancelReason::Timeout);
            }
        }
        for index in 0..self.attached.len() {
            self.request_stop(index, now, stops);
            self.give_up(index, now, lost);
        }
        self.next_look = self.next_limit(now, waiting);
        self.next_look
    }

    fn request_stop(&mut self, index: usize, now: Instant, stops: &mut Vec<StopRequest>) {
        let (cancelled, limit) = (self.cancelled, self.options.item_timeout);
        let Some(attached) = self.attached[index].as_mut() else {
            return;
        };
        if attached.stop.is_some() || !attached.is_at_work() {
            return;
        }
        let is_overdue = |limit| {
            let current = attached.current();
            current.is_some_and(|it| now.saturating_duration_since(it.since) >= limit)
        };
        let overdue = limit.is_some_and(is_overdue);
        let ordered = attached.ordered_stop();
        let reason = cancelled
            .or(ordered)
            .or(overdue.then_some(CancelReason::ItemTimeout));
        stops.extend(reason.map(|reason| attached.request_stop(reason, now)));
    }

    fn give_up(&mut self, index: usize, now: Instant, lost: &mut Vec<WorkerId>) {
        let grace = self.options.stop_grace;
        let is_over = |attached: &mut Attached| attached.ignores_stop_for(grace, now);
        let Some(attached) = self.attached[index].take_if(is_over) else {
            return;
        };
        self.attached_count -= 1;
        self.newcomers -= usize::from(attached.is_newcomer);
        self.leaving -= u32::from(attached.is_leaving);
        self.pulled_count -= attached.pulled.len();
        self.own_count -= attached.own.len();
        let worker = attached.worker;
        lost.push(worker);
        let reason = attached.stop.map_or(CancelReason::Requested, |stop| stop.0);
        for running in attached.pulled {
            let outcome = reason.outcome_of_running();
            self.push_end(running.item, worker, outcome, running.duration(now));
        }
        let reason = self
            .cancelled
            .map_or(reason, |cancelled| cancelled.max(reason));
        for running in attached.own {
            let outcome = reason.outcome_of_own();
            self.push_end(running.item, worker, outcome, running.duration(now));
        }
    }

    fn next_limit(&self, now: Instant, waiting: usize) -> Option<Instant> {
        let grace = self.options.stop_grace;
        let of_workers = self.attached.iter().flatten().filter_map(|attached| {
            match (attached.stop, self.options.item_timeout) {
                (Some((_, since)), _) if attached.runs_any() => since.checked_add(grace),
                (None, Some(limit)) => attached.current()?.since.checked_add(limit),
                _ => None,
            }
        });
        let deadline = self.deadline.filter(|_| !self.is_finished());
        of_workers
            .chain(deadline)
            .chain(self.backlog_limit(now, waiting))
            .min()
    }

    /// When to look again whether somebody has come for the backlog.
    fn backlog_limit(&self, now: Instant, waiting: usize) -> Option<Instant> {
        if !self.wants_worker(waiting) {
            return None;
        }
        self.stuck_from()
            .filter(|&from| from > now)
            .or_else(|| now.checked_add(START_COST))
    }
}

/// How an item ends that a worker says to have ended in a certain way, and
/// that a stop may have met.
fn settle(outcome: Outcome, stopped: Option<Outcome>) -> Outcome {
    match outcome {
        // It did finish, however late.
        Outcome::Succeeded => outcome,
        _ => stopped.unwrap_or(outcome),
    }
}

fn look(attached: &[Option<Attached>], place: Place) -> Option<&Attached> {
    attached
        .get(place.index)?
        .as_ref()
        .filter(|attached| attached.attachment == place.attachment)
}

fn find(attached: &mut [Option<Attached>], place: Place) -> Option<&mut Attached> {
    attached
        .get_mut(place.index)?
        .as_mut()
        .filter(|attached| attached.attachment == place.attachment)
}

#[cfg(test)]
mod tests;
