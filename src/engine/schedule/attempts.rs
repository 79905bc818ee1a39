//! Attempts: their start, their end, and whether there is another.

use super::state::{Pending, State, TaskEnd};
use super::{CancelReason, Ending, Failure, Schedule, TimerKind, What};
use crate::engine::retry::{chance, FailureKind};

impl Schedule {
    /// A task of which this attempt is under way.
    fn at_attempt(&self, index: u32, attempt: u32) -> Option<State> {
        let task = self.tasks.get(index as usize)?;
        let is_it = task.state.is_begun() && task.attempts == attempt;
        is_it.then_some(task.state)
    }

    pub(super) fn started(&mut self, index: u32, attempt: u32) {
        if self.at_attempt(index, attempt) != Some(State::Starting) {
            return;
        }
        self.task(index).state = State::Running;
        self.count_as_running(index);
        self.note(index, What::Started { attempt });
        let limit = self.graph.policy(index).and_then(|policy| policy.timeout);
        if let Some(limit) = limit.filter(|_| self.tasks[index as usize].stop.is_none()) {
            self.set_timer(TimerKind::Limit, index, limit);
        }
    }

    pub(super) fn ended(&mut self, index: u32, attempt: u32, ending: Ending) {
        let Some(state) = self.at_attempt(index, attempt) else {
            return;
        };
        if state.holds_slots() {
            self.ready.release(self.graph.node(index).class);
        }
        let (end, failure) = self.outcome_of(index, ending);
        if self.has_children_left(index) {
            // It did not wait for them, so nobody needs them any more.
            self.keep_for_later(index, end, failure);
            self.stop_inside(index, CancelReason::NotNeeded);
            return;
        }
        let kind = failure.as_ref().map(|failure| failure.kind);
        if !self.try_again(index, end, kind) {
            self.settle_with(index, end, failure);
        }
    }

    fn keep_for_later(&mut self, index: u32, end: TaskEnd, failure: Option<Failure>) {
        self.task(index).state = State::Suspended;
        if let Some(failure) = failure {
            self.failures.insert(index, failure.into());
        }
        let scope = self.graph.node(index).inside as usize;
        self.insides[scope].pending = Some(Pending(end));
    }

    fn settle_with(&mut self, index: u32, end: TaskEnd, failure: Option<Failure>) {
        if let Some(failure) = failure {
            self.failures.insert(index, failure.into());
        }
        self.note_cut(index, end);
        self.settle(index, end);
    }

    /// How a task ends. What it did by itself counts, even if a stop had been
    /// ordered that came too late.
    fn outcome_of(&mut self, index: u32, ending: Ending) -> (TaskEnd, Option<Failure>) {
        match ending {
            Ending::Succeeded { output } => {
                if let Some(output) = output {
                    self.outputs.insert(index, output);
                }
                (TaskEnd::Succeeded, None)
            }
            Ending::Failed(failure) => (TaskEnd::Failed, Some(failure)),
            Ending::Stopped => (self.end_of_stopped(index), None),
        }
    }

    /// How a task ends that a stop ended.
    pub(super) fn end_of_stopped(&self, index: u32) -> TaskEnd {
        let stop = self.tasks[index as usize].stop;
        stop.map_or(TaskEnd::Stopped, |stop| {
            stop.cause.outcome_of_running().into()
        })
    }

    /// Lets a task have another attempt, if its policy and its stop allow it.
    fn try_again(&mut self, index: u32, end: TaskEnd, failure: Option<FailureKind>) -> bool {
        let task = &self.tasks[index as usize];
        let attempts = task.attempts;
        let is_wanted = task
            .stop
            .is_none_or(|stop| stop.gravest == CancelReason::ItemTimeout);
        let has_failed = matches!(end, TaskEnd::Failed | TaskEnd::TimedOut);
        let policy = self.graph.policy(index);
        let retry = policy.and_then(|policy| policy.retry.as_ref());
        let allowed = retry.filter(|retry| retry.allows(attempts, failure));
        let (true, true, Some(retry)) = (is_wanted, has_failed, allowed) else {
            return false;
        };
        let chance = chance(self.options.jitter_seed, index, attempts);
        let delay = retry.delay_after(attempts, chance);
        let due = self.now.after(delay);
        let attempt = attempts;
        self.task(index).stop = None;
        self.note(index, What::Retrying { attempt, due });
        if delay.is_zero() {
            self.make_ready(index);
        } else {
            self.task(index).state = State::Delayed;
            self.set_timer(TimerKind::Retry, index, delay);
        }
        true
    }
}
