//! The thread of a run: turns what comes in into inputs of the schedule, has
//! each step kept, and turns its actions into work. It decides nothing.

mod remembering;

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use crate::engine::batch::{self, Exit};
use crate::engine::cancel::CancelReason;
use crate::engine::clock::Moment;
use crate::engine::graph::Graph;
use crate::engine::ports::{Attempt, Journal, JournalError, Step};
use crate::engine::schedule::{
    self, Action, Ending, Failure, Input, RunEvent, RunStatus, Schedule,
};
use crate::store::{Detail, Details};

use super::course::{Course, Known, Left, Line, Runner, State, Sum, What};
use super::hosted::{Ask, Done, Hosted};
use super::inbox::{Inbox, Message};
use super::memo::{Answer, Memos};
use super::programs::Programs;
use super::read::Work;
use super::{Earlier, Memory};

const NO_WORKERS: &str = "the workers' pool was closed";

/// Where the work of a run is done.
pub(super) struct Places {
    pub(super) hosted: Option<Hosted>,
    pub(super) programs: Programs,
}

/// One thing that came in.
enum Item {
    Input(Input),
    Started(Attempt, Runner),
    ProgramEnded(Attempt, batch::Ending),
    Answered(Attempt, Answer),
    Landed(Attempt, Option<String>),
    Output {
        task: u32,
        kind: u16,
    },
    Over {
        input: Input,
        duration: Duration,
        left: Left,
        works: Vec<Work>,
    },
}

/// What the schedule does not keep of the attempts that run.
#[derive(Debug, Default)]
struct Note {
    runner: Option<Runner>,
    begun: Option<Moment>,
    /// How long the attempt took, as whoever ran it measured it.
    measured: Option<Duration>,
    left: Left,
    /// Why what comes of it is not remembered.
    not_memoized: Option<Arc<str>>,
}

/// What there is to an output beside its value.
struct Rest {
    blob: Option<Arc<str>>,
    is_partial: bool,
}

impl Note {
    /// What is to be kept of it that the schedule does not know.
    fn detail(&self) -> Detail {
        let failure = self.left.failure.as_ref();
        Detail {
            worker: match self.runner {
                Some(Runner::Worker(worker)) => Some(worker),
                Some(Runner::Process(_)) | None => None,
            },
            exit_code: self.left.exit_code,
            message: failure.map(|failure| failure.message.clone()),
            is_partial: self.left.is_partial,
            duration: self.measured,
            is_cached: self.left.is_cached,
            blob: self
                .left
                .blob
                .as_deref()
                .map(|blob| blob.as_bytes().to_vec()),
        }
    }
}

/// What came of one step.
#[derive(Default)]
struct Outcome {
    events: Vec<RunEvent>,
    lines: Vec<Line>,
    actions: Vec<Action>,
}

/// Takes in how long tasks took, by path.
type WhenOver = Box<dyn FnOnce(Vec<(String, Duration)>) + Send>;

pub(super) struct Driver {
    schedule: Schedule,
    course: Arc<Course>,
    inbox: Arc<Inbox>,
    places: Places,
    journal: Option<Box<dyn Journal>>,
    details: Option<Details>,
    earlier: HashMap<String, Earlier>,
    when_over: Option<WhenOver>,
    notes: HashMap<u32, Note>,
    memos: Memos,
    /// The ends of attempts that are told once their results are remembered.
    held: HashMap<Attempt, Item>,
    rests: HashMap<u32, Rest>,
    /// How long the last attempt of each task took.
    durations: Vec<Duration>,
    /// How many scopes of the graph polls know.
    known_scopes: usize,
}

/// The tasks of the scopes from this one on.
pub(super) fn known(graph: &Graph, scope: usize) -> Vec<Known> {
    let scopes = graph.scopes()[scope..].iter();
    let tasks = scopes.flat_map(|scope| scope.tasks());
    let known = tasks.map(|task| Known {
        task,
        path: graph.path(task).into(),
        parent: graph.parent(task),
    });
    known.collect()
}

