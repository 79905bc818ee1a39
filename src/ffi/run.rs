//! Runs: graphs that are submitted as JSON, done by workers and programs, and
//! polled.

use crate::app::run::{Memory, Run, RunError, Workers};

use super::error::Failure;
use super::pointer::{self, Handle, OutValue};
use super::queue::limit;
use super::{guard, oe_pool, oe_status, oe_text};

/// A run of a graph in the background. Owned by the caller until
/// `oe_run_free`; may be used from any thread, several at once.
pub struct oe_run {
    _private: [u8; 0],
}

impl Handle for oe_run {
    type Inner = Run;
}

/// In an item of a run, the bits from here on are the number of the attempt
/// (30 bits); those below are the number of the task.
pub const OE_RUN_ATTEMPT_SHIFT: u32 = 32;

/// In an item of a run, the bits from here on say what is asked.
pub const OE_RUN_ASK_SHIFT: u32 = 62;

/// Asked of a worker: to run a task.
pub const OE_RUN_ASK_RUN: u64 = 0;

/// Asked of a worker: whether a conditional task runs.
pub const OE_RUN_ASK_DECIDE: u64 = 1;

/// Asked of a worker: what is inside a for-each.
pub const OE_RUN_ASK_EXPAND: u64 = 2;

/// Begins a run. Tasks of the kind `host`, conditions and for-eaches become
/// items of a queue of the pool, with this tag; its workers pull, report and
/// end them as those of any other queue. They may begin before this returns.
///
/// The JSON looks like this, with further keys as in the documentation of the
/// crate's `app::run`:
/// `{"maxConcurrency": 4, "tasks": [{"name": "a"}, {"name": "b", "kind":
/// "program", "argv": ["make"], "dependsOn": ["a"], "retry": {"count": 2}}]}`
///
/// # Parameters
/// - `pool`: whose workers do what is the host's; NULL if nothing is.
/// - `tag`: the host's name for the run; workers that attach get it.
/// - `json`, `length`: the text, in UTF-8, and how many bytes it has. Not kept.
/// - `run`: receives the run.
///
/// # Returns
/// `OE_STATUS_OK`; `OE_STATUS_NULL_ARGUMENT`; `OE_STATUS_INVALID_UTF8`;
/// `OE_STATUS_INVALID_JSON`, with line and column in the error text;
/// `OE_STATUS_INVALID_GRAPH` for a circle, an unknown name and the like;
/// `OE_STATUS_INVALID_ARGUMENT` if something is the host's and there is no
/// pool; `OE_STATUS_STORE` if the run cannot be kept or cannot go on;
/// `OE_STATUS_WORKER_LIMIT`; `OE_STATUS_CLOSED`; `OE_STATUS_SYSTEM`.
///
/// # Safety
/// `pool` must be NULL or a pool that was not freed; `json` must be valid for
/// reads of `length` bytes, `run` NULL or valid for a write.
#[no_mangle]
pub unsafe extern "C" fn oe_run_start(
    pool: *const oe_pool,
    tag: u64,
    json: *const u8,
    length: usize,
    run: *mut *mut oe_run,
) -> oe_status {
    guard::call(|| {
        // SAFETY: this function's own contract.
        let (pool, json, run) = unsafe {
            (
                pointer::borrow(pool, "pool").ok(),
                pointer::text(json, length, "json")?,
                OutValue::new(run, "run")?,
            )
        };
        let workers = pool.map(|pool| Workers { pool, tag });
        run.set(pointer::give(Run::start(json, workers, Memory::default())?));
        Ok(())
    })
}

