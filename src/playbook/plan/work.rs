//! What a step does.

use std::sync::Arc;

use crate::engine::batch::Encoding;
use crate::playbook::flaw::{Defect, Flaw};
use crate::playbook::model::{self, Action, Concurrency, Phrase, Script, Variable};
use crate::playbook::place::Place;
use crate::playbook::shell::Shell;
use crate::playbook::template::{Slot, Template};
use crate::playbook::values::{value_of, Before, Recipe, Values};

use super::build::Builder;
use super::scripts;
use super::{Codes, Decision, Isolation, PowerShellWork, Step, Work};

impl Step {
    /// A step without any policy.
    pub(super) fn new(label: String, work: Work, place: Place, values: &Arc<Values>) -> Self {
        Self {
            name: label.clone(),
            label,
            place,
            description: None,
            work,
            decision: None,
            values: Arc::clone(values),
            parameters: Vec::new(),
            environment: Vec::new(),
            isolation: Isolation::default(),
            encoding: None,
            timeout: None,
            retry: None,
            approval: None,
            continues_on_error: false,
            is_finally: false,
            needs: Vec::new(),
            after: Vec::new(),
            wave: 0,
            group: None,
            codes: Codes::default(),
        }
    }

    /// A step that does those inside it.
    pub(super) fn inside(
        label: String,
        inside: Vec<Step>,
        place: Place,
        values: &Arc<Values>,
    ) -> Self {
        let work = match inside.is_empty() {
            true => Work::Nothing,
            false => Work::Inside(inside, None),
        };
        Self::new(label, work, place, values)
    }
}

