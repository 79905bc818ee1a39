//! Runs of graphs: submitted as JSON, driven by a thread of their own, done by
//! the workers of a pool and by programs, and polled.
//!
//! # JSON
//! Keys that are not named here are refused.
//!
//! | key of the run | |
//! |---|---|
//! | `tasks` | see below |
//! | `maxConcurrency` | how many slots it has; the processors, at least 5 |
//! | `groups` | `[{"name", "limit"}]`: slots that some tasks share beside those of the run |
//! | `stopOnError`, `allowedFailures` | stops at the first failure, or at the one after so many |
//! | `timeoutSeconds` | how long it may take |
//! | `graceSeconds` | how long a worker may go on after a stop before it is given up; 5 |
//! | `jitterSeed` | the same seed gives the same delays |
//! | `state` | `{"folder", "name", "run", "resume", "acceptsChangedPlan", "durability"}`: keeps the run under this id in the store of a folder. `resume` goes on with the run of this id, else with the latest whose name that is: `unfinished` repeats what had not ended, `unsuccessful` also what had failed. `durability` is `normal` or `full`; with `keepRuns`, all but the latest so many runs are deleted, with `maxAgeSeconds` those that are older. What is in `secrets`, by name, is masked in all that is stored. With `noCache`, memos are neither read nor written |
//!
//! | key of a task | |
//! |---|---|
//! | `name` | unique among the tasks beside it |
//! | `kind` | `host` (the default): the host's workers do it. `program`. `graph` and `race`: `tasks` are inside. `forEach`: the host says what is inside, once it is ready |
//! | `dependsOn`, `after` | names of tasks beside it that have to succeed, or only to be over |
//! | `phase` | it starts once every task of a lower phase beside it is over |
//! | `group`, `weight`, `priority`, `estimateSeconds` | what it shares, how many slots it takes, what comes first |
//! | `timeoutSeconds` | how long an attempt may run, from its real start |
//! | `retry` | `{"count", "delaySeconds", "exponential", "maxDelaySeconds", "jitter", "onTimeout", "onKinds"}` |
//! | `onResume` | of tasks of the host and programs: what becomes of it if it was under way when the process died, once the run goes on. `rerun` (the default); `skip`: it ends as `Skipped` with the `skipReason` `Interrupted`, for good, and what depends on it starts; `fail`: it ends as `Failed` without another attempt, until somebody resumes what was `unsuccessful` |
//! | `content` | what the host does for it, in a word that changes with it: a run does not go on with another |
//! | `memo` | of tasks of the host and programs: what the result depends on, if it is to be remembered; see below. The run needs a `state` |
//! | `conditional` | whether the host is asked if it runs |
//! | `finally` | whether it runs after all others, however those ended |
//! | `continueOnError` | whether its failure stops and skips nobody |
//! | `argv`, `env`, `cwd`, `graceSeconds`, `maxOutputBytes`, `successCodes` | of programs, as in [`crate::engine::batch`] |
//!
//! The kind of a program's failure, for `onKinds`, is its exit code (128 more
//! than the signal that ended it); 0 if it could not be started.
//!
//! # Memo
//! A task with `memo` is looked up before it starts, once it has its slots. If
//! the same has succeeded before, nobody runs it: it succeeds with what was given
//! out then. While one task computes, in this run, in another or in another
//! process, the others that would do the same wait for it. Failures are not
//! remembered.
//!
//! The keys say what the result depends on: `script` (the content; programs have
//! their `argv`), `kind`, `functions` (texts by name), `parameters` and `using`
//! (values by name), `inputs` (paths of files and folders, whose content counts),
//! `environment` (values by name, `null` for none; programs also have `env`),
//! `folder` (where it runs; programs have `cwd`), `host` (what runs it, and which
//! version). Whatever the tasks gave out that it `dependsOn` is part of it too. A
//! result is remembered for `maxAgeSeconds`, if that is there, and can be cleared
//! by `label`, which else is the name of the plan, a slash and that of the task.
//!
//! # Host
//! The host's workers get items of a queue, as from any other queue. The lowest
//! 32 bits of an item are the number of the task, the next 30 that of the
//! attempt, and the highest two what is asked: 0 to run it, 1 whether it runs,
//! 2 what is inside it. Before a worker ends the item it may report, as JSON:
//! `{"output": value}` or `{"error": {"message", "kind"}}` for a run, both with
//! `exitCode` if there is one, `blob` (the output as a text that only the host
//! reads), `streams` (`[{"stream": number, "text"}]`), and `partial` if there is
//! more to the output than value and blob: it is not remembered then, and a run
//! that goes on repeats the task if another needs it.
//! `{"runs": bool}` for a condition, `{"tasks": […]}` for what is inside.
//!
//! # Report
//! A poll gives `run` (its id, if it is kept), `status` (`Running`, `Completed`, `Failed`, `Stopped`),
//! `reason` (why it was cancelled), `error`, `elapsedSeconds`, `counts`,
//! `events`, `cursor`, `more`; for cursor 0 also `tasks` (number, name with
//! those around it, parent), and at the end `lowerBoundSeconds` (no order could
//! have been faster with these durations), `sequentialSeconds` and
//! `criticalPath` (the tasks that would have to be faster, however many slots
//! there are). Events have
//! `sequence`, `task`, `name`, `atSeconds`, `kind` and what their kind is about;
//! kinds are `Opened`, `Expanded`, `Started`, `Output`, `Stopping`, `Retrying`,
//! `Ended`, `RunEnded`. The end of a task that is `kept`, because it ended in an
//! earlier part of the run, tells `attempts`, `durationSeconds`, `exitCode`,
//! `worker`, `startedAt` (seconds since 1970), `blob` and `streams` of then, and
//! whether its output is `partial`. That of a task that is `cached`, because its result was
//! remembered, tells `exitCode`, `blob` and `streams` of then. `notMemoized` says
//! why a result is not remembered although it was to be.

