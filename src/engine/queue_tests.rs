//! The waiting of a queue: who is woken by what, without a pool.

use std::collections::HashMap;
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use super::*;
use crate::engine::event::EventKind;
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

fn until_blocked(queue: &ItemQueue) {
    until_inner(queue, "a worker waits for room", |it| {
        it.blocked_emitters > 0
    });
}

// ---- workers ----

#[test]
fn a_worker_that_waits_gets_the_next_item() {
    guarded(|| {
        let queue = queue(options());
        let place = joined(&queue, 1)[0];
        let worker = spawn(&queue, move |queue| next(queue, place));
        until_inner(&queue, "it waits", |it| it.deep_workers == 1);
        let (_, needs) = queue.submit(&[5]).expect("it is open");
        assert!(!needs.worker, "one waits already");
        assert_eq!(worker.join().unwrap(), (Next::Items, vec![5]));
        assert_eq!(queue.counters().waits, 1, "lingering is the same wait");
    });
}

#[test]
fn a_limit_ends_the_wait_for_items() {
    guarded(|| {
        let queue = queue(options());
        let place = joined(&queue, 1)[0];
        for limit in [0, 1, 5].map(Duration::from_millis) {
            let start = Instant::now();
            assert_eq!(next_within(&queue, place, limit).0, Next::TimedOut);
            assert!(start.elapsed() >= limit);
        }
        assert_eq!(lock(&queue.inner).waiting_workers(), 0);
    });
}

#[test]
fn a_wake_up_reaches_a_worker_that_waits_beside_one_that_lingers() {
    guarded(|| {
        let queue = queue(options());
        let places = joined(&queue, 2);
        for round in 0..200 {
            let [deep, lingering] = [places[0], places[1]].map(|place| {
                move |queue: &ItemQueue| {
                    let (_, items) = next(queue, place);
                    (place, items)
                }
            });
            let deep = spawn(&queue, deep);
            // So that it begins to wait for anything after the other has
            // begun to linger, and stands behind it if they wait in one place.
            let begun = Instant::now();
            until("it lingers", || begun.elapsed() >= LINGER / 2);
            let lingering = spawn(&queue, lingering);
            until_inner(&queue, "both wait", |it| {
                it.deep_workers > 0 && it.waiting_workers() == 2
            });
            queue.submit(&[2 * round]);
            queue.submit(&[2 * round + 1]);
            // Each has one: neither item may wait for the other to end.
            for worker in [deep, lingering] {
                let (place, items) = worker.join().unwrap();
                assert_eq!(items.len(), 1);
                assert!(queue.end(place, items[0], Outcome::Succeeded));
            }
            queue.take(usize::MAX, |_| ());
        }
    });
}

#[test]
fn a_worker_does_not_linger_while_the_host_waits_for_it() {
    guarded(|| {
        let queue = queue(options());
        // It lingers without a limit, so that nothing else can end it.
        let worker = spawn(&queue, |queue| {
            let mut inner = lock(&queue.inner);
            inner.lingering_workers += 1;
            inner = wait(&queue.fair_items, &queue.inner, inner, None);
            inner.lingering_workers -= 1;
        });
        until_inner(&queue, "it lingers", |it| it.lingering_workers == 1);
        queue.submit(&[1]);
        queue.wait(false, Duration::from_millis(1));
        worker.join().unwrap();
    });
}

#[test]
fn closing_sends_every_waiting_worker_off() {
    guarded(|| {
        let queue = queue(options());
        let places = joined(&queue, 4);
        let workers: Vec<_> = places
            .into_iter()
            .map(|place| spawn(&queue, move |queue| next(queue, place).0))
            .collect();
        until_inner(&queue, "all wait", |it| it.deep_workers == 4);
        queue.close();
        for worker in workers {
            assert_eq!(worker.join().unwrap(), Next::Ended);
        }
        assert_eq!(lock(&queue.inner).waiting_workers(), 0);
    });
}

#[test]
fn cancelling_sends_every_waiting_worker_off() {
    guarded(|| {
        let queue = queue(options());
        let place = joined(&queue, 1)[0];
        let worker = spawn(&queue, move |queue| next(queue, place).0);
        until_inner(&queue, "it waits", |it| it.deep_workers == 1);
        let needs = queue.cancel(CancelReason::Requested);
        assert!(!needs.supervision, "nothing runs that would need a stop");
        assert_eq!(worker.join().unwrap(), Next::Stopped);
    });
}

#[test]
fn an_item_given_back_wakes_another_worker() {
    guarded(|| {
        let queue = queue(options());
        let [first, second] = joined(&queue, 2)[..] else {
            unreachable!("two joined")
        };
        queue.submit(&[5]);
        assert_eq!(next(&queue, first).1, [5]);
        let other = spawn(&queue, move |queue| next(queue, second));
        until_inner(&queue, "it waits", |it| it.deep_workers == 1);
        assert_eq!(queue.give_back(first, &[5]).0, 0);
        assert_eq!(other.join().unwrap().1, [5]);
    });
}

