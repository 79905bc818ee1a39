use super::*;
use crate::engine::cancel::CancelReason;
use crate::engine::graph::TaskKind;
use crate::engine::schedule::Failure;
use crate::engine::value::Value;
use crate::store::{Again, Outcome, Resume, Resumed, Secrets, Skip};

fn resume(store: &Store, again: Again) -> (RunJournal, Resumed) {
    let how = Resume {
        again,
        ..Resume::default()
    };
    store.resume("r", plan(), how, |_| {}).expect("a run")
}

/// The paths of what is kept, and of what runs again.
fn paths(resumed: &Resumed) -> (Vec<&str>, Vec<&str>) {
    let kept = resumed.kept.iter().map(|task| task.path.as_str());
    let repeated = resumed.repeated.iter().map(|task| task.path.as_str());
    (kept.collect(), repeated.collect())
}

#[test]
fn finished_work_is_kept_and_the_rest_runs_again() {
    let folder = Folder::new();
    let store = folder.open();
    let tasks = vec![
        TaskSpec::new("done"),
        TaskSpec::new("broken").needs(["done"]),
        TaskSpec::new("skipped").needs(["broken"]),
        TaskSpec::new("begun").needs(["done"]),
        TaskSpec::new("waiting").needs(["begun"]),
    ];
    let mut driver = Driver::new(tasks, begin(&store, "r"));
    driver.begin().expect("a step");
    let attempt = driver.start().expect("a step");
    let output = Some(Value::Int(42));
    driver
        .end(attempt, Ending::Succeeded { output })
        .expect("a step");
    let attempt = driver.start().expect("a step");
    let broken = Ending::Failed(Failure::new("no luck"));
    driver.end(attempt, broken).expect("a step");
    drop(driver);

    let (journal, resumed) = resume(&store, Again::Unfinished);
    let (kept, repeated) = paths(&resumed);
    assert_eq!(kept, ["done", "broken", "skipped"]);
    assert_eq!(repeated, ["begun"]);
    let value = resumed.kept[0]
        .output
        .as_ref()
        .and_then(|it| it.value.as_deref());
    assert_eq!(value, Some("42"));
    assert_eq!(resumed.kept[1].message.as_deref(), Some("no luck"));
    assert_eq!(resumed.kept[2].outcome, Outcome::Skipped(Skip::Dependency));
    assert_eq!(resumed.repeated[0].outcome, Outcome::Interrupted);
    drop(journal);

    let (_journal, resumed) = resume(&store, Again::Unsuccessful);
    let (kept, repeated) = paths(&resumed);
    assert_eq!(kept, ["done"]);
    assert_eq!(repeated, ["broken", "skipped", "begun"]);
}

#[test]
fn a_resumed_run_goes_on_in_the_same_journal() {
    let folder = Folder::new();
    let store = folder.open();
    let tasks = || vec![TaskSpec::new("a"), TaskSpec::new("b"), TaskSpec::new("c")];
    let mut driver = Driver::new(tasks(), begin(&store, "r"));
    driver.begin().expect("a step");
    let attempt = driver.start().expect("a step");
    driver.end(attempt, success()).expect("a step");
    drop(driver);
    let (journal, resumed) = resume(&store, Again::Unfinished);
    assert_eq!(paths(&resumed), (vec!["a"], vec!["b", "c"]));
    // Numbered otherwise than before, and with a task more.
    let rest = ["d", "c", "b"].map(TaskSpec::new);
    let mut driver = Driver::new(rest.into(), journal);
    assert_eq!(driver.run(|_, _| success()), RunStatus::Completed);
    assert_eq!(
        lines(&store, "r"),
        [
            "a 1 Succeeded, final",
            "b 1 Interrupted",
            "b 2 Succeeded, final",
            "c 1 Interrupted",
            "c 2 Succeeded, final",
            "d 1 Succeeded, final",
        ]
    );
    let run = store.reader().run("r").expect("the run");
    assert_eq!(run.status, RunStatus::Completed);
}

#[test]
fn tasks_are_known_again_by_the_tasks_around_them() {
    let folder = Folder::new();
    let store = folder.open();
    let inner = || TaskKind::Graph(vec![TaskSpec::new("x")]);
    let tasks = vec![
        TaskSpec::new("a").of(inner()),
        TaskSpec::new("b").of(inner()),
    ];
    let mut driver = Driver::new(tasks, begin(&store, "r"));
    driver.begin().expect("a step");
    let attempt = driver.start().expect("a step");
    driver.end(attempt, success()).expect("a step");
    drop(driver);
    let (_journal, resumed) = resume(&store, Again::Unfinished);
    assert_eq!(paths(&resumed), (vec!["a", "a/x"], vec!["b/x"]));
}

