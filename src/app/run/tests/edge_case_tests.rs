//! The edge cases that people ask of a parallel runner.

use super::state_tests::Folder;
use super::*;
use crate::engine::value::Value;

fn steps(count: usize) -> Vec<Json> {
    (0..count)
        .map(|it| json!({"name": format!("step-{it}")}))
        .collect()
}

#[test]
fn many_at_once_run_each_exactly_once() {
    guarded(|| {
        let runs = Arc::new(Mutex::new(HashMap::new()));
        let seen = Arc::clone(&runs);
        let bench = start(
            json!({"maxConcurrency": 8, "tasks": steps(100)}),
            move |call| {
                *seen.lock().unwrap().entry(call.item).or_insert(0) += 1;
                Outcome::Succeeded
            },
        );
        assert_eq!(bench.told().status(), "Completed");
        let runs = runs.lock().unwrap();
        assert_eq!((runs.len(), runs.values().max()), (100, Some(&1)));
    });
}

#[test]
fn what_many_put_in_at_once_is_computed_once() {
    guarded(|| {
        let folder = Folder::new("insert-race");
        let same = |number| json!({"name": format!("step-{number}"), "memo": {"script": "same"}});
        let tasks: Vec<_> = (0..16).map(same).collect();
        let run = json!({"maxConcurrency": 16, "state": folder.state(None), "tasks": tasks});
        let ran = Arc::new(AtomicUsize::new(0));
        let seen = Arc::clone(&ran);
        let bench = start(run, move |call| {
            say(
                &call,
                json!({"output": seen.fetch_add(1, Ordering::SeqCst)}),
            );
            Outcome::Succeeded
        });
        let told = bench.told();
        assert_eq!(told.last["counts"]["succeeded"], 16);
        assert_eq!(ran.load(Ordering::SeqCst), 1);
        let ends = (0..16).map(|number| told.end_of(&format!("step-{number}")));
        let (cached, new): (Vec<_>, Vec<_>) = ends.partition(|end| end["cached"] == true);
        assert_eq!((cached.len(), new.len()), (15, 1));
        assert!(cached.iter().all(|end| end["output"] == 0));
    });
}

#[test]
fn the_second_run_is_all_cached() {
    guarded(|| {
        let folder = Folder::new("second-run");
        let ran = Arc::new(AtomicUsize::new(0));
        let run = |id: &str| {
            let steps = (0..50).map(|number: u32| {
                let before = number.checked_sub(10).map(|it| format!("step-{it}"));
                let needs: Vec<_> = before.into_iter().collect();
                let memo = json!({"script": "work", "parameters": {"number": number}});
                json!({"name": format!("step-{number}"), "dependsOn": needs, "memo": memo})
            });
            let tasks: Vec<_> = steps.collect();
            let mut state = folder.state(None);
            state["run"] = json!(id);
            let seen = Arc::clone(&ran);
            let run = json!({"maxConcurrency": 8, "state": state, "tasks": tasks});
            let bench = start(run, move |call| {
                seen.fetch_add(1, Ordering::SeqCst);
                say(&call, json!({"output": task_of(&call)}));
                Outcome::Succeeded
            });
            bench.told()
        };
        let (first, second) = (run("first"), run("second"));
        assert_eq!(ran.load(Ordering::SeqCst), 50);
        for number in 0..50 {
            let name = format!("step-{number}");
            let (before, after) = (first.end_of(&name), second.end_of(&name));
            assert_eq!(
                (&before["cached"], &after["cached"]),
                (&json!(false), &json!(true))
            );
            assert_eq!(
                (&before["output"], &after["output"]),
                (&json!(number), &json!(number))
            );
        }
    });
}

#[test]
fn at_the_first_failure_the_rest_is_given_up() {
    guarded(|| {
        let mut tasks = steps(3);
        tasks.push(json!({"name": "later", "after": ["step-1"]}));
        let both_run = Arc::new(Signal::default());
        let run = json!({"maxConcurrency": 2, "stopOnError": true, "tasks": tasks});
        let bench = start(run, move |call| match task_of(&call) {
            0 => {
                both_run.wait();
                fail(&call, "broken")
            }
            1 => {
                both_run.set();
                call.stop.wait();
                Outcome::Failed
            }
            other => panic!("{other} runs"),
        });
        let told = bench.told();
        assert_eq!(
            told.sorted_ends(),
            [
                "later Stopped",
                "step-0 Failed: broken",
                "step-1 Stopped",
                "step-2 Stopped"
            ]
        );
        assert_eq!(
            (told.status(), &told.last["reason"]),
            ("Failed", &json!("FirstFailure"))
        );
    });
}

