//! What is wrong with a playbook that could be read, or with what it is told.

use std::fmt;

use crate::engine::batch::Encoding;

use super::expression::Fault;
use super::place::Place;
use super::shell::{Refused, Unfit};

/// What is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flaw {
    /// Where in the file; nothing for what the playbook was told.
    pub place: Option<Place>,
    /// What.
    pub defect: Defect,
}

/// What is wrong with the meaning of a playbook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Defect {
    /// A parameter that has to be given is not.
    MissingParameter(String),
    /// A parameter has a value of another type.
    WrongType {
        /// Its name.
        name: String,
        /// The type.
        expected: String,
        /// The value, as a message says it.
        found: String,
    },
    /// A parameter has a value that it may not have.
    NotAllowed {
        /// Its name.
        name: String,
        /// The value.
        found: String,
        /// The values that it may have.
        allowed: Vec<String>,
    },
    /// There is nothing of this name.
    Unknown {
        /// What it would be: "parameter", "step".
        what: &'static str,
        /// The name.
        name: String,
        /// What may have been meant.
        near: Option<String>,
        /// Whether it is `$null` then.
        is_null: bool,
    },
    /// A condition cannot be read.
    Condition(Fault),
    /// A condition is one that only PowerShell can decide.
    ConditionOfPowerShell(Fault),
    /// A template cannot be read, or its value not be found.
    Template(Fault),
    /// A value cannot stand where it does.
    Refused(Refused),
    /// A shell cannot be what the playbook says.
    Shell {
        /// Its name.
        name: String,
        /// Why not.
        why: Unfit,
    },
    /// A value cannot be given to a shell or program.
    Value {
        /// The value, as it is written.
        written: String,
        /// Why not.
        why: &'static str,
    },
    /// Variables are made of each other.
    Circle(Vec<String>),
    /// A playbook is inside itself.
    Inside(Vec<String>),
    /// A playbook inside cannot be used.
    Playbook {
        /// Its name.
        name: String,
        /// Why not.
        why: String,
    },
    /// The steps are no graph that could be run.
    Graph(String),
    /// A setting does nothing here.
    NoEffect {
        /// The setting.
        setting: &'static str,
        /// Of what.
        of: &'static str,
    },
    /// A setting is understood, and nothing is done about it so far.
    NothingDone {
        /// The setting.
        setting: &'static str,
    },
    /// A group has a limit, and no step is of it.
    EmptyGroup {
        /// The group.
        name: String,
        /// What may have been meant.
        near: Option<String>,
    },
    /// No program's texts are read in this encoding.
    Encoding(String),
    /// An encoding is said of what PowerShell does.
    EncodingOfPowerShell,
    /// A limit counts in place of one around it.
    LimitWithin {
        /// What has the limit that counts.
        own: String,
        /// What has the other.
        around: String,
    },
    /// Nobody serves the channel of a notice.
    NoChannel {
        /// The channel.
        name: String,
    },
    /// There is no script of a name, a number, a range and so on.
    NoScript {
        /// It as it is written.
        name: String,
        /// What may have been meant.
        near: Option<String>,
        /// Where was looked, beside the playbook.
        folders: Vec<String>,
    },
    /// Several scripts have the number or name that means one.
    SeveralScripts {
        /// It as it is written.
        name: String,
        /// The files.
        files: Vec<String>,
    },
    /// There is no module of a name.
    NoModule {
        /// Its name.
        name: String,
        /// What may have been meant.
        near: Option<String>,
        /// Where was looked.
        folders: Vec<String>,
    },
    /// A step of a type that nobody knows.
    UnknownStepType {
        /// The type.
        name: String,
        /// What may have been meant.
        near: Option<String>,
        /// All that are known.
        known: Vec<String>,
    },
    /// A step is not given what its type requires.
    StepNeeds {
        /// The type.
        step_type: String,
        /// The parameter.
        parameter: String,
    },
    /// A choice has no condition.
    NoCondition,
    /// A condition that has to hold before the start does not.
    DoesNotHold {
        /// The condition, or what the playbook says of it.
        text: String,
    },
}

