//! Queues: the feeding side.

use std::time::Duration;

use crate::engine::cancel::CancelReason;
use crate::engine::event::{Event, EventKind, Outcome};
use crate::engine::pool::OpenQueue;
use crate::engine::queue::{QueueOptions, Wait};

use super::error::Failure;
use super::pointer::{self, Handle, OutSlice, OutValue};
use super::{guard, oe_item_counters, oe_pool, oe_status};

/// A time limit without end, for every `limit_milliseconds`.
pub const OE_NO_LIMIT: u32 = 0xFFFF_FFFF;

/// The items of one call: ids in, events out. Owned by the caller until
/// `oe_queue_free`; may be used from any thread, though waiting and taking are
/// meant for one thread at a time.
pub struct oe_queue {
    _private: [u8; 0],
}

impl Handle for oe_queue {
    type Inner = OpenQueue;
}

/// How a queue behaves.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct oe_queue_options {
    /// The host's name for the queue; workers that attach get it.
    pub tag: u64,
    /// How long one item may run, from its start, in milliseconds; 0: no limit.
    pub item_timeout_milliseconds: u64,
    /// How long the whole queue may take, from now, in milliseconds; 0: no
    /// limit. At its end the queue is cancelled for `OE_CANCEL_TIMEOUT`.
    pub timeout_milliseconds: u64,
    /// How long a worker may go on after a stop before it is abandoned, in
    /// milliseconds.
    pub stop_grace_milliseconds: u32,
    /// How many workers may work on it at once, 1 to `OE_WORKER_LIMIT`.
    pub worker_limit: u32,
    /// How many items may wait for a worker, at least 1.
    pub input_capacity: u32,
    /// How many events may wait to be taken, at least 1.
    pub output_capacity: u32,
}

/// Why work is stopped. A later reason replaces an earlier one.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum oe_cancel_reason {
    /// It is not cancelled.
    OE_CANCEL_NONE = 0,
    /// An item failed, and the caller asked to stop at the first failure.
    OE_CANCEL_FIRST_FAILURE = 1,
    /// The queue took longer than its limit.
    OE_CANCEL_TIMEOUT = 2,
    /// The caller wants no more.
    OE_CANCEL_REQUESTED = 3,
    /// The queue or its pool was freed.
    OE_CANCEL_HOST_GONE = 4,
}

/// How an item ended.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum oe_outcome {
    /// It ran to its end.
    OE_OUTCOME_SUCCEEDED = 0,
    /// It ended with an error.
    OE_OUTCOME_FAILED = 1,
    /// It was stopped because a time limit had passed.
    OE_OUTCOME_TIMED_OUT = 2,
    /// It was stopped for another reason, or never started.
    OE_OUTCOME_STOPPED = 3,
}

/// The kind of an event that says how an item ended; every other kind is the
/// host's own.
pub const OE_EVENT_ENDED: u16 = 0;

/// One entry of a queue's output. Events of one item come in order, and none
/// after its end.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct oe_event {
    /// The item.
    pub item: u64,
    /// How long it ran, in nanoseconds, if this is its end; else 0.
    pub duration_nanoseconds: u64,
    /// The worker that ran it; 0 if none did.
    pub worker: u32,
    /// `OE_EVENT_ENDED`, or the kind that the host gave to `oe_worker_emit`.
    pub kind: u16,
    /// An `oe_outcome`, if this is its end; else 0.
    pub outcome: u16,
}

/// Opens a queue.
///
/// # Parameters
/// - `pool`: whose workers run its items.
/// - `options`: how it behaves; copied.
/// - `queue`: receives the queue.
///
/// # Returns
/// `OE_STATUS_OK`; `OE_STATUS_NULL_ARGUMENT`; `OE_STATUS_INVALID_ARGUMENT` for
/// a limit or capacity out of range; `OE_STATUS_WORKER_LIMIT` if the process
/// has no worker left that the queue could be sure of; `OE_STATUS_SYSTEM`.
///
/// # Safety
/// `pool` must be NULL or a pool that was not freed; `options` NULL or valid
/// for a read, `queue` NULL or valid for a write.
#[no_mangle]
pub unsafe extern "C" fn oe_queue_new(
    pool: *const oe_pool,
    options: *const oe_queue_options,
    queue: *mut *mut oe_queue,
) -> oe_status {
    guard::call(|| {
        // SAFETY: this function's own contract.
        let (pool, options, queue) = unsafe {
            (
                pointer::borrow(pool, "pool")?,
                pointer::read(options, "options")?,
                OutValue::new(queue, "queue")?,
            )
        };
        queue.set(pointer::give(pool.open(queue_options(options)?)?));
        Ok(())
    })
}

