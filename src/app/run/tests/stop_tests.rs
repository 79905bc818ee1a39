//! Time limits, cancels, and runs and pools that go.

use super::*;

#[test]
fn a_time_limit_stops_only_the_task_that_it_is_of() {
    guarded(|| {
        let release = Arc::new(Signal::default());
        let hold = Arc::clone(&release);
        let bench = start(
            json!({"maxConcurrency": 2, "tasks": [
                {"name": "long", "timeoutSeconds": 0.05}, {"name": "other"},
            ]}),
            move |call| {
                if task_of(&call) == 0 {
                    call.stop.wait();
                    return Outcome::Failed;
                }
                hold.wait();
                Outcome::Succeeded
            },
        );
        bench.until(|event| event["kind"] == "Ended" && event["name"] == "long");
        release.set();
        let told = bench.told();
        assert_eq!(told.ends(), ["long TimedOut", "other Succeeded"]);
    });
}

#[test]
fn a_worker_that_ignores_its_stop_is_given_up_and_the_run_goes_on() {
    guarded(|| {
        let release = Arc::new(Signal::default());
        let hold = Arc::clone(&release);
        let bench = start(
            json!({"maxConcurrency": 1, "graceSeconds": 0.05, "tasks": [
                {"name": "deaf", "timeoutSeconds": 0.05}, {"name": "next", "after": ["deaf"]},
            ]}),
            move |call| {
                if task_of(&call) == 0 {
                    hold.wait();
                }
                Outcome::Succeeded
            },
        );
        assert_eq!(bench.told().ends(), ["deaf TimedOut", "next Succeeded"]);
        release.set();
    });
}

#[test]
fn a_cancel_stops_what_runs_and_what_waits_but_not_what_runs_at_the_end() {
    guarded(|| {
        let bench = start(
            json!({"maxConcurrency": 1, "tasks": [
                {"name": "runs"}, {"name": "waits", "dependsOn": ["runs"]},
                {"name": "last", "finally": true},
            ]}),
            |call| match task_of(&call) {
                0 => {
                    call.stop.wait();
                    Outcome::Failed
                }
                _ => Outcome::Succeeded,
            },
        );
        bench.until(|event| event["kind"] == "Started");
        bench.run.cancel();
        let told = bench.told();
        assert_eq!(
            told.sorted_ends(),
            ["last Succeeded", "runs Stopped", "waits Stopped"]
        );
        assert_eq!(
            (told.status(), &told.last["reason"]),
            ("Stopped", &json!("Cancelled"))
        );
    });
}

#[test]
fn dropping_a_run_stops_what_runs() {
    guarded(|| {
        let stopped = Arc::new(Signal::default());
        let seen = Arc::clone(&stopped);
        let bench = start(json!({"tasks": [{"name": "a"}]}), move |call| {
            call.stop.wait();
            seen.set();
            Outcome::Failed
        });
        bench.until(|event| event["kind"] == "Started");
        let Bench { run, _pool } = bench;
        drop(run);
        stopped.wait();
    });
}

#[test]
fn when_the_pool_is_closed_the_run_ends() {
    guarded(|| {
        let bench = start(
            json!({"maxConcurrency": 1, "tasks": [
                {"name": "runs"}, {"name": "next", "after": ["runs"]},
            ]}),
            |call| {
                call.stop.wait();
                Outcome::Failed
            },
        );
        bench.until(|event| event["kind"] == "Started");
        let Bench { run, _pool } = bench;
        drop(_pool);
        let told = told(&run);
        assert_eq!(
            told.ends(),
            ["runs Stopped", "next Failed: the workers' pool was closed"]
        );
    });
}
