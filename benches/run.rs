//! Whole runs, on a pool of threads that do next to nothing: what the engine
//! itself takes, from the JSON to the end as a poll tells it.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use criterion::{Criterion, Throughput};
use serde_json::{json, Value};

use orchestration_engine::app::run::{Memory, Run, Workers};
use orchestration_engine::engine::event::{Outcome, WorkerId};
use orchestration_engine::engine::pool::{Control, Pool, PoolOptions};
use orchestration_engine::engine::ports::Host;
use orchestration_engine::engine::queue::Next;
use orchestration_engine::engine::worker::Worker;
use orchestration_engine::store::{Durability, Store};

const FOREVER: Duration = Duration::MAX;

/// A flag that can be waited for.
#[derive(Default)]
struct Flag(Mutex<bool>, Condvar);

impl Flag {
    fn set(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.1.notify_all();
    }

    fn wait(&self) {
        let set = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        drop(self.1.wait_while(set, |set| !*set));
    }
}

/// What a task does, by its number.
type Work = fn(task: u32, stop: &Flag) -> Outcome;

struct BenchHost {
    work: Work,
    stops: Mutex<HashMap<WorkerId, (u64, Arc<Flag>)>>,
}

impl Host for BenchHost {
    fn worker_main(&self, worker: &Worker) {
        while let Ok(Ok(attached)) = worker.attach() {
            let stop = Arc::<Flag>::default();
            let entry = (attached.attachment, Arc::clone(&stop));
            let mut stops = self.stops.lock().unwrap_or_else(PoisonError::into_inner);
            stops.insert(worker.id(), entry);
            drop(stops);
            let mut item = 0;
            while worker.next(1, FOREVER, |it| item = it) == Ok(Next::Items) {
                let outcome = (self.work)(item as u32, &stop);
                let _ = worker.end(item, outcome);
            }
            let _ = worker.detach();
        }
    }

    fn control_main(&self, control: &Control) {
        while let Some(request) = control.next() {
            let stops = self.stops.lock().unwrap_or_else(PoisonError::into_inner);
            match stops.get(&request.worker) {
                Some((attachment, stop)) if *attachment == request.attachment => stop.set(),
                _ => {}
            }
        }
    }
}

fn pool(work: Work) -> Pool {
    let host = BenchHost {
        work,
        stops: Mutex::default(),
    };
    Pool::new(Box::new(host), PoolOptions::default())
}

fn succeed(_: u32, _: &Flag) -> Outcome {
    Outcome::Succeeded
}

fn sleep_50_ms(_: u32, _: &Flag) -> Outcome {
    thread::sleep(Duration::from_millis(50));
    Outcome::Succeeded
}

/// When the fastest of a race was done.
static FASTEST: Mutex<Option<Instant>> = Mutex::new(None);

/// Task 1 is the fastest, with 5 ms; the others wait for their stop.
fn race(task: u32, stop: &Flag) -> Outcome {
    if task == 1 {
        thread::sleep(Duration::from_millis(5));
        *FASTEST.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
        return Outcome::Succeeded;
    }
    stop.wait();
    Outcome::Failed
}

fn start(pool: &Pool, json: &str) -> Run {
    let workers = Workers { pool, tag: 1 };
    Run::start(json, Some(workers), Memory::default()).expect("a run")
}

