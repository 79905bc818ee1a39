//! The plan of a whole playbook: its values first, then its steps.

use std::sync::Arc;

use crate::engine::suggest::nearest;
use crate::playbook::flaw::{Defect, Flaw};
use crate::playbook::model::{self, Concurrency, Phrase, Playbook, Profile, Variable};
use crate::playbook::parameter;
use crate::playbook::place::Place;
use crate::playbook::shell::Shell;
use crate::playbook::value::is_same_name;
use crate::playbook::values::{value_of, Before, Named, Recipe, Values};

use super::check::Pending;
use super::{holds, waves, Codes, Isolation, Mode, Plan, Planned, Request, Step, Work};

/// The environments that every playbook can run in.
const CONTEXTS: &[&str] = &["dev", "staging", "prod"];

/// How often variables may be made of variables.
const ROUNDS: usize = 32;

/// The groups that steps are of.
fn groups_of<'s>(steps: &'s [Step], groups: &mut Vec<&'s str>) {
    for step in steps {
        groups.extend(step.group.as_deref());
        if let Work::Inside(inside, _) = &step.work {
            groups_of(inside, groups);
        }
    }
}

/// Makes a plan, and collects what is wrong.
pub(super) struct Builder<'r> {
    pub(super) request: &'r Request<'r>,
    pub(super) flaws: Vec<Flaw>,
    /// The names of steps that are read somewhere.
    pub(super) pending: Vec<Pending>,
    /// The playbooks that are being planned, each inside the one before.
    pub(super) open: Vec<String>,
    /// Whether a failure skips what follows.
    pub(super) skips: bool,
    /// How steps follow each other at the top.
    pub(super) is_parallel: bool,
    /// Stages that the profile leaves out.
    pub(super) excluded: Vec<String>,
    /// Where PowerShell does steps that do not say it.
    pub(super) isolation: Isolation,
    /// The exit codes that are no failure of steps that do not say it.
    pub(super) codes: Codes,
    /// The limits of groups.
    pub(super) groups: Vec<(String, u32)>,
    /// The shells that the playbook names itself.
    pub(super) shells: Vec<Shell>,
}

pub(super) fn plan(playbook: &Playbook, request: &Request<'_>) -> Planned {
    let mut builder = Builder {
        request,
        flaws: Vec::new(),
        pending: Vec::new(),
        open: Vec::new(),
        skips: true,
        is_parallel: false,
        excluded: Vec::new(),
        isolation: Isolation::default(),
        codes: Codes::default(),
        groups: Vec::new(),
        shells: Vec::new(),
    };
    let plan = builder.plan(playbook);
    builder.check_step_names(&plan);
    if builder.flaws.iter().all(Flaw::is_warning) {
        builder.check_graph(&plan);
    }
    Planned {
        plan,
        flaws: builder.flaws,
    }
}

