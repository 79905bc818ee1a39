use regex::Regex;
use serde_json::{json, Value};

use super::{schema, text};
use crate::playbook::dialect::{survey, Kind};
use crate::playbook::format::{Document, Format};
use crate::playbook::write::write;

/// Why a value is not valid; nothing if it is. Knows as much of JSON Schema as the
/// schema uses.
fn invalid(schema: &Value, root: &Value, value: &Value, path: &str) -> Option<String> {
    let rules = schema.as_object().expect("a schema");
    rules.iter().find_map(|(rule, said)| {
        let holds = match rule.as_str() {
            "$ref" => {
                let pointer = said.as_str().expect("a reference").trim_start_matches('#');
                let schema = root.pointer(pointer).expect("a definition");
                return invalid(schema, root, value, path);
            }
            "allOf" => return all(said).find_map(|it| invalid(it, root, value, path)),
            "anyOf" => {
                let found: Vec<_> = all(said).map(|it| invalid(it, root, value, path)).collect();
                let is_valid = found.iter().any(Option::is_none);
                let why = found
                    .into_iter()
                    .flatten()
                    .collect::<Vec<_>>()
                    .join("; or ");
                return (!is_valid).then_some(why);
            }
            "properties" => {
                return members(value).find_map(|(name, inner)| {
                    let schema = said.get(name)?;
                    invalid(schema, root, inner, &format!("{path}.{name}"))
                })
            }
            "patternProperties" => {
                let patterns = said.as_object().expect("patterns");
                return patterns.iter().find_map(|(pattern, schema)| {
                    let pattern = Regex::new(pattern).expect("a pattern");
                    let mut fitting = members(value).filter(|(name, _)| pattern.is_match(name));
                    fitting.find_map(|(name, inner)| {
                        invalid(schema, root, inner, &format!("{path}.{name}"))
                    })
                });
            }
            "additionalProperties" => {
                return members(value).find_map(|(name, inner)| {
                    invalid(said, root, inner, &format!("{path}.{name}"))
                })
            }
            "items" => {
                let items = value.as_array().into_iter().flatten().enumerate();
                return { items }.find_map(|(index, item)| {
                    invalid(said, root, item, &format!("{path}[{index}]"))
                });
            }
            "type" => match said {
                Value::String(name) => is_of(name, value),
                _ => all(said).any(|name| is_of(name.as_str().expect("a type"), value)),
            },
            "enum" => all(said).any(|it| it == value),
            "minimum" => value.as_f64() >= said.as_f64(),
            "maximum" => value.as_f64() <= said.as_f64(),
            "pattern" => {
                let pattern = Regex::new(said.as_str().expect("a pattern")).expect("a pattern");
                value.as_str().is_none_or(|text| pattern.is_match(text))
            }
            "$schema" | "title" | "description" | "definitions" => true,
            other => panic!("{other} is not known here"),
        };
        (!holds).then(|| format!("{path}: {value} is not {rule} {said}"))
    })
}

fn all(list: &Value) -> impl Iterator<Item = &Value> {
    list.as_array().expect("a list").iter()
}

fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

fn is_of(name: &str, value: &Value) -> bool {
    match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "number" => value.is_number(),
        "integer" => value.is_i64() || value.is_u64(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        _ => panic!("there is no type {name}"),
    }
}

#[test]
fn the_schema_is_that_of_the_readers() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/schema/playbook.schema.json");
    let kept = std::fs::read_to_string(file).unwrap_or_default();
    assert!(
        kept == text(),
        "the readers have changed: `orchestrate schema > schema/playbook.schema.json`"
    );
}

#[test]
fn every_reader_was_asked() {
    let asked = survey();
    let owners: Vec<_> = asked.keys().copied().collect();
    let expected = [
        "a condition",
        "a job",
        "a notification",
        "a parameter",
        "a playbook",
        "a profile",
        "a shell",
        "a stage",
        "a step",
        "a strategy",
        "a task",
        "an environment",
        "metadata",
        "notifications",
        "options",
        "orchestration",
        "success criteria",
        "validation",
    ];
    assert_eq!(owners, expected);
    let kinds = |owner: &str, name: &str| asked[owner][name].kinds.iter().copied().collect();
    let kinds: Vec<Vec<Kind>> = vec![
        kinds("a step", "timeout"),
        kinds("a step", "parallel"),
        kinds("a step", "shell"),
        kinds("a step", "skipInCI"),
        kinds("a task", "argv"),
    ];
    let expected = [
        vec![Kind::Number],
        vec![Kind::Bool, Kind::Other],
        vec![Kind::Text],
        vec![Kind::NoEffect],
        vec![Kind::Texts],
    ];
    assert_eq!(kinds, expected);
    assert_eq!(asked["a step"]["needs"].same_as, Some("dependencies"));
}

