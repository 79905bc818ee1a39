//! What people are told. What is wrong goes to the standard error.

use std::io::{self, BufRead, Write};

use crate::app::playbook::{Checked, Draft, Estimate, Outcome, StepResult, ToldNotice, Verdict};
use crate::playbook::plan::{Plan, Work};
use crate::playbook::problem::Diagnostic;

use super::printable::coloured;
use super::screen;

/// How many lines of a failed step's errors are shown at its end.
pub(super) const MOST_LINES: usize = 200;

/// Prints a text. That nobody reads it is no error.
pub(super) fn text(text: &str) {
    written(&format!("{text}\n"));
}

/// Prints a text that is whole, its last line's end included.
pub(super) fn written(text: &str) {
    if text.is_empty() {
        return;
    }
    screen::above(|| {
        let mut out = io::stdout().lock();
        // In one piece, and at once, also where nobody but a program reads it.
        let _ = out.write_all(text.as_bytes());
        let _ = out.flush();
    });
}

/// Says something beside what was asked for.
fn beside(text: &str) {
    screen::above(|| {
        let _ = writeln!(io::stderr().lock(), "{text}");
    });
}

/// Says what is wrong.
pub(super) fn error(text: &str) {
    beside(&format!("orchestrate: {text}"));
}

/// Asks a person whether a step may be done. Only a clear yes is one.
pub(super) fn asks(path: &str, what: &str) -> bool {
    let _ = write!(
        io::stderr().lock(),
        "{path} needs your approval: {what}. Go on? [y/N] "
    );
    let mut answer = String::new();
    let read = io::stdin().lock().read_line(&mut answer);
    read.is_ok() && ["y", "yes"].contains(&answer.trim().to_lowercase().as_str())
}

/// Says what is odd, and ends nothing.
pub(super) fn warning(text: &str) {
    beside(&format!("warning: {text}"));
}

/// Tells what a playbook wants to have told.
pub(super) fn notice(notice: &ToldNotice) {
    if !notice.is_for_console() {
        return;
    }
    let level = notice.level.as_deref().unwrap_or("info");
    let message: Vec<_> = notice.message.lines().map(coloured).collect();
    let message = message.join("\n  ");
    beside(&format!("notice ({level}): {message}"));
}

/// Says what is wrong or odd with a playbook.
pub(super) fn diagnostics(diagnostics: &[Diagnostic]) {
    for diagnostic in diagnostics {
        let severity = diagnostic.severity();
        beside(&format!("{severity}: {diagnostic}"));
    }
}

// ---- a run ----

pub(super) fn begin(plan: &Plan, id: &str) {
    let count = plan
        .flat()
        .leaves
        .iter()
        .filter(|it| it.does_work())
        .count();
    text(&format!("{} ({}), {id}", plan.name, counted(count, "step")));
}

pub(super) fn started(path: &str, attempt: u32) -> String {
    match attempt {
        1 => format!("  > {path}\n"),
        _ => format!("  > {path} (attempt {attempt})\n"),
    }
}

pub(super) fn retrying(result: &StepResult) -> String {
    let why = result
        .error
        .as_deref()
        .unwrap_or("it ran into its time limit");
    format!("  ~ {}: {why}; it is tried again\n", result.step_name)
}

/// That a step has ended, with what it wrote.
pub(super) fn ended(result: &StepResult) -> String {
    let mut text = end(result);
    if text.is_empty() {
        return text;
    }
    for (mark, output) in [('|', &result.output), ('!', &result.error_output)] {
        let skipped = output.lines().count().saturating_sub(MOST_LINES);
        if skipped > 0 {
            text.push_str(&left_out(mark, skipped));
        }
        text.extend(output.lines().skip(skipped).map(|it| line(mark, it)));
    }
    text
}

/// That a step has ended, and how.
pub(super) fn end(result: &StepResult) -> String {
    if !result.does_work && result.status != "Skipped" {
        return String::new();
    }
    let name = &result.step_name;
    let time = format!("{:.2} s", result.duration);
    match result.status.as_str() {
        "Succeeded" if result.kept => format!("  = {name} (kept)\n"),
        "Succeeded" => format!("  + {name} ({time})\n"),
        "Skipped" => format!("  - {name} skipped: {}\n", result.why_skipped()),
        "TimedOut" => format!("  x {name} reached its time limit ({time})\n"),
        "Stopped" => format!("  x {name} was stopped ({time})\n"),
        _ => {
            let why = result.error.as_deref().unwrap_or("it failed");
            format!("  x {name} failed: {why} ({time})\n")
        }
    }
}

/// A line that a step wrote.
pub(super) fn line(mark: char, line: &str) -> String {
    format!("    {mark} {}\n", coloured(line))
}

