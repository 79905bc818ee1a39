//! Actions that a conductor answers, in place of a host's workers.

use crate::app::run::conductor::{Begin, Decides};
use crate::app::run::hosted::Ask;
use crate::engine::ports::Attempt;
use crate::engine::schedule::{Action, Input};

use super::Driver;

impl Driver {
    /// What the conductor says to an action; nothing if the work begins elsewhere.
    pub(super) fn conduct(&mut self, action: Action) -> Option<Input> {
        let conductor = self.places.conductor.as_mut()?;
        match action {
            Action::Decide { task } => match conductor.decides(task, &self.schedule) {
                Decides::Known(runs) => Some(Input::Decided { task, runs }),
                Decides::Host(order) => {
                    self.orders.insert((Ask::Decide, task), order);
                    None
                }
                Decides::PowerShell(work) => {
                    self.places.powershells.learn(Ask::Decide, task, *work);
                    None
                }
            },
            Action::Start { task, attempt } => {
                let number = attempt;
                match conductor.begin(Attempt { task, number }, &self.schedule) {
                    Begin::Program(work) => {
                        self.places.programs.learn(task, *work);
                        None
                    }
                    Begin::Host(order) => {
                        self.orders.insert((Ask::Run, task), order);
                        None
                    }
                    Begin::PowerShell(work) => {
                        self.places.powershells.learn(Ask::Run, task, *work);
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
