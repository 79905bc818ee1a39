//! Whole runs, with a real pool and real programs.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{channel, Receiver, Sender};
use std::sync::Mutex;

use serde_json::{json, Value as Json};

use super::*;
use crate::engine::event::Outcome;
use crate::engine::pool_test_host::{Call, Signal, TestHost};
use crate::engine::ports::{JournalError, Step};
use crate::engine::watchdog::guarded;

#[path = "edge_case_tests.rs"]
mod edge_cases;
#[path = "journal_tests.rs"]
mod journal;
#[path = "memo_tests.rs"]
mod memo_tests;
#[path = "program_tests.rs"]
mod programs_tests;
#[path = "state_tests.rs"]
mod state_tests;

const FOREVER: Duration = Duration::MAX;

/// Which task a worker is asked to run; tasks of the graph itself have the
/// numbers of their places.
fn task_of(call: &Call<'_>) -> u32 {
    call.item as u32
}

fn attempt_of(call: &Call<'_>) -> u64 {
    call.item >> 32 & 0x3FFF_FFFF
}

fn ask_of(call: &Call<'_>) -> u64 {
    call.item >> 62
}

fn say(call: &Call<'_>, report: Json) {
    let said = call.worker.report(call.item, &report.to_string());
    assert_eq!(said, Ok(()));
}

/// Fails for a reason.
fn fail(call: &Call<'_>, message: &str) -> Outcome {
    say(call, json!({ "error": { "message": message } }));
    Outcome::Failed
}

/// A run on a pool of its own.
struct Bench {
    run: Run,
    _pool: Pool,
}

