//! Writes YAML, two spaces a level, as any reader of YAML understands it.

use crate::playbook::value::{Data, Map, Node};

use super::new_line;

const INDENT: &str = "  ";

/// How long a name may be that has its `:` on the same line.
const LONGEST_NAME: usize = 1000;

/// Words that mean something else than a text, to newer or older readers.
const WORDS: &[&str] = &["null", "true", "false", "yes", "no", "on", "off", "y", "n"];

/// A value that is portable, with a line's end behind it.
pub(super) fn write(node: &Node) -> String {
    let mut text = String::new();
    match &node.data {
        Data::Map(map) if !map.entries().is_empty() => {
            for entry in map.entries() {
                begin(&entry.key, &mut text);
                value(&entry.value, 0, &mut text);
                text.push('\n');
            }
        }
        _ => {
            text.push_str("{}\n");
        }
    }
    text
}

/// A name, up to where its value begins.
fn begin(name: &str, text: &mut String) {
    let name = scalar(name);
    match name.len() <= LONGEST_NAME {
        true => text.push_str(&format!("{name}:")),
        // Readers give up looking for the `:`.
        false => text.push_str(&format!("? {name}\n:")),
    }
}

/// The value behind a name, or behind the dash of a list.
fn value(node: &Node, depth: usize, text: &mut String) {
    match &node.data {
        Data::Map(map) if !map.entries().is_empty() => entries(map, depth + 1, text),
        Data::List(items) if !items.is_empty() => list(items, depth + 1, text),
        Data::Text(content) if is_block(content) => block(content, depth + 1, text),
        plain => {
            text.push(' ');
            text.push_str(&short(plain));
        }
    }
}

/// What fits on the line.
fn short(data: &Data) -> String {
    match data {
        Data::Bool(value) => value.to_string(),
        Data::Int(value) => value.to_string(),
        // A fraction stays one: `1.0`.
        Data::Float(value) => format!("{value:?}"),
        Data::Text(content) => scalar(content),
        Data::List(_) => "[]".to_owned(),
        Data::Map(_) => "{}".to_owned(),
        // What is not portable is not here.
        _ => "null".to_owned(),
    }
}

fn entries(map: &Map, depth: usize, text: &mut String) {
    for entry in map.entries() {
        new_line(text, INDENT, depth);
        let mut name = String::new();
        begin(&entry.key, &mut name);
        text.push_str(&name.replace('\n', &format!("\n{}", INDENT.repeat(depth))));
        value(&entry.value, depth, text);
    }
}

fn list(items: &[Node], depth: usize, text: &mut String) {
    for item in items {
        new_line(text, INDENT, depth);
        text.push('-');
        let start = text.len();
        value(item, depth, text);
        // What is inside begins on the line of the dash.
        let inside = format!("\n{}", INDENT.repeat(depth + 1));
        let is_inside = matches!(&item.data, Data::Map(_) | Data::List(_));
        if is_inside && text[start..].starts_with(&inside) {
            text.replace_range(start..start + inside.len(), " ");
        }
    }
}

/// Whether a text is written as the lines that it has.
fn is_block(content: &str) -> bool {
    let begins_plainly = content.starts_with(|first: char| !first.is_whitespace());
    let is_plain = |letter: char| letter == '\n' || letter == '\t' || !must_be_escaped(letter);
    begins_plainly && content.contains('\n') && content.chars().all(is_plain)
}

fn block(content: &str, depth: usize, text: &mut String) {
    let ended = content.trim_end_matches('\n');
    text.push_str(match content.len() - ended.len() {
        0 => " |-",
        1 => " |",
        _ => " |+",
    });
    for line in ended.split('\n') {
        text.push('\n');
        if !line.is_empty() {
            text.push_str(&INDENT.repeat(depth));
            text.push_str(line);
        }
    }
    // The line's end behind the value is one of its own.
    let more = (content.len() - ended.len()).saturating_sub(1);
    text.push_str(&"\n".repeat(more));
}

/// A text on one line, in quotes if it could be anything else.
fn scalar(content: &str) -> String {
    let begins = |first: char| first.is_alphabetic() || matches!(first, '_' | '/' | '$');
    let is_part = |letter: char| letter.is_alphanumeric() || " _./\\()$=+-".contains(letter);
    let is_plain = content.starts_with(begins)
        && !content.ends_with(' ')
        && content.chars().all(is_part)
        && !WORDS.iter().any(|word| content.eq_ignore_ascii_case(word));
    match is_plain {
        true => content.to_owned(),
        false => quoted(content),
    }
}

fn quoted(content: &str) -> String {
    let mut text = String::from("\"");
    for letter in content.chars() {
        match letter {
            '"' | '\\' => text.extend(['\\', letter]),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            other if must_be_escaped(other) => {
                text.push_str(&format!("\\u{:04x}", u32::from(other)));
            }
            other => text.push(other),
        }
    }
    text.push('"');
    text
}

/// Whether YAML allows a letter in quotes only, by its number; all of them are within
/// the first 65,536.
fn must_be_escaped(letter: char) -> bool {
    letter.is_control()
        || matches!(
            letter,
            '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}'
        )
}
