//! Graphs inside, races, for-each, and tasks that wait for their own.

use super::*;

fn graph(name: &str, tasks: Vec<TaskSpec>) -> TaskSpec {
    task(name).of(TaskKind::Graph(tasks))
}

fn race(name: &str, tasks: Vec<TaskSpec>) -> TaskSpec {
    task(name).of(TaskKind::Race(tasks))
}

fn each(name: &str) -> TaskSpec {
    task(name).of(TaskKind::ForEach)
}

// ---- graphs inside ----

#[test]
fn a_graph_inside_runs_in_its_place_and_takes_no_slot() {
    let inner = graph("g", vec![task("x"), task("y").needs(["x"])]);
    let tasks = vec![task("a"), inner.needs(["a"]), task("b").needs(["g"])];
    let mut bench = bench_with(1, RunOptions::default(), tasks);
    for (name, next) in [("a", "g/x"), ("g/x", "g/y"), ("g/y", "b")] {
        assert_eq!(bench.log(), [format!("start {name}")]);
        bench.succeed(name);
        assert_eq!(bench.log, [format!("start {next}")]);
    }
    assert_eq!(bench.schedule.graph().parent(bench.number("g/x")), Some(1));
}

#[test]
fn a_failure_inside_fails_the_graph_and_counts_once() {
    let inner = graph("g", vec![task("x"), task("y").needs(["x"])]);
    let mut bench = stopping_after(1, vec![inner, task("b").needs(["g"]), task("c")]);
    bench.fail("g/x");
    assert_eq!(bench.end_of("g/y"), bench.skipped_by("g/x"));
    assert_eq!(bench.end_of("g"), Some(TaskEnd::Failed));
    assert_eq!(bench.end_of("b"), bench.skipped_by("g"));
    bench.succeed("c");
    assert_eq!(bench.log().last().unwrap(), "finish Completed");
}

#[test]
fn a_tolerated_graph_shelters_the_failures_inside() {
    let inner = TaskSpec {
        continue_on_error: true,
        ..graph("g", vec![task("x")])
    };
    let mut bench = stopping_after(0, vec![inner, task("b").needs(["g"])]);
    bench.fail("g/x");
    assert_eq!(bench.log(), ["start g/x", "start b"]);
}

#[test]
fn a_graph_that_is_skipped_skips_all_inside() {
    let inner = TaskSpec {
        is_conditional: true,
        ..graph("g", vec![task("x"), graph("h", vec![task("y")])])
    };
    let mut bench = bench(vec![inner, task("b").needs(["g"])]);
    bench.decide("g", false);
    let outer = Some(TaskEnd::Skipped(SkipReason::Outer));
    let ends = ["g/x", "g/h", "g/h/y"].map(|path| bench.end_of(path));
    assert_eq!(ends, [outer; 3]);
    assert_eq!(bench.log(), ["decide g", "start b"]);
}

#[test]
fn the_time_of_a_graph_inside_counts_from_when_it_is_ready() {
    let clean = TaskSpec {
        is_finally: true,
        ..task("clean")
    };
    let inner = TaskSpec {
        timeout: Some(SECOND),
        ..graph("g", vec![task("x"), task("y").needs(["x"]), clean])
    };
    let mut bench = stopping_after(0, vec![task("a"), inner.needs(["a"]), task("c")]);
    bench.pass(10 * SECOND);
    bench.succeed("a");
    bench.pass(SECOND);
    assert_eq!(bench.log()[3..], ["stop g/x NotNeeded"]);
    bench.stopped("g/x");
    assert_eq!(bench.end_of("g/y"), Some(TaskEnd::Stopped));
    assert_eq!(bench.log(), ["start g/clean"]);
    bench.succeed("g/clean");
    assert_eq!(bench.end_of("g"), Some(TaskEnd::TimedOut));
    assert_eq!(bench.log(), ["stop c FirstFailure"]);
}

#[test]
fn a_graph_gives_out_what_its_tasks_gave_by_name() {
    let mut bench = bench(vec![graph("g", vec![task("x"), task("y"), task("z")])]);
    bench.give("g/y", Value::Int(2));
    bench.give("g/x", Value::Int(1));
    bench.succeed("g/z");
    let output = bench.schedule.output_of(0).expect("an output");
    let found = ["x", "y", "z"].map(|name| output.get(name));
    assert_eq!(found, [Some(&Value::Int(1)), Some(&Value::Int(2)), None]);
}

