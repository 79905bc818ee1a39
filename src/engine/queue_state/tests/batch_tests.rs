//! How many items a worker gets at once, and those it gives back.

use super::*;

#[test]
fn the_first_pulls_are_of_one_item() {
    let mut bench = bench(options());
    let place = bench.attach_with(1);
    bench.state.submit(&[2, 3, 4]);
    assert_eq!(bench.pulled(place, 100), [1]);
}

#[test]
fn short_items_come_in_fair_batches() {
    let mut bench = bench(options());
    bench.learn(SOON);
    bench.state.submit(&(0..1000).collect::<Vec<_>>());
    let (first, second) = (bench.attach(), bench.attach());
    assert_eq!(bench.pulled(first, 1000).len(), 250, "half of its share");
    assert_eq!(bench.pulled(second, 10).len(), 10, "what fits");
}

#[test]
fn long_items_come_one_by_one() {
    let mut bench = bench(options());
    bench.learn(Duration::from_millis(2));
    let place = bench.attach_with(1);
    bench.state.submit(&[2, 3, 4, 5, 6, 7, 8, 9]);
    assert_eq!(bench.pulled(place, 100).len(), 1);
}

#[test]
fn items_with_a_limit_of_their_own_come_one_by_one() {
    let mut bench = bench(QueueOptions {
        item_timeout: Some(SECOND),
        ..options()
    });
    bench.learn(SOON);
    bench.state.submit(&(0..1000).collect::<Vec<_>>());
    let place = bench.attach();
    assert_eq!(bench.pulled(place, 1000).len(), 1);
}

#[test]
fn each_item_of_a_batch_has_its_own_duration() {
    let mut bench = bench(options());
    bench.learn(SOON);
    bench.state.submit(&(0..8).collect::<Vec<_>>());
    let place = bench.attach();
    let batch = bench.pulled(place, 4);
    assert!(batch.len() > 1);
    for item in batch {
        bench.pass(SOON);
        bench.end(place, item, Outcome::Succeeded);
    }
    assert!(bench.ends().iter().all(|end| end.3 == SOON));
}

#[test]
fn items_given_back_are_the_next_in_their_order() {
    let mut bench = bench(options());
    bench.learn(SOON);
    bench.state.submit(&(0..20).collect::<Vec<_>>());
    let place = bench.attach();
    let batch = bench.pulled(place, 5);
    assert_eq!(batch, [0, 1, 2, 3, 4]);
    bench.end(place, 0, Outcome::Failed);
    assert_eq!(bench.state.give_back(place, &batch[1..]), 0);
    assert_eq!(bench.state.counters().running, 0);
    assert_eq!(bench.pulled(place, 2), [1, 2]);
}

#[test]
fn what_a_worker_does_not_hold_it_cannot_give_back() {
    let mut bench = bench(options());
    let (first, second) = (bench.attach_with(1), bench.attach_with(2));
    bench.pulled(first, 1);
    bench.pulled(second, 1);
    bench.end(first, 1, Outcome::Succeeded);
    assert_eq!(bench.state.give_back(first, &[1, 2, 3]), 3);
    assert_eq!((bench.state.queued(), bench.state.counters().late), (0, 3));
}

#[test]
fn items_given_back_to_a_cancelled_queue_end_as_stopped() {
    let mut bench = bench(options());
    let place = bench.attach_with(1);
    bench.pulled(place, 1);
    bench.state.cancel(CancelReason::Requested);
    assert_eq!(bench.state.give_back(place, &[1]), 0);
    assert_eq!(bench.ends(), [(1, Outcome::Stopped, 0, Duration::ZERO)]);
    assert!(bench.state.is_drained());
}
