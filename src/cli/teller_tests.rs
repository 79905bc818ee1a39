use std::path::Path;

use crate::app::playbook::{Folders, Opened, Wishes};

use super::*;

const PLAYBOOK: &str = "steps:
  - { name: first, shell: sh, command: 'true' }
  - name: both
    type: parallel
    parallel:
      - { name: a, shell: sh, command: 'true' }
      - { name: b, shell: sh, command: 'true' }
  - name: choice
    type: condition
    condition: $LASTEXITCODE -eq 0
    then: [{ name: c, shell: sh, command: 'true' }]
    else: [{ name: d, shell: sh, command: 'true' }]
  - { name: last, shell: sh, command: 'true' }";

fn teller(is_quiet: bool, tells_course: bool) -> Teller {
    let folder = std::env::temp_dir();
    let json = yaml_as_json(PLAYBOOK);
    let opened = Opened::given(json, &folder).expect("a playbook");
    let draft = opened.plan(Wishes::default(), &Folders::around(Path::new(&folder)));
    Teller::new(&draft.plan, is_quiet, tells_course)
}

fn yaml_as_json(yaml: &str) -> String {
    let value: serde_json::Value = serde_norway::from_str(yaml).expect("YAML");
    value.to_string()
}

fn started(task: u32, path: &str) -> News {
    News::Started(task, path.to_owned(), 1)
}

fn wrote(task: u32, output_kind: OutputKind, text: &str) -> News {
    News::Output(StepOutput {
        task,
        step_name: String::new(),
        attempt: 1,
        output_kind,
        text: text.to_owned(),
        begun: "half".to_owned(),
        missed: 0,
    })
}

fn ended(task: u32, step_name: &str, output: &str, value: Option<serde_json::Value>) -> News {
    News::Ended(StepResult {
        task,
        step_name: step_name.to_owned(),
        status: "Succeeded".to_owned(),
        success: true,
        duration: 1.5,
        output: output.to_owned(),
        value,
        does_work: true,
        ..StepResult::default()
    })
}

fn told(mut teller: Teller, news: &[News]) -> String {
    news.iter().map(|one| teller.tell(one)).collect()
}

#[test]
fn a_step_that_runs_alone_is_told_line_by_line_and_not_again() {
    let news = [
        started(1, "first"),
        wrote(1, OutputKind::Shown, "one\ntwo\n"),
        wrote(1, OutputKind::Complaint, "bad\n"),
        ended(1, "first", "one\ntwo\n", None),
        started(2, "choice/then/c"),
        wrote(2, OutputKind::Value, "x\ny\n"),
        ended(
            2,
            "choice/then/c",
            "x\ny\n{}",
            Some(serde_json::json!(["x\ny", {}])),
        ),
    ];
    let expected = "  > first
    | one
    | two
    ! bad
  + first (1.50 s)
  > choice/then/c
    | x
    | y
  + choice/then/c (1.50 s)
    | {}
";
    assert_eq!(told(teller(false, true), &news), expected);
}

#[test]
fn of_steps_beside_each_other_each_is_told_at_its_end() {
    let news = [
        started(1, "both/a"),
        wrote(1, OutputKind::Shown, "of a\n"),
        started(2, "both/b"),
        wrote(2, OutputKind::Shown, "of b\n"),
        ended(2, "both/b", "of b\n", None),
        ended(1, "both/a", "of a\n", None),
    ];
    let expected = "  > both/a
  > both/b
  + both/b (1.50 s)
    | of b
  + both/a (1.50 s)
    | of a
";
    assert_eq!(told(teller(false, true), &news), expected);
}

#[test]
fn what_comes_after_another_has_begun_waits_for_the_end() {
    let mut news = vec![
        started(1, "first"),
        wrote(1, OutputKind::Shown, "one\n"),
        started(2, "last"),
    ];
    let line = || wrote(1, OutputKind::Shown, "more\n");
    news.extend((0..=MOST_LINES).map(|_| line()));
    news.push(ended(2, "last", "of the other\n", None));
    news.push(ended(1, "first", "", None));
    let expected = format!(
        "  > first
    | one
  > last
  + last (1.50 s)
    | of the other
  + first (1.50 s)
    | … 1 line before
{}",
        "    | more\n".repeat(MOST_LINES)
    );
    assert_eq!(told(teller(false, true), &news), expected);
}

#[test]
fn the_quiet_and_those_who_see_it_drawn_are_told_ends() {
    let news = [
        started(1, "first"),
        wrote(1, OutputKind::Shown, "one\n"),
        ended(1, "first", "one\n", None),
    ];
    assert_eq!(told(teller(true, true), &news), "");
    let expected = "  + first (1.50 s)\n    | one\n";
    assert_eq!(told(teller(false, false), &news), expected);
}
