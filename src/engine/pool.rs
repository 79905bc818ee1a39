//! The threads: started on demand, kept warm for a while, replaced when lost.
//!
//! The pool's lock comes before a queue's lock and is never taken while a
//! queue's is held; neither is held while host code runs.

use std::io;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::cancel::CancelReason;
use super::event::{Event, ItemCounters, ItemId, StopRequest, WorkerId};
use super::lease::Lease;
use super::pool_state::{PoolState, WorkerRecord};
use super::ports::{Host, Listener};
use super::queue::{ItemQueue, Needs, QueueOptions, Wait};
use super::queue_state::{Entry, Place};
use super::worker::{NoAttachment, Worker};

/// PowerShell gives the threads of its runspaces 10 MB; deep recursion in a
/// script relies on it (`CallDepthOverflow` comes before a stack overflow).
pub const STACK_BYTES: usize = 10 * 1024 * 1024;

/// How soon a worker tries again that the process-wide limit kept out.
const RETRY: Duration = Duration::from_millis(20);

static LAST_WORKER: AtomicU32 = AtomicU32::new(0);

/// How a pool behaves.
#[derive(Debug, Clone)]
pub struct PoolOptions {
    /// How long a worker without work is kept.
    pub idle_timeout: Duration,
    /// How many threads may be on their way at once, since opening a runspace
    /// keeps a processor busy.
    pub start_limit: usize,
}

impl Default for PoolOptions {
    fn default() -> Self {
        Self {
            idle_timeout: Duration::from_secs(60),
            start_limit: thread::available_parallelism().map_or(2, usize::from),
        }
    }
}

/// What a pool is doing and did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PoolCounters {
    /// Threads that live and were not given up.
    pub workers: u64,
    /// Of these, the ones that wait for a queue.
    pub idle: u64,
    /// Threads that were ever started.
    pub threads_started: u64,
    /// Threads that were given up.
    pub abandoned: u64,
    /// Queues that are not drained yet.
    pub open_queues: u64,
    /// The items of all queues, those of the past included.
    pub items: ItemCounters,
}

/// One worker, for a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WorkerInfo {
    /// Its number.
    pub id: WorkerId,
    /// Its present attachment; `None` while it waits or starts.
    pub attachment: Option<u64>,
    /// How long it has lived.
    pub age: Duration,
}

/// No further queue can be opened.
#[derive(Debug)]
pub enum OpenError {
    /// The pool is closed.
    Closed,
    /// All workers that the process may have are taken.
    WorkerLimit,
    /// The operating system gave no thread.
    System(io::Error),
}

/// What the pool's threads share.
pub(crate) struct Shared {
    state: Mutex<PoolState>,
    control: Condvar,
    host: Box<dyn Host>,
    options: PoolOptions,
    // Copies of what the state says, for a look without the lock.
    has_idle: AtomicBool,
    may_start: AtomicBool,
    // Reports that came too late, those to queues that are gone included.
    late: AtomicU64,
}

/// A pool of worker threads. Dropping it closes it; its threads end by
/// themselves, and nobody waits for them.
pub struct Pool {
    shared: Arc<Shared>,
}

impl Pool {
    /// A pool without threads: they come with the work.
    pub fn new(host: Box<dyn Host>, options: PoolOptions) -> Self {
        let shared = Shared {
            state: Mutex::new(PoolState::default()),
            control: Condvar::new(),
            host,
            options,
            has_idle: false.into(),
            may_start: true.into(),
            late: 0.into(),
        };
        Self {
            shared: Arc::new(shared),
        }
    }

    /// Opens a queue for one call.
    pub fn open(&self, options: QueueOptions) -> Result<OpenQueue, OpenError> {
        let lease = Lease::take().ok_or(OpenError::WorkerLimit)?;
        let supervised = options.timeout.is_some() || options.item_timeout.is_some();
        let queue = Arc::new(ItemQueue::new(options, lease, Instant::now()));
        let mut state = self.shared.lock();
        if state.closed {
            return Err(OpenError::Closed);
        }
        state.open.push(Arc::downgrade(&queue));
        drop(state);
        if supervised {
            self.shared.wake_control().map_err(OpenError::System)?;
        }
        Ok(OpenQueue {
            queue,
            shared: Arc::clone(&self.shared),
        })
    }

    /// What the pool is doing and did.
    pub fn counters(&self) -> PoolCounters {
        self.shared.counters()
    }

    /// The workers that live and were not given up, by number.
    pub fn workers(&self) -> Vec<WorkerInfo> {
        let now = Instant::now();
        let state = self.shared.lock();
        let mut workers: Vec<_> = state
            .workers
            .values()
            .map(|record| WorkerInfo {
                id: record.id,
                attachment: Some(record.attachment.load(Ordering::Relaxed)).filter(|&it| it > 0),
                age: now.saturating_duration_since(record.started),
            })
            .collect();
        workers.sort_by_key(|worker| worker.id);
        workers
    }

