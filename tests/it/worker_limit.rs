//! The process-wide limit on workers. Here, since no other test of this binary
//! has a worker.

use std::sync::mpsc::channel;
use std::sync::Barrier;
use std::thread;
use std::time::Duration;

use orchestration_engine::engine::event::Outcome;
use orchestration_engine::engine::pool::{Control, OpenError, OpenQueue, Pool, PoolOptions};
use orchestration_engine::engine::ports::Host;
use orchestration_engine::engine::queue::{Next, QueueOptions, Wait};
use orchestration_engine::engine::worker::Worker;
use orchestration_engine::engine::WORKER_LIMIT;

const FOREVER: Duration = Duration::MAX;
const LIMIT: Duration = Duration::from_secs(60);

/// Its items end only when two of them run at once.
struct Pair(Barrier);

impl Host for Pair {
    fn worker_main(&self, worker: &Worker) {
        while let Ok(Ok(_)) = worker.attach() {
            let mut items = Vec::new();
            while worker.next(1, FOREVER, |item| items.push(item)) == Ok(Next::Items) {
                self.0.wait();
                for item in items.drain(..) {
                    let _ = worker.end(item, Outcome::Succeeded);
                }
            }
            let _ = worker.detach();
        }
    }

    fn control_main(&self, control: &Control) {
        while control.next().is_some() {}
    }
}

fn open(pool: &Pool) -> Result<OpenQueue, OpenError> {
    pool.open(QueueOptions {
        tag: 1,
        worker_limit: 2,
        input_capacity: 8,
        output_capacity: 8,
        item_timeout: None,
        timeout: None,
        stop_grace: FOREVER,
        is_for_tasks: false,
    })
}

fn open_many(pool: &Pool, count: u32) -> Vec<OpenQueue> {
    let queues = (0..count).map(|_| open(pool).expect("one more queue"));
    queues.collect()
}

fn is_refused(pool: &Pool) -> bool {
    matches!(open(pool), Err(OpenError::WorkerLimit))
}

fn reach_the_limit_and_recover() {
    let pool = Pool::new(Box::new(Pair(Barrier::new(2))), PoolOptions::default());
    let queue = open(&pool).expect("a queue");
    let mut others = open_many(&pool, WORKER_LIMIT - 1);
    assert!(is_refused(&pool));
    others.pop();
    others.push(open(&pool).expect("the place that came free"));
    // One worker the queue is sure of; the other, which its items need, comes
    // once there is a place for it, though nothing else happens to the queue.
    assert_eq!(queue.submit(&[1, 2]), Some(2));
    assert_eq!(
        queue.wait(false, Duration::from_millis(100)),
        Wait::TimedOut
    );
    assert_eq!(queue.counters().running, 1);
    drop(others);
    assert_eq!(queue.wait(false, FOREVER), Wait::Ready);
    queue.close();
    while queue.wait(false, FOREVER) == Wait::Ready {
        queue.take(8, |_| ());
    }
    assert_eq!(queue.counters().succeeded, 2);
    drop(open_many(&pool, WORKER_LIMIT - 2));
}

#[test]
fn at_the_worker_limit_queues_are_refused_and_later_served() {
    let (ended, end) = channel();
    let test = thread::spawn(move || {
        reach_the_limit_and_recover();
        let _ = ended.send(());
    });
    let hangs = end.recv_timeout(LIMIT) == Err(std::sync::mpsc::RecvTimeoutError::Timeout);
    assert!(!hangs, "no end after {LIMIT:?}");
    test.join().expect("it passes");
}
