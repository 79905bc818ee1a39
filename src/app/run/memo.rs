//! Tasks whose result is remembered: what it depends on, the question for it
//! before a task starts, and what is put in after a success.
//!
//! Reading the files that a task declares, and waiting for somebody else who
//! computes the same, takes time, so that is done on threads of the process's
//! runtime; what comes of it goes into the run's inbox. A look takes less time
//! than waking a thread, so where there are no files the first one is made at
//! once.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::Arc;
use std::time::Duration;

use crate::app::runtime;
use crate::engine::ports::Attempt;
use crate::engine::value::Value;
use crate::store::{
    Asked, Flight, KeyParts, Memo, MemoKey, NotMemoized, Replay, Secrets, StoreError,
};

use super::inbox::{Inbox, Message};

/// What the result of a task depends on, beside what it needs of other tasks.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct MemoSpec {
    pub(super) kind: String,
    pub(super) script: String,
    pub(super) functions: BTreeMap<String, String>,
    /// As JSON, as those below.
    pub(super) parameters: BTreeMap<String, String>,
    pub(super) using: BTreeMap<String, String>,
    pub(super) inputs: Vec<PathBuf>,
    pub(super) environment: BTreeMap<String, Option<String>>,
    pub(super) folder: String,
    pub(super) host: String,
    /// What it is cleared by.
    pub(super) label: Option<String>,
    pub(super) max_age: Option<Duration>,
    /// The names of the tasks beside it whose output it may read.
    pub(super) needs: Vec<String>,
}

/// What somebody who is to be asked before a task starts said.
#[derive(Debug)]
pub(super) enum Answer {
    /// It need not run.
    Hit(Replay),
    /// It has to, and what comes of it is to be put in.
    Compute(Flight),
    /// It has to, and what comes of it is not remembered.
    Not(Why),
}

/// Why a result is not remembered, for a person.
pub(super) type Why = String;

/// The output of a task that another needs.
pub(super) enum Needed {
    /// All of it, as JSON and as the host wrote it.
    Whole(String, String),
    /// There is more to it than can be stored.
    Partial,
}

/// What is known of a task whose result is remembered.
struct Known {
    spec: Arc<MemoSpec>,
    /// The tasks whose output it may read.
    needs: Vec<u32>,
}

/// What a run remembers of its tasks, and what it is asking for.
pub(super) struct Memos {
    memo: Option<Memo>,
    plan: String,
    secrets: Secrets,
    inbox: Arc<Inbox>,
    specs: HashMap<u32, Known>,
    /// What is asked for, and whether anybody still wants to know.
    asked: HashMap<Attempt, Arc<AtomicBool>>,
    /// What this run computes.
    flights: HashMap<Attempt, Flight>,
}

impl Memos {
    /// Without a memo, every task runs.
    pub(super) fn new(memory: Results, inbox: Arc<Inbox>) -> Self {
        Self {
            memo: memory.memo,
            plan: memory.plan,
            secrets: memory.secrets,
            inbox,
            specs: HashMap::new(),
            asked: HashMap::new(),
            flights: HashMap::new(),
        }
    }

    pub(super) fn learn(&mut self, task: u32, spec: MemoSpec, needs: Vec<u32>) {
        if self.memo.is_some() {
            let spec = Arc::new(spec);
            self.specs.insert(task, Known { spec, needs });
        }
    }

    /// The tasks whose output a task may read, if it is to be asked for.
    pub(super) fn needs_of(&self, task: u32) -> Option<&[u32]> {
        self.specs.get(&task).map(|known| known.needs.as_slice())
    }

    /// Asks for the result of a task. What is remembered and can be found without
    /// reading files is given back; else what comes of it goes into the inbox.
    pub(super) fn ask(
        &mut self,
        attempt: Attempt,
        needed: Vec<(String, Needed)>,
    ) -> Option<Replay> {
        let (Some(memo), Some(spec)) = (&self.memo, self.specs.get(&attempt.task)) else {
            return None;
        };
        if spec.spec.inputs.is_empty() {
            let key = key(&spec.spec, &needed, &self.secrets).ok();
            let found = key.and_then(|key| memo.look(key, spec.spec.max_age));
            if found.is_some() {
                return found;
            }
        }
        let is_wanted = Arc::new(AtomicBool::new(true));
        self.asked.insert(attempt, Arc::clone(&is_wanted));
        let (memo, spec) = (memo.clone(), Arc::clone(&spec.spec));
        let (secrets, inbox) = (self.secrets.clone(), Arc::clone(&self.inbox));
        let work = move || {
            let answer = answer(&memo, &spec, &needed, &secrets, &is_wanted);
            inbox.post(Message::Answered { attempt, answer });
        };
        if let Err(why) = in_background(work) {
            let answer = Answer::Not(why);
            self.inbox.post(Message::Answered { attempt, answer });
        }
        None
    }

    /// Nobody wants to know any more. True if it was being asked for.
    pub(super) fn forget(&mut self, attempt: Attempt) -> bool {
        let Some(is_wanted) = self.asked.remove(&attempt) else {
            return false;
        };
        is_wanted.store(false, Ordering::SeqCst);
        if let Some(memo) = &self.memo {
            memo.wake();
        }
        true
    }

