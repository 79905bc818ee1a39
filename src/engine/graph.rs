//! Graphs: tasks, and what each waits for, checked and numbered.
//!
//! [`Graph::new`] turns what an author wrote ([`GraphSpec`]) into dense arrays:
//! a task is a number, and nothing is looked up by name any more. It refuses
//! everything that could keep a run from ending, such as a circle.
//!
//! A *scope* is a set of tasks beside each other: those of the whole graph, or
//! those inside one task. Names are unique in a scope, and dependencies stay in
//! it. Its nodes are neighbours in the arrays: its tasks in the order written,
//! then its *gates*. A gate does nothing; it stands between the tasks of one
//! phase and those of the next, and before the tasks that run at the end, so
//! that n tasks that wait for m others cost n + m edges.

mod bound;
mod build;
mod circle;
mod error;
mod estimate;
mod node;
mod path;
mod spec;
mod wiring;

use std::collections::HashMap;
use std::time::Duration;

pub use error::GraphError;
pub use spec::{GraphSpec, GroupSpec, OnResume, TaskKind, TaskSpec};

use crate::engine::retry::RetryPolicy;
use estimate::{Means, Span};
pub(crate) use node::{Edge, Kind, Node, NONE};

/// What shares a group and a weight: each of its tasks fits when one does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Class {
    /// The index of the group, or [`NONE`].
    pub(crate) group: u32,
    pub(crate) weight: u32,
}

/// What only few tasks have.
#[derive(Debug, Clone, Default)]
pub(crate) struct Policy {
    pub(crate) timeout: Option<Duration>,
    pub(crate) retry: Option<RetryPolicy>,
    pub(crate) on_resume: OnResume,
}

#[derive(Debug, Clone)]
pub(crate) struct Group {
    name: String,
    pub(crate) limit: u32,
}

/// Tasks beside each other, and the gates between them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scope {
    /// The task that they are inside, or [`NONE`].
    pub(crate) parent: u32,
    pub(crate) first: u32,
    pub(crate) tasks: u32,
    gates: u32,
}

impl Scope {
    /// Its tasks, in the order written.
    pub(crate) fn tasks(&self) -> std::ops::Range<u32> {
        self.first..self.first + self.tasks
    }

    /// Its tasks and gates.
    pub(crate) fn nodes(&self) -> std::ops::Range<u32> {
        self.first..self.first + self.tasks + self.gates
    }
}

/// A graph that can be run.
#[derive(Debug, Clone)]
pub struct Graph {
    limit: u32,
    groups: Vec<Group>,
    group_numbers: HashMap<String, u32>,
    classes: Vec<Class>,
    class_numbers: HashMap<Class, u32>,
    nodes: Vec<Node>,
    names: Vec<String>,
    /// What is remembered of each node's duration.
    remembered: Vec<Option<Duration>>,
    edges: Vec<Edge>,
    scopes: Vec<Scope>,
    /// The nodes, scope by scope, each behind those that it waits for.
    order: Vec<u32>,
    spans: Vec<Span>,
    means: Means,
    policies: Vec<Policy>,
}

impl Graph {
    /// How many slots the run has.
    pub fn limit(&self) -> u32 {
        self.limit
    }

    /// The tasks of the graph itself, without those inside others; their
    /// numbers are their places in the order written.
    pub fn root_tasks(&self) -> std::ops::Range<u32> {
        self.scopes[0].tasks()
    }

    /// The numbers of all tasks. Others below the highest are gates.
    pub fn tasks(&self) -> impl Iterator<Item = u32> + '_ {
        self.scopes.iter().flat_map(Scope::tasks)
    }

    /// The name of a task among those beside it.
    pub fn name(&self, task: u32) -> &str {
        &self.names[task as usize]
    }

    /// The name of a task with those that it is inside: `outer/inner`.
    pub fn path(&self, task: u32) -> String {
        let mut path = self.name(task).to_owned();
        let mut parent = self.node(task).parent;
        while parent != NONE {
            path = format!("{}/{path}", self.name(parent));
            parent = self.node(parent).parent;
        }
        path
    }

    /// The task that a task is inside.
    pub fn parent(&self, task: u32) -> Option<u32> {
        Some(self.node(task).parent).filter(|&parent| parent != NONE)
    }

    /// The tasks inside a task, as far as they are known.
    pub fn children(&self, task: u32) -> std::ops::Range<u32> {
        match self.node(task).inside {
            NONE => 0..0,
            scope => self.scopes[scope as usize].tasks(),
        }
    }

    /// The task of a name in the graph itself.
    pub fn find(&self, name: &str) -> Option<u32> {
        self.root_tasks().find(|&task| self.name(task) == name)
    }

    /// Whether anything has to be asked of the host: if a task runs, or what is
    /// inside it.
    pub fn asks_the_host(&self) -> bool {
        let mut nodes = self.nodes.iter();
        nodes.any(|node| node.is_conditional || node.kind == Kind::ForEach)
    }

    /// How long a task will take: what is remembered, or else what others of
    /// its group take.
    pub fn estimate(&self, task: u32) -> Duration {
        Duration::from_nanos(self.spans[task as usize].length)
    }

    pub(crate) fn node(&self, index: u32) -> &Node {
        &self.nodes[index as usize]
    }

    pub(crate) fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    pub(crate) fn edges_of(&self, index: u32) -> &[Edge] {
        let node = self.node(index);
        let first = node.first_edge as usize;
        &self.edges[first..first + node.edge_count as usize]
    }

    pub(crate) fn scope_inside(&self, index: u32) -> Option<Scope> {
        self.scopes.get(self.node(index).inside as usize).copied()
    }

    pub(crate) fn scopes(&self) -> &[Scope] {
        &self.scopes
    }

    pub(crate) fn root(&self) -> Scope {
        self.scopes[0]
    }

    pub(crate) fn classes(&self) -> &[Class] {
        &self.classes
    }

    pub(crate) fn groups(&self) -> &[Group] {
        &self.groups
    }

    pub(crate) fn policy(&self, index: u32) -> Option<&Policy> {
        self.policies.get(self.node(index).policy as usize)
    }
}

#[cfg(test)]
#[path = "graph/graph_tests.rs"]
mod tests;
