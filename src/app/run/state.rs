//! Runs whose course is kept in the store of a folder.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use crate::engine::cancel::CancelReason;
use crate::engine::graph::{Graph, GraphSpec, TaskKind, TaskSpec};
use crate::store::{Kept, News, Output, Plan, Resume, Retention, Store, StoreError, StoreReader};

use super::changes;
use super::inbox::{Inbox, Message};
use super::memo::Results;
use super::read::GivenState;
use super::{Earlier, Memory};

/// The store of a run.
pub(super) struct State {
    store: Store,
    given: GivenState,
}

impl State {
    pub(super) fn open(mut given: GivenState) -> Result<Self, StoreError> {
        let store = Store::shared(Path::new(&given.folder), given.durability())?;
        if given.again().is_some() {
            let run = store.reader().run_called(&given.run)?;
            (given.run, given.name) = (run.id, run.name);
        }
        Ok(Self { store, given })
    }

    /// The id of the run.
    pub(super) fn run(&self) -> &str {
        &self.given.run
    }

    /// Fills in how long tasks took before, where the plan does not say.
    pub(super) fn estimate(&self, graph: &mut GraphSpec) -> Result<(), StoreError> {
        estimate(graph, &self.given.name, self.store.reader())
    }

    /// Writes the run down, or takes over the one that is to go on.
    pub(super) fn begin(
        &self,
        plan: String,
        graph: &Graph,
        inbox: &Arc<Inbox>,
    ) -> Result<Memory, StoreError> {
        let plan = Plan {
            secrets: self.given.secrets.clone(),
            ..Plan::new(self.given.name.clone(), plan)
        };
        let results = self.results(&plan);
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
            self.prune()?;
            return Ok(Memory {
                details: Some(journal.details()),
                journal: Some(Box::new(journal)),
                results,
                ..Memory::default()
            });
        };
        let how = Resume {
            again,
            accepts_changed_plan: self.given.accepts_changed_plan,
        };
        let text = plan.stored_text();
        let resumed = self.store.resume(&self.given.run, plan, how, observer);
        let (journal, resumed) = resumed.map_err(|error| self.explained(error, &text))?;
        self.prune()?;
        let earlier = resumed.kept.iter().map(earlier);
        let needed = graph
            .tasks()
            .filter(|&task| !graph.edges_of(task).is_empty());
        let needed: HashSet<_> = needed.map(|task| graph.path(task)).collect();
        Ok(Memory {
            details: Some(journal.details()),
            journal: Some(Box::new(journal)),
            earlier: earlier.collect(),
            results,
            ended: resumed.ended(|path| needed.contains(path)),
        })
    }

    /// Says what has changed in a plan that is not accepted.
    fn explained(&self, error: StoreError, plan: &str) -> StoreError {
        let StoreError::PlanChanged { run, .. } = error else {
            return error;
        };
        let before = self.store.reader().plan(&run).unwrap_or_default();
        let changes = changes::between(&before, plan);
        StoreError::PlanChanged { run, changes }
    }

    /// Where results are remembered.
    fn results(&self, plan: &Plan) -> Results {
        Results {
            memo: (!self.given.no_cache).then(|| self.store.memo().clone()),
            plan: plan.name.clone(),
            secrets: plan.secrets.clone(),
        }
    }

    /// Deletes the runs that are not to be kept. The one that begins is.
    fn prune(&self) -> Result<(), StoreError> {
        let retention = Retention {
            keep_runs: self.given.keep_runs,
            max_age: self.given.max_age,
        };
        if retention == Retention::default() {
            return Ok(());
        }
        self.store.prune(retention).map(|_| ())
    }

    /// Remembers how long tasks took. That it cannot be is no failure of a run.
    pub(super) fn remember(&self, durations: Vec<(String, Duration)>) {
        let name = &self.given.name;
        let keys = durations.into_iter();
        let durations = keys.map(|(path, time)| (key_of(name, &path), time));
        let _ = self.store.remember_durations(durations.collect());
    }
}

fn earlier(task: &Kept) -> (String, Earlier) {
    let took = task.started.zip(task.ended);
    let earlier = Earlier {
        attempts: task.attempts,
        started: task.started,
        duration: took.map_or(Duration::ZERO, |(from, to)| to.since(from)),
        worker: task.worker,
        exit_code: task.exit_code,
        is_partial: task.output.as_ref().is_some_and(|it| !it.is_whole),
        blob: task.output.as_ref().and_then(blob),
        streams: task.streams.as_slice().into(),
    };
    (task.path.clone(), earlier)
}

/// What only the host reads of an output.
fn blob(output: &Output) -> Option<Arc<str>> {
    let blob = std::str::from_utf8(output.blob.as_deref()?).ok()?;
    Some(blob.into())
}

fn key_of(plan: &str, path: &str) -> String {
    format!("{plan}/{path}")
}

/// Fills in how long the tasks of a plan took before, where it does not say.
pub(in crate::app) fn estimate(
    graph: &mut GraphSpec,
    plan: &str,
    reader: &StoreReader,
) -> Result<(), StoreError> {
    let mut keys = Vec::new();
    each_unknown(&mut graph.tasks, plan, &mut |key, _| keys.push(key));
    let known = reader.durations(keys.iter().map(String::as_str))?;
    each_unknown(&mut graph.tasks, plan, &mut |key, task| {
        task.estimate = known.get(&key).copied();
    });
    Ok(())
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
