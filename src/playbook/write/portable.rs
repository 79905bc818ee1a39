//! What JSON and YAML can say of a playbook that psd1 says more of.

use std::fmt;

use crate::playbook::place::Place;
use crate::playbook::value::{Data, Node, Part};

/// Something that JSON and YAML have no value for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lost {
    /// A script block.
    Block,
    /// An environment variable that is put in when the file is read.
    Environment,
}

impl Lost {
    /// What to do about it.
    pub fn advice(self) -> &'static str {
        match self {
            Self::Block => "See whether a text may stand there, or keep the playbook in psd1.",
            Self::Environment => {
                "`{{$env:NAME}}` is put in when a step begins. See whether that is early enough, \
                 or keep the playbook in psd1."
            }
        }
    }
}

impl fmt::Display for Lost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Block => "a script block becomes a text",
            Self::Environment => "an environment variable becomes a place for its value",
        })
    }
}

/// The same, as far as JSON and YAML can say it. Script blocks and environment
/// variables become texts, which is told. So do numbers with leading zeros, which
/// every reader of a value takes for texts anyway.
pub fn portable(node: &Node) -> (Node, Vec<(Lost, Place)>) {
    let mut lost = Vec::new();
    (changed(node, &mut lost), lost)
}

fn changed(node: &Node, lost: &mut Vec<(Lost, Place)>) -> Node {
    let data = match &node.data {
        Data::List(items) => Data::List(items.iter().map(|item| changed(item, lost)).collect()),
        Data::Map(map) => Data::Map(map.each(|value| changed(value, lost))),
        Data::Int(_) if node.has_leading_zero() => {
            Data::Text(node.as_written().unwrap_or_default())
        }
        Data::Block(text) => {
            lost.push((Lost::Block, node.place));
            Data::Text(text.clone())
        }
        Data::Environment(_) | Data::Joined(_) | Data::Otherwise(_) => {
            lost.push((Lost::Environment, node.place));
            Data::Text(template(&node.data))
        }
        plain => plain.clone(),
    };
    Node::new(data, node.place)
}

/// A text with places for environment variables.
fn template(data: &Data) -> String {
    match data {
        Data::Environment(name) => format!("{{{{$env:{name}}}}}"),
        Data::Joined(parts) => {
            let texts = parts.iter().map(|part| match part {
                Part::Text(text) => text.clone(),
                Part::Environment(name) => format!("{{{{$env:{name}}}}}"),
            });
            texts.collect()
        }
        Data::Otherwise(values) => {
            let first = template(&values.0.data);
            let second = template(&values.1.data);
            match first.strip_suffix("}}") {
                Some(open) => format!("{open}:={second}}}}}"),
                None => first,
            }
        }
        Data::Bool(value) => value.to_string(),
        Data::Int(value) => value.to_string(),
        Data::Float(value) => value.to_string(),
        Data::Text(text) | Data::Block(text) => text.clone(),
        Data::Null | Data::List(_) | Data::Map(_) => String::new(),
    }
}
