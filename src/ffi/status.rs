//! The status codes of the C ABI.

use super::guard;

/// What a call came to. A number, once given a meaning, never gets another.
///
/// `OE_STATUS_OK` is 0. 1 to 19 are ordinary outcomes that a caller handles in
/// its normal flow; 20 and above are errors of the call, with a text to be
/// fetched by `oe_last_error`.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum oe_status {
    /// The call did what it says.
    OE_STATUS_OK = 0,
    /// The time limit ended before there was anything to return.
    OE_STATUS_TIMEOUT = 1,
    /// There is nothing more to come.
    OE_STATUS_ENDED = 2,
    /// The queue was cancelled, or the worker's item was stopped: detach, then
    /// attach again.
    OE_STATUS_STOPPED = 3,
    /// The worker was given up after it had ignored a stop. What it reports is
    /// counted and dropped; its thread should return.
    OE_STATUS_ABANDONED = 4,

    /// A pointer that must not be NULL was NULL.
    OE_STATUS_NULL_ARGUMENT = 20,
    /// An argument is outside its documented range.
    OE_STATUS_INVALID_ARGUMENT = 21,
    /// A text is not valid UTF-8.
    OE_STATUS_INVALID_UTF8 = 22,
    /// A text is not JSON, or not the JSON that the call documents; the error
    /// text names line and column.
    OE_STATUS_INVALID_JSON = 23,
    /// The call does not fit the state of its object, such as taking items for
    /// a worker that is not attached, or comes from the wrong thread.
    OE_STATUS_INVALID_STATE = 24,
    /// The pool or the queue was closed before.
    OE_STATUS_CLOSED = 25,
    /// The process has as many workers at work as it may (`OE_WORKER_LIMIT`).
    OE_STATUS_WORKER_LIMIT = 26,
    /// The operating system refused a thread or another resource.
    OE_STATUS_SYSTEM = 27,
    /// A defect of the engine: it panicked, and the error text has the message.
    /// The process goes on; the object of the call should be freed.
    OE_STATUS_PANIC = 28,
    /// The tasks are no graph that could be run: they wait for each other, for
    /// one that is not there, or need more than there is; the error text names
    /// them.
    OE_STATUS_INVALID_GRAPH = 29,
    /// The store of a folder refused: it cannot be used, or the run in it cannot
    /// go on; the error text says why and what to do.
    OE_STATUS_STORE = 30,
    /// A playbook, or what it is told, cannot be used; the error text has a line
    /// for each reason, with file, line and column, and what to do.
    OE_STATUS_PLAYBOOK = 31,
}

/// Returns a short English text for a status code, NUL-terminated and valid
/// for the life of the library. Any number may be given; an unknown one has a
/// text too. Never fails; may be called from any thread.
#[no_mangle]
pub extern "C" fn oe_status_text(status: u32) -> *const std::ffi::c_char {
    guard::value(std::ptr::null(), || {
        let text = match status {
            0 => c"the call succeeded",
            1 => c"the time limit of the call ended",
            2 => c"there is nothing more to come",
            3 => c"the work was stopped",
            4 => c"the worker was given up after it ignored a stop",
            20 => c"an argument is NULL",
            21 => c"an argument is out of range",
            22 => c"a text is not valid UTF-8",
            23 => c"a text is not valid JSON for this call",
            24 => c"the call does not fit the state of its object",
            25 => c"the object was closed before",
            26 => c"the process has as many workers as it may have",
            27 => c"the operating system refused a resource",
            28 => c"the engine failed inside; this is a defect of it",
            29 => c"the tasks are no graph that could be run",
            30 => c"the store of the state folder refused",
            31 => c"the playbook, or what it is told, cannot be used",
            _ => c"unknown status code",
        };
        text.as_ptr()
    })
}
