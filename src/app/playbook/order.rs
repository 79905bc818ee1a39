//! What PowerShell is told to do for a step: everything about one attempt, with the
//! values that it has by then. `src/powershell/step.ps1` carries it out.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::engine::value::Value;
use crate::playbook::expression::Scope;
use crate::playbook::model::Script;
use crate::playbook::plan::{Plan, PowerShellWork, Step, Work};
use crate::playbook::shell::Shell;
use crate::playbook::template::plain;
use crate::playbook::value::is_same_name;
use crate::playbook::values::{Named, Recipe, Values};

use super::program::check_variable;
use super::scripts::{Found, Scripts};
use super::world::During;

/// What is asked of PowerShell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Ask {
    /// To do a step.
    Run,
    /// Whether a step is done.
    Decide,
}

/// What kind of work it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
enum Kind {
    Script,
    Command,
    Block,
    Function,
}

/// What PowerShell is told.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Order<'a> {
    ask: Ask,
    kind: Kind,
    step: &'a str,
    run_id: &'a str,
    attempt: u32,
    directory: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    module: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    function: Option<&'a str>,
    #[serde(skip_serializing_if = "is_empty")]
    parameters: Value,
    #[serde(skip_serializing_if = "is_empty")]
    inherited: Value,
    #[serde(skip_serializing_if = "is_empty")]
    variables: Value,
    #[serde(skip_serializing_if = "is_empty")]
    params: Value,
    context: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    steps: Option<Value>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    environment: BTreeMap<&'a str, String>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    modules: &'a [String],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    module_path: Vec<String>,
    success_codes: &'a [i32],
    reboot_codes: &'a [i32],
}

/// What an order is about.
pub(super) struct About<'a> {
    pub(super) ask: Ask,
    pub(super) plan: &'a Plan,
    pub(super) step: &'a Step,
    /// The step with those that it is inside.
    pub(super) path: &'a str,
    pub(super) run_id: &'a str,
    pub(super) attempt: u32,
}

/// Whether a text asks what became of other steps.
pub(super) fn reads_steps(text: &str) -> bool {
    text.to_ascii_lowercase().contains("$steps")
}

/// The order for a step; an error says why there is none.
pub(super) fn of_step(
    about: &About<'_>,
    scripts: &Scripts,
    during: &During<'_>,
) -> Result<String, String> {
    let mut order = begun(about, during)?;
    match &about.step.work {
        Work::PowerShell(PowerShellWork::Command(carried)) => {
            order.set_text(Kind::Command, carried.text(), about, during);
            let mut variables = visible(&about.step.values);
            for (name, slot) in &carried.values {
                let value = slot.value(during).map_err(|fault| fault.to_string())?;
                refuse_value(&value, &slot.written)?;
                variables.push((name.clone(), value));
            }
            order.variables = map(variables);
        }
        Work::PowerShell(PowerShellWork::Block(text)) => {
            order.set_text(Kind::Block, &text.text, about, during);
        }
        Work::PowerShell(PowerShellWork::Registered(text)) => {
            order.kind = Kind::Block;
            order.text = Some(text);
            order.steps = reads_steps(text).then(|| during.steps_so_far());
        }
        Work::PowerShell(PowerShellWork::Function { module, function }) => {
            order.kind = Kind::Function;
            order.module = Some(module).filter(|it| !it.is_empty()).map(String::as_str);
            order.function = Some(function);
        }
        Work::Scripts(named) => set_script(&mut order, named, scripts, during)?,
        Work::Command { .. } | Work::Program(_) | Work::Inside(..) | Work::Nothing => {
            return Err("a defect of the engine: this step is none of PowerShell's".to_owned());
        }
    }
    Ok(written(&order))
}

/// The order to decide a condition.
pub(super) fn of_condition(
    about: &About<'_>,
    text: &str,
    during: &During<'_>,
) -> Result<String, String> {
    let mut order = begun(about, during)?;
    order.set_text(Kind::Block, text, about, during);
    order.parameters = map(Vec::new());
    Ok(written(&order))
}

