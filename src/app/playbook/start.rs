//! The start of a plan.

use std::fmt;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use crate::app::run::{Conducted, GivenState, Run, RunError, Workers};
use crate::engine::value::Value;
use crate::playbook::expression::Expression;
use crate::playbook::flaw::{Defect, Flaw};
use crate::playbook::plan::{Decision, Plan};
use crate::playbook::problem::Diagnostic;
use crate::playbook::template::plain;
use crate::playbook::value::is_same_name;
use crate::store::{Secrets, Timestamp};

use super::afterwards::After;
use super::conductor::{PlanConductor, PowerShellPlaces};
use super::course::Workflow;
use super::junit;
use super::record::Asked;
use super::world::World;
use super::{Draft, Wishes};

/// How a plan is started.
#[derive(Debug, Clone, Default)]
pub struct StartOptions {
    /// The id of the run; one is made up if there is none.
    pub id: Option<String>,
    /// Where the steps run; the current folder if nobody says.
    pub directory: Option<PathBuf>,
    /// Where the run is kept; nowhere if nobody says.
    pub state: Option<PathBuf>,
    /// The folder of its log; there is none if nobody says.
    pub logs: Option<PathBuf>,
    /// Goes on with the run of that id; whether what had failed runs again, too.
    pub resume: Option<bool>,
    /// Whether a run goes on although its playbook has changed.
    pub accepts_changed_plan: bool,
    /// Whether a person has agreed to what has to be agreed to.
    pub is_approved: bool,
    /// Where `pwsh` is, for the steps of PowerShell that no worker of a host does.
    pub powershell: Option<PathBuf>,
    /// The file of its report as JUnit's XML; there is none if nobody says.
    pub junit: Option<PathBuf>,
    /// Whether what the steps write is told while they run.
    pub tells_output: bool,
}

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

    /// Starts the plan, which has to be usable. The workers do what is PowerShell's,
    /// but for what is to have a process.
    pub fn start(
        self,
        options: StartOptions,
        workers: Option<Workers<'_>>,
    ) -> Result<Workflow, NotStarted> {
        if let Some(path) = &options.junit {
            junit::forget(path);
        }
        let missing = missing_secrets(&self.wishes);
        if !missing.is_empty() {
            return Err(NotStarted::MissingSecrets(missing));
        }
        let has_powershell = workers.is_some() || options.powershell.is_some();
        if !self.needs_powershell.is_empty() && !has_powershell {
            return Err(NotStarted::NeedsPowerShell(self.needs_powershell));
        }
        let without_script = self
            .diagnostics
            .iter()
            .filter(|it| it.problem.is_about_scripts());
        let without_script: Vec<_> = without_script.cloned().collect();
        if !without_script.is_empty() {
            return Err(NotStarted::Scripts(without_script));
        }
        let directory = options.directory.clone().unwrap_or_else(current_folder);
        let directory = std::path::absolute(&directory).unwrap_or(directory);
        // A host looks itself: its session may have some that are in no folder.
        let pwsh = options.powershell.as_deref().filter(|_| workers.is_none());
        let without_module = pwsh.filter(|_| !self.needs_powershell.is_empty());
        let without_module = without_module.map(|it| self.missing_modules(it, &directory));
        if let Some(missing) = without_module.filter(|it| !it.is_empty()) {
            return Err(NotStarted::Modules(missing));
        }
        let approvals = self.approvals();
        if !approvals.is_empty() && !options.is_approved {
            return Err(NotStarted::NeedsApproval(approvals));
        }
        if self.plan.steps.is_empty() {
            return Err(NotStarted::Empty);
        }
        let source = (self.path.as_path(), self.definition.clone());
        let asked = Asked::new(source, &directory, &self.wishes, &self.plan.sensitive);
        let world = Arc::new(World {
            environment: self.environment,
            directory,
            file: self.definition.is_none().then_some(self.path),
        });
        refuse_powershell_at_the_end(&self.plan)?;
        check_before(&self.plan, &world)?;
        let id = options.id.clone().unwrap_or_else(new_id);
        let plan = Arc::new(self.plan);
        let secrets = secrets(&plan);
        let limit = plan.limit.unwrap_or_else(crate::app::run::default_limit);
        let kept = options.state.as_ref().map(|folder| {
            let folder = folder.display().to_string();
            let state = GivenState::new(folder, plan.name.clone(), id.clone());
            let state = state.without(sensitive(&plan).collect());
            let state = match options.resume {
                Some(unsuccessful) => state.resuming(unsuccessful, options.accepts_changed_plan),
                None => state,
            };
            (state, asked.text(&plan))
        });
        let conductor = PlanConductor::new(
            Arc::clone(&plan),
            Arc::clone(&world),
            self.scripts,
            id.clone(),
            PowerShellPlaces {
                has_host: workers.is_some(),
                program: options.powershell.clone(),
            },
        )
        .with_logs(options.logs.clone(), secrets.clone());
        let conducted = Conducted {
            graph: plan.graph(limit),
            options: plan.options(),
            conductor: Box::new(conductor),
            kept,
            is_heard: options.tells_output,
        };
        let run = Run::conducted(conducted, workers).map_err(NotStarted::Run)?;
        let workflow = Workflow::new(run, id, plan, world, (secrets, options.logs));
        Ok(workflow.reporting_to(options.junit))
    }
}

