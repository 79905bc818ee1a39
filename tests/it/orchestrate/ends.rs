//! How runs end, and what they end with.

use std::process::Command;

use super::scene::{end_of, lives, until, Scene};

fn step(name: &str, command: &str) -> String {
    format!("  - {{ name: {name}, shell: sh, command: {command:?} }}\n")
}

#[test]
fn a_success_is_0_and_a_failure_is_1_and_skips_what_follows() {
    let scene = Scene::new(&format!(
        "steps:\n{}{}",
        step("a", "echo out; echo err >&2"),
        step("b", "true")
    ));
    let said = scene.run(&[]);
    assert_eq!(
        (said.code, said.ends()),
        (
            Some(0),
            vec!["a Succeeded".to_owned(), "b Succeeded".to_owned()]
        )
    );
    let json = said.json();
    assert_eq!(json["results"][0]["output"], "out\n");
    assert_eq!(json["results"][0]["errorOutput"], "err\n");
    assert_eq!(json["exitCode"], 0);
    assert_eq!(
        (&json["stepsExecuted"], &json["totalSteps"]),
        (&2.into(), &2.into())
    );

    let scene = Scene::new(&format!(
        "steps:\n{}{}",
        step("a", "exit 3"),
        step("b", "touch ran")
    ));
    let said = scene.run(&[]);
    assert_eq!(
        (said.code, said.ends()),
        (Some(1), vec!["a Failed".to_owned(), "b Skipped".to_owned()])
    );
    let json = said.json();
    assert_eq!(json["results"][0]["exitCode"], 3);
    assert_eq!(json["results"][1]["blockedBy"], "a");
    assert_eq!(
        (&json["stepsExecuted"], &json["totalSteps"]),
        (&1.into(), &2.into())
    );
    assert!(!scene.folder.join("ran").exists());
}

#[test]
fn failures_that_are_tolerated_are_10() {
    let playbook = "steps:
  - { name: a, shell: sh, command: exit 1, continueOnError: true }
  - { name: b, shell: sh, command: 'true' }\n";
    let said = Scene::new(playbook).run(&[]);
    assert_eq!(
        (said.code, said.ends()),
        (
            Some(10),
            vec!["a Failed".to_owned(), "b Succeeded".to_owned()]
        )
    );

    let scene = Scene::new(&format!(
        "steps:\n{}{}",
        step("a", "exit 1"),
        step("b", "true")
    ));
    let said = scene.run(&["--continue-on-error"]);
    assert_eq!(
        (said.code, said.ends()),
        (
            Some(10),
            vec!["a Failed".to_owned(), "b Succeeded".to_owned()]
        )
    );
}

#[test]
fn conditions_of_the_end_decide_whether_it_succeeded() {
    let playbook = "steps:
  - { name: a, shell: sh, command: 'echo good > made; exit 3', continueOnError: true }
  - { name: b, shell: sh, command: 'echo done' }
validation:
  postConditions:
    - $steps.b.output -eq 'done'
    - $steps.a.exitCode -eq 3
    - $LASTEXITCODE -eq 0
    - Test-Path made
    - { condition: $steps.a.status -eq 'Succeeded', message: a went well }
    - Test-Path missing\n";
    let said = Scene::new(playbook).run(&[]);
    let json = said.json();
    assert_eq!(
        (said.code, &json["unmet"]),
        (
            Some(1),
            &serde_json::json!([
                "`a went well` has to hold after the last step",
                "`Test-Path missing` has to hold after the last step",
            ])
        )
    );
    let holding = playbook.rsplit_once("    - {").unwrap().0;
    assert_eq!(Scene::new(holding).run(&[]).code, Some(10));
}

