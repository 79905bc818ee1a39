//! How long a plan will take, from how long its steps took before.

use std::collections::HashMap;
use std::path::Path;
use std::time::Duration;

use crate::app::run;
use crate::engine::graph::{Graph, TaskKind, TaskSpec};
use crate::playbook::plan::Plan;
use crate::store::StoreReader;

/// How long a plan will take. Of steps that never ran, the mean of the others counts.
#[derive(Debug)]
pub struct Estimate {
    /// How long steps took before, by their paths.
    steps: HashMap<String, Duration>,
    /// In no order is it faster than this.
    pub lower_bound: Duration,
    /// How long it takes with one step after the other.
    pub sequential: Duration,
}

impl Estimate {
    /// What is remembered of a plan in a folder; nothing if that is nothing.
    pub fn of(plan: &Plan, state: &Path) -> Option<Self> {
        let reader = StoreReader::open(state).ok()?;
        let mut graph = plan.graph(plan.limit.unwrap_or_else(run::default_limit));
        run::estimate(&mut graph, &plan.name, &reader).ok()?;
        let mut steps = HashMap::new();
        add(&graph.tasks, "", &mut steps);
        if steps.is_empty() {
            return None;
        }
        let graph = Graph::new(graph).ok()?;
        let does_work = |task: &u32| graph.children(*task).is_empty();
        let work = graph.tasks().filter(does_work);
        Some(Self {
            steps,
            lower_bound: graph.lower_bound(),
            sequential: work.map(|task| graph.estimate(task)).sum(),
        })
    }

    /// How long a step took before, in seconds.
    pub(super) fn seconds_of(&self, path: &str) -> Option<f64> {
        self.steps.get(path).map(Duration::as_secs_f64)
    }
}

fn add(tasks: &[TaskSpec], around: &str, steps: &mut HashMap<String, Duration>) {
    for task in tasks {
        let path = format!("{around}{}", task.name);
        if let Some(time) = task.estimate {
            steps.insert(path.clone(), time);
        }
        if let TaskKind::Graph(inside) = &task.kind {
            add(inside, &format!("{path}/"), steps);
        }
    }
}
