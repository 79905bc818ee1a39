//! What several files of the tests need.

mod bad_state_tests;
mod folder_tests;
mod journal_tests;
mod memo_tests;
mod ownership_tests;
mod resume_tests;
mod retention_tests;
mod schema_tests;
mod secret_tests;
mod shared_tests;

use std::collections::{HashMap, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};
use std::sync::Arc;
use std::time::Duration;
use std::{env, fs, process};

use rusqlite::Connection;

use crate::engine::clock::Moment;
use crate::engine::graph::{Graph, GraphSpec, TaskSpec};
use crate::engine::ports::{Attempt, Step};
use crate::engine::schedule::{Action, Ending, Input, Restored, RunOptions, RunStatus, Schedule};

use super::{AttemptRecord, Clock, Plan, RunJournal, Store, StoreError, StoreOptions, Timestamp};

/// Long enough for anything that happens at all.
const LIMIT: Duration = Duration::from_secs(60);

/// A state folder that is gone at the end.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let around = env::temp_dir().join(format!("oe-store-{}-{number}", process::id()));
        Self(around)
    }

    /// The state folder, which does not exist at first.
    fn path(&self) -> PathBuf {
        self.0.join("state")
    }

    fn database(&self) -> PathBuf {
        self.path().join("orchestration.db")
    }

    fn open(&self) -> Store {
        self.open_with(StoreOptions::default())
    }

    fn open_with(&self, options: StoreOptions) -> Store {
        Store::open(&self.path(), options).expect("a store")
    }

    /// The database, past all that the store checks.
    fn raw(&self) -> Connection {
        Connection::open(self.database()).expect("the database")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A clock that the test sets.
#[derive(Clone, Default)]
struct HandClock(Arc<AtomicI64>);

impl HandClock {
    fn advance(&self, time: Duration) {
        let time = i64::try_from(time.as_nanos()).expect("a short time");
        self.0.fetch_add(time, Ordering::SeqCst);
    }

    fn options(&self) -> StoreOptions {
        let hand = self.clone();
        let now = move || Timestamp::from_nanoseconds(hand.0.load(Ordering::SeqCst));
        StoreOptions {
            clock: Clock::new(now),
            ..StoreOptions::default()
        }
    }
}

fn plan() -> Plan {
    Plan::new("build", "the plan")
}

fn begin(store: &Store, id: &str) -> RunJournal {
    store.begin(id, plan(), |_| {}).expect("a run")
}

/// Drives a schedule one input at a time and keeps each step.
struct Driver {
    schedule: Schedule,
    journal: RunJournal,
    milliseconds: u64,
    starts: VecDeque<Attempt>,
}

impl Driver {
    fn new(tasks: Vec<TaskSpec>, journal: RunJournal) -> Self {
        Self::going_on(tasks, journal, HashMap::new())
    }

    /// The same for tasks of which some had ended before.
    fn going_on(
        tasks: Vec<TaskSpec>,
        journal: RunJournal,
        ended: HashMap<String, Restored>,
    ) -> Self {
        let graph = Graph::new(GraphSpec {
            limit: 2,
            groups: Vec::new(),
            tasks,
        });
        let graph = graph.expect("a graph");
        Self {
            schedule: Schedule::going_on(graph, RunOptions::default(), ended),
            journal,
            milliseconds: 0,
            starts: VecDeque::new(),
        }
    }

    /// Takes in one input and keeps what comes of it.
    fn tell(&mut self, input: Input) -> Result<(), StoreError> {
        self.milliseconds += 1;
        let now = Moment::after_start(Duration::from_millis(self.milliseconds));
        let starts: Vec<_> = self
            .schedule
            .on(input, now)
            .iter()
            .filter_map(|action| match *action {
                Action::Start { task, attempt } => Some(Attempt {
                    task,
                    number: attempt,
                }),
                _ => None,
            })
            .collect();
        self.starts.extend(&starts);
        self.journal.record(Step {
            run: &self.schedule,
            events: self.schedule.new_events(),
            starts: &starts,
        })
    }

    fn begin(&mut self) -> Result<(), StoreError> {
        self.tell(Input::Tick)
    }

    /// Starts the first attempt that is to start.
    fn start(&mut self) -> Result<Attempt, StoreError> {
        let attempt = self.starts.pop_front().expect("something to start");
        self.tell(Input::Started {
            task: attempt.task,
            attempt: attempt.number,
        })?;
        Ok(attempt)
    }

    fn end(&mut self, attempt: Attempt, ending: Ending) -> Result<(), StoreError> {
        self.tell(Input::Ended {
            task: attempt.task,
            attempt: attempt.number,
            ending,
        })
    }

    /// Runs to the end. The function says how an attempt of a task ends.
    fn run(&mut self, mut ending: impl FnMut(&str, u32) -> Ending) -> RunStatus {
        self.begin().expect("a step");
        while !self.starts.is_empty() {
            let attempt = self.start().expect("a step");
            let path = self.schedule.graph().path(attempt.task);
            let ending = ending(&path, attempt.number);
            self.end(attempt, ending).expect("a step");
        }
        self.schedule.status()
    }
}

fn success() -> Ending {
    Ending::Succeeded { output: None }
}

/// What is on record of a run, one line an attempt.
fn lines(store: &Store, run: &str) -> Vec<String> {
    let attempts = store.reader().attempts(run).expect("the attempts");
    attempts.iter().map(line).collect()
}

fn line(record: &AttemptRecord) -> String {
    let outcome = match record.outcome {
        Some(outcome) => format!("{outcome:?}"),
        None => "under way".to_owned(),
    };
    let started = if record.started.is_some() {
        ""
    } else {
        ", never started"
    };
    let last = if record.is_final { ", final" } else { "" };
    let message = record.message.as_deref().unwrap_or_default();
    let message = if message.is_empty() {
        String::new()
    } else {
        format!(": {message}")
    };
    format!(
        "{} {} {outcome}{started}{last}{message}",
        record.path, record.attempt
    )
}

/// Whether some bytes are anywhere in the files of a folder.
fn is_in_files(folder: &Path, bytes: &[u8]) -> bool {
    let entries = fs::read_dir(folder).expect("the folder");
    let files = entries.map(|entry| entry.expect("an entry").path());
    // A lock's file is empty, and cannot be read everywhere.
    files
        .filter(|path| path.extension().is_none_or(|extension| extension != "lock"))
        .map(fs::read)
        .map(|content| content.expect("a file"))
        .any(|content| content.windows(bytes.len()).any(|it| it == bytes))
}