// ---- a full output ----

/// A queue of one event, with a worker that waits to put out a second one.
fn blocked() -> (Arc<ItemQueue>, Place, JoinHandle<bool>) {
    let queue = queue(QueueOptions {
        output_capacity: 1,
        item_timeout: Some(Duration::from_secs(1)),
        ..options()
    });
    queue.submit(&[1]);
    let place = join(&queue, 1);
    assert_eq!(next(&queue, place).1, [1]);
    assert!(queue.emit(place, 1, 1));
    let worker = spawn(&queue, move |queue| queue.emit(place, 1, 2));
    until_blocked(&queue);
    (queue, place, worker)
}

#[test]
fn a_full_output_lets_go_when_it_is_taken() {
    guarded(|| {
        let (queue, _, worker) = blocked();
        assert_eq!(queue.take(1, |_| ()), 1);
        assert!(worker.join().unwrap());
    });
}

#[test]
fn a_full_output_lets_everybody_go_when_it_is_taken() {
    guarded(|| {
        let queue = queue(QueueOptions {
            // Joining puts out one end a worker, and nobody takes them in between.
            output_capacity: 3,
            ..options()
        });
        let places = joined(&queue, 3);
        queue.submit(&[0, 0, 0]);
        for &place in &places {
            assert_eq!(next(&queue, place).1, [0]);
        }
        for kind in 1..=3 {
            assert!(queue.emit(places[0], 0, kind));
        }
        let workers =
            [places[1], places[2]].map(|place| spawn(&queue, move |queue| queue.emit(place, 0, 1)));
        until_inner(&queue, "both wait for room", |it| it.blocked_emitters == 2);
        assert_eq!(queue.take(usize::MAX, |_| ()), 3);
        // Nobody takes or says anything further.
        for worker in workers {
            assert!(worker.join().unwrap());
        }
    });
}

#[test]
fn a_full_output_lets_go_when_the_queue_is_cancelled() {
    guarded(|| {
        let (queue, _, worker) = blocked();
        let needs = queue.cancel(CancelReason::Requested);
        assert!(needs.supervision);
        assert!(worker.join().unwrap(), "what it had to say still counts");
    });
}

#[test]
fn a_full_output_lets_go_when_its_worker_is_given_up() {
    guarded(|| {
        let (queue, _, worker) = blocked();
        let (mut stops, mut lost) = (Vec::new(), Vec::new());
        let overdue = Instant::now() + Duration::from_secs(2);
        let _ = queue.supervise(overdue, &mut stops, &mut lost);
        assert_eq!((stops.len(), lost.len()), (1, 1), "the grace time is zero");
        assert!(!worker.join().unwrap(), "it was given up");
    });
}

#[test]
fn a_stop_reaches_a_worker_behind_a_full_output() {
    guarded(|| {
        let queue = queue(QueueOptions {
            output_capacity: 1,
            item_timeout: Some(Duration::from_secs(1)),
            stop_grace: Duration::from_secs(3600),
            ..options()
        });
        queue.submit(&[1]);
        let place = join(&queue, 1);
        next(&queue, place);
        assert!(queue.emit(place, 1, 1));
        let worker = spawn(&queue, move |queue| queue.emit(place, 1, 2));
        until_blocked(&queue);
        let overdue = Instant::now() + Duration::from_secs(2);
        let (mut stops, mut lost) = (Vec::new(), Vec::new());
        let _ = queue.supervise(overdue, &mut stops, &mut lost);
        assert_eq!((stops.len(), lost.len()), (1, 0));
        assert!(worker.join().unwrap(), "so it can obey");
        assert!(queue.end(place, 1, Outcome::Stopped));
        assert_eq!(queue.counters().timed_out, 1);
    });
}

#[test]
fn an_end_waits_for_room_and_its_time_does_not_count() {
    guarded(|| {
        let queue = queue(QueueOptions {
            output_capacity: 1,
            ..options()
        });
        queue.submit(&[1]);
        let place = join(&queue, 1);
        next(&queue, place);
        assert!(queue.emit(place, 1, 1));
        let worker = spawn(&queue, move |queue| queue.end(place, 1, Outcome::Failed));
        until_blocked(&queue);
        let waited = Instant::now();
        until("some time passes", || waited.elapsed().as_millis() >= 20);
        queue.take(1, |_| ());
        assert!(worker.join().unwrap());
        queue.take(1, |event| match event.kind {
            EventKind::Ended { duration, .. } => assert!(duration.as_millis() < 20),
            EventKind::Output(_) => panic!("{event:?}"),
        });
    });
}

