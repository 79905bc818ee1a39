use std::sync::Arc;

use super::*;
use crate::engine::cancel::CancelReason;
use crate::engine::graph::TaskKind;
use crate::engine::retry::RetryPolicy;
use crate::engine::schedule::Failure;
use crate::engine::value::Value;
use crate::store::{Detail, Durability, Output};

fn failure() -> Ending {
    Ending::Failed(Failure::new("it broke"))
}

#[test]
fn everything_that_happens_to_tasks_is_on_record() {
    let folder = Folder::new();
    let store = folder.open();
    let mut again = TaskSpec::new("again");
    again.retry = Some(RetryPolicy::times(1));
    let tasks = vec![
        again,
        TaskSpec::new("broken"),
        TaskSpec::new("after").needs(["broken"]),
    ];
    let mut driver = Driver::new(tasks, begin(&store, "r"));
    let status = driver.run(|path, attempt| match (path, attempt) {
        ("again", 2) => success(),
        _ => failure(),
    });
    assert_eq!(status, RunStatus::Failed);
    assert_eq!(
        lines(&store, "r"),
        [
            "again 1 Failed",
            "again 2 Succeeded, final",
            "broken 1 Failed, final: it broke",
            "after 1 Skipped(Dependency), never started, final: broken",
        ]
    );
    let run = store.reader().run("r").expect("the run");
    assert_eq!(
        (run.name.as_str(), run.status),
        ("build", RunStatus::Failed)
    );
    assert_eq!((run.owner, run.reason), (None, None));
    assert!(run.ended >= Some(run.begun));
}

#[test]
fn what_starts_is_on_record_before_it_does() {
    let folder = Folder::new();
    let store = folder.open();
    let tasks = vec![TaskSpec::new("a"), TaskSpec::new("b").needs(["a"])];
    let mut driver = Driver::new(tasks, begin(&store, "r"));
    driver.begin().expect("a step");
    assert_eq!(lines(&store, "r"), ["a 1 under way"]);
    let attempt = driver.start().expect("a step");
    driver.end(attempt, success()).expect("a step");
    assert_eq!(
        lines(&store, "r"),
        ["a 1 Succeeded, final", "b 1 under way"]
    );
}

#[test]
fn times_are_those_of_the_schedule() {
    let folder = Folder::new();
    let store = folder.open_with(HandClock::default().options());
    let mut driver = Driver::new(vec![TaskSpec::new("a")], begin(&store, "r"));
    driver.run(|_, _| success());
    let attempts = store.reader().attempts("r").expect("the attempts");
    // The clock stands, and the run began a millisecond before its first step.
    let at = |milliseconds: i64| Some(Timestamp::from_nanoseconds(milliseconds * 1_000_000));
    assert_eq!(attempts[0].started, at(2));
    assert_eq!(attempts[0].ended, at(3));
}

