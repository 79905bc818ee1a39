//! What workers are told by a queue.

/// Where a worker sits in a queue; void once the worker has left or was lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    pub(super) index: usize,
    pub(super) attachment: u64,
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
