//! The output of a program that does not write UTF-8, made UTF-8 as it comes.

use crate::engine::batch::Encoding;

/// What stands for bytes that are no text.
const REPLACEMENT: char = char::REPLACEMENT_CHARACTER;

/// What a text may begin with to tell its encoding.
const MARK: char = '\u{feff}';

/// Decodes UTF-16 piece by piece: a piece may end inside of a letter.
#[derive(Debug)]
pub(super) struct Decoder {
    unit: fn([u8; 2]) -> u16,
    /// The begin of a letter.
    held: Vec<u8>,
    has_begun: bool,
    is_lossy: bool,
}

impl Decoder {
    /// One for an encoding, if its texts need one.
    pub(super) fn of(encoding: Encoding) -> Option<Self> {
        let unit = match encoding {
            Encoding::Utf8 => return None,
            Encoding::Utf16Le => u16::from_le_bytes,
            Encoding::Utf16Be => u16::from_be_bytes,
        };
        Some(Self {
            unit,
            held: Vec::new(),
            has_begun: false,
            is_lossy: false,
        })
    }

    /// The text that these bytes end.
    pub(super) fn push(&mut self, bytes: &[u8]) -> String {
        self.held.extend_from_slice(bytes);
        let mut units: Vec<u16> = self
            .held
            .chunks_exact(2)
            .map(|pair| (self.unit)([pair[0], pair[1]]))
            .collect();
        // The first half of a letter waits for the second.
        let is_half = |unit: &u16| (0xD800..0xDC00).contains(unit);
        if units.last().is_some_and(is_half) {
            units.pop();
        }
        self.held.drain(..2 * units.len());
        let mut text = String::with_capacity(units.len());
        for letter in char::decode_utf16(units) {
            self.is_lossy |= letter.is_err();
            let letter = letter.unwrap_or(REPLACEMENT);
            let is_first = !std::mem::replace(&mut self.has_begun, true);
            if !(is_first && letter == MARK) {
                text.push(letter);
            }
        }
        text
    }

    /// What is left at the end, which is no text.
    pub(super) fn finish(&mut self) -> String {
        if self.held.is_empty() {
            return String::new();
        }
        self.held.clear();
        self.is_lossy = true;
        REPLACEMENT.into()
    }

    /// Whether something was no text.
    pub(super) fn is_lossy(&self) -> bool {
        self.is_lossy
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(encoding: Encoding, pieces: &[&[u8]]) -> (String, bool) {
        let mut decoder = Decoder::of(encoding).expect("a decoder");
        let mut text: String = pieces.iter().map(|piece| decoder.push(piece)).collect();
        text += &decoder.finish();
        (text, decoder.is_lossy())
    }

    #[test]
    fn a_text_is_the_same_wherever_its_pieces_end() {
        let text = "a\u{e9}\u{1f4a5}\u{feff}\n";
        let marked = format!("{MARK}{text}");
        let low: Vec<u8> = marked.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let high: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        for (encoding, bytes) in [(Encoding::Utf16Le, low), (Encoding::Utf16Be, high)] {
            for cut in 0..=bytes.len() {
                let (one, other) = bytes.split_at(cut);
                let found = decoded(encoding, &[one, other]);
                assert_eq!(found, (text.to_owned(), false), "{cut}");
            }
        }
    }

    #[test]
    fn what_is_no_text_is_replaced() {
        let half = decoded(Encoding::Utf16Le, &[b"a\0\x00\xd8", b"b\0", b"c"]);
        assert_eq!(half, ("a\u{fffd}b\u{fffd}".to_owned(), true));
        assert!(Decoder::of(Encoding::Utf8).is_none());
    }
}
