//! Process trees on Windows: `taskkill /T`, which follows parent links. A job
//! object would hold the tree better, but needs unsafe code.

use std::os::windows::process::CommandExt;
use std::process::{Command, ExitStatus, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::engine::batch::Exit;

/// `CREATE_NEW_PROCESS_GROUP`
const NEW_GROUP: u32 = 0x0000_0200;
/// `CREATE_NO_WINDOW`
const NO_WINDOW: u32 = 0x0800_0000;

/// How long `taskkill` is waited for, and how often it is looked after.
const WAIT_LIMIT: Duration = Duration::from_secs(2);
const WAIT_STEP: Duration = Duration::from_millis(5);

/// Keeps Ctrl+C in the host's console from the program.
pub(super) fn isolate(command: &mut tokio::process::Command) {
    command.creation_flags(NEW_GROUP);
}

/// Asks the tree of a leader that was not collected yet to end. Only programs
/// with a window hear it; the others are killed when their grace is over.
pub(super) fn ask_to_end(leader: u32) {
    taskkill(leader, &["/T"]);
}

/// Kills the tree of a leader that was not collected yet.
pub(super) fn kill(leader: u32) {
    taskkill(leader, &["/F", "/T"]);
}

/// Kills a leader that was not collected yet, and nothing else.
pub(super) fn kill_alone(leader: u32) {
    taskkill(leader, &["/F"]);
}

/// Nothing: once the leader is collected its number may be anybody's, and what
/// it left behind cannot be found through it.
pub(super) fn kill_rest(_leader: u32) {}

/// How a program ended.
pub(super) fn exit(status: ExitStatus) -> Exit {
    status.code().map_or(Exit::Unseen, Exit::Code)
}

/// Waited for, since the leader's number is only sure to be the leader's until
/// it is collected, which the caller's lock prevents meanwhile; but not for
/// ever, since a thread of the runtime waits here.
fn taskkill(leader: u32, options: &[&str]) {
    let started = Command::new("taskkill.exe")
        .args(options)
        .args(["/PID", &leader.to_string()])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .creation_flags(NO_WINDOW)
        .spawn();
    let Ok(mut taskkill) = started else {
        return;
    };
    let limit = Instant::now() + WAIT_LIMIT;
    while matches!(taskkill.try_wait(), Ok(None)) && Instant::now() < limit {
        sleep(WAIT_STEP);
    }
}
