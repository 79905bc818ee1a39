//! What the names in a playbook stand for before anything has run.

use crate::engine::value::Value;

use super::expression::{Fault, Reference, Scope};
use super::template::Template;
use super::value::{is_same_name, Data, Node};

/// Names with values; a later one hides an earlier one of the same name.
pub type Named = Vec<(String, Value)>;

/// The values of a playbook, or of a part of it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Values {
    /// What it was told, and the defaults of what it was not.
    pub parameters: Named,
    /// What it sets itself.
    pub variables: Named,
    /// What a part of it sets: a step, or one round of a loop.
    pub own: Named,
    /// The environment that it runs in: `dev`, `staging`, `prod`.
    pub context: String,
}

fn find<'n>(named: &'n Named, name: &str) -> Option<&'n Value> {
    let mut last_first = named.iter().rev();
    let found = last_first.find(|(other, _)| is_same_name(other, name));
    found.map(|(_, value)| value)
}

impl Values {
    /// What `$params.x` is.
    pub fn parameter(&self, name: &str) -> Option<&Value> {
        find(&self.parameters, name)
    }

    /// What `$x` and `{{x}}` are: what is nearest, then what the playbook was told,
    /// then what it sets itself.
    pub fn variable(&self, name: &str) -> Option<&Value> {
        find(&self.own, name)
            .or_else(|| find(&self.parameters, name))
            .or_else(|| find(&self.variables, name))
    }

    /// All names that a variable may have.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let all = self.own.iter().chain(&self.parameters);
        all.chain(&self.variables).map(|(name, _)| name.as_str())
    }

    /// The same with values that are nearer.
    pub fn with(&self, own: impl IntoIterator<Item = (String, Value)>) -> Self {
        let mut values = self.clone();
        values.own.extend(own);
        values
    }
}

/// How an environment variable is looked up.
pub type Environment<'e> = &'e dyn Fn(&str) -> Option<String>;

/// A scope in which nothing has run: of steps nothing is known.
pub struct Before<'v> {
    /// What names stand for.
    pub values: &'v Values,
    /// The environment variables.
    pub environment: Environment<'v>,
}

impl Scope for Before<'_> {
    fn value(&self, reference: &Reference) -> Value {
        known(self.values, self.environment, reference).unwrap_or_default()
    }

    fn path_exists(&self, _: &str) -> bool {
        false
    }

    fn has_failed(&self) -> bool {
        false
    }
}

/// The value of a name that is known before anything has run.
pub fn known(
    values: &Values,
    environment: Environment<'_>,
    reference: &Reference,
) -> Option<Value> {
    match reference {
        Reference::Parameter(name) => values.parameter(name).cloned(),
        Reference::Variable(name) => values.variable(name).cloned(),
        Reference::Environment(name) => environment(name).map(|text| Value::Text(text.into())),
        Reference::Context => Some(Value::Text(values.context.as_str().into())),
        Reference::Step(..) | Reference::LastExitCode => None,
    }
}

/// The value of a node, without looking into its texts.
pub fn value_of(node: &Node) -> Value {
    match &node.data {
        Data::Bool(value) => Value::Bool(*value),
        // `0407` is the number of a script, not 407.
        Data::Int(_) if node.has_leading_zero() => {
            Value::Text(node.as_written().unwrap_or_default().into())
        }
        Data::Int(value) => Value::Int(*value),
        Data::Float(value) => Value::Float(*value),
        Data::Text(text) | Data::Block(text) => Value::Text(text.as_str().into()),
        Data::List(items) => Value::List(items.iter().map(value_of).collect()),
        Data::Map(map) => {
            let entries = map.entries().iter();
            let entry =
                |entry: &super::value::Entry| (entry.key.as_str().into(), value_of(&entry.value));
            Value::Map(entries.map(entry).collect())
        }
        // Variables of the environment were put in before.
        Data::Null | Data::Environment(_) | Data::Joined(_) | Data::Otherwise(_) => Value::Null,
    }
}

