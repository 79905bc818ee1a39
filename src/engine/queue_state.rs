//! What a queue decides, without locks, threads or a clock: the caller passes
//! the time in, and [`super::queue::ItemQueue`] does the waiting.

mod answer;
mod attached;
mod demand;
mod feeding;
mod limits;
#[cfg(test)]
mod tests;
mod working;

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use self::attached::Attached;
use super::cancel::CancelReason;
use super::event::{Event, ItemCounters, ItemId, WorkerId};
use super::lease::Lease;

pub use answer::Start;
pub(crate) use answer::{Entry, Place, Pull};

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

    pub(crate) fn is_closed(&self) -> bool {
        self.closed
    }

    pub(crate) fn cancelled(&self) -> Option<CancelReason> {
        self.cancelled
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

    pub(crate) fn attached_count(&self) -> u32 {
        self.attached_count
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
