//! What there is to say about a file: why it was not accepted, or warnings.

use std::borrow::Cow;
use std::fmt;

use super::place::Position;
use super::{dialect, flaw, json, psd1, write, yaml};

/// What is wrong with a file, and where. Its text says what to do, too:
/// `build.psd1, line 3, column 9: expected a value, found the word `yes`. Put the text in quotes.`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// The file, as the caller names it.
    pub file: String,
    /// Where in it, if that is known.
    pub position: Option<Position>,
    /// What is wrong.
    pub problem: Problem,
}

/// What is wrong with a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// Its name ends in none of the endings that say how it is written.
    UnknownFormat,
    /// It could not be read at all; why.
    Unreadable(String),
    /// It is no psd1 with data only.
    Psd1(psd1::Fault),
    /// It is no JSON.
    Json(json::Fault),
    /// It is no YAML.
    Yaml(yaml::Fault),
    /// It could be read, but not everything in it is understood.
    Playbook(dialect::Matter),
    /// Another format cannot say what it holds.
    Lost(write::Lost),
    /// It is understood, but cannot be carried out as it is.
    Plan(Box<flaw::Defect>),
}

impl Problem {
    /// What to do about it.
    pub fn advice(&self) -> Cow<'static, str> {
        match self {
            Self::UnknownFormat => "Name the file *.psd1, *.json, *.yaml or *.yml.".into(),
            Self::Unreadable(_) => "Name a file that can be read.".into(),
            Self::Psd1(fault) => fault.advice().into(),
            Self::Json(fault) => fault.advice().into(),
            Self::Yaml(fault) => fault.advice().into(),
            Self::Playbook(matter) => matter.advice().into(),
            Self::Lost(lost) => lost.advice().into(),
            Self::Plan(defect) => defect.advice().into(),
        }
    }

    /// Whether it is about scripts that are not there, or are there twice. A plan can be
    /// looked at all the same, but not carried out.
    pub fn is_about_scripts(&self) -> bool {
        let Self::Plan(defect) = self else {
            return false;
        };
        use flaw::Defect::{NoScript, SeveralScripts};
        matches!(**defect, NoScript { .. } | SeveralScripts { .. })
    }

    /// Whether the playbook can be used all the same.
    pub fn is_warning(&self) -> bool {
        match self {
            Self::Playbook(matter) => matter.is_warning(),
            Self::Lost(_) => true,
            Self::Plan(defect) => defect.is_warning(),
            _ => false,
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownFormat => f.write_str("a playbook is psd1, JSON or YAML"),
            Self::Unreadable(why) => write!(f, "the file cannot be read: {why}"),
            Self::Psd1(fault) => fault.fmt(f),
            Self::Json(fault) => fault.fmt(f),
            Self::Yaml(fault) => fault.fmt(f),
            Self::Playbook(matter) => matter.fmt(f),
            Self::Lost(lost) => lost.fmt(f),
            Self::Plan(defect) => defect.fmt(f),
        }
    }
}

impl Diagnostic {
    /// `error`, or `warning` if the playbook can be used all the same.
    pub fn severity(&self) -> &'static str {
        match self.problem.is_warning() {
            true => "warning",
            false => "error",
        }
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, problem, .. } = self;
        match self.position {
            Some(position) => write!(f, "{file}, {position}: ")?,
            // What a playbook is told stands in no file.
            None if matches!(problem, Problem::Plan(_) | Problem::Unreadable(_)) => {
                write!(f, "{file}: ")?
            }
            None => write!(f, "{file} (the place is not known): ")?,
        }
        write!(f, "{problem}. {}", problem.advice())
    }
}

impl std::error::Error for Diagnostic {}
