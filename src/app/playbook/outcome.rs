//! How a playbook ended.

use serde::Serialize;

use crate::playbook::plan::Plan;

use super::event::Report;
use super::notice::ToldNotice;
use super::result::StepResult;

/// How a playbook ended, in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Verdict {
    /// Every step that ran succeeded.
    Completed,
    /// It went to its end, and failures that are tolerated were among its steps.
    PartlyCompleted,
    /// A step failed.
    Failed,
    /// A time limit ended it, or a step that nobody may do without.
    TimedOut,
    /// Somebody stopped it.
    Stopped,
}

/// How a playbook ended.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Outcome {
    /// The id of the run.
    pub workflow_id: String,
    /// The name of the playbook.
    pub name: String,
    /// `Completed`, `Failed` or `Stopped`.
    pub status: String,
    /// The same, more exactly.
    pub verdict: Verdict,
    /// Whether nothing failed that counts.
    pub success: bool,
    /// Why it was ended before its time.
    pub reason: Option<String>,
    /// What kept it from going on.
    pub error: Option<String>,
    /// How long it took, in seconds.
    pub duration: f64,
    /// No order could have been faster with these durations.
    pub lower_bound: Option<f64>,
    /// How long its steps took, one after the other.
    pub sequential: Option<f64>,
    /// How many steps ran.
    pub steps_executed: usize,
    /// How many steps there are.
    pub total_steps: usize,
    /// What of the criteria of success and of the conditions of the end does not hold.
    pub unmet: Vec<String>,
    /// What the playbook wanted to have told.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notices: Vec<ToldNotice>,
    /// What went wrong besides the steps.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
    /// What came of each step, in the order written.
    pub results: Vec<StepResult>,
}

pub(super) fn of(
    plan: &Plan,
    id: &str,
    report: Option<&Report>,
    results: Vec<StepResult>,
    unmet_afterwards: Vec<String>,
) -> Outcome {
    let work = || results.iter().filter(|result| result.does_work);
    let ran = |result: &&StepResult| result.status != "Skipped" && result.attempts > 0;
    let status = report.map_or("Failed", |report| report.status.as_str());
    let mut unmet = unmet(plan, &results);
    unmet.extend(unmet_afterwards);
    let verdict = verdict(plan, report, &results, unmet.is_empty());
    Outcome {
        workflow_id: id.to_owned(),
        name: plan.name.clone(),
        status: match verdict {
            Verdict::Failed | Verdict::TimedOut => "Failed".to_owned(),
            _ => status.to_owned(),
        },
        verdict,
        success: verdict == Verdict::Completed,
        reason: report.and_then(|report| report.reason.clone()),
        error: report.and_then(|report| report.error.clone()),
        duration: report.map_or(0.0, |report| report.elapsed_seconds),
        lower_bound: report.and_then(|report| report.lower_bound_seconds),
        sequential: report.and_then(|report| report.sequential_seconds),
        steps_executed: work().filter(ran).count(),
        total_steps: work().count(),
        unmet,
        notices: Vec::new(),
        warnings: Vec::new(),
        results,
    }
}

fn verdict(plan: &Plan, report: Option<&Report>, results: &[StepResult], is_met: bool) -> Verdict {
    let status = report.map_or("Failed", |report| report.status.as_str());
    let reason = report.and_then(|report| report.reason.as_deref());
    if status == "Stopped" {
        return Verdict::Stopped;
    }
    let work = || results.iter().filter(|result| result.does_work);
    let failed = || work().filter(|it| matches!(it.status.as_str(), "Failed" | "TimedOut"));
    let only_late = failed().next().is_some() && failed().all(|it| it.status == "TimedOut");
    let tolerates = plan.continues_on_error && work().any(|it| it.success);
    match status {
        "Failed" if reason == Some("Timeout") => Verdict::TimedOut,
        "Failed" if only_late && !tolerates => Verdict::TimedOut,
        "Failed" if !tolerates => Verdict::Failed,
        _ if !is_met => Verdict::Failed,
        "Failed" => Verdict::PartlyCompleted,
        _ if failed().next().is_some() => Verdict::PartlyCompleted,
        _ => Verdict::Completed,
    }
}

/// What of the playbook's own criteria does not hold.
fn unmet(plan: &Plan, results: &[StepResult]) -> Vec<String> {
    let work = || results.iter().filter(|result| result.does_work);
    let succeeded = work().filter(|result| result.success).count();
    let ran = work().filter(|result| result.status != "Skipped").count();
    let criteria = &plan.success;
    let mut unmet = Vec::new();
    let is_failed = |result: &&StepResult| {
        let is_allowed = criteria
            .allowed_failures
            .iter()
            .any(|it| is_of(result, &it.text));
        matches!(result.status.as_str(), "Failed" | "TimedOut") && !is_allowed
    };
    if criteria.require_all == Some(true) && work().any(|result| is_failed(&result)) {
        unmet.push("every step has to succeed".to_owned());
    }
    if let Some(count) = criteria
        .minimum_count
        .filter(|&count| succeeded < count as usize)
    {
        unmet.push(format!(
            "{count} steps have to succeed, and {succeeded} did"
        ));
    }
    if let Some(percent) = criteria.minimum_percent {
        let reached = 100.0 * succeeded as f64 / ran.max(1) as f64;
        if reached < percent {
            unmet.push(format!(
                "{percent} % have to succeed, and {reached:.0} % did"
            ));
        }
    }
    for critical in &criteria.critical {
        let has_failed = |result: &StepResult| is_of(result, &critical.text) && !result.success;
        if work().any(has_failed) {
            unmet.push(format!("`{}` has to succeed", critical.text));
        }
    }
    unmet
}

/// Whether a result is that of a script or step of a name.
fn is_of(result: &StepResult, name: &str) -> bool {
    let last = result.step_name.rsplit('/').next().unwrap_or_default();
    let base = last.split('#').next().unwrap_or_default();
    base.eq_ignore_ascii_case(name) || base.starts_with(&format!("{name}_"))
}
