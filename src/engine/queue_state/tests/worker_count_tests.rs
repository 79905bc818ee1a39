//! How many workers a queue wants, and whether they are worth a thread.

use super::*;

#[test]
fn no_more_workers_come_in_than_may() {
    let mut bench = bench(QueueOptions {
        worker_limit: 2,
        ..options()
    });
    bench.state.submit(&[1, 2, 3]);
    let first = bench.attach();
    bench.attach();
    assert_eq!(bench.state.wanted_workers(0), 0);
    assert_eq!(
        bench.state.attach(9, 9, 0, bench.now),
        Entry::NotNeeded,
        "a third one"
    );
    bench.state.detach(first, bench.now);
    assert_eq!(bench.state.wanted_workers(0), 1);
}

#[test]
fn workers_that_wait_are_reckoned_with() {
    let mut bench = bench(options());
    bench.state.submit(&[1, 2]);
    assert!(bench.state.wants_worker(1));
    assert!(!bench.state.wants_worker(2));
    assert_eq!(bench.state.attach(1, 1, 2, bench.now), Entry::NotNeeded);
}

#[test]
fn the_queues_own_right_to_a_worker_is_used_once() {
    let mut bench = bench(options());
    let (first, second) = (bench.attach_with(1), bench.attach_with(2));
    let leases = |bench: &Bench| {
        let attached = bench.state.attached.iter().flatten();
        attached.filter(|it| it.lease.is_some()).count()
    };
    assert_eq!(leases(&bench), 1);
    bench.state.detach(first, bench.now);
    bench.attach_with(3);
    assert_eq!(leases(&bench), 1, "its own was free again");
    bench.state.detach(second, bench.now);
    assert_eq!(leases(&bench), 0);
}

#[test]
fn a_small_backlog_of_short_items_is_not_worth_a_thread() {
    let mut bench = bench(options());
    bench.learn(SOON);
    bench.state.submit(&[1]);
    assert!(bench.state.is_worth_a_thread(bench.now), "nobody is there");
    let place = bench.attach();
    bench.pulled(place, 1);
    bench.state.submit(&(0..100).collect::<Vec<_>>());
    assert!(!bench.state.is_worth_a_thread(bench.now), "1 ms of work");
    bench.state.submit(&(100..600).collect::<Vec<_>>());
    assert!(bench.state.is_worth_a_thread(bench.now), "6 ms of work");
}

#[test]
fn a_backlog_behind_a_long_item_is_worth_a_thread() {
    let mut bench = bench(options());
    bench.learn(SOON);
    let place = bench.attach_with(1);
    bench.pulled(place, 1);
    bench.state.submit(&[2]);
    assert!(!bench.state.is_worth_a_thread(bench.now));
    assert!(bench.state.must_watch_backlog(0, bench.now));
    assert_eq!(bench.supervise().2, Some(START_COST));
    bench.pass(START_COST);
    assert!(bench.state.is_worth_a_thread(bench.now), "1 is a long one");
    assert_eq!(bench.supervise().2, Some(START_COST), "until one came");
    let other = bench.attach();
    bench.pulled(other, 1);
    assert_eq!(bench.supervise().2, None);
}

#[test]
fn a_full_output_is_worth_no_thread() {
    let mut bench = bench(QueueOptions {
        output_capacity: 1,
        ..options()
    });
    let place = bench.attach_with(1);
    bench.pulled(place, 1);
    bench.state.submit(&[2]);
    assert!(bench.state.is_worth_a_thread(bench.now));
    bench.state.emit(place, 1, 1);
    assert!(!bench.state.is_worth_a_thread(bench.now));
}
