//! Programs: started without a shell, watched, captured and, if need be, ended
//! with everything that they started.
//!
//! Every program leads a process group of its own, so that it can be ended as
//! a *tree*: the program and what it started, as far as that did not leave the
//! group. [`program::run`] is the one way to run one; [`Trees`] knows those
//! that live, so that all can be killed at once, from any thread, without
//! leaving an orphan. What differs by operating system is in `unix.rs` and
//! `windows.rs`, which have the same six functions.
//!
//! Nothing in here is unsafe, installs a signal handler of its own (tokio's
//! SIGCHLD handler, which calls the one before it, is used where the kernel has
//! no pidfd) or collects a process that it did not start.

mod capture;
mod decoder;
mod ear;
pub mod environment;
pub mod powershell;
pub mod program;
mod spill;
mod stop;
mod tree;

#[cfg_attr(unix, path = "unix.rs")]
#[cfg_attr(windows, path = "windows.rs")]
mod platform;

pub use ear::{Ear, Source};
pub use spill::{Spill, Spills};
pub use stop::{stop_channel, Stop, StopSender, StopSignal};
pub use tree::Trees;

#[cfg(all(test, unix))]
mod tests;
