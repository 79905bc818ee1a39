//! Workflows in the background, started and followed by JSON.
//!
//! # Start
//! | key | |
//! |---|---|
//! | `playbook` or `definition` | the name or path of a playbook, or a playbook itself, in any dialect |
//! | `directory` | where the steps run, and where names are looked for from; absolute |
//! | `parameters` | what it is told, by name |
//! | `secrets` | the names of the parameters whose values are secrets, whatever the playbook says |
//! | `environment`, `profile`, `mode`, `continueOnError`, `maxConcurrency` | as in [`super::Wishes`] |
//! | `id` | the id of the workflow; one is made up if there is none |
//! | `state` | the folder that keeps it; nothing is kept without |
//! | `logs` | the folder of its log; if nobody says, that of the project for a workflow that is kept |
//! | `junit` | the file of its report as JUnit's XML; written when it is over, however it ended |
//! | `resume` | goes on with the workflow `id` instead, which needs neither a playbook nor a definition: `unfinished` repeats what had not ended, `unsuccessful` also what had failed |
//! | `powershell` | the path of `pwsh`, for steps that are to have a process; without, it is looked for on `PATH` |
//! | `acceptsChangedPlan` | whether it goes on although its playbook has changed |
//! | `stepTypes` | the types of steps that it may have beside those of every playbook: a list of `{"name", "script" or "command", "parameters"}`, of which `script` is the text of a script block, and `parameters` declares what a step of it is given, as a playbook declares its own |
//! | `approved` | whether a person has agreed to the steps that need it; else a playbook that has some is refused |
//!
//! # Report
//! `id`, `name`, `status` (`Running`, `Completed`, `Failed`, `Stopped`), `currentStep`
//! (how many steps that do work are under way or over), `totalSteps`, `news` (what
//! happened since the last report) and, once after all news, `outcome`. News have a
//! `kind`: `Started`, with `task`, `stepName` and `attempt`; `Retrying` and `Ended`,
//! with `task`, `blob` (PowerShell's XML of its output), `streams` and the keys of a
//! [`StepResult`]. What the playbook wants to have told since the last report is in
//! `notices`, each with the keys of a [`ToldNotice`]; what went wrong besides the
//! steps is in `warnings`, as texts.

use std::fmt;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::app::run::{RunError, Workers};
use crate::engine::value::Value;
use crate::playbook::problem::Diagnostic;
use crate::playbook::value::is_same_name;
use crate::store::StreamRecord;

use super::given::{self, GivenStepType, Wrong};
use super::source::Source;
use super::{
    Asked, Draft, Folders, News, NotStarted, Outcome, Remote, StartOptions, StepResult, ToldNotice,
    Wishes, Workflow,
};

