//! From the JSON of a run, and from what the host reports, to the engine's
//! terms. [`super`] documents the keys.

mod memo;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::time::Duration;

use serde::de::Error;
use serde::{Deserialize, Deserializer};

use crate::engine::batch::{ProgramSpec, TIMEOUT_LIMIT_SECONDS};
use crate::engine::graph::{GraphSpec, GroupSpec, TaskKind, TaskSpec};
use crate::engine::retry::{Backoff, FailureKind, RetryOn, RetryPolicy};
use crate::engine::schedule::{Failure, RunOptions, Tolerance};
use crate::engine::value::Value;
use crate::store::{Again, Durability, Secrets, StreamRecord};

use super::memo::MemoSpec;
use super::programs::ProgramWork;

/// How long a worker may go on after a stop, if the run does not say.
const DEFAULT_GRACE: Duration = Duration::from_secs(5);

/// The longest delay of a retry that does not say.
const LONGEST_DELAY: Duration = Duration::from_secs(3600);

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

fn default_limit() -> u32 {
    super::super::default_concurrency() as u32
}

fn split(tasks: Vec<GivenTask>) -> (Vec<TaskSpec>, Vec<Work>) {
    tasks.into_iter().map(GivenTask::split).unzip()
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

/// Where a run is kept.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct GivenState {
    pub(super) folder: String,
    /// What the plan is called.
    pub(super) name: String,
    /// The id of the run.
    pub(super) run: String,
    resume: Option<GivenResume>,
    #[serde(default)]
    pub(super) accepts_changed_plan: bool,
    #[serde(default)]
    durability: GivenDurability,
    /// The latest so many runs are kept; `None` for all.
    pub(super) keep_runs: Option<u32>,
    /// What is older is deleted.
    #[serde(default, rename = "maxAgeSeconds", deserialize_with = "seconds")]
    pub(super) max_age: Option<Duration>,
    /// Nothing is remembered, and nothing that is remembered is used.
    #[serde(default)]
    pub(super) no_cache: bool,
    /// What must not be written down, by name.
    #[serde(default)]
    secrets: BTreeMap<String, String>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "camelCase")]
enum GivenResume {
    Unfinished,
    Unsuccessful,
}

#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
enum GivenDurability {
    #[default]
    Normal,
    Full,
}

impl GivenState {
    /// Which tasks run again, if the run goes on.
    pub(super) fn again(&self) -> Option<Again> {
        self.resume.map(|resume| match resume {
            GivenResume::Unfinished => Again::Unfinished,
            GivenResume::Unsuccessful => Again::Unsuccessful,
        })
    }

    pub(super) fn secrets(&self) -> Secrets {
        Secrets::new(
            self.secrets
                .iter()
                .map(|(name, value)| (name.as_str(), value)),
        )
    }

