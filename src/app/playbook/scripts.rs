//! The files of the scripts that steps name, and what runs them.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::engine::suggest::nearest;
use crate::playbook::flaw::{Defect, Flaw};
use crate::playbook::model::{Script, ScriptKind};
use crate::playbook::plan::{Decision, Header, Plan, Step, Work};

use super::catalogue::{self, Catalogue};
use super::Folders;

/// Folders of scripts below the root of a project.
const BELOW_ROOT: &[&str] = &["", "orchestration/scripts", "automation-scripts", "scripts"];

/// The endings that a script may have that is named without one, in the order in
/// which they are tried.
const ENDINGS: &[&str] = &["", ".sh", ".py", ".ps1"];

/// What runs a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Found {
    /// This program, with these arguments.
    Program(Vec<String>),
    /// PowerShell.
    PowerShell {
        /// The file.
        path: PathBuf,
        /// Whether it asks what became of other steps.
        reads_steps: bool,
    },
    /// There is no such file.
    Missing,
    /// There are several.
    Several(Vec<PathBuf>),
}

/// What runs the scripts of a plan, by how they are written.
#[derive(Debug, Clone, Default)]
pub(super) struct Scripts {
    found: HashMap<String, Found>,
}

impl Scripts {
    /// Looks for all scripts of a plan.
    pub(super) fn of(plan: &Plan, finder: &Finder<'_>) -> Self {
        let mut scripts = Self::default();
        for script in named(plan) {
            let text = script.phrase.text.clone();
            scripts
                .found
                .entry(text)
                .or_insert_with(|| finder.find(script));
        }
        scripts
    }

    /// What runs a script.
    pub(super) fn get(&self, script: &Script) -> Found {
        let found = self.found.get(&script.phrase.text);
        found.cloned().unwrap_or(Found::Missing)
    }

    /// What is said of scripts that cannot be run as they are written, and of what PowerShell
    /// does otherwise.
    pub(super) fn flaws(&self, plan: &Plan, known: &Catalogue) -> Vec<Flaw> {
        let flaw = |script: &Script| {
            let name = script.phrase.text.clone();
            let defect = match self.get(script) {
                Found::Missing => Defect::NoScript {
                    near: nearest(&name, &known.all_names()).map(str::to_owned),
                    folders: texts(known.folders()),
                    name,
                },
                Found::Several(files) => Defect::SeveralScripts {
                    files: texts(&files),
                    name,
                },
                Found::Program(_) | Found::PowerShell { .. } => return None,
            };
            Some(Flaw::at(script.phrase.place, defect))
        };
        let leaves = plan.flat().leaves.into_iter();
        let has_encoding = |step: &Step| step.encoding.is_some() && self.is_powershell(step);
        let encoded = leaves.filter(|leaf| has_encoding(leaf.step));
        let encoded = encoded.map(|it| Flaw::at(it.step.place, Defect::EncodingOfPowerShell));
        let flaws = named(plan).into_iter().filter_map(flaw);
        flaws.chain(encoded).collect()
    }

    /// Whether a step is PowerShell's to do.
    pub(super) fn is_powershell(&self, step: &Step) -> bool {
        match &step.work {
            Work::PowerShell(_) => true,
            Work::Scripts(scripts) => {
                let found = scripts.first().map(|script| self.get(script));
                matches!(found, Some(Found::PowerShell { .. }))
            }
            _ => false,
        }
    }

    /// The steps that only PowerShell can do, by path, with what they do.
    pub(super) fn needs_powershell(&self, plan: &Plan) -> Vec<(String, String)> {
        let mut steps = Vec::new();
        for leaf in plan.flat().leaves {
            let what = match &leaf.step.work {
                Work::PowerShell(work) => Some(work.title()),
                Work::Scripts(scripts) if self.is_powershell(leaf.step) => {
                    let script = scripts.first();
                    script.map(|script| format!("the script {}", script.phrase.text))
                }
                _ => None,
            };
            let decides = match &leaf.step.decision {
                Some(Decision::PowerShell(text)) => Some(format!("the condition {text}")),
                _ => None,
            };
            if let Some(what) = what.or(decides) {
                steps.push((leaf.path, what));
            }
        }
        steps
    }
}

