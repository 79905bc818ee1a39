//! Questions about playbooks.

use crate::app::playbook::{self, AskError};

use super::error::Failure;
use super::{guard, oe_status, oe_text, text};

/// Asks about playbooks without running anything: lists those of a project, reads
/// one, says what is wrong with it, plans and draws what it would do, and writes it
/// as psd1, JSON or YAML.
///
/// The JSON is one of these, with further keys and the answers as in the
/// documentation of the crate's `app::playbook::ask`:
/// `{"ask": "list", "directory": "/project"}`,
/// `{"ask": "read", "directory": "/project", "playbook": "release"}`,
/// `{"ask": "validate", "directory": "/project", "playbook": "deploy.psd1"}`,
/// `{"ask": "plan", "directory": "/project", "definition": {"steps": […]}, "parameters": {…}}`.
/// `directory` is the folder of whoever asks; relative names begin there, whatever
/// the folder of the process is.
///
/// # Parameters
/// - `json`, `length`: the text, in UTF-8, and how many bytes it has. Not kept.
/// - `answer`: receives the answer, a JSON object, such as `{"playbooks": […]}` or
///   `{"isValid": …, "diagnostics": […]}`. The caller frees it with
///   `oe_text_free`.
///
/// # Returns
/// `OE_STATUS_OK`, also if something is wrong with the playbook: that is in the
/// answer; `OE_STATUS_NULL_ARGUMENT`; `OE_STATUS_INVALID_UTF8`;
/// `OE_STATUS_INVALID_JSON`; `OE_STATUS_INVALID_ARGUMENT` if there is no playbook
/// of that name or a key cannot be used, with what to do in the error text.
///
/// # Safety
/// `json` must be valid for reads of `length` bytes, `answer` NULL or valid for
/// a write.
#[no_mangle]
pub unsafe extern "C" fn oe_playbook_ask(
    json: *const u8,
    length: usize,
    answer: *mut *mut oe_text,
) -> oe_status {
    guard::call(|| {
        // SAFETY: this function's own contract.
        unsafe { text::answer(json, length, answer, playbook::ask) }
    })
}

impl From<AskError> for Failure {
    fn from(error: AskError) -> Self {
        let status = match error {
            AskError::Json { .. } => oe_status::OE_STATUS_INVALID_JSON,
            AskError::Argument(_) => oe_status::OE_STATUS_INVALID_ARGUMENT,
        };
        Self::new(status, error.to_string())
    }
}
