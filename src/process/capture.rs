//! The output of a program: read as it comes, kept within a bound.

use std::collections::VecDeque;
use std::future::pending;

use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::{Child, ChildStderr, ChildStdout};
use tokio::select;

use crate::engine::batch::{CapturedText, ProgramSpec};

use super::decoder::Decoder;
use super::ear::{Ear, Source};
use super::spill::{Spill, Spills};

/// How much is read at once: two of these are held for each running program.
const CHUNK_BYTES: usize = 16 * 1024;

/// Both output streams of a program.
#[derive(Debug)]
pub(super) struct Output {
    stdout: Stream<ChildStdout>,
    stderr: Stream<ChildStderr>,
    ear: Option<Ear>,
}

impl Output {
    /// Takes the streams of a program, in its encoding; of each, as much is kept as its
    /// specification says.
    pub(super) fn of(child: &mut Child, spec: &ProgramSpec) -> Self {
        Self {
            stdout: Stream::new(child.stdout.take(), spec),
            stderr: Stream::new(child.stderr.take(), spec),
            ear: None,
        }
    }

    /// What comes from now on is heard as it comes.
    pub(super) fn listen(&mut self, ear: Option<Ear>) {
        self.ear = ear;
    }

    /// What is more than is kept goes there, with what came before.
    pub(super) fn spill(&mut self, spills: Spills) {
        self.stdout.kept.spill = Some(spills.stdout);
        self.stderr.kept.spill = Some(spills.stderr);
    }

    /// Whether both streams came to their end.
    pub(super) fn is_closed(&self) -> bool {
        self.stdout.pipe.is_none() && self.stderr.pipe.is_none()
    }

    /// Waits for output, or for the end of a stream, and takes it in; waits
    /// without end once both are closed. Nothing is lost if it is given up.
    pub(super) async fn advance(&mut self) {
        let (source, length) = select! {
            length = self.stdout.advance() => (Source::Stdout, length),
            length = self.stderr.advance() => (Source::Stderr, length),
        };
        if let Some(ear) = self.ear.as_ref().filter(|_| length > 0) {
            let heard = match source {
                Source::Stderr => self.stderr.taken(length),
                _ => self.stdout.taken(length),
            };
            ear.hear(source, heard);
        }
    }

    /// What was kept of stdout and stderr.
    pub(super) fn finish(self) -> (CapturedText, CapturedText) {
        (self.stdout.finish(), self.stderr.finish())
    }
}

#[derive(Debug)]
struct Stream<R> {
    /// Gone once the stream came to its end.
    pipe: Option<R>,
    chunk: Vec<u8>,
    /// Makes UTF-8 of what is read, if it is something else; what it made last.
    decoder: Option<(Decoder, String)>,
    kept: Kept,
}

impl<R: AsyncRead + Unpin> Stream<R> {
    fn new(pipe: Option<R>, spec: &ProgramSpec) -> Self {
        let decoder = Decoder::of(spec.encoding);
        Self {
            pipe,
            chunk: vec![0; CHUNK_BYTES],
            decoder: decoder.map(|decoder| (decoder, String::new())),
            kept: Kept::new(spec.max_output_bytes),
        }
    }

    /// What was taken in last, so many bytes.
    fn taken(&self, length: usize) -> &[u8] {
        match &self.decoder {
            Some((_, text)) => text.as_bytes(),
            None => &self.chunk[..length],
        }
    }

    /// How many bytes were taken in; 0 at the end, and for a part of a letter.
    async fn advance(&mut self) -> usize {
        let Some(pipe) = &mut self.pipe else {
            return pending().await;
        };
        // A pipe that cannot be read has nothing more to give either.
        let length = pipe.read(&mut self.chunk).await.unwrap_or_default();
        if length == 0 {
            self.pipe = None;
        }
        let Some((decoder, text)) = &mut self.decoder else {
            self.kept.push(&self.chunk[..length]);
            return length;
        };
        *text = match length {
            0 => decoder.finish(),
            _ => decoder.push(&self.chunk[..length]),
        };
        self.kept.push(text.as_bytes());
        text.len()
    }

    fn finish(self) -> CapturedText {
        let is_lossy = self.decoder.is_some_and(|(decoder, _)| decoder.is_lossy());
        let mut captured = self.kept.finish();
        captured.lossy |= is_lossy;
        captured
    }
}

