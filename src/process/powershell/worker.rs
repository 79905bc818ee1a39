//! One worker, from its start to its end.

use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use serde_json::value::RawValue;
use tokio::io::AsyncReadExt;
use tokio::process::{Child, ChildStderr, ChildStdout, Command};
use tokio::select;
use tokio::time::{sleep_until, timeout, timeout_at, Instant};

use super::channel::{Door, Incoming, Outgoing};
use super::files::{random, Files};
use super::frames::{send, FrameError, FrameReader, Said, MOST_BYTES_SENT};
use super::printed::PrintedStream;
use super::workers::{Order, Printed};
use crate::engine::batch::Exit;
use crate::process::ear::Source;
use crate::process::environment;
use crate::process::program::{exit_of, GIVE_UP};
use crate::process::stop::{Stop, StopSignal};
use crate::process::tree::{Tree, Trees};

/// How long PowerShell may take to start.
const START_LIMIT: Duration = Duration::from_secs(60);

/// How long a worker at rest may take to read an order or to end.
const REST_LIMIT: Duration = Duration::from_secs(10);

/// How long what a step printed is waited for after its answer.
const MARK_LIMIT: Duration = Duration::from_secs(2);

/// How much of what a worker that does not start complains is told.
const MOST_COMPLAINT: u64 = 2048;

/// A process that waits for orders.
pub(super) struct Worker {
    process_id: u32,
    child: Child,
    tree: Arc<Tree>,
    from: FrameReader<Incoming>,
    to: Outgoing,
    stdout: PrintedStream<ChildStdout>,
    stderr: PrintedStream<ChildStderr>,
    /// How many orders it was given.
    pub(super) uses: u64,
}

/// How an order went.
pub(super) enum Went {
    /// It was answered.
    Answered(Box<RawValue>, Printed),
    /// A stop was carried out.
    Stopped(Printed),
    /// The worker was gone before it began.
    NotBegun,
    /// The worker ended, or was ended, in the middle of it.
    Lost(Loss, Printed),
}

/// Why a worker ended in the middle of an order.
pub(super) enum Loss {
    /// By itself, or by somebody else.
    Ended(Exit),
    /// It said what no worker says.
    Spoilt(String),
}

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
enum ToWorker<'a> {
    Run {
        number: u64,
        mark: &'a str,
        order: &'a RawValue,
        /// Whether it says what the step writes while the step runs.
        tells: bool,
    },
    Stop,
}

impl Worker {
    /// Starts one. `None` if nothing may be started any more.
    pub(super) async fn start(program: &Path, trees: &Trees) -> Result<Option<Self>, String> {
        let text = |error: std::io::Error| format!("PowerShell could not be started: {error}");
        let files = Files::write().map_err(text)?;
        let door = Door::open(files.folder()).map_err(text)?;
        let mut command = Command::new(program);
        environment::give(&mut command);
        command
            .args(["-NoLogo", "-NoProfile", "-NonInteractive", "-File"])
            .arg(files.worker())
            .arg(door.name())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        let Some((mut child, tree)) = trees.start(&mut command).map_err(text)? else {
            return Ok(None);
        };
        tree.keep(files);
        let opening = timeout(START_LIMIT, door.wait());
        let (from, to) = select! {
            opened = opening => match opened {
                Ok(opened) => opened.map_err(text)?,
                Err(_) => return Err("PowerShell did not start in time".to_owned()),
            },
            exit = exit_of(&mut child, &tree, true) => return Err(complaint(child, exit).await),
        };
        let mut from = FrameReader::new(from);
        match timeout(START_LIMIT, from.next()).await {
            Ok(Ok(Said::Ready)) => {}
            Ok(Err(FrameError::Closed)) => {
                let exit = exit_of(&mut child, &tree, true).await;
                return Err(complaint(child, exit).await);
            }
            _ => return Err("PowerShell did not start as a worker".to_owned()),
        }
        Ok(Some(Self {
            process_id: child.id().unwrap_or_default(),
            stdout: PrintedStream::new(child.stdout.take()),
            stderr: PrintedStream::new(child.stderr.take()),
            child,
            tree,
            from,
            to,
            uses: 0,
        }))
    }

