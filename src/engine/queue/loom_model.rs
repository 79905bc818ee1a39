//! A model of the queue: loom runs small scenarios through every order in
//! which their threads can take turns (up to a number of preemptions).
//!
//! `RUSTFLAGS="--cfg loom" cargo test --release --lib loom`
//!
//! A wait without end that nobody ends is a deadlock to loom, so a lost
//! wake-up fails here. Waits with a limit end at once (`sync.rs`): what lingers
//! is never woken but comes back by itself.

use std::sync::Arc;

use loom::model::Builder;
use loom::thread::{self, JoinHandle};

use super::*;
use crate::engine::cancel::CancelReason;
use crate::engine::event::{EventKind, ItemId, Outcome};
use crate::engine::queue_state::{Entry, Place};

const FOREVER: Duration = Duration::MAX;
const PREEMPTIONS: usize = 3;

/// Runs a scenario in every order with at most so many preemptions.
fn model(preemptions: usize, scenario: impl Fn() + Send + Sync + 'static) {
    let mut builder = Builder::new();
    builder.preemption_bound = Some(preemptions);
    builder.max_branches = 10_000;
    builder.check(scenario);
}

/// Submits items for which there is room.
fn submit(queue: &ItemQueue, items: &[ItemId]) {
    let (accepted, _) = queue.submit(items).expect("it is open");
    assert_eq!(accepted, items.len());
}

fn queue(input_capacity: usize, output_capacity: usize) -> Arc<ItemQueue> {
    let options = QueueOptions {
        tag: 1,
        worker_limit: 4,
        input_capacity,
        output_capacity,
        item_timeout: None,
        timeout: None,
        stop_grace: Duration::from_secs(3600),
        is_for_tasks: false,
    };
    let lease = Lease::take().expect("a worker is left");
    Arc::new(ItemQueue::new(options, lease, Instant::now()))
}

fn spawn<T: 'static>(
    queue: &Arc<ItemQueue>,
    body: impl FnOnce(&ItemQueue) -> T + 'static,
) -> JoinHandle<T> {
    let queue = Arc::clone(queue);
    thread::spawn(move || body(&queue))
}

/// Lets workers in, each with an item in hand that it ends first of all.
fn join(queue: &ItemQueue, workers: WorkerId) -> Vec<Place> {
    let enter = |worker| {
        submit(queue, &[100 + ItemId::from(worker)]);
        let Entry::Joined(place) = queue.attach(worker, worker.into()) else {
            panic!("worker {worker} is wanted");
        };
        let (next, _) = queue.next(place, 1, FOREVER, |_| ());
        assert_eq!(next, Next::Items);
        place
    };
    (1..=workers).map(enter).collect()
}

/// Works until the queue sends the worker off; says why it did.
fn work(queue: &ItemQueue, place: Place, in_hand: ItemId) -> Next {
    queue.end(place, in_hand, Outcome::Succeeded);
    loop {
        let mut item = None;
        let (next, _) = queue.next(place, 1, FOREVER, |it| item = Some(it));
        let Some(item) = item else {
            let _ = queue.detach(place);
            return next;
        };
        queue.end(place, item, Outcome::Succeeded);
    }
}

/// So many workers that work until the queue sends them off.
fn crew(queue: &Arc<ItemQueue>, workers: WorkerId) -> Vec<JoinHandle<Next>> {
    let places = (101..).zip(join(queue, workers));
    places
        .map(|(item, place)| spawn(queue, move |queue| work(queue, place, item)))
        .collect()
}

/// Waits for workers that the end of the queue sends off.
fn until_ended(workers: Vec<JoinHandle<Next>>) {
    for worker in workers {
        assert_eq!(worker.join().unwrap(), Next::Ended);
    }
}

/// Takes until the end and says which items ended, in order of their ids.
fn drain(queue: &ItemQueue) -> Vec<ItemId> {
    let mut ended = Vec::new();
    while queue.wait(false, FOREVER) != Wait::Ended {
        queue.take(8, |event| {
            if let EventKind::Ended { .. } = event.kind {
                ended.push(event.item);
            }
        });
    }
    ended.sort_unstable();
    ended
}

#[test]
fn loom_two_workers_and_a_feeder_lose_nothing() {
    model(PREEMPTIONS, || {
        let queue = queue(2, 8);
        let workers = crew(&queue, 2);
        submit(&queue, &[1, 2]);
        queue.close();
        until_ended(workers);
        assert_eq!(drain(&queue), [1, 2, 101, 102]);
    });
}

#[test]
fn loom_a_queue_of_one_passes_everything() {
    model(PREEMPTIONS, || {
        let queue = queue(1, 1);
        let place = join(&queue, 1)[0];
        let worker = spawn(&queue, move |queue| work(queue, place, 101));
        let host = spawn(&queue, drain);
        submit(&queue, &[1]);
        queue.close();
        assert_eq!(worker.join().unwrap(), Next::Ended);
        assert_eq!(host.join().unwrap(), [1, 101]);
    });
}

#[test]
fn loom_one_thread_feeds_and_takes() {
    model(PREEMPTIONS, || {
        let queue = queue(1, 1);
        let place = join(&queue, 1)[0];
        let worker = spawn(&queue, move |queue| work(queue, place, 101));
        let mut ended = 0;
        let mut sent = 0;
        while ended < 3 {
            if sent < 2 {
                sent += queue.submit(&[sent]).expect("it is open").0 as ItemId;
            }
            queue.wait(sent < 2, FOREVER);
            ended += queue.take(8, |_| ());
        }
        queue.close();
        assert_eq!(worker.join().unwrap(), Next::Ended);
        assert!(queue.is_drained());
    });
}

