//! What comes in for the thread of a run, in the terms of attempts.

use std::sync::Arc;
use std::time::Duration;

use crate::app::run::course::{Left, Runner};
use crate::app::run::hosted::Done;
use crate::app::run::inbox::Message;
use crate::app::run::memo::Answer;
use crate::app::run::programs::Programs;
use crate::app::run::read::Work;
use crate::engine::batch::{self, Exit};
use crate::engine::ports::Attempt;
use crate::engine::schedule::{Ending, Failure, Input};

pub(super) const NO_WORKERS: &str = "the workers' pool was closed";

/// One thing that came in.
pub(super) enum Item {
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

impl Item {
    /// The end of an attempt that nobody could make.
    pub(super) fn refused(Attempt { task, number }: Attempt) -> Self {
        let ending = Ending::Failed(Failure::new(NO_WORKERS));
        Self::Over {
            input: Input::Ended {
                task,
                attempt: number,
                ending,
            },
            duration: Duration::ZERO,
            left: Left::default(),
            works: Vec::new(),
        }
    }

    /// The end of a program as that of an attempt.
    pub(super) fn told(self, programs: &mut Programs) -> Self {
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
