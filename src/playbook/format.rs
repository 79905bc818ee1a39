//! The formats that a playbook may be written in.

use super::place::{Place, Position};
use super::problem::{Diagnostic, Problem};
use super::value::Node;
use super::{json, psd1, yaml};

/// How a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// PowerShell's data files.
    Psd1,
    /// JSON.
    Json,
    /// YAML.
    Yaml,
}

impl Format {
    /// The format that the ending of a file's name stands for.
    pub fn of(file: &str) -> Option<Self> {
        let (_, ending) = file.rsplit_once('.')?;
        match ending.to_ascii_lowercase().as_str() {
            "psd1" => Some(Self::Psd1),
            "json" => Some(Self::Json),
            "yaml" | "yml" => Some(Self::Yaml),
            _ => None,
        }
    }

    /// Reads a text in this format.
    pub fn read(self, source: &str) -> Result<Node, (Option<Position>, Problem)> {
        match self {
            Self::Psd1 => {
                psd1::read(source).map_err(|(at, fault)| (Some(at), Problem::Psd1(fault)))
            }
            Self::Json => {
                json::read(source).map_err(|(at, fault)| (Some(at), Problem::Json(fault)))
            }
            Self::Yaml => yaml::read(source).map_err(|(at, fault)| (at, Problem::Yaml(fault))),
        }
    }
}

/// What a file holds.
#[derive(Debug, Clone)]
pub struct Document<'s> {
    /// Its name.
    pub file: &'s str,
    /// Its text.
    pub source: &'s str,
    /// How it is written.
    pub format: Format,
    /// The map in it.
    pub root: Node,
}

impl<'s> Document<'s> {
    /// Reads the text of a file, whose name says how it is written.
    pub fn read(file: &'s str, source: &'s str) -> Result<Self, Diagnostic> {
        let error = |(position, problem)| Diagnostic {
            file: file.to_owned(),
            position,
            problem,
        };
        let format = Format::of(file)
            .ok_or((None, Problem::UnknownFormat))
            .map_err(error)?;
        let root = format.read(source).map_err(error)?;
        Ok(Self {
            file,
            source,
            format,
            root,
        })
    }

    /// Where a value of this file stands.
    pub fn position(&self, place: Place) -> Option<Position> {
        match place {
            Place::At(position) => Some(position),
            Place::Counted(number) => yaml::locate(self.source, number),
        }
    }
}
