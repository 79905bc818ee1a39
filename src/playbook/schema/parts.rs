//! The parts of the schema that the names of keys do not say.

use serde_json::{json, Map, Value};

use crate::engine::batch::Encoding;
use crate::playbook::dialect::{Kind, STEP_TYPES, TASK_KINDS};
use crate::playbook::parameter;
use crate::playbook::plan::Mode;
use crate::playbook::shell;

use super::reference;

/// `a success criteria` as the name of a definition.
pub(super) fn name_of(owner: &str) -> String {
    let words = owner.trim_start_matches("a ").trim_start_matches("an ");
    words.replace(' ', "-")
}

/// A pattern of a name, whatever its case.
pub(super) fn whatever_its_case(name: &str) -> String {
    let mut pattern = String::from("^");
    for letter in name.chars() {
        match letter.is_ascii_alphabetic() {
            true => pattern.extend([
                '[',
                letter.to_ascii_lowercase(),
                letter.to_ascii_uppercase(),
                ']',
            ]),
            false if letter == '$' => pattern.push_str("\\$"),
            false => pattern.push(letter),
        }
    }
    pattern.push('$');
    pattern
}

fn refer(name: &str) -> Value {
    json!({ "$ref": format!("#/definitions/{name}") })
}

fn refer_to(owner: &str) -> Value {
    json!({ "$ref": reference(owner) })
}

/// One, several, or none.
fn one_or_several(item: &Value) -> Value {
    json!({ "anyOf": [item, { "type": "array", "items": item }, { "type": "null" }] })
}

fn map_of(value: Value) -> Value {
    json!({ "type": "object", "additionalProperties": value })
}

/// Names that an editor offers; others are taken too.
fn offered(names: Vec<&str>) -> Value {
    json!({ "anyOf": [{ "enum": names }, refer("text")] })
}

/// A text of which only these are taken, whatever their case.
fn one_of(names: &[&str]) -> Value {
    let patterns = names
        .iter()
        .map(|name| json!({ "pattern": whatever_its_case(name) }));
    let patterns: Vec<_> = patterns.collect();
    json!({ "anyOf": [{ "enum": names }, { "type": "string", "anyOf": patterns }, { "type": "null" }] })
}

/// What the readers take by one word each.
pub(super) fn definitions() -> Map<String, Value> {
    let yes_or_no: Vec<_> = ["true", "yes", "1", "false", "no", "0", ""]
        .map(|word| json!({ "pattern": whatever_its_case(word) }))
        .into();
    let text = json!({ "type": ["string", "number", "null"] });
    let script = json!({ "type": ["string", "number"] });
    let step = json!({ "anyOf": [refer_to("a step"), { "type": ["string", "integer"] }] });
    let stage = refer_to("a stage");
    let work = json!({ "anyOf": [refer_to("a step"), script] });
    let check = json!({ "anyOf": [refer_to("a condition"), { "type": "string" }] });
    let all = [
        (
            "truth",
            json!({ "anyOf": [
            { "type": ["boolean", "null"] }, { "enum": [0, 1] },
            { "type": "string", "anyOf": yes_or_no },
        ] }),
        ),
        ("text", text),
        ("texts", one_or_several(&refer("text"))),
        (
            "number",
            json!({ "anyOf": [
            { "type": "number", "minimum": 0 }, { "type": "null" },
            { "type": "string", "pattern": "^\\s*\\+?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)?\\s*$" },
        ] }),
        ),
        (
            "count",
            json!({ "anyOf": [
            { "type": "integer", "minimum": 0, "maximum": u32::MAX }, { "type": "null" },
            { "type": "string", "pattern": "^\\s*\\+?[0-9]+\\s*$" },
        ] }),
        ),
        (
            "concurrency",
            json!({ "anyOf": [
            { "enum": ["auto"] }, { "type": "integer", "minimum": 1, "maximum": u32::MAX },
            { "type": "string", "pattern": "^\\s*\\+?0*[1-9][0-9]*\\s*$" },
            { "type": "string", "pattern": whatever_its_case("auto") },
        ] }),
        ),
        ("variables", json!({ "type": ["object", "null"] })),
        ("scripts", one_or_several(&script)),
        ("steps", one_or_several(&step)),
        (
            "stages",
            json!({ "anyOf": [map_of(stage.clone()), one_or_several(&stage)] }),
        ),
        ("work", one_or_several(&work)),
        ("jobs", map_of(refer_to("a job"))),
        ("tasks", one_or_several(&refer_to("a task"))),
        ("conditions", one_or_several(&check)),
        ("profiles", map_of(refer_to("a profile"))),
        ("environments", map_of(refer_to("an environment"))),
        // A map that does not look like a declaration is the value itself.
        (
            "parameters",
            map_of(json!({ "anyOf": [refer_to("a parameter"), {}] })),
        ),
        (
            "shells",
            map_of(
                json!({ "anyOf": [refer_to("a shell"), { "type": ["array", "string"], "items": refer("text") }] }),
            ),
        ),
        (
            "notice",
            json!({ "anyOf": [{ "type": "string" }, refer_to("a notification")] }),
        ),
        (
            "truth-or-text",
            json!({ "type": ["boolean", "string", "number", "null"] }),
        ),
    ];
    all.map(|(name, value)| (name.to_owned(), value))
        .into_iter()
        .collect()
}