/// That lines are not shown.
pub(super) fn left_out(mark: char, count: usize) -> String {
    format!("    {mark} … {}\n", counted(count, "line before"))
}

/// That bytes could not be shown.
pub(super) fn missed(bytes: u64) -> String {
    format!("    | … {} left out\n", counted(bytes as usize, "byte"))
}

pub(super) fn outcome(outcome: &Outcome) {
    let count = |status: &str| {
        let work = outcome.results.iter().filter(|it| it.does_work);
        work.filter(|it| it.status == status).count()
    };
    let word = match outcome.verdict {
        Verdict::Completed => "completed",
        Verdict::PartlyCompleted => "completed, with failures that are tolerated",
        Verdict::Failed => "FAILED",
        Verdict::TimedOut => "TIMED OUT",
        Verdict::Stopped => "STOPPED",
    };
    let mut counts = Vec::new();
    let states = [
        ("Succeeded", "succeeded"),
        ("Failed", "failed"),
        ("TimedOut", "timed out"),
        ("Stopped", "stopped"),
        ("Skipped", "skipped"),
    ];
    for (status, said) in states {
        match count(status) {
            0 => {}
            number => counts.push(format!("{number} {said}")),
        }
    }
    text(&format!(
        "{} {word} in {:.2} s: {}",
        outcome.name,
        outcome.duration,
        counts.join(", ")
    ));
    for unmet in &outcome.unmet {
        error(&format!("its criteria do not hold: {unmet}"));
    }
    if let Some(problem) = &outcome.error {
        error(problem);
    }
}

// ---- without a run ----

pub(super) fn plan(draft: &Draft, estimate: Option<&Estimate>) {
    let plan = &draft.plan;
    let limit = plan
        .limit
        .map_or_else(String::new, |limit| format!(", at most {limit} at once"));
    text(&format!("{} in {}{limit}", plan.name, plan.values.context));
    for leaf in plan.flat().leaves {
        let step = leaf.step;
        let needs = draft
            .needs_powershell
            .iter()
            .any(|(path, _)| *path == leaf.path);
        let mut notes = Vec::new();
        if step.decision.is_some() {
            notes.push("if its condition holds".to_owned());
        }
        if step.is_finally {
            notes.push("at the end".to_owned());
        }
        if let Some(group) = &step.group {
            notes.push(match plan.limit_of(group) {
                Some(limit) => format!("group {group}, at most {limit} at once"),
                None => format!("group {group}, without a limit"),
            });
        }
        if let Some(seconds) = step.timeout {
            notes.push(format!("at most {seconds} s"));
        }
        if let Some((count, _)) = step.retry {
            notes.push(format!("{} more", counted(count as usize, "attempt")));
        }
        if needs {
            notes.push("needs PowerShell".to_owned());
        }
        let indent = "  ".repeat(leaf.depth + 1);
        let notes = match notes.is_empty() {
            true => String::new(),
            false => format!(" ({})", notes.join(", ")),
        };
        let work = described(&step.work);
        text(&format!(
            "{indent}{}. {}{work}{notes}",
            step.wave + 1,
            step.name
        ));
    }
    estimate.map(expected).unwrap_or_default();
}

fn expected(estimate: &Estimate) {
    text(&format!(
        "about {:.2} s one step after the other, at least {:.2} s, going by earlier runs",
        estimate.sequential.as_secs_f64(),
        estimate.lower_bound.as_secs_f64()
    ));
}

fn described(work: &Work) -> String {
    match work {
        Work::Command { shell, carried } => {
            let command = carried.argv.last().map_or("", String::as_str);
            let first = command.trim().lines().next().unwrap_or_default();
            format!(": {} {first}", shell.name())
        }
        Work::PowerShell(work) => format!(": {}", work.title()),
        Work::Program(_) => ": a program".to_owned(),
        Work::Scripts(_) | Work::Inside(..) | Work::Nothing => String::new(),
    }
}

pub(super) fn checked(checked: &[Checked]) {
    if checked.is_empty() {
        error("there is no playbook to check. Name one, or put them in orchestration/playbooks.");
    }
    for one in checked {
        diagnostics(&one.diagnostics);
        if let Some(problem) = &one.error {
            error(problem);
        }
        let word = if one.is_valid { "valid" } else { "NOT VALID" };
        let needs = match one.needs_powershell.len() {
            0 => String::new(),
            count => format!(", {count} for PowerShell"),
        };
        text(&format!(
            "{}: {word}, {}{needs}",
            one.name,
            counted(one.steps, "step")
        ));
    }
}

/// `1 step`, `2 steps`.
fn counted(count: usize, what: &str) -> String {
    match count {
        1 => format!("1 {what}"),
        _ => format!("{count} {what}s"),
    }
}
