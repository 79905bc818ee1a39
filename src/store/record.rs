//! What the journal of a run is made of.

use crate::engine::schedule::{RunStatus, SkipReason, TaskEnd};

use super::timestamp::Timestamp;

/// How an attempt ended, or a task that had none.
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
    /// It was not to run.
    Skipped(Skip),
    /// Its process died meanwhile. Found out when the run is resumed.
    Interrupted,
}

/// Why a task was not to run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Skip {
    /// Its own condition said so.
    Condition,
    /// It depends on a task that did not succeed.
    Dependency,
    /// It is inside a task that was skipped, or failed before it began.
    Outer,
    /// It had been interrupted, and was not to run twice.
    Interrupted,
}

impl From<TaskEnd> for Outcome {
    fn from(end: TaskEnd) -> Self {
        match end {
            TaskEnd::Succeeded => Self::Succeeded,
            TaskEnd::Failed => Self::Failed,
            TaskEnd::TimedOut => Self::TimedOut,
            TaskEnd::Stopped => Self::Stopped,
            TaskEnd::Skipped(SkipReason::Condition) => Self::Skipped(Skip::Condition),
            TaskEnd::Skipped(SkipReason::Dependency(_)) => Self::Skipped(Skip::Dependency),
            TaskEnd::Skipped(SkipReason::Outer) => Self::Skipped(Skip::Outer),
            TaskEnd::Skipped(SkipReason::Interrupted) => Self::Skipped(Skip::Interrupted),
        }
    }
}

impl Outcome {
    const NUMBERS: [(Self, i64); 9] = [
        (Self::Succeeded, Self::SUCCEEDED),
        (Self::Failed, 2),
        (Self::TimedOut, 3),
        (Self::Stopped, 4),
        (Self::Skipped(Skip::Condition), 5),
        (Self::Skipped(Skip::Dependency), 6),
        (Self::Skipped(Skip::Outer), 7),
        (Self::Interrupted, Self::INTERRUPTED),
        (Self::Skipped(Skip::Interrupted), 9),
    ];
    pub(super) const SUCCEEDED: i64 = 1;
    pub(super) const INTERRUPTED: i64 = 8;

    /// As it stands in the database; never another one for the same outcome.
    pub(super) fn number(self) -> i64 {
        let found = Self::NUMBERS.iter().find(|(outcome, _)| *outcome == self);
        found.map_or(0, |(_, number)| *number)
    }

    pub(super) fn of_number(number: i64) -> Option<Self> {
        let found = Self::NUMBERS.iter().find(|(_, it)| *it == number);
        found.map(|(outcome, _)| *outcome)
    }
}

/// How a run stands, as a number; never another one for the same.
pub(super) fn number_of(status: RunStatus) -> i64 {
    match status {
        RunStatus::Running => RUNNING,
        RunStatus::Completed => 1,
        RunStatus::Failed => 2,
        RunStatus::Stopped => 3,
    }
}

/// The number of a run that goes on.
pub(super) const RUNNING: i64 = 0;

pub(super) fn status_of(number: i64) -> RunStatus {
    match number {
        RUNNING => RunStatus::Running,
        1 => RunStatus::Completed,
        3 => RunStatus::Stopped,
        _ => RunStatus::Failed,
    }
}

/// What a task gave out, in the forms in which it can outlive the process.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Output {
    /// What conditions and templates see of it, as JSON.
    pub value: Option<String>,
    /// What the host wrote and only the host can read.
    pub blob: Option<Vec<u8>>,
    /// Whether these two are all of it. If not, a task that needs the rest can
    /// only have it by another attempt.
    pub is_whole: bool,
}

/// Something else that happened in a run than an attempt or the end of a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// When.
    pub at: Timestamp,
    /// The task, by its path; `None` for the run itself.
    pub path: Option<String>,
    /// What sort of thing, in one word.
    pub kind: String,
    /// What there is to say beyond that.
    pub detail: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_outcome_is_found_again_by_a_number_of_its_own() {
        for (outcome, number) in Outcome::NUMBERS {
            assert_eq!(outcome.number(), number);
            assert_eq!(Outcome::of_number(number), Some(outcome));
        }
        assert_eq!(Outcome::of_number(0), None);
    }

    #[test]
    fn every_status_is_found_again_by_its_number() {
        use RunStatus::{Completed, Failed, Running, Stopped};
        for status in [Running, Completed, Failed, Stopped] {
            assert_eq!(status_of(number_of(status)), status);
        }
    }
}
