//! What running steps write, as lines without secrets.

use std::collections::HashMap;

use serde::Serialize;

use crate::app::run::Piece;
use crate::process::Source;
use crate::store::{SecretStream, Secrets};

/// A line that is longer is told in parts.
const LONGEST_LINE: usize = 64 * 1024;

/// What kind of output something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum OutputKind {
    /// What a step shows: the standard output of programs, what PowerShell shows people.
    Shown,
    /// What a step complains about.
    Complaint,
    /// What a step of PowerShell gives out.
    Value,
}

/// Something that a running step has written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StepOutput {
    /// The number of its task.
    #[serde(skip)]
    pub task: u32,
    /// Its name, with those that it is inside.
    pub step_name: String,
    /// Which attempt.
    pub attempt: u32,
    /// What it is.
    pub output_kind: OutputKind,
    /// Lines, each with its end.
    pub text: String,
    /// What there is of the next line.
    #[serde(skip)]
    pub begun: String,
    /// How many bytes before these could not be told, because too many came at once.
    #[serde(skip_serializing_if = "is_none")]
    pub missed: u64,
}

fn is_none(count: &u64) -> bool {
    *count == 0
}

/// Makes lines of what the attempts of a run write.
#[derive(Debug)]
pub(super) struct Heard {
    secrets: Secrets,
    /// What came and is not told, in order.
    waiting: Vec<Piece>,
    /// The attempts whose start was told.
    running: HashMap<u32, Running>,
}

#[derive(Debug)]
struct Running {
    attempt: u32,
    path: String,
    streams: Vec<(Source, Lines)>,
}

impl Heard {
    pub(super) fn new(secrets: Secrets) -> Self {
        Self {
            secrets,
            waiting: Vec::new(),
            running: HashMap::new(),
        }
    }

    /// Takes what came. It is told once the start of its attempt is.
    pub(super) fn take(&mut self, pieces: Vec<Piece>) {
        self.waiting.extend(pieces);
    }

    /// The start of an attempt was told.
    pub(super) fn begin(&mut self, task: u32, attempt: u32, path: &str) {
        let running = Running {
            attempt,
            path: path.to_owned(),
            streams: Vec::new(),
        };
        self.running.insert(task, running);
    }

    /// What there is of the attempts that run.
    pub(super) fn lines(&mut self) -> Vec<StepOutput> {
        let mut told = Vec::new();
        for piece in std::mem::take(&mut self.waiting) {
            let running = self.running.get_mut(&piece.attempt.task);
            match running.filter(|it| it.attempt == piece.attempt.number) {
                Some(running) => told.extend(running.push(&piece, &self.secrets)),
                None => self.waiting.push(piece),
            }
        }
        told
    }

    /// What there is left of the attempt at a task, which is over.
    pub(super) fn end(&mut self, task: u32) -> Vec<StepOutput> {
        let mut told = Vec::new();
        let running = self.running.remove(&task);
        let number = running.as_ref().map_or(0, |it| it.attempt);
        let (of_it, others) = std::mem::take(&mut self.waiting)
            .into_iter()
            .partition(|it| it.attempt.task == task && it.attempt.number <= number);
        self.waiting = others;
        let pieces: Vec<Piece> = of_it;
        if let Some(mut running) = running {
            for piece in &pieces {
                told.extend(running.push(piece, &self.secrets));
            }
            told.extend(running.finish(task));
        }
        told
    }
}

impl Running {
    fn push(&mut self, piece: &Piece, secrets: &Secrets) -> Option<StepOutput> {
        let place = self.streams.iter().position(|(it, _)| *it == piece.source);
        let place = place.unwrap_or_else(|| {
            let lines = Lines::new(secrets.clone());
            self.streams.push((piece.source, lines));
            self.streams.len() - 1
        });
        let lines = &mut self.streams[place].1;
        let text = lines.push(&piece.bytes);
        let begun = lines.begun();
        let told = self.told(piece.attempt.task, piece.source, text);
        let told = StepOutput {
            begun,
            missed: piece.missed,
            ..told
        };
        let is_empty = told.text.is_empty() && told.begun.is_empty() && told.missed == 0;
        (!is_empty).then_some(told)
    }

    fn finish(mut self, task: u32) -> Vec<StepOutput> {
        let streams = std::mem::take(&mut self.streams);
        let last = streams.into_iter().filter_map(|(source, lines)| {
            let text = lines.finish()?;
            Some(self.told(task, source, text))
        });
        last.collect()
    }

    fn told(&self, task: u32, source: Source, text: String) -> StepOutput {
        StepOutput {
            task,
            step_name: self.path.clone(),
            attempt: self.attempt,
            output_kind: match source {
                Source::Stdout => OutputKind::Shown,
                Source::Stderr => OutputKind::Complaint,
                Source::Stream(1) => OutputKind::Value,
                Source::Stream(2 | 3) => OutputKind::Complaint,
                Source::Stream(_) => OutputKind::Shown,
            },
            text,
            begun: String::new(),
            missed: 0,
        }
    }
}

