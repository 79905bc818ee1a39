//! What has to hold once a playbook has run.

use crate::engine::value::Value;
use crate::playbook::expression::{Reference, Scope, StepPart};
use crate::playbook::plan::{Flat, Plan};
use crate::playbook::values::known;

use super::result::StepResult;
use super::world::{World, TIMED_OUT};

/// What of a playbook's conditions of the end does not hold. What was sensitive is
/// masked in the results, and so here, too.
pub(super) fn unmet(plan: &Plan, world: &World, results: &[StepResult]) -> Vec<String> {
    let after = After::new(plan, world, results);
    let failing = plan.after.iter().filter_map(|(condition, text)| {
        let said = format!("`{text}` has to hold after the last step");
        match condition.holds(&after) {
            Ok(true) => None,
            Ok(false) => Some(said),
            Err(fault) => Some(format!("{said}: {fault}")),
        }
    });
    failing.collect()
}

/// What names stand for after the last step.
pub(super) struct After<'a> {
    plan: &'a Plan,
    world: &'a World,
    results: &'a [StepResult],
    steps: Flat<'a>,
}

impl Scope for After<'_> {
    fn value(&self, reference: &Reference) -> Value {
        match reference {
            Reference::LastExitCode => Value::Int(self.last_exit_code()),
            Reference::Step(name, part) => self.of_step(name, *part).unwrap_or_default(),
            _ => {
                let look = |name: &str| self.world.environment.get(name).cloned();
                known(&self.plan.values, &look, reference).unwrap_or_default()
            }
        }
    }

    fn path_exists(&self, path: &str) -> bool {
        self.world.directory.join(path).exists()
    }

    fn has_failed(&self) -> bool {
        let mut work = self.results.iter().filter(|it| it.does_work);
        work.any(|it| matches!(it.status.as_str(), "Failed" | "TimedOut"))
    }
}

impl<'a> After<'a> {
    /// The same before the first step, if there are no results yet.
    pub(super) fn new(plan: &'a Plan, world: &'a World, results: &'a [StepResult]) -> Self {
        Self {
            plan,
            world,
            results,
            steps: plan.flat(),
        }
    }
}

impl After<'_> {
    fn at(&self, place: usize) -> Option<&StepResult> {
        self.results.iter().find(|it| it.step_number == place + 1)
    }

    fn of_step(&self, name: &str, part: StepPart) -> Option<Value> {
        let places = self.steps.named(name);
        let result = places.iter().rev().find_map(|&place| self.at(place))?;
        Some(match part {
            StepPart::Status => Value::Text(result.status.as_str().into()),
            StepPart::ExitCode => Value::Int(exit_code(result)?),
            StepPart::Output if result.success => {
                Value::Text(result.output.trim_end_matches(['\r', '\n']).into())
            }
            StepPart::Output => return None,
        })
    }

    /// The exit code of the last step that ended; of a parallel group, the highest.
    fn last_exit_code(&self) -> i64 {
        let ended = self
            .steps
            .leaves
            .iter()
            .enumerate()
            .filter_map(|(place, leaf)| {
                let result = self.at(place).filter(|it| it.does_work)?;
                Some(((leaf.parent, leaf.step.wave), exit_code(result)?))
            });
        let ended: Vec<_> = ended.collect();
        let last = ended.last().map(|(beside, _)| *beside);
        let group = ended.iter().filter(|(beside, _)| Some(*beside) == last);
        group.map(|(_, code)| *code).max().unwrap_or(0)
    }
}

/// The exit code of a step that ran to an end.
fn exit_code(result: &StepResult) -> Option<i64> {
    let code = result.exit_code.map(i64::from);
    match result.status.as_str() {
        "Succeeded" => Some(code.unwrap_or(0)),
        "Failed" => Some(code.unwrap_or(1).max(1)),
        "TimedOut" => Some(TIMED_OUT),
        _ => None,
    }
}
