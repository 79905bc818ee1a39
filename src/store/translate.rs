//! From what a schedule says to what is written down.

use std::collections::HashMap;

use crate::engine::cancel::CancelReason;
use crate::engine::clock::Moment;
use crate::engine::ports::{Attempt, Step};
use crate::engine::schedule::{RunEvent, RunStatus, Schedule, SkipReason, TaskEnd, What};

use super::entry::{Change, Ending};
use super::journal::Details;
use super::numbers::Numbers;
use super::record::{Event, Outcome};
use super::timestamp::Timestamp;

/// What has to be known of a run to write the next step of it.
#[derive(Debug)]
pub(super) struct Course {
    numbers: Numbers,
    /// The time of day at the schedule's beginning.
    begun: Option<Timestamp>,
    /// The attempts under way, by task.
    open: HashMap<u32, Open>,
    /// How many attempts tasks had that have none under way.
    attempts: HashMap<u32, u32>,
}

#[derive(Debug, Clone, Copy)]
struct Open {
    attempt: u32,
    started: Option<Timestamp>,
    ran_out_of_time: bool,
}

/// What translating one step needs.
struct Context<'a> {
    run: &'a Schedule,
    details: &'a Details,
    begun: Timestamp,
}

impl Context<'_> {
    fn time(&self, moment: Moment) -> Timestamp {
        self.begun.after(moment.since_start())
    }
}

impl Course {
    pub(super) fn new(numbers: Numbers) -> Self {
        Self {
            numbers,
            begun: None,
            open: HashMap::new(),
            attempts: HashMap::new(),
        }
    }

    /// Adds what is to be written of a step.
    pub(super) fn translate(
        &mut self,
        step: Step<'_>,
        now: Timestamp,
        details: &Details,
        changes: &mut Vec<Change>,
    ) {
        let latest = step.events.last().map_or(Moment::START, |event| event.at);
        let begun = *self
            .begun
            .get_or_insert_with(|| now.before(latest.since_start()));
        let context = Context {
            run: step.run,
            details,
            begun,
        };
        let mut ended_early = Vec::new();
        for event in step.events {
            // An attempt may be ended before it could start.
            let is_end = matches!(event.what, What::Ended(_));
            if is_end && !self.open.contains_key(&event.task) {
                let start = step.starts.iter().find(|start| start.task == event.task);
                changes.extend(start.map(|start| self.start(*start, &context, now)));
                ended_early.extend(start.copied());
            }
            changes.extend(self.event(*event, &context));
        }
        for start in step.starts {
            if !ended_early.contains(start) {
                changes.push(self.start(*start, &context, now));
            }
        }
    }

    fn start(&mut self, attempt: Attempt, context: &Context<'_>, now: Timestamp) -> Change {
        let Attempt { task, number } = attempt;
        self.open.insert(
            task,
            Open {
                attempt: number,
                started: None,
                ran_out_of_time: false,
            },
        );
        let path = context.run.graph().path(task);
        Change::Start {
            place: self.numbers.place(task, &path, number),
            path: path.into(),
            at: now,
        }
    }

    fn event(&mut self, event: RunEvent, context: &Context<'_>) -> Option<Change> {
        let RunEvent { at, task, what } = event;
        let at = context.time(at);
        let (kind, detail) = match what {
            What::Started { .. } => {
                if let Some(open) = self.open.get_mut(&task) {
                    open.started = Some(at);
                }
                return None;
            }
            What::Ended(end) => return self.ended(task, end, at, context),
            What::RunEnded(status) => return Some(finish(status, at, context)),
            What::Opened => ("Opened", None),
            What::Expanded { count, .. } => ("Expanded", Some(count.to_string())),
            What::Suspended => ("Suspended", None),
            What::Resumed => ("Resumed", None),
            What::Stopping { reason } => {
                if let Some(open) = self.open.get_mut(&task) {
                    open.ran_out_of_time = reason == CancelReason::ItemTimeout;
                }
                ("Stopping", Some(reason.name().to_owned()))
            }
            What::Retrying { attempt, .. } => {
                return Some(self.retrying(task, attempt, at, context));
            }
        };
        let event = Box::new(Event {
            at,
            path: Some(context.run.graph().path(task)),
            kind: kind.to_owned(),
            detail,
        });
        let sequence = self.numbers.next_event();
        Some(Change::Event { sequence, event })
    }

    /// An attempt has failed, and there will be another.
    fn retrying(
        &mut self,
        task: u32,
        attempt: u32,
        at: Timestamp,
        context: &Context<'_>,
    ) -> Change {
        let open = self.open.remove(&task);
        self.attempts.insert(task, attempt);
        let ran_out_of_time = open.is_some_and(|open| open.ran_out_of_time);
        let attempt = Attempt {
            task,
            number: attempt,
        };
        Change::End {
            place: self.numbers.known_place(task, attempt.number),
            ending: Ending {
                started: open.and_then(|open| open.started),
                at,
                outcome: if ran_out_of_time {
                    Outcome::TimedOut
                } else {
                    Outcome::Failed
                },
                is_final: false,
                rest: context.details.finish(attempt, None, None),
            },
        }
    }

    fn ended(
        &mut self,
        task: u32,
        end: TaskEnd,
        at: Timestamp,
        context: &Context<'_>,
    ) -> Option<Change> {
        let open = self.open.remove(&task);
        let before = self.attempts.remove(&task).unwrap_or_default();
        let number = open.map_or(before + 1, |open| open.attempt);
        let because = message(task, end, context.run);
        let output = context.run.output_of(task);
        let output = output.filter(|_| end == TaskEnd::Succeeded);
        let attempt = Attempt { task, number };
        let ending = Ending {
            started: open.and_then(|open| open.started),
            at,
            outcome: end.into(),
            is_final: true,
            rest: context.details.finish(attempt, because.as_deref(), output),
        };
        if open.is_some() {
            let place = self.numbers.known_place(task, number);
            return Some(Change::End { place, ending });
        }
        let path = context.run.graph().path(task);
        if before == 0 && self.numbers.had_ended(&path, ending.outcome) {
            // It was not done again, so it is on record.
            return None;
        }
        Some(Change::Settle {
            place: self.numbers.place(task, &path, number),
            path: path.into(),
            ending,
        })
    }
}

/// Why a task ended as it did; for one that was skipped because of another, the
/// path of that one.
fn message(task: u32, end: TaskEnd, run: &Schedule) -> Option<String> {
    match end {
        TaskEnd::Skipped(SkipReason::Dependency(other)) => Some(run.graph().path(other)),
        _ => run.failure_of(task).map(|failure| failure.message.clone()),
    }
}

fn finish(status: RunStatus, at: Timestamp, context: &Context<'_>) -> Change {
    let reason = context.run.cancelled();
    Change::Finish {
        at,
        status,
        reason: reason.map(|reason| reason.name().into()),
    }
}
