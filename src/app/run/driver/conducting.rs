//! Actions that a conductor answers, in place of a host's workers.

use crate::app::run::conductor::Begin;
use crate::engine::ports::Attempt;
use crate::engine::schedule::{Action, Input};

use super::Driver;

impl Driver {
    /// What the conductor says to an action; nothing if the work begins elsewhere.
    pub(super) fn conduct(&mut self, action: Action) -> Option<Input> {
        let conductor = self.places.conductor.as_mut()?;
        match action {
            Action::Decide { task } => {
                let runs = conductor.decides(task, &self.schedule);
                Some(Input::Decided { task, runs })
            }
            Action::Start { task, attempt } => {
                let number = attempt;
                match conductor.begin(Attempt { task, number }, &self.schedule) {
                    Begin::Program(work) => {
                        self.places.programs.learn(task, *work);
                        None
                    }
                    Begin::Over(ending) => Some(Input::Ended {
                        task,
                        attempt,
                        ending,
                    }),
                }
            }
            _ => None,
        }
    }
}
