//! Tasks whose result is remembered.

use super::state_tests::Folder;
use super::*;

/// A run of tasks that are kept in a folder, under this id.
fn run_of(folder: &Folder, id: &str, tasks: Json) -> Json {
    let mut state = folder.state(None);
    state["run"] = json!(id);
    json!({"maxConcurrency": 4, "state": state, "tasks": tasks})
}

fn task(name: &str, script: &str) -> Json {
    json!({"name": name, "memo": {"script": script}})
}

fn with(mut json: Json, key: &str, value: Json) -> Json {
    json[key] = value;
    json
}

/// Runs to the end on workers that give out their count; how many tasks ran.
fn count(run: Json) -> (Told, usize) {
    let ran = Arc::new(AtomicUsize::new(0));
    let seen = Arc::clone(&ran);
    let bench = start(run, move |call| {
        let number = seen.fetch_add(1, Ordering::SeqCst);
        say(&call, json!({ "output": number }));
        Outcome::Succeeded
    });
    (bench.told(), ran.load(Ordering::SeqCst))
}

fn cached(told: &Told, name: &str) -> Json {
    told.end_of(name)["cached"].clone()
}

#[test]
fn what_a_hit_gives_out_is_all_that_the_task_had_given_out() {
    guarded(|| {
        let folder = Folder::new("memo-replay");
        let bench = start(
            run_of(&folder, "1", json!([task("a", "x"), task("b", "y")])),
            |call| {
                let streams = json!([{"stream": 3, "text": "careful"}]);
                say(
                    &call,
                    json!({"output": [1, null], "blob": "<Objs>", "streams": streams, "exitCode": 5}),
                );
                Outcome::Succeeded
            },
        );
        let first = bench.told();
        assert_eq!(cached(&first, "a"), false);
        drop(bench);
        // A name is of no matter, and neither is what else there is.
        let tasks = json!([task("c", "x"), task("a", "z")]);
        let (second, ran) = count(run_of(&folder, "2", tasks));
        assert_eq!(ran, 1);
        let end = second.end_of("c");
        let told = [
            "state", "cached", "output", "blob", "exitCode", "streams", "attempts",
        ];
        let told: Vec<_> = told.iter().map(|key| &end[*key]).collect();
        let expected = json!([
            "Succeeded", true, [1, null], "<Objs>", 5, [{"stream": 3, "text": "careful"}], 1
        ]);
        assert_eq!(json!(told), expected);
        assert_eq!(cached(&second, "a"), false);
        let starts = second.events.iter().filter(|it| it["kind"] == "Started");
        assert_eq!(starts.count(), 1, "no worker has it");
        let reader = crate::store::StoreReader::open(&folder.path()).expect("a store");
        let attempts = reader.attempts("2").expect("the attempts");
        let kept: Vec<_> = attempts
            .iter()
            .map(|it| (it.is_cached, it.exit_code))
            .collect();
        assert_eq!(kept, [(true, Some(5)), (false, None)]);
    });
}

#[test]
fn a_failure_is_not_remembered() {
    guarded(|| {
        let folder = Folder::new("memo-failure");
        let tasks = || json!([with(task("a", "x"), "retry", json!({"count": 1}))]);
        let bench = start(run_of(&folder, "1", tasks()), |call| fail(&call, "no"));
        assert_eq!(bench.told().end_of("a")["attempts"], 2);
        drop(bench);
        let (told, ran) = count(run_of(&folder, "2", tasks()));
        assert_eq!((told.ends(), ran), (vec!["a Succeeded".to_owned()], 1));
        assert_eq!(count(run_of(&folder, "3", tasks())).1, 0);
    });
}

#[test]
fn the_attempt_that_succeeds_is_remembered() {
    guarded(|| {
        let folder = Folder::new("memo-retry");
        let tasks = || json!([with(task("a", "x"), "retry", json!({"count": 2}))]);
        let bench = start(run_of(&folder, "1", tasks()), |call| {
            match attempt_of(&call) {
                3 => Outcome::Succeeded,
                _ => fail(&call, "not yet"),
            }
        });
        assert_eq!(bench.told().end_of("a")["attempts"], 3);
        drop(bench);
        let (told, ran) = count(run_of(&folder, "2", tasks()));
        assert_eq!((&told.end_of("a")["attempts"], ran), (&json!(1), 0));
    });
}

#[test]
fn a_run_without_cache_neither_reads_nor_writes_it() {
    guarded(|| {
        let folder = Folder::new("memo-no-cache");
        let run = |id: &str, no_cache: bool| {
            let mut run = run_of(&folder, id, json!([task("a", "x")]));
            run["state"]["noCache"] = json!(no_cache);
            count(run).1
        };
        let ran = [("1", true), ("2", false), ("3", true), ("4", false)];
        assert_eq!(ran.map(|(id, no_cache)| run(id, no_cache)), [1, 1, 1, 0]);
    });
}

