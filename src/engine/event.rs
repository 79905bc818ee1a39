//! What a queue tells the side that feeds it.

use std::time::Duration;

/// The host's name for an item; the engine only carries it.
pub type ItemId = u64;

/// The number of a worker, unique in the process, from 1.
pub type WorkerId = u32;

/// How an item ended. Every item ends as exactly one of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It ran to its end.
    Succeeded,
    /// It ended with an error.
    Failed,
    /// It was stopped because a time limit had passed.
    TimedOut,
    /// It was stopped, or never started, for another reason.
    Stopped,
}

/// What an event is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventKind {
    /// The item ended; nothing more comes of it.
    Ended {
        /// How.
        outcome: Outcome,
        /// How long it ran; zero if it never started.
        duration: Duration,
    },
    /// The item gave something out. The number is the host's own word for what
    /// (an output object, a warning …), never 0.
    Output(u16),
}

/// One entry of a queue's output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Event {
    /// The item that it is about.
    pub item: ItemId,
    /// The worker that ran the item; 0 if none did.
    pub worker: WorkerId,
    /// What happened.
    pub kind: EventKind,
}

/// Running items that must stop: the host is to end what worker `worker` runs
/// under attachment `attachment`, and nothing that came after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StopRequest {
    /// Whose work is to be stopped.
    pub worker: WorkerId,
    /// Which attachment of that worker; a request for an older one is void.
    pub attachment: u64,
}

/// What a queue, or all queues of a pool, did so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ItemCounters {
    /// Items that were accepted, or that a worker started itself.
    pub submitted: u64,
    /// Items that wait for a worker now.
    pub queued: u64,
    /// Items that run now.
    pub running: u64,
    /// Items that ended, by outcome.
    pub succeeded: u64,
    /// See `succeeded`.
    pub failed: u64,
    /// See `succeeded`.
    pub timed_out: u64,
    /// See `succeeded`.
    pub stopped: u64,
    /// Reports of abandoned workers that came too late and were dropped.
    pub late: u64,
    /// How often a worker had to wait for an item.
    pub waits: u64,
}

impl ItemCounters {
    /// Items that have ended.
    pub fn done(&self) -> u64 {
        self.succeeded + self.failed + self.timed_out + self.stopped
    }

    pub(crate) fn count(&mut self, outcome: Outcome) {
        let counter = match outcome {
            Outcome::Succeeded => &mut self.succeeded,
            Outcome::Failed => &mut self.failed,
            Outcome::TimedOut => &mut self.timed_out,
            Outcome::Stopped => &mut self.stopped,
        };
        *counter += 1;
    }

    pub(crate) fn add(&mut self, other: &Self) {
        self.submitted += other.submitted;
        self.queued += other.queued;
        self.running += other.running;
        self.succeeded += other.succeeded;
        self.failed += other.failed;
        self.timed_out += other.timed_out;
        self.stopped += other.stopped;
        self.late += other.late;
        self.waits += other.waits;
    }
}
