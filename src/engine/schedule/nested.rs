//! Tasks that others are inside: how they come to have them, and how they end.

use std::fmt;

use super::state::{SkipReason, State, TaskEnd};
use super::{CancelReason, Failure, Moment, Schedule, What};
use crate::engine::graph::{GraphError, Kind, TaskSpec, NONE};
use crate::engine::value::Value;

/// Why a running task cannot wait for tasks inside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotSuspended {
    /// It does not run, or is to stop.
    NotRunning,
    /// The tasks are no graph.
    Graph(GraphError),
}

impl fmt::Display for NotSuspended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotRunning => f.write_str("the task does not run, or is to stop"),
            Self::Graph(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for NotSuspended {}

impl Schedule {
    /// Puts tasks inside a running task, which waits for them and gives its
    /// slots back meanwhile. Like [`Schedule::on`] it says what is to be done;
    /// once they have ended, that is [`super::Action::Resume`].
    pub fn suspend(
        &mut self,
        task: u32,
        attempt: u32,
        tasks: Vec<TaskSpec>,
        now: Moment,
    ) -> Result<&[super::Action], NotSuspended> {
        let found = self.tasks.get(task as usize);
        let is_running = found.is_some_and(|it| {
            it.state == State::Running && it.attempts == attempt && it.stop.is_none()
        });
        if !is_running {
            return Err(NotSuspended::NotRunning);
        }
        if tasks.is_empty() {
            let task = Some(self.graph.path(task));
            return Err(NotSuspended::Graph(GraphError::Empty { task }));
        }
        self.graph
            .expand(task, tasks)
            .map_err(NotSuspended::Graph)?;
        self.begin_step(now);
        self.learn();
        self.note_expanded(task);
        self.ready.release(self.graph.node(task).class);
        self.task(task).state = State::Suspended;
        self.note(task, What::Suspended);
        if let Some(scope) = self.graph.scope_inside(task) {
            self.open_scope(scope);
        }
        self.end_step();
        Ok(&self.actions)
    }

    /// The tasks inside a for-each have become known.
    pub(super) fn expanded(&mut self, index: u32, tasks: Result<Vec<TaskSpec>, Failure>) {
        let task = self.tasks.get(index as usize);
        if !task.is_some_and(|task| task.state == State::Expanding) {
            return;
        }
        let added = match tasks {
            Ok(tasks) if tasks.is_empty() => {
                self.outputs.insert(index, Value::List([].into()));
                return self.settle(index, TaskEnd::Succeeded);
            }
            Ok(tasks) => self
                .graph
                .expand(index, tasks)
                .map_err(|error| Failure::new(error.to_string())),
            Err(failure) => Err(failure),
        };
        if let Err(failure) = added {
            return self.fail(index, failure);
        }
        self.learn();
        self.note_expanded(index);
        self.task(index).state = State::Open;
        if let Some(scope) = self.graph.scope_inside(index) {
            self.open_scope(scope);
        }
    }

    fn note_expanded(&mut self, index: u32) {
        let children = self.graph.children(index);
        let (first, count) = (children.start, children.end - children.start);
        self.note(index, What::Expanded { first, count });
    }

    /// A task ended before those inside it could: they never begin. After a
    /// race they are stopped instead, which [`Self::leave_scope`] sees to.
    pub(super) fn end_those_inside(&mut self, index: u32, end: TaskEnd) {
        let Some(scope) = self.graph.scope_inside(index) else {
            return;
        };
        let inner = match end {
            TaskEnd::Stopped => TaskEnd::Stopped,
            TaskEnd::Skipped(_) | TaskEnd::Failed => TaskEnd::Skipped(SkipReason::Outer),
            // Only what was open ends so, and then all have, but in a race.
            TaskEnd::Succeeded | TaskEnd::TimedOut => return,
        };
        for task in scope.tasks() {
            if self.state(task) == State::Waiting {
                self.settle(task, inner);
            }
        }
    }

    /// Tells the task around another one, if there is one, that this ended.
    pub(super) fn leave_scope(&mut self, index: u32, end: TaskEnd, is_good: bool) {
        let parent = self.graph.node(index).parent;
        if parent == NONE {
            return;
        }
        let scope = self.graph.node(parent).inside as usize;
        let inside = &mut self.insides[scope];
        inside.left -= 1;
        inside.bad += u32::from(!is_good);
        let is_over = inside.left == 0;
        let is_open = self.state(parent) == State::Open;
        let is_race = self.graph.node(parent).kind == Kind::Race;
        if is_race && is_open && end == TaskEnd::Succeeded {
            self.win(parent, index);
        } else if is_over {
            self.close(parent);
        }
    }

    /// The first alternative has succeeded, and so has its race.
    fn win(&mut self, race: u32, winner: u32) {
        if let Some(output) = self.outputs.get(&winner).cloned() {
            self.outputs.insert(race, output);
        }
        let scope = self.graph.node(race).inside as usize;
        self.insides[scope].winner = winner;
        self.settle(race, TaskEnd::Succeeded);
        self.stop_inside(race, CancelReason::NotNeeded);
    }

    /// All inside a task have ended.
    fn close(&mut self, index: u32) {
        let scope = self.graph.node(index).inside as usize;
        match self.state(index) {
            State::Suspended => match self.insides[scope].pending.take() {
                Some(pending) => {
                    self.note_cut(index, pending.0);
                    self.settle(index, pending.0);
                }
                None if self.tasks[index as usize].stop.is_none() => self.make_resumable(index),
                // It was told to end, and will.
                None => {}
            },
            State::Open => {
                let end = self.end_of_open(index, scope);
                self.note_cut(index, end);
                self.settle(index, end);
            }
            _ => {}
        }
    }

    fn make_resumable(&mut self, index: u32) {
        let node = self.graph.node(index);
        self.ready.push(index, node.class, node.key);
        self.task(index).state = State::Resumable;
    }

    /// How a task ends of which all inside have ended.
    fn end_of_open(&mut self, index: u32, scope: usize) -> TaskEnd {
        let is_race = self.graph.node(index).kind == Kind::Race;
        if !is_race && self.insides[scope].bad == 0 {
            self.gather_outputs(index);
            return TaskEnd::Succeeded;
        }
        if self.tasks[index as usize].stop.is_some() {
            return self.end_of_stopped(index);
        }
        if is_race {
            let failure = self.failure_of_race(index);
            self.failures.insert(index, failure.into());
        }
        TaskEnd::Failed
    }

    /// Lists why each alternative did not succeed.
    fn failure_of_race(&self, race: u32) -> Failure {
        let children = self.graph.children(race);
        let reasons = children.map(|child| {
            let reason = match (self.failure_of(child), self.end_of(child)) {
                (Some(failure), _) => failure.message.clone(),
                (None, Some(TaskEnd::TimedOut)) => "timed out".to_owned(),
                (None, Some(TaskEnd::Skipped(_))) => "was skipped".to_owned(),
                (None, Some(TaskEnd::Stopped)) => "was stopped".to_owned(),
                (None, _) => "failed".to_owned(),
            };
            format!("{}: {reason}", self.graph.name(child))
        });
        let reasons: Vec<_> = reasons.collect();
        Failure::new(format!("no alternative succeeded: {}", reasons.join("; ")))
    }

    /// Makes one value of what those inside gave out.
    fn gather_outputs(&mut self, index: u32) {
        let children = self.graph.children(index);
        let output = |child: u32| self.outputs.get(&child);
        let is_list = self.graph.node(index).kind == Kind::ForEach;
        let value = if is_list {
            let all = children.map(|child| output(child).cloned().unwrap_or_default());
            Value::List(all.collect())
        } else {
            let named = |child: u32| Some((self.graph.name(child).into(), output(child)?.clone()));
            Value::Map(children.filter_map(named).collect())
        };
        self.outputs.insert(index, value);
    }
}
