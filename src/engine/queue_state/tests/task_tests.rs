//! Queues whose items are tasks: starts are told, and single items stopped.

use super::*;

fn bench_of_tasks() -> Bench {
    bench(QueueOptions {
        is_for_tasks: true,
        ..options()
    })
}

#[test]
fn the_start_of_a_task_is_told_with_its_worker() {
    let mut bench = bench_of_tasks();
    bench.state.submit(&[5]);
    assert_eq!(bench.state.take_started(), []);
    let place = bench.attach();
    bench.pulled(place, 1);
    assert_eq!(bench.state.take_started(), [(5, 1)]);
    assert_eq!(bench.state.take_started(), [], "once");
}

#[test]
fn tasks_are_handed_out_one_by_one_however_short_they_are() {
    let mut bench = bench_of_tasks();
    let place = bench.attach_with(1);
    bench.pulled(place, 16);
    bench.pass(SOON);
    bench.end(place, 1, Outcome::Succeeded);
    bench.state.submit(&[2, 3, 4, 5, 6, 7, 8, 9]);
    assert_eq!(bench.pulled(place, 16), [2]);
    assert!(
        bench.state.is_worth_a_thread(bench.now),
        "so is any of them"
    );
}

#[test]
fn a_task_that_waits_is_stopped_at_once() {
    let mut bench = bench_of_tasks();
    bench.state.submit(&[1, 2]);
    bench.state.stop(1, CancelReason::NotNeeded);
    let ends: Vec<_> = bench.ends().iter().map(|end| (end.0, end.1)).collect();
    assert_eq!(ends, [(1, Outcome::Stopped)]);
    let place = bench.attach();
    assert_eq!(bench.pulled(place, 1), [2]);
}

#[test]
fn of_the_tasks_that_run_only_the_one_meant_is_stopped() {
    let mut bench = bench_of_tasks();
    let [one, other] = [1, 2].map(|item| {
        let place = bench.attach_with(item);
        bench.pulled(place, 1);
        place
    });
    bench.state.stop(2, CancelReason::ItemTimeout);
    let (stops, lost, due) = bench.supervise();
    let meant = StopRequest {
        worker: 2,
        attachment: 2,
    };
    assert_eq!((stops, lost, due), (vec![meant], vec![], Some(SECOND)));
    assert_eq!(bench.supervise().0, [], "it was asked for");
    bench.end(other, 2, Outcome::Failed);
    bench.end(one, 1, Outcome::Failed);
    let ends: Vec<_> = bench.ends().iter().map(|end| (end.0, end.1)).collect();
    assert_eq!(ends, [(2, Outcome::TimedOut), (1, Outcome::Failed)]);
}

#[test]
fn a_stop_that_comes_too_late_does_not_hit_the_next_task() {
    let mut bench = bench_of_tasks();
    let place = bench.attach_with(1);
    bench.pulled(place, 1);
    bench.state.stop(1, CancelReason::Requested);
    bench.end(place, 1, Outcome::Succeeded);
    bench.state.submit(&[2]);
    bench.pulled(place, 1);
    assert_eq!(bench.supervise().0, []);
    bench.state.stop(1, CancelReason::Requested);
    assert_eq!(bench.supervise().0, []);
}

#[test]
fn a_task_that_ignores_its_stop_is_given_up_with_its_worker() {
    let mut bench = bench_of_tasks();
    let place = bench.attach_with(1);
    bench.pulled(place, 1);
    bench.state.stop(1, CancelReason::NotNeeded);
    bench.supervise();
    bench.pass(SECOND);
    assert_eq!(bench.supervise().1, [1]);
    assert!(!bench.end(place, 1, Outcome::Succeeded), "it is too late");
    let ends: Vec<_> = bench.ends().iter().map(|end| (end.0, end.1)).collect();
    assert_eq!(ends, [(1, Outcome::Stopped)]);
}
