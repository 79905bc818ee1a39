//! What a condition is, given what its names stand for.

use std::cmp::Ordering;

use regex::{Regex, RegexBuilder};

use crate::engine::value::Value;
use crate::playbook::place::Position;
use crate::playbook::value::is_same_name;

use super::fault::{Fault, Trouble};
use super::operator::{Operator, Question};
use super::{Outcome, Reference, Term};

/// The largest pattern, once it was made ready: what a person writes is far below.
const PATTERN_BYTES: usize = 1 << 20;

/// What the names in a condition stand for.
pub trait Scope {
    /// The value of a name; nothing if there is none.
    fn value(&self, reference: &Reference) -> Value;

    /// Whether a file or folder is there.
    fn path_exists(&self, path: &str) -> bool;

    /// Whether a step has failed so far.
    fn has_failed(&self) -> bool;
}

pub(super) fn evaluate(term: &Term, scope: &dyn Scope) -> Result<Value, Fault> {
    Ok(match term {
        Term::Value(value) => value.clone(),
        Term::Name(reference, _) => scope.value(reference),
        Term::List(terms) => {
            let values: Result<Vec<_>, _> =
                terms.iter().map(|term| evaluate(term, scope)).collect();
            Value::List(values?.into())
        }
        Term::Joined(terms) => {
            let mut joined = String::new();
            for term in terms {
                joined.push_str(&text_of(&evaluate(term, scope)?));
            }
            Value::Text(joined.into())
        }
        Term::Not(term) => Value::Bool(!is_true(&evaluate(term, scope)?)),
        Term::Negative(term, at) => {
            let value = evaluate(term, scope)?;
            arithmetic(Operator::Subtract, &Value::Int(0), &value, *at)?
        }
        Term::Two(operator, terms, at) => two(*operator, &terms.0, &terms.1, *at, scope)?,
        Term::Part(whole, name) => part(&evaluate(whole, scope)?, &evaluate(name, scope)?),
        Term::TestPath(path) => {
            let path = text_of(&evaluate(path, scope)?);
            Value::Bool(scope.path_exists(&path))
        }
        Term::Outcome(outcome) => Value::Bool(match outcome {
            Outcome::Always => true,
            Outcome::Success => !scope.has_failed(),
            Outcome::Failure => scope.has_failed(),
        }),
    })
}

fn two(
    operator: Operator,
    left: &Term,
    right: &Term,
    at: Position,
    scope: &dyn Scope,
) -> Result<Value, Fault> {
    let left = evaluate(left, scope)?;
    // What decides alone is not asked further, as in PowerShell.
    let decided = match operator {
        Operator::And if !is_true(&left) => Some(false),
        Operator::Or if is_true(&left) => Some(true),
        _ => None,
    };
    if let Some(decided) = decided {
        return Ok(Value::Bool(decided));
    }
    let right = evaluate(right, scope)?;
    match operator {
        Operator::And | Operator::Or => Ok(Value::Bool(is_true(&right))),
        Operator::Xor => Ok(Value::Bool(is_true(&left) != is_true(&right))),
        Operator::Compare {
            question,
            is_not,
            ignores_case,
        } => {
            let comparison = Comparison {
                operator,
                question,
                is_not,
                ignores_case,
                at,
            };
            comparison.of(&left, &right)
        }
        _ => arithmetic(operator, &left, &right, at),
    }
}

/// Whether a value counts as true, as PowerShell counts.
pub fn is_true(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(value) => *value,
        Value::Int(value) => *value != 0,
        Value::Float(value) => *value != 0.0,
        Value::Text(text) => !text.is_empty(),
        Value::List(values) => match &**values {
            [] => false,
            [only] => is_true(only),
            _ => true,
        },
        Value::Map(_) => true,
    }
}

/// A value in a text, as PowerShell writes it there.
pub fn text_of(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::Int(value) => value.to_string(),
        Value::Float(value) => value.to_string(),
        Value::Text(text) => text.to_string(),
        Value::List(values) => {
            let texts: Vec<_> = values.iter().map(text_of).collect();
            texts.join(" ")
        }
        Value::Map(_) => serde_json::to_string(value).unwrap_or_default(),
    }
}

fn part(whole: &Value, name: &Value) -> Value {
    let is_named = |wanted: &[&str]| match name {
        Value::Text(name) => wanted.iter().any(|it| name.eq_ignore_ascii_case(it)),
        _ => false,
    };
    match (whole, name) {
        (Value::Map(entries), Value::Text(name)) => {
            let entry = entries.iter().find(|(key, _)| is_same_name(key, name));
            entry.map_or(Value::Null, |(_, value)| value.clone())
        }
        (Value::List(values), Value::Int(index)) => at_index(values, *index),
        (Value::List(values), _) if is_named(&["count", "length"]) => {
            Value::Int(values.len() as i64)
        }
        (Value::Text(text), _) if is_named(&["length"]) => {
            Value::Int(text.encode_utf16().count() as i64)
        }
        (Value::Null, _) if is_named(&["count", "length"]) => Value::Int(0),
        (_, _) if is_named(&["count"]) => Value::Int(1),
        // What a program gives out may be JSON.
        (Value::Text(text), _) if text.trim_start().starts_with(['{', '[']) => {
            match serde_json::from_str::<Value>(text) {
                Ok(json @ (Value::Map(_) | Value::List(_))) => part(&json, name),
                _ => Value::Null,
            }
        }
        _ => Value::Null,
    }
}

