//! Stops: limits of an item and of the queue, cancels, and lost workers.

use super::*;

#[test]
fn an_item_that_is_overdue_is_stopped_and_ends_as_timed_out() {
    let mut bench = bench(QueueOptions {
        item_timeout: Some(2 * SECOND),
        ..options()
    });
    let place = bench.attach_with(1);
    bench.pulled(place, 1);
    assert!(bench.state.must_watch_item(bench.now));
    assert_eq!(bench.supervise(), (vec![], vec![], Some(2 * SECOND)));
    bench.pass(2 * SECOND);
    let stop = StopRequest {
        worker: 1,
        attachment: 1,
    };
    assert_eq!(bench.supervise(), (vec![stop], vec![], Some(SECOND)));
    assert_eq!(bench.supervise().0, [], "one request is enough");
    assert!(bench.end(place, 1, Outcome::Failed));
    assert_eq!(bench.ends(), [(1, Outcome::TimedOut, 1, 2 * SECOND)]);
    assert_eq!(bench.pull(place, 1).0, Pull::Stopped);
}

#[test]
fn an_item_that_ends_well_in_spite_of_its_stop_has_succeeded() {
    let mut bench = bench(options());
    let place = bench.attach_with(1);
    bench.pulled(place, 1);
    bench.state.cancel(CancelReason::Requested);
    bench.supervise();
    assert!(bench.end(place, 1, Outcome::Succeeded));
    assert_eq!(bench.ends()[0].1, Outcome::Succeeded);
}

#[test]
fn a_worker_that_ignores_its_stop_is_given_up_after_the_grace_time() {
    let mut bench = bench(options());
    let place = bench.attach_with(1);
    bench.pulled(place, 1);
    bench.state.cancel(CancelReason::Timeout);
    bench.supervise();
    bench.pass(SECOND / 2);
    assert_eq!(bench.supervise(), (vec![], vec![], Some(SECOND / 2)));
    bench.pass(SECOND / 2);
    assert_eq!(bench.supervise(), (vec![], vec![1], None));
    assert_eq!(bench.ends(), [(1, Outcome::TimedOut, 1, SECOND)]);
    assert_eq!(bench.state.attached_count(), 0);
    assert!(!bench.end(place, 1, Outcome::Succeeded));
    assert!(!bench.state.emit(place, 1, 1));
    assert_eq!(bench.state.give_back(place, &[1]), 1);
    assert_eq!(bench.pull(place, 1).0, Pull::Abandoned);
    bench.state.detach(place, bench.now);
    assert_eq!(bench.state.counters().late, 3);
    assert_eq!(bench.ends(), []);
}

#[test]
fn a_lost_workers_place_is_not_its_successors() {
    let mut bench = bench(QueueOptions {
        item_timeout: Some(SECOND),
        stop_grace: Duration::ZERO,
        ..options()
    });
    let lost = bench.attach_with(1);
    bench.pulled(lost, 1);
    bench.pass(SECOND);
    assert_eq!(bench.supervise().1, [1]);
    let place = bench.attach_with(2);
    bench.pulled(place, 1);
    assert!(!bench.end(lost, 2, Outcome::Failed));
    bench.state.detach(lost, bench.now);
    assert!(bench.end(place, 2, Outcome::Succeeded));
}

#[test]
fn an_item_limit_is_watched_beside_a_later_limit_of_the_queue() {
    let mut bench = bench(QueueOptions {
        item_timeout: Some(SECOND),
        timeout: Some(60 * SECOND),
        ..options()
    });
    assert_eq!(bench.supervise().2, Some(60 * SECOND));
    let place = bench.attach_with(1);
    bench.pulled(place, 1);
    assert!(bench.state.must_watch_item(bench.now), "1 s before 60 s");
    assert!(!bench.state.must_watch_item(bench.now), "it was said once");
    assert_eq!(bench.supervise().2, Some(SECOND));
}

#[test]
fn an_item_limit_is_watched_beside_a_later_grace_time() {
    let mut bench = bench(QueueOptions {
        item_timeout: Some(SECOND),
        stop_grace: 60 * SECOND,
        ..options()
    });
    let stuck = bench.attach_with(1);
    bench.pulled(stuck, 1);
    bench.pass(SECOND);
    assert_eq!(bench.supervise().2, Some(60 * SECOND));
    let place = bench.attach_with(2);
    bench.pulled(place, 1);
    assert!(bench.state.must_watch_item(bench.now));
}

