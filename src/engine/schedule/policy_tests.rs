//! Limits, order, retries and time limits.

use super::*;

fn of_group(name: &str, group: &str) -> TaskSpec {
    TaskSpec {
        group: Some(group.to_owned()),
        ..task(name)
    }
}

fn limited(limit: u32, tasks: Vec<TaskSpec>) -> Bench {
    bench_with(limit, RunOptions::default(), tasks)
}

// ---- slots ----

#[test]
fn no_more_run_than_the_run_has_slots() {
    let mut bench = limited(2, vec![task("a"), task("b"), task("c")]);
    assert_eq!(bench.log(), ["start a", "start b"]);
    bench.succeed("b");
    assert_eq!(bench.log(), ["start c"]);
    assert_eq!(bench.schedule.slots_taken(), 2);
}

#[test]
fn no_more_run_than_their_group_has_slots() {
    let tasks = vec![of_group("a", "db"), of_group("b", "db"), task("c")];
    let mut bench = limited(3, tasks);
    assert_eq!(bench.log(), ["start a", "start c"]);
    bench.succeed("a");
    assert_eq!(bench.log(), ["start b"]);
}

#[test]
fn a_heavy_task_waits_for_all_its_slots_and_lets_light_ones_pass() {
    let heavy = TaskSpec {
        weight: 2,
        ..of_group("heavy", "net")
    };
    let tasks = vec![of_group("a", "net"), heavy, of_group("b", "net"), task("c")];
    let mut bench = limited(3, tasks);
    assert_eq!(bench.log(), ["start a", "start b", "start c"]);
    bench.succeed("a");
    bench.succeed("c");
    assert_eq!(bench.log(), [""; 0]);
    bench.succeed("b");
    assert_eq!(bench.log(), ["start heavy"]);
}

// ---- order ----

#[test]
fn the_priority_comes_first_then_the_longest_path_then_the_order_written() {
    let with = |name, priority, seconds: u32| TaskSpec {
        priority,
        estimate: Some(seconds * SECOND),
        ..task(name)
    };
    let mut bench = limited(
        1,
        vec![
            with("short", 0, 1),
            with("long", 0, 9),
            with("alike", 0, 9),
            with("urgent", 1, 1),
            with("late", -1, 99),
            with("head", 0, 1),
            with("tail", 0, 10).needs(["head"]),
        ],
    );
    let order = ["urgent", "head", "tail", "long", "alike", "short", "late"];
    for name in order {
        assert_eq!(bench.log(), [format!("start {name}")]);
        bench.succeed(name);
    }
}

// ---- retries ----

fn retrying(policy: RetryPolicy) -> TaskSpec {
    TaskSpec {
        retry: Some(policy),
        ..task("a")
    }
}

#[test]
fn a_failure_is_tried_again_as_often_as_asked_for() {
    let mut bench = bench(vec![
        retrying(RetryPolicy::times(2)),
        task("b").needs(["a"]),
    ]);
    bench.fail("a");
    bench.fail("a");
    assert_eq!(bench.log(), ["start a", "start a #2", "start a #3"]);
    bench.succeed("a");
    assert_eq!(bench.log(), ["start b"]);
}

#[test]
fn after_the_last_attempt_the_task_has_failed() {
    let mut bench = stopping_after(0, vec![retrying(RetryPolicy::times(1)), task("b")]);
    bench.fail("a");
    assert_eq!(bench.end_of("a"), None);
    bench.fail("a");
    assert_eq!(bench.end_of("a"), Some(TaskEnd::Failed));
    assert_eq!(bench.log().last().unwrap(), "stop b FirstFailure");
}

#[test]
fn while_a_task_waits_for_its_next_attempt_it_holds_no_slot() {
    let policy = RetryPolicy {
        delay: SECOND,
        backoff: Backoff::Exponential { cap: 9 * SECOND },
        ..RetryPolicy::times(9)
    };
    let mut bench = limited(1, vec![retrying(policy), task("b")]);
    bench.fail("a");
    bench.succeed("b");
    assert_eq!(bench.log(), ["start a", "start b"]);
    for (attempt, seconds) in [(2, 1), (3, 2), (4, 4), (5, 8), (6, 9)] {
        let due = bench.now.after(seconds * SECOND);
        assert_eq!(bench.schedule.next_deadline(), Some(due));
        bench.pass(seconds * SECOND - Duration::from_nanos(1));
        assert_eq!(bench.log(), [""; 0]);
        bench.pass(Duration::from_nanos(1));
        assert_eq!(bench.log(), [format!("start a #{attempt}")]);
        bench.fail("a");
    }
}

