//! The channel on Unix: a socket in the worker's own folder, which only this
//! user may enter.

use std::io;
use std::path::Path;

use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::UnixListener;

pub(super) type Incoming = OwnedReadHalf;
pub(super) type Outgoing = OwnedWriteHalf;

/// Where a worker connects to.
pub(super) struct Door {
    listener: UnixListener,
    name: String,
}

impl Door {
    /// Opens one in this folder.
    pub(super) fn open(folder: &Path) -> io::Result<Self> {
        let path = folder.join("channel");
        let name = path.to_str().ok_or_else(|| {
            io::Error::other(format!("the path {} is not Unicode", path.display()))
        })?;
        Ok(Self {
            listener: UnixListener::bind(&path)?,
            name: name.to_owned(),
        })
    }

    /// What the worker is told.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Waits for the worker.
    pub(super) async fn wait(self) -> io::Result<(Incoming, Outgoing)> {
        let (stream, _) = self.listener.accept().await?;
        Ok(stream.into_split())
    }
}
