//! Work that warm `pwsh` processes do, on the process's runtime.

use std::collections::HashMap;
use std::future::pending;
use std::path::PathBuf;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use serde_json::value::RawValue;
use tokio::select;
use tokio::sync::oneshot;
use tokio::time::sleep;

use crate::app::runtime;
use crate::engine::cancel::CancelReason;
use crate::engine::ports::Attempt;
use crate::engine::retry::FailureKind;
use crate::engine::schedule::{Ending, Failure};
use crate::process::powershell::{self, Order, Printed, Workers};
use crate::process::{stop_channel, Ear, Stop, StopSender, StopSignal, Trees};
use crate::store::StreamRecord;

use super::course::{Course, Left};
use super::hosted::Ask;
use super::inbox::{Inbox, Message};
use super::read::{self, HostReport};

/// How much of what a step prints to each stream is kept.
const MAX_OUTPUT_BYTES: usize = 1 << 20;

/// The numbers of PowerShell's streams that what a step prints counts to: what is
/// shown whatever the preferences are, and errors.
const SHOWN: u16 = 16;
const ERRORS: u16 = 2;

/// A step that a `pwsh` process does.
#[derive(Debug, Clone)]
pub(in crate::app) struct PowerShellOrder {
    /// Where `pwsh` is, if not on `PATH`; the same for all of a run.
    pub(in crate::app) program: Option<PathBuf>,
    /// What it is told.
    pub(in crate::app) order: String,
    /// How long the step may go on after it was asked to end.
    pub(in crate::app) grace: Duration,
    /// How long it may take. Steps have none: the run itself counts their time.
    pub(in crate::app) limit: Option<Limit>,
}

/// How long an order may take from its begin.
#[derive(Debug, Clone)]
pub(in crate::app) struct Limit {
    pub(in crate::app) time: Duration,
    /// What is said if it takes longer.
    pub(in crate::app) error: String,
}

/// What came of something that was asked.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) ending: Result<Ending, Failure>,
    pub(super) runs: Option<bool>,
    pub(super) duration: Duration,
    pub(super) left: Left,
}

/// The `pwsh` processes of a run.
pub(super) struct PowerShells {
    trees: Arc<Trees>,
    inbox: Arc<Inbox>,
    /// Hears what they write, if anybody does.
    course: Option<Arc<Course>>,
    /// Once there is something for them.
    workers: Option<Arc<Workers>>,
    /// What is asked next.
    works: HashMap<(Ask, u32), PowerShellOrder>,
    /// How to stop the attempts that run.
    stops: HashMap<u32, StopSender>,
}

impl PowerShells {
    pub(super) fn new(trees: Arc<Trees>, inbox: Arc<Inbox>) -> Self {
        Self {
            trees,
            inbox,
            course: None,
            workers: None,
            works: HashMap::new(),
            stops: HashMap::new(),
        }
    }

    /// What steps write from now on is heard as it comes.
    pub(super) fn listen(&mut self, course: Arc<Course>) {
        self.course = Some(course);
    }

    /// Takes what is to be done for a task the next time that this is asked.
    pub(super) fn learn(&mut self, ask: Ask, task: u32, work: PowerShellOrder) {
        self.works.insert((ask, task), work);
    }

    /// Begins with what was learnt. False if nothing was.
    #[must_use]
    pub(super) fn start(&mut self, ask: Ask, attempt: Attempt) -> bool {
        let Some(work) = self.works.remove(&(ask, attempt.task)) else {
            return false;
        };
        let (sender, stop) = stop_channel();
        // The run stops its steps; what else is asked ends by its limit.
        let own_sender = match ask {
            Ask::Run => {
                self.stops.insert(attempt.task, sender);
                None
            }
            _ => Some(sender),
        };
        let workers = self.workers.get_or_insert_with(|| {
            let workers = Workers::new(work.program.clone(), Arc::clone(&self.trees));
            Arc::new(workers)
        });
        let (workers, inbox) = (Arc::clone(workers), Arc::clone(&self.inbox));
        let course = self.course.as_ref().filter(|_| ask == Ask::Run);
        let ear = course.map(|course| course.ear(attempt));
        let post = move |inbox: &Inbox, answer| {
            let answer = Box::new(answer);
            inbox.post(Message::PowerShellEnded(ask, attempt, answer));
        };
        let runtime = match runtime::shared() {
            Ok(runtime) => runtime,
            Err(error) => {
                post(
                    &inbox,
                    refused(format!("the runtime could not be started: {error}")),
                );
                return true;
            }
        };
        runtime.spawn(async move {
            // A task of its own, so that even a panic in there is an ending.
            let starting = Arc::clone(&inbox);
            let on_begin = move |process_id| {
                if ask == Ask::Run {
                    starting.post(Message::ProgramStarted {
                        attempt,
                        process_id,
                    });
                }
            };
            let run = async move {
                let limit = work.limit.clone().zip(own_sender);
                match order_of(work, ear) {
                    Ok(order) => carry_out(&workers, &order, limit, stop, on_begin).await,
                    Err(error) => refused(error),
                }
            };
            let answer = tokio::spawn(run).await;
            let answer =
                answer.unwrap_or_else(|panic| refused(format!("a defect of the engine: {panic}")));
            post(&inbox, answer);
        });
        true
    }

