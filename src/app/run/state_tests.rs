//! Runs that are kept, and go on.

use std::path::PathBuf;

use super::*;

/// A folder of the test's own, gone with it.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("oe-run-{}-{name}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        Self(path)
    }

    fn state(&self, resume: Option<&str>) -> Json {
        let folder = self.0.join("state");
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
        let bench = start(steps(folder.state(Some("unsuccessful"))), |call| {
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
fn another_plan_or_a_second_run_of_the_name_is_refused() {
    guarded(|| {
        let folder = Folder::new("refused");
        let bench = start(steps(folder.state(None)), |_| Outcome::Succeeded);
        assert_eq!(bench.told().status(), "Completed");
        let refused = |json: Json| {
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
        };
        let again = refused(steps(folder.state(None)));
        assert!(matches!(again, StoreError::DuplicateRun { .. }), "{again}");
        let mut changed = steps(folder.state(Some("unfinished")));
        changed["maxConcurrency"] = json!(2);
        let changed = refused(changed);
        assert!(
            matches!(changed, StoreError::PlanChanged { .. }),
            "{changed}"
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
