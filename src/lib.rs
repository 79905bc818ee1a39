//! OrchestrationEngine: a worker pool that its host pulls from, and batches of
//! program tasks, behind a C ABI.
//!
//! The parts may name each other only downwards:
//! `ffi -> app -> process -> engine`; `tests/it/direction.rs` holds it.

pub mod engine;
pub mod ffi;