/// The scripts that the steps of a plan name.
fn named(plan: &Plan) -> Vec<&Script> {
    let leaves = plan.flat().leaves.into_iter();
    let scripts = leaves.flat_map(|leaf| match &leaf.step.work {
        Work::Scripts(scripts) => scripts.iter().collect(),
        _ => Vec::new(),
    });
    scripts.collect()
}

fn texts(paths: &[PathBuf]) -> Vec<String> {
    paths.iter().map(|it| it.display().to_string()).collect()
}

/// Looks for scripts: beside a playbook's file, then below the root and the folder that
/// is looked from, then among the project's scripts.
pub(super) struct Finder<'c> {
    places: Vec<PathBuf>,
    known: &'c Catalogue,
}

impl<'c> Finder<'c> {
    pub(super) fn of(file: &Path, folders: &Folders, known: &'c Catalogue) -> Self {
        let beside = file.parent().unwrap_or(Path::new("."));
        let mut places = vec![beside.to_owned(), folders.base().to_owned()];
        places.extend(BELOW_ROOT.iter().map(|folder| folders.root().join(folder)));
        Self { places, known }
    }

    /// What a script says of where it may stand; nothing if there is none.
    pub(super) fn header(&self, script: &Script) -> Header {
        match self.files(script).as_slice() {
            [path] => catalogue::header(path),
            _ => Header::default(),
        }
    }

    fn find(&self, script: &Script) -> Found {
        let files = self.files(script);
        match files.as_slice() {
            [] => Found::Missing,
            [path] => runner(path),
            _ => Found::Several(files),
        }
    }

    fn files(&self, script: &Script) -> Vec<PathBuf> {
        let places = &self.places;
        let direct = match &script.kind {
            ScriptKind::Name(name) => places.iter().find_map(|place| called(name, place)),
            // Among the project's scripts, a number may be there twice, in whatever folder.
            ScriptKind::Number(number) => places[..2].iter().find_map(|it| numbered(number, it)),
            _ => None,
        };
        match direct {
            Some(path) => vec![path],
            None => {
                let found = self.known.find(&script.kind).into_iter();
                found.map(|it| it.path).collect()
            }
        }
    }
}

fn called(name: &str, place: &Path) -> Option<PathBuf> {
    let name = name.replace('\\', "/");
    let paths = ENDINGS
        .iter()
        .map(|ending| place.join(format!("{name}{ending}")));
    paths.into_iter().find(|path| path.is_file())
}

/// The file of a folder whose name begins with a number, if it is the only one.
fn numbered(number: &str, folder: &Path) -> Option<PathBuf> {
    let start = format!("{number}_");
    let is_it = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with(&start) && path.is_file()
    };
    let here = Path::new(".");
    let folder = Some(folder).filter(|it| !it.as_os_str().is_empty());
    let entries = fs::read_dir(folder.unwrap_or(here)).ok()?;
    let mut paths = entries.flatten().map(|entry| entry.path()).filter(is_it);
    let first = paths.next()?;
    paths.next().is_none().then_some(first)
}

/// What runs a file: by its ending, or else it runs itself.
fn runner(path: &Path) -> Found {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let file = absolute.display().to_string();
    let ending = path.extension().unwrap_or_default().to_string_lossy();
    let program = match ending.to_ascii_lowercase().as_str() {
        "ps1" | "psm1" => {
            return Found::PowerShell {
                reads_steps: reads_steps(&absolute),
                path: absolute,
            }
        }
        "sh" if names_bash(path) => vec!["bash".to_owned(), file],
        "bash" => vec!["bash".to_owned(), file],
        "sh" => vec!["sh".to_owned(), file],
        "py" => vec!["python3".to_owned(), file],
        "cmd" | "bat" => ["cmd", "/d", "/c"]
            .map(str::to_owned)
            .into_iter()
            .chain([file])
            .collect(),
        _ => vec![file],
    };
    Found::Program(program)
}

fn names_bash(path: &Path) -> bool {
    let text = fs::read(path).unwrap_or_default();
    let line = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let line = String::from_utf8_lossy(line).into_owned();
    line.starts_with("#!") && line.contains("bash")
}

fn reads_steps(path: &Path) -> bool {
    let text = fs::read(path).unwrap_or_default();
    super::order::reads_steps(&String::from_utf8_lossy(&text))
}