/// The first and the last half of a stream of bytes, as far as the limit goes.
pub(super) struct Kept {
    head_limit: usize,
    tail_limit: usize,
    head: Vec<u8>,
    tail: VecDeque<u8>,
    total: u64,
    /// Where all of it goes once it is more than the limit, if anywhere.
    spill: Option<Box<dyn Spill>>,
    has_spilled: bool,
}

impl std::fmt::Debug for Kept {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Kept").field("total", &self.total).finish()
    }
}

impl Kept {
    pub(super) fn new(limit: usize) -> Self {
        Self {
            head_limit: limit - limit / 2,
            tail_limit: limit / 2,
            head: Vec::new(),
            tail: VecDeque::new(),
            total: 0,
            spill: None,
            has_spilled: false,
        }
    }

    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.spill_over(bytes);
        self.total += bytes.len() as u64;
        let room = (self.head_limit - self.head.len()).min(bytes.len());
        let (head, rest) = bytes.split_at(room);
        self.head.extend_from_slice(head);
        let rest = &rest[rest.len().saturating_sub(self.tail_limit)..];
        let too_many = (self.tail.len() + rest.len()).saturating_sub(self.tail_limit);
        self.tail.drain(..too_many);
        self.tail.extend(rest);
    }

    /// Hands on what comes, once it is more than is kept; all that came is there then.
    fn spill_over(&mut self, bytes: &[u8]) {
        let limit = (self.head_limit + self.tail_limit) as u64;
        let Some(spill) = &mut self.spill else {
            return;
        };
        if self.total + bytes.len() as u64 <= limit {
            return;
        }
        if !std::mem::replace(&mut self.has_spilled, true) {
            spill.write(&self.head);
            let (front, back) = self.tail.as_slices();
            spill.write(front);
            spill.write(back);
        }
        spill.write(bytes);
    }

    pub(super) fn finish(mut self) -> CapturedText {
        let spill = self.spill.take().filter(|_| self.has_spilled);
        let file = spill.map(|spill| Box::new(spill.end()));
        let whole = file.as_ref().filter(|it| it.problem.is_none());
        let whole = whole.map(|it| it.path.as_str());
        let is_whole = (self.head.len() + self.tail.len()) as u64 == self.total;
        self.tail.make_contiguous();
        let (tail, _) = self.tail.as_slices();
        if is_whole {
            self.head.extend_from_slice(tail);
            let (text, lossy) = decode(&self.head);
            return CapturedText {
                text,
                total_bytes: self.total,
                omitted_bytes: 0,
                lossy,
                ..CapturedText::default()
            };
        }
        let (head, tail) = (without_cut_end(&self.head), without_cut_start(tail));
        let omitted = self.total - (head.len() + tail.len()) as u64;
        let (head, head_lossy) = decode(head);
        let (tail, tail_lossy) = decode(tail);
        CapturedText {
            text: join(&head, omitted, &tail, whole),
            total_bytes: self.total,
            omitted_bytes: omitted,
            lossy: head_lossy || tail_lossy,
            file,
        }
    }
}

fn decode(bytes: &[u8]) -> (String, bool) {
    match std::str::from_utf8(bytes) {
        Ok(text) => (text.to_owned(), false),
        Err(_) => (String::from_utf8_lossy(bytes).into_owned(), true),
    }
}

/// The halves with a line between them that says what is missing, and where all of it
/// is.
fn join(head: &str, omitted: u64, tail: &str, file: Option<&str>) -> String {
    let line_end = if head.is_empty() || head.ends_with('\n') {
        ""
    } else {
        "\n"
    };
    let place = file.map_or_else(String::new, |file| format!("; all of it is in {file}"));
    format!("{head}{line_end}[... {omitted} bytes left out{place} ...]\n{tail}")
}

/// Without the character at the end that the cut went through.
fn without_cut_end(bytes: &[u8]) -> &[u8] {
    let cut = match bytes.utf8_chunks().last() {
        Some(last) if is_cut(last.invalid()) => last.invalid().len(),
        _ => 0,
    };
    &bytes[..bytes.len() - cut]
}

/// Whether these bytes begin a character and lack its end.
fn is_cut(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_err_and(|error| error.error_len().is_none())
}

/// Without the rest of a character at the start that the cut went through.
fn without_cut_start(bytes: &[u8]) -> &[u8] {
    let is_rest = |byte: &&u8| (0x80..0xC0).contains(*byte);
    let rest = bytes.iter().take(3).take_while(is_rest).count();
    &bytes[rest..]
}

#[cfg(test)]
#[path = "capture_tests.rs"]
mod tests;
