//! Programs as tasks.

use super::*;

fn shell(name: &str, script: &str) -> Json {
    json!({"name": name, "kind": "program", "argv": ["sh", "-c", script]})
}

fn with(mut task: Json, key: &str, value: Json) -> Json {
    task[key] = value;
    task
}

fn run(json: Json) -> Run {
    Run::start(&json.to_string(), None, Memory::default()).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn programs_run_without_any_worker() {
    guarded(|| {
        let told = told(&run(json!({"tasks": [
            shell("a", "echo out; echo err >&2"),
            with(shell("b", "exit 3"), "dependsOn", json!(["a"])),
            with(shell("c", "exit 3"), "successCodes", json!([0, 3])),
            {"name": "d", "kind": "program", "argv": ["there-is-no-such-program"]},
        ]})));
        let ends = told.sorted_ends();
        assert_eq!(
            ends[..3],
            [
                "a Succeeded",
                "b Failed: the program ended with code 3",
                "c Succeeded"
            ]
        );
        assert!(ends[3].starts_with("d Failed: "), "{ends:?}");
        let output = json!({"exitCode": 0, "stdout": "out\n", "stderr": "err\n"});
        assert_eq!(told.end_of("a")["output"], output);
        assert_eq!(told.end_of("b")["program"]["exitCode"], 3);
        assert_eq!(told.end_of("b")["errorKind"], 3);
        let started = told.events.iter().find(|it| it["kind"] == "Started");
        assert!(started.expect("a start")["processId"].as_u64() > Some(0));
    });
}

#[test]
fn only_exit_codes_that_are_meant_are_tried_again() {
    guarded(|| {
        let retry = json!({"count": 2, "onKinds": [4], "onTimeout": false});
        let told = told(&run(json!({"tasks": [
            with(shell("meant", "exit 4"), "retry", retry.clone()),
            with(shell("other", "exit 5"), "retry", retry),
        ]})));
        assert_eq!(told.end_of("meant")["attempts"], 3);
        assert_eq!(told.end_of("other")["attempts"], 1);
    });
}

#[test]
fn a_time_limit_ends_a_program_and_a_cancel_the_rest() {
    guarded(|| {
        let run = run(json!({"maxConcurrency": 1, "tasks": [
            with(shell("long", "sleep 600"), "timeoutSeconds", json!(0.05)),
            with(shell("longer", "echo; sleep 600"), "after", json!(["long"])),
            with(shell("last", "true"), "dependsOn", json!(["longer"])),
        ]}));
        let mut cursor = 0;
        loop {
            let report = poll(&run, cursor);
            cursor = report["cursor"].as_u64().expect("a cursor");
            let mut events = report["events"].as_array().expect("events").iter();
            if events.any(|it| it["kind"] == "Started" && it["name"] == "longer") {
                break;
            }
        }
        run.cancel();
        let told = told(&run);
        assert_eq!(
            told.sorted_ends(),
            ["last Stopped", "long TimedOut", "longer Stopped"]
        );
        assert_eq!(told.status(), "Stopped");
    });
}
