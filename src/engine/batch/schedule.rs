//! What a batch decides: a state machine without threads, clock or processes.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;

use super::log::{Ended, Log, What};
use super::result::{Ending, Exit, ProgramResult};
use super::spec::TaskSpec;
use crate::engine::batch::report::{BatchStatus, Counts, StatusReason};
use crate::engine::cancel::CancelReason;
use crate::engine::event::Outcome;

/// Where a task stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum TaskState {
    /// It waits for a slot, or has one and is just being started.
    Queued,
    /// It runs.
    Running,
    /// It ran to its end without an error.
    Succeeded,
    /// It ended with an error, or could not be run.
    Failed,
    /// It was stopped because its time limit had passed.
    TimedOut,
    /// It was stopped, or never started, because the batch was cancelled.
    Stopped,
}

impl From<Outcome> for TaskState {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Succeeded => Self::Succeeded,
            Outcome::Failed => Self::Failed,
            Outcome::TimedOut => Self::TimedOut,
            Outcome::Stopped => Self::Stopped,
        }
    }
}

/// What the driver of a schedule tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// Time passed, nothing else. The first one sets a batch going.
    Tick,
    /// The work of a task began. Its time limit counts from here.
    Started {
        /// Which task.
        task: usize,
        /// The process that does it.
        process_id: u32,
    },
    /// The work of a task ended, or did not come about.
    Ended {
        /// Which task.
        task: usize,
        /// How.
        ending: Ending,
    },
    /// The batch is to end before its time.
    Cancel {
        /// Why.
        reason: CancelReason,
    },
}

/// What the driver of a schedule has to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Start the task. Exactly one [`Input::Ended`] must come of it.
    Start {
        /// Which.
        task: usize,
    },
    /// End the task, which was started. Comes again only for a graver reason.
    Stop {
        /// Which.
        task: usize,
        /// Why.
        reason: CancelReason,
    },
    /// Every task has ended; nothing will ever come again.
    Finish {
        /// How the batch ended.
        status: BatchStatus,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Queued,
    Starting,
    Running,
    Ended(Outcome),
}

/// A stop that was ordered. The cause decides how the task ends; later, graver
/// reasons only make it end sooner.
#[derive(Debug, Clone, Copy)]
struct Stop {
    cause: CancelReason,
    gravest: CancelReason,
}

#[derive(Debug)]
struct Task {
    name: String,
    timeout: Option<Duration>,
    deadline: Option<Duration>,
    phase: Phase,
    stop: Option<Stop>,
}

impl Task {
    fn new(spec: &TaskSpec) -> Self {
        Self {
            name: spec.name.clone(),
            timeout: spec.timeout,
            deadline: None,
            phase: Phase::Queued,
            stop: None,
        }
    }

    fn state(&self) -> TaskState {
        match self.phase {
            Phase::Queued | Phase::Starting => TaskState::Queued,
            Phase::Running => TaskState::Running,
            Phase::Ended(outcome) => outcome.into(),
        }
    }

    fn holds_slot(&self) -> bool {
        matches!(self.phase, Phase::Starting | Phase::Running)
    }
}

/// The course of one batch.
///
/// Every task ends exactly once, at most `max_concurrency` hold a slot at any
/// time, no slot is free while a task is queued, and a cancel ends all. Times
/// are counted from the submission.
#[derive(Debug)]
pub struct Schedule {
    limit: usize,
    tasks: Vec<Task>,
    /// The first task that is still queued: they start in order, and a cancel
    /// ends all that are left, so no queue is needed.
    next: usize,
    taken: usize,
    counts: Counts,
    deadlines: BTreeSet<(Duration, usize)>,
    pub(super) log: Log,
    over: Option<Duration>,
}

impl Schedule {
    /// A batch that has not begun. A limit of 0 counts as 1.
    pub fn new(tasks: &[TaskSpec], max_concurrency: usize) -> Self {
        Self {
            limit: max_concurrency.max(1),
            tasks: tasks.iter().map(Task::new).collect(),
            next: 0,
            taken: 0,
            counts: Counts::queued(tasks.len()),
            deadlines: BTreeSet::new(),
            log: Log::default(),
            over: None,
        }
    }

    /// Takes in what happened and says what is to be done now. Inputs about a
    /// task that does not fit (it ended before, or there is none) change
    /// nothing.
    pub fn on(&mut self, input: Input, now: Duration) -> Vec<Action> {
        let mut actions = Vec::new();
        match input {
            Input::Tick => {}
            Input::Started { task, process_id } => self.started(task, process_id, now),
            Input::Ended { task, ending } => self.ended(task, ending, now),
            Input::Cancel { reason } => self.cancel(reason, now, &mut actions),
        }
        self.expire(now, &mut actions);
        self.fill(&mut actions);
        self.finish(now, &mut actions);
        actions
    }

    /// When the next time limit passes; a [`Input::Tick`] is due then.
    pub fn next_deadline(&self) -> Option<Duration> {
        self.deadlines.first().map(|&(deadline, _)| deadline)
    }

    /// Whether every task has ended.
    pub fn is_over(&self) -> bool {
        self.over.is_some()
    }

    /// The sequence number of the newest event; 0 if there is none.
    pub fn last_sequence(&self) -> u64 {
        self.log.last()
    }

