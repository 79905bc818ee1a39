//! What a playbook is told: checked against what it declares, before anything starts.

use crate::engine::suggest::nearest;
use crate::engine::value::Value;

use super::flaw::{Defect, Flaw};
use super::model::{Parameter, Playbook};
use super::template::plain;
use super::value::is_same_name;
use super::values::{value_of, Named};

/// What the values of a parameter are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Type {
    Text,
    Whole,
    Number,
    Bool,
    List,
    Map,
    Any,
}

/// Names of types, with what they stand for.
const TYPES: &[(&str, Type)] = &[
    ("string", Type::Text),
    ("text", Type::Text),
    ("path", Type::Text),
    ("securestring", Type::Text),
    ("secret", Type::Text),
    ("choice", Type::Any),
    ("int", Type::Whole),
    ("int32", Type::Whole),
    ("int64", Type::Whole),
    ("integer", Type::Whole),
    ("long", Type::Whole),
    ("number", Type::Number),
    ("double", Type::Number),
    ("float", Type::Number),
    ("decimal", Type::Number),
    ("bool", Type::Bool),
    ("boolean", Type::Bool),
    ("switch", Type::Bool),
    ("array", Type::List),
    ("list", Type::List),
    ("string[]", Type::List),
    ("int[]", Type::List),
    ("object[]", Type::List),
    ("hashtable", Type::Map),
    ("map", Type::Map),
    ("object", Type::Any),
    ("any", Type::Any),
];

/// The names of the types that a parameter may have.
pub(super) fn types() -> impl Iterator<Item = &'static str> {
    TYPES.iter().map(|(name, _)| *name)
}

/// The values of all parameters: those given, and the defaults of the others.
/// Whatever is given and not declared counts as declared.
pub fn settle(playbook: &Playbook, given: &Named, flaws: &mut Vec<Flaw>) -> Named {
    let mut settled = Named::new();
    for parameter in &playbook.parameters {
        if let Some(value) = of_one(parameter, given, flaws) {
            settled.push((parameter.name.text.clone(), value));
        }
    }
    for (name, value) in given {
        let is_declared = |parameter: &Parameter| is_same_name(&parameter.name.text, name);
        if playbook.parameters.iter().any(is_declared) {
            continue;
        }
        remark_misspelled(playbook, name, flaws);
        settled.push((name.clone(), inferred(value)));
    }
    settled
}

fn of_one(parameter: &Parameter, given: &Named, flaws: &mut Vec<Flaw>) -> Option<Value> {
    let mut last_first = given.iter().rev();
    let given = last_first.find(|(name, _)| is_same_name(name, &parameter.name.text));
    let Some((_, value)) = given else {
        let default = parameter.default.as_ref().map(value_of);
        if default.is_none() && parameter.is_required {
            let defect = Defect::MissingParameter(parameter.name.text.clone());
            flaws.push(Flaw::at(parameter.name.place, defect));
            // It is declared, so that those who read it are not wrong, too.
            return Some(Value::Null);
        }
        return default;
    };
    // It counts as given all the same.
    Some(fitted(parameter, value, flaws).unwrap_or_default())
}

/// A value as one of the type of a parameter; nothing, and what is wrong, if it is none.
pub(super) fn fitted(parameter: &Parameter, value: &Value, flaws: &mut Vec<Flaw>) -> Option<Value> {
    let kind = kind_of(parameter, flaws);
    // What is not declared at all takes its type from the default.
    let kind = match (&parameter.kind, &parameter.default) {
        (None, Some(default)) => type_of(&value_of(default)),
        _ => kind,
    };
    let Some(value) = converted(value, kind) else {
        let name = parameter.name.text.clone();
        flaws.push(Flaw::of_request(Defect::WrongType {
            expected: parameter
                .kind
                .as_ref()
                .map_or_else(|| name_of(kind).to_owned(), |kind| kind.text.clone()),
            found: shown(parameter, value),
            name,
        }));
        return None;
    };
    check_allowed(parameter, &value, flaws);
    Some(value)
}

/// That the type of a parameter is none.
pub(super) fn unknown_type(parameter: &Parameter) -> Option<Flaw> {
    let mut flaws = Vec::new();
    kind_of(parameter, &mut flaws);
    flaws.pop()
}

