//! What there is to say about a playbook whose file could be read.

use std::fmt;

use crate::engine::suggest::nearest;
use crate::playbook::place::Place;

/// Something to say about a place in a playbook.
#[derive(Debug, Clone, PartialEq)]
pub struct Remark {
    /// What.
    pub matter: Matter,
    /// Where.
    pub place: Place,
}

/// What there is to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Matter {
    /// A key that means nothing; a warning.
    UnknownKey {
        /// The key.
        key: String,
        /// What it is in.
        owner: &'static str,
        /// The known key that is nearest.
        near: Option<&'static str>,
    },
    /// A key that is known, but that nothing comes of; a warning.
    NoEffect {
        /// The key.
        key: String,
        /// What it is in.
        owner: &'static str,
    },
    /// Two keys that mean the same; a warning, the second is not used.
    SameMeaning {
        /// The key that is used.
        used: String,
        /// The other.
        unused: String,
    },
    /// A value of another kind than is expected.
    Kind {
        /// Its key.
        key: String,
        /// What is expected.
        expected: &'static str,
        /// What is there.
        found: String,
    },
    /// Nothing says what is to be done.
    NoWork,
    /// Two parts of the file say what is to be done.
    TwoDialects {
        /// The key that is read.
        first: &'static str,
        /// The other.
        second: &'static str,
    },
    /// A step that says nothing of what it does.
    NoAction {
        /// What it is: a step, a job …
        owner: &'static str,
    },
    /// A step that says two things that it does.
    TwoActions {
        /// The one key.
        first: String,
        /// The other.
        second: String,
    },
    /// A step of a type that is not known.
    UnknownType {
        /// The type.
        name: String,
        /// The known type that is nearest.
        near: Option<&'static str>,
        /// All that are known.
        known: &'static [&'static str],
    },
    /// A key that is needed is missing.
    MissingKey {
        /// The key.
        key: &'static str,
        /// What it is missing in.
        owner: &'static str,
    },
    /// A reference to scripts that names nothing.
    NoScript {
        /// It as it is written.
        text: String,
    },
    /// A range of scripts that ends before it begins.
    EmptyRange {
        /// It as it is written.
        text: String,
    },
}

/// The types of steps.
pub(in crate::playbook) const STEP_TYPES: &[&str] = &[
    "script",
    "condition",
    "parallel",
    "module",
    "command",
    "playbook",
];

/// The kinds of tasks that a file can say.
pub(in crate::playbook) const TASK_KINDS: &[&str] = &["program", "graph"];

impl Matter {
    /// Whether the playbook can be used all the same.
    pub fn is_warning(&self) -> bool {
        matches!(
            self,
            Self::UnknownKey { .. } | Self::NoEffect { .. } | Self::SameMeaning { .. }
        )
    }

    pub(super) fn unknown_type(name: &str) -> Self {
        Self::UnknownType {
            name: name.to_owned(),
            near: nearest(name, STEP_TYPES),
            known: STEP_TYPES,
        }
    }

    pub(super) fn unknown_kind(name: &str) -> Self {
        Self::UnknownType {
            name: name.to_owned(),
            near: nearest(name, TASK_KINDS),
            known: TASK_KINDS,
        }
    }

    /// What to do about it.
    pub fn advice(&self) -> String {
        match self {
            Self::UnknownKey {
                near: Some(near), ..
            }
            | Self::UnknownType {
                near: Some(near), ..
            } => {
                format!("Did you mean `{near}`?")
            }
            Self::UnknownKey { near: None, .. } | Self::NoEffect { .. } => {
                "Remove it, or do not count on it.".to_owned()
            }
            Self::SameMeaning { unused, .. } => format!("Remove `{unused}`."),
            Self::Kind { expected, .. } => format!("Write {expected}."),
            Self::NoWork => "Add `steps`, `Sequence`, `Stages`, `jobs` or `tasks`.".to_owned(),
            Self::TwoDialects { .. } => "Keep one of the two.".to_owned(),
            Self::NoAction { .. } => {
                "Add `Script`, `Command`, `module` with `function`, or `Playbook`.".to_owned()
            }
            Self::TwoActions { .. } => "Make two steps of it.".to_owned(),
            Self::UnknownType {
                near: None, known, ..
            } => {
                format!("The types are {}.", known.join(", "))
            }
            Self::MissingKey { key, .. } => format!("Add `{key}`."),
            Self::NoScript { .. } => {
                "Name a script: `0407`, `0407_Name`, `folder/name`.".to_owned()
            }
            Self::EmptyRange { .. } => "Put the smaller number first.".to_owned(),
        }
    }
}

impl fmt::Display for Matter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownKey { key, owner, .. } => write!(f, "unknown key `{key}` in {owner}"),
            Self::NoEffect { key, owner } => write!(f, "the key `{key}` in {owner} has no effect"),
            Self::SameMeaning { used, unused } => {
                write!(f, "`{unused}` means the same as `{used}`, which is used")
            }
            Self::Kind {
                key,
                expected,
                found,
            } => {
                write!(f, "`{key}`: expected {expected}, found {found}")
            }
            Self::NoWork => f.write_str("expected a key that says what is to be done"),
            Self::TwoDialects { first, second } => {
                write!(f, "both `{first}` and `{second}` say what is to be done")
            }
            Self::NoAction { owner } => write!(f, "expected {owner} to say what it does"),
            Self::TwoActions { first, second } => {
                write!(f, "a step does one thing, found `{first}` and `{second}`")
            }
            Self::UnknownType { name, .. } => write!(f, "unknown type `{name}`"),
            Self::MissingKey { key, owner } => write!(f, "the key `{key}` is missing in {owner}"),
            Self::NoScript { text } => write!(f, "expected a script, found `{text}`"),
            Self::EmptyRange { text } => write!(f, "the range `{text}` ends before it begins"),
        }
    }
}
