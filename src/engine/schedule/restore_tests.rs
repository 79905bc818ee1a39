//! Runs that go on.

use super::*;

fn succeeded(output: i64) -> Restored {
    Restored::Succeeded {
        output: Some(Value::Int(output)),
    }
}

fn going_on(tasks: Vec<TaskSpec>, ended: Vec<(&str, Restored)>) -> Schedule {
    let graph = Graph::new(GraphSpec {
        limit: 9,
        groups: Vec::new(),
        tasks,
    });
    let ended = ended.into_iter().map(|(path, end)| (path.to_owned(), end));
    Schedule::going_on(
        graph.expect("a graph"),
        RunOptions::default(),
        ended.collect(),
    )
}

/// Begins; what is to be started.
fn begin(schedule: &mut Schedule) -> Vec<String> {
    let actions = schedule.on(Input::Tick, Moment::START).to_vec();
    let starts = actions.into_iter().filter_map(|action| match action {
        Action::Start { task, .. } => Some(schedule.graph().path(task)),
        Action::Finish { .. } => None,
        other => Some(format!("{other:?}")),
    });
    starts.collect()
}

#[test]
fn what_had_succeeded_is_not_started_and_its_dependents_are() {
    let tasks = vec![task("a"), task("b").needs(["a"]), task("c").needs(["b"])];
    let mut schedule = going_on(tasks, vec![("a", succeeded(1)), ("b", succeeded(2))]);
    assert_eq!(begin(&mut schedule), ["c"]);
    assert_eq!(schedule.end_of(1), Some(TaskEnd::Succeeded));
    assert_eq!(schedule.output_of(1), Some(&Value::Int(2)));
    assert_eq!(
        (schedule.is_restored(1), schedule.is_restored(2)),
        (true, false)
    );
    assert_eq!(schedule.attempts_of(1), 0);
}

#[test]
fn failures_and_skips_are_what_they_were_and_nobody_is_asked_again() {
    let conditional = TaskSpec {
        is_conditional: true,
        ..task("skipped")
    };
    let retried = TaskSpec {
        retry: Some(RetryPolicy::times(5)),
        ..task("failed")
    };
    let tasks = vec![
        conditional,
        retried,
        task("late"),
        task("after").needs(["skipped"]),
        task("never").needs(["failed"]),
        task("nor").needs(["late"]),
    ];
    let ended = vec![
        ("skipped", Restored::Skipped(SkipReason::Condition)),
        ("failed", Restored::Failed(Failure::new("no"))),
        ("late", Restored::TimedOut),
    ];
    let mut schedule = going_on(tasks, ended);
    assert_eq!(begin(&mut schedule), ["after"]);
    assert_eq!(schedule.failure_of(1), Some(&Failure::new("no")));
    assert_eq!(
        [4, 5].map(|task| schedule.end_of(task)),
        [1, 2].map(|task| Some(TaskEnd::Skipped(SkipReason::Dependency(task))))
    );
}

#[test]
fn of_tasks_with_others_inside_those_decide() {
    let inside = || vec![task("x"), task("y")];
    let tasks = vec![
        task("graph").of(TaskKind::Graph(inside())),
        task("race").of(TaskKind::Race(inside())),
        task("each").of(TaskKind::ForEach),
    ];
    let ended = vec![
        ("graph", succeeded(0)),
        ("graph/x", succeeded(1)),
        ("race", succeeded(0)),
        ("race/y", succeeded(2)),
        ("each", succeeded(3)),
    ];
    let mut schedule = going_on(tasks, ended);
    assert_eq!(begin(&mut schedule), ["graph/y"]);
    assert_eq!(schedule.end_of(1), Some(TaskEnd::Succeeded), "it was won");
    assert_eq!(schedule.output_of(1), Some(&Value::Int(2)));
    assert_eq!(schedule.output_of(2), Some(&Value::Int(3)));
}

#[test]
fn a_run_of_which_all_had_ended_ends() {
    let mut schedule = going_on(vec![task("a")], vec![("a", succeeded(1))]);
    assert_eq!(begin(&mut schedule), [""; 0]);
    assert_eq!(schedule.status(), RunStatus::Completed);
}

#[test]
fn what_was_interrupted_runs_again_or_is_skipped_or_fails() {
    let resuming = |name, on_resume| TaskSpec {
        on_resume,
        retry: Some(RetryPolicy::times(5)),
        ..task(name)
    };
    let tasks = vec![
        task("again"),
        resuming("skipped", OnResume::Skip),
        resuming("failed", OnResume::Fail),
        task("after").needs(["skipped"]),
        task("never").needs(["failed"]),
        task("each").of(TaskKind::ForEach),
        resuming("not begun", OnResume::Fail),
    ];
    let interrupted = ["again", "skipped", "failed", "each"];
    let ended = interrupted.map(|path| (path, Restored::Interrupted));
    let mut schedule = going_on(tasks, ended.into());
    let mut found = begin(&mut schedule);
    found.sort();
    assert_eq!(found, ["Expand { task: 5 }", "after", "again", "not begun"]);
    let ends = [1, 2, 4].map(|task| schedule.end_of(task));
    let expected = [
        TaskEnd::Skipped(SkipReason::Interrupted),
        TaskEnd::Failed,
        TaskEnd::Skipped(SkipReason::Dependency(2)),
    ];
    assert_eq!(ends, expected.map(Some));
    let failure = Failure::new("it was interrupted, and OnResume is Fail");
    assert_eq!(schedule.failure_of(2), Some(&failure));
    assert!([1, 2].iter().all(|&task| !schedule.is_restored(task)));
}
