//! What a poll tells: the counts as they are now, and what is new.

use std::collections::BTreeSet;
use std::time::Duration;

use serde::Serialize;

use super::log::{seconds, Entry, What};
use super::schedule::{Schedule, TaskState};

/// A report holds at most this many events …
const PAGE_EVENTS: usize = 1024;

/// … and stops after the one that takes its output beyond this.
const PAGE_OUTPUT_BYTES: usize = 8 * 1024 * 1024;

/// How a batch stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum BatchStatus {
    /// Not every task has ended.
    Running,
    /// Every task succeeded.
    Completed,
    /// Every task ended, at least one of them failed or timed out.
    Failed,
    /// The batch was cancelled, and that ended at least one task.
    Stopped,
}

/// Why a batch did not complete.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum StatusReason {
    /// A task failed.
    TaskFailed,
    /// A task ran into its time limit, and none failed otherwise.
    TaskTimedOut,
    /// The batch was cancelled.
    Cancelled,
}

/// How many tasks are in which state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Counts {
    /// All tasks: the sum of the others.
    pub total: usize,
    /// See [`TaskState::Queued`].
    pub queued: usize,
    /// See [`TaskState::Running`].
    pub running: usize,
    /// See [`TaskState::Succeeded`].
    pub succeeded: usize,
    /// See [`TaskState::Failed`].
    pub failed: usize,
    /// See [`TaskState::TimedOut`].
    pub timed_out: usize,
    /// See [`TaskState::Stopped`].
    pub stopped: usize,
}

impl Counts {
    pub(super) fn queued(total: usize) -> Self {
        Self {
            total,
            queued: total,
            ..Self::default()
        }
    }

    pub(super) fn move_one(&mut self, from: TaskState, to: TaskState) {
        *self.of(from) -= 1;
        *self.of(to) += 1;
    }

    /// How a batch ended whose tasks all ended.
    pub(super) fn final_status(&self) -> (BatchStatus, Option<StatusReason>) {
        if self.stopped > 0 {
            (BatchStatus::Stopped, Some(StatusReason::Cancelled))
        } else if self.failed > 0 {
            (BatchStatus::Failed, Some(StatusReason::TaskFailed))
        } else if self.timed_out > 0 {
            (BatchStatus::Failed, Some(StatusReason::TaskTimedOut))
        } else {
            (BatchStatus::Completed, None)
        }
    }

    fn of(&mut self, state: TaskState) -> &mut usize {
        match state {
            TaskState::Queued => &mut self.queued,
            TaskState::Running => &mut self.running,
            TaskState::Succeeded => &mut self.succeeded,
            TaskState::Failed => &mut self.failed,
            TaskState::TimedOut => &mut self.timed_out,
            TaskState::Stopped => &mut self.stopped,
        }
    }
}

/// Where one task stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TaskReport {
    /// Its index in the batch, from 0.
    pub task: usize,
    /// Its name.
    pub name: String,
    /// Its state now.
    pub state: TaskState,
}

/// One thing that happened to a task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BatchEvent {
    /// Its number in the batch, from 1, without gaps.
    pub sequence: u64,
    /// The index of the task.
    pub task: usize,
    /// The name of the task.
    pub name: String,
    /// When, counted from the submission.
    #[serde(rename = "atSeconds", serialize_with = "seconds")]
    pub at: Duration,
    /// What.
    #[serde(flatten)]
    pub what: What,
}

/// The answer to a poll; the module's page says what its JSON looks like.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BatchReport {
    /// How the batch stands.
    pub status: BatchStatus,
    /// Why it did not complete, once it has ended.
    pub reason: Option<StatusReason>,
    /// From the submission to now, or to the end.
    #[serde(rename = "elapsedSeconds", serialize_with = "seconds")]
    pub elapsed: Duration,
    /// How many tasks are in which state.
    pub counts: Counts,
    /// Every task for cursor 0, else those that `events` are about.
    pub tasks: Vec<TaskReport>,
    /// What happened after the cursor, oldest first.
    pub events: Vec<BatchEvent>,
    /// The cursor to go on with.
    pub cursor: u64,
    /// Whether there are events beyond `cursor` already.
    pub more: bool,
}

impl BatchReport {
    /// The report as JSON.
    pub fn to_json(&self) -> String {
        // Fails only for maps with keys that are no strings; there is none.
        serde_json::to_string(self).expect("a report is JSON")
    }
}

impl Schedule {
    /// What is new after the cursor, and how everything stands now.
    pub fn report(&self, cursor: u64, now: Duration) -> BatchReport {
        let (status, reason) = self.status();
        let events = self.page(cursor);
        let next = events
            .last()
            .map_or(cursor.min(self.last_sequence()), |event| event.sequence);
        BatchReport {
            status,
            reason,
            elapsed: self.elapsed(now),
            counts: self.counts(),
            tasks: self.task_reports(cursor, &events),
            events,
            cursor: next,
            more: next < self.last_sequence(),
        }
    }

    fn page(&self, cursor: u64) -> Vec<BatchEvent> {
        let mut output_bytes = 0;
        let fits = |(_, entry): &(u64, &Entry)| {
            let fits = output_bytes < PAGE_OUTPUT_BYTES;
            output_bytes += entry.output_bytes();
            fits
        };
        self.log
            .after(cursor)
            .take(PAGE_EVENTS)
            .take_while(fits)
            .map(|(sequence, entry)| BatchEvent {
                sequence,
                task: entry.task,
                name: self.name(entry.task).to_owned(),
                at: entry.at,
                what: entry.what.clone(),
            })
            .collect()
    }

    fn task_reports(&self, cursor: u64, events: &[BatchEvent]) -> Vec<TaskReport> {
        let tasks: BTreeSet<usize> = if cursor == 0 {
            (0..self.task_count()).collect()
        } else {
            events.iter().map(|event| event.task).collect()
        };
        tasks
            .into_iter()
            .filter_map(|task| {
                Some(TaskReport {
                    task,
                    name: self.name(task).to_owned(),
                    state: self.state(task)?,
                })
            })
            .collect()
    }
}

#[cfg(test)]
#[path = "report_tests.rs"]
mod tests;
