//! Pools.

use std::ffi::c_void;
use std::time::Duration;

use crate::engine::event::ItemCounters;
use crate::engine::pool::{Control, OpenError, Pool, PoolCounters, PoolOptions};
use crate::engine::ports::Host;
use crate::engine::worker::Worker;
use crate::engine::WORKER_LIMIT;

use super::error::Failure;
use super::pointer::{self, Handle, OutSlice, OutValue};
use super::{guard, oe_control, oe_status, oe_worker};

/// How many workers all pools of a process may have at work together.
pub const OE_WORKER_LIMIT: u32 = 1024;
const _: () = assert!(OE_WORKER_LIMIT == WORKER_LIMIT);

/// A pool of threads that run a host's items. Owned by the caller until
/// `oe_pool_free`; may be used from any thread.
pub struct oe_pool {
    _private: [u8; 0],
}

impl Handle for oe_pool {
    type Inner = Pool;
}

/// What a pool calls. Each function is called on a thread that the pool owns;
/// none of them may unwind (throw) into the engine.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct oe_pool_host {
    /// Passed to each function; the engine never looks at it. It must allow
    /// use from several threads at once.
    pub context: *mut c_void,
    /// Called once on each worker thread. Works until `oe_worker_attach` says
    /// `OE_STATUS_ENDED` or `OE_STATUS_ABANDONED`, then returns. `worker` is
    /// valid until then, on that thread only. Must not be NULL.
    pub worker_main: Option<unsafe extern "C" fn(context: *mut c_void, worker: *const oe_worker)>,
    /// Called once on the control thread, which the first limit or cancel
    /// starts. Carries out stops until `oe_control_next` says
    /// `OE_STATUS_ENDED`, then returns. `control` is valid until then, on that
    /// thread only. Must not be NULL.
    pub control_main:
        Option<unsafe extern "C" fn(context: *mut c_void, control: *const oe_control)>,
    /// Called exactly once, when the pool is freed and its last thread has
    /// ended, on whichever thread that was: the context may be released. May
    /// be NULL.
    pub release: Option<unsafe extern "C" fn(context: *mut c_void)>,
}

/// How a pool behaves. All zero means the defaults.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct oe_pool_options {
    /// How long a worker without work is kept, in milliseconds; 0 means 60,000.
    pub idle_timeout_milliseconds: u32,
    /// How many threads may be on their way at once; 0 means the number of
    /// processors.
    pub start_limit: u32,
}

/// What a queue, or all queues of a pool, did so far; numbers of items.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct oe_item_counters {
    /// Accepted, or started by a worker itself.
    pub submitted: u64,
    /// Waiting for a worker now.
    pub queued: u64,
    /// Running now.
    pub running: u64,
    /// Ended as succeeded.
    pub succeeded: u64,
    /// Ended as failed.
    pub failed: u64,
    /// Ended as timed out.
    pub timed_out: u64,
    /// Ended as stopped, or never started.
    pub stopped: u64,
    /// Reports of abandoned workers that came too late and were dropped.
    pub late: u64,
    /// How often a worker had to wait for an item.
    pub waits: u64,
}

/// What a pool is doing and did.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct oe_pool_counters {
    /// Threads that live and were not given up.
    pub workers: u64,
    /// Of these, the ones that wait for a queue.
    pub idle: u64,
    /// Threads that were ever started.
    pub threads_started: u64,
    /// Threads that were given up.
    pub abandoned: u64,
    /// Queues in which something is still to be done.
    pub open_queues: u64,
    /// The items of all queues, those of the past included.
    pub items: oe_item_counters,
}

/// One worker of a pool.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct oe_worker_info {
    /// How long it has lived, in milliseconds.
    pub age_milliseconds: u64,
    /// Its present attachment; 0 while it waits or starts.
    pub attachment: u64,
    /// Its number, unique in the process, from 1.
    pub id: u32,
}

struct CHost(oe_pool_host);

// SAFETY: `oe_pool_host` asks for functions and a context that may be used
// from several threads at once.
unsafe impl Send for CHost {}
// SAFETY: as above.
unsafe impl Sync for CHost {}

impl Host for CHost {
    fn worker_main(&self, worker: &Worker) {
        if let Some(worker_main) = self.0.worker_main {
            // SAFETY: the host's function with the host's context, as
            // `oe_pool_host` says; the worker outlives the call.
            unsafe { worker_main(self.0.context, pointer::lend(worker)) };
        }
    }

    fn control_main(&self, control: &Control) {
        if let Some(control_main) = self.0.control_main {
            // SAFETY: as for `worker_main`.
            unsafe { control_main(self.0.context, pointer::lend(control)) };
        }
    }
}

impl Drop for CHost {
    fn drop(&mut self) {
        if let Some(release) = self.0.release {
            // SAFETY: the host's function with the host's context; a drop
            // comes once, after the last use.
            unsafe { release(self.0.context) };
        }
    }
}

/// Makes a pool. It has no thread until there is work.
///
/// # Parameters
/// - `host`: what the pool calls; copied.
/// - `options`: how it behaves; copied. NULL means the defaults.
/// - `pool`: receives the pool.
///
/// # Returns
/// `OE_STATUS_OK`, or `OE_STATUS_NULL_ARGUMENT` if `host`, one of its two main
/// functions or `pool` is NULL; then `release` is not called.
///
/// # Safety
/// `host` and `options` must be NULL or valid for a read, `pool` NULL or valid
/// for a write, and the functions of `host` as `oe_pool_host` says.
#[no_mangle]
pub unsafe extern "C" fn oe_pool_new(
    host: *const oe_pool_host,
    options: *const oe_pool_options,
    pool: *mut *mut oe_pool,
) -> oe_status {
    guard::call(|| {
        // SAFETY: this function's own contract.
        let (host, options, pool) = unsafe {
            (
                pointer::read(host, "host")?,
                pointer::read(options, "options").ok(),
                OutValue::new(pool, "pool")?,
            )
        };
        if host.worker_main.is_none() || host.control_main.is_none() {
            return Err(Failure::new(
                oe_status::OE_STATUS_NULL_ARGUMENT,
                "`worker_main` and `control_main` of `host` must not be NULL",
            ));
        }
        let options = options.map_or_else(PoolOptions::default, pool_options);
        pool.set(pointer::give(Pool::new(Box::new(CHost(host)), options)));
        Ok(())
    })
}

