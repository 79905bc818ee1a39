//! The course of a graph: what starts, stops and ends when.
//!
//! A pure state machine: [`Schedule::on`] takes in what happened and at what
//! time, and says what is to be done. It has no threads, no clock and no
//! randomness of its own, so that everything that could lose a task or hang a
//! run is decided, and tested, in here.
//!
//! # What it promises
//! - No more slots are taken than the run and each group have.
//! - No task starts before those that it waits for have ended, and a task that
//!   needs the success of others only after that.
//! - Nothing that is ready waits while there are slots for it. What does not
//!   fit lets those behind it pass.
//! - Every task ends exactly once, and the run ends.
//!
//! # Order
//! Among the tasks that are ready, the highest priority is first, then the
//! longest path that begins with it (by remembered durations), then the first
//! written.
//!
//! # Skipping
//! | a dependency ended as | its dependents |
//! |---|---|
//! | succeeded | start |
//! | skipped by its own condition, or because it had been interrupted | start |
//! | failed or timed out, tolerated (`continue_on_error`) | start |
//! | failed or timed out | are skipped, because of it |
//! | skipped for another reason | are skipped, because of it |
//! | stopped | are stopped with it, or skipped because of it |
//!
//! That is for `depends_on`. Whoever only runs `after` another starts however
//! that one ended, as do the tasks of a later phase and `is_finally` tasks.
//!
//! # Tasks that others are inside
//! They take no slot. A graph or for-each ends when all inside have, and fails
//! if one of them did not succeed (in the sense of the table). A race is over
//! with the first success: it has succeeded then, and the others are stopped;
//! its failure lists those of all. A running task may put tasks inside itself
//! and wait for them ([`Schedule::suspend`]); it gives its slots back meanwhile.
//!
//! What a graph inside gives out is a map of what its tasks did, a for-each a
//! list, a race what its winner did.
//!
//! # Stops
//! What has not begun ends as stopped at once; what runs is told to, and ends
//! when the driver says so, or is abandoned after the grace. An attempt that was
//! abandoned is not tried again, since it may still be at work. `is_finally`
//! tasks run in spite of every reason but [`CancelReason::NotKept`] and
//! [`CancelReason::HostGone`], and then no limit of the run applies to them.
//!
//! A failure counts against the run once, where it is not tolerated: that of an
//! alternative only as that of its race, that of a graph inside only as those
//! of its tasks.

mod attempts;
mod event;
mod flow;
mod input;
mod nested;
mod ready;
mod restore;
mod state;
mod stopping;

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

pub use event::{RunEvent, What};
pub use input::{Action, Ending, Failure, Input};
pub use nested::NotSuspended;
pub use restore::Restored;
pub use state::{Counts, RunStatus, SkipReason, TaskEnd};

use super::cancel::CancelReason;
use super::clock::Moment;
use super::graph::{Graph, NONE};
use super::value::Value;
use ready::Ready;
use state::{Inside, State, Task, Timer, TimerKind};

/// What failures do to a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tolerance {
    /// Nothing stops, and the run has failed if one task has.
    CollectAll,
    /// So many may fail; the next one stops the run. 0 stops at the first.
    StopAfter(u32),
}

/// How a run behaves.
#[derive(Debug, Clone)]
pub struct RunOptions {
    /// What failures do to it.
    pub tolerance: Tolerance,
    /// How long it may take, from its first input.
    pub timeout: Option<Duration>,
    /// How long an attempt may go on after it was told to stop. Without it,
    /// the driver sees to it that every attempt ends.
    pub stop_grace: Option<Duration>,
    /// Decides the jitter of retries: the same seed gives the same delays.
    pub jitter_seed: u64,
}

impl Default for RunOptions {
    fn default() -> Self {
        Self {
            tolerance: Tolerance::CollectAll,
            timeout: None,
            stop_grace: None,
            jitter_seed: 0,
        }
    }
}

