use std::time::Duration;

use super::{Action, Input, Schedule, TaskState};
use crate::engine::batch::{
    BatchStatus, CapturedText, Counts, Ending, Exit, ProgramResult, ProgramSpec, StatusReason,
    TaskSpec, What, Work,
};
use crate::engine::cancel::CancelReason;

#[path = "schedule_random_tests.rs"]
mod random;

fn tasks(count: usize, timeout: Option<Duration>) -> Vec<TaskSpec> {
    (0..count)
        .map(|index| TaskSpec {
            name: format!("task {index}"),
            timeout,
            work: Work::Program(ProgramSpec::new("true")),
        })
        .collect()
}

fn result(exit: Exit) -> ProgramResult {
    ProgramResult {
        exit,
        duration: seconds(1),
        stdout: CapturedText::default(),
        stderr: CapturedText::default(),
        output_left_open: false,
    }
}

fn exited(code: i32) -> Ending {
    Ending::Exited(result(Exit::Code(code)))
}

fn stopped() -> Ending {
    Ending::Stopped(result(Exit::Signal(15)))
}

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// A schedule and the time, which only moves when told to.
struct Trial {
    schedule: Schedule,
    now: Duration,
}

impl Trial {
    fn new(count: usize, limit: usize, timeout: Option<u64>) -> Self {
        Self {
            schedule: Schedule::new(&tasks(count, timeout.map(seconds)), limit),
            now: Duration::ZERO,
        }
    }

    fn on(&mut self, input: Input) -> Vec<Action> {
        self.schedule.on(input, self.now)
    }

    fn at(&mut self, second: u64) -> Vec<Action> {
        self.now = seconds(second);
        self.on(Input::Tick)
    }

    fn started(&mut self, task: usize) -> Vec<Action> {
        let process_id = task as u32 + 100;
        self.on(Input::Started { task, process_id })
    }

    fn ended(&mut self, task: usize, ending: Ending) -> Vec<Action> {
        self.on(Input::Ended { task, ending })
    }

    fn cancel(&mut self, reason: CancelReason) -> Vec<Action> {
        self.on(Input::Cancel { reason })
    }

    fn states(&self) -> Vec<TaskState> {
        let count = self.schedule.task_count();
        (0..count)
            .filter_map(|task| self.schedule.state(task))
            .collect()
    }
}

fn start(task: usize) -> Action {
    Action::Start { task }
}

fn stop(task: usize, reason: CancelReason) -> Action {
    Action::Stop { task, reason }
}

fn finish(status: BatchStatus) -> Action {
    Action::Finish { status }
}

#[test]
fn an_empty_batch_is_completed_at_once() {
    let mut trial = Trial::new(0, 4, None);
    assert_eq!(
        trial.on(Input::Tick),
        [finish(BatchStatus::Completed)],
        "nothing was asked for, and that was done"
    );
    assert!(trial.schedule.is_over());
    assert_eq!(trial.on(Input::Tick), [], "it finishes only once");
}

#[test]
fn tasks_start_in_order_as_slots_become_free() {
    let mut trial = Trial::new(4, 2, None);
    assert_eq!(trial.on(Input::Tick), [start(0), start(1)]);
    assert_eq!(trial.started(1), []);
    assert_eq!(trial.started(0), []);
    assert_eq!(trial.ended(1, exited(0)), [start(2)]);
    assert_eq!(trial.ended(0, exited(0)), [start(3)]);
    assert_eq!(trial.ended(3, exited(0)), []);
    assert_eq!(trial.ended(2, exited(0)), [finish(BatchStatus::Completed)]);
    assert_eq!(trial.schedule.status(), (BatchStatus::Completed, None));
}

#[test]
fn a_limit_of_0_counts_as_1() {
    let mut trial = Trial::new(2, 0, None);
    assert_eq!(trial.on(Input::Tick), [start(0)]);
}

#[test]
fn a_task_is_queued_until_its_work_begins() {
    let mut trial = Trial::new(1, 1, None);
    trial.on(Input::Tick);
    assert_eq!(trial.states(), [TaskState::Queued]);
    trial.started(0);
    assert_eq!(trial.states(), [TaskState::Running]);
    trial.ended(0, exited(0));
    assert_eq!(trial.states(), [TaskState::Succeeded]);
}

