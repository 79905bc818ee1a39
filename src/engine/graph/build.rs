//! From what an author wrote to a graph.

use std::collections::{HashMap, VecDeque};
use std::ops::Range;

use super::error::GraphError;
use super::estimate::Means;
use super::node::{Edge, Kind, Node, NONE};
use super::spec::{GraphSpec, GroupSpec, OnResume, TaskKind, TaskSpec};
use super::wiring::Wiring;
use super::{circle, Class, Graph, Group, Policy, Scope};
use crate::engine::suggest::nearest;

/// How many tasks one may be inside.
pub(super) const NESTING_LIMIT: usize = 64;

impl Graph {
    /// Checks a graph and numbers its tasks.
    pub fn new(spec: GraphSpec) -> Result<Self, GraphError> {
        let mut graph = Self::empty(spec.limit, spec.groups)?;
        if spec.tasks.is_empty() {
            return Err(GraphError::Empty { task: None });
        }
        graph.add(NONE, spec.tasks)?;
        graph.means = Means::of(&graph);
        graph.measure_from(0);
        Ok(graph)
    }

    fn empty(limit: u32, groups: Vec<GroupSpec>) -> Result<Self, GraphError> {
        if limit == 0 {
            return Err(GraphError::NoSlots { group: None });
        }
        let mut graph = Self {
            limit,
            groups: Vec::with_capacity(groups.len()),
            group_numbers: HashMap::new(),
            classes: Vec::new(),
            class_numbers: HashMap::new(),
            nodes: Vec::new(),
            names: Vec::new(),
            remembered: Vec::new(),
            edges: Vec::new(),
            scopes: Vec::new(),
            order: Vec::new(),
            spans: Vec::new(),
            means: Means::default(),
            policies: Vec::new(),
        };
        for GroupSpec { name, limit } in groups {
            if limit == 0 {
                return Err(GraphError::NoSlots { group: Some(name) });
            }
            let number = graph.groups.len() as u32;
            if graph.group_numbers.insert(name.clone(), number).is_some() {
                return Err(GraphError::DuplicateGroup { group: name });
            }
            graph.groups.push(Group { name, limit });
        }
        Ok(graph)
    }

    /// Adds tasks inside a task that had none, while the graph runs. If they
    /// are refused, nothing has changed.
    pub(crate) fn expand(&mut self, task: u32, tasks: Vec<TaskSpec>) -> Result<(), GraphError> {
        let (nodes, edges) = (self.nodes.len(), self.edges.len());
        let (scopes, policies) = (self.scopes.len(), self.policies.len());
        if let Err(error) = self.add(task, tasks) {
            self.nodes.truncate(nodes);
            self.names.truncate(nodes);
            self.remembered.truncate(nodes);
            self.order.truncate(nodes);
            self.edges.truncate(edges);
            self.scopes.truncate(scopes);
            self.policies.truncate(policies);
            self.nodes[task as usize].inside = NONE;
            return Err(error);
        }
        self.measure_from(scopes);
        Ok(())
    }

    fn add(&mut self, parent: u32, tasks: Vec<TaskSpec>) -> Result<(), GraphError> {
        let mut waiting = VecDeque::from([(parent, tasks)]);
        while let Some((parent, tasks)) = waiting.pop_front() {
            waiting.extend(self.add_scope(parent, tasks)?);
        }
        Ok(())
    }

    /// Adds the tasks of one scope; returns those that are inside them.
    fn add_scope(
        &mut self,
        parent: u32,
        mut tasks: Vec<TaskSpec>,
    ) -> Result<Vec<(u32, Vec<TaskSpec>)>, GraphError> {
        let depth = std::iter::successors(Some(parent), |&it| {
            Some(self.nodes.get(it as usize)?.parent)
        });
        if depth.take_while(|&it| it != NONE).count() > NESTING_LIMIT {
            let task = self.path(parent);
            return Err(GraphError::TooDeep { task });
        }
        let first = self.nodes.len();
        let wiring = Wiring::new(self, parent, first as u32, &tasks)?;
        let nodes = first + tasks.len() + wiring.gates as usize;
        let edges = self.edges.len() + wiring.edges.len();
        if nodes.max(edges) >= Edge::NODE_LIMIT {
            return Err(GraphError::TooLarge);
        }
        let mut inside = Vec::new();
        for (index, task) in (first as u32..).zip(&mut tasks) {
            self.add_task(parent, task)?;
            let kind = std::mem::replace(&mut task.kind, TaskKind::Work);
            if let TaskKind::Graph(tasks) | TaskKind::Race(tasks) = kind {
                if tasks.is_empty() {
                    let task = Some(self.path(index));
                    return Err(GraphError::Empty { task });
                }
                inside.push((index, tasks));
            }
        }
        for _ in 0..wiring.gates {
            self.push(String::new(), gate(parent), None);
        }
        let scope = Scope {
            parent,
            first: first as u32,
            tasks: tasks.len() as u32,
            gates: wiring.gates,
        };
        self.connect(scope, &wiring.edges)?;
        if parent != NONE {
            self.nodes[parent as usize].inside = self.scopes.len() as u32;
        }
        self.scopes.push(scope);
        Ok(inside)
    }