/// What the readers refuse for its kind, the schema refuses; what they take, it takes.
#[test]
fn the_schema_refuses_what_the_readers_refuse() {
    let schema = schema();
    let steps = |step: Value| json!({ "steps": [step] });
    let cases = [
        steps(json!({ "Name": "a", "COMMAND": "x", "TimeoutSeconds": "5", "retries": 2 })),
        steps(json!({ "command": "x", "timeout": -1 })),
        steps(json!({ "command": "x", "timeout": "soon" })),
        steps(json!({ "command": "x", "RetryCount": 1.5 })),
        steps(json!({ "command": ["x"] })),
        steps(json!({ "type": "Script", "script": [407, "0402"] })),
        steps(json!({ "type": "skript", "script": "0407" })),
        steps(
            json!({ "type": "parallel", "parallel": [{ "command": "x" }], "maxConcurrency": "Auto" }),
        ),
        steps(json!({ "parallel": ["0407"], "maxConcurrency": 0 })),
        steps(json!({ "command": "x", "parallel": 2.5 })),
        steps(json!({ "script": "0407", "parameters": [1] })),
        steps(json!([])),
        steps(json!("0407")),
        json!({ "stages": { "one": { "sequence": ["0407"], "continueOnError": "yes" } } }),
        json!({ "stages": [5] }),
        json!({ "jobs": { "a": { "needs": ["b"], "steps": [{ "run": "x" }] }, "b": { "steps": ["0407"] } } }),
        json!({ "jobs": ["a"] }),
        json!({ "tasks": [{ "name": "a", "argv": ["x"], "dependsOn": [] }] }),
        json!({ "tasks": [{ "name": "a", "kind": "host", "argv": ["x"] }] }),
        json!({ "steps": ["0407"], "options": { "stopOnError": 2 } }),
        json!({ "steps": ["0407"], "successCriteria": { "minimumSuccessCount": "x" } }),
        json!({ "steps": ["0407"], "validation": { "preConditions": ["$true", { "check": "$true" }] } }),
        json!({ "steps": ["0407"], "shells": { "fish": ["fish", "-c"], "node": { "command": "node", "like": "SH" } } }),
        json!({ "steps": ["0407"], "shells": ["fish"] }),
        json!({ "steps": ["0407"], "shells": { "fish": 5 } }),
        json!({ "steps": ["0407"], "onStart": "x", "notifications": { "onFailure": { "message": "y" } } }),
        json!({ "steps": ["0407"], "unknown": 1, "variables": 5 }),
    ];
    for case in cases {
        let text = case.to_string();
        let document = Document::read("x.json", &text).expect("JSON");
        let is_usable = document.playbook(&|_| None).is_usable();
        let why = invalid(&schema, &schema, &case, "");
        assert_eq!(why.is_none(), is_usable, "{case}: {why:?}");
    }
}

/// The playbooks in the folder that `OE_CORPUS` names; without it, it says so.
#[test]
fn real_playbooks_are_valid() {
    let Some(folder) = std::env::var_os("OE_CORPUS") else {
        println!("left out: OE_CORPUS names no folder with playbooks");
        return;
    };
    let schema = schema();
    let mut count = 0;
    for entry in std::fs::read_dir(folder).expect("the folder OE_CORPUS") {
        let path = entry.expect("a file").path();
        let source = std::fs::read_to_string(&path).expect("a text");
        let file = path.display().to_string();
        let document = Document::read(&file, &source).expect("a playbook");
        let (json, _) = write(&document.root.resolve(&|_| None), Format::Json);
        let value = serde_json::from_str(&json).expect("JSON");
        assert_eq!(invalid(&schema, &schema, &value, ""), None, "{file}");
        count += 1;
    }
    assert!(count > 0, "there is no playbook");
}
