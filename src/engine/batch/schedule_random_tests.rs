//! Random courses of a batch: whatever the world does, the promises hold.

use std::collections::hash_map::RandomState;
use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::hash::{BuildHasher, Hasher};
use std::time::Duration;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use super::{exited, result, stopped};
use crate::engine::batch::{
    Action, Counts, Ending, Exit, Input, ProgramSpec, Schedule, TaskSpec, TaskState, What, Work,
};
use crate::engine::cancel::CancelReason;

const RUNS: u32 = 4096;

/// What the world does next. The number picks one of those that could do it.
#[derive(Debug, Clone)]
enum Move {
    Begin(usize),
    End(usize, EndKind),
    Wait(u64),
    Cancel(CancelReason),
    /// An input about any task, whether it fits or not.
    Stray(usize, bool),
}

#[derive(Debug, Clone, Copy)]
enum EndKind {
    Well,
    Badly,
    NotAtAll,
    AsTold,
}

fn moves() -> impl Strategy<Value = Move> {
    let kind = prop_oneof![
        4 => Just(EndKind::Well),
        1 => Just(EndKind::Badly),
        1 => Just(EndKind::NotAtAll),
        3 => Just(EndKind::AsTold),
    ];
    let reason = prop_oneof![Just(CancelReason::Requested), Just(CancelReason::HostGone)];
    prop_oneof![
        20 => any::<usize>().prop_map(Move::Begin),
        20 => (any::<usize>(), kind).prop_map(|(pick, kind)| Move::End(pick, kind)),
        10 => (0..8_u64).prop_map(Move::Wait),
        1 => reason.prop_map(Move::Cancel),
        4 => (any::<usize>(), any::<bool>()).prop_map(|(pick, end)| Move::Stray(pick, end)),
    ]
}

/// The driver of a schedule, and the judge of what it says.
struct World {
    schedule: Schedule,
    limit: usize,
    now: u64,
    timeouts: Vec<Option<u64>>,
    /// Those that were to be started, with the time they began at.
    alive: BTreeMap<usize, Option<u64>>,
    /// Those that were to be stopped.
    told: BTreeMap<usize, CancelReason>,
    ever_started: BTreeSet<usize>,
    finishes: usize,
}

impl World {
    fn new(timeouts: Vec<Option<u64>>, limit: usize) -> Self {
        let task = |(index, timeout): (usize, &Option<u64>)| TaskSpec {
            name: index.to_string(),
            timeout: timeout.map(Duration::from_millis),
            work: Work::Program(ProgramSpec::new("true")),
        };
        let tasks: Vec<_> = timeouts.iter().enumerate().map(task).collect();
        Self {
            schedule: Schedule::new(&tasks, limit),
            limit,
            now: 0,
            timeouts,
            alive: BTreeMap::new(),
            told: BTreeMap::new(),
            ever_started: BTreeSet::new(),
            finishes: 0,
        }
    }

    fn feed(&mut self, input: Input) {
        let actions = self.schedule.on(input, Duration::from_millis(self.now));
        for action in actions {
            match action {
                Action::Start { task } => {
                    assert!(self.ever_started.insert(task), "{task} started twice");
                    self.alive.insert(task, None);
                }
                Action::Stop { task, reason } => {
                    assert!(self.alive.contains_key(&task), "{task} is not there");
                    let before = self.told.insert(task, reason);
                    assert!(before < Some(reason), "{task} told again for less");
                }
                Action::Finish { .. } => self.finishes += 1,
            }
        }
        self.check();
    }

    fn check(&self) {
        let counts = self.schedule.counts();
        assert!(self.alive.len() <= self.limit, "too many at once");
        let unstarted = counts.queued - self.alive.values().filter(|at| at.is_none()).count();
        assert!(
            unstarted == 0 || self.alive.len() == self.limit,
            "a slot is free while a task is queued"
        );
        let running = self.alive.values().flatten().count();
        assert_eq!(counts.running, running);
        assert_eq!(self.schedule.is_over(), self.finishes == 1);
        assert!(self.finishes <= 1);
        let ended = counts.succeeded + counts.failed + counts.timed_out + counts.stopped;
        assert_eq!(counts.queued + counts.running + ended, counts.total);
        assert_eq!(self.schedule.is_over(), ended == counts.total);
        self.check_limits();
    }

    /// Every limit that has passed was acted on.
    fn check_limits(&self) {
        for (task, begun) in &self.alive {
            if let (Some(begun), Some(timeout)) = (begun, self.timeouts[*task]) {
                let has_passed = begun + timeout <= self.now;
                assert!(!has_passed || self.told.contains_key(task));
            }
        }
    }

    fn pick(&self, pick: usize, has_begun: bool) -> Option<usize> {
        let fits = |(_, begun): &(&usize, &Option<u64>)| !has_begun || begun.is_some();
        let fitting: Vec<_> = self.alive.iter().filter(fits).collect();
        let index = pick.checked_rem(fitting.len())?;
        Some(*fitting[index].0)
    }