impl Builder<'_> {
    /// Plans one step.
    pub(super) fn step(
        &mut self,
        step: &model::Step,
        values: &Arc<Values>,
        fallback: &str,
    ) -> Step {
        let label = label_of(step).unwrap_or_else(|| fallback.to_owned());
        match &step.for_each {
            Some(over) => self.each(step, over, values, label),
            None => self.once(step, values, label),
        }
    }

    /// Plans one round of a step.
    pub(super) fn once(&mut self, step: &model::Step, values: &Arc<Values>, label: String) -> Step {
        let own = self.own(&step.variables, values);
        let outer = self.isolation;
        self.isolation = self.isolation_of(step.isolation.as_ref());
        let work = self.work(step, &own);
        let isolation = std::mem::replace(&mut self.isolation, outer);
        let mut planned = Step::new(label, work, step.place, &own);
        planned.description.clone_from(&step.description);
        if !is_two_way(&step.action) {
            let condition = step.condition.as_ref();
            planned.decision = condition.and_then(|it| self.decision(it, &own));
        }
        if matches!(&step.action, Action::Choice { then, .. } if then.is_empty()) {
            planned.decision = planned.decision.map(negated);
        }
        // Environment variables belong to a whole process.
        planned.isolation = match step.environment.is_empty() {
            true => isolation,
            false => Isolation::Process,
        };
        self.given(step, &own, &mut planned);
        self.policies(step, &mut planned);
        if !step.outputs.is_empty() {
            let setting = "outputs";
            let defect = Defect::NothingDone { setting };
            self.flaws.push(Flaw::at(step.place, defect));
        }
        planned
    }

    fn policies(&mut self, step: &model::Step, planned: &mut Step) {
        planned.timeout = step.timeout;
        planned.approval = step.approval.as_ref().map(|it| match it.text.as_str() {
            "" => format!("run `{}`", planned.label),
            text => text.to_owned(),
        });
        planned.encoding = self.encoding_of(step, &planned.work);
        planned.group = step.group.as_ref().map(|it| it.text.clone());
        planned.codes = self.codes.with(&step.codes);
        planned.continues_on_error =
            step.continue_on_error.unwrap_or(false) || step.is_required == Some(false);
        let Some(count) = step.retry_count.filter(|&count| count > 0) else {
            return;
        };
        if matches!(planned.work, Work::Inside(..)) {
            let (setting, of) = ("RetryCount", "a step with others inside");
            let defect = Defect::NoEffect { setting, of };
            return self.flaws.push(Flaw::at(step.place, defect));
        }
        planned.retry = Some((count, step.retry_delay.unwrap_or(0.0)));
    }

    /// How the program of a step writes texts.
    fn encoding_of(&mut self, step: &model::Step, work: &Work) -> Option<Encoding> {
        let said = step.encoding.as_ref()?;
        let encoding = Encoding::named(&said.text);
        let is_passed_on = matches!(step.action, Action::Scripts(_));
        let defect = match work {
            _ if encoding.is_none() => Defect::Encoding(said.text.clone()),
            Work::Inside(..) if !is_passed_on => {
                let (setting, of) = ("Encoding", "a step with others inside");
                Defect::NoEffect { setting, of }
            }
            _ => return encoding,
        };
        self.flaws.push(Flaw::at(said.place, defect));
        None
    }

    /// What a step is given: its parameters and environment, by name.
    fn given(&mut self, step: &model::Step, values: &Arc<Values>, planned: &mut Step) {
        // Another playbook is told its parameters, and each of several scripts gets them.
        if matches!(step.action, Action::Playbook(_)) {
            return;
        }
        if !matches!(planned.work, Work::Inside(..)) {
            planned.parameters = self.recipes(&step.parameters, values);
            if let Action::Custom(name) = &step.action {
                self.declared(step, name, values, &mut planned.parameters);
            }
            planned.environment = self.recipes(&step.environment, values);
            return;
        }
        let is_passed_on = matches!(step.action, Action::Scripts(_));
        let settings = [
            ("Parameters", &step.parameters),
            ("Environment", &step.environment),
        ];
        for (setting, variables) in settings {
            if !variables.is_empty() && !is_passed_on {
                let of = "a step with others inside";
                let defect = Defect::NoEffect { setting, of };
                self.flaws.push(Flaw::at(step.place, defect));
            }
        }
    }

    /// What values with names will be.
    fn recipes(&mut self, variables: &[Variable], values: &Arc<Values>) -> Vec<(String, Recipe)> {
        let mut recipes = Vec::new();
        for variable in variables {
            let place = variable.value.place;
            let is_known = |name: &str| values.variable(name).is_some();
            if let Some(recipe) = self.recipe(&value_of(&variable.value), &is_known, place) {
                self.check_recipe(&recipe, values, place);
                recipes.push((variable.name.clone(), recipe));
            }
        }
        recipes
    }

    fn work(&mut self, step: &model::Step, values: &Arc<Values>) -> Work {
        match &step.action {
            Action::Command { text, shell } => self.command(text, shell.as_ref(), values),
            Action::Program(argv) => self.program(argv, values),
            Action::Scripts(scripts) => self.scripts(step, scripts, values),
            Action::Block(text) => Work::PowerShell(PowerShellWork::Block(text.clone())),
            Action::Module { module, function } => Work::PowerShell(PowerShellWork::Function {
                module: module.text.clone(),
                function: function.text.clone(),
            }),
            Action::Choice { then, otherwise } => self.choice(step, then, otherwise, values),
            Action::Parallel { steps, limit } => {
                let inside = self.scope(steps, values, true);
                let limit = match limit {
                    Some(Concurrency::Steps(limit)) => Some(*limit),
                    Some(Concurrency::Auto) | None => None,
                };
                or_nothing(inside, limit)
            }
            Action::Group(steps) => or_nothing(self.scope(steps, values, false), None),
            Action::Playbook(name) => self.playbook(step, name, values),
            Action::Custom(name) => self.custom(name),
        }
    }

    fn command(&mut self, text: &Phrase, shell: Option<&Phrase>, values: &Arc<Values>) -> Work {
        let shell = shell.map_or(Some(Shell::PowerShell), |name| self.shell(name));
        let Some(shell) = shell else {
            return Work::Nothing;
        };
        let Some(template) = self.template(text, values) else {
            return Work::Nothing;
        };
        match shell.carry(&template) {
            Ok(carried) => {
                for (_, slot) in &carried.values {
                    self.check_value(&shell, slot, values, text.place);
                }
                match shell {
                    Shell::PowerShell => Work::PowerShell(PowerShellWork::Command(carried)),
                    shell => Work::Command { shell, carried },
                }
            }
            Err(refused) => {
                self.flaws
                    .push(Flaw::at(text.place, Defect::Refused(refused)));
                Work::Nothing
            }
        }
    }

    fn template(&mut self, text: &Phrase, values: &Arc<Values>) -> Option<Template> {
        let is_known = |name: &str| values.variable(name).is_some();
        match Template::parse(&text.text, &is_known) {
            Ok(template) => {
                self.check_template(&template, values, text.place);
                Some(template)
            }
            Err(fault) => {
                self.flaws
                    .push(Flaw::at(text.place, Defect::Template(fault)));
                None
            }
        }
    }

    /// A value that is known before the start is looked at then.
    fn check_value(&mut self, shell: &Shell, slot: &Slot, values: &Arc<Values>, place: Place) {
        let scope = Before {
            values,
            environment: self.request.environment,
        };
        let defect = match slot.text(&scope) {
            Ok(text) => shell.refuses(&text).map(|why| Defect::Value {
                written: slot.written.clone(),
                why,
            }),
            Err(fault) => Some(Defect::Template(fault)),
        };
        self.flaws
            .extend(defect.map(|defect| Flaw::at(place, defect)));
    }

    fn program(&mut self, argv: &[Phrase], values: &Arc<Values>) -> Work {
        let shell = Shell::Posix(String::new());
        let mut templates = Vec::new();
        for argument in argv {
            let Some(template) = self.template(argument, values) else {
                continue;
            };
            for slot in template.slots() {
                self.check_value(&shell, slot, values, argument.place);
            }
            templates.push(template);
        }
        Work::Program(templates)
    }

    /// Scripts that are listed, or that a range or the like stands for, run one after
    /// the other, each with what the step is given.
    fn scripts(&mut self, step: &model::Step, scripts: &[Script], values: &Arc<Values>) -> Work {
        let all = scripts::all(scripts, self.request.scripts);
        match all.as_slice() {
            [] if scripts.is_empty() => Work::Nothing,
            [] => Work::Scripts(scripts.to_vec()),
            [_] => Work::Scripts(all),
            _ => {
                let of_one = |script: Script| model::Step {
                    parameters: step.parameters.clone(),
                    environment: step.environment.clone(),
                    isolation: step.isolation.clone(),
                    encoding: step.encoding.clone(),
                    ..model::Step::of_scripts(vec![script.clone()], script.phrase.place)
                };
                let steps: Vec<_> = all.into_iter().map(of_one).collect();
                or_nothing(self.scope(&steps, values, false), None)
            }
        }
    }

    /// With both branches, each has a condition of its own.
    fn choice(
        &mut self,
        step: &model::Step,
        then: &[model::Step],
        otherwise: &[model::Step],
        values: &Arc<Values>,
    ) -> Work {
        let Some(condition) = &step.condition else {
            self.flaws.push(Flaw::at(step.place, Defect::NoCondition));
            return Work::Nothing;
        };
        if then.is_empty() || otherwise.is_empty() {
            let steps = if then.is_empty() { otherwise } else { then };
            return or_nothing(self.scope(steps, values, false), None);
        }
        let decision = self.decision(condition, values);
        let mut branch = |label: &str, steps: &[model::Step], decision: Option<Decision>| {
            let inside = self.scope(steps, values, false);
            let mut branch = Step::inside(label.to_owned(), inside, step.place, values);
            branch.decision = decision;
            branch
        };
        let then = branch("then", then, decision.clone());
        let otherwise = branch("else", otherwise, decision.map(negated));
        Work::Inside(vec![then, otherwise], None)
    }

    /// The steps of another playbook, which is told the step's parameters.
    fn playbook(&mut self, step: &model::Step, name: &Phrase, values: &Arc<Values>) -> Work {
        let mut open = self.open.clone();
        if let Some(first) = open.iter().position(|it| *it == name.text) {
            open.push(name.text.clone());
            let defect = Defect::Inside(open.split_off(first));
            self.flaws.push(Flaw::at(name.place, defect));
            return Work::Nothing;
        }
        let fail = |why: String| Defect::Playbook {
            name: name.text.clone(),
            why,
        };
        let inner = match (self.request.playbooks)(&name.text) {
            Ok(inner) => inner,
            Err(why) => {
                self.flaws.push(Flaw::at(name.place, fail(why)));
                return Work::Nothing;
            }
        };
        let mut given = Vec::new();
        for variable in &step.parameters {
            let place = variable.value.place;
            let is_known = |name: &str| values.variable(name).is_some();
            if let Some(recipe) = self.recipe(&value_of(&variable.value), &is_known, place) {
                self.check_recipe(&recipe, values, place);
                given.push((
                    variable.name.clone(),
                    self.evaluated(&recipe, values, place),
                ));
            }
        }
        let (before, excluded) = (self.flaws.len(), self.excluded.len());
        self.open.push(name.text.clone());
        let inner_values = Arc::new(self.values(&inner, &given));
        let is_parallel = inner.options.parallel.unwrap_or(false);
        let codes = self.codes.with(&inner.options.codes);
        let codes = std::mem::replace(&mut self.codes, codes);
        let shells = self.own_shells(&inner.shells);
        let shells = std::mem::replace(&mut self.shells, shells);
        let steps = self.scope(&inner.steps, &inner_values, is_parallel);
        self.shells = shells;
        self.codes = codes;
        self.add_groups(&inner.options.groups);
        self.open.pop();
        self.excluded.truncate(excluded);
        // The places in these are of another file.
        let found = self.flaws.split_off(before);
        for flaw in found {
            if flaw.is_warning() {
                continue;
            }
            let defect = match flaw.defect {
                circle @ Defect::Inside(_) => circle,
                other => fail(format!("{other}. {}", other.advice())),
            };
            self.flaws.push(Flaw::at(name.place, defect));
        }
        let mut steps = steps;
        put_at(&mut steps, name.place);
        or_nothing(steps, None)
    }
}

