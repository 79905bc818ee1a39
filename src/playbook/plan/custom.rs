//! Steps of a type that whoever runs the playbook brings along.

use crate::engine::suggest::nearest;
use crate::playbook::dialect::STEP_TYPES;
use crate::playbook::expression::Reference;
use crate::playbook::flaw::{Defect, Flaw};
use crate::playbook::model::{self, Parameter, Phrase};
use crate::playbook::parameter;
use crate::playbook::place::Place;
use crate::playbook::step_type::{Does, StepType};
use crate::playbook::value::is_same_name;
use crate::playbook::values::{value_of, Recipe, Values};

use super::build::Builder;
use super::{PowerShellWork, Work};

impl Builder<'_> {
    /// What a step of a type does.
    pub(super) fn custom(&mut self, name: &Phrase) -> Work {
        let types = self.request.step_types;
        let Some(found) = StepType::named(types, &name.text) else {
            let registered = types.iter().map(|it| it.name.as_str());
            let known: Vec<_> = STEP_TYPES.iter().copied().chain(registered).collect();
            let defect = Defect::UnknownStepType {
                name: name.text.clone(),
                near: nearest(&name.text, &known).map(str::to_owned),
                known: known.into_iter().map(str::to_owned).collect(),
            };
            self.flaws.push(Flaw::at(name.place, defect));
            return Work::Nothing;
        };
        Work::PowerShell(match &found.does {
            Does::Block(text) => PowerShellWork::Registered(text.clone()),
            Does::Command(name) => PowerShellWork::Function {
                module: String::new(),
                function: name.clone(),
            },
        })
    }

    /// Checks what a step of a type is given against what the type declares, and adds
    /// the defaults of the rest.
    pub(super) fn declared(
        &mut self,
        step: &model::Step,
        name: &Phrase,
        values: &Values,
        given: &mut Vec<(String, Recipe)>,
    ) {
        let Some(found) = StepType::named(self.request.step_types, &name.text) else {
            return;
        };
        let Some(declared) = &found.parameters else {
            return;
        };
        let place_of = |name: &str| {
            let mut parameters = step.parameters.iter();
            let found = parameters.find(|it| is_same_name(&it.name, name));
            found.map_or(step.place, |it| it.value.place)
        };
        for (name, recipe) in given.iter_mut() {
            let mut all = declared.iter();
            match all.find(|it| is_same_name(&it.name.text, name)) {
                Some(parameter) => self.fits(parameter, recipe, values, place_of(name)),
                None => self.undeclared(name, declared, place_of(name)),
            }
        }
        for parameter in declared {
            let name = &parameter.name.text;
            if given.iter().any(|(given, _)| is_same_name(given, name)) {
                continue;
            }
            match &parameter.default {
                Some(default) => {
                    let default = value_of(default);
                    given.push((name.clone(), Recipe::Value(default)));
                }
                None if parameter.is_required => {
                    let defect = Defect::StepNeeds {
                        step_type: found.name.clone(),
                        parameter: name.clone(),
                    };
                    self.flaws.push(Flaw::at(step.place, defect));
                }
                None => {}
            }
        }
    }

    /// A value that is known before the start becomes one of the declared type. Of
    /// others PowerShell will say whether they can.
    fn fits(&mut self, parameter: &Parameter, recipe: &mut Recipe, values: &Values, place: Place) {
        if !is_known(recipe) {
            return;
        }
        let value = self.evaluated(recipe, values, place);
        let before = self.flaws.len();
        if let Some(value) = parameter::fitted(parameter, &value, &mut self.flaws) {
            *recipe = Recipe::Value(value);
        }
        for flaw in &mut self.flaws[before..] {
            flaw.place = Some(place);
        }
    }

    fn undeclared(&mut self, name: &str, declared: &[Parameter], place: Place) {
        let known: Vec<_> = declared.iter().map(|it| it.name.text.as_str()).collect();
        let defect = Defect::Unknown {
            what: "parameter",
            name: name.to_owned(),
            near: nearest(name, &known).map(str::to_owned),
            is_null: false,
        };
        self.flaws.push(Flaw::at(place, defect));
    }
}

/// Whether nothing that has to run first is part of a value.
fn is_known(recipe: &Recipe) -> bool {
    recipe.templates().iter().all(|template| {
        template.slots().all(|slot| {
            let references = slot.expression().references();
            references
                .iter()
                .all(|(it, _)| !matches!(it, Reference::Step(..) | Reference::LastExitCode))
        })
    })
}

#[cfg(test)]
#[path = "custom/tests.rs"]
mod tests;
