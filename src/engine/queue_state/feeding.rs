//! The feeding side: items come in, events are taken, and all or one is stopped.

use std::time::Duration;

use super::QueueState;
use crate::engine::cancel::CancelReason;
use crate::engine::event::{Event, ItemId, Outcome, WorkerId};

impl QueueState {
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

    /// Stops everything: what is queued ends as stopped now, what runs is to
    /// be stopped by the host, which [`Self::supervise`] asks for.
    pub(crate) fn cancel(&mut self, reason: CancelReason) {
        self.cancelled = self.cancelled.max(Some(reason));
        self.closed = true;
        while let Some(item) = self.input.pop_front() {
            self.push_end(item, 0, Outcome::Stopped, Duration::ZERO);
        }
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
}
