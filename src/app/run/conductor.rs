//! Whoever knows what the tasks of a run do, in this process.

use crate::engine::ports::Attempt;
use crate::engine::schedule::{Ending, Failure, Schedule};

use super::powershells::PowerShellOrder;
use super::programs::ProgramWork;

/// Answers for the tasks of a run when they become ready.
///
/// The thread that drives the run calls it and waits for the answer, so it only
/// thinks; what takes time is a program, or PowerShell's.
pub(in crate::app) trait Conductor: Send {
    /// Whether a task runs.
    fn decides(&mut self, task: u32, run: &Schedule) -> Decides;

    /// A task has ended, in this part of the run or an earlier one; with its exit code,
    /// if it has one. What else there is to know, the run knows.
    fn ended(&mut self, task: u32, exit_code: Option<i32>);

    /// What an attempt of a task does.
    fn begin(&mut self, attempt: Attempt, run: &Schedule) -> Begin;
}

/// Whether a task runs.
pub(in crate::app) enum Decides {
    /// It is known.
    Known(Result<bool, Failure>),
    /// A worker of the host finds out; what it is told.
    Host(String),
    /// A `pwsh` process finds out.
    PowerShell(Box<PowerShellOrder>),
}

/// What an attempt does.
pub(in crate::app) enum Begin {
    /// It runs a program.
    Program(Box<ProgramWork>),
    /// A worker of the host does it; what it is told.
    Host(String),
    /// A `pwsh` process does it.
    PowerShell(Box<PowerShellOrder>),
    /// It has ended already.
    Over(Ending),
}
