//! What is written for CI systems.

use super::scene::Scene;

/// The report of a run, without times.
fn report(playbook: &str) -> (Option<i32>, String) {
    let scene = Scene::new(playbook);
    let said = scene.say(&["run", "play.yaml", "--no-state", "--junit", "out/junit.xml"]);
    (said.code, without_times(&scene.read("out/junit.xml")))
}

fn without_times(text: &str) -> String {
    let mut parts = text.split(" time=\"");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| {
        text + part.split_once('"').map_or("", |(_, rest)| rest)
    })
}

#[test]
fn each_step_is_a_case_with_how_it_ended() {
    let (code, text) = report(
        "steps:
  - { name: a, shell: sh, command: 'echo \"<out> ]]>\"; echo err >&2' }
  - name: both
    type: parallel
    parallel:
      - { name: b, shell: sh, command: exit 3, continueOnError: true }
      - { name: c, shell: sh, timeout: 0.2, command: sleep 600 }
  - { name: d, shell: sh, command: 'true' }\n",
    );
    let counts = r#"tests="4" failures="2" errors="0" skipped="1""#;
    let expected = format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="play" {counts}>
  <testsuite name="play" {counts}>
    <testcase classname="play" name="a">
      <system-out>&lt;out&gt; ]]&gt;
</system-out>
      <system-err>err
</system-err>
    </testcase>
    <testcase classname="play" name="both/b">
      <failure message="the program ended with code 3">the program ended with code 3</failure>
    </testcase>
    <testcase classname="play" name="both/c">
      <failure message="it reached its time limit">it reached its time limit</failure>
    </testcase>
    <testcase classname="play" name="d">
      <skipped message="`both` did not succeed">`both` did not succeed</skipped>
    </testcase>
  </testsuite>
</testsuites>
"#
    );
    assert_eq!((code, text), (Some(1), expected));
}

#[test]
fn a_run_of_which_no_step_ran_is_not_green() {
    let (code, text) = report(
        "steps: [{ name: a, shell: sh, command: 'true', condition: $LASTEXITCODE -eq 7 }]\n",
    );
    assert_eq!(code, Some(0));
    assert!(
        text.contains(r#"tests="2" failures="0" errors="1" skipped="1""#),
        "{text}"
    );
    assert!(text.contains(r#"<error message="no step ran">"#), "{text}");
}

#[test]
fn a_run_that_was_refused_leaves_no_older_report() {
    let scene = Scene::new("steps: [{ name: a, shell: sh, command: 'true', needs: [none] }]\n");
    scene.write("junit.xml", "<testsuites/>");
    let said = scene.say(&["run", "play.yaml", "--no-state", "--junit", "junit.xml"]);
    assert_eq!(
        (said.code, scene.folder.join("junit.xml").exists()),
        (Some(2), false)
    );
}
