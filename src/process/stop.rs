//! The order to end a program, from whoever wants it to whoever runs it.

use std::future::pending;

use tokio::sync::watch;

/// How a program is to be ended. The order matters: a later one replaces an
/// earlier one, never the other way round.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stop {
    /// Asked first, and killed when its grace is over.
    Gently,
    /// Killed now.
    AtOnce,
}

/// A channel for the orders about one program.
pub fn stop_channel() -> (StopSender, StopSignal) {
    let (sender, receiver) = watch::channel(None);
    (StopSender { sender }, StopSignal { receiver })
}

/// The side that gives orders. Dropping it gives none.
#[derive(Debug)]
pub struct StopSender {
    sender: watch::Sender<Option<Stop>>,
}

impl StopSender {
    /// Orders the end of the program.
    pub fn order(&self, stop: Stop) {
        self.sender.send_if_modified(|ordered| {
            let is_graver = *ordered < Some(stop);
            if is_graver {
                *ordered = Some(stop);
            }
            is_graver
        });
    }
}

/// The side that carries orders out.
#[derive(Debug)]
pub struct StopSignal {
    receiver: watch::Receiver<Option<Stop>>,
}

impl StopSignal {
    /// What was ordered so far.
    pub(super) fn ordered(&self) -> Option<Stop> {
        *self.receiver.borrow()
    }

    /// Waits for this order or a graver one, without end if none comes.
    pub(super) async fn at_least(&mut self, stop: Stop) {
        let is_ordered = |ordered: &Option<Stop>| *ordered >= Some(stop);
        if self.receiver.wait_for(is_ordered).await.is_err() {
            // The sender is gone and can order nothing any more.
            pending::<()>().await;
        }
    }
}
