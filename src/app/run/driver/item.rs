//! What comes in for the thread of a run, in the terms of attempts.

use std::sync::Arc;
use std::time::Duration;

use crate::app::run::course::{Left, Runner};
use crate::app::run::hosted::{Ask, Done};
use crate::app::run::inbox::Message;
use crate::app::run::memo::Answer;
use crate::app::run::powershells;
use crate::app::run::read::Work;
use crate::engine::batch::{self, Exit};
use crate::engine::ports::Attempt;
use crate::engine::schedule::{Ending, Failure, Input};

use super::Places;

pub(super) const NO_WORKERS: &str = "the workers' pool was closed";

/// One thing that came in.
pub(super) enum Item {
    Input(Input),
    Started(Attempt, Runner),
    ProgramEnded(Attempt, batch::Ending),
    PowerShellEnded(Ask, Attempt, Box<powershells::Answer>),
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

    /// What is told by programs and `pwsh` processes, in the words of the schedule.
    pub(super) fn told(self, places: &mut Places) -> Self {
        match self {
            Self::ProgramEnded(attempt, ending) => Self::of_program(attempt, ending, places),
            Self::PowerShellEnded(ask, attempt, answer) => {
                Self::of_powershell(ask, attempt, *answer, places)
            }
            other => other,
        }
    }

    fn of_powershell(
        ask: Ask,
        Attempt { task, number }: Attempt,
        answer: powershells::Answer,
        places: &mut Places,
    ) -> Self {
        if ask != Ask::Run {
            let no_answer = || Failure::new("the condition gave no answer");
            let runs = answer.ending.and(answer.runs.ok_or_else(no_answer));
            return Self::Input(Input::Decided { task, runs });
        }
        places.powershells.ended(task);
        Self::Over {
            input: Input::Ended {
                task,
                attempt: number,
                ending: answer.ending.unwrap_or_else(Ending::Failed),
            },
            duration: answer.duration,
            left: answer.left,
            works: Vec::new(),
        }
    }

    fn of_program(
        Attempt { task, number }: Attempt,
        ending: batch::Ending,
        places: &mut Places,
    ) -> Self {
        let (ending, result) = places.programs.ended(task, ending);
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
            Message::PowerShellEnded(ask, attempt, answer) => {
                Self::PowerShellEnded(ask, attempt, answer)
            }
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
