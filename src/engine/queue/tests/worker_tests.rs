//! The workers: what wakes those that wait for items, and what they end.

use super::*;

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
