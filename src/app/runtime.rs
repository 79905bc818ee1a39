//! The one tokio runtime of the process.

use std::io;
use std::sync::{Mutex, OnceLock, PoisonError};

use tokio::runtime::{Builder, Runtime};

/// Programs are waited for, not computed with: two threads are enough for
/// thousands of them.
const THREADS: usize = 2;

/// The runtime, made by whoever asks first. It is never ended: the library is
/// never unloaded, and the end of the process ends its threads.
pub(super) fn shared() -> io::Result<&'static Runtime> {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    static MAKING: Mutex<()> = Mutex::new(());

    let _making = MAKING.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(runtime) = RUNTIME.get() {
        return Ok(runtime);
    }
    // Not kept if it fails: threads may be there the next time.
    let runtime = Builder::new_multi_thread()
        .worker_threads(THREADS)
        .thread_name("oe-runtime")
        .enable_all()
        .build()?;
    Ok(RUNTIME.get_or_init(|| runtime))
}