// ---- races ----

#[test]
fn the_first_success_wins_at_once_and_the_others_are_stopped() {
    let three = vec![task("x"), task("y"), task("z").needs(["x"])];
    let mut bench = bench(vec![race("r", three), task("b").needs(["r"])]);
    bench.give("r/y", Value::Int(2));
    let expected = ["start r/x", "start r/y", "stop r/x NotNeeded", "start b"];
    assert_eq!(bench.log(), expected);
    assert_eq!(bench.schedule.output_of(0), Some(&Value::Int(2)));
    bench.succeed("b");
    assert_eq!(bench.schedule.status(), RunStatus::Running, "x is there");
    bench.stopped("r/x");
    let ends = ["r", "r/x", "r/z"].map(|path| bench.end_of(path).unwrap());
    let expected = [TaskEnd::Succeeded, TaskEnd::Stopped, TaskEnd::Stopped];
    assert_eq!(ends, expected);
    assert_eq!(bench.log(), ["finish Completed"]);
}

#[test]
fn a_failure_in_a_race_counts_only_if_all_fail_and_then_once() {
    let three = vec![task("x"), task("y"), task("z")];
    let mut bench = stopping_after(0, vec![race("r", three), task("b")]);
    bench.fail("r/x");
    bench.fail("r/y");
    assert_eq!(bench.schedule.cancelled(), None);
    bench.fail("r/z");
    assert_eq!(bench.log()[4..], ["stop b FirstFailure"]);
    let failure = bench.schedule.failure_of(0).expect("a failure");
    assert_eq!(
        failure.message,
        "no alternative succeeded: x: r/x broke; y: r/y broke; z: r/z broke"
    );
}

#[test]
fn an_alternative_that_lost_is_not_tried_again() {
    let slow = TaskSpec {
        timeout: Some(SECOND),
        retry: Some(RetryPolicy::times(3)),
        ..task("x")
    };
    let mut bench = bench(vec![race("r", vec![slow, task("y")])]);
    bench.start("r/x");
    bench.pass(SECOND);
    bench.succeed("r/y");
    bench.stopped("r/x");
    assert_eq!(bench.end_of("r/x"), Some(TaskEnd::TimedOut));
    assert_eq!(bench.log().last().unwrap(), "finish Completed");
}

#[test]
fn a_graver_reason_reaches_those_that_lost() {
    let mut bench = bench(vec![race("r", vec![task("x"), task("y")])]);
    bench.succeed("r/y");
    bench.cancel(CancelReason::HostGone);
    let log = bench.log();
    assert_eq!(log[2..], ["stop r/x NotNeeded", "stop r/x HostGone"]);
}

// ---- for each ----

#[test]
fn a_for_each_learns_its_tasks_when_it_is_ready() {
    let mut bench = bench(vec![
        task("a"),
        each("e").needs(["a"]),
        task("b").needs(["e"]),
    ]);
    bench.succeed("a");
    assert_eq!(bench.log(), ["start a", "expand e"]);
    bench.expand("e", vec![task("1"), task("2")]);
    assert_eq!(bench.log(), ["start e/1", "start e/2"]);
    bench.give("e/2", Value::Int(2));
    bench.succeed("e/1");
    let expected = Value::List([Value::Null, Value::Int(2)].into());
    assert_eq!(bench.schedule.output_of(1), Some(&expected));
    assert_eq!(bench.log(), ["start b"]);
    assert_eq!(bench.schedule.counts().total, 5);
}

#[test]
fn a_for_each_over_nothing_has_succeeded() {
    let mut bench = bench(vec![each("e"), task("b").needs(["e"])]);
    bench.expand("e", vec![]);
    assert_eq!(bench.log(), ["expand e", "start b"]);
    assert_eq!(bench.schedule.output_of(0), Some(&Value::List([].into())));
}

#[test]
fn a_for_each_over_no_graph_has_failed() {
    let mut bench = stopping_after(0, vec![each("e"), task("b")]);
    bench.expand("e", vec![task("1"), task("1")]);
    let failure = bench.schedule.failure_of(0).expect("a failure");
    assert_eq!(failure.message, "there are two tasks 'e/1'");
    assert_eq!(bench.log().last().unwrap(), "stop b FirstFailure");
    assert_eq!(bench.schedule.counts().total, 2);
}

