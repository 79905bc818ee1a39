//! The worker threads: who starts them, calls them, and lets them go.

use std::io;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Condvar, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::state::{PoolState, WorkerRecord};
use super::Shared;
use crate::engine::queue::ItemQueue;
use crate::engine::queue_state::{Entry, Place};
use crate::engine::worker::{NoAttachment, Worker};

/// PowerShell gives the threads of its runspaces 10 MB; deep recursion in a
/// script relies on it (`CallDepthOverflow` comes before a stack overflow).
pub const STACK_BYTES: usize = 10 * 1024 * 1024;

/// How soon a worker tries again that the process-wide limit kept out.
const RETRY: Duration = Duration::from_millis(20);

static LAST_WORKER: AtomicU32 = AtomicU32::new(0);

impl Shared {
    /// Calls an idle worker for the wishes of the queues, or starts as many
    /// threads as they are worth. One that comes calls this again, for the
    /// wishes that are left.
    pub(super) fn find_worker<'a>(self: &'a Arc<Self>, mut state: MutexGuard<'a, PoolState>) {
        if state.closed || state.wanting.is_empty() {
            return;
        }
        // Any wish may be the one: the oldest may have come true meanwhile, or
        // be worth no thread while another queue has no worker at all.
        let is_called = state.call_one();
        while !is_called && self.may_start(&state) {
            let record = self.new_record(&mut state);
            self.publish(&state);
            drop(state);
            let id = record.id;
            let is_started = self.start_thread(record).is_ok();
            state = self.lock();
            if !is_started {
                state.take_back_start(id);
                break;
            }
        }
        self.publish(&state);
        let must_watch = state.must_watch_wishes();
        drop(state);
        if must_watch {
            let _ = self.wake_control();
        }
    }

    fn may_start(&self, state: &PoolState) -> bool {
        state.starting < self.options.start_limit
            && state.starting + state.called < state.wanted_threads()
    }

    fn new_record(&self, state: &mut PoolState) -> Arc<WorkerRecord> {
        let record = Arc::new(WorkerRecord {
            id: LAST_WORKER.fetch_add(1, Ordering::Relaxed) + 1,
            lost: false.into(),
            attachment: 0.into(),
            started: Instant::now(),
            arrived: false.into(),
            call: Condvar::new(),
        });
        state.starting += 1;
        state.threads_started += 1;
        state.workers.insert(record.id, Arc::clone(&record));
        record
    }

    /// Lets `serve` see, without the lock, whether asking is of any use.
    fn publish(&self, state: &PoolState) {
        self.has_idle
            .store(!state.idle.is_empty(), Ordering::Relaxed);
        self.may_start
            .store(state.starting < self.options.start_limit, Ordering::Relaxed);
    }

    fn start_thread(self: &Arc<Self>, record: Arc<WorkerRecord>) -> io::Result<()> {
        let shared = Arc::clone(self);
        thread::Builder::new()
            .name(format!("oe-worker-{}", record.id))
            .stack_size(STACK_BYTES)
            .spawn(move || {
                let _leaving = Leaving {
                    shared: Arc::clone(&shared),
                    record: Arc::clone(&record),
                };
                let worker = Worker::new(record, Arc::clone(&shared));
                shared.host.worker_main(&worker);
            })
            .map(drop)
    }

    /// Waits for a queue with work and lets the worker in.
    pub(crate) fn find_work(
        self: &Arc<Self>,
        record: &Arc<WorkerRecord>,
    ) -> Result<(Arc<ItemQueue>, Place, u64), NoAttachment> {
        let mut state = self.lock();
        if !record.arrived.swap(true, Ordering::Relaxed) {
            state.starting -= 1;
        }
        let trims = state.trims;
        let end = Instant::now().checked_add(self.options.idle_timeout);
        loop {
            self.publish(&state);
            if record.lost.load(Ordering::Relaxed) {
                return Err(NoAttachment::Abandoned);
            }
            if state.closed {
                return Err(NoAttachment::Ended);
            }
            let (found, is_refused) = enter_a_queue(&mut state, record);
            if let Some(found) = found {
                self.find_worker(state);
                return Ok(found);
            }
            let left = end.map_or(Duration::MAX, |end| {
                end.saturating_duration_since(Instant::now())
            });
            if left.is_zero() || state.trims != trims {
                return Err(NoAttachment::Ended);
            }
            // Nobody tells when another pool's worker gives its right back.
            let limit = if is_refused { left.min(RETRY) } else { left };
            state = self.wait_for_work(state, record, limit);
        }
    }

    fn wait_for_work<'a>(
        &self,
        mut state: MutexGuard<'a, PoolState>,
        record: &Arc<WorkerRecord>,
        limit: Duration,
    ) -> MutexGuard<'a, PoolState> {
        state.idle.push(Arc::clone(record));
        self.publish(&state);
        let waited = record.call.wait_timeout(state, limit);
        state = waited.unwrap_or_else(PoisonError::into_inner).0;
        state.come_back(record.id);
        state
    }
}

/// Joins the queue that has wished for a worker longest and has work for one.
/// Says also whether one had, but was refused a worker.
fn enter_a_queue(
    state: &mut PoolState,
    record: &WorkerRecord,
) -> (Option<(Arc<ItemQueue>, Place, u64)>, bool) {
    let mut refused = Vec::new();
    let mut found = None;
    while let Some(queue) = state.pop_wanting() {
        let attachment = state.last_attachment + 1;
        match queue.attach(record.id, attachment) {
            Entry::Joined(place) => {
                found = Some((queue, place, attachment));
                break;
            }
            Entry::NotNeeded => {}
            Entry::Refused => refused.push(queue),
        }
    }
    if let Some((queue, _, attachment)) = &found {
        state.last_attachment = *attachment;
        record.attachment.store(*attachment, Ordering::Relaxed);
        if queue.wanted_workers() > 0 {
            state.want(queue);
        }
    }
    for queue in &refused {
        state.want(queue);
    }
    (found, !refused.is_empty())
}

/// Takes a thread off the books however it ends.
struct Leaving {
    shared: Arc<Shared>,
    record: Arc<WorkerRecord>,
}

impl Drop for Leaving {
    fn drop(&mut self) {
        let mut state = self.shared.lock();
        state.workers.remove(&self.record.id);
        if !self.record.arrived.swap(true, Ordering::Relaxed) {
            state.starting -= 1;
        }
        self.shared.publish(&state);
        self.shared.find_worker(state);
    }
}