mod changes;
mod conductor;
mod course;
mod driver;
mod heard;
mod hosted;
mod inbox;
mod large;
mod memo;
mod powershells;
mod programs;
mod read;
mod report;
mod state;

use std::collections::HashMap;
use std::fmt;
use std::io;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use crate::engine::cancel::CancelReason;
use crate::engine::event::ItemId;
use crate::engine::graph::{Graph, GraphError, GraphSpec};
use crate::engine::pool::{OpenError, OpenQueue, Pool};
use crate::engine::ports::{Journal, Listener};
use crate::engine::queue::QueueOptions;
use crate::engine::schedule::{Restored, RunOptions, Schedule};
use crate::engine::WORKER_LIMIT;
use crate::process::Trees;
use crate::store::{Details, StoreError, StreamRecord, Timestamp};
pub(super) use conductor::{Begin, Conductor, Decides};
use course::Course;
use driver::{Driver, Places};
pub(super) use heard::Piece;
use hosted::{Hosted, Reports};
use inbox::{Inbox, Message};
pub(super) use large::LargeOutput;
use memo::Results;
use powershells::PowerShells;
pub(super) use powershells::{Limit, PowerShellOrder};
pub(super) use programs::ProgramWork;
use programs::Programs;
pub(super) use read::{default_limit, GivenState};
use read::{Submitted, Work};
pub(in crate::app) use report::status_name;
pub(in crate::app) use state::estimate;
use state::State;

/// How long a worker may go on after a stop before it is given up, in runs of a
/// conductor: as long as for the tasks of a cmdlet, whose user waits.
const CONDUCTED_GRACE: Duration = Duration::from_millis(300);

/// Why a run did not begin. The texts are fragments.
#[derive(Debug)]
pub enum RunError {
    /// The JSON is not one of a run.
    Json {
        /// What is wrong, and where.
        source: serde_json::Error,
    },
    /// The tasks are no graph that could be run.
    Graph {
        /// What is wrong.
        source: GraphError,
    },
    /// Something is the host's to do, and there are no workers.
    NoPool,
    /// The pool opened no queue.
    Pool {
        /// Why.
        source: OpenError,
    },
    /// The run cannot be kept, or cannot go on.
    Store {
        /// Why.
        source: StoreError,
    },
    /// The operating system gave no thread.
    System {
        /// What it said.
        source: io::Error,
    },
}

impl fmt::Display for RunError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Json { source } => source.fmt(f),
            Self::Graph { source } => source.fmt(f),
            Self::NoPool => f.write_str("a task is the host's to do, but there is no pool"),
            Self::Pool { .. } => f.write_str("the pool opened no queue for the run"),
            Self::Store { source } => write!(f, "{source}; {}", source.advice()),
            Self::System { source } => write!(f, "there is no thread for the run: {source}"),
        }
    }
}

impl std::error::Error for RunError {}

impl From<StoreError> for RunError {
    fn from(source: StoreError) -> Self {
        Self::Store { source }
    }
}

/// The workers that do what is the host's.
#[derive(Clone, Copy)]
pub struct Workers<'a> {
    /// Whose they are.
    pub pool: &'a Pool,
    /// The host's name for the run; a worker gets it when it attaches.
    pub tag: u64,
}

