//! Work that the host's workers do: tasks as items of a queue.
//!
//! An item says which task, which attempt and what is asked for; the host
//! reports what came of it, and then ends the item as any other.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::engine::cancel::CancelReason;
use crate::engine::event::{Event, EventKind, ItemId, Outcome, WorkerId};
use crate::engine::pool::OpenQueue;
use crate::engine::ports::Attempt;
use crate::engine::schedule::{Ending, Failure, Input};

use super::course::Left;
use super::read::{HostReport, Work};

/// What is asked of the host for a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Ask {
    /// To run it.
    Run = 0,
    /// Whether it runs.
    Decide = 1,
    /// What is inside it.
    Expand = 2,
}

const ATTEMPT_BITS: u32 = 30;

/// The item for something asked of a task; the C ABI documents its bits.
fn item_of(ask: Ask, attempt: Attempt) -> ItemId {
    let number = u64::from(attempt.number) & ((1 << ATTEMPT_BITS) - 1);
    (ask as u64) << (32 + ATTEMPT_BITS) | number << 32 | u64::from(attempt.task)
}

fn parts_of(item: ItemId) -> (Ask, Attempt) {
    let ask = match item >> (32 + ATTEMPT_BITS) {
        0 => Ask::Run,
        1 => Ask::Decide,
        _ => Ask::Expand,
    };
    let attempt = Attempt {
        task: item as u32,
        number: (item >> 32) as u32 & ((1 << ATTEMPT_BITS) - 1),
    };
    (ask, attempt)
}

/// What the host and the run say to each other of an item.
#[derive(Debug, Default)]
struct Said {
    /// What the host is told beside the item itself.
    order: Option<Arc<str>>,
    /// What the host has reported.
    report: Option<HostReport>,
}

/// The items that have not ended, with what is said of each.
#[derive(Debug, Default)]
pub(super) struct Reports(Mutex<HashMap<ItemId, Said>>);

impl Reports {
    /// Keeps a report; false if the item has ended or never was.
    pub(super) fn put(&self, item: ItemId, report: HostReport) -> bool {
        match self.lock().get_mut(&item) {
            Some(said) => {
                said.report = Some(report);
                true
            }
            None => false,
        }
    }

    /// What the host is told of an item; nothing if it has ended, or tells all itself.
    pub(super) fn order(&self, item: ItemId) -> Option<Arc<str>> {
        self.lock().get(&item)?.order.clone()
    }

    fn open(&self, item: ItemId, order: Option<String>) {
        let said = Said {
            order: order.map(Arc::from),
            report: None,
        };
        self.lock().insert(item, said);
    }

    fn close(&self, item: ItemId) -> Option<HostReport> {
        self.lock().remove(&item)?.report
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<ItemId, Said>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What the host's workers did.
#[derive(Debug)]
pub(super) enum Done {
    /// An attempt began.
    Started { attempt: Attempt, worker: WorkerId },
    /// It put something out; the number is the host's own word for what.
    Output { task: u32, kind: u16 },
    /// Something is over that was asked for.
    Over {
        input: Input,
        /// How long the worker had it.
        duration: Duration,
        /// What the host says of it that the schedule need not know.
        left: Box<Left>,
        /// The work of tasks that have become known by it.
        works: Vec<Work>,
    },
}

/// The queue of a run.
pub(super) struct Hosted {
    queue: OpenQueue,
    reports: Arc<Reports>,
}

impl Hosted {
    pub(super) fn new(queue: OpenQueue, reports: Arc<Reports>) -> Self {
        Self { queue, reports }
    }

    /// Hands something to the workers, with what they are told of it. False if their
    /// pool was closed.
    #[must_use]
    pub(super) fn ask(&self, ask: Ask, attempt: Attempt, order: Option<String>) -> bool {
        let item = item_of(ask, attempt);
        self.reports.open(item, order);
        let is_taken = self.queue.submit(&[item]) == Some(1);
        if !is_taken {
            self.reports.close(item);
        }
        is_taken
    }

    pub(super) fn stop(&self, attempt: Attempt, reason: CancelReason) {
        self.queue.stop(item_of(Ask::Run, attempt), reason);
    }

    /// Nothing more will be asked.
    pub(super) fn close(&self) {
        self.queue.close();
    }

    /// What was done since the last time.
    pub(super) fn take(&self, mut each: impl FnMut(Done)) {
        let (started, events) = self.queue.take_all();
        for (item, worker) in started {
            if let (Ask::Run, attempt) = parts_of(item) {
                each(Done::Started { attempt, worker });
            }
        }
        for event in events {
            each(self.done(event));
        }
    }

    fn done(&self, event: Event) -> Done {
        let (ask, attempt) = parts_of(event.item);
        let task = attempt.task;
        let (outcome, duration) = match event.kind {
            EventKind::Output(kind) => return Done::Output { task, kind },
            EventKind::Ended { outcome, duration } => (outcome, duration),
        };
        let mut report = self.reports.close(event.item);
        let works = report
            .as_mut()
            .map(|report| std::mem::take(&mut report.works));
        let works = works.unwrap_or_default();
        let left = report.as_mut().map(|report| Left {
            exit_code: report.exit_code,
            is_partial: report.is_partial,
            blob: report.blob.take().map(Arc::from),
            streams: std::mem::take(&mut report.streams).into(),
            ..Left::default()
        });
        let input = match ask {
            Ask::Run => Input::Ended {
                task,
                attempt: attempt.number,
                ending: ending(outcome, report),
            },
            Ask::Decide => Input::Decided {
                task,
                runs: answer(outcome, report, |report| report.runs),
            },
            Ask::Expand => Input::Expanded {
                task,
                tasks: answer(outcome, report, |report| report.tasks),
            },
        };
        Done::Over {
            input,
            duration,
            left: Box::new(left.unwrap_or_default()),
            works,
        }
    }
}

fn ending(outcome: Outcome, report: Option<HostReport>) -> Ending {
    let report = report.unwrap_or_default();
    match outcome {
        Outcome::Succeeded => Ending::Succeeded {
            output: report.output,
        },
        Outcome::Failed => Ending::Failed(report.failure.unwrap_or_else(no_reason)),
        // The schedule knows why it was stopped.
        Outcome::TimedOut | Outcome::Stopped => Ending::Stopped,
    }
}

fn answer<T>(
    outcome: Outcome,
    report: Option<HostReport>,
    part: impl FnOnce(HostReport) -> Option<T>,
) -> Result<T, Failure> {
    let report = report.unwrap_or_default();
    match outcome {
        Outcome::Succeeded => part(report).ok_or_else(|| Failure::new("the host gave no answer")),
        _ => Err(report.failure.unwrap_or_else(no_reason)),
    }
}

fn no_reason() -> Failure {
    Failure::new("the host gave no reason")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_says_what_is_asked_of_which_attempt() {
        for ask in [Ask::Run, Ask::Decide, Ask::Expand] {
            let attempt = Attempt { task: 7, number: 3 };
            assert_eq!(parts_of(item_of(ask, attempt)), (ask, attempt));
        }
        let attempt = Attempt { task: 5, number: 2 };
        assert_eq!(item_of(Ask::Expand, attempt), 2 << 62 | 2 << 32 | 5);
    }
}