#[test]
fn without_powershell_a_condition_for_it_is_refused_before_the_start() {
    let playbook = "steps:
  - { name: a, shell: sh, command: touch ran }
validation:
  postConditions: [\"(Get-Date).Year -gt 2000\"]\n";
    let scene = Scene::new(playbook);
    let said = scene.say_alone(&["run", "play.yaml"]);
    assert_eq!(
        (said.code, scene.folder.join("ran").exists()),
        (Some(2), false)
    );
    let step = "postcondition (Get-Date).Year -gt 2000: ";
    assert!(said.stderr.contains(step), "{said:?}");
}

#[test]
fn a_time_limit_is_124_and_leaves_no_process_behind() {
    let scene = Scene::new(
        "steps:
  - { name: a, shell: sh, timeout: 0.5, command: 'sleep 600 & echo $! > child; echo $$ > own; wait' }
  - { name: b, shell: sh, command: touch ran }\n",
    );
    let said = scene.run(&[]);
    assert_eq!(
        (said.code, said.ends()),
        (
            Some(124),
            vec!["a TimedOut".to_owned(), "b Skipped".to_owned()]
        )
    );
    let (child, own) = (scene.read("child"), scene.read("own"));
    assert!(!child.is_empty() && !own.is_empty());
    until(|| (!lives(&child) && !lives(&own)).then_some(()));
}

#[test]
fn ctrl_c_is_3_and_leaves_no_process_behind() {
    let scene = Scene::new(
        "steps:
  - { name: a, shell: sh, command: 'sleep 600 & echo $! > child; wait' }
  - { name: b, shell: sh, command: touch ran }
finally:
  - { name: last, shell: sh, command: touch cleaned }\n",
    );
    let child = scene.start(&["run", "play.yaml", "--json"]);
    let sleeping = scene.wait_for("child");
    let status = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status();
    assert!(status.expect("kill").success());
    let said = end_of(child);
    assert_eq!(said.code, Some(3), "{said:?}");
    assert_eq!(said.ends(), ["a Stopped", "b Stopped", "last Succeeded"]);
    until(|| (!lives(&sleeping)).then_some(()));
    assert!(!scene.folder.join("ran").exists() && scene.folder.join("cleaned").exists());
}

#[test]
fn a_step_is_tried_again_as_often_as_it_says() {
    let scene = Scene::new(
        "steps:
  - { name: a, shell: sh, retries: 2, command: 'echo $OE_ATTEMPT >> tries; test $(wc -l < tries) -eq 3' }\n",
    );
    let said = scene.run(&[]);
    assert_eq!(
        (said.code, scene.read("tries").as_str()),
        (Some(0), "1\n2\n3\n")
    );
    assert_eq!(said.json()["results"][0]["attempts"], 3);
}

/// Both examples of the original guide, with a shell.
#[test]
fn a_rollback_runs_after_the_failure_that_it_is_about() {
    let scene = Scene::new(
        "steps:
  - { name: Deploy, shell: sh, command: exit 7 }
  - name: Check
    type: condition
    condition: $LASTEXITCODE -eq 7
    then:
      - { name: Rollback, shell: sh, command: 'echo code {{steps.Deploy.exitCode}}' }
      - { name: Alert, shell: sh, command: 'echo {{steps.Deploy.status}}' }
  - { name: Verify, shell: sh, command: touch ran }\n",
    );
    let said = scene.run(&[]);
    let expected = [
        "Deploy Failed",
        "Check Succeeded",
        "Check/Rollback Succeeded",
        "Check/Alert Succeeded",
        "Verify Skipped",
    ];
    assert_eq!(
        (said.code, said.ends()),
        (Some(1), expected.map(str::to_owned).to_vec())
    );
    assert_eq!(said.json()["results"][2]["output"], "code 7\n");
    assert_eq!(said.json()["results"][3]["output"], "Failed\n");
}

#[test]
fn what_succeeded_is_undone_after_a_failure_the_last_first() {
    let playbook = |end: &str| {
        format!(
            "steps:
  - {{ name: a, shell: sh, command: 'true', rollback: [{{ shell: sh, command: echo a >> undone }}] }}
  - {{ name: b, shell: sh, command: 'true', rollback: [{{ shell: sh, command: echo b >> undone }}] }}
  - {{ name: c, shell: sh, command: {end}, rollback: [{{ shell: sh, command: echo c >> undone }}] }}\n"
        )
    };
    let scene = Scene::new(&playbook("exit 1"));
    assert_eq!(
        (scene.run(&[]).code, scene.read("undone").as_str()),
        (Some(1), "b\na\n")
    );
    let scene = Scene::new(&playbook("exit 0"));
    assert_eq!(
        (scene.run(&[]).code, scene.read("undone").as_str()),
        (Some(0), "")
    );
}

#[test]
fn parallel_steps_wait_for_nobody_and_hold_what_follows() {
    // Each waits until it sees the other, which only both at once can.
    let meet = |own: &str, other: &str| {
        format!("touch {own}; while ! test -e {other}; do sleep 0.01; done")
    };
    let playbook = format!(
        "steps:
  - name: both
    type: parallel
    parallel:
      - {{ name: a, shell: sh, timeout: 100, command: {:?} }}
      - {{ name: b, shell: sh, timeout: 100, command: {:?} }}
  - {{ name: c, shell: sh, command: 'test -e x && test -e y' }}\n",
        meet("x", "y"),
        meet("y", "x")
    );
    let said = Scene::new(&playbook).run(&["-t", "2"]);
    assert_eq!(said.code, Some(0), "{said:?}");
}

#[test]
fn scripts_of_other_shells_run_and_are_given_their_parameters() {
    let scene = Scene::new(
        "Variables: { who: 'a \"b\" $c' }
Sequence:
  - { Script: tools/hello, Parameters: { Name: '{{who}}', Loud: true } }
  - { Script: '0100', Name: numbered }\n",
    );
    scene.write("tools/hello.sh", "printf '%s %s' \"$Name\" \"$Loud\"\n");
    scene.write(
        "automation-scripts/0100_Tell.sh",
        "#!/bin/bash\n[[ $OE_STEP == numbered ]] && echo bash\n",
    );
    let said = scene.run(&[]);
    assert_eq!(said.code, Some(0), "{said:?}");
    assert_eq!(said.json()["results"][0]["output"], "a \"b\" $c true");
    assert_eq!(said.json()["results"][1]["output"], "bash\n");
}

#[test]
fn criteria_of_success_count() {
    let scene = Scene::new(
        "successCriteria: { requireAllSuccess: true }
steps:
  - { name: a, shell: sh, command: exit 1, continueOnError: true }
  - { name: b, shell: sh, command: 'true' }\n",
    );
    let said = scene.run(&[]);
    assert_eq!(said.code, Some(1));
    assert_eq!(said.json()["unmet"][0], "every step has to succeed");
}
