//! What running attempts have just written, for whoever looks on.
//!
//! It is held until somebody takes it, within a bound: what comes beyond is left out
//! and counted. Nothing waits for those who look on.

use std::collections::HashMap;

use crate::engine::ports::Attempt;
use crate::process::Source;

/// How many bytes wait for somebody to take them.
const MOST_BYTES: usize = 1 << 20;

/// A piece of what an attempt wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::app) struct Piece {
    pub(in crate::app) attempt: Attempt,
    pub(in crate::app) source: Source,
    pub(in crate::app) bytes: Vec<u8>,
    /// How many bytes before these were left out.
    pub(in crate::app) missed: u64,
}

/// The pieces that nobody has taken yet, in order.
#[derive(Debug, Default)]
pub(super) struct Heard {
    pieces: Vec<Piece>,
    length: usize,
    missed: HashMap<(Attempt, Source), u64>,
}

impl Heard {
    pub(super) fn push(&mut self, attempt: Attempt, source: Source, bytes: &[u8]) {
        if self.length + bytes.len() > MOST_BYTES {
            *self.missed.entry((attempt, source)).or_default() += bytes.len() as u64;
            return;
        }
        self.length += bytes.len();
        let missed = self.missed.remove(&(attempt, source)).unwrap_or_default();
        let last = self.pieces.last_mut();
        let last = last.filter(|it| it.attempt == attempt && it.source == source && missed == 0);
        match last {
            Some(last) => last.bytes.extend_from_slice(bytes),
            None => self.pieces.push(Piece {
                attempt,
                source,
                bytes: bytes.to_vec(),
                missed,
            }),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.pieces.is_empty() && self.missed.is_empty()
    }

    pub(super) fn take(&mut self) -> Vec<Piece> {
        self.length = 0;
        let mut pieces = std::mem::take(&mut self.pieces);
        let missed = self.missed.drain();
        pieces.extend(missed.map(|((attempt, source), missed)| Piece {
            attempt,
            source,
            bytes: Vec::new(),
            missed,
        }));
        pieces
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: Attempt = Attempt { task: 1, number: 1 };
    const OTHER: Attempt = Attempt { task: 2, number: 1 };

    fn shown(pieces: &[Piece]) -> Vec<(u32, Source, usize, u64)> {
        let shown = |it: &Piece| (it.attempt.task, it.source, it.bytes.len(), it.missed);
        pieces.iter().map(shown).collect()
    }

    #[test]
    fn pieces_stay_in_order_and_grow_together() {
        let mut heard = Heard::default();
        heard.push(ONE, Source::Stdout, b"a");
        heard.push(ONE, Source::Stdout, b"b");
        heard.push(ONE, Source::Stderr, b"c");
        heard.push(OTHER, Source::Stdout, b"d");
        assert!(!heard.is_empty());
        assert_eq!(
            shown(&heard.take()),
            [
                (1, Source::Stdout, 2, 0),
                (1, Source::Stderr, 1, 0),
                (2, Source::Stdout, 1, 0)
            ]
        );
        assert!(heard.is_empty());
    }

    #[test]
    fn what_nobody_takes_is_left_out_and_counted() {
        let mut heard = Heard::default();
        heard.push(ONE, Source::Stdout, &vec![b'x'; MOST_BYTES]);
        heard.push(ONE, Source::Stdout, b"12");
        heard.push(OTHER, Source::Stderr, b"345");
        let mut taken = heard.take();
        taken.sort_by_key(|it| (it.attempt.task, it.missed));
        assert_eq!(
            shown(&taken),
            [
                (1, Source::Stdout, MOST_BYTES, 0),
                (1, Source::Stdout, 0, 2),
                (2, Source::Stderr, 0, 3)
            ]
        );
        heard.push(ONE, Source::Stdout, b"6");
        assert_eq!(shown(&heard.take()), [(1, Source::Stdout, 1, 0)]);
    }
}
