//! Who of a scope waits for whom: by name, by phase, and at the end.

use std::collections::HashMap;

use super::error::GraphError;
use super::node::Edge;
use super::spec::TaskSpec;
use super::Graph;
use crate::engine::suggest::nearest;

/// The edges of a scope, and how many gates they go through.
pub(super) struct Wiring {
    pub(super) edges: Vec<(u32, Edge)>,
    pub(super) gates: u32,
}

impl Wiring {
    pub(super) fn new(
        graph: &Graph,
        parent: u32,
        first: u32,
        tasks: &[TaskSpec],
    ) -> Result<Self, GraphError> {
        let mut wiring = Self {
            edges: Vec::new(),
            gates: 0,
        };
        let names = Names::new(graph, parent, tasks)?;
        for (index, task) in tasks.iter().enumerate() {
            let lists = [(&task.depends_on, true), (&task.after, false)];
            for (list, needs) in lists {
                for name in list {
                    let from = first + names.find(task, name)?;
                    // A task that runs at the end does so whatever happened.
                    let edge = Edge::new(first + index as u32, needs && !task.is_finally);
                    wiring.edges.push((from, edge));
                }
            }
        }
        let gates = first + tasks.len() as u32;
        wiring.add_phases(gates, first, tasks);
        wiring.add_end(gates, first, tasks);
        Ok(wiring)
    }

    /// A gate between each two phases that follow each other.
    fn add_phases(&mut self, gates: u32, first: u32, tasks: &[TaskSpec]) {
        let mut phases: Vec<u32> = tasks.iter().filter_map(|task| task.phase).collect();
        phases.sort_unstable();
        phases.dedup();
        self.gates = phases.len().saturating_sub(1) as u32;
        for gate in 1..self.gates {
            self.add_order(gates + gate - 1, gates + gate);
        }
        for (index, task) in (first..).zip(tasks) {
            let Some(phase) = task.phase else {
                continue;
            };
            let place = phases.partition_point(|&other| other < phase) as u32;
            if place > 0 {
                self.add_order(gates + place - 1, index);
            }
            if place < self.gates {
                self.add_order(index, gates + place);
            }
        }
    }

    /// A gate before the tasks that run after all others.
    fn add_end(&mut self, gates: u32, first: u32, tasks: &[TaskSpec]) {
        let gate = gates + self.gates;
        let (at_end, others): (Vec<_>, Vec<_>) =
            (first..).zip(tasks).partition(|(_, task)| task.is_finally);
        if at_end.is_empty() || others.is_empty() {
            return;
        }
        self.gates += 1;
        for (index, _) in others {
            self.add_order(index, gate);
        }
        for (index, _) in at_end {
            self.add_order(gate, index);
        }
    }

    fn add_order(&mut self, from: u32, to: u32) {
        self.edges.push((from, Edge::new(to, false)));
    }
}

/// The names of a scope.
struct Names<'a> {
    graph: &'a Graph,
    parent: u32,
    tasks: &'a [TaskSpec],
    numbers: HashMap<&'a str, u32>,
}

impl<'a> Names<'a> {
    fn new(graph: &'a Graph, parent: u32, tasks: &'a [TaskSpec]) -> Result<Self, GraphError> {
        let mut numbers = HashMap::with_capacity(tasks.len());
        for (position, task) in tasks.iter().enumerate() {
            if task.name.is_empty() {
                return Err(GraphError::NoName { position });
            }
            if numbers
                .insert(task.name.as_str(), position as u32)
                .is_some()
            {
                let task = graph.path_in(parent, &task.name);
                return Err(GraphError::DuplicateName { task });
            }
        }
        Ok(Self {
            graph,
            parent,
            tasks,
            numbers,
        })
    }

    /// The place of a task that another one waits for.
    fn find(&self, task: &TaskSpec, dependency: &str) -> Result<u32, GraphError> {
        let path = || self.graph.path_in(self.parent, &task.name);
        let Some(&found) = self.numbers.get(dependency) else {
            let known: Vec<_> = self.tasks.iter().map(|it| it.name.as_str()).collect();
            return Err(GraphError::UnknownDependency {
                task: path(),
                dependency: dependency.to_owned(),
                nearest: nearest(dependency, &known).map(str::to_owned),
            });
        };
        if self.tasks[found as usize].is_finally && !task.is_finally {
            return Err(GraphError::DependsOnFinally {
                task: path(),
                dependency: dependency.to_owned(),
            });
        }
        Ok(found)
    }
}
