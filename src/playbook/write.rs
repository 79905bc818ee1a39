//! Writes what a playbook's file holds, in each of the formats that are read: what is
//! written is read again as the same data in the same order. Comments are lost.

mod json;
mod portable;
mod psd1;
#[cfg(test)]
mod tests;
mod yaml;

use super::format::Format;
use super::place::Place;
use super::value::Node;

pub use portable::{portable, Lost};

/// A map in a format, with a line's end behind it. JSON and YAML say less than psd1:
/// what is written is [`portable`], and what that loses is told.
pub fn write(node: &Node, format: Format) -> (String, Vec<(Lost, Place)>) {
    if format == Format::Psd1 {
        return (psd1::write(node), Vec::new());
    }
    let (node, lost) = portable(node);
    let text = match format {
        Format::Yaml => yaml::write(&node),
        _ => json::write(&node),
    };
    (text, lost)
}

/// Begins a line, two or four spaces a level.
fn new_line(text: &mut String, indent: &str, depth: usize) {
    text.push('\n');
    text.push_str(&indent.repeat(depth));
}
