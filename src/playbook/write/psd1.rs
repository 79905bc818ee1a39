//! Writes psd1, four spaces a level, so that PowerShell reads the same.

use std::fmt::Write;

use crate::playbook::psd1::{is_double_quote, is_single_quote};
use crate::playbook::value::{Data, Map, Node, Part};

use super::new_line;

const INDENT: &str = "    ";

/// A value, with a line's end behind it.
pub(super) fn write(node: &Node) -> String {
    let mut text = String::new();
    statement(node, 0, &mut text);
    text.push('\n');
    text
}

/// A value where nothing around it could take it apart: a choice stands by itself.
fn statement(node: &Node, depth: usize, text: &mut String) {
    let Data::Otherwise(values) = &node.data else {
        return item(node, depth, text);
    };
    statement(&values.0, depth, text);
    text.push_str(" ?? ");
    item(&values.1, depth, text);
}

/// A value that others may follow after a comma.
fn item(node: &Node, depth: usize, text: &mut String) {
    // Writing to a String cannot fail.
    let _ = match (&node.data, &node.written) {
        (_, Some(written)) => write!(text, "{written}"),
        (Data::Null, _) => write!(text, "$null"),
        (Data::Bool(value), _) => write!(text, "${value}"),
        (Data::Int(value), _) => write!(text, "{value}"),
        // A fraction stays one: `1.0`.
        (Data::Float(value), _) => write!(text, "{value:?}"),
        (Data::Text(content), _) => write!(text, "{}", quoted(content)),
        (Data::Environment(name), _) => write!(text, "{}", variable(name)),
        (Data::Joined(parts), _) => write!(text, "{}", joined(parts)),
        (Data::Block(script), _) => write!(text, "{{{script}}}"),
        (Data::Otherwise(_), _) => {
            text.push('(');
            statement(node, depth, text);
            write!(text, ")")
        }
        (Data::List(items), _) => {
            list(items, depth, text);
            Ok(())
        }
        (Data::Map(map), _) => {
            hashtable(map, depth, text);
            Ok(())
        }
    };
}

/// `@( … )` takes a list that is its only item for itself, so such a one has a comma
/// before it instead.
fn list(items: &[Node], depth: usize, text: &mut String) {
    match items {
        [] => text.push_str("@()"),
        [only] if may_be_list(only) => {
            text.push_str(", ");
            item(only, depth, text);
        }
        _ => {
            text.push_str("@(");
            for (index, one) in items.iter().enumerate() {
                text.push_str(if index > 0 { "," } else { "" });
                new_line(text, INDENT, depth + 1);
                item(one, depth + 1, text);
            }
            new_line(text, INDENT, depth);
            text.push(')');
        }
    }
}

fn may_be_list(node: &Node) -> bool {
    match &node.data {
        Data::List(_) => true,
        Data::Otherwise(values) => may_be_list(&values.0) || may_be_list(&values.1),
        _ => false,
    }
}

fn hashtable(map: &Map, depth: usize, text: &mut String) {
    text.push_str("@{");
    for entry in map.entries() {
        new_line(text, INDENT, depth + 1);
        text.push_str(&key(&entry.key));
        text.push_str(" = ");
        statement(&entry.value, depth + 1, text);
    }
    if !map.entries().is_empty() {
        new_line(text, INDENT, depth);
    }
    text.push('}');
}

/// Whether PowerShell takes a text for one word.
fn is_word(name: &str) -> bool {
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    name.chars().all(is_part) && !name.starts_with(|first: char| first.is_ascii_digit())
}

fn key(name: &str) -> String {
    match is_word(name) && !name.is_empty() {
        true => name.to_owned(),
        false => escaped_if_needed(name),
    }
}

fn variable(name: &str) -> String {
    match is_word(name) {
        true => format!("$env:{name}"),
        false => in_braces(name),
    }
}

fn in_braces(name: &str) -> String {
    format!("${{env:{}}}", name.replace('`', "``").replace('}', "`}"))
}

/// A text of several lines is a here-string, if it can be one.
fn quoted(content: &str) -> String {
    let begins_footer = |line: &str| {
        let mut letters = line.chars();
        letters.next().is_some_and(is_single_quote) && letters.next() == Some('@')
    };
    let is_plain = !content.contains(|letter| letter != '\n' && acts(letter));
    match content.contains('\n') && is_plain && !content.split('\n').any(begins_footer) {
        true => format!("@'\n{content}\n'@"),
        false => escaped_if_needed(content),
    }
}

/// Letters that would not be seen, or not be kept by everybody who saves a file.
fn acts(letter: char) -> bool {
    letter.is_control() || matches!(letter, '\u{2028}' | '\u{2029}' | '\u{feff}')
}

fn escaped_if_needed(content: &str) -> String {
    if content.contains(acts) {
        return format!("\"{}\"", escaped(content));
    }
    let mut text = String::from("'");
    for letter in content.chars() {
        text.push(letter);
        if is_single_quote(letter) {
            text.push(letter);
        }
    }
    text.push('\'');
    text
}

fn joined(parts: &[Part]) -> String {
    let pieces = parts.iter().map(|part| match part {
        Part::Text(content) => escaped(content),
        Part::Environment(name) => in_braces(name),
    });
    format!("\"{}\"", pieces.collect::<String>())
}

fn escaped(content: &str) -> String {
    let mut text = String::new();
    for letter in content.chars() {
        match letter {
            '`' | '$' => text.extend(['`', letter]),
            quote if is_double_quote(quote) => text.extend(['`', quote]),
            '\0' => text.push_str("`0"),
            '\n' => text.push_str("`n"),
            '\r' => text.push_str("`r"),
            '\t' => text.push_str("`t"),
            other if acts(other) => text.push_str(&format!("`u{{{:x}}}", u32::from(other))),
            other => text.push(other),
        }
    }
    text
}
