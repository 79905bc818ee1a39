//! Where the tasks of a run stand, and the run itself.

use crate::engine::cancel::CancelReason;
use crate::engine::clock::Moment;
use crate::engine::event::Outcome;
use crate::engine::graph::NONE;

/// Why a task was skipped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SkipReason {
    /// Its own condition said so. Whoever depends on it may start.
    Condition,
    /// It depends on this task, which did not succeed.
    Dependency(u32),
    /// It is inside a task that was skipped, or failed before it began.
    Outer,
    /// It was under way when the process died, and [`OnResume::Skip`] says not to
    /// do it twice. Whoever depends on it may start.
    ///
    /// [`OnResume::Skip`]: crate::engine::graph::OnResume::Skip
    Interrupted,
}

/// How a task ended. Every task ends as exactly one of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TaskEnd {
    /// It ran to its end.
    Succeeded,
    /// It ended with an error.
    Failed,
    /// It was stopped because a time limit had passed.
    TimedOut,
    /// It was stopped, or never started, for another reason.
    Stopped,
    /// It was not to run.
    Skipped(SkipReason),
}

impl From<Outcome> for TaskEnd {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Succeeded => Self::Succeeded,
            Outcome::Failed => Self::Failed,
            Outcome::TimedOut => Self::TimedOut,
            Outcome::Stopped => Self::Stopped,
        }
    }
}

/// How a run stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunStatus {
    /// Not every task has ended.
    Running,
    /// Every task ended, and no more of them failed than may.
    Completed,
    /// More tasks failed than may, or the time of the run was over.
    Failed,
    /// It was cancelled, and that ended at least one task.
    Stopped,
}

/// How many tasks are in which state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// All that are known so far: the sum of the others.
    pub total: u32,
    /// Not begun: they wait for others, for a slot or for their next attempt.
    pub waiting: u32,
    /// Begun and not ended; also those that wait for tasks inside them.
    pub running: u32,
    /// See [`TaskEnd`].
    pub succeeded: u32,
    /// See [`TaskEnd`].
    pub failed: u32,
    /// See [`TaskEnd`].
    pub timed_out: u32,
    /// See [`TaskEnd`].
    pub stopped: u32,
    /// See [`TaskEnd`].
    pub skipped: u32,
}

impl Counts {
    pub(super) fn add_waiting(&mut self, count: u32) {
        self.total += count;
        self.waiting += count;
    }

    pub(super) fn of(&mut self, end: TaskEnd) -> &mut u32 {
        match end {
            TaskEnd::Succeeded => &mut self.succeeded,
            TaskEnd::Failed => &mut self.failed,
            TaskEnd::TimedOut => &mut self.timed_out,
            TaskEnd::Stopped => &mut self.stopped,
            TaskEnd::Skipped(_) => &mut self.skipped,
        }
    }

    /// How many have ended.
    pub fn ended(&self) -> u32 {
        self.succeeded + self.failed + self.timed_out + self.stopped + self.skipped
    }
}

/// Where a task stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// Others have to end first, or the task around it has to open.
    Waiting,
    /// Somebody was asked whether it runs.
    Deciding,
    /// Somebody was asked what is inside.
    Expanding,
    /// It waits for slots.
    Ready,
    /// It waits for its next attempt.
    Delayed,
    /// It has its slots and is just being started.
    Starting,
    /// It has its slots and runs.
    Running,
    /// It began and waits, without slots, for what is inside it.
    Suspended,
    /// What was inside it has ended; it waits for slots to go on.
    Resumable,
    /// What is inside it is at work.
    Open,
    Ended(TaskEnd),
}

impl State {
    pub(super) fn holds_slots(self) -> bool {
        matches!(self, Self::Starting | Self::Running)
    }

    /// Whether somebody runs an attempt of it.
    pub(super) fn is_begun(self) -> bool {
        matches!(
            self,
            Self::Starting | Self::Running | Self::Suspended | Self::Resumable
        )
    }

    pub(super) fn is_ended(self) -> bool {
        matches!(self, Self::Ended(_))
    }
}

/// A stop that was ordered. The cause decides how the task ends; later, graver
/// reasons only make it end sooner.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stop {
    pub(super) cause: CancelReason,
    pub(super) gravest: CancelReason,
}

/// What changes of a task.
#[derive(Debug, Clone)]
pub(super) struct Task {
    pub(super) state: State,
    /// It counts among those that run.
    pub(super) counts_as_running: bool,
    pub(super) stop: Option<Stop>,
    /// How many that it waits for have not ended.
    pub(super) remaining: u32,
    /// The first that it needed and that did not succeed.
    pub(super) blocked_by: u32,
    pub(super) attempts: u32,
}

impl Task {
    pub(super) fn new(dependencies: u32) -> Self {
        Self {
            state: State::Waiting,
            counts_as_running: false,
            stop: None,
            remaining: dependencies,
            blocked_by: NONE,
            attempts: 0,
        }
    }
}

/// How a task that is suspended will end: what it reported before those inside
/// it had ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pending(pub(super) TaskEnd);

/// What changes of the tasks beside each other.
#[derive(Debug, Clone)]
pub(super) struct Inside {
    /// How many have not ended.
    pub(super) left: u32,
    /// How many ended so that the task around them cannot succeed.
    pub(super) bad: u32,
    /// Of a race: the first that succeeded.
    pub(super) winner: u32,
    pub(super) pending: Option<Pending>,
}

impl Inside {
    pub(super) fn new(tasks: u32) -> Self {
        Self {
            left: tasks,
            bad: 0,
            winner: NONE,
            pending: None,
        }
    }
}

/// A moment at which a time limit or a delay is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Timer {
    pub(super) due: Moment,
    pub(super) what: TimerKind,
    pub(super) task: u32,
    /// It is void if the task is at another attempt by then.
    pub(super) attempt: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum TimerKind {
    /// An attempt, or what is inside a task, has run for as long as it may.
    Limit,
    /// The next attempt may start.
    Retry,
    /// A stop was ignored for as long as it may be.
    Grace,
    /// The run has taken as long as it may.
    Run,
}