#[test]
fn each_ending_has_its_outcome() {
    let signalled = Ending::Exited(result(Exit::Signal(9)));
    let unseen = Ending::Exited(result(Exit::Unseen));
    let error = Ending::Error {
        error: "not found".to_owned(),
    };
    for (ending, expected) in [
        (exited(0), TaskState::Succeeded),
        (exited(3), TaskState::Failed),
        (exited(-1), TaskState::Failed),
        (signalled, TaskState::Failed),
        (unseen, TaskState::Failed),
        (error, TaskState::Failed),
        (stopped(), TaskState::Stopped),
        (Ending::NeverStarted, TaskState::Stopped),
    ] {
        let mut trial = Trial::new(1, 1, None);
        trial.on(Input::Tick);
        trial.ended(0, ending.clone());
        assert_eq!(trial.states(), [expected], "{ending:?}");
    }
}

#[test]
fn one_failure_makes_the_batch_failed_and_the_others_run_on() {
    let mut trial = Trial::new(2, 1, None);
    trial.on(Input::Tick);
    assert_eq!(trial.ended(0, exited(1)), [start(1)]);
    assert_eq!(trial.ended(1, exited(0)), [finish(BatchStatus::Failed)]);
    let reason = Some(StatusReason::TaskFailed);
    assert_eq!(trial.schedule.status(), (BatchStatus::Failed, reason));
}

#[test]
fn a_time_limit_counts_from_the_real_start() {
    let mut trial = Trial::new(1, 1, Some(10));
    trial.on(Input::Tick);
    assert_eq!(trial.at(20), [], "it was not started yet");
    trial.started(0);
    assert_eq!(trial.schedule.next_deadline(), Some(seconds(30)));
    assert_eq!(trial.at(29), []);
    assert_eq!(trial.at(30), [stop(0, CancelReason::ItemTimeout)]);
    assert_eq!(trial.at(31), [], "once is enough");
    assert_eq!(trial.schedule.next_deadline(), None);
    assert_eq!(trial.ended(0, stopped()), [finish(BatchStatus::Failed)]);
    assert_eq!(trial.states(), [TaskState::TimedOut]);
    let reason = Some(StatusReason::TaskTimedOut);
    assert_eq!(trial.schedule.status(), (BatchStatus::Failed, reason));
}

#[test]
fn a_program_that_ends_by_itself_counts_even_if_a_stop_was_ordered() {
    let mut trial = Trial::new(1, 1, Some(10));
    trial.on(Input::Tick);
    trial.started(0);
    trial.at(10);
    trial.ended(0, exited(0));
    assert_eq!(trial.states(), [TaskState::Succeeded]);
}

#[test]
fn an_end_that_comes_with_the_limit_beats_it() {
    let mut trial = Trial::new(1, 1, Some(10));
    trial.on(Input::Tick);
    trial.started(0);
    assert_eq!(trial.schedule.next_deadline(), Some(seconds(10)));
    trial.now = seconds(11);
    assert_eq!(trial.ended(0, exited(0)), [finish(BatchStatus::Completed)]);
    assert_eq!(trial.schedule.next_deadline(), None);
}

#[test]
fn a_task_that_ended_has_no_limit_any_more() {
    let mut trial = Trial::new(2, 2, Some(10));
    trial.on(Input::Tick);
    trial.started(0);
    trial.at(5);
    trial.started(1);
    assert_eq!(trial.schedule.next_deadline(), Some(seconds(10)));
    trial.ended(0, exited(0));
    assert_eq!(trial.schedule.next_deadline(), Some(seconds(15)));
}

#[test]
fn a_cancel_ends_what_is_queued_and_stops_what_runs() {
    let mut trial = Trial::new(4, 2, None);
    trial.on(Input::Tick);
    trial.started(0);
    let requested = CancelReason::Requested;
    assert_eq!(
        trial.cancel(requested),
        [stop(0, requested), stop(1, requested)],
        "also the one that is just being started"
    );
    assert_eq!(trial.schedule.counts().stopped, 2);
    assert_eq!(trial.cancel(requested), [], "a second one adds nothing");
    assert_eq!(trial.started(1), [], "the order is on its way already");
    assert_eq!(trial.ended(1, stopped()), []);
    assert_eq!(trial.ended(0, stopped()), [finish(BatchStatus::Stopped)]);
    let reason = Some(StatusReason::Cancelled);
    assert_eq!(trial.schedule.status(), (BatchStatus::Stopped, reason));
}

