//! The workers' side: they join, take items, put out, end what they took, and
//! leave.

use std::time::{Duration, Instant};

use super::attached::Attached;
use super::{find, look, Entry, Place, Pull, QueueState, Start};
use crate::engine::cancel::CancelReason;
use crate::engine::event::{Event, EventKind, ItemId, Outcome, WorkerId};
use crate::engine::lease::Lease;

/// A batch holds more than one item only while items take less than this.
const BATCH_BELOW: Duration = Duration::from_millis(1);

impl QueueState {
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

    fn batch_size(&self, capacity: usize) -> usize {
        let short = self.mean.is_some_and(|mean| mean < BATCH_BELOW);
        if !short || self.options.item_timeout.is_some() {
            return capacity.min(1);
        }
        let fair = self.input.len() / (2 * self.attached_count.max(1) as usize);
        fair.clamp(1, capacity.max(1))
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

    /// Whether a worker has to wait before it puts anything out. What is
    /// stopped never waits, so a full output cannot hold a stop up.
    pub(crate) fn must_wait_for_room(&self, place: Place) -> bool {
        self.is_output_full()
            && self.cancelled.is_none()
            && look(&self.attached, place).is_some_and(|attached| attached.stop.is_none())
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
        let is_ended = self
            .end_pulled(place, item, outcome, now)
            .or_else(|| self.end_own(place, item, outcome, now))
            .is_some();
        self.counters.late += u64::from(!is_ended);
        is_ended
    }

    fn end_pulled(
        &mut self,
        place: Place,
        item: ItemId,
        outcome: Outcome,
        now: Instant,
    ) -> Option<()> {
        let attached = find(&mut self.attached, place)?;
        let ended = attached.take_pulled(item, now)?;
        let stopped = attached.stop.map(|(reason, _)| reason.outcome_of_running());
        let (worker, duration) = (attached.worker, ended.duration(now));
        self.pulled_count -= 1;
        self.learn(duration);
        self.push_end(item, worker, settle(outcome, stopped), duration);
        Some(())
    }

    fn end_own(
        &mut self,
        place: Place,
        item: ItemId,
        outcome: Outcome,
        now: Instant,
    ) -> Option<()> {
        let attached = find(&mut self.attached, place)?;
        let ended = attached.take_own(item, now)?;
        // A worker that waits for items hears of a cancel at once, and may end
        // before it is asked to stop.
        let reason = attached.stop.map(|(reason, _)| reason).max(self.cancelled);
        let stopped = reason.map(CancelReason::outcome_of_own);
        let (worker, duration) = (attached.worker, ended.duration(now));
        self.own_count -= 1;
        self.push_end(item, worker, settle(outcome, stopped), duration);
        Some(())
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

    pub(super) fn push_end(
        &mut self,
        item: ItemId,
        worker: WorkerId,
        outcome: Outcome,
        duration: Duration,
    ) {
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
        if look(&self.attached, place).is_some() {
            self.take_out(place.index);
        }
    }

    /// Takes a worker out of the queue, and out of every sum over its workers.
    pub(super) fn take_out(&mut self, index: usize) -> Option<Attached> {
        let attached = self.attached[index].take()?;
        self.attached_count -= 1;
        self.newcomers -= usize::from(attached.is_newcomer);
        self.leaving -= u32::from(attached.is_leaving);
        self.pulled_count -= attached.pulled.len();
        self.own_count -= attached.own.len();
        Some(attached)
    }

    pub(crate) fn count_wait(&mut self) {
        self.counters.waits += 1;
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