fn queue_options(given: oe_queue_options) -> Result<QueueOptions, Failure> {
    for (name, capacity) in [
        ("input_capacity", given.input_capacity),
        ("output_capacity", given.output_capacity),
    ] {
        if capacity == 0 {
            return Err(Failure::argument(format!(
                "`{name}` is 0, but at least 1 must fit"
            )));
        }
    }
    Ok(QueueOptions {
        tag: given.tag,
        worker_limit: worker_limit("worker_limit", given.worker_limit)?,
        input_capacity: given.input_capacity as usize,
        output_capacity: given.output_capacity as usize,
        item_timeout: some_time(given.item_timeout_milliseconds),
        timeout: some_time(given.timeout_milliseconds),
        stop_grace: Duration::from_millis(given.stop_grace_milliseconds.into()),
        is_for_tasks: false,
    })
}

fn worker_limit(name: &str, given: u32) -> Result<u32, Failure> {
    let most = super::OE_WORKER_LIMIT;
    if (1..=most).contains(&given) {
        return Ok(given);
    }
    Err(Failure::argument(format!(
        "`{name}` is {given}, which is not between 1 and {most}"
    )))
}

fn some_time(milliseconds: u64) -> Option<Duration> {
    (milliseconds > 0).then(|| Duration::from_millis(milliseconds))
}

/// Frees a queue; what is not done is cancelled. Calling with NULL is fine.
/// Must not be called twice with the same value.
///
/// # Safety
/// `queue` must be NULL or a queue that was not freed and that no other thread
/// uses any more. Workers that are still in it are not meant.
#[no_mangle]
pub unsafe extern "C" fn oe_queue_free(queue: *mut oe_queue) {
    guard::value((), || {
        // SAFETY: this function's own contract.
        unsafe { pointer::free(queue) };
    });
}

/// Gives items to a queue, as many as there is room for.
///
/// # Parameters
/// - `queue`: the queue.
/// - `items`, `count`: the ids; they are the host's own and should be distinct
///   among the items that have not ended.
/// - `accepted`: receives how many of them, from the first on, were taken.
///   When not all were, take output, wait for room, and try again.
///
/// # Returns
/// `OE_STATUS_OK`; `OE_STATUS_NULL_ARGUMENT`; `OE_STATUS_CLOSED` if the queue
/// was closed or cancelled.
///
/// # Safety
/// `queue` must be NULL or a queue that was not freed; `items` must be valid
/// for reads of `count` values, `accepted` NULL or valid for a write.
#[no_mangle]
pub unsafe extern "C" fn oe_queue_submit(
    queue: *const oe_queue,
    items: *const u64,
    count: usize,
    accepted: *mut usize,
) -> oe_status {
    guard::call(|| {
        // SAFETY: this function's own contract.
        let (queue, items, accepted) = unsafe {
            (
                pointer::borrow(queue, "queue")?,
                pointer::slice(items, count, "items")?,
                OutValue::new(accepted, "accepted")?,
            )
        };
        let taken = queue.submit(items).ok_or_else(|| {
            Failure::new(
                oe_status::OE_STATUS_CLOSED,
                "the queue takes no more items: it was closed or cancelled",
            )
        })?;
        accepted.set(taken);
        Ok(())
    })
}

/// Says that no more items come. Closing twice is fine.
///
/// # Returns
/// `OE_STATUS_OK`, or `OE_STATUS_NULL_ARGUMENT`.
///
/// # Safety
/// `queue` must be NULL or a queue that was not freed.
#[no_mangle]
pub unsafe extern "C" fn oe_queue_close(queue: *const oe_queue) -> oe_status {
    guard::call(|| {
        // SAFETY: this function's own contract.
        unsafe { pointer::borrow(queue, "queue")? }.close();
        Ok(())
    })
}

