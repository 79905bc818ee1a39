//! The channel on Windows: a named pipe with one client, which must be of this
//! machine.

use std::io;
use std::path::Path;

use tokio::io::{split, ReadHalf, WriteHalf};
use tokio::net::windows::named_pipe::{NamedPipeServer, ServerOptions};

pub(super) type Incoming = ReadHalf<NamedPipeServer>;
pub(super) type Outgoing = WriteHalf<NamedPipeServer>;

/// Where a worker connects to.
pub(super) struct Door {
    server: NamedPipeServer,
    name: String,
}

impl Door {
    /// Opens one that is named as this folder, which has a name of its own.
    pub(super) fn open(folder: &Path) -> io::Result<Self> {
        let name = folder.file_name().unwrap_or_default().to_string_lossy();
        let server = ServerOptions::new()
            .first_pipe_instance(true)
            .max_instances(1)
            .create(format!(r"\\.\pipe\{name}"))?;
        Ok(Self {
            server,
            name: name.into_owned(),
        })
    }

    /// What the worker is told.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Waits for the worker.
    pub(super) async fn wait(self) -> io::Result<(Incoming, Outgoing)> {
        self.server.connect().await?;
        Ok(split(self.server))
    }
}