/// Runs to the end, and looks only then.
fn run(pool: &Pool, json: &str) {
    let report = start(pool, json).poll(u64::MAX, FOREVER);
    assert!(report.contains(r#""status":"Completed""#), "{report}");
}

/// Runs until a task has ended.
fn run_until(pool: &Pool, json: &str, task: u32) {
    let run = start(pool, json);
    let mut cursor = 0;
    loop {
        let report: Value = serde_json::from_str(&run.poll(cursor, FOREVER)).expect("JSON");
        cursor = report["cursor"].as_u64().expect("a cursor");
        let is_it = |event: &Value| event["kind"] == "Ended" && event["task"] == task;
        if report["events"]
            .as_array()
            .expect("events")
            .iter()
            .any(is_it)
        {
            return;
        }
    }
}

/// How long after the fastest of a race its end was told.
fn told_after(pool: &Pool, json: &str) -> Duration {
    run_until(pool, json, 0);
    let told = Instant::now();
    let fastest = *FASTEST.lock().unwrap_or_else(PoisonError::into_inner);
    told - fastest.expect("task 1 was done")
}

/// The steps of a run that is kept, each with a memo.
fn remembered(count: usize) -> Vec<Value> {
    let mut run: Value = serde_json::from_str(&chain(count)).expect("JSON");
    let script = "Get-Content input | Measure-Object -Line ".repeat(50);
    let mut tasks = run["tasks"].take();
    let tasks = tasks.as_array_mut().expect("the tasks");
    for (number, task) in tasks.iter_mut().enumerate() {
        task["memo"] = json!({"script": script, "parameters": {"number": number}});
    }
    std::mem::take(tasks)
}

/// Runs of a state folder, which is gone at the end.
struct Kept {
    folder: PathBuf,
    runs: u32,
}

impl Kept {
    fn new(name: &str) -> Self {
        let name = format!("oe-bench-run-{name}-{}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        Self { folder, runs: 0 }
    }

    fn run(&mut self, pool: &Pool, tasks: &[Value], no_cache: bool) {
        self.runs += 1;
        let state = json!({
            "folder": self.folder, "name": "bench", "run": self.runs.to_string(),
            "noCache": no_cache,
        });
        run(pool, &json!({"state": state, "tasks": tasks}).to_string());
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// A graph of so many layers of so many tasks, each of which needs two of the
/// layer before.
fn layers(layers: usize, width: usize) -> String {
    let name = |layer: usize, place: usize| format!("{layer}/{}", place % width);
    let places = (0..layers).flat_map(|layer| (0..width).map(move |place| (layer, place)));
    let tasks = places.map(|(layer, place)| {
        let needs = match layer {
            0 => Vec::new(),
            _ => vec![name(layer - 1, place), name(layer - 1, place + 1)],
        };
        json!({"name": name(layer, place), "dependsOn": needs})
    });
    let tasks: Vec<_> = tasks.collect();
    json!({"maxConcurrency": 2, "tasks": tasks}).to_string()
}

fn chain(count: usize) -> String {
    let tasks = (0..count).map(|step| {
        let needs: Vec<_> = step
            .checked_sub(1)
            .map(|it| it.to_string())
            .into_iter()
            .collect();
        json!({"name": step.to_string(), "dependsOn": needs})
    });
    let tasks: Vec<_> = tasks.collect();
    json!({ "tasks": tasks }).to_string()
}

fn beside_each_other(count: usize) -> Vec<Value> {
    (0..count)
        .map(|it| json!({"name": it.to_string()}))
        .collect()
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let mut group = criterion.benchmark_group("runs");
    group.sample_size(10);

    let workers = pool(succeed);
    let json = chain(50);
    group.throughput(Throughput::Elements(50));
    group.bench_function("50 steps, one after another", |bencher| {
        bencher.iter(|| run(&workers, &json));
    });

    let json = layers(100, 1000);
    group.throughput(Throughput::Elements(100_000));
    group.bench_function("100 layers of 1,000, two workers", |bencher| {
        bencher.iter(|| run(&workers, &json));
    });

    let workers = pool(sleep_50_ms);
    let json = json!({"maxConcurrency": 10, "tasks": beside_each_other(10)}).to_string();
    group.throughput(Throughput::Elements(10));
    group.bench_function("10 × 50 ms beside each other", |bencher| {
        bencher.iter(|| run(&workers, &json));
    });

    let workers = pool(race);
    let alternatives = json!({"name": "race", "kind": "race", "tasks": beside_each_other(8)});
    let json = json!({"maxConcurrency": 8, "tasks": [alternatives]}).to_string();
    group.throughput(Throughput::Elements(1));
    group.bench_function("a race of 8, the fastest takes 5 ms", |bencher| {
        bencher.iter(|| run_until(&workers, &json, 0));
    });
    group.bench_function("a race of 8, from the end of the fastest", |bencher| {
        bencher.iter_custom(|count| (0..count).map(|_| told_after(&workers, &json)).sum());
    });

    let workers = pool(succeed);
    let tasks = remembered(50);
    group.throughput(Throughput::Elements(50));
    for (name, no_cache) in [
        ("50 steps one after another, kept", true),
        ("50 steps one after another, kept, all remembered", false),
    ] {
        let mut kept = Kept::new(if no_cache { "kept" } else { "remembered" });
        let _open = Store::shared(&kept.folder, Durability::Normal).expect("a store");
        kept.run(&workers, &tasks, no_cache);
        group.bench_function(name, |bencher| {
            bencher.iter(|| kept.run(&workers, &tasks, no_cache));
        });
    }
    let mut kept = Kept::new("alone");
    group.throughput(Throughput::Elements(1));
    group.bench_function("1 step, kept, the store opened for it", |bencher| {
        bencher.iter(|| kept.run(&workers, &tasks[..1], true));
    });

    group.finish();
    criterion.final_summary();
}