#[test]
fn a_queue_limit_stops_what_runs_and_what_waits() {
    let mut bench = bench(QueueOptions {
        timeout: Some(SECOND),
        ..options()
    });
    let place = bench.attach_with(1);
    bench.pulled(place, 1);
    bench.state.submit(&[2]);
    bench.pass(SECOND);
    assert_eq!(bench.supervise().0.len(), 1);
    assert_eq!(bench.state.cancelled(), Some(CancelReason::Timeout));
    bench.end(place, 1, Outcome::Failed);
    let outcomes: Vec<_> = bench.ends().iter().map(|end| (end.0, end.1)).collect();
    assert_eq!(outcomes, [(2, Outcome::Stopped), (1, Outcome::TimedOut)]);
}

#[test]
fn a_queue_that_finished_in_time_has_not_timed_out() {
    let mut bench = bench(QueueOptions {
        timeout: Some(SECOND),
        ..options()
    });
    let place = bench.attach_with(1);
    bench.pulled(place, 1);
    bench.end(place, 1, Outcome::Succeeded);
    bench.state.close();
    assert_eq!(bench.supervise().2, None, "nothing is left to watch");
    bench.pass(2 * SECOND);
    bench.supervise();
    assert_eq!(bench.state.cancelled(), None, "only its output waits");
}

#[test]
fn cancelling_ends_what_waits_at_once() {
    let mut bench = bench(options());
    bench.state.submit(&[1, 2]);
    bench.state.cancel(CancelReason::Requested);
    let ends = bench.ends();
    assert_eq!(ends.len(), 2);
    assert!(ends
        .iter()
        .all(|end| (end.1, end.2) == (Outcome::Stopped, 0)));
    assert!(bench.state.is_drained() && bench.state.is_closed());
    assert_eq!(bench.supervise(), (vec![], vec![], None));
}

#[test]
fn a_later_reason_replaces_an_earlier_one_only() {
    let mut bench = bench(options());
    bench.state.cancel(CancelReason::Timeout);
    bench.state.cancel(CancelReason::HostGone);
    bench.state.cancel(CancelReason::FirstFailure);
    assert_eq!(bench.state.cancelled(), Some(CancelReason::HostGone));
}

#[test]
fn a_worker_without_an_item_needs_no_stop() {
    let mut bench = bench(options());
    let place = bench.attach_with(1);
    bench.state.cancel(CancelReason::Requested);
    assert_eq!(bench.supervise(), (vec![], vec![], None));
    assert_eq!(bench.pull(place, 1).0, Pull::Stopped);
}

#[test]
fn a_worker_that_leaves_an_item_behind_has_lost_it() {
    let mut bench = bench(options());
    bench.learn(SOON);
    bench.state.submit(&(0..8).collect::<Vec<_>>());
    let place = bench.attach();
    let batch = bench.pulled(place, 3);
    bench.state.detach(place, bench.now);
    let ends = bench.ends();
    assert_eq!(ends.len(), batch.len());
    assert!(ends.iter().all(|end| end.1 == Outcome::Failed));
    assert_eq!(bench.state.attached_count(), 0);
}

#[test]
fn an_item_that_waits_for_room_is_over_and_never_times_out() {
    let mut bench = bench(QueueOptions {
        item_timeout: Some(SECOND),
        output_capacity: 1,
        ..options()
    });
    let place = bench.attach_with(1);
    bench.pulled(place, 1);
    assert!(bench.state.emit(place, 1, 1));
    assert!(bench.state.must_wait_for_room(place));
    bench.state.finish(place, 1, bench.now);
    bench.pass(5 * SECOND);
    assert_eq!(bench.supervise(), (vec![], vec![], None));
    bench.take();
    assert!(!bench.state.must_wait_for_room(place));
    bench.end(place, 1, Outcome::Failed);
    let end = (1, Outcome::Failed, 1, Duration::ZERO);
    assert_eq!(bench.ends(), [end], "neither timed out nor slow");
}

#[test]
fn a_full_output_holds_no_stop_up() {
    let mut bench = bench(QueueOptions {
        item_timeout: Some(SECOND),
        output_capacity: 1,
        ..options()
    });
    let (stopped, other) = (bench.attach_with(1), bench.attach_with(2));
    bench.pulled(stopped, 1);
    assert!(bench.state.emit(stopped, 1, 1));
    bench.pass(SECOND / 2);
    bench.pulled(other, 1);
    bench.pass(SECOND / 2);
    assert_eq!(bench.supervise().0.len(), 1);
    assert!(!bench.state.must_wait_for_room(stopped), "so it can obey");
    assert!(bench.state.must_wait_for_room(other));
    bench.state.cancel(CancelReason::Requested);
    assert!(!bench.state.must_wait_for_room(other));
}
