//! The feeding side: what its wait comes back for.

use super::*;

/// A queue whose worker runs item 1 while item 2 waits.
fn at_work() -> (Arc<ItemQueue>, Place) {
    let queue = queue(options());
    let place = joined(&queue, 1)[0];
    queue.submit(&[1, 2]);
    next(&queue, place);
    (queue, place)
}

#[test]
fn who_only_looks_sees_what_is_there() {
    let (queue, place) = at_work();
    assert_eq!(queue.wait(false, Duration::ZERO), Wait::TimedOut);
    // It took something a moment ago, so it would linger for more than this.
    lock(&queue.inner).host_was_busy = true;
    assert!(queue.emit(place, 1, 1));
    assert_eq!(queue.wait(false, Duration::ZERO), Wait::Ready);
}

#[test]
fn output_wakes_a_host_that_waits_for_anything() {
    guarded(|| {
        let (queue, place) = at_work();
        let host = spawn(&queue, |queue| queue.wait(false, FOREVER));
        until_inner(&queue, "it waits", |it| it.host == Waiting::Deep);
        assert!(queue.emit(place, 1, 1));
        assert_eq!(host.join().unwrap(), Wait::Ready);
    });
}

#[test]
fn a_host_that_lingers_comes_back_for_little_after_a_moment() {
    guarded(|| {
        let (queue, place) = at_work();
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
        let (queue, place) = at_work();
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
