//! What the crash test and the crash bench share: a process that works on a run,
//! and one that kills it and judges what it left.

use std::collections::{HashMap, HashSet, VecDeque};
use std::ffi::OsString;
use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::hash::{BuildHasher, RandomState};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{self, Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use orchestration_engine::engine::clock::Moment;
use orchestration_engine::engine::graph::{Graph, GraphSpec, TaskSpec};
use orchestration_engine::engine::ports::{Attempt, Step};
use orchestration_engine::engine::schedule::{
    Action, Ending, Input, Restored, RunOptions, RunStatus, Schedule,
};
use orchestration_engine::store::{
    Outcome, Plan, Resume, Retention, RunJournal, Store, StoreError, StoreOptions, StoreReader,
};

/// Names the folder to the child.
pub(crate) const FOLDER: &str = "OE_TEST_CRASH_FOLDER";

/// Layers of so many tasks; each but those of the first needs one of the layer
/// before.
const WIDTH: u32 = 40;
const LAYERS: u32 = 100;
const TASKS: u32 = WIDTH * LAYERS;
/// How many tasks run at once.
const SLOTS: u32 = 8;
/// What is judged after each kill.
const KEPT: Retention = Retention {
    keep_runs: Some(3),
    max_age: None,
};
/// No child works for longer, unless it hangs.
const HANG: Duration = Duration::from_secs(120);

fn name(task: u32) -> String {
    format!("task{task}")
}

fn state(folder: &Path) -> PathBuf {
    folder.join("state")
}

// ---- the one who is killed ----

/// Works on the latest run until it ends; begins one if there is none to resume.
pub(crate) fn work(folder: &Path) {
    let store = Store::open(&state(folder), StoreOptions::default()).expect("a store");
    // So that it can be killed in the middle of this, too.
    store.prune(KEPT).expect("a count");
    let latest = store.reader().runs().expect("the runs").into_iter().next();
    let plan = Plan::new("crash", "the plan");
    let (journal, ended) = match latest {
        Some(run) if run.status != RunStatus::Completed => {
            let resumed = store.resume(&run.id, plan, Resume::default(), |_| {});
            let (journal, resumed) = resumed.expect("a run that nobody has");
            (journal, resumed.ended(|_| true))
        }
        latest => {
            let id = latest.map_or(1, |run| run.id.parse::<u32>().expect("a number") + 1);
            let begun = store.begin(&id.to_string(), plan, |_| {});
            (begun.expect("a run"), HashMap::new())
        }
    };
    Worker::new(folder, journal, ended)
        .run()
        .expect("a journal");
}

/// Writes into a ledger of its own what it does, so that the journal can be
/// compared with it.
struct Worker {
    ledger: File,
    journal: RunJournal,
    schedule: Schedule,
    begun: Instant,
    to_start: VecDeque<Attempt>,
}

impl Worker {
    fn new(folder: &Path, journal: RunJournal, ended: HashMap<String, Restored>) -> Self {
        let path = folder.join(format!("ledger-{}", journal.id()));
        let ledger = OpenOptions::new().create(true).append(true).open(path);
        Self {
            ledger: ledger.expect("a ledger"),
            journal,
            schedule: Schedule::going_on(graph(), RunOptions::default(), ended),
            begun: Instant::now(),
            to_start: VecDeque::new(),
        }
    }

    fn run(mut self) -> Result<(), StoreError> {
        self.tell(Input::Tick)?;
        while !self.to_start.is_empty() {
            for attempt in std::mem::take(&mut self.to_start) {
                let (task, number) = (attempt.task, attempt.number);
                self.note("start", task);
                self.tell(Input::Started {
                    task,
                    attempt: number,
                })?;
                let ending = Ending::Succeeded { output: None };
                self.tell(Input::Ended {
                    task,
                    attempt: number,
                    ending,
                })?;
                self.note("done", task);
            }
        }
        assert_eq!(self.schedule.status(), RunStatus::Completed);
        Ok(())
    }

    fn tell(&mut self, input: Input) -> Result<(), StoreError> {
        let now = Moment::after_start(self.begun.elapsed());
        let actions = self.schedule.on(input, now).iter();
        let starts: Vec<_> = actions.filter_map(start).collect();
        self.journal.record(Step {
            run: &self.schedule,
            events: self.schedule.new_events(),
            starts: &starts,
        })?;
        self.to_start.extend(starts);
        Ok(())
    }

    fn note(&mut self, what: &str, task: u32) {
        let line = format!("{what} {}\n", self.schedule.graph().name(task));
        // One write, which a kill cannot tear apart.
        self.ledger.write_all(line.as_bytes()).expect("a line");
    }
}

fn start(action: &Action) -> Option<Attempt> {
    match *action {
        Action::Start { task, attempt } => Some(Attempt {
            task,
            number: attempt,
        }),
        _ => None,
    }
}

fn graph() -> Graph {
    let tasks = (0..TASKS).map(|task| {
        let before = task.checked_sub(WIDTH);
        TaskSpec::new(name(task)).needs(before.map(name))
    });
    let graph = Graph::new(GraphSpec {
        limit: SLOTS,
        groups: Vec::new(),
        tasks: tasks.collect(),
    });
    graph.expect("a graph")
}

// ---- the one who kills ----

/// Kills children and judges what they leave.
pub(crate) struct Kills {
    folder: PathBuf,
    arguments: Vec<OsString>,
    random: RandomState,
    /// How long a child takes, about.
    span: Duration,
    children: u32,
    killed: u32,
    /// How many runs there have been.
    runs: u32,
}

/// What came of it.
pub(crate) struct Report {
    killed: u32,
    runs: u32,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { killed, runs } = self;
        write!(
            f,
            "{killed} kills, {runs} runs of {TASKS} tasks: every task succeeded once, none that \
             was committed ran again, no repair needed"
        )
    }
}

