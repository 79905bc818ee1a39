//! What would run, in which order.

use serde::Serialize;

use crate::playbook::plan::{Flat, Leaf, Work};
use crate::playbook::problem::Diagnostic;

use super::super::Draft;
use super::{told, Estimate};

/// A plan, as machines are told it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ToldPlan<'d> {
    name: &'d str,
    description: Option<&'d str>,
    /// The environment that it runs in.
    environment: &'d str,
    max_concurrency: Option<u32>,
    is_usable: bool,
    /// In no order is it faster than this, by how long its steps took before.
    #[serde(skip_serializing_if = "Option::is_none")]
    lower_bound_seconds: Option<f64>,
    /// How long it takes with one step after the other.
    #[serde(skip_serializing_if = "Option::is_none")]
    sequential_seconds: Option<f64>,
    steps: Vec<ToldStep>,
    #[serde(rename = "needsPowerShell")]
    needs_powershell: Vec<&'d str>,
    /// Modules that PowerShell steps need.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    modules: &'d [String],
    /// Folders that they are looked for in first.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    module_path: &'d [String],
    #[serde(serialize_with = "told::serialize")]
    diagnostics: &'d [Diagnostic],
}

/// One thing that would be done.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ToldStep {
    /// Its name with those that it is inside: `outer/inner`.
    path: String,
    /// The shell, `program`, `script`, `PowerShell`, `steps` or `nothing`.
    kind: String,
    /// What it is for.
    description: Option<String>,
    /// Among those beside it, from 1: those of a wave may run at once.
    wave: usize,
    /// Whether something is asked before it runs.
    conditional: bool,
    /// Whether it is done at the end, however it went.
    finally: bool,
    /// The paths of those beside it that have to be over before.
    needs: Vec<String>,
    /// How long an attempt may take, in seconds.
    timeout_seconds: Option<f64>,
    /// How often it is tried again.
    retry_count: Option<u32>,
    /// Whether its failure is tolerated.
    continue_on_error: bool,
    /// What a person has to agree to before anything starts.
    approval: Option<String>,
    /// The group that it is of.
    #[serde(skip_serializing_if = "Option::is_none")]
    group: Option<String>,
    /// How many steps of that may run at once; there is no limit without.
    #[serde(skip_serializing_if = "Option::is_none")]
    group_limit: Option<u32>,
    /// How long it took before, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    estimate_seconds: Option<f64>,
}

impl<'d> ToldPlan<'d> {
    /// What there is to tell of a plan, and of how long it will take.
    pub fn of(draft: &'d Draft, estimate: Option<&Estimate>) -> Self {
        let plan = &draft.plan;
        let flat = plan.flat();
        let needs = draft.needs_powershell.iter();
        let steps = flat.leaves.iter().map(|leaf| ToldStep {
            estimate_seconds: estimate.and_then(|it| it.seconds_of(&leaf.path)),
            group_limit: leaf.step.group.as_ref().and_then(|it| plan.limit_of(it)),
            ..step(leaf, &flat)
        });
        Self {
            name: &plan.name,
            description: plan.description.as_deref(),
            environment: &plan.values.context,
            max_concurrency: plan.limit,
            is_usable: draft.is_usable(),
            lower_bound_seconds: estimate.map(|it| it.lower_bound.as_secs_f64()),
            sequential_seconds: estimate.map(|it| it.sequential.as_secs_f64()),
            steps: steps.collect(),
            needs_powershell: needs.map(|(path, _)| path.as_str()).collect(),
            modules: &plan.modules,
            module_path: &plan.module_path,
            diagnostics: &draft.diagnostics,
        }
    }
}

fn step(leaf: &Leaf<'_>, flat: &Flat<'_>) -> ToldStep {
    let step = leaf.step;
    let beside = flat.beside(leaf);
    let before = step.needs.iter().chain(&step.after);
    ToldStep {
        path: leaf.path.clone(),
        kind: kind(&step.work).to_owned(),
        description: step.description.clone(),
        wave: step.wave + 1,
        conditional: step.decision.is_some(),
        finally: step.is_finally,
        needs: before
            .map(|&it| flat.leaves[beside[it]].path.clone())
            .collect(),
        timeout_seconds: step.timeout,
        retry_count: step.retry.map(|(count, _)| count),
        continue_on_error: step.continues_on_error,
        approval: step.approval.clone(),
        group: step.group.clone(),
        group_limit: None,
        estimate_seconds: None,
    }
}

fn kind(work: &Work) -> &str {
    match work {
        Work::Command { shell, .. } => shell.name(),
        Work::Program(_) => "program",
        Work::Scripts(_) => "script",
        Work::PowerShell(_) => "PowerShell",
        Work::Inside(..) => "steps",
        Work::Nothing => "nothing",
    }
}
