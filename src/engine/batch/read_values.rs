//! The values that a batch is made of: each reader takes one value and refuses
//! what is outside its range, in words that say what the range is.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::RangeInclusive;
use std::time::Duration;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Unexpected, Visitor};

use crate::engine::suggest::nearest;

/// What is wrong with a value of the right type.
#[derive(Debug)]
enum ValueProblem<'a> {
    NulByte,
    Empty,
    EmptyArgv,
    EmptyProgram,
    EnvironmentName { name: &'a str },
    RepeatedName { name: &'a str },
    UnknownKey { key: &'a str, known: &'a [&'a str] },
}

impl fmt::Display for ValueProblem<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NulByte => {
                f.write_str("the string has a NUL byte, which no program can be given")
            }
            Self::Empty => f.write_str("the string is empty"),
            Self::EmptyArgv => f.write_str("the array is empty; its first string is the program"),
            Self::EmptyProgram => f.write_str("the first string, the program, is empty"),
            Self::EnvironmentName { name } => write!(
                f,
                "{name:?} cannot be the name of an environment variable (empty, or with `=`)"
            ),
            Self::RepeatedName { name } => write!(f, "the name {name:?} is there twice"),
            Self::UnknownKey { key, known } => match nearest(key, known) {
                Some(near) => write!(f, "unknown key `{key}`, did you mean `{near}`?"),
                None => write!(
                    f,
                    "unknown key `{key}`; the keys are `{}`",
                    known.join("`, `")
                ),
            },
        }
    }
}

fn refuse<T, E: Error>(problem: ValueProblem<'_>) -> Result<T, E> {
    Err(E::custom(problem))
}

/// A key that is one of these.
pub(super) struct KnownKey(pub(super) &'static [&'static str]);

impl<'de> DeserializeSeed<'de> for KnownKey {
    type Value = &'static str;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for KnownKey {
    type Value = &'static str;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<Self::Value, E> {
        let known = self.0;
        match known.iter().find(|&&candidate| candidate == key) {
            Some(&found) => Ok(found),
            None => refuse(ValueProblem::UnknownKey { key, known }),
        }
    }
}

/// A value, or `null`.
pub(super) struct Optional<S>(pub(super) S);

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for Optional<S> {
    type Value = Option<S::Value>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_option(self)
    }
}

impl<'de, S: DeserializeSeed<'de>> Visitor<'de> for Optional<S> {
    type Value = Option<S::Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value or null")
    }

    fn visit_none<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        self.0.deserialize(deserializer).map(Some)
    }
}

/// A string that a program can be given: one without NUL.
pub(super) struct Text {
    may_be_empty: bool,
}

impl Text {
    pub(super) fn any() -> Self {
        Self { may_be_empty: true }
    }

    pub(super) fn filled() -> Self {
        Self {
            may_be_empty: false,
        }
    }
}

impl<'de> DeserializeSeed<'de> for Text {
    type Value = String;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<String, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Text {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<String, E> {
        if text.is_empty() && !self.may_be_empty {
            return refuse(ValueProblem::Empty);
        }
        if text.contains('\0') {
            return refuse(ValueProblem::NulByte);
        }
        Ok(text.to_owned())
    }
}

/// A whole number in this range.
pub(super) struct Whole(pub(super) RangeInclusive<u64>);

impl<'de> DeserializeSeed<'de> for Whole {
    type Value = u64;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<u64, D::Error> {
        deserializer.deserialize_u64(self)
    }
}

impl Visitor<'_> for Whole {
    type Value = u64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (first, last) = (self.0.start(), self.0.end());
        write!(f, "a whole number from {first} to {last}")
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<u64, E> {
        if self.0.contains(&number) {
            Ok(number)
        } else {
            Err(E::invalid_value(Unexpected::Unsigned(number), &self))
        }
    }
}

/// A time in seconds, with or without a fraction.
pub(super) struct Seconds {
    minimum: f64,
    may_be_minimum: bool,
    maximum: f64,
}

impl Seconds {
    pub(super) fn above(minimum: f64, maximum: f64) -> Self {
        Self {
            minimum,
            may_be_minimum: false,
            maximum,
        }
    }

    pub(super) fn from(minimum: f64, maximum: f64) -> Self {
        Self {
            minimum,
            may_be_minimum: true,
            maximum,
        }
    }

    fn check<E: Error>(self, seconds: f64, given: Unexpected<'_>) -> Result<Duration, E> {
        let low = seconds > self.minimum || (self.may_be_minimum && seconds == self.minimum);
        let fits = low && seconds <= self.maximum;
        match Duration::try_from_secs_f64(seconds) {
            Ok(duration) if fits => Ok(duration),
            _ => Err(E::invalid_value(given, &self)),
        }
    }
}

impl<'de> DeserializeSeed<'de> for Seconds {
    type Value = Duration;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Duration, D::Error> {
        deserializer.deserialize_f64(self)
    }
}

impl Visitor<'_> for Seconds {
    type Value = Duration;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = if self.may_be_minimum { "from" } else { "above" };
        let Self {
            minimum, maximum, ..
        } = self;
        write!(f, "a number of seconds {word} {minimum}, at most {maximum}")
    }

    fn visit_f64<E: Error>(self, seconds: f64) -> Result<Duration, E> {
        self.check(seconds, Unexpected::Float(seconds))
    }

    fn visit_u64<E: Error>(self, seconds: u64) -> Result<Duration, E> {
        self.check(seconds as f64, Unexpected::Unsigned(seconds))
    }

    fn visit_i64<E: Error>(self, seconds: i64) -> Result<Duration, E> {
        self.check(seconds as f64, Unexpected::Signed(seconds))
    }
}

/// A program and its arguments.
pub(super) struct Argv;

impl<'de> DeserializeSeed<'de> for Argv {
    type Value = Vec<String>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Argv {
    type Value = Vec<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of strings")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Self::Value, A::Error> {
        let mut argv = Vec::new();
        while let Some(argument) = sequence.next_element_seed(Text::any())? {
            if argv.is_empty() && argument.is_empty() {
                return refuse(ValueProblem::EmptyProgram);
            }
            argv.push(argument);
        }
        if argv.is_empty() {
            return refuse(ValueProblem::EmptyArgv);
        }
        Ok(argv)
    }
}

/// Environment variables; `null` stands for one that is to be removed.
pub(super) struct Environment;

impl<'de> DeserializeSeed<'de> for Environment {
    type Value = BTreeMap<String, Option<String>>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Environment {
    type Value = BTreeMap<String, Option<String>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of strings (or null to remove a name)")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut variables = BTreeMap::new();
        while let Some(name) = map.next_key_seed(Text::any())? {
            if name.is_empty() || name.contains('=') {
                return refuse(ValueProblem::EnvironmentName { name: &name });
            }
            if variables.contains_key(&name) {
                return refuse(ValueProblem::RepeatedName { name: &name });
            }
            let value = map.next_value_seed(Optional(Text::any()))?;
            variables.insert(name, value);
        }
        Ok(variables)
    }
}
