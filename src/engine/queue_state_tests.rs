//! The state machine of a queue, with the time passed in.

use super::*;

#[path = "queue_state_model.rs"]
mod model;
#[path = "queue_state_own_tests.rs"]
mod own;
#[path = "queue_state_task_tests.rs"]
mod tasks;

const SECOND: Duration = Duration::from_secs(1);
const SOON: Duration = Duration::from_micros(10);

/// A queue at a time of the test's own making.
struct Bench {
    state: QueueState,
    now: Instant,
    attachments: u64,
}

fn options() -> QueueOptions {
    QueueOptions {
        tag: 7,
        worker_limit: 4,
        input_capacity: 1000,
        output_capacity: 1000,
        item_timeout: None,
        timeout: None,
        stop_grace: SECOND,
        is_for_tasks: false,
    }
}

fn bench(options: QueueOptions) -> Bench {
    let now = Instant::now();
    let lease = Lease::take().expect("a worker is left");
    Bench {
        state: QueueState::new(options, lease, now),
        now,
        attachments: 0,
    }
}

impl Bench {
    fn attach(&mut self) -> Place {
        self.attachments += 1;
        let worker = self.attachments as WorkerId;
        match self.state.attach(worker, self.attachments, 0, self.now) {
            Entry::Joined(place) => place,
            other => panic!("attach gave {other:?}"),
        }
    }

    fn pull(&mut self, place: Place, capacity: usize) -> (Pull, Vec<ItemId>) {
        let mut items = Vec::new();
        let pull = self
            .state
            .pull(place, capacity, self.now, |item| items.push(item));
        (pull, items)
    }

    fn pulled(&mut self, place: Place, capacity: usize) -> Vec<ItemId> {
        let (pull, items) = self.pull(place, capacity);
        assert_eq!(pull, Pull::Items);
        items
    }

    fn start(&mut self, place: Place, item: ItemId) -> Start {
        self.state.start(place, item, self.now)
    }

    fn end(&mut self, place: Place, item: ItemId, outcome: Outcome) -> bool {
        self.state.end(place, item, outcome, self.now)
    }

    fn pass(&mut self, time: Duration) {
        self.now += time;
    }

    /// What the control thread would do now: stops, lost workers, next look.
    fn supervise(&mut self) -> (Vec<StopRequest>, Vec<WorkerId>, Option<Duration>) {
        let (mut stops, mut lost) = (Vec::new(), Vec::new());
        let next = self.state.supervise(self.now, 0, &mut stops, &mut lost);
        (stops, lost, next.map(|next| next - self.now))
    }

    fn take(&mut self) -> Vec<Event> {
        let mut events = Vec::new();
        self.state.take(usize::MAX, |event| events.push(event));
        events
    }

    /// The ends so far: item, outcome, worker, duration.
    fn ends(&mut self) -> Vec<(ItemId, Outcome, WorkerId, Duration)> {
        let ends = self
            .take()
            .into_iter()
            .filter_map(|event| match event.kind {
                EventKind::Ended { outcome, duration } => {
                    Some((event.item, outcome, event.worker, duration))
                }
                EventKind::Output(_) => None,
            });
        ends.collect()
    }

    /// Runs items of a length, one after another, so that the queue knows it.
    fn learn(&mut self, length: Duration) {
        let place = self.attach_with(u64::MAX);
        for _ in 0..100 {
            self.pulled(place, 1);
            self.pass(length);
            assert!(self.end(place, u64::MAX, Outcome::Succeeded));
            self.state.submit(&[u64::MAX]);
        }
        self.pulled(place, 1);
        assert!(self.end(place, u64::MAX, Outcome::Succeeded));
        self.state.detach(place, self.now);
        self.take();
    }

    fn attach_with(&mut self, item: ItemId) -> Place {
        assert_eq!(self.state.submit(&[item]), 1);
        self.attach()
    }
}

// ---- in and out ----

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

// ---- batches ----

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

// ---- stops ----

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

// ---- a full output ----

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

// ---- how many workers ----

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
