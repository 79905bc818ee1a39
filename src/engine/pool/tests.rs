//! Pools with real threads and a host of the test's own; here is what several
//! files of the tests need.

mod ending_tests;
mod host_tests;
mod item_tests;
mod sharing_tests;
mod stop_tests;
mod thread_tests;

use std::sync::mpsc::{channel, Receiver};
use std::sync::Barrier;

use super::*;
use crate::engine::event::{ItemId, Outcome};
use crate::engine::pool_test_host::{
    drain, options, run, submit, with_workers, Call, Ends, Fate, Signal, TestHost, FOREVER,
};
use crate::engine::watchdog::{guarded, until};

fn succeed(_: Call<'_>) -> Outcome {
    Outcome::Succeeded
}

fn until_gone(fate: &Fate) {
    until("the host is dropped", || {
        fate.drops.load(Ordering::SeqCst) > 0
    });
    assert_eq!(fate.drops.load(Ordering::SeqCst), 1);
}

fn until_workers(pool: &Pool, count: u64) {
    until("the workers are as many as they should", || {
        pool.counters().workers == count
    });
}

/// What lets go, and what waits for it.
fn gate() -> (Arc<Signal>, Arc<Signal>) {
    let signal = Arc::new(Signal::default());
    (Arc::clone(&signal), signal)
}

/// An item that obeys its stop, and says when it has begun.
fn obedient() -> (TestHost, Receiver<ItemId>) {
    let (begun, begins) = channel();
    let host = TestHost::new(move |call| {
        begun.send(call.item).unwrap();
        call.stop.wait();
        Outcome::Stopped
    });
    (host.with_batch(1), begins)
}

/// Queue and pool with an item in each of two workers, and what ends them.
fn busy() -> (Arc<Fate>, Pool, OpenQueue) {
    let (host, begins) = obedient();
    let fate = host.fate();
    let pool = host.into_pool();
    let queue = pool.open(with_workers(2)).unwrap();
    submit(&queue, &[1, 2, 3]);
    begins.recv().unwrap();
    begins.recv().unwrap();
    (fate, pool, queue)
}
