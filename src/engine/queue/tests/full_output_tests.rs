//! A full output: who waits for room, and what lets them go.

use super::*;

fn until_blocked(queue: &ItemQueue) {
    until_inner(queue, "a worker waits for room", |it| {
        it.blocked_emitters > 0
    });
}

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
