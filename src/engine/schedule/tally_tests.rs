//! How often things happened in simulated runs.

use super::super::*;

/// How often things happened, so that a series of runs can show that it had
/// everything in it.
#[derive(Debug, Default, Clone)]
pub(super) struct Tally {
    pub(super) tasks: u64,
    pub(super) seen: [u64; SEEN.len()],
}

/// What is counted.
pub(super) const SEEN: [&str; 17] = [
    "succeeded",
    "failed",
    "timed out",
    "stopped",
    "skipped by its condition",
    "skipped by a dependency",
    "skipped with the task around it",
    "tried again",
    "waited for its own tasks",
    "went on after its own tasks",
    "opened for those inside",
    "learned its tasks late",
    "abandoned",
    "a race won",
    "run completed",
    "run failed",
    "run stopped",
];

impl Tally {
    pub(super) fn add(&mut self, other: &Self) {
        self.tasks += other.tasks;
        for (sum, count) in self.seen.iter_mut().zip(other.seen) {
            *sum += count;
        }
    }

    pub(super) fn count_abandoned(&mut self) {
        self.seen[12] += 1;
    }

    pub(super) fn count(&mut self, what: What) {
        let index = match what {
            What::Ended(TaskEnd::Succeeded) => 0,
            What::Ended(TaskEnd::Failed) => 1,
            What::Ended(TaskEnd::TimedOut) => 2,
            What::Ended(TaskEnd::Stopped) => 3,
            What::Ended(TaskEnd::Skipped(SkipReason::Condition)) => 4,
            What::Ended(TaskEnd::Skipped(SkipReason::Dependency(_))) => 5,
            What::Ended(TaskEnd::Skipped(SkipReason::Outer)) => 6,
            // Its runs do not go on.
            What::Ended(TaskEnd::Skipped(SkipReason::Interrupted)) => return,
            What::Retrying { .. } => 7,
            What::Suspended => 8,
            What::Resumed => 9,
            What::Opened => 10,
            What::Expanded { .. } => 11,
            What::Stopping {
                reason: CancelReason::NotNeeded,
            } => 13,
            What::RunEnded(RunStatus::Completed) => 14,
            What::RunEnded(RunStatus::Failed) => 15,
            What::RunEnded(_) => 16,
            What::Started { .. } | What::Stopping { .. } => return,
        };
        self.seen[index] += 1;
    }
}
