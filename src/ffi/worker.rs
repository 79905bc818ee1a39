//! Workers and the control thread: the host's side inside a pool's threads.

use crate::engine::event::Outcome;
use crate::engine::pool::Control;
use crate::engine::queue::{Next, Start};
use crate::engine::worker::{NoAttachment, ReportError, Worker, WrongState};

use super::error::Failure;
use super::pointer::{self, Handle, OutSlice, OutValue};
use super::queue::limit;
use super::{guard, oe_status, OE_EVENT_ENDED};

/// A thread of a pool, as its `worker_main` sees it. Belongs to the pool; valid
/// on that thread only, until `worker_main` returns.
pub struct oe_worker {
    _private: [u8; 0],
}

impl Handle for oe_worker {
    type Inner = Worker;
}

/// The control thread of a pool, as its `control_main` sees it. Belongs to the
/// pool; valid on that thread only, until `control_main` returns.
pub struct oe_control {
    _private: [u8; 0],
}

impl Handle for oe_control {
    type Inner = Control;
}

/// What a worker attached to.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct oe_attachment {
    /// The tag of the queue, as its options have it.
    pub tag: u64,
    /// The number of the attachment, unique in its pool, from 1.
    pub attachment: u64,
}

/// A request to stop what a worker does.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct oe_stop {
    /// The attachment whose work is to be stopped. If the worker has a later
    /// one by now, the request is void and must be ignored.
    pub attachment: u64,
    /// The worker.
    pub worker: u32,
}

/// Says the number of a worker, unique in the process, from 1.
///
/// # Returns
/// `OE_STATUS_OK`, or `OE_STATUS_NULL_ARGUMENT`.
///
/// # Safety
/// `worker` must be NULL or valid as `oe_worker` says, `id` NULL or valid for
/// a write.
#[no_mangle]
pub unsafe extern "C" fn oe_worker_get_id(worker: *const oe_worker, id: *mut u32) -> oe_status {
    guard::call(|| {
        // SAFETY: this function's own contract.
        let (worker, id) =
            unsafe { (pointer::borrow(worker, "worker")?, OutValue::new(id, "id")?) };
        id.set(worker.id());
        Ok(())
    })
}

/// Waits until a queue has work for one more worker, and joins it.
///
/// # Returns
/// `OE_STATUS_OK`; `OE_STATUS_ENDED` if the pool is closed or nothing came for
/// as long as it keeps a worker, or `OE_STATUS_ABANDONED`: then `worker_main`
/// must return. `OE_STATUS_INVALID_STATE` if the worker is attached already or
/// this is not its thread; `OE_STATUS_NULL_ARGUMENT`.
///
/// # Safety
/// `worker` must be NULL or valid as `oe_worker` says, `attachment` NULL or
/// valid for a write.
#[no_mangle]
pub unsafe extern "C" fn oe_worker_attach(
    worker: *const oe_worker,
    attachment: *mut oe_attachment,
) -> oe_status {
    guard::call(|| {
        // SAFETY: this function's own contract.
        let (worker, attachment) =
            unsafe { (own(worker)?, OutValue::new(attachment, "attachment")?) };
        let attached = worker.attach()?.map_err(|nothing| {
            Failure::outcome(match nothing {
                NoAttachment::Ended => oe_status::OE_STATUS_ENDED,
                NoAttachment::Abandoned => oe_status::OE_STATUS_ABANDONED,
            })
        })?;
        attachment.set(oe_attachment {
            tag: attached.tag,
            attachment: attached.attachment,
        });
        Ok(())
    })
}