#[test]
fn loom_two_feeders_and_a_worker_lose_nothing() {
    model(PREEMPTIONS, || {
        let queue = queue(2, 8);
        let place = join(&queue, 1)[0];
        let worker = spawn(&queue, move |queue| work(queue, place, 101));
        let other = spawn(&queue, |queue| {
            submit(queue, &[1]);
        });
        submit(&queue, &[2]);
        other.join().unwrap();
        queue.close();
        assert_eq!(worker.join().unwrap(), Next::Ended);
        assert_eq!(drain(&queue), [1, 2, 101]);
    });
}

#[test]
fn loom_cancelling_frees_whoever_waits() {
    model(PREEMPTIONS, || {
        let queue = queue(2, 1);
        let place = join(&queue, 1)[0];
        let worker = spawn(&queue, move |queue| {
            // The second output waits for room that only the cancel makes.
            let emitted = queue.emit(place, 101, 1) && queue.emit(place, 101, 2);
            (emitted, work(queue, place, 101))
        });
        submit(&queue, &[1]);
        let canceller = spawn(&queue, |queue| {
            let _ = queue.cancel(CancelReason::Requested);
        });
        assert_eq!(worker.join().unwrap(), (true, Next::Stopped));
        canceller.join().unwrap();
        assert_eq!(drain(&queue), [1, 101]);
    });
}

#[test]
fn loom_closing_frees_every_worker_and_the_host() {
    model(PREEMPTIONS, || {
        let queue = queue(2, 8);
        let workers = crew(&queue, 2);
        let host = spawn(&queue, drain);
        queue.close();
        until_ended(workers);
        assert_eq!(host.join().unwrap(), [101, 102]);
    });
}

#[test]
fn loom_an_item_given_back_finds_the_worker_that_waits() {
    model(PREEMPTIONS, || {
        let queue = queue(2, 8);
        let places = join(&queue, 2);
        let (first, second) = (places[0], places[1]);
        let other = spawn(&queue, move |queue| {
            queue.end(second, 102, Outcome::Succeeded);
            let mut item = None;
            let (next, _) = queue.next(second, 1, FOREVER, |it| item = Some(it));
            assert_eq!((next, item), (Next::Items, Some(101)));
            queue.end(second, 101, Outcome::Succeeded);
        });
        assert_eq!(queue.give_back(first, &[101]).0, 0);
        let _ = queue.detach(first);
        other.join().unwrap();
        queue.close();
        assert_eq!(drain(&queue), [101, 102]);
    });
}

#[test]
fn loom_a_lowered_worker_limit_loses_no_item() {
    model(PREEMPTIONS, || {
        let queue = queue(2, 8);
        let workers = crew(&queue, 2);
        let feeder = spawn(&queue, |queue| submit(queue, &[1]));
        let _ = queue.set_worker_limit(1);
        feeder.join().unwrap();
        // One of them works the queue off and sees its end; the other may have
        // been let go before.
        while queue.counters().done() < 3 {
            queue.wait(false, FOREVER);
            queue.take(8, |_| ());
        }
        queue.close();
        until_ended(workers);
        drain(&queue);
        assert_eq!((queue.counters().done(), queue.attached_count()), (3, 0));
    });
}

#[test]
fn loom_an_own_item_holds_the_end_back() {
    model(PREEMPTIONS, || {
        let queue = queue(2, 1);
        let place = join(&queue, 1)[0];
        let worker = spawn(&queue, move |queue| {
            assert_eq!(queue.start(place, 5), Start::Started);
            queue.end(place, 101, Outcome::Succeeded);
            let (next, _) = queue.next(place, 1, FOREVER, |_| ());
            let emitted = queue.emit(place, 5, 1);
            let ended = queue.end(place, 5, Outcome::Succeeded);
            let _ = queue.detach(place);
            (next, emitted, ended)
        });
        let host = spawn(&queue, drain);
        queue.close();
        assert_eq!(worker.join().unwrap(), (Next::Ended, true, true));
        assert_eq!(host.join().unwrap(), [5, 101]);
    });
}

#[test]
fn loom_a_stop_frees_a_worker_that_waits_for_room() {
    model(PREEMPTIONS, || {
        let queue = queue(2, 1);
        let place = join(&queue, 1)[0];
        let worker = spawn(&queue, move |queue| {
            queue.emit(place, 101, 1) && queue.emit(place, 101, 2)
        });
        let _ = queue.cancel(CancelReason::Timeout);
        let (mut stops, mut lost) = (Vec::new(), Vec::new());
        let much_later = Instant::now() + Duration::from_secs(7200);
        let _ = queue.supervise(Instant::now(), &mut stops, &mut lost);
        let _ = queue.supervise(much_later, &mut stops, &mut lost);
        assert_eq!((stops.len(), lost.len()), (1, 1));
        worker.join().unwrap();
        assert_eq!(drain(&queue), [101]);
    });
}

#[test]
fn loom_two_hosts_both_see_the_end() {
    model(PREEMPTIONS, || {
        let queue = queue(2, 8);
        let place = join(&queue, 1)[0];
        let hosts = [spawn(&queue, drain), spawn(&queue, drain)];
        queue.close();
        assert_eq!(work(&queue, place, 101), Next::Ended);
        let ended: usize = hosts.map(|host| host.join().unwrap().len()).iter().sum();
        assert_eq!(ended, 1);
    });
}
