//! The feeding side of a queue, as its pool hands it out.

use std::sync::Arc;
use std::time::Duration;

use super::Shared;
use crate::engine::cancel::CancelReason;
use crate::engine::event::{Event, ItemCounters, ItemId, WorkerId};
use crate::engine::ports::Listener;
use crate::engine::queue::{ItemQueue, Wait};

/// The feeding side of a queue. Dropping it cancels what is not done.
pub struct OpenQueue {
    pub(super) queue: Arc<ItemQueue>,
    pub(super) shared: Arc<Shared>,
}

impl OpenQueue {
    /// Takes as many items as there is room for now, and says how many;
    /// `None` if the queue is closed.
    pub fn submit(&self, items: &[ItemId]) -> Option<usize> {
        let (accepted, needs) = self.queue.submit(items)?;
        self.shared.serve(&self.queue, needs);
        Some(accepted)
    }

    /// Says that no more items come.
    pub fn close(&self) {
        self.queue.close();
    }

    /// Stops what runs and drops what waits; each item still ends by an event.
    pub fn cancel(&self, reason: CancelReason) {
        let needs = self.queue.cancel(reason);
        self.shared.serve(&self.queue, needs);
    }

    /// Stops one item: what waits ends as stopped at once, what runs is to be
    /// stopped by the host. Has no effect on an item that has ended.
    pub fn stop(&self, item: ItemId, reason: CancelReason) {
        let needs = self.queue.stop(item, reason);
        self.shared.serve(&self.queue, needs);
    }

    /// Gives the queue a listener. There is one, the first.
    pub fn listen(&self, listener: Box<dyn Listener>) {
        self.queue.listen(listener);
    }

    /// Takes what started, with the worker, as far as the options ask for
    /// that, and then all events.
    pub fn take_all(&self) -> (Vec<(ItemId, WorkerId)>, Vec<Event>) {
        self.queue.take_all()
    }

    /// Changes how many workers may work on it at once, at least 1. Nobody is
    /// taken away: who is one too many is let go when it next asks for an item.
    pub fn set_worker_limit(&self, limit: u32) {
        let needs = self.queue.set_worker_limit(limit);
        self.shared.serve(&self.queue, needs);
    }

    /// Why the queue was cancelled, if it was; a timeout counts.
    pub fn cancelled(&self) -> Option<CancelReason> {
        self.queue.cancelled()
    }

    /// Waits for output, for room for input (if `want_room`), or for the end.
    pub fn wait(&self, want_room: bool, limit: Duration) -> Wait {
        self.queue.wait(want_room, limit)
    }

    /// Hands up to `limit` events to `each`, without waiting; says how many.
    /// The queue is locked meanwhile, so `each` should only store them.
    pub fn take(&self, limit: usize, each: impl FnMut(Event)) -> usize {
        self.queue.take(limit, each)
    }

    /// Whether nothing will ever come again.
    pub fn is_drained(&self) -> bool {
        self.queue.is_drained()
    }

    /// What the queue did so far.
    pub fn counters(&self) -> ItemCounters {
        self.queue.counters()
    }

    /// How many workers work on it now.
    pub fn attached_workers(&self) -> u32 {
        self.queue.attached_count()
    }
}

impl Drop for OpenQueue {
    fn drop(&mut self) {
        if !self.queue.is_drained() {
            self.cancel(CancelReason::HostGone);
        }
        // Workers that are still in it keep it alive, and the control thread
        // sees their stops through.
        self.shared.forget_if_over(&self.queue);
    }
}
