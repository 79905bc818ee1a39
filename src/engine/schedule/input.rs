//! What the driver of a schedule tells it, and what it is told to do.

use crate::engine::cancel::CancelReason;
use crate::engine::graph::TaskSpec;
use crate::engine::retry::FailureKind;
use crate::engine::value::Value;

use super::state::RunStatus;

/// Why a task failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// What sort of failure it is; retries may depend on it.
    pub kind: FailureKind,
    /// What happened, for a person.
    pub message: String,
}

impl Failure {
    /// A failure of no particular kind.
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            kind: FailureKind::default(),
            message: message.into(),
        }
    }
}

/// How an attempt of a task ended, as whoever ran it saw it.
#[derive(Debug, Clone, PartialEq)]
pub enum Ending {
    /// It ran to its end, whatever had been ordered meanwhile.
    Succeeded {
        /// What it gave out, if anything.
        output: Option<Value>,
    },
    /// It failed by itself, whatever had been ordered meanwhile.
    Failed(Failure),
    /// It ended, or never began, because it was told to.
    Stopped,
}

/// What the driver of a schedule tells it.
#[derive(Debug, Clone, PartialEq)]
pub enum Input {
    /// Time passed, nothing else. The first input, whichever it is, begins the
    /// run.
    Tick,
    /// The answer to [`Action::Decide`].
    Decided {
        /// Which task.
        task: u32,
        /// Whether it runs. A condition that fails fails the task.
        runs: Result<bool, Failure>,
    },
    /// The answer to [`Action::Expand`].
    Expanded {
        /// Which task.
        task: u32,
        /// What is inside it; may be nothing.
        tasks: Result<Vec<TaskSpec>, Failure>,
    },
    /// An attempt really began. Its time limit counts from here.
    Started {
        /// Which task.
        task: u32,
        /// Which attempt, from 1.
        attempt: u32,
    },
    /// An attempt ended, or did not come about.
    Ended {
        /// Which task.
        task: u32,
        /// Which attempt, from 1.
        attempt: u32,
        /// How.
        ending: Ending,
    },
    /// The run is to end before its time.
    Cancel {
        /// Why.
        reason: CancelReason,
    },
}

/// What the driver of a schedule has to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Find out whether a conditional task runs: [`Input::Decided`].
    Decide {
        /// Which.
        task: u32,
    },
    /// Find out what is inside a for-each: [`Input::Expanded`].
    Expand {
        /// Which.
        task: u32,
    },
    /// Run an attempt: [`Input::Started`], then [`Input::Ended`].
    Start {
        /// Which task.
        task: u32,
        /// Which attempt, from 1.
        attempt: u32,
    },
    /// Let a task go on that waited for the tasks inside it.
    Resume {
        /// Which.
        task: u32,
    },
    /// End an attempt that was started. Comes again only for a graver reason.
    Stop {
        /// Which task.
        task: u32,
        /// Why.
        reason: CancelReason,
    },
    /// Take the slots from an attempt that ignored its stop; what it reports
    /// from now on is ignored.
    Abandon {
        /// Which task.
        task: u32,
    },
    /// Every task has ended; nothing will ever come again.
    Finish {
        /// How the run ended.
        status: RunStatus,
    },
}
