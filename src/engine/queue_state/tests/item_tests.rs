//! Items go in, and events come out.

use super::*;

#[test]
fn an_item_goes_in_runs_and_ends_once() {
    let mut bench = bench(options());
    let place = bench.attach_with(42);
    assert_eq!(bench.pulled(place, 1), [42]);
    bench.pass(3 * SECOND);
    assert!(bench.end(place, 42, Outcome::Succeeded));
    assert!(!bench.end(place, 42, Outcome::Failed), "it ended before");
    assert_eq!(bench.ends(), [(42, Outcome::Succeeded, 1, 3 * SECOND)]);
    let counters = bench.state.counters();
    assert_eq!((counters.done(), counters.late), (1, 1));
}

#[test]
fn the_input_takes_what_fits() {
    let mut bench = bench(QueueOptions {
        input_capacity: 3,
        ..options()
    });
    assert_eq!(bench.state.submit(&[1, 2]), 2);
    assert_eq!(bench.state.submit(&[3, 4, 5]), 1);
    assert_eq!(bench.state.submit(&[4]), 0);
    assert_eq!(bench.state.counters().submitted, 3);
}

#[test]
fn items_leave_in_the_order_in_which_they_came() {
    let mut bench = bench(options());
    let place = bench.attach_with(0);
    bench.state.submit(&[1, 2]);
    let mut order = Vec::new();
    for _ in 0..3 {
        order.extend(bench.pulled(place, 1));
    }
    assert_eq!(order, [0, 1, 2]);
}

#[test]
fn a_closed_queue_ends_after_its_last_item() {
    let mut bench = bench(options());
    let place = bench.attach_with(1);
    bench.state.close();
    assert_eq!(bench.pulled(place, 1), [1]);
    assert_eq!(bench.pull(place, 1).0, Pull::Ended);
    assert!(!bench.state.is_drained());
    bench.end(place, 1, Outcome::Failed);
    assert!(bench.state.is_finished() && !bench.state.is_drained());
    bench.take();
    assert!(bench.state.is_drained());
}

#[test]
fn an_output_comes_before_the_end_of_its_item_and_not_after() {
    let mut bench = bench(options());
    let place = bench.attach_with(1);
    assert!(!bench.state.emit(place, 1, 5), "it does not run yet");
    bench.pulled(place, 1);
    assert!(bench.state.emit(place, 1, 5));
    bench.end(place, 1, Outcome::Succeeded);
    assert!(!bench.state.emit(place, 1, 5), "it does not run any more");
    let kinds: Vec<_> = bench.take().into_iter().map(|event| event.kind).collect();
    assert_eq!(kinds[0], EventKind::Output(5));
    assert_eq!(kinds.len(), 2);
    assert_eq!(bench.state.counters().late, 2);
}
