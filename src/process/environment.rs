//! The environment variables that playbooks ask for and programs are started with:
//! those of this process, unless its host says what it has instead. .NET on Unix keeps
//! the variables that are set in it to itself, so what a PowerShell session sets would
//! otherwise reach neither.

use std::collections::BTreeMap;
use std::env;
use std::ffi::OsString;
use std::sync::{Arc, PoisonError, RwLock};

use tokio::process::Command;

type Variables = BTreeMap<String, String>;

/// Of the whole process, as a host's variables are, too.
static TOLD: RwLock<Option<Arc<Variables>>> = RwLock::new(None);

/// Takes the variables of the host for those of this process from now on. Programs
/// that run keep what they were started with.
pub fn set(variables: Variables) {
    *TOLD.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(variables));
}

fn told() -> Option<Arc<Variables>> {
    let told = TOLD.read().unwrap_or_else(PoisonError::into_inner);
    told.clone()
}

/// The variable of a name; letters count as it does for the operating system.
pub fn get(name: &str) -> Option<OsString> {
    match told() {
        Some(variables) => value(&variables, name).map(OsString::from),
        None => env::var_os(name),
    }
}

/// All of them; what is no text is not among them.
pub fn all() -> Variables {
    if let Some(variables) = told() {
        return variables.as_ref().clone();
    }
    let texts = env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    texts.collect()
}

/// The value of a name among variables.
pub fn value<'v>(variables: &'v Variables, name: &str) -> Option<&'v String> {
    let found = variables.get(name);
    match cfg!(windows) {
        // Case does not matter there.
        true => found.or_else(|| {
            let mut all = variables.iter();
            let same = all.find(|(other, _)| other.eq_ignore_ascii_case(name));
            same.map(|(_, value)| value)
        }),
        false => found,
    }
}

/// Has a program start with them.
pub(super) fn give(command: &mut Command) {
    if let Some(variables) = told() {
        command.env_clear().envs(variables.iter());
    }
}
