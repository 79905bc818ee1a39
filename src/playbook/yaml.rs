//! Reads YAML.
//!
//! The library tells where something stands only together with an error. So each
//! value gets a number while it is read, and where the one with a number stands is
//! asked by reading again and failing there ([`locate`]).

use std::cell::{Cell, RefCell};
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, EnumAccess, Error, MapAccess, SeqAccess, Visitor};

use super::place::{Place, Position};
use super::value::{Data, MapBuilder, Node};

/// How many lists and maps may be in each other.
pub const DEPTH_LIMIT: usize = 64;

/// How many times as many values as bytes a file's aliases may make of it, and how
/// many values they may make of any file.
const ALIAS_LIMIT: (usize, usize) = (4, 10_000);

/// What is wrong with a YAML file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// It is no YAML.
    Syntax {
        /// What the library says.
        message: String,
    },
    /// It is YAML, but no map.
    NotAMap,
    /// A name is in a map already.
    RepeatedKey {
        /// The name.
        key: String,
        /// Where it stands first.
        first: Option<Position>,
    },
    /// A name is a list, a map or nothing.
    NoKey,
    /// A value has a tag such as `!secret`.
    Tag,
    /// A number is outside of what it can be.
    NumberTooLarge,
    /// Lists and maps are too deep in each other.
    TooDeep {
        /// How deep they may be.
        limit: usize,
    },
    /// Aliases make too many values of a small file.
    TooManyAliases,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syntax { message } => f.write_str(message),
            Self::NotAMap => f.write_str("expected names with values, as in `name: build`"),
            Self::RepeatedKey { key, first } => {
                write!(f, "the key `{key}` is there already")?;
                first.map_or(Ok(()), |first| write!(f, " ({first})"))
            }
            Self::NoKey => f.write_str("expected a text as the name of a value"),
            Self::Tag => f.write_str("expected a value without a tag"),
            Self::NumberTooLarge => f.write_str("a number is too large"),
            Self::TooDeep { limit } => {
                write!(f, "more than {limit} lists and maps are in each other")
            }
            Self::TooManyAliases => f.write_str("the aliases (`*name`) make too many values"),
        }
    }
}

impl Fault {
    /// What to do about it.
    pub fn advice(&self) -> &'static str {
        match self {
            Self::Syntax { .. } => {
                "Check the indentation, and put texts with `: `, ` #`, `{{` or `*` in quotes."
            }
            Self::NotAMap => "Begin the playbook with its name.",
            Self::RepeatedKey { .. } => {
                "Remove one of the two; names that differ only in case are the same."
            }
            Self::NoKey => "Put the name in quotes, and a value such as {{x}} too.",
            Self::Tag => "Remove the word that begins with `!`, or put the text in quotes.",
            Self::NumberTooLarge => {
                "Whole numbers go from -9223372036854775808 to 9223372036854775807. \
                 Put the number in quotes to keep it as a text."
            }
            Self::TooDeep { .. } => "Split the playbook into several.",
            Self::TooManyAliases => "Write out what the aliases stand for.",
        }
    }
}

/// Reads a playbook's map. The position of a fault is not always known.
pub fn read(source: &str) -> Result<Node, (Option<Position>, Fault)> {
    let source = source.strip_prefix('\u{feff}').unwrap_or(source);
    let reading = Reading::of(source);
    let deserializer = serde_norway::Deserializer::from_str(source);
    let node = Seed(&reading)
        .deserialize(deserializer)
        .map_err(|error| reading.explain(&error))?;
    match node.data {
        Data::Map(_) => Ok(node),
        _ => Err((locate(source, 0), Fault::NotAMap)),
    }
}

/// Where the value with a number stands in a file that was read.
pub fn locate(source: &str, number: usize) -> Option<Position> {
    let source = source.strip_prefix('\u{feff}').unwrap_or(source);
    let reading = Reading {
        wanted: Some(number),
        ..Reading::of(source)
    };
    let deserializer = serde_norway::Deserializer::from_str(source);
    let error = Seed(&reading).deserialize(deserializer).err()?;
    position(&error)
}

fn position(error: &serde_norway::Error) -> Option<Position> {
    let location = error.location()?;
    Some(Position {
        line: location.line(),
        column: location.column(),
    })
}

/// What is known while a file is read.
struct Reading<'s> {
    source: &'s str,
    next: Cell<usize>,
    depth: Cell<usize>,
    limit: usize,
    wanted: Option<usize>,
    fault: RefCell<Option<Fault>>,
}

impl<'s> Reading<'s> {
    fn of(source: &'s str) -> Self {
        let (factor, least) = ALIAS_LIMIT;
        Self {
            source,
            next: Cell::new(0),
            depth: Cell::new(0),
            limit: source.len().saturating_mul(factor).max(least),
            wanted: None,
            fault: RefCell::new(None),
        }
    }

    /// The number of the value that is read now.
    fn count<E: Error>(&self) -> Result<Place, E> {
        let number = self.next.get();
        self.next.set(number + 1);
        if self.wanted == Some(number) {
            return Err(E::custom("here"));
        }
        if number == self.limit {
            return Err(self.refuse(Fault::TooManyAliases));
        }
        Ok(Place::Counted(number))
    }

