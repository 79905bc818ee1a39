//! Reads JSON, with the position of every value: each is first taken as the piece
//! of the text that it is, and where that piece begins is its position.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::place::{Place, Position, Ruler};
use super::value::{Data, MapBuilder, Node};

/// How many brackets may be in each other.
pub const DEPTH_LIMIT: usize = 64;

/// What is wrong with a JSON file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// It is no JSON.
    Syntax {
        /// What serde_json says.
        message: String,
    },
    /// It is JSON, but no object.
    NotAnObject,
    /// A name is in an object already.
    RepeatedKey {
        /// The name.
        key: String,
        /// Where it stands first.
        first: Position,
    },
    /// A number is outside of what it can be.
    NumberTooLarge {
        /// The number as it is written.
        word: String,
    },
    /// Too many brackets in each other.
    TooDeep {
        /// How many there may be.
        limit: usize,
    },
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syntax { message } => f.write_str(message),
            Self::NotAnObject => f.write_str("expected `{`, with which a playbook begins"),
            Self::RepeatedKey { key, first } => {
                write!(f, "the key `{key}` is there already ({first})")
            }
            Self::NumberTooLarge { word } => write!(f, "the number {word} is too large"),
            Self::TooDeep { limit } => write!(f, "more than {limit} brackets are in each other"),
        }
    }
}

impl Fault {
    /// What to do about it.
    pub fn advice(&self) -> &'static str {
        match self {
            Self::Syntax { message } => advice_on_syntax(message),
            Self::NotAnObject => "Put the playbook between `{` and `}`.",
            Self::RepeatedKey { .. } => {
                "Remove one of the two; names that differ only in case are the same."
            }
            Self::NumberTooLarge { .. } => {
                "Whole numbers go from -9223372036854775808 to 9223372036854775807. \
                 Put the number in quotes to keep it as a text."
            }
            Self::TooDeep { .. } => "Split the playbook into several.",
        }
    }
}

fn advice_on_syntax(message: &str) -> &'static str {
    if message.starts_with("trailing comma") {
        "Remove the comma before the bracket."
    } else if message.starts_with("trailing characters") {
        "Remove what follows, or look for a `}` too many above it."
    } else if message.starts_with("EOF") {
        "The file ends too early: add the quote or bracket that is missing."
    } else if message.contains("escape") || message.contains("surrogate") {
        "Write `\\\\` for a backslash, and both halves of a `\\u` pair."
    } else {
        "JSON has no comments, and puts names and texts in double quotes."
    }
}

/// Something that was read, or what is wrong and where.
type Read<T> = Result<T, (Position, Fault)>;

/// Reads a playbook's object.
pub fn read(source: &str) -> Result<Node, (Position, Fault)> {
    let source = source.strip_prefix('\u{feff}').unwrap_or(source);
    let mut reader = Reader {
        source,
        ruler: Ruler::new(source),
        depth: 0,
    };
    let raw: &RawValue = serde_json::from_str(source).map_err(|error| reader.syntax(0, &error))?;
    let node = reader.node(raw)?;
    match (&node.data, node.place) {
        (Data::Map(_), _) | (_, Place::Counted(_)) => Ok(node),
        (_, Place::At(position)) => Err((position, Fault::NotAnObject)),
    }
}

struct Reader<'s> {
    source: &'s str,
    ruler: Ruler<'s>,
    depth: usize,
}

impl<'s> Reader<'s> {
    fn node(&mut self, raw: &'s RawValue) -> Read<Node> {
        let text = raw.get();
        let position = self.position(text);
        let data = match text.as_bytes().first() {
            Some(b'{') => self.nested(position, |reader| reader.map(text))?,
            Some(b'[') => self.nested(position, |reader| reader.list(text))?,
            Some(b'"') => Data::Text(self.parse(text)?),
            Some(b't') => Data::Bool(true),
            Some(b'f') => Data::Bool(false),
            Some(b'n') => Data::Null,
            _ => number(text).ok_or_else(|| {
                let word = text.to_owned();
                (position, Fault::NumberTooLarge { word })
            })?,
        };
        Ok(Node::new(data, Place::At(position)))
    }

    fn nested(
        &mut self,
        position: Position,
        read: impl FnOnce(&mut Self) -> Read<Data>,
    ) -> Read<Data> {
        if self.depth == DEPTH_LIMIT {
            return Err((position, Fault::TooDeep { limit: DEPTH_LIMIT }));
        }
        self.depth += 1;
        let read = read(self);
        self.depth -= 1;
        read
    }

    fn map(&mut self, text: &'s str) -> Read<Data> {
        let Entries(entries) = self.parse(text)?;
        let mut map = MapBuilder::default();
        for (key, value) in entries {
            let position = self.position(key.get());
            let key: String = self.parse(key.get())?;
            if let Err(Place::At(first)) = map.claim(&key, Place::At(position)) {
                return Err((position, Fault::RepeatedKey { key, first }));
            }
            let value = self.node(value)?;
            map.push(key, Place::At(position), value);
        }
        Ok(Data::Map(map.finish()))
    }

    fn list(&mut self, text: &'s str) -> Read<Data> {
        let items: Vec<&RawValue> = self.parse(text)?;
        let items: Read<Vec<Node>> = items.into_iter().map(|raw| self.node(raw)).collect();
        items.map(Data::List)
    }

    fn parse<T: Deserialize<'s>>(&mut self, text: &'s str) -> Read<T> {
        serde_json::from_str(text).map_err(|error| self.syntax(self.offset(text), &error))
    }

    /// Where a piece of the source begins.
    fn offset(&self, piece: &str) -> usize {
        piece.as_ptr() as usize - self.source.as_ptr() as usize
    }

    fn position(&mut self, piece: &str) -> Position {
        self.ruler.position(self.offset(piece))
    }

    /// The fault that an error within the text from an offset on is.
    fn syntax(&mut self, offset: usize, error: &serde_json::Error) -> (Position, Fault) {
        let text = error.to_string();
        let place = format!(" at line {} column {}", error.line(), error.column());
        let mut message = text.strip_suffix(&place).unwrap_or(&text).to_owned();
        let piece = &self.source[offset..];
        let within = Ruler::new(piece).byte_of(error.line(), error.column());
        // What serde_json says where it passes a value without looking into it.
        let ends_map = piece
            .get(within..)
            .is_some_and(|rest| rest.starts_with('}'));
        if ends_map && message == "key must be a string" {
            message = "trailing comma".to_owned();
        }
        let position = self.ruler.position(offset + within);
        (position, Fault::Syntax { message })
    }
}

fn number(text: &str) -> Option<Data> {
    if text.contains(['.', 'e', 'E']) {
        let value: f64 = text.parse().ok()?;
        return value.is_finite().then_some(Data::Float(value));
    }
    text.parse().ok().map(Data::Int)
}

/// The entries of an object, in their order.
struct Entries<'s>(Vec<(&'s RawValue, &'s RawValue)>);

impl<'de> Deserialize<'de> for Entries<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(EntriesVisitor)
    }
}

struct EntriesVisitor;

impl<'de> Visitor<'de> for EntriesVisitor {
    type Value = Entries<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(Entries(entries))
    }
}

#[cfg(test)]
#[path = "json_tests.rs"]
mod tests;