fn pool_options(given: oe_pool_options) -> PoolOptions {
    let mut options = PoolOptions::default();
    if given.idle_timeout_milliseconds > 0 {
        options.idle_timeout = Duration::from_millis(given.idle_timeout_milliseconds.into());
    }
    if given.start_limit > 0 {
        options.start_limit = given.start_limit as usize;
    }
    options
}

/// Closes and frees a pool. Its queues are cancelled, its idle threads end, the
/// others end when their work does; nobody waits for them. Calling with NULL
/// is fine. Must not be called twice with the same value.
///
/// # Safety
/// `pool` must be NULL or a pool that was not freed and that no other thread
/// uses any more. Its queues are freed by themselves, before or after.
#[no_mangle]
pub unsafe extern "C" fn oe_pool_free(pool: *mut oe_pool) {
    guard::value((), || {
        // SAFETY: this function's own contract.
        unsafe { pointer::free(pool) };
    });
}

/// Says what a pool is doing and did.
///
/// # Returns
/// `OE_STATUS_OK`, or `OE_STATUS_NULL_ARGUMENT`.
///
/// # Safety
/// `pool` must be NULL or a pool that was not freed, `counters` NULL or valid
/// for a write.
#[no_mangle]
pub unsafe extern "C" fn oe_pool_get_counters(
    pool: *const oe_pool,
    counters: *mut oe_pool_counters,
) -> oe_status {
    guard::call(|| {
        // SAFETY: this function's own contract.
        let (pool, counters) = unsafe {
            (
                pointer::borrow(pool, "pool")?,
                OutValue::new(counters, "counters")?,
            )
        };
        counters.set(pool.counters().into());
        Ok(())
    })
}

/// Lists the workers of a pool that live and were not given up, by number.
///
/// # Parameters
/// - `workers`, `capacity`: where to, and how many fit. NULL with 0 only asks
///   for the number.
/// - `count`: receives how many there are, of which the first `capacity` are
///   written.
///
/// # Returns
/// `OE_STATUS_OK`, or `OE_STATUS_NULL_ARGUMENT`.
///
/// # Safety
/// `pool` must be NULL or a pool that was not freed; `workers` must be valid
/// for writes of `capacity` values, `count` for one.
#[no_mangle]
pub unsafe extern "C" fn oe_pool_get_workers(
    pool: *const oe_pool,
    workers: *mut oe_worker_info,
    capacity: usize,
    count: *mut usize,
) -> oe_status {
    guard::call(|| {
        // SAFETY: this function's own contract.
        let (pool, mut workers, count) = unsafe {
            (
                pointer::borrow(pool, "pool")?,
                OutSlice::new(workers, capacity, "workers")?,
                OutValue::new(count, "count")?,
            )
        };
        let found = pool.workers();
        for (index, worker) in found.iter().take(capacity).enumerate() {
            let info = oe_worker_info {
                age_milliseconds: worker.age.as_millis().try_into().unwrap_or(u64::MAX),
                attachment: worker.attachment.unwrap_or(0),
                id: worker.id,
            };
            workers.set(index, info);
        }
        count.set(found.len());
        Ok(())
    })
}

/// Lets every worker of a pool go that has nothing to do now.
///
/// # Returns
/// `OE_STATUS_OK`, or `OE_STATUS_NULL_ARGUMENT`. The threads end soon after.
///
/// # Safety
/// `pool` must be NULL or a pool that was not freed.
#[no_mangle]
pub unsafe extern "C" fn oe_pool_trim(pool: *const oe_pool) -> oe_status {
    guard::call(|| {
        // SAFETY: this function's own contract.
        unsafe { pointer::borrow(pool, "pool")? }.trim();
        Ok(())
    })
}

impl From<OpenError> for Failure {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::Closed => Self::new(oe_status::OE_STATUS_CLOSED, "the pool is closed"),
            OpenError::WorkerLimit => Self::new(
                oe_status::OE_STATUS_WORKER_LIMIT,
                format!(
                    "all {WORKER_LIMIT} workers that one process may have are at work; \
                     end other calls or nest fewer of them"
                ),
            ),
            OpenError::System(error) => Self::new(
                oe_status::OE_STATUS_SYSTEM,
                format!("the operating system gave no thread: {error}"),
            ),
        }
    }
}

impl From<PoolCounters> for oe_pool_counters {
    fn from(counters: PoolCounters) -> Self {
        Self {
            workers: counters.workers,
            idle: counters.idle,
            threads_started: counters.threads_started,
            abandoned: counters.abandoned,
            open_queues: counters.open_queues,
            items: counters.items.into(),
        }
    }
}

impl From<ItemCounters> for oe_item_counters {
    fn from(counters: ItemCounters) -> Self {
        Self {
            submitted: counters.submitted,
            queued: counters.queued,
            running: counters.running,
            succeeded: counters.succeeded,
            failed: counters.failed,
            timed_out: counters.timed_out,
            stopped: counters.stopped,
            late: counters.late,
            waits: counters.waits,
        }
    }
}