    /// Carries out an order, and comes back if it can carry out another.
    pub(super) async fn carry_out(
        mut self,
        order: &Order,
        trees: &Trees,
        stop: &mut StopSignal,
        on_begin: &mut (impl FnMut(u32) + Send),
    ) -> (Option<Self>, Went) {
        match self.give(order).await {
            Ok(number) => {
                let mut begin = |process_id| {
                    on_begin(process_id);
                    !trees.is_closed()
                };
                self.see_through(number, order, stop, &mut begin).await
            }
            Err(Refused::Order(why)) => {
                let went = Went::Lost(Loss::Spoilt(why), self.finish());
                (Some(self.rest()), went)
            }
            Err(Refused::Worker) => {
                self.kill().await;
                (None, Went::NotBegun)
            }
        }
    }

    async fn give(&mut self, order: &Order) -> Result<u64, Refused> {
        self.uses += 1;
        let mark = format!("\x1e{:016x}{:016x}\n", random(), random());
        let (limit, ear) = (order.max_output_bytes, order.ear.as_ref());
        let heard = |source| ear.map(|ear| (source, ear.clone()));
        self.stdout.begin(&mark, limit, heard(Source::Stdout));
        self.stderr.begin(&mark, limit, heard(Source::Stderr));
        let frame = ToWorker::Run {
            number: self.uses,
            mark: &mark,
            order: &order.text,
            tells: ear.is_some(),
        };
        let frame = serde_json::to_string(&frame).unwrap_or_default();
        if frame.len() > MOST_BYTES_SENT {
            return Err(Refused::Order(format!(
                "its values take {} bytes, more than the {MOST_BYTES_SENT} that a worker takes",
                frame.len()
            )));
        }
        match timeout(REST_LIMIT, send(&mut self.to, &frame)).await {
            Ok(Ok(())) => Ok(self.uses),
            _ => Err(Refused::Worker),
        }
    }

    async fn see_through(
        mut self,
        number: u64,
        order: &Order,
        stop: &mut StopSignal,
        may_begin: &mut (impl FnMut(u32) -> bool + Send),
    ) -> (Option<Self>, Went) {
        let mut has_begun = false;
        let ended = loop {
            select! {
                biased;
                said = self.from.next() => match said {
                    Ok(Said::Began(of)) if of == number && !has_begun => {
                        has_begun = true;
                        self.tree.work();
                        if !may_begin(self.process_id) {
                            self.kill().await;
                            return (None, Went::Stopped(self.finish()));
                        }
                    }
                    Ok(Said::Done(of, answer)) if of == number && has_begun => break Ok(answer),
                    Ok(Said::Wrote(of, stream, text)) if of == number && has_begun => {
                        order.hear(stream, &text);
                    }
                    Ok(said) => break Err(FrameError::Unknown(format!("{said:?}"))),
                    Err(error) => break Err(error),
                },
                () = stop.at_least(Stop::Gently) => {
                    self.end_step(stop, order.grace).await;
                    return (None, Went::Stopped(self.finish()));
                }
                () = self.stdout.advance() => {}
                () = self.stderr.advance() => {}
            }
        };
        match ended {
            Ok(answer) => {
                let is_whole = self.read_to_mark().await;
                let went = Went::Answered(answer, self.finish());
                // Without the mark nobody knows whose the next output is.
                if is_whole {
                    return (Some(self.rest()), went);
                }
                self.kill().await;
                (None, went)
            }
            Err(error) => {
                let loss = self.lose(error, has_begun).await;
                let went = match loss {
                    Loss::Ended(_) if !has_begun => Went::NotBegun,
                    loss => Went::Lost(loss, self.finish()),
                };
                (None, went)
            }
        }
    }

    /// Asks the step to end, waits as long as it may take, and kills the worker
    /// with all that the step has started.
    async fn end_step(&mut self, stop: &mut StopSignal, grace: Duration) {
        let limit = Instant::now() + grace;
        if stop.ordered() == Some(Stop::Gently) {
            let frame = serde_json::to_string(&ToWorker::Stop).unwrap_or_default();
            let ends = async {
                let _ = send(&mut self.to, &frame).await;
                loop {
                    select! {
                        said = self.from.next() => match said {
                            Ok(Said::Began(_) | Said::Wrote(..)) => {}
                            _ => return,
                        },
                        () = self.stdout.advance() => {}
                        () = self.stderr.advance() => {}
                    }
                }
            };
            select! {
                () = ends => {}
                () = sleep_until(limit) => {}
                () = stop.at_least(Stop::AtOnce) => {}
            }
        }
        self.kill().await;
        self.drain().await;
    }

