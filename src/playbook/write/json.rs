//! Writes JSON.

use std::fmt::Write;

use crate::playbook::value::{Data, Map, Node};

/// A value as JSON, two spaces a level. Only [`portable`] values are read again as
/// they were.
pub fn json(node: &Node) -> String {
    let mut text = String::new();
    value(&portable(node), 0, &mut text);
    text
}

/// The same, as far as JSON and YAML can say it: script blocks and what PowerShell
/// would look up are texts, and so are numbers with leading zeros, which every reader
/// takes for one.
pub fn portable(node: &Node) -> Node {
    let data = match &node.data {
        Data::List(items) => Data::List(items.iter().map(portable).collect()),
        Data::Map(map) => Data::Map(map.each(portable)),
        Data::Block(text) => Data::Text(text.clone()),
        Data::Int(_) if node.has_leading_zero() => {
            Data::Text(node.as_written().unwrap_or_default())
        }
        plain => plain.clone(),
    };
    Node::new(data, node.place)
}

fn value(node: &Node, depth: usize, text: &mut String) {
    match &node.data {
        Data::Null | Data::Environment(_) | Data::Joined(_) | Data::Otherwise(_) => {
            text.push_str("null");
        }
        Data::Bool(value) => text.push_str(if *value { "true" } else { "false" }),
        // Writing to a String cannot fail. A fraction stays one: `1.0`.
        Data::Int(value) => drop(write!(text, "{value}")),
        Data::Float(value) => drop(write!(text, "{value:?}")),
        Data::Text(content) | Data::Block(content) => quoted(content, text),
        Data::List(items) => list(items, depth, text),
        Data::Map(map) => entries(map, depth, text),
    }
}

fn list(items: &[Node], depth: usize, text: &mut String) {
    text.push('[');
    for (index, item) in items.iter().enumerate() {
        begin_line(index, depth + 1, text);
        value(item, depth + 1, text);
    }
    end(items.is_empty(), depth, text);
    text.push(']');
}

fn entries(map: &Map, depth: usize, text: &mut String) {
    text.push('{');
    for (index, entry) in map.entries().iter().enumerate() {
        begin_line(index, depth + 1, text);
        quoted(&entry.key, text);
        text.push_str(": ");
        value(&entry.value, depth + 1, text);
    }
    end(map.entries().is_empty(), depth, text);
    text.push('}');
}

fn begin_line(index: usize, depth: usize, text: &mut String) {
    if index > 0 {
        text.push(',');
    }
    new_line(depth, text);
}

fn end(is_empty: bool, depth: usize, text: &mut String) {
    if !is_empty {
        new_line(depth, text);
    }
}

fn new_line(depth: usize, text: &mut String) {
    text.push('\n');
    text.push_str(&"  ".repeat(depth));
}

/// A text in quotes. A string is always JSON.
fn quoted(content: &str, text: &mut String) {
    text.push_str(&serde_json::to_string(content).unwrap_or_default());
}
