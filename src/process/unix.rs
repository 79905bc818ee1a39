//! Process trees on Unix: process groups.

use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;

use nix::sys::signal::{kill as kill_process, killpg, Signal};
use nix::unistd::Pid;
use tokio::process::Command;

use crate::engine::batch::Exit;

/// Makes the program the leader of a new group, so that its tree can be told
/// apart, and Ctrl+C in the host's terminal does not reach it.
pub(super) fn isolate(command: &mut Command) {
    command.process_group(0);
}

/// Asks the tree of a leader that was not collected yet to end.
pub(super) fn ask_to_end(leader: u32) {
    signal(leader, Signal::SIGTERM);
}

/// Kills the tree of a leader that was not collected yet.
pub(super) fn kill(leader: u32) {
    signal(leader, Signal::SIGKILL);
}

/// Kills a leader that was not collected yet, and nothing else.
pub(super) fn kill_alone(leader: u32) {
    if let Ok(leader) = i32::try_from(leader) {
        let _ = kill_process(Pid::from_raw(leader), Signal::SIGKILL);
    }
}

/// Kills what is left of the tree of a leader that was collected just now. A
/// group keeps its number as long as it has a member; if it has none, the
/// number would have to be given out again within these microseconds to hit
/// anybody else.
pub(super) fn kill_rest(leader: u32) {
    signal(leader, Signal::SIGKILL);
}

/// How a program ended.
pub(super) fn exit(status: ExitStatus) -> Exit {
    match (status.code(), status.signal()) {
        (Some(code), _) => Exit::Code(code),
        (None, Some(signal)) => Exit::Signal(signal),
        (None, None) => Exit::Unseen,
    }
}

fn signal(leader: u32, signal: Signal) {
    if let Ok(group) = i32::try_from(leader) {
        // Fails if the group is gone, which is what is wanted, or if it is all
        // another user's, which no signal can change.
        let _ = killpg(Pid::from_raw(group), signal);
    }
}
