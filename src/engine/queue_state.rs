//! What a queue decides, without locks, threads or a clock: the caller passes
//! the time in, and [`super::queue::ItemQueue`] does the waiting.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

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
}

/// Where a worker sits in a queue; void once the worker has left or was lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    index: usize,
    attachment: u64,
}

#[derive(Debug)]
struct Running {
    item: ItemId,
    since: Instant,
    /// When it finished, if its end still waits for room in the output: its
    /// time is over, and no limit applies to it any more.
    until: Option<Instant>,
}

impl Running {
    fn duration(&self, now: Instant) -> Duration {
        self.until
            .unwrap_or(now)
            .saturating_duration_since(self.since)
    }
}

#[derive(Debug)]
struct Attached {
    worker: WorkerId,
    attachment: u64,
    /// It has joined and not asked for an item yet, but will.
    is_newcomer: bool,
    /// What it was handed, in the order in which it works on it.
    running: VecDeque<Running>,
    /// Since when it has shown no progress; `None` while it waits for items.
    busy_since: Option<Instant>,
    stop: Option<(CancelReason, Instant)>,
    // Held for its drop. `None` for the worker that uses the queue's own lease.
    lease: Option<Lease>,
}

impl Attached {
    /// The item that it works on, or will next.
    fn current(&self) -> Option<&Running> {
        self.running.iter().find(|it| it.until.is_none())
    }

    /// Takes an item that ends now out of what it works on; the next one
    /// starts now, since a worker is one thread.
    fn take_running(&mut self, item: ItemId, now: Instant) -> Option<Running> {
        let position = self.running.iter().position(|it| it.item == item)?;
        let ended = self.running.remove(position)?;
        self.busy_since = Some(now);
        if let Some(next) = self.running.front_mut() {
            next.since = now;
        }
        Some(ended)
    }
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
    closed: bool,
    cancelled: Option<CancelReason>,
    deadline: Option<Instant>,
    attached: Vec<Option<Attached>>,
    attached_count: u32,
    /// How many of them have not asked for an item yet.
    newcomers: usize,
    running_count: usize,
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
            closed: false,
            cancelled: None,
            attached: Vec::new(),
            attached_count: 0,
            newcomers: 0,
            running_count: 0,
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

    pub(crate) fn queued(&self) -> usize {
        self.input.len()
    }

    pub(crate) fn ready(&self) -> usize {
        self.output.len()
    }

    /// No event can come but from what is submitted later.
    pub(crate) fn is_idle(&self) -> bool {
        self.input.is_empty() && self.running_count == 0
    }

    /// Every item that will ever be submitted has ended.
    pub(crate) fn is_finished(&self) -> bool {
        self.closed && self.is_idle()
    }

    /// Nothing will ever come again.
    pub(crate) fn is_drained(&self) -> bool {
        self.is_finished() && self.output.is_empty()
    }

    pub(crate) fn is_running(&self) -> bool {
        self.running_count > 0
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
            running: self.running_count as u64,
            ..self.counters
        }
    }

    // ---- the workers' side ----

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
        let attached = Attached {
            worker,
            attachment,
            is_newcomer: true,
            running: VecDeque::new(),
            busy_since: Some(now),
            stop: None,
            lease: lease.flatten(),
        };
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
        let Some(attached) = find(&mut self.attached, place) else {
            return Pull::Abandoned;
        };
        self.newcomers -= usize::from(std::mem::take(&mut attached.is_newcomer));
        if attached.stop.is_some() || self.cancelled.is_some() {
            return Pull::Stopped;
        }
        let count = batch.min(self.input.len());
        if count == 0 {
            attached.busy_since = None;
            return if self.closed {
                Pull::Ended
            } else {
                Pull::Nothing
            };
        }
        attached.busy_since = Some(now);
        for item in self.input.drain(..count) {
            attached.running.push_back(Running {
                item,
                since: now,
                until: None,
            });
            each(item);
        }
        self.running_count += count;
        Pull::Items
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
            .filter(|attached| attached.running.iter().any(|it| it.item == item))
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
        let running = find(&mut self.attached, place)
            .and_then(|attached| attached.running.iter_mut().find(|it| it.item == item));
        if let Some(running) = running {
            running.until = Some(now);
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
        let ended = find(&mut self.attached, place).and_then(|attached| {
            let ended = attached.take_running(item, now)?;
            Some((ended, attached.worker, attached.stop))
        });
        let Some((ended, worker, stop)) = ended else {
            self.counters.late += 1;
            return false;
        };
        self.running_count -= 1;
        let duration = ended.duration(now);
        self.learn(duration);
        let outcome = match (outcome, stop) {
            // It did finish, however late.
            (Outcome::Succeeded, _) | (_, None) => outcome,
            (_, Some((reason, _))) => reason.outcome_of_running(),
        };
        self.push_end(item, worker, outcome, duration);
        true
    }

    /// When the item started that a worker works on.
    pub(crate) fn started(&mut self, place: Place) -> Option<Instant> {
        find(&mut self.attached, place)?
            .current()
            .map(|running| running.since)
    }

    fn learn(&mut self, duration: Duration) {
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
                let position = attached.running.iter().position(|it| it.item == item);
                held.extend(position.and_then(|position| attached.running.remove(position)));
            }
        }
        self.running_count -= held.len();
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
        let left = find(&mut self.attached, place).map(|attached| {
            attached
                .running
                .iter()
                .map(|it| it.item)
                .collect::<Vec<_>>()
        });
        for item in left.into_iter().flatten() {
            self.end(place, item, Outcome::Failed, now);
        }
        if let Some(attached) = find(&mut self.attached, place) {
            self.newcomers -= usize::from(attached.is_newcomer);
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
        let Some(current) = attached.current() else {
            return;
        };
        if attached.stop.is_some() {
            return;
        }
        let overdue =
            limit.is_some_and(|limit| now.saturating_duration_since(current.since) >= limit);
        let reason = cancelled.or(overdue.then_some(CancelReason::ItemTimeout));
        if let Some(reason) = reason {
            attached.stop = Some((reason, now));
            stops.push(StopRequest {
                worker: attached.worker,
                attachment: attached.attachment,
            });
        }
    }

    fn give_up(&mut self, index: usize, now: Instant, lost: &mut Vec<WorkerId>) {
        let grace = self.options.stop_grace;
        let is_over = |attached: &mut Attached| {
            !attached.running.is_empty()
                && attached
                    .stop
                    .is_some_and(|(_, since)| now.saturating_duration_since(since) >= grace)
        };
        let Some(attached) = self.attached[index].take_if(is_over) else {
            return;
        };
        self.attached_count -= 1;
        lost.push(attached.worker);
        let reason = attached.stop.map_or(CancelReason::Requested, |stop| stop.0);
        for running in attached.running {
            self.running_count -= 1;
            let duration = running.duration(now);
            let outcome = reason.outcome_of_running();
            self.push_end(running.item, attached.worker, outcome, duration);
        }
    }

    fn next_limit(&self, now: Instant, waiting: usize) -> Option<Instant> {
        let grace = self.options.stop_grace;
        let of_workers = self.attached.iter().flatten().filter_map(|attached| {
            match (attached.stop, self.options.item_timeout) {
                (Some((_, since)), _) if !attached.running.is_empty() => since.checked_add(grace),
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
#[path = "queue_state_tests.rs"]
mod tests;
