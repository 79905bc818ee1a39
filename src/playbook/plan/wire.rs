//! From a plan to the engine's graph.

use std::time::Duration;

use crate::engine::graph::{GraphSpec, GroupSpec, TaskKind, TaskSpec};
use crate::engine::retry::RetryPolicy;
use crate::engine::schedule::{RunOptions, Tolerance};

use crate::playbook::value::is_same_name;

use super::{Plan, Step, Work};

impl Plan {
    /// The graph of its steps: a task for each, in their order.
    pub fn graph(&self, limit: u32) -> GraphSpec {
        let mut groups = Vec::new();
        for (name, limit) in &self.groups {
            groups.push(GroupSpec {
                name: name_of(name),
                limit: *limit,
            });
        }
        let named = self.groups.as_slice();
        let tasks = tasks(&self.steps, named, None, &mut groups);
        GraphSpec {
            limit,
            groups,
            tasks,
        }
    }

    /// How the run of it behaves.
    pub fn options(&self) -> RunOptions {
        RunOptions {
            tolerance: match self.stops_at_once {
                true => Tolerance::StopAfter(0),
                false => Tolerance::CollectAll,
            },
            timeout: self.timeout.and_then(seconds),
            ..RunOptions::default()
        }
    }
}

/// A time limit of 0 is none.
fn seconds(seconds: f64) -> Option<Duration> {
    let limit = Duration::try_from_secs_f64(seconds).ok();
    limit.filter(|limit| !limit.is_zero())
}

/// What the engine calls a group of the playbook's own.
fn name_of(group: &str) -> String {
    format!("group {group}")
}

/// The tasks of steps. A step is under one limit: that of its own group, or else the
/// nearest around it.
fn tasks(
    steps: &[Step],
    named: &[(String, u32)],
    group: Option<&str>,
    groups: &mut Vec<GroupSpec>,
) -> Vec<TaskSpec> {
    let names = |places: &[usize]| places.iter().map(|&it| steps[it].name.clone()).collect();
    let mut tasks = Vec::with_capacity(steps.len());
    for step in steps {
        let mut task = TaskSpec::new(step.name.as_str());
        task.depends_on = names(&step.needs);
        task.after = names(&step.after);
        task.timeout = step.timeout.and_then(seconds);
        task.is_conditional = step.decision.is_some();
        task.is_finally = step.is_finally;
        task.continue_on_error = step.continues_on_error;
        let is_it = |(name, _): &&(String, u32)| {
            let own = step.group.as_deref();
            own.is_some_and(|own| is_same_name(own, name))
        };
        let own = named.iter().find(is_it).map(|(name, _)| name_of(name));
        let group = own.as_deref().or(group);
        match &step.work {
            Work::Inside(inside, limit) => {
                let own = limit.map(|limit| add_group(limit, groups));
                let group = own.as_deref().or(group);
                task.kind = TaskKind::Graph(self::tasks(inside, named, group, groups));
            }
            _ => {
                task.group = group.map(str::to_owned);
                task.retry = step.retry.map(|(count, delay)| RetryPolicy {
                    delay: Duration::try_from_secs_f64(delay).unwrap_or_default(),
                    ..RetryPolicy::times(count)
                });
            }
        }
        tasks.push(task);
    }
    tasks
}

fn add_group(limit: u32, groups: &mut Vec<GroupSpec>) -> String {
    let name = format!("parallel {}", groups.len() + 1);
    groups.push(GroupSpec {
        name: name.clone(),
        limit,
    });
    name
}