    fn push(&mut self, name: String, node: Node, remembered: Option<std::time::Duration>) {
        self.names.push(name);
        self.nodes.push(node);
        self.remembered.push(remembered);
    }

    fn add_task(&mut self, parent: u32, task: &mut TaskSpec) -> Result<(), GraphError> {
        let around = self.nodes.get(parent as usize).copied();
        let is_in_a_race = around.is_some_and(|around| around.kind == Kind::Race);
        if let Some((setting, what)) = misfit(task, is_in_a_race) {
            let task = self.path_in(parent, &task.name);
            return Err(GraphError::DoesNotApply {
                task,
                setting,
                what,
            });
        }
        let mut node = gate(parent);
        node.kind = match task.kind {
            TaskKind::Work => Kind::Work,
            TaskKind::Graph(_) => Kind::Graph,
            TaskKind::Race(_) => Kind::Race,
            TaskKind::ForEach => Kind::ForEach,
        };
        node.is_conditional = task.is_conditional;
        node.is_finally = task.is_finally;
        node.is_tolerated = task.continue_on_error;
        node.is_in_race = around.is_some_and(|it| it.is_in_race || it.kind == Kind::Race);
        node.is_sheltered =
            node.is_in_race || around.is_some_and(|it| it.is_sheltered || it.is_tolerated);
        node.priority = around
            .map_or(0, |it| it.priority)
            .saturating_add(task.priority);
        node.class = self.class_of(parent, task)?;
        let has_policy = task.timeout.is_some() || task.retry.is_some();
        if has_policy || task.on_resume != OnResume::default() {
            node.policy = self.policies.len() as u32;
            self.policies.push(Policy {
                timeout: task.timeout,
                retry: task.retry.take(),
                on_resume: task.on_resume,
            });
        }
        self.push(std::mem::take(&mut task.name), node, task.estimate);
        Ok(())
    }

    /// The number of the class of a task, which must fit into its limits.
    fn class_of(&mut self, parent: u32, task: &TaskSpec) -> Result<u32, GraphError> {
        let path = |graph: &Self| graph.path_in(parent, &task.name);
        if task.weight == 0 {
            return Err(GraphError::NoWeight { task: path(self) });
        }
        let group = match &task.group {
            None => NONE,
            Some(name) => *self.group_numbers.get(name).ok_or_else(|| {
                let known: Vec<_> = self.groups.iter().map(|it| it.name.as_str()).collect();
                GraphError::UnknownGroup {
                    task: path(self),
                    group: name.clone(),
                    nearest: nearest(name, &known).map(str::to_owned),
                }
            })?,
        };
        let of_group = self.groups.get(group as usize);
        let limits = [(self.limit, None)].into_iter();
        for (limit, group) in limits.chain(of_group.map(|it| (it.limit, Some(&it.name)))) {
            if task.weight > limit {
                return Err(GraphError::WeightAboveLimit {
                    task: path(self),
                    weight: task.weight,
                    limit,
                    group: group.cloned(),
                });
            }
        }
        let class = Class {
            group,
            weight: task.weight,
        };
        let next = self.classes.len() as u32;
        let number = *self.class_numbers.entry(class).or_insert(next);
        if number == next {
            self.classes.push(class);
        }
        Ok(number)
    }

    pub(super) fn path_in(&self, parent: u32, name: &str) -> String {
        match parent {
            NONE => name.to_owned(),
            parent => format!("{}/{name}", self.path(parent)),
        }
    }

