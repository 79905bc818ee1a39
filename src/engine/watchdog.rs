//! What tests with threads share: a guard against hanging, and waiting for a
//! condition that nobody announces.

use std::panic::resume_unwind;
use std::sync::mpsc::{channel, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

const LIMIT: Duration = Duration::from_secs(60);

/// Runs a test that might hang; it fails after a minute instead.
#[track_caller]
pub(crate) fn guarded<T: Send + 'static>(body: impl FnOnce() -> T + Send + 'static) -> T {
    let (ended, end) = channel();
    let test = thread::spawn(move || {
        let result = body();
        let _ = ended.send(());
        result
    });
    if end.recv_timeout(LIMIT) == Err(RecvTimeoutError::Timeout) {
        panic!("it hangs: no end after {LIMIT:?}");
    }
    test.join().unwrap_or_else(|panic| resume_unwind(panic))
}

/// Waits for a condition that comes about by itself, soon.
#[track_caller]
pub(crate) fn until(what: &str, condition: impl Fn() -> bool) {
    let end = Instant::now() + LIMIT;
    while !condition() {
        assert!(Instant::now() < end, "not after {LIMIT:?}: {what}");
        thread::yield_now();
    }
}
