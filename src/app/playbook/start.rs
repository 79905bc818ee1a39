//! The start of a plan.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use crate::app::run::{Conducted, GivenState, Run, Workers};
use crate::engine::value::Value;
use crate::playbook::plan::Plan;
use crate::playbook::template::plain;
use crate::store::{Secrets, Timestamp};

use super::conductor::{PlanConductor, PowerShellPlaces};
use super::course::Workflow;
use super::junit;
use super::record::Asked;
use super::refusal::{self, NotStarted};
use super::world::World;
use super::Draft;

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

impl Draft {
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
        let directory = options.directory.clone().unwrap_or_else(current_folder);
        let directory = std::path::absolute(&directory).unwrap_or(directory);
        self.refuse(&options, workers.is_some(), &directory)?;
        let source = (self.path.as_path(), self.definition.clone());
        let asked = Asked::new(source, &directory, &self.wishes, &self.plan.sensitive);
        let world = Arc::new(World {
            environment: self.environment,
            directory,
            file: self.definition.is_none().then_some(self.path),
        });
        refusal::check_before(&self.plan, &world)?;
        let id = options.id.clone().unwrap_or_else(new_id);
        let plan = Arc::new(self.plan);
        let secrets = secrets(&plan);
        let limit = plan.limit.unwrap_or_else(crate::app::run::default_limit);
        let kept = kept(&options, &id, &plan, &asked);
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

/// Where and how the run is kept, with what it was asked for.
fn kept(
    options: &StartOptions,
    id: &str,
    plan: &Plan,
    asked: &Asked,
) -> Option<(GivenState, String)> {
    let folder = options.state.as_ref()?.display().to_string();
    let state = GivenState::new(folder, plan.name.clone(), id.to_owned());
    let state = state.without(sensitive(plan).collect());
    let state = match options.resume {
        Some(unsuccessful) => state.resuming(unsuccessful, options.accepts_changed_plan),
        None => state,
    };
    Some((state, asked.text(plan)))
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
