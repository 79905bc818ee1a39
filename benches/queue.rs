//! The queue alone: items a second through a pool whose host does nothing,
//! beside a bounded channel of the standard library in the same run.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{sync_channel, Receiver};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use criterion::{Criterion, Throughput};

use orchestration_engine::engine::event::{ItemId, Outcome};
use orchestration_engine::engine::pool::{Control, OpenQueue, Pool, PoolOptions};
use orchestration_engine::engine::ports::Host;
use orchestration_engine::engine::queue::{Next, QueueOptions, Wait};
use orchestration_engine::engine::worker::Worker;

const ITEMS: u64 = 1_000_000;
/// What a host hands over at once.
const BATCH: usize = 64;
const FOREVER: Duration = Duration::MAX;

/// Ends every item as soon as it gets it.
struct NoWork;

impl Host for NoWork {
    fn worker_main(&self, worker: &Worker) {
        let mut items: Vec<ItemId> = Vec::with_capacity(BATCH);
        while let Ok(Ok(_)) = worker.attach() {
            while worker.next(BATCH, FOREVER, |item| items.push(item)) == Ok(Next::Items) {
                let _ = worker.end_all(&items, Outcome::Succeeded);
                items.clear();
            }
            let _ = worker.detach();
        }
    }

    fn control_main(&self, control: &Control) {
        while control.next().is_some() {}
    }
}

fn open(pool: &Pool, workers: u32) -> OpenQueue {
    let options = QueueOptions {
        tag: 0,
        worker_limit: workers,
        input_capacity: 4096,
        output_capacity: 4096,
        item_timeout: None,
        timeout: None,
        stop_grace: Duration::from_secs(1),
        is_for_tasks: false,
    };
    pool.open(options).expect("a queue")
}

/// Feeds items and takes what comes back, as the thread of a call does.
fn feed(queue: &OpenQueue, done: &AtomicU64, first: u64, count: u64) {
    let ids: Vec<ItemId> = (first..first + count).collect();
    for batch in ids.chunks(BATCH) {
        let mut left = batch;
        while !left.is_empty() {
            let accepted = queue.submit(left).expect("an open queue");
            left = &left[accepted..];
            if !left.is_empty() {
                queue.wait(true, FOREVER);
                done.fetch_add(queue.take(4096, |_| ()) as u64, Ordering::Relaxed);
            }
        }
    }
}

/// Two threads feed and take, `workers` threads work.
fn through_the_pool(pool: &Pool, workers: u32) {
    let queue = open(pool, workers);
    let done = AtomicU64::new(0);
    let half = ITEMS / 2;
    thread::scope(|scope| {
        scope.spawn(|| feed(&queue, &done, 0, half));
        scope.spawn(|| feed(&queue, &done, half, half));
    });
    queue.close();
    while queue.wait(false, FOREVER) == Wait::Ready {
        done.fetch_add(queue.take(4096, |_| ()) as u64, Ordering::Relaxed);
    }
    assert_eq!(done.into_inner(), ITEMS);
}

fn drain(items: &Mutex<Receiver<ItemId>>) -> u64 {
    let mut count = 0;
    while let Ok(item) = items.lock().expect("the receiver").recv() {
        count += u64::from(item < ITEMS);
    }
    count
}

/// The same with a bounded channel: nothing comes back, nothing is counted.
fn through_a_channel() {
    let (sender, receiver) = sync_channel::<ItemId>(4096);
    let receiver = Arc::new(Mutex::new(receiver));
    thread::scope(|scope| {
        for first in [0, ITEMS / 2] {
            let sender = sender.clone();
            scope.spawn(move || {
                (first..first + ITEMS / 2).for_each(|item| sender.send(item).expect("a receiver"))
            });
        }
        drop(sender);
        let consumers = [(); 2].map(|()| scope.spawn(|| drain(&receiver)));
        let count: u64 = consumers
            .map(|it| it.join().expect("a consumer that ends"))
            .iter()
            .sum();
        assert_eq!(count, ITEMS);
    });
}

/// What one item costs from its submit to its end, when nothing else happens.
fn one_item(queue: &OpenQueue) {
    assert_eq!(queue.submit(&[1]), Some(1));
    while queue.wait(false, FOREVER) == Wait::Ready {
        if queue.take(8, |_| ()) > 0 {
            return;
        }
    }
}

fn benches(criterion: &mut Criterion) {
    let pool = Pool::new(Box::new(NoWork), PoolOptions::default());
    let mut group = criterion.benchmark_group("queue");
    group.sample_size(10);
    group.throughput(Throughput::Elements(ITEMS));
    for workers in [1, 2, 8] {
        group.bench_function(
            format!("2 producers, {workers} workers, with results"),
            |bench| {
                bench.iter(|| through_the_pool(&pool, workers));
            },
        );
    }
    group.bench_function(
        "std sync_channel, 2 producers, 2 consumers, no results",
        |bench| {
            bench.iter(through_a_channel);
        },
    );
    group.finish();
    let queue = open(&pool, 1);
    criterion.bench_function("one item there and back", |bench| {
        bench.iter(|| one_item(&queue))
    });
    queue.close();
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    benches(&mut criterion);
    criterion.final_summary();
}
