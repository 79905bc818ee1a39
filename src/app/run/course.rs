//! What polls see of a run: the thread that drives it writes, any may read.
//!
//! Nothing gets in here before it is kept, if the run is kept at all.

use std::collections::HashMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::engine::batch::ProgramResult;
use crate::engine::cancel::CancelReason;
use crate::engine::clock::Moment;
use crate::engine::event::WorkerId;
use crate::engine::ports::Attempt;
use crate::engine::schedule::{Counts, Failure, RunStatus, TaskEnd};
use crate::engine::value::Value;
use crate::process::{Ear, Source};
use crate::store::StreamRecord;

use super::heard::{Heard, Piece};
use super::Earlier;

/// A view holds at most this many lines.
const PAGE_LINES: usize = 1024;

/// What a line of the log is about.
#[derive(Debug, Clone)]
pub(super) enum What {
    Opened,
    Expanded {
        first: u32,
        count: u32,
    },
    Started {
        attempt: u32,
        runner: Option<Runner>,
    },
    Output {
        kind: u16,
    },
    Stopping {
        reason: CancelReason,
    },
    Retrying {
        attempt: u32,
        due: Moment,
        left: Left,
    },
    Ended {
        end: TaskEnd,
        attempts: u32,
        duration: Duration,
        /// What is known of its attempts, if they were in an earlier part of
        /// the run.
        earlier: Option<Box<Earlier>>,
        is_kept: bool,
        left: Left,
    },
    RunEnded,
}

/// Who runs an attempt.
#[derive(Debug, Clone, Copy)]
pub(super) enum Runner {
    Worker(WorkerId),
    Process(u32),
}

/// What an attempt left.
#[derive(Debug, Clone, Default)]
pub(super) struct Left {
    pub(super) output: Option<Value>,
    pub(super) failure: Option<Failure>,
    pub(super) exit_code: Option<i32>,
    /// Whether there was more to the output than can be kept.
    pub(super) is_partial: bool,
    pub(super) program: Option<Arc<ProgramResult>>,
    /// The output as only the host reads it.
    pub(super) blob: Option<Arc<str>>,
    pub(super) streams: Arc<[StreamRecord]>,
    /// Whether nobody but the run has the blob and the streams.
    pub(super) is_told: bool,
    /// Whether it was remembered, and nothing ran.
    pub(super) is_cached: bool,
    /// Why it is not remembered although it was to be.
    pub(super) not_memoized: Option<Arc<str>>,
}

/// One line of the log.
#[derive(Debug, Clone)]
pub(super) struct Line {
    pub(super) at: Moment,
    pub(super) task: u32,
    pub(super) what: What,
}

/// What is known of a task, whatever becomes of it.
#[derive(Debug, Clone)]
pub(super) struct Known {
    pub(super) task: u32,
    pub(super) path: Arc<str>,
    pub(super) parent: Option<u32>,
}

/// How a run went, once it has ended.
#[derive(Debug, Clone)]
pub(super) struct Sum {
    /// No schedule could have been faster with these durations.
    pub(super) lower_bound: Duration,
    /// How long the tasks took one after another.
    pub(super) sequential: Duration,
    /// The tasks that decided how long it took, had it slots without end.
    pub(super) critical_path: Vec<u32>,
}

/// How a run stands.
#[derive(Debug)]
pub(super) struct State {
    pub(super) status: RunStatus,
    pub(super) reason: Option<CancelReason>,
    /// What kept the run from going on.
    pub(super) error: Option<String>,
    pub(super) counts: Counts,
    /// Sorted by number. Shared with views, so that a report is made of them
    /// without the lock.
    pub(super) tasks: Arc<Vec<Known>>,
    pub(super) log: Vec<Line>,
    /// The line of the log with a task's end.
    pub(super) ends: HashMap<u32, usize>,
    pub(super) ended_at: Option<Moment>,
    pub(super) sum: Option<Sum>,
    heard: Heard,
}

/// What a report is made of.
#[derive(Debug)]
pub(super) struct View {
    /// The run's, if it is kept.
    pub(super) id: Option<Arc<str>>,
    pub(super) status: RunStatus,
    pub(super) reason: Option<CancelReason>,
    pub(super) error: Option<String>,
    pub(super) counts: Counts,
    pub(super) tasks: Arc<Vec<Known>>,
    /// How many lines are before these, and how many there are at all.
    pub(super) first: u64,
    pub(super) last: u64,
    pub(super) lines: Vec<Line>,
    pub(super) ended_at: Option<Moment>,
    pub(super) sum: Option<Sum>,
}

