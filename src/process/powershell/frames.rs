//! What a worker says, cut out of the bytes that come.
//!
//! The bytes are those of a process that runs anybody's scripts, so nothing is
//! taken on trust: not the length, not the form, not the order.

use std::fmt;
use std::io;

use serde::Deserialize;
use serde_json::value::RawValue;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// The most bytes of a frame that a worker may send. Its answers are bounded in
/// `worker.ps1`, far below.
const MOST_BYTES: usize = 64 << 20;

/// The most bytes of a frame that it takes; also in `worker.ps1`.
pub(super) const MOST_BYTES_SENT: usize = 32 << 20;

/// How much room there is at least for what is read at once.
const CHUNK_BYTES: usize = 16 * 1024;

/// What a worker says.
#[derive(Debug)]
pub(super) enum Said {
    /// It waits for orders.
    Ready,
    /// It begins with the order of this number.
    Began(u64),
    /// The step of the order of this number wrote a text to the stream of this
    /// number.
    Wrote(u64, u16, String),
    /// It has carried out the order of this number.
    Done(u64, Box<RawValue>),
}

/// Why nothing more can be read.
#[derive(Debug)]
pub(super) enum FrameError {
    /// The worker is gone.
    Closed,
    /// It said what no worker says.
    Unknown(String),
}

impl fmt::Display for FrameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Closed => write!(f, "the channel was closed"),
            Self::Unknown(what) => write!(f, "it said what no worker says: {what}"),
        }
    }
}

impl From<io::Error> for FrameError {
    /// A channel that cannot be read is as good as closed.
    fn from(_: io::Error) -> Self {
        Self::Closed
    }
}

/// Reads frames from a worker.
#[derive(Debug)]
pub(super) struct FrameReader<R> {
    from: R,
    bytes: Vec<u8>,
}

impl<R: AsyncRead + Unpin> FrameReader<R> {
    pub(super) fn new(from: R) -> Self {
        Self {
            from,
            bytes: Vec::new(),
        }
    }

    /// The next frame. Nothing is lost if it is given up.
    pub(super) async fn next(&mut self) -> Result<Said, FrameError> {
        loop {
            if let Some(said) = self.take()? {
                return Ok(said);
            }
            self.bytes.reserve(CHUNK_BYTES);
            if self.from.read_buf(&mut self.bytes).await? == 0 {
                return Err(FrameError::Closed);
            }
        }
    }

    fn take(&mut self) -> Result<Option<Said>, FrameError> {
        let Some((head, rest)) = self.bytes.split_first_chunk() else {
            return Ok(None);
        };
        let length = u32::from_le_bytes(*head) as usize;
        if length > MOST_BYTES {
            let what = format!("a frame of {length} bytes");
            return Err(FrameError::Unknown(what));
        }
        let Some(body) = rest.get(..length) else {
            return Ok(None);
        };
        let said = read(body)?;
        self.bytes.drain(..head.len() + length);
        Ok(Some(said))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Frame {
    kind: String,
    /// Of PowerShell, for whoever looks.
    #[serde(rename = "version")]
    _version: Option<String>,
    number: Option<u64>,
    answer: Option<Box<RawValue>>,
    stream: Option<u16>,
    text: Option<String>,
}

fn read(body: &[u8]) -> Result<Said, FrameError> {
    let frame: Frame =
        serde_json::from_slice(body).map_err(|error| FrameError::Unknown(error.to_string()))?;
    let wrote = frame.stream.zip(frame.text);
    match (frame.kind.as_str(), frame.number, frame.answer, wrote) {
        ("ready", None, None, None) => Ok(Said::Ready),
        ("began", Some(number), None, None) => Ok(Said::Began(number)),
        ("wrote", Some(number), None, Some((stream, text))) => {
            Ok(Said::Wrote(number, stream, text))
        }
        ("done", Some(number), Some(answer), None) => Ok(Said::Done(number, answer)),
        (kind, ..) => Err(FrameError::Unknown(format!("a frame {kind:?}"))),
    }
}

/// Sends a frame.
pub(super) async fn send(to: &mut (impl AsyncWrite + Unpin), body: &str) -> io::Result<()> {
    let length = u32::try_from(body.len()).map_err(io::Error::other)?;
    to.write_all(&length.to_le_bytes()).await?;
    to.write_all(body.as_bytes()).await?;
    to.flush().await
}

#[cfg(test)]
#[path = "frames_tests.rs"]
mod tests;
