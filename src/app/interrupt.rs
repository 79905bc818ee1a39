//! Being asked to end, by Ctrl+C or the system.

use std::io;

use super::runtime;

/// Calls `act` each time that this process is asked to end, with how often it was
/// asked before. From then on it does not end by itself.
pub fn when_interrupted(mut act: impl FnMut(u32) + Send + 'static) -> io::Result<()> {
    let runtime = runtime::shared()?;
    let _inside = runtime.enter();
    let mut signals = Signals::new()?;
    runtime.spawn(async move {
        for asked in 0.. {
            signals.next().await;
            act(asked);
        }
    });
    Ok(())
}

#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn new() -> io::Result<Self> {
        use tokio::signal::unix::{signal, SignalKind};
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn new() -> io::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
