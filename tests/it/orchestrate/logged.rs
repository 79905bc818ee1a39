//! What is written down of a run, and what a playbook wants to have told.

use std::fs;

use serde_json::Value;

use super::scene::Scene;

const TOLD: &str = "name: told
description: Tells.
parameters:
  who: { type: string, default: eva }
  key: { type: string, default: hunter2000, sensitive: true }
notifications:
  onStart: 'Hello {{who}}, {{key}}'
  onSuccess: { message: '{{playbookName}} is {{status}}, {{what}}', level: info, channels: [console, log] }
  onFailure: { message: '{{failedSteps}} failed', level: error }
  onWarning: { message: 'not all of it', channels: [file] }
steps:
  - { name: first, shell: sh, command: 'echo one; echo two; echo {{key}} >&2' }
  - { name: second, shell: sh, command: 'test -e there' }
";

/// The lines of a log, without the time before and the durations within.
fn lines(scene: &Scene, id: &str) -> Vec<String> {
    let text = scene.read(&format!("orchestration/logs/{id}.log"));
    let plain = |line: &str| match line.split_once("Z ") {
        Some((time, rest)) if time.starts_with("20") => rest.to_owned(),
        _ => line.to_owned(),
    };
    let seconds = regex::Regex::new(r" in \d+\.\d\d s").expect("a pattern");
    let lines = text.lines().map(plain);
    lines
        .map(|line| seconds.replace_all(&line, "").into_owned())
        .collect()
}

#[test]
fn a_run_is_written_down_for_people_and_for_programs() {
    let scene = Scene::new(TOLD);
    scene.write("there", "");
    let said = scene.say(&["run", "play.yaml", "--id", "a/../b"]);
    assert_eq!(said.code, Some(0), "{said:?}");
    assert_eq!(
        said.stderr,
        "notice (info): Hello eva, ***\nnotice (info): told is Completed, {{what}}\n"
    );
    let id = "a____b";
    assert_eq!(
        lines(&scene, id),
        [
            "begin  told, 2 steps, a/../b",
            "notice [info] Hello eva, ***",
            "start  first",
            "end    first: Succeeded",
            "    | one",
            "    | two",
            "    ! ***",
            "start  second",
            "end    second: Succeeded",
            "notice [info] told is Completed, {{what}}",
            "over   told: Completed, 2 of 2 steps succeeded",
        ]
    );
    let events = scene.read(&format!("orchestration/logs/{id}.jsonl"));
    let events: Vec<Value> = events
        .lines()
        .map(|line| serde_json::from_str(line).expect("an event"))
        .collect();
    let kinds: Vec<_> = events.iter().map(|event| &event["kind"]).collect();
    let expected = [
        "Begun", "Notice", "Started", "Ended", "Started", "Ended", "Notice", "Over",
    ];
    assert_eq!(kinds, expected);
    assert_eq!(events[3]["output"], "one\ntwo\n");
    assert_eq!(events[7]["success"], true);
    assert!(events.iter().all(|event| event["time"].is_string()));
}

#[cfg(unix)]
#[test]
fn a_log_is_its_user_s_alone_and_goes_on_when_its_run_does() {
    use std::os::unix::fs::PermissionsExt as _;

    // What a secret was given to is not kept.
    let scene = Scene::new(&TOLD.replace(" echo {{key}} >&2", " echo three"));
    let said = scene.say(&["run", "play.yaml", "--id", "one"]);
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(
        said.stderr.contains("notice (error): second failed\n"),
        "{said:?}"
    );
    let before = lines(&scene, "one").len();
    scene.write("there", "");
    let said = scene.say(&["resume", "one", "--failed", "-p", "key=hunter2000"]);
    assert_eq!(said.code, Some(0), "{said:?}");
    let after = lines(&scene, "one");
    assert!(after.len() > before, "{after:?}");
    assert_eq!(after[before], "begin  told, 2 steps, one");
    assert!(
        after.contains(&"end    first: Succeeded before".to_owned()),
        "{after:?}"
    );
    let mode = |name: &str| {
        let path = scene.folder.join("orchestration/logs").join(name);
        fs::metadata(path).expect(name).permissions().mode() & 0o777
    };
    assert_eq!(
        (mode(""), mode("one.log"), mode("one.jsonl")),
        (0o700, 0o600, 0o600)
    );
    assert_eq!(scene.read("orchestration/logs/.gitignore"), "*\n");
}

#[test]
fn no_log_is_written_that_nobody_wants() {
    let scene = Scene::new(TOLD);
    scene.write("there", "");
    for arguments in [
        ["run", "play.yaml", "--no-log"],
        ["run", "play.yaml", "--no-state"],
    ] {
        assert_eq!(scene.say(&arguments).code, Some(0));
        assert!(
            !scene.folder.join("orchestration/logs").exists(),
            "{arguments:?}"
        );
    }
}

#[test]
fn a_log_that_cannot_be_written_is_a_warning_and_no_failure() {
    let scene = Scene::new(TOLD);
    scene.write("there", "");
    scene.write("orchestration/logs", "a file");
    let said = scene.run(&[]);
    assert_eq!(said.code, Some(0), "{said:?}");
    let warnings = said.json()["warnings"]
        .as_array()
        .expect("warnings")
        .clone();
    assert_eq!(warnings.len(), 1);
    let text = warnings[0].as_str().unwrap_or_default();
    assert!(
        text.starts_with("the log of the run cannot be written in "),
        "{text}"
    );
    let notices = said.json()["notices"].as_array().expect("notices").clone();
    assert_eq!(notices[0]["moment"], "Start");
    assert_eq!(notices[0]["message"], "Hello eva, ***");
    let said = scene.say(&["run", "play.yaml", "--id", "two"]);
    assert_eq!(
        said.stderr.matches("warning: the log of the run").count(),
        1,
        "{said:?}"
    );
}

#[test]
fn tolerated_failures_are_told_as_a_warning() {
    let scene = Scene::new(TOLD);
    let said = scene.say(&["run", "play.yaml", "--continue-on-error", "--id", "one"]);
    assert_eq!(said.code, Some(10), "{said:?}");
    // It is for the file alone.
    assert_eq!(said.stderr, "notice (info): Hello eva, ***\n");
    let lines = lines(&scene, "one");
    assert!(
        lines.contains(&"notice [info] not all of it".to_owned()),
        "{lines:?}"
    );
}
