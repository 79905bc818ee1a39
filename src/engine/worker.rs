//! What a worker thread holds while it is inside the host.

use std::cell::{Ref, RefCell};
use std::sync::atomic::Ordering;
use std::sync::Arc;
use std::thread::{self, ThreadId};
use std::time::Duration;

use super::event::{ItemId, Outcome, WorkerId};
use super::pool::{Shared, WorkerRecord};
use super::queue::{ItemQueue, Next, Start};
use super::queue_state::Place;

/// A queue that a worker works on, until it detaches.
#[derive(Debug)]
struct Attachment {
    queue: Arc<ItemQueue>,
    place: Place,
}

/// What a worker attached to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attached {
    /// The tag of the queue, as its options have it.
    pub tag: u64,
    /// The number of this attachment, unique in the pool, from 1; stop
    /// requests name it.
    pub attachment: u64,
}

/// Why there is nothing to attach to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoAttachment {
    /// The pool is closed, or nothing came for as long as it keeps a worker.
    Ended,
    /// The worker was given up.
    Abandoned,
}

/// A call that does not fit: the worker is not attached to a queue, or already
/// is, or the call came from another thread than its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WrongState;

/// Why a report came to nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReportError {
    /// See [`WrongState`].
    WrongState,
    /// The queue is not that of a run: nobody listens to reports.
    NobodyListens,
    /// The item is over.
    TooLate,
    /// It is not what a report has to be.
    NotUnderstood {
        /// What is wrong, for a person.
        message: String,
    },
}

/// A thread of the pool, as its host sees it. It belongs to that thread.
pub struct Worker {
    record: Arc<WorkerRecord>,
    shared: Arc<Shared>,
    attachment: RefCell<Option<Attachment>>,
    thread: ThreadId,
}

impl Worker {
    pub(crate) fn new(record: Arc<WorkerRecord>, shared: Arc<Shared>) -> Self {
        Self {
            record,
            shared,
            attachment: RefCell::new(None),
            thread: thread::current().id(),
        }
    }

    /// The worker's number, unique in the process.
    pub fn id(&self) -> WorkerId {
        self.record.id
    }

    /// Whether the calling thread is the worker's own; no other may use it.
    pub fn is_own_thread(&self) -> bool {
        thread::current().id() == self.thread
    }

    /// Waits for a queue that has work for one more worker and joins it.
    pub fn attach(&self) -> Result<Result<Attached, NoAttachment>, WrongState> {
        if self.attachment.borrow().is_some() {
            return Err(WrongState);
        }
        let found = self.shared.find_work(&self.record);
        Ok(found.map(|(queue, place, attachment)| {
            let tag = queue.tag();
            *self.attachment.borrow_mut() = Some(Attachment { queue, place });
            Attached { tag, attachment }
        }))
    }

    /// Waits for items and hands up to `capacity` of them to `each`. More than
    /// one comes only while items are short; all that come count as started
    /// now. The queue is locked meanwhile, so `each` should only store them.
    pub fn next(
        &self,
        capacity: usize,
        limit: Duration,
        each: impl FnMut(ItemId),
    ) -> Result<Next, WrongState> {
        let here = self.here()?;
        let (next, needs) = here.queue.next(here.place, capacity, limit, each);
        self.shared.serve(&here.queue, needs);
        Ok(next)
    }

    /// Starts an item that was never submitted. It lasts until the worker ends
    /// it or leaves, beside any number of items that it pulls meanwhile; no
    /// limit of one item applies to it.
    pub fn start(&self, item: ItemId) -> Result<Start, WrongState> {
        let here = self.here()?;
        Ok(here.queue.start(here.place, item))
    }

    /// Puts out one output of a running item; waits while the output is full.
    /// False if the worker was given up or does not run that item.
    pub fn emit(&self, item: ItemId, kind: u16) -> Result<bool, WrongState> {
        let here = self.here()?;
        let is_late = !here.queue.emit(here.place, item, kind);
        Ok(self.is_in_time(usize::from(is_late)))
    }

    /// Says something of a running item to whoever listens to the queue, before
    /// the item ends.
    pub fn report(&self, item: ItemId, report: &str) -> Result<(), ReportError> {
        let here = self.here().map_err(|WrongState| ReportError::WrongState)?;
        match here.queue.report(item, report) {
            None => Err(ReportError::NobodyListens),
            Some(Ok(true)) => Ok(()),
            Some(Ok(false)) => {
                self.shared.count_late(1);
                Err(ReportError::TooLate)
            }
            Some(Err(message)) => Err(ReportError::NotUnderstood { message }),
        }
    }

    /// Ends a running item. False if the worker was given up or does not run
    /// that item.
    pub fn end(&self, item: ItemId, outcome: Outcome) -> Result<bool, WrongState> {
        let here = self.here()?;
        let is_late = !here.queue.end(here.place, item, outcome);
        Ok(self.is_in_time(usize::from(is_late)))
    }

    /// Ends items that were handed out together, all in the same way; for items
    /// of microseconds that costs far less than one call each. False if the
    /// worker was given up or did not run all of them.
    pub fn end_all(&self, items: &[ItemId], outcome: Outcome) -> Result<bool, WrongState> {
        let here = self.here()?;
        let ended = here.queue.end_all(here.place, items, outcome);
        Ok(self.is_in_time(items.len() - ended))
    }

    /// Puts items that were handed out but not started back to the head of the
    /// queue. False if the worker was given up or does not hold one of them.
    pub fn give_back(&self, items: &[ItemId]) -> Result<bool, WrongState> {
        let here = self.here()?;
        let (late, needs) = here.queue.give_back(here.place, items);
        self.shared.serve(&here.queue, needs);
        Ok(self.is_in_time(late))
    }

    fn is_in_time(&self, late: usize) -> bool {
        if late > 0 {
            self.shared.count_late(late);
        }
        late == 0
    }

    /// Leaves the queue. An item that still runs ends as failed.
    pub fn detach(&self) -> Result<(), WrongState> {
        let here = self.attachment.borrow_mut().take().ok_or(WrongState)?;
        let needs = here.queue.detach(here.place);
        self.record.attachment.store(0, Ordering::Relaxed);
        self.shared.serve(&here.queue, needs);
        self.shared.forget_if_over(&here.queue);
        Ok(())
    }

    fn here(&self) -> Result<Ref<'_, Attachment>, WrongState> {
        Ref::filter_map(self.attachment.borrow(), Option::as_ref).map_err(|_| WrongState)
    }
}

impl Drop for Worker {
    /// A host that returns, or panics, while attached has left its items behind.
    fn drop(&mut self) {
        let _ = self.detach();
    }
}
