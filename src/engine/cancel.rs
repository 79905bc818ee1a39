//! Why work is stopped.

use super::event::Outcome;

/// Why a queue, or one item of it, is stopped. The order matters: a later
/// reason replaces an earlier one, never the other way round.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CancelReason {
    /// The item ran for longer than the queue allows one item.
    ItemTimeout,
    /// What it is part of was decided without it: another alternative won the
    /// race, or the task around it is over.
    NotNeeded,
    /// An item failed and the caller asked to stop at the first failure.
    FirstFailure,
    /// The whole call took longer than its limit.
    Timeout,
    /// The caller wants no more (Ctrl+C, `Select-Object -First`).
    Requested,
    /// What happens in the run cannot be kept any more.
    NotKept,
    /// The queue or its pool was freed.
    HostGone,
}

impl CancelReason {
    /// Its name in a report.
    pub fn name(self) -> &'static str {
        match self {
            Self::ItemTimeout => "TaskTimeout",
            Self::NotNeeded => "NotNeeded",
            Self::FirstFailure => "FirstFailure",
            Self::Timeout => "Timeout",
            Self::Requested => "Cancelled",
            Self::NotKept => "NotKept",
            Self::HostGone => "HostGone",
        }
    }

    /// How an item ends that was running when it was stopped for this reason.
    pub fn outcome_of_running(self) -> Outcome {
        match self {
            Self::ItemTimeout | Self::Timeout => Outcome::TimedOut,
            Self::NotNeeded
            | Self::FirstFailure
            | Self::Requested
            | Self::NotKept
            | Self::HostGone => Outcome::Stopped,
        }
    }

    /// The same for an item that the worker had started itself: the limit of
    /// one item is none of it, so it is only stopped along with its worker.
    pub fn outcome_of_own(self) -> Outcome {
        match self {
            Self::ItemTimeout => Outcome::Stopped,
            other => other.outcome_of_running(),
        }
    }
}