#[test]
fn a_for_each_that_never_learns_its_tasks_times_out() {
    let limited = TaskSpec {
        timeout: Some(SECOND),
        ..each("e")
    };
    let mut bench = stopping_after(0, vec![limited, task("b")]);
    bench.pass(SECOND);
    assert_eq!(bench.end_of("e"), Some(TaskEnd::TimedOut));
    assert_eq!(bench.log().last().unwrap(), "stop b FirstFailure");
}

// ---- tasks that wait for their own ----

fn with_waiting_task() -> Bench {
    let last = TaskSpec {
        priority: -1,
        ..task("b")
    };
    let mut bench = bench_with(1, RunOptions::default(), vec![task("a"), last]);
    bench.start("a");
    bench.suspend("a", vec![task("x"), task("y").needs(["x"])]);
    bench
}

#[test]
fn a_task_that_waits_for_its_own_holds_no_slot() {
    let mut bench = with_waiting_task();
    assert_eq!(bench.log(), ["start a", "start a/x"]);
    bench.succeed("a/x");
    assert_eq!(bench.log(), ["start a/y"]);
    bench.succeed("a/y");
    assert_eq!(bench.log(), ["resume a"]);
    bench.succeed("a");
    assert_eq!(bench.log(), ["start b"]);
}

#[test]
fn a_failure_of_its_own_is_for_the_task_to_judge() {
    let mut bench = with_waiting_task();
    bench.fail("a/x");
    assert_eq!(bench.end_of("a/y"), bench.skipped_by("a/x"));
    assert_eq!(bench.log()[2..], ["resume a"]);
}

#[test]
fn a_task_that_does_not_wait_for_its_own_ends_after_them() {
    let mut bench = with_waiting_task();
    bench.succeed("a");
    assert_eq!(bench.end_of("a"), None);
    assert_eq!(bench.log()[2..], ["stop a/x NotNeeded"]);
    bench.stopped("a/x");
    assert_eq!(bench.end_of("a"), Some(TaskEnd::Succeeded));
    assert_eq!(bench.log(), ["start b"]);
}

#[test]
fn a_stop_reaches_a_task_that_waits_and_its_own() {
    let mut bench = with_waiting_task();
    bench.cancel(CancelReason::Requested);
    assert_eq!(bench.log()[2..], ["stop a Requested", "stop a/x Requested"]);
    bench.stopped("a/x");
    assert_eq!(bench.end_of("a"), None, "it was told, and will say so");
    bench.stopped("a");
    assert_eq!(bench.log(), ["finish Stopped"]);
}

#[test]
fn a_task_that_waits_for_a_slot_to_go_on_needs_none_to_stop() {
    let of_db = |name| TaskSpec {
        group: Some("db".to_owned()),
        ..task(name)
    };
    let mut bench = bench(vec![of_db("a"), of_db("b")]);
    bench.start("a");
    bench.suspend("a", vec![task("x")]);
    bench.succeed("a/x");
    assert_eq!(bench.log(), ["start a", "start b", "start a/x"]);
    bench.cancel(CancelReason::Requested);
    bench.stopped("a");
    assert_eq!(bench.end_of("a"), Some(TaskEnd::Stopped));
    bench.stopped("b");
    let expected = ["stop a Requested", "stop b Requested", "finish Stopped"];
    assert_eq!(bench.log(), expected);
    assert_eq!(bench.schedule.slots_taken(), 0);
}

#[test]
fn tasks_that_are_no_graph_leave_the_task_running() {
    let mut bench = bench(vec![task("a")]);
    bench.start("a");
    let now = bench.now;
    let double = vec![task("x"), task("x")];
    let error = bench
        .schedule
        .suspend(0, 1, double, now)
        .expect_err("a double");
    assert_eq!(error.to_string(), "there are two tasks 'a/x'");
    let error = bench
        .schedule
        .suspend(0, 1, vec![], now)
        .expect_err("nothing");
    assert_eq!(error.to_string(), "the graph of task 'a' has no task");
    bench.cancel(CancelReason::Requested);
    let error = bench.schedule.suspend(0, 1, vec![task("x")], now);
    assert_eq!(error.expect_err("it is to stop"), NotSuspended::NotRunning);
    bench.succeed("a");
    assert_eq!(bench.log().last().unwrap(), "finish Completed");
}