/// Waits for items. What comes counts as started now.
///
/// # Parameters
/// - `worker`: the worker, attached.
/// - `items`, `capacity`: where the ids go, and how many fit; at least 1. More
///   than one comes only while items of this queue take less than a
///   millisecond and have no time limit of their own.
/// - `count`: receives how many were written, 1 or more.
/// - `limit_milliseconds`: how long to wait at most; 0 only looks,
///   `OE_NO_LIMIT` waits without end.
///
/// # Returns
/// `OE_STATUS_OK`; `OE_STATUS_TIMEOUT`; `OE_STATUS_ENDED` if none will come
/// for this worker, `OE_STATUS_STOPPED` or `OE_STATUS_ABANDONED`: then detach;
/// `OE_STATUS_INVALID_STATE`, `OE_STATUS_INVALID_ARGUMENT`,
/// `OE_STATUS_NULL_ARGUMENT`.
///
/// # Safety
/// `worker` must be NULL or valid as `oe_worker` says; `items` must be valid
/// for writes of `capacity` values, `count` NULL or valid for one.
#[no_mangle]
pub unsafe extern "C" fn oe_worker_next(
    worker: *const oe_worker,
    items: *mut u64,
    capacity: usize,
    count: *mut usize,
    limit_milliseconds: u32,
) -> oe_status {
    guard::call(|| {
        // SAFETY: this function's own contract.
        let (worker, mut items, count) = unsafe {
            (
                own(worker)?,
                OutSlice::new(items, capacity, "items")?,
                OutValue::new(count, "count")?,
            )
        };
        if capacity == 0 {
            return Err(Failure::argument("`capacity` is 0: no item would fit"));
        }
        let mut index = 0;
        let next = worker.next(capacity, limit(limit_milliseconds), |item| {
            items.set(index, item);
            index += 1;
        })?;
        match next {
            Next::Items => count.set(index),
            Next::TimedOut => return Err(Failure::outcome(oe_status::OE_STATUS_TIMEOUT)),
            Next::Ended => return Err(Failure::outcome(oe_status::OE_STATUS_ENDED)),
            Next::Stopped => return Err(Failure::outcome(oe_status::OE_STATUS_STOPPED)),
            Next::Abandoned => return Err(Failure::outcome(oe_status::OE_STATUS_ABANDONED)),
        }
        Ok(())
    })
}

/// Starts an item of the worker's own making, which was never submitted. It
/// counts as submitted and running from now on, so the queue does not end
/// before it; it may put things out, and it ends by `oe_worker_end`.
///
/// The worker may pull and end any number of items meanwhile. The time limit
/// of one item does not apply to an own one. A cancel or the time limit of the
/// queue stops it, and its worker is given up after the grace, as for any
/// item. If an item that the worker pulled is stopped at its own limit, the
/// attachment is at its end: the own item may still be ended within the grace,
/// or else ends as stopped when the worker leaves or is given up.
///
/// A worker that joined a queue is counted on to ask for an item: it should do
/// so soon, or before it starts a long item of its own.
///
/// # Parameters
/// - `worker`: the worker, attached.
/// - `item`: the id; the host's own, and distinct among the items that have
///   not ended.
///
/// # Returns
/// `OE_STATUS_OK`; `OE_STATUS_ENDED` if all items have ended and the queue is
/// closed, `OE_STATUS_STOPPED` or `OE_STATUS_ABANDONED`: then detach;
/// `OE_STATUS_INVALID_STATE`, also if the worker runs an item with this id;
/// `OE_STATUS_NULL_ARGUMENT`.
///
/// # Safety
/// `worker` must be NULL or valid as `oe_worker` says.
#[no_mangle]
pub unsafe extern "C" fn oe_worker_start(worker: *const oe_worker, item: u64) -> oe_status {
    guard::call(|| {
        // SAFETY: this function's own contract.
        let worker = unsafe { own(worker)? };
        match worker.start(item)? {
            Start::Started => Ok(()),
            Start::Ended => Err(Failure::outcome(oe_status::OE_STATUS_ENDED)),
            Start::Stopped => Err(Failure::outcome(oe_status::OE_STATUS_STOPPED)),
            Start::Abandoned => Err(Failure::outcome(oe_status::OE_STATUS_ABANDONED)),
            Start::AlreadyRuns => Err(Failure::new(
                oe_status::OE_STATUS_INVALID_STATE,
                format!("the worker runs an item {item} already"),
            )),
        }
    })
}

/// Puts out one output of a running item; waits while the output is full.
///
/// # Parameters
/// - `worker`: the worker, attached.
/// - `item`: the item.
/// - `kind`: the host's word for what it is, 1 to 65,535.
///
/// # Returns
/// `OE_STATUS_OK`; `OE_STATUS_ABANDONED`; `OE_STATUS_INVALID_STATE`,
/// `OE_STATUS_INVALID_ARGUMENT`, `OE_STATUS_NULL_ARGUMENT`.
///
/// # Safety
/// `worker` must be NULL or valid as `oe_worker` says.
#[no_mangle]
pub unsafe extern "C" fn oe_worker_emit(
    worker: *const oe_worker,
    item: u64,
    kind: u16,
) -> oe_status {
    guard::call(|| {
        // SAFETY: this function's own contract.
        let worker = unsafe { own(worker)? };
        if kind == OE_EVENT_ENDED {
            return Err(Failure::argument(
                "`kind` is 0, which is the end of an item",
            ));
        }
        accepted(worker.emit(item, kind)?)
    })
}

