//! Steps beside each other: their names, what they wait for, and what is done at the
//! end.

use std::collections::HashSet;
use std::sync::Arc;

use crate::engine::suggest::nearest;
use crate::playbook::flaw::{Defect, Flaw};
use crate::playbook::model::{self, Phrase};
use crate::playbook::value::{folded, is_same_name};
use crate::playbook::values::Values;

use super::build::Builder;
use super::flat::{is_named, is_numbered};
use super::waves::{self, Standing};
use super::{Decision, Header, Step, Work};

impl Builder<'_> {
    /// Plans steps beside each other; `is_parallel` is for those that do not say.
    pub(super) fn scope(
        &mut self,
        steps: &[model::Step],
        values: &Arc<Values>,
        is_parallel: bool,
    ) -> Vec<Step> {
        let (mut planned, mut origins) = (Vec::new(), Vec::new());
        for (index, step) in steps.iter().enumerate() {
            if self.is_excluded(step) {
                continue;
            }
            let fallback = format!("step {}", index + 1);
            planned.push(self.step(step, values, &fallback));
            origins.push(step);
        }
        make_unique(&mut planned);
        self.order(&mut planned, &origins, is_parallel);
        planned
    }

    fn is_excluded(&self, step: &model::Step) -> bool {
        let Some(name) = &step.name else {
            return false;
        };
        self.excluded.iter().any(|it| is_same_name(it, &name.text))
    }

    fn order(&mut self, planned: &mut [Step], origins: &[&model::Step], is_parallel: bool) {
        let mut phases: Vec<&str> = Vec::new();
        let mut phase = 0;
        let mut standings = Vec::with_capacity(planned.len());
        let mut headers = Vec::with_capacity(planned.len());
        for (index, step) in origins.iter().enumerate() {
            if let Some(Phrase { text, .. }) = &step.phase {
                let known = phases.iter().position(|it| is_same_name(it, text));
                phase = known.unwrap_or(phases.len());
                if known.is_none() {
                    phases.push(text);
                }
            }
            let decision = planned[index].decision.as_ref();
            let inside_reads = matches!(&planned[index].work, Work::Inside(inside, _)
                if inside.iter().any(|it| it.decision.as_ref().is_some_and(Decision::reads_failures))
                    && is_choice(inside));
            let header = self.header(&planned[index].work);
            let may_be_parallel = header.as_ref().and_then(|it| it.allows_parallel) != Some(false);
            headers.push(header);
            standings.push(Standing {
                is_parallel: step.parallel.unwrap_or(is_parallel) && may_be_parallel,
                needs: self.needs(step, index, planned),
                phase,
                reads_failures: decision.is_some_and(Decision::reads_failures) || inside_reads,
            });
        }
        for (step, waits) in planned.iter_mut().zip(waves::waits(&standings, self.skips)) {
            step.needs = waits.needs;
            step.after = waits.after;
            step.wave = waits.wave;
        }
        for (index, header) in headers.iter().enumerate() {
            if let Some(header) = header {
                heed(header, index, planned);
            }
        }
    }

    fn header(&self, work: &Work) -> Option<Header> {
        match work {
            Work::Scripts(scripts) => scripts.first().map(self.request.header),
            _ => None,
        }
    }

    /// The places of the steps that a step names as its dependencies.
    fn needs(&mut self, step: &model::Step, index: usize, planned: &[Step]) -> Option<Vec<usize>> {
        if step.needs.is_empty() {
            return None;
        }
        let mut needs = Vec::new();
        for need in &step.needs {
            let found = found(&need.text, index, planned);
            if found.is_empty() {
                let known: Vec<_> = planned.iter().map(|it| it.label.as_str()).collect();
                let defect = Defect::Unknown {
                    what: "step",
                    name: need.text.clone(),
                    near: nearest(&need.text, &known).map(str::to_owned),
                    is_null: false,
                };
                self.flaws.push(Flaw::at(need.place, defect));
            }
            needs.extend(found);
        }
        needs.sort_unstable();
        needs.dedup();
        Some(needs)
    }

    /// Adds what undoes steps, if the run fails after they succeeded: the last first.
    pub(super) fn add_rollbacks(
        &mut self,
        steps: &[model::Step],
        planned: &mut Vec<Step>,
        values: &Arc<Values>,
    ) {
        let mut added: Vec<Step> = Vec::new();
        let mut places = planned.iter().map(|it| it.name.clone()).collect::<Vec<_>>();
        for step in steps.iter().rev() {
            if self.is_excluded(step) {
                continue;
            }
            let path = places.pop().unwrap_or_default();
            if step.rollback.is_empty() {
                continue;
            }
            let inside = self.scope(&step.rollback, values, false);
            let mut undo = Step::inside(format!("undo {path}"), inside, step.place, values);
            undo.decision = Some(Decision::Undo(path));
            added.push(undo);
        }
        self.add_at_the_end(added, planned);
    }

    /// Adds what is done at the end, whatever became of the others.
    pub(super) fn add_finally(
        &mut self,
        steps: &[model::Step],
        planned: &mut Vec<Step>,
        values: &Arc<Values>,
    ) {
        let last = self.scope(steps, values, false);
        self.add_at_the_end(last, planned);
    }

    /// Steps at the end come one after the other.
    fn add_at_the_end(&mut self, last: Vec<Step>, planned: &mut Vec<Step>) {
        for mut step in last {
            let before = planned.len().checked_sub(1);
            let before = before.filter(|&it| planned[it].is_finally);
            step.is_finally = true;
            step.needs.clear();
            step.after = before.into_iter().collect();
            step.wave = planned.last().map_or(0, |it| it.wave + 1);
            planned.push(step);
        }
        make_unique(planned);
    }
}

/// Lets a script wait for those that its header names, as far as they are beside it and
/// do not come later anyway. Names of what is not there are for people: `Git`, `Node.js`.
fn heed(header: &Header, index: usize, planned: &mut [Step]) {
    for name in &header.dependencies {
        for other in found(name, index, planned) {
            let (one, step) = (&planned[other], &planned[index]);
            let is_known = step.needs.contains(&other) || step.after.contains(&other);
            if one.wave <= step.wave && !is_known && !one.needs.contains(&index) {
                planned[index].needs.push(other);
            }
        }
    }
}

/// Whether steps are the two branches of a choice.
fn is_choice(inside: &[Step]) -> bool {
    matches!(inside, [one, other] if one.label == "then" && other.label == "else")
}

/// The steps that a name may mean, but not the one that names it. Of several, those
/// that come before it.
fn found(name: &str, index: usize, planned: &[Step]) -> Vec<usize> {
    let places = |fits: &dyn Fn(&Step) -> bool| {
        let others = planned
            .iter()
            .enumerate()
            .filter(|(place, _)| *place != index);
        let fitting = others.filter(|(_, step)| fits(step));
        fitting.map(|(place, _)| place).collect::<Vec<_>>()
    };
    let mut found = places(&|step| is_named(step, name));
    if found.is_empty() {
        found = places(&|step| is_numbered(step, name));
    }
    if found.len() > 1 && found[0] < index {
        found.retain(|&place| place < index);
    }
    found
}

/// Numbers names that are there twice: `0407`, `0407#2`.
fn make_unique(steps: &mut [Step]) {
    let mut seen = HashSet::new();
    for step in steps {
        let mut count = 1;
        let base = step.label.clone();
        step.name.clone_from(&base);
        while !seen.insert(folded(&step.name)) {
            count += 1;
            step.name = format!("{base}#{count}");
        }
    }
}
