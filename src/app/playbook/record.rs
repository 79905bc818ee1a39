//! What is written down of a plan, so that its run can be looked at and gone on with.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::engine::graph::{TaskKind, TaskSpec};
use crate::engine::value::Value;
use crate::playbook::plan::{Mode, Plan};
use crate::playbook::problem::Diagnostic;
use crate::playbook::value::is_same_name;
use crate::store::{StoreError, StoreReader};

use super::{Opened, Wishes};

/// What a run was asked for.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Asked {
    file: PathBuf,
    /// The playbook as JSON, if it is in no file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    definition: Option<String>,
    /// Where the steps run.
    pub directory: PathBuf,
    parameters: BTreeMap<String, Value>,
    environment: Option<String>,
    profile: Option<String>,
    mode: Option<String>,
    continue_on_error: bool,
    max_concurrency: Option<u32>,
    /// The names of the parameters that were given as secrets.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    secrets: Vec<String>,
}

/// The text of a plan: JSON, with `tasks` as a run has them.
#[derive(Serialize)]
struct Written<'a> {
    playbook: &'a Asked,
    tasks: Vec<Task>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Task {
    name: String,
    kind: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    depends_on: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    after: Vec<String>,
    finally: bool,
    does: Vec<String>,
    decision: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tasks: Option<Vec<Task>>,
}

#[derive(Deserialize)]
struct Read {
    playbook: Asked,
}

impl Asked {
    /// What is asked for, but for the values of secrets.
    pub(super) fn new(
        (file, definition): (&Path, Option<String>),
        directory: &Path,
        wishes: &Wishes,
        sensitive: &[String],
    ) -> Self {
        let is_secret = |name: &str| sensitive.iter().any(|it| is_same_name(it, name));
        let given = wishes
            .parameters
            .iter()
            .filter(|(name, _)| !is_secret(name));
        Self {
            file: std::path::absolute(file).unwrap_or_else(|_| file.to_owned()),
            definition,
            directory: directory.to_owned(),
            parameters: given.cloned().collect(),
            environment: wishes.context.clone(),
            profile: wishes.profile.clone(),
            mode: wishes.mode.map(|mode| mode.name().to_owned()),
            continue_on_error: wishes.continues_on_error,
            max_concurrency: wishes.limit,
            secrets: wishes.secrets.clone(),
        }
    }

    /// What a run of a folder was asked for, by its id or the name of its playbook;
    /// with the id. Nothing if it is no run of a playbook.
    pub fn of(folder: &Path, run: &str) -> Result<Option<(String, Self)>, StoreError> {
        let reader = StoreReader::open(folder)?;
        let record = reader.run_called(run)?;
        let plan = reader.plan(&record.id)?;
        let read = serde_json::from_str::<Read>(&plan).ok();
        Ok(read.map(|read| (record.id, read.playbook)))
    }

    /// Reads the playbook again.
    pub fn open(&self) -> Result<Opened, Vec<Diagnostic>> {
        match &self.definition {
            Some(text) => {
                let folder = self.file.parent().unwrap_or(Path::new("."));
                Opened::given(text.clone(), folder)
            }
            None => Opened::read(&self.file),
        }
    }

    /// The same as wishes, with parameters that are given again.
    pub fn wishes(&self, given: Vec<(String, Value)>) -> Wishes {
        let mut parameters: Vec<_> = self.parameters.clone().into_iter().collect();
        parameters.extend(given);
        Wishes {
            parameters,
            context: self.environment.clone(),
            profile: self.profile.clone(),
            mode: self.mode.as_deref().and_then(Mode::named),
            continues_on_error: self.continue_on_error,
            limit: self.max_concurrency,
            step_types: Vec::new(),
            secrets: self.secrets.clone(),
        }
    }

    /// The text of a plan, which a run that goes on is compared by.
    pub(super) fn text(&self, plan: &Plan) -> String {
        let leaves = plan.flat().leaves;
        let mut next = leaves.iter().map(|leaf| leaf.step);
        let graph = plan.graph(1);
        let written = Written {
            playbook: self,
            tasks: graph
                .tasks
                .iter()
                .map(|task| written(task, &mut next))
                .collect(),
        };
        // Fails only for maps with keys that are no strings; there is none.
        serde_json::to_string(&written).unwrap_or_default()
    }
}

/// A task with what its step does; both are in the order written.
fn written<'s>(
    task: &TaskSpec,
    next: &mut impl Iterator<Item = &'s crate::playbook::plan::Step>,
) -> Task {
    let step = next.next();
    let (kind, inside) = match &task.kind {
        TaskKind::Graph(inside) => ("graph", Some(inside)),
        _ => ("program", None),
    };
    Task {
        name: task.name.clone(),
        kind,
        depends_on: task.depends_on.clone(),
        after: task.after.clone(),
        finally: task.is_finally,
        does: step.map_or_else(Vec::new, |step| step.work.fingerprint()),
        decision: step
            .and_then(|step| step.decision.as_ref())
            .map(|it| format!("{it:?}")),
        tasks: inside.map(|inside| inside.iter().map(|task| written(task, next)).collect()),
    }
}
