//! The scripts of a project, as they lie in its folders.

use std::cell::OnceCell;
use std::env;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use crate::playbook::model::ScriptKind;
use crate::playbook::plan::Header;
use crate::process::environment;

use super::Folders;

/// Names folders of scripts, instead of those of the project.
const SCRIPT_PATH: &str = "OE_SCRIPT_PATH";

/// Folders of scripts below the root of a project.
const BELOW_ROOT: &[&str] = &["orchestration/scripts", "automation-scripts", "scripts"];

/// The endings of scripts.
const ENDINGS: &[&str] = &["ps1", "sh", "py"];

/// How deeply folders of scripts are looked through.
const DEEPEST: usize = 8;

/// Room for any license above the header, and little enough to read hundreds of them.
const HEADER_BYTES: u64 = 32 * 1024;

/// A script that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    /// The file.
    pub(super) path: PathBuf,
    /// Its path below its folder, without the ending and with slashes.
    name: String,
    /// The four digits that its file's name begins with.
    number: Option<String>,
}

/// The scripts of some folders and of those inside them, by number, then by name. The
/// disk is looked at once, when somebody asks.
#[derive(Debug)]
pub(super) struct Catalogue {
    folders: Vec<PathBuf>,
    entries: OnceCell<Vec<Entry>>,
}

impl Catalogue {
    /// The scripts of a project.
    pub(super) fn of(project: &Folders) -> Self {
        let given = environment::get(SCRIPT_PATH).unwrap_or_default();
        let base = std::path::absolute(project.base().join("."));
        let base = base.unwrap_or_else(|_| project.base().to_owned());
        let mut folders: Vec<_> = env::split_paths(&given)
            .filter(|path| !path.as_os_str().is_empty())
            .map(|path| base.join(path))
            .collect();
        if folders.is_empty() {
            let below = |root: &Path| {
                BELOW_ROOT
                    .iter()
                    .map(|it| root.join(it))
                    .collect::<Vec<_>>()
            };
            let root = base.join(project.root());
            folders.extend(below(&root));
            if base != root {
                folders.extend(below(&base));
            }
        }
        Self {
            folders,
            entries: OnceCell::new(),
        }
    }

    /// The folders that are looked through.
    pub(super) fn folders(&self) -> &[PathBuf] {
        &self.folders
    }

    /// The scripts that a reference may mean.
    pub(super) fn find(&self, kind: &ScriptKind) -> Vec<Entry> {
        let fits = |fits: &dyn Fn(&Entry) -> bool| {
            let all = self.entries().iter();
            all.filter(|it| fits(it)).cloned().collect()
        };
        match kind {
            ScriptKind::Number(number) => fits(&|it| it.number.as_ref() == Some(number)),
            ScriptKind::Name(name) => fits(&|it| it.is_called(name)),
            ScriptKind::Range(first, last) => fits(&|it| {
                let number = it.number.as_ref();
                number.is_some_and(|it| it >= first && it <= last)
            }),
            ScriptKind::Pattern(pattern) => fits(&|it| it.fits(pattern)),
            ScriptKind::Stage(stage) => fits(&|it| {
                let stages = values(&it.path, "stage");
                stages.iter().any(|it| it.eq_ignore_ascii_case(stage))
            }),
            ScriptKind::Tag(tag) => fits(&|it| {
                let tags = values(&it.path, "tags");
                tags.iter().any(|it| it.eq_ignore_ascii_case(tag))
            }),
            ScriptKind::Except(_) => Vec::new(),
        }
    }

    /// The names of the scripts that a range or the like stands for.
    pub(super) fn names(&self, kind: &ScriptKind) -> Vec<String> {
        self.find(kind).into_iter().map(|it| it.name).collect()
    }

    /// The names of all scripts.
    pub(super) fn all_names(&self) -> Vec<&str> {
        self.entries().iter().map(|it| it.name.as_str()).collect()
    }

