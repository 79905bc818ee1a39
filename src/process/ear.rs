//! Who hears what a program writes, as it comes.

use std::fmt;
use std::sync::Arc;

/// Where something was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Source {
    /// To stdout.
    Stdout,
    /// To stderr.
    Stderr,
    /// To one of PowerShell's streams, by its number; 1 is the output.
    Stream(u16),
}

/// Hears what a program writes, piece by piece. A piece may end anywhere, also
/// inside a letter. It is called on the thread that reads, so it must not wait.
#[derive(Clone)]
pub struct Ear(Arc<Hear>);

type Hear = dyn Fn(Source, &[u8]) + Send + Sync;

impl Ear {
    /// One that does this with what it hears.
    pub fn new(hear: impl Fn(Source, &[u8]) + Send + Sync + 'static) -> Self {
        Self(Arc::new(hear))
    }

    /// Something was written.
    pub(super) fn hear(&self, source: Source, bytes: &[u8]) {
        (self.0)(source, bytes);
    }
}

impl fmt::Debug for Ear {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ear")
    }
}
