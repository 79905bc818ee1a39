//! Work that programs do, on the process's runtime.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;

use crate::app::runtime;
use crate::engine::batch::{self, CapturedText, Exit, ProgramResult, ProgramSpec};
use crate::engine::cancel::CancelReason;
use crate::engine::ports::Attempt;
use crate::engine::retry::FailureKind;
use crate::engine::schedule::{Ending, Failure};
use crate::engine::value::Value;
use crate::process::{program, stop_channel, Stop, StopSender, Trees};

use super::course::Course;
use super::inbox::{Inbox, Message};
use super::large::LargeOutput;

/// A program that is a task.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::app) struct ProgramWork {
    pub(in crate::app) spec: ProgramSpec,
    /// The exit codes that are a success.
    pub(in crate::app) success_codes: BTreeSet<i32>,
    /// Where what is more than is kept of its output goes, if anywhere.
    pub(in crate::app) large: Option<LargeOutput>,
}

/// The programs of a run.
pub(super) struct Programs {
    trees: Arc<Trees>,
    inbox: Arc<Inbox>,
    /// Hears what they write, if anybody does.
    course: Option<Arc<Course>>,
    works: HashMap<u32, Arc<ProgramWork>>,
    /// How to stop those that run.
    stops: HashMap<u32, StopSender>,
}

impl Programs {
    pub(super) fn new(trees: Arc<Trees>, inbox: Arc<Inbox>) -> Self {
        Self {
            trees,
            inbox,
            course: None,
            works: HashMap::new(),
            stops: HashMap::new(),
        }
    }

    /// What they write from now on is heard as it comes.
    pub(super) fn listen(&mut self, course: Arc<Course>) {
        self.course = Some(course);
    }

    pub(super) fn learn(&mut self, task: u32, work: ProgramWork) {
        self.works.insert(task, Arc::new(work));
    }

    pub(super) fn has(&self, task: u32) -> bool {
        self.works.contains_key(&task)
    }

    pub(super) fn start(&mut self, attempt: Attempt) {
        let Some(work) = self.works.get(&attempt.task).map(Arc::clone) else {
            return;
        };
        let (sender, mut stop) = stop_channel();
        self.stops.insert(attempt.task, sender);
        let (trees, inbox) = (Arc::clone(&self.trees), Arc::clone(&self.inbox));
        let starting = Arc::clone(&self.inbox);
        let ear = self.course.as_ref().map(|course| course.ear(attempt));
        let on_start = move |process_id| {
            starting.post(Message::ProgramStarted {
                attempt,
                process_id,
            });
            ear
        };
        let runtime = match runtime::shared() {
            Ok(runtime) => runtime,
            Err(error) => {
                let error = format!("the runtime could not be started: {error}");
                let ending = batch::Ending::Error { error };
                return self.inbox.post(Message::ProgramEnded { attempt, ending });
            }
        };
        runtime.spawn(async move {
            // A task of its own, so that even a panic in there is an ending.
            let run = async move {
                let spills = work.large.as_ref().map(LargeOutput::spills);
                program::run_spilling(&work.spec, &trees, &mut stop, spills, on_start).await
            };
            let ending = tokio::spawn(run).await;
            let ending = ending.unwrap_or_else(|panic| batch::Ending::Error {
                error: format!("a defect of the engine: {panic}"),
            });
            inbox.post(Message::ProgramEnded { attempt, ending });
        });
    }

    pub(super) fn stop(&self, task: u32, reason: CancelReason) {
        let stop = match reason {
            CancelReason::HostGone => Stop::AtOnce,
            _ => Stop::Gently,
        };
        if let Some(sender) = self.stops.get(&task) {
            sender.order(stop);
        }
    }

    /// How an attempt ended, in the schedule's words, and what it left.
    pub(super) fn ended(
        &mut self,
        task: u32,
        ending: batch::Ending,
    ) -> (Ending, Option<ProgramResult>) {
        self.stops.remove(&task);
        match ending {
            batch::Ending::Exited(result) => (self.judge(task, &result), Some(result)),
            batch::Ending::Stopped(result) => (Ending::Stopped, Some(result)),
            batch::Ending::NeverStarted => (Ending::Stopped, None),
            batch::Ending::Error { error } => (Ending::Failed(Failure::new(error)), None),
        }
    }

    fn judge(&self, task: u32, result: &ProgramResult) -> Ending {
        let succeeds = |code| {
            let work = self.works.get(&task);
            work.is_some_and(|work| work.success_codes.contains(&code))
        };
        let (kind, message) = match result.exit {
            Exit::Code(code) if succeeds(code) => {
                return Ending::Succeeded {
                    output: Some(output(code, result)),
                };
            }
            Exit::Code(code) => (code as u16, format!("the program ended with code {code}")),
            // As shells number it.
            Exit::Signal(signal) => (
                128 + signal as u16,
                format!("the program was ended by signal {signal}"),
            ),
            Exit::Unseen => (0, "the end of the program was not seen".to_owned()),
        };
        let files = [&result.stdout.file, &result.stderr.file];
        let files = files.into_iter().flatten().map(|it| it.path.as_str());
        let files = files.collect::<Vec<_>>().join(" and ");
        let message = match files.is_empty() {
            true => message,
            false => format!("{message}; what it wrote is in {files}"),
        };
        Ending::Failed(Failure {
            kind: FailureKind(kind),
            message,
        })
    }
}

/// What a program left, to be read by [`read_back`].
pub(super) fn written(result: &ProgramResult) -> String {
    serde_json::to_string(result).unwrap_or_default()
}

/// What a program left that has run before.
pub(super) fn read_back(text: &str) -> Option<ProgramResult> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Written {
        exit_code: Option<i32>,
        signal: Option<i32>,
        stdout: CapturedText,
        stderr: CapturedText,
        output_left_open: bool,
    }
    let written: Written = serde_json::from_str(text).ok()?;
    Some(ProgramResult {
        exit: match (written.exit_code, written.signal) {
            (Some(code), _) => Exit::Code(code),
            (None, Some(signal)) => Exit::Signal(signal),
            (None, None) => Exit::Unseen,
        },
        duration: Duration::ZERO,
        stdout: written.stdout,
        stderr: written.stderr,
        output_left_open: written.output_left_open,
    })
}

/// What later tasks see of a program.
fn output(code: i32, result: &ProgramResult) -> Value {
    let text = |text: &str| Value::Text(text.into());
    let mut parts = vec![
        ("exitCode".into(), Value::Int(code.into())),
        ("stdout".into(), text(&result.stdout.text)),
        ("stderr".into(), text(&result.stderr.text)),
    ];
    let files = [
        ("stdoutFile", &result.stdout.file),
        ("stderrFile", &result.stderr.file),
    ];
    for (name, file) in files {
        parts.extend(file.as_ref().map(|it| (name.into(), text(&it.path))));
    }
    Value::Map(parts.into())
}
