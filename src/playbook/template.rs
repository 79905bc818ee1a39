//! Texts with places for values: `{{x}}`, `{{x:=default}}`, `${x}`, `$params.x`.
//!
//! A template is never turned into a command by putting values into its text. What
//! the values become is for [`super::shell`] to say, or they are arguments of a
//! program, where no text is read again.

use crate::engine::value::Value;

use super::expression::{text_of, Expression, Fault, Scope};
use super::place::{Position, Ruler};

/// A text with places for values.
#[derive(Debug, Clone)]
pub struct Template {
    pieces: Vec<Piece>,
}

/// A piece of a template.
#[derive(Debug, Clone)]
pub enum Piece {
    /// Text as it is.
    Text(String),
    /// A place for a value.
    Slot(Slot),
}

/// A place for a value.
#[derive(Debug, Clone)]
pub struct Slot {
    /// What stands there.
    pub written: String,
    /// Where it begins in the text.
    pub at: Position,
    /// What it is if the value is nothing.
    pub default: Option<String>,
    expression: Expression,
}

impl Slot {
    /// What the value is.
    pub fn expression(&self) -> &Expression {
        &self.expression
    }

    /// What its value is now.
    pub fn value(&self, scope: &dyn Scope) -> Result<Value, Fault> {
        let value = self.expression.evaluate(scope)?;
        Ok(match (&value, &self.default) {
            (Value::Null, Some(default)) => Value::Text(default.as_str().into()),
            _ => value,
        })
    }

    /// The text of its value.
    pub fn text(&self, scope: &dyn Scope) -> Result<String, Fault> {
        self.value(scope).map(|value| plain(&value))
    }
}

/// A value as a program is given it. PowerShell alone writes `True`.
pub fn plain(value: &Value) -> String {
    match value {
        Value::Bool(value) => value.to_string(),
        Value::List(values) => {
            let texts: Vec<_> = values.iter().map(plain).collect();
            texts.join(" ")
        }
        other => text_of(other),
    }
}

impl Template {
    /// Reads a text. `is_known` says for which names `${name}` is a value; for
    /// others it is left to the shell, which has its own.
    pub fn parse(source: &str, is_known: &dyn Fn(&str) -> bool) -> Result<Self, Fault> {
        let mut reader = Reader {
            source,
            ruler: Ruler::new(source),
            pieces: Vec::new(),
            text_start: 0,
        };
        reader.read(is_known)?;
        Ok(Self {
            pieces: reader.pieces,
        })
    }

    /// Its pieces, in order.
    pub fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// The places for values.
    pub fn slots(&self) -> impl Iterator<Item = &Slot> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Slot(slot) => Some(slot),
            Piece::Text(_) => None,
        })
    }

    /// The text with its values: for an argument of a program, or for a person.
    pub fn fill(&self, scope: &dyn Scope) -> Result<String, Fault> {
        let mut filled = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => filled.push_str(text),
                Piece::Slot(slot) => filled.push_str(&slot.text(scope)?),
            }
        }
        Ok(filled)
    }

    /// The value, if the template is one place and nothing else.
    pub fn value(&self, scope: &dyn Scope) -> Result<Value, Fault> {
        if let [Piece::Slot(slot)] = self.pieces.as_slice() {
            return slot.value(scope);
        }
        self.fill(scope).map(|text| Value::Text(text.into()))
    }
}

struct Reader<'s> {
    source: &'s str,
    ruler: Ruler<'s>,
    pieces: Vec<Piece>,
    text_start: usize,
}