fn kind_of(parameter: &Parameter, flaws: &mut Vec<Flaw>) -> Type {
    let Some(kind) = &parameter.kind else {
        return Type::Any;
    };
    let name = kind.text.trim_matches(['[', ']']);
    let name = if kind.text.ends_with("[]") {
        &kind.text
    } else {
        name
    };
    let mut types = TYPES.iter();
    if let Some((_, found)) = types.find(|(known, _)| known.eq_ignore_ascii_case(name)) {
        return *found;
    }
    let names: Vec<_> = TYPES.iter().map(|(name, _)| *name).collect();
    let defect = Defect::Unknown {
        what: "type",
        name: kind.text.clone(),
        near: nearest(name, &names).map(str::to_owned),
        is_null: false,
    };
    flaws.push(Flaw::at(kind.place, defect));
    Type::Any
}

fn name_of(kind: Type) -> &'static str {
    let mut types = TYPES.iter();
    types
        .find(|(_, it)| *it == kind)
        .map_or("any", |(name, _)| name)
}

fn type_of(value: &Value) -> Type {
    match value {
        Value::Null => Type::Any,
        Value::Bool(_) => Type::Bool,
        Value::Int(_) => Type::Whole,
        Value::Float(_) => Type::Number,
        Value::Text(_) => Type::Text,
        Value::List(_) => Type::List,
        Value::Map(_) => Type::Map,
    }
}

/// The value as one of a type; from a command line, all of them come as texts.
fn converted(value: &Value, kind: Type) -> Option<Value> {
    if kind == type_of(value) {
        return Some(value.clone());
    }
    match (kind, value) {
        (Type::Any, Value::Text(_)) => Some(inferred(value)),
        (Type::Any, _) | (_, Value::Null) => Some(value.clone()),
        (Type::Text, Value::Int(_) | Value::Float(_) | Value::Bool(_)) => {
            Some(Value::Text(plain(value).into()))
        }
        (Type::Whole, Value::Text(text)) => text.trim().parse().ok().map(Value::Int),
        (Type::Number, Value::Int(_)) => Some(value.clone()),
        (Type::Number, Value::Text(text)) => {
            let number = text.trim().parse().ok();
            number.filter(|it: &f64| it.is_finite()).map(Value::Float)
        }
        (Type::Bool, Value::Text(text)) => bool_of(text).map(Value::Bool),
        (Type::Bool, Value::Int(0)) => Some(Value::Bool(false)),
        (Type::Bool, Value::Int(1)) => Some(Value::Bool(true)),
        (Type::List, Value::Text(text)) => Some(list_of(text)),
        (Type::List, Value::Int(_) | Value::Float(_) | Value::Bool(_)) => {
            Some(Value::List([value.clone()].into()))
        }
        (Type::Map, Value::Text(text)) => {
            let map = serde_json::from_str(text).ok();
            map.filter(|it| matches!(it, Value::Map(_)))
        }
        _ => None,
    }
}

fn bool_of(text: &str) -> Option<bool> {
    match text.trim().to_ascii_lowercase().trim_start_matches('$') {
        "true" | "yes" | "1" => Some(true),
        "false" | "no" | "0" => Some(false),
        _ => None,
    }
}

/// A list in JSON, or with commas.
fn list_of(text: &str) -> Value {
    if let Ok(list @ Value::List(_)) = serde_json::from_str(text) {
        return list;
    }
    let items = text.split(',').map(|item| Value::Text(item.trim().into()));
    Value::List(items.collect())
}

/// What a text means that nobody says the type of: a number or a truth, if it is
/// written like one. `0407` stays a text.
fn inferred(value: &Value) -> Value {
    let Value::Text(text) = value else {
        return value.clone();
    };
    let digits = text.strip_prefix('-').unwrap_or(text);
    let is_plain = digits.starts_with(|digit: char| digit.is_ascii_digit())
        && (digits.len() == 1 || !digits.starts_with('0') || digits.starts_with("0."));
    if is_plain {
        if let Ok(value) = text.parse() {
            return Value::Int(value);
        }
        let number = text.parse().ok().filter(|it: &f64| it.is_finite());
        if let Some(value) = number.filter(|_| !text.contains(['e', 'E'])) {
            return Value::Float(value);
        }
    }
    match text.to_ascii_lowercase().as_str() {
        "true" | "$true" => Value::Bool(true),
        "false" | "$false" => Value::Bool(false),
        _ => value.clone(),
    }
}

