//! One program, from its start to its end.
//!
//! # How it ends
//!
//! *By itself.* What it left behind in its tree is left alone, as a shell
//! would. If such a process still holds stdout or stderr open, reading goes on
//! until nothing came for 250 ms, 2 s at most; then it stops, and the result
//! says `output_left_open`.
//!
//! *By a stop.* [`Stop::Gently`] asks the whole tree to end (SIGTERM). It is
//! given the grace: until the program has ended and nobody holds its output
//! open any more. Then what is left of the tree is killed (SIGKILL), and so it
//! is at once by [`Stop::AtOnce`]. A process that left the group (`setsid`)
//! survives both. A program that does not end within 5 s of being killed
//! (uninterruptible in the kernel, another user's) is given up with
//! [`Exit::Unseen`].

use std::borrow::Cow;
use std::fmt;
use std::future::{poll_fn, Future};
use std::io;
use std::path::{self, Path, PathBuf};
use std::pin::pin;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use tokio::process::{Child, Command};
use tokio::select;
use tokio::time::{sleep_until, timeout, Instant};

use super::capture::Output;
use super::ear::Ear;
use super::environment;
use super::platform;
use super::spill::Spills;
use super::stop::{Stop, StopSignal};
use super::tree::{Tree, Trees};
use crate::engine::batch::{Ending, Exit, ProgramResult, ProgramSpec};

/// How long output may stay away, after the program ended, before it counts as
/// held open by somebody else.
const SILENCE: Duration = Duration::from_millis(250);

/// How long output is read at most after the program ended.
const DRAIN_LIMIT: Duration = Duration::from_secs(2);

/// How long a killed program is waited for.
pub(super) const GIVE_UP: Duration = Duration::from_secs(5);

/// The same as [`run`]; of its output, what is more than is kept goes to `spills`.
pub async fn run_spilling(
    spec: &ProgramSpec,
    trees: &Trees,
    stop: &mut StopSignal,
    spills: Option<Spills>,
    on_start: impl FnOnce(u32) -> Option<Ear>,
) -> Ending {
    if stop.ordered().is_some() {
        return Ending::NeverStarted;
    }
    match Running::start(spec, trees) {
        Ok(Some(mut running)) => {
            if let Some(spills) = spills {
                running.output.spill(spills);
            }
            if let Some(process_id) = running.child.id() {
                running.output.listen(on_start(process_id));
            }
            running.drive(stop, spec.grace).await
        }
        Ok(None) => Ending::NeverStarted,
        Err(error) => Ending::Error {
            error: error.to_string(),
        },
    }
}

/// Runs a program to its end, or until it is stopped. `on_start` is told the
/// process id, and says who hears what the program writes, if anybody does. Must
/// be called inside a tokio runtime.
pub async fn run(
    spec: &ProgramSpec,
    trees: &Trees,
    stop: &mut StopSignal,
    on_start: impl FnOnce(u32) -> Option<Ear>,
) -> Ending {
    run_spilling(spec, trees, stop, None, on_start).await
}

/// Why a program could not be started.
#[derive(Debug)]
pub enum StartError {
    /// There is no such program.
    NotFound {
        /// As it was given.
        program: String,
    },
    /// The directory it is to run in is not there, or is none.
    NoDirectory {
        /// As it was given.
        directory: String,
    },
    /// The operating system refused.
    Refused {
        /// As it was given.
        program: String,
        /// What it said.
        source: io::Error,
    },
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound { program } => write!(f, "the program {program:?} was not found"),
            Self::NoDirectory { directory } => {
                write!(f, "the directory {directory:?} does not exist")
            }
            Self::Refused { program, source } => {
                write!(f, "the program {program:?} could not be started: {source}")
            }
        }
    }
}

impl std::error::Error for StartError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Refused { source, .. } => Some(source),
            Self::NotFound { .. } | Self::NoDirectory { .. } => None,
        }
    }
}

impl StartError {
    /// The operating system reports a missing directory like a missing program,
    /// so it is looked up which of them it is.
    fn new(spec: &ProgramSpec, path: &Path, source: io::Error) -> Self {
        let program = spec.program.clone();
        match &spec.directory {
            Some(directory) if !Path::new(directory).is_dir() => Self::NoDirectory {
                directory: directory.clone(),
            },
            _ if source.kind() == io::ErrorKind::NotFound && !is_there(path) => {
                Self::NotFound { program }
            }
            _ => Self::Refused { program, source },
        }
    }
}

/// A script is there even if the interpreter that it names is not.
fn is_there(path: &Path) -> bool {
    path.components().count() > 1 && path.exists()
}

