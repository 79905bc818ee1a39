//! The four kinds of texts: `'…'`, `"…"` and both kinds of here-strings.

use crate::playbook::place::Position;
use crate::playbook::value::{Data, Part};

use super::cursor::{is_double_quote, is_line_end, is_single_quote, is_space, Cursor};
use super::fault::Fault;
use super::variable::{self, Variable};
use super::Read;

/// Reads a text whose quote is next.
pub(super) fn quoted(cursor: &mut Cursor<'_>) -> Read<Data> {
    let start = cursor.position();
    let is_plain = cursor.next().is_some_and(is_single_quote);
    let end = if is_plain { "`'`" } else { "`\"`" };
    let mut text = Pieces::default();
    loop {
        match cursor.peek() {
            None => return unended("a text", end, start),
            Some(quote) if is_plain && is_single_quote(quote) => {
                cursor.next();
                if !cursor.peek().is_some_and(is_single_quote) {
                    return Ok(text.finish());
                }
                text.take(cursor);
            }
            Some(_) if is_plain => text.take(cursor),
            Some(quote) if is_double_quote(quote) => {
                cursor.next();
                if !cursor.peek().is_some_and(is_double_quote) {
                    return Ok(text.finish());
                }
                text.take(cursor);
            }
            Some(_) => text.take_expanded(cursor)?,
        }
    }
}

/// Whether a here-string is next, of either kind.
pub(super) fn is_here_string(cursor: &Cursor<'_>) -> bool {
    let is_quote = |quote| is_single_quote(quote) || is_double_quote(quote);
    cursor.peek() == Some('@') && cursor.peek_second().is_some_and(is_quote)
}

/// Reads a here-string whose `@` is next. Its text ends before the line's end that
/// its last line begins after.
pub(super) fn here(cursor: &mut Cursor<'_>) -> Read<Data> {
    let start = cursor.position();
    cursor.next();
    let is_plain = cursor.next().is_some_and(is_single_quote);
    cursor.take_while(is_space);
    let end = if is_plain {
        "`'@` at the start of a line"
    } else {
        "`\"@` at the start of a line"
    };
    if cursor.is_at_end() {
        return unended("a here-string", end, start);
    }
    let header = cursor.position();
    if !cursor.take_line_end() {
        return Err((header, Fault::HereStringHeader));
    }
    let mut text = Pieces::default();
    if take_footer(cursor, is_plain) {
        return Ok(text.finish());
    }
    loop {
        match cursor.peek() {
            None => return unended("a here-string", end, start),
            Some(character) if is_line_end(character) => {
                let before = cursor.offset();
                cursor.take_line_end();
                let line_end = cursor.since(before);
                if take_footer(cursor, is_plain) {
                    return Ok(text.finish());
                }
                text.push_str(line_end);
            }
            Some(_) if is_plain => text.take(cursor),
            Some(_) => text.take_expanded(cursor)?,
        }
    }
}

fn take_footer(cursor: &mut Cursor<'_>, is_plain: bool) -> bool {
    let is_quote = if is_plain {
        is_single_quote
    } else {
        is_double_quote
    };
    let is_footer = cursor.peek().is_some_and(is_quote) && cursor.peek_second() == Some('@');
    if is_footer {
        cursor.next();
        cursor.next();
    }
    is_footer
}

fn unended<T>(what: &'static str, end: &'static str, start: Position) -> Read<T> {
    Err((start, Fault::Unended { what, end }))
}

/// The pieces of a text that is being read.
#[derive(Default)]
struct Pieces {
    parts: Vec<Part>,
    text: String,
}

impl Pieces {
    /// Takes one character as it is.
    fn take(&mut self, cursor: &mut Cursor<'_>) {
        self.text.extend(cursor.next());
    }

    fn push_str(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Takes one character, one escape or one variable.
    fn take_expanded(&mut self, cursor: &mut Cursor<'_>) -> Read<()> {
        match cursor.peek() {
            Some('`') => self.text.extend(escape(cursor)?),
            Some('$') => self.take_variable(cursor)?,
            _ => self.take(cursor),
        }
        Ok(())
    }

    fn take_variable(&mut self, cursor: &mut Cursor<'_>) -> Read<()> {
        match variable::read(cursor)? {
            None => self.take(cursor),
            Some(Variable::Null) => {}
            Some(Variable::Bool(value)) => {
                self.text.push_str(if value { "True" } else { "False" });
            }
            Some(Variable::Environment(name)) => {
                self.close_text();
                self.parts.push(Part::Environment(name));
            }
        }
        Ok(())
    }

    fn close_text(&mut self) {
        if !self.text.is_empty() {
            self.parts.push(Part::Text(std::mem::take(&mut self.text)));
        }
    }

    fn finish(mut self) -> Data {
        if self.parts.is_empty() {
            return Data::Text(self.text);
        }
        self.close_text();
        Data::Joined(self.parts)
    }
}

/// Reads what a backtick, which is next, makes of the character after it.
fn escape(cursor: &mut Cursor<'_>) -> Read<Option<char>> {
    let start = cursor.position();
    cursor.next();
    let escaped = match cursor.next() {
        Some('0') => '\0',
        Some('a') => '\u{7}',
        Some('b') => '\u{8}',
        Some('e') => '\u{1b}',
        Some('f') => '\u{c}',
        Some('n') => '\n',
        Some('r') => '\r',
        Some('t') => '\t',
        Some('u') => return character_by_number(cursor, start).map(Some),
        Some('v') => '\u{b}',
        other => return Ok(other),
    };
    Ok(Some(escaped))
}

fn character_by_number(cursor: &mut Cursor<'_>, start: Position) -> Read<char> {
    let no_character = || (start, Fault::NoCharacter);
    if !cursor.take('{') {
        return Err(no_character());
    }
    let digits = cursor.take_while(|digit| digit.is_ascii_hexdigit());
    if digits.len() > 6 || !cursor.take('}') {
        return Err(no_character());
    }
    let number = u32::from_str_radix(digits, 16).ok();
    number.and_then(char::from_u32).ok_or_else(no_character)
}
