//! The rules of a run, one by one. What holds in every run, `simulator` checks.

use super::*;
use crate::engine::graph::{GraphSpec, GroupSpec, OnResume, TaskKind, TaskSpec};
use crate::engine::retry::{Backoff, FailureKind, RetryOn, RetryPolicy};

#[path = "makespan_tests.rs"]
mod makespan;
#[path = "nested_tests.rs"]
mod nested_tests;
#[path = "policy_tests.rs"]
mod policy;
#[path = "restore_tests.rs"]
mod restore_tests;
#[path = "simulator_tests.rs"]
mod simulator;
#[path = "stopping_tests.rs"]
mod stopping_tests;

const SECOND: Duration = Duration::from_secs(1);

pub(super) fn task(name: &str) -> TaskSpec {
    TaskSpec::new(name)
}

/// A run at a time of the test's own making.
struct Bench {
    schedule: Schedule,
    now: Moment,
    /// Everything that was to be done, as text.
    log: Vec<String>,
}

fn bench_with(limit: u32, options: RunOptions, tasks: Vec<TaskSpec>) -> Bench {
    let groups = [("db", 1), ("net", 2)].map(|(name, limit)| GroupSpec {
        name: name.to_owned(),
        limit,
    });
    let graph = Graph::new(GraphSpec {
        limit,
        groups: groups.into(),
        tasks,
    });
    let mut bench = Bench {
        schedule: Schedule::new(graph.expect("a graph"), options),
        now: Moment::START,
        log: Vec::new(),
    };
    bench.on(Input::Tick);
    bench
}

fn bench(tasks: Vec<TaskSpec>) -> Bench {
    bench_with(100, RunOptions::default(), tasks)
}

fn stopping_after(most: u32, tasks: Vec<TaskSpec>) -> Bench {
    let options = RunOptions {
        tolerance: Tolerance::StopAfter(most),
        ..RunOptions::default()
    };
    bench_with(100, options, tasks)
}

impl Bench {
    fn on(&mut self, input: Input) {
        self.schedule.on(input, self.now);
        self.note_actions();
    }

    fn note_actions(&mut self) {
        let graph = &self.schedule.graph;
        let log = self.schedule.actions.iter().map(|action| match *action {
            Action::Decide { task } => format!("decide {}", graph.path(task)),
            Action::Expand { task } => format!("expand {}", graph.path(task)),
            Action::Start { task, attempt: 1 } => format!("start {}", graph.path(task)),
            Action::Start { task, attempt } => format!("start {} #{attempt}", graph.path(task)),
            Action::Resume { task } => format!("resume {}", graph.path(task)),
            Action::Stop { task, reason } => format!("stop {} {reason:?}", graph.path(task)),
            Action::Abandon { task } => format!("abandon {}", graph.path(task)),
            Action::Finish { status } => format!("finish {status:?}"),
        });
        self.log.extend(log);
    }

    /// What was to be done since the last look.
    fn log(&mut self) -> Vec<String> {
        std::mem::take(&mut self.log)
    }

    fn pass(&mut self, time: Duration) {
        self.now = self.now.after(time);
        self.on(Input::Tick);
    }

    fn number(&self, path: &str) -> u32 {
        let graph = &self.schedule.graph;
        let mut all = graph.tasks();
        all.find(|&task| graph.path(task) == path).expect(path)
    }

    fn attempt(&self, path: &str) -> (u32, u32) {
        let task = self.number(path);
        (task, self.schedule.tasks[task as usize].attempts)
    }

    fn start(&mut self, path: &str) {
        let (task, attempt) = self.attempt(path);
        self.on(Input::Started { task, attempt });
    }

    fn end(&mut self, path: &str, ending: Ending) {
        let (task, attempt) = self.attempt(path);
        self.on(Input::Started { task, attempt });
        self.on(Input::Ended {
            task,
            attempt,
            ending,
        });
    }

    fn succeed(&mut self, path: &str) {
        self.end(path, Ending::Succeeded { output: None });
    }

