//! Items that a worker starts itself, and a worker limit that changes.

use super::*;

const OWN: ItemId = 1000;

/// A worker that pulled item 1, and runs `OWN` beside it.
fn with_own_item(options: QueueOptions) -> (Bench, Place) {
    let mut bench = bench(options);
    let place = bench.attach_with(1);
    assert_eq!(bench.start(place, OWN), Start::Started);
    assert_eq!(bench.pulled(place, 1), [1]);
    (bench, place)
}

fn with_item_limit(limit: Duration) -> QueueOptions {
    QueueOptions {
        item_timeout: Some(limit),
        ..options()
    }
}

// ---- an own item ----

#[test]
fn an_own_item_outlasts_the_items_that_are_pulled_meanwhile() {
    let (mut bench, place) = with_own_item(options());
    bench.pass(SECOND);
    assert!(bench.end(place, 1, Outcome::Succeeded));
    bench.state.submit(&[2]);
    assert_eq!(bench.pulled(place, 1), [2]);
    bench.pass(SECOND);
    assert!(bench.end(place, 2, Outcome::Succeeded));
    assert!(bench.state.emit(place, OWN, 3));
    assert!(bench.end(place, OWN, Outcome::Succeeded));
    assert!(
        !bench.end(place, OWN, Outcome::Succeeded),
        "it ended before"
    );
    let expected = [(1, SECOND), (2, SECOND), (OWN, 2 * SECOND)];
    let expected = expected.map(|(item, time)| (item, Outcome::Succeeded, 1, time));
    assert_eq!(bench.ends(), expected);
    let counters = bench.state.counters();
    assert_eq!((counters.submitted, counters.done()), (3, 3));
}

#[test]
fn the_queue_does_not_end_before_an_own_item() {
    let (mut bench, place) = with_own_item(options());
    bench.end(place, 1, Outcome::Succeeded);
    bench.state.close();
    assert_eq!(bench.pull(place, 1).0, Pull::Ended);
    bench.take();
    assert!(bench.state.is_idle(), "nobody should wait for it");
    assert!(!bench.state.is_finished() && !bench.state.is_drained());
    assert_eq!(bench.state.counters().running, 1);
    bench.end(place, OWN, Outcome::Succeeded);
    assert!(bench.state.is_finished());
}

#[test]
fn an_own_item_starts_in_a_closed_queue_but_not_in_a_finished_one() {
    let mut bench = bench(options());
    bench.state.submit(&[1, 2]);
    let (first, second) = (bench.attach(), bench.attach());
    bench.state.close();
    assert_eq!(bench.start(first, OWN), Start::Started);
    assert_eq!(bench.pulled(first, 1), [1]);
    bench.end(first, 1, Outcome::Succeeded);
    assert_eq!(bench.pulled(first, 1), [2]);
    bench.end(first, 2, Outcome::Succeeded);
    bench.end(first, OWN, Outcome::Succeeded);
    assert!(bench.state.is_finished());
    assert_eq!(bench.start(second, OWN), Start::Ended);
    assert_eq!(bench.state.counters().submitted, 3);
}

#[test]
fn an_id_that_the_worker_runs_is_refused() {
    let (mut bench, place) = with_own_item(options());
    assert_eq!(bench.start(place, OWN), Start::AlreadyRuns);
    assert_eq!(bench.start(place, 1), Start::AlreadyRuns);
    assert_eq!(bench.start(place, OWN + 1), Start::Started);
    assert_eq!(bench.state.counters().submitted, 3);
}

#[test]
fn what_is_left_behind_ends_as_failed() {
    let (mut bench, place) = with_own_item(options());
    bench.state.detach(place, bench.now);
    let left = bench.ends();
    let expected = [1, OWN].map(|item| (item, Outcome::Failed, 1, Duration::ZERO));
    assert_eq!(left, expected);
    assert_eq!(bench.start(place, OWN), Start::Abandoned);
}

#[test]
fn an_own_item_cannot_be_given_back() {
    let (mut bench, place) = with_own_item(options());
    assert_eq!(bench.state.give_back(place, &[OWN, 1]), 1);
    assert_eq!(bench.state.queued(), 1);
    assert!(bench.end(place, OWN, Outcome::Succeeded));
}

