//! The tasks of a run.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::time::Duration;

use serde::Deserialize;

use crate::app::run::programs::ProgramWork;
use crate::engine::batch::ProgramSpec;
use crate::engine::graph::{OnResume, TaskKind, TaskSpec};
use crate::engine::retry::{Backoff, FailureKind, RetryOn, RetryPolicy};

use super::memo::GivenMemo;
use super::{seconds, Work};

/// The longest delay of a retry that does not say.
const LONGEST_DELAY: Duration = Duration::from_secs(3600);

pub(super) fn split(tasks: Vec<GivenTask>) -> (Vec<TaskSpec>, Vec<Work>) {
    tasks.into_iter().map(GivenTask::split).unzip()
}

#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum GivenKind {
    #[default]
    Host,
    Program,
    Graph,
    Race,
    ForEach,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
enum GivenOnResume {
    Rerun,
    Skip,
    Fail,
}

#[derive(Deserialize)]
#[serde(try_from = "GivenFields")]
pub(super) struct GivenTask(Box<GivenFields>);

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct GivenFields {
    name: String,
    #[serde(default)]
    pub(super) kind: GivenKind,
    #[serde(default)]
    pub(super) depends_on: Vec<String>,
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
    on_resume: Option<GivenOnResume>,
    #[expect(dead_code, reason = "it only tells plans apart, as text")]
    content: Option<String>,
    pub(super) memo: Option<GivenMemo>,
    tasks: Option<Vec<GivenTask>>,
    pub(super) argv: Option<Vec<String>>,
    pub(super) env: Option<BTreeMap<String, Option<String>>>,
    pub(super) cwd: Option<String>,
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

/// What is wrong with a task whose keys are all known.
pub(super) enum Problem {
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
        let is_work = matches!(self.kind, GivenKind::Host | GivenKind::Program);
        if !is_work && self.on_resume.is_some() {
            return Err(Problem::NotFor("onResume", "`host` and `program`"));
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
            on_resume: match fields.on_resume {
                None | Some(GivenOnResume::Rerun) => OnResume::Rerun,
                Some(GivenOnResume::Skip) => OnResume::Skip,
                Some(GivenOnResume::Fail) => OnResume::Fail,
            },
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
            large: None,
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
