//! The graph's schedule: tasks a second through `Schedule::on`, with all
//! events, beside bare spawns of rayon and tokio on the same graph in the same
//! run. Those two have no policies, no events and no order; they are the limit.

mod layers;

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::Arc;
use std::time::Duration;

use criterion::{BatchSize, Criterion, Throughput};

use orchestration_engine::engine::clock::Moment;
use orchestration_engine::engine::schedule::{Action, Ending, Input, RunOptions, Schedule};

use layers::WIDTH;

const LAYERS: u32 = 1000;
const TASKS: u32 = WIDTH * LAYERS;

/// What a task of the layer before is needed by: the one below it, and that
/// one's neighbour.
fn dependents(task: u32) -> impl Iterator<Item = u32> {
    let (layer, place) = (task / WIDTH, task % WIDTH);
    let next = (layer + 1) * WIDTH;
    let both = [next + place, next + (place + 1) % WIDTH];
    both.into_iter().filter(|&task| task < TASKS)
}

/// A driver whose tasks do nothing; counts the events, as a journal would read
/// them.
fn run(mut schedule: Schedule) -> usize {
    let mut started = VecDeque::new();
    let mut events = 0;
    let mut clock = 0_u64;
    let mut on = |schedule: &mut Schedule, input, started: &mut VecDeque<(u32, u32)>| {
        clock += 1;
        let now = Moment::after_start(Duration::from_nanos(clock));
        for action in schedule.on(input, now) {
            if let Action::Start { task, attempt } = *action {
                started.push_back((task, attempt));
            }
        }
        events += schedule.new_events().len();
    };
    on(&mut schedule, Input::Tick, &mut started);
    while let Some((task, attempt)) = started.pop_front() {
        on(
            &mut schedule,
            Input::Started { task, attempt },
            &mut started,
        );
        let ending = Ending::Succeeded { output: None };
        let ended = Input::Ended {
            task,
            attempt,
            ending,
        };
        on(&mut schedule, ended, &mut started);
    }
    assert_eq!(schedule.counts().succeeded, TASKS);
    events
}

/// How many of its two dependencies each task still waits for.
fn remaining() -> Arc<[AtomicU32]> {
    (0..TASKS)
        .map(|task| AtomicU32::new(if task < WIDTH { 0 } else { 2 }))
        .collect()
}

fn is_last(remaining: &[AtomicU32], task: u32) -> bool {
    remaining[task as usize].fetch_sub(1, Ordering::AcqRel) == 1
}

fn run_on_rayon(remaining: &[AtomicU32]) {
    fn work<'a>(scope: &rayon::Scope<'a>, remaining: &'a [AtomicU32], task: u32) {
        for dependent in dependents(task).filter(|&it| is_last(remaining, it)) {
            scope.spawn(move |scope| work(scope, remaining, dependent));
        }
    }
    rayon::scope(|scope| {
        for task in 0..WIDTH {
            scope.spawn(move |scope| work(scope, remaining, task));
        }
    });
}

async fn run_on_tokio(remaining: Arc<[AtomicU32]>) {
    fn work(remaining: Arc<[AtomicU32]>, done: tokio::sync::mpsc::Sender<()>, task: u32) {
        tokio::spawn(async move {
            for dependent in dependents(task).filter(|&it| is_last(&remaining, it)) {
                work(Arc::clone(&remaining), done.clone(), dependent);
            }
        });
    }
    let (done, mut all_done) = tokio::sync::mpsc::channel(1);
    for task in 0..WIDTH {
        work(Arc::clone(&remaining), done.clone(), task);
    }
    drop(done);
    // It ends when the last task has dropped its sender.
    all_done.recv().await;
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let mut group = criterion.benchmark_group("a graph of 1,000 layers of 1,000");
    group.throughput(Throughput::Elements(TASKS.into()));
    group.sample_size(10);
    let graph = layers::graph(LAYERS);
    group.bench_function("schedule.on with events", |bencher| {
        let set_up = || Schedule::new(graph.clone(), RunOptions::default());
        bencher.iter_batched(set_up, run, BatchSize::PerIteration);
    });
    group.bench_function("tokio, bare spawns", |bencher| {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .build()
            .expect("a runtime");
        let run = |remaining| runtime.block_on(run_on_tokio(remaining));
        bencher.iter_batched(remaining, run, BatchSize::PerIteration);
    });
    group.bench_function("rayon, bare scope", |bencher| {
        let run = |remaining: Arc<[AtomicU32]>| run_on_rayon(&remaining);
        bencher.iter_batched(remaining, run, BatchSize::PerIteration);
    });
    group.finish();
    criterion.final_summary();
}
