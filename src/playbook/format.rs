//! The formats that a playbook may be written in.

use super::dialect::{self, Reading, Remark};
use super::place::{Place, Position};
use super::problem::{Diagnostic, Problem};
use super::value::Node;
use super::{json, psd1, yaml};

/// How many bytes of YAML are read again to look up the places of remarks.
const LOOKED_THROUGH: usize = 4_000_000;

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
        let format = Format::of(file).ok_or_else(|| Diagnostic {
            file: file.to_owned(),
            position: None,
            problem: Problem::UnknownFormat,
        })?;
        Self::read_as(format, file, source)
    }

    /// Reads a text in a format, whatever its name.
    pub fn read_as(format: Format, file: &'s str, source: &'s str) -> Result<Self, Diagnostic> {
        let error = |(position, problem)| Diagnostic {
            file: file.to_owned(),
            position,
            problem,
        };
        let root = format.read(source).map_err(error)?;
        Ok(Self {
            file,
            source,
            format,
            root,
        })
    }

    /// The playbook in it, with environment variables put in.
    pub fn playbook(&self, environment: &dyn Fn(&str) -> Option<String>) -> Reading {
        dialect::read(&self.root.resolve(environment))
    }

    /// Remarks on it, as a person can be told. YAML has to be read again for each
    /// place, so of very many remarks the later ones have none.
    pub fn diagnostics(&self, remarks: &[Remark]) -> Vec<Diagnostic> {
        let located = LOOKED_THROUGH / self.source.len().max(1);
        let mut diagnostics = Vec::with_capacity(remarks.len());
        for (index, remark) in remarks.iter().enumerate() {
            let is_known = matches!(remark.place, Place::At(_));
            let is_located = is_known || index < located.max(1);
            diagnostics.push(Diagnostic {
                file: self.file.to_owned(),
                position: is_located.then(|| self.position(remark.place)).flatten(),
                problem: Problem::Playbook(remark.matter.clone()),
            });
        }
        diagnostics
    }

    /// Where a value of this file stands.
    pub fn position(&self, place: Place) -> Option<Position> {
        match place {
            Place::At(position) => Some(position),
            Place::Counted(number) => yaml::locate(self.source, number),
        }
    }
}
