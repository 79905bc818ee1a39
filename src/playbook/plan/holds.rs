//! What has to hold before the start and after the end of a playbook. What the typed
//! conditions can say is decided without any step; what only PowerShell can decide is
//! a step, before all others or after them.

use std::sync::Arc;

use crate::playbook::expression::Expression;
use crate::playbook::flaw::{Defect, Flaw};
use crate::playbook::model::{Action, Check, Phrase, Step as WrittenStep};
use crate::playbook::values::Values;

use super::build::Builder;
use super::Step;

/// The phases of the steps that are made here; those of a file have other names, since
/// theirs have no line ends.
const BEFORE: &str = "\nbefore";
const WRITTEN: &str = "\nwritten";
const AFTER: &str = "\nafter";

impl Builder<'_> {
    /// The conditions that are decided without a step, each with what to say if it does
    /// not hold.
    pub(super) fn checks(
        &mut self,
        checks: &[Check],
        values: &Arc<Values>,
    ) -> Vec<(Expression, String)> {
        let mut read = Vec::new();
        for check in checks {
            match Expression::parse(&check.condition.text) {
                Ok(expression) => {
                    self.check_condition(&expression, values, check.condition.place);
                    read.push((expression, text_of(check).to_owned()));
                }
                Err(fault) if fault.is_code() => {}
                Err(fault) => {
                    let flaw = Flaw::at(check.condition.place, Defect::Condition(fault));
                    self.flaws.push(flaw);
                }
            }
        }
        read
    }
}

/// The steps of a playbook between those that decide what has to hold, and how many are
/// before them.
pub(super) fn between(
    before: &[Check],
    written: &[WrittenStep],
    after: &[Check],
) -> (Vec<WrittenStep>, usize) {
    let mut steps = deciding(before, "precondition", BEFORE);
    let count = steps.len();
    let first = steps.len();
    steps.extend_from_slice(written);
    let last = deciding(after, "postcondition", AFTER);
    if let Some(step) = steps.get_mut(first).filter(|it| it.phase.is_none()) {
        if count + last.len() > 0 {
            step.phase = Some(phrase(WRITTEN, &step.place));
        }
    }
    steps.extend(last);
    (steps, count)
}

/// Lets every other step need the first ones, also where failures stop nothing.
pub(super) fn need_first(count: usize, steps: &mut [Step]) {
    for step in steps.iter_mut().skip(count) {
        step.after.retain(|&place| place >= count);
        let others = step.needs.iter().copied().filter(|&place| place >= count);
        step.needs = (0..count).chain(others).collect();
    }
}

fn deciding(checks: &[Check], what: &str, phase: &str) -> Vec<WrittenStep> {
    let is_code = |check: &&Check| {
        Expression::parse(&check.condition.text).is_err_and(|fault| fault.is_code())
    };
    let steps = checks.iter().filter(is_code).map(|check| {
        let place = check.condition.place;
        let message = text_of(check).replace('\'', "''");
        let text = format!(
            "if (-not (\n{}\n)) {{ throw '{message}' }}",
            check.condition.text
        );
        let action = Action::Command {
            text: phrase(&text, &place),
            shell: None,
        };
        let name = check.name.as_ref().unwrap_or(&check.condition.text);
        WrittenStep {
            name: Some(phrase(&format!("{what} {name}"), &place)),
            phase: Some(phrase(phase, &place)),
            parallel: Some(false),
            ..WrittenStep::new(action, place)
        }
    });
    steps.collect()
}

fn text_of(check: &Check) -> &str {
    let said = check.message.as_ref().or(check.name.as_ref());
    said.unwrap_or(&check.condition.text)
}

fn phrase(text: &str, place: &crate::playbook::place::Place) -> Phrase {
    Phrase {
        text: text.to_owned(),
        place: *place,
    }
}