impl Driver {
    pub(super) fn new(
        schedule: Schedule,
        course: Arc<Course>,
        inbox: Arc<Inbox>,
        places: Places,
        memory: Memory,
    ) -> Self {
        Self {
            known_scopes: schedule.graph().scopes().len(),
            schedule,
            course,
            places,
            journal: memory.journal,
            details: memory.details,
            earlier: memory.earlier,
            when_over: None,
            notes: HashMap::new(),
            memos: Memos::new(memory.results, Arc::clone(&inbox)),
            held: HashMap::new(),
            rests: HashMap::new(),
            inbox,
            durations: Vec::new(),
        }
    }

    /// Is told at the end how long the tasks took that succeeded by then.
    pub(super) fn when_over(&mut self, act: impl FnOnce(Vec<(String, Duration)>) + Send + 'static) {
        self.when_over = Some(Box::new(act));
    }

    /// Takes over who does the tasks from this number on.
    pub(super) fn learn(&mut self, first: u32, works: Vec<Work>) {
        let mut beside = HashMap::new();
        if works
            .iter()
            .any(|work| matches!(work, Work::Remembered(..)))
        {
            let graph = self.schedule.graph();
            let tasks = (first..).take(works.len());
            beside.extend(tasks.map(|task| (graph.name(task).to_owned(), task)));
        }
        for (task, work) in (first..).zip(works) {
            let work = match work {
                Work::Remembered(memo, work) => {
                    self.learn_memo(task, *memo, &beside);
                    *work
                }
                work => work,
            };
            match work {
                Work::Host | Work::Remembered(..) => {}
                Work::Program(work) => self.places.programs.learn(task, *work),
                Work::Inside(works) => {
                    let first = self.schedule.graph().children(task).start;
                    self.learn(first, works);
                }
            }
        }
    }

    /// Drives the run to its end.
    pub(super) fn run(mut self) {
        let _ending = EndsSomehow(Arc::clone(&self.course));
        let mut is_over = self.step(vec![Item::Input(Input::Tick)]);
        while !is_over {
            let items = self.next();
            is_over = self.step(items);
        }
        self.inbox.close();
        if let Some(hosted) = &self.places.hosted {
            hosted.close();
        }
        if let Some(when_over) = self.when_over.take() {
            when_over(self.took());
        }
    }

    /// How long the tasks took that succeeded and that none are inside.
    fn took(&self) -> Vec<(String, Duration)> {
        let graph = self.schedule.graph();
        let has_run = |&task: &u32| {
            let end = self.schedule.end_of(task);
            let is_of_now = !self.schedule.is_restored(task) && graph.children(task).is_empty();
            is_of_now && end == Some(schedule::TaskEnd::Succeeded)
        };
        let tasks = graph.tasks().filter(has_run);
        let took = |task: u32| Some((graph.path(task), *self.durations.get(task as usize)?));
        tasks.filter_map(took).collect()
    }

    fn next(&mut self) -> Vec<Item> {
        let due = self.schedule.next_deadline();
        let until = due.and_then(|due| self.course.instant_of(due));
        let (messages, has_output) = self.inbox.wait(until);
        let mut items: Vec<_> = messages.into_iter().map(Item::from).collect();
        if let Some(hosted) = self.places.hosted.as_ref().filter(|_| has_output) {
            hosted.take(|done| items.push(done.into()));
        }
        if items.is_empty() {
            items.push(Item::Input(Input::Tick));
        }
        items
    }

    /// Lets the schedule take in what came; has it kept, told and done. True
    /// if the run is over.
    fn step(&mut self, items: Vec<Item>) -> bool {
        let mut items = VecDeque::from(items);
        while !items.is_empty() {
            let outcome = self.take_in(items);
            let kept = self.keep(&outcome);
            let failed = kept.is_err();
            self.publish(outcome.lines, kept.err());
            items = if failed {
                self.stop_for_good(&outcome.actions)
            } else {
                self.carry_out(&outcome.actions)
            };
        }
        self.schedule.status() != RunStatus::Running
    }