/// Cancels a queue: items that wait end as stopped at once, items that run are
/// stopped by the host's control thread, and no more are taken. Each item
/// still ends by an event. Returns without waiting.
///
/// # Parameters
/// - `queue`: the queue.
/// - `reason`: an `oe_cancel_reason` other than `OE_CANCEL_NONE`. It decides
///   whether running items end as timed out or as stopped.
///
/// # Returns
/// `OE_STATUS_OK`; `OE_STATUS_NULL_ARGUMENT`; `OE_STATUS_INVALID_ARGUMENT`.
///
/// # Safety
/// `queue` must be NULL or a queue that was not freed.
#[no_mangle]
pub unsafe extern "C" fn oe_queue_cancel(queue: *const oe_queue, reason: u32) -> oe_status {
    guard::call(|| {
        // SAFETY: this function's own contract.
        let queue = unsafe { pointer::borrow(queue, "queue")? };
        let reason = match reason {
            1 => CancelReason::FirstFailure,
            2 => CancelReason::Timeout,
            3 => CancelReason::Requested,
            4 => CancelReason::HostGone,
            other => {
                let text = format!("`reason` is {other}, which is no reason to cancel");
                return Err(Failure::argument(text));
            }
        };
        queue.cancel(reason);
        Ok(())
    })
}

/// Changes how many workers may work on a queue at once. Raising the limit may
/// bring workers at once. Lowering it takes nobody away: a worker that is one
/// too many is let go by `OE_STATUS_ENDED` when it next asks for items, and
/// then finds the queue only when there is room for it again.
///
/// # Parameters
/// - `queue`: the queue.
/// - `limit`: how many, 1 to `OE_WORKER_LIMIT`.
///
/// # Returns
/// `OE_STATUS_OK`; `OE_STATUS_NULL_ARGUMENT`; `OE_STATUS_INVALID_ARGUMENT`.
///
/// # Safety
/// `queue` must be NULL or a queue that was not freed.
#[no_mangle]
pub unsafe extern "C" fn oe_queue_set_worker_limit(
    queue: *const oe_queue,
    limit: u32,
) -> oe_status {
    guard::call(|| {
        // SAFETY: this function's own contract.
        let queue = unsafe { pointer::borrow(queue, "queue")? };
        queue.set_worker_limit(worker_limit("limit", limit)?);
        Ok(())
    })
}

/// Says why a queue was cancelled, if it was.
///
/// # Returns
/// `OE_STATUS_OK`, or `OE_STATUS_NULL_ARGUMENT`. `reason` receives an
/// `oe_cancel_reason`.
///
/// # Safety
/// `queue` must be NULL or a queue that was not freed, `reason` NULL or valid
/// for a write.
#[no_mangle]
pub unsafe extern "C" fn oe_queue_get_cancel_reason(
    queue: *const oe_queue,
    reason: *mut u32,
) -> oe_status {
    guard::call(|| {
        // SAFETY: this function's own contract.
        let (queue, reason) = unsafe {
            (
                pointer::borrow(queue, "queue")?,
                OutValue::new(reason, "reason")?,
            )
        };
        let found = match queue.cancelled() {
            None | Some(CancelReason::NotNeeded | CancelReason::ItemTimeout) => {
                oe_cancel_reason::OE_CANCEL_NONE
            }
            Some(CancelReason::FirstFailure) => oe_cancel_reason::OE_CANCEL_FIRST_FAILURE,
            Some(CancelReason::Timeout) => oe_cancel_reason::OE_CANCEL_TIMEOUT,
            Some(CancelReason::Requested) => oe_cancel_reason::OE_CANCEL_REQUESTED,
            Some(CancelReason::NotKept | CancelReason::HostGone) => {
                oe_cancel_reason::OE_CANCEL_HOST_GONE
            }
        };
        reason.set(found as u32);
        Ok(())
    })
}

