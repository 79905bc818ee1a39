//! What the host is asked and what it reports.

use super::*;

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
