//! What is told of steps while they run.

use std::io::{BufRead, BufReader};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;

use orchestration_engine::process::powershell::find;

use super::scene::{Scene, HANG};

/// Runs a playbook whose step waits for the file `go`, which is made once a line of that
/// text has come. All that was printed, without the times and the id.
fn told_live(scene: &Scene, line: &str, arguments: &[&str]) -> String {
    let arguments: Vec<_> = ["run", "play.yaml", "--no-state"]
        .iter()
        .chain(arguments)
        .copied()
        .collect();
    let mut child = scene.start(&arguments);
    let out = BufReader::new(child.stdout.take().expect("its output"));
    let (sender, lines) = mpsc::channel();
    thread::spawn(move || {
        out.lines()
            .map_while(Result::ok)
            .all(|line| sender.send(line).is_ok());
    });
    let mut told = Vec::new();
    loop {
        match lines.recv_timeout(HANG) {
            Ok(came) if came == line => {
                scene.write("go", "");
                told.push(came);
            }
            Ok(came) => told.push(came),
            Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) => {
                let _ = child.kill();
                panic!("{line:?} did not come: {told:?}");
            }
        }
    }
    child.wait().expect("its end");
    let lines = told.iter().map(|line| {
        let line = line.split(", workflow-").next().unwrap_or_default();
        let end = line.rfind(" (").filter(|_| line.ends_with(" s)"));
        let line = end.map_or(line, |end| &line[..end]);
        let over = line.find(" in ").filter(|_| line.contains(" s: "));
        let line = over.map_or(line, |over| &line[..over]);
        format!("{line}\n")
    });
    lines.collect()
}

const WAIT: &str = "while ! test -e go; do sleep 0.01; done";

#[test]
fn a_step_that_runs_alone_is_heard_while_it_runs_without_its_secrets() {
    let scene = Scene::new(&format!(
        "parameters: {{ Key: {{ type: string, sensitive: true }} }}
steps:
  - {{ name: a, shell: sh, command: 'printf \"key hun\"; sleep 0.1; echo \"ter22\"; {WAIT}; echo {{{{Key}}}}' }}\n"
    ));
    let told = told_live(&scene, "    | key ***", &["-p", "Key=hunter22"]);
    let expected = "play (1 step)
  > a
    | key ***
    | ***
  + a
play completed
";
    assert_eq!(told, expected);
}

#[test]
fn a_step_of_powershell_is_heard_while_it_runs() {
    if find(None).is_err() {
        println!("left out: pwsh is not on PATH");
        return;
    }
    let scene = Scene::new(
        "steps:
  - name: a
    command: >-
      Write-Host shown; Write-Warning careful; 'one'; 2; sh -c 'echo three >&2';
      while (-not (Test-Path go)) { Start-Sleep -Milliseconds 10 };
      [pscustomobject]@{ Four = 4 }; 'five'\n",
    );
    let told = told_live(&scene, "    | 2", &[]);
    let mut lines: Vec<_> = told.lines().collect();
    // It comes another way than PowerShell's own streams.
    let of_program = lines.iter().position(|line| line.contains("three"));
    let of_program = of_program.map(|place| lines.remove(place));
    assert_eq!(of_program, Some("    ! three"), "{told}");
    let expected = [
        "play (1 step)",
        "  > a",
        "    | shown",
        "    ! warning: careful",
        "    | one",
        "    | 2",
        "  + a",
        "    | {\"Four\":4}",
        "    | five",
        "play completed",
    ];
    assert_eq!(lines, expected);
}

#[test]
fn the_failure_that_stops_the_others_comes_first() {
    let scene = Scene::new(
        "options: { stopOnError: true }
steps:
  - name: both
    type: parallel
    parallel:
      - { name: waits, shell: sh, command: 'echo waiting; touch here; sleep 600' }
      - { name: fails, shell: sh, command: 'while ! test -e here; do sleep 0.01; done; echo why; exit 7' }\n",
    );
    let told = told_live(&scene, "-", &[]);
    let (begun, ended): (Vec<_>, Vec<_>) = told.lines().partition(|it| it.starts_with("  >"));
    assert_eq!(begun.len(), 2, "{told}");
    let expected = [
        "play (2 steps)",
        "  x both/fails failed: the program ended with code 7",
        "    | why",
        "  x both/waits was stopped",
        "    | waiting",
        "play FAILED",
    ];
    assert_eq!(ended, expected);
}
