//! Drawings of runs.

use crate::app;

use super::error::Failure;
use super::{guard, oe_status, oe_text, text};

/// Draws a run: as a chart for a terminal, a picture (SVG), a page (HTML),
/// Mermaid's text, or a trace that browsers show.
///
/// The JSON looks like this, with further keys as in the documentation of the
/// crate's `app::drawing`:
/// `{"as": "Text", "width": 100, "run": {"title": "build", "tasks": [{"name":
/// "a", "state": "Succeeded", "startSeconds": 0, "durationSeconds": 1.5}]}}`
///
/// # Parameters
/// - `json`, `length`: the text, in UTF-8, and how many bytes it has. Not kept.
/// - `drawing`: receives the drawing. Names in it are escaped as its form needs
///   it. The caller frees it with `oe_text_free`.
///
/// # Returns
/// `OE_STATUS_OK`; `OE_STATUS_NULL_ARGUMENT`; `OE_STATUS_INVALID_UTF8`;
/// `OE_STATUS_INVALID_JSON`, with line and column in the error text.
///
/// # Safety
/// `json` must be valid for reads of `length` bytes, `drawing` NULL or valid for
/// a write.
#[no_mangle]
pub unsafe extern "C" fn oe_report_draw(
    json: *const u8,
    length: usize,
    drawing: *mut *mut oe_text,
) -> oe_status {
    guard::call(|| {
        let draw = |json: &str| {
            app::drawing::draw(json)
                .map_err(|error| Failure::new(oe_status::OE_STATUS_INVALID_JSON, error.to_string()))
        };
        // SAFETY: this function's own contract.
        unsafe { text::answer(json, length, drawing, draw) }
    })
}