/// Where the program is. What a relative path starts at would otherwise differ
/// between operating systems if a directory is given too.
fn locate(spec: &ProgramSpec) -> Cow<'_, Path> {
    let program = Path::new(&spec.program);
    match &spec.directory {
        Some(directory) if spec.program.contains(path::is_separator) => {
            let joined: PathBuf = Path::new(directory).join(program);
            path::absolute(&joined).unwrap_or(joined).into()
        }
        _ => program.into(),
    }
}

fn command(spec: &ProgramSpec, path: &Path) -> Command {
    let mut command = Command::new(path);
    environment::give(&mut command);
    command
        .args(&spec.arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    if let Some(directory) = &spec.directory {
        command.current_dir(directory);
    }
    for (name, value) in &spec.environment {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    command
}

/// A program that was started.
struct Running {
    child: Child,
    tree: Arc<Tree>,
    output: Output,
    started: Instant,
    /// How it ended, and after what time; `None` until that was seen.
    end: Option<(Exit, Duration)>,
}

impl Running {
    /// `None` if nothing may be started any more.
    fn start(spec: &ProgramSpec, trees: &Trees) -> Result<Option<Self>, StartError> {
        let path = locate(spec);
        let started = Instant::now();
        let (mut child, tree) = match trees.start(&mut command(spec, &path)) {
            Ok(Some(found)) => found,
            Ok(None) => return Ok(None),
            Err(source) => return Err(StartError::new(spec, &path, source)),
        };
        Ok(Some(Self {
            output: Output::of(&mut child, spec),
            child,
            tree,
            started,
            end: None,
        }))
    }

    async fn drive(mut self, stop: &mut StopSignal, grace: Duration) -> Ending {
        let was_stopped = self.until_end_or_stop(stop).await;
        if was_stopped {
            self.end_tree(stop, grace).await;
        }
        self.drain().await;
        let result = self.into_result();
        if was_stopped {
            Ending::Stopped(result)
        } else {
            Ending::Exited(result)
        }
    }

    /// Reads along until the program ended by itself (false) or a stop was
    /// ordered (true).
    async fn until_end_or_stop(&mut self, stop: &mut StopSignal) -> bool {
        loop {
            select! {
                // In this order, so that an end that was there first counts.
                biased;
                exit = exit_of(&mut self.child, &self.tree, false) => {
                    self.end = Some((exit, self.started.elapsed()));
                    return false;
                }
                () = stop.at_least(Stop::Gently) => return true,
                () = self.output.advance() => {}
            }
        }
    }

    /// Ends the program and its tree.
    async fn end_tree(&mut self, stop: &mut StopSignal, grace: Duration) {
        if stop.ordered() == Some(Stop::Gently) {
            self.tree.ask_to_end();
            let ends = self.until_tree_ended();
            select! {
                () = ends => {}
                () = sleep_until(Instant::now() + grace) => {}
                () = stop.at_least(Stop::AtOnce) => {}
            }
        }
        if self.end.is_none() {
            self.tree.kill();
            // A program that outlives this is dropped; tokio collects it when
            // it ends after all.
            let _ = timeout(GIVE_UP, self.until_collected()).await;
        }
    }

    /// The leader is not collected before the output was closed: until then
    /// its process id stands for the whole tree, which may need killing.
    async fn until_tree_ended(&mut self) {
        while !self.output.is_closed() {
            self.output.advance().await;
        }
        self.until_collected().await;
    }

    async fn until_collected(&mut self) {
        let exit = exit_of(&mut self.child, &self.tree, true).await;
        self.end = Some((exit, self.started.elapsed()));
    }

    /// Reads what output there still is after the end.
    async fn drain(&mut self) {
        let limit = Instant::now() + DRAIN_LIMIT;
        while !self.output.is_closed() && Instant::now() < limit {
            if timeout(SILENCE, self.output.advance()).await.is_err() {
                break;
            }
        }
    }

    fn into_result(self) -> ProgramResult {
        let unseen = (Exit::Unseen, self.started.elapsed());
        let (exit, duration) = self.end.unwrap_or(unseen);
        let output_left_open = !self.output.is_closed();
        let (stdout, stderr) = self.output.finish();
        ProgramResult {
            exit,
            duration,
            stdout,
            stderr,
            output_left_open,
        }
    }
}

/// Waits for the end of the leader and collects it; what is left of its tree
/// is killed if `with_rest`.
pub(super) async fn exit_of(child: &mut Child, tree: &Tree, with_rest: bool) -> Exit {
    let mut wait = pin!(child.wait());
    let status = poll_fn(|context| tree.collect(with_rest, || wait.as_mut().poll(context))).await;
    status.map_or(Exit::Unseen, platform::exit)
}
