//! Where PowerShell looks for modules, told without starting it.

use std::fs;
use std::path::{Path, PathBuf};

/// What a module that is no file of its own begins with.
const ENDINGS: &[&str] = &["psd1", "psm1", "cdxml", "dll"];

/// Part of PowerShell itself, and in no folder.
const CORE: &str = "Microsoft.PowerShell.Core";

/// The folders that a PowerShell would look for modules in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModuleFolders(Vec<PathBuf>);

impl ModuleFolders {
    /// Those of a program, with the environment that it starts in. Nothing if only
    /// PowerShell itself could say: on Windows, where the user's folder may be anywhere;
    /// if its own modules are not beside it; if a configuration says what its path is.
    pub fn of(program: &Path, variable: &dyn Fn(&str) -> Option<String>) -> Option<Self> {
        if cfg!(windows) {
            return None;
        }
        let program = program.canonicalize().ok()?;
        let beside = program.parent()?;
        let own = beside.join("Modules");
        if !own.is_dir() {
            return None;
        }
        let set = |name: &str| variable(name).filter(|value| !value.is_empty());
        let home = PathBuf::from(set("HOME")?);
        let below = |name: &str, usual: &str| {
            let root = set(name).map_or_else(|| home.join(usual), PathBuf::from);
            root.join("powershell")
        };
        let configured = [beside.to_owned(), below("XDG_CONFIG_HOME", ".config")];
        let given = set("PSModulePath").unwrap_or_default();
        // Percent signs are expanded in there.
        if configured.iter().any(|it| says_path(it)) || given.contains('%') {
            return None;
        }
        let mut folders = vec![
            below("XDG_DATA_HOME", ".local/share").join("Modules"),
            PathBuf::from("/usr/local/share/powershell/Modules"),
            own,
        ];
        let given = std::env::split_paths(&given).filter(|it| !it.as_os_str().is_empty());
        for folder in given {
            if !folders.contains(&folder) {
                folders.push(folder);
            }
        }
        Some(Self(folders))
    }

    /// The folders.
    pub fn folders(&self) -> &[PathBuf] {
        &self.0
    }

    /// Whether a module of this name is there, whatever its case.
    pub fn has(&self, name: &str) -> bool {
        let is_it = |folder: &PathBuf| {
            let named = subfolders(folder).into_iter();
            let mut named = named.filter(|it| is_named(it, name));
            named.any(|it| is_module(&it))
        };
        name.eq_ignore_ascii_case(CORE) || self.0.iter().any(is_it)
    }

    /// The names of the modules that are there.
    pub fn names(&self) -> Vec<String> {
        let folders = self.0.iter().flat_map(|it| subfolders(it));
        let names = folders.filter_map(|it| Some(it.file_name()?.to_str()?.to_owned()));
        names.collect()
    }
}

/// Whether a configuration of PowerShell in a folder says where modules are.
fn says_path(folder: &Path) -> bool {
    let text = fs::read_to_string(folder.join("powershell.config.json"));
    text.is_ok_and(|text| text.to_lowercase().contains("psmodulepath"))
}

fn subfolders(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let paths = entries.map(|entry| entry.path());
    paths.filter(|path| path.is_dir()).collect()
}

fn is_named(path: &Path, name: &str) -> bool {
    let found = path.file_name().and_then(|it| it.to_str());
    found.is_some_and(|it| it.eq_ignore_ascii_case(name))
}

/// Whether a folder holds a module of its name, by itself or in the folder of a version.
fn is_module(folder: &Path) -> bool {
    let Some(name) = folder.file_name().and_then(|it| it.to_str()) else {
        return false;
    };
    let has_file = |folder: &Path| {
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        let mut files = entries.map(|entry| entry.path());
        files.any(|file| {
            let stem = file.file_stem().and_then(|it| it.to_str());
            let ending = file.extension().and_then(|it| it.to_str());
            stem.is_some_and(|it| it.eq_ignore_ascii_case(name))
                && ending.is_some_and(|it| ENDINGS.iter().any(|one| it.eq_ignore_ascii_case(one)))
        })
    };
    has_file(folder) || subfolders(folder).iter().any(|it| has_file(it))
}

#[cfg(all(test, unix))]
mod tests {
    use std::collections::HashMap;

    use super::*;

    /// A folder with a program that has modules beside it, and a home.
    struct Place(PathBuf);

    impl Place {
        fn new(name: &str) -> Self {
            let name = format!("oe-modules-{name}-{}", std::process::id());
            let place = Self(std::env::temp_dir().join(name));
            place.write("program/pwsh");
            place.write("program/Modules/Own/Own.psd1");
            place
        }

        fn write(&self, file: &str) {
            let file = self.0.join(file);
            fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
            fs::write(file, r#"{"PSModulePath": "x"}"#).expect("a file");
        }

        fn folders(&self, more: &[(&str, &str)]) -> Option<ModuleFolders> {
            let home = self.0.join("home").display().to_string();
            let mut variables = HashMap::from([("HOME", home)]);
            for (name, value) in more {
                variables.insert(name, self.0.join(value).display().to_string());
            }
            let look = |name: &str| variables.get(name).cloned();
            ModuleFolders::of(&self.0.join("program/pwsh"), &look)
        }
    }

    impl Drop for Place {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn modules_are_folders_with_a_file_of_their_name() {
        let place = Place::new("named");
        for file in [
            "home/.local/share/powershell/Modules/Mine/Mine.psm1",
            "home/.local/share/powershell/Modules/Old/1.2.0/Old.psd1",
            "home/.local/share/powershell/Modules/Bare/readme.txt",
            "given/Given/given.dll",
            "data/powershell/Modules/Data/Data.psm1",
        ] {
            place.write(file);
        }
        let known = place
            .folders(&[("PSModulePath", "given")])
            .expect("folders");
        for name in ["Own", "mine", "Old", "GIVEN", "microsoft.powershell.core"] {
            assert!(known.has(name), "{name}");
        }
        for name in ["Bare", "Data", "Mine.psm1", "1.2.0", "None"] {
            assert!(!known.has(name), "{name}");
        }
        assert!(known.names().contains(&"Mine".to_owned()));
        let known = place
            .folders(&[("XDG_DATA_HOME", "data")])
            .expect("folders");
        assert_eq!([known.has("Data"), known.has("Mine")], [true, false]);
    }

    #[test]
    fn what_only_powershell_could_say_is_not_said() {
        let place = Place::new("unknown");
        assert_eq!(place.folders(&[("PSModulePath", "%X%")]), None);
        place.write("config/powershell/powershell.config.json");
        assert_eq!(place.folders(&[("XDG_CONFIG_HOME", "config")]), None);
        assert!(place.folders(&[]).is_some());
        place.write("program/powershell.config.json");
        assert_eq!(place.folders(&[]), None);
        let place = Place::new("alone");
        fs::remove_dir_all(place.0.join("program/Modules")).expect("a folder");
        assert_eq!(place.folders(&[]), None);
    }
}
