//! What comes in for the thread that drives a run: from its workers' queue,
//! from programs, and from whoever cancels.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use crate::engine::batch;
use crate::engine::cancel::CancelReason;
use crate::engine::ports::Attempt;

use super::hosted::Ask;
use super::memo::Answer;
use super::powershells;

/// What somebody has to say.
#[derive(Debug)]
pub(super) enum Message {
    /// A program began.
    ProgramStarted { attempt: Attempt, process_id: u32 },
    /// A program ended, or could not be run.
    ProgramEnded {
        attempt: Attempt,
        ending: batch::Ending,
    },
    /// A `pwsh` process has done what it was asked, or could not.
    PowerShellEnded(Ask, Attempt, Box<powershells::Answer>),
    /// It is known whether an attempt has to be made.
    Answered { attempt: Attempt, answer: Answer },
    /// What came of an attempt is remembered, or why it is not.
    Landed {
        attempt: Attempt,
        why: Option<String>,
    },
    /// The run is to end before its time.
    Cancel { reason: CancelReason },
}

#[derive(Debug, Default)]
struct State {
    messages: Vec<Message>,
    has_output: bool,
    is_closed: bool,
}

/// Everybody may put something in; one thread waits for it.
#[derive(Debug, Default)]
pub(super) struct Inbox {
    state: Mutex<State>,
    changed: Condvar,
}

impl Inbox {
    pub(super) fn post(&self, message: Message) {
        let mut state = self.lock();
        if state.is_closed {
            // What is in it may take its time to go.
            drop(state);
            return drop(message);
        }
        state.messages.push(message);
        drop(state);
        self.changed.notify_one();
    }

    /// Nobody waits for anything any more: what comes is dropped by whoever
    /// says it.
    pub(super) fn close(&self) {
        let mut state = self.lock();
        state.is_closed = true;
        let messages = std::mem::take(&mut state.messages);
        drop(state);
        drop(messages);
    }

    /// Says that the workers' queue may have something. Takes no other lock.
    pub(super) fn ring(&self) {
        let was_rung = std::mem::replace(&mut self.lock().has_output, true);
        if !was_rung {
            self.changed.notify_one();
        }
    }

    /// Waits until there is something, or the moment has come. What there is,
    /// and whether the workers' queue may have something too.
    pub(super) fn wait(&self, until: Option<Instant>) -> (Vec<Message>, bool) {
        let mut state = self.lock();
        while state.messages.is_empty() && !state.has_output {
            state = match until.map(|until| until.saturating_duration_since(Instant::now())) {
                None => self
                    .changed
                    .wait(state)
                    .unwrap_or_else(PoisonError::into_inner),
                Some(left) if left.is_zero() => break,
                Some(left) => {
                    let waited = self.changed.wait_timeout(state, left);
                    waited.unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
        let has_output = std::mem::take(&mut state.has_output);
        (std::mem::take(&mut state.messages), has_output)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