impl Reader<'_> {
    fn read(&mut self, is_known: &dyn Fn(&str) -> bool) -> Result<(), Fault> {
        let mut offset = 0;
        while let Some(found) = self.source[offset..].find(['{', '$']) {
            let start = offset + found;
            offset = match self.slot_at(start, is_known)? {
                Some((slot, end)) => {
                    self.push_text(start);
                    self.pieces.push(Piece::Slot(slot));
                    self.text_start = end;
                    end
                }
                None => start + skipped(&self.source[start..]),
            };
        }
        self.push_text(self.source.len());
        Ok(())
    }

    fn push_text(&mut self, end: usize) {
        if end > self.text_start {
            let text = self.source[self.text_start..end].to_owned();
            self.pieces.push(Piece::Text(text));
        }
    }

    fn slot_at(
        &mut self,
        start: usize,
        is_known: &dyn Fn(&str) -> bool,
    ) -> Result<Option<(Slot, usize)>, Fault> {
        let rest = &self.source[start..];
        let found = if rest.starts_with("{{") {
            braces(rest)
        } else if rest.starts_with("${") {
            dollar_braces(rest).filter(|(name, _, _)| is_known(name))
        } else {
            dollar_name(rest)
        };
        let Some((name, default, length)) = found else {
            return Ok(None);
        };
        let at = self.ruler.position(start);
        let expression = expression(&name).map_err(|fault| Fault { at, ..fault })?;
        let slot = Slot {
            written: rest[..length].to_owned(),
            at,
            default,
            expression,
        };
        Ok(Some((slot, start + length)))
    }
}

/// How much of a text to pass over that begins like a value and is none.
fn skipped(rest: &str) -> usize {
    // `${{ … }}` belongs to others, and so does what is in it.
    match rest.strip_prefix("${{").and_then(|inner| inner.find("}}")) {
        Some(end) => end + 5,
        None => 1,
    }
}

type Found = (String, Option<String>, usize);

/// `{{x}}`, `{{x:=default}}`. What begins otherwise, as `{{.Names}}`, is text.
fn braces(rest: &str) -> Option<Found> {
    let end = rest.find("}}")?;
    let inner = &rest[2..end];
    let (name, default) = match inner.split_once(":=") {
        Some((name, default)) => (name, Some(default.trim().to_owned())),
        None => (inner, None),
    };
    let name = name.trim();
    let first = name.chars().next()?;
    let is_name = first.is_alphabetic() || matches!(first, '_' | '$');
    is_name.then(|| (name.to_owned(), default, end + 2))
}

/// `${x}`, `${x:default}`.
fn dollar_braces(rest: &str) -> Option<Found> {
    let end = rest.find('}')?;
    let inner = &rest[2..end];
    let (name, default) = match inner.split_once(':') {
        Some((name, default)) if !name.eq_ignore_ascii_case("env") => {
            (name, Some(default.trim_start_matches('=').to_owned()))
        }
        _ => (inner, None),
    };
    Some((name.to_owned(), default, end + 1))
}

/// `$params.x`, `$env.context`, `$steps.x.output`.
fn dollar_name(rest: &str) -> Option<Found> {
    const SCOPES: &[&str] = &["$params.", "$env.context", "$steps."];
    let begins = |scope: &&str| {
        rest.get(..scope.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(scope))
    };
    let scope = SCOPES.iter().find(|scope| begins(scope))?;
    let mut length = scope.len();
    match *scope {
        "$params." => length += word(&rest[length..])?,
        "$steps." => {
            length += step_name(&rest[length..])?;
            length += 1 + word(rest[length..].strip_prefix('.')?)?;
        }
        _ => {}
    }
    Some((rest[..length].to_owned(), None, length))
}

fn word(rest: &str) -> Option<usize> {
    let is_part = |letter: char| letter.is_alphanumeric() || letter == '_';
    let length = rest.find(|letter| !is_part(letter)).unwrap_or(rest.len());
    (length > 0).then_some(length)
}

fn step_name(rest: &str) -> Option<usize> {
    match rest.strip_prefix('\'') {
        Some(quoted) => quoted.find('\'').map(|end| end + 2),
        None => word(rest),
    }
}

fn expression(name: &str) -> Result<Expression, Fault> {
    let scoped = ["params.", "env.", "steps."];
    let is_scoped = scoped.iter().any(|scope| {
        name.get(..scope.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(scope))
    });
    match name {
        name if name.starts_with('$') => Expression::parse(name),
        name if is_scoped || name.contains(['.', '[']) => Expression::parse(&format!("${name}")),
        name => Ok(Expression::of_variable(name)),
    }
}

#[cfg(test)]
#[path = "template/tests.rs"]
mod tests;
