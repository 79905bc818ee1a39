//! A playbook in another format.

use crate::playbook::format::Format;
use crate::playbook::problem::{Diagnostic, Problem};
use crate::playbook::write::write;

use super::super::Written;

/// Writes what is in a file in a format, with warnings about what that cannot say.
/// That it cannot be read is the error.
pub fn export(written: &Written, to: Format) -> Result<(String, Vec<Diagnostic>), Diagnostic> {
    let document = written.document()?;
    let (text, lost) = write(&document.root, to);
    let warnings = lost.into_iter().map(|(lost, place)| Diagnostic {
        file: written.file.clone(),
        position: document.position(place),
        problem: Problem::Lost(lost),
    });
    Ok((text, warnings.collect()))
}
