//! Secrets in what comes in pieces.

use super::secret::{Secrets, MASK};

/// Masks a stream of bytes piece by piece: a secret is found wherever the pieces end.
///
/// Holds back what may be the begin of a secret, so never more than the longest.
#[derive(Debug)]
pub struct SecretStream {
    secrets: Secrets,
    /// Which bytes a secret may begin with; most do not.
    begins: [bool; 256],
    held: Vec<u8>,
}

/// What is at a place.
enum Found {
    /// A secret of so many bytes.
    Whole(usize),
    /// What may be the begin of one.
    Begun,
    Nothing,
}

impl SecretStream {
    /// One without these.
    pub fn new(secrets: Secrets) -> Self {
        let mut begins = [false; 256];
        let firsts = secrets.forms().filter_map(|form| form.first());
        firsts.for_each(|&first| begins[usize::from(first)] = true);
        Self {
            secrets,
            begins,
            held: Vec::new(),
        }
    }

    /// What is sure of the stream, now that these bytes have come.
    pub fn push(&mut self, bytes: &[u8]) -> Vec<u8> {
        if self.secrets.is_empty() {
            return bytes.to_vec();
        }
        self.held.extend_from_slice(bytes);
        let mut sure = Vec::with_capacity(self.held.len());
        let mut place = 0;
        while let Some(&byte) = self.held.get(place) {
            let found = match self.begins[usize::from(byte)] {
                true => self.found_at(place),
                false => Found::Nothing,
            };
            match found {
                Found::Whole(length) => {
                    sure.extend_from_slice(MASK);
                    place += length;
                }
                Found::Begun => break,
                Found::Nothing => {
                    sure.push(byte);
                    place += 1;
                }
            }
        }
        self.held.drain(..place);
        sure
    }

    /// The rest, at the end of the stream.
    pub fn finish(&mut self) -> Vec<u8> {
        let held = std::mem::take(&mut self.held);
        self.secrets.masked(&held).unwrap_or(held)
    }

    fn found_at(&self, place: usize) -> Found {
        let rest = &self.held[place..];
        for form in self.secrets.forms() {
            if rest.starts_with(form) {
                return Found::Whole(form.len());
            }
            // The longest comes first: a shorter one may be in there, but not instead.
            if form.starts_with(rest) {
                return Found::Begun;
            }
        }
        Found::Nothing
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn masked(values: &[&str], pieces: &[&[u8]]) -> String {
        let named = values.iter().map(|value| ("name", *value));
        let mut stream = SecretStream::new(Secrets::new(named));
        let mut all = Vec::new();
        for piece in pieces {
            all.extend(stream.push(piece));
        }
        all.extend(stream.finish());
        String::from_utf8_lossy(&all).into_owned()
    }

    #[test]
    fn a_secret_is_masked_wherever_the_pieces_end() {
        let text = b"a hunter22 b hunter2x hunter";
        for cut in 0..text.len() {
            let (one, other) = text.split_at(cut);
            let expected = "a *** b hunter2x hunter";
            assert_eq!(masked(&["hunter22"], &[one, other]), expected, "{cut}");
        }
    }

    #[test]
    fn one_that_holds_another_is_masked_as_a_whole() {
        assert_eq!(
            masked(&["abcd", "abcdef"], &[b"abcd", b"ef abcdx"]),
            "*** ***x"
        );
        assert_eq!(
            masked(&["abcd", "cdefgh"], &[b"abcd", b"x cdefgh"]),
            "***x ***"
        );
        assert_eq!(masked(&["a\nbc"], &[b"xa\n", b"bc\na\nb"]), "x***\na\nb");
    }

    #[test]
    fn what_cannot_be_a_secret_is_not_held_back() {
        let mut stream = SecretStream::new(Secrets::new([("name", "aaaa")]));
        assert_eq!(stream.push(b"x aaa"), b"x ");
        assert_eq!(stream.push(b"aaaaa"), b"******");
        assert_eq!(stream.finish(), b"");
    }

    proptest! {
        #[test]
        fn no_secret_comes_through(
            pieces in prop::collection::vec("[ab]{0,9}", 0..9),
            secret in "[ab]{4,6}",
        ) {
            let bytes: Vec<_> = pieces.iter().map(|it| it.as_bytes()).collect();
            prop_assert!(!masked(&[&secret], &bytes).contains(&secret));
            let whole = pieces.concat();
            prop_assert_eq!(masked(&[&secret], &bytes), masked(&[&secret], &[whole.as_bytes()]));
        }
    }
}
