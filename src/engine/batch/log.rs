//! What happened to the tasks of a batch, in order.

use std::sync::Arc;
use std::time::Duration;

use serde::{Serialize, Serializer};

use super::result::ProgramResult;
use super::schedule::TaskState;
use crate::engine::cancel::CancelReason;

/// What an event is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all_fields = "camelCase")]
pub enum What {
    /// The task's work began.
    Started {
        /// The process that does it.
        process_id: u32,
    },
    /// The task was told to end.
    Stopping {
        /// Why.
        #[serde(serialize_with = "reason_name")]
        reason: CancelReason,
    },
    /// The task ended; nothing more comes of it.
    Ended(Ended),
}

/// The end of a task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Ended {
    /// How it ended.
    pub state: TaskState,
    /// How long it ran; zero if it never started.
    #[serde(rename = "durationSeconds", serialize_with = "seconds")]
    pub duration: Duration,
    /// Why it could not be run.
    pub error: Option<String>,
    /// What it left, if it was started. Shared, since a report must not copy
    /// megabytes while the schedule is locked.
    #[serde(serialize_with = "shared")]
    pub result: Option<Arc<ProgramResult>>,
}

/// One line of the log.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) task: usize,
    pub(super) at: Duration,
    pub(super) what: What,
}

impl Entry {
    /// About how many bytes of output the entry carries.
    pub(super) fn output_bytes(&self) -> usize {
        let What::Ended(Ended { result, .. }) = &self.what else {
            return 0;
        };
        result.as_ref().map_or(0, |result| {
            result.stdout.text.len() + result.stderr.text.len()
        })
    }
}

/// The log. A cursor is the sequence number of the last event seen, so 0 is
/// before the first.
#[derive(Debug, Default)]
pub(super) struct Log {
    entries: Vec<Entry>,
}

impl Log {
    pub(super) fn push(&mut self, task: usize, at: Duration, what: What) {
        self.entries.push(Entry { task, at, what });
    }

    /// The sequence number of the newest event.
    pub(super) fn last(&self) -> u64 {
        self.entries.len() as u64
    }

    /// The events after the cursor, with their sequence numbers. A cursor past
    /// the end counts as the end.
    pub(super) fn after(&self, cursor: u64) -> impl Iterator<Item = (u64, &Entry)> {
        let first = usize::try_from(cursor)
            .unwrap_or(usize::MAX)
            .min(self.entries.len());
        (first as u64 + 1..).zip(&self.entries[first..])
    }
}

/// A duration as seconds with a fraction, as all times in the JSON are.
pub(super) fn seconds<S: Serializer>(value: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(value.as_secs_f64())
}

fn shared<S: Serializer>(
    value: &Option<Arc<ProgramResult>>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    value.as_deref().serialize(serializer)
}

fn reason_name<S: Serializer>(value: &CancelReason, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(value.name())
}