    fn take_in(&mut self, mut items: VecDeque<Item>) -> Outcome {
        let now = self.course.now();
        let mut outcome = Outcome::default();
        while let Some(item) = items.pop_front() {
            if let Item::Output { task, kind } = item {
                let what = What::Output { kind };
                outcome.lines.push(Line {
                    at: now,
                    task,
                    what,
                });
                continue;
            }
            let item = item.told(&mut self.places.programs);
            let Some(item) = self.see_to_memory(item) else {
                continue;
            };
            let (input, works) = self.input_of(item);
            let expanded = match &input {
                Input::Expanded { task, .. } => Some(*task),
                _ => None,
            };
            for &action in self.schedule.on(input, now) {
                outcome.actions.push(action);
            }
            if let Some(task) = expanded {
                let first = self.schedule.graph().children(task).start;
                self.learn(first, works);
            }
            self.note_events(&mut outcome);
        }
        outcome
    }

    /// What an item is to the schedule, with what it leaves noted.
    fn input_of(&mut self, item: Item) -> (Input, Vec<Work>) {
        let input = match item {
            Item::Input(input) => input,
            Item::Over {
                input,
                duration,
                left,
                works,
            } => {
                self.note_ending(&input, duration, left);
                return (input, works);
            }
            Item::Started(Attempt { task, number }, runner) => {
                self.notes.entry(task).or_default().runner = Some(runner);
                let attempt = number;
                Input::Started { task, attempt }
            }
            // They have been seen to.
            Item::Output { .. }
            | Item::ProgramEnded(..)
            | Item::Answered(..)
            | Item::Landed(..) => Input::Tick,
        };
        (input, Vec::new())
    }

    fn note_ending(&mut self, input: &Input, duration: Duration, left: Left) {
        let &Input::Ended {
            task,
            attempt,
            ref ending,
        } = input
        else {
            return;
        };
        let note = self.notes.entry(task).or_default();
        note.measured = Some(duration);
        note.left = left;
        if let Ending::Failed(failure) = ending {
            note.left.failure = Some(failure.clone());
        }
        if let Some(details) = &self.details {
            let attempt = Attempt {
                task,
                number: attempt,
            };
            details.put(attempt, note.detail());
        }
    }

    // ---- telling ----

    fn note_events(&mut self, outcome: &mut Outcome) {
        let first = outcome.events.len();
        outcome.events.extend_from_slice(self.schedule.new_events());
        for index in first..outcome.events.len() {
            let line = self.line(outcome.events[index]);
            outcome.lines.push(line);
        }
    }

    fn line(&mut self, event: RunEvent) -> Line {
        let RunEvent { at, task, what } = event;
        let what = match what {
            schedule::What::Opened => {
                self.notes.entry(task).or_default().begun = Some(at);
                What::Opened
            }
            schedule::What::Expanded { first, count } => What::Expanded { first, count },
            schedule::What::Started { attempt } => {
                let note = self.notes.entry(task).or_default();
                note.begun = Some(at);
                let runner = note.runner;
                What::Started { attempt, runner }
            }
            schedule::What::Stopping { reason } => What::Stopping { reason },
            schedule::What::Retrying { attempt, due } => {
                let left = self.notes.remove(&task).unwrap_or_default().left;
                What::Retrying { attempt, due, left }
            }
            schedule::What::Ended(end) => self.end_of(task, end, at),
            schedule::What::RunEnded(_) => What::RunEnded,
            // Nothing lets a running task wait for its own yet.
            schedule::What::Suspended | schedule::What::Resumed => What::Opened,
        };
        Line { at, task, what }
    }

    fn end_of(&mut self, task: u32, end: schedule::TaskEnd, at: Moment) -> What {
        let note = self.notes.remove(&task).unwrap_or_default();
        // Its start and its end may have come in together.
        let seen = note.begun.map(|begun| at.since(begun));
        let duration = note.measured.or(seen).unwrap_or_default();
        if self.durations.len() <= task as usize {
            self.durations.resize(task as usize + 1, Duration::ZERO);
        }
        self.durations[task as usize] = duration;
        let is_kept = self.schedule.is_restored(task);
        let earlier = match is_kept {
            true => self.earlier.remove(&self.schedule.graph().path(task)),
            false => None,
        };
        self.note_rest(task, &note.left, earlier.as_ref());
        let exit_code = earlier.as_ref().and_then(|it| it.exit_code);
        What::Ended {
            end,
            attempts: self.schedule.attempts_of(task),
            duration,
            is_kept,
            left: Left {
                exit_code: exit_code.or(note.left.exit_code),
                output: self.schedule.output_of(task).cloned(),
                failure: self.schedule.failure_of(task).cloned(),
                not_memoized: note.not_memoized,
                ..note.left
            },
            earlier: earlier.map(Box::new),
        }
    }

