//! Runs that are kept: looked at, stopped and gone on with by other processes.

use std::fs;
use std::process::Command;

use super::scene::{end_of, Scene};

/// The second step waits until there is a file.
const WAITING: &str = "name: waiting
steps:
  - { name: first, shell: sh, command: echo 1 >> first }
  - { name: second, shell: sh, command: 'echo $$ >> second; while ! test -e go; do sleep 0.02; done' }
  - { name: third, shell: sh, command: 'echo {{steps.first.status}} > third' }
";

#[test]
fn runs_are_listed_with_what_became_of_their_steps() {
    let scene = Scene::new("name: two\nsteps:\n  - { name: a, shell: sh, command: 'true' }\n  - { name: b, shell: sh, command: exit 4 }\n");
    assert_eq!(scene.say(&["history"]).stdout, "no runs yet\n");
    assert_eq!(scene.run(&["--id", "one"]).code, Some(1));
    assert_eq!(scene.run(&["--id", "other", "--no-state"]).code, Some(1));
    let said = scene.say(&["history", "--json"]);
    let runs = said.json()["runs"].as_array().expect("runs").clone();
    assert_eq!(runs.len(), 1);
    assert_eq!(
        (&runs[0]["id"], &runs[0]["name"], &runs[0]["status"]),
        (&"one".into(), &"two".into(), &"Failed".into())
    );
    let said = scene.say(&["status"]);
    let lines: Vec<_> = said.stdout.lines().skip(1).collect();
    assert_eq!(
        (said.code, lines),
        (
            Some(0),
            vec![
                "  Succeeded   a",
                "  Failed      b: the program ended with code 4"
            ]
        )
    );
    assert!(said.stdout.starts_with("one  Failed    two "), "{said:?}");
    let said = scene.say(&["status", "none"]);
    assert_eq!(said.code, Some(2), "{said:?}");
    // An id is used once.
    assert_eq!(scene.run(&["--id", "one"]).code, Some(2));
}

#[test]
fn a_plan_says_how_long_it_took_before() {
    let scene = Scene::new("name: two\nsteps:\n  - { name: a, shell: sh, command: 'true' }\n  - { name: b, type: parallel, parallel: [{ name: c, shell: sh, command: 'true' }, { name: d, shell: sh, command: 'true', condition: $false }] }\n");
    let plan = || scene.say(&["plan", "play.yaml", "--json"]).json();
    assert_eq!(plan().get("sequentialSeconds"), None);
    assert_eq!(scene.say(&["run", "play.yaml"]).code, Some(0));
    let plan = plan();
    let seconds = |value: &serde_json::Value| value.as_f64().unwrap_or(0.0);
    let steps = plan["steps"].as_array().expect("steps");
    let known: Vec<_> = steps
        .iter()
        .filter(|step| seconds(&step["estimateSeconds"]) > 0.0)
        .map(|step| step["path"].as_str().unwrap_or_default())
        .collect();
    // What did not run took no time that could be remembered.
    assert_eq!(known, ["a", "b/c"]);
    let sum = seconds(&steps[0]["estimateSeconds"]) + seconds(&steps[2]["estimateSeconds"]);
    assert!(seconds(&plan["sequentialSeconds"]) >= sum, "{plan}");
    assert!(seconds(&plan["lowerBoundSeconds"]) > 0.0, "{plan}");
    assert!(plan["lowerBoundSeconds"].as_f64() <= plan["sequentialSeconds"].as_f64());
    let said = scene.say(&["plan", "play.yaml"]).stdout;
    assert!(said.contains(", going by earlier runs\n"), "{said}");
    let said = scene
        .say(&["plan", "play.yaml", "--state", "elsewhere"])
        .stdout;
    assert!(!said.contains("earlier runs"), "{said}");
}

#[test]
fn what_is_remembered_is_counted_and_forgotten() {
    let scene = Scene::new("");
    let said = scene.say(&["cache"]);
    assert_eq!(said.stdout, "results that are remembered: 0\n");
    let said = scene.say(&["cache", "--clear"]);
    assert_eq!(said.stdout, "results that are forgotten: 0\n");
    let said = scene.say(&["cache", "Build", "--clear", "--json"]);
    assert_eq!(said.json(), serde_json::json!({ "memos": 0 }));
}