#[test]
fn what_is_parallel_inside_what_is_parallel_knows_its_parent() {
    guarded(|| {
        let inner = |name: &str| json!({"name": name, "kind": "graph", "tasks": steps(2)});
        let run = json!({"maxConcurrency": 1, "tasks": [inner("left"), inner("right")]});
        let bench = start(run, |call| {
            say(&call, json!({ "output": task_of(&call) }));
            Outcome::Succeeded
        });
        let told = bench.told();
        let first: Json = serde_json::from_str(&bench.run.poll(0, FOREVER)).expect("JSON");
        let parents = first["tasks"].as_array().expect("the tasks").iter();
        let parents = parents.map(|it| format!("{} {}", it["name"], it["parent"]));
        assert_eq!(
            parents.collect::<Vec<_>>(),
            [
                r#""left" null"#,
                r#""right" null"#,
                r#""left/step-0" 0"#,
                r#""left/step-1" 0"#,
                r#""right/step-0" 1"#,
                r#""right/step-1" 1"#
            ]
        );
        assert_eq!(
            told.end_of("left")["output"],
            json!({"step-0": 2, "step-1": 3})
        );
        assert_eq!(told.last["counts"]["succeeded"], 6, "one slot was enough");
    });
}

#[test]
fn a_task_is_tried_again_beside_others() {
    guarded(|| {
        let mut tasks = steps(4);
        tasks[2]["retry"] = json!({"count": 3, "delaySeconds": 0.001, "exponential": true});
        let bench = start(json!({"maxConcurrency": 4, "tasks": tasks}), |call| match (
            task_of(&call),
            attempt_of(&call),
        ) {
            (2, 1 | 2) => fail(&call, "not yet"),
            _ => Outcome::Succeeded,
        });
        let told = bench.told();
        assert_eq!(told.status(), "Completed");
        assert_eq!(told.end_of("step-2")["attempts"], 3);
        let retries = told.events.iter().filter(|it| it["kind"] == "Retrying");
        let retries: Vec<_> = retries.map(|it| (&it["attempt"], &it["error"])).collect();
        assert_eq!(
            retries,
            [
                (&json!(1), &json!("not yet")),
                (&json!(2), &json!("not yet"))
            ]
        );
    });
}

#[test]
fn what_succeeded_before_is_not_done_again() {
    guarded(|| {
        let done = ["step-0", "step-1", "in/step-0", "in/step-1"];
        let restored = || Restored::Succeeded {
            output: Some(Value::Text("before".into())),
        };
        let ended = done.map(|name| (name.to_owned(), restored()));
        let mut tasks = steps(2);
        tasks.push(json!({"name": "in", "kind": "graph", "tasks": steps(2)}));
        tasks.push(json!({"name": "new", "dependsOn": ["in"]}));
        let memory = Memory {
            ended: ended.into(),
            ..Memory::default()
        };
        let bench = start_with(json!({ "tasks": tasks }), memory, |call| {
            assert_eq!(task_of(&call), 3);
            Outcome::Succeeded
        });
        let told = bench.told();
        assert_eq!(told.last["counts"]["succeeded"], 6);
        let end = told.end_of("in/step-1");
        assert_eq!(
            (&end["kept"], &end["output"]),
            (&json!(true), &json!("before"))
        );
        assert_eq!(told.end_of("new")["kept"], false);
    });
}

#[test]
fn the_first_success_wins_a_race_and_the_others_are_stopped() {
    guarded(|| {
        let run = json!({"maxConcurrency": 3, "tasks": [
            {"name": "race", "kind": "race", "tasks": steps(3)},
        ]});
        let bench = start(run, |call| match task_of(&call) {
            2 => {
                say(&call, json!({"output": "fast"}));
                Outcome::Succeeded
            }
            _ => {
                call.stop.wait();
                Outcome::Failed
            }
        });
        let told = bench.told();
        assert_eq!(told.end_of("race")["output"], "fast");
        assert_eq!(told.status(), "Completed");
        assert_eq!((&told.last["counts"]["stopped"]), &json!(2));
    });
}

#[test]
fn a_race_that_nobody_wins_lists_every_failure() {
    guarded(|| {
        let run = json!({"tasks": [{"name": "race", "kind": "race", "tasks": steps(3)}]});
        let bench = start(run, |call| {
            fail(&call, &format!("reason {}", task_of(&call)))
        });
        let told = bench.told();
        assert_eq!(
            told.end_of("race")["error"],
            "no alternative succeeded: step-0: reason 1; step-1: reason 2; step-2: reason 3"
        );
        assert_eq!(told.status(), "Failed");
    });
}

#[test]
fn of_fifty_at_once_every_result_is_in_its_place() {
    guarded(|| {
        let each = json!({"name": "all", "kind": "forEach"});
        let bench = start(json!({"maxConcurrency": 16, "tasks": [each]}), |call| {
            match ask_of(&call) {
                2 => say(&call, json!({ "tasks": steps(50) })),
                _ => say(&call, json!({ "output": task_of(&call) })),
            }
            Outcome::Succeeded
        });
        let told = bench.told();
        let all: Vec<_> = (1..=50).collect();
        assert_eq!(told.end_of("all")["output"], json!(all));
    });
}
