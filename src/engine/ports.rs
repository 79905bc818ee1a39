//! What the engine asks of its host, and of whoever keeps its runs.

use std::fmt;

use super::event::ItemId;
use super::pool::Control;
use super::schedule::{RunEvent, Schedule};
use super::worker::Worker;

/// The host of a pool: whoever knows what an item means.
///
/// Both functions are called on threads that the pool owns, once a thread, and
/// *pull* what there is to do; the engine never calls into the host from
/// inside a queue and holds no lock while it is in there. The host value is
/// dropped by whichever thread of the pool ends last.
pub trait Host: Send + Sync + 'static {
    /// Works until [`Worker::attach`] says that there is nothing more to do.
    fn worker_main(&self, worker: &Worker);

    /// Carries out stop requests until [`Control::next`] returns `None`. Must
    /// not wait for the stopped work to end.
    fn control_main(&self, control: &Control);
}

/// Whoever works off a queue's output without waiting in the queue, and hears
/// what the host says of its items.
pub trait Listener: Send + Sync + 'static {
    /// Something may have come into the output, or an item has started of
    /// which that is told. The queue may be locked meanwhile, so this may only
    /// note that and wake a thread.
    fn ring(&self);

    /// Hears what a worker reports of an item that it runs. False if the item
    /// is over; an error, for a person, if it cannot be understood. The queue
    /// is not locked.
    fn hear(&self, item: ItemId, report: &str) -> Result<bool, String>;
}

/// One step of a run that is to be kept.
#[derive(Debug, Clone, Copy)]
pub struct Step<'a> {
    /// The run after the step. Of a task that has ended it knows the output
    /// ([`Schedule::output_of`]), the failure ([`Schedule::failure_of`]) and
    /// the name ([`super::graph::Graph::path`]).
    pub run: &'a Schedule,
    /// What happened, in order.
    pub events: &'a [RunEvent],
    /// What will start once this is kept.
    pub starts: &'a [Attempt],
}

/// One try of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Attempt {
    /// Which task.
    pub task: u32,
    /// Which attempt, from 1.
    pub number: u32,
}

/// Why a step was not kept. The texts are fragments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JournalError {
    /// It could not be written: the disk is full, for one.
    Failed {
        /// What happened, for a person.
        message: String,
    },
    /// The run belongs to another process by now, which goes on with it.
    TakenOver {
        /// By whom, for a person.
        message: String,
    },
}

impl fmt::Display for JournalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed { message } => write!(f, "the run could not be recorded: {message}"),
            Self::TakenOver { message } => {
                write!(f, "another process goes on with the run: {message}")
            }
        }
    }
}

impl std::error::Error for JournalError {}

/// Keeps the course of one run, so that another process can go on with it.
///
/// The thread that drives the run calls it, one call at a time, and holds no
/// lock meanwhile. What a step tells of is told to nobody, and what it starts
/// is not started, before the call has returned: so a task starts only after
/// the ends that it waited for are kept. All that happened since the last call
/// comes in one, which makes a slow journal commit more at once.
///
/// After an error it is not called again. The run is cancelled, what this step
/// would have started does not start, and a run that goes on from the journal
/// repeats what was not kept.
pub trait Journal: Send + 'static {
    /// Keeps a step, all of it or nothing.
    fn keep(&mut self, step: Step<'_>) -> Result<(), JournalError>;
}
