//! What a worker prints, cut where a step ends.

use std::future::pending;

use tokio::io::{AsyncRead, AsyncReadExt};

use crate::engine::batch::CapturedText;
use crate::process::capture::Kept;
use crate::process::ear::{Ear, Source};

/// How much is read at once.
const CHUNK_BYTES: usize = 16 * 1024;

/// An output stream of a worker.
#[derive(Debug)]
pub(super) struct PrintedStream<R> {
    /// Gone once the stream came to its end.
    pipe: Option<R>,
    chunk: Vec<u8>,
    step: Option<Step>,
}

/// What a step prints.
#[derive(Debug)]
struct Step {
    kept: Kept,
    /// Who hears it, and as what.
    ear: Option<(Source, Ear)>,
    /// What comes behind it.
    mark: Vec<u8>,
    /// What may be the begin of the mark.
    held: Vec<u8>,
    is_over: bool,
}

impl<R: AsyncRead + Unpin> PrintedStream<R> {
    pub(super) fn new(pipe: Option<R>) -> Self {
        Self {
            pipe,
            chunk: vec![0; CHUNK_BYTES],
            step: None,
        }
    }

    /// What comes from now on is of a step; `limit` bytes of it are kept.
    pub(super) fn begin(&mut self, mark: &str, limit: usize, ear: Option<(Source, Ear)>) {
        self.step = Some(Step {
            kept: Kept::new(limit),
            ear,
            mark: mark.as_bytes().to_vec(),
            held: Vec::new(),
            is_over: false,
        });
    }

    /// Whether all has come that the step printed.
    pub(super) fn is_over(&self) -> bool {
        self.pipe.is_none() || self.step.as_ref().is_none_or(|step| step.is_over)
    }

    /// Whether the mark of the step has come.
    pub(super) fn has_mark(&self) -> bool {
        self.step.as_ref().is_some_and(|step| step.is_over)
    }

    /// Waits for something, without end once the step is over. Nothing is lost
    /// if it is given up.
    pub(super) async fn advance(&mut self) {
        let is_over = self.is_over();
        let (Some(pipe), Some(step), false) = (&mut self.pipe, &mut self.step, is_over) else {
            return pending().await;
        };
        match pipe.read(&mut self.chunk).await {
            Ok(0) | Err(_) => self.pipe = None,
            Ok(length) => step.push(&self.chunk[..length]),
        }
    }

    /// What the step printed.
    pub(super) fn finish(&mut self) -> CapturedText {
        self.step.take().map(Step::finish).unwrap_or_default()
    }
}

impl Step {
    fn push(&mut self, bytes: &[u8]) {
        self.held.extend_from_slice(bytes);
        let place = place_of(&self.held, &self.mark);
        self.is_over = place.is_some();
        let end = place.unwrap_or_else(|| sure_of(&self.held, &self.mark));
        self.kept.push(&self.held[..end]);
        if let Some((source, ear)) = self.ear.as_ref().filter(|_| end > 0) {
            ear.hear(*source, &self.held[..end]);
        }
        self.held.drain(..end);
    }

    fn finish(mut self) -> CapturedText {
        if !self.is_over {
            self.kept.push(&self.held);
        }
        self.kept.finish()
    }
}

/// Where the mark is.
fn place_of(bytes: &[u8], mark: &[u8]) -> Option<usize> {
    let (&first, _) = mark.split_first()?;
    let mut from = 0;
    while let Some(found) = bytes[from..].iter().position(|&byte| byte == first) {
        if bytes[from + found..].starts_with(mark) {
            return Some(from + found);
        }
        from += found + 1;
    }
    None
}

/// How many bytes are surely before the mark, which is not there as a whole.
fn sure_of(bytes: &[u8], mark: &[u8]) -> usize {
    let longest = mark.len().saturating_sub(1).min(bytes.len());
    let begins = |length: &usize| bytes.ends_with(&mark[..*length]);
    bytes.len() - (1..=longest).rev().find(begins).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn printed(pieces: &[&str], mark: &str) -> (String, bool) {
        let (mut far, near) = tokio::io::duplex(1024);
        let mut stream = PrintedStream::new(Some(near));
        stream.begin(mark, 1000, None);
        for piece in pieces {
            tokio::io::AsyncWriteExt::write_all(&mut far, piece.as_bytes())
                .await
                .unwrap();
            stream.advance().await;
            if stream.is_over() {
                break;
            }
        }
        (stream.finish().text, stream.is_over())
    }

    #[tokio::test]
    async fn a_step_ends_at_its_mark() {
        for pieces in [
            &["ab\x1e7"][..],
            &["ab", "\x1e7"],
            &["ab\x1e", "7"],
            &["a", "b\x1e7 later"],
        ] {
            let (text, is_over) = printed(pieces, "\x1e7").await;
            assert_eq!((text.as_str(), is_over), ("ab", true), "{pieces:?}");
        }
    }

    #[tokio::test]
    async fn what_only_looks_like_the_mark_is_printed() {
        let (text, _) = printed(&["\x1e\x1e1\x1e", "1", "2\x1e13"], "\x1e13").await;
        assert_eq!(text, "\x1e\x1e1\x1e12");
    }

    #[tokio::test]
    async fn without_a_mark_all_is_printed() {
        let mut stream = PrintedStream::new(Some(&b"all\x1e"[..]));
        stream.begin("\x1e7", 1000, None);
        while !stream.is_over() {
            stream.advance().await;
        }
        assert_eq!(stream.finish().text, "all\x1e");
    }
}
