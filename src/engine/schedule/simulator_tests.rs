//! Random runs from a seed, with a virtual clock.
//!
//! `plan_tests` makes up a graph and what the world will do, `world_tests` plays
//! it against the schedule, and `judge_tests` judges every step by books of its
//! own. A run that fails is made smaller as long as it still fails, and then
//! printed.
//! `OE_TEST_SEED` repeats a series, `OE_TEST_RUNS` says how many runs it has.

use std::collections::hash_map::RandomState;
use std::env;
use std::hash::{BuildHasher, Hasher};
use std::panic::{catch_unwind, set_hook, take_hook, AssertUnwindSafe};
use std::thread;

#[path = "plan_tests.rs"]
mod plan;
#[path = "tally_tests.rs"]
mod tally;
#[path = "world_tests.rs"]
mod world;

use plan::Plan;
use tally::{Tally, SEEN};
use world::World;

const RUNS: u64 = 100_000;

/// SplitMix64: small, fast, and the same everywhere.
#[derive(Debug, Clone)]
pub(super) struct Random(u64);

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    pub(super) fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    /// Once in so many times.
    pub(super) fn once_in(&mut self, times: u64) -> bool {
        self.below(times) == 0
    }

    /// From 1 to the limit, evenly on a logarithmic scale.
    pub(super) fn size(&mut self, limit: u64) -> usize {
        let share = (self.next() >> 11) as f64 / (1_u64 << 53) as f64;
        (share * (limit as f64 + 1.0).ln()).exp() as usize
    }
}

/// Plays a plan; what is wrong with the run, if anything is.
fn play(plan: &Plan) -> Result<Tally, String> {
    catch_unwind(AssertUnwindSafe(|| World::new(plan).run())).map_err(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
        text.unwrap_or_else(|| "a panic without a text".to_owned())
    })
}

/// What makes a failure the same one in a smaller run.
fn letters(error: &str) -> String {
    error.chars().filter(|it| it.is_alphabetic()).collect()
}

/// The smallest plan found that fails in the same way, and how.
fn shrink(mut plan: Plan, mut error: String) -> (Plan, String) {
    // It fails again and again; the last time is told of.
    let hook = take_hook();
    set_hook(Box::new(|_| ()));
    loop {
        let alike = |found: &String| letters(found) == letters(&error);
        let fails = |it: Plan| Some((play(&it).err().filter(alike)?, it));
        let smaller = plan.smaller().find_map(fails);
        let Some((found, smaller)) = smaller else {
            break;
        };
        (plan, error) = (smaller, found);
    }
    set_hook(hook);
    (plan, error)
}

/// Plays every second run from this one on; what happened, and the first
/// failure.
fn play_series(seed: u64, first: u64, runs: u64) -> (Tally, Option<(u64, Plan, String)>) {
    let mut tally = Tally::default();
    for run in (first..runs).step_by(2) {
        let plan = Plan::new(seed.wrapping_add(run));
        match play(&plan) {
            Ok(run) => tally.add(&run),
            Err(error) => {
                let (plan, error) = shrink(plan, error);
                return (tally, Some((run, plan, error)));
            }
        }
    }
    (tally, None)
}

fn number(name: &str) -> Option<u64> {
    let text = env::var(name).ok()?;
    Some(
        text.parse()
            .unwrap_or_else(|_| panic!("{name} is a number")),
    )
}

#[test]
fn whatever_happens_the_promises_hold() {
    let seed = number("OE_TEST_SEED").unwrap_or_else(|| RandomState::new().build_hasher().finish());
    let runs = number("OE_TEST_RUNS").unwrap_or(RUNS);
    let halves = thread::scope(|scope| {
        let halves = [0, 1].map(|first| scope.spawn(move || play_series(seed, first, runs)));
        halves.map(|half| half.join().expect("a series does not panic"))
    });
    let mut tally = Tally::default();
    halves.iter().for_each(|half| tally.add(&half.0));
    let tasks = tally.tasks;
    println!("{runs} random runs of {tasks} tasks; OE_TEST_SEED={seed} repeats them");
    for (_, failure) in halves {
        if let Some((run, plan, error)) = failure {
            let seed = seed.wrapping_add(run);
            panic!("{error}\nin run {run} (OE_TEST_RUNS=1 OE_TEST_SEED={seed}):\n{plan:#?}");
        }
    }
    for (what, count) in SEEN.iter().zip(tally.seen) {
        println!("{count:>12} {what}");
        assert!(count > 0 || runs < 1000, "nothing was ever {what}");
    }
}