impl Builder<'_> {
    fn plan(&mut self, playbook: &Playbook) -> Plan {
        let name = playbook
            .name
            .clone()
            .unwrap_or_else(|| "playbook".to_owned());
        self.open.push(name.clone());
        self.warn_of_what_is_not_done(playbook);
        let mode = self.mode(playbook);
        let options = &playbook.options;
        let continues = self.request.continues_on_error
            || mode == Some(Mode::Conditional)
            || options.stop_on_error == Some(false);
        self.skips = !continues;
        self.is_parallel = match (mode, options.parallel) {
            (Some(mode), _) => mode == Mode::Parallel,
            (None, parallel) => parallel.unwrap_or(false),
        };
        self.isolation = self.isolation_of(options.isolation.as_ref());
        self.codes = Codes::default().with(&options.codes);
        self.add_groups(&options.groups);
        self.shells = self.own_shells(&playbook.shells);
        let values = Arc::new(self.values(playbook, &self.request.parameters));
        let (written, deciding) =
            holds::between(&playbook.before, &playbook.steps, &playbook.after);
        let mut steps = self.scope(&written, &values, self.is_parallel);
        holds::need_first(deciding, &mut steps);
        let reads_failures = waves::reads_failures(&steps);
        self.add_rollbacks(&written, &mut steps, &values);
        self.add_finally(&playbook.finally, &mut steps, &values);
        self.warn_of_groups(&options.groups, &steps);
        self.warn_of_limits(&steps, None);
        let limit = match options.max_concurrency {
            Some(Concurrency::Steps(count)) => Some(count),
            Some(Concurrency::Auto) | None => None,
        };
        let modules = playbook.required_modules.iter();
        Plan {
            name,
            description: playbook.description.clone(),
            sensitive: secrets_of(playbook),
            limit: self.request.limit.or(limit),
            timeout: options.timeout,
            stops_at_once: options.stop_on_error == Some(true) && !continues && !reads_failures,
            continues_on_error: continues,
            before: self.checks(&playbook.before, &values),
            after: self.checks(&playbook.after, &values),
            success: playbook.success.clone(),
            notices: playbook.notices.clone(),
            groups: std::mem::take(&mut self.groups),
            modules: modules.map(|it| it.text.clone()).collect(),
            module_path: options.module_path.clone(),
            values,
            steps,
        }
    }

    /// Takes in the limits of groups; what is around says first.
    pub(super) fn add_groups(&mut self, groups: &[(Phrase, u32)]) {
        for (name, limit) in groups {
            if !self
                .groups
                .iter()
                .any(|(other, _)| is_same_name(other, &name.text))
            {
                self.groups.push((name.text.clone(), *limit));
            }
        }
    }

    /// A limit of a group that no step is of is a slip.
    fn warn_of_groups(&mut self, groups: &[(Phrase, u32)], steps: &[Step]) {
        let mut used = Vec::new();
        groups_of(steps, &mut used);
        for (name, _) in groups {
            if !used.iter().any(|other| is_same_name(other, &name.text)) {
                let near = nearest(&name.text, &used).map(str::to_owned);
                let defect = Defect::EmptyGroup {
                    name: name.text.clone(),
                    near,
                };
                self.flaws.push(Flaw::at(name.place, defect));
            }
        }
    }

    fn warn_of_what_is_not_done(&mut self, playbook: &Playbook) {
        const SERVED: &[&str] = &["console", "log", "file"];
        let mut unserved: Vec<&String> = Vec::new();
        for notice in &playbook.notices {
            for channel in &notice.channels {
                let is_it = |name: &str| channel.eq_ignore_ascii_case(name);
                let is_served = SERVED.iter().any(|name| is_it(name));
                if is_served || unserved.iter().any(|other| is_it(other)) {
                    continue;
                }
                unserved.push(channel);
                let name = channel.clone();
                let defect = Defect::NoChannel { name };
                self.flaws.push(Flaw::at(notice.place, defect));
            }
        }
    }

    fn mode(&mut self, playbook: &Playbook) -> Option<Mode> {
        if self.request.mode.is_some() {
            return self.request.mode;
        }
        let said = playbook.options.mode.as_ref()?;
        let mode = Mode::named(&said.text);
        if mode.is_none() {
            self.unknown("execution mode", said, Mode::NAMES);
        }
        mode
    }

    /// Where PowerShell does what says this of it.
    pub(super) fn isolation_of(&mut self, said: Option<&Phrase>) -> Isolation {
        let Some(said) = said else {
            return self.isolation;
        };
        Isolation::named(&said.text).unwrap_or_else(|| {
            self.unknown("isolation", said, Isolation::NAMES);
            self.isolation
        })
    }

    fn unknown(&mut self, what: &'static str, name: &Phrase, known: &[&str]) {
        let defect = Defect::Unknown {
            what,
            name: name.text.clone(),
            near: nearest(&name.text, known).map(str::to_owned),
            is_null: false,
        };
        self.flaws.push(Flaw::at(name.place, defect));
    }

    // ---- values ----

    /// What the names in a playbook stand for, if it is told these.
    pub(super) fn values(&mut self, playbook: &Playbook, given: &Named) -> Values {
        let context = self
            .request
            .context
            .clone()
            .unwrap_or_else(|| "dev".to_owned());
        let mut variables = playbook.variables.clone();
        for profile in self.chosen(playbook, &context) {
            self.excluded
                .extend(profile.excluded.iter().map(|it| it.text.clone()));
            variables.extend(profile.variables.iter().cloned());
        }
        let parameters = parameter::settle(playbook, given, &mut self.flaws);
        // What an environment or a profile sets is above a default, not above what is given.
        let is_given = |name: &str| given.iter().any(|(other, _)| is_same_name(other, name));
        let overridden =
            |name: &str| !is_given(name) && variables.iter().any(|it| is_same_name(&it.name, name));
        let parameters: Named = parameters
            .into_iter()
            .filter(|(name, _)| !overridden(name))
            .collect();
        let settled = Values {
            parameters,
            context,
            ..Values::default()
        };
        self.with_variables(settled, &variables)
    }

    fn chosen<'p>(&mut self, playbook: &'p Playbook, context: &str) -> Vec<&'p Profile> {
        let mut chosen = Vec::new();
        let is_named = |profile: &&Profile, name: &str| is_same_name(&profile.name.text, name);
        let found = playbook
            .environments
            .iter()
            .find(|it| is_named(it, context));
        let is_common = CONTEXTS.iter().any(|it| is_same_name(it, context));
        if found.is_none() && !is_common && self.open.len() == 1 {
            let declared = playbook.environments.iter().map(|it| it.name.text.as_str());
            let known: Vec<_> = CONTEXTS.iter().copied().chain(declared).collect();
            self.unknown_request("environment", context, &known);
        }
        chosen.extend(found);
        let wanted = self
            .request
            .profile
            .as_deref()
            .filter(|_| self.open.len() == 1);
        if let Some(name) = wanted {
            let found = playbook.profiles.iter().find(|it| is_named(it, name));
            if found.is_none() {
                let known: Vec<_> = playbook
                    .profiles
                    .iter()
                    .map(|it| it.name.text.as_str())
                    .collect();
                self.unknown_request("profile", name, &known);
            }
            chosen.extend(found);
        }
        chosen
    }

    fn unknown_request(&mut self, what: &'static str, name: &str, known: &[&str]) {
        self.flaws.push(Flaw::of_request(Defect::Unknown {
            what,
            name: name.to_owned(),
            near: nearest(name, known).map(str::to_owned),
            is_null: false,
        }));
    }

    /// The same with variables, which may be made of parameters and each other.
    fn with_variables(&mut self, mut values: Values, variables: &[Variable]) -> Values {
        let mut waiting: Vec<&Variable> = variables.iter().collect();
        for _ in 0..ROUNDS {
            let before = waiting.len();
            let is_waited_for = |name: &str, waiting: &[&Variable]| {
                waiting.iter().any(|it| is_same_name(&it.name, name))
            };
            let mut next = Vec::new();
            for (index, variable) in waiting.iter().enumerate() {
                let others: Vec<_> = waiting
                    .iter()
                    .enumerate()
                    .filter(|(other, it)| {
                        *other != index && !is_same_name(&it.name, &variable.name)
                    })
                    .map(|(_, it)| *it)
                    .collect();
                let is_known =
                    |name: &str| values.variable(name).is_some() || is_waited_for(name, &others);
                let Some(recipe) =
                    self.recipe(&value_of(&variable.value), &is_known, variable.value.place)
                else {
                    continue;
                };
                let needs_others = super::check::variables_of(&recipe)
                    .iter()
                    .any(|name| values.variable(name).is_none() && is_waited_for(name, &others));
                if needs_others {
                    next.push(*variable);
                    continue;
                }
                self.check_recipe(&recipe, &values, variable.value.place);
                let value = self.evaluated(&recipe, &values, variable.value.place);
                values.variables.push((variable.name.clone(), value));
            }
            if next.is_empty() {
                return values;
            }
            if next.len() == before {
                let names = next.iter().map(|it| it.name.clone()).collect();
                self.flaws
                    .push(Flaw::at(next[0].value.place, Defect::Circle(names)));
                return values;
            }
            waiting = next;
        }
        values
    }

    /// A recipe, if it can be read.
    pub(super) fn recipe(
        &mut self,
        value: &crate::engine::value::Value,
        is_known: &dyn Fn(&str) -> bool,
        place: Place,
    ) -> Option<Recipe> {
        match Recipe::read(value, is_known) {
            Ok(recipe) => Some(recipe),
            Err(fault) => {
                self.flaws.push(Flaw::at(place, Defect::Template(fault)));
                None
            }
        }
    }

    /// What a recipe is before anything has run.
    pub(super) fn evaluated(
        &mut self,
        recipe: &Recipe,
        values: &Values,
        place: Place,
    ) -> crate::engine::value::Value {
        let scope = Before {
            values,
            environment: self.request.environment,
        };
        match recipe.value(&scope) {
            Ok(value) => value,
            Err(fault) => {
                self.flaws.push(Flaw::at(place, Defect::Template(fault)));
                crate::engine::value::Value::Null
            }
        }
    }

    /// The values of a step's own variables, seen by it and those inside.
    pub(super) fn own(&mut self, variables: &[Variable], values: &Arc<Values>) -> Arc<Values> {
        if variables.is_empty() {
            return Arc::clone(values);
        }
        let mut own = Named::new();
        for variable in variables {
            let place = variable.value.place;
            let is_known = |name: &str| values.variable(name).is_some();
            let Some(recipe) = self.recipe(&value_of(&variable.value), &is_known, place) else {
                continue;
            };
            self.check_recipe(&recipe, values, place);
            own.push((
                variable.name.clone(),
                self.evaluated(&recipe, values, place),
            ));
        }
        Arc::new(values.with(own))
    }
}

/// The names of the parameters that a playbook calls secrets.
pub fn secrets_of(playbook: &Playbook) -> Vec<String> {
    let secrets = playbook.parameters.iter().filter(|it| is_secret(it));
    secrets.map(|it| it.name.text.clone()).collect()
}

fn is_secret(parameter: &model::Parameter) -> bool {
    let kind = parameter
        .kind
        .as_ref()
        .map(|kind| kind.text.to_ascii_lowercase());
    let is_kind = matches!(kind.as_deref(), Some("secret" | "securestring"));
    parameter.is_sensitive || is_kind
}