    fn play(&mut self, step: Move) {
        match step {
            Move::Begin(pick) => {
                if let Some(task) = self.pick(pick, false) {
                    self.begin(task);
                }
            }
            Move::End(pick, kind) => {
                if let Some(task) = self.pick(pick, false) {
                    self.end(task, kind);
                }
            }
            Move::Wait(milliseconds) => {
                self.now += milliseconds;
                self.feed(Input::Tick);
            }
            Move::Cancel(reason) => self.feed(Input::Cancel { reason }),
            Move::Stray(pick, is_end) => self.stray(pick % (self.timeouts.len() + 3), is_end),
        }
    }

    fn begin(&mut self, task: usize) {
        let begun = self.alive.get_mut(&task).expect("it is alive");
        begun.get_or_insert(self.now);
        let process_id = 1;
        self.feed(Input::Started { task, process_id });
    }

    fn end(&mut self, task: usize, kind: EndKind) {
        let has_begun = self.alive.remove(&task).expect("it is alive").is_some();
        let is_told = self.told.contains_key(&task);
        let ending = match kind {
            EndKind::Badly if has_begun => exited(7),
            EndKind::AsTold if has_begun && is_told => stopped(),
            EndKind::AsTold if is_told => Ending::NeverStarted,
            EndKind::NotAtAll => Ending::Error {
                error: "no".to_owned(),
            },
            _ => Ending::Exited(result(Exit::Code(0))),
        };
        self.feed(Input::Ended { task, ending });
    }

    fn stray(&mut self, task: usize, is_end: bool) {
        if self.alive.contains_key(&task) {
            return;
        }
        let process_id = 2;
        self.feed(if is_end {
            let ending = exited(0);
            Input::Ended { task, ending }
        } else {
            Input::Started { task, process_id }
        });
    }

    fn end_all(&mut self) {
        while let Some(task) = self.pick(0, false) {
            self.end(task, EndKind::Well);
        }
        assert!(self.schedule.is_over(), "the batch does not end");
    }

    /// The log tells of each task exactly one end, in the state that it has.
    fn check_log(&self) {
        let mut ends = BTreeMap::new();
        let mut cursor = 0;
        loop {
            let report = self
                .schedule
                .report(cursor, Duration::from_millis(self.now));
            for event in &report.events {
                cursor += 1;
                assert_eq!(event.sequence, cursor, "a gap in the log");
                let is_late = ends.contains_key(&event.task);
                assert!(!is_late, "something after the end");
                if let What::Ended(ended) = &event.what {
                    ends.insert(event.task, ended.state);
                }
            }
            assert_eq!(report.cursor, cursor);
            if !report.more {
                break;
            }
        }
        let states = (0..self.timeouts.len()).map(|task| self.schedule.state(task));
        assert!(states.eq((0..self.timeouts.len()).map(|task| ends.get(&task).copied())));
        assert_eq!(self.schedule.counts(), count(ends.values()));
    }
}

fn count<'a>(states: impl Iterator<Item = &'a TaskState>) -> Counts {
    let mut counts = Counts::default();
    for state in states {
        counts.total += 1;
        match state {
            TaskState::Succeeded => counts.succeeded += 1,
            TaskState::Failed => counts.failed += 1,
            TaskState::TimedOut => counts.timed_out += 1,
            TaskState::Stopped => counts.stopped += 1,
            TaskState::Queued | TaskState::Running => panic!("that is no end"),
        }
    }
    counts
}

/// A new seed for each run, or that of a run that failed.
fn seed() -> u64 {
    let given = env::var("OE_TEST_SEED").ok();
    let given = given.map(|text| text.parse().expect("OE_TEST_SEED is a number"));
    let seed = given.unwrap_or_else(|| RandomState::new().build_hasher().finish());
    println!("{RUNS} random batches; OE_TEST_SEED={seed} repeats them");
    seed
}

#[test]
fn whatever_the_world_does_the_promises_hold() {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed().to_le_bytes());
    let config = Config {
        cases: RUNS,
        failure_persistence: None,
        ..Config::default()
    };
    let random = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let timeouts = vec(prop_oneof![Just(None), (1..20_u64).prop_map(Some)], 0..40);
    let courses = (timeouts, 1..9_usize, vec(moves(), 0..200));
    let outcome =
        TestRunner::new_with_rng(config, random).run(&courses, |(timeouts, limit, steps)| {
            let mut world = World::new(timeouts, limit);
            world.feed(Input::Tick);
            steps.into_iter().for_each(|step| world.play(step));
            world.end_all();
            world.check_log();
            Ok(())
        });
    if let Err(failure) = outcome {
        panic!("{failure}");
    }
}
