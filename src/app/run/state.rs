//! Runs whose course is kept in the store of a folder.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use crate::engine::cancel::CancelReason;
use crate::engine::graph::{Graph, GraphSpec, TaskKind, TaskSpec};
use crate::store::{News, Plan, Resume, Store, StoreError, StoreOptions};

use super::inbox::{Inbox, Message};
use super::read::GivenState;
use super::Memory;

/// The store of a run.
pub(super) struct State {
    store: Store,
    given: GivenState,
}

impl State {
    pub(super) fn open(given: GivenState) -> Result<Self, StoreError> {
        let options = StoreOptions {
            durability: given.durability(),
            ..StoreOptions::default()
        };
        let store = Store::open(Path::new(&given.folder), options)?;
        Ok(Self { store, given })
    }

    /// Fills in how long tasks took before, where the plan does not say.
    pub(super) fn estimate(&self, graph: &mut GraphSpec) -> Result<(), StoreError> {
        let mut keys = Vec::new();
        each_unknown(&mut graph.tasks, &self.given.name, &mut |key, _| {
            keys.push(key);
        });
        let known = keys.iter().map(String::as_str);
        let known = self.store.reader().durations(known)?;
        each_unknown(&mut graph.tasks, &self.given.name, &mut |key, task| {
            task.estimate = known.get(&key).copied();
        });
        Ok(())
    }

    /// Writes the run down, or takes over the one that is to go on.
    pub(super) fn begin(
        &self,
        plan: String,
        graph: &Graph,
        inbox: &Arc<Inbox>,
    ) -> Result<Memory, StoreError> {
        let plan = Plan::new(self.given.name.clone(), plan);
        let inbox = Arc::clone(inbox);
        let observer = move |news| {
            let reason = match news {
                News::StopRequested => CancelReason::Requested,
                News::Lost(_) => CancelReason::NotKept,
            };
            inbox.post(Message::Cancel { reason });
        };
        let Some(again) = self.given.again() else {
            let journal = self.store.begin(&self.given.run, plan, observer)?;
            return Ok(Memory {
                journal: Some(Box::new(journal)),
                ended: HashMap::new(),
            });
        };
        let how = Resume {
            again,
            accepts_changed_plan: self.given.accepts_changed_plan,
        };
        let (journal, resumed) = self.store.resume(&self.given.run, plan, how, observer)?;
        let needed = graph
            .tasks()
            .filter(|&task| !graph.edges_of(task).is_empty());
        let needed: HashSet<_> = needed.map(|task| graph.path(task)).collect();
        Ok(Memory {
            journal: Some(Box::new(journal)),
            ended: resumed.ended(|path| needed.contains(path)),
        })
    }

    /// Remembers how long tasks took. That it cannot be is no failure of a run.
    pub(super) fn remember(&self, durations: Vec<(String, Duration)>) {
        let name = &self.given.name;
        let keys = durations.into_iter();
        let durations = keys.map(|(path, time)| (key_of(name, &path), time));
        let _ = self.store.remember_durations(durations.collect());
    }
}

fn key_of(plan: &str, path: &str) -> String {
    format!("{plan}/{path}")
}

/// Hands each task of which it is not known how long it takes to `each`, with
/// what it is remembered by.
fn each_unknown(
    tasks: &mut [TaskSpec],
    around: &str,
    each: &mut impl FnMut(String, &mut TaskSpec),
) {
    for task in tasks {
        let key = key_of(around, &task.name);
        match &mut task.kind {
            TaskKind::Graph(inside) | TaskKind::Race(inside) => each_unknown(inside, &key, each),
            TaskKind::Work | TaskKind::ForEach if task.estimate.is_none() => each(key, task),
            TaskKind::Work | TaskKind::ForEach => {}
        }
    }
}