/// Of some keys only these values are taken, or are offered.
pub(super) fn special(owner: &str, name: &str) -> Option<Value> {
    Some(match (owner, name) {
        ("a step", "type") => one_of(STEP_TYPES),
        ("a shell", "like") => one_of(shell::LIKES),
        ("a task", "kind") => json!({ "enum": TASK_KINDS }),
        ("a parameter", "type") => offered(parameter::types().collect()),
        (_, "encoding") => offered(Encoding::NAMES.to_vec()),
        (_, "shell") => offered(shell::NAMES.to_vec()),
        (_, "mode" | "executionMode") => offered(Mode::NAMES.to_vec()),
        _ => return None,
    })
}

/// What a reader takes.
pub(super) fn kind(kind: Kind, owner: &str, name: &str) -> Value {
    match kind {
        Kind::Bool => refer("truth"),
        Kind::Text => refer("text"),
        Kind::Texts => refer("texts"),
        Kind::Number => refer("number"),
        Kind::Count => refer("count"),
        Kind::Concurrency => refer("concurrency"),
        Kind::Variables => refer("variables"),
        Kind::Other => taken_apart(owner, name),
        Kind::NoEffect => json!({}),
    }
}

/// What a reader takes apart itself.
fn taken_apart(owner: &str, name: &str) -> Value {
    match (owner, name) {
        ("a stage", "sequence" | "sequences" | "scripts" | "script" | "jobs" | "steps") => {
            refer("work")
        }
        ("a step", "script" | "scripts") => refer("scripts"),
        ("a step", "command" | "run" | "inline" | "inlineBlock" | "playbook" | "uses") => {
            refer("text")
        }
        ("a task", "tasks") => refer("tasks"),
        (
            _,
            "steps" | "sequence" | "scripts" | "parallel" | "parallelSteps" | "then" | "else"
            | "rollback" | "finally",
        ) => refer("steps"),
        (_, "stages" | "sequences" | "phases") => refer("stages"),
        (_, "jobs") => refer("jobs"),
        (_, "tasks") => refer("tasks"),
        (_, "orchestration") => refer_to("orchestration"),
        (_, "parameters") => refer("parameters"),
        (_, "shells") => refer("shells"),
        (_, "profiles") => refer("profiles"),
        (_, "environments") => refer("environments"),
        (_, "environment" | "env") => refer("variables"),
        (_, "options") => refer_to("options"),
        (_, "validation") => refer_to("validation"),
        (_, "preConditions" | "postConditions") => refer("conditions"),
        (_, "successCriteria") => refer_to("success criteria"),
        (_, "notifications") => refer_to("notifications"),
        (_, "onStart" | "onSuccess" | "onFailure" | "onWarning") => refer("notice"),
        (_, "strategy") => refer_to("a strategy"),
        (_, "condition" | "if" | "runIf" | "conditional" | "approval" | "requiresApproval") => {
            refer("truth-or-text")
        }
        // Values of any kind, and what is for people.
        _ => json!({}),
    }
}