    /// Ends a worker that is of no use any more, with what is left of its step,
    /// and says why it is not.
    async fn lose(&mut self, error: FrameError, with_rest: bool) -> Loss {
        if let FrameError::Unknown(what) = error {
            self.kill().await;
            self.drain().await;
            return Loss::Spoilt(what);
        }
        // It closes the channel when it ends, but not only then.
        let ending = exit_of(&mut self.child, &self.tree, with_rest);
        let exit = match timeout(REST_LIMIT, ending).await {
            Ok(exit) => exit,
            Err(_) => self.kill().await,
        };
        self.drain().await;
        Loss::Ended(exit)
    }

    /// Kills it and its tree.
    async fn kill(&mut self) -> Exit {
        self.tree.kill();
        let ending = exit_of(&mut self.child, &self.tree, true);
        timeout(GIVE_UP, ending).await.unwrap_or(Exit::Unseen)
    }

    /// Reads what a worker that was lost had printed.
    async fn drain(&mut self) {
        self.read_to_mark().await;
    }

    /// Reads what the step printed. False if its end is not to be found.
    async fn read_to_mark(&mut self) -> bool {
        let limit = Instant::now() + MARK_LIMIT;
        while !(self.stdout.is_over() && self.stderr.is_over()) {
            let reading = async {
                select! {
                    () = self.stdout.advance() => {}
                    () = self.stderr.advance() => {}
                }
            };
            if timeout_at(limit, reading).await.is_err() {
                return false;
            }
        }
        self.stdout.has_mark() && self.stderr.has_mark()
    }

    fn finish(&mut self) -> Printed {
        Printed {
            stdout: self.stdout.finish(),
            stderr: self.stderr.finish(),
        }
    }

    /// Nothing runs in it: what its steps have left behind is left alone if it
    /// is killed.
    fn rest(self) -> Self {
        self.tree.rest();
        self
    }

    /// Whether it has ended, though nobody asked it to.
    pub(super) async fn is_gone(&mut self) -> bool {
        let ending = exit_of(&mut self.child, &self.tree, false);
        timeout(Duration::ZERO, ending).await.is_ok()
    }

    /// Lets it end by itself, which it does when its channel closes.
    pub(super) async fn end(self) {
        let Self {
            mut child,
            tree,
            from,
            to,
            stdout,
            stderr,
            ..
        } = self;
        drop((from, to));
        let ending = exit_of(&mut child, &tree, false);
        if timeout(REST_LIMIT, ending).await.is_err() {
            tree.kill();
        }
        drop((stdout, stderr));
    }
}

/// Why an order was not given.
enum Refused {
    /// No worker would take it.
    Order(String),
    /// This one does not.
    Worker,
}

/// Why a worker did not start, in its own words.
async fn complaint(mut child: Child, exit: Exit) -> String {
    let mut said = String::new();
    for pipe in [
        child.stderr.take().map(|it| Box::new(it) as Pipe),
        child.stdout.take().map(|it| Box::new(it) as Pipe),
    ] {
        let mut bytes = Vec::new();
        if let Some(pipe) = pipe {
            let reading = pipe.take(MOST_COMPLAINT);
            let _ = timeout(MARK_LIMIT, read_all(reading, &mut bytes)).await;
        }
        said.push_str(String::from_utf8_lossy(&bytes).trim());
    }
    let exit = match exit {
        Exit::Code(code) => format!("ended with code {code}"),
        Exit::Signal(signal) => format!("was ended by signal {signal}"),
        Exit::Unseen => "ended".to_owned(),
    };
    format!("PowerShell {exit} when it was started: {said}")
}

type Pipe = Box<dyn tokio::io::AsyncRead + Send + Unpin>;

async fn read_all(mut pipe: impl tokio::io::AsyncRead + Unpin, bytes: &mut Vec<u8>) {
    let _ = pipe.read_to_end(bytes).await;
}
