//! Script blocks: kept as text. All that has to be understood of the script is
//! which braces in it are no braces: those in texts and comments.

use crate::playbook::value::Data;

use super::cursor::{is_double_quote, is_line_end, is_single_quote, is_space, Cursor};
use super::fault::Fault;
use super::Read;

/// Reads a block whose `{` is next.
pub(super) fn read(cursor: &mut Cursor<'_>) -> Read<Data> {
    let start = cursor.position();
    cursor.next();
    let text = cursor.offset();
    let unended = Fault::Unended {
        what: "a script block",
        end: "`}`",
    };
    skip_script(cursor).ok_or((start, unended))?;
    let inner = cursor.since(text);
    Ok(Data::Block(inner[..inner.len() - 1].to_owned()))
}

/// Passes script up to and including the brace that closes it; `None` if the file
/// ends before that.
fn skip_script(cursor: &mut Cursor<'_>) -> Option<()> {
    let mut inside = 0_usize;
    while let Some(character) = cursor.peek() {
        if starts_comment(cursor) {
            skip_comment(cursor);
        } else if character == '`' {
            cursor.pass("  ");
        } else if cursor.is_at("${") {
            cursor.take_while(|letter| letter != '}');
            cursor.next();
        } else if is_here_header(cursor) {
            skip_here_string(cursor);
        } else if is_single_quote(character) {
            cursor.next();
            cursor.take_while(|letter| !is_single_quote(letter));
            cursor.next();
        } else if is_double_quote(character) {
            skip_expanded(cursor);
        } else {
            cursor.next();
            match character {
                '{' => inside += 1,
                '}' if inside == 0 => return Some(()),
                '}' => inside -= 1,
                _ => {}
            }
        }
    }
    None
}

/// A `#` begins a comment only where a word could begin.
fn starts_comment(cursor: &Cursor<'_>) -> bool {
    let before = cursor.previous();
    let begins_word = |letter: char| letter.is_whitespace() || "{}();,|&=[".contains(letter);
    cursor.is_at("<#") || (cursor.peek() == Some('#') && before.is_none_or(begins_word))
}

fn skip_comment(cursor: &mut Cursor<'_>) {
    if cursor.take('#') {
        cursor.take_while(|letter| !is_line_end(letter));
        return;
    }
    while !cursor.is_at_end() && !cursor.is_at("#>") {
        cursor.next();
    }
    cursor.pass("#>");
}

/// `@'` or `@"` with nothing behind it on its line.
fn is_here_header(cursor: &Cursor<'_>) -> bool {
    if !super::text::is_here_string(cursor) {
        return false;
    }
    let mut ahead = cursor.clone();
    ahead.pass("@'");
    ahead.take_while(is_space);
    ahead.peek().is_some_and(is_line_end)
}

fn skip_here_string(cursor: &mut Cursor<'_>) {
    cursor.next();
    let is_quote = match cursor.next() {
        Some(quote) if is_single_quote(quote) => is_single_quote,
        _ => is_double_quote,
    };
    while cursor.peek().is_some() {
        let ended_line = cursor.take_line_end();
        let is_footer = cursor.peek().is_some_and(is_quote) && cursor.peek_second() == Some('@');
        if ended_line && is_footer {
            cursor.pass("'@");
            return;
        }
        if !ended_line {
            cursor.next();
        }
    }
}

/// Passes `"…"`.
fn skip_expanded(cursor: &mut Cursor<'_>) {
    cursor.next();
    while let Some(character) = cursor.peek() {
        if character == '`' {
            cursor.pass("  ");
        } else if cursor.is_at("$(") {
            skip_subexpression(cursor);
        } else {
            cursor.next();
            if is_double_quote(character) {
                return;
            }
        }
    }
}

/// Passes `$( … )` in a text. PowerShell looks for its end by counting parentheses,
/// also those in quotes; `""` and `` `" `` are one character to it.
fn skip_subexpression(cursor: &mut Cursor<'_>) {
    cursor.pass("$(");
    let mut inside = 1_usize;
    while let Some(character) = cursor.next() {
        match character {
            '(' => inside += 1,
            ')' => inside -= 1,
            mark if is_half(mark) && cursor.peek().is_some_and(is_double_quote) => {
                cursor.next();
            }
            _ => {}
        }
        if inside == 0 {
            return;
        }
    }
}

/// Whether a character and a quote behind it are one character in a text.
fn is_half(mark: char) -> bool {
    mark == '`' || is_double_quote(mark)
}