    /// Lets every worker go that has nothing to do now.
    pub fn trim(&self) {
        let mut state = self.shared.lock();
        state.trims += 1;
        state.call_all();
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        let mut state = self.shared.lock();
        state.closed = true;
        state.wanting.clear();
        state.control_is_due = true;
        state.call_all();
        let open = state.open_queues();
        drop(state);
        for queue in open {
            let needs = queue.cancel(CancelReason::HostGone);
            self.shared.serve(&queue, needs);
            self.shared.forget_if_over(&queue);
        }
        self.shared.control.notify_all();
    }
}

/// The feeding side of a queue. Dropping it cancels what is not done.
pub struct OpenQueue {
    queue: Arc<ItemQueue>,
    shared: Arc<Shared>,
}

impl OpenQueue {
    /// Takes as many items as there is room for now, and says how many;
    /// `None` if the queue is closed.
    pub fn submit(&self, items: &[ItemId]) -> Option<usize> {
        let (accepted, needs) = self.queue.submit(items)?;
        self.shared.serve(&self.queue, needs);
        Some(accepted)
    }

    /// Says that no more items come.
    pub fn close(&self) {
        self.queue.close();
    }

    /// Stops what runs and drops what waits; each item still ends by an event.
    pub fn cancel(&self, reason: CancelReason) {
        let needs = self.queue.cancel(reason);
        self.shared.serve(&self.queue, needs);
    }

    /// Stops one item: what waits ends as stopped at once, what runs is to be
    /// stopped by the host. Has no effect on an item that has ended.
    pub fn stop(&self, item: ItemId, reason: CancelReason) {
        let needs = self.queue.stop(item, reason);
        self.shared.serve(&self.queue, needs);
    }

    /// Gives the queue a listener. There is one, the first.
    pub fn listen(&self, listener: Box<dyn Listener>) {
        self.queue.listen(listener);
    }

    /// Takes what started, with the worker, as far as the options ask for
    /// that, and then all events.
    pub fn take_all(&self) -> (Vec<(ItemId, WorkerId)>, Vec<Event>) {
        self.queue.take_all()
    }

    /// Changes how many workers may work on it at once, at least 1. Nobody is
    /// taken away: who is one too many is let go when it next asks for an item.
    pub fn set_worker_limit(&self, limit: u32) {
        let needs = self.queue.set_worker_limit(limit);
        self.shared.serve(&self.queue, needs);
    }

    /// Why the queue was cancelled, if it was; a timeout counts.
    pub fn cancelled(&self) -> Option<CancelReason> {
        self.queue.cancelled()
    }

    /// Waits for output, for room for input (if `want_room`), or for the end.
    pub fn wait(&self, want_room: bool, limit: Duration) -> Wait {
        self.queue.wait(want_room, limit)
    }

    /// Hands up to `limit` events to `each`, without waiting; says how many.
    /// The queue is locked meanwhile, so `each` should only store them.
    pub fn take(&self, limit: usize, each: impl FnMut(Event)) -> usize {
        self.queue.take(limit, each)
    }

    /// Whether nothing will ever come again.
    pub fn is_drained(&self) -> bool {
        self.queue.is_drained()
    }

    /// What the queue did so far.
    pub fn counters(&self) -> ItemCounters {
        self.queue.counters()
    }

    /// How many workers work on it now.
    pub fn attached_workers(&self) -> u32 {
        self.queue.attached_count()
    }
}

impl Drop for OpenQueue {
    fn drop(&mut self) {
        if !self.queue.is_drained() {
            self.cancel(CancelReason::HostGone);
        }
        // Workers that are still in it keep it alive, and the control thread
        // sees their stops through.
        self.shared.forget_if_over(&self.queue);
    }
}

/// The side that carries out stops, as the host sees it.
pub struct Control {
    shared: Arc<Shared>,
}

