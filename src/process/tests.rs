//! Programs for real: `sh` and what it starts.

use std::fs::{self, File};
use std::future::Future;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::timeout;

use super::program::run;
use super::{stop_channel, Stop, Trees};
use crate::engine::batch::{Ending, Exit, ProgramResult, ProgramSpec};

mod ending;
mod starting;

/// Only so that a hang ends; nothing is measured by it.
const HANG: Duration = Duration::from_secs(60);

async fn in_time<T>(future: impl Future<Output = T>) -> T {
    timeout(HANG, future).await.expect("it hangs")
}

fn shell(script: &str) -> ProgramSpec {
    ProgramSpec {
        arguments: vec!["-c".to_owned(), script.to_owned()],
        ..ProgramSpec::new("sh")
    }
}

async fn ending_of(spec: &ProgramSpec) -> Ending {
    let (_sender, mut stop) = stop_channel();
    in_time(run(spec, &Trees::new(), &mut stop, |_| None)).await
}

async fn exited(spec: &ProgramSpec) -> ProgramResult {
    match ending_of(spec).await {
        Ending::Exited(result) => result,
        other => panic!("{other:?}"),
    }
}

/// A directory for one test, removed when it is dropped.
pub(super) struct Scratch {
    pub(super) path: PathBuf,
}

impl Scratch {
    pub(super) fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("oe-process-{}-{number}", process::id()));
        fs::create_dir(&path).unwrap();
        Self { path }
    }

    /// A script that runs in the directory.
    fn shell(&self, script: &str) -> ProgramSpec {
        ProgramSpec {
            directory: Some(self.path.to_str().unwrap().to_owned()),
            ..shell(script)
        }
    }

    /// A pipe with a name, for a script and its test to meet at.
    pub(super) fn fifo(&self, name: &str) -> PathBuf {
        let path = self.path.join(name);
        let made = process::Command::new("mkfifo").arg(&path).status();
        assert!(made.unwrap().success());
        path
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.path);
    }
}

/// Sees processes live and die, without looking for them: it reads a named
/// pipe that they hold open for writing.
pub(super) struct Witness {
    ready: oneshot::Receiver<()>,
    all_gone: oneshot::Receiver<()>,
}

impl Witness {
    pub(super) fn at(fifo: &Path) -> Self {
        let fifo = fifo.to_owned();
        let (is_ready, ready) = oneshot::channel();
        let (are_gone, all_gone) = oneshot::channel();
        // A thread that nobody waits for, since it may hang where a test fails.
        thread::spawn(move || {
            let mut pipe = BufReader::new(File::open(fifo).unwrap());
            pipe.read_line(&mut String::new()).unwrap();
            let _ = is_ready.send(());
            pipe.read_to_end(&mut Vec::new()).unwrap();
            let _ = are_gone.send(());
        });
        Self { ready, all_gone }
    }

    /// Waits for the first line.
    pub(super) async fn ready(&mut self) {
        in_time(&mut self.ready).await.expect("a line");
    }

    /// Waits until nobody holds the pipe any more.
    pub(super) async fn all_gone(self) {
        in_time(self.all_gone).await.expect("an end");
    }
}

/// Runs a script, gives the order when it has written a line to the pipe
/// `life`, and waits until all that hold that pipe are gone.
async fn stopped(script: &str, grace: Duration, orders: &[Stop]) -> ProgramResult {
    let scratch = Scratch::new();
    let mut witness = Witness::at(&scratch.fifo("life"));
    let spec = ProgramSpec {
        grace,
        ..scratch.shell(script)
    };
    let (sender, mut stop) = stop_channel();
    let running = tokio::spawn(async move { run(&spec, &Trees::new(), &mut stop, |_| None).await });
    witness.ready().await;
    orders.iter().for_each(|&stop| sender.order(stop));
    let ending = in_time(running).await.unwrap();
    witness.all_gone().await;
    match ending {
        Ending::Stopped(result) => result,
        other => panic!("{other:?}"),
    }
}

fn code(result: &ProgramResult) -> i32 {
    match result.exit {
        Exit::Code(code) => code,
        other => panic!("{other:?}"),
    }
}
