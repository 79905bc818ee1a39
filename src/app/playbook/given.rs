//! What JSON gives to a playbook, checked: by those that ask about one, and by those
//! that start one.

use std::fmt;
use std::path::Path;

use crate::engine::suggest::nearest;
use crate::engine::value::Value;
use crate::playbook::plan::Mode;
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

/// How many steps may run at once.
pub(super) fn limit(given: Option<u32>) -> Result<Option<u32>, Wrong> {
    match given {
        Some(limit) if !(1..=1024).contains(&limit) => Err(Wrong(format!(
            "`maxConcurrency` is {limit}. Give a number from 1 to 1024."
        ))),
        limit => Ok(limit),
    }
}
