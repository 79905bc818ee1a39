//! The store: tasks a second with a journal, what a memo hit costs, and a process
//! that is killed again and again (`OE_BENCH_KILLS`, 500 by default).

mod layers;
#[path = "../tests/it/store_crash/workload.rs"]
mod workload;

use std::collections::VecDeque;
use std::fs;
use std::path::PathBuf;
use std::process;
use std::time::{Duration, Instant};

use criterion::{BatchSize, Bencher, Criterion, Throughput};

use layers::{SLOTS, WIDTH};
use orchestration_engine::engine::clock::Moment;
use orchestration_engine::engine::graph::{Graph, GraphSpec, TaskSpec};
use orchestration_engine::engine::ports::{Attempt, Journal, Step};
use orchestration_engine::engine::schedule::{
    Action, Ending, Input, RunEvent, RunOptions, Schedule,
};
use orchestration_engine::store::{
    Asked, Durability, KeyParts, MemoKey, Plan, Replay, RunJournal, Secrets, Store, StoreOptions,
};
use workload::{Kills, FOLDER};

/// A state folder that is gone at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        Self(std::env::temp_dir().join(format!("oe-bench-{name}-{}", process::id())))
    }

    fn open(&self, durability: Durability) -> Store {
        let options = StoreOptions {
            durability,
            ..StoreOptions::default()
        };
        Store::open(&self.0, options).expect("a store")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Runs tasks that do nothing, as a dispatcher does: what has happened since the
/// last step is kept in one, and only then does anything start.
fn run(mut schedule: Schedule, mut journal: RunJournal) {
    let begun = Instant::now();
    let mut events: Vec<RunEvent> = Vec::new();
    let mut starts: Vec<Attempt> = Vec::new();
    let mut running = VecDeque::new();
    let on = |schedule: &mut Schedule, input, events: &mut Vec<RunEvent>| {
        let now = Moment::after_start(begun.elapsed());
        let actions = schedule.on(input, now).iter();
        let started = actions.filter_map(|action| match *action {
            Action::Start { task, attempt } => Some(Attempt {
                task,
                number: attempt,
            }),
            _ => None,
        });
        let started: Vec<_> = started.collect();
        events.extend_from_slice(schedule.new_events());
        started
    };
    starts.extend(on(&mut schedule, Input::Tick, &mut events));
    while !starts.is_empty() || !events.is_empty() {
        let step = Step {
            run: &schedule,
            events: &events,
            starts: &starts,
        };
        journal.keep(step).expect("a journal");
        events.clear();
        running.extend(starts.drain(..));
        for Attempt { task, number } in running.drain(..) {
            let attempt = number;
            starts.extend(on(
                &mut schedule,
                Input::Started { task, attempt },
                &mut events,
            ));
            let ending = Ending::Succeeded { output: None };
            let ended = Input::Ended {
                task,
                attempt,
                ending,
            };
            starts.extend(on(&mut schedule, ended, &mut events));
        }
    }
}

/// Runs a graph again and again, each time with a journal of its own.
fn runs_of<'a>(graph: &'a Graph, store: &'a Store) -> impl FnMut(&mut Bencher<'_>) + 'a {
    let mut number = 0;
    move |bencher| {
        let set_up = || {
            number += 1;
            let plan = Plan::new("bench", "");
            let journal = store.begin(&number.to_string(), plan, |_| {});
            let schedule = Schedule::new(graph.clone(), RunOptions::default());
            (schedule, journal.expect("a run"))
        };
        let run = |(schedule, journal)| run(schedule, journal);
        bencher.iter_batched(set_up, run, BatchSize::PerIteration);
    }
}

fn bench_journal(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("a graph of layers of 1,000, journalled");
    group.sample_size(10);
    // At the full durability every commit waits for the disk.
    for (name, durability, count) in [
        ("200 layers, normal", Durability::Normal, 200),
        ("10 layers, full", Durability::Full, 10),
    ] {
        let graph = layers::graph(count);
        group.throughput(Throughput::Elements((WIDTH * count).into()));
        let folder = Folder::new(name);
        let store = folder.open(durability);
        group.bench_function(name, runs_of(&graph, &store));
    }
    group.finish();
}

/// One task after the other: what a step of a workflow waits for.
fn bench_chain(criterion: &mut Criterion) {
    let tasks = (0..50_u32).map(|task| {
        let before = task.checked_sub(1).map(|task| task.to_string());
        TaskSpec::new(task.to_string()).needs(before)
    });
    let graph = Graph::new(GraphSpec {
        limit: SLOTS,
        groups: Vec::new(),
        tasks: tasks.collect(),
    });
    let graph = graph.expect("a graph");
    let folder = Folder::new("chain");
    let store = folder.open(Durability::Normal);
    let name = "50 steps one after the other, journalled";
    criterion.bench_function(name, runs_of(&graph, &store));
}

fn bench_memo(criterion: &mut Criterion) {
    let folder = Folder::new("memo");
    let store = folder.open(Durability::Normal);
    let input = folder.0.join("input");
    fs::write(&input, "x".repeat(10_000)).expect("an input");
    let inputs = [input];
    let script = "Get-Content input | Measure-Object -Line ".repeat(50);
    let key = |number: &str| {
        let parts = KeyParts {
            kind: "ScriptBlock",
            script: &script,
            parameters: &[("number", number)],
            inputs: &inputs,
            environment: &[("PATH", Some("/usr/bin"))],
            ..KeyParts::default()
        };
        MemoKey::of(&parts, &Secrets::default()).expect("a key")
    };
    let replay = Replay {
        value: Some("\"x\"".repeat(100)),
        blob: Some(vec![b'x'; 4000]),
        ..Replay::default()
    };
    for number in 0..10_000 {
        let asked = store.memo().ask(key(&number.to_string()), None);
        let Ok(Asked::Compute(flight)) = asked else {
            panic!("{asked:?}");
        };
        let kept = flight.keep("bench", replay.clone(), None, &Secrets::default());
        assert_eq!(kept, Ok(None));
    }
    let mut number = 0;
    criterion.bench_function(
        "a memo hit among 10,000, with the key and a file of 10 kB",
        |bencher| {
            bencher.iter(|| {
                number = (number + 7919) % 10_000;
                let asked = store.memo().ask(key(&number.to_string()), None);
                assert!(matches!(asked, Ok(Asked::Hit(_))));
            });
        },
    );
}

fn main() {
    if let Some(folder) = std::env::var_os(FOLDER) {
        return workload::work(folder.as_ref());
    }
    let mut criterion = Criterion::default().configure_from_args();
    bench_journal(&mut criterion);
    bench_chain(&mut criterion);
    criterion = criterion.measurement_time(Duration::from_secs(3));
    bench_memo(&mut criterion);
    criterion.final_summary();
    let kills = std::env::var("OE_BENCH_KILLS").ok();
    let kills = kills.and_then(|kills| kills.parse().ok()).unwrap_or(500);
    println!("{}", Kills::begin(&[]).until(kills));
}
