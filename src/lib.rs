//! OrchestrationEngine: a worker pool that its host pulls from, and batches of
//! program tasks, behind a C ABI; and the command line `orchestrate`.
//!
//! The parts may name each other only downwards:
//! `cli ffi -> app -> { playbook process store report } -> engine`; `tests/it/direction.rs` holds it.

// A model of the queue needs neither programs nor a database, and tokio has none
// under loom.
#[cfg(not(loom))]
pub mod app;
#[cfg(not(loom))]
pub mod cli;
pub mod engine;
pub mod ffi;
pub mod playbook;
#[cfg(not(loom))]
pub mod process;
#[cfg(not(loom))]
pub mod report;
#[cfg(not(loom))]
pub mod store;
