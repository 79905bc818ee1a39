//! The core: a pool of workers and the queues that feed it.
//!
//! Nothing in here does I/O, holds a raw pointer or knows about a particular
//! host. `queue_state` decides, `queue` adds the waiting, `pool` adds the
//! threads, and `ports` says what a host has to offer. `graph` and `schedule` do
//! for tasks that wait for each other what `queue_state` does for items.

pub mod batch;
pub mod cancel;
pub mod clock;
pub mod event;
pub mod graph;
mod lease;
pub mod pool;
#[cfg(all(test, not(loom)))]
pub(crate) mod pool_test_host;
pub mod ports;
pub mod queue;
mod queue_state;
pub mod retry;
pub mod schedule;
pub(crate) mod suggest;
mod sync;
pub mod value;
#[cfg(all(test, not(loom)))]
pub(crate) mod watchdog;
pub mod worker;

pub use lease::WORKER_LIMIT;
