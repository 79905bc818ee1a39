//! Who waits, for what, and whether what came is worth waking them.

use std::time::{Duration, Instant};

use super::Wait;
use crate::engine::queue_state::QueueState;

/// How long a thread that was busy a moment ago ignores small amounts of work.
pub(super) const LINGER: Duration = Duration::from_millis(1);

/// What wakes a thread that lingers.
pub(super) const FAIR_AMOUNT: usize = 64;

/// How a thread waits at present.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Waiting {
    No,
    /// Only a fair amount of output, or the last of it, wakes it.
    Lingering,
    /// Anything wakes it.
    Deep,
}

/// What the lock of a queue guards.
#[derive(Debug)]
pub(super) struct Inner {
    pub(super) state: QueueState,
    /// How the feeding side waits; `No` again as soon as it has been woken.
    pub(super) host: Waiting,
    /// How many threads of it wait; one, as a rule.
    pub(super) hosts: usize,
    pub(super) host_wants_room: bool,
    pub(super) host_was_busy: bool,
    /// Workers that wait for anything and that nobody has woken yet.
    pub(super) deep_workers: usize,
    /// Workers that were woken and have not noticed yet.
    pub(super) promised: usize,
    pub(super) lingering_workers: usize,
    pub(super) blocked_emitters: usize,
}

impl Inner {
    pub(super) fn new(state: QueueState) -> Self {
        Self {
            state,
            host: Waiting::No,
            hosts: 0,
            host_wants_room: false,
            host_was_busy: false,
            deep_workers: 0,
            promised: 0,
            lingering_workers: 0,
            blocked_emitters: 0,
        }
    }

    pub(super) fn waiting_workers(&self) -> usize {
        self.deep_workers + self.promised + self.lingering_workers
    }

    /// Whether to wake the feeding side for what is ready; then it is woken.
    pub(super) fn wakes_host_for_output(&mut self) -> bool {
        let ready = self.state.ready();
        let wakes = match self.host {
            Waiting::No => false,
            Waiting::Deep => ready > 0 || self.state.is_drained(),
            Waiting::Lingering => ready >= self.fair_output() || self.state.is_idle(),
        };
        self.wakes_host_if(wakes)
    }

    pub(super) fn wakes_host_for_room(&mut self) -> bool {
        let wakes = self.host != Waiting::No && self.host_wants_room && self.has_room();
        self.wakes_host_if(wakes)
    }

    fn wakes_host_if(&mut self, wakes: bool) -> bool {
        if wakes {
            // One wake-up is enough: before it waits again it looks again.
            self.host = Waiting::No;
        }
        wakes
    }

    fn has_room(&self) -> bool {
        self.state.queued() <= self.state.options().input_capacity / 2
    }

    fn fair_output(&self) -> usize {
        FAIR_AMOUNT.min(self.state.options().output_capacity)
    }

    /// What the feeding side may go on with, if anything.
    pub(super) fn host_result(&self) -> Option<Wait> {
        let state = &self.state;
        if state.is_drained() {
            return Some(Wait::Ended);
        }
        let enough = !self.host_was_busy
            || state.ready() >= self.fair_output()
            || state.is_idle()
            || self.blocked_emitters > 0;
        if state.ready() > 0 && enough {
            return Some(Wait::Ready);
        }
        let may_submit = self.has_room() || state.is_closed();
        (self.host_wants_room && may_submit).then_some(Wait::Ready)
    }

    pub(super) fn needs(&self) -> Needs {
        let worker = self.state.wants_worker(self.waiting_workers());
        Needs {
            worker,
            thread: worker && self.state.is_worth_a_thread(Instant::now()),
            supervision: false,
        }
    }
}

/// What the pool has to do after a call; done by it without the queue's lock.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[must_use]
pub(crate) struct Needs {
    /// A worker more would find something to do.
    pub(crate) worker: bool,
    /// And the backlog is worth starting a thread for it.
    pub(crate) thread: bool,
    /// A time limit may be due earlier than the pool's control thread thinks.
    pub(crate) supervision: bool,
}