#[test]
fn a_cancel_before_the_beginning_ends_all() {
    let mut trial = Trial::new(3, 2, None);
    let finish = finish(BatchStatus::Stopped);
    assert_eq!(trial.cancel(CancelReason::Requested), [finish]);
}

#[test]
fn a_cancel_after_the_end_changes_nothing() {
    let mut trial = Trial::new(1, 1, None);
    trial.on(Input::Tick);
    trial.ended(0, exited(0));
    assert_eq!(trial.cancel(CancelReason::Requested), []);
    assert_eq!(trial.schedule.status(), (BatchStatus::Completed, None));
}

#[test]
fn a_cancel_that_ended_nothing_leaves_the_batch_completed() {
    let mut trial = Trial::new(1, 1, None);
    trial.on(Input::Tick);
    trial.started(0);
    trial.cancel(CancelReason::Requested);
    let finish = finish(BatchStatus::Completed);
    assert_eq!(trial.ended(0, exited(0)), [finish]);
}

#[test]
fn a_graver_reason_stops_again_but_the_first_stays_the_cause() {
    let mut trial = Trial::new(1, 1, Some(10));
    trial.on(Input::Tick);
    trial.started(0);
    trial.at(10);
    let gone = CancelReason::HostGone;
    assert_eq!(trial.cancel(gone), [stop(0, gone)]);
    assert_eq!(trial.cancel(CancelReason::Requested), [], "that is less");
    trial.ended(0, stopped());
    assert_eq!(trial.states(), [TaskState::TimedOut]);
}

#[test]
fn no_time_limit_begins_for_a_task_that_is_being_stopped() {
    let mut trial = Trial::new(1, 1, Some(10));
    trial.on(Input::Tick);
    trial.cancel(CancelReason::Requested);
    trial.started(0);
    assert_eq!(trial.schedule.next_deadline(), None);
}

#[test]
fn inputs_that_do_not_fit_change_nothing() {
    let mut trial = Trial::new(2, 1, None);
    trial.on(Input::Tick);
    assert_eq!(trial.ended(1, exited(0)), [], "it is still queued");
    assert_eq!(trial.started(1), []);
    assert_eq!(trial.ended(7, exited(0)), [], "there is none");
    assert_eq!(trial.started(7), []);
    trial.started(0);
    trial.started(0);
    assert_eq!(trial.ended(0, exited(0)), [start(1)]);
    assert_eq!(trial.ended(0, exited(1)), [], "it has ended before");
    assert_eq!(trial.started(0), []);
    assert_eq!(trial.states(), [TaskState::Succeeded, TaskState::Queued]);
    assert_eq!(trial.schedule.last_sequence(), 2);
}

#[test]
fn the_log_tells_the_whole_story() {
    let mut trial = Trial::new(2, 1, Some(10));
    trial.on(Input::Tick);
    trial.started(0);
    trial.at(10);
    trial.cancel(CancelReason::Requested);
    trial.now = seconds(12);
    trial.ended(0, stopped());
    let report = trial.schedule.report(0, seconds(99));
    let story: Vec<_> = report
        .events
        .iter()
        .map(|event| (event.sequence, event.task, event.at.as_secs(), &event.what))
        .collect();
    assert!(matches!(
        story[0],
        (1, 0, 0, What::Started { process_id: 100 })
    ));
    let timeout = CancelReason::ItemTimeout;
    assert!(matches!(story[1], (2, 0, 10, What::Stopping { reason }) if *reason == timeout));
    assert!(matches!(story[2], (3, 1, 10, What::Ended(it)) if it.state == TaskState::Stopped));
    assert!(matches!(story[3], (4, 0, 12, What::Ended(it)) if it.state == TaskState::TimedOut));
    assert_eq!(story.len(), 4);
    assert_eq!(
        report.elapsed,
        seconds(12),
        "the clock stops with the batch"
    );
    let expected = Counts {
        total: 2,
        timed_out: 1,
        stopped: 1,
        ..Counts::default()
    };
    assert_eq!(report.counts, expected);
}
