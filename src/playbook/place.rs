//! Where something stands in a file.

use std::fmt;

/// A line and a column, both from 1; columns count characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The column in that line.
    pub column: usize,
}

impl Position {
    /// The first character of a file.
    pub const START: Self = Self { line: 1, column: 1 };
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)
    }
}

/// Tells the positions of offsets in a text. It is quick for offsets that grow.
#[derive(Debug)]
pub(super) struct Ruler<'s> {
    source: &'s str,
    offset: usize,
    position: Position,
}

impl<'s> Ruler<'s> {
    pub(super) fn new(source: &'s str) -> Self {
        Self {
            source,
            offset: 0,
            position: Position::START,
        }
    }

    /// Where the byte at an offset stands. An offset inside of a character, or
    /// behind the end, counts as what comes next.
    pub(super) fn position(&mut self, offset: usize) -> Position {
        if offset < self.offset {
            *self = Self::new(self.source);
        }
        for character in self.source[self.offset..].chars() {
            if self.offset >= offset {
                break;
            }
            self.offset += character.len_utf8();
            if character == '\n' {
                self.position.line += 1;
                self.position.column = 1;
            } else {
                self.position.column += 1;
            }
        }
        self.position
    }

    /// The offset of a line and a column from 1, the column counted in bytes.
    pub(super) fn byte_of(&self, line: usize, column: usize) -> usize {
        let lines = self.source.split_inclusive('\n');
        let before: usize = lines.take(line.max(1) - 1).map(str::len).sum();
        before + column.max(1) - 1
    }
}

/// The place of a value in its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// It is known.
    At(Position),
    /// It is the value with this number in a YAML file, counted from 0 as the
    /// library meets them. That library tells a place only together with an
    /// error, so a place is looked up when somebody has to be told.
    Counted(usize),
}

impl Place {
    /// Its line, from 1, if it is known without another look at the file.
    pub fn line(self) -> Option<usize> {
        match self {
            Self::At(position) => Some(position.line),
            Self::Counted(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ruler_counts_lines_and_characters() {
        let mut ruler = Ruler::new("äb\r\ncd");
        let mut at = |offset| ruler.position(offset).to_string();
        assert_eq!(at(0), "line 1, column 1");
        assert_eq!(at(2), "line 1, column 2");
        assert_eq!(at(5), "line 2, column 1");
        assert_eq!(at(1), "line 1, column 2");
        assert_eq!(at(99), "line 2, column 3");
        assert_eq!((ruler.byte_of(2, 2), ruler.byte_of(1, 3)), (6, 2));
    }
}
