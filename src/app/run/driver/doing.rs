//! What the schedule wants done, as work of the host's workers and of programs.

use std::collections::VecDeque;

use crate::app::run::hosted::Ask;
use crate::engine::cancel::CancelReason;
use crate::engine::ports::Attempt;
use crate::engine::schedule::{Action, Ending, Failure, Input};

use super::item::{Item, NO_WORKERS};
use super::Driver;

impl Driver {
    /// Turns actions into work. What could not be begun comes back as ended.
    pub(super) fn carry_out(&mut self, actions: &[Action]) -> VecDeque<Item> {
        let mut over = VecDeque::new();
        for &action in actions {
            if let Some(answer) = self.conduct(action) {
                over.push_back(Item::Input(answer));
                continue;
            }
            let gone = || Failure::new(NO_WORKERS);
            match action {
                Action::Start { task, attempt } => {
                    let attempt = Attempt {
                        task,
                        number: attempt,
                    };
                    over.extend(self.start(attempt));
                }
                Action::Decide { task } => {
                    if !self.ask(Ask::Decide, task, 0) {
                        let runs = Err(gone());
                        over.push_back(Item::Input(Input::Decided { task, runs }));
                    }
                }
                Action::Expand { task } => {
                    if !self.ask(Ask::Expand, task, 0) {
                        let tasks = Err(gone());
                        over.push_back(Item::Input(Input::Expanded { task, tasks }));
                    }
                }
                Action::Stop { task, reason } => over.extend(self.stop(task, reason)),
                // The queue and the programs give attempts up by themselves,
                // and nothing lets a running task wait for its own yet.
                Action::Resume { .. } | Action::Abandon { .. } | Action::Finish { .. } => {}
            }
        }
        over
    }

    /// Starts an attempt. Its end, if there is nobody who could do it.
    pub(super) fn start_now(&mut self, attempt: Attempt) -> Option<Item> {
        let Attempt { task, number } = attempt;
        if !self.places.programs.has(task) {
            let is_asked = self.ask(Ask::Run, task, number);
            return (!is_asked).then(|| Item::refused(attempt));
        }
        self.places.programs.start(attempt);
        None
    }

    fn ask(&mut self, ask: Ask, task: u32, number: u32) -> bool {
        if self.places.powershells.start(ask, Attempt { task, number }) {
            return true;
        }
        let order = self.orders.remove(&(ask, task));
        let hosted = self.places.hosted.as_ref();
        hosted.is_some_and(|hosted| hosted.ask(ask, Attempt { task, number }, order))
    }

    /// Stops an attempt. Its end, if nobody was at work on it.
    fn stop(&mut self, task: u32, reason: CancelReason) -> Option<Item> {
        if let Some(end) = self.stop_asking(task) {
            return Some(end);
        }
        if self.places.programs.has(task) {
            self.places.programs.stop(task, reason);
        } else if self.places.powershells.stop(task, reason) {
            // Its end comes by itself.
        } else if let Some(hosted) = &self.places.hosted {
            let number = self.schedule.attempts_of(task);
            hosted.stop(Attempt { task, number }, reason);
        }
        None
    }

    /// The step was not kept: what it would have started does not start, and
    /// what runs is stopped.
    pub(super) fn stop_for_good(&mut self, actions: &[Action]) -> VecDeque<Item> {
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