/// The lines of a stream, without secrets.
#[derive(Debug)]
struct Lines {
    secrets: SecretStream,
    rest: Vec<u8>,
}

impl Lines {
    fn new(secrets: Secrets) -> Self {
        Self {
            secrets: SecretStream::new(secrets),
            rest: Vec::new(),
        }
    }

    /// The lines that are whole now.
    fn push(&mut self, bytes: &[u8]) -> String {
        self.rest.extend(self.secrets.push(bytes));
        let end = self.rest.iter().rposition(|&byte| byte == b'\n');
        let end = end.map_or(0, |end| end + 1);
        let whole: Vec<u8> = self.rest.drain(..end).collect();
        let mut text = String::from_utf8_lossy(&whole).into_owned();
        if self.rest.len() > LONGEST_LINE {
            text.push_str(&String::from_utf8_lossy(&self.rest));
            text.push('\n');
            self.rest.clear();
        }
        text
    }

    /// What there is of the next line: behind what a program that draws a line again and
    /// again has overwritten.
    fn begun(&self) -> String {
        let drawn = self.rest.split(|&byte| byte == b'\r');
        let last = drawn.rev().find(|part| !part.is_empty());
        String::from_utf8_lossy(last.unwrap_or_default()).into_owned()
    }

    /// What is left, as a line.
    fn finish(mut self) -> Option<String> {
        let held = self.secrets.finish();
        self.rest.extend(held);
        if self.rest.is_empty() {
            return None;
        }
        if !self.rest.ends_with(b"\n") {
            self.rest.push(b'\n');
        }
        Some(String::from_utf8_lossy(&self.rest).into_owned())
    }
}

#[cfg(test)]
mod tests {
    use crate::engine::ports::Attempt;

    use super::*;

    fn piece(task: u32, number: u32, source: Source, text: &str) -> Piece {
        Piece {
            attempt: Attempt { task, number },
            source,
            bytes: text.as_bytes().to_vec(),
            missed: 0,
        }
    }

    fn shown(told: Vec<StepOutput>) -> Vec<(String, OutputKind, String, String)> {
        let shown = |it: StepOutput| (it.step_name, it.output_kind, it.text, it.begun);
        told.into_iter().map(shown).collect()
    }

    fn one(kind: OutputKind, text: &str, begun: &str) -> (String, OutputKind, String, String) {
        ("a".to_owned(), kind, text.to_owned(), begun.to_owned())
    }

    #[test]
    fn lines_come_behind_the_start_of_their_attempt_and_before_its_end() {
        let mut heard = Heard::new(Secrets::default());
        heard.take(vec![piece(1, 1, Source::Stdout, "x\ny")]);
        assert_eq!(shown(heard.lines()), []);
        heard.begin(1, 1, "a");
        assert_eq!(shown(heard.lines()), [one(OutputKind::Shown, "x\n", "y")]);
        heard.take(vec![
            piece(1, 1, Source::Stderr, "e\n"),
            piece(1, 2, Source::Stdout, "later\n"),
            piece(1, 1, Source::Stdout, "z"),
        ]);
        assert_eq!(
            shown(heard.end(1)),
            [
                one(OutputKind::Complaint, "e\n", ""),
                one(OutputKind::Shown, "", "yz"),
                one(OutputKind::Shown, "yz\n", ""),
            ]
        );
        heard.begin(1, 2, "a");
        assert_eq!(
            shown(heard.lines()),
            [one(OutputKind::Shown, "later\n", "")]
        );
        assert_eq!(shown(heard.end(1)), []);
    }

    #[test]
    fn secrets_are_masked_across_pieces_and_lines() {
        let mut heard = Heard::new(Secrets::new([("key", "first\nsecond")]));
        heard.begin(1, 1, "a");
        heard.take(vec![piece(1, 1, Source::Stdout, "key fir")]);
        assert_eq!(shown(heard.lines()), [one(OutputKind::Shown, "", "key ")]);
        heard.take(vec![piece(1, 1, Source::Stdout, "st\nsec")]);
        assert_eq!(shown(heard.lines()), [one(OutputKind::Shown, "", "key ")]);
        heard.take(vec![piece(1, 1, Source::Stdout, "ond\n")]);
        assert_eq!(
            shown(heard.lines()),
            [one(OutputKind::Shown, "key ***\n", "")]
        );
    }

    #[test]
    fn of_a_line_that_is_drawn_again_the_last_counts() {
        let mut lines = Lines::new(Secrets::default());
        assert_eq!(lines.push(b"10 %\r20 %\r"), "");
        assert_eq!(lines.begun(), "20 %");
        assert_eq!(lines.push(&[b'x'; LONGEST_LINE]).len(), LONGEST_LINE + 11);
        assert_eq!(lines.begun(), "");
    }
}
