use std::time::Duration;

use serde_json::{json, to_value};

use crate::engine::batch::{
    read, BatchReport, CapturedText, Ending, Exit, Input, ProgramResult, Schedule, TaskState,
};
use crate::engine::cancel::CancelReason;

fn schedule(count: usize, max_concurrency: usize) -> Schedule {
    let task = |index| format!(r#"{{"name":"t{index}","kind":"program","argv":["true"]}}"#);
    let tasks: Vec<_> = (0..count).map(task).collect();
    let json = format!(r#"{{"tasks":[{}]}}"#, tasks.join(","));
    let mut schedule = Schedule::new(&read(&json).unwrap().tasks, max_concurrency);
    schedule.on(Input::Tick, Duration::ZERO);
    schedule
}

fn end(schedule: &mut Schedule, task: usize, exit: Exit, stdout: &str) {
    let stdout = CapturedText {
        text: stdout.to_owned(),
        total_bytes: stdout.len() as u64,
        omitted_bytes: 0,
        ..CapturedText::default()
    };
    let result = ProgramResult {
        exit,
        duration: Duration::from_millis(250),
        stdout,
        stderr: CapturedText::default(),
        output_left_open: false,
    };
    let ending = Ending::Exited(result);
    schedule.on(Input::Ended { task, ending }, Duration::from_millis(500));
}

fn report(schedule: &Schedule, cursor: u64) -> BatchReport {
    schedule.report(cursor, Duration::from_secs(2))
}

#[test]
fn the_json_is_the_documented_one() {
    let mut schedule = schedule(3, 2);
    let (task, process_id) = (0, 42);
    schedule.on(
        Input::Started { task, process_id },
        Duration::from_millis(125),
    );
    end(&mut schedule, 0, Exit::Code(3), "out\n");
    let reason = CancelReason::Requested;
    schedule.on(Input::Cancel { reason }, Duration::from_millis(500));
    let error = "no".to_owned();
    let ending = Ending::Error { error };
    schedule.on(Input::Ended { task: 1, ending }, Duration::from_secs(1));
    let captured = |text: &str| json!({"text": text, "totalBytes": text.len(), "omittedBytes": 0, "lossy": false});
    let expected = json!({
        "status": "Running", "reason": null, "elapsedSeconds": 2.0,
        "counts": {"total": 3, "queued": 1, "running": 0, "succeeded": 0, "failed": 2,
            "timedOut": 0, "stopped": 0},
        "tasks": [
            {"task": 0, "name": "t0", "state": "Failed"},
            {"task": 1, "name": "t1", "state": "Failed"},
            {"task": 2, "name": "t2", "state": "Queued"}],
        "events": [
            {"sequence": 1, "task": 0, "name": "t0", "atSeconds": 0.125,
                "kind": "Started", "processId": 42},
            {"sequence": 2, "task": 0, "name": "t0", "atSeconds": 0.5,
                "kind": "Ended", "state": "Failed", "durationSeconds": 0.25, "error": null,
                "result": {"exitCode": 3, "signal": null, "stdout": captured("out\n"),
                    "stderr": captured(""), "outputLeftOpen": false}},
            {"sequence": 3, "task": 1, "name": "t1", "atSeconds": 0.5,
                "kind": "Stopping", "reason": "Cancelled"},
            {"sequence": 4, "task": 2, "name": "t2", "atSeconds": 0.5,
                "kind": "Stopping", "reason": "Cancelled"},
            {"sequence": 5, "task": 1, "name": "t1", "atSeconds": 1.0,
                "kind": "Ended", "state": "Failed", "durationSeconds": 0.0, "error": "no",
                "result": null}],
        "cursor": 5, "more": false});
    assert_eq!(to_value(report(&schedule, 0)).unwrap(), expected);
}

#[test]
fn an_exit_is_a_code_or_a_signal_or_neither() {
    for (exit, expected) in [
        (Exit::Code(0), json!({"exitCode": 0, "signal": null})),
        (Exit::Signal(9), json!({"exitCode": null, "signal": 9})),
        (Exit::Unseen, json!({"exitCode": null, "signal": null})),
    ] {
        assert_eq!(to_value(exit).unwrap(), expected);
    }
}

#[test]
fn after_a_cursor_only_what_is_new_is_told() {
    let mut schedule = schedule(3, 1);
    end(&mut schedule, 0, Exit::Code(0), "");
    let first = report(&schedule, 0);
    assert_eq!(
        (first.tasks.len(), first.events.len(), first.cursor),
        (3, 1, 1)
    );
    let nothing = report(&schedule, 1);
    assert_eq!((nothing.tasks.len(), nothing.events.len()), (0, 0));
    assert_eq!((nothing.cursor, nothing.more), (1, false));
    end(&mut schedule, 1, Exit::Code(0), "");
    let second = report(&schedule, 1);
    assert_eq!(second.tasks.len(), 1);
    assert_eq!(second.tasks[0].state, TaskState::Succeeded);
    assert_eq!((second.events[0].sequence, second.cursor), (2, 2));
}

#[test]
fn a_cursor_from_the_future_counts_as_the_end() {
    let mut schedule = schedule(2, 1);
    end(&mut schedule, 0, Exit::Code(0), "");
    for cursor in [2, u64::MAX] {
        let report = report(&schedule, cursor);
        assert_eq!(
            (report.events.len(), report.cursor, report.more),
            (0, 1, false)
        );
    }
}

#[test]
fn a_long_log_comes_in_pages() {
    let mut schedule = schedule(3000, 3000);
    (0..3000).for_each(|task| end(&mut schedule, task, Exit::Code(0), ""));
    let mut cursor = 0;
    for (events, more) in [(1024, true), (1024, true), (952, false)] {
        let report = report(&schedule, cursor);
        assert_eq!((report.events.len(), report.more), (events, more));
        cursor = report.cursor;
    }
    assert_eq!(cursor, 3000);
}

#[test]
fn much_output_comes_in_pages_too() {
    let mut schedule = schedule(4, 4);
    let megabytes = "x".repeat(5 << 20);
    (0..4).for_each(|task| end(&mut schedule, task, Exit::Code(0), &megabytes));
    assert_eq!(report(&schedule, 0).events.len(), 2, "10 MiB are beyond 8");
    assert_eq!(report(&schedule, 2).events.len(), 2);
    assert_eq!(report(&schedule, 3).events.len(), 1);
}
