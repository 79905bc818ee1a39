//! What is no run.

use super::*;

#[test]
fn what_is_wrong_is_refused_before_anything_starts() {
    let program = |name: &str| json!({"name": name, "kind": "program", "argv": ["true"]});
    let with = |name: &str, key: &str, value: Json| {
        let mut task = program(name);
        task[key] = value;
        task
    };
    let run = |tasks: Json| json!({ "tasks": tasks });
    let cases = [
        (run(json!([])), "the graph has no task"),
        (
            run(json!([{"name": "a"}])),
            "a task is the host's to do, but there is no pool",
        ),
        (
            run(json!([with("a", "conditional", json!(true))])),
            "a task is the host's to do, but there is no pool",
        ),
        (
            run(json!([
                with("a", "dependsOn", json!(["b"])),
                with("b", "dependsOn", json!(["a"]))
            ])),
            "tasks wait for each other: a -> b -> a",
        ),
        (
            run(json!([
                program("build"),
                with("x", "dependsOn", json!(["biuld"]))
            ])),
            "task 'x' waits for 'biuld', which is not there; did you mean 'build'?",
        ),
        (
            run(json!([program("a"), program("a")])),
            "there are two tasks 'a'",
        ),
        (
            run(json!([with("a", "weight", json!(1000))])),
            "task 'a' takes 1000 slots, and the run has ",
        ),
        (
            run(json!([with("a", "group", json!("g"))])),
            "task 'a' is of group 'g', which is not there",
        ),
        (
            run(json!([{"name": "a", "argv": ["true"]}])),
            "task 'a': `argv` is only for tasks of kind `program` at line 1 column ",
        ),
        (
            run(json!([{"name": "a", "kind": "program", "argv": []}])),
            "task 'a': the first string of `argv`, the program, is missing",
        ),
        (
            run(json!([with("a", "cwd", json!("x\0"))])),
            "task 'a': `cwd` has a NUL byte",
        ),
        (
            run(json!([with("a", "tasks", json!([]))])),
            "task 'a': `tasks` is only for tasks of kind `graph` and `race`",
        ),
        (
            run(json!([{"name": "a", "kind": "race"}])),
            "task 'a': a task of kind `race` needs `tasks`",
        ),
        (
            run(json!([with(
                "a",
                "retry",
                json!({"count": 1, "jitter": 2})
            )])),
            "task 'a': `jitter` is 2, which is not from 0 to 1",
        ),
        (
            run(json!([with(
                "a",
                "retry",
                json!({"count": 1, "maxDelaySeconds": 2})
            )])),
            "task 'a': `maxDelaySeconds` is only for a retry that is `exponential`",
        ),
        (
            run(json!([with("a", "timeoutSeconds", json!(-1))])),
            "-1 is not between 0 and 31536000 seconds at line 1",
        ),
        (
            run(json!([with("a", "dependson", json!([]))])),
            "unknown field `dependson`, expected one of",
        ),
    ];
    for (json, problem) in cases {
        let text = refused(json);
        assert!(text.starts_with(problem), "{text}\nis not\n{problem}");
    }
}