fn check_allowed(parameter: &Parameter, value: &Value, flaws: &mut Vec<Flaw>) {
    if parameter.allowed.is_empty() {
        return;
    }
    let allowed: Vec<_> = parameter
        .allowed
        .iter()
        .map(value_of)
        .map(|it| plain(&it))
        .collect();
    let is_allowed = |value: &Value| {
        let text = plain(value);
        allowed.iter().any(|it| is_same_name(it, &text))
    };
    let all_are = match value {
        Value::List(values) => values.iter().all(is_allowed),
        one => is_allowed(one),
    };
    if !all_are {
        flaws.push(Flaw::of_request(Defect::NotAllowed {
            name: parameter.name.text.clone(),
            found: shown(parameter, value),
            allowed,
        }));
    }
}

/// A value as a message says it, but no secret.
fn shown(parameter: &Parameter, value: &Value) -> String {
    const LONGEST: usize = 60;
    if parameter.is_sensitive {
        return "a secret".to_owned();
    }
    let text = plain(value);
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("`{}…`", &text[..end]),
        None => format!("`{text}`"),
    }
}

/// A name that is close to a declared one was probably meant to be it.
fn remark_misspelled(playbook: &Playbook, name: &str, flaws: &mut Vec<Flaw>) {
    let declared = playbook.parameters.iter().map(|it| it.name.text.as_str());
    let names: Vec<_> = declared.collect();
    if let Some(near) = nearest(name, &names) {
        flaws.push(Flaw::of_request(Defect::Unknown {
            what: "parameter",
            name: name.to_owned(),
            near: Some(near.to_owned()),
            is_null: true,
        }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::playbook::format::Document;

    const FILE: &str = "@{
        parameters = @{
            count = @{ type = 'int'; default = 3 }
            name = @{ type = 'string'; required = $true }
            level = @{ type = 'string'; allowed = @('low', 'high'); default = 'low' }
            force = @{ type = 'bool' }
            hosts = @{ type = 'array' }
            key = @{ type = 'string'; sensitive = $true; allowed = @('x') }
            Quick = $false
        }
        steps = @()
    }";

    fn settled(given: &[(&str, &str)]) -> (Named, Vec<String>) {
        let document = Document::read("a.psd1", FILE).expect("a playbook");
        let playbook = document.playbook(&|_| None).playbook;
        let given = given.iter();
        let given = given.map(|(name, text)| ((*name).to_owned(), Value::Text((*text).into())));
        let mut flaws = Vec::new();
        let values = settle(&playbook, &given.collect(), &mut flaws);
        let flaws = flaws
            .iter()
            .map(|it| format!("{}. {}", it.defect, it.defect.advice()));
        (values, flaws.collect())
    }

    #[test]
    fn texts_become_what_is_declared() {
        let given = [
            ("COUNT", "07"),
            ("name", "5"),
            ("force", "$true"),
            ("hosts", "a, b"),
            ("quick", "yes"),
            ("other", "12"),
            ("script", "0407"),
        ];
        let (values, flaws) = settled(&given);
        let json = serde_json::to_string(&Value::Map(
            values
                .into_iter()
                .map(|(name, it)| (name.into(), it))
                .collect(),
        ));
        assert_eq!(flaws, Vec::<String>::new());
        assert_eq!(
            json.expect("JSON"),
            r#"{"count":7,"name":"5","level":"low","force":true,"hosts":["a","b"],"Quick":true,"other":12,"script":"0407"}"#
        );
    }

    #[test]
    fn what_is_wrong_is_said_before_anything_starts() {
        let given = [
            ("count", "many"),
            ("level", "mid"),
            ("key", "hunter2"),
            ("forse", "1"),
        ];
        let (values, flaws) = settled(&given);
        assert!(values.contains(&("name".to_owned(), Value::Null)));
        let expected = [
            "the parameter `count` is of type int, found `many`. Give a value of the type int.",
            "the parameter `name` is required. Give it: `--param name=VALUE`, or `-Parameters @{ name = … }`.",
            "the parameter `level` may not be `mid`. Choose one of low, high.",
            "the parameter `key` may not be a secret. Choose one of x.",
            "there is no parameter `forse`, so it is $null. Did you mean `force`?",
        ];
        assert_eq!(flaws, expected);
    }
}