impl Flaw {
    /// Something wrong at a place.
    pub fn at(place: Place, defect: Defect) -> Self {
        Self {
            place: Some(place),
            defect,
        }
    }

    /// Something wrong with what the playbook was told.
    pub fn of_request(defect: Defect) -> Self {
        Self {
            place: None,
            defect,
        }
    }

    /// Whether the playbook can be run all the same.
    pub fn is_warning(&self) -> bool {
        self.defect.is_warning()
    }
}

impl Defect {
    /// Whether the playbook can be run all the same.
    pub fn is_warning(&self) -> bool {
        match self {
            Self::NoEffect { .. } | Self::NothingDone { .. } | Self::ConditionOfPowerShell(_) => {
                true
            }
            Self::EncodingOfPowerShell => true,
            Self::NoChannel { .. } | Self::EmptyGroup { .. } | Self::LimitWithin { .. } => true,
            // A plan can be looked at without them, on another machine too; a run needs them.
            Self::NoScript { .. } | Self::SeveralScripts { .. } => true,
            Self::Unknown { is_null, .. } => *is_null,
            _ => false,
        }
    }

    /// What to do about it.
    pub fn advice(&self) -> String {
        match self {
            Self::MissingParameter(name) => {
                format!("Give it: `--param {name}=VALUE`, or `-Parameters @{{ {name} = … }}`.")
            }
            Self::WrongType { expected, .. } => format!("Give a value of the type {expected}."),
            Self::NotAllowed { allowed, .. } => format!("Choose one of {}.", allowed.join(", ")),
            Self::Unknown {
                near: Some(near), ..
            } => format!("Did you mean `{near}`?"),
            Self::Unknown {
                what,
                is_null: false,
                ..
            } => format!("Name a {what} that is there."),
            Self::Unknown { .. } => "Declare it, or give it.".to_owned(),
            Self::Condition(fault) | Self::Template(fault) | Self::ConditionOfPowerShell(fault) => {
                fault.advice()
            }
            Self::Refused(refused) => refused.advice().to_owned(),
            Self::Shell { why, .. } => why.advice(),
            Self::Value { .. } => "Give another value, or hand it over in a file.".to_owned(),
            Self::Circle(_) | Self::Inside(_) => "Take one of them out of the circle.".to_owned(),
            Self::Playbook { .. } => "Name a playbook that can be read.".to_owned(),
            Self::Graph(_) => "Look at `needs` and `Dependencies`.".to_owned(),
            Self::NoEffect { .. } => "Set it at the steps inside.".to_owned(),
            Self::Encoding(_) => format!("Choose one of {}.", Encoding::NAMES.join(", ")),
            Self::EncodingOfPowerShell => {
                "Set `[Console]::OutputEncoding` in it for the programs that it calls.".to_owned()
            }
            Self::NothingDone { .. } => "Do not count on it.".to_owned(),
            Self::EmptyGroup {
                near: Some(near), ..
            } => format!("Did you mean `{near}`?"),
            Self::EmptyGroup { .. } => "Name it at the steps that share the limit.".to_owned(),
            Self::LimitWithin { .. } => {
                "A step is under one limit: choose the one that has to hold.".to_owned()
            }
            Self::NoChannel { .. } => {
                "What is told there is in the log and in the news of the run.".to_owned()
            }
            Self::NoScript {
                near: Some(near), ..
            } => format!("Did you mean `{near}`?"),
            Self::NoScript { folders, .. } => format!(
                "Put it beside the playbook or into one of {}, or set OE_SCRIPT_PATH.",
                folders.join(", ")
            ),
            Self::NoModule {
                near: Some(near), ..
            } => format!("Did you mean `{near}`?"),
            Self::NoModule { .. } => {
                "Install it, or name its folder in `Options.ModulePath`.".to_owned()
            }
            Self::SeveralScripts { files, .. } => {
                format!("Write the name of one of {}.", files.join(", "))
            }
            Self::UnknownStepType {
                near: Some(near), ..
            } => format!("Did you mean `{near}`?"),
            Self::UnknownStepType { known, .. } => format!(
                "The types are {}; Register-OrchestrationStepType adds some to a session of PowerShell.",
                known.join(", ")
            ),
            Self::StepNeeds { parameter, .. } => format!("Add `{parameter}` to its `parameters`."),
            Self::NoCondition => "Add `condition`.".to_owned(),
            Self::DoesNotHold { .. } => "See to it that it holds, and run it again.".to_owned(),
        }
    }
}

