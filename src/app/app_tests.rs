use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{mpsc, Arc};
use std::time::{Duration, Instant};
use std::{env, fs, io, process, thread};

use serde_json::{json, Value};

use super::{Batch, BatchError};
use crate::engine::batch::{
    BatchEvent, BatchReport, BatchStatus, Ended, Exit, StatusReason, TaskState, What,
};

/// Only so that a hang ends; nothing is measured by it.
const HANG: Duration = Duration::from_secs(60);

fn program(name: &str, argv: &[&str]) -> Value {
    json!({"name": name, "kind": "program", "argv": argv})
}

fn shell(name: &str, script: &str) -> Value {
    program(name, &["sh", "-c", script])
}

fn submit(max_concurrency: usize, tasks: Vec<Value>) -> Batch {
    let json = json!({"maxConcurrency": max_concurrency, "tasks": tasks});
    Batch::submit(&json.to_string()).unwrap()
}

/// Polls until `is_enough` is content with the events so far.
fn poll_until(
    batch: &Batch,
    mut is_enough: impl FnMut(&BatchReport, &[BatchEvent]) -> bool,
) -> (BatchReport, Vec<BatchEvent>) {
    let begun = Instant::now();
    let mut events = Vec::new();
    let mut cursor = 0;
    loop {
        let mut report = batch.poll(cursor, HANG);
        assert!(begun.elapsed() < HANG, "it hangs: {report:?}");
        cursor = report.cursor;
        events.append(&mut report.events);
        if is_enough(&report, &events) {
            return (report, events);
        }
    }
}

fn to_end(batch: &Batch) -> (BatchReport, Vec<BatchEvent>) {
    poll_until(batch, |report, _| {
        report.status != BatchStatus::Running && !report.more
    })
}

fn ended(events: &[BatchEvent]) -> BTreeMap<usize, &Ended> {
    let mut ends = BTreeMap::new();
    for event in events {
        if let What::Ended(ended) = &event.what {
            let before = ends.insert(event.task, ended);
            assert!(before.is_none(), "{} ended twice", event.name);
        }
    }
    ends
}

/// A named pipe whose end shows that all who held it are gone.
struct Life {
    directory: PathBuf,
    ready: mpsc::Receiver<()>,
    gone: mpsc::Receiver<()>,
}

impl Life {
    fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let directory = env::temp_dir().join(format!("oe-app-{}-{number}", process::id()));
        fs::create_dir(&directory).unwrap();
        let fifo = directory.join("life");
        let made = process::Command::new("mkfifo").arg(&fifo).status();
        assert!(made.unwrap().success());
        let (is_ready, ready) = mpsc::channel();
        let (is_gone, gone) = mpsc::channel();
        thread::spawn(move || {
            let mut pipe = BufReader::new(File::open(fifo).unwrap());
            pipe.read_line(&mut String::new()).unwrap();
            let _ = is_ready.send(());
            pipe.read_to_end(&mut Vec::new()).unwrap();
            let _ = is_gone.send(());
        });
        Self {
            directory,
            ready,
            gone,
        }
    }

    /// A script that runs beside the pipe `life`.
    fn shell(&self, script: &str) -> Value {
        let mut task = shell("life", script);
        task["cwd"] = json!(self.directory);
        task
    }
}

impl Drop for Life {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.directory);
    }
}

#[test]
fn two_hundred_programs_each_with_its_own_exit_code() {
    let task = |index: usize| shell(&format!("t{index}"), &format!("echo {index}; exit {index}"));
    let batch = submit(8, (0..200).map(task).collect());
    let (report, events) = to_end(&batch);
    assert_eq!(report.status, BatchStatus::Failed);
    assert_eq!((report.counts.succeeded, report.counts.failed), (1, 199));
    let ends = ended(&events);
    assert_eq!(ends.len(), 200);
    for (task, end) in ends {
        let result = end.result.as_ref().unwrap();
        assert_eq!(result.exit, Exit::Code(task as i32));
        assert_eq!(result.stdout.text, format!("{task}\n"));
    }
    assert!(most_at_once(&events) <= 8);
}