// ---- the feeding side ----

#[test]
fn who_only_looks_sees_what_is_there() {
    let queue = queue(options());
    let place = joined(&queue, 1)[0];
    queue.submit(&[1, 2]);
    next(&queue, place);
    assert_eq!(queue.wait(false, Duration::ZERO), Wait::TimedOut);
    // It took something a moment ago, so it would linger for more than this.
    lock(&queue.inner).host_was_busy = true;
    assert!(queue.emit(place, 1, 1));
    assert_eq!(queue.wait(false, Duration::ZERO), Wait::Ready);
}

#[test]
fn output_wakes_a_host_that_waits_for_anything() {
    guarded(|| {
        let queue = queue(options());
        let place = joined(&queue, 1)[0];
        queue.submit(&[1, 2]);
        next(&queue, place);
        let host = spawn(&queue, |queue| queue.wait(false, FOREVER));
        until_inner(&queue, "it waits", |it| it.host == Waiting::Deep);
        assert!(queue.emit(place, 1, 1));
        assert_eq!(host.join().unwrap(), Wait::Ready);
    });
}

#[test]
fn a_host_that_lingers_comes_back_for_little_after_a_moment() {
    guarded(|| {
        let queue = queue(options());
        let place = joined(&queue, 1)[0];
        queue.submit(&[1, 2]);
        next(&queue, place);
        queue.emit(place, 1, 1);
        let host = spawn(&queue, |queue| {
            queue.take(1, |_| ());
            queue.wait(false, FOREVER)
        });
        until_inner(&queue, "it took", |it| it.state.ready() == 0);
        queue.emit(place, 1, 2);
        assert_eq!(host.join().unwrap(), Wait::Ready);
    });
}

#[test]
fn a_host_does_not_linger_for_what_a_worker_runs_of_its_own() {
    guarded(|| {
        let queue = queue(options());
        let place = joined(&queue, 1)[0];
        queue.submit(&[1]);
        next(&queue, place);
        assert_eq!(queue.start(place, 5), Start::Started);
        // It lingers without a limit, so that only the last output can end it.
        let host = spawn(&queue, |queue| {
            let mut inner = lock(&queue.inner);
            inner.host = Waiting::Lingering;
            while inner.host == Waiting::Lingering {
                inner = wait(&queue.host, &queue.inner, inner, None);
            }
            inner.state.ready()
        });
        until_inner(&queue, "it lingers", |it| it.host == Waiting::Lingering);
        assert!(queue.end(place, 1, Outcome::Succeeded));
        assert_eq!(host.join().unwrap(), 1);
        lock(&queue.inner).host_was_busy = true;
        assert_eq!(queue.wait(false, FOREVER), Wait::Ready);
    });
}

#[test]
fn a_lowered_limit_lets_one_of_two_go_that_wait() {
    guarded(|| {
        let queue = queue(options());
        let workers: Vec<_> = joined(&queue, 2)
            .into_iter()
            .map(|place| {
                spawn(&queue, move |queue| {
                    let got = next(queue, place);
                    let _ = queue.detach(place);
                    got
                })
            })
            .collect();
        until_inner(&queue, "both wait", |it| it.deep_workers == 2);
        let _ = queue.set_worker_limit(1);
        until("one goes", || queue.attached_count() == 1);
        queue.submit(&[7]);
        let mut got: Vec<_> = workers.into_iter().map(|it| it.join().unwrap()).collect();
        got.sort_by_key(|(_, items)| items.len());
        assert_eq!(got, [(Next::Ended, vec![]), (Next::Items, vec![7])]);
    });
}

#[test]
fn room_wakes_a_host_that_wants_it_once_half_is_free() {
    guarded(|| {
        let queue = queue(QueueOptions {
            input_capacity: 4,
            ..options()
        });
        let place = joined(&queue, 1)[0];
        assert_eq!(queue.submit(&[1, 2, 3, 4, 5]).unwrap().0, 4);
        let host = spawn(&queue, |queue| queue.wait(true, FOREVER));
        until_inner(&queue, "it waits", |it| it.host == Waiting::Deep);
        let mut limit = Duration::MAX;
        for _ in 0..2 {
            assert_eq!(queue.next(place, 1, limit, |_| ()).0, Next::Items);
            limit = Duration::ZERO;
        }
        assert_eq!(host.join().unwrap(), Wait::Ready);
        assert!(queue.counters().queued <= 2);
    });
}

