//! A workflow as JUnit's XML.

use std::fs;
use std::io;
use std::path::Path;

use crate::report::{draw_junit, JUnitCase, JUnitEnd, JUnitSuite};

use super::outcome::{Outcome, Verdict};
use super::result::StepResult;

/// Writes what came of a workflow; what is wrong, if that cannot be written.
pub(super) fn write(path: &Path, outcome: &Outcome) -> Option<String> {
    let written = try_write(path, &draw_junit(&suite(outcome)));
    let error = written.err()?;
    Some(format!(
        "the JUnit report cannot be written to {}: {error}. Name a file that can be.",
        path.display()
    ))
}

/// Takes away the report of an earlier run, which nobody shall take for that of this one.
pub(super) fn forget(path: &Path) {
    // Where it cannot be taken away it cannot be written either, which is told.
    let _ = fs::remove_file(path);
}

fn try_write(path: &Path, text: &str) -> io::Result<()> {
    let folder = path.parent().filter(|it| !it.as_os_str().is_empty());
    folder.map_or(Ok(()), fs::create_dir_all)?;
    fs::write(path, text)
}

/// A case for each step that does something, and one for the run where only that tells
/// what is wrong.
fn suite(outcome: &Outcome) -> JUnitSuite {
    let work = || outcome.results.iter().filter(|it| it.does_work);
    let mut cases: Vec<_> = work().map(case).collect();
    let mut wrong: Vec<_> = outcome.unmet.clone();
    wrong.extend(outcome.error.clone());
    let has_run = work().any(|it| it.kept || it.attempts > 0);
    if !has_run {
        wrong.push("no step ran".to_owned());
    }
    let is_red = |case: &JUnitCase| matches!(case.end, JUnitEnd::Failed(_) | JUnitEnd::Broken(_));
    let is_bad = !matches!(
        outcome.verdict,
        Verdict::Completed | Verdict::PartlyCompleted
    );
    if is_bad && wrong.is_empty() && !cases.iter().any(is_red) {
        let why = outcome.reason.as_deref().unwrap_or("it failed");
        wrong.push(format!("{}: {why}", outcome.status));
    }
    if !wrong.is_empty() {
        cases.push(JUnitCase {
            name: "the run as a whole".to_owned(),
            end: JUnitEnd::Broken(wrong.join("\n")),
            ..JUnitCase::default()
        });
    }
    JUnitSuite {
        name: outcome.name.clone(),
        seconds: outcome.duration,
        cases,
    }
}

fn case(result: &StepResult) -> JUnitCase {
    let why = |otherwise: &str| result.error.clone().unwrap_or_else(|| otherwise.to_owned());
    JUnitCase {
        name: result.step_name.clone(),
        seconds: result.duration,
        end: match result.status.as_str() {
            "Succeeded" => JUnitEnd::Passed,
            "Skipped" => JUnitEnd::Skipped(result.why_skipped()),
            "TimedOut" => JUnitEnd::Failed(why("it reached its time limit")),
            "Stopped" => JUnitEnd::Broken(why("it was stopped")),
            _ => JUnitEnd::Failed(why("it failed")),
        },
        output: result.output.clone(),
        error_output: result.error_output.clone(),
    }
}
