//! Steps of PowerShell, run without a PowerShell that asks for it. Without `pwsh` the
//! tests say so and are left out.

use std::process::Command;

use orchestration_engine::process::powershell::find;
use serde_json::json;

use super::scene::{end_of, lives, until, Scene};

fn is_here() -> bool {
    let is_here = find(None).is_ok();
    if !is_here {
        println!("left out: pwsh is not on PATH");
    }
    is_here
}

#[test]
fn scripts_commands_blocks_and_modules_run() {
    if !is_here() {
        return;
    }
    let scene = Scene::new(
        "parameters: { Server: web1 }
variables: { Port: 8080 }
steps:
  - { name: script, script: 0407_Check.ps1, parameters: { Force: 'yes', Port: 9 } }
  - { name: command, command: 'Write-Host shown; \"$Port {{Server}}\"; Get-Item none/such' , continueOnError: true }
  - { name: after, command: '\"$($steps.script.output) $($steps.command.status) $($env.context)\"' }
  - { name: module, type: module, module: ./Own.psm1, function: Get-Own, parameters: { Name: x } }
  - { name: not, command: '1', condition: '$params.Server.StartsWith(\"db\")' }
  - { name: own, command: '\"$env:OWN\"', environment: { OWN: 'its own' } }\n",
    );
    scene.write(
        "0407_Check.ps1",
        "param([string]$Server, [switch]$Force, [int]$Port) \"$Server $Force $Port\"",
    );
    scene.write("Own.psm1", "function Get-Own($Name) { \"own $Name\" }");
    let said = scene.run(&["--param", "Server=a 'b' $(c)"]);
    let json = said.json();
    let expected = [
        "script Succeeded",
        "command Failed",
        "after Succeeded",
        "module Succeeded",
        "not Skipped",
        "own Succeeded",
    ];
    assert_eq!(said.ends(), expected, "{json:#}");
    assert_eq!(said.code, Some(10));
    let values: Vec<_> = (0..6)
        .map(|place| &json["results"][place]["value"])
        .collect();
    assert_eq!(values[0], &json!(["a 'b' $(c) True 9"]));
    assert_eq!(values[2], &json!(["a 'b' $(c) True 9 Failed dev"]));
    assert_eq!(values[3], &json!(["own x"]));
    assert_eq!(values[5], &json!(["its own"]));
    let command = &json["results"][1];
    let error = command["error"].as_str().unwrap_or_default();
    assert!(error.starts_with("Cannot find path"), "{command}");
    // What it wrote to the other streams is in its outputs.
    assert_eq!(command["output"], "shown\n", "{command}");
}

/// Also by a run that goes on, which has the step from before.
#[test]
fn a_condition_reads_the_code_of_a_success_that_wants_a_restart() {
    if !is_here() {
        return;
    }
    let scene = Scene::new(
        "steps:
  - { name: restart, script: ends.ps1 }
  - { name: reads, command: '\"$($steps.restart.exitCode)\"', condition: '$LASTEXITCODE -eq 3010' }
  - { name: fails, shell: sh, command: 'test -e there' }
  - { name: late, command: '\"$($steps.restart.exitCode)\"', needs: fails }\n",
    );
    scene.write("ends.ps1", "exit 3010");
    let said = scene.say(&["run", "play.yaml", "--json", "--id", "twice"]);
    let ends = [
        "restart Succeeded",
        "reads Succeeded",
        "fails Failed",
        "late Skipped",
    ];
    assert_eq!(said.ends(), ends, "{said:?}");
    assert_eq!(said.json()["results"][1]["value"], json!(["3010"]));
    scene.write("there", "");
    let said = scene.say(&["resume", "twice", "--failed", "--json"]);
    assert_eq!(said.code, Some(0), "{said:?}");
    assert_eq!(said.json()["results"][3]["value"], json!(["3010"]));
}

#[test]
fn a_module_that_is_not_there_is_told_of_and_nothing_starts() {
    if !is_here() {
        return;
    }
    let needs = |modules: &str| {
        Scene::new(&format!(
            "requiredModules: [{modules}]
options: {{ modulePath: [mine] }}
steps:
  - {{ name: first, shell: sh, command: touch ran }}
  - {{ name: second, command: '1' }}\n"
        ))
    };
    let scene = needs("Microsoft.PowerShell.Utilty, None.Such.Here");
    let said = scene.say(&["run", "play.yaml"]);
    assert_eq!(said.code, Some(2), "{said:?}");
    let folder = scene.folder.join("mine");
    for expected in [
        "play.yaml, line 1, column 19: there is no module `Microsoft.PowerShell.Utilty` in "
            .to_owned(),
        "Did you mean `Microsoft.PowerShell.Utility`?".to_owned(),
        format!(
            "play.yaml, line 1, column 48: there is no module `None.Such.Here` in {}, ",
            folder.display()
        ),
        "Install it, or name its folder in `Options.ModulePath`.".to_owned(),
    ] {
        assert!(said.stderr.contains(&expected), "{expected}\n{said:?}");
    }
    assert!(!scene.folder.join("ran").exists());

    // PowerShell's own, one of the playbook's folder, and a file.
    let scene = needs("Microsoft.PowerShell.Utility, Own, ./File");
    scene.write("mine/Own/Own.psm1", "");
    scene.write("File.psm1", "");
    let said = scene.run(&[]);
    assert_eq!(
        said.ends(),
        ["first Succeeded", "second Succeeded"],
        "{said:?}"
    );

    // Nobody needs a module where no step is PowerShell's.
    let scene =
        Scene::new("requiredModules: [None.Such.Here]\nsteps: [{ shell: sh, command: 'true' }]\n");
    assert_eq!(scene.run(&[]).code, Some(0));
}

