//! What can be wrong with a psd1 file, and what to do about it.

use std::fmt;

use crate::playbook::place::Position;

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// The file does not begin with `@{`.
    NotAHashtable,
    /// Something stands behind the `}` that ends the playbook.
    AfterTheEnd,
    /// Something that was begun has no end.
    Unended {
        /// What it is.
        what: &'static str,
        /// What would end it.
        end: &'static str,
    },
    /// Another character was expected.
    Unexpected {
        /// What stands there.
        found: Found,
        /// What could have stood there.
        expected: &'static str,
    },
    /// A word that PowerShell would run as a command.
    BareWord {
        /// The word.
        word: String,
    },
    /// A name is in a hashtable already.
    RepeatedKey {
        /// The name.
        key: String,
        /// Where it stands first.
        first: Position,
    },
    /// The name of an entry is no text and no number.
    NoKey,
    /// A variable that only a run could fill.
    Variable {
        /// Its name, as it is written.
        name: String,
    },
    /// `$( … )`.
    Subexpression,
    /// An operator, a member, an index: something to be computed.
    Computed {
        /// What stands there.
        what: String,
    },
    /// A list after `??` inside of `@( … )`, which PowerShell would spread.
    SpreadChoice,
    /// A word begins like a number and is none.
    NoNumber {
        /// The word.
        word: String,
    },
    /// A number is outside of what it can be.
    NumberTooLarge {
        /// The number as it is written.
        word: String,
    },
    /// A `` `u{…} `` is no character.
    NoCharacter,
    /// The text after `@'` or `@"` does not begin on a new line.
    HereStringHeader,
    /// Too many brackets in each other.
    TooDeep {
        /// How many there may be.
        limit: usize,
    },
}

/// What stands where something else was expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// The end of the file.
    End,
    /// The end of a line.
    LineEnd,
    /// A character.
    Character(char),
}

impl Found {
    pub(super) fn of(character: Option<char>) -> Self {
        match character {
            None => Self::End,
            Some('\n' | '\r') => Self::LineEnd,
            Some(character) => Self::Character(character),
        }
    }
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::End => f.write_str("the end of the file"),
            Self::LineEnd => f.write_str("the end of the line"),
            Self::Character(character) if character.is_control() => {
                write!(f, "the character U+{:04X}", u32::from(*character))
            }
            Self::Character(character) => write!(f, "`{character}`"),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAHashtable => f.write_str("expected `@{`, with which a playbook begins"),
            Self::AfterTheEnd => {
                f.write_str("expected the end of the file: the playbook's `}` is before this")
            }
            Self::Unended { what, end } => {
                write!(f, "{what} begins here and has no end; expected {end}")
            }
            Self::Unexpected { found, expected } => write!(f, "expected {expected}, found {found}"),
            Self::BareWord { word } => write!(f, "expected a value, found the word `{word}`"),
            Self::RepeatedKey { key, first } => {
                write!(f, "the key `{key}` is there already ({first})")
            }
            Self::NoKey => f.write_str("expected a name: a word, a text or a number"),
            Self::Variable { name } => write!(f, "expected a value, found the variable `{name}`"),
            Self::Subexpression => f.write_str("expected a value, found the expression `$(…)`"),
            Self::Computed { what } => write!(f, "expected a value, found the expression `{what}`"),
            Self::SpreadChoice => f.write_str("expected one value after `??` inside `@(…)`"),
            Self::NoNumber { word } => write!(f, "expected a number, found `{word}`"),
            Self::NumberTooLarge { word } => write!(f, "the number {word} is too large"),
            Self::NoCharacter => f.write_str("expected `u{…} with one to six hexadecimal digits"),
            Self::HereStringHeader => {
                f.write_str("expected a new line after the `@` and the quote")
            }
            Self::TooDeep { limit } => write!(f, "more than {limit} brackets are in each other"),
        }
    }
}

impl Fault {
    /// What to do about it.
    pub fn advice(&self) -> &'static str {
        match self {
            Self::NotAHashtable => "Put the playbook between `@{` and `}`.",
            Self::AfterTheEnd => "Remove what follows, or look for a `}` too many above it.",
            Self::Unended { .. } | Self::Unexpected { .. } => "Add what is expected.",
            Self::BareWord { .. } => "Put the text in quotes.",
            Self::RepeatedKey { .. } => {
                "Remove one of the two; names that differ only in case are the same."
            }
            Self::NoKey => "Put the name in quotes.",
            Self::Variable { .. } => {
                "A playbook is data and sees only $true, $false, $null and $env:NAME. \
                 Write '…' instead of \"…\" to keep the text, or {{Name}} for a parameter."
            }
            Self::Subexpression | Self::Computed { .. } => {
                "A playbook is data, nothing in it is computed. Write the value, put the text \
                 in '…', or let a step compute it."
            }
            Self::SpreadChoice => "Write `$env:NAME ?? @(…)` without the `@(…)` around it.",
            Self::NoNumber { .. } => "Put the text in quotes.",
            Self::NumberTooLarge { .. } => {
                "Whole numbers go up to 9223372036854775807, or less with a suffix such as `y`. \
                 Put the number in quotes to keep it as a text."
            }
            Self::NoCharacter => "Write for example `u{1F600}.",
            Self::HereStringHeader => "Begin the text on the next line.",
            Self::TooDeep { .. } => "Split the playbook into several.",
        }
    }
}
