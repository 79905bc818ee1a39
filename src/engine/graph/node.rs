//! A task or gate as the schedule sees it.

/// No node, group, scope or policy.
pub(crate) const NONE: u32 = u32::MAX;

/// What a node is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Work,
    Graph,
    Race,
    ForEach,
    Gate,
}

/// From a node to one that waits for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Edge(u32);

impl Edge {
    const ONLY_AFTER: u32 = 1 << 31;
    /// Numbers of nodes are below this.
    pub(crate) const NODE_LIMIT: usize = 1 << 31;

    pub(crate) fn new(to: u32, needs_success: bool) -> Self {
        Self(if needs_success {
            to
        } else {
            to | Self::ONLY_AFTER
        })
    }

    pub(crate) fn to(self) -> u32 {
        self.0 & !Self::ONLY_AFTER
    }

    pub(crate) fn needs_success(self) -> bool {
        self.0 & Self::ONLY_AFTER == 0
    }
}

/// What is fixed of a node.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Node {
    pub(crate) kind: Kind,
    pub(crate) is_conditional: bool,
    pub(crate) is_finally: bool,
    /// Its own failure is tolerated.
    pub(crate) is_tolerated: bool,
    /// Its failure is for the one around it to count: that one is a race or
    /// tolerated, or something around that one is.
    pub(crate) is_sheltered: bool,
    pub(crate) is_in_race: bool,
    pub(crate) class: u32,
    pub(crate) first_edge: u32,
    pub(crate) edge_count: u32,
    /// How many nodes beside it it waits for.
    pub(crate) dependencies: u32,
    pub(crate) parent: u32,
    /// The scope inside it.
    pub(crate) inside: u32,
    pub(crate) policy: u32,
    /// In terms of [`order_key`].
    pub(crate) key: u64,
    /// Its own and those of the tasks around it, in sum.
    pub(crate) priority: i16,
}

/// What decides among ready tasks, the highest first: the priority, then how
/// long the path is that begins with the task.
pub(crate) fn order_key(priority: i16, path_nanoseconds: u64) -> u64 {
    let priority = (i32::from(priority) - i32::from(i16::MIN)) as u64;
    // In microseconds they fit for nine years.
    let path = (path_nanoseconds / 1000).min((1 << 48) - 1);
    priority << 48 | path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edge_keeps_both_things_that_it_says() {
        for (to, needs) in [(0, true), (5, false), (i32::MAX as u32, true)] {
            let edge = Edge::new(to, needs);
            assert_eq!((edge.to(), edge.needs_success()), (to, needs));
        }
    }

    #[test]
    fn the_priority_decides_before_the_path() {
        let keys = [(-1, u64::MAX), (0, 0), (0, 5_000), (i16::MAX, 0)];
        let keys = keys.map(|(priority, path)| order_key(priority, path));
        assert!(keys.is_sorted());
    }
}