    /// Whether an answer is still wanted; not twice.
    pub(super) fn is_asked(&mut self, attempt: Attempt) -> bool {
        self.asked.remove(&attempt).is_some()
    }

    /// This run computes a result.
    pub(super) fn fly(&mut self, attempt: Attempt, flight: Flight) {
        self.flights.insert(attempt, flight);
    }

    /// Whether what comes of an attempt is to be remembered.
    pub(super) fn flies(&self, attempt: Attempt) -> bool {
        self.flights.contains_key(&attempt)
    }

    /// Nothing that could be remembered has come of an attempt: the next who
    /// asks computes it.
    pub(super) fn give_up(&mut self, attempt: Attempt) {
        if let Some(flight) = self.flights.remove(&attempt) {
            self.dismiss(Answer::Compute(flight));
        }
    }

    /// Nobody wants an answer any more.
    pub(super) fn dismiss(&self, answer: Answer) {
        // A flight writes that it is over. Without a thread it does so here.
        let _ = in_background(move || drop(answer));
    }

    /// Puts in what came of an attempt; that it has been done goes into the
    /// inbox.
    pub(super) fn keep(&mut self, attempt: Attempt, path: &str, replay: Replay) {
        let known = self.specs.get(&attempt.task);
        let (Some(flight), Some(known)) = (self.flights.remove(&attempt), known) else {
            return;
        };
        let spec = &known.spec;
        let label = spec.label.clone();
        let label = label.unwrap_or_else(|| format!("{}/{path}", self.plan));
        let (secrets, inbox) = (self.secrets.clone(), Arc::clone(&self.inbox));
        let max_age = spec.max_age;
        let work = move || {
            let kept = flight.keep(&label, replay, max_age, &secrets);
            let why = match kept {
                Ok(not) => not.map(|not| not.to_string()),
                Err(error) => Some(error.to_string()),
            };
            inbox.post(Message::Landed { attempt, why });
        };
        if let Err(error) = in_background(work) {
            let why = Some(error);
            self.inbox.post(Message::Landed { attempt, why });
        }
    }
}

/// Where the results of a run are remembered, if they are.
#[derive(Default)]
pub(super) struct Results {
    pub(super) memo: Option<Memo>,
    pub(super) plan: String,
    pub(super) secrets: Secrets,
}

fn in_background(work: impl FnOnce() + Send + 'static) -> Result<(), Why> {
    let runtime =
        runtime::shared().map_err(|error| format!("there is no thread for it: {error}"))?;
    runtime.spawn_blocking(work);
    Ok(())
}

fn answer(
    memo: &Memo,
    spec: &MemoSpec,
    needed: &[(String, Needed)],
    secrets: &Secrets,
    is_wanted: &AtomicBool,
) -> Answer {
    let key = match key(spec, needed, secrets) {
        Ok(key) => key,
        Err(why) => return Answer::Not(why),
    };
    let wanted = || is_wanted.load(Ordering::SeqCst);
    match ask(memo, key, spec.max_age, wanted) {
        Ok(Asked::Hit(replay)) => Answer::Hit(replay),
        Ok(Asked::Compute(flight)) => Answer::Compute(flight),
        // Nobody wants to know.
        Ok(Asked::InFlight(_)) => Answer::Not(String::new()),
        Err(error) => Answer::Not(error.to_string()),
    }
}

fn ask(
    memo: &Memo,
    key: MemoKey,
    max_age: Option<Duration>,
    wanted: impl Fn() -> bool,
) -> Result<Asked, StoreError> {
    match memo.ask(key, max_age)? {
        Asked::InFlight(waiting) => waiting.wait_while(wanted),
        asked => Ok(asked),
    }
}

fn key(spec: &MemoSpec, needed: &[(String, Needed)], secrets: &Secrets) -> Result<MemoKey, Why> {
    let mut outputs = Vec::new();
    for (name, output) in needed {
        match output {
            Needed::Whole(value, blob) => {
                outputs.push((name.as_str(), value.as_str(), blob.as_str()));
            }
            Needed::Partial => {
                return Err(format!(
                    "it needs the output of task '{name}', which cannot be stored as a whole"
                ));
            }
        }
    }
    let functions = texts(&spec.functions);
    let (parameters, using) = (texts(&spec.parameters), texts(&spec.using));
    let environment = spec.environment.iter();
    let environment: Vec<_> = environment
        .map(|(name, value)| (name.as_str(), value.as_deref()))
        .collect();
    let parts = KeyParts {
        kind: &spec.kind,
        script: &spec.script,
        functions: &functions,
        parameters: &parameters,
        using: &using,
        inputs: &spec.inputs,
        environment: &environment,
        folder: &spec.folder,
        host: &spec.host,
        outputs: &outputs,
    };
    MemoKey::of(&parts, secrets).map_err(|not: NotMemoized| not.to_string())
}

fn texts(by_name: &BTreeMap<String, String>) -> Vec<(&str, &str)> {
    let texts = by_name.iter();
    texts
        .map(|(name, text)| (name.as_str(), text.as_str()))
        .collect()
}

/// What later tasks see of an output.
pub(super) fn text_of(output: Option<&Value>) -> String {
    let text = output.map(serde_json::to_string);
    text.and_then(Result::ok).unwrap_or_default()
}