#[test]
fn an_own_item_teaches_nothing_about_the_length_of_items() {
    let mut bench = bench(options());
    bench.learn(SECOND);
    let place = bench.attach_with(1);
    let mean = bench.state.mean;
    bench.start(place, OWN);
    bench.end(place, OWN, Outcome::Succeeded);
    assert_eq!(bench.state.mean, mean);
}

#[test]
fn a_worker_that_waits_with_an_own_item_does_not_look_stuck() {
    let mut bench = bench(options());
    bench.learn(SOON);
    let place = bench.attach_with(1);
    bench.start(place, OWN);
    bench.pulled(place, 1);
    bench.end(place, 1, Outcome::Succeeded);
    assert_eq!(bench.pull(place, 1).0, Pull::Nothing);
    bench.pass(10 * SECOND);
    bench.state.submit(&[2]);
    assert!(!bench.state.is_worth_a_thread(bench.now));
}

#[test]
fn a_worker_in_a_long_own_item_does_not_keep_the_backlog_waiting() {
    let mut bench = bench(options());
    bench.learn(SOON);
    let place = bench.attach_with(1);
    bench.pulled(place, 1);
    bench.start(place, OWN);
    bench.end(place, 1, Outcome::Succeeded);
    bench.state.submit(&[2]);
    assert_eq!(bench.state.wanted_workers(0), 1);
    bench.pass(START_COST);
    assert!(bench.state.is_worth_a_thread(bench.now));
}

// ---- stops ----

#[test]
fn the_limit_of_one_item_does_not_apply_to_an_own_one() {
    let (mut bench, place) = with_own_item(with_item_limit(SECOND));
    bench.end(place, 1, Outcome::Succeeded);
    bench.pass(10 * SECOND);
    assert_eq!(bench.supervise(), (vec![], vec![], None));
    bench.state.submit(&[2]);
    bench.pulled(place, 1);
    assert_eq!(
        bench.supervise().2,
        Some(SECOND),
        "from the pulled one's start"
    );
    bench.pass(SECOND);
    assert_eq!(bench.supervise().0.len(), 1);
}

#[test]
fn a_pulled_item_at_its_limit_takes_the_own_one_along_as_stopped() {
    let (mut bench, place) = with_own_item(with_item_limit(SECOND));
    bench.pass(SECOND);
    assert_eq!(bench.supervise().0.len(), 1);
    bench.end(place, 1, Outcome::Stopped);
    assert_eq!(bench.pull(place, 1).0, Pull::Stopped);
    assert_eq!(bench.start(place, OWN + 1), Start::Stopped);
    bench.state.detach(place, bench.now);
    let expected = [(1, Outcome::TimedOut), (OWN, Outcome::Stopped)];
    assert_eq!(
        bench.ends(),
        expected.map(|(item, how)| (item, how, 1, SECOND))
    );
}

#[test]
fn an_own_item_may_still_succeed_after_a_pulled_one_was_stopped() {
    let (mut bench, place) = with_own_item(with_item_limit(SECOND));
    bench.pass(SECOND);
    bench.supervise();
    bench.pass(SECOND - SOON);
    bench.end(place, 1, Outcome::Stopped);
    // It obeyed, so it has the whole grace once more.
    bench.pass(SECOND - SOON);
    assert_eq!(bench.supervise(), (vec![], vec![], Some(SOON)));
    assert!(bench.end(place, OWN, Outcome::Succeeded));
    assert_eq!(bench.ends()[1].1, Outcome::Succeeded);
}

#[test]
fn a_worker_that_keeps_an_own_item_after_a_stop_is_given_up() {
    let (mut bench, place) = with_own_item(with_item_limit(SECOND));
    bench.pass(SECOND);
    bench.supervise();
    bench.end(place, 1, Outcome::Stopped);
    bench.pass(SECOND);
    assert_eq!(bench.supervise().1, [1]);
    let expected = (OWN, Outcome::Stopped, 1, 2 * SECOND);
    assert_eq!(bench.ends()[1], expected);
    assert!(!bench.end(place, OWN, Outcome::Succeeded));
    assert!(!bench.state.is_running());
}

