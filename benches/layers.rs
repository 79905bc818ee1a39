//! The graph of more than one bench: layers of tasks, each of which needs two of
//! the layer before.

use orchestration_engine::engine::graph::{Graph, GraphSpec, TaskSpec};

/// How many tasks a layer has.
pub(crate) const WIDTH: u32 = 1000;

/// How many tasks run at once.
pub(crate) const SLOTS: u32 = 64;

/// So many layers. A task needs the one above it, and that one's neighbour.
pub(crate) fn graph(layers: u32) -> Graph {
    let name = |task: u32| task.to_string();
    let tasks = (0..WIDTH * layers).map(|task| {
        let (layer, place) = (task / WIDTH, task % WIDTH);
        let mut spec = TaskSpec::new(name(task));
        if layer > 0 {
            let before = (layer - 1) * WIDTH;
            let neighbour = before + (place + WIDTH - 1) % WIDTH;
            spec = spec.needs([name(before + place), name(neighbour)]);
        }
        spec
    });
    let spec = GraphSpec {
        limit: SLOTS,
        groups: Vec::new(),
        tasks: tasks.collect(),
    };
    Graph::new(spec).expect("a graph")
}