/// Says what came of a running item of a run, before `oe_worker_end`: for a
/// task `{"output": value}`, or `{"error": {"message": "why", "kind": 7}}`; for
/// a condition `{"runs": true}`; for a for-each `{"tasks": […]}`, with tasks as
/// `oe_run_start` takes them. A later report replaces an earlier one.
///
/// # Parameters
/// - `worker`: the worker, attached.
/// - `item`: the item.
/// - `json`, `length`: the report, in UTF-8, and how many bytes it has. Not
///   kept.
///
/// # Returns
/// `OE_STATUS_OK`; `OE_STATUS_ABANDONED` if the item is over;
/// `OE_STATUS_INVALID_JSON`, with line and column in the error text;
/// `OE_STATUS_INVALID_STATE`, also if the queue is not that of a run;
/// `OE_STATUS_INVALID_UTF8`, `OE_STATUS_NULL_ARGUMENT`.
///
/// # Safety
/// `worker` must be NULL or valid as `oe_worker` says; `json` must be valid
/// for reads of `length` bytes.
#[no_mangle]
pub unsafe extern "C" fn oe_worker_report(
    worker: *const oe_worker,
    item: u64,
    json: *const u8,
    length: usize,
) -> oe_status {
    guard::call(|| {
        // SAFETY: this function's own contract.
        let (worker, json) = unsafe { (own(worker)?, pointer::text(json, length, "json")?) };
        Ok(worker.report(item, json)?)
    })
}

/// Ends a running item; waits while the output is full.
///
/// # Parameters
/// - `worker`: the worker, attached.
/// - `item`: the item.
/// - `outcome`: an `oe_outcome`. If the item was to be stopped, anything but
///   `OE_OUTCOME_SUCCEEDED` becomes what the stop says.
///
/// # Returns
/// `OE_STATUS_OK`; `OE_STATUS_ABANDONED` if the worker was given up or does
/// not run such an item; `OE_STATUS_INVALID_STATE`,
/// `OE_STATUS_INVALID_ARGUMENT`, `OE_STATUS_NULL_ARGUMENT`.
///
/// # Safety
/// `worker` must be NULL or valid as `oe_worker` says.
#[no_mangle]
pub unsafe extern "C" fn oe_worker_end(
    worker: *const oe_worker,
    item: u64,
    outcome: u32,
) -> oe_status {
    guard::call(|| {
        // SAFETY: this function's own contract.
        let worker = unsafe { own(worker)? };
        accepted(worker.end(item, known_outcome(outcome)?)?)
    })
}

/// Ends items that were handed out together, all in the same way; waits while
/// the output is full. For items of microseconds this costs far less than one
/// call each. Each counts as having run for an equal part of the time.
///
/// # Parameters
/// - `worker`: the worker, attached.
/// - `items`, `count`: the items.
/// - `outcome`: an `oe_outcome`, as for `oe_worker_end`.
///
/// # Returns
/// `OE_STATUS_OK`; `OE_STATUS_ABANDONED` if the worker was given up or does
/// not run all of these items; `OE_STATUS_INVALID_STATE`,
/// `OE_STATUS_INVALID_ARGUMENT`, `OE_STATUS_NULL_ARGUMENT`.
///
/// # Safety
/// `worker` must be NULL or valid as `oe_worker` says; `items` must be valid
/// for reads of `count` values.
#[no_mangle]
pub unsafe extern "C" fn oe_worker_end_all(
    worker: *const oe_worker,
    items: *const u64,
    count: usize,
    outcome: u32,
) -> oe_status {
    guard::call(|| {
        // SAFETY: this function's own contract.
        let (worker, items) = unsafe { (own(worker)?, pointer::slice(items, count, "items")?) };
        accepted(worker.end_all(items, known_outcome(outcome)?)?)
    })
}