/// Puts steps of another file where this one names it.
fn put_at(steps: &mut [Step], place: Place) {
    for step in steps {
        step.place = place;
        match &mut step.work {
            Work::Inside(inside, _) => put_at(inside, place),
            Work::Scripts(scripts) => scripts.iter_mut().for_each(|it| it.phrase.place = place),
            _ => {}
        }
    }
}

/// Whether a step has two branches, each with a condition.
fn is_two_way(action: &Action) -> bool {
    matches!(action, Action::Choice { then, otherwise } if !then.is_empty() && !otherwise.is_empty())
}

fn negated(decision: Decision) -> Decision {
    match decision {
        Decision::If(condition) => Decision::Unless(condition),
        Decision::Unless(condition) => Decision::If(condition),
        other => other,
    }
}

fn or_nothing(inside: Vec<Step>, limit: Option<u32>) -> Work {
    match inside.is_empty() {
        true => Work::Nothing,
        false => Work::Inside(inside, limit),
    }
}

/// What a step is called that has no name: what it runs.
fn label_of(step: &model::Step) -> Option<String> {
    if let Some(name) = &step.name {
        return Some(name.text.clone());
    }
    match &step.action {
        Action::Scripts(scripts) => {
            let texts: Vec<_> = scripts.iter().map(|it| it.phrase.text.as_str()).collect();
            (!texts.is_empty()).then(|| texts.join(", "))
        }
        Action::Playbook(name) | Action::Custom(name) => Some(name.text.clone()),
        Action::Module { function, .. } => Some(function.text.clone()),
        _ => None,
    }
}
