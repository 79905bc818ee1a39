//! The folder of a worker: its scripts, and on Unix its channel.

use std::collections::hash_map::RandomState;
use std::fs::{self, DirBuilder};
use std::hash::{BuildHasher, Hasher};
use std::io;
use std::path::{Path, PathBuf};

const STEP: &str = include_str!("../../powershell/step.ps1");
const RUN: &str = include_str!("../../powershell/run.ps1");
const WORKER: &str = include_str!("../../powershell/worker.ps1");

/// A number that nobody can guess.
pub(super) fn random() -> u64 {
    // The standard library seeds these from the operating system.
    RandomState::new().build_hasher().finish()
}

/// The folder; it goes when this is dropped.
#[derive(Debug)]
pub(super) struct Files {
    folder: PathBuf,
}

impl Files {
    /// Writes the scripts into a new folder that only this user may enter.
    pub(super) fn write() -> io::Result<Self> {
        // Short: the path of a socket has room for about a hundred bytes.
        let folder = std::env::temp_dir().join(format!("oe-pwsh-{:016x}", random()));
        let mut builder = DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        // Fails if somebody made it before.
        builder.create(&folder)?;
        let files = Self { folder };
        fs::write(files.folder.join("step.ps1"), STEP)?;
        fs::write(files.folder.join("run.ps1"), RUN)?;
        fs::write(files.worker(), WORKER)?;
        Ok(files)
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The script that a worker runs.
    pub(super) fn worker(&self) -> PathBuf {
        self.folder.join("worker.ps1")
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}
