//! Where playbooks are.

use std::env;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use crate::engine::suggest::nearest;
use crate::playbook::format::Format;
use crate::process::environment;

/// Names the root of a project, if its files do not show it.
const HOME: &str = "OE_HOME";

/// Names folders with playbooks, before those of the project.
const PLAYBOOK_PATH: &str = "OE_PLAYBOOK_PATH";

/// The endings of playbooks; the first counts if there are several of one name.
const ENDINGS: &[&str] = &["psd1", "yaml", "yml", "json"];

/// How deeply folders of playbooks are looked through.
const DEEPEST: usize = 8;

/// The folders of a project.
#[derive(Debug, Clone)]
pub struct Folders {
    /// Where relative names begin.
    base: PathBuf,
    root: PathBuf,
    playbooks: Vec<PathBuf>,
}

/// A playbook that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its name: that of its file, without the ending.
    pub name: String,
    /// Its file.
    pub path: PathBuf,
}

/// There is no playbook of a name.
#[derive(Debug)]
pub struct NotFound {
    name: String,
    near: Option<String>,
    folders: Vec<PathBuf>,
}

impl fmt::Display for NotFound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let folders = self.folders.iter().map(|it| it.display().to_string());
        let folders = folders.collect::<Vec<_>>().join(", ");
        write!(f, "there is no playbook `{}` in {folders}. ", self.name)?;
        match &self.near {
            Some(near) => write!(f, "Did you mean `{near}`?"),
            None => write!(f, "Name a file, or one there, or set {PLAYBOOK_PATH}."),
        }
    }
}

impl std::error::Error for NotFound {}

impl Folders {
    /// The folders of the project that the current folder is in. Relative names stay
    /// what they are.
    pub fn around_here() -> Self {
        let here = env::current_dir().unwrap_or_else(|_| PathBuf::from("."));
        Self {
            base: PathBuf::new(),
            ..Self::around(&here)
        }
    }

    /// The folders of the project that a folder is in: the one that `OE_HOME` names,
    /// else the nearest above with `orchestration`, else with `.git`, else itself.
    /// Relative names begin at the folder.
    pub fn around(folder: &Path) -> Self {
        let home = environment::get(HOME).filter(|home| !home.is_empty());
        let root = home.map_or_else(|| root_of(folder), |home| folder.join(home));
        let given = environment::get(PLAYBOOK_PATH).unwrap_or_default();
        let mut playbooks: Vec<_> = env::split_paths(&given)
            .filter(|path| !path.as_os_str().is_empty())
            .map(|path| folder.join(path))
            .collect();
        playbooks.push(root.join("orchestration").join("playbooks"));
        Self {
            base: folder.to_owned(),
            root,
            playbooks,
        }
    }

    /// The folders that hold playbooks, the first to be looked in first.
    pub fn playbooks(&self) -> &[PathBuf] {
        &self.playbooks
    }

    /// The folder that somebody looks from.
    pub fn base(&self) -> &Path {
        &self.base
    }

    /// The root of the project.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Where runs are kept if nobody says: `OE_STATE`, or below the root.
    pub fn state(&self) -> PathBuf {
        let given = environment::get("OE_STATE").filter(|it| !it.is_empty());
        given.map_or_else(
            || self.root.join("orchestration").join("state"),
            |given| self.base.join(given),
        )
    }

    /// Where the logs of runs are.
    pub fn logs(&self) -> PathBuf {
        self.root.join("orchestration").join("logs")
    }

    /// The file of a playbook: a path, or a name.
    pub fn find(&self, name: &str) -> Result<PathBuf, NotFound> {
        let path = self.base.join(name);
        if Format::of(name).is_some() && path.is_file() {
            return Ok(path);
        }
        let all = self.list();
        let wanted = name.replace('\\', "/");
        let is_it = |listed: &&Listed| listed.name.eq_ignore_ascii_case(&wanted);
        if let Some(found) = all.iter().find(is_it) {
            return Ok(found.path.clone());
        }
        let names: Vec<_> = all.iter().map(|listed| listed.name.as_str()).collect();
        Err(NotFound {
            near: nearest(&wanted, &names).map(str::to_owned),
            name: name.to_owned(),
            folders: self.playbooks.clone(),
        })
    }

    /// All playbooks, by name; of several of one name the first.
    pub fn list(&self) -> Vec<Listed> {
        let mut all: Vec<Listed> = Vec::new();
        for folder in &self.playbooks {
            let mut found = Vec::new();
            add(folder, "", DEEPEST, &mut found);
            found.sort_by(|one, other| key(one).cmp(&key(other)));
            for listed in found {
                if !all.iter().any(|other| other.name == listed.name) {
                    all.push(listed);
                }
            }
        }
        all
    }
}

fn key(listed: &Listed) -> (&str, usize) {
    let ending = listed
        .path
        .extension()
        .unwrap_or_default()
        .to_string_lossy();
    let rank = ENDINGS
        .iter()
        .position(|it| ending.eq_ignore_ascii_case(it));
    (&listed.name, rank.unwrap_or(ENDINGS.len()))
}

fn root_of(folder: &Path) -> PathBuf {
    let with = |name: &str| folder.ancestors().find(|it| it.join(name).exists());
    let root = with("orchestration").or_else(|| with(".git"));
    root.unwrap_or(folder).to_owned()
}

/// Folders that cannot be read hold no playbooks.
fn add(folder: &Path, prefix: &str, depth: usize, found: &mut Vec<Listed>) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        let path = entry.path();
        let file = entry.file_name().to_string_lossy().into_owned();
        if path.is_dir() {
            if depth > 0 && !file.starts_with(['.', '_']) {
                add(&path, &format!("{prefix}{file}/"), depth - 1, found);
            }
        } else if Format::of(&file).is_some() {
            let stem = path.file_stem().unwrap_or_default().to_string_lossy();
            let name = format!("{prefix}{stem}");
            found.push(Listed { name, path });
        }
    }
}
