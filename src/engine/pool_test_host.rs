//! A host for tests: what an item does is a closure, stops are carried out by
//! a flag that the item may look at or wait for.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use crate::engine::event::{EventKind, ItemId, Outcome, WorkerId};
use crate::engine::pool::{Control, OpenQueue, Pool, PoolOptions};
use crate::engine::ports::Host;
use crate::engine::queue::{Next, QueueOptions, Wait};
use crate::engine::worker::Worker;

pub(crate) const FOREVER: Duration = Duration::MAX;

/// Something that happens once and that any thread can wait for.
#[derive(Debug, Default)]
pub(crate) struct Signal {
    happened: Mutex<bool>,
    condition: Condvar,
}

impl Signal {
    pub(crate) fn set(&self) {
        *self.happened.lock().unwrap() = true;
        self.condition.notify_all();
    }

    pub(crate) fn is_set(&self) -> bool {
        *self.happened.lock().unwrap()
    }

    pub(crate) fn wait(&self) {
        let happened = self.happened.lock().unwrap();
        let waited = self.condition.wait_while(happened, |happened| !*happened);
        drop(waited.unwrap());
    }
}

/// An item as the closure of a test sees it.
pub(crate) struct Call<'a> {
    pub(crate) worker: &'a Worker,
    pub(crate) tag: u64,
    pub(crate) item: ItemId,
    /// Set when the item is to be stopped.
    pub(crate) stop: Arc<Signal>,
}

type Work = dyn Fn(Call<'_>) -> Outcome + Send + Sync;

/// The stop flag of each worker's present attachment.
type Stops = Mutex<HashMap<WorkerId, (u64, Arc<Signal>)>>;

/// What became of a host.
#[derive(Debug, Default)]
pub(crate) struct Fate {
    pub(crate) drops: AtomicUsize,
    pub(crate) returns: AtomicUsize,
}

pub(crate) struct TestHost {
    work: Box<Work>,
    batch: usize,
    stops: Stops,
    fate: Arc<Fate>,
}

impl TestHost {
    pub(crate) fn new(work: impl Fn(Call<'_>) -> Outcome + Send + Sync + 'static) -> Self {
        Self {
            work: Box::new(work),
            batch: 16,
            stops: Stops::default(),
            fate: Arc::default(),
        }
    }

    pub(crate) fn with_batch(mut self, batch: usize) -> Self {
        self.batch = batch;
        self
    }

    pub(crate) fn fate(&self) -> Arc<Fate> {
        Arc::clone(&self.fate)
    }

    pub(crate) fn into_pool(self) -> Pool {
        self.into_pool_with(PoolOptions::default())
    }

    pub(crate) fn into_pool_with(self, options: PoolOptions) -> Pool {
        Pool::new(Box::new(self), options)
    }

    fn work_off(&self, worker: &Worker, tag: u64, stop: &Arc<Signal>) {
        let mut items = Vec::new();
        loop {
            items.clear();
            let next = worker.next(self.batch, FOREVER, |item| items.push(item));
            if next != Ok(Next::Items) {
                return;
            }
            for &item in &items {
                let stop = Arc::clone(stop);
                let outcome = (self.work)(Call {
                    worker,
                    tag,
                    item,
                    stop,
                });
                // An item that was left or detached from meanwhile.
                let _ = worker.end(item, outcome);
            }
        }
    }
}

impl Host for TestHost {
    fn worker_main(&self, worker: &Worker) {
        while let Ok(Ok(attached)) = worker.attach() {
            let stop = Arc::new(Signal::default());
            let entry = (attached.attachment, Arc::clone(&stop));
            self.stops.lock().unwrap().insert(worker.id(), entry);
            self.work_off(worker, attached.tag, &stop);
            let _ = worker.detach();
        }
        self.fate.returns.fetch_add(1, Ordering::SeqCst);
    }

    fn control_main(&self, control: &Control) {
        while let Some(request) = control.next() {
            let stops = self.stops.lock().unwrap();
            if let Some((attachment, stop)) = stops.get(&request.worker) {
                if *attachment == request.attachment {
                    stop.set();
                }
            }
        }
    }
}

impl Drop for TestHost {
    fn drop(&mut self) {
        self.fate.drops.fetch_add(1, Ordering::SeqCst);
    }
}

pub(crate) fn options() -> QueueOptions {
    QueueOptions {
        tag: 1,
        worker_limit: 4,
        input_capacity: 1024,
        output_capacity: 1024,
        item_timeout: None,
        timeout: None,
        stop_grace: Duration::from_secs(30),
        is_for_tasks: false,
    }
}

pub(crate) fn with_workers(worker_limit: u32) -> QueueOptions {
    QueueOptions {
        worker_limit,
        ..options()
    }
}

/// How each item of a queue ended.
#[derive(Debug, Default)]
pub(crate) struct Ends {
    pub(crate) outcomes: HashMap<ItemId, Outcome>,
    pub(crate) outputs: usize,
}

impl Ends {
    /// Takes what is there; no item may end twice or say something afterwards.
    pub(crate) fn take(&mut self, queue: &OpenQueue) {
        queue.take(256, |event| {
            let before = match event.kind {
                EventKind::Ended { outcome, .. } => self.outcomes.insert(event.item, outcome),
                EventKind::Output(_) => {
                    self.outputs += 1;
                    self.outcomes.get(&event.item).copied()
                }
            };
            assert_eq!(before, None, "after its end: {event:?}");
        });
    }

    pub(crate) fn count(&self, outcome: Outcome) -> usize {
        self.outcomes.values().filter(|it| **it == outcome).count()
    }
}

/// Takes until nothing will ever come again.
pub(crate) fn drain(queue: &OpenQueue) -> Ends {
    let mut ends = Ends::default();
    while queue.wait(false, FOREVER) != Wait::Ended {
        ends.take(queue);
    }
    ends
}

/// Submits items that must all be taken at once.
pub(crate) fn submit(queue: &OpenQueue, items: &[ItemId]) {
    assert_eq!(queue.submit(items), Some(items.len()));
}

/// Feeds the items `0..count` and takes until all have ended, as a host does.
pub(crate) fn run(queue: &OpenQueue, count: u64) -> Ends {
    let mut ends = Ends::default();
    let mut sent = 0;
    loop {
        let chunk: Vec<_> = (sent..count).take(256).collect();
        if !chunk.is_empty() {
            sent += queue.submit(&chunk).expect("it is open") as u64;
        } else {
            queue.close();
        }
        match queue.wait(sent < count, FOREVER) {
            Wait::Ended => break,
            Wait::Ready => ends.take(queue),
            Wait::TimedOut => unreachable!("there was no limit"),
        }
    }
    assert_eq!(ends.outcomes.len() as u64, count);
    assert!(ends.outcomes.keys().all(|item| *item < count));
    ends
}
