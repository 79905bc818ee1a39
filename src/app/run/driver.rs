//! The thread of a run: turns what comes in into inputs of the schedule, has
//! each step kept, and turns its actions into work. It decides nothing.

mod conducting;
mod doing;
mod item;
mod remembering;
mod telling;

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use crate::engine::ports::{Attempt, Journal, JournalError, Step};
use crate::engine::schedule::{Action, Ending, Input, RunEvent, RunStatus, Schedule};
use crate::store::Details;

use super::conductor::Conductor;
use super::course::{Course, Left, Line, What};
use super::hosted::{Ask, Hosted};
use super::inbox::Inbox;
use super::memo::Memos;
use super::powershells::PowerShells;
use super::programs::Programs;
use super::read::Work;
use super::{Earlier, Memory};
use item::Item;
pub(super) use telling::known;
use telling::{Note, Rest};

/// Where the work of a run is done.
pub(super) struct Places {
    pub(super) hosted: Option<Hosted>,
    pub(super) programs: Programs,
    pub(super) powershells: PowerShells,
    /// Answers in place of the host, at once.
    pub(super) conductor: Option<Box<dyn Conductor>>,
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
    /// What the host is told of what it is asked for next.
    orders: HashMap<(Ask, u32), String>,
    /// How long the last attempt of each task took.
    durations: Vec<Duration>,
    /// What was remembered, and took no time.
    cached: HashSet<u32>,
    /// How many scopes of the graph polls know.
    known_scopes: usize,
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
            orders: HashMap::new(),
            inbox,
            durations: Vec::new(),
            cached: HashSet::new(),
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
        self.places.powershells.end();
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
            self.say_when_over();
            self.publish(outcome.lines, kept.err());
            items = if failed {
                self.stop_for_good(&outcome.actions)
            } else {
                self.carry_out(&outcome.actions)
            };
        }
        self.schedule.status() != RunStatus::Running
    }

    /// Before anybody is told that the run is over: who is may end the process.
    fn say_when_over(&mut self) {
        if self.schedule.status() == RunStatus::Running {
            return;
        }
        if let Some(when_over) = self.when_over.take() {
            when_over(self.took());
        }
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
            let item = item.told(&mut self.places);
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
            | Item::PowerShellEnded(..)
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
