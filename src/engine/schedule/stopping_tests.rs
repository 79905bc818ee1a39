//! What stops a run, and what goes on in spite of it.

use super::*;

fn at_the_end(name: &str) -> TaskSpec {
    TaskSpec {
        is_finally: true,
        ..task(name)
    }
}

#[test]
fn the_first_failure_stops_the_run_if_none_is_allowed() {
    let tasks = vec![task("a"), task("b"), task("c").needs(["b"])];
    let mut bench = stopping_after(0, tasks);
    bench.fail("a");
    assert_eq!(bench.log()[2..], ["stop b FirstFailure"]);
    assert_eq!(bench.end_of("c"), Some(TaskEnd::Stopped));
    bench.stopped("b");
    assert_eq!(bench.end_of("b"), Some(TaskEnd::Stopped));
    assert_eq!(bench.log(), ["finish Failed"]);
}

#[test]
fn as_many_may_fail_as_are_allowed() {
    let tasks = || vec![task("a"), task("b"), task("c"), task("d").needs(["c"])];
    let mut bench = stopping_after(2, tasks());
    bench.fail("a");
    bench.fail("b");
    bench.succeed("c");
    bench.succeed("d");
    assert_eq!(bench.log().last().unwrap(), "finish Completed");
    let mut bench = stopping_after(1, tasks());
    bench.fail("a");
    bench.fail("b");
    assert_eq!(bench.log().last().unwrap(), "stop c FirstFailure");
}

#[test]
fn a_cancel_stops_what_runs_and_ends_what_waits() {
    let mut bench = bench_with(1, RunOptions::default(), vec![task("a"), task("b")]);
    bench.start("a");
    bench.cancel(CancelReason::Requested);
    assert_eq!(bench.end_of("b"), Some(TaskEnd::Stopped));
    bench.cancel(CancelReason::Requested);
    bench.cancel(CancelReason::Timeout);
    assert_eq!(bench.log(), ["start a", "stop a Requested"]);
    bench.cancel(CancelReason::HostGone);
    bench.stopped("a");
    assert_eq!(bench.log(), ["stop a HostGone", "finish Stopped"]);
}

#[test]
fn a_cancel_that_stops_nothing_changes_no_result() {
    let mut bench = bench(vec![task("a")]);
    bench.start("a");
    bench.cancel(CancelReason::Requested);
    bench.succeed("a");
    assert_eq!(bench.log().last().unwrap(), "finish Completed");
}

#[test]
fn a_run_has_its_own_time_limit() {
    let options = RunOptions {
        timeout: Some(10 * SECOND),
        ..RunOptions::default()
    };
    let mut bench = bench_with(1, options, vec![task("a"), task("b")]);
    assert_eq!(
        bench.schedule.next_deadline(),
        Some(bench.now.after(10 * SECOND))
    );
    bench.start("a");
    bench.pass(10 * SECOND);
    bench.stopped("a");
    let ends = ["a", "b"].map(|name| bench.end_of(name).unwrap());
    assert_eq!(ends, [TaskEnd::TimedOut, TaskEnd::Stopped]);
    assert_eq!(bench.log()[1..], ["stop a Timeout", "finish Failed"]);
}

#[test]
fn a_stop_ends_retries_and_their_delays() {
    let retrying = |name, delay| TaskSpec {
        retry: Some(RetryPolicy {
            delay,
            ..RetryPolicy::times(9)
        }),
        ..task(name)
    };
    let mut bench = bench(vec![retrying("a", SECOND), retrying("b", Duration::ZERO)]);
    bench.fail("a");
    bench.cancel(CancelReason::Requested);
    assert_eq!(bench.end_of("a"), Some(TaskEnd::Stopped));
    bench.fail("b");
    assert_eq!(bench.end_of("b"), Some(TaskEnd::Failed), "it did by itself");
    assert_eq!(bench.log().last().unwrap(), "finish Stopped");
}

#[test]
fn an_answer_after_the_stop_comes_too_late() {
    let conditional = TaskSpec {
        is_conditional: true,
        ..task("a")
    };
    let mut bench = bench(vec![conditional, task("each").of(TaskKind::ForEach)]);
    bench.cancel(CancelReason::Requested);
    bench.decide("a", true);
    bench.expand("each", vec![task("x")]);
    assert_eq!(bench.log(), ["decide a", "expand each", "finish Stopped"]);
}

// ---- at the end ----

#[test]
fn finally_tasks_run_after_all_others_whatever_came_of_them() {
    let clean = at_the_end("clean").needs(["a"]);
    let mut bench = bench(vec![clean, task("a"), task("b").needs(["a"]), task("c")]);
    bench.fail("a");
    assert_eq!(bench.log(), ["start a", "start c"]);
    bench.succeed("c");
    assert_eq!(bench.log(), ["start clean"]);
    bench.succeed("clean");
    assert_eq!(bench.log(), ["finish Failed"]);
}

#[test]
fn finally_tasks_run_in_their_own_order() {
    let tasks = vec![at_the_end("y").needs(["x"]), at_the_end("x"), task("a")];
    let mut bench = bench(tasks);
    for (before, after) in [("a", "x"), ("x", "y")] {
        bench.log();
        bench.fail(before);
        assert_eq!(bench.log(), [format!("start {after}")]);
    }
}

#[test]
fn finally_tasks_run_after_a_stop_and_only_the_gravest_ends_them() {
    let mut bench = bench(vec![task("a"), at_the_end("clean"), at_the_end("more")]);
    bench.start("a");
    bench.cancel(CancelReason::Requested);
    bench.stopped("a");
    assert_eq!(bench.log()[2..], ["start clean", "start more"]);
    bench.start("clean");
    bench.cancel(CancelReason::Requested);
    bench.succeed("clean");
    assert_eq!(bench.log(), [""; 0]);
    bench.cancel(CancelReason::HostGone);
    assert_eq!(bench.log(), ["stop more HostGone"]);
    bench.stopped("more");
    assert_eq!(bench.log(), ["finish Stopped"]);
}

#[test]
fn finally_tasks_run_after_the_time_of_the_run() {
    let options = RunOptions {
        timeout: Some(SECOND),
        ..RunOptions::default()
    };
    let mut bench = bench_with(1, options, vec![task("a"), at_the_end("clean")]);
    bench.pass(SECOND);
    bench.stopped("a");
    bench.pass(10 * SECOND);
    bench.succeed("clean");
    let expected = ["start a", "stop a Timeout", "start clean", "finish Failed"];
    assert_eq!(bench.log(), expected);
}

#[test]
fn when_the_host_goes_nothing_more_starts() {
    let mut bench = bench(vec![task("a"), at_the_end("clean")]);
    bench.cancel(CancelReason::HostGone);
    bench.stopped("a");
    assert_eq!(bench.log()[1..], ["stop a HostGone", "finish Stopped"]);
    assert_eq!(bench.end_of("clean"), Some(TaskEnd::Stopped));
}