/// The most tasks that ran at once, by the log.
fn most_at_once(events: &[BatchEvent]) -> usize {
    let (mut now, mut most) = (0, 0);
    for event in events {
        match event.what {
            What::Started { .. } => now += 1,
            What::Ended(_) => now -= 1,
            What::Stopping { .. } => {}
        }
        most = most.max(now);
    }
    most
}

#[test]
fn an_empty_batch_is_completed() {
    let (report, events) = to_end(&submit(1, vec![]));
    assert_eq!(report.status, BatchStatus::Completed);
    assert_eq!((report.counts.total, events.len()), (0, 0));
}

#[test]
fn one_task_at_a_time_keeps_the_order() {
    let tasks = ["a", "b", "c"].map(|name| program(name, &["true"]));
    let (report, events) = to_end(&submit(1, tasks.into()));
    assert_eq!(report.status, BatchStatus::Completed);
    let story: Vec<_> = events.iter().map(|event| event.name.as_str()).collect();
    assert_eq!(story, ["a", "a", "b", "b", "c", "c"]);
    assert!(events.is_sorted_by_key(|event| event.at));
}

#[test]
fn a_program_that_is_missing_fails_its_task_only() {
    let tasks = vec![program("a", &["no-such-program"]), program("b", &["true"])];
    let (report, events) = to_end(&submit(1, tasks));
    assert_eq!(report.reason, Some(StatusReason::TaskFailed));
    let ends = ended(&events);
    let error = ends[&0].error.as_deref();
    assert_eq!(
        error,
        Some(r#"the program "no-such-program" was not found"#)
    );
    assert_eq!(ends[&0].result, None);
    assert_eq!(ends[&1].state, TaskState::Succeeded);
}

#[test]
fn a_time_limit_ends_the_whole_tree() {
    // A machine may be too busy to let the script come to its point in time,
    // so it is given more until it does.
    let holds = [0.2, 2.0, 20.0].into_iter().any(is_tree_ended_at_limit);
    assert!(holds, "the script never came to its point");
}

/// False if the script did not come to the point of starting its tree.
fn is_tree_ended_at_limit(seconds: f64) -> bool {
    let life = Life::new();
    let mut task = life.shell("exec 3>life; sleep 1000 & echo ready >&3; echo out; wait");
    task["timeoutSeconds"] = json!(seconds);
    let batch = submit(1, vec![task, program("next", &["true"])]);
    let (report, events) = to_end(&batch);
    assert_eq!(report.counts.timed_out, 1);
    assert_eq!(report.reason, Some(StatusReason::TaskTimedOut));
    let ends = ended(&events);
    assert_eq!(ends[&0].state, TaskState::TimedOut);
    assert_eq!(ends[&1].state, TaskState::Succeeded);
    let result = ends[&0].result.as_ref().unwrap();
    assert_eq!(result.exit, Exit::Signal(15));
    let came_to_point = result.stdout.text == "out\n";
    if came_to_point {
        life.gone.recv_timeout(HANG).expect("somebody lives on");
    }
    came_to_point
}

#[test]
fn a_cancel_ends_what_runs_and_what_waits() {
    let life = Life::new();
    let mut tasks = vec![life.shell("exec 3>life; sleep 1000 & echo ready >&3; wait")];
    tasks.extend((0..9).map(|index| program(&format!("t{index}"), &["sleep", "1000"])));
    let batch = submit(4, tasks);
    life.ready.recv_timeout(HANG).unwrap();
    poll_until(&batch, |report, _| report.counts.running == 4);
    batch.cancel();
    batch.cancel();
    let (report, events) = to_end(&batch);
    life.gone.recv_timeout(HANG).expect("somebody lives on");
    assert_eq!(report.status, BatchStatus::Stopped);
    assert_eq!(report.reason, Some(StatusReason::Cancelled));
    assert_eq!(report.counts.stopped, 10);
    let never_started = ended(&events)
        .values()
        .filter(|end| end.result.is_none())
        .count();
    assert_eq!(never_started, 6);
}

#[test]
fn a_drop_kills_even_those_who_ignore_being_asked() {
    let life = Life::new();
    let script = "trap '' TERM; exec 3>life; sleep 1000 & echo ready >&3; wait; sleep 1000";
    let batch = submit(
        2,
        vec![life.shell(script), program("b", &["sleep", "1000"])],
    );
    life.ready.recv_timeout(HANG).unwrap();
    drop(batch);
    life.gone.recv_timeout(HANG).expect("somebody lives on");
}

/// Set for the process that [`ends_right_after_a_drop`] plays its part in.
const DIRECTORY: &str = "OE_TEST_DROP_IN";

#[test]
fn a_drop_leaves_no_orphan_even_if_the_process_ends_right_after() {
    let life = Life::new();
    let mut host = process::Command::new(env::current_exe().unwrap())
        .args(["--exact", "app::tests::ends_right_after_a_drop"])
        .env(DIRECTORY, &life.directory)
        .stdin(process::Stdio::piped())
        .stdout(process::Stdio::null())
        .spawn()
        .unwrap();
    life.ready.recv_timeout(HANG).unwrap();
    // It waits for the end of its input.
    drop(host.stdin.take());
    assert_eq!(host.wait().unwrap().code(), Some(42));
    life.gone.recv_timeout(HANG).expect("somebody lives on");
}

/// The other process of the test before this one; else nothing.
#[test]
fn ends_right_after_a_drop() {
    let Ok(directory) = env::var(DIRECTORY) else {
        return;
    };
    let script = "trap '' TERM; exec 3>life; sleep 1000 & echo ready >&3; wait; sleep 1000";
    let mut task = shell("a", script);
    task["cwd"] = json!(directory);
    let batch = submit(1, vec![task]);
    io::stdin().read_to_end(&mut Vec::new()).unwrap();
    drop(batch);
    process::exit(42);
}

#[test]
fn a_poll_without_a_limit_to_wait_says_what_there_is() {
    let batch = submit(1, vec![program("a", &["sleep", "1000"])]);
    poll_until(&batch, |report, _| report.counts.running == 1);
    let report = batch.poll(1, Duration::ZERO);
    assert_eq!((report.status, report.cursor), (BatchStatus::Running, 1));
    assert_eq!(report.events.len(), 0);
}

#[test]
fn a_limit_beyond_every_clock_waits_for_the_event() {
    let batch = submit(1, vec![program("a", &["true"])]);
    let mut report = batch.poll(0, Duration::MAX);
    while report.status == BatchStatus::Running {
        report = batch.poll(report.cursor, Duration::MAX);
    }
    assert_eq!(report.status, BatchStatus::Completed);
}

#[test]
fn several_pollers_see_the_same() {
    let tasks = (0..20).map(|index| program(&format!("t{index}"), &["true"]));
    let batch = Arc::new(submit(3, tasks.collect()));
    let poll = || {
        let batch = Arc::clone(&batch);
        thread::spawn(move || to_end(&batch).1)
    };
    let pollers = [poll(), poll(), poll()];
    let [first, second, third] = pollers.map(|poller| poller.join().unwrap());
    assert_eq!(first, second);
    assert_eq!(first, third);
    assert_eq!(ended(&first).len(), 20);
}

#[test]
fn several_batches_run_at_once() {
    let batches: Vec<_> = (0..5)
        .map(|code| submit(2, vec![shell("a", &format!("exit {code}"))]))
        .collect();
    for (code, batch) in batches.iter().enumerate() {
        let (_, events) = to_end(batch);
        let exit = ended(&events)[&0].result.as_ref().unwrap().exit;
        assert_eq!(exit, Exit::Code(code as i32));
    }
}

#[test]
fn a_batch_that_is_not_one_is_refused_with_its_place() {
    let error = Batch::submit("{\n\"tasks\": 7}").unwrap_err();
    assert!(matches!(error, BatchError::Spec { .. }));
    let expected =
        "tasks: invalid type: integer `7`, expected an array of tasks (line 2, column 10)";
    assert_eq!(error.to_string(), expected);
}