/// The course of one run.
#[derive(Debug)]
pub struct Schedule {
    graph: Graph,
    options: RunOptions,
    tasks: Vec<Task>,
    insides: Vec<Inside>,
    ready: Ready,
    timers: BinaryHeap<Reverse<Timer>>,
    /// What has nothing left to wait for and was not looked at yet.
    arrivals: Vec<u32>,
    counts: Counts,
    /// How many failures count against the run.
    failures_counted: u32,
    cancelled: Option<CancelReason>,
    /// A task was ended by the cancel.
    was_cut: bool,
    has_begun: bool,
    status: RunStatus,
    outputs: HashMap<u32, Value>,
    failures: HashMap<u32, Arc<Failure>>,
    /// By path; of a run that goes on.
    ended_before: HashMap<String, Restored>,
    restored: HashSet<u32>,
    now: Moment,
    actions: Vec<Action>,
    events: Vec<RunEvent>,
}

impl Schedule {
    /// A run that has not begun.
    pub fn new(graph: Graph, options: RunOptions) -> Self {
        let mut schedule = Self {
            ready: Ready::new(&graph),
            graph,
            options,
            tasks: Vec::new(),
            insides: Vec::new(),
            timers: BinaryHeap::new(),
            arrivals: Vec::new(),
            counts: Counts::default(),
            failures_counted: 0,
            cancelled: None,
            was_cut: false,
            has_begun: false,
            status: RunStatus::Running,
            outputs: HashMap::new(),
            failures: HashMap::new(),
            ended_before: HashMap::new(),
            restored: HashSet::new(),
            now: Moment::START,
            actions: Vec::new(),
            events: Vec::new(),
        };
        schedule.learn();
        schedule
    }

    /// Takes in what happened and says what is to be done now. Inputs that do
    /// not fit (about an attempt that is over, or a question that nobody
    /// asked) change nothing.
    pub fn on(&mut self, input: Input, now: Moment) -> &[Action] {
        self.begin_step(now);
        match input {
            Input::Tick => {}
            Input::Started { task, attempt } => self.started(task, attempt),
            Input::Ended {
                task,
                attempt,
                ending,
            } => self.ended(task, attempt, ending),
            Input::Decided { task, runs } => self.decided(task, runs),
            Input::Expanded { task, tasks } => self.expanded(task, tasks),
            Input::Cancel { reason } => self.cancel(reason),
        }
        self.end_step();
        &self.actions
    }

    /// What happened in the last step.
    pub fn new_events(&self) -> &[RunEvent] {
        &self.events
    }

    /// When the next time limit or delay is over; a [`Input::Tick`] is due
    /// then.
    pub fn next_deadline(&mut self) -> Option<Moment> {
        while let Some(&Reverse(timer)) = self.timers.peek() {
            if self.is_valid(timer) {
                return Some(timer.due);
            }
            self.timers.pop();
        }
        None
    }

    /// The graph, with what was put into it meanwhile.
    pub fn graph(&self) -> &Graph {
        &self.graph
    }

    /// How the run stands.
    pub fn status(&self) -> RunStatus {
        self.status
    }

    /// Why the run was cancelled, if it was.
    pub fn cancelled(&self) -> Option<CancelReason> {
        self.cancelled
    }

    /// How many tasks are in which state.
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// How many slots are taken.
    pub fn slots_taken(&self) -> u32 {
        self.ready.taken()
    }

    /// How a task ended, if it has.
    pub fn end_of(&self, task: u32) -> Option<TaskEnd> {
        match self.tasks.get(task as usize)?.state {
            State::Ended(end) => Some(end),
            _ => None,
        }
    }

    /// How many attempts of a task have begun, or were to.
    pub fn attempts_of(&self, task: u32) -> u32 {
        self.tasks
            .get(task as usize)
            .map_or(0, |task| task.attempts)
    }

    /// What a task gave out.
    pub fn output_of(&self, task: u32) -> Option<&Value> {
        self.outputs.get(&task)
    }

