//! Output that is more than is kept in a result: it goes to a file beside the log.

use std::fs;
use std::path::PathBuf;

use serde_json::Value;

use super::scene::Scene;

/// A secret stands often in there, so also where what is read at once ends.
const LINE: &str = "a line with hunter2000 in it, and then some more";

const PLAYBOOK: &str = "parameters:
  key: { type: string, default: hunter2000, sensitive: true }
options: { continueOnError: true }
steps:
  - { name: small, shell: sh, command: 'echo small' }
  - { name: both/of, shell: sh, command: 'yes \"a line with {{key}} in it, and then some more\" | head -n 110000; yes e | head -c 2000000 >&2' }
  - { name: fails, shell: sh, command: 'yes x | head -c 1100000; exit 3' }
";

fn logs(scene: &Scene) -> PathBuf {
    scene.folder.join("orchestration").join("logs")
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value[key].as_str().unwrap_or_default()
}

#[test]
fn large_output_is_in_a_file_of_the_logs() {
    let scene = Scene::new(PLAYBOOK);
    let said = scene.say(&["run", "play.yaml", "--json", "--id", "big"]);
    assert_eq!(said.code, Some(10), "{}", said.stderr);
    let json = said.json();
    let results = json["results"].as_array().expect("results");

    let written = fs::read_to_string(logs(&scene).join("big.2-both_of.stdout.log"));
    let line = format!("{}\n", LINE.replace("hunter2000", "***"));
    assert!(written.expect("the file") == line.repeat(110_000));
    let errors = fs::read(logs(&scene).join("big.2-both_of.stderr.log")).expect("the file");
    assert!(errors == b"e\n".repeat(1_000_000));

    let file = |name: &str| logs(&scene).join(name).canonicalize().expect("a file");
    let of = |value: &str| PathBuf::from(value).canonicalize().expect("a file");
    let both = &results[1];
    let [out, err] = ["outputFile", "errorOutputFile"].map(|key| text(both, key));
    assert_eq!(of(out), file("big.2-both_of.stdout.log"));
    assert_eq!(of(err), file("big.2-both_of.stderr.log"));
    let left_out = format!("bytes left out; all of it is in {out} ...]\n");
    assert!(text(both, "output").contains(&left_out));
    assert!(text(both, "output").len() < 1_100_000);
    assert!(text(both, "errorOutput").contains(&format!("all of it is in {err} ...]\n")));

    // Nothing is written of what fits, and what fails says where it is.
    assert_eq!(results[0].get("outputFile"), None);
    let names = fs::read_dir(logs(&scene)).expect("the logs").flatten();
    assert_eq!(names.count(), 6, "two logs, three files and .gitignore");
    let failure = text(&results[2], "error");
    let expected = format!("; what it wrote is in {}", text(&results[2], "outputFile"));
    assert!(failure.ends_with(&expected), "{failure}");

    // A run that is over tells it, too.
    let status = scene.say(&["status", "big", "--json"]).json();
    assert_eq!(status["tasks"][1]["output"]["stdoutFile"], out);
    assert_eq!(status["tasks"][1]["output"]["stderrFile"], err);
}

#[cfg(unix)]
#[test]
fn only_the_user_reads_such_a_file() {
    use std::os::unix::fs::PermissionsExt;

    let scene = Scene::new(PLAYBOOK);
    scene.say(&["run", "play.yaml", "--id", "big"]);
    let file = fs::metadata(logs(&scene).join("big.2-both_of.stdout.log")).expect("the file");
    assert_eq!(file.permissions().mode() & 0o777, 0o600);
}

#[test]
fn a_step_does_not_fail_because_its_file_cannot_be_written() {
    let scene = Scene::new(
        "steps: [{ name: big, shell: sh, command: 'yes x | head -c 3000000' }, { shell: sh, command: 'true' }]\n",
    );
    // There is a folder in its place.
    scene.write("orchestration/logs/big.1-big.stdout.log/in/the/way", "");
    let said = scene.say(&["run", "play.yaml", "--json", "--id", "big"]);
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    let json = said.json();
    let warning = json["warnings"][0].as_str().unwrap_or_default();
    let expected = "step `big`: 3000000 bytes of output could not be written to ";
    assert!(warning.starts_with(expected), "{warning}");
    assert!(text(&json["results"][0], "output").contains(" bytes left out ...]\n"));
    assert!(scene
        .read("orchestration/logs/big.log")
        .contains(&format!("warn   {expected}")));
    // Without a log there are no files at all.
    let said = scene.say(&["run", "play.yaml", "--json", "--no-log", "--id", "none"]);
    assert_eq!(said.json()["results"][0].get("outputFile"), None);
}