#[test]
fn a_result_that_is_too_old_is_computed_again() {
    guarded(|| {
        let folder = Folder::new("memo-age");
        let run = |id: &str, age: Json| {
            let mut task = task("a", "x");
            task["memo"]["maxAgeSeconds"] = age;
            count(run_of(&folder, id, json!([task]))).1
        };
        assert_eq!(run("1", json!(null)), 1);
        assert_eq!(run("2", json!(3600)), 0);
        assert_eq!(run("3", json!(0)), 1);
    });
}

#[test]
fn the_files_that_a_task_declares_are_part_of_what_it_depends_on() {
    guarded(|| {
        let folder = Folder::new("memo-inputs");
        std::fs::create_dir_all(folder.path().parent().expect("a parent")).expect("a folder");
        let input = folder.path().with_file_name("input");
        let run = |id: &str| {
            let mut task = task("a", "x");
            task["memo"]["inputs"] = json!([input]);
            count(run_of(&folder, id, json!([task]))).1
        };
        assert_eq!([run("1"), run("2")], [1, 0]);
        std::fs::write(&input, "new").expect("an input");
        assert_eq!([run("3"), run("4")], [1, 0]);
    });
}

#[test]
fn what_a_task_may_read_of_others_is_part_of_what_it_depends_on() {
    guarded(|| {
        let folder = Folder::new("memo-outputs");
        let run = |id: &str, output: &'static str, partial: bool| {
            let tasks = json!([
                {"name": "before"}, with(task("a", "x"), "dependsOn", json!(["before"])),
                with(task("beside", "y"), "after", json!(["before"])),
            ]);
            let bench = start(run_of(&folder, id, tasks), move |call| {
                if task_of(&call) == 0 {
                    say(&call, json!({"output": output, "partial": partial}));
                }
                Outcome::Succeeded
            });
            let told = bench.told();
            let why = told.end_of("a")["notMemoized"].clone();
            (cached(&told, "a"), cached(&told, "beside"), why)
        };
        let (yes, no, nothing) = (json!(true), json!(false), json!(null));
        assert_eq!(
            run("1", "1", false),
            (no.clone(), no.clone(), nothing.clone())
        );
        assert_eq!(
            run("2", "1", false),
            (yes.clone(), yes.clone(), nothing.clone())
        );
        assert_eq!(run("3", "2", false), (no.clone(), yes.clone(), nothing));
        let why = "it needs the output of task 'before', which cannot be stored as a whole";
        assert_eq!(run("4", "2", true), (no, yes, json!(why)));
    });
}

#[test]
fn what_cannot_be_remembered_is_said_and_runs_every_time() {
    guarded(|| {
        let folder = Folder::new("memo-not");
        for id in ["1", "2"] {
            let mut run = run_of(
                &folder,
                id,
                json!([task("partial", "x"), task("secret", "y")]),
            );
            run["state"]["secrets"] = json!({"password": "hunter22"});
            let bench = start(run, |call| {
                let report = match task_of(&call) {
                    0 => json!({"output": 1, "partial": true}),
                    _ => json!({"output": "it is hunter22"}),
                };
                say(&call, report);
                Outcome::Succeeded
            });
            let told = bench.told();
            let why = ["partial", "secret"].map(|name| told.end_of(name)["notMemoized"].clone());
            assert_eq!(
                why,
                [
                    "its output cannot be stored as a whole",
                    "it depends on the secret password, which is not stored"
                ]
            );
            assert_eq!(told.status(), "Completed");
        }
    });
}

#[test]
fn a_program_is_remembered_with_what_it_wrote() {
    guarded(|| {
        let folder = Folder::new("memo-program");
        let log = folder.path().with_file_name("log");
        let script = format!(
            "echo x >> {}; echo out; echo err >&2; exit 3",
            log.display()
        );
        let run = |id: &str, argument: &str| {
            let run = run_of(
                &folder,
                id,
                json!([{
                    "name": "a", "kind": "program", "memo": {}, "successCodes": [3],
                    "argv": ["sh", "-c", script, "sh", argument],
                }]),
            );
            let run = Run::start(&run.to_string(), None, Memory::default()).expect("a run");
            told(&run).end_of("a").clone()
        };
        let (first, second) = (run("1", "a"), run("2", "a"));
        assert_eq!(
            (&first["cached"], &second["cached"]),
            (&json!(false), &json!(true))
        );
        for key in ["program", "output", "exitCode", "state"] {
            assert_eq!(first[key], second[key], "{key}");
        }
        assert_eq!(second["program"]["stdout"]["text"], "out\n");
        assert_eq!(run("3", "b")["cached"], false);
        let lines = std::fs::read_to_string(&log).expect("the log");
        assert_eq!(lines.lines().count(), 2);
    });
}

#[test]
fn who_waits_for_the_same_result_can_be_stopped() {
    guarded(|| {
        let folder = Folder::new("memo-stop");
        let run = with(
            run_of(
                &folder,
                "1",
                json!([task("a", "x"), task("b", "x"), task("c", "x")]),
            ),
            "graceSeconds",
            json!(600),
        );
        let ran = Arc::new(AtomicUsize::new(0));
        let seen = Arc::clone(&ran);
        let bench = start(run, move |call| {
            seen.fetch_add(1, Ordering::SeqCst);
            call.stop.wait();
            Outcome::Failed
        });
        bench.until(|event| event["kind"] == "Started");
        bench.run.cancel();
        let told = bench.told();
        assert_eq!(told.sorted_ends(), ["a Stopped", "b Stopped", "c Stopped"]);
        assert_eq!(ran.load(Ordering::SeqCst), 1);
    });
}

