//! Where PowerShell is.

use std::env;
use std::fmt;
use std::path::{Path, PathBuf};

use crate::process::environment;

#[cfg(windows)]
const NAME: &str = "pwsh.exe";
#[cfg(not(windows))]
const NAME: &str = "pwsh";

/// There is no PowerShell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotFound {
    /// Where it was to be, if that was said.
    given: Option<PathBuf>,
}

impl fmt::Display for NotFound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.given {
            Some(path) => write!(f, "there is no PowerShell at {}", path.display()),
            None => write!(
                f,
                "pwsh (PowerShell 7.4 or later) was not found on PATH; install it, \
                 see https://aka.ms/powershell"
            ),
        }
    }
}

impl std::error::Error for NotFound {}

/// Finds PowerShell: at the path that is given, else on `PATH`.
pub fn find(given: Option<&Path>) -> Result<PathBuf, NotFound> {
    let found = match given {
        Some(path) => path.is_file().then(|| path.to_owned()),
        None => environment::get("PATH").and_then(|path| {
            let candidates = env::split_paths(&path).map(|folder| folder.join(NAME));
            candidates.into_iter().find(|candidate| candidate.is_file())
        }),
    };
    found.ok_or_else(|| NotFound {
        given: given.map(Path::to_owned),
    })
}