impl Control {
    /// Waits for the next stop request; `None` once the pool is closed and
    /// nothing is left to stop.
    pub fn next(&self) -> Option<StopRequest> {
        self.shared.next_stop()
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, PoolState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does what a queue asked for, without the queue's lock.
    pub(crate) fn serve(self: &Arc<Self>, queue: &Arc<ItemQueue>, needs: Needs) {
        if needs.supervision {
            // Without a control thread the limits are not kept, but nothing is
            // lost: the next need tries again.
            let _ = self.wake_control();
        }
        if !needs.worker {
            return;
        }
        let known = queue.is_wanting.load(Ordering::Relaxed);
        let somebody_is_free = self.has_idle.load(Ordering::Relaxed)
            || (needs.thread && self.may_start.load(Ordering::Relaxed));
        if known && !somebody_is_free {
            return;
        }
        let mut state = self.lock();
        state.want(queue);
        self.find_worker(state);
    }

    /// Calls an idle worker for the wishes of the queues, or starts as many
    /// threads as they are worth. One that comes calls this again, for the
    /// wishes that are left.
    fn find_worker<'a>(self: &'a Arc<Self>, mut state: MutexGuard<'a, PoolState>) {
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

    /// Drops a queue from the books once no worker is left in it.
    pub(crate) fn forget_if_over(&self, queue: &Arc<ItemQueue>) {
        if !queue.is_over() {
            return;
        }
        let mut state = self.lock();
        state.forget(queue);
        if state.closed {
            // The control thread may have waited for the last one to go.
            state.control_is_due = true;
            self.control.notify_one();
        }
    }

    fn counters(&self) -> PoolCounters {
        let mut state = self.lock();
        let open = state.open_queues();
        let mut counters = PoolCounters {
            workers: state.workers.len() as u64,
            idle: state.idle.len() as u64,
            threads_started: state.threads_started,
            abandoned: state.abandoned,
            open_queues: open.len() as u64,
            items: state.past,
        };
        for queue in open {
            counters.items.add(&queue.counters());
        }
        counters.items.late = self.late.load(Ordering::Relaxed);
        counters
    }

    /// Counts reports that came too late. A queue counts its own too, but may
    /// be gone before they come.
    pub(crate) fn count_late(&self, count: usize) {
        self.late.fetch_add(count as u64, Ordering::Relaxed);
    }

    // ---- control ----

    /// Makes the control thread look at the limits, starting it if need be.
    fn wake_control(self: &Arc<Self>) -> io::Result<()> {
        let mut state = self.lock();
        state.control_is_due = true;
        self.control.notify_one();
        if std::mem::replace(&mut state.control_runs, true) {
            return Ok(());
        }
        drop(state);
        let shared = Arc::clone(self);
        let started = thread::Builder::new()
            .name("oe-control".to_owned())
            .spawn(move || {
                let _ending = ControlEnds(&shared);
                let control = Control {
                    shared: Arc::clone(&shared),
                };
                shared.host.control_main(&control);
            });
        if started.is_err() {
            self.lock().control_runs = false;
        }
        started.map(drop)
    }

    fn next_stop(self: &Arc<Self>) -> Option<StopRequest> {
        loop {
            let mut state = self.lock();
            if let Some(stop) = state.stops.pop_front() {
                return Some(stop);
            }
            state.control_is_due = false;
            let open = state.open_queues();
            if state.closed && open.is_empty() {
                return None;
            }
            drop(state);
            let (next, stops) = self.supervise(open);
            let mut state = self.lock();
            state.stops.extend(stops);
            if state.stops.is_empty() && !state.control_is_due {
                self.wait_for_control(state, next);
            }
        }
    }

    fn wait_for_control(&self, state: MutexGuard<'_, PoolState>, next: Option<Instant>) {
        let Some(next) = next else {
            let waited = self.control.wait(state);
            drop(waited.unwrap_or_else(PoisonError::into_inner));
            return;
        };
        let left = next.saturating_duration_since(Instant::now());
        let waited = self.control.wait_timeout(state, left);
        drop(waited.unwrap_or_else(PoisonError::into_inner).0);
    }

    /// Applies the limits of all queues; gives up the workers that they say.
    fn supervise(
        self: &Arc<Self>,
        open: Vec<Arc<ItemQueue>>,
    ) -> (Option<Instant>, Vec<StopRequest>) {
        let now = Instant::now();
        let mut stops = Vec::new();
        let mut next: Option<Instant> = None;
        for queue in open {
            let mut lost = Vec::new();
            let (due, needs) = queue.supervise(now, &mut stops, &mut lost);
            next = next.into_iter().chain(due).min();
            self.give_up(&lost);
            self.serve(&queue, needs);
            self.forget_if_over(&queue);
        }
        (next, stops)
    }

    fn give_up(&self, lost: &[WorkerId]) {
        let mut state = self.lock();
        for id in lost {
            if let Some(record) = state.workers.remove(id) {
                record.lost.store(true, Ordering::Relaxed);
                state.abandoned += 1;
            }
        }
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

/// Takes the control thread off the books however it ends.
struct ControlEnds<'a>(&'a Shared);

impl Drop for ControlEnds<'_> {
    fn drop(&mut self) {
        self.0.lock().control_runs = false;
    }
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

#[cfg(all(test, not(loom)))]
mod tests;
