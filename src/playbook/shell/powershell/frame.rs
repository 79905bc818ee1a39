//! What a place in PowerShell's text is within.

use crate::playbook::template::Slot;

use super::super::{refused, Refused};
use super::names::{self, Scope};

/// What opened a part of the code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Opener {
    /// Nothing: it is all of the text.
    Top,
    /// `(`.
    Paren,
    /// `$(` or `@(`.
    Statements,
    /// `{`.
    Block,
    /// `@{`.
    Hash,
    /// `[` behind a value.
    Index,
    /// `[` of a type or an attribute.
    Type,
}

/// How the next word is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// A statement begins.
    Statement,
    /// A value or a command begins: behind `=`, `(`, `return`.
    Value,
    /// A key of a hash table begins.
    Key,
    /// A command begins, behind `|`.
    Piped,
    /// The name of a command; whether an operator says that it is one.
    Name(bool),
    /// The arguments of a command.
    Command,
    /// An expression.
    Expression,
    /// What stands before a name; whether what is within it is like it.
    Closed(&'static str, bool),
    /// Behind `--%`.
    Verbatim,
}

/// A word of a command.
#[derive(Debug, Default)]
pub(super) struct Word {
    /// Where it begins in what is made.
    pub(super) start: usize,
    /// How it is written so far.
    pub(super) text: String,
    /// Whether it has become a text in quotes.
    pub(super) is_quoted: bool,
    /// Whether it is a value and nothing else so far, and not in quotes.
    pub(super) is_value: bool,
    /// Whether a value is in it.
    pub(super) holds: Option<Slot>,
    /// Why nothing can be joined to it, if so.
    pub(super) closed: Option<&'static str>,
}

/// A value of an expression that was just passed.
#[derive(Debug, Clone)]
pub(super) struct Passed {
    pub(super) slot: Slot,
    /// Whether a statement begins with it.
    pub(super) begins: bool,
    /// Whether a blank is between.
    pub(super) is_apart: bool,
}

/// A part of the code.
#[derive(Debug)]
pub(super) struct Code {
    pub(super) opener: Opener,
    pub(super) mode: Mode,
    pub(super) word: Option<Word>,
    /// The statement so far, in which a value counts as a letter.
    pub(super) statement: String,
    /// Where its last command begins.
    pub(super) command_at: usize,
    /// The values in the statement.
    pub(super) slots: Vec<Slot>,
    /// The values in the statements before.
    pub(super) done: Vec<Slot>,
    /// How many of the statement's are before its last command.
    pub(super) before_command: usize,
    pub(super) passed: Option<Passed>,
    /// The word that the statement began with, if it stands before a block.
    pub(super) keyword: String,
    /// Whether what comes is where output goes.
    pub(super) is_target: bool,
    /// Whether a line end came: a `|` may still go on.
    pub(super) is_over: bool,
    /// Whether the last thing was a type in brackets.
    pub(super) is_cast: bool,
    /// Whether it is an argument that a program would take for a pattern.
    pub(super) is_pattern: bool,
}

impl Code {
    pub(super) fn new(opener: Opener) -> Self {
        let mode = match opener {
            Opener::Top | Opener::Block => Mode::Statement,
            Opener::Paren | Opener::Statements => Mode::Value,
            Opener::Hash => Mode::Key,
            Opener::Index | Opener::Type => Mode::Expression,
        };
        Self {
            opener,
            mode,
            word: None,
            statement: String::new(),
            command_at: 0,
            slots: Vec::new(),
            done: Vec::new(),
            before_command: 0,
            passed: None,
            keyword: String::new(),
            is_target: false,
            is_over: false,
            is_cast: false,
            is_pattern: false,
        }
    }

    /// The command so far.
    pub(super) fn command(&self) -> &str {
        &self.statement[self.command_at..]
    }

    /// How the next statement begins.
    fn first(&self) -> Mode {
        match self.opener {
            Opener::Top | Opener::Block | Opener::Statements => Mode::Statement,
            Opener::Paren => Mode::Value,
            Opener::Hash => Mode::Key,
            Opener::Index | Opener::Type => Mode::Expression,
        }
    }

    /// Looks at a command that ends here.
    pub(super) fn end_command(&mut self) -> Result<(), Refused> {
        let is_command = matches!(self.mode, Mode::Command | Mode::Name(_) | Mode::Verbatim);
        let (before, within) = self.slots.split_at(self.before_command);
        if is_command {
            let command = self.command();
            if let (Some(slot), Some(why)) = (within.first(), names::read_again(command)) {
                return Err(refused(slot, why));
            }
            if let (Some(slot), Some(why)) = (before.first(), names::reads_input(command)) {
                return Err(refused(slot, why));
            }
        }
        self.command_at = self.statement.len();
        self.before_command = self.slots.len();
        Ok(())
    }

    /// Ends the statement.
    pub(super) fn end_statement(&mut self) -> Result<(), Refused> {
        if let Some(passed) = self.passed.take().filter(|passed| passed.begins) {
            return Err(refused(&passed.slot, COMMAND));
        }
        self.end_command()?;
        let slots = std::mem::take(&mut self.slots);
        if let (Some(slot), Some(why)) = (slots.first(), names::makes_code(&self.statement)) {
            return Err(refused(slot, why));
        }
        self.statement.clear();
        self.command_at = 0;
        self.before_command = 0;
        self.keyword.clear();
        self.is_target = false;
        self.is_over = false;
        self.is_cast = false;
        self.mode = self.first();
        self.done.extend(slots);
        Ok(())
    }

    /// Whether the statement goes on behind a line end.
    pub(super) fn goes_on(&self) -> bool {
        let text = self.statement.trim_end();
        let ends = match self.mode {
            Mode::Command | Mode::Name(_) => ",|",
            _ => "+-*/%=,|&!<>.:([{",
        };
        let word = text.rsplit(char::is_whitespace).next().unwrap_or("");
        let is_operator =
            self.mode == Mode::Expression && word.strip_prefix('-').is_some_and(names::is_operator);
        text.ends_with(|letter| ends.contains(letter)) || text.ends_with("&&") || is_operator
    }
}

pub(super) const COMMAND: &str = "where a command stands";
pub(super) const LISTED: &str = "in a list that a program may be given";

/// What a place is within.
#[derive(Debug)]
pub(super) enum Inside {
    Code(Box<Code>),
    /// `"…"`.
    Double(Quoted),
    /// `'…'`.
    Single(Quoted),
    /// `${…}`.
    Variable,
}

/// A text in quotes.
#[derive(Debug, Default)]
pub(super) struct Quoted {
    /// Where it begins in what is made.
    pub(super) start: usize,
    /// Whether it is a here-string.
    pub(super) is_here: bool,
    /// Whether a value made it another text than it was.
    pub(super) is_made: bool,
    /// Whether it became a part of the word around it, without quotes of its own.
    pub(super) is_joined: bool,
}

/// A part of the text.
#[derive(Debug)]
pub(super) struct Frame {
    pub(super) inside: Inside,
    /// Why no value can be in it, if none can.
    pub(super) closed: Option<&'static str>,
    pub(super) scope: Scope,
}