impl View {
    pub(super) fn find(&self, task: u32) -> Option<&Known> {
        let place = self.tasks.binary_search_by_key(&task, |known| known.task);
        self.tasks.get(place.ok()?)
    }
}

impl State {
    fn view(&self, cursor: u64) -> View {
        let last = self.log.len();
        let first = usize::try_from(cursor).unwrap_or(usize::MAX).min(last);
        let lines = self.log[first..].iter().take(PAGE_LINES);
        View {
            id: None,
            status: self.status,
            reason: self.reason,
            error: self.error.clone(),
            counts: self.counts,
            tasks: Arc::clone(&self.tasks),
            first: first as u64,
            last: last as u64,
            lines: lines.cloned().collect(),
            ended_at: self.ended_at,
            sum: self.sum.clone(),
        }
    }

    /// Adds to the log.
    pub(super) fn add(&mut self, lines: Vec<Line>) {
        for line in lines {
            if let What::Ended { .. } = line.what {
                self.ends.insert(line.task, self.log.len());
            }
            self.log.push(line);
        }
    }

    fn is_over(&self) -> bool {
        self.status != RunStatus::Running
    }
}

#[derive(Debug)]
pub(super) struct Course {
    id: Option<Arc<str>>,
    state: Mutex<State>,
    changed: Condvar,
    begun: Instant,
}

impl Course {
    /// `id` is that of a run that is kept.
    pub(super) fn new(id: Option<&str>, tasks: Vec<Known>, counts: Counts) -> Self {
        Self {
            id: id.map(Arc::from),
            state: Mutex::new(State {
                status: RunStatus::Running,
                reason: None,
                error: None,
                counts,
                tasks: Arc::new(tasks),
                log: Vec::new(),
                ends: HashMap::new(),
                ended_at: None,
                sum: None,
                heard: Heard::default(),
            }),
            changed: Condvar::new(),
            begun: Instant::now(),
        }
    }

    pub(super) fn now(&self) -> Moment {
        Moment::after_start(self.begun.elapsed())
    }

    pub(super) fn instant_of(&self, moment: Moment) -> Option<Instant> {
        self.begun.checked_add(moment.since_start())
    }

    /// Changes what polls see, and wakes them.
    pub(super) fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.lock());
        self.changed.notify_all();
    }

    /// Waits until there is something after the cursor, or the run is over,
    /// or the time is; then looks.
    pub(super) fn wait(&self, cursor: u64, limit: Duration) -> View {
        let state = self.wait_for(cursor, limit, |_| false);
        self.identified(state.view(cursor))
    }

    /// The same, and takes what attempts have written since the last time.
    pub(super) fn follow(&self, cursor: u64, limit: Duration) -> (View, Vec<Piece>) {
        let mut state = self.wait_for(cursor, limit, |state| !state.heard.is_empty());
        let pieces = state.heard.take();
        (self.identified(state.view(cursor)), pieces)
    }

    /// Who hears what an attempt writes, for those who follow.
    pub(super) fn ear(self: &Arc<Self>, attempt: Attempt) -> Ear {
        let course = Arc::clone(self);
        Ear::new(move |source: Source, bytes: &[u8]| {
            course.change(|state| state.heard.push(attempt, source, bytes));
        })
    }

    fn wait_for(
        &self,
        cursor: u64,
        limit: Duration,
        is_enough: impl Fn(&State) -> bool,
    ) -> MutexGuard<'_, State> {
        let deadline = Instant::now().checked_add(limit);
        let mut state = self.lock();
        while state.log.len() as u64 <= cursor && !state.is_over() && !is_enough(&state) {
            // A limit that no clock can express is none; waking up now and
            // then does no harm.
            let left = deadline.map_or(Duration::from_secs(3600), |deadline| {
                deadline.saturating_duration_since(Instant::now())
            });
            if left.is_zero() {
                break;
            }
            let waited = self.changed.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        state
    }

    fn identified(&self, view: View) -> View {
        View {
            id: self.id.clone(),
            ..view
        }
    }

    /// The line with the end of a task, and how many are before it, if it has
    /// ended.
    pub(super) fn end_of(&self, task: u32) -> Option<View> {
        let state = self.lock();
        let &line = state.ends.get(&task)?;
        let mut view = state.view(line as u64);
        view.lines.truncate(1);
        Some(view)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
