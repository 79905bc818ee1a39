//! A workflow from other threads than the one that follows it.

use std::sync::Arc;

use crate::app::run::Run;
use crate::engine::event::ItemId;
use crate::store::Secrets;

/// What may be done with a workflow from any thread, while another follows it. As long
/// as there is one, the run goes on, also without a [`Workflow`].
#[derive(Debug, Clone)]
pub struct Remote {
    run: Arc<Run>,
    secrets: Secrets,
}

impl Remote {
    pub(super) fn new(run: Arc<Run>, secrets: Secrets) -> Self {
        Self { run, secrets }
    }

    /// What a worker is told of an item that it has pulled; `None` if the item has ended.
    pub fn order(&self, item: ItemId) -> Option<Arc<str>> {
        self.run.order(item)
    }

    /// Ends the run before its time: what runs is asked to end.
    pub fn cancel(&self) {
        self.run.cancel();
    }

    /// A text with the values of secrets masked.
    pub fn masked(&self, text: String) -> String {
        self.secrets.masked_text(text)
    }
}
