//! Whether every name that is read is there.

use crate::engine::graph::Graph;
use crate::engine::suggest::nearest;
use crate::playbook::expression::{Expression, Reference};
use crate::playbook::flaw::{Defect, Flaw};
use crate::playbook::place::Place;
use crate::playbook::template::Template;
use crate::playbook::values::{Recipe, Values};

use super::build::Builder;
use super::Plan;

/// The name of a step that is read somewhere; all steps have to be known before it
/// can be looked up.
pub(super) struct Pending {
    place: Place,
    name: String,
}

/// The names of variables that a recipe is made of.
pub(super) fn variables_of(recipe: &Recipe) -> Vec<String> {
    let mut names = Vec::new();
    for template in recipe.templates() {
        for slot in template.slots() {
            for (reference, _) in slot.expression().references() {
                if let Reference::Variable(name) | Reference::Parameter(name) = reference {
                    names.push(name.clone());
                }
            }
        }
    }
    names
}

impl Builder<'_> {
    /// Looks up what a condition reads.
    pub(super) fn check_condition(
        &mut self,
        condition: &Expression,
        values: &Values,
        place: Place,
    ) {
        for (reference, _) in condition.references() {
            self.check_reference(reference, values, place, true);
        }
    }

    /// Looks up what a template reads. What is not there needs a default.
    pub(super) fn check_template(&mut self, template: &Template, values: &Values, place: Place) {
        for slot in template.slots() {
            let may_be_null = slot.default.is_some() || !slot.written.starts_with('{');
            for (reference, _) in slot.expression().references() {
                if slot.default.is_some() && !matches!(reference, Reference::Step(..)) {
                    continue;
                }
                self.check_reference(reference, values, place, may_be_null);
            }
        }
    }

    pub(super) fn check_recipe(&mut self, recipe: &Recipe, values: &Values, place: Place) {
        for template in recipe.templates() {
            self.check_template(template, values, place);
        }
    }

    fn check_reference(
        &mut self,
        reference: &Reference,
        values: &Values,
        place: Place,
        may_be_null: bool,
    ) {
        let (what, name, found) = match reference {
            Reference::Parameter(name) => ("parameter", name, values.parameter(name)),
            Reference::Variable(name) => ("variable", name, values.variable(name)),
            Reference::Step(name, _) => {
                let name = name.clone();
                return self.pending.push(Pending { place, name });
            }
            Reference::Environment(_) | Reference::Context | Reference::LastExitCode => return,
        };
        if found.is_some() {
            return;
        }
        let known: Vec<_> = values.names().collect();
        let defect = Defect::Unknown {
            what,
            name: name.clone(),
            near: nearest(name, &known).map(str::to_owned),
            is_null: may_be_null,
        };
        let flaw = Flaw::at(place, defect);
        if !self.flaws.contains(&flaw) {
            self.flaws.push(flaw);
        }
    }

    /// Looks up the steps that are read.
    pub(super) fn check_step_names(&mut self, plan: &Plan) {
        let flat = plan.flat();
        for Pending { place, name } in std::mem::take(&mut self.pending) {
            if !flat.named(&name).is_empty() {
                continue;
            }
            let known: Vec<_> = flat
                .leaves
                .iter()
                .map(|leaf| leaf.step.label.as_str())
                .collect();
            let defect = Defect::Unknown {
                what: "step",
                near: nearest(&name, &known).map(str::to_owned),
                name,
                is_null: false,
            };
            self.flaws.push(Flaw::at(place, defect));
        }
    }

    /// Lets the engine look at the graph, for a circle above all.
    pub(super) fn check_graph(&mut self, plan: &Plan) {
        if plan.steps.is_empty() {
            return;
        }
        if let Err(problem) = Graph::new(plan.graph(plan.limit.unwrap_or(1))) {
            let defect = Defect::Graph(problem.to_string());
            self.flaws.push(Flaw::of_request(defect));
        }
    }
}
