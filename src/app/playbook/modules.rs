//! The modules that a playbook needs, looked for before it starts.

use std::path::{Path, PathBuf};

use crate::engine::suggest::nearest;
use crate::playbook::flaw::Defect;
use crate::playbook::plan::Plan;
use crate::playbook::problem::{Diagnostic, Problem};
use crate::process::environment;
use crate::process::powershell::ModuleFolders;

use super::Draft;

/// The variable that says where modules are.
const MODULE_PATH: &str = "PSModulePath";

/// What ends the name of a file that is a module.
const ENDINGS: &[&str] = &["psd1", "psm1", "dll"];

impl Draft {
    /// The modules that the `pwsh` at a path would not find when its steps run in a
    /// folder. There are none if only PowerShell could say.
    pub(super) fn missing_modules(&self, pwsh: &Path, directory: &Path) -> Vec<Diagnostic> {
        if self.modules.is_empty() || has_own_path(&self.plan) {
            return Vec::new();
        }
        let variable = |name: &str| environment::value(&self.environment, name).cloned();
        let Some(known) = ModuleFolders::of(pwsh, &variable) else {
            return Vec::new();
        };
        let own = self.plan.module_path.iter().map(|it| directory.join(it));
        let own: Vec<_> = own.collect();
        let missing = self.modules.iter().filter_map(|needed| {
            let Problem::Plan(defect) = &needed.problem else {
                return None;
            };
            let Defect::NoModule { name, .. } = defect.as_ref() else {
                return None;
            };
            if is_there(name, &own, directory, &known) {
                return None;
            }
            let problem = Problem::Plan(Box::new(no_module(name, &own, &known)));
            Some(Diagnostic {
                problem,
                ..needed.clone()
            })
        });
        missing.collect()
    }
}

/// Whether a step has a path of its own, which only it could look through.
fn has_own_path(plan: &Plan) -> bool {
    let leaves = plan.flat().leaves.into_iter();
    let mut names = leaves.flat_map(|leaf| leaf.step.environment.iter().map(|(name, _)| name));
    names.any(|name| name.eq_ignore_ascii_case(MODULE_PATH))
}

fn is_there(name: &str, own: &[PathBuf], directory: &Path, known: &ModuleFolders) -> bool {
    if own.iter().any(|folder| folder.join(name).exists()) {
        return true;
    }
    if !name.contains(['/', '\\']) {
        return known.has(name);
    }
    let name = name.replace('\\', "/");
    let file = directory.join(&name);
    let with = |ending: &&str| PathBuf::from(format!("{}.{ending}", file.display())).exists();
    let is_below = |folder: &PathBuf| folder.join(&name).exists();
    file.exists() || ENDINGS.iter().any(with) || known.folders().iter().any(is_below)
}

fn no_module(name: &str, own: &[PathBuf], known: &ModuleFolders) -> Defect {
    let names = known.names();
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    let folders = own.iter().chain(known.folders());
    Defect::NoModule {
        name: name.to_owned(),
        near: nearest(name, &names).map(str::to_owned),
        folders: folders.map(|it| it.display().to_string()).collect(),
    }
}
