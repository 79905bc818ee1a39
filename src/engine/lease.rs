//! The process-wide cap on workers.

use std::sync::atomic::{AtomicU32, Ordering};

/// How many workers all pools of one process may have at work together. Every
/// open queue is sure of one of them, so a nested call can never starve.
pub const WORKER_LIMIT: u32 = 1024;

static TAKEN: AtomicU32 = AtomicU32::new(0);

/// The right to one worker; dropping it gives the right back.
#[derive(Debug)]
pub(crate) struct Lease(());

impl Lease {
    /// One more worker, or `None` at the limit.
    pub(crate) fn take() -> Option<Self> {
        TAKEN
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |taken| {
                (taken < WORKER_LIMIT).then_some(taken + 1)
            })
            .ok()
            .map(|_| Self(()))
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        TAKEN.fetch_sub(1, Ordering::Relaxed);
    }
}