/// How a run goes on that began before, and where its course is kept.
#[derive(Default)]
pub struct Memory {
    /// Keeps its course.
    pub journal: Option<Box<dyn Journal>>,
    /// The tasks that ended before, by path: they are not done again.
    pub ended: HashMap<String, Restored>,
    /// What else is known of them, by path.
    pub earlier: HashMap<String, Earlier>,
    /// Takes what the schedule does not know of attempts.
    pub details: Option<Details>,
    /// What need not run again.
    results: Results,
}

/// The last attempt of a task that ended in an earlier part of a run.
#[derive(Debug, Clone)]
pub struct Earlier {
    /// How many there were.
    pub attempts: u32,
    /// When it started.
    pub started: Option<Timestamp>,
    /// How long it took.
    pub duration: Duration,
    /// Who ran it.
    pub worker: Option<u32>,
    /// With which exit code it ended.
    pub exit_code: Option<i32>,
    /// Whether there was more to its output than is kept.
    pub is_partial: bool,
    /// The output as only the host reads it.
    pub blob: Option<Arc<str>>,
    /// What came on its streams, in order.
    pub streams: Arc<[StreamRecord]>,
}

/// A run whose tasks a conductor does.
pub(super) struct Conducted {
    pub(super) graph: GraphSpec,
    pub(super) options: RunOptions,
    pub(super) conductor: Box<dyn Conductor>,
    /// Where it is kept, if it is, and what it does, in words that a run that goes on is
    /// compared by.
    pub(super) kept: Option<(GivenState, String)>,
    /// Whether those who follow it hear what programs write, as it comes.
    pub(super) is_heard: bool,
}

/// A run in the background.
///
/// Every method may be called from any thread, several at once. Dropping it
/// cancels it; programs of it are killed before the drop returns.
#[derive(Debug)]
pub struct Run {
    course: Arc<Course>,
    inbox: Arc<Inbox>,
    trees: Arc<Trees>,
    reports: Arc<Reports>,
}

impl Run {
    /// Begins a run; [`self`] describes its JSON.
    pub fn start(
        json: &str,
        workers: Option<Workers<'_>>,
        memory: Memory,
    ) -> Result<Self, RunError> {
        let submitted = read::run(json).map_err(|source| RunError::Json { source })?;
        Self::begin(submitted, workers, memory, None)
    }

    /// Begins a run whose tasks a conductor does, with workers for what it leaves to the
    /// host.
    pub(super) fn conducted(
        conducted: Conducted,
        workers: Option<Workers<'_>>,
    ) -> Result<Self, RunError> {
        let Conducted {
            graph,
            options,
            conductor,
            kept,
            is_heard,
        } = conducted;
        let (state, plan) = kept.map_or((None, String::new()), |(state, plan)| (Some(state), plan));
        let submitted = Submitted {
            graph,
            works: Vec::new(),
            options,
            grace: CONDUCTED_GRACE,
            state,
            plan,
            is_heard,
        };
        Self::begin(submitted, workers, Memory::default(), Some(conductor))
    }

    fn begin(
        submitted: Submitted,
        workers: Option<Workers<'_>>,
        memory: Memory,
        conductor: Option<Box<dyn Conductor>>,
    ) -> Result<Self, RunError> {
        let grace = submitted.grace;
        let Submitted {
            mut graph,
            works,
            options,
            state,
            plan,
            is_heard,
            ..
        } = submitted;
        let state = state.map(State::open).transpose()?;
        if let Some(state) = &state {
            state.estimate(&mut graph)?;
        }
        let graph = Graph::new(graph).map_err(|source| RunError::Graph { source })?;
        let needs_host = has_host_work(&works) || graph.asks_the_host();
        if needs_host && workers.is_none() && conductor.is_none() {
            return Err(RunError::NoPool);
        }
        let (inbox, trees) = (Arc::<Inbox>::default(), Arc::new(Trees::new()));
        let reports = Arc::<Reports>::default();
        let ears = Ears {
            inbox: Arc::clone(&inbox),
            reports: Arc::clone(&reports),
        };
        let queue = workers.map(|workers| open(workers, &graph, grace, ears));
        let queue = queue
            .transpose()
            .map_err(|source| RunError::Pool { source })?;
        let mut places = Places {
            hosted: queue.map(|queue| Hosted::new(queue, Arc::clone(&reports))),
            programs: Programs::new(Arc::clone(&trees), Arc::clone(&inbox)),
            powershells: PowerShells::new(Arc::clone(&trees), Arc::clone(&inbox)),
            conductor,
        };
        let mut memory = match &state {
            Some(state) => state.begin(plan, &graph, &inbox)?,
            None => memory,
        };
        let first = graph.root_tasks().start;
        let tasks = driver::known(&graph, 0);
        let ended = std::mem::take(&mut memory.ended);
        let schedule = Schedule::going_on(graph, options, ended);
        let id = state.as_ref().map(State::run);
        let course = Arc::new(Course::new(id, tasks, schedule.counts()));
        if is_heard {
            places.programs.listen(Arc::clone(&course));
            places.powershells.listen(Arc::clone(&course));
        }
        let (of_driver, of_inbox) = (Arc::clone(&course), Arc::clone(&inbox));
        let mut driver = Driver::new(schedule, of_driver, of_inbox, places, memory);
        driver.learn(first, works);
        if let Some(state) = state {
            driver.when_over(move |durations| state.remember(durations));
        }
        thread::Builder::new()
            .name("oe-run".to_owned())
            .spawn(move || driver.run())
            .map_err(|source| RunError::System { source })?;
        Ok(Self {
            course,
            inbox,
            trees,
            reports,
        })
    }

