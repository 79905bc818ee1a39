//! Writes JSON, two spaces a level.

use std::fmt::Write;

use crate::playbook::value::{Data, Map, Node};

use super::new_line;

const INDENT: &str = "  ";

/// A value that is portable, with a line's end behind it.
pub(super) fn write(node: &Node) -> String {
    let mut text = String::new();
    value(node, 0, &mut text);
    text.push('\n');
    text
}

fn value(node: &Node, depth: usize, text: &mut String) {
    // Writing to a String cannot fail.
    let _ = match &node.data {
        Data::Bool(value) => write!(text, "{value}"),
        Data::Int(value) => write!(text, "{value}"),
        // A fraction stays one: `1.0`.
        Data::Float(value) => write!(text, "{value:?}"),
        Data::Text(content) => write!(text, "{}", quoted(content)),
        Data::List(items) => {
            list(items, depth, text);
            Ok(())
        }
        Data::Map(map) => {
            entries(map, depth, text);
            Ok(())
        }
        // What is not portable is not here.
        _ => write!(text, "null"),
    };
}

fn list(items: &[Node], depth: usize, text: &mut String) {
    text.push('[');
    for (index, item) in items.iter().enumerate() {
        begin(index, depth + 1, text);
        value(item, depth + 1, text);
    }
    if !items.is_empty() {
        new_line(text, INDENT, depth);
    }
    text.push(']');
}

fn entries(map: &Map, depth: usize, text: &mut String) {
    text.push('{');
    for (index, entry) in map.entries().iter().enumerate() {
        begin(index, depth + 1, text);
        text.push_str(&quoted(&entry.key));
        text.push_str(": ");
        value(&entry.value, depth + 1, text);
    }
    if !map.entries().is_empty() {
        new_line(text, INDENT, depth);
    }
    text.push('}');
}

fn begin(index: usize, depth: usize, text: &mut String) {
    if index > 0 {
        text.push(',');
    }
    new_line(text, INDENT, depth);
}

/// A text in quotes.
fn quoted(content: &str) -> String {
    // Fails for no text.
    serde_json::to_string(content).unwrap_or_default()
}
