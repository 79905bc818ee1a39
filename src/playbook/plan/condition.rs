//! When a step runs.

use crate::playbook::expression::Expression;
use crate::playbook::flaw::{Defect, Flaw};
use crate::playbook::model::{Condition, Phrase};
use crate::playbook::values::Values;

use super::build::Builder;
use super::Decision;

impl Builder<'_> {
    /// Reads a condition; nothing if it cannot be read, which is remarked.
    pub(super) fn decision(&mut self, condition: &Condition, values: &Values) -> Option<Decision> {
        let (phrase, is_unless) = match condition {
            Condition::If(phrase) | Condition::Block(phrase) => (phrase, false),
            Condition::Unless(phrase) => (phrase, true),
        };
        match Expression::parse(&phrase.text) {
            Ok(expression) => {
                self.check_condition(&expression, values, phrase.place);
                Some(match is_unless {
                    true => Decision::Unless(expression),
                    false => Decision::If(expression),
                })
            }
            Err(fault) if fault.is_code() || matches!(condition, Condition::Block(_)) => {
                let defect = Defect::ConditionOfPowerShell(fault);
                self.flaws.push(Flaw::at(phrase.place, defect));
                Some(Decision::PowerShell(phrase.text.clone()))
            }
            Err(fault) => self.unreadable(phrase, fault),
        }
    }

    fn unreadable(
        &mut self,
        phrase: &Phrase,
        fault: crate::playbook::expression::Fault,
    ) -> Option<Decision> {
        self.flaws
            .push(Flaw::at(phrase.place, Defect::Condition(fault)));
        None
    }
}
