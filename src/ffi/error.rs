//! The text of the last error, a thread.

use std::cell::RefCell;

use super::pointer::{OutSlice, OutValue};
use super::{guard, oe_status};

thread_local! {
    static LAST: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Why a call failed: its status, and what to tell a person.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) status: oe_status,
    pub(super) text: String,
}

impl Failure {
    pub(super) fn new(status: oe_status, text: impl Into<String>) -> Self {
        Self {
            status,
            text: text.into(),
        }
    }

    pub(super) fn argument(text: impl Into<String>) -> Self {
        Self::new(oe_status::OE_STATUS_INVALID_ARGUMENT, text)
    }

    /// Ends the call with an ordinary outcome instead of an error.
    pub(super) fn outcome(status: oe_status) -> Self {
        Self::new(status, String::new())
    }
}

pub(super) fn remember(text: String) {
    // A thread on its way out has lost its thread-locals; then nobody asks.
    let _ = LAST.try_with(|last| *last.borrow_mut() = text);
}

/// Copies the text of the calling thread's last error into `buffer`.
///
/// # Parameters
/// - `buffer`, `capacity`: where to, and how many bytes fit. NULL with 0 only
///   asks for the length.
/// - `length`: receives the length of the whole text in bytes, of which the
///   first `capacity` are copied. The text is UTF-8 and not NUL-terminated.
///
/// # Returns
/// `OE_STATUS_OK`, or `OE_STATUS_NULL_ARGUMENT` if `length` is NULL or
/// `buffer` is NULL with a capacity above 0. The text itself stays until the
/// next error on this thread; a call that succeeds leaves it alone.
///
/// # Safety
/// `buffer` must be valid for writes of `capacity` bytes, `length` for one
/// `size_t`.
#[no_mangle]
pub unsafe extern "C" fn oe_last_error(
    buffer: *mut u8,
    capacity: usize,
    length: *mut usize,
) -> oe_status {
    guard::call(|| {
        // SAFETY: this function's own contract.
        let (mut buffer, length) = unsafe {
            (
                OutSlice::new(buffer, capacity, "buffer")?,
                OutValue::new(length, "length")?,
            )
        };
        LAST.with_borrow(|text| {
            for (index, &byte) in text.as_bytes().iter().take(capacity).enumerate() {
                buffer.set(index, byte);
            }
            length.set(text.len());
        });
        Ok(())
    })
}