#[test]
fn what_had_ended_is_neither_done_nor_recorded_again() {
    let folder = Folder::new();
    let store = folder.open();
    let inner = || TaskKind::Graph(vec![TaskSpec::new("x")]);
    let tasks = || {
        vec![
            TaskSpec::new("outer").of(inner()),
            TaskSpec::new("broken"),
            TaskSpec::new("skipped").needs(["broken"]),
            TaskSpec::new("last").needs(["outer"]),
        ]
    };
    let ending = |path: &str| match path {
        "broken" => Ending::Failed(Failure::new("no luck")),
        _ => Ending::Succeeded {
            output: Some(Value::Int(42)),
        },
    };
    let mut driver = Driver::new(tasks(), begin(&store, "r"));
    driver.begin().expect("a step");
    for _ in 0..2 {
        let attempt = driver.start().expect("a step");
        let path = driver.schedule.graph().path(attempt.task);
        driver.end(attempt, ending(&path)).expect("a step");
    }
    drop(driver);

    let (journal, resumed) = resume(&store, Again::Unfinished);
    let before = lines(&store, "r");
    let mut driver = Driver::going_on(tasks(), journal, resumed.ended(|_| true));
    let mut done = Vec::new();
    driver.run(|path, _| {
        done.push(path.to_owned());
        ending(path)
    });
    assert_eq!(done, ["last"]);
    assert_eq!(driver.schedule.output_of(4), Some(&Value::Int(42)));
    let mut after = lines(&store, "r");
    let new = after
        .iter()
        .position(|line| line == "last 2 Succeeded, final");
    after.remove(new.expect("the last task"));
    assert_eq!(after, before);
}

#[test]
fn a_task_whose_output_is_needed_and_not_stored_runs_again() {
    let folder = Folder::new();
    let store = folder.open();
    let journal = begin(&store, "r");
    let live = crate::store::Detail {
        is_partial: true,
        ..crate::store::Detail::default()
    };
    journal.details().put(Attempt { task: 0, number: 1 }, live);
    let tasks = vec![TaskSpec::new("live"), TaskSpec::new("other")];
    Driver::new(tasks, journal).run(|_, _| success());
    let ended = |needed: &str| {
        let (_journal, resumed) = resume(&store, Again::Unfinished);
        let mut paths: Vec<_> = resumed.ended(|path| path == needed).into_keys().collect();
        paths.sort();
        paths
    };
    assert_eq!(ended("live"), ["other"]);
    assert_eq!(ended("other"), ["live", "other"]);
}

#[test]
fn what_was_stopped_runs_again() {
    let folder = Folder::new();
    let store = folder.open();
    let tasks = vec![TaskSpec::new("a"), TaskSpec::new("b").needs(["a"])];
    let mut driver = Driver::new(tasks, begin(&store, "r"));
    driver.begin().expect("a step");
    let attempt = driver.start().expect("a step");
    let reason = CancelReason::Requested;
    driver.tell(Input::Cancel { reason }).expect("a step");
    driver.end(attempt, Ending::Stopped).expect("a step");
    drop(driver);
    let (_journal, resumed) = resume(&store, Again::Unfinished);
    assert_eq!(paths(&resumed), (vec![], vec!["a", "b"]));
    let run = store.reader().run("r").expect("the run");
    assert_eq!((run.status, run.ended), (RunStatus::Running, None));
}

#[test]
fn a_changed_plan_is_refused_unless_it_is_meant() {
    let folder = Folder::new();
    let store = folder.open();
    drop(begin(&store, "r"));
    let changed = || Plan::new("build", "another plan");
    let refused = store.resume("r", changed(), Resume::default(), |_| {});
    let error = refused.expect_err("another plan");
    assert_eq!(
        error.to_string(),
        "the plan is not the one that the run r was begun with"
    );
    let how = Resume {
        accepts_changed_plan: true,
        ..Resume::default()
    };
    store
        .resume("r", changed(), how, |_| {})
        .expect("it is meant");
}

#[test]
fn an_unknown_run_is_named() {
    let folder = Folder::new();
    let refused = folder.open().resume("x", plan(), Resume::default(), |_| {});
    assert_eq!(
        refused.expect_err("no run").to_string(),
        "there is no run x"
    );
}

#[test]
fn secrets_are_asked_for_again_and_may_be_others() {
    let folder = Folder::new();
    let store = folder.open();
    let with = |values: &[(&str, &str)]| Plan {
        secrets: Secrets::new(values.iter().copied()),
        text: values.iter().map(|(_, value)| *value).collect(),
        ..plan()
    };
    let begun = store.begin("r", with(&[("password", "hunter2")]), |_| {});
    drop(begun.expect("a run"));
    let refused = store.resume("r", with(&[]), Resume::default(), |_| {});
    let error = refused.expect_err("nobody knows the secret");
    assert_eq!(
        error.to_string(),
        "secrets are not stored, and the run r needs password"
    );
    let changed = with(&[("password", "*******")]);
    let resumed = store.resume("r", changed, Resume::default(), |_| {});
    resumed.expect("the name is the same");
}
