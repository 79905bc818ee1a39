//! From a step to the program that does it, with its values as they are now.

use std::collections::{BTreeMap, BTreeSet};

use crate::app::run::ProgramWork;
use crate::engine::batch::ProgramSpec;
use crate::playbook::expression::Scope;
use crate::playbook::plan::{Step, Work};
use crate::playbook::shell::{Carried, Shell};
use crate::playbook::template::{plain, Template};

use super::scripts::{Found, Scripts};

/// How much of each output stream of a step is kept.
const OUTPUT_BYTES: usize = 1024 * 1024;

/// What a step does as a program; nothing if there is nothing to do. An error says
/// why it cannot.
pub(super) fn of_step(
    step: &Step,
    scripts: &Scripts,
    scope: &dyn Scope,
) -> Result<Option<ProgramWork>, String> {
    let mut environment = BTreeMap::new();
    // Programs know no parameters; theirs are variables of the environment, too.
    for (name, recipe) in step.parameters.iter().chain(&step.environment) {
        let value = recipe.value(scope).map_err(|fault| fault.to_string())?;
        put(&mut environment, name, plain(&value))?;
    }
    let argv = match &step.work {
        Work::Command { shell, carried } => {
            command(shell, carried, scope, &mut environment)?;
            carried.argv.clone()
        }
        Work::Program(argv) => program(argv, scope)?,
        Work::Scripts(named) => match named.first().map(|script| scripts.get(script)) {
            Some(Found::Program(argv)) => argv,
            _ => return Err(format!("there is no script `{}`", step.label)),
        },
        Work::PowerShell(_) => return Err("only PowerShell can do this step".to_owned()),
        Work::Inside(..) | Work::Nothing => return Ok(None),
    };
    let mut argv = argv.into_iter();
    let mut spec = ProgramSpec::new(argv.next().unwrap_or_default());
    if spec.program.is_empty() {
        return Err("there is no program to run".to_owned());
    }
    spec.arguments = argv.collect();
    spec.environment = environment;
    spec.max_output_bytes = OUTPUT_BYTES;
    spec.encoding = step.encoding.unwrap_or_default();
    let codes = step.codes.success.iter().chain(&step.codes.reboot).copied();
    Ok(Some(ProgramWork {
        spec,
        success_codes: codes.collect::<BTreeSet<_>>(),
        large: None,
    }))
}

/// Puts the values of a command into its environment.
fn command(
    shell: &Shell,
    carried: &Carried,
    scope: &dyn Scope,
    environment: &mut BTreeMap<String, Option<String>>,
) -> Result<(), String> {
    for (name, slot) in &carried.values {
        let text = slot.text(scope).map_err(|fault| fault.to_string())?;
        if let Some(why) = shell.refuses(&text) {
            return Err(format!("the value of `{}` is refused: {why}", slot.written));
        }
        environment.insert(name.clone(), Some(text));
    }
    Ok(())
}

fn program(argv: &[Template], scope: &dyn Scope) -> Result<Vec<String>, String> {
    let mut filled = Vec::with_capacity(argv.len());
    for argument in argv {
        let text = argument.fill(scope).map_err(|fault| fault.to_string())?;
        if text.contains('\0') {
            return Err("an argument holds a NUL, which no program can be given".to_owned());
        }
        filled.push(text);
    }
    Ok(filled)
}

fn put(
    environment: &mut BTreeMap<String, Option<String>>,
    name: &str,
    value: String,
) -> Result<(), String> {
    check_variable(name, &value)?;
    environment.insert(name.to_owned(), Some(value));
    Ok(())
}

/// Refuses what no system takes for an environment variable.
pub(super) fn check_variable(name: &str, value: &str) -> Result<(), String> {
    match name.is_empty() || name.contains(['=', '\0']) || value.contains('\0') {
        true => Err(format!("`{name}` cannot be a variable of the environment")),
        false => Ok(()),
    }
}
