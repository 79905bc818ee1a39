//! The workers of one owner, kept warm.

use std::mem;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::value::RawValue;
use tokio::runtime::Handle;
use tokio::select;
use tokio::time::Instant;

use super::place::find;
use super::worker::{Loss, Went, Worker};
use crate::engine::batch::{CapturedText, Exit};
use crate::process::ear::{Ear, Source};
use crate::process::stop::{Stop, StopSignal};
use crate::process::tree::Trees;

/// After so many orders a worker ends: what steps leave in a process, such as
/// the assemblies that they load, cannot be taken away.
pub(super) const MOST_USES: u64 = 250;

/// How many workers in a row may be gone before they begin.
const MOST_TRIES: usize = 3;

/// What a worker is to do.
#[derive(Debug, Clone)]
pub struct Order {
    /// The order, as `step.ps1` reads it.
    pub text: Box<RawValue>,
    /// How long its step may go on after it was asked to end.
    pub grace: Duration,
    /// How many bytes are kept of what it prints to each stream.
    pub max_output_bytes: usize,
    /// Who hears what it writes, if anybody does.
    pub ear: Option<Ear>,
}

impl Order {
    /// Its step wrote a text to a stream of PowerShell.
    pub(super) fn hear(&self, stream: u16, text: &str) {
        if let Some(ear) = &self.ear {
            ear.hear(Source::Stream(stream), text.as_bytes());
        }
    }
}

/// What a step printed beside its output.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Printed {
    /// To stdout.
    pub stdout: CapturedText,
    /// To stderr.
    pub stderr: CapturedText,
}

/// How an order ended.
#[derive(Debug)]
pub enum Ending {
    /// With an answer.
    Answered {
        /// As the worker gave it.
        answer: Box<RawValue>,
        /// What the step printed.
        printed: Printed,
        /// From its begin to its end.
        duration: Duration,
    },
    /// By a stop.
    Stopped {
        /// What the step printed.
        printed: Printed,
        /// From its begin to its end.
        duration: Duration,
    },
    /// A stop came before it began.
    NeverStarted,
    /// Without an answer.
    Lost {
        /// Why.
        error: String,
        /// The worker's, if its step made it end.
        exit_code: Option<i32>,
        /// What the step printed.
        printed: Printed,
        /// From its begin to its end.
        duration: Duration,
    },
}

/// The workers of one owner. They end when it is dropped.
pub struct Workers {
    program: Option<PathBuf>,
    trees: Arc<Trees>,
    resting: Mutex<Vec<Worker>>,
}

impl Workers {
    /// None yet; they are started as they are needed. `program` is where `pwsh`
    /// is, if not on `PATH`.
    pub fn new(program: Option<PathBuf>, trees: Arc<Trees>) -> Self {
        Self {
            program,
            trees,
            resting: Mutex::default(),
        }
    }

    /// Has an order carried out, by a worker at rest or a new one. `on_begin` is
    /// told the process id. Must be called inside a tokio runtime.
    pub async fn run(
        &self,
        order: &Order,
        stop: &mut StopSignal,
        on_begin: impl FnOnce(u32) + Send,
    ) -> Ending {
        let mut begun = None;
        let mut on_begin = Some(on_begin);
        for _ in 0..MOST_TRIES {
            let worker = select! {
                biased;
                () = stop.at_least(Stop::Gently) => return Ending::NeverStarted,
                worker = self.worker() => worker,
            };
            let worker = match worker {
                Ok(Some(worker)) => worker,
                Ok(None) => return Ending::NeverStarted,
                Err(error) => return lost(error),
            };
            let mut begin = |process_id| {
                begun = Some(Instant::now());
                if let Some(on_begin) = on_begin.take() {
                    on_begin(process_id);
                }
            };
            let (worker, went) = worker.carry_out(order, &self.trees, stop, &mut begin).await;
            if let Some(worker) = worker {
                self.put_back(worker);
            }
            if !matches!(went, Went::NotBegun) {
                return ending(went, begun.map(|begun| begun.elapsed()));
            }
        }
        lost("the PowerShell workers end before they begin with it".to_owned())
    }

    async fn worker(&self) -> Result<Option<Worker>, String> {
        if self.trees.is_closed() {
            return Ok(None);
        }
        loop {
            let resting = self.lock().pop();
            let Some(mut worker) = resting else {
                break;
            };
            if !worker.is_gone().await {
                return Ok(Some(worker));
            }
        }
        let program = find(self.program.as_deref()).map_err(|error| error.to_string())?;
        Worker::start(&program, &self.trees).await
    }

    fn put_back(&self, worker: Worker) {
        if worker.uses < MOST_USES {
            self.lock().push(worker);
        } else {
            tokio::spawn(worker.end());
        }
    }

    /// Ends those at rest, and waits until they have.
    pub async fn end(&self) {
        let resting = mem::take(&mut *self.lock());
        let ending: Vec<_> = resting
            .into_iter()
            .map(|worker| tokio::spawn(worker.end()))
            .collect();
        for ended in ending {
            let _ = ended.await;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Worker>> {
        self.resting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Workers {
    fn drop(&mut self) {
        // Outside a runtime they are killed, by being dropped.
        if let Ok(runtime) = Handle::try_current() {
            for worker in mem::take(&mut *self.lock()) {
                runtime.spawn(worker.end());
            }
        }
    }
}

fn lost(error: String) -> Ending {
    Ending::Lost {
        error,
        exit_code: None,
        printed: Printed::default(),
        duration: Duration::ZERO,
    }
}

fn ending(went: Went, duration: Option<Duration>) -> Ending {
    let Some(duration) = duration else {
        return match went {
            Went::Lost(Loss::Spoilt(why), _) => lost(format!("it could not be begun: {why}")),
            _ => Ending::NeverStarted,
        };
    };
    match went {
        Went::Answered(answer, printed) => Ending::Answered {
            answer,
            printed,
            duration,
        },
        Went::Stopped(printed) => Ending::Stopped { printed, duration },
        Went::NotBegun => Ending::NeverStarted,
        Went::Lost(loss, printed) => {
            let (error, exit_code) = told(loss);
            Ending::Lost {
                error,
                exit_code,
                printed,
                duration,
            }
        }
    }
}

fn told(loss: Loss) -> (String, Option<i32>) {
    match loss {
        Loss::Ended(Exit::Code(code)) => (
            format!("the step ended the PowerShell process that it ran in, with code {code}"),
            Some(code),
        ),
        Loss::Ended(Exit::Signal(signal)) => (
            format!("the PowerShell process that it ran in was ended by signal {signal}"),
            None,
        ),
        Loss::Ended(Exit::Unseen) => (
            "the PowerShell process that it ran in was lost".to_owned(),
            None,
        ),
        Loss::Spoilt(what) => (
            format!("the PowerShell process that it ran in was killed: {what}"),
            None,
        ),
    }
}