#[test]
fn exit_codes_say_what_became_of_a_step() {
    if !is_here() {
        return;
    }
    let scene = Scene::new(
        "steps:
  - { name: restart, script: ends.ps1, parameters: { code: 3010 } }
  - { name: fails, script: ends.ps1, parameters: { code: 7 } }
  - { name: never, command: '1' }\n",
    );
    scene.write("ends.ps1", "param($code) 'before'; exit $code");
    let said = scene.run(&[]);
    let json = said.json();
    let ends = ["restart Succeeded", "fails Failed", "never Skipped"];
    assert_eq!(
        (said.code, said.ends()),
        (Some(1), ends.map(str::to_owned).to_vec())
    );
    let (restart, fails) = (&json["results"][0], &json["results"][1]);
    assert_eq!(
        (&restart["exitCode"], &restart["rebootRequired"]),
        (&json!(3010), &json!(true))
    );
    assert_eq!(fails["exitCode"], 7);
    assert_eq!(fails["error"], "It ended with exit code 7.");
}

/// A step that says who runs it, and waits.
const WAITS: &str =
    "name: waits, command: 'sh -c ''echo $PPID $$ > ids; while :; do sleep 1000; done'''";

/// The processes of that step: PowerShell, and the shell that it has started.
fn processes(scene: &Scene) -> Vec<String> {
    let ids = scene.wait_for("ids");
    ids.split_whitespace().map(str::to_owned).collect()
}

fn all_end(processes: &[String]) {
    until(|| (!processes.iter().any(|it| lives(it))).then_some(()));
}

#[test]
fn a_step_that_takes_too_long_is_killed_with_all_it_started() {
    if !is_here() {
        return;
    }
    // The first has PowerShell started, which counts to nobody's time.
    let scene = Scene::new(&format!(
        "steps:\n  - {{ name: first, command: '1' }}\n  - {{ {WAITS}, timeout: 3 }}\n"
    ));
    let child = scene.start(&["run", "play.yaml", "--json"]);
    let processes = processes(&scene);
    let said = end_of(child);
    assert_eq!(said.ends(), ["first Succeeded", "waits TimedOut"]);
    all_end(&processes);
}

#[test]
fn nothing_stays_when_the_engine_is_killed() {
    if !is_here() {
        return;
    }
    let scene = Scene::new(&format!("steps:\n  - {{ {WAITS} }}\n"));
    let mut child = scene.start(&["run", "play.yaml", "--json"]);
    let processes = processes(&scene);
    child.kill().expect("a kill");
    child.wait().expect("an end");
    all_end(&processes);
}

#[test]
fn nothing_stays_when_the_run_is_interrupted() {
    if !is_here() {
        return;
    }
    let scene = Scene::new(&format!("steps:\n  - {{ {WAITS} }}\n"));
    let child = scene.start(&["run", "play.yaml", "--json"]);
    let processes = processes(&scene);
    let sent = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status();
    assert!(sent.expect("kill").success());
    let said = end_of(child);
    assert_eq!(
        (said.code, said.ends()),
        (Some(3), vec!["waits Stopped".to_owned()])
    );
    all_end(&processes);
}

#[test]
fn a_step_whose_process_ends_is_tried_again_in_another() {
    if !is_here() {
        return;
    }
    let scene = Scene::new(
        "steps:
  - { name: flaky, script: flaky.ps1, retryCount: 1 }\n",
    );
    scene.write(
        "flaky.ps1",
        "if (Test-Path tried) { 'good' } else { Set-Content tried 1; [Environment]::Exit(3) }",
    );
    let said = scene.run(&[]);
    let json = said.json();
    assert_eq!(said.ends(), ["flaky Succeeded"], "{json:#}");
    assert_eq!(json["results"][0]["attempts"], 2);
    assert_eq!(json["results"][0]["value"], json!(["good"]));
}

#[test]
fn a_condition_that_takes_too_long_fails_its_step_and_says_so() {
    if !is_here() {
        return;
    }
    // Only PowerShell can decide it, and it waits for what nobody writes.
    let condition = "$null -eq (Get-Date) -or (sh -c \"while :; do sleep 1000; done\")";
    let scene = Scene::new(&format!(
        "steps:
  - {{ name: first, command: '1' }}
  - {{ name: never, command: '1', timeout: 2, condition: '{condition}' }}\n"
    ));
    let said = scene.run(&[]);
    let json = said.json();
    assert_eq!(said.ends(), ["first Succeeded", "never Failed"], "{json:#}");
    let expected = format!(
        "the condition `{condition}` took longer than 2 s, the time limit of its step, and was ended"
    );
    assert_eq!(json["results"][1]["error"], expected);
}
