//! How programs are ended, and what becomes of those that they started.
//!
//! The scripts hold the pipe `life` open, as do all that they start, so that
//! its end is the end of them all.

use std::fs;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use nix::errno::Errno;
use nix::sys::wait::{waitpid, WaitPidFlag};
use nix::unistd::Pid;
use tokio::sync::oneshot;

use super::{code, exited, in_time, stopped, Scratch, Witness, HANG};
use crate::engine::batch::{Ending, Exit, ProgramSpec};
use crate::process::program::run;
use crate::process::{stop_channel, Stop, Trees};

/// Shorter than a hang, longer than any machine needs for what is waited for.
const LONG: Duration = HANG;
const SHORT: Duration = Duration::from_millis(50);

#[tokio::test]
async fn a_stop_ends_the_whole_tree() {
    let script = "exec 3>life; sleep 1000 & (sleep 1000; :) & echo ready >&3; wait";
    let result = stopped(script, LONG, &[Stop::Gently]).await;
    assert_eq!(result.exit, Exit::Signal(15));
    assert!(!result.output_left_open);
}

#[tokio::test]
async fn a_program_that_hears_the_stop_ends_in_its_own_way() {
    let script = "trap 'echo tidied; exit 7' TERM; echo ready >life; while :; do sleep 0.01; done";
    let result = stopped(script, LONG, &[Stop::Gently]).await;
    assert_eq!(code(&result), 7);
    assert_eq!(result.stdout.text, "tidied\n");
}

#[tokio::test]
async fn what_the_program_started_has_the_grace_too() {
    let script = "(trap 'sleep 0.2; echo tidied; exit' TERM; exec 3>life; echo ready >&3; \
        while :; do sleep 0.01; done) & exec 3>&-; wait";
    let result = stopped(script, LONG, &[Stop::Gently]).await;
    assert_eq!(result.stdout.text, "tidied\n");
}

#[tokio::test]
async fn whoever_ignores_the_stop_is_killed_after_the_grace() {
    let script = "trap '' TERM; exec 3>life; sleep 1000 & echo ready >&3; wait; sleep 1000";
    let result = stopped(script, SHORT, &[Stop::Gently]).await;
    assert_eq!(result.exit, Exit::Signal(9));
}

#[tokio::test]
async fn a_graver_order_cuts_the_grace_short() {
    let script = "trap '' TERM; exec 3>life; sleep 1000 & echo ready >&3; wait; sleep 1000";
    let orders = [Stop::Gently, Stop::AtOnce, Stop::Gently];
    let result = stopped(script, LONG, &orders).await;
    assert_eq!(result.exit, Exit::Signal(9));
}

#[tokio::test]
async fn at_once_asks_nobody() {
    let script = "trap 'echo heard' TERM; exec 3>life; echo ready >&3; sleep 1000; sleep 1000";
    let result = stopped(script, LONG, &[Stop::AtOnce]).await;
    assert_eq!(
        (result.exit, result.stdout.text.as_str()),
        (Exit::Signal(9), "")
    );
}

#[tokio::test]
async fn a_silent_rest_of_the_tree_is_killed_with_the_program() {
    // The rest ignores the stop and holds none of the output.
    let script = "exec 3>life; (trap '' TERM; exec >/dev/null 2>&1; echo ready >&3; \
        sleep 1000; sleep 1000) & wait";
    let result = stopped(script, LONG, &[Stop::Gently]).await;
    assert_eq!(result.exit, Exit::Signal(15));
}

#[tokio::test]
async fn output_so_far_survives_a_stop() {
    // Nothing is started once the order may come: a process that is just being made while
    // the shell holds signals back does not hear of it, and lives until the grace is over.
    let script = "echo before; echo ready >life; exec sleep 1000";
    let result = stopped(script, LONG, &[Stop::Gently]).await;
    assert_eq!(result.stdout.text, "before\n");
}

#[tokio::test]
async fn a_process_left_behind_does_not_hold_up_the_end() {
    let scratch = Scratch::new();
    let hold = scratch.fifo("hold");
    let result = exited(&scratch.shell("(read line <hold) & echo done")).await;
    assert_eq!((code(&result), result.stdout.text.as_str()), (0, "done\n"));
    assert!(result.output_left_open);
    // It still lives: it takes this line, and that lets it go.
    let (is_taken, taken) = oneshot::channel();
    thread::spawn(move || is_taken.send(fs::write(hold, "go\n").is_ok()));
    assert_eq!(in_time(taken).await, Ok(true));
}

#[tokio::test]
async fn nor_does_one_that_writes_without_end() {
    let scratch = Scratch::new();
    let witness = Witness::at(&scratch.fifo("life"));
    let result = exited(&scratch.shell("exec 3>life; yes & exit 4")).await;
    assert_eq!(code(&result), 4);
    assert!(result.output_left_open);
    // Nobody reads it any more, which ends it.
    witness.all_gone().await;
}

#[tokio::test]
async fn all_trees_can_be_killed_from_outside() {
    let scratch = Scratch::new();
    let mut witness = Witness::at(&scratch.fifo("life"));
    let trees = Arc::new(Trees::new());
    let spec = scratch.shell("trap '' TERM; exec 3>life; sleep 1000 & echo ready >&3; wait; wait");
    let (_sender, mut stop) = stop_channel();
    let running = tokio::spawn({
        let trees = Arc::clone(&trees);
        async move { run(&spec, &trees, &mut stop, |_| None).await }
    });
    witness.ready().await;
    trees.kill_all();
    witness.all_gone().await;
    match in_time(running).await.unwrap() {
        Ending::Exited(result) => assert_eq!(result.exit, Exit::Signal(9)),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn no_zombie_stays() {
    for spec in [ProgramSpec::new("true"), super::shell("kill -9 $$")] {
        let process_id = AtomicU32::new(0);
        let (_sender, mut stop) = stop_channel();
        let note = |id| {
            process_id.store(id, Ordering::Relaxed);
            None
        };
        in_time(run(&spec, &Trees::new(), &mut stop, note)).await;
        let process_id = Pid::from_raw(process_id.load(Ordering::Relaxed) as i32);
        let collected = waitpid(process_id, Some(WaitPidFlag::WNOHANG));
        assert_eq!(collected, Err(Errno::ECHILD));
    }
}