fn begun<'a>(about: &About<'a>, during: &During<'_>) -> Result<Order<'a>, String> {
    let values: &'a Values = &about.step.values;
    let mut environment = BTreeMap::new();
    for (name, value) in evaluated(&about.step.environment, during)? {
        let text = plain(&value);
        check_variable(name, &text)?;
        environment.insert(name, text);
    }
    // What is relative would be taken for a part of a module's name.
    let module_path = about.plan.module_path.iter();
    let module_path = module_path.map(|it| during.world.directory.join(it).display().to_string());
    Ok(Order {
        ask: about.ask,
        kind: Kind::Command,
        step: about.path,
        run_id: about.run_id,
        attempt: about.attempt,
        directory: during.world.directory.display().to_string(),
        path: None,
        text: None,
        file: None,
        line: None,
        module: None,
        function: None,
        parameters: map(owned(evaluated(&about.step.parameters, during)?)),
        inherited: map(visible(values)),
        variables: map(visible(values)),
        params: map(values.parameters.clone()),
        context: &values.context,
        steps: None,
        environment,
        modules: &about.plan.modules,
        module_path: module_path.collect(),
        success_codes: &about.step.codes.success,
        reboot_codes: &about.step.codes.reboot,
    })
}

fn set_script(
    order: &mut Order<'_>,
    named: &[Script],
    scripts: &Scripts,
    during: &During<'_>,
) -> Result<(), String> {
    let found = named.first().map(|script| scripts.get(script));
    let Some(Found::PowerShell { path, reads_steps }) = found else {
        let names: Vec<_> = named.iter().map(|it| it.phrase.text.as_str()).collect();
        return Err(format!("there is no script `{}`", names.join(", ")));
    };
    order.kind = Kind::Script;
    order.path = Some(path.display().to_string());
    order.steps = reads_steps.then(|| during.steps_so_far());
    Ok(())
}

impl<'a> Order<'a> {
    fn set_text(&mut self, kind: Kind, text: &'a str, about: &About<'a>, during: &During<'_>) {
        self.kind = kind;
        self.text = Some(text);
        self.line = about.step.place.line();
        self.file = during
            .world
            .file
            .as_ref()
            .map(|it| it.display().to_string());
        self.steps = reads_steps(text).then(|| during.steps_so_far());
    }
}

fn evaluated<'a>(
    recipes: &'a [(String, Recipe)],
    scope: &dyn Scope,
) -> Result<Vec<(&'a str, Value)>, String> {
    let mut values = Vec::with_capacity(recipes.len());
    for (name, recipe) in recipes {
        let value = recipe.value(scope).map_err(|fault| fault.to_string())?;
        refuse_value(&value, name)?;
        values.push((name.as_str(), value));
    }
    Ok(values)
}

/// No value is carried that a program could not be given, so that a step does the same
/// wherever it runs.
fn refuse_value(value: &Value, name: &str) -> Result<(), String> {
    let why = match value {
        Value::Text(text) => Shell::PowerShell.refuses(text),
        _ => None,
    };
    why.map_or(Ok(()), |why| {
        Err(format!("the value of `{name}` is refused: {why}"))
    })
}

/// Everything that a name may stand for, what is nearest last.
fn visible(values: &Values) -> Named {
    let mut seen: Named = Vec::new();
    for (name, value) in values
        .variables
        .iter()
        .chain(&values.parameters)
        .chain(&values.own)
    {
        seen.retain(|(other, _)| !is_same_name(other, name));
        seen.push((name.clone(), value.clone()));
    }
    seen
}

fn owned(values: Vec<(&str, Value)>) -> Named {
    values
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

fn map(named: Named) -> Value {
    let entries = named.into_iter().map(|(name, value)| (name.into(), value));
    Value::Map(entries.collect())
}

/// A map of nothing is not told: what is told has to be read for each step.
fn is_empty(value: &Value) -> bool {
    matches!(value, Value::Map(entries) if entries.is_empty())
}

fn written(order: &Order<'_>) -> String {
    // Fails only for maps with keys that are no strings; there is none.
    serde_json::to_string(order).unwrap_or_default()
}
