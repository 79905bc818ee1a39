//! Why a condition cannot be read, or has no value.

use std::fmt;

use crate::engine::suggest::nearest;
use crate::playbook::place::Position;

use super::operator;

/// What is wrong with a condition, and where in its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Where; the line and column of the condition's own text.
    pub at: Position,
    /// What.
    pub trouble: Trouble,
}

/// What is wrong with a condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// Something else was expected.
    Expected {
        /// What.
        expected: &'static str,
        /// What is there.
        found: String,
    },
    /// A quote or bracket has no end.
    Unclosed(&'static str),
    /// It would have to run something: a command, `$( )`, a method.
    Code(String),
    /// There is no such operator.
    Operator(String),
    /// There is no such name below `$steps`, `$params` or `$env`.
    Name(String),
    /// A pattern that cannot be used.
    Pattern(String),
    /// Two values that an operator cannot take.
    Values {
        /// The operator, as it is written.
        operator: &'static str,
        /// What was on its left.
        left: String,
        /// What was on its right.
        right: String,
    },
    /// It is nested too deeply.
    TooDeep,
}

impl Fault {
    pub(super) fn new(at: Position, trouble: Trouble) -> Self {
        Self { at, trouble }
    }

    /// Whether the condition could be one for PowerShell itself to decide.
    pub fn is_code(&self) -> bool {
        matches!(self.trouble, Trouble::Code(_))
    }

    /// What to do about it.
    pub fn advice(&self) -> String {
        match &self.trouble {
            Trouble::Expected { .. } => {
                "Write it as in PowerShell, such as `$params.count -gt 10`.".to_owned()
            }
            Trouble::Unclosed(mark) => format!("Add {mark}."),
            Trouble::Code(_) => {
                "Let a step find out, and read `$steps.<its name>.output` here.".to_owned()
            }
            Trouble::Operator(word) => match nearest(word, operator::WORDS) {
                Some(near) => format!("Did you mean `-{near}`?"),
                None => "The operators are those of PowerShell that compare and decide.".to_owned(),
            },
            Trouble::Name(_) => "There are `$steps.<name>.output`, `.status` and `.exitCode`, \
                                 `$params.<name>`, `$env.context` and `$env:NAME`."
                .to_owned(),
            Trouble::Pattern(_) => {
                "Patterns are those without look-around and back references.".to_owned()
            }
            Trouble::Values { .. } => "Compare values of the same kind.".to_owned(),
            Trouble::TooDeep => "Make two conditions of it.".to_owned(),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.trouble {
            Trouble::Expected { expected, found } => {
                write!(f, "expected {expected}, found {found}")?;
            }
            Trouble::Unclosed(mark) => write!(f, "{mark} is missing at the end")?,
            Trouble::Code(text) => write!(f, "`{text}` would have to be run")?,
            Trouble::Operator(word) => write!(f, "there is no operator `-{word}` here")?,
            Trouble::Name(text) => write!(f, "there is no `{text}`")?,
            Trouble::Pattern(text) => write!(f, "the pattern cannot be used: {text}")?,
            Trouble::Values {
                operator,
                left,
                right,
            } => write!(f, "`-{operator}` cannot take {left} and {right}")?,
            Trouble::TooDeep => f.write_str("it is nested too deeply")?,
        }
        write!(f, " ({} of the condition)", self.at)
    }
}

impl std::error::Error for Fault {}
