//! The locks that the queue is made of: the standard library's, or loom's when
//! a model of the queue runs (`--cfg loom`).

#[cfg(not(loom))]
pub(crate) use std::sync::{Condvar, Mutex, MutexGuard};

#[cfg(loom)]
pub(crate) use loom::sync::{Condvar, Mutex, MutexGuard};

use std::sync::PoisonError;
use std::time::Duration;

/// Locks, also after a panic of another holder: every state in here is valid
/// between any two statements, so a poisoned lock says nothing about it.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Waits until notified, or for `limit` at most; `None` waits without end.
#[cfg(not(loom))]
pub(crate) fn wait<'a, T>(
    condition: &Condvar,
    _: &'a Mutex<T>,
    guard: MutexGuard<'a, T>,
    limit: Option<Duration>,
) -> MutexGuard<'a, T> {
    match limit {
        None => condition
            .wait(guard)
            .unwrap_or_else(PoisonError::into_inner),
        Some(limit) => {
            condition
                .wait_timeout(guard, limit)
                .unwrap_or_else(PoisonError::into_inner)
                .0
        }
    }
}

/// Loom has no time. A wait with a limit ends at once there, by its limit, so
/// a model sees what goes on in between, and nothing may rely on being woken.
#[cfg(loom)]
pub(crate) fn wait<'a, T>(
    condition: &Condvar,
    mutex: &'a Mutex<T>,
    guard: MutexGuard<'a, T>,
    limit: Option<Duration>,
) -> MutexGuard<'a, T> {
    if limit.is_none() {
        return condition
            .wait(guard)
            .unwrap_or_else(PoisonError::into_inner);
    }
    drop(guard);
    loom::thread::yield_now();
    lock(mutex)
}
