//! The journal of one run.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::engine::ports::{Attempt, Journal, JournalError, Step};
use crate::engine::value::Value;

use super::entry::{Change, Rest, Right};
use super::error::StoreError;
use super::memo::StreamRecord;
use super::numbers::Numbers;
use super::record::Output;
use super::secret::Secrets;
use super::translate::Course;
use super::writer::Writer;

/// What is longer is not stored: the output counts as not whole then.
const VALUE_LIMIT: usize = 4 << 20;
const BLOB_LIMIT: usize = 64 << 20;

/// The right to write a run, and the way to do it: the store's [`Journal`]. Only
/// one process has it at a time. Dropping it before the run has ended leaves the
/// run interrupted, to be resumed.
pub struct RunJournal {
    writer: Arc<Writer>,
    right: Right,
    id: String,
    course: Course,
    details: Details,
    /// Kept for its memory.
    changes: Vec<Change>,
}

impl fmt::Debug for RunJournal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("RunJournal").field(&self.id).finish()
    }
}

impl RunJournal {
    pub(super) fn new(
        writer: Arc<Writer>,
        right: Right,
        id: &str,
        secrets: Secrets,
        numbers: Numbers,
    ) -> Self {
        let details = Details(Arc::new(Pending {
            secrets,
            by_attempt: Mutex::default(),
        }));
        Self {
            writer,
            right,
            id: id.to_owned(),
            course: Course::new(numbers),
            details,
            changes: Vec::new(),
        }
    }

    /// The id of the run.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Where those who run attempts say what the schedule does not know of them.
    pub fn details(&self) -> Details {
        self.details.clone()
    }

    /// Keeps a step, and says more exactly than [`Journal::keep`] why not.
    pub fn record(&mut self, step: Step<'_>) -> Result<(), StoreError> {
        let now = self.writer.clock().now();
        self.course
            .translate(step, now, &self.details, &mut self.changes);
        if self.changes.is_empty() {
            return Ok(());
        }
        let ticket = self.writer.push(self.right, &mut self.changes);
        self.writer.wait(self.right, ticket)
    }
}

impl Journal for RunJournal {
    fn keep(&mut self, step: Step<'_>) -> Result<(), JournalError> {
        self.record(step).map_err(|error| {
            let message = format!("{error}. {}", error.advice());
            match error {
                StoreError::TakenOver { .. } => JournalError::TakenOver { message },
                _ => JournalError::Failed { message },
            }
        })
    }
}

impl Drop for RunJournal {
    fn drop(&mut self) {
        // Where the run has ended there is nothing to release.
        self.writer.push(self.right, &mut vec![Change::Release]);
        self.writer.disown(self.right);
    }
}

/// What the schedule does not know of an attempt.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Detail {
    /// Who ran it.
    pub worker: Option<u32>,
    /// How long it really took; else it is told from when its start and its end
    /// became known.
    pub duration: Option<Duration>,
    /// Whether the outcome was remembered and nothing ran.
    pub is_cached: bool,
    /// The exit code of its program.
    pub exit_code: Option<i32>,
    /// Why it failed, if it may be tried again; of the last attempt the schedule
    /// knows it.
    pub message: Option<String>,
    /// What came on its streams, in order.
    pub streams: Vec<StreamRecord>,
    /// The output as the host wrote it and only the host can read it.
    pub blob: Option<Vec<u8>>,
    /// Whether there is more to the output than its value and the blob, such as
    /// a live object. Then the task runs again if the rest is needed later.
    pub is_partial: bool,
}

/// Where those who run attempts leave their [`Detail`]s. Cloning it is cheap.
#[derive(Debug, Clone)]
pub struct Details(Arc<Pending>);

#[derive(Debug)]
struct Pending {
    secrets: Secrets,
    /// By task and number.
    by_attempt: Mutex<HashMap<(u32, u32), Detail>>,
}

impl Details {
    /// Adds to what is known of an attempt. Must be called before the schedule is
    /// told that the attempt has ended. Secrets in it are masked.
    pub fn put(&self, attempt: Attempt, detail: Detail) {
        self.lock().insert((attempt.task, attempt.number), detail);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<(u32, u32), Detail>> {
        self.0
            .by_attempt
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// All that there is to write of the end of an attempt.
    pub(super) fn finish(
        &self,
        attempt: Attempt,
        message: Option<&str>,
        output: Option<&Value>,
    ) -> Option<Box<Rest>> {
        let detail = self.take(attempt);
        if detail.is_none() && message.is_none() && output.is_none() {
            return None;
        }
        let detail = detail.unwrap_or_default();
        let mut rest = Rest {
            worker: detail.worker,
            duration: detail.duration,
            is_cached: detail.is_cached,
            exit_code: detail.exit_code,
            message: message.map(str::to_owned).or(detail.message),
            streams: text_of(&detail.streams),
            output: output_of(output, detail.blob, detail.is_partial),
        };
        self.mask(&mut rest);
        Some(Box::new(rest))
    }

    fn take(&self, attempt: Attempt) -> Option<Detail> {
        self.lock().remove(&(attempt.task, attempt.number))
    }

    fn mask(&self, rest: &mut Rest) {
        let secrets = &self.0.secrets;
        if secrets.is_empty() {
            return;
        }
        if let Some(message) = &mut rest.message {
            secrets.mask_text(message);
        }
        if let Some(streams) = &mut rest.streams {
            secrets.mask_text(streams);
        }
        let Some(output) = &mut rest.output else {
            return;
        };
        // An output with something masked is not the output any more.
        if let Some(value) = &mut output.value {
            output.is_whole &= !secrets.mask_text(value);
        }
        let masked = output.blob.as_ref().and_then(|blob| secrets.masked(blob));
        if masked.is_some() {
            output.blob = masked;
            output.is_whole = false;
        }
    }
}

/// Nothing if there are none, or too much.
fn text_of(streams: &[StreamRecord]) -> Option<String> {
    let text = serde_json::to_string(streams).ok()?;
    (!streams.is_empty() && text.len() <= VALUE_LIMIT).then_some(text)
}

fn output_of(value: Option<&Value>, blob: Option<Vec<u8>>, is_partial: bool) -> Option<Output> {
    if value.is_none() && blob.is_none() && !is_partial {
        return None;
    }
    let value = value.map(|value| serde_json::to_string(value).unwrap_or_default());
    let fits = |length: Option<usize>, limit| length.is_none_or(|length| length <= limit);
    let value_fits = fits(value.as_ref().map(String::len), VALUE_LIMIT);
    let blob_fits = fits(blob.as_ref().map(Vec::len), BLOB_LIMIT);
    Some(Output {
        value: value.filter(|_| value_fits),
        blob: blob.filter(|_| blob_fits),
        is_whole: !is_partial && value_fits && blob_fits,
    })
}
