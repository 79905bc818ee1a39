//! OrchestrationEngine: a worker pool that its host pulls from, and batches of
//! program tasks, behind a C ABI.
//!
//! The parts may name each other only downwards:
//! `ffi -> app -> process -> engine`; `tests/it/direction.rs` holds it.

// A model of the queue needs no programs, and tokio has none under loom.
#[cfg(not(loom))]
pub mod app;
pub mod engine;
pub mod ffi;
#[cfg(not(loom))]
pub mod process;
