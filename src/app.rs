//! What the doors (the C ABI, later the command line and HTTP) may call: the
//! parts composed. Nothing here knows which door it is called through.

mod dispatcher;
pub mod drawing;
pub mod interrupt;
pub mod playbook;
pub mod run;
mod runtime;
pub mod store;

use std::fmt;
use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use tokio::sync::mpsc::{unbounded_channel, UnboundedSender};

use crate::engine::batch::{self, BatchReport, BatchSpec, Input, Schedule, SpecError};
use crate::engine::cancel::CancelReason;
use crate::process::Trees;
use dispatcher::Dispatcher;

/// Why a batch did not begin. The text is a fragment.
#[derive(Debug)]
pub enum BatchError {
    /// The JSON is not one of a batch.
    Spec {
        /// What is wrong, and where.
        source: SpecError,
    },
    /// The operating system gave no threads to run it on.
    Runtime {
        /// What it said.
        source: io::Error,
    },
}

impl fmt::Display for BatchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Spec { source } => source.fmt(f),
            Self::Runtime { source } => write!(f, "the runtime could not be started: {source}"),
        }
    }
}

impl std::error::Error for BatchError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Spec { source } => Some(source),
            Self::Runtime { source } => Some(source),
        }
    }
}

/// A batch of tasks that runs in the background.
///
/// Every method may be called from any thread, several at once. Dropping it
/// cancels it and kills at once, without grace, what runs: no program of it
/// outlives the drop, even if this process ends right after.
#[derive(Debug)]
pub struct Batch {
    course: Arc<Course>,
    inputs: UnboundedSender<Input>,
    trees: Arc<Trees>,
}

impl Batch {
    /// Begins a batch; [`crate::engine::batch`] describes its JSON.
    pub fn submit(json: &str) -> Result<Self, BatchError> {
        let spec = batch::read(json).map_err(|source| BatchError::Spec { source })?;
        let runtime = runtime::shared().map_err(|source| BatchError::Runtime { source })?;
        let course = Arc::new(Course::new(&spec));
        let trees = Arc::new(Trees::new());
        let (inputs, received) = unbounded_channel();
        let dispatcher = Dispatcher::new(
            spec.tasks,
            Arc::clone(&course),
            Arc::clone(&trees),
            inputs.clone(),
        );
        runtime.spawn(dispatcher.run(received));
        Ok(Self {
            course,
            inputs,
            trees,
        })
    }

    /// What is new after the cursor (0 at first, then that of the last report).
    /// Waits up to `limit` for an event, unless the batch has ended.
    pub fn poll(&self, cursor: u64, limit: Duration) -> BatchReport {
        self.course.poll(cursor, limit)
    }

    /// Ends the batch before its time: what runs is asked to end, and killed
    /// after its grace; what is queued never starts. Returns at once; polls
    /// show the end. Has no effect on a batch that has ended.
    pub fn cancel(&self) {
        self.cancel_for(CancelReason::Requested);
    }

    fn cancel_for(&self, reason: CancelReason) {
        // Fails only if the dispatcher has ended, and with it the batch.
        let _ = self.inputs.send(Input::Cancel { reason });
    }
}

impl Drop for Batch {
    fn drop(&mut self) {
        self.cancel_for(CancelReason::HostGone);
        // The dispatcher would come to it too, but only if this process lives.
        self.trees.kill_all();
    }
}

/// The course of a batch: its dispatcher writes it, its polls read it.
#[derive(Debug)]
struct Course {
    schedule: Mutex<Schedule>,
    changed: Condvar,
    begun: Instant,
}

impl Course {
    fn new(spec: &BatchSpec) -> Self {
        let max_concurrency = spec.max_concurrency.unwrap_or_else(default_concurrency);
        Self {
            schedule: Mutex::new(Schedule::new(&spec.tasks, max_concurrency)),
            changed: Condvar::new(),
            begun: Instant::now(),
        }
    }

    fn now(&self) -> Duration {
        self.begun.elapsed()
    }

    fn lock(&self) -> MutexGuard<'_, Schedule> {
        self.schedule.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn poll(&self, cursor: u64, limit: Duration) -> BatchReport {
        let deadline = Instant::now().checked_add(limit);
        let mut schedule = self.lock();
        let cursor = cursor.min(schedule.last_sequence());
        while schedule.last_sequence() == cursor && !schedule.is_over() {
            // A limit that no clock can express is none; waking up now and
            // then does no harm.
            let left = deadline.map_or(Duration::from_secs(3600), |deadline| {
                deadline.saturating_duration_since(Instant::now())
            });
            if left.is_zero() {
                break;
            }
            schedule = self
                .changed
                .wait_timeout(schedule, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
        schedule.report(cursor, self.now())
    }
}

/// As many as the cmdlets' ThrottleLimit.
fn default_concurrency() -> usize {
    thread::available_parallelism().map_or(5, |processors| processors.get().max(5))
}

#[cfg(all(test, unix))]
#[path = "app/app_tests.rs"]
mod tests;