    fn entries(&self) -> &[Entry] {
        self.entries.get_or_init(|| {
            let mut entries = Vec::new();
            for folder in &self.folders {
                add(folder, "", DEEPEST, &mut entries);
            }
            let key = |it: &Entry| {
                (
                    it.number.is_none(),
                    it.number.clone(),
                    it.name.to_lowercase(),
                )
            };
            entries.sort_by_cached_key(key);
            let mut seen = std::collections::HashSet::new();
            entries.retain(|it| seen.insert(it.path.clone()));
            entries
        })
    }
}

impl Entry {
    fn file(&self) -> &str {
        self.name.rsplit('/').next().unwrap_or_default()
    }

    /// Whether a name means it: with or without its folder and its ending.
    fn is_called(&self, name: &str) -> bool {
        let name = name.replace('\\', "/");
        let ending = name.rsplit_once('.').filter(|(_, it)| is_ending(it));
        let name = ending.map_or(name.as_str(), |(stem, _)| stem);
        self.name.eq_ignore_ascii_case(name) || self.file().eq_ignore_ascii_case(name)
    }

    /// Whether its name fits a pattern with `*` and `?`.
    fn fits(&self, pattern: &str) -> bool {
        let pattern = pattern.replace('\\', "/").to_lowercase();
        let pattern = pattern.strip_suffix(".ps1").unwrap_or(&pattern);
        let names = [
            Some(self.name.as_str()),
            Some(self.file()),
            self.number.as_deref(),
        ];
        let mut names = names.into_iter().flatten();
        names.any(|name| is_like(&name.to_lowercase(), pattern))
    }
}

/// Whether a text fits a pattern. Of what `*` may stand for, only the last is tried
/// again, which is enough.
fn is_like(text: &str, pattern: &str) -> bool {
    let (text, pattern): (Vec<_>, Vec<_>) = (text.chars().collect(), pattern.chars().collect());
    let (mut at, mut in_pattern) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while at < text.len() {
        match pattern.get(in_pattern) {
            Some('*') => {
                star = Some((in_pattern + 1, at));
                in_pattern += 1;
            }
            Some(&letter) if letter == '?' || letter == text[at] => {
                at += 1;
                in_pattern += 1;
            }
            _ => match star {
                Some((behind, from)) => {
                    star = Some((behind, from + 1));
                    (in_pattern, at) = (behind, from + 1);
                }
                None => return false,
            },
        }
    }
    pattern[in_pattern..].iter().all(|&it| it == '*')
}

fn is_ending(text: &str) -> bool {
    ENDINGS.iter().any(|it| it.eq_ignore_ascii_case(text))
}

/// Folders that cannot be read hold no scripts. Links to folders are not followed: they
/// may go in circles. What begins with `_` or a dot is put aside, or shared.
fn add(folder: &Path, prefix: &str, depth: usize, found: &mut Vec<Entry>) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        let file = entry.file_name().to_string_lossy().into_owned();
        let Ok(kind) = entry.file_type() else {
            continue;
        };
        if file.starts_with(['.', '_']) {
            continue;
        }
        if kind.is_dir() {
            if depth > 0 {
                add(&entry.path(), &format!("{prefix}{file}/"), depth - 1, found);
            }
            continue;
        }
        let Some((stem, _)) = file.rsplit_once('.').filter(|(_, it)| is_ending(it)) else {
            continue;
        };
        let digits: String = stem.chars().take_while(char::is_ascii_digit).collect();
        found.push(Entry {
            path: entry.path(),
            name: format!("{prefix}{stem}"),
            number: (digits.len() == 4).then_some(digits),
        });
    }
}

/// What a script says of where it may stand.
pub(super) fn header(path: &Path) -> Header {
    let says_no = |text: &String| {
        ["false", "no", "$false"]
            .iter()
            .any(|it| it.eq_ignore_ascii_case(text))
    };
    Header {
        dependencies: values(path, "dependencies"),
        allows_parallel: values(path, "allowparallel").first().map(|it| !says_no(it)),
    }
}