#[test]
fn outputs_come_back_as_they_were() {
    let folder = Folder::new();
    let store = folder.open();
    let journal = begin(&store, "r");
    let details = journal.details();
    let mut driver = Driver::new(vec![TaskSpec::new("a"), TaskSpec::new("b")], journal);
    let number = |task| Attempt { task, number: 1 };
    let detail = Detail {
        worker: Some(3),
        is_cached: true,
        exit_code: Some(3010),
        blob: Some(b"<Objs>".to_vec()),
        is_partial: true,
        ..Detail::default()
    };
    details.put(number(0), detail);
    let output = Value::Map([(Arc::from("x"), Value::List([Value::Int(1)].into()))].into());
    driver.run(|path, _| Ending::Succeeded {
        output: (path == "a").then(|| output.clone()),
    });
    let outputs = store.reader().outputs("r").expect("the outputs");
    let expected = Output {
        value: Some(r#"{"x":[1]}"#.to_owned()),
        blob: Some(b"<Objs>".to_vec()),
        is_whole: false,
    };
    assert_eq!(outputs, [(0, expected)]);
    let attempts = store.reader().attempts("r").expect("the attempts");
    let known = (
        attempts[0].worker,
        attempts[0].is_cached,
        attempts[0].exit_code,
    );
    assert_eq!(known, (Some(3), true, Some(3010)));
    assert_eq!((attempts[1].worker, attempts[1].is_cached), (None, false));
}

#[test]
fn what_is_too_large_is_left_out_and_said_to_be() {
    let folder = Folder::new();
    let store = folder.open();
    let mut driver = Driver::new(vec![TaskSpec::new("a")], begin(&store, "r"));
    let output = Some(Value::Text("x".repeat(5 << 20).into()));
    driver.run(|_, _| Ending::Succeeded {
        output: output.clone(),
    });
    let outputs = store.reader().outputs("r").expect("the outputs");
    assert_eq!(outputs, [(0, Output::default())]);
}

#[test]
fn what_else_happens_is_an_event() {
    let folder = Folder::new();
    let store = folder.open();
    let inner = vec![TaskSpec::new("a"), TaskSpec::new("b").needs(["a"])];
    let tasks = vec![TaskSpec::new("outer").of(TaskKind::Graph(inner))];
    let mut driver = Driver::new(tasks, begin(&store, "r"));
    driver.begin().expect("a step");
    let attempt = driver.start().expect("a step");
    driver
        .tell(Input::Cancel {
            reason: CancelReason::Requested,
        })
        .expect("a step");
    driver.end(attempt, Ending::Stopped).expect("a step");
    let events = store.reader().events("r").expect("the events");
    let events: Vec<_> = events
        .iter()
        .map(|event| {
            (
                event.path.as_deref(),
                event.kind.as_str(),
                event.detail.as_deref(),
            )
        })
        .collect();
    assert_eq!(events[0], (Some("outer"), "Opened", None));
    assert!(events.contains(&(Some("outer/a"), "Stopping", Some("Cancelled"))));
    let run = store.reader().run("r").expect("the run");
    assert_eq!(run.status, RunStatus::Stopped);
    assert_eq!(run.reason.as_deref(), Some("Cancelled"));
    assert!(lines(&store, "r").contains(&"outer/b 1 Stopped, never started, final".to_owned()));
}

#[test]
fn full_durability_writes_the_same() {
    let folder = Folder::new();
    let store = folder.open_with(StoreOptions {
        durability: Durability::Full,
        ..StoreOptions::default()
    });
    let mut driver = Driver::new(vec![TaskSpec::new("a")], begin(&store, "r"));
    driver.run(|_, _| success());
    assert_eq!(lines(&store, "r"), ["a 1 Succeeded, final"]);
}

#[test]
fn a_step_without_anything_new_writes_nothing() {
    let folder = Folder::new();
    let store = folder.open();
    let mut driver = Driver::new(vec![TaskSpec::new("a")], begin(&store, "r"));
    driver.begin().expect("a step");
    driver.tell(Input::Tick).expect("a step");
    assert_eq!(lines(&store, "r"), ["a 1 under way"]);
}

#[test]
fn many_runs_share_the_writer() {
    let folder = Folder::new();
    let store = folder.open();
    std::thread::scope(|scope| {
        for number in 0..8 {
            let store = &store;
            scope.spawn(move || {
                let tasks = (0..50).map(|task| TaskSpec::new(format!("t{task}")));
                let journal = begin(store, &format!("r{number}"));
                let mut driver = Driver::new(tasks.collect(), journal);
                assert_eq!(driver.run(|_, _| success()), RunStatus::Completed);
            });
        }
    });
    for number in 0..8 {
        let lines = lines(&store, &format!("r{number}"));
        assert_eq!(lines.len(), 50);
        assert!(lines.iter().all(|line| line.ends_with("Succeeded, final")));
    }
}

#[test]
fn a_second_success_is_refused_and_the_runs_beside_go_on() {
    let folder = Folder::new();
    let store = folder.open();
    let mut wrong = Driver::new(vec![TaskSpec::new("a")], begin(&store, "wrong"));
    let mut right = Driver::new(vec![TaskSpec::new("a")], begin(&store, "right"));
    wrong.begin().expect("a step");
    folder
        .raw()
        .execute(
            "INSERT INTO attempt (run, task, attempt, path, outcome) VALUES (1, 0, 9, 'a', 1)",
            [],
        )
        .expect("a row");
    let attempt = wrong.start().expect("a step");
    let error = wrong.end(attempt, success()).expect_err("a contradiction");
    assert!(
        matches!(&error, StoreError::Contradiction { run, .. } if run == "wrong"),
        "{error}"
    );
    assert_eq!(right.run(|_, _| success()), RunStatus::Completed);
}
