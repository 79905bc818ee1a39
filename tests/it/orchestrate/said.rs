//! What is said: of bad input, plans, graphs and the playbooks of a project.

use super::scene::Scene;

const RELEASE: &str = "name: release
description: Builds and ships.
parameters:
  level: { type: int, default: 1 }
  key: { type: string, required: true, sensitive: true }
steps:
  - { name: build, shell: sh, command: 'echo {{level}} {{key}}' }
  - name: both
    type: parallel
    parallel:
      - { name: a, shell: sh, command: 'true', timeout: 5 }
      - { name: 'b \"x\"', shell: sh, command: 'true', retries: 1 }
  - { name: ship, shell: sh, command: 'true', condition: $LASTEXITCODE -ne 0 }
";

#[test]
fn bad_input_is_2_and_says_where_and_what_to_do() {
    let scene = Scene::new(RELEASE);
    let playbooks = scene.folder.join("orchestration/playbooks");
    let nearest = format!(
        "orchestrate: there is no playbook `relese` in {}. Did you mean `release`?\n",
        playbooks.display()
    );
    let cases: &[(&[&str], &str)] = &[
        (&["run", "play.yaml"], "error: play.yaml, line 5, column 3: the parameter `key` is required. Give it: `--param key=VALUE`, or `-Parameters @{ key = … }`.\n"),
        (&["run", "play.yaml", "-p", "key=abcdef", "-p", "level=high"], "error: play.yaml: the parameter `level` is of type int, found `high`. Give a value of the type int.\n"),
        (&["run", "relese"], &nearest),
        (&["run", "play.yaml", "-p", "key=abcdef", "-e", "prd"], "error: play.yaml: there is no environment `prd`. Did you mean `prod`?\n"),
    ];
    scene.write("orchestration/playbooks/release.yaml", RELEASE);
    for (arguments, expected) in cases {
        let said = scene.say(arguments);
        assert_eq!(
            (said.code, said.stderr.as_str()),
            (Some(2), *expected),
            "{arguments:?}"
        );
        assert_eq!(said.stdout, "");
    }
    let said = scene.say(&["run"]);
    assert_eq!(said.code, Some(2));
    let said = scene.say(&["run", "play.yaml", "--json"]);
    assert_eq!((said.code, &said.json()["exitCode"]), (Some(2), &2.into()));
    assert_eq!(said.json()["diagnostics"][0]["line"], 5);
}

#[test]
fn what_is_read_and_not_done_is_warned_about() {
    let scene = Scene::new(
        "notifications: { onSuccess: { message: done, channels: [log, github] }, onFailure: { message: no, channels: [GitHub] } }
steps:
  - { name: a, shell: sh, command: 'true', outputs: { x: 1 } }\n",
    );
    let said = scene.say(&["validate", "play.yaml"]);
    let warnings = "warning: play.yaml, line 1, column 29: nobody serves the channel `github`. What is told there is in the log and in the news of the run.
warning: play.yaml, line 3, column 5: nothing is done about `outputs` so far. Do not count on it.\n";
    assert_eq!((said.code, said.stderr.as_str()), (Some(0), warnings));
}

#[test]
fn powershell_s_steps_are_refused_by_name() {
    let scene = Scene::new(
        "steps:
  - { name: fine, shell: sh, command: touch ran }
  - { name: deploy, command: Deploy-App -Now }
  - { name: setup, type: module, module: SetupWizard, function: Start-Setup }
  - { script: '0407' }\n",
    );
    scene.write("0407_Check.ps1", "'x'");
    let said = scene.say_alone(&["run", "play.yaml"]);
    let expected = "orchestrate: these steps need PowerShell, which does not run here:
  deploy: Deploy-App -Now
  setup: Start-Setup of the module SetupWizard
  0407: the script 0407
Run the playbook from PowerShell, or give its steps a shell of their own: `shell: bash`.\n";
    assert_eq!((said.code, said.stderr.as_str()), (Some(2), expected));
    assert!(!scene.folder.join("ran").exists());
}

