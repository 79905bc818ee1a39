//! Batches: tasks that are submitted as JSON and polled.

use crate::app::{Batch, BatchError};

use super::error::Failure;
use super::pointer::{self, Handle, OutValue};
use super::queue::limit;
use super::{guard, oe_status, oe_text};

/// A batch of tasks that runs in the background. Owned by the caller until
/// `oe_batch_free`; may be used from any thread, several at once.
pub struct oe_batch {
    _private: [u8; 0],
}

impl Handle for oe_batch {
    type Inner = Batch;
}

/// Submits a batch; its tasks begin to run at once.
///
/// The JSON looks like this, with further keys as in the documentation of the
/// crate's `engine::batch`:
/// `{"maxConcurrency": 4, "tasks": [{"name": "a", "kind": "program",
/// "argv": ["make", "-j2"], "timeoutSeconds": 1.5}]}`
///
/// # Parameters
/// - `json`, `length`: the text, in UTF-8, and how many bytes it has. Not kept.
/// - `batch`: receives the batch.
///
/// # Returns
/// `OE_STATUS_OK`; `OE_STATUS_NULL_ARGUMENT`; `OE_STATUS_INVALID_UTF8`;
/// `OE_STATUS_INVALID_JSON`, with task, key, line and column in the error text;
/// `OE_STATUS_SYSTEM`. A program that cannot be started is no error of this
/// call but of its task.
///
/// # Safety
/// `json` must be valid for reads of `length` bytes, `batch` NULL or valid for
/// a write.
#[no_mangle]
pub unsafe extern "C" fn oe_batch_submit(
    json: *const u8,
    length: usize,
    batch: *mut *mut oe_batch,
) -> oe_status {
    guard::call(|| {
        // SAFETY: this function's own contract.
        let (json, batch) = unsafe {
            (
                pointer::text(json, length, "json")?,
                OutValue::new(batch, "batch")?,
            )
        };
        batch.set(pointer::give(Batch::submit(json)?));
        Ok(())
    })
}

/// Tells what is new in a batch, and waits for it.
///
/// # Parameters
/// - `batch`: the batch.
/// - `cursor`: 0 at first, then the `cursor` of the last report. The events
///   after it are told; asking again with the same cursor tells them again.
/// - `limit_milliseconds`: how long to wait at most for an event, unless the
///   batch has ended; 0 only looks, `OE_NO_LIMIT` waits without end.
/// - `report`: receives the report, a JSON object with the keys `status`,
///   `reason`, `elapsedSeconds`, `counts`, `tasks`, `events`, `cursor` and
///   `more`, as in the documentation of the crate's `engine::batch`. The caller
///   frees it with `oe_text_free`.
///
/// # Returns
/// `OE_STATUS_OK`, also if there is nothing new: the report then has no
/// events; `OE_STATUS_NULL_ARGUMENT`. The end is reached when `status` is not
/// `Running` and `more` is false.
///
/// # Safety
/// `batch` must be NULL or a batch that is not freed during the call, `report`
/// NULL or valid for a write.
#[no_mangle]
pub unsafe extern "C" fn oe_batch_poll(
    batch: *const oe_batch,
    cursor: u64,
    limit_milliseconds: u32,
    report: *mut *mut oe_text,
) -> oe_status {
    guard::call(|| {
        // SAFETY: this function's own contract.
        let (batch, report) = unsafe {
            (
                pointer::borrow(batch, "batch")?,
                OutValue::new(report, "report")?,
            )
        };
        let found = batch.poll(cursor, limit(limit_milliseconds));
        report.set(pointer::give(found.to_json()));
        Ok(())
    })
}

/// Ends a batch before its time: programs that run are asked to end and are
/// killed when their grace is over, tasks that wait never start. Returns at
/// once; polls tell the end. Has no effect on a batch that has ended.
///
/// # Parameters
/// - `batch`: the batch.
///
/// # Returns
/// `OE_STATUS_OK`, or `OE_STATUS_NULL_ARGUMENT`.
///
/// # Safety
/// `batch` must be NULL or a batch that is not freed during the call.
#[no_mangle]
pub unsafe extern "C" fn oe_batch_cancel(batch: *const oe_batch) -> oe_status {
    guard::call(|| {
        // SAFETY: this function's own contract.
        unsafe { pointer::borrow(batch, "batch")? }.cancel();
        Ok(())
    })
}

/// Frees a batch. What still runs is killed at once, without grace, before
/// this returns; what waits never starts. Calling with NULL is fine. Must not
/// be called twice with the same value.
///
/// # Safety
/// `batch` must be NULL or a batch that was not freed and that no other thread
/// uses any more.
#[no_mangle]
pub unsafe extern "C" fn oe_batch_free(batch: *mut oe_batch) {
    guard::value((), || {
        // SAFETY: this function's own contract.
        unsafe { pointer::free(batch) };
    });
}

impl From<BatchError> for Failure {
    fn from(error: BatchError) -> Self {
        let status = match error {
            BatchError::Spec { .. } => oe_status::OE_STATUS_INVALID_JSON,
            BatchError::Runtime { .. } => oe_status::OE_STATUS_SYSTEM,
        };
        Self::new(status, error.to_string())
    }
}