    fn note_rest(&mut self, task: u32, left: &Left, earlier: Option<&Earlier>) {
        let is_partial = left.is_partial || earlier.is_some_and(|it| it.is_partial);
        let blob = left.blob.clone();
        let blob = blob.or_else(|| earlier.and_then(|it| it.blob.clone()));
        if is_partial || blob.is_some() {
            self.rests.insert(task, Rest { blob, is_partial });
        }
    }

    fn keep(&mut self, outcome: &Outcome) -> Result<(), JournalError> {
        let Some(journal) = &mut self.journal else {
            return Ok(());
        };
        let starts = outcome.actions.iter().filter_map(|action| match *action {
            Action::Start { task, attempt } => Some(Attempt {
                task,
                number: attempt,
            }),
            _ => None,
        });
        let starts: Vec<_> = starts.collect();
        // What ended before is kept already.
        let events = outcome.events.iter().copied();
        let events: Vec<_> = events
            .filter(|event| !self.schedule.is_restored(event.task))
            .collect();
        if events.is_empty() && starts.is_empty() {
            return Ok(());
        }
        let kept = journal.keep(Step {
            run: &self.schedule,
            events: &events,
            starts: &starts,
        });
        if kept.is_err() {
            self.journal = None;
        }
        kept
    }

    fn publish(&mut self, lines: Vec<Line>, error: Option<JournalError>) {
        let graph = self.schedule.graph();
        let news = known(graph, self.known_scopes);
        self.known_scopes = graph.scopes().len();
        let status = self.schedule.status();
        let is_over = status != RunStatus::Running;
        let end = is_over.then(|| (self.course.now(), self.sum()));
        let (counts, reason) = (self.schedule.counts(), self.schedule.cancelled());
        self.course.change(|state: &mut State| {
            state.add(lines);
            state.counts = counts;
            state.reason = reason;
            if !news.is_empty() {
                Arc::make_mut(&mut state.tasks).extend(news);
            }
            if let Some(error) = error {
                state.error = Some(error.to_string());
            }
            if let Some((at, sum)) = end {
                state.status = status;
                state.ended_at.get_or_insert(at);
                state.sum = Some(sum);
            }
        });
    }

    fn sum(&self) -> Sum {
        let graph = self.schedule.graph();
        let duration = |task: u32| self.durations.get(task as usize).copied();
        let work = graph
            .tasks()
            .filter(|&task| graph.children(task).is_empty());
        let known = |task| duration(task).unwrap_or_default();
        Sum {
            lower_bound: graph.lower_bound_of(known),
            sequential: work.filter_map(duration).sum(),
            critical_path: graph.critical_path_of(known),
        }
    }

    // ---- doing ----

    /// Turns actions into work. What could not be begun comes back as ended.
    fn carry_out(&mut self, actions: &[Action]) -> VecDeque<Item> {
        let mut refused = VecDeque::new();
        for &action in actions {
            let gone = || Failure::new(NO_WORKERS);
            match action {
                Action::Start { task, attempt } => {
                    let attempt = Attempt {
                        task,
                        number: attempt,
                    };
                    if !self.start(attempt) {
                        refused.push_back(Item::refused(attempt));
                    }
                }
                Action::Decide { task } => {
                    if !self.ask(Ask::Decide, task, 0) {
                        let runs = Err(gone());
                        refused.push_back(Item::Input(Input::Decided { task, runs }));
                    }
                }
                Action::Expand { task } => {
                    if !self.ask(Ask::Expand, task, 0) {
                        let tasks = Err(gone());
                        refused.push_back(Item::Input(Input::Expanded { task, tasks }));
                    }
                }
                Action::Stop { task, reason } => refused.extend(self.stop(task, reason)),
                // The queue and the programs give attempts up by themselves,
                // and nothing lets a running task wait for its own yet.
                Action::Resume { .. } | Action::Abandon { .. } | Action::Finish { .. } => {}
            }
        }
        refused
    }

