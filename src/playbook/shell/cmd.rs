//! Commands of the command processor of Windows.
//!
//! `!NAME!` is put in after the line was read, so what is in it is no code; `%NAME%`
//! would be put in before.

use crate::playbook::template::{Piece, Slot};

use super::{refused, Carrier, Refused};

pub(super) fn carry(pieces: &[Piece], carrier: &mut Carrier) -> Result<(), Refused> {
    for piece in pieces {
        match piece {
            Piece::Text(text) => carrier.text.push_str(text),
            Piece::Slot(slot) => {
                if let Some(why) = why_not(&carrier.text) {
                    return Err(refused(slot, why));
                }
                put(slot, carrier);
            }
        }
    }
    Ok(())
}

fn put(slot: &Slot, carrier: &mut Carrier) {
    carrier.put(slot, "!", "!");
}

/// Why no value can follow a text.
fn why_not(text: &str) -> Option<&'static str> {
    if text.ends_with(['^', '%']) {
        return Some("after `^` or `%`");
    }
    let line = text.rsplit('\n').next().unwrap_or("");
    let command = line.rsplit(['&', '|', '(', ')']).next().unwrap_or("");
    let command = command
        .trim_start_matches([' ', '\t', '@'])
        .to_ascii_lowercase();
    let mut words = command.split_whitespace();
    let (first, second) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
    let name = first
        .rsplit('\\')
        .next()
        .unwrap_or("")
        .trim_end_matches(".exe");
    match (name, second) {
        ("rem", _) => Some("in a comment"),
        (label, _) if label.starts_with("::") => Some("in a comment"),
        ("call" | "cmd" | "for" | "powershell" | "pwsh", _) => {
            Some("in a command for another shell")
        }
        ("set", "/a") => Some("in arithmetic"),
        _ => None,
    }
}
