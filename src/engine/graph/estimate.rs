//! How long tasks will take, and how long the path is that begins with each.

use std::time::Duration;

use super::node::{order_key, Kind, NONE};
use super::{Graph, Scope};

/// What a task takes if nothing at all is known of any.
const UNKNOWN: u64 = 1_000_000_000;

/// Of a node, in nanoseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Span {
    /// How long it takes; if others are inside it, the longest path of them.
    pub(super) length: u64,
    /// How long it is from its start to the end of the run, if nothing ever
    /// waits for a slot.
    pub(super) path: u64,
}

/// What tasks take on average, of which durations are remembered.
#[derive(Debug, Clone, Default)]
pub(super) struct Means {
    groups: Vec<Option<u64>>,
    all: Option<u64>,
}

/// A sum, and of how many.
#[derive(Debug, Clone, Copy, Default)]
struct Sum(u128, u64);

impl Sum {
    fn add(&mut self, time: Duration) {
        self.0 += time.as_nanos();
        self.1 += 1;
    }

    fn mean(self) -> Option<u64> {
        let mean = self.0.checked_div(self.1.into())?;
        Some(mean.try_into().unwrap_or(u64::MAX))
    }
}

impl Means {
    pub(super) fn of(graph: &Graph) -> Self {
        let mut groups = vec![Sum::default(); graph.groups.len()];
        let mut all = Sum::default();
        for (node, remembered) in graph.nodes.iter().zip(&graph.remembered) {
            let (Some(time), Kind::Work) = (remembered, node.kind) else {
                continue;
            };
            all.add(*time);
            let group = graph.classes[node.class as usize].group;
            if let Some(sum) = groups.get_mut(group as usize) {
                sum.add(*time);
            }
        }
        Self {
            groups: groups.into_iter().map(Sum::mean).collect(),
            all: all.mean(),
        }
    }
}

impl Graph {
    /// What is remembered of a node; else the mean of its group, else that of
    /// all tasks, else one second.
    fn guess(&self, index: u32) -> u64 {
        if let Some(time) = self.remembered[index as usize] {
            return time.as_nanos().try_into().unwrap_or(u64::MAX);
        }
        let class = self.classes.get(self.node(index).class as usize);
        let of_group = class.and_then(|class| *self.means.groups.get(class.group as usize)?);
        of_group.or(self.means.all).unwrap_or(UNKNOWN)
    }

    /// Measures the nodes of the scopes from this one on, by estimates, and
    /// orders them by it.
    pub(super) fn measure_from(&mut self, scope: usize) {
        let nodes = self.nodes_from(scope);
        let measured = self.measure(scope, |index| self.guess(index));
        self.spans.truncate(nodes.start as usize);
        self.spans.extend(measured);
        for index in nodes {
            let path = self.spans[index as usize].path;
            let node = &mut self.nodes[index as usize];
            node.key = order_key(node.priority, path);
        }
    }

    /// Measures the nodes of the scopes from this one on, whose own durations
    /// in nanoseconds are passed in.
    pub(super) fn measure(&self, scope: usize, own: impl Fn(u32) -> u64) -> Vec<Span> {
        let first = self.nodes_from(scope).start;
        let mut spans = vec![Span::default(); self.nodes.len() - first as usize];
        // What is inside a task comes after it.
        for scope in self.scopes[scope..].iter().rev() {
            self.measure_scope(*scope, first, &own, &mut spans);
        }
        for scope in &self.scopes[scope..] {
            let rest = match scope.parent {
                NONE => continue,
                parent if parent < first => self.spans[parent as usize],
                parent => spans[(parent - first) as usize],
            };
            let rest = rest.path.saturating_sub(rest.length);
            for node in scope.nodes() {
                let span = &mut spans[(node - first) as usize];
                span.path = span.path.saturating_add(rest);
            }
        }
        spans
    }

    /// Measures the nodes of one scope, up to the end of that scope.
    fn measure_scope(
        &self,
        scope: Scope,
        first: u32,
        own: &impl Fn(u32) -> u64,
        spans: &mut [Span],
    ) {
        let nodes = scope.nodes();
        let order = &self.order[nodes.start as usize..nodes.end as usize];
        for &index in order.iter().rev() {
            let rest = self.edges_of(index).iter();
            let rest = rest.map(|edge| spans[(edge.to() - first) as usize].path);
            let rest = rest.max().unwrap_or(0);
            let length = self.length(index, first, own, spans);
            spans[(index - first) as usize] = Span {
                length,
                path: length.saturating_add(rest),
            };
        }
    }

    fn length(&self, index: u32, first: u32, own: &impl Fn(u32) -> u64, spans: &[Span]) -> u64 {
        let Some(inside) = self.scope_inside(index) else {
            return match self.node(index).kind {
                Kind::Gate => 0,
                _ => own(index),
            };
        };
        let nodes = inside.tasks();
        let paths = nodes.map(|node| spans[(node - first) as usize].path);
        match self.node(index).kind {
            Kind::Race => paths.min().unwrap_or(0),
            Kind::Work => own(index).max(paths.max().unwrap_or(0)),
            _ => paths.max().unwrap_or(0),
        }
    }
}