    /// What is new after the cursor (0 at first, then that of the last report),
    /// as JSON. Waits up to `limit` for an event, unless the run has ended; with
    /// a cursor that is never reached, such as the highest, it so waits for the
    /// end.
    pub fn poll(&self, cursor: u64, limit: Duration) -> String {
        let view = self.course.wait(cursor, limit);
        report::of(&view, self.course.now())
    }

    /// The same, with what attempts have written since the last time; that ends the
    /// wait, too. Only a run that is conducted and heard has any.
    pub(super) fn follow(&self, cursor: u64, limit: Duration) -> (String, Vec<Piece>) {
        let (view, pieces) = self.course.follow(cursor, limit);
        (report::of(&view, self.course.now()), pieces)
    }

    /// How a task ended, as the JSON of its event; `None` if it has not. The
    /// number is that of a report or an item. What a task needs has always
    /// ended when it starts, so its worker can read here what came of it.
    pub fn end_of(&self, task: u32) -> Option<String> {
        report::of_end(&self.course.end_of(task)?)
    }

    /// What a worker is told of an item that it has pulled, beyond the item itself;
    /// `None` if there is nothing, or the item has ended.
    pub(super) fn order(&self, item: ItemId) -> Option<Arc<str>> {
        self.reports.order(item)
    }

    /// Ends the run before its time. Returns at once; polls show the end. Has
    /// no effect on a run that has ended.
    pub fn cancel(&self) {
        self.cancel_for(CancelReason::Requested);
    }

    /// Ends the run and kills its programs at once. Nothing of it lives when this
    /// returns, even if the process ends right after.
    pub(super) fn kill(&self) {
        self.cancel_for(CancelReason::HostGone);
        self.trees.kill_all();
    }

    fn cancel_for(&self, reason: CancelReason) {
        self.inbox.post(Message::Cancel { reason });
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        // Its thread would come to it too, but only if this process lives.
        self.kill();
    }
}

fn has_host_work(works: &[Work]) -> bool {
    works.iter().any(|work| match work {
        Work::Host => true,
        Work::Program(_) => false,
        Work::Inside(works) => has_host_work(works),
        Work::Remembered(_, work) => has_host_work(std::slice::from_ref(work)),
    })
}

/// Hears what comes from a run's queue.
struct Ears {
    inbox: Arc<Inbox>,
    reports: Arc<Reports>,
}

impl Listener for Ears {
    fn ring(&self) {
        self.inbox.ring();
    }

    fn hear(&self, item: ItemId, report: &str) -> Result<bool, String> {
        let report = read::report(report).map_err(|error| error.to_string())?;
        Ok(self.reports.put(item, report))
    }
}

/// Opens a queue for what the host does.
fn open(
    workers: Workers<'_>,
    graph: &Graph,
    grace: Duration,
    ears: Ears,
) -> Result<OpenQueue, OpenError> {
    // What is asked beside the running tasks takes no slot of theirs.
    let limit = graph.limit().saturating_add(1).min(WORKER_LIMIT);
    let queue = workers.pool.open(QueueOptions {
        tag: workers.tag,
        worker_limit: limit,
        // The run has slots; nothing is ever queued beyond them.
        input_capacity: usize::MAX,
        output_capacity: usize::MAX,
        item_timeout: None,
        timeout: None,
        stop_grace: grace,
        is_for_tasks: true,
    })?;
    queue.listen(Box::new(ears));
    Ok(queue)
}

#[cfg(all(test, unix))]
mod tests;
