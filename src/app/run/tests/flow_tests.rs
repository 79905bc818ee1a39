//! What starts when, and what is told of it.

use super::*;

#[test]
fn a_task_starts_after_those_that_it_needs_and_outputs_are_told() {
    guarded(|| {
        let bench = start(
            json!({"tasks": [
                {"name": "b", "dependsOn": ["a"]},
                {"name": "a", "estimateSeconds": 1},
            ]}),
            |call| {
                assert_eq!(call.tag, 9);
                say(&call, json!({"output": {"z": task_of(&call), "a": null}}));
                Outcome::Succeeded
            },
        );
        let told = bench.told();
        assert_eq!(told.ends(), ["a Succeeded", "b Succeeded"]);
        assert_eq!(told.status(), "Completed");
        assert_eq!(told.end_of("b")["output"], json!({"z": 0, "a": null}));
        let kinds: Vec<_> = told.events.iter().map(|it| &it["kind"]).collect();
        assert_eq!(kinds, ["Started", "Ended", "Started", "Ended", "RunEnded"]);
        assert_eq!(told.last["counts"]["succeeded"], 2);
        assert!(told.events[0]["worker"].as_u64() > Some(0));
    });
}

#[test]
fn no_more_run_at_once_than_there_are_slots() {
    guarded(|| {
        let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let (inside, highest) = (Arc::clone(&now), Arc::clone(&most));
        let tasks: Vec<_> = (0..200).map(|it| json!({"name": it.to_string()})).collect();
        let bench = start(json!({"maxConcurrency": 3, "tasks": tasks}), move |_| {
            let count = inside.fetch_add(1, Ordering::SeqCst) + 1;
            highest.fetch_max(count, Ordering::SeqCst);
            std::thread::yield_now();
            inside.fetch_sub(1, Ordering::SeqCst);
            Outcome::Succeeded
        });
        assert_eq!(bench.told().last["counts"]["succeeded"], 200);
        assert!(most.load(Ordering::SeqCst) <= 3);
    });
}

#[test]
fn a_failure_is_told_with_its_kind_and_skips_its_dependents() {
    guarded(|| {
        let bench = start(
            json!({"tasks": [
                {"name": "a"}, {"name": "b", "dependsOn": ["a"]}, {"name": "c", "after": ["a"]},
            ]}),
            |call| match task_of(&call) {
                0 => {
                    say(&call, json!({"error": {"message": "no", "kind": 7}}));
                    Outcome::Failed
                }
                _ => Outcome::Succeeded,
            },
        );
        let told = bench.told();
        assert_eq!(
            told.sorted_ends(),
            ["a Failed: no", "b Skipped: Dependency: a", "c Succeeded"]
        );
        assert_eq!(
            (told.status(), &told.end_of("a")["errorKind"]),
            ("Failed", &json!(7))
        );
    });
}

#[test]
fn the_run_says_how_fast_it_could_have_been() {
    guarded(|| {
        let bench = start(json!({"tasks": [{"name": "a"}, {"name": "b"}]}), |_| {
            Outcome::Succeeded
        });
        let last = bench.told().last;
        let [bound, all, real] = ["lowerBoundSeconds", "sequentialSeconds", "elapsedSeconds"]
            .map(|key| last[key].as_f64().expect("a number"));
        assert!(0.0 < bound && bound <= all && bound <= real, "{last}");
        assert_eq!(last["criticalPath"].as_array().map(Vec::len), Some(1));
    });
}