    /// Stores the edges of a scope, sorted by where they begin, and the order
    /// of its nodes.
    fn connect(&mut self, scope: Scope, edges: &[(u32, Edge)]) -> Result<(), GraphError> {
        let base = self.edges.len() as u32;
        for (from, edge) in edges {
            self.nodes[*from as usize].edge_count += 1;
            self.nodes[edge.to() as usize].dependencies += 1;
        }
        let mut next = base;
        let mut places = Vec::with_capacity(scope.nodes().len());
        for index in scope.nodes() {
            let node = &mut self.nodes[index as usize];
            node.first_edge = next;
            places.push(next as usize);
            next += node.edge_count;
        }
        self.edges.resize(next as usize, Edge::new(0, false));
        for (from, edge) in edges {
            let place = &mut places[(from - scope.first) as usize];
            self.edges[*place] = *edge;
            *place += 1;
        }
        self.sort(scope, edges)
    }

    /// Puts the nodes of a scope behind those that they wait for.
    fn sort(&mut self, scope: Scope, edges: &[(u32, Edge)]) -> Result<(), GraphError> {
        let nodes = scope.nodes();
        let first = self.order.len();
        let mut left: Vec<u32> = nodes.clone().map(|it| self.node(it).dependencies).collect();
        self.order.extend(
            nodes
                .clone()
                .filter(|&it| left[(it - scope.first) as usize] == 0),
        );
        let mut next = first;
        while let Some(&node) = self.order.get(next) {
            next += 1;
            let range = self.node(node).first_edge as usize..;
            let count = self.node(node).edge_count as usize;
            for edge in &self.edges[range][..count] {
                let left = &mut left[(edge.to() - scope.first) as usize];
                *left -= 1;
                if *left == 0 {
                    self.order.push(edge.to());
                }
            }
        }
        if self.order.len() - first == nodes.len() {
            return Ok(());
        }
        let mut waits_for = vec![NONE; nodes.len()];
        for (from, edge) in edges {
            let (from, to) = (from - scope.first, edge.to() - scope.first);
            if left[from as usize] > 0 && left[to as usize] > 0 {
                waits_for[to as usize] = from;
            }
        }
        Err(self.circle_error(scope, &circle::find(&waits_for)))
    }

    fn circle_error(&self, scope: Scope, circle: &[u32]) -> GraphError {
        let tasks = circle.iter().filter(|&&it| it < scope.tasks);
        let mut circle: Vec<_> = tasks.map(|&it| self.path(scope.first + it)).collect();
        circle.extend(circle.first().cloned());
        GraphError::Cycle { circle }
    }
}

fn gate(parent: u32) -> Node {
    Node {
        kind: Kind::Gate,
        is_conditional: false,
        is_finally: false,
        is_tolerated: false,
        is_sheltered: false,
        is_in_race: false,
        class: NONE,
        first_edge: 0,
        edge_count: 0,
        dependencies: 0,
        parent,
        inside: NONE,
        policy: NONE,
        key: 0,
        priority: 0,
    }
}

/// A setting that does not go with what a task is, and what it is.
fn misfit(task: &TaskSpec, is_in_a_race: bool) -> Option<(&'static str, &'static str)> {
    if task.is_finally && task.phase.is_some() {
        return Some(("a phase", "one that runs after all others"));
    }
    if task.is_finally && is_in_a_race {
        return Some(("running after all others", "an alternative of a race"));
    }
    let what = match task.kind {
        TaskKind::Work => return None,
        TaskKind::Graph(_) => "a graph",
        TaskKind::Race(_) => "a race",
        TaskKind::ForEach => "a for-each",
    };
    let is_known = !matches!(task.kind, TaskKind::ForEach);
    let setting = [
        (task.group.is_some(), "a group"),
        (task.weight != 1, "a weight"),
        (task.retry.is_some(), "a retry"),
        (task.estimate.is_some() && is_known, "an estimate"),
    ];
    let found = setting.into_iter().find(|(is_set, _)| *is_set);
    found.map(|(_, setting)| (setting, what))
}

impl Graph {
    /// The nodes of the scopes from this one on.
    pub(super) fn nodes_from(&self, scope: usize) -> Range<u32> {
        let first = self
            .scopes
            .get(scope)
            .map_or(self.nodes.len() as u32, |it| it.first);
        first..self.nodes.len() as u32
    }
}
