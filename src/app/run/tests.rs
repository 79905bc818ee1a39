//! Whole runs, with a real pool and real programs.

mod edge_case_tests;
mod flow_tests;
mod host_tests;
mod journal_tests;
mod memo_tests;
mod program_tests;
mod refusal_tests;
mod state_tests;
mod stop_tests;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{channel, Receiver, Sender};
use std::sync::Mutex;

use serde_json::{json, Value as Json};

use super::*;
use crate::engine::event::Outcome;
use crate::engine::pool_test_host::{Call, Signal, TestHost};
use crate::engine::ports::{JournalError, Step};
use crate::engine::watchdog::guarded;

const FOREVER: Duration = Duration::MAX;

/// Which task a worker is asked to run; tasks of the graph itself have the
/// numbers of their places.
fn task_of(call: &Call<'_>) -> u32 {
    call.item as u32
}

fn attempt_of(call: &Call<'_>) -> u64 {
    call.item >> 32 & 0x3FFF_FFFF
}

fn ask_of(call: &Call<'_>) -> u64 {
    call.item >> 62
}

fn say(call: &Call<'_>, report: Json) {
    let said = call.worker.report(call.item, &report.to_string());
    assert_eq!(said, Ok(()));
}

/// Fails for a reason.
fn fail(call: &Call<'_>, message: &str) -> Outcome {
    say(call, json!({ "error": { "message": message } }));
    Outcome::Failed
}

/// A run on a pool of its own.
struct Bench {
    run: Run,
    _pool: Pool,
}

fn start_with(
    json: Json,
    memory: Memory,
    work: impl Fn(Call<'_>) -> Outcome + Send + Sync + 'static,
) -> Bench {
    let pool = TestHost::new(work).with_batch(1).into_pool();
    let workers = Workers {
        pool: &pool,
        tag: 9,
    };
    let run = Run::start(&json.to_string(), Some(workers), memory);
    Bench {
        run: run.unwrap_or_else(|error| panic!("{error}")),
        _pool: pool,
    }
}

fn start(json: Json, work: impl Fn(Call<'_>) -> Outcome + Send + Sync + 'static) -> Bench {
    start_with(json, Memory::default(), work)
}

/// All that a run told.
struct Told {
    last: Json,
    events: Vec<Json>,
}

impl Bench {
    /// Polls until the run has ended.
    fn told(&self) -> Told {
        told(&self.run)
    }

    /// Polls until this has happened.
    fn until(&self, is_it: impl Fn(&Json) -> bool) {
        let mut cursor = 0;
        loop {
            let report = poll(&self.run, cursor);
            if report["events"]
                .as_array()
                .into_iter()
                .flatten()
                .any(&is_it)
            {
                return;
            }
            assert_eq!(report["status"], "Running", "it never happened");
            cursor = report["cursor"].as_u64().expect("a cursor");
        }
    }
}

fn poll(run: &Run, cursor: u64) -> Json {
    serde_json::from_str(&run.poll(cursor, FOREVER)).expect("JSON")
}

fn told(run: &Run) -> Told {
    let mut events = Vec::new();
    let mut cursor = 0;
    loop {
        let mut last = poll(run, cursor);
        cursor = last["cursor"].as_u64().expect("a cursor");
        if let Json::Array(new) = last["events"].take() {
            events.extend(new);
        }
        if last["status"] != "Running" && last["more"] == false {
            return Told { last, events };
        }
    }
}

impl Told {
    /// How each task ended, in the order of the ends.
    fn ends(&self) -> Vec<String> {
        let ended = self.events.iter().filter(|it| it["kind"] == "Ended");
        let text = |it: &Json, key: &str| it[key].as_str().unwrap_or_default().to_owned();
        ended
            .map(|it| {
                let more = [
                    text(it, "error"),
                    text(it, "skipReason"),
                    text(it, "blockedBy"),
                ];
                let mut end = format!("{} {}", text(it, "name"), text(it, "state"));
                for more in more.iter().filter(|more| !more.is_empty()) {
                    end = format!("{end}: {more}");
                }
                end
            })
            .collect()
    }

    fn sorted_ends(&self) -> Vec<String> {
        let mut ends = self.ends();
        ends.sort();
        ends
    }

    fn end_of(&self, name: &str) -> &Json {
        let mut ended = self.events.iter().filter(|it| it["kind"] == "Ended");
        ended.find(|it| it["name"] == name).expect("it ended")
    }

    fn status(&self) -> &str {
        self.last["status"].as_str().expect("a status")
    }
}

fn refused(json: Json) -> String {
    let error = Run::start(&json.to_string(), None, Memory::default());
    error.expect_err("it is refused").to_string()
}