fn known_outcome(outcome: u32) -> Result<Outcome, Failure> {
    match outcome {
        0 => Ok(Outcome::Succeeded),
        1 => Ok(Outcome::Failed),
        2 => Ok(Outcome::TimedOut),
        3 => Ok(Outcome::Stopped),
        other => Err(Failure::argument(format!(
            "`outcome` is {other}, which is no outcome"
        ))),
    }
}

/// Puts items that were handed out but not started back to the head of the
/// queue.
///
/// # Returns
/// `OE_STATUS_OK`; `OE_STATUS_ABANDONED`; `OE_STATUS_INVALID_STATE`,
/// `OE_STATUS_NULL_ARGUMENT`.
///
/// # Safety
/// `worker` must be NULL or valid as `oe_worker` says; `items` must be valid
/// for reads of `count` values.
#[no_mangle]
pub unsafe extern "C" fn oe_worker_give_back(
    worker: *const oe_worker,
    items: *const u64,
    count: usize,
) -> oe_status {
    guard::call(|| {
        // SAFETY: this function's own contract.
        let (worker, items) = unsafe { (own(worker)?, pointer::slice(items, count, "items")?) };
        accepted(worker.give_back(items)?)
    })
}

/// Leaves the queue. An item that still runs ends as failed, or as its stop
/// says.
///
/// # Returns
/// `OE_STATUS_OK`; `OE_STATUS_INVALID_STATE`, `OE_STATUS_NULL_ARGUMENT`.
///
/// # Safety
/// `worker` must be NULL or valid as `oe_worker` says.
#[no_mangle]
pub unsafe extern "C" fn oe_worker_detach(worker: *const oe_worker) -> oe_status {
    guard::call(|| {
        // SAFETY: this function's own contract.
        unsafe { own(worker)? }.detach()?;
        Ok(())
    })
}

/// Waits for the next stop that the host has to carry out. It must not wait
/// for the stopped work to end.
///
/// # Returns
/// `OE_STATUS_OK`; `OE_STATUS_ENDED` once the pool is closed and nothing is
/// left to stop: then `control_main` must return; `OE_STATUS_NULL_ARGUMENT`.
///
/// # Safety
/// `control` must be NULL or valid as `oe_control` says, `stop` NULL or valid
/// for a write.
#[no_mangle]
pub unsafe extern "C" fn oe_control_next(
    control: *const oe_control,
    stop: *mut oe_stop,
) -> oe_status {
    guard::call(|| {
        // SAFETY: this function's own contract.
        let (control, stop) = unsafe {
            (
                pointer::borrow(control, "control")?,
                OutValue::new(stop, "stop")?,
            )
        };
        let request = control
            .next()
            .ok_or_else(|| Failure::outcome(oe_status::OE_STATUS_ENDED))?;
        stop.set(oe_stop {
            attachment: request.attachment,
            worker: request.worker,
        });
        Ok(())
    })
}

/// # Safety
/// `worker` must be NULL or valid as `oe_worker` says.
unsafe fn own<'a>(worker: *const oe_worker) -> Result<&'a Worker, Failure> {
    // SAFETY: the caller's contract.
    let worker = unsafe { pointer::borrow(worker, "worker")? };
    if worker.is_own_thread() {
        Ok(worker)
    } else {
        Err(WrongState.into())
    }
}

fn accepted(done: bool) -> Result<(), Failure> {
    if done {
        Ok(())
    } else {
        Err(Failure::outcome(oe_status::OE_STATUS_ABANDONED))
    }
}

impl From<ReportError> for Failure {
    fn from(error: ReportError) -> Self {
        match error {
            ReportError::WrongState => WrongState.into(),
            ReportError::TooLate => Self::outcome(oe_status::OE_STATUS_ABANDONED),
            ReportError::NobodyListens => Self::new(
                oe_status::OE_STATUS_INVALID_STATE,
                "the queue is not that of a run, so nobody listens to reports",
            ),
            ReportError::NotUnderstood { message } => {
                Self::new(oe_status::OE_STATUS_INVALID_JSON, message)
            }
        }
    }
}

impl From<WrongState> for Failure {
    fn from(_: WrongState) -> Self {
        Self::new(
            oe_status::OE_STATUS_INVALID_STATE,
            "the worker is not attached, or is attached already, or this is not its thread",
        )
    }
}
