//! Workers for real. Without `pwsh` the tests say so and are left out.

use std::fs;
use std::future::Future;
use std::ops::Deref;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::value::RawValue;
use serde_json::{json, Value};
use tokio::time::timeout;

use super::{find, Ending, Order, Workers};
use crate::process::tests::{Scratch, Witness};
use crate::process::{stop_channel, Stop, StopSender, StopSignal, Trees};

mod ending;
mod steps;

/// Only so that a hang ends; nothing is measured by it.
const HANG: Duration = Duration::from_secs(300);

async fn in_time<T>(future: impl Future<Output = T>) -> T {
    timeout(HANG, future).await.expect("it hangs")
}

/// The workers of a test. One test has some at a time: starting PowerShell takes
/// a whole processor.
struct Turn {
    workers: Arc<Workers>,
    _turn: MutexGuard<'static, ()>,
}

impl Deref for Turn {
    type Target = Arc<Workers>;

    fn deref(&self) -> &Arc<Workers> {
        &self.workers
    }
}

fn workers() -> Option<Turn> {
    static TURN: Mutex<()> = Mutex::new(());
    if find(None).is_err() {
        println!("left out: pwsh is not on PATH");
        return None;
    }
    Some(Turn {
        _turn: TURN.lock().unwrap_or_else(PoisonError::into_inner),
        workers: Arc::new(Workers::new(None, Arc::new(Trees::new()))),
    })
}

fn order(order: Value) -> Order {
    Order {
        text: RawValue::from_string(order.to_string()).unwrap(),
        grace: Duration::from_secs(10),
        max_output_bytes: 1 << 20,
        ear: None,
    }
}

fn block(text: &str) -> Order {
    order(json!({"kind": "block", "text": text}))
}

/// The answer to an order.
async fn answer(workers: &Workers, order: &Order) -> Value {
    match ending_of(workers, order).await {
        Ending::Answered { answer, .. } => serde_json::from_str(answer.get()).unwrap(),
        other => panic!("{other:?}"),
    }
}

async fn ending_of(workers: &Workers, order: &Order) -> Ending {
    let (_sender, mut stop) = stop_channel();
    in_time(workers.run(order, &mut stop, |_| ())).await
}

async fn output(workers: &Workers, text: &str) -> Value {
    answer(workers, &block(text)).await["output"].clone()
}

/// Starts an order, and gives the means to stop it.
fn started(workers: &Arc<Workers>, order: Order) -> (StopSender, tokio::task::JoinHandle<Ending>) {
    let (sender, mut stop): (StopSender, StopSignal) = stop_channel();
    let workers = Arc::clone(workers);
    let running = tokio::spawn(async move { workers.run(&order, &mut stop, |_| ()).await });
    (sender, running)
}

/// A text that opens a named pipe for writing and says that it has, in a shell
/// that a step starts; `then` is what the shell does with it open.
fn holding(fifo: &Path, then: &str) -> String {
    let fifo = fifo.to_str().unwrap();
    format!("sh -c 'exec 9> \"{fifo}\"; echo ready >&9; {then}'")
}

fn is_running(process_id: u64) -> bool {
    // A process that nobody has collected yet has ended all the same.
    let status = fs::read_to_string(format!("/proc/{process_id}/stat"));
    status.is_ok_and(|status| !status.contains(") Z "))
}
