//! What machines are told: one JSON value on the standard output.

use std::io::{self, Write};

use serde_json::{json, Value};

use crate::app::playbook::{told, Checked, Draft, Estimate, Outcome, ToldPlan};
use crate::playbook::problem::Diagnostic;

use super::exit_code;

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
        "diagnostics": told(diagnostics),
        "exitCode": exit_code::BAD_INPUT,
    }));
}

/// What came of a run.
pub(super) fn outcome(outcome: &Outcome) {
    let mut json = serde_json::to_value(outcome).unwrap_or_default();
    json["exitCode"] = exit_code::of(outcome.verdict).into();
    value(&json);
}

/// What would run.
pub(super) fn plan(draft: &Draft, estimate: Option<&Estimate>) {
    value(&json!(ToldPlan::of(draft, estimate)));
}

/// What was found out about playbooks.
pub(super) fn checked(checked: &[Checked]) {
    value(&json!({
        "isValid": !checked.is_empty() && checked.iter().all(|it| it.is_valid),
        "playbooks": checked,
    }));
}
