//! Which keys the readers ask for, and what they take. The schema is made of it.

use std::collections::{BTreeMap, BTreeSet};

use crate::playbook::place::{Place, Position};
use crate::playbook::value::Node;

use super::fields::Remarks;
use super::steps::ACTIONS;

/// What a reader takes for a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::playbook) enum Kind {
    /// True or false.
    Bool,
    /// A text, or a number as it is written.
    Text,
    /// The same, or several of them.
    Texts,
    /// A number from 0.
    Number,
    /// A whole number from 0.
    Count,
    /// How many steps may run at once.
    Concurrency,
    /// A map of names and values.
    Variables,
    /// Something else, which the reader takes apart itself.
    Other,
    /// Anything, of which nothing comes.
    NoEffect,
}

/// Of a key, what is taken, and which other key means the same.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::playbook) struct Key {
    pub(in crate::playbook) kinds: BTreeSet<Kind>,
    pub(in crate::playbook) same_as: Option<&'static str>,
}

/// The keys by what has them: `a step`, `a job`.
pub(in crate::playbook) type Asked = BTreeMap<&'static str, BTreeMap<&'static str, Key>>;

/// Notes that the first of some names is asked for.
pub(super) fn note(asked: &mut Asked, owner: &'static str, names: &[&'static str], kind: Kind) {
    let keys = asked.entry(owner).or_default();
    for (index, name) in names.iter().enumerate() {
        let key = keys.entry(name).or_default();
        key.kinds.insert(kind);
        if index > 0 {
            key.same_as = Some(names[0]);
        }
    }
}

/// Has everything read that can be said, and returns what the readers asked for.
pub(in crate::playbook) fn survey() -> Asked {
    let mut remarks = Remarks::asking();
    for text in PROBES {
        super::playbook(&probe(text), &mut remarks);
    }
    for action in ACTIONS {
        for value in ["\"x\"", "[]"] {
            let text = format!("{{\"steps\": [{{\"{action}\": {value}}}]}}");
            super::playbook(&probe(&text), &mut remarks);
        }
    }
    remarks.into_asked()
}

/// Playbooks that bring every reader to ask for all that it knows.
const PROBES: &[&str] = &[
    r#"{
        "parameters": { "x": { "type": "string" } },
        "profiles": { "x": {} }, "environments": { "x": {} }, "metadata": {},
        "options": { "profiles": { "x": {} } }, "shells": { "x": {} },
        "validation": { "preConditions": [{}], "postConditions": [{}] },
        "successCriteria": {}, "onStart": {}, "notifications": { "onStart": {} },
        "steps": [{ "type": "parallel" }, { "then": [], "else": [] }]
    }"#,
    r#"{ "orchestration": { "stages": [{}] } }"#,
    r#"{ "jobs": { "x": { "strategy": {} } } }"#,
    r#"{ "tasks": [{}, { "kind": "graph", "tasks": [] }] }"#,
];

fn probe(text: &str) -> Node {
    let nothing = || Node::new(super::Data::Null, Place::At(Position::START));
    // All of them are JSON, which the tests of the schema see.
    crate::playbook::json::read(text).unwrap_or_else(|_| nothing())
}