#[test]
fn the_last_event_ends_every_wait() {
    guarded(|| {
        let queue = queue(options());
        let place = joined(&queue, 1)[0];
        queue.submit(&[1, 2]);
        next(&queue, place);
        let hosts = [(); 2].map(|()| {
            spawn(&queue, |queue| {
                while queue.wait(false, FOREVER) != Wait::Ended {
                    queue.take(1, |_| ());
                }
            })
        });
        until_inner(&queue, "both wait", |it| it.hosts == 2);
        queue.emit(place, 1, 1);
        let _ = queue.cancel(CancelReason::Requested);
        queue.end(place, 1, Outcome::Stopped);
        let _ = queue.detach(place);
        for host in hosts {
            host.join().unwrap();
        }
        assert!(queue.is_drained());
    });
}

#[test]
fn closing_an_empty_queue_ends_the_wait() {
    guarded(|| {
        let queue = queue(options());
        let host = spawn(&queue, |queue| queue.wait(false, FOREVER));
        until_inner(&queue, "it waits", |it| it.host == Waiting::Deep);
        queue.close();
        assert_eq!(host.join().unwrap(), Wait::Ended);
        assert_eq!(queue.submit(&[1]), None);
    });
}

// ---- all at once ----

/// Feeds a queue from several threads, works it off in several, and counts
/// how often each item ended.
fn run_through(options: QueueOptions, items: u64, producers: u64, workers: u32) {
    let queue = queue(options);
    let feeders: Vec<_> = (0..producers)
        .map(|first| {
            spawn(&queue, move |queue| {
                for item in (first..items).step_by(producers as usize) {
                    feed(queue, item);
                }
            })
        })
        .collect();
    let workers: Vec<_> = (1..=workers)
        .map(|worker| {
            spawn(&queue, move |queue| {
                if let Some(place) = enter_while_open(queue, worker) {
                    work(queue, place);
                }
            })
        })
        .collect();
    let mut ended: HashMap<ItemId, u32> = HashMap::new();
    while ended.len() < items as usize {
        assert_ne!(queue.wait(false, FOREVER), Wait::Ended);
        queue.take(64, |event| match event.kind {
            EventKind::Ended { .. } => *ended.entry(event.item).or_default() += 1,
            EventKind::Output(_) => assert!(!ended.contains_key(&event.item)),
        });
    }
    queue.close();
    assert!(ended.values().all(|times| *times == 1));
    for thread in feeders.into_iter().chain(workers) {
        thread.join().unwrap();
    }
    assert_eq!(queue.wait(false, FOREVER), Wait::Ended);
    assert_eq!(queue.counters().succeeded, items);
}

fn feed(queue: &ItemQueue, item: ItemId) {
    while queue.submit(&[item]).expect("it is open").0 == 0 {
        thread::yield_now();
    }
}

/// Joins as soon as there is work for one more, unless the queue closes first.
fn enter_while_open(queue: &ItemQueue, worker: WorkerId) -> Option<Place> {
    while queue.submit(&[]).is_some() {
        if let Entry::Joined(place) = queue.attach(worker, worker.into()) {
            return Some(place);
        }
        thread::yield_now();
    }
    None
}

fn work(queue: &ItemQueue, place: Place) {
    loop {
        let (next, items) = next(queue, place);
        if next != Next::Items {
            assert_eq!(next, Next::Ended);
            let _ = queue.detach(place);
            return;
        }
        for item in items {
            if item % 3 == 0 {
                assert!(queue.emit(place, item, 1));
            }
            assert!(queue.end(place, item, Outcome::Succeeded));
        }
    }
}

#[test]
fn queues_of_one_lose_nothing() {
    guarded(|| {
        let options = QueueOptions {
            input_capacity: 1,
            output_capacity: 1,
            ..options()
        };
        run_through(options, 5_000, 2, 3);
    });
}

#[test]
fn queues_of_many_lose_nothing() {
    guarded(|| run_through(options(), 100_000, 2, 2));
}

#[test]
fn more_workers_than_items_in_the_input_lose_nothing() {
    guarded(|| {
        let options = QueueOptions {
            input_capacity: 3,
            output_capacity: 100,
            ..options()
        };
        run_through(options, 20_000, 1, 8);
    });
}

#[test]
fn items_that_end_together_share_the_time() {
    let queue = queue(options());
    assert!(queue.submit(&[1, 2, 3, 4]).is_some());
    let place = join(&queue, 1);
    let mut items = Vec::new();
    while items.len() < 4 {
        items.extend(next(&queue, place).1);
    }
    assert_eq!(queue.end_all(place, &items, Outcome::Succeeded), 4);
    let mut durations = Vec::new();
    queue.take(8, |event| match event.kind {
        EventKind::Ended { duration, .. } => durations.push(duration),
        EventKind::Output(_) => panic!("nothing was put out"),
    });
    assert_eq!(durations.len(), 4);
    assert!(durations.windows(2).all(|pair| pair[0] == pair[1]));
    assert_eq!(queue.end_all(place, &items, Outcome::Succeeded), 0);
    assert_eq!(queue.counters().late, 4);
}
