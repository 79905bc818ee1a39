//! The files of the scripts that steps name, and what runs them.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::playbook::model::{Script, ScriptKind};
use crate::playbook::plan::{Decision, Plan, Work};

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
    PowerShell,
    /// There is no such file.
    Missing,
}

/// What runs the scripts of a plan, by how they are written.
#[derive(Debug, Clone, Default)]
pub(super) struct Scripts {
    found: HashMap<String, Found>,
}

impl Scripts {
    /// Looks for all scripts of a plan: beside its file, then below the root.
    pub(super) fn of(plan: &Plan, file: &Path, folders: &Folders) -> Self {
        let beside = file.parent().unwrap_or(Path::new("."));
        let mut places = vec![beside.to_owned()];
        places.extend(BELOW_ROOT.iter().map(|folder| folders.root().join(folder)));
        let mut scripts = Self::default();
        for leaf in plan.flat().leaves {
            if let Work::Scripts(named) = &leaf.step.work {
                for script in named {
                    let text = script.phrase.text.clone();
                    let find = || find(script, &places);
                    scripts.found.entry(text).or_insert_with(find);
                }
            }
        }
        scripts
    }

    /// What runs a script.
    pub(super) fn get(&self, script: &Script) -> Found {
        let found = self.found.get(&script.phrase.text);
        found.cloned().unwrap_or(Found::Missing)
    }

    /// The steps that only PowerShell can do, by path, with what they do.
    pub(super) fn needs_powershell(&self, plan: &Plan) -> Vec<(String, String)> {
        let mut steps = Vec::new();
        for leaf in plan.flat().leaves {
            let what = match &leaf.step.work {
                Work::PowerShell(what) => Some(what.clone()),
                Work::Scripts(scripts) => scripts.iter().find_map(|script| {
                    let is_program = matches!(self.get(script), Found::Program(_));
                    (!is_program).then(|| format!("the script {}", script.phrase.text))
                }),
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

/// Scripts by number, range, stage or tag are PowerShell's, unless a program has
/// the number.
fn find(script: &Script, places: &[PathBuf]) -> Found {
    match &script.kind {
        ScriptKind::Name(name) => {
            let paths = places.iter().flat_map(|place| {
                let name = name.replace('\\', "/");
                ENDINGS
                    .iter()
                    .map(move |ending| place.join(format!("{name}{ending}")))
            });
            let mut files = paths.filter(|path| path.is_file());
            files.next().map_or(Found::Missing, |path| runner(&path))
        }
        ScriptKind::Number(number) => {
            let mut numbered = places.iter().filter_map(|place| numbered(number, place));
            numbered
                .next()
                .map_or(Found::PowerShell, |path| runner(&path))
        }
        _ => Found::PowerShell,
    }
}

fn numbered(number: &str, folder: &Path) -> Option<PathBuf> {
    let entries = fs::read_dir(folder).ok()?;
    let start = format!("{number}_");
    let is_it = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with(&start) && path.is_file()
    };
    let paths = entries.flatten().map(|entry| entry.path()).filter(is_it);
    let mut paths: Vec<_> = paths.collect();
    paths.sort();
    paths.into_iter().next()
}

/// What runs a file: by its ending, or else it runs itself.
fn runner(path: &Path) -> Found {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let file = absolute.display().to_string();
    let ending = path.extension().unwrap_or_default().to_string_lossy();
    let program = match ending.to_ascii_lowercase().as_str() {
        "ps1" | "psm1" => return Found::PowerShell,
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