#[test]
fn a_cancel_stops_an_own_item_of_a_worker_that_waits() {
    let (mut bench, place) = with_own_item(options());
    bench.end(place, 1, Outcome::Succeeded);
    assert_eq!(bench.pull(place, 1).0, Pull::Nothing);
    bench.state.cancel(CancelReason::Timeout);
    assert_eq!(bench.pull(place, 1).0, Pull::Stopped);
    // Before anybody has asked it to stop.
    bench.state.detach(place, bench.now);
    assert_eq!(bench.ends()[1].1, Outcome::TimedOut);
    assert_eq!(bench.supervise(), (vec![], vec![], None));
}

#[test]
fn a_cancel_asks_for_a_stop_of_an_own_item_and_gives_its_worker_up() {
    let mut bench = bench(options());
    let place = bench.attach_with(1);
    bench.start(place, OWN);
    bench.state.cancel(CancelReason::Requested);
    let (stops, lost, next) = bench.supervise();
    assert_eq!((stops.len(), lost.len(), next), (1, 0, Some(SECOND)));
    bench.pass(SECOND);
    assert_eq!(bench.supervise().1, [1]);
    let ends: Vec<_> = bench.ends().iter().map(|end| (end.0, end.1)).collect();
    assert_eq!(ends, [(1, Outcome::Stopped), (OWN, Outcome::Stopped)]);
    // It had never asked for an item; nobody counts on it any more.
    assert_eq!(
        (bench.state.newcomers, bench.state.attached_count()),
        (0, 0)
    );
    assert!(bench.state.is_drained());
}

// ---- the worker limit ----

#[test]
fn a_raised_limit_lets_more_workers_in() {
    let mut bench = bench(QueueOptions {
        worker_limit: 1,
        ..options()
    });
    bench.state.submit(&[1, 2, 3]);
    bench.attach();
    assert_eq!(bench.state.wanted_workers(0), 0);
    bench.state.set_worker_limit(3);
    assert_eq!(bench.state.wanted_workers(0), 2);
}

#[test]
fn a_lowered_limit_lets_go_as_many_as_are_too_many() {
    let mut bench = bench(options());
    bench.state.submit(&[1, 2, 3]);
    let places = [(); 3].map(|()| bench.attach());
    for (item, place) in (1..).zip(places) {
        assert_eq!(bench.pulled(place, 1), [item]);
    }
    bench.state.set_worker_limit(1);
    bench.state.submit(&[4]);
    for (item, place) in (1..).zip(places) {
        assert!(bench.end(place, item, Outcome::Succeeded), "it goes on");
    }
    assert_eq!(bench.pull(places[0], 1).0, Pull::Ended);
    assert_eq!(bench.pull(places[1], 1).0, Pull::Ended);
    assert_eq!(bench.pulled(places[2], 1), [4]);
    assert_eq!(bench.pull(places[0], 1).0, Pull::Ended, "it was told so");
    for place in &places[..2] {
        assert_eq!(bench.state.wanted_workers(0), 0);
        bench.state.detach(*place, bench.now);
    }
    assert_eq!(bench.state.attached_count(), 1);
}

#[test]
fn a_worker_that_is_let_go_may_end_what_it_runs() {
    let (mut bench, place) = with_own_item(options());
    bench.state.submit(&[2]);
    let other = bench.attach();
    bench.state.set_worker_limit(1);
    bench.end(place, 1, Outcome::Succeeded);
    assert_eq!(bench.pull(place, 1).0, Pull::Ended);
    assert!(bench.state.emit(place, OWN, 1));
    assert!(bench.end(place, OWN, Outcome::Succeeded));
    bench.state.detach(place, bench.now);
    assert_eq!(bench.pulled(other, 1), [2]);
}

#[test]
fn a_limit_that_is_raised_again_wants_others_for_those_that_were_let_go() {
    let mut bench = bench(options());
    bench.state.submit(&[1, 2]);
    let places = [bench.attach(), bench.attach()];
    bench.state.set_worker_limit(1);
    assert_eq!(bench.pull(places[0], 1).0, Pull::Ended);
    bench.state.set_worker_limit(2);
    assert_eq!(bench.state.wanted_workers(0), 0, "it is still there");
    bench.state.detach(places[0], bench.now);
    assert_eq!(bench.state.wanted_workers(0), 1);
    assert_eq!(bench.pulled(places[1], 1), [1]);
}
