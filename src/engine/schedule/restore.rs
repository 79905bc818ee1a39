//! Tasks whose end is known from before: those of a run that goes on.

use std::collections::HashMap;

use super::state::{SkipReason, TaskEnd};
use super::{Failure, RunOptions, Schedule};
use crate::engine::graph::{Graph, Kind, OnResume};
use crate::engine::value::Value;

/// How a task ended before.
#[derive(Debug, Clone, PartialEq)]
pub enum Restored {
    /// It succeeded.
    Succeeded {
        /// What it gave out, if that is known.
        output: Option<Value>,
    },
    /// It failed, for good.
    Failed(Failure),
    /// It ran into its time limit, for good.
    TimedOut,
    /// It was skipped for a reason of its own: by its condition, or because it had
    /// been interrupted.
    Skipped(SkipReason),
    /// It had begun, and nobody knows how far it came. Whether it runs again is
    /// for its [`OnResume`] to say.
    Interrupted,
}

impl Schedule {
    /// A run that goes on: the tasks with these paths have ended before. They
    /// end so again, without an attempt, once nothing that they wait for is in
    /// the way. That tasks with others inside had ended is of no matter: those
    /// inside decide, and only a for-each that succeeded is not asked again.
    pub fn going_on(graph: Graph, options: RunOptions, ended: HashMap<String, Restored>) -> Self {
        let mut schedule = Self::new(graph, options);
        schedule.ended_before = ended;
        schedule
    }

    /// Whether a task has ended as it had before, without an attempt.
    pub fn is_restored(&self, task: u32) -> bool {
        self.restored.contains(&task)
    }

    /// Ends a task that had ended before; false if it had not.
    pub(super) fn restore(&mut self, index: u32) -> bool {
        if self.ended_before.is_empty() {
            return false;
        }
        let kind = self.graph.node(index).kind;
        let Some(ended) = self.ended_before.remove(&self.graph.path(index)) else {
            return false;
        };
        let end = match ended {
            Restored::Interrupted if kind == Kind::Work => return self.end_interrupted(index),
            Restored::Skipped(reason) => TaskEnd::Skipped(reason),
            Restored::Succeeded { output } if matches!(kind, Kind::Work | Kind::ForEach) => {
                if let Some(output) = output {
                    self.outputs.insert(index, output);
                }
                TaskEnd::Succeeded
            }
            Restored::Failed(failure) if kind == Kind::Work => {
                self.failures.insert(index, failure.into());
                TaskEnd::Failed
            }
            Restored::TimedOut if kind == Kind::Work => TaskEnd::TimedOut,
            _ => return false,
        };
        self.restored.insert(index);
        self.settle(index, end);
        true
    }

    /// Ends a task that had been interrupted, unless it is to run again. That is an
    /// end of now, not one of before.
    fn end_interrupted(&mut self, index: u32) -> bool {
        let policy = self.graph.policy(index);
        let end = match policy.map(|it| it.on_resume).unwrap_or_default() {
            OnResume::Rerun => return false,
            OnResume::Skip => TaskEnd::Skipped(SkipReason::Interrupted),
            OnResume::Fail => {
                let failure = Failure::new("it was interrupted, and OnResume is Fail");
                self.failures.insert(index, failure.into());
                TaskEnd::Failed
            }
        };
        self.settle(index, end);
        true
    }
}