/// A negative index counts from the end.
fn at_index(values: &[Value], index: i64) -> Value {
    let length = values.len() as i64;
    let index = if index < 0 { index + length } else { index };
    let found = usize::try_from(index)
        .ok()
        .and_then(|index| values.get(index));
    found.cloned().unwrap_or_default()
}

// ---- comparing ----

struct Comparison {
    operator: Operator,
    question: Question,
    is_not: bool,
    ignores_case: bool,
    at: Position,
}

impl Comparison {
    fn of(&self, left: &Value, right: &Value) -> Result<Value, Fault> {
        match (self.question, left, right) {
            (Question::In, _, _) => self.contains(right, left),
            (Question::Contains, _, _) => self.contains(left, right),
            // Of a list, an operator gives those for which it holds.
            (_, Value::List(values), _) => {
                let mut found = Vec::new();
                for value in values.iter() {
                    if self.answer(value, right)? {
                        found.push(value.clone());
                    }
                }
                Ok(Value::List(found.into()))
            }
            _ => self.answer(left, right).map(Value::Bool),
        }
    }

    fn contains(&self, list: &Value, wanted: &Value) -> Result<Value, Fault> {
        let is_wanted = |value: &Value| is_equal(value, wanted, self.ignores_case);
        let is_there = match list {
            Value::List(values) => values.iter().any(is_wanted),
            one => is_wanted(one),
        };
        Ok(Value::Bool(is_there != self.is_not))
    }

    fn answer(&self, left: &Value, right: &Value) -> Result<bool, Fault> {
        let holds = match self.question {
            Question::Equal => is_equal(left, right, self.ignores_case),
            Question::Like | Question::Match => {
                let pattern = pattern(self.question, &text_of(right), self.ignores_case)
                    .map_err(|problem| Fault::new(self.at, Trouble::Pattern(problem)))?;
                pattern.is_match(&text_of(left))
            }
            _ => self.is_ordered(left, right)?,
        };
        Ok(holds != self.is_not)
    }

    fn is_ordered(&self, left: &Value, right: &Value) -> Result<bool, Fault> {
        let Some(order) = order(left, right, self.ignores_case) else {
            return Err(refused(self.operator, left, right, self.at));
        };
        Ok(match self.question {
            Question::Greater => order == Ordering::Greater,
            Question::GreaterOrEqual => order != Ordering::Less,
            Question::Less => order == Ordering::Less,
            _ => order != Ordering::Greater,
        })
    }
}

fn refused(operator: Operator, left: &Value, right: &Value, at: Position) -> Fault {
    let trouble = Trouble::Values {
        operator: operator.word(),
        left: described(left),
        right: described(right),
    };
    Fault::new(at, trouble)
}

fn described(value: &Value) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        Value::Bool(_) => "true or false".to_owned(),
        Value::Int(_) | Value::Float(_) => "a number".to_owned(),
        Value::Text(text) if text.chars().count() <= 40 => format!("the text `{text}`"),
        Value::Text(_) => "a text".to_owned(),
        Value::List(_) => "a list".to_owned(),
        Value::Map(_) => "a map".to_owned(),
    }
}

/// A number, also as a text.
fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Int(value) => Some(*value as f64),
        Value::Float(value) => Some(*value),
        Value::Text(text) => text.trim().parse().ok().filter(|it: &f64| it.is_finite()),
        _ => None,
    }
}

fn is_number(value: &Value) -> bool {
    matches!(value, Value::Int(_) | Value::Float(_))
}

/// Whether letters are the same, whatever their case.
fn same_text(left: &str, right: &str, ignores_case: bool) -> bool {
    left == right || (ignores_case && left.to_lowercase() == right.to_lowercase())
}

fn is_equal(left: &Value, right: &Value, ignores_case: bool) -> bool {
    match (left, right) {
        (Value::Null, Value::Null) => true,
        (Value::Null, _) | (_, Value::Null) => false,
        (Value::Int(left), Value::Int(right)) => left == right,
        (Value::Bool(left), Value::Bool(right)) => left == right,
        (Value::Bool(left), Value::Text(right)) => match right.to_lowercase().as_str() {
            "true" => *left,
            "false" => !*left,
            other => *left != other.is_empty(),
        },
        (Value::Bool(left), right) => *left == is_true(right),
        _ if is_number(left) || is_number(right) => match (right, number(left), number(right)) {
            (Value::Bool(right), Some(left), _) => left == f64::from(u8::from(*right)),
            (_, Some(left), Some(right)) => left == right,
            _ => false,
        },
        (Value::Text(left), right) => same_text(left, &text_of(right), ignores_case),
        _ => left == right,
    }
}