fn start_with(
    json: Json,
    memory: Memory,
    work: impl Fn(Call<'_>) -> Outcome + Send + Sync + 'static,
) -> Bench {
    let pool = TestHost::new(work).with_batch(1).into_pool();
    let workers = Workers {
        pool: &pool,
        tag: 9,
    };
    let run = Run::start(&json.to_string(), Some(workers), memory);
    Bench {
        run: run.unwrap_or_else(|error| panic!("{error}")),
        _pool: pool,
    }
}

fn start(json: Json, work: impl Fn(Call<'_>) -> Outcome + Send + Sync + 'static) -> Bench {
    start_with(json, Memory::default(), work)
}

/// All that a run told.
struct Told {
    last: Json,
    events: Vec<Json>,
}

impl Bench {
    /// Polls until the run has ended.
    fn told(&self) -> Told {
        told(&self.run)
    }

    /// Polls until this has happened.
    fn until(&self, is_it: impl Fn(&Json) -> bool) {
        let mut cursor = 0;
        loop {
            let report = poll(&self.run, cursor);
            if report["events"]
                .as_array()
                .into_iter()
                .flatten()
                .any(&is_it)
            {
                return;
            }
            assert_eq!(report["status"], "Running", "it never happened");
            cursor = report["cursor"].as_u64().expect("a cursor");
        }
    }
}

fn poll(run: &Run, cursor: u64) -> Json {
    serde_json::from_str(&run.poll(cursor, FOREVER)).expect("JSON")
}

fn told(run: &Run) -> Told {
    let mut events = Vec::new();
    let mut cursor = 0;
    loop {
        let mut last = poll(run, cursor);
        cursor = last["cursor"].as_u64().expect("a cursor");
        if let Json::Array(new) = last["events"].take() {
            events.extend(new);
        }
        if last["status"] != "Running" && last["more"] == false {
            return Told { last, events };
        }
    }
}

impl Told {
    /// How each task ended, in the order of the ends.
    fn ends(&self) -> Vec<String> {
        let ended = self.events.iter().filter(|it| it["kind"] == "Ended");
        let text = |it: &Json, key: &str| it[key].as_str().unwrap_or_default().to_owned();
        ended
            .map(|it| {
                let more = [
                    text(it, "error"),
                    text(it, "skipReason"),
                    text(it, "blockedBy"),
                ];
                let mut end = format!("{} {}", text(it, "name"), text(it, "state"));
                for more in more.iter().filter(|more| !more.is_empty()) {
                    end = format!("{end}: {more}");
                }
                end
            })
            .collect()
    }

    fn sorted_ends(&self) -> Vec<String> {
        let mut ends = self.ends();
        ends.sort();
        ends
    }

    fn end_of(&self, name: &str) -> &Json {
        let mut ended = self.events.iter().filter(|it| it["kind"] == "Ended");
        ended.find(|it| it["name"] == name).expect("it ended")
    }

    fn status(&self) -> &str {
        self.last["status"].as_str().expect("a status")
    }
}

fn refused(json: Json) -> String {
    let error = Run::start(&json.to_string(), None, Memory::default());
    error.expect_err("it is refused").to_string()
}

#[test]
fn a_task_starts_after_those_that_it_needs_and_outputs_are_told() {
    guarded(|| {
        let bench = start(
            json!({"tasks": [
                {"name": "b", "dependsOn": ["a"]},
                {"name": "a", "estimateSeconds": 1},
            ]}),
            |call| {
                assert_eq!(call.tag, 9);
                say(&call, json!({"output": {"z": task_of(&call), "a": null}}));
                Outcome::Succeeded
            },
        );
        let told = bench.told();
        assert_eq!(told.ends(), ["a Succeeded", "b Succeeded"]);
        assert_eq!(told.status(), "Completed");
        assert_eq!(told.end_of("b")["output"], json!({"z": 0, "a": null}));
        let kinds: Vec<_> = told.events.iter().map(|it| &it["kind"]).collect();
        assert_eq!(kinds, ["Started", "Ended", "Started", "Ended", "RunEnded"]);
        assert_eq!(told.last["counts"]["succeeded"], 2);
        assert!(told.events[0]["worker"].as_u64() > Some(0));
    });
}

#[test]
fn no_more_run_at_once_than_there_are_slots() {
    guarded(|| {
        let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let (inside, highest) = (Arc::clone(&now), Arc::clone(&most));
        let tasks: Vec<_> = (0..200).map(|it| json!({"name": it.to_string()})).collect();
        let bench = start(json!({"maxConcurrency": 3, "tasks": tasks}), move |_| {
            let count = inside.fetch_add(1, Ordering::SeqCst) + 1;
            highest.fetch_max(count, Ordering::SeqCst);
            std::thread::yield_now();
            inside.fetch_sub(1, Ordering::SeqCst);
            Outcome::Succeeded
        });
        assert_eq!(bench.told().last["counts"]["succeeded"], 200);
        assert!(most.load(Ordering::SeqCst) <= 3);
    });
}

#[test]
fn a_failure_is_told_with_its_kind_and_skips_its_dependents() {
    guarded(|| {
        let bench = start(
            json!({"tasks": [
                {"name": "a"}, {"name": "b", "dependsOn": ["a"]}, {"name": "c", "after": ["a"]},
            ]}),
            |call| match task_of(&call) {
                0 => {
                    say(&call, json!({"error": {"message": "no", "kind": 7}}));
                    Outcome::Failed
                }
                _ => Outcome::Succeeded,
            },
        );
        let told = bench.told();
        assert_eq!(
            told.sorted_ends(),
            ["a Failed: no", "b Skipped: Dependency: a", "c Succeeded"]
        );
        assert_eq!(
            (told.status(), &told.end_of("a")["errorKind"]),
            ("Failed", &json!(7))
        );
    });
}

#[test]
fn a_time_limit_stops_only_the_task_that_it_is_of() {
    guarded(|| {
        let release = Arc::new(Signal::default());
        let hold = Arc::clone(&release);
        let bench = start(
            json!({"maxConcurrency": 2, "tasks": [
                {"name": "long", "timeoutSeconds": 0.05}, {"name": "other"},
            ]}),
            move |call| {
                if task_of(&call) == 0 {
                    call.stop.wait();
                    return Outcome::Failed;
                }
                hold.wait();
                Outcome::Succeeded
            },
        );
        bench.until(|event| event["kind"] == "Ended" && event["name"] == "long");
        release.set();
        let told = bench.told();
        assert_eq!(told.ends(), ["long TimedOut", "other Succeeded"]);
    });
}

#[test]
fn a_worker_that_ignores_its_stop_is_given_up_and_the_run_goes_on() {
    guarded(|| {
        let release = Arc::new(Signal::default());
        let hold = Arc::clone(&release);
        let bench = start(
            json!({"maxConcurrency": 1, "graceSeconds": 0.05, "tasks": [
                {"name": "deaf", "timeoutSeconds": 0.05}, {"name": "next", "after": ["deaf"]},
            ]}),
            move |call| {
                if task_of(&call) == 0 {
                    hold.wait();
                }
                Outcome::Succeeded
            },
        );
        assert_eq!(bench.told().ends(), ["deaf TimedOut", "next Succeeded"]);
        release.set();
    });
}

#[test]
fn a_cancel_stops_what_runs_and_what_waits_but_not_what_runs_at_the_end() {
    guarded(|| {
        let bench = start(
            json!({"maxConcurrency": 1, "tasks": [
                {"name": "runs"}, {"name": "waits", "dependsOn": ["runs"]},
                {"name": "last", "finally": true},
            ]}),
            |call| match task_of(&call) {
                0 => {
                    call.stop.wait();
                    Outcome::Failed
                }
                _ => Outcome::Succeeded,
            },
        );
        bench.until(|event| event["kind"] == "Started");
        bench.run.cancel();
        let told = bench.told();
        assert_eq!(
            told.sorted_ends(),
            ["last Succeeded", "runs Stopped", "waits Stopped"]
        );
        assert_eq!(
            (told.status(), &told.last["reason"]),
            ("Stopped", &json!("Cancelled"))
        );
    });
}

#[test]
fn dropping_a_run_stops_what_runs() {
    guarded(|| {
        let stopped = Arc::new(Signal::default());
        let seen = Arc::clone(&stopped);
        let bench = start(json!({"tasks": [{"name": "a"}]}), move |call| {
            call.stop.wait();
            seen.set();
            Outcome::Failed
        });
        bench.until(|event| event["kind"] == "Started");
        let Bench { run, _pool } = bench;
        drop(run);
        stopped.wait();
    });
}

#[test]
fn when_the_pool_is_closed_the_run_ends() {
    guarded(|| {
        let bench = start(
            json!({"maxConcurrency": 1, "tasks": [
                {"name": "runs"}, {"name": "next", "after": ["runs"]},
            ]}),
            |call| {
                call.stop.wait();
                Outcome::Failed
            },
        );
        bench.until(|event| event["kind"] == "Started");
        let Bench { run, _pool } = bench;
        drop(_pool);
        let told = told(&run);
        assert_eq!(
            told.ends(),
            ["runs Stopped", "next Failed: the workers' pool was closed"]
        );
    });
}

#[test]
fn the_host_says_what_runs_and_what_is_inside() {
    guarded(|| {
        let bench = start(
            json!({"maxConcurrency": 1, "tasks": [
                {"name": "not", "conditional": true},
                {"name": "each", "kind": "forEach", "dependsOn": ["not"]},
            ]}),
            |call| {
                match (ask_of(&call), task_of(&call)) {
                    (1, 0) => say(&call, json!({"runs": false})),
                    (2, 1) => say(
                        &call,
                        json!({"tasks": [
                            {"name": "1"},
                            {"name": "2", "kind": "program", "argv": ["true"]},
                        ]}),
                    ),
                    (0, task) => say(&call, json!({ "output": task })),
                    other => panic!("{other:?}"),
                }
                Outcome::Succeeded
            },
        );
        let told = bench.told();
        assert_eq!(
            told.sorted_ends(),
            [
                "each Succeeded",
                "each/1 Succeeded",
                "each/2 Succeeded",
                "not Skipped: Condition"
            ]
        );
        assert_eq!(told.end_of("each")["output"][1]["exitCode"], 0);
    });
}

#[test]
fn an_answer_that_does_not_come_is_a_failure() {
    guarded(|| {
        let bench = start(
            json!({"tasks": [
                {"name": "a", "conditional": true}, {"name": "b", "kind": "forEach"},
            ]}),
            |call| match task_of(&call) {
                0 => Outcome::Succeeded,
                _ => fail(&call, "no list"),
            },
        );
        assert_eq!(
            bench.told().sorted_ends(),
            ["a Failed: the host gave no answer", "b Failed: no list"]
        );
    });
}

#[test]
fn a_worker_can_read_what_came_of_the_tasks_before() {
    guarded(|| {
        let bench: Arc<Mutex<Option<Arc<Run>>>> = Arc::default();
        let handed = Arc::new(Signal::default());
        let (known, is_handed) = (Arc::clone(&bench), Arc::clone(&handed));
        let pool = TestHost::new(move |call| {
            is_handed.wait();
            let run = known.lock().unwrap().clone().expect("the run");
            assert_eq!(run.end_of(task_of(&call)), None);
            let before: Json = serde_json::from_str(&run.end_of(0).expect("it ended")).unwrap();
            say(&call, json!({ "output": before["output"]["stdout"] }));
            Outcome::Succeeded
        });
        let pool = pool.with_batch(1).into_pool();
        let workers = Workers {
            pool: &pool,
            tag: 9,
        };
        let json = json!({"tasks": [
            {"name": "a", "kind": "program", "argv": ["echo", "out"]},
            {"name": "b", "dependsOn": ["a"]},
        ]});
        let run = Run::start(&json.to_string(), Some(workers), Memory::default());
        let run = Arc::new(run.expect("a run"));
        *bench.lock().unwrap() = Some(Arc::clone(&run));
        handed.set();
        assert_eq!(told(&run).end_of("b")["output"], "out\n");
    });
}

#[test]
fn a_report_that_comes_too_late_or_is_none_is_refused() {
    guarded(|| {
        let bench = start(json!({"tasks": [{"name": "a"}]}), |call| {
            use crate::engine::worker::ReportError;
            let late = call.worker.report(call.item + 1, "{}");
            assert_eq!(late, Err(ReportError::TooLate));
            let wrong = call.worker.report(call.item, r#"{"outputs": 1}"#);
            let Err(ReportError::NotUnderstood { message }) = wrong else {
                panic!("{wrong:?}");
            };
            assert!(message.starts_with("unknown field `outputs`"), "{message}");
            Outcome::Succeeded
        });
        assert_eq!(bench.told().ends(), ["a Succeeded"]);
    });
}

#[test]
fn the_run_says_how_fast_it_could_have_been() {
    guarded(|| {
        let bench = start(json!({"tasks": [{"name": "a"}, {"name": "b"}]}), |_| {
            Outcome::Succeeded
        });
        let last = bench.told().last;
        let [bound, all, real] = ["lowerBoundSeconds", "sequentialSeconds", "elapsedSeconds"]
            .map(|key| last[key].as_f64().expect("a number"));
        assert!(0.0 < bound && bound <= all && bound <= real, "{last}");
        assert_eq!(last["criticalPath"].as_array().map(Vec::len), Some(1));
    });
}

#[test]
fn what_is_wrong_is_refused_before_anything_starts() {
    let program = |name: &str| json!({"name": name, "kind": "program", "argv": ["true"]});
    let with = |name: &str, key: &str, value: Json| {
        let mut task = program(name);
        task[key] = value;
        task
    };
    let run = |tasks: Json| json!({ "tasks": tasks });
    let cases = [
        (run(json!([])), "the graph has no task"),
        (
            run(json!([{"name": "a"}])),
            "a task is the host's to do, but there is no pool",
        ),
        (
            run(json!([with("a", "conditional", json!(true))])),
            "a task is the host's to do, but there is no pool",
        ),
        (
            run(json!([
                with("a", "dependsOn", json!(["b"])),
                with("b", "dependsOn", json!(["a"]))
            ])),
            "tasks wait for each other: a -> b -> a",
        ),
        (
            run(json!([
                program("build"),
                with("x", "dependsOn", json!(["biuld"]))
            ])),
            "task 'x' waits for 'biuld', which is not there; did you mean 'build'?",
        ),
        (
            run(json!([program("a"), program("a")])),
            "there are two tasks 'a'",
        ),
        (
            run(json!([with("a", "weight", json!(1000))])),
            "task 'a' takes 1000 slots, and the run has ",
        ),
        (
            run(json!([with("a", "group", json!("g"))])),
            "task 'a' is of group 'g', which is not there",
        ),
        (
            run(json!([{"name": "a", "argv": ["true"]}])),
            "task 'a': `argv` is only for tasks of kind `program` at line 1 column ",
        ),
        (
            run(json!([{"name": "a", "kind": "program", "argv": []}])),
            "task 'a': the first string of `argv`, the program, is missing",
        ),
        (
            run(json!([with("a", "cwd", json!("x\0"))])),
            "task 'a': `cwd` has a NUL byte",
        ),
        (
            run(json!([with("a", "tasks", json!([]))])),
            "task 'a': `tasks` is only for tasks of kind `graph` and `race`",
        ),
        (
            run(json!([{"name": "a", "kind": "race"}])),
            "task 'a': a task of kind `race` needs `tasks`",
        ),
        (
            run(json!([with(
                "a",
                "retry",
                json!({"count": 1, "jitter": 2})
            )])),
            "task 'a': `jitter` is 2, which is not from 0 to 1",
        ),
        (
            run(json!([with(
                "a",
                "retry",
                json!({"count": 1, "maxDelaySeconds": 2})
            )])),
            "task 'a': `maxDelaySeconds` is only for a retry that is `exponential`",
        ),
        (
            run(json!([with("a", "timeoutSeconds", json!(-1))])),
            "-1 is not between 0 and 31536000 seconds at line 1",
        ),
        (
            run(json!([with("a", "dependson", json!([]))])),
            "unknown field `dependson`, expected one of",
        ),
    ];
    for (json, problem) in cases {
        let text = refused(json);
        assert!(text.starts_with(problem), "{text}\nis not\n{problem}");
    }
}
