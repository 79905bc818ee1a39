//! What a playbook's file holds, whichever of the formats it is written in.

use std::collections::HashMap;

use super::place::Place;

/// A value and where it stands. Two are equal if their data are.
#[derive(Debug, Clone)]
pub struct Node {
    /// The value itself.
    pub data: Data,
    /// Where it begins.
    pub place: Place,
    /// A number as it is written, where that is not its plain form: `0407`, `2gb`.
    pub written: Option<Box<str>>,
}

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub enum Data {
    /// Nothing.
    Null,
    /// True or false.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number with a fraction, never infinite.
    Float(f64),
    /// A text.
    Text(String),
    /// Values in order.
    List(Vec<Node>),
    /// Values by name, in the order in which they are written.
    Map(Map),
    /// `$env:NAME`: an environment variable, or nothing if it is not set.
    Environment(String),
    /// `"text $env:NAME text"`.
    Joined(Vec<Part>),
    /// `first ?? second`: the second if the first is nothing.
    Otherwise(Box<(Node, Node)>),
    /// `{ script }`: the text between the braces. It is never run here.
    Block(String),
}

/// A piece of a text that is put together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// Text as it is.
    Text(String),
    /// The value of an environment variable.
    Environment(String),
}

/// Values by name. Names are the same if they differ only in case.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Map {
    entries: Vec<Entry>,
}

/// One of them.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The name as it is written.
    pub key: String,
    /// Where the name stands.
    pub place: Place,
    /// Its value.
    pub value: Node,
}

impl Node {
    /// A value at a place.
    pub fn new(data: Data, place: Place) -> Self {
        Self {
            data,
            place,
            written: None,
        }
    }

    /// The text of a text, and the written form of a number: what stands for a
    /// script's number, with its leading zeros.
    pub fn as_written(&self) -> Option<String> {
        match (&self.written, &self.data) {
            (Some(written), _) => Some(written.to_string()),
            (None, Data::Text(text)) => Some(text.clone()),
            (None, Data::Int(value)) => Some(value.to_string()),
            (None, Data::Float(value)) => Some(value.to_string()),
            _ => None,
        }
    }

    /// Whether it is a whole number such as `0407`, which is the number of a script.
    pub fn has_leading_zero(&self) -> bool {
        let written = self.written.as_deref().unwrap_or_default();
        matches!(self.data, Data::Int(_)) && written.len() > 1 && written.starts_with('0')
    }

    /// The same with environment variables put in: only plain values and blocks
    /// are left.
    pub fn resolve(&self, environment: &dyn Fn(&str) -> Option<String>) -> Self {
        let data = match &self.data {
            Data::List(items) => {
                Data::List(items.iter().map(|item| item.resolve(environment)).collect())
            }
            Data::Map(map) => Data::Map(map.each(|value| value.resolve(environment))),
            Data::Environment(name) => environment(name).map_or(Data::Null, Data::Text),
            Data::Joined(parts) => Data::Text(join(parts, environment)),
            Data::Otherwise(values) => {
                let first = values.0.resolve(environment);
                return match first.data {
                    Data::Null => values.1.resolve(environment),
                    _ => first,
                };
            }
            plain => plain.clone(),
        };
        Self {
            data,
            place: self.place,
            written: self.written.clone(),
        }
    }
}

fn join(parts: &[Part], environment: &dyn Fn(&str) -> Option<String>) -> String {
    let mut text = String::new();
    for part in parts {
        match part {
            Part::Text(piece) => text.push_str(piece),
            Part::Environment(name) => text.push_str(&environment(name).unwrap_or_default()),
        }
    }
    text
}

impl PartialEq for Node {
    fn eq(&self, other: &Self) -> bool {
        self.data == other.data
    }
}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key && self.value == other.value
    }
}

