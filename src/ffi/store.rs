//! Questions to the store of a folder.

use crate::app::store::{self, AskError};

use super::error::Failure;
use super::{guard, oe_status, oe_text, text};

/// Asks the store of a state folder: lists the runs that are kept there, tells
/// what became of one, asks whichever process executes one to stop it, and
/// deletes runs or what tasks gave out.
///
/// The JSON is one of these, with further keys and the answers as in the
/// documentation of the crate's `app::store`:
/// `{"folder": "…", "ask": "runs", "limit": 10}`,
/// `{"folder": "…", "ask": "run", "run": "ID"}`,
/// `{"folder": "…", "ask": "stop", "run": "ID"}`,
/// `{"folder": "…", "ask": "cache"}`,
/// `{"folder": "…", "ask": "clearCache"}`,
/// `{"folder": "…", "ask": "prune", "keepRuns": 100}`.
///
/// # Parameters
/// - `json`, `length`: the text, in UTF-8, and how many bytes it has. Not kept.
/// - `answer`: receives the answer, a JSON object, such as `{"runs": […]}` or
///   `{"run": …, "tasks": […], "events": […]}`. The caller frees it with
///   `oe_text_free`.
///
/// # Returns
/// `OE_STATUS_OK`, also if nobody has run anything in the folder and nothing
/// there is needed; `OE_STATUS_NULL_ARGUMENT`; `OE_STATUS_INVALID_UTF8`;
/// `OE_STATUS_INVALID_JSON`; `OE_STATUS_STORE` if the folder cannot be used or
/// there is no such run, with what to do in the error text.
///
/// # Safety
/// `json` must be valid for reads of `length` bytes, `answer` NULL or valid for
/// a write.
#[no_mangle]
pub unsafe extern "C" fn oe_store_ask(
    json: *const u8,
    length: usize,
    answer: *mut *mut oe_text,
) -> oe_status {
    guard::call(|| {
        // SAFETY: this function's own contract.
        unsafe { text::answer(json, length, answer, store::ask) }
    })
}

impl From<AskError> for Failure {
    fn from(error: AskError) -> Self {
        let status = match error {
            AskError::Json { .. } => oe_status::OE_STATUS_INVALID_JSON,
            AskError::Store { .. } => oe_status::OE_STATUS_STORE,
        };
        Self::new(status, error.to_string())
    }
}
