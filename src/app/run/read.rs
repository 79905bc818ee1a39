//! From the JSON of a run, and from what the host reports, to the engine's
//! terms. [`super`] documents the keys.

mod memo;
mod state;
mod task;

use std::time::Duration;

use serde::de::Error;
use serde::{Deserialize, Deserializer};

use crate::engine::batch::TIMEOUT_LIMIT_SECONDS;
use crate::engine::graph::{GraphSpec, GroupSpec, TaskSpec};
use crate::engine::retry::FailureKind;
use crate::engine::schedule::{Failure, RunOptions, Tolerance};
use crate::engine::value::Value;
use crate::store::StreamRecord;

use super::memo::MemoSpec;
use super::programs::ProgramWork;
pub(in crate::app) use state::GivenState;
use task::{split, GivenTask};

/// How long a worker may go on after a stop, if the run does not say.
const DEFAULT_GRACE: Duration = Duration::from_secs(5);

/// A run as it was submitted.
#[derive(Debug)]
pub(super) struct Submitted {
    pub(super) graph: GraphSpec,
    /// The work of the graph's tasks, in their order.
    pub(super) works: Vec<Work>,
    pub(super) options: RunOptions,
    pub(super) grace: Duration,
    pub(super) state: Option<GivenState>,
    /// What was submitted, but for `state`, in one form however it was written.
    pub(super) plan: String,
    /// Whether those who follow it hear what its programs write.
    pub(super) is_heard: bool,
}

/// Who does a task.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Work {
    /// The host's workers; they also say what is inside a for-each.
    Host,
    /// A program.
    Program(Box<ProgramWork>),
    /// Those inside it.
    Inside(Vec<Work>),
    /// Somebody, if what comes of it is not remembered.
    Remembered(Box<MemoSpec>, Box<Work>),
}

impl Work {
    /// Whether what comes of it, or of something inside it, is to be remembered.
    fn is_remembered(&self) -> bool {
        match self {
            Self::Host | Self::Program(_) => false,
            Self::Inside(works) => works.iter().any(Self::is_remembered),
            Self::Remembered(..) => true,
        }
    }
}

/// What the host says of something that it was asked for.
#[derive(Debug, Default)]
pub(super) struct HostReport {
    pub(super) output: Option<Value>,
    pub(super) failure: Option<Failure>,
    pub(super) runs: Option<bool>,
    pub(super) tasks: Option<Vec<TaskSpec>>,
    /// With which exit code it ended.
    pub(super) exit_code: Option<i32>,
    /// Whether there is more to the output than `output` and `blob`.
    pub(super) is_partial: bool,
    /// The output as only the host reads it.
    pub(super) blob: Option<String>,
    pub(super) streams: Vec<StreamRecord>,
    /// The work of `tasks`.
    pub(super) works: Vec<Work>,
}

/// Reads a run.
pub(super) fn run(json: &str) -> Result<Submitted, serde_json::Error> {
    let given: GivenRun = serde_json::from_str(json)?;
    let (tasks, works) = split(given.tasks);
    let tolerance = match (given.stop_on_error, given.allowed_failures) {
        (_, Some(most)) => Tolerance::StopAfter(most),
        (true, None) => Tolerance::StopAfter(0),
        (false, None) => Tolerance::CollectAll,
    };
    let groups = given.groups.into_iter().map(|group| GroupSpec {
        name: group.name,
        limit: group.limit,
    });
    if given.state.is_none() && works.iter().any(Work::is_remembered) {
        let problem = "a task has a `memo`, but the run has no `state` to remember it in";
        return Err(Error::custom(problem));
    }
    Ok(Submitted {
        graph: GraphSpec {
            limit: given.max_concurrency.unwrap_or_else(default_limit),
            groups: groups.collect(),
            tasks,
        },
        works,
        options: RunOptions {
            tolerance,
            timeout: given.timeout,
            // The queue and the programs see to it that attempts end.
            stop_grace: None,
            jitter_seed: given.jitter_seed,
        },
        grace: given.grace.unwrap_or(DEFAULT_GRACE),
        plan: match given.state {
            Some(_) => plan_of(json)?,
            None => String::new(),
        },
        state: given.state,
        is_heard: false,
    })
}

fn plan_of(json: &str) -> Result<String, serde_json::Error> {
    let mut plan: serde_json::Value = serde_json::from_str(json)?;
    if let Some(keys) = plan.as_object_mut() {
        keys.remove("state");
    }
    forget_surroundings(&mut plan);
    Ok(plan.to_string())
}

/// Takes out what a memo depends on and a plan does not, in all tasks.
fn forget_surroundings(plan: &mut serde_json::Value) {
    let tasks = plan.get_mut("tasks").and_then(|it| it.as_array_mut());
    for task in tasks.into_iter().flatten() {
        if let Some(memo) = task.get_mut("memo").and_then(|it| it.as_object_mut()) {
            for key in ["environment", "host", "label", "maxAgeSeconds"] {
                memo.remove(key);
            }
        }
        forget_surroundings(task);
    }
}

/// Reads what the host reports.
pub(super) fn report(json: &str) -> Result<HostReport, serde_json::Error> {
    let given: GivenReport = serde_json::from_str(json)?;
    let (tasks, works) = match given.tasks {
        Some(tasks) => {
            let (tasks, works) = split(tasks);
            (Some(tasks), works)
        }
        None => (None, Vec::new()),
    };
    Ok(HostReport {
        output: given.output,
        failure: given.error.map(|error| Failure {
            kind: FailureKind(error.kind),
            message: error.message,
        }),
        runs: given.runs,
        exit_code: given.exit_code,
        is_partial: given.partial,
        blob: given.blob,
        streams: given.streams,
        tasks,
        works,
    })
}

pub(in crate::app) fn default_limit() -> u32 {
    super::super::default_concurrency() as u32
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct GivenRun {
    max_concurrency: Option<u32>,
    #[serde(default)]
    groups: Vec<GivenGroup>,
    tasks: Vec<GivenTask>,
    #[serde(default)]
    stop_on_error: bool,
    allowed_failures: Option<u32>,
    #[serde(default, rename = "timeoutSeconds", deserialize_with = "seconds")]
    timeout: Option<Duration>,
    #[serde(default, rename = "graceSeconds", deserialize_with = "seconds")]
    grace: Option<Duration>,
    #[serde(default)]
    jitter_seed: u64,
    state: Option<GivenState>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GivenGroup {
    name: String,
    limit: u32,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct GivenReport {
    #[serde(default, deserialize_with = "given")]
    output: Option<Value>,
    error: Option<GivenError>,
    runs: Option<bool>,
    tasks: Option<Vec<GivenTask>>,
    exit_code: Option<i32>,
    #[serde(default)]
    partial: bool,
    blob: Option<String>,
    #[serde(default)]
    streams: Vec<StreamRecord>,
}

/// Tells `null`, which is a value, from a key that is not there.
fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GivenError {
    message: String,
    #[serde(default)]
    kind: u16,
}

fn seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Duration>, D::Error> {
    let Some(seconds) = Option::<f64>::deserialize(deserializer)? else {
        return Ok(None);
    };
    match Duration::try_from_secs_f64(seconds) {
        Ok(time) if seconds <= TIMEOUT_LIMIT_SECONDS => Ok(Some(time)),
        _ => Err(D::Error::custom(format_args!(
            "{seconds} is not between 0 and {TIMEOUT_LIMIT_SECONDS} seconds"
        ))),
    }
}