    /// Stops the attempt at a task. False if it is at work on none.
    pub(super) fn stop(&self, task: u32, reason: CancelReason) -> bool {
        let stop = match reason {
            CancelReason::HostGone => Stop::AtOnce,
            _ => Stop::Gently,
        };
        let sender = self.stops.get(&task);
        sender.inspect(|sender| sender.order(stop)).is_some()
    }

    /// The attempt at a task is over.
    pub(super) fn ended(&mut self, task: u32) {
        self.stops.remove(&task);
    }

    /// Nothing more will be asked: ends the processes, and waits until they have.
    pub(super) fn end(&mut self) {
        if let (Some(workers), Ok(runtime)) = (self.workers.take(), runtime::shared()) {
            runtime.block_on(workers.end());
        }
    }
}

async fn carry_out(
    workers: &Workers,
    order: &Order,
    limit: Option<(Limit, StopSender)>,
    mut stop: StopSignal,
    on_begin: impl FnOnce(u32) + Send,
) -> Answer {
    let Some((limit, sender)) = limit else {
        return answer_of(workers.run(order, &mut stop, on_begin).await);
    };
    let (begun, begins) = oneshot::channel();
    let on_begin = |process_id| {
        let _ = begun.send(());
        on_begin(process_id);
    };
    let mut running = pin!(workers.run(order, &mut stop, on_begin));
    let time_is_up = async {
        match begins.await {
            Ok(()) => sleep(limit.time).await,
            // It never begins.
            Err(_) => pending().await,
        }
    };
    select! {
        ending = &mut running => return answer_of(ending),
        () = time_is_up => sender.order(Stop::Gently),
    }
    Answer {
        ending: Err(Failure::new(limit.error)),
        runs: None,
        ..answer_of(running.await)
    }
}

fn order_of(work: PowerShellOrder, ear: Option<Ear>) -> Result<Order, String> {
    let text = RawValue::from_string(work.order);
    Ok(Order {
        text: text.map_err(|error| format!("a defect of the engine: {error}"))?,
        grace: work.grace,
        max_output_bytes: MAX_OUTPUT_BYTES,
        ear,
    })
}

fn refused(error: String) -> Answer {
    Answer {
        ending: Err(Failure::new(error)),
        runs: None,
        duration: Duration::ZERO,
        left: Left::default(),
    }
}

/// How an order ended, in the words of those that the host's workers carry out.
fn answer_of(ending: powershell::Ending) -> Answer {
    match ending {
        powershell::Ending::Answered {
            answer,
            printed,
            duration,
        } => match read::report(answer.get()) {
            Ok(report) => reported(report, &printed, duration),
            Err(error) => Answer {
                duration,
                ..refused(format!("the answer of PowerShell cannot be read: {error}"))
            },
        },
        powershell::Ending::Stopped { printed, duration } => Answer {
            ending: Ok(Ending::Stopped),
            runs: None,
            duration,
            left: Left {
                streams: streams_of(&printed, Vec::new()).into(),
                is_told: true,
                ..Left::default()
            },
        },
        powershell::Ending::NeverStarted => Answer {
            ending: Ok(Ending::Stopped),
            ..refused(String::new())
        },
        powershell::Ending::Lost {
            error,
            exit_code,
            printed,
            duration,
        } => Answer {
            ending: Err(Failure {
                kind: FailureKind(exit_code.unwrap_or_default() as u16),
                message: error,
            }),
            runs: None,
            duration,
            left: Left {
                exit_code,
                streams: streams_of(&printed, Vec::new()).into(),
                is_told: true,
                ..Left::default()
            },
        },
    }
}

fn reported(report: HostReport, printed: &Printed, duration: Duration) -> Answer {
    let ending = match report.failure {
        Some(failure) => Err(failure),
        None => Ok(Ending::Succeeded {
            output: report.output,
        }),
    };
    Answer {
        ending,
        runs: report.runs,
        duration,
        left: Left {
            exit_code: report.exit_code,
            is_partial: report.is_partial,
            blob: report.blob.map(Arc::from),
            streams: streams_of(printed, report.streams).into(),
            is_told: true,
            ..Left::default()
        },
    }
}

/// What a step wrote, with what it or its programs printed past PowerShell.
fn streams_of(printed: &Printed, mut streams: Vec<StreamRecord>) -> Vec<StreamRecord> {
    for (stream, captured) in [(SHOWN, &printed.stdout), (ERRORS, &printed.stderr)] {
        if !captured.text.is_empty() {
            let text = captured.text.clone();
            streams.push(StreamRecord { stream, text });
        }
    }
    streams
}