impl fmt::Display for Defect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MissingParameter(name) => write!(f, "the parameter `{name}` is required"),
            Self::WrongType {
                name,
                expected,
                found,
            } => write!(
                f,
                "the parameter `{name}` is of type {expected}, found {found}"
            ),
            Self::NotAllowed { name, found, .. } => {
                write!(f, "the parameter `{name}` may not be {found}")
            }
            Self::Unknown {
                what,
                name,
                is_null: false,
                ..
            } => write!(f, "there is no {what} `{name}`"),
            Self::Unknown { what, name, .. } => {
                write!(f, "there is no {what} `{name}`, so it is $null")
            }
            Self::Condition(fault) => write!(f, "the condition cannot be read: {fault}"),
            Self::ConditionOfPowerShell(fault) => {
                write!(f, "only PowerShell can decide this condition: {fault}")
            }
            Self::Template(fault) => write!(f, "the value cannot be put in: {fault}"),
            Self::Refused(refused) => refused.fmt(f),
            Self::Shell { name, why } => write!(f, "the shell `{name}` cannot be used: {why}"),
            Self::Value { written, why } => write!(f, "the value of `{written}` is refused: {why}"),
            Self::Circle(names) => {
                write!(f, "variables are made of each other: {}", names.join(", "))
            }
            Self::Inside(names) => write!(f, "a playbook is inside itself: {}", names.join(" > ")),
            Self::Playbook { name, why } => {
                write!(f, "the playbook `{name}` cannot be used: {why}")
            }
            Self::Graph(problem) => f.write_str(problem),
            Self::NoEffect { setting, of } => write!(f, "`{setting}` has no effect on {of}"),
            Self::Encoding(name) => write!(f, "the encoding `{name}` is not known"),
            Self::EncodingOfPowerShell => {
                f.write_str("`Encoding` has no effect on a step of PowerShell")
            }
            Self::NothingDone { setting } => write!(f, "nothing is done about `{setting}` so far"),
            Self::EmptyGroup { name, .. } => write!(f, "no step is of the group `{name}`"),
            Self::LimitWithin { own, around } => {
                write!(
                    f,
                    "here the limit of {own} counts in place of that of {around}"
                )
            }
            Self::NoChannel { name } => write!(f, "nobody serves the channel `{name}`"),
            Self::NoScript { name, .. } => write!(f, "there is no script `{name}`"),
            Self::NoModule { name, folders, .. } => {
                let folders = folders.join(", ");
                write!(f, "there is no module `{name}` in {folders}")
            }
            Self::SeveralScripts { name, .. } => write!(f, "several scripts are called `{name}`"),
            Self::UnknownStepType { name, .. } => write!(f, "unknown type `{name}`"),
            Self::StepNeeds {
                step_type,
                parameter,
            } => write!(
                f,
                "a step of the type `{step_type}` needs the parameter `{parameter}`"
            ),
            Self::NoCondition => f.write_str("a step with `then` or `else` needs a condition"),
            Self::DoesNotHold { text } => write!(f, "it does not hold before the start: {text}"),
        }
    }
}
