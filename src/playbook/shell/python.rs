//! Commands of Python: what stands for a value is an expression that reads it.

use crate::playbook::template::{Piece, Slot};

use super::{refused, Carrier, Refused};

#[derive(Debug, Clone, Copy, PartialEq)]
enum Inside {
    Code,
    Comment,
    /// A text up to these quotes.
    Text(&'static str),
}

const QUOTES: &[&str] = &["\"\"\"", "'''", "\"", "'"];

pub(super) fn carry(pieces: &[Piece], carrier: &mut Carrier) -> Result<(), Refused> {
    let mut inside = Inside::Code;
    for piece in pieces {
        match piece {
            Piece::Text(text) => {
                inside = scan(text, inside);
                carrier.text.push_str(text);
            }
            Piece::Slot(slot) => put(slot, inside, carrier)?,
        }
    }
    Ok(())
}

fn put(slot: &Slot, inside: Inside, carrier: &mut Carrier) -> Result<(), Refused> {
    match inside {
        Inside::Comment => Err(refused(slot, "in a comment")),
        Inside::Text(_) => Err(refused(slot, "in a text")),
        Inside::Code => {
            carrier.put(slot, "__import__(\"os\").environ[\"", "\"]");
            Ok(())
        }
    }
}

fn scan(text: &str, mut inside: Inside) -> Inside {
    let mut offset = 0;
    while let Some(letter) = text[offset..].chars().next() {
        let rest = &text[offset..];
        let mut taken = letter.len_utf8();
        inside = match inside {
            Inside::Comment if letter == '\n' => Inside::Code,
            Inside::Comment => Inside::Comment,
            Inside::Code if letter == '#' => Inside::Comment,
            Inside::Code => match QUOTES.iter().find(|quotes| rest.starts_with(**quotes)) {
                Some(quotes) => {
                    taken = quotes.len();
                    Inside::Text(quotes)
                }
                None => Inside::Code,
            },
            Inside::Text(quotes) if rest.starts_with(quotes) => {
                taken = quotes.len();
                Inside::Code
            }
            Inside::Text(quotes) => {
                if letter == '\\' {
                    taken += rest[1..].chars().next().map_or(0, char::len_utf8);
                }
                // Only three quotes go over a line's end.
                match letter == '\n' && quotes.len() == 1 {
                    true => Inside::Code,
                    false => inside,
                }
            }
        };
        offset += taken;
    }
    inside
}
