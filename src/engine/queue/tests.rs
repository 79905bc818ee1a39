//! The waiting of a queue: who is woken by what, without a pool. Here is what
//! several files of the tests need.

mod feeding_tests;
mod full_output_tests;
mod threads_tests;
mod worker_tests;

use std::sync::Arc;
use std::thread::{self, JoinHandle};

use super::waiting::LINGER;
use super::*;
use crate::engine::cancel::CancelReason;
use crate::engine::event::{EventKind, ItemId, Outcome};
use crate::engine::queue_state::{Entry, Place};
use crate::engine::sync::wait;
use crate::engine::watchdog::{guarded, until};

const FOREVER: Duration = Duration::MAX;

fn options() -> QueueOptions {
    QueueOptions {
        tag: 1,
        worker_limit: 16,
        input_capacity: 1000,
        output_capacity: 1000,
        item_timeout: None,
        timeout: None,
        stop_grace: Duration::ZERO,
        is_for_tasks: false,
    }
}

fn queue(options: QueueOptions) -> Arc<ItemQueue> {
    let lease = Lease::take().expect("a worker is left");
    Arc::new(ItemQueue::new(options, lease, Instant::now()))
}

/// Lets a worker in for which there is an item.
fn join(queue: &ItemQueue, worker: WorkerId) -> Place {
    match queue.attach(worker, worker.into()) {
        Entry::Joined(place) => place,
        other => panic!("attach gave {other:?}"),
    }
}

/// Lets workers in and takes the items out again that they came for.
fn joined(queue: &ItemQueue, count: WorkerId) -> Vec<Place> {
    queue.submit(&vec![u64::MAX; count as usize]);
    let places: Vec<_> = (1..=count).map(|worker| join(queue, worker)).collect();
    for &place in &places {
        assert_eq!(next(queue, place).1, [u64::MAX]);
        assert!(queue.end(place, u64::MAX, Outcome::Succeeded));
    }
    assert_eq!(queue.take(usize::MAX, |_| ()), count as usize);
    places
}

fn next(queue: &ItemQueue, place: Place) -> (Next, Vec<ItemId>) {
    next_within(queue, place, FOREVER)
}

fn next_within(queue: &ItemQueue, place: Place, limit: Duration) -> (Next, Vec<ItemId>) {
    let mut items = Vec::new();
    let (next, _) = queue.next(place, 16, limit, |item| items.push(item));
    (next, items)
}

fn spawn<T: Send + 'static>(
    queue: &Arc<ItemQueue>,
    body: impl FnOnce(&ItemQueue) -> T + Send + 'static,
) -> JoinHandle<T> {
    let queue = Arc::clone(queue);
    thread::spawn(move || body(&queue))
}

fn until_inner(queue: &ItemQueue, what: &str, condition: impl Fn(&Inner) -> bool) {
    until(what, || condition(&lock(&queue.inner)));
}