/// Waits until there is output to take, or room for input if `want_room`.
///
/// After a thread took output it is woken again only by a fair amount, by the
/// last of it, or after a millisecond; so small items do not cost a wake-up
/// each.
///
/// # Parameters
/// - `queue`: the queue.
/// - `want_room`: whether room for input ends the wait too. There is room once
///   half of the input capacity is free.
/// - `limit_milliseconds`: how long to wait at most; 0 only looks,
///   `OE_NO_LIMIT` waits without end.
///
/// # Returns
/// `OE_STATUS_OK` if there is; `OE_STATUS_TIMEOUT`; `OE_STATUS_ENDED` if
/// nothing will ever come again; `OE_STATUS_NULL_ARGUMENT`.
///
/// # Safety
/// `queue` must be NULL or a queue that is not freed during the call.
#[no_mangle]
pub unsafe extern "C" fn oe_queue_wait(
    queue: *const oe_queue,
    want_room: bool,
    limit_milliseconds: u32,
) -> oe_status {
    guard::call(|| {
        // SAFETY: this function's own contract.
        let queue = unsafe { pointer::borrow(queue, "queue")? };
        match queue.wait(want_room, limit(limit_milliseconds)) {
            Wait::Ready => Ok(()),
            Wait::TimedOut => Err(Failure::outcome(oe_status::OE_STATUS_TIMEOUT)),
            Wait::Ended => Err(Failure::outcome(oe_status::OE_STATUS_ENDED)),
        }
    })
}

pub(super) fn limit(milliseconds: u32) -> Duration {
    match milliseconds {
        OE_NO_LIMIT => Duration::MAX,
        limited => Duration::from_millis(limited.into()),
    }
}

/// Takes events, as many as there are and fit, without waiting.
///
/// # Parameters
/// - `queue`: the queue.
/// - `events`, `capacity`: where to, and how many fit.
/// - `count`: receives how many were written; 0 is fine.
///
/// # Returns
/// `OE_STATUS_OK`, or `OE_STATUS_NULL_ARGUMENT`.
///
/// # Safety
/// `queue` must be NULL or a queue that was not freed; `events` must be valid
/// for writes of `capacity` values, `count` NULL or valid for one.
#[no_mangle]
pub unsafe extern "C" fn oe_queue_take(
    queue: *const oe_queue,
    events: *mut oe_event,
    capacity: usize,
    count: *mut usize,
) -> oe_status {
    guard::call(|| {
        // SAFETY: this function's own contract.
        let (queue, mut events, count) = unsafe {
            (
                pointer::borrow(queue, "queue")?,
                OutSlice::new(events, capacity, "events")?,
                OutValue::new(count, "count")?,
            )
        };
        let mut index = 0;
        queue.take(capacity, |event| {
            events.set(index, event.into());
            index += 1;
        });
        count.set(index);
        Ok(())
    })
}

/// Says what a queue did so far.
///
/// # Returns
/// `OE_STATUS_OK`, or `OE_STATUS_NULL_ARGUMENT`.
///
/// # Safety
/// `queue` must be NULL or a queue that was not freed, `counters` NULL or
/// valid for a write.
#[no_mangle]
pub unsafe extern "C" fn oe_queue_get_counters(
    queue: *const oe_queue,
    counters: *mut oe_item_counters,
) -> oe_status {
    guard::call(|| {
        // SAFETY: this function's own contract.
        let (queue, counters) = unsafe {
            (
                pointer::borrow(queue, "queue")?,
                OutValue::new(counters, "counters")?,
            )
        };
        counters.set(queue.counters().into());
        Ok(())
    })
}

impl From<Event> for oe_event {
    fn from(event: Event) -> Self {
        let (kind, outcome, duration) = match event.kind {
            EventKind::Output(kind) => (kind, 0, 0),
            EventKind::Ended { outcome, duration } => (
                OE_EVENT_ENDED,
                oe_outcome::from(outcome) as u16,
                duration.as_nanos().try_into().unwrap_or(u64::MAX),
            ),
        };
        Self {
            item: event.item,
            duration_nanoseconds: duration,
            worker: event.worker,
            kind,
            outcome,
        }
    }
}

impl From<Outcome> for oe_outcome {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Succeeded => Self::OE_OUTCOME_SUCCEEDED,
            Outcome::Failed => Self::OE_OUTCOME_FAILED,
            Outcome::TimedOut => Self::OE_OUTCOME_TIMED_OUT,
            Outcome::Stopped => Self::OE_OUTCOME_STOPPED,
        }
    }
}
