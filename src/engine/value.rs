//! What a task gives out, as later tasks and conditions see it.

use std::sync::Arc;

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_map_is_looked_up_by_name() {
        let map = Value::Map([("a".into(), Value::Int(1)), ("b".into(), Value::Null)].into());
        assert_eq!(map.get("a"), Some(&Value::Int(1)));
        assert_eq!(map.get("c"), None);
        assert_eq!(Value::Int(1).get("a"), None);
    }
}
