//! Questions to a store in which runs were kept.

use std::path::PathBuf;

use serde_json::{json, Value as Json};

use super::*;
use crate::app::run::{Memory, Run};
use crate::engine::watchdog::guarded;
use crate::store::{Asked, KeyParts, MemoKey, Replay, Secrets};

/// A folder of the test's own, gone with it.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("oe-ask-{}-{name}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        Self(path)
    }

    fn state(&self) -> PathBuf {
        self.0.join("state")
    }

    fn ask(&self, ask: &str, keys: Json) -> Result<Json, AskError> {
        let mut question = keys;
        question["folder"] = json!(self.state());
        question["ask"] = json!(ask);
        let answer = super::ask(&question.to_string())?;
        Ok(serde_json::from_str(&answer).expect("JSON"))
    }

    fn answer(&self, ask: &str, keys: Json) -> Json {
        let answer = self.ask(ask, keys);
        answer.unwrap_or_else(|error| panic!("{error}"))
    }

    fn refused(&self, ask: &str, keys: Json) -> String {
        let answer = self.ask(ask, keys);
        answer.expect_err("it is refused").to_string()
    }

    /// Runs programs to the end of the run.
    fn run(&self, id: &str, tasks: Json) {
        let state = json!({"folder": self.state(), "name": "plan", "run": id});
        let run = json!({"maxConcurrency": 1, "state": state, "tasks": tasks});
        let run = Run::start(&run.to_string(), None, Memory::default()).expect("a run");
        run.poll(u64::MAX, Duration::MAX);
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn shell(name: &str, script: &str) -> Json {
    json!({"name": name, "kind": "program", "argv": ["sh", "-c", script]})
}

fn with(mut task: Json, key: &str, value: Json) -> Json {
    task[key] = value;
    task
}

fn ids(answer: &Json) -> Vec<&str> {
    let runs = answer["runs"].as_array().expect("runs").iter();
    runs.map(|run| run["id"].as_str().expect("an id")).collect()
}

#[test]
fn runs_are_listed_the_latest_first() {
    guarded(|| {
        let folder = Folder::new("list");
        for id in ["one", "two", "three"] {
            folder.run(id, json!([shell("a", "true"), shell("b", "exit 1")]));
        }
        let all = folder.answer("runs", json!({}));
        assert_eq!(ids(&all), ["three", "two", "one"]);
        let run = &all["runs"][0];
        let told = [
            "name",
            "status",
            "reason",
            "tasks",
            "succeeded",
            "failed",
            "cached",
        ];
        let told = told.map(|key| run[key].clone());
        let expected = [
            json!("plan"),
            json!("Failed"),
            json!(null),
            json!(2),
            json!(1),
            json!(1),
        ];
        assert_eq!(told[..6], expected);
        assert_eq!(told[6], 0);
        assert!(run["begun"].as_f64() > Some(1.7e9), "{run}");
        assert_eq!(ids(&folder.answer("runs", json!({"limit": 1}))), ["three"]);
        let other = folder.answer("runs", json!({"name": "other"}));
        assert_eq!(other, json!({"runs": []}));
    });
}

#[test]
fn a_run_is_told_task_by_task() {
    guarded(|| {
        let folder = Folder::new("history");
        folder.run(
            "one",
            json!([
                with(shell("a", "exit 3"), "retry", json!({"count": 1})),
                with(shell("b", "true"), "dependsOn", json!(["a"])),
                {"name": "in", "kind": "graph", "phase": 1, "tasks": [
                    shell("x", "echo out"), with(shell("y", "true"), "after", json!(["x"])),
                ]},
            ]),
        );
        let answer = folder.answer("run", json!({"run": "plan"}));
        assert_eq!(answer["run"]["id"], "one");
        let tasks = answer["tasks"].as_array().expect("tasks");
        let line = |task: &Json| {
            let keys = [
                "name",
                "parent",
                "state",
                "dependsOn",
                "after",
                "blockedBy",
                "phase",
            ];
            let told: Vec<_> = keys.iter().map(|key| task[key].to_string()).collect();
            told.join(" ").replace('"', "")
        };
        assert_eq!(
            tasks.iter().map(line).collect::<Vec<_>>(),
            [
                "a null Failed [] [] null null",
                "b null Skipped [a] [] a null",
                "in null Succeeded [] [] null 1",
                "in/x in Succeeded [] [] null null",
                "in/y in Succeeded [] [in/x] null null",
            ]
        );
        let attempts = tasks[0]["attempts"].as_array().expect("attempts");
        let states: Vec<_> = attempts.iter().map(|it| &it["state"]).collect();
        assert_eq!(states, ["Failed", "Failed"]);
        assert_eq!(tasks[0]["error"], "the program ended with code 3");
        let begun = answer["run"]["begun"].as_f64();
        assert!(attempts[0]["startedAt"].as_f64() >= begun);
        assert!(attempts[1]["durationSeconds"].as_f64() > Some(0.0));
        assert_eq!(tasks[1]["attempts"], json!([]));
        assert_eq!(tasks[3]["output"]["stdout"], "out\n");
        let events = answer["events"].as_array().expect("events").iter();
        let opened: Vec<_> = events.filter(|it| it["kind"] == "Opened").collect();
        assert_eq!((opened.len(), &opened[0]["task"]), (1, &json!("in")));
    });
}

#[test]
fn what_goes_on_and_what_was_interrupted_is_told_apart() {
    guarded(|| {
        let folder = Folder::new("live");
        let state = json!({"folder": folder.state(), "name": "plan", "run": "one"});
        let tasks = json!([
            {"name": "in", "kind": "graph", "tasks": [shell("long", "sleep 600")]},
            with(shell("later", "true"), "dependsOn", json!(["in"])),
        ]);
        let run = json!({"state": state, "tasks": tasks});
        let run = Run::start(&run.to_string(), None, Memory::default()).expect("a run");
        crate::engine::watchdog::until("it runs", || {
            run.poll(0, Duration::from_millis(10)).contains("Started")
        });
        let states = |answer: &Json| {
            let tasks = answer["tasks"].as_array().expect("tasks").iter();
            let states = tasks.map(|task| task["state"].as_str().expect("a state").to_owned());
            states.collect::<Vec<_>>()
        };
        let answer = folder.answer("run", json!({"run": "one"}));
        assert_eq!(answer["run"]["status"], "Running");
        assert_eq!(answer["run"]["owner"]["process"], std::process::id());
        assert_eq!(states(&answer), ["Running", "Running", "Waiting"]);
        // As if its process had died.
        let raw = rusqlite::Connection::open(folder.state().join("orchestration.db"));
        let raw = raw.expect("the database");
        raw.execute("UPDATE run SET session = 'dead'", [])
            .expect("a change");
        let answer = folder.answer("run", json!({"run": "one"}));
        assert_eq!(answer["run"]["status"], "Failed");
        assert_eq!(answer["run"]["reason"], "Interrupted");
        assert_eq!(states(&answer), ["Interrupted", "Interrupted", "Waiting"]);
    });
}

#[test]
fn a_run_is_stopped_from_outside() {
    guarded(|| {
        let folder = Folder::new("stop");
        let state = json!({"folder": folder.state(), "name": "plan", "run": "one"});
        let run = json!({"state": state, "tasks": [shell("long", "sleep 600")]});
        let run = Run::start(&run.to_string(), None, Memory::default()).expect("a run");
        assert_eq!(folder.answer("stop", json!({"run": "one"})), json!({}));
        run.poll(u64::MAX, Duration::MAX);
        let answer = folder.answer("runs", json!({}));
        let run = &answer["runs"][0];
        assert_eq!(
            (&run["status"], &run["reason"]),
            (&json!("Stopped"), &json!("Cancelled"))
        );
    });
}

#[test]
fn the_cache_is_cleared_and_old_runs_are_deleted() {
    guarded(|| {
        let folder = Folder::new("clear");
        for id in ["one", "two", "three"] {
            folder.run(id, json!([shell("a", "true")]));
        }
        for script in ["x", "y"] {
            let store = open(&folder.state().to_string_lossy()).expect("a store");
            let parts = KeyParts {
                script,
                ..KeyParts::default()
            };
            let key = MemoKey::of(&parts, &Secrets::default()).expect("a key");
            let Ok(Asked::Compute(flight)) = store.memo().ask(key, None) else {
                panic!("it is remembered");
            };
            let kept = flight.keep(script, Replay::default(), None, &Secrets::default());
            assert_eq!(kept, Ok(None));
        }
        let some = folder.answer("cache", json!({"label": "x"}));
        assert_eq!(some, json!({"memos": 1}));
        assert_eq!(folder.answer("cache", json!({})), json!({"memos": 2}));
        let gone = folder.answer("clearCache", json!({"label": "x"}));
        assert_eq!(gone, json!({"memos": 1}));
        assert_eq!(folder.answer("clearCache", json!({})), json!({"memos": 1}));
        let gone = folder.answer("prune", json!({"keepRuns": 1}));
        assert_eq!(gone, json!({"runs": 2, "memos": 0}));
        assert_eq!(ids(&folder.answer("runs", json!({}))), ["three"]);
    });
}

#[test]
fn where_nobody_has_run_anything_there_is_nothing() {
    let folder = Folder::new("nothing");
    assert_eq!(folder.answer("runs", json!({})), json!({"runs": []}));
    assert_eq!(folder.answer("cache", json!({})), json!({"memos": 0}));
    assert_eq!(folder.answer("clearCache", json!({})), json!({"memos": 0}));
    let gone = folder.answer("prune", json!({"keepRuns": 1}));
    assert_eq!(gone, json!({"runs": 0, "memos": 0}));
    let refused = folder.refused("run", json!({"run": "x"}));
    assert!(refused.starts_with("there is no database "), "{refused}");
    assert!(!folder.0.exists(), "a question makes no folder");
}

#[test]
fn what_is_no_question_is_refused() {
    guarded(|| {
        let folder = Folder::new("refused");
        folder.run("one", json!([shell("a", "true")]));
        let refused = folder.refused("run", json!({"run": "x"}));
        assert_eq!(
            refused,
            "there is no run x; List the runs to see which there are."
        );
        let refused = folder.refused("stop", json!({"run": "x"}));
        assert!(refused.starts_with("there is no run x"), "{refused}");
        let refused = folder.refused("nothing", json!({}));
        assert!(
            refused.starts_with("unknown variant `nothing`"),
            "{refused}"
        );
        let refused = folder.refused("runs", json!({"run": "one"}));
        assert!(refused.starts_with("unknown field `run`"), "{refused}");
    });
}
