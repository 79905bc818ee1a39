//! The loop of a batch: turns what happens outside into inputs of the
//! schedule, and its actions into work. It decides nothing.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::select;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};
use tokio::time::sleep_until;

use super::Course;
use crate::engine::batch::{Action, Ending, Input, TaskSpec, Work};
use crate::engine::cancel::CancelReason;
use crate::process::{program, stop_channel, Stop, StopSender, StopSignal, Trees};

/// What the loop of a batch needs.
pub(super) struct Dispatcher {
    tasks: Arc<[TaskSpec]>,
    course: Arc<Course>,
    trees: Arc<Trees>,
    inputs: UnboundedSender<Input>,
    /// How to stop those that run.
    stops: HashMap<usize, StopSender>,
}

impl Dispatcher {
    pub(super) fn new(
        tasks: Vec<TaskSpec>,
        course: Arc<Course>,
        trees: Arc<Trees>,
        inputs: UnboundedSender<Input>,
    ) -> Self {
        Self {
            tasks: tasks.into(),
            course,
            trees,
            inputs,
            stops: HashMap::new(),
        }
    }

    /// Drives the batch to its end.
    pub(super) async fn run(mut self, mut received: UnboundedReceiver<Input>) {
        let mut is_over = self.step(Input::Tick);
        while !is_over {
            let input = self.next_input(&mut received).await;
            is_over = self.step(input);
        }
    }

    async fn next_input(&self, received: &mut UnboundedReceiver<Input>) -> Input {
        let deadline = self.course.lock().next_deadline();
        let passed = async {
            match deadline {
                Some(deadline) => sleep_until((self.course.begun + deadline).into()).await,
                None => std::future::pending().await,
            }
        };
        select! {
            // Never `None`: this loop holds a sender itself.
            Some(input) = received.recv() => input,
            () = passed => Input::Tick,
        }
    }

    /// One step of the schedule and all that follows from it. True if the
    /// batch is over.
    fn step(&mut self, input: Input) -> bool {
        if let Input::Ended { task, .. } = input {
            self.stops.remove(&task);
        }
        let now: Duration = self.course.now();
        let actions = self.course.lock().on(input, now);
        self.course.changed.notify_all();
        for action in &actions {
            match *action {
                Action::Start { task } => self.start(task),
                Action::Stop { task, reason } => self.stop(task, reason),
                Action::Finish { .. } => return true,
            }
        }
        false
    }

    fn start(&mut self, task: usize) {
        let (sender, stop) = stop_channel();
        self.stops.insert(task, sender);
        let work = Assignment {
            task,
            tasks: Arc::clone(&self.tasks),
            trees: Arc::clone(&self.trees),
            inputs: self.inputs.clone(),
        };
        let inputs = self.inputs.clone();
        tokio::spawn(async move {
            // A task of its own, so that even a panic in there is an ending.
            let ending = tokio::spawn(work.run(stop)).await;
            let ending = ending.unwrap_or_else(|panic| Ending::Error {
                error: format!("a defect of the engine: {panic}"),
            });
            let _ = inputs.send(Input::Ended { task, ending });
        });
    }

    fn stop(&self, task: usize, reason: CancelReason) {
        let stop = match reason {
            CancelReason::HostGone => Stop::AtOnce,
            CancelReason::NotNeeded
            | CancelReason::ItemTimeout
            | CancelReason::FirstFailure
            | CancelReason::Timeout
            | CancelReason::Requested
            | CancelReason::NotKept => Stop::Gently,
        };
        if let Some(sender) = self.stops.get(&task) {
            sender.order(stop);
        }
    }
}

/// One task that was started.
struct Assignment {
    task: usize,
    tasks: Arc<[TaskSpec]>,
    trees: Arc<Trees>,
    inputs: UnboundedSender<Input>,
}

impl Assignment {
    async fn run(self, mut stop: StopSignal) -> Ending {
        let task = self.task;
        let on_start = |process_id| {
            let _ = self.inputs.send(Input::Started { task, process_id });
            None
        };
        match &self.tasks[task].work {
            Work::Program(spec) => program::run(spec, &self.trees, &mut stop, on_start).await,
        }
    }
}
