//! Runs that are kept, and go on.

use std::path::PathBuf;

use super::*;
use crate::engine::clock::Moment;
use crate::engine::graph::TaskSpec;
use crate::engine::ports::Attempt;
use crate::engine::schedule::{Action, Input};

/// A folder of the test's own, gone with it.
pub(super) struct Folder(PathBuf);

impl Folder {
    pub(super) fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("oe-run-{}-{name}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        Self(path)
    }

    /// The state folder, which does not exist at first.
    pub(super) fn path(&self) -> PathBuf {
        self.0.join("state")
    }

    pub(super) fn state(&self, resume: Option<&str>) -> Json {
        let folder = self.path();
        json!({"folder": folder, "name": "plan", "run": "one", "resume": resume})
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn steps(state: Json) -> Json {
    json!({"maxConcurrency": 1, "state": state, "tasks": [
        {"name": "a"}, {"name": "b", "dependsOn": ["a"]}, {"name": "c", "dependsOn": ["b"]},
    ]})
}

#[test]
fn a_run_goes_on_with_what_had_not_succeeded() {
    guarded(|| {
        let folder = Folder::new("goes-on");
        let bench = start(steps(folder.state(None)), |call| match task_of(&call) {
            1 => fail(&call, "no"),
            task => {
                say(&call, json!({ "output": task }));
                Outcome::Succeeded
            }
        });
        let told = bench.told();
        let ends = ["a Succeeded", "b Failed: no", "c Skipped: Dependency: b"];
        assert_eq!(told.sorted_ends(), ends);
        drop(bench);
        let mut state = folder.state(Some("unsuccessful"));
        state["run"] = json!("plan");
        let bench = start(steps(state), |call| {
            assert!(task_of(&call) > 0, "a is not done again");
            Outcome::Succeeded
        });
        let told = bench.told();
        assert_eq!(told.ends(), ["a Succeeded", "b Succeeded", "c Succeeded"]);
        let end = told.end_of("a");
        assert_eq!((&end["kept"], &end["output"]), (&json!(true), &json!(0)));
    });
}

#[test]
fn the_end_of_a_task_that_is_kept_tells_of_its_attempts() {
    guarded(|| {
        let folder = Folder::new("earlier");
        let bench = start(steps(folder.state(None)), |call| {
            match (task_of(&call), attempt_of(&call)) {
                (0, _) => {
                    let streams = json!([{"stream": 3, "text": "careful"}]);
                    let report =
                        json!({"output": 1, "blob": "<Objs>", "exitCode": 7, "streams": streams});
                    say(&call, report);
                }
                _ => return fail(&call, "no"),
            }
            Outcome::Succeeded
        });
        let first = bench.told();
        assert_eq!(first.end_of("a")["exitCode"], 7);
        drop(bench);
        let bench = start(steps(folder.state(Some("unsuccessful"))), |_| {
            Outcome::Succeeded
        });
        let told = bench.told();
        let (before, after) = (first.end_of("a"), told.end_of("a"));
        let (attempts, code) = (&after["attempts"], &after["exitCode"]);
        assert_eq!((attempts, code), (&json!(1), &json!(7)));
        let (blob, streams) = (&after["blob"], &after["streams"][0]["text"]);
        assert_eq!((blob, streams), (&json!("<Objs>"), &json!("careful")));
        assert!(before["startedAt"].is_null(), "{before}");
        assert!(after["startedAt"].as_f64() > Some(1.7e9), "{after}");
        assert!(after["worker"].is_u64(), "{after}");
        assert!(told.end_of("b")["startedAt"].is_null());
        assert_eq!(told.last["run"], "one");
    });
}

#[test]
fn a_task_whose_output_is_not_whole_runs_again_if_another_needs_it() {
    guarded(|| {
        let folder = Folder::new("partial");
        let tasks = |state| {
            json!({"maxConcurrency": 1, "state": state, "tasks": [
                {"name": "needed"}, {"name": "alone"}, {"name": "fails", "dependsOn": ["needed"]},
            ]})
        };
        let bench = start(tasks(folder.state(None)), |call| match task_of(&call) {
            2 => fail(&call, "no"),
            _ => {
                say(&call, json!({"output": "a part", "partial": true}));
                Outcome::Succeeded
            }
        });
        assert_eq!(bench.told().status(), "Failed");
        drop(bench);
        let bench = start(tasks(folder.state(Some("unsuccessful"))), |_| {
            Outcome::Succeeded
        });
        let told = bench.told();
        assert_eq!(told.status(), "Completed", "{}", told.last);
        let kept = |name| told.end_of(name)["kept"].clone();
        assert_eq!((kept("needed"), kept("alone")), (json!(false), json!(true)));
    });
}

#[test]
fn a_task_with_another_content_makes_another_plan() {
    guarded(|| {
        let folder = Folder::new("content");
        let tasks = |content, resume| json!({"state": folder.state(resume), "tasks": [{"name": "a", "content": content}]});
        let bench = start(tasks("1", None), |_| Outcome::Succeeded);
        assert_eq!(bench.told().status(), "Completed");
        drop(bench);
        let error = refused_of(tasks("2", Some("unfinished")));
        assert!(matches!(error, StoreError::PlanChanged { .. }), "{error}");
    });
}

#[test]
fn only_the_latest_runs_are_kept() {
    guarded(|| {
        let folder = Folder::new("keep-runs");
        for number in 0..3 {
            let mut state = folder.state(None);
            state["run"] = json!(number.to_string());
            state["keepRuns"] = json!(2);
            let bench = start(steps(state), |_| Outcome::Succeeded);
            assert_eq!(bench.told().status(), "Completed");
        }
        let reader = crate::store::StoreReader::open(&folder.0.join("state")).expect("a store");
        let runs = reader.runs().expect("runs").into_iter().map(|run| run.id);
        assert_eq!(runs.collect::<Vec<_>>(), ["2", "1"]);
    });
}

/// Why a run does not begin.
fn refused_of(json: Json) -> StoreError {
    let pool = TestHost::new(|_| Outcome::Succeeded).into_pool();
    let workers = Workers {
        pool: &pool,
        tag: 9,
    };
    let run = Run::start(&json.to_string(), Some(workers), Memory::default());
    match run {
        Err(RunError::Store { source }) => source,
        other => panic!("{other:?}"),
    }
}

#[test]
fn another_plan_or_a_second_run_of_the_name_is_refused() {
    guarded(|| {
        let folder = Folder::new("refused");
        let bench = start(steps(folder.state(None)), |_| Outcome::Succeeded);
        assert_eq!(bench.told().status(), "Completed");
        let again = refused_of(steps(folder.state(None)));
        assert!(matches!(again, StoreError::DuplicateRun { .. }), "{again}");
        let mut changed = steps(folder.state(Some("unfinished")));
        changed["maxConcurrency"] = json!(2);
        assert_eq!(
            refused_of(changed).to_string(),
            "the plan is not the one that the run one was begun with: `maxConcurrency` is another"
        );
    });
}

#[test]
fn how_long_tasks_took_is_remembered() {
    guarded(|| {
        let folder = Folder::new("durations");
        let bench = start(steps(folder.state(None)), |_| Outcome::Succeeded);
        assert_eq!(bench.told().status(), "Completed");
        let reader = crate::store::StoreReader::open(&folder.0.join("state")).expect("a store");
        crate::engine::watchdog::until("they are remembered", || {
            let known = reader.durations(["plan/a", "plan/b", "plan/x"]);
            known.expect("an answer").len() == 2
        });
    });
}

#[test]
fn runs_of_one_folder_go_on_beside_each_other() {
    guarded(|| {
        let folder = Folder::new("beside");
        let both = Arc::new(std::sync::Barrier::new(2));
        let run = |id: &str| {
            let mut state = folder.state(None);
            state["run"] = json!(id);
            let meet = Arc::clone(&both);
            start(steps(state), move |call| {
                if task_of(&call) == 1 {
                    meet.wait();
                }
                Outcome::Succeeded
            })
        };
        let benches = ["one", "two"].map(run);
        for bench in &benches {
            assert_eq!(bench.told().status(), "Completed");
        }
        let third = run_alone(&folder, "three");
        assert_eq!(third.told().status(), "Completed");
        let reader = crate::store::StoreReader::open(&folder.path()).expect("a store");
        let runs = reader.runs().expect("the runs").into_iter();
        let mut ids: Vec<_> = runs.map(|run| run.id).collect();
        ids.sort();
        assert_eq!(ids, ["one", "three", "two"]);
    });
}

fn run_alone(folder: &Folder, id: &str) -> Bench {
    let mut state = folder.state(None);
    state["run"] = json!(id);
    start(steps(state), |_| Outcome::Succeeded)
}

#[test]
fn a_run_that_goes_on_here_is_not_resumed_beside_it_but_after_it() {
    guarded(|| {
        let folder = Folder::new("here");
        let bench = start(steps(folder.state(None)), |call| {
            call.stop.wait();
            Outcome::Failed
        });
        bench.until(|event| event["kind"] == "Started");
        let error = refused_of(steps(folder.state(Some("unfinished"))));
        assert!(matches!(error, StoreError::Live { .. }), "{error}");
        bench.run.cancel();
        assert_eq!(bench.told().status(), "Stopped");
        // Its end is on record before it is told, though it is not dropped yet.
        let again = start(steps(folder.state(Some("unfinished"))), |_| {
            Outcome::Succeeded
        });
        assert_eq!(again.told().status(), "Completed");
    });
}

#[test]
fn a_run_of_another_process_is_not_resumed() {
    guarded(|| {
        use crate::store::{Plan, Store, StoreOptions};
        let folder = Folder::new("elsewhere");
        // With a session of its own, as another process has.
        let other = Store::open(&folder.path(), StoreOptions::default()).expect("a store");
        let journal = other
            .begin("one", Plan::new("plan", "{}"), |_| {})
            .expect("a run");
        let error = refused_of(steps(folder.state(Some("unfinished"))));
        assert!(matches!(error, StoreError::Live { .. }), "{error}");
        drop((journal, other));
        let mut state = folder.state(Some("unfinished"));
        state["acceptsChangedPlan"] = json!(true);
        let bench = start(steps(state), |_| Outcome::Succeeded);
        assert_eq!(bench.told().status(), "Completed");
    });
}

/// Leaves a run in the folder whose tasks of these names had all been started when
/// its process died.
fn interrupt(folder: &Folder, names: &[&str]) {
    use crate::store::{Plan, Store, StoreOptions};
    let store = Store::open(&folder.path(), StoreOptions::default()).expect("a store");
    let journal = store.begin("one", Plan::new("plan", "{}"), |_| {});
    let graph = Graph::new(GraphSpec {
        limit: 9,
        groups: Vec::new(),
        tasks: names.iter().map(|&name| TaskSpec::new(name)).collect(),
    });
    let mut schedule = Schedule::new(graph.expect("a graph"), RunOptions::default());
    let tick = schedule.on(Input::Tick, Moment::START);
    let starts = tick.iter().filter_map(|action| match *action {
        Action::Start { task, attempt } => Some(Attempt {
            task,
            number: attempt,
        }),
        _ => None,
    });
    let starts: Vec<_> = starts.collect();
    assert_eq!(starts.len(), names.len());
    let step = Step {
        run: &schedule,
        events: schedule.new_events(),
        starts: &starts,
    };
    journal.expect("a run").record(step).expect("a step");
}

/// The same, going on.
fn go_on(folder: &Folder, resume: &str) -> Told {
    let mut state = folder.state(Some(resume));
    state["acceptsChangedPlan"] = json!(true);
    let tasks = json!({"maxConcurrency": 1, "state": state, "tasks": [
        {"name": "again", "onResume": "rerun"},
        {"name": "skipped", "onResume": "skip"},
        {"name": "failed", "onResume": "fail", "retry": {"count": 3}},
        {"name": "after", "dependsOn": ["skipped"]},
        {"name": "never", "dependsOn": ["failed"]},
        {"name": "fresh", "onResume": "fail"},
    ]});
    start(tasks, |_| Outcome::Succeeded).told()
}

#[test]
fn what_was_interrupted_runs_again_or_is_skipped_or_fails() {
    guarded(|| {
        let folder = Folder::new("interrupted");
        interrupt(&folder, &["again", "skipped", "failed"]);
        let told = go_on(&folder, "unfinished");
        assert_eq!(
            told.sorted_ends(),
            [
                "after Succeeded",
                "again Succeeded",
                "failed Failed: it was interrupted, and OnResume is Fail",
                "fresh Succeeded",
                "never Skipped: Dependency: failed",
                "skipped Skipped: Interrupted",
            ]
        );
        let kept = |told: &Told, name| told.end_of(name)["kept"].clone();
        let names = ["again", "skipped", "failed"];
        assert_eq!(names.map(|name| kept(&told, name)), [false, false, false]);
        // By now these are ends as any other.
        let told = go_on(&folder, "unfinished");
        assert_eq!(names.map(|name| kept(&told, name)), [true, true, true]);
        assert_eq!(told.status(), "Failed");
        let told = go_on(&folder, "unsuccessful");
        assert_eq!(names.map(|name| kept(&told, name)), [true, true, false]);
        let ends = ["skipped", "failed"].map(|name| told.end_of(name)["state"].clone());
        assert_eq!(ends, ["Skipped", "Succeeded"]);
        assert_eq!(told.end_of("skipped")["skipReason"], "Interrupted");
        assert_eq!(told.status(), "Completed");
    });
}

#[test]
fn what_others_are_inside_has_no_on_resume() {
    let inside = json!([{"name": "x"}]);
    let tasks = json!([{"name": "a", "kind": "graph", "tasks": inside, "onResume": "skip"}]);
    let refused = refused(json!({ "tasks": tasks }));
    let expected = "task 'a': `onResume` is only for tasks of kind `host` and `program`";
    assert!(refused.starts_with(expected), "{refused}");
}

#[test]
fn a_full_disk_ends_a_run_that_goes_on_when_there_is_space() {
    guarded(|| {
        use crate::store::{Plan, Store, StoreOptions};
        let folder = Folder::new("full");
        let tight = StoreOptions {
            page_limit: Some(60),
            ..StoreOptions::default()
        };
        let store = Store::open(&folder.path(), tight).expect("a store");
        let journal = store
            .begin("one", Plan::new("plan", "{}"), |_| {})
            .expect("a run");
        let memory = Memory {
            journal: Some(Box::new(journal)),
            ..Memory::default()
        };
        let large = "x".repeat(50_000);
        let tasks: Vec<_> = (0..20).map(|it| json!({"name": it.to_string()})).collect();
        let run = json!({"maxConcurrency": 1, "tasks": tasks});
        let bench = start_with(run, memory, move |call| {
            say(&call, json!({ "output": large }));
            Outcome::Succeeded
        });
        let told = bench.told();
        let error = told.last["error"].as_str().expect("an error");
        let expected = "the run could not be recorded: there is no space left for ";
        assert!(
            error.starts_with(expected) && error.contains("Make space"),
            "{error}"
        );
        assert_eq!(
            (told.status(), &told.last["reason"]),
            ("Failed", &json!("NotKept"))
        );
        drop((bench, store));
        let mut state = folder.state(Some("unfinished"));
        state["acceptsChangedPlan"] = json!(true);
        let run = json!({"maxConcurrency": 1, "state": state, "tasks": tasks});
        let again = start(run, |_| Outcome::Succeeded).told();
        assert_eq!(again.status(), "Completed");
        let kept = again.events.iter().filter(|it| it["kept"] == true).count();
        let before = told
            .events
            .iter()
            .filter(|it| it["state"] == "Succeeded")
            .count();
        assert!(0 < kept && kept <= before, "{kept} of {before} are kept");
    });
}