    fn give(&mut self, path: &str, output: Value) {
        let output = Some(output);
        self.end(path, Ending::Succeeded { output });
    }

    fn fail(&mut self, path: &str) {
        self.end(path, Ending::Failed(Failure::new(format!("{path} broke"))));
    }

    fn stopped(&mut self, path: &str) {
        self.end(path, Ending::Stopped);
    }

    fn decide(&mut self, path: &str, runs: bool) {
        let task = self.number(path);
        self.on(Input::Decided {
            task,
            runs: Ok(runs),
        });
    }

    fn expand(&mut self, path: &str, tasks: Vec<TaskSpec>) {
        let task = self.number(path);
        self.on(Input::Expanded {
            task,
            tasks: Ok(tasks),
        });
    }

    fn suspend(&mut self, path: &str, tasks: Vec<TaskSpec>) {
        let (task, attempt) = self.attempt(path);
        let now = self.now;
        self.schedule
            .suspend(task, attempt, tasks, now)
            .expect("it may wait");
        self.note_actions();
    }

    fn cancel(&mut self, reason: CancelReason) {
        self.on(Input::Cancel { reason });
    }

    fn end_of(&self, path: &str) -> Option<TaskEnd> {
        self.schedule.end_of(self.number(path))
    }

    fn skipped_by(&self, path: &str) -> Option<TaskEnd> {
        let task = self.number(path);
        Some(TaskEnd::Skipped(SkipReason::Dependency(task)))
    }
}

// ---- dependencies ----

#[test]
fn a_task_starts_once_those_that_it_needs_have_succeeded() {
    let mut bench = bench(vec![task("a"), task("b"), task("c").needs(["a", "b"])]);
    assert_eq!(bench.log(), ["start a", "start b"]);
    bench.succeed("a");
    assert_eq!(bench.log(), [""; 0]);
    bench.succeed("b");
    assert_eq!(bench.log(), ["start c"]);
    bench.succeed("c");
    assert_eq!(bench.log(), ["finish Completed"]);
    assert_eq!(bench.schedule.counts().succeeded, 3);
}

#[test]
fn dependents_of_a_failure_are_skipped_because_of_it() {
    let mut bench = bench(vec![
        task("a"),
        task("b").needs(["a"]),
        task("c").needs(["b"]),
        task("d"),
    ]);
    bench.fail("a");
    assert_eq!(bench.end_of("b"), bench.skipped_by("a"));
    assert_eq!(bench.end_of("c"), bench.skipped_by("b"));
    bench.succeed("d");
    assert_eq!(bench.log().last().unwrap(), "finish Failed");
    assert_eq!(bench.schedule.failure_of(0).unwrap().message, "a broke");
}

#[test]
fn what_only_runs_after_a_failure_runs() {
    let after = TaskSpec {
        after: vec!["a".to_owned()],
        ..task("b")
    };
    let mut bench = bench(vec![task("a"), after]);
    bench.fail("a");
    assert_eq!(bench.log(), ["start a", "start b"]);
}

#[test]
fn a_tolerated_failure_skips_nobody_and_fails_no_run() {
    let tolerated = TaskSpec {
        continue_on_error: true,
        ..task("a")
    };
    let mut bench = stopping_after(0, vec![tolerated, task("b").needs(["a"])]);
    bench.fail("a");
    bench.succeed("b");
    assert_eq!(bench.log(), ["start a", "start b", "finish Completed"]);
    assert_eq!(bench.end_of("a"), Some(TaskEnd::Failed));
}

#[test]
fn the_next_phase_waits_for_all_of_the_one_before_however_they_end() {
    let phase = |name, phase| TaskSpec {
        phase: Some(phase),
        ..task(name)
    };
    let tasks = vec![phase("c", 30), phase("a", 5), phase("b", 5), task("free")];
    let mut bench = bench(tasks);
    assert_eq!(bench.log(), ["start a", "start b", "start free"]);
    bench.fail("a");
    assert_eq!(bench.log(), [""; 0]);
    bench.succeed("b");
    assert_eq!(bench.log(), ["start c"]);
}