    /// Why a task failed.
    pub fn failure_of(&self, task: u32) -> Option<&Failure> {
        self.failures.get(&task).map(Arc::as_ref)
    }

    fn begin_step(&mut self, now: Moment) {
        self.actions.clear();
        self.events.clear();
        self.now = self.now.max(now);
        if !std::mem::replace(&mut self.has_begun, true) {
            if let Some(timeout) = self.options.timeout {
                self.set_timer(TimerKind::Run, NONE, timeout);
            }
            self.open_scope(self.graph.root());
        }
    }

    fn end_step(&mut self) {
        // What opens may have a limit that is over at once.
        loop {
            self.expire();
            if self.arrivals.is_empty() {
                break;
            }
            self.work_off_arrivals();
        }
        self.fill();
        if self.status == RunStatus::Running && self.counts.ended() == self.counts.total {
            self.status = self.final_status();
            let status = self.status;
            self.note(NONE, What::RunEnded(status));
            self.actions.push(Action::Finish { status });
        }
    }

    /// Takes over what the graph has got meanwhile.
    fn learn(&mut self) {
        let nodes = &self.graph.nodes()[self.tasks.len()..];
        let new = nodes.iter().map(|node| Task::new(node.dependencies));
        self.tasks.extend(new);
        for scope in &self.graph.scopes()[self.insides.len()..] {
            self.counts.add_waiting(scope.tasks);
            self.insides.push(Inside::new(scope.tasks));
        }
        self.ready.learn(&self.graph);
    }

    fn note(&mut self, task: u32, what: What) {
        let at = self.now;
        self.events.push(RunEvent { at, task, what });
    }

    fn task(&mut self, index: u32) -> &mut Task {
        &mut self.tasks[index as usize]
    }

    fn state(&self, index: u32) -> State {
        self.tasks[index as usize].state
    }

    fn final_status(&self) -> RunStatus {
        let most = match self.options.tolerance {
            Tolerance::CollectAll => 0,
            Tolerance::StopAfter(most) => most,
        };
        match self.cancelled.filter(|_| self.was_cut) {
            Some(CancelReason::Requested | CancelReason::HostGone) => RunStatus::Stopped,
            Some(_) => RunStatus::Failed,
            None if self.failures_counted > most => RunStatus::Failed,
            None => RunStatus::Completed,
        }
    }

    // ---- time ----

    fn set_timer(&mut self, what: TimerKind, task: u32, time: Duration) {
        let attempt = self
            .tasks
            .get(task as usize)
            .map_or(0, |task| task.attempts);
        self.timers.push(Reverse(Timer {
            due: self.now.after(time),
            what,
            task,
            attempt,
        }));
    }

    fn is_valid(&self, timer: Timer) -> bool {
        let Some(task) = self.tasks.get(timer.task as usize) else {
            return self.status == RunStatus::Running && self.cancelled.is_none();
        };
        task.attempts == timer.attempt
            && match timer.what {
                TimerKind::Limit => {
                    let is_open = matches!(task.state, State::Open | State::Expanding);
                    (is_open || task.state.is_begun()) && task.stop.is_none()
                }
                TimerKind::Retry => task.state == State::Delayed,
                TimerKind::Grace => task.state.is_begun() && task.stop.is_some(),
                TimerKind::Run => false,
            }
    }

    fn expire(&mut self) {
        while let Some(&Reverse(timer)) = self.timers.peek() {
            if timer.due > self.now {
                return;
            }
            self.timers.pop();
            if !self.is_valid(timer) {
                continue;
            }
            match timer.what {
                TimerKind::Limit => self.stop_task(timer.task, CancelReason::ItemTimeout),
                TimerKind::Retry => self.make_ready(timer.task),
                TimerKind::Grace => self.abandon(timer.task),
                TimerKind::Run => self.cancel(CancelReason::Timeout),
            }
        }
    }
}

#[cfg(test)]
#[path = "schedule/schedule_tests.rs"]
mod tests;
