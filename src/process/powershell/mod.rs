//! Warm `pwsh` processes that carry out orders, one after another.
//!
//! [`Workers::run`] takes one that is at rest, or starts one, hands it the order
//! and waits for the answer; then the worker rests until the next order. An
//! order and its answer are JSON, which only the two scripts in `src/powershell`
//! and whoever gives the order understand. `worker.ps1` says how they travel.
//!
//! What ends how:
//!
//! - *A step that was stopped* is asked to end through the channel, as Ctrl+C
//!   would, and has the grace; then its worker is killed with everything that it
//!   started. That worker carries out nothing more.
//! - *A worker that dies*, or says what no worker says, fails its step. What is
//!   left of its tree is killed. The next order gets a new one. If it had not
//!   begun with the order, another gets that.
//! - *A worker that has carried out many orders* ends by itself, and so do all
//!   when [`Workers`] is dropped. What earlier steps left running on purpose is
//!   then left alone, as with any program.
//! - *The engine dies*: its end of the channel closes, and the worker ends, with
//!   what its step has started.
//!
//! A process that a step leaves running still has the worker's output streams:
//! what it prints later counts to the step that runs then.

mod files;
mod frames;
mod modules;
mod place;
mod printed;
mod worker;
mod workers;

#[cfg_attr(unix, path = "channel_unix.rs")]
#[cfg_attr(windows, path = "channel_windows.rs")]
mod channel;

pub use modules::ModuleFolders;
pub use place::{find, NotFound};
pub use workers::{Ending, Order, Printed, Workers};

#[cfg(all(test, unix))]
mod tests;