#[test]
fn scripts_that_are_not_there_are_told_of_and_nothing_starts() {
    let scene = Scene::new(
        "steps:
  - { name: fine, shell: sh, command: touch ran }
  - { script: scripts/build }
  - { script: '0402' }\n",
    );
    for name in ["0402_A.ps1", "deep/0402_B.ps1"] {
        scene.write(&format!("scripts/{name}"), "'x'");
    }
    let said = scene.say(&["validate", "play.yaml"]);
    assert_eq!(said.code, Some(0), "{said:?}");
    let said = scene.say(&["run", "play.yaml"]);
    assert_eq!(said.code, Some(2));
    let told = said
        .stderr
        .replace(scene.folder.to_str().expect("a text"), "HERE");
    for part in [
        "play.yaml, line 3, column 15: there is no script `scripts/build`. Put it beside the \
         playbook or into one of HERE/orchestration/scripts, HERE/automation-scripts, \
         HERE/scripts, or set OE_SCRIPT_PATH.",
        "play.yaml, line 4, column 15: several scripts are called `0402`. Write the name of one \
         of HERE/scripts/0402_A.ps1, HERE/scripts/deep/0402_B.ps1.",
    ] {
        assert!(told.contains(part), "{told}");
    }
    assert!(!scene.folder.join("ran").exists());
}

#[test]
fn what_needs_an_approval_does_not_start_without() {
    let scene = Scene::new(
        "steps:
  - { name: ship, shell: sh, command: touch ran, approval: deploy to production }
  - { name: tell, shell: sh, command: 'true', requiresApproval: true }
  - { name: free, shell: sh, command: 'true', requiresApproval: false }\n",
    );
    let said = scene.say(&["run", "play.yaml"]);
    let expected = "orchestrate: these steps need the approval of a person:
  ship: deploy to production
  tell: run `tell`
Look at the plan, and start it again with approval.\n";
    assert_eq!((said.code, said.stderr.as_str()), (Some(2), expected));
    assert!(!scene.folder.join("ran").exists());
    let said = scene.say(&["run", "play.yaml", "--approve"]);
    assert_eq!(said.code, Some(0), "{said:?}");
}

#[test]
fn a_secret_is_masked() {
    let scene = Scene::new(RELEASE);
    let said = scene.run(&["-p", "key=hunter2000"]);
    assert_eq!(said.code, Some(0), "{said:?}");
    assert_eq!(said.json()["results"][0]["output"], "1 ***\n");
    assert!(!said.stdout.contains("hunter"));
}

#[test]
fn a_plan_says_what_would_run() {
    let scene = Scene::new(RELEASE);
    let said = scene.say(&["plan", "play.yaml", "-p", "key=abcdef"]);
    let expected = "release in dev
  1. build: sh echo \"${OE_VALUE_1}\" \"${OE_VALUE_2}\"
  2. both
    1. a: sh true (at most 5 s)
    1. b \"x\": sh true (1 attempt more)
  3. ship: sh true (if its condition holds)\n";
    assert_eq!((said.code, said.stdout.as_str()), (Some(0), expected));
    let dry = scene.say(&["run", "play.yaml", "-p", "key=abcdef", "--dry-run"]);
    assert_eq!((dry.code, dry.stdout.as_str()), (Some(0), expected));
}

