//! Limits within limits. A step is under one, the nearest (`wire.rs`), so that another
//! around it does not hold there; whoever wrote both is told.

use crate::playbook::flaw::{Defect, Flaw};
use crate::playbook::value::is_same_name;

use super::build::Builder;
use super::{Step, Work};

impl Builder<'_> {
    /// Warns of limits that count in place of one around them; `around` is what has
    /// that.
    pub(super) fn warn_of_limits(&mut self, steps: &[Step], around: Option<&str>) {
        for step in steps {
            let own = step.group.as_deref().filter(|it| self.has_limit(it));
            let own = own.map(|it| format!("the group `{}`", it.to_lowercase()));
            self.warn_of_limit(step, own.as_deref(), around);
            let around = own.as_deref().or(around);
            let Work::Inside(inside, limit) = &step.work else {
                continue;
            };
            let own = limit.map(|_| format!("`{}`", step.label));
            self.warn_of_limit(step, own.as_deref(), around);
            self.warn_of_limits(inside, own.as_deref().or(around));
        }
    }

    fn warn_of_limit(&mut self, step: &Step, own: Option<&str>, around: Option<&str>) {
        let Some((own, around)) = own.zip(around).filter(|(own, around)| own != around) else {
            return;
        };
        let (own, around) = (own.to_owned(), around.to_owned());
        let defect = Defect::LimitWithin { own, around };
        self.flaws.push(Flaw::at(step.place, defect));
    }

    fn has_limit(&self, group: &str) -> bool {
        self.groups
            .iter()
            .any(|(name, _)| is_same_name(name, group))
    }
}
