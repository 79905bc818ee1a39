//! The integration tests, as one binary: what no single module can show.

mod direction;
mod exports;
mod header;
#[cfg(unix)]
mod orchestrate;
mod playbook_corpus;
mod sources;
mod store_crash;
mod worker_limit;
