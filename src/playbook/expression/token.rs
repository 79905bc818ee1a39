//! The words of a condition.

use crate::engine::value::Value;
use crate::playbook::place::{Position, Ruler};

use super::fault::{Fault, Trouble};

/// A word.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    Number(Value),
    /// A text; pieces that are names come as such.
    Text(Vec<Piece>),
    /// The name behind `$`, or within `{{ }}`: `params`, `env:X`.
    Name(String),
    /// `Test-Path`, `success`, `true`.
    Word(String),
    /// `-eq`, without the dash.
    Operator(String),
    /// Any other character, or `@(`, `==`, `!=`.
    Mark(&'static str),
    /// A character that means nothing here.
    Other(char),
    End,
}

/// A piece of a text.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Piece {
    Text(String),
    Name(String),
}

/// A word with where it stands.
#[derive(Debug, Clone)]
pub(super) struct Spanned {
    pub(super) token: Token,
    pub(super) start: usize,
    pub(super) at: Position,
}

const MARKS: &[&str] = &[
    "@(", "==", "!=", "(", ")", "[", "]", ",", ".", "!", "+", "-", "*", "/", "%", "@",
];

/// Reads all words of a condition; the last is the end.
pub(super) fn read(source: &str) -> Result<Vec<Spanned>, Fault> {
    let mut lexer = Lexer {
        source,
        offset: 0,
        ruler: Ruler::new(source),
    };
    let mut tokens = Vec::new();
    loop {
        lexer.skip_space();
        let start = lexer.offset;
        let at = lexer.ruler.position(start);
        let token = lexer.next(at)?;
        let is_end = token == Token::End;
        tokens.push(Spanned { token, start, at });
        if is_end {
            return Ok(tokens);
        }
    }
}

struct Lexer<'s> {
    source: &'s str,
    offset: usize,
    ruler: Ruler<'s>,
}