/// Tells what is new in a run, and waits for it.
///
/// # Parameters
/// - `run`: the run.
/// - `cursor`: 0 at first, then the `cursor` of the last report. The events
///   after it are told; asking again with the same cursor tells them again.
///   A cursor that is never reached, such as `UINT64_MAX`, waits for the end.
/// - `limit_milliseconds`: how long to wait at most for an event, unless the
///   run has ended; 0 only looks, `OE_NO_LIMIT` waits without end.
/// - `report`: receives the report, a JSON object with the keys `status`,
///   `reason`, `error`, `elapsedSeconds`, `counts`, `tasks`, `events`, `cursor`,
///   `more` and others, as in the documentation of the crate's `app::run`. The
///   caller frees it with `oe_text_free`.
///
/// # Returns
/// `OE_STATUS_OK`, also if there is nothing new: the report then has no
/// events; `OE_STATUS_NULL_ARGUMENT`. The end is reached when `status` is not
/// `Running` and `more` is false.
///
/// # Safety
/// `run` must be NULL or a run that is not freed during the call, `report` NULL
/// or valid for a write.
#[no_mangle]
pub unsafe extern "C" fn oe_run_poll(
    run: *const oe_run,
    cursor: u64,
    limit_milliseconds: u32,
    report: *mut *mut oe_text,
) -> oe_status {
    guard::call(|| {
        // SAFETY: this function's own contract.
        let (run, report) = unsafe {
            (
                pointer::borrow(run, "run")?,
                OutValue::new(report, "report")?,
            )
        };
        report.set(pointer::give(run.poll(cursor, limit(limit_milliseconds))));
        Ok(())
    })
}

/// Tells how a task of a run ended. What a task waits for has ended when it
/// starts, so its worker can read here what came of that.
///
/// # Parameters
/// - `run`: the run.
/// - `task`: the number of the task, as an item or a report has it.
/// - `end`: receives the event of its end, a JSON object as in a report. The
///   caller frees it with `oe_text_free`.
///
/// # Returns
/// `OE_STATUS_OK`; `OE_STATUS_TIMEOUT` if the task has not ended, or there is
/// none with this number; `OE_STATUS_NULL_ARGUMENT`.
///
/// # Safety
/// `run` must be NULL or a run that is not freed during the call, `end` NULL or
/// valid for a write.
#[no_mangle]
pub unsafe extern "C" fn oe_run_get_end(
    run: *const oe_run,
    task: u32,
    end: *mut *mut oe_text,
) -> oe_status {
    guard::call(|| {
        // SAFETY: this function's own contract.
        let (run, end) = unsafe { (pointer::borrow(run, "run")?, OutValue::new(end, "end")?) };
        let found = run
            .end_of(task)
            .ok_or_else(|| Failure::outcome(oe_status::OE_STATUS_TIMEOUT))?;
        end.set(pointer::give(found));
        Ok(())
    })
}

/// Ends a run before its time: what runs is stopped, what waits never starts,
/// except tasks that run at the end in any case. Returns at once; polls tell
/// the end. Has no effect on a run that has ended.
///
/// # Parameters
/// - `run`: the run.
///
/// # Returns
/// `OE_STATUS_OK`, or `OE_STATUS_NULL_ARGUMENT`.
///
/// # Safety
/// `run` must be NULL or a run that is not freed during the call.
#[no_mangle]
pub unsafe extern "C" fn oe_run_cancel(run: *const oe_run) -> oe_status {
    guard::call(|| {
        // SAFETY: this function's own contract.
        unsafe { pointer::borrow(run, "run")? }.cancel();
        Ok(())
    })
}

/// Frees a run. Programs that still run are killed at once, before this
/// returns; what workers do is stopped; what waits never starts. Calling with
/// NULL is fine. Must not be called twice with the same value.
///
/// # Safety
/// `run` must be NULL or a run that was not freed and that no other thread
/// uses any more. Workers that are still at work on it are not meant.
#[no_mangle]
pub unsafe extern "C" fn oe_run_free(run: *mut oe_run) {
    guard::value((), || {
        // SAFETY: this function's own contract.
        unsafe { pointer::free(run) };
    });
}

impl From<RunError> for Failure {
    fn from(error: RunError) -> Self {
        let text = error.to_string();
        let status = match error {
            RunError::Pool { source } => return source.into(),
            RunError::Json { .. } => oe_status::OE_STATUS_INVALID_JSON,
            RunError::Graph { .. } => oe_status::OE_STATUS_INVALID_GRAPH,
            RunError::NoPool => oe_status::OE_STATUS_INVALID_ARGUMENT,
            RunError::Store { .. } => oe_status::OE_STATUS_STORE,
            RunError::System { .. } => oe_status::OE_STATUS_SYSTEM,
        };
        Self::new(status, text)
    }
}
