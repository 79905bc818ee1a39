//! What keeps a plan from being started.

use std::fmt;
use std::path::Path;

use crate::app::run::RunError;
use crate::playbook::expression::Expression;
use crate::playbook::flaw::{Defect, Flaw};
use crate::playbook::plan::Plan;
use crate::playbook::problem::Diagnostic;
use crate::playbook::value::is_same_name;

use super::afterwards::After;
use super::start::StartOptions;
use super::world::World;
use super::{Draft, Wishes};

/// Why a plan was not started.
#[derive(Debug)]
pub enum NotStarted {
    /// Steps need PowerShell: each with what it does.
    NeedsPowerShell(Vec<(String, String)>),
    /// These parameters were given as secrets, which are not kept, and are not given again.
    MissingSecrets(Vec<String>),
    /// Scripts are not there, or there are several: what is wrong, with its place.
    Scripts(Vec<Diagnostic>),
    /// Modules are not there: each with its place, and where was looked.
    Modules(Vec<Diagnostic>),
    /// Nobody has agreed to what has to be agreed to: each step with what that is.
    NeedsApproval(Vec<(String, String)>),
    /// There is nothing to do.
    Empty,
    /// A condition that has to hold before does not.
    DoesNotHold(Defect),
    /// The run did not begin.
    Run(RunError),
}

impl fmt::Display for NotStarted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NeedsApproval(steps) => {
                f.write_str("these steps need the approval of a person:")?;
                write_steps(steps, f)?;
                f.write_str("\nLook at the plan, and start it again with approval.")
            }
            Self::NeedsPowerShell(steps) => {
                f.write_str("these steps need PowerShell, which does not run here:")?;
                write_steps(steps, f)?;
                f.write_str(
                    "\nRun the playbook from PowerShell, or give its steps a shell of their own: \
                     `shell: bash`.",
                )
            }
            Self::Scripts(diagnostics) | Self::Modules(diagnostics) => {
                let texts: Vec<_> = diagnostics.iter().map(ToString::to_string).collect();
                f.write_str(&texts.join("\n"))
            }
            Self::MissingSecrets(names) => {
                let names = names.join("`, `");
                write!(
                    f,
                    "`{names}` were given as secrets, which are not kept. Give them again."
                )
            }
            Self::Empty => f.write_str("the playbook has no step to run. Add one."),
            Self::DoesNotHold(defect) => write!(f, "{defect}. {}", defect.advice()),
            Self::Run(error) => write!(f, "the run did not begin: {error}"),
        }
    }
}

fn write_steps(steps: &[(String, String)], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    steps
        .iter()
        .try_for_each(|(path, what)| write!(f, "\n  {path}: {what}"))
}

impl std::error::Error for NotStarted {}

impl Draft {
    /// What a person has to agree to before the start: each step with what that is.
    pub fn approvals(&self) -> Vec<(String, String)> {
        let leaves = self.plan.flat().leaves.into_iter();
        let approvals = leaves.filter_map(|leaf| Some((leaf.path, leaf.step.approval.clone()?)));
        approvals.collect()
    }

    /// Refuses what lacks something: secrets, PowerShell, scripts, modules, approvals,
    /// steps.
    pub(super) fn refuse(
        &self,
        options: &StartOptions,
        has_host: bool,
        directory: &Path,
    ) -> Result<(), NotStarted> {
        refuse_any(missing_secrets(&self.wishes), NotStarted::MissingSecrets)?;
        if !has_host && options.powershell.is_none() {
            let steps = self.needs_powershell.clone();
            refuse_any(steps, NotStarted::NeedsPowerShell)?;
        }
        refuse_any(self.without_scripts(), NotStarted::Scripts)?;
        // A host looks itself: its session may have some that are in no folder.
        if let (Some(pwsh), false) = (&options.powershell, has_host) {
            refuse_any(self.without_modules(pwsh, directory), NotStarted::Modules)?;
        }
        if !options.is_approved {
            refuse_any(self.approvals(), NotStarted::NeedsApproval)?;
        }
        match self.plan.steps.is_empty() {
            true => Err(NotStarted::Empty),
            false => Ok(()),
        }
    }

    fn without_scripts(&self) -> Vec<Diagnostic> {
        let diagnostics = self.diagnostics.iter();
        let about_scripts = diagnostics.filter(|it| it.problem.is_about_scripts());
        about_scripts.cloned().collect()
    }

    fn without_modules(&self, pwsh: &Path, directory: &Path) -> Vec<Diagnostic> {
        match self.needs_powershell.is_empty() {
            true => Vec::new(),
            false => self.missing_modules(pwsh, directory),
        }
    }
}

fn refuse_any<T>(missing: Vec<T>, why: fn(Vec<T>) -> NotStarted) -> Result<(), NotStarted> {
    match missing.is_empty() {
        true => Ok(()),
        false => Err(why(missing)),
    }
}

/// The secrets of a run that goes on which are not given again.
fn missing_secrets(wishes: &Wishes) -> Vec<String> {
    let is_given = |name: &String| {
        let mut given = wishes.parameters.iter();
        given.any(|(it, _)| is_same_name(it, name))
    };
    let missing = wishes.secrets.iter().filter(|name| !is_given(name));
    missing.cloned().collect()
}

/// Refuses what does not hold before the start.
pub(super) fn check_before(plan: &Plan, world: &World) -> Result<(), NotStarted> {
    // Before the first step there are no results.
    let scope = After::new(plan, world, &[]);
    let is_broken = |condition: &Expression| !condition.holds(&scope).unwrap_or(false);
    let broken = plan.before.iter().find(|(it, _)| is_broken(it));
    broken.map_or(Ok(()), |(_, text)| {
        let flaw = Flaw::of_request(Defect::DoesNotHold { text: text.clone() });
        Err(NotStarted::DoesNotHold(flaw.defect))
    })
}
