//! What is wrong or odd with a playbook, as machines are told it.

use serde::{Serialize, Serializer};

use crate::playbook::problem::Diagnostic;

/// Something that is wrong or odd.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Told {
    /// `error` or `warning`.
    pub severity: &'static str,
    /// The file, or what the playbook is called that is in none.
    pub file: String,
    /// The line, from 1, if it is known.
    pub line: Option<usize>,
    /// The column, from 1, in characters.
    pub column: Option<usize>,
    /// What it is.
    pub message: String,
    /// What to do about it.
    pub advice: String,
}

impl From<&Diagnostic> for Told {
    fn from(it: &Diagnostic) -> Self {
        Self {
            severity: it.severity(),
            file: it.file.clone(),
            line: it.position.map(|at| at.line),
            column: it.position.map(|at| at.column),
            message: it.problem.to_string(),
            advice: it.problem.advice().into_owned(),
        }
    }
}

/// The same of several.
pub fn told(diagnostics: &[Diagnostic]) -> Vec<Told> {
    diagnostics.iter().map(Told::from).collect()
}

/// For values that hold them and are told to machines.
pub(super) fn serialize<S: Serializer>(
    diagnostics: &[Diagnostic],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(diagnostics.iter().map(Told::from))
}