impl Drop for Kills {
    fn drop(&mut self) {
        if !thread::panicking() {
            let _ = fs::remove_dir_all(&self.folder);
        }
    }
}

impl Kills {
    /// The children are this program with these arguments.
    pub(crate) fn begin(arguments: &[&str]) -> Self {
        let folder = std::env::temp_dir().join(format!("oe-crash-{}", process::id()));
        fs::create_dir_all(&folder).expect("a folder");
        let mut kills = Self {
            folder,
            arguments: arguments.iter().map(OsString::from).collect(),
            random: RandomState::new(),
            span: Duration::ZERO,
            children: 0,
            killed: 0,
            runs: 0,
        };
        let begun = Instant::now();
        let mut child = kills.spawn();
        kills.wait(&mut child, HANG);
        kills.span = begun.elapsed();
        kills
    }

    /// Kills so many that were at work, lets the last run end and judges all.
    pub(crate) fn until(mut self, count: u32) -> Report {
        while self.killed < count {
            let mut child = self.spawn();
            let chance = self.random.hash_one(self.children) as f64 / u64::MAX as f64;
            if !self.wait(&mut child, self.span.mul_f64(chance)) {
                child.kill().expect("a child");
                child.wait().expect("its end");
                self.killed += 1;
            }
            self.judge(false);
        }
        let mut child = self.spawn();
        assert!(self.wait(&mut child, HANG), "it hangs");
        self.judge(true);
        Report {
            killed: self.killed,
            runs: self.runs,
        }
    }

    fn spawn(&mut self) -> Child {
        self.children += 1;
        let program = std::env::current_exe().expect("this program");
        let child = Command::new(program)
            .args(&self.arguments)
            .env(FOLDER, &self.folder)
            .stdout(Stdio::null())
            .spawn();
        child.expect("a child")
    }

    /// Waits for a child to end; whether it has.
    fn wait(&self, child: &mut Child, limit: Duration) -> bool {
        let begun = Instant::now();
        loop {
            if let Some(status) = child.try_wait().expect("a child") {
                assert!(status.success(), "a child failed: {status}");
                return true;
            }
            let left = limit.saturating_sub(begun.elapsed());
            if left.is_zero() {
                return false;
            }
            thread::sleep(left.min(Duration::from_millis(1)));
        }
    }

    /// Compares the journal of each run that is kept with its ledger.
    fn judge(&mut self, is_over: bool) {
        let reader = match StoreReader::open(&state(&self.folder)) {
            Ok(reader) => reader,
            // It was killed before it had made the tables.
            Err(StoreError::Missing { .. }) if !is_over => return,
            Err(error) => panic!("{error}"),
        };
        assert_eq!(reader.check(), Ok(Vec::new()), "the database is damaged");
        let runs = reader.runs().expect("the runs");
        for run in &runs {
            self.runs = self.runs.max(run.id.parse().expect("a number"));
            let mut successes = HashMap::new();
            for record in reader.attempts(&run.id).expect("the attempts") {
                if record.outcome == Some(Outcome::Succeeded) {
                    *successes.entry(record.path).or_insert(0) += 1;
                }
            }
            let is_once = successes.values().all(|count| *count == 1);
            assert!(is_once, "a task of run {} succeeded twice", run.id);
            self.compare_with_ledger(&run.id, &successes);
            assert!(
                !is_over || run.status == RunStatus::Completed,
                "run {}",
                run.id
            );
            if run.status == RunStatus::Completed {
                let all = (0..TASKS).all(|task| successes.contains_key(&name(task)));
                assert!(all, "a task of run {} never succeeded", run.id);
            }
        }
    }

    fn compare_with_ledger(&self, run: &str, successes: &HashMap<String, u32>) {
        let ledger = fs::read_to_string(self.folder.join(format!("ledger-{run}")));
        let ledger = ledger.unwrap_or_default();
        let mut done = HashSet::new();
        for line in ledger.lines() {
            let (what, task) = line.split_once(' ').expect("a whole line");
            if what == "start" {
                assert!(!done.contains(task), "{task} was committed and ran again");
            } else {
                assert!(
                    successes.contains_key(task),
                    "{task} was committed and is lost"
                );
                done.insert(task);
            }
        }
    }
}
