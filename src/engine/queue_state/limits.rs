//! Time: the limits of items and of the queue, and those who ignore their stop.

use std::time::{Duration, Instant};

use super::attached::Attached;
use super::QueueState;
use crate::engine::cancel::CancelReason;
use crate::engine::event::{StopRequest, WorkerId};

impl QueueState {
    /// Whether [`Self::supervise`] must be called earlier than anybody knows,
    /// since an item starts now; then the caller sees to it.
    pub(crate) fn must_watch_item(&mut self, now: Instant) -> bool {
        let limit = self.options.item_timeout;
        limit.is_some_and(|limit| self.must_look_within(limit, now))
    }

    pub(super) fn must_look_within(&mut self, limit: Duration, now: Instant) -> bool {
        let Some(due) = now.checked_add(limit) else {
            return false;
        };
        let is_news = self.next_look.is_none_or(|look| due < look);
        if is_news {
            self.next_look = Some(due);
        }
        is_news
    }

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
        let overdue = limit.is_some_and(|limit| attached.is_overdue(limit, now));
        let reason = cancelled
            .or(attached.ordered_stop())
            .or(overdue.then_some(CancelReason::ItemTimeout));
        stops.extend(reason.map(|reason| attached.request_stop(reason, now)));
    }

    fn give_up(&mut self, index: usize, now: Instant, lost: &mut Vec<WorkerId>) {
        let grace = self.options.stop_grace;
        let ignores_stop = |attached: &Attached| attached.ignores_stop_for(grace, now);
        if !self.attached[index].as_ref().is_some_and(ignores_stop) {
            return;
        }
        let Some(attached) = self.take_out(index) else {
            return;
        };
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
}