fn order(left: &Value, right: &Value, ignores_case: bool) -> Option<Ordering> {
    if let (Value::Int(left), Value::Int(right)) = (left, right) {
        return Some(left.cmp(right));
    }
    if is_number(left) || is_number(right) {
        let as_number = |value: &Value| match value {
            Value::Null => Some(0.0),
            Value::Bool(value) => Some(f64::from(u8::from(*value))),
            value => number(value),
        };
        return as_number(left)?.partial_cmp(&as_number(right)?);
    }
    let (Value::Text(left), Value::Text(right)) = (left, right) else {
        return None;
    };
    Some(match ignores_case {
        true => left.to_lowercase().cmp(&right.to_lowercase()),
        false => left.cmp(right),
    })
}

// ---- computing ----

fn arithmetic(
    operator: Operator,
    left: &Value,
    right: &Value,
    at: Position,
) -> Result<Value, Fault> {
    if operator == Operator::Add {
        match (left, right) {
            (Value::Text(left), right) => {
                return Ok(Value::Text(format!("{left}{}", text_of(right)).into()));
            }
            (Value::List(left), right) => {
                let mut values = left.to_vec();
                match right {
                    Value::List(right) => values.extend(right.iter().cloned()),
                    one => values.push(one.clone()),
                }
                return Ok(Value::List(values.into()));
            }
            _ => {}
        }
    }
    let refused = || refused(operator, left, right, at);
    if let (Value::Int(left), Value::Int(right)) = (left, right) {
        let whole = match operator {
            Operator::Add => left.checked_add(*right),
            Operator::Subtract => left.checked_sub(*right),
            Operator::Multiply => left.checked_mul(*right),
            Operator::Remainder => left.checked_rem(*right),
            _ if *right != 0 && left % right == 0 => left.checked_div(*right),
            _ => None,
        };
        if let Some(value) = whole {
            return Ok(Value::Int(value));
        }
    }
    let (Some(left), Some(right)) = (number(left), number(right)) else {
        return Err(refused());
    };
    let value = match operator {
        Operator::Add => left + right,
        Operator::Subtract => left - right,
        Operator::Multiply => left * right,
        Operator::Remainder => left % right,
        _ => left / right,
    };
    match value.is_finite() {
        true => Ok(Value::Float(value)),
        false => Err(refused()),
    }
}

// ---- patterns ----

/// Makes a pattern ready; an error says why it cannot be used.
pub(super) fn pattern(question: Question, text: &str, ignores_case: bool) -> Result<Regex, String> {
    let source = match question {
        Question::Like => like(text)?,
        _ => text.to_owned(),
    };
    let pattern = RegexBuilder::new(&source)
        .case_insensitive(ignores_case)
        .size_limit(PATTERN_BYTES)
        .dot_matches_new_line(question == Question::Like)
        .build();
    pattern.map_err(|problem| {
        let text = problem.to_string();
        // The library draws a picture first; its last line says what is wrong.
        let last = text.lines().last().unwrap_or_default();
        last.trim_start_matches("error: ").to_owned()
    })
}

/// What is `*`, `?` or `[a-z]` to PowerShell, as a pattern; a backtick takes the
/// meaning from the next character.
fn like(text: &str) -> Result<String, String> {
    let mut source = String::from("^(?:");
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '*' => source.push_str(".*"),
            '?' => source.push('.'),
            '`' => source.push_str(&regex::escape(&letters.next().unwrap_or('`').to_string())),
            '[' => {
                let (set, rest) = letters
                    .as_str()
                    .split_once(']')
                    .ok_or("the bracket `]` is missing")?;
                let set: String = set.chars().map(in_set).collect();
                source.push_str(&format!("[{set}]"));
                letters = rest.chars();
            }
            letter => source.push_str(&regex::escape(&letter.to_string())),
        }
    }
    source.push_str(")$");
    Ok(source)
}

fn in_set(letter: char) -> String {
    match letter {
        '-' => "-".to_owned(),
        letter if letter.is_alphanumeric() => letter.to_string(),
        letter => format!("\\u{{{:x}}}", u32::from(letter)),
    }
}

/// Names that a condition may read and that stand for one value each.
impl Reference {
    /// The reference as it is written.
    pub fn written(&self) -> String {
        match self {
            Self::Parameter(name) => format!("$params.{name}"),
            Self::Variable(name) => format!("${name}"),
            Self::Environment(name) => format!("$env:{name}"),
            Self::Context => "$env.context".to_owned(),
            Self::Step(name, _) => format!("$steps.{name}"),
            Self::LastExitCode => "$LASTEXITCODE".to_owned(),
        }
    }
}
