//! The few variables that data may name: `$true`, `$false`, `$null`, `$env:NAME`.

use super::cursor::Cursor;
use super::fault::Fault;
use super::Read;

/// A variable.
#[derive(Debug, PartialEq)]
pub(super) enum Variable {
    Null,
    Bool(bool),
    /// `$env:NAME` or `${env:NAME}`.
    Environment(String),
}

/// Reads the variable whose `$` is next; `None`, with nothing passed, if the `$` is
/// only a character.
pub(super) fn read(cursor: &mut Cursor<'_>) -> Read<Option<Variable>> {
    let start = cursor.position();
    let name = match cursor.peek_second() {
        Some('(') => return Err((start, Fault::Subexpression)),
        Some('{') => in_braces(cursor)?,
        Some(letter) if is_name(letter) => plain(cursor),
        Some(letter @ ('?' | '$' | '^' | ':')) => {
            let name = format!("${letter}");
            return Err((start, Fault::Variable { name }));
        }
        _ => return Ok(None),
    };
    let known = known(&name).ok_or((
        start,
        Fault::Variable {
            name: format!("${name}"),
        },
    ))?;
    Ok(Some(known))
}

fn is_name(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

/// `NAME` or `scope:NAME`; a `?` may be part of a name.
fn plain(cursor: &mut Cursor<'_>) -> String {
    cursor.next();
    let is_part = |letter| is_name(letter) || letter == '?';
    let mut name = cursor.take_while(is_part).to_owned();
    if cursor.peek() == Some(':') && cursor.peek_second().is_some_and(is_part) {
        cursor.next();
        name.push(':');
        name.push_str(cursor.take_while(is_part));
    }
    name
}

fn in_braces(cursor: &mut Cursor<'_>) -> Read<String> {
    let start = cursor.position();
    cursor.next();
    cursor.next();
    let mut name = String::new();
    loop {
        match cursor.next() {
            Some('}') => return Ok(name),
            Some('`') => name.extend(cursor.next()),
            Some(letter) => name.push(letter),
            None => {
                let (what, end) = ("a variable", "`}`");
                return Err((start, Fault::Unended { what, end }));
            }
        }
    }
}

fn known(name: &str) -> Option<Variable> {
    if let Some((scope, name)) = name.split_once(':') {
        let is_environment = scope.eq_ignore_ascii_case("env") && !name.is_empty();
        return is_environment.then(|| Variable::Environment(name.to_owned()));
    }
    match name.to_ascii_lowercase().as_str() {
        "true" => Some(Variable::Bool(true)),
        "false" => Some(Variable::Bool(false)),
        "null" => Some(Variable::Null),
        _ => None,
    }
}