#[test]
fn jitter_is_decided_by_the_seed() {
    let due = |jitter_seed| {
        let policy = RetryPolicy {
            delay: SECOND,
            jitter: 0.5,
            ..RetryPolicy::times(1)
        };
        let options = RunOptions {
            jitter_seed,
            ..RunOptions::default()
        };
        let mut bench = bench_with(1, options, vec![retrying(policy)]);
        bench.fail("a");
        bench
            .schedule
            .next_deadline()
            .expect("a delay")
            .since_start()
    };
    assert_eq!(due(1), due(1));
    assert_ne!(due(1), due(2));
    assert!((SECOND / 2..=SECOND).contains(&due(1)));
}

#[test]
fn only_the_failures_that_are_meant_are_tried_again() {
    let policy = RetryPolicy {
        on: RetryOn {
            timeouts: false,
            kinds: Some(vec![FailureKind::LOST]),
        },
        ..RetryPolicy::times(9)
    };
    let mut bench = bench(vec![retrying(policy)]);
    let lost = Failure {
        kind: FailureKind::LOST,
        message: "the worker was lost".to_owned(),
    };
    bench.end("a", Ending::Failed(lost));
    assert_eq!(bench.log(), ["start a", "start a #2"]);
    bench.fail("a");
    assert_eq!(bench.end_of("a"), Some(TaskEnd::Failed));
}

// ---- time limits ----

#[test]
fn a_time_limit_counts_from_the_real_start_of_each_attempt() {
    let limited = TaskSpec {
        timeout: Some(SECOND),
        retry: Some(RetryPolicy::times(1)),
        ..task("a")
    };
    let mut bench = bench(vec![limited]);
    bench.pass(10 * SECOND);
    bench.start("a");
    bench.pass(SECOND - Duration::from_nanos(1));
    assert_eq!(bench.log(), ["start a"]);
    bench.pass(Duration::from_nanos(1));
    assert_eq!(bench.log(), ["stop a ItemTimeout"]);
    bench.stopped("a");
    assert_eq!(bench.log(), ["start a #2"]);
    bench.start("a");
    bench.pass(SECOND);
    bench.stopped("a");
    assert_eq!(bench.end_of("a"), Some(TaskEnd::TimedOut));
    assert_eq!(bench.log(), ["stop a ItemTimeout", "finish Failed"]);
}

#[test]
fn what_succeeds_in_spite_of_its_stop_has_succeeded() {
    let limited = TaskSpec {
        timeout: Some(SECOND),
        ..task("a")
    };
    let mut bench = bench(vec![limited]);
    bench.start("a");
    bench.pass(SECOND);
    bench.succeed("a");
    assert_eq!(bench.log().last().unwrap(), "finish Completed");
}

#[test]
fn an_attempt_that_ignores_its_stop_is_abandoned_and_not_tried_again() {
    let options = RunOptions {
        stop_grace: Some(SECOND),
        ..RunOptions::default()
    };
    let limited = TaskSpec {
        timeout: Some(SECOND),
        retry: Some(RetryPolicy::times(5)),
        ..task("a")
    };
    let mut bench = bench_with(1, options, vec![limited, task("b")]);
    bench.start("a");
    bench.pass(SECOND);
    bench.pass(SECOND);
    let expected = ["start a", "stop a ItemTimeout", "abandon a", "start b"];
    assert_eq!(bench.log(), expected);
    assert_eq!(bench.end_of("a"), Some(TaskEnd::TimedOut));
    bench.succeed("a");
    assert_eq!(bench.end_of("a"), Some(TaskEnd::TimedOut), "too late");
    assert_eq!(bench.schedule.slots_taken(), 1);
}