// ---- conditions ----

fn conditional(name: &str) -> TaskSpec {
    TaskSpec {
        is_conditional: true,
        ..task(name)
    }
}

#[test]
fn a_condition_is_asked_for_when_the_task_is_ready() {
    let mut bench = bench(vec![task("a"), conditional("b").needs(["a"])]);
    assert_eq!(bench.log(), ["start a"]);
    bench.succeed("a");
    assert_eq!(bench.log(), ["decide b"]);
    bench.decide("b", true);
    bench.decide("b", true);
    assert_eq!(bench.log(), ["start b"]);
}

#[test]
fn who_depends_on_a_task_that_its_own_condition_skipped_runs() {
    let mut bench = bench(vec![conditional("a"), task("b").needs(["a"])]);
    bench.decide("a", false);
    let expected = TaskEnd::Skipped(SkipReason::Condition);
    assert_eq!(bench.end_of("a"), Some(expected));
    assert_eq!(bench.log(), ["decide a", "start b"]);
}

#[test]
fn a_task_whose_dependency_failed_is_not_asked_about() {
    let mut bench = bench(vec![task("a"), conditional("b").needs(["a"])]);
    bench.fail("a");
    assert_eq!(bench.log(), ["start a", "finish Failed"]);
}

#[test]
fn a_condition_that_fails_fails_its_task() {
    let mut bench = bench(vec![conditional("a"), task("b").needs(["a"])]);
    bench.on(Input::Decided {
        task: 0,
        runs: Err(Failure::new("no such variable")),
    });
    assert_eq!(bench.end_of("a"), Some(TaskEnd::Failed));
    assert_eq!(bench.end_of("b"), bench.skipped_by("a"));
}

// ---- outputs ----

#[test]
fn an_output_can_be_read_once_its_task_has_ended() {
    let mut bench = bench(vec![task("a"), task("b").needs(["a"])]);
    assert_eq!(bench.schedule.output_of(0), None);
    bench.give("a", Value::Int(7));
    assert_eq!(bench.schedule.output_of(0), Some(&Value::Int(7)));
}

// ---- inputs that do not fit ----

#[test]
fn inputs_that_do_not_fit_change_nothing() {
    let mut bench = bench(vec![task("a"), task("b").needs(["a"])]);
    bench.log();
    let ending = || Ending::Succeeded { output: None };
    for (task, attempt) in [(0, 2), (0, 0), (1, 1), (1, 0), (7, 1), (u32::MAX, 1)] {
        bench.on(Input::Started { task, attempt });
        bench.on(Input::Ended {
            task,
            attempt,
            ending: ending(),
        });
        bench.on(Input::Decided {
            task,
            runs: Ok(true),
        });
        bench.on(Input::Expanded {
            task,
            tasks: Ok(vec![TaskSpec::new("x")]),
        });
    }
    assert_eq!((bench.log(), bench.schedule.counts().ended()), (vec![], 0));
    bench.succeed("a");
    bench.succeed("a");
    assert_eq!(bench.log(), ["start b"]);
}

#[test]
fn time_does_not_run_backwards() {
    let mut bench = bench(vec![task("a")]);
    bench.pass(5 * SECOND);
    bench.now = Moment::START;
    bench.succeed("a");
    let ended = bench.schedule.new_events()[0].at;
    assert_eq!(ended.since_start(), 5 * SECOND);
}

#[test]
fn events_tell_the_course_of_a_task() {
    let mut bench = bench(vec![task("a")]);
    bench.pass(SECOND);
    bench.start("a");
    let event = |what| RunEvent {
        at: Moment::after_start(SECOND),
        task: 0,
        what,
    };
    let started = event(What::Started { attempt: 1 });
    assert_eq!(bench.schedule.new_events(), [started]);
    bench.succeed("a");
    let over = RunEvent {
        task: NONE,
        ..event(What::RunEnded(RunStatus::Completed))
    };
    let ended = event(What::Ended(TaskEnd::Succeeded));
    assert_eq!(bench.schedule.new_events(), [ended, over]);
}
