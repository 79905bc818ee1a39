//! Which tasks decided how long a run took.

use std::time::Duration;

use super::estimate::Span;
use super::node::Kind;
use super::{Graph, Scope};

impl Graph {
    /// The longest path of tasks that wait for each other, if every task takes
    /// as long as it is said here to: none of them could have taken longer
    /// without the run doing so, had it slots without end. Of tasks that others
    /// are inside those are listed, but for races.
    pub fn critical_path_of(&self, duration: impl Fn(u32) -> Duration) -> Vec<u32> {
        let nanoseconds = |task| duration(task).as_nanos().try_into().unwrap_or(u64::MAX);
        let spans = self.measure(0, nanoseconds);
        let mut path = Vec::new();
        self.walk(self.root(), &spans, &mut path);
        path
    }

    fn walk(&self, scope: Scope, spans: &[Span], path: &mut Vec<u32>) {
        let longest = |nodes: &mut dyn Iterator<Item = u32>| {
            // Of equals the first.
            nodes.min_by_key(|&node| std::cmp::Reverse(spans[node as usize].path))
        };
        let mut next = longest(&mut scope.nodes());
        while let Some(node) = next {
            match (self.node(node).kind, self.scope_inside(node)) {
                (Kind::Gate, _) => {}
                (Kind::Graph | Kind::ForEach, Some(inside)) => self.walk(inside, spans, path),
                _ => path.push(node),
            }
            next = longest(&mut self.edges_of(node).iter().map(|edge| edge.to()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::graph::{GraphSpec, TaskKind, TaskSpec};

    fn path(tasks: Vec<TaskSpec>) -> Vec<String> {
        let graph = Graph::new(GraphSpec {
            limit: 9,
            groups: Vec::new(),
            tasks,
        });
        let graph = graph.expect("a graph");
        let path = graph.critical_path_of(|task| graph.estimate(task));
        path.into_iter().map(|task| graph.path(task)).collect()
    }

    fn task(name: &str, seconds: u64) -> TaskSpec {
        TaskSpec {
            estimate: Some(Duration::from_secs(seconds)),
            ..TaskSpec::new(name)
        }
    }

    #[test]
    fn the_longest_of_all_ways_is_told() {
        let tasks = vec![
            task("a", 1),
            task("b", 5),
            task("c", 2).needs(["a", "b"]),
            task("d", 9).needs(["a"]),
        ];
        assert_eq!(path(tasks), ["a", "d"]);
    }

    #[test]
    fn it_goes_through_phases_and_what_is_inside() {
        let inner = TaskKind::Graph(vec![task("x", 1), task("y", 3), task("z", 1).needs(["y"])]);
        let in_phase = |task: TaskSpec, phase| TaskSpec {
            phase: Some(phase),
            ..task
        };
        let tasks = vec![
            in_phase(TaskSpec::new("in").of(inner), 1),
            in_phase(task("short", 1), 1),
            in_phase(task("last", 1), 2),
        ];
        assert_eq!(path(tasks), ["in/y", "in/z", "last"]);
    }
}