#[test]
fn a_killed_run_goes_on_where_it_was() {
    let scene = Scene::new(WAITING);
    let mut child = scene.start(&["run", "play.yaml", "--id", "one"]);
    scene.wait_for("second");
    child.kill().expect("a kill");
    child.wait().expect("an end");
    let said = scene.say(&["status", "--json"]);
    assert_eq!(said.json()["run"]["reason"], "Interrupted", "{said:?}");
    scene.write("go", "");
    let said = scene.say(&["resume", "one", "--json"]);
    assert_eq!(said.code, Some(0), "{said:?}");
    assert_eq!(
        said.ends(),
        ["first Succeeded", "second Succeeded", "third Succeeded"]
    );
    assert_eq!(said.json()["results"][0]["kept"], true);
    // The first ran once, the second again, and the third knows of the first.
    let lines = |name: &str| scene.read(name).lines().count();
    assert_eq!(
        (
            lines("first"),
            lines("second"),
            scene.read("third").as_str()
        ),
        (1, 2, "Succeeded\n")
    );
}

#[test]
fn a_run_does_not_go_on_with_another_playbook() {
    let playbook = "steps:\n  - { name: a, shell: sh, command: exit 1 }\n";
    let scene = Scene::new(playbook);
    assert_eq!(scene.run(&["--id", "one"]).code, Some(1));
    scene.write("play.yaml", &playbook.replace("exit 1", "exit 0"));
    let said = scene.say(&["resume", "one", "--failed"]);
    assert!(
        said.code == Some(2) && said.stderr.contains("changed"),
        "{said:?}"
    );
    let said = scene.say(&["resume", "one", "--failed", "--accept-changed-playbook"]);
    assert_eq!(said.code, Some(0), "{said:?}");
}

#[test]
fn a_run_is_stopped_from_another_process() {
    let scene = Scene::new(WAITING);
    let child = scene.start(&["run", "play.yaml", "--id", "one", "--json"]);
    scene.wait_for("second");
    let said = scene.say(&["stop", "one"]);
    assert_eq!(
        (said.code, said.stdout.as_str()),
        (Some(0), "one was asked to stop\n")
    );
    let said = end_of(child);
    assert_eq!(said.code, Some(3), "{said:?}");
    assert_eq!(
        said.ends(),
        ["first Succeeded", "second Stopped", "third Stopped"]
    );
}

#[test]
fn a_secret_is_not_written_down_and_is_asked_for_again() {
    let scene = Scene::new(
        "parameters: { key: { type: string, required: true, sensitive: true } }
steps:
  - { name: a, shell: sh, command: 'echo {{key}} | tee -a out; test -e go' }\n",
    );
    let given = ["-p", "key=hunter-2000"];
    let said = scene.run(&[&given[..], &["--id", "one"]].concat());
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(!said.stdout.contains("hunter"), "{said:?}");
    let state = scene.folder.join("orchestration/state");
    for entry in fs::read_dir(state).expect("the state") {
        let path = entry.expect("a file").path();
        let bytes = fs::read(&path).unwrap_or_default();
        let found = bytes.windows(6).any(|part| part == b"hunter");
        assert!(!found, "{}", path.display());
    }
    scene.write("go", "");
    let said = scene.say(&["resume", "one", "--failed"]);
    assert!(
        said.code == Some(2) && said.stderr.contains("key"),
        "{said:?}"
    );
    let said = scene.say(&[&["resume", "one", "--failed"], &given[..]].concat());
    assert_eq!(said.code, Some(0), "{said:?}");
    assert_eq!(scene.read("out"), "hunter-2000\nhunter-2000\n");
}

#[test]
fn the_state_folder_is_the_user_s_alone() {
    let scene = Scene::new("steps:\n  - { name: a, shell: sh, command: 'true' }\n");
    assert_eq!(scene.run(&["--state", "kept", "--no-log"]).code, Some(0));
    let mode = Command::new("stat")
        .args(["-c", "%a", "kept"])
        .current_dir(&scene.folder)
        .output();
    assert_eq!(
        String::from_utf8_lossy(&mode.expect("stat").stdout),
        "700\n"
    );
    assert_eq!(scene.read("kept/.gitignore").trim(), "*");
    assert!(!scene.folder.join("orchestration").exists());
}
