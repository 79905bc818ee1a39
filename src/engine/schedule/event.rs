//! What happened in a run, in order: the one source of every report.

use crate::engine::cancel::CancelReason;
use crate::engine::clock::Moment;

use super::state::{RunStatus, TaskEnd};

/// One thing that happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RunEvent {
    /// When.
    pub at: Moment,
    /// To which task; the run itself has none, and here `u32::MAX`.
    pub task: u32,
    /// What.
    pub what: What,
}

/// What an event is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// A task that others are inside is ready, and they may start.
    Opened,
    /// What is inside a task has become known.
    Expanded {
        /// The first of the tasks inside.
        first: u32,
        /// How many they are.
        count: u32,
    },
    /// An attempt began.
    Started {
        /// Which, from 1.
        attempt: u32,
    },
    /// A running task waits for tasks that it put inside itself.
    Suspended,
    /// It goes on.
    Resumed,
    /// An attempt was told to end, or the tasks inside were.
    Stopping {
        /// Why.
        reason: CancelReason,
    },
    /// An attempt failed, and there will be another.
    Retrying {
        /// Which failed, from 1.
        attempt: u32,
        /// When the next may start.
        due: Moment,
    },
    /// The task ended; nothing more comes of it.
    Ended(TaskEnd),
    /// The run ended; nothing more comes.
    RunEnded(RunStatus),
}