/// Why a workflow did not begin.
#[derive(Debug)]
pub enum StartError {
    /// The JSON is not one of a start.
    Json(serde_json::Error),
    /// What was asked for is not there, or cannot be.
    Argument(String),
    /// The playbook, or what it is told, cannot be used; a line for each reason.
    Playbook(String),
    /// The run did not begin.
    Run(RunError),
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Json(error) => error.fmt(f),
            Self::Argument(text) | Self::Playbook(text) => f.write_str(text),
            Self::Run(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for StartError {}

impl From<Wrong> for StartError {
    fn from(wrong: Wrong) -> Self {
        Self::Argument(wrong.0)
    }
}

impl From<Vec<Diagnostic>> for StartError {
    fn from(diagnostics: Vec<Diagnostic>) -> Self {
        let errors = diagnostics.iter().filter(|it| !it.problem.is_warning());
        let texts: Vec<_> = errors.map(ToString::to_string).collect();
        Self::Playbook(texts.join("\n"))
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Given {
    playbook: Option<String>,
    definition: Option<Box<serde_json::value::RawValue>>,
    directory: PathBuf,
    parameters: Option<Value>,
    #[serde(default)]
    secrets: Vec<String>,
    environment: Option<String>,
    profile: Option<String>,
    mode: Option<String>,
    #[serde(default)]
    continue_on_error: bool,
    max_concurrency: Option<u32>,
    id: Option<String>,
    state: Option<PathBuf>,
    logs: Option<PathBuf>,
    junit: Option<PathBuf>,
    resume: Option<Resume>,
    #[serde(default)]
    accepts_changed_plan: bool,
    #[serde(default)]
    approved: bool,
    powershell: Option<PathBuf>,
    #[serde(default)]
    step_types: Vec<GivenStepType>,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Resume {
    Unfinished,
    Unsuccessful,
}

/// A workflow that another program follows. Dropping it ends it.
///
/// Every method may be called from any thread; of those that poll, one waits for the
/// other.
#[derive(Debug)]
pub struct Background {
    follower: Mutex<Follower>,
    remote: Remote,
}

#[derive(Debug)]
struct Follower {
    workflow: Workflow,
    has_told_outcome: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Report<'a> {
    id: &'a str,
    name: &'a str,
    status: &'a str,
    current_step: usize,
    total_steps: usize,
    news: Vec<Told>,
    notices: Vec<ToldNotice>,
    warnings: Vec<String>,
    outcome: Option<Outcome>,
}

#[derive(Serialize)]
#[serde(tag = "kind", rename_all_fields = "camelCase")]
enum Told {
    Started {
        task: u32,
        step_name: String,
        attempt: u32,
    },
    Retrying(ToldResult),
    Ended(ToldResult),
}

/// A result with what only another program reads.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ToldResult {
    task: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    blob: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    streams: Vec<StreamRecord>,
    #[serde(flatten)]
    result: StepResult,
}

impl From<StepResult> for ToldResult {
    fn from(mut result: StepResult) -> Self {
        Self {
            task: result.task,
            blob: result.blob.take(),
            streams: std::mem::take(&mut result.streams),
            result,
        }
    }
}

impl Report<'_> {
    fn take(&mut self, news: News) {
        match news {
            News::Started(task, step_name, attempt) => self.news.push(Told::Started {
                task,
                step_name,
                attempt,
            }),
            News::Retrying(result) => self.news.push(Told::Retrying(result.into())),
            News::Ended(result) => self.news.push(Told::Ended(result.into())),
            // Nobody has asked for it.
            News::Output(_) => {}
            News::Notice(notice) => self.notices.push(notice),
            News::Warning(text) => self.warnings.push(text),
        }
    }
}

impl Background {
    /// Starts a workflow, as [`self`] describes; the workers do what is PowerShell's.
    pub fn start(json: &str, workers: Option<Workers<'_>>) -> Result<Self, StartError> {
        let given: Given = serde_json::from_str(json).map_err(StartError::Json)?;
        let (draft, options) = given.draft()?;
        if !draft.is_usable() {
            return Err(draft.diagnostics.into());
        }
        let workflow = draft.start(options, workers).map_err(|why| match why {
            NotStarted::Run(error) => StartError::Run(error),
            other => StartError::Playbook(other.to_string()),
        })?;
        Ok(Self {
            remote: workflow.remote(),
            follower: Mutex::new(Follower {
                workflow,
                has_told_outcome: false,
            }),
        })
    }

    /// What is new, as JSON. Waits up to `limit` for something to happen.
    pub fn poll(&self, limit: Duration) -> String {
        let mut follower = self.lock();
        let news = follower.workflow.next(limit);
        let is_over = follower.workflow.is_over() && !follower.has_told_outcome;
        follower.has_told_outcome |= is_over;
        let workflow = &follower.workflow;
        let mut report = Report {
            id: workflow.id(),
            name: &workflow.plan().name,
            status: workflow.status(),
            current_step: workflow.current_step(),
            total_steps: workflow.total_steps(),
            news: Vec::new(),
            notices: Vec::new(),
            warnings: Vec::new(),
            outcome: is_over.then(|| workflow.outcome()),
        };
        news.into_iter().for_each(|one| report.take(one));
        // Fails only for maps with keys that are no strings; there is none.
        serde_json::to_string(&report).unwrap_or_default()
    }

    /// What other threads may do with it.
    pub fn remote(&self) -> &Remote {
        &self.remote
    }

    fn lock(&self) -> MutexGuard<'_, Follower> {
        self.follower.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Given {
    fn draft(self) -> Result<(Draft, StartOptions), StartError> {
        let folders = given::folders(&self.directory)?;
        let step_types = given::step_types(&self.step_types)?;
        let mut options = StartOptions {
            id: self.id.clone(),
            directory: Some(self.directory.clone()),
            state: self.state.clone(),
            logs: self
                .logs
                .clone()
                .or_else(|| self.state.is_some().then(|| folders.logs())),
            resume: self.resume.map(|it| it == Resume::Unsuccessful),
            accepts_changed_plan: self.accepts_changed_plan,
            is_approved: self.approved,
            powershell: self.powershell.clone(),
            junit: self.junit.as_ref().map(|it| self.directory.join(it)),
            tells_output: false,
        };
        if self.resume.is_some() {
            let (id, asked) = self.asked()?;
            options.id = Some(id);
            options.directory = Some(asked.directory.clone());
            let folders = Folders::around(&asked.directory);
            let mut wishes = Wishes {
                step_types,
                ..asked.wishes(given::parameters(self.parameters.as_ref())?)
            };
            for name in self.secrets {
                if !wishes.secrets.iter().any(|it| is_same_name(it, &name)) {
                    wishes.secrets.push(name);
                }
            }
            return Ok((asked.open()?.plan(wishes, &folders), options));
        }
        let wishes = Wishes {
            mode: given::mode(self.mode.as_deref())?,
            parameters: given::parameters(self.parameters.as_ref())?,
            context: self.environment,
            profile: self.profile,
            continues_on_error: self.continue_on_error,
            limit: given::limit(self.max_concurrency)?,
            step_types,
            secrets: self.secrets,
        };
        let (name, definition) = (self.playbook.as_deref(), self.definition.as_deref());
        let source = Source::of(name, definition, &self.directory, &folders)?;
        let opened = source.open()?;
        Ok((opened.plan(wishes, &folders), options))
    }

    /// What the workflow that goes on was asked for.
    fn asked(&self) -> Result<(String, Asked), StartError> {
        let (Some(folder), Some(id)) = (&self.state, &self.id) else {
            let text = "a workflow goes on by its id, in the folder that keeps it";
            return Err(StartError::Argument(text.to_owned()));
        };
        let found = Asked::of(folder, id).map_err(|error| StartError::Run(error.into()))?;
        found.ok_or_else(|| StartError::Argument(format!("the run `{id}` is none of a playbook")))
    }
}

#[cfg(all(test, unix))]
#[path = "background/tests.rs"]
mod tests;