    fn start_now(&mut self, attempt: Attempt) -> bool {
        let Attempt { task, number } = attempt;
        if !self.places.programs.has(task) {
            return self.ask(Ask::Run, task, number);
        }
        self.places.programs.start(attempt);
        true
    }

    fn ask(&self, ask: Ask, task: u32, number: u32) -> bool {
        let hosted = self.places.hosted.as_ref();
        hosted.is_some_and(|hosted| hosted.ask(ask, Attempt { task, number }))
    }

    /// Stops an attempt. Its end, if nobody was at work on it.
    fn stop(&mut self, task: u32, reason: CancelReason) -> Option<Item> {
        if let Some(end) = self.stop_asking(task) {
            return Some(end);
        }
        if self.places.programs.has(task) {
            self.places.programs.stop(task, reason);
        } else if let Some(hosted) = &self.places.hosted {
            let number = self.schedule.attempts_of(task);
            hosted.stop(Attempt { task, number }, reason);
        }
        None
    }

    /// The step was not kept: what it would have started does not start, and
    /// what runs is stopped.
    fn stop_for_good(&mut self, actions: &[Action]) -> VecDeque<Item> {
        let reason = CancelReason::NotKept;
        let mut items = VecDeque::from([Item::Input(Input::Cancel { reason })]);
        for &action in actions {
            match action {
                Action::Start { task, attempt } => items.push_back(Item::Input(Input::Ended {
                    task,
                    attempt,
                    ending: Ending::Stopped,
                })),
                Action::Stop { task, reason } => items.extend(self.stop(task, reason)),
                _ => {}
            }
        }
        items
    }
}

impl Item {
    /// The end of a program as that of an attempt.
    fn told(self, programs: &mut Programs) -> Self {
        let Self::ProgramEnded(Attempt { task, number }, ending) = self else {
            return self;
        };
        let (ending, result) = programs.ended(task, ending);
        let exit = result.as_ref().map(|result| result.exit);
        Self::Over {
            input: Input::Ended {
                task,
                attempt: number,
                ending,
            },
            duration: result.as_ref().map_or(Duration::ZERO, |it| it.duration),
            left: Left {
                exit_code: match exit {
                    Some(Exit::Code(code)) => Some(code),
                    Some(Exit::Signal(_) | Exit::Unseen) | None => None,
                },
                program: result.map(Arc::new),
                ..Left::default()
            },
            works: Vec::new(),
        }
    }
}

impl From<Message> for Item {
    fn from(message: Message) -> Self {
        match message {
            Message::ProgramStarted {
                attempt,
                process_id,
            } => Self::Started(attempt, Runner::Process(process_id)),
            Message::ProgramEnded { attempt, ending } => Self::ProgramEnded(attempt, ending),
            Message::Answered { attempt, answer } => Self::Answered(attempt, answer),
            Message::Landed { attempt, why } => Self::Landed(attempt, why),
            Message::Cancel { reason } => Self::Input(Input::Cancel { reason }),
        }
    }
}

impl From<Done> for Item {
    fn from(done: Done) -> Self {
        match done {
            Done::Started { attempt, worker } => Self::Started(attempt, Runner::Worker(worker)),
            Done::Output { task, kind } => Self::Output { task, kind },
            Done::Over {
                input,
                duration,
                left,
                works,
            } => Self::Over {
                input,
                duration,
                left: *left,
                works,
            },
        }
    }
}

/// Lets polls end also if a defect ends the thread.
struct EndsSomehow(Arc<Course>);

impl Drop for EndsSomehow {
    fn drop(&mut self) {
        self.0.change(|state| {
            if state.status == RunStatus::Running {
                state.status = RunStatus::Failed;
                state.error = Some("a defect of the engine ended the run".to_owned());
            }
        });
    }
}