impl Data {
    /// What kind of value it is, as a message says it.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Null => "nothing",
            Self::Bool(_) => "true or false",
            Self::Int(_) => "a whole number",
            Self::Float(_) => "a number with a fraction",
            Self::Text(_) => "a text",
            Self::List(_) => "a list",
            Self::Map(_) => "a map",
            Self::Environment(_) => "an environment variable",
            Self::Joined(_) => "a text with environment variables",
            Self::Otherwise(_) => "a choice with `??`",
            Self::Block(_) => "a script block",
        }
    }
}

impl Map {
    /// The entries in their order.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The value of a name, whatever its case.
    pub fn get(&self, name: &str) -> Option<&Node> {
        let same = |entry: &&Entry| is_same_name(&entry.key, name);
        self.entries.iter().find(same).map(|entry| &entry.value)
    }

    /// The same names with other values.
    pub fn each(&self, mut change: impl FnMut(&Node) -> Node) -> Self {
        let mut changed = |entry: &Entry| Entry {
            key: entry.key.clone(),
            place: entry.place,
            value: change(&entry.value),
        };
        Self {
            entries: self.entries.iter().map(&mut changed).collect(),
        }
    }
}

/// A map of which not every entry was read yet.
#[derive(Debug, Default)]
pub(super) struct MapBuilder {
    map: Map,
    seen: HashMap<String, Place>,
}

impl MapBuilder {
    /// Notes a name; if it is there already, the place of the first is the error.
    pub(super) fn claim(&mut self, key: &str, place: Place) -> Result<(), Place> {
        match self.seen.insert(folded(key), place) {
            Some(first) => Err(first),
            None => Ok(()),
        }
    }

    /// Adds an entry whose name was claimed.
    pub(super) fn push(&mut self, key: String, place: Place, value: Node) {
        self.map.entries.push(Entry { key, place, value });
    }

    pub(super) fn finish(self) -> Map {
        self.map
    }
}

/// Whether two names are the same to PowerShell.
pub(crate) fn is_same_name(left: &str, right: &str) -> bool {
    let are_ascii = left.is_ascii() && right.is_ascii();
    left.eq_ignore_ascii_case(right) || (!are_ascii && folded(left) == folded(right))
}

/// A name in the form in which its case does not matter: each letter by itself,
/// as PowerShell compares.
pub(super) fn folded(name: &str) -> String {
    name.chars().map(upper).collect()
}

fn upper(letter: char) -> char {
    let mut letters = letter.to_uppercase();
    match (letters.next(), letters.next()) {
        (Some(only), None) => only,
        _ => letter,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::playbook::place::Position;

    fn node(data: Data) -> Node {
        Node::new(data, Place::At(Position::START))
    }

    #[test]
    fn names_are_the_same_whatever_their_case() {
        assert!(is_same_name("Größe", "GRÖße"));
        assert!(!is_same_name("Größe", "Grösse"));
        let mut map = MapBuilder::default();
        assert_eq!(map.claim("Name", Place::Counted(1)), Ok(()));
        assert_eq!(map.claim("NAME", Place::Counted(2)), Err(Place::Counted(1)));
    }

    #[test]
    fn environment_variables_are_put_in() {
        let environment = |name: &str| (name == "CI").then(|| "yes".to_owned());
        let resolved = |data| node(data).resolve(&environment).data;
        let text = |text: &str| Data::Text(text.to_owned());
        assert_eq!(resolved(Data::Environment("CI".into())), text("yes"));
        assert_eq!(resolved(Data::Environment("X".into())), Data::Null);
        let parts = vec![Part::Text("a".into()), Part::Environment("CI".into())];
        assert_eq!(resolved(Data::Joined(parts)), text("ayes"));
        let choice = |name: &str| {
            let first = node(Data::Environment(name.into()));
            Data::Otherwise(Box::new((first, node(Data::Int(1)))))
        };
        assert_eq!(resolved(choice("CI")), text("yes"));
        assert_eq!(resolved(choice("X")), Data::Int(1));
    }
}