    fn enter<E: Error>(&self) -> Result<(), E> {
        if self.depth.get() == DEPTH_LIMIT {
            return Err(self.refuse(Fault::TooDeep { limit: DEPTH_LIMIT }));
        }
        self.depth.set(self.depth.get() + 1);
        Ok(())
    }

    fn leave(&self) {
        self.depth.set(self.depth.get() - 1);
    }

    /// Notes a fault; the error that ends the reading only brings its position.
    fn refuse<E: Error>(&self, fault: Fault) -> E {
        *self.fault.borrow_mut() = Some(fault);
        E::custom("refused")
    }

    fn explain(&self, error: &serde_norway::Error) -> (Option<Position>, Fault) {
        let position = position(error);
        let fault = self.fault.take().unwrap_or_else(|| Fault::Syntax {
            message: message(error, position),
        });
        (position, fault)
    }
}

/// The library's words without the place that it adds.
fn message(error: &serde_norway::Error, position: Option<Position>) -> String {
    let mut text = error.to_string();
    if let Some(Position { line, column }) = position {
        text = text.replacen(&format!(" at line {line} column {column}"), "", 1);
    }
    text
}

struct Seed<'r>(&'r Reading<'r>);

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Node;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl Seed<'_> {
    fn node<E: Error>(&self, data: Data) -> Result<Node, E> {
        self.0.count().map(|place| Node::new(data, place))
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E: Error>(self) -> Result<Node, E> {
        self.node(Data::Null)
    }

    fn visit_none<E: Error>(self) -> Result<Node, E> {
        self.node(Data::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Node, E> {
        self.node(Data::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Node, E> {
        self.node(Data::Int(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Node, E> {
        match i64::try_from(value) {
            Ok(value) => self.node(Data::Int(value)),
            Err(_) => Err(self.0.refuse(Fault::NumberTooLarge)),
        }
    }

    fn visit_i128<E: Error>(self, _: i128) -> Result<Node, E> {
        Err(self.0.refuse(Fault::NumberTooLarge))
    }

    fn visit_u128<E: Error>(self, _: u128) -> Result<Node, E> {
        Err(self.0.refuse(Fault::NumberTooLarge))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Node, E> {
        if value.is_finite() {
            return self.node(Data::Float(value));
        }
        Err(self.0.refuse(Fault::NumberTooLarge))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Node, E> {
        self.node(Data::Text(text.to_owned()))
    }

    fn visit_enum<A: EnumAccess<'de>>(self, _: A) -> Result<Node, A::Error> {
        Err(self.0.refuse(Fault::Tag))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Node, A::Error> {
        let place = self.0.count()?;
        self.0.enter()?;
        let mut items = Vec::new();
        while let Some(item) = sequence.next_element_seed(Seed(self.0))? {
            items.push(item);
        }
        self.0.leave();
        Ok(Node::new(Data::List(items), place))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Node, A::Error> {
        let place = self.0.count()?;
        self.0.enter()?;
        let mut map = MapBuilder::default();
        while let Some(Key { text, place }) = entries.next_key_seed(KeySeed {
            reading: self.0,
            map: &mut map,
        })? {
            let value = entries.next_value_seed(Seed(self.0))?;
            map.push(text, place, value);
        }
        self.0.leave();
        Ok(Node::new(Data::Map(map.finish()), place))
    }
}

/// The name of a value.
struct Key {
    text: String,
    place: Place,
}

/// Reads a name and claims it in the map that it is in.
struct KeySeed<'r> {
    reading: &'r Reading<'r>,
    map: &'r mut MapBuilder,
}

impl<'de> DeserializeSeed<'de> for KeySeed<'_> {
    type Value = Key;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Key, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl KeySeed<'_> {
    fn key<E: Error>(self, text: String) -> Result<Key, E> {
        let place = self.reading.count()?;
        let Err(first) = self.map.claim(&text, place) else {
            return Ok(Key { text, place });
        };
        let first = match first {
            Place::At(position) => Some(position),
            Place::Counted(number) => locate(self.reading.source, number),
        };
        let key = text;
        Err(self.reading.refuse(Fault::RepeatedKey { key, first }))
    }
}

impl<'de> Visitor<'de> for KeySeed<'_> {
    type Value = Key;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a value")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Key, E> {
        self.key(text.to_owned())
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Key, E> {
        self.key(value.to_string())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Key, E> {
        self.key(value.to_string())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Key, E> {
        self.key(value.to_string())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Key, E> {
        self.key(value.to_string())
    }

    fn visit_unit<E: Error>(self) -> Result<Key, E> {
        Err(self.reading.refuse(Fault::NoKey))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, _: A) -> Result<Key, A::Error> {
        Err(self.reading.refuse(Fault::NoKey))
    }

    fn visit_map<A: MapAccess<'de>>(self, _: A) -> Result<Key, A::Error> {
        Err(self.reading.refuse(Fault::NoKey))
    }

    fn visit_enum<A: EnumAccess<'de>>(self, _: A) -> Result<Key, A::Error> {
        Err(self.reading.refuse(Fault::Tag))
    }
}

#[cfg(test)]
#[path = "yaml_tests.rs"]
mod tests;
