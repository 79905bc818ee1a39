//! A place in the text of a file, and the ways to move on from it.

use crate::playbook::place::Position;

/// What a reader has before it.
#[derive(Debug, Clone)]
pub(super) struct Cursor<'s> {
    source: &'s str,
    offset: usize,
    position: Position,
}

impl<'s> Cursor<'s> {
    pub(super) fn new(source: &'s str) -> Self {
        Self {
            source,
            offset: 0,
            position: Position::START,
        }
    }

    pub(super) fn position(&self) -> Position {
        self.position
    }

    /// How many bytes are behind.
    pub(super) fn offset(&self) -> usize {
        self.offset
    }

    /// What was passed since an offset.
    pub(super) fn since(&self, offset: usize) -> &'s str {
        &self.source[offset..self.offset]
    }

    fn rest(&self) -> &'s str {
        &self.source[self.offset..]
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.offset == self.source.len()
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    pub(super) fn peek_second(&self) -> Option<char> {
        self.rest().chars().nth(1)
    }

    pub(super) fn is_at(&self, text: &str) -> bool {
        self.rest().starts_with(text)
    }

    /// The character before this place.
    pub(super) fn previous(&self) -> Option<char> {
        self.source[..self.offset].chars().next_back()
    }

    /// Passes one character. `\r\n` is one line's end, and so is a lone `\r`.
    pub(super) fn next(&mut self) -> Option<char> {
        let character = self.peek()?;
        self.offset += character.len_utf8();
        let ends_line = match character {
            '\n' => true,
            '\r' => self.peek() != Some('\n'),
            _ => false,
        };
        if ends_line {
            self.position.line += 1;
            self.position.column = 1;
        } else {
            self.position.column += 1;
        }
        Some(character)
    }

    /// Passes what is known to be there.
    pub(super) fn pass(&mut self, text: &str) {
        for _ in text.chars() {
            self.next();
        }
    }

    /// Passes a character if it is the next.
    pub(super) fn take(&mut self, character: char) -> bool {
        let is_next = self.peek() == Some(character);
        if is_next {
            self.next();
        }
        is_next
    }

    /// Passes a line's end if it is next.
    pub(super) fn take_line_end(&mut self) -> bool {
        if self.is_at("\r\n") {
            self.next();
        }
        self.take('\n') || self.take('\r')
    }

    /// Passes characters as long as they are of a kind, and returns them.
    pub(super) fn take_while(&mut self, is_of_kind: impl Fn(char) -> bool) -> &'s str {
        let start = self.offset;
        while self.peek().is_some_and(&is_of_kind) {
            self.next();
        }
        self.since(start)
    }
}

/// Whether a character separates without ending a line.
pub(super) fn is_space(character: char) -> bool {
    character.is_whitespace() && !is_line_end(character)
}

pub(super) fn is_line_end(character: char) -> bool {
    matches!(character, '\n' | '\r')
}

/// PowerShell takes typographic quotes for quotes.
pub(in crate::playbook) fn is_single_quote(character: char) -> bool {
    matches!(character, '\'' | '\u{2018}'..='\u{201b}')
}

pub(in crate::playbook) fn is_double_quote(character: char) -> bool {
    matches!(character, '"' | '\u{201c}'..='\u{201e}')
}

pub(super) fn is_dash(character: char) -> bool {
    matches!(character, '-' | '\u{2013}'..='\u{2015}')
}
