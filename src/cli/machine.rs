//! What machines are told: one JSON value on the standard output.

use std::io::{self, Write};

use serde_json::{json, Value};

use crate::app::playbook::{Draft, Outcome};
use crate::playbook::plan::Work;
use crate::playbook::problem::Diagnostic;

use super::exit_code;
use super::show::Checked;

/// Prints a value. That nobody reads it is no error.
pub(super) fn value(value: &Value) {
    let _ = writeln!(io::stdout().lock(), "{value:#}");
}

/// Why nothing was done.
pub(super) fn error(text: &str) {
    value(&json!({ "success": false, "error": text, "exitCode": exit_code::BAD_INPUT }));
}

/// Why a playbook cannot be used.
pub(super) fn refusal(diagnostics: &[Diagnostic]) {
    let texts: Vec<_> = diagnostics
        .iter()
        .filter(|it| !it.problem.is_warning())
        .map(ToString::to_string)
        .collect();
    value(&json!({
        "success": false,
        "error": texts.join("\n"),
        "diagnostics": all(diagnostics),
        "exitCode": exit_code::BAD_INPUT,
    }));
}

fn all(diagnostics: &[Diagnostic]) -> Vec<Value> {
    let one = |it: &Diagnostic| {
        json!({
            "severity": if it.problem.is_warning() { "warning" } else { "error" },
            "file": it.file,
            "line": it.position.map(|at| at.line),
            "column": it.position.map(|at| at.column),
            "message": it.problem.to_string(),
            "advice": it.problem.advice(),
        })
    };
    diagnostics.iter().map(one).collect()
}

/// What came of a run.
pub(super) fn outcome(outcome: &Outcome) {
    let mut json = serde_json::to_value(outcome).unwrap_or_default();
    json["exitCode"] = exit_code::of(outcome.verdict).into();
    value(&json);
}

/// What would run.
pub(super) fn plan(draft: &Draft) {
    let steps: Vec<_> = draft
        .plan
        .flat()
        .leaves
        .iter()
        .map(|leaf| {
            let kind = match &leaf.step.work {
                Work::Command { shell, .. } => shell.name().to_owned(),
                Work::Program(_) => "program".to_owned(),
                Work::Scripts(_) => "script".to_owned(),
                Work::PowerShell(_) => "PowerShell".to_owned(),
                Work::Inside(..) => "steps".to_owned(),
                Work::Nothing => "nothing".to_owned(),
            };
            json!({
                "path": leaf.path,
                "kind": kind,
                "wave": leaf.step.wave + 1,
                "conditional": leaf.step.decision.is_some(),
                "finally": leaf.step.is_finally,
                "needs": leaf.step.needs.len() + leaf.step.after.len(),
                "timeoutSeconds": leaf.step.timeout,
                "retryCount": leaf.step.retry.map(|(count, _)| count),
                "continueOnError": leaf.step.continues_on_error,
            })
        })
        .collect();
    let needs: Vec<_> = draft
        .needs_powershell
        .iter()
        .map(|(path, _)| path)
        .collect();
    value(&json!({
        "name": draft.plan.name,
        "description": draft.plan.description,
        "environment": draft.plan.values.context,
        "maxConcurrency": draft.plan.limit,
        "steps": steps,
        "needsPowerShell": needs,
        "diagnostics": all(&draft.diagnostics),
    }));
}

/// What was found out about playbooks.
pub(super) fn checked(checked: &[Checked]) {
    let one = |it: &Checked| {
        json!({
            "name": it.name,
            "isValid": it.is_valid,
            "steps": it.steps,
            "needsPowerShell": it.needs_powershell,
            "error": it.error,
            "diagnostics": all(&it.diagnostics),
        })
    };
    value(&json!({
        "isValid": !checked.is_empty() && checked.iter().all(|it| it.is_valid),
        "playbooks": checked.iter().map(one).collect::<Vec<_>>(),
    }));
}