#[test]
fn when_nothing_comes_of_it_the_next_task_computes() {
    guarded(|| {
        let folder = Folder::new("memo-next");
        let tasks = json!([task("a", "x"), task("b", "x"), task("c", "x")]);
        let ran = Arc::new(AtomicUsize::new(0));
        let seen = Arc::clone(&ran);
        let bench = start(run_of(&folder, "1", tasks), move |call| {
            match seen.fetch_add(1, Ordering::SeqCst) {
                0 => fail(&call, "no"),
                _ => Outcome::Succeeded,
            }
        });
        let counts = bench.told().last["counts"].clone();
        assert_eq!(
            (&counts["succeeded"], &counts["failed"]),
            (&json!(2), &json!(1))
        );
        assert_eq!(ran.load(Ordering::SeqCst), 2);
    });
}

#[test]
fn the_surroundings_of_a_task_are_no_part_of_the_plan() {
    guarded(|| {
        let folder = Folder::new("memo-plan");
        let run = |resume: Option<&str>, path: &str| {
            let mut task = task("a", "x");
            task["memo"]["environment"] = json!({"PATH": path});
            let tasks = json!([{"name": "in", "kind": "graph", "tasks": [task]}]);
            count(json!({"state": folder.state(resume), "tasks": tasks}))
        };
        assert_eq!(run(None, "/bin").1, 1);
        let (told, ran) = run(Some("unfinished"), "/usr/bin");
        assert_eq!((&told.end_of("in/a")["kept"], ran), (&json!(true), 0));
        let reader = crate::store::StoreReader::open(&folder.path()).expect("a store");
        let plan = reader.plan("one").expect("the plan");
        assert!(plan.contains("script") && !plan.contains("PATH"), "{plan}");
    });
}

#[test]
fn a_memo_that_cannot_be_is_refused() {
    let folder = Folder::new("memo-refused");
    let wrong = |task: Json| refused(run_of(&folder, "1", json!([task])));
    let without = wrong(json!({"name": "a", "memo": {}}));
    let problem = "task 'a': a task of kind `host` needs `memo.script`";
    assert!(without.starts_with(problem), "{without}");
    let program = json!({"name": "a", "kind": "program", "argv": ["x"], "memo": {"script": ""}});
    let stray = wrong(program);
    let problem = "task 'a': `memo.script` is only for tasks of kind `host`";
    assert!(stray.starts_with(problem), "{stray}");
    let stray = wrong(json!({"name": "a", "kind": "forEach", "memo": {}}));
    let problem = "task 'a': `memo` is only for tasks of kind `host` and `program`";
    assert!(stray.starts_with(problem), "{stray}");
    let nowhere = refused(json!({"tasks": [task("a", "x")]}));
    let problem = "a task has a `memo`, but the run has no `state` to remember it in";
    assert!(nowhere.starts_with(problem), "{nowhere}");
}

#[test]
fn runs_beside_each_other_compute_the_same_once() {
    guarded(|| {
        let folder = Folder::new("memo-beside");
        let release = Arc::new(Signal::default());
        let hold = Arc::clone(&release);
        let first = start(run_of(&folder, "1", json!([task("a", "x")])), move |call| {
            hold.wait();
            say(&call, json!({"output": "first"}));
            Outcome::Succeeded
        });
        first.until(|event| event["kind"] == "Started");
        let second = start(run_of(&folder, "2", json!([task("b", "x")])), |_| {
            panic!("it is computed twice")
        });
        release.set();
        assert_eq!(first.told().end_of("a")["cached"], false);
        let told = second.told();
        let end = told.end_of("b");
        assert_eq!(
            (&end["cached"], &end["output"]),
            (&json!(true), &json!("first"))
        );
    });
}

#[test]
fn what_did_not_run_says_nothing_of_how_long_it_takes() {
    guarded(|| {
        let folder = Folder::new("memo-durations");
        let reader = || crate::store::StoreReader::open(&folder.path()).expect("a store");
        let known = || reader().durations(["plan/a", "plan/b"]).expect("an answer");
        let run = |id: &str, tasks: Json| {
            let bench = start(run_of(&folder, id, tasks), |_| Outcome::Succeeded);
            assert_eq!(bench.told().status(), "Completed");
        };
        run("1", json!([task("a", "x")]));
        crate::engine::watchdog::until("a is remembered", || known().contains_key("plan/a"));
        let before = known()["plan/a"];
        run("2", json!([task("a", "x"), task("b", "y")]));
        crate::engine::watchdog::until("b is remembered", || known().contains_key("plan/b"));
        assert_eq!(known()["plan/a"], before);
    });
}
