//! The JSON Schema of playbooks, for editors: made of what the readers ask for, so it
//! knows each key that they know. What they take without a word or with a warning is
//! valid, unknown keys too; names count whatever their case.

mod parts;

use serde_json::{json, Map, Value};

use super::dialect::{survey, Asked, Key, Kind, INFORMATION};

/// The schema, as JSON with a line's end behind it.
pub fn text() -> String {
    // A value without anything special in it is always JSON.
    let text = serde_json::to_string_pretty(&schema()).unwrap_or_default();
    format!("{text}\n")
}

/// The schema.
pub fn schema() -> Value {
    let asked = survey();
    let mut definitions = parts::definitions();
    for owner in asked.keys() {
        definitions.insert(parts::name_of(owner), object(owner, &asked));
    }
    json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "A playbook",
        "description": "Steps with what they wait for, for orchestrate and OrchestrationEngine.",
        "allOf": [{ "$ref": reference("a playbook") }],
        "definitions": definitions,
    })
}

/// How the definition of an owner is named in a reference.
fn reference(owner: &str) -> String {
    format!("#/definitions/{}", parts::name_of(owner))
}

/// A map with the keys of an owner. Editors complete `properties`; the patterns are the
/// same names whatever their case.
fn object(owner: &str, asked: &Asked) -> Value {
    let (mut properties, mut patterns) = (Map::new(), Map::new());
    for (name, key) in &asked[owner] {
        let value = value_of(owner, name, key);
        let mut described = value.clone();
        if let Some(description) = description_of(key) {
            described = json!({ "description": description, "allOf": [value] });
        }
        properties.insert((*name).to_owned(), described);
        patterns.insert(parts::whatever_its_case(name), value);
    }
    for name in INFORMATION {
        let for_people = json!({ "description": "For people." });
        properties.entry(*name).or_insert(for_people);
    }
    json!({ "type": "object", "properties": properties, "patternProperties": patterns })
}

fn description_of(key: &Key) -> Option<String> {
    if key.kinds.contains(&Kind::NoEffect) {
        return Some("Nothing comes of it.".to_owned());
    }
    key.same_as.map(|name| format!("The same as `{name}`."))
}

/// What may stand behind a key: one of what its readers take.
fn value_of(owner: &str, name: &str, key: &Key) -> Value {
    if let Some(value) = parts::special(owner, name) {
        return value;
    }
    let mut kinds = key.kinds.iter().map(|kind| parts::kind(*kind, owner, name));
    match (kinds.next(), kinds.len()) {
        (Some(only), 0) => only,
        (first, _) => json!({ "anyOf": first.into_iter().chain(kinds).collect::<Vec<_>>() }),
    }
}

#[cfg(test)]
mod tests;
