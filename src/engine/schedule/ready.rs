//! Which task starts next: the slots that are taken, and who waits for some.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::engine::graph::{Class, Graph};

/// Slots of the run or of a group.
#[derive(Debug, Clone, Copy)]
struct Slots {
    limit: u32,
    taken: u32,
}

impl Slots {
    fn has_room_for(self, weight: u32) -> bool {
        self.limit - self.taken >= weight
    }
}

/// The tasks that wait for slots, by class: of one class either the first fits
/// or none does, so that only the first ones have to be compared.
#[derive(Debug)]
pub(super) struct Ready {
    run: Slots,
    groups: Vec<Slots>,
    classes: Vec<(Class, BinaryHeap<Waiting>)>,
    waiting: usize,
}

/// By the key, highest first; among equals the one written first.
type Waiting = (u64, Reverse<u32>);

impl Ready {
    pub(super) fn new(graph: &Graph) -> Self {
        let slots = |limit| Slots { limit, taken: 0 };
        let groups = graph.groups().iter().map(|group| slots(group.limit));
        let mut ready = Self {
            run: slots(graph.limit()),
            groups: groups.collect(),
            classes: Vec::new(),
            waiting: 0,
        };
        ready.learn(graph);
        ready
    }

    /// Takes over classes that the graph has got meanwhile.
    pub(super) fn learn(&mut self, graph: &Graph) {
        for class in &graph.classes()[self.classes.len()..] {
            self.classes.push((*class, BinaryHeap::new()));
        }
    }

    pub(super) fn push(&mut self, task: u32, class: u32, key: u64) {
        self.classes[class as usize].1.push((key, Reverse(task)));
        self.waiting += 1;
    }

    /// Takes out the first that fits, which may have been stopped meanwhile.
    pub(super) fn pop(&mut self) -> Option<u32> {
        if self.waiting == 0 || self.run.taken == self.run.limit {
            return None;
        }
        let mut best = None;
        for (index, (class, heap)) in self.classes.iter().enumerate() {
            if let Some(&first) = heap.peek().filter(|_| self.fits(*class)) {
                best = best.max(Some((first, index)));
            }
        }
        let (_, index) = best?;
        self.waiting -= 1;
        let (_, Reverse(task)) = self.classes[index].1.pop()?;
        Some(task)
    }

    fn fits(&self, class: Class) -> bool {
        let group = self.groups.get(class.group as usize);
        self.run.has_room_for(class.weight)
            && group.is_none_or(|group| group.has_room_for(class.weight))
    }

    /// Takes the slots for a task of a class.
    pub(super) fn take(&mut self, class: u32) {
        let class = self.classes[class as usize].0;
        self.run.taken += class.weight;
        if let Some(group) = self.groups.get_mut(class.group as usize) {
            group.taken += class.weight;
        }
    }

    /// Gives them back.
    pub(super) fn release(&mut self, class: u32) {
        let class = self.classes[class as usize].0;
        self.run.taken -= class.weight;
        if let Some(group) = self.groups.get_mut(class.group as usize) {
            group.taken -= class.weight;
        }
    }

    pub(super) fn taken(&self) -> u32 {
        self.run.taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::graph::{GraphSpec, GroupSpec, TaskSpec};

    /// Class 0 is free, class 1 is of a group of two, class 2 weighs three.
    fn ready() -> Ready {
        let task = |name: &str, group: Option<&str>, weight| TaskSpec {
            group: group.map(str::to_owned),
            weight,
            ..TaskSpec::new(name)
        };
        let graph = Graph::new(GraphSpec {
            limit: 4,
            groups: vec![GroupSpec {
                name: "g".to_owned(),
                limit: 2,
            }],
            tasks: vec![
                task("a", None, 1),
                task("b", Some("g"), 1),
                task("c", None, 3),
            ],
        });
        Ready::new(&graph.expect("a graph"))
    }

    #[test]
    fn the_highest_key_of_all_classes_comes_first_then_the_first_written() {
        let mut ready = ready();
        for (task, class, key) in [(5, 0, 1), (4, 1, 7), (3, 0, 7), (2, 2, 9), (1, 0, 7)] {
            ready.push(task, class, key);
        }
        let order: Vec<_> = std::iter::from_fn(|| ready.pop()).collect();
        assert_eq!(order, [2, 1, 3, 4, 5]);
    }

    #[test]
    fn what_does_not_fit_lets_others_pass() {
        let mut ready = ready();
        ready.take(1);
        ready.take(1);
        ready.push(1, 1, 9);
        ready.push(2, 2, 8);
        ready.push(3, 0, 7);
        assert_eq!(
            ready.pop(),
            Some(3),
            "the group is full, and 3 are too many"
        );
        ready.take(0);
        ready.release(1);
        assert_eq!(ready.pop(), Some(1));
        ready.take(1);
        assert_eq!(ready.pop(), None);
        ready.release(0);
        ready.release(1);
        assert_eq!((ready.taken(), ready.pop()), (1, Some(2)));
    }
}
