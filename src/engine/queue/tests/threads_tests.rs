//! Many threads at once: nothing is lost.

use std::collections::HashMap;

use super::*;

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