impl<'s> Lexer<'s> {
    fn rest(&self) -> &'s str {
        &self.source[self.offset..]
    }

    fn skip_space(&mut self) {
        let rest = self.rest();
        self.offset += rest.len() - rest.trim_start().len();
    }

    fn take(&mut self, is_part: impl Fn(char) -> bool) -> &'s str {
        let rest = self.rest();
        let end = rest.find(|letter| !is_part(letter)).unwrap_or(rest.len());
        self.offset += end;
        &rest[..end]
    }

    fn next(&mut self, at: Position) -> Result<Token, Fault> {
        let rest = self.rest();
        let Some(first) = rest.chars().next() else {
            return Ok(Token::End);
        };
        let second = rest[first.len_utf8()..].chars().next();
        match first {
            '\'' => self.single(at),
            '"' => self.double(at),
            '$' => self.dollar(at).map(Token::Name),
            '{' if rest.starts_with("{{") => self.braces(at).map(Token::Name),
            '0'..='9' => Ok(self.number()),
            '-' if second.is_some_and(char::is_alphabetic) => {
                self.offset += 1;
                Ok(Token::Operator(self.take(char::is_alphabetic).to_owned()))
            }
            _ if first.is_alphabetic() || first == '_' => {
                let is_part =
                    |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '-');
                Ok(Token::Word(self.take(is_part).to_owned()))
            }
            _ => Ok(self.mark(first)),
        }
    }

    fn mark(&mut self, first: char) -> Token {
        let rest = self.rest();
        match MARKS.iter().find(|mark| rest.starts_with(**mark)) {
            Some(mark) => {
                self.offset += mark.len();
                Token::Mark(mark)
            }
            None => {
                self.offset += first.len_utf8();
                Token::Other(first)
            }
        }
    }

    /// `5`, `2.5`, `1GB`; what is larger than a whole number is one with a fraction.
    fn number(&mut self) -> Token {
        let start = self.offset;
        self.take(|digit| digit.is_ascii_digit());
        let mut tail = self.rest().chars();
        let has_fraction =
            tail.next() == Some('.') && tail.next().is_some_and(|digit| digit.is_ascii_digit());
        if has_fraction {
            self.offset += 1;
            self.take(|digit| digit.is_ascii_digit());
        }
        let digits = &self.source[start..self.offset];
        let suffix = self
            .rest()
            .get(..2)
            .unwrap_or_default()
            .to_ascii_lowercase();
        let factor: i64 = match suffix.as_str() {
            "kb" => 1 << 10,
            "mb" => 1 << 20,
            "gb" => 1 << 30,
            "tb" => 1 << 40,
            _ => 1,
        };
        if factor > 1 {
            self.offset += 2;
        }
        let whole = digits.parse::<i64>().ok();
        if let Some(value) = whole.and_then(|value| value.checked_mul(factor)) {
            return Token::Number(Value::Int(value));
        }
        let value = digits.parse::<f64>().unwrap_or(f64::MAX) * factor as f64;
        Token::Number(Value::Float(value))
    }

    /// `'text'`; two quotes in it are one. `{{x}}` in it is a name.
    fn single(&mut self, at: Position) -> Result<Token, Fault> {
        self.offset += 1;
        let mut pieces = Pieces::default();
        loop {
            let rest = self.rest();
            if rest.starts_with("''") {
                pieces.push('\'');
                self.offset += 2;
            } else if rest.starts_with('\'') {
                self.offset += 1;
                return Ok(Token::Text(pieces.finish()));
            } else if rest.starts_with("{{") {
                let at = self.ruler.position(self.offset);
                pieces.name(self.braces(at)?);
            } else {
                self.copy_one(&mut pieces, at, "the quote `'`")?;
            }
        }
    }

    /// `"text $name"`, with backticks as in PowerShell.
    fn double(&mut self, at: Position) -> Result<Token, Fault> {
        self.offset += 1;
        let mut pieces = Pieces::default();
        loop {
            let rest = self.rest();
            let second = rest.chars().nth(1);
            if rest.starts_with("\"\"") {
                pieces.push('"');
                self.offset += 2;
            } else if rest.starts_with('"') {
                self.offset += 1;
                return Ok(Token::Text(pieces.finish()));
            } else if rest.starts_with('`') {
                self.offset += 1;
                self.escaped(&mut pieces, at)?;
            } else if rest.starts_with("{{") {
                let at = self.ruler.position(self.offset);
                pieces.name(self.braces(at)?);
            } else if rest.starts_with('$') && second.is_some_and(begins_name) {
                let at = self.ruler.position(self.offset);
                pieces.name(self.dollar(at)?);
            } else {
                self.copy_one(&mut pieces, at, "the quote `\"`")?;
            }
        }
    }

    fn copy_one(
        &mut self,
        pieces: &mut Pieces,
        at: Position,
        end: &'static str,
    ) -> Result<(), Fault> {
        let Some(letter) = self.rest().chars().next() else {
            return Err(Fault::new(at, Trouble::Unclosed(end)));
        };
        self.offset += letter.len_utf8();
        pieces.push(letter);
        Ok(())
    }

    fn escaped(&mut self, pieces: &mut Pieces, at: Position) -> Result<(), Fault> {
        let letter = match self.rest().chars().next() {
            Some('n') => '\n',
            Some('t') => '\t',
            Some('r') => '\r',
            Some('0') => '\0',
            _ => return self.copy_one(pieces, at, "the quote `\"`"),
        };
        self.offset += 1;
        pieces.push(letter);
        Ok(())
    }

    /// `$name`, `$env:NAME`, `${name}`.
    fn dollar(&mut self, at: Position) -> Result<String, Fault> {
        self.offset += 1;
        let rest = self.rest();
        if rest.starts_with('(') {
            return Err(Fault::new(at, Trouble::Code("$( )".to_owned())));
        }
        if let Some(inner) = rest.strip_prefix('{') {
            let Some(end) = inner.find('}') else {
                return Err(Fault::new(at, Trouble::Unclosed("the bracket `}`")));
            };
            self.offset += end + 2;
            return Ok(inner[..end].to_owned());
        }
        let is_part = |letter: char| letter.is_alphanumeric() || letter == '_';
        let name = self.take(is_part);
        let is_environment = name.eq_ignore_ascii_case("env");
        let next = self.rest().chars().nth(1);
        if is_environment && self.rest().starts_with(':') && next.is_some_and(is_part) {
            self.offset += 1;
            let variable = self.take(is_part);
            return Ok(format!("env:{variable}"));
        }
        if name.is_empty() {
            let found = "a `$` without a name".to_owned();
            let expected = "a name behind `$`";
            return Err(Fault::new(at, Trouble::Expected { expected, found }));
        }
        Ok(name.to_owned())
    }

    /// `{{x}}`; a default behind `:=` is for templates.
    fn braces(&mut self, at: Position) -> Result<String, Fault> {
        let inner = &self.rest()[2..];
        let Some(end) = inner.find("}}") else {
            return Err(Fault::new(at, Trouble::Unclosed("the brackets `}}`")));
        };
        self.offset += end + 4;
        let name = inner[..end].split(":=").next().unwrap_or_default();
        Ok(name.trim().to_owned())
    }
}

fn begins_name(letter: char) -> bool {
    letter.is_alphanumeric() || matches!(letter, '_' | '{' | '(')
}

#[derive(Default)]
struct Pieces {
    done: Vec<Piece>,
    text: String,
}

impl Pieces {
    fn push(&mut self, letter: char) {
        self.text.push(letter);
    }

    fn name(&mut self, name: String) {
        if !self.text.is_empty() {
            self.done.push(Piece::Text(std::mem::take(&mut self.text)));
        }
        self.done.push(Piece::Name(name));
    }

    fn finish(mut self) -> Vec<Piece> {
        if !self.text.is_empty() || self.done.is_empty() {
            self.done.push(Piece::Text(self.text));
        }
        self.done
    }
}
