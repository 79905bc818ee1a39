//! What JSON gives to a playbook, checked: by those that ask about one, and by those
//! that start one.

use std::fmt;
use std::path::Path;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::engine::suggest::nearest;
use crate::engine::value::Value;
use crate::playbook::plan::Mode;
use crate::playbook::step_type::{Does, StepType};
use crate::playbook::values::Named;

use super::Folders;

/// What is wrong with what was given, and what to give instead.
#[derive(Debug)]
pub(super) struct Wrong(pub(super) String);

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The project around the folder of whoever gives it.
pub(super) fn folders(directory: &Path) -> Result<Folders, Wrong> {
    if directory.is_absolute() {
        return Ok(Folders::around(directory));
    }
    let name = directory.display();
    Err(Wrong(format!(
        "the directory `{name}` is not absolute. Name it from the root on."
    )))
}

/// What a playbook is told.
pub(super) fn parameters(given: Option<&Value>) -> Result<Named, Wrong> {
    match given {
        Some(Value::Map(entries)) => {
            let entries = entries.iter();
            let named = entries.map(|(name, value)| (name.to_string(), value.clone()));
            Ok(named.collect())
        }
        Some(Value::Null) | None => Ok(Named::new()),
        Some(_) => Err(Wrong(
            "`parameters` is no object. Write names with values.".to_owned(),
        )),
    }
}

/// How steps follow each other.
pub(super) fn mode(name: Option<&str>) -> Result<Option<Mode>, Wrong> {
    let Some(name) = name else {
        return Ok(None);
    };
    Mode::named(name).map(Some).ok_or_else(|| {
        let near = nearest(name, Mode::NAMES);
        let advice = near.map_or_else(
            || format!("The modes are {}.", Mode::NAMES.join(", ")),
            |near| format!("Did you mean `{near}`?"),
        );
        Wrong(format!("there is no execution mode `{name}`. {advice}"))
    })
}

/// A type of steps, as it is given.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct GivenStepType {
    name: String,
    script: Option<String>,
    command: Option<String>,
    parameters: Option<Box<RawValue>>,
}

/// The types of steps beside those of every playbook.
pub(super) fn step_types(given: &[GivenStepType]) -> Result<Vec<StepType>, Wrong> {
    given.iter().map(step_type).collect()
}

fn step_type(given: &GivenStepType) -> Result<StepType, Wrong> {
    let does = match (&given.script, &given.command) {
        (Some(text), None) => Does::Block(text.clone()),
        (None, Some(name)) => Does::Command(name.clone()),
        _ => {
            let name = &given.name;
            let text =
                format!("the type `{name}` has a `script` or a `command`. Give one of them.");
            return Err(Wrong(text));
        }
    };
    let parameters = given.parameters.as_deref().map(RawValue::get);
    StepType::new(given.name.clone(), does, parameters).map_err(Wrong)
}

/// How many steps may run at once.
pub(super) fn limit(given: Option<u32>) -> Result<Option<u32>, Wrong> {
    match given {
        Some(limit) if !(1..=1024).contains(&limit) => Err(Wrong(format!(
            "`maxConcurrency` is {limit}. Give a number from 1 to 1024."
        ))),
        limit => Ok(limit),
    }
}
