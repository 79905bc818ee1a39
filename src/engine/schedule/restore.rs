//! Tasks whose end is known from before: those of a run that goes on.

use std::collections::HashMap;

use super::state::{SkipReason, TaskEnd};
use super::{Failure, RunOptions, Schedule};
use crate::engine::graph::{Graph, Kind};
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
    /// Its own condition skipped it.
    Skipped,
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
            Restored::Skipped => TaskEnd::Skipped(SkipReason::Condition),
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
}
