//! What a task gives out, as later tasks and conditions see it.

use std::fmt;
use std::sync::Arc;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, Serializer};

/// A value. Cloning one is cheap: what is large is shared.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Value {
    /// Nothing.
    #[default]
    Null,
    /// True or false.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number with a fraction.
    Float(f64),
    /// A text.
    Text(Arc<str>),
    /// Values in order.
    List(Arc<[Value]>),
    /// Values by name, in the order in which they were put in.
    Map(Arc<[(Arc<str>, Value)]>),
}

impl Value {
    /// The value of a name in a map; `None` if there is none, or no map.
    pub fn get(&self, name: &str) -> Option<&Value> {
        let Self::Map(entries) = self else {
            return None;
        };
        let entry = entries.iter().find(|(key, _)| &**key == name);
        entry.map(|(_, value)| value)
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(it) => serializer.serialize_bool(*it),
            Self::Int(it) => serializer.serialize_i64(*it),
            Self::Float(it) => serializer.serialize_f64(*it),
            Self::Text(it) => serializer.serialize_str(it),
            Self::List(it) => serializer.collect_seq(it.iter()),
            Self::Map(it) => {
                serializer.collect_map(it.iter().map(|(name, value)| (&**name, value)))
            }
        }
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ValueReader)
    }
}

struct ValueReader;

impl<'de> Visitor<'de> for ValueReader {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, it: bool) -> Result<Value, E> {
        Ok(Value::Bool(it))
    }

    fn visit_i64<E>(self, it: i64) -> Result<Value, E> {
        Ok(Value::Int(it))
    }

    fn visit_u64<E>(self, it: u64) -> Result<Value, E> {
        // Beyond the whole numbers there are only rounded ones.
        Ok(i64::try_from(it).map_or(Value::Float(it as f64), Value::Int))
    }

    fn visit_f64<E>(self, it: f64) -> Result<Value, E> {
        Ok(Value::Float(it))
    }

    fn visit_str<E>(self, it: &str) -> Result<Value, E> {
        Ok(Value::Text(it.into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(value) = sequence.next_element()? {
            list.push(value);
        }
        Ok(Value::List(list.into()))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut entries = Vec::new();
        while let Some((name, value)) = map.next_entry::<String, Value>()? {
            entries.push((name.into(), value));
        }
        Ok(Value::Map(entries.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_comes_back_as_it_went_in() {
        let json = r#"{"b":[null,true,-1,0.5,"x"],"a":{},"c":9007199254740993}"#;
        let value: Value = serde_json::from_str(json).expect("a value");
        assert_eq!(value.get("c"), Some(&Value::Int(9_007_199_254_740_993)));
        assert_eq!(serde_json::to_string(&value).expect("JSON"), json);
    }

    #[test]
    fn a_number_beyond_the_whole_ones_is_rounded() {
        let value: Value = serde_json::from_str("18446744073709551615").expect("a value");
        assert_eq!(value, Value::Float(18_446_744_073_709_551_615.0));
    }

    #[test]
    fn a_map_is_looked_up_by_name() {
        let map = Value::Map([("a".into(), Value::Int(1)), ("b".into(), Value::Null)].into());
        assert_eq!(map.get("a"), Some(&Value::Int(1)));
        assert_eq!(map.get("c"), None);
        assert_eq!(Value::Int(1).get("a"), None);
    }
}