    pub(super) fn durability(&self) -> Durability {
        match self.durability {
            GivenDurability::Normal => Durability::Normal,
            GivenDurability::Full => Durability::Full,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GivenGroup {
    name: String,
    limit: u32,
}

#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
enum GivenKind {
    #[default]
    Host,
    Program,
    Graph,
    Race,
    ForEach,
}

#[derive(Deserialize)]
#[serde(try_from = "GivenFields")]
struct GivenTask(Box<GivenFields>);

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct GivenFields {
    name: String,
    #[serde(default)]
    kind: GivenKind,
    #[serde(default)]
    depends_on: Vec<String>,
    #[serde(default)]
    after: Vec<String>,
    phase: Option<u32>,
    group: Option<String>,
    weight: Option<u32>,
    #[serde(default)]
    priority: i16,
    #[serde(default, rename = "estimateSeconds", deserialize_with = "seconds")]
    estimate: Option<Duration>,
    #[serde(default, rename = "timeoutSeconds", deserialize_with = "seconds")]
    timeout: Option<Duration>,
    retry: Option<GivenRetry>,
    #[serde(default)]
    conditional: bool,
    #[serde(default)]
    finally: bool,
    #[serde(default)]
    continue_on_error: bool,
    #[expect(dead_code, reason = "it only tells plans apart, as text")]
    content: Option<String>,
    memo: Option<memo::GivenMemo>,
    tasks: Option<Vec<GivenTask>>,
    argv: Option<Vec<String>>,
    env: Option<BTreeMap<String, Option<String>>>,
    cwd: Option<String>,
    #[serde(default, rename = "graceSeconds", deserialize_with = "seconds")]
    grace: Option<Duration>,
    max_output_bytes: Option<usize>,
    success_codes: Option<BTreeSet<i32>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct GivenRetry {
    count: u32,
    #[serde(default, rename = "delaySeconds", deserialize_with = "seconds")]
    delay: Option<Duration>,
    #[serde(default, rename = "maxDelaySeconds", deserialize_with = "seconds")]
    cap: Option<Duration>,
    #[serde(default)]
    exponential: bool,
    #[serde(default)]
    jitter: f64,
    on_timeout: Option<bool>,
    on_kinds: Option<Vec<u16>>,
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

/// What is wrong with a task whose keys are all known.
enum Problem {
    Missing(&'static str, &'static str),
    NotFor(&'static str, &'static str),
    NulByte(&'static str),
    NoProgram,
    Jitter(f64),
    CapWithoutGrowth,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(key, kind) => write!(f, "a task of kind `{kind}` needs `{key}`"),
            Self::NotFor(key, kind) => write!(f, "`{key}` is only for tasks of kind {kind}"),
            Self::NulByte(key) => {
                write!(f, "`{key}` has a NUL byte, which no program can be given")
            }
            Self::NoProgram => f.write_str("the first string of `argv`, the program, is missing"),
            Self::Jitter(jitter) => write!(f, "`jitter` is {jitter}, which is not from 0 to 1"),
            Self::CapWithoutGrowth => {
                f.write_str("`maxDelaySeconds` is only for a retry that is `exponential`")
            }
        }
    }
}

impl TryFrom<GivenFields> for GivenTask {
    type Error = String;

    fn try_from(fields: GivenFields) -> Result<Self, String> {
        match fields.check() {
            Ok(()) => Ok(Self(Box::new(fields))),
            Err(problem) => Err(format!("task '{}': {problem}", fields.name)),
        }
    }
}

impl GivenFields {
    fn check(&self) -> Result<(), Problem> {
        let is_program = self.kind == GivenKind::Program;
        let of_programs = [
            ("argv", self.argv.is_some()),
            ("env", self.env.is_some()),
            ("cwd", self.cwd.is_some()),
            ("graceSeconds", self.grace.is_some()),
            ("maxOutputBytes", self.max_output_bytes.is_some()),
            ("successCodes", self.success_codes.is_some()),
        ];
        let stray = of_programs.iter().find(|(_, is_there)| *is_there);
        if let (false, Some((key, _))) = (is_program, stray) {
            return Err(Problem::NotFor(key, "`program`"));
        }
        let holds = match self.kind {
            GivenKind::Graph => Some("graph"),
            GivenKind::Race => Some("race"),
            _ => None,
        };
        match (holds, &self.tasks) {
            (Some(kind), None) => return Err(Problem::Missing("tasks", kind)),
            (None, Some(_)) => return Err(Problem::NotFor("tasks", "`graph` and `race`")),
            _ => {}
        }
        if is_program {
            self.check_program()?;
        }
        self.check_memo()?;
        self.retry.as_ref().map_or(Ok(()), GivenRetry::check)
    }

    fn check_program(&self) -> Result<(), Problem> {
        let argv = self.argv.as_deref().unwrap_or_default();
        if argv.first().is_none_or(String::is_empty) {
            return Err(Problem::NoProgram);
        }
        let has_nul = |text: &String| text.contains('\0');
        if argv.iter().any(has_nul) {
            return Err(Problem::NulByte("argv"));
        }
        if self.cwd.as_ref().is_some_and(has_nul) {
            return Err(Problem::NulByte("cwd"));
        }
        let mut variables = self.env.iter().flatten();
        let is_wrong = |(name, value): (&String, &Option<String>)| {
            name.is_empty() || name.contains(['=', '\0']) || value.as_ref().is_some_and(has_nul)
        };
        match variables.any(is_wrong) {
            true => Err(Problem::NulByte("env")),
            false => Ok(()),
        }
    }
}

impl GivenTask {
    fn split(self) -> (TaskSpec, Work) {
        let mut fields = *self.0;
        let inside = fields.tasks.take().map(split);
        let memo = fields.memo();
        let (kind, work) = match (fields.kind, inside) {
            (GivenKind::Graph, Some((tasks, works))) => {
                (TaskKind::Graph(tasks), Work::Inside(works))
            }
            (GivenKind::Race, Some((tasks, works))) => (TaskKind::Race(tasks), Work::Inside(works)),
            (GivenKind::ForEach, _) => (TaskKind::ForEach, Work::Host),
            (GivenKind::Program, _) => (TaskKind::Work, fields.program()),
            _ => (TaskKind::Work, Work::Host),
        };
        let spec = TaskSpec {
            kind,
            depends_on: fields.depends_on,
            after: fields.after,
            phase: fields.phase,
            group: fields.group,
            weight: fields.weight.unwrap_or(1),
            priority: fields.priority,
            estimate: fields.estimate,
            timeout: fields.timeout,
            retry: fields.retry.map(GivenRetry::policy),
            is_conditional: fields.conditional,
            is_finally: fields.finally,
            continue_on_error: fields.continue_on_error,
            name: fields.name,
        };
        let work = match memo {
            Some(memo) => Work::Remembered(Box::new(memo), Box::new(work)),
            None => work,
        };
        (spec, work)
    }
}

impl GivenFields {
    fn program(&mut self) -> Work {
        let mut argv = self.argv.take().unwrap_or_default().into_iter();
        let mut spec = ProgramSpec::new(argv.next().unwrap_or_default());
        spec.arguments = argv.collect();
        spec.environment = self.env.take().unwrap_or_default();
        spec.directory = self.cwd.take();
        spec.grace = self.grace.unwrap_or(spec.grace);
        spec.max_output_bytes = self.max_output_bytes.unwrap_or(spec.max_output_bytes);
        let codes = self.success_codes.take();
        Work::Program(Box::new(ProgramWork {
            spec,
            success_codes: codes.unwrap_or_else(|| BTreeSet::from([0])),
        }))
    }
}

impl GivenRetry {
    fn check(&self) -> Result<(), Problem> {
        if !(0.0..=1.0).contains(&self.jitter) {
            return Err(Problem::Jitter(self.jitter));
        }
        match self.cap.is_some() && !self.exponential {
            true => Err(Problem::CapWithoutGrowth),
            false => Ok(()),
        }
    }

    fn policy(self) -> RetryPolicy {
        let backoff = match self.exponential {
            true => Backoff::Exponential {
                cap: self.cap.unwrap_or(LONGEST_DELAY),
            },
            false => Backoff::Fixed,
        };
        RetryPolicy {
            count: self.count,
            delay: self.delay.unwrap_or_default(),
            backoff,
            jitter: self.jitter,
            on: RetryOn {
                timeouts: self.on_timeout.unwrap_or(true),
                kinds: self
                    .on_kinds
                    .map(|kinds| kinds.into_iter().map(FailureKind).collect()),
            },
        }
    }
}
