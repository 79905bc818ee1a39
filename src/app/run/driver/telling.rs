//! What polls and the journal are told of a run.

use std::sync::Arc;
use std::time::Duration;

use crate::app::run::course::{Known, Left, Line, Runner, State, Sum, What};
use crate::app::run::Earlier;
use crate::engine::clock::Moment;
use crate::engine::graph::Graph;
use crate::engine::ports::JournalError;
use crate::engine::schedule::{self, RunEvent, RunStatus};
use crate::store::Detail;

use super::{Driver, Outcome};

/// What the schedule does not keep of the attempts that run.
#[derive(Debug, Default)]
pub(super) struct Note {
    pub(super) runner: Option<Runner>,
    pub(super) begun: Option<Moment>,
    /// How long the attempt took, as whoever ran it measured it.
    pub(super) measured: Option<Duration>,
    pub(super) left: Left,
    /// Why what comes of it is not remembered.
    pub(super) not_memoized: Option<Arc<str>>,
}

/// What there is to an output beside its value.
pub(super) struct Rest {
    pub(super) blob: Option<Arc<str>>,
    pub(super) is_partial: bool,
}

impl Note {
    /// What is to be kept of it that the schedule does not know.
    pub(super) fn detail(&self) -> Detail {
        let failure = self.left.failure.as_ref();
        Detail {
            worker: match self.runner {
                Some(Runner::Worker(worker)) => Some(worker),
                Some(Runner::Process(_)) | None => None,
            },
            exit_code: self.left.exit_code,
            message: failure.map(|failure| failure.message.clone()),
            is_partial: self.left.is_partial,
            duration: self.measured,
            is_cached: self.left.is_cached,
            streams: self.left.streams.to_vec(),
            blob: self
                .left
                .blob
                .as_deref()
                .map(|blob| blob.as_bytes().to_vec()),
        }
    }
}

/// The tasks of the scopes from this one on.
pub(in crate::app::run) fn known(graph: &Graph, scope: usize) -> Vec<Known> {
    let scopes = graph.scopes()[scope..].iter();
    let tasks = scopes.flat_map(|scope| scope.tasks());
    let known = tasks.map(|task| Known {
        task,
        path: graph.path(task).into(),
        parent: graph.parent(task),
    });
    known.collect()
}

impl Driver {
    pub(super) fn note_events(&mut self, outcome: &mut Outcome) {
        let first = outcome.events.len();
        outcome.events.extend_from_slice(self.schedule.new_events());
        for index in first..outcome.events.len() {
            let line = self.line(outcome.events[index]);
            outcome.lines.push(line);
        }
    }

    fn line(&mut self, event: RunEvent) -> Line {
        let RunEvent { at, task, what } = event;
        let what = match what {
            schedule::What::Opened => {
                self.notes.entry(task).or_default().begun = Some(at);
                What::Opened
            }
            schedule::What::Expanded { first, count } => What::Expanded { first, count },
            schedule::What::Started { attempt } => {
                let note = self.notes.entry(task).or_default();
                note.begun = Some(at);
                let runner = note.runner;
                What::Started { attempt, runner }
            }
            schedule::What::Stopping { reason } => What::Stopping { reason },
            schedule::What::Retrying { attempt, due } => {
                let left = self.notes.remove(&task).unwrap_or_default().left;
                What::Retrying { attempt, due, left }
            }
            schedule::What::Ended(end) => self.end_of(task, end, at),
            schedule::What::RunEnded(_) => What::RunEnded,
            // Nothing lets a running task wait for its own yet.
            schedule::What::Suspended | schedule::What::Resumed => What::Opened,
        };
        Line { at, task, what }
    }

    fn end_of(&mut self, task: u32, end: schedule::TaskEnd, at: Moment) -> What {
        let note = self.notes.remove(&task).unwrap_or_default();
        // Its start and its end may have come in together.
        let seen = note.begun.map(|begun| at.since(begun));
        let duration = note.measured.or(seen).unwrap_or_default();
        if self.durations.len() <= task as usize {
            self.durations.resize(task as usize + 1, Duration::ZERO);
        }
        self.durations[task as usize] = duration;
        if note.left.is_cached {
            self.cached.insert(task);
        }
        let is_kept = self.schedule.is_restored(task);
        let earlier = match is_kept {
            true => self.earlier.remove(&self.schedule.graph().path(task)),
            false => None,
        };
        self.note_rest(task, &note.left, earlier.as_ref());
        let exit_code = earlier.as_ref().and_then(|it| it.exit_code);
        let exit_code = exit_code.or(note.left.exit_code);
        if let Some(conductor) = &mut self.places.conductor {
            conductor.ended(task, exit_code);
        }
        What::Ended {
            end,
            attempts: self.schedule.attempts_of(task),
            duration,
            is_kept,
            left: Left {
                exit_code,
                output: self.schedule.output_of(task).cloned(),
                failure: self.schedule.failure_of(task).cloned(),
                not_memoized: note.not_memoized,
                ..note.left
            },
            earlier: earlier.map(Box::new),
        }
    }

    fn note_rest(&mut self, task: u32, left: &Left, earlier: Option<&Earlier>) {
        let is_partial = left.is_partial || earlier.is_some_and(|it| it.is_partial);
        let blob = left.blob.clone();
        let blob = blob.or_else(|| earlier.and_then(|it| it.blob.clone()));
        if is_partial || blob.is_some() {
            self.rests.insert(task, Rest { blob, is_partial });
        }
    }

    pub(super) fn publish(&mut self, lines: Vec<Line>, error: Option<JournalError>) {
        let graph = self.schedule.graph();
        let news = known(graph, self.known_scopes);
        self.known_scopes = graph.scopes().len();
        let status = self.schedule.status();
        let is_over = status != RunStatus::Running;
        let end = is_over.then(|| (self.course.now(), self.sum()));
        let (counts, reason) = (self.schedule.counts(), self.schedule.cancelled());
        self.course.change(|state: &mut State| {
            state.add(lines);
            state.counts = counts;
            state.reason = reason;
            if !news.is_empty() {
                Arc::make_mut(&mut state.tasks).extend(news);
            }
            if let Some(error) = error {
                state.error = Some(error.to_string());
            }
            if let Some((at, sum)) = end {
                state.status = status;
                state.ended_at.get_or_insert(at);
                state.sum = Some(sum);
            }
        });
    }

    fn sum(&self) -> Sum {
        let graph = self.schedule.graph();
        let duration = |task: u32| self.durations.get(task as usize).copied();
        let work = graph
            .tasks()
            .filter(|&task| graph.children(task).is_empty());
        let known = |task| duration(task).unwrap_or_default();
        Sum {
            lower_bound: graph.lower_bound_of(known),
            sequential: work.filter_map(duration).sum(),
            critical_path: graph.critical_path_of(known),
        }
    }

    /// How long the tasks took that succeeded and that none are inside.
    pub(super) fn took(&self) -> Vec<(String, Duration)> {
        let graph = self.schedule.graph();
        let has_run = |&task: &u32| {
            let end = self.schedule.end_of(task);
            let is_work = graph.children(task).is_empty();
            let is_of_now = !self.schedule.is_restored(task) && !self.cached.contains(&task);
            is_work && is_of_now && end == Some(schedule::TaskEnd::Succeeded)
        };
        let tasks = graph.tasks().filter(has_run);
        let took = |task: u32| Some((graph.path(task), *self.durations.get(task as usize)?));
        tasks.filter_map(took).collect()
    }
}