fn current_folder() -> PathBuf {
    std::env::current_dir().unwrap_or_else(|_| PathBuf::from("."))
}

/// `workflow-20250129-143022-5678`. The number begins anywhere, so that two processes
/// hardly ever have the same, and goes on by one, so that a process never has one twice
/// in a second.
fn new_id() -> String {
    static FIRST: OnceLock<u64> = OnceLock::new();
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let time = Timestamp::now();
    let [year, month, day, hour, minute, second] = time.date_and_time();
    let first = FIRST.get_or_init(|| {
        let now = time.nanoseconds().unsigned_abs() / 1000;
        now.wrapping_add(u64::from(std::process::id()))
    });
    let number = first.wrapping_add(COUNT.fetch_add(1, Ordering::Relaxed)) % 10_000;
    format!("workflow-{year:04}{month:02}{day:02}-{hour:02}{minute:02}{second:02}-{number:04}")
}

/// The values that must not be shown.
fn secrets(plan: &Plan) -> Secrets {
    Secrets::new(sensitive(plan).collect::<Vec<_>>())
}

fn sensitive(plan: &Plan) -> impl Iterator<Item = (String, String)> + '_ {
    plan.sensitive.iter().flat_map(|name| {
        let mut texts = Vec::new();
        if let Some(value) = plan.values.parameter(name) {
            add_texts(name, value, &mut texts);
        }
        texts
    })
}

/// Of a list or a table, such as a credential, each value is a secret by itself.
fn add_texts(name: &str, value: &Value, texts: &mut Vec<(String, String)>) {
    match value {
        Value::Map(entries) => {
            for (inner, value) in entries.iter() {
                add_texts(&format!("{name}.{inner}"), value, texts);
            }
        }
        Value::List(items) => {
            for (place, value) in items.iter().enumerate() {
                add_texts(&format!("{name}[{place}]"), value, texts);
            }
        }
        value => texts.push((name.to_owned(), plain(value))),
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

/// Looks at what has to hold before the start.
fn check_before(plan: &Plan, world: &World) -> Result<(), NotStarted> {
    // Before the first step there are no results.
    let scope = After::new(plan, world, &[]);
    for (decision, text) in &plan.before {
        let holds = |condition: &Expression| condition.holds(&scope).unwrap_or(false);
        let holds = match decision {
            Decision::If(condition) => holds(condition),
            Decision::Unless(condition) => !holds(condition),
            Decision::PowerShell(text) => {
                let step = (
                    "before the start".to_owned(),
                    format!("the condition {text}"),
                );
                return Err(NotStarted::NeedsPowerShell(vec![step]));
            }
            Decision::Undo(_) => true,
        };
        if !holds {
            let flaw = Flaw::of_request(Defect::DoesNotHold { text: text.clone() });
            return Err(NotStarted::DoesNotHold(flaw.defect));
        }
    }
    Ok(())
}

/// Refuses conditions of the end that nobody here could decide then.
fn refuse_powershell_at_the_end(plan: &Plan) -> Result<(), NotStarted> {
    let undecidable = plan
        .after
        .iter()
        .filter_map(|(decision, _)| match decision {
            Decision::PowerShell(text) => Some(text),
            _ => None,
        });
    let steps =
        undecidable.map(|text| ("after the end".to_owned(), format!("the condition {text}")));
    let steps: Vec<_> = steps.collect();
    if steps.is_empty() {
        return Ok(());
    }
    Err(NotStarted::NeedsPowerShell(steps))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::new_id;

    #[test]
    fn no_id_is_made_up_twice() {
        let ids: HashSet<_> = (0..5_000).map(|_| new_id()).collect();
        assert_eq!(ids.len(), 5_000);
        assert!(ids
            .iter()
            .all(|id| id.len() == "workflow-20250129-143022-5678".len()));
    }
}