/// What the comments at the head of a script say under a key: in lines such as
/// `# Tags: a, b`, also inside of `<# … #>`.
fn values(path: &Path, key: &str) -> Vec<String> {
    let mut bytes = Vec::new();
    let read = fs::File::open(path).and_then(|it| it.take(HEADER_BYTES).read_to_end(&mut bytes));
    if read.is_err() {
        return Vec::new();
    }
    let text = String::from_utf8_lossy(&bytes);
    let mut is_in_block = false;
    for line in text.lines().map(str::trim) {
        let line = line.trim_start_matches('\u{feff}');
        is_in_block |= line.starts_with("<#");
        if !is_in_block && !line.is_empty() && !line.starts_with('#') {
            break;
        }
        is_in_block &= !line.contains("#>");
        let comment = line.trim_start_matches(['<', '#']).trim();
        let comment = comment.trim_end_matches("#>");
        if let Some((word, value)) = comment.split_once(':') {
            if word.trim().eq_ignore_ascii_case(key) {
                let values = value.split(',').map(|it| it.trim().to_owned());
                return values.filter(|it| !it.is_empty()).collect();
            }
        }
    }
    Vec::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_fits_as_in_powershell() {
        let fitting = [
            ("0407_a", "04*"),
            ("abc", "a?c"),
            ("aXbXc", "a*b*c"),
            ("a", "*"),
        ];
        for (text, pattern) in fitting {
            assert!(is_like(text, pattern), "{text} {pattern}");
        }
        for (text, pattern) in [("0507_a", "04*"), ("abbc", "a?c"), ("", "?")] {
            assert!(!is_like(text, pattern), "{text} {pattern}");
        }
    }

    #[test]
    fn scripts_are_found_by_number_range_name_stage_and_tag() {
        let own = format!("oe-catalogue-{}", std::process::id());
        let scripts = env::temp_dir().join(own);
        let _ = fs::remove_dir_all(&scripts);
        for inner in ["x/_archive", "y"] {
            fs::create_dir_all(scripts.join(inner)).expect("a folder");
        }
        let files = [
            (
                "x/0402_B.ps1",
                "<#\n.NOTES\n  Stage: Core\n  Tags: fast, net\n#>\n'x'",
            ),
            ("y/0401_A.ps1", "# Stage: Testing\n'x'"),
            ("y/plain.ps1", "'x' # Stage: Core"),
            ("x/_archive/0402_Old.ps1", "# Stage: Core"),
            ("y/0403_C.txt", ""),
        ];
        for (file, text) in files {
            fs::write(scripts.join(file), text).expect("a file");
        }
        let catalogue = Catalogue {
            folders: vec![scripts.clone()],
            entries: OnceCell::new(),
        };
        let names = |kind: ScriptKind| catalogue.names(&kind).join(" ");
        let text = |it: &str| it.to_owned();
        let range = ScriptKind::Range(text("0400"), text("0499"));
        assert_eq!(names(range), "y/0401_A x/0402_B");
        assert_eq!(names(ScriptKind::Number(text("0402"))), "x/0402_B");
        assert_eq!(names(ScriptKind::Name(text("0402_b.ps1"))), "x/0402_B");
        assert_eq!(names(ScriptKind::Name(text("y\\PLAIN"))), "y/plain");
        assert_eq!(names(ScriptKind::Stage(text("core"))), "x/0402_B");
        assert_eq!(names(ScriptKind::Tag(text("Net"))), "x/0402_B");
        assert_eq!(names(ScriptKind::Pattern(text("04*_a"))), "y/0401_A");
        assert_eq!(names(ScriptKind::Number(text("0403"))), "");
        fs::remove_dir_all(&scripts).expect("removed");
    }
}
