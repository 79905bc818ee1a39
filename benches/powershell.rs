//! What a step of one trivial line costs in a warm worker, beside a fresh `pwsh`. They
//! take turns, so that a busy machine slows both alike.
//!
//! `cargo bench --bench powershell [-- ROUNDS]`

use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use orchestration_engine::process::powershell::{find, Ending, Order, Workers};
use orchestration_engine::process::{stop_channel, Trees};
use serde_json::value::RawValue;
use tokio::runtime::Builder;

const ROUNDS: usize = 50;

/// So often a step runs before it counts: .NET compiles what runs often.
const WARM_UP: usize = 60;

/// What a step may take on an idle machine.
const MUST: Duration = Duration::from_millis(10);

/// How long a worker rests before a step that comes alone.
const REST: Duration = Duration::from_millis(100);

fn main() {
    let rounds = std::env::args().skip(1).find_map(|it| it.parse().ok());
    let rounds = rounds.unwrap_or(ROUNDS);
    let Ok(pwsh) = find(None) else {
        println!("left out: pwsh is not on PATH");
        return;
    };
    let runtime = Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.expect("a runtime");
    let workers = Workers::new(None, Arc::new(Trees::new()));
    let step = || runtime.block_on(trivial(&workers));
    let first = step();
    for _ in 0..WARM_UP {
        step();
    }
    let (mut alone, mut fresh) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        std::thread::sleep(REST);
        alone.push(step());
        fresh.push(fresh_process(&pwsh));
    }
    let in_a_row: Vec<_> = (0..rounds).map(|_| step()).collect();
    runtime.block_on(workers.end());
    println!("{rounds} rounds; milliseconds: median, fastest");
    tell("a fresh pwsh -NoProfile", &mut fresh);
    tell("a step in a warm worker", &mut alone);
    tell("a step right after another", &mut in_a_row.clone());
    println!("{:<28} {:>8.1}", "the first, with the start", millis(first));
    let met = if alone[rounds / 2] <= MUST {
        "yes"
    } else {
        "no"
    };
    println!("a warm step takes at most {} ms: {met}", MUST.as_millis());
}

async fn trivial(workers: &Workers) -> Duration {
    let order = r#"{"kind":"command","text":"1"}"#.to_owned();
    let order = Order {
        text: RawValue::from_string(order).expect("JSON"),
        grace: Duration::from_secs(10),
        max_output_bytes: 1 << 20,
        ear: None,
    };
    let (_sender, mut stop) = stop_channel();
    let begun = Instant::now();
    let ending = workers.run(&order, &mut stop, |_| ()).await;
    let took = begun.elapsed();
    let Ending::Answered { answer, .. } = ending else {
        panic!("{ending:?}");
    };
    assert!(answer.get().contains(r#""output":[1]"#), "{answer}");
    took
}

fn fresh_process(pwsh: &std::path::Path) -> Duration {
    let begun = Instant::now();
    let output = Command::new(pwsh)
        .args(["-NoProfile", "-NonInteractive", "-Command", "1"])
        .output();
    let took = begun.elapsed();
    assert_eq!(output.expect("pwsh").stdout.trim_ascii(), b"1");
    took
}

fn tell(what: &str, times: &mut [Duration]) {
    times.sort();
    let (median, fastest) = (times[times.len() / 2], times[0]);
    println!(
        "{what:<28} {:>8.1} {:>8.1}",
        millis(median),
        millis(fastest)
    );
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
