//! Stops: of the run, of what is inside a task, of an attempt.

use super::state::{Pending, State, Stop, TaskEnd};
use super::{Action, CancelReason, Schedule, TimerKind, What};
use crate::engine::graph::{Scope, NONE};

impl Schedule {
    pub(super) fn cancel(&mut self, reason: CancelReason) {
        if self.cancelled >= Some(reason) {
            return;
        }
        self.cancelled = Some(reason);
        self.stop_scope(self.graph.root(), reason);
    }

    fn stop_scope(&mut self, scope: Scope, reason: CancelReason) {
        for index in scope.tasks() {
            let is_exempt = self.graph.node(index).is_finally && reason < CancelReason::NotKept;
            if !is_exempt {
                self.stop_task(index, reason);
            }
        }
    }

    /// Stops the tasks inside a task. When only that one's own time is over,
    /// theirs is not: they are just not needed any more.
    pub(super) fn stop_inside(&mut self, index: u32, reason: CancelReason) {
        let reason = match reason {
            CancelReason::ItemTimeout => CancelReason::NotNeeded,
            other => other,
        };
        if let Some(scope) = self.graph.scope_inside(index) {
            self.stop_scope(scope, reason);
        }
    }

    /// Ends a task that has not begun, and orders the end of one that has,
    /// unless that was done before for as grave a reason.
    pub(super) fn stop_task(&mut self, index: u32, reason: CancelReason) {
        match self.state(index) {
            // The alternatives that lost a race may still be at work.
            State::Ended(_) => self.stop_inside(index, reason),
            State::Waiting | State::Deciding | State::Ready | State::Delayed => {
                self.was_cut |= is_of_run(reason);
                self.settle(index, TaskEnd::Stopped);
            }
            State::Expanding => {
                self.order_stop(index, reason);
                let end = self.end_of_stopped(index);
                self.note_cut(index, end);
                self.settle(index, end);
            }
            State::Starting | State::Running | State::Suspended | State::Resumable => {
                if self.order_stop(index, reason) {
                    self.stop_attempt(index, reason);
                }
            }
            State::Open => {
                if self.order_stop(index, reason) {
                    self.stop_inside(index, reason);
                }
            }
        }
    }

    fn stop_attempt(&mut self, index: u32, reason: CancelReason) {
        self.actions.push(Action::Stop {
            task: index,
            reason,
        });
        if self.state(index) == State::Resumable {
            // It needs no slots to end.
            self.task(index).state = State::Suspended;
        }
        if self.has_children_left(index) {
            self.stop_inside(index, reason);
        }
    }

    /// Notes a stop; false if there was one for as grave a reason.
    fn order_stop(&mut self, index: u32, reason: CancelReason) -> bool {
        let before = self.task(index).stop;
        if before.is_some_and(|stop| stop.gravest >= reason) {
            return false;
        }
        let cause = before.map_or(reason, |stop| stop.cause);
        self.task(index).stop = Some(Stop {
            cause,
            gravest: reason,
        });
        if before.is_none() {
            self.note(index, What::Stopping { reason });
            let grace = self.options.stop_grace;
            if let Some(grace) = grace.filter(|_| self.state(index).is_begun()) {
                self.set_timer(TimerKind::Grace, index, grace);
            }
        }
        true
    }

    /// Gives up an attempt that ignored its stop. There is no other: it may
    /// still be at work.
    pub(super) fn abandon(&mut self, index: u32) {
        if self.state(index).holds_slots() {
            self.ready.release(self.graph.node(index).class);
        }
        self.actions.push(Action::Abandon { task: index });
        let end = self.end_of_stopped(index);
        if self.has_children_left(index) {
            let scope = self.graph.node(index).inside as usize;
            let task = self.task(index);
            task.state = State::Suspended;
            // What it reports from now on is of another attempt.
            task.attempts += 1;
            self.insides[scope].pending = Some(Pending(end));
            return;
        }
        self.note_cut(index, end);
        self.settle(index, end);
    }

    pub(super) fn has_children_left(&self, index: u32) -> bool {
        match self.graph.node(index).inside {
            NONE => false,
            scope => self.insides[scope as usize].left > 0,
        }
    }

    /// Notes whether the end of the run ended this task.
    pub(super) fn note_cut(&mut self, index: u32, end: TaskEnd) {
        let stop = self.tasks[index as usize].stop;
        let is_stopped = matches!(end, TaskEnd::Stopped | TaskEnd::TimedOut);
        self.was_cut |= is_stopped && stop.is_some_and(|stop| is_of_run(stop.cause));
    }
}

/// Whether a reason is one to stop the whole run.
fn is_of_run(reason: CancelReason) -> bool {
    reason >= CancelReason::FirstFailure
}
