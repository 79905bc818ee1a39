//! Texts that the engine hands out.

use super::error::Failure;
use super::oe_status;
use super::pointer::{self, Handle, OutValue};

/// A text of the engine's, owned by the caller until `oe_text_free`.
pub struct oe_text {
    _private: [u8; 0],
}

impl Handle for oe_text {
    type Inner = String;
}

/// What a function does that answers JSON with a text.
///
/// # Safety
/// `json` must be valid for reads of `length` bytes, `answer` NULL or valid for a
/// write.
pub(super) unsafe fn answer<E: Into<Failure>>(
    json: *const u8,
    length: usize,
    answer: *mut *mut oe_text,
    ask: impl FnOnce(&str) -> Result<String, E>,
) -> Result<(), Failure> {
    // SAFETY: this function's own contract.
    let (json, answer) = unsafe {
        (
            pointer::text(json, length, "json")?,
            OutValue::new(answer, "answer")?,
        )
    };
    answer.set(pointer::give(ask(json).map_err(Into::into)?));
    Ok(())
}

/// Looks at the bytes of a text.
///
/// # Parameters
/// - `text`: the text.
/// - `bytes`, `length`: receive where it starts and how many bytes it has. It
///   is UTF-8, not NUL-terminated, and stays until the text is freed.
///
/// # Returns
/// `OE_STATUS_OK`, or `OE_STATUS_NULL_ARGUMENT`.
///
/// # Safety
/// `text` must be NULL or a text that was not freed; `bytes` and `length` must
/// be NULL or valid for a write.
#[no_mangle]
pub unsafe extern "C" fn oe_text_view(
    text: *const oe_text,
    bytes: *mut *const u8,
    length: *mut usize,
) -> oe_status {
    super::guard::call(|| {
        // SAFETY: this function's own contract.
        let (text, bytes, length) = unsafe {
            (
                pointer::borrow(text, "text")?,
                OutValue::new(bytes, "bytes")?,
                OutValue::new(length, "length")?,
            )
        };
        bytes.set(text.as_ptr());
        length.set(text.len());
        Ok(())
    })
}

/// Frees a text. Calling with NULL is fine. Must not be called twice with the
/// same value.
///
/// # Safety
/// `text` must be NULL or a text that was not freed, and nobody may look at
/// its bytes any more.
#[no_mangle]
pub unsafe extern "C" fn oe_text_free(text: *mut oe_text) {
    super::guard::value((), || {
        // SAFETY: this function's own contract.
        unsafe { pointer::free(text) };
    });
}