#[test]
fn a_graph_is_drawn() {
    let scene = Scene::new(RELEASE);
    let said = scene.say(&["graph", "play.yaml", "-p", "key=abcdef"]);
    let expected = "flowchart TD
  s0[\"build\"]
  subgraph s1 [\"both\"]
    s2[\"a\"]
    s3[\"b #quot;x#quot;\"]
  end
  s4{{\"ship\"}}
  s0 --> s1
  s1 -.-> s4\n";
    assert_eq!((said.code, said.stdout.as_str()), (Some(0), expected));
    let said = scene.say(&["graph", "play.yaml", "-p", "key=abcdef", "--format", "dot"]);
    let expected = "digraph playbook {
  compound=true;
  node [shape=box];
  s0 [label=\"build\"];
  subgraph cluster_1 { label=\"both\";
    s2 [label=\"a\"];
    s3 [label=\"b \\\"x\\\"\"];
  }
  s4 [label=\"ship\", shape=hexagon];
  s0 -> s2 [lhead=cluster_1];
  s3 -> s4 [ltail=cluster_1, style=dashed];
}\n";
    assert_eq!((said.code, said.stdout.as_str()), (Some(0), expected));
}

#[test]
fn the_playbooks_of_a_project_are_listed_and_checked() {
    let scene = Scene::new(RELEASE);
    scene.write("orchestration/playbooks/release.yaml", RELEASE);
    scene.write(
        "orchestration/playbooks/deep/other.psd1",
        "@{ Sequence = @('0407') }",
    );
    scene.write("orchestration/scripts/0407_Check.ps1", "'x'");
    let said = scene.say(&["list"]);
    assert_eq!(
        (said.code, said.stdout.as_str()),
        (Some(0), "deep/other\nrelease     Builds and ships.\n")
    );
    let said = scene.say(&["validate"]);
    let expected = "deep/other: valid, 1 step, 1 for PowerShell\nrelease: valid, 4 steps\n";
    assert_eq!((said.code, said.stdout.as_str()), (Some(0), expected));
    scene.write(
        "orchestration/playbooks/deep/wrong.json",
        "{\"steps\": [{\"comand\": \"x\"}]}",
    );
    let said = scene.say(&["validate", "deep/wrong"]);
    assert_eq!(
        (said.code, said.stdout.as_str()),
        (Some(2), "deep/wrong: NOT VALID, 0 steps\n")
    );
    assert!(said.stderr.contains("Did you mean `command`?"), "{said:?}");
}

#[test]
fn a_playbook_is_written_in_another_format() {
    let scene = Scene::new(RELEASE);
    let psd1 = scene.say(&["export", "play.yaml", "--to", "psd1"]);
    assert_eq!((psd1.code, psd1.stderr.as_str()), (Some(0), ""));
    scene.write("play.psd1", &psd1.stdout);
    let json = scene.say(&["export", "play.psd1", "--to", "json"]);
    scene.write("again.json", &json.stdout);
    let yaml = scene.say(&["export", "play.yaml", "--to", "yaml"]);
    let again = scene.say(&["export", "again.json", "--to", "yaml"]);
    assert_eq!(again.stdout, yaml.stdout);
    assert!(again.stdout.starts_with("name: release\n"), "{again:?}");
    scene.write("block.psd1", "@{ steps = @(@{ run = { Get-Date } }) }");
    let lossy = scene.say(&["export", "block.psd1", "--to", "json"]);
    let expected = "warning: block.psd1, line 1, column 23: a script block becomes a text. See \
                    whether a text may stand there, or keep the playbook in psd1.\n";
    assert_eq!((lossy.code, lossy.stderr.as_str()), (Some(0), expected));
    let said = scene.say(&["export", "none", "--to", "json"]);
    assert_eq!(said.code, Some(2));
}

#[test]
fn the_example_runs_without_powershell() {
    let example = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/examples/playbooks/release.yaml"
    );
    let hostile = "note=it's \"done\"; $(touch pwned) `touch pwned` \\ \n%s*";
    let scene = Scene::new("");
    let said = scene.say(&["run", example, "--json", "-p", hostile, "-e", "prod"]);
    assert_eq!(said.code, Some(0), "{said:?}");
    let ends = said.ends();
    assert!(
        ends.contains(&"publish/then/upload Succeeded".to_owned()),
        "{ends:?}"
    );
    assert!(ends.contains(&"clean up Succeeded".to_owned()), "{ends:?}");
    assert!(!scene.folder.join("pwned").exists());
}
