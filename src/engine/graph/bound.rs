//! The shortest time in which any schedule could run a graph.

use std::time::Duration;

use super::node::{Kind, NONE};
use super::Graph;

impl Graph {
    /// No schedule is faster than this, if tasks take as long as estimated.
    pub fn lower_bound(&self) -> Duration {
        self.lower_bound_of(|task| self.estimate(task))
    }

    /// No schedule is faster than this, if every task runs and takes as long
    /// as it is said here to. It is the longest of
    ///
    /// - the longest path;
    /// - for the run and for each group: the work divided by the slots;
    /// - for each of them: of the k·m + 1 longest tasks on m slots, k + 1 share
    ///   one, so at least the k + 1 shortest of these.
    ///
    /// Of the alternatives of a race only the shortest counts, and only for
    /// the longest path.
    pub fn lower_bound_of(&self, duration: impl Fn(u32) -> Duration) -> Duration {
        let nanoseconds = |task| duration(task).as_nanos().try_into().unwrap_or(u64::MAX);
        let spans = self.measure(0, nanoseconds);
        let nodes = self.root().nodes();
        let path = nodes.map(|index| spans[index as usize].path).max();
        let mut pools = vec![Pool::new(self.limit)];
        pools.extend(self.groups.iter().map(|group| Pool::new(group.limit)));
        for task in self.tasks() {
            let node = self.node(task);
            if node.kind != Kind::Work || node.is_in_race {
                continue;
            }
            let class = self.classes[node.class as usize];
            let time = nanoseconds(task);
            pools[0].add(time, class.weight);
            if class.group != NONE {
                pools[class.group as usize + 1].add(time, class.weight);
            }
        }
        let bounds = pools.into_iter().map(Pool::bound);
        Duration::from_nanos(bounds.chain(path).max().unwrap_or(0))
    }
}

/// Slots, and the tasks that share them.
struct Pool {
    slots: u32,
    lightest: u32,
    work: u128,
    times: Vec<u64>,
}

impl Pool {
    fn new(slots: u32) -> Self {
        Self {
            slots,
            lightest: u32::MAX,
            work: 0,
            times: Vec::new(),
        }
    }

    fn add(&mut self, time: u64, weight: u32) {
        self.lightest = self.lightest.min(weight);
        self.work += u128::from(time) * u128::from(weight);
        self.times.push(time);
    }

    fn bound(mut self) -> u64 {
        let by_work = self.work.div_ceil(self.slots.into());
        // No more than so many run at once.
        let at_once = (self.slots / self.lightest.min(self.slots)) as usize;
        self.times.sort_unstable_by(|left, right| right.cmp(left));
        let by_sharing = (1..)
            .map_while(|rounds| {
                let last = rounds * at_once;
                let shared = self.times.get(last - rounds..=last)?;
                Some(shared.iter().map(|&time| u128::from(time)).sum::<u128>())
            })
            .max();
        by_work
            .max(by_sharing.unwrap_or(0))
            .try_into()
            .unwrap_or(u64::MAX)
    }
}

#[cfg(test)]
#[path = "bound_tests.rs"]
mod tests;