/// A value whose texts have places for others.
#[derive(Debug, Clone)]
pub enum Recipe {
    /// It is known.
    Value(Value),
    /// A text.
    Template(Template),
    /// Values in order.
    List(Vec<Recipe>),
    /// Values by name.
    Map(Vec<(String, Recipe)>),
}

impl Recipe {
    /// Reads a value. A text that is `$Name` or `${Name}` as a whole is the value of
    /// that name, if there is one.
    pub fn read(value: &Value, is_known: &dyn Fn(&str) -> bool) -> Result<Self, Fault> {
        Ok(match value {
            Value::Text(text) => {
                let whole = whole_name(text).filter(|name| is_known(name));
                let text = whole.map_or(text.to_string(), |name| format!("{{{{{name}}}}}"));
                Self::Template(Template::parse(&text, is_known)?)
            }
            Value::List(values) => {
                let read = values.iter().map(|value| Self::read(value, is_known));
                Self::List(read.collect::<Result<_, _>>()?)
            }
            Value::Map(entries) => {
                let read = entries.iter().map(|(name, value)| {
                    Self::read(value, is_known).map(|value| (name.to_string(), value))
                });
                Self::Map(read.collect::<Result<_, _>>()?)
            }
            other => Self::Value(other.clone()),
        })
    }

    /// What it is.
    pub fn value(&self, scope: &dyn Scope) -> Result<Value, Fault> {
        Ok(match self {
            Self::Value(value) => value.clone(),
            Self::Template(template) => template.value(scope)?,
            Self::List(items) => {
                let values: Result<Vec<_>, _> =
                    items.iter().map(|item| item.value(scope)).collect();
                Value::List(values?.into())
            }
            Self::Map(entries) => {
                let mut values = Vec::new();
                for (name, recipe) in entries {
                    values.push((name.as_str().into(), recipe.value(scope)?));
                }
                Value::Map(values.into())
            }
        })
    }

    /// Its templates.
    pub fn templates(&self) -> Vec<&Template> {
        match self {
            Self::Value(_) => Vec::new(),
            Self::Template(template) => vec![template],
            Self::List(items) => items.iter().flat_map(Self::templates).collect(),
            Self::Map(entries) => entries.iter().flat_map(|(_, it)| it.templates()).collect(),
        }
    }
}

/// The name, if a text is `$Name` or `${Name}` as a whole.
fn whole_name(text: &str) -> Option<&str> {
    let rest = text.trim().strip_prefix('$')?;
    let name = rest
        .strip_prefix('{')
        .and_then(|rest| rest.strip_suffix('}'))
        .unwrap_or(rest);
    let is_part = |letter: char| letter.is_alphanumeric() || letter == '_';
    (!name.is_empty() && name.chars().all(is_part)).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Value {
        Value::Text(text.into())
    }

    #[test]
    fn what_is_nearer_hides_what_is_farther() {
        let values = Values {
            parameters: vec![("Port".into(), Value::Int(1))],
            variables: vec![("port".into(), Value::Int(2)), ("x".into(), Value::Int(3))],
            ..Values::default()
        };
        assert_eq!(values.variable("PORT"), Some(&Value::Int(1)));
        assert_eq!(values.variable("X"), Some(&Value::Int(3)));
        assert_eq!(values.parameter("x"), None);
        let inner = values.with([("x".to_owned(), Value::Null)]);
        assert_eq!(inner.variable("x"), Some(&Value::Null));
    }

    #[test]
    fn a_text_that_is_a_name_is_its_value() {
        let values = Values {
            variables: vec![("List".into(), Value::List([Value::Int(1)].into()))],
            ..Values::default()
        };
        let is_known = |name: &str| values.variable(name).is_some();
        let given = Value::List(
            [
                text("$List"),
                text("${list}"),
                text("$Other"),
                text("a {{List}}"),
            ]
            .into(),
        );
        let recipe = Recipe::read(&given, &is_known).expect("a recipe");
        let scope = Before {
            values: &values,
            environment: &|_| None,
        };
        let list = Value::List([Value::Int(1)].into());
        let expected = [list.clone(), list, text("$Other"), text("a 1")];
        assert_eq!(recipe.value(&scope), Ok(Value::List(expected.into())));
    }
}
