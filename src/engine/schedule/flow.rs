//! From one end to the next start.

use super::state::{SkipReason, State, TaskEnd};
use super::{Action, CancelReason, Failure, Schedule, TimerKind, Tolerance, What};
use crate::engine::graph::{Kind, Scope, NONE};

impl Schedule {
    /// Lets the tasks of a scope start that wait for nobody.
    pub(super) fn open_scope(&mut self, scope: Scope) {
        let (tasks, arrivals) = (&self.tasks, &mut self.arrivals);
        // The last to arrive is looked at first.
        let free = scope.nodes().rev();
        arrivals.extend(free.filter(|&index| tasks[index as usize].remaining == 0));
    }

    pub(super) fn work_off_arrivals(&mut self) {
        while let Some(index) = self.arrivals.pop() {
            // It may have been stopped meanwhile.
            if self.state(index) == State::Waiting {
                self.arrive(index);
            }
        }
    }

    /// A node has nothing left to wait for.
    fn arrive(&mut self, index: u32) {
        let node = *self.graph.node(index);
        let blocked_by = self.task(index).blocked_by;
        if node.kind == Kind::Gate {
            self.task(index).state = State::Ended(TaskEnd::Succeeded);
            self.release_dependents(index, true);
        } else if blocked_by != NONE {
            self.settle(index, TaskEnd::Skipped(SkipReason::Dependency(blocked_by)));
        } else if self.restore(index) {
            // It is over.
        } else if node.is_conditional {
            self.task(index).state = State::Deciding;
            self.actions.push(Action::Decide { task: index });
        } else {
            self.admit(index);
        }
    }

    pub(super) fn decided(&mut self, index: u32, runs: Result<bool, Failure>) {
        let task = self.tasks.get(index as usize);
        if !task.is_some_and(|task| task.state == State::Deciding) {
            return;
        }
        match runs {
            Ok(true) => self.admit(index),
            Ok(false) => self.settle(index, TaskEnd::Skipped(SkipReason::Condition)),
            Err(failure) => self.fail(index, failure),
        }
    }

    /// A task is to run.
    fn admit(&mut self, index: u32) {
        match self.graph.node(index).kind {
            Kind::Work => self.make_ready(index),
            _ => self.open(index),
        }
    }

    /// Puts a task where it waits for slots.
    pub(super) fn make_ready(&mut self, index: u32) {
        let node = self.graph.node(index);
        self.ready.push(index, node.class, node.key);
        self.task(index).state = State::Ready;
    }

    /// Opens a task for those inside it.
    fn open(&mut self, index: u32) {
        self.note(index, What::Opened);
        self.count_as_running(index);
        let limit = self.graph.policy(index).and_then(|policy| policy.timeout);
        if let Some(limit) = limit {
            self.set_timer(TimerKind::Limit, index, limit);
        }
        match self.graph.scope_inside(index) {
            Some(scope) => {
                self.task(index).state = State::Open;
                self.open_scope(scope);
            }
            None => {
                self.task(index).state = State::Expanding;
                self.actions.push(Action::Expand { task: index });
            }
        }
    }

    pub(super) fn count_as_running(&mut self, index: u32) {
        if !std::mem::replace(&mut self.task(index).counts_as_running, true) {
            self.counts.waiting -= 1;
            self.counts.running += 1;
        }
    }

    /// Starts what is ready, as far as there are slots.
    pub(super) fn fill(&mut self) {
        while let Some(index) = self.ready.pop() {
            let class = self.graph.node(index).class;
            let task = self.task(index);
            match task.state {
                State::Ready => {
                    task.state = State::Starting;
                    task.attempts += 1;
                    let attempt = task.attempts;
                    self.actions.push(Action::Start {
                        task: index,
                        attempt,
                    });
                }
                State::Resumable => {
                    task.state = State::Running;
                    self.note(index, What::Resumed);
                    self.actions.push(Action::Resume { task: index });
                }
                // It was stopped while it waited.
                _ => continue,
            }
            self.ready.take(class);
        }
    }

    pub(super) fn fail(&mut self, index: u32, failure: Failure) {
        self.failures.insert(index, failure.into());
        self.settle(index, TaskEnd::Failed);
    }

    /// Ends a task for good.
    pub(super) fn settle(&mut self, index: u32, end: TaskEnd) {
        let task = self.task(index);
        debug_assert!(!task.state.is_ended(), "{index} ends twice");
        let counts_as_running = task.counts_as_running;
        task.state = State::Ended(end);
        if counts_as_running {
            self.counts.running -= 1;
        } else {
            self.counts.waiting -= 1;
        }
        *self.counts.of(end) += 1;
        self.note(index, What::Ended(end));
        let node = *self.graph.node(index);
        if node.inside != NONE && node.kind != Kind::Work {
            self.end_those_inside(index, end);
        }
        let is_good = self.is_good(index, end);
        self.release_dependents(index, is_good);
        if matches!(end, TaskEnd::Failed | TaskEnd::TimedOut) {
            self.count_failure(index);
        }
        self.leave_scope(index, end, is_good);
    }

    /// Whether those that depend on a task may start.
    fn is_good(&self, index: u32, end: TaskEnd) -> bool {
        match end {
            TaskEnd::Succeeded
            | TaskEnd::Skipped(SkipReason::Condition | SkipReason::Interrupted) => true,
            TaskEnd::Failed | TaskEnd::TimedOut => self.graph.node(index).is_tolerated,
            TaskEnd::Stopped | TaskEnd::Skipped(_) => false,
        }
    }

    fn release_dependents(&mut self, index: u32, is_good: bool) {
        for edge in self.graph.edges_of(index) {
            let task = &mut self.tasks[edge.to() as usize];
            task.remaining -= 1;
            if !is_good && edge.needs_success() && task.blocked_by == NONE {
                task.blocked_by = index;
            }
            if task.remaining == 0 {
                self.arrivals.push(edge.to());
            }
        }
    }

    /// Counts a failure against the run, unless somebody else does.
    fn count_failure(&mut self, index: u32) {
        let node = self.graph.node(index);
        let is_of_others = match node.kind {
            // Those inside have counted, unless it failed by itself.
            Kind::Graph | Kind::ForEach => {
                self.tasks[index as usize].stop.is_none() && !self.failures.contains_key(&index)
            }
            _ => false,
        };
        if node.is_tolerated || node.is_sheltered || is_of_others {
            return;
        }
        self.failures_counted += 1;
        if let Tolerance::StopAfter(most) = self.options.tolerance {
            if self.failures_counted > most && self.cancelled.is_none() {
                self.cancel(CancelReason::FirstFailure);
            }
        }
    }
}
