//! How many workers a queue wants, and whether they are worth a thread.

use std::time::{Duration, Instant};

use super::QueueState;

/// Opening a runspace takes about this long, so a further thread is started
/// only for a backlog that the present workers would need longer for, or once
/// all of them have been busy with one item for that long.
pub(super) const START_COST: Duration = Duration::from_millis(5);

impl QueueState {
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

    /// As [`Self::must_watch_item`], for a backlog that is not worth a thread as
    /// long as the present workers get on.
    pub(crate) fn must_watch_backlog(&mut self, waiting: usize, now: Instant) -> bool {
        self.wants_worker(waiting) && self.must_look_within(START_COST, now)
    }

    /// When to look again whether somebody has come for the backlog.
    pub(super) fn backlog_limit(&self, now: Instant, waiting: usize) -> Option<Instant> {
        if !self.wants_worker(waiting) {
            return None;
        }
        self.stuck_from()
            .filter(|&from| from > now)
            .or_else(|| now.checked_add(START_COST))
    }
}
