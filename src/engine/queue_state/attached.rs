//! A worker's part in one queue: what it runs there, and whether it is to stop.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use crate::engine::cancel::CancelReason;
use crate::engine::event::{ItemId, StopRequest, WorkerId};
use crate::engine::lease::Lease;

/// An item between its start and its end.
#[derive(Debug)]
pub(super) struct Running {
    pub(super) item: ItemId,
    pub(super) since: Instant,
    /// When it finished, if its end still waits for room in the output: its
    /// time is over, and no limit applies to it any more.
    until: Option<Instant>,
}

impl Running {
    fn new(item: ItemId, now: Instant) -> Self {
        Self {
            item,
            since: now,
            until: None,
        }
    }

    pub(super) fn duration(&self, now: Instant) -> Duration {
        self.until
            .unwrap_or(now)
            .saturating_duration_since(self.since)
    }
}

/// A worker that is in a queue.
#[derive(Debug)]
pub(super) struct Attached {
    pub(super) worker: WorkerId,
    pub(super) attachment: u64,
    /// It has joined and not asked for an item yet, but will.
    pub(super) is_newcomer: bool,
    /// It was let go, since it was one too many.
    pub(super) is_leaving: bool,
    /// What it was handed, in the order in which it works on it.
    pub(super) pulled: VecDeque<Running>,
    /// What it started itself, beside what it was handed.
    pub(super) own: Vec<Running>,
    /// Since when it has shown no progress; `None` while it waits for items.
    pub(super) busy_since: Option<Instant>,
    pub(super) stop: Option<(CancelReason, Instant)>,
    /// The item that is to be stopped, and why, until the host is asked to.
    ordered: Option<(ItemId, CancelReason)>,
    // `None` for the worker that uses the queue's own lease.
    pub(super) lease: Option<Lease>,
}

impl Attached {
    pub(super) fn new(
        worker: WorkerId,
        attachment: u64,
        lease: Option<Lease>,
        now: Instant,
    ) -> Self {
        Self {
            worker,
            attachment,
            is_newcomer: true,
            is_leaving: false,
            pulled: VecDeque::new(),
            own: Vec::new(),
            busy_since: Some(now),
            stop: None,
            ordered: None,
            lease,
        }
    }

    /// The handed item that it works on, or will next.
    pub(super) fn current(&self) -> Option<&Running> {
        self.pulled.iter().find(|it| it.until.is_none())
    }

    /// Whether anything that it runs is not just waiting for room to end.
    pub(super) fn is_at_work(&self) -> bool {
        self.current().is_some() || self.own.iter().any(|it| it.until.is_none())
    }

    /// Whether it runs anything, handed or its own.
    pub(super) fn runs_any(&self) -> bool {
        !self.pulled.is_empty() || !self.own.is_empty()
    }

    pub(super) fn runs(&self, item: ItemId) -> bool {
        let is_it = |it: &Running| it.item == item;
        self.pulled.iter().any(is_it) || self.own.iter().any(is_it)
    }

    pub(super) fn items(&self) -> Vec<ItemId> {
        self.pulled
            .iter()
            .chain(&self.own)
            .map(|it| it.item)
            .collect()
    }

    pub(super) fn start_pulled(&mut self, item: ItemId, now: Instant) {
        self.pulled.push_back(Running::new(item, now));
    }

    pub(super) fn start_own(&mut self, item: ItemId, now: Instant) {
        self.busy_since = Some(now);
        self.own.push(Running::new(item, now));
    }

    /// Notes that an item has finished, though its end has to wait.
    pub(super) fn finish(&mut self, item: ItemId, now: Instant) {
        let mut all = self.pulled.iter_mut().chain(&mut self.own);
        if let Some(running) = all.find(|it| it.item == item) {
            running.until = Some(now);
        }
    }

    /// Takes a handed item that ends now out of what it works on; the next one
    /// starts now, since a worker is one thread.
    pub(super) fn take_pulled(&mut self, item: ItemId, now: Instant) -> Option<Running> {
        let position = self.pulled.iter().position(|it| it.item == item)?;
        let ended = self.pulled.remove(position)?;
        self.busy_since = Some(now);
        match self.pulled.front_mut() {
            Some(next) => next.since = now,
            None => self.renew_grace(now),
        }
        Some(ended)
    }

    /// Takes an item of its own that ends now out of what it runs.
    pub(super) fn take_own(&mut self, item: ItemId, now: Instant) -> Option<Running> {
        let position = self.own.iter().position(|it| it.item == item)?;
        self.busy_since = Some(now);
        Some(self.own.remove(position))
    }

    /// Takes a handed item back that it has not started.
    pub(super) fn give_back(&mut self, item: ItemId) -> Option<Running> {
        let position = self.pulled.iter().position(|it| it.item == item)?;
        self.pulled.remove(position)
    }

    /// It obeyed a stop of its handed items: the time in which to end its own
    /// ones, by its own hand or by leaving, counts from now.
    fn renew_grace(&mut self, now: Instant) {
        if let Some((_, since)) = self.stop.as_mut().filter(|_| !self.own.is_empty()) {
            *since = now;
        }
    }

    /// Notes that an item which it was handed is to be stopped.
    pub(super) fn order_stop(&mut self, item: ItemId, reason: CancelReason) {
        self.ordered = Some((item, reason));
    }

    /// Why it is to be stopped, if it is at work on the item that was meant.
    pub(super) fn ordered_stop(&self) -> Option<CancelReason> {
        let current = self.current()?.item;
        let (_, reason) = self.ordered.filter(|(item, _)| *item == current)?;
        Some(reason)
    }

    /// Whether the handed item that it works on has taken that long.
    pub(super) fn is_overdue(&self, limit: Duration, now: Instant) -> bool {
        let is_over = |it: &Running| now.saturating_duration_since(it.since) >= limit;
        self.current().is_some_and(is_over)
    }

    /// Asks it to stop; what it is asked for names the attachment.
    pub(super) fn request_stop(&mut self, reason: CancelReason, now: Instant) -> StopRequest {
        self.stop = Some((reason, now));
        StopRequest {
            worker: self.worker,
            attachment: self.attachment,
        }
    }

    /// Whether it still runs something although its stop came that long ago.
    pub(super) fn ignores_stop_for(&self, grace: Duration, now: Instant) -> bool {
        let is_over = |(_, since)| now.saturating_duration_since(since) >= grace;
        self.runs_any() && self.stop.is_some_and(is_over)
    }
}
