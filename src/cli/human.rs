//! What people are told. What is wrong goes to the standard error.

use std::io::{self, BufRead, Write};

use crate::app::playbook::{Checked, Draft, Estimate, Outcome, StepResult, ToldNotice, Verdict};
use crate::playbook::plan::{Plan, Work};
use crate::playbook::problem::Diagnostic;

/// How many lines of a failed step's errors are shown at its end.
const MOST_LINES: usize = 200;

/// Prints a text. That nobody reads it is no error.
pub(super) fn text(text: &str) {
    let _ = writeln!(io::stdout().lock(), "{text}");
}

/// Prints a text that is whole, its last line's end included.
pub(super) fn written(text: &str) {
    let _ = write!(io::stdout().lock(), "{text}");
}

/// Says what is wrong.
pub(super) fn error(text: &str) {
    let _ = writeln!(io::stderr().lock(), "orchestrate: {text}");
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
    let _ = writeln!(io::stderr().lock(), "warning: {text}");
}

/// Tells what a playbook wants to have told.
pub(super) fn notice(notice: &ToldNotice) {
    if !notice.is_for_console() {
        return;
    }
    let level = notice.level.as_deref().unwrap_or("info");
    let message: Vec<_> = notice.message.lines().map(printable).collect();
    let message = message.join("\n  ");
    let _ = writeln!(io::stderr().lock(), "notice ({level}): {message}");
}

/// Says what is wrong or odd with a playbook.
pub(super) fn diagnostics(diagnostics: &[Diagnostic]) {
    for diagnostic in diagnostics {
        let severity = diagnostic.severity();
        let _ = writeln!(io::stderr().lock(), "{severity}: {diagnostic}");
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

pub(super) fn started(path: &str, attempt: u32) {
    match attempt {
        1 => text(&format!("  > {path}")),
        _ => text(&format!("  > {path} (attempt {attempt})")),
    }
}

pub(super) fn retrying(result: &StepResult) {
    let why = result
        .error
        .as_deref()
        .unwrap_or("it ran into its time limit");
    text(&format!(
        "  ~ {}: {why}; it is tried again",
        result.step_name
    ));
}

pub(super) fn ended(result: &StepResult) {
    if !result.does_work && result.status != "Skipped" {
        return;
    }
    let name = &result.step_name;
    let time = format!("{:.2} s", result.duration);
    let line = match result.status.as_str() {
        "Succeeded" if result.kept => format!("  = {name} (kept)"),
        "Succeeded" => format!("  + {name} ({time})"),
        "Skipped" => format!("  - {name} skipped: {}", why_skipped(result)),
        "TimedOut" => format!("  x {name} reached its time limit ({time})"),
        "Stopped" => format!("  x {name} was stopped ({time})"),
        _ => {
            let why = result.error.as_deref().unwrap_or("it failed");
            format!("  x {name} failed: {why} ({time})")
        }
    };
    let mut out = io::stdout().lock();
    let _ = writeln!(out, "{line}");
    for (mark, output) in [("|", &result.output), ("!", &result.error_output)] {
        let lines = output.lines().count();
        let skipped = lines.saturating_sub(MOST_LINES);
        if skipped > 0 {
            let _ = writeln!(out, "    {mark} … {}", counted(skipped, "line before"));
        }
        for line in output.lines().skip(skipped) {
            let _ = writeln!(out, "    {mark} {}", printable(line));
        }
    }
}

/// A line without what would steer a terminal, but with its colours.
fn printable(line: &str) -> String {
    let is_harmless = |letter: &char| !letter.is_control() || matches!(letter, '\t' | '\u{1b}');
    line.chars().filter(is_harmless).collect()
}

fn why_skipped(result: &StepResult) -> String {
    match (&result.skip_reason.as_deref(), &result.blocked_by) {
        (_, Some(step)) => format!("`{step}` did not succeed"),
        (Some("Condition"), _) => "its condition does not hold".to_owned(),
        _ => "what it is inside did not run".to_owned(),
    }
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