    /// Where a task stands; `None` if there is no such task.
    pub fn state(&self, task: usize) -> Option<TaskState> {
        self.tasks.get(task).map(Task::state)
    }

    /// How many tasks are in which state.
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// How the batch stands, and why if it is not for the best.
    pub fn status(&self) -> (BatchStatus, Option<StatusReason>) {
        if self.over.is_some() {
            self.counts.final_status()
        } else {
            (BatchStatus::Running, None)
        }
    }

    pub(super) fn name(&self, task: usize) -> &str {
        &self.tasks[task].name
    }

    pub(super) fn task_count(&self) -> usize {
        self.tasks.len()
    }

    pub(super) fn elapsed(&self, now: Duration) -> Duration {
        self.over.unwrap_or(now)
    }

    fn started(&mut self, index: usize, process_id: u32, now: Duration) {
        let Some(task) = self.tasks.get_mut(index) else {
            return;
        };
        if task.phase != Phase::Starting {
            return;
        }
        task.phase = Phase::Running;
        self.counts.move_one(TaskState::Queued, TaskState::Running);
        self.log.push(index, now, What::Started { process_id });
        if task.stop.is_none() {
            task.deadline = task.timeout.map(|timeout| now.saturating_add(timeout));
            self.deadlines
                .extend(task.deadline.map(|deadline| (deadline, index)));
        }
    }

    fn ended(&mut self, index: usize, ending: Ending, now: Duration) {
        let Some(task) = self.tasks.get(index) else {
            return;
        };
        if !task.holds_slot() {
            return;
        }
        let outcome = outcome_of(&ending, task.stop.map(|stop| stop.cause));
        self.taken -= 1;
        self.settle(index, outcome, ending, now);
    }

    /// Ends a task for good.
    fn settle(&mut self, index: usize, outcome: Outcome, ending: Ending, now: Duration) {
        let task = &mut self.tasks[index];
        if let Some(deadline) = task.deadline.take() {
            self.deadlines.remove(&(deadline, index));
        }
        self.counts.move_one(task.state(), outcome.into());
        task.phase = Phase::Ended(outcome);
        let (error, result) = match ending {
            Ending::Exited(result) | Ending::Stopped(result) => (None, Some(Arc::new(result))),
            Ending::NeverStarted => (None, None),
            Ending::Error { error } => (Some(error), None),
        };
        let ended = Ended {
            state: outcome.into(),
            duration: result.as_ref().map_or(Duration::ZERO, |it| it.duration),
            error,
            result,
        };
        self.log.push(index, now, What::Ended(ended));
    }

    fn cancel(&mut self, reason: CancelReason, now: Duration, actions: &mut Vec<Action>) {
        for index in 0..self.next {
            self.stop(index, reason, now, actions);
        }
        for index in self.next..self.tasks.len() {
            self.settle(index, Outcome::Stopped, Ending::NeverStarted, now);
        }
        self.next = self.tasks.len();
    }

    fn expire(&mut self, now: Duration, actions: &mut Vec<Action>) {
        while let Some(&(deadline, index)) = self.deadlines.first() {
            if deadline > now {
                return;
            }
            self.deadlines.pop_first();
            self.tasks[index].deadline = None;
            self.stop(index, CancelReason::ItemTimeout, now, actions);
        }
    }

    /// Orders the end of a task that holds a slot, unless that was done
    /// before for as grave a reason.
    fn stop(&mut self, index: usize, reason: CancelReason, now: Duration, out: &mut Vec<Action>) {
        let task = &mut self.tasks[index];
        if !task.holds_slot() || task.stop.is_some_and(|stop| stop.gravest >= reason) {
            return;
        }
        let cause = task.stop.map_or(reason, |stop| stop.cause);
        if task.stop.is_none() {
            self.log.push(index, now, What::Stopping { reason });
        }
        task.stop = Some(Stop {
            cause,
            gravest: reason,
        });
        out.push(Action::Stop {
            task: index,
            reason,
        });
    }

    fn fill(&mut self, actions: &mut Vec<Action>) {
        while self.taken < self.limit && self.next < self.tasks.len() {
            self.tasks[self.next].phase = Phase::Starting;
            actions.push(Action::Start { task: self.next });
            self.taken += 1;
            self.next += 1;
        }
    }

    fn finish(&mut self, now: Duration, actions: &mut Vec<Action>) {
        if self.over.is_none() && self.taken == 0 && self.next == self.tasks.len() {
            self.over = Some(now);
            let status = self.status().0;
            actions.push(Action::Finish { status });
        }
    }
}

/// How a task ends. What the program did by itself counts, even if a stop had
/// been ordered that came too late:
///
/// | ending | outcome |
/// |---|---|
/// | exited with code 0 | Succeeded |
/// | exited otherwise, or could not be run | Failed |
/// | stopped, or never started | what the cause of the stop says |
fn outcome_of(ending: &Ending, cause: Option<CancelReason>) -> Outcome {
    match ending {
        Ending::Exited(ProgramResult {
            exit: Exit::Code(0),
            ..
        }) => Outcome::Succeeded,
        Ending::Exited(_) | Ending::Error { .. } => Outcome::Failed,
        Ending::Stopped(_) | Ending::NeverStarted => {
            cause.map_or(Outcome::Stopped, CancelReason::outcome_of_running)
        }
    }
}

#[cfg(test)]
#[path = "schedule_tests.rs"]
mod tests;
