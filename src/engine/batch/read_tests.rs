use std::time::Duration;

use super::{read, SpecError};
use crate::engine::batch::{Encoding, ProgramSpec, Work, DEFAULT_GRACE};

fn error(json: &str) -> SpecError {
    read(json).expect_err(json)
}

/// A batch of one task with these further keys.
fn task_with(keys: &str) -> String {
    format!(r#"{{"tasks":[{{"name":"a","kind":"program","argv":["true"]{keys}}}]}}"#)
}

fn program(json: &str) -> ProgramSpec {
    let mut spec = read(json).expect(json);
    let Work::Program(program) = spec.tasks.remove(0).work;
    program
}

#[test]
fn everything_that_is_documented_is_read() {
    let json = r#"{ "maxConcurrency": 4, "tasks": [ {
        "name": "build", "kind": "program", "argv": ["make", "", "-j2"],
        "env": { "CI": "1", "EMPTY": "", "DEBUG": null }, "cwd": "/srv/site",
        "timeoutSeconds": 1.5, "graceSeconds": 2, "maxOutputBytes": 65536 } ] }"#;
    let spec = read(json).unwrap();
    assert_eq!(spec.max_concurrency, Some(4));
    assert_eq!(spec.tasks[0].name, "build");
    assert_eq!(spec.tasks[0].timeout, Some(Duration::from_millis(1500)));
    let expected = ProgramSpec {
        program: "make".to_owned(),
        arguments: vec![String::new(), "-j2".to_owned()],
        environment: [("CI", Some("1")), ("EMPTY", Some("")), ("DEBUG", None)]
            .map(|(name, value)| (name.to_owned(), value.map(str::to_owned)))
            .into(),
        directory: Some("/srv/site".to_owned()),
        grace: Duration::from_secs(2),
        max_output_bytes: 65536,
        encoding: Encoding::Utf8,
    };
    assert_eq!(spec.tasks[0].work, Work::Program(expected));
}

#[test]
fn what_is_left_out_or_null_has_its_default() {
    let keys =
        r#","env":null,"cwd":null,"timeoutSeconds":null,"graceSeconds":null,"maxOutputBytes":null"#;
    assert_eq!(
        read(r#"{"maxConcurrency":null,"tasks":[]}"#)
            .unwrap()
            .max_concurrency,
        None
    );
    for json in [task_with(""), task_with(keys)] {
        let spec = read(&json).unwrap();
        assert_eq!(spec.max_concurrency, None);
        assert_eq!(spec.tasks[0].timeout, None);
        assert_eq!(program(&json), ProgramSpec::new("true"));
    }
    assert_eq!(program(&task_with("")).grace, DEFAULT_GRACE);
    assert_eq!(program(&task_with("")).max_output_bytes, 1 << 20);
}

#[test]
fn no_tasks_are_a_batch() {
    assert!(read(r#"{"tasks":[]}"#).unwrap().tasks.is_empty());
    let text = error(r#"{}"#).to_string();
    assert_eq!(text, "the key `tasks` is missing (line 1, column 2)");
}

#[test]
fn the_ends_of_every_range_are_in_it() {
    for keys in [
        r#","timeoutSeconds":31536000"#,
        r#","timeoutSeconds":0.001"#,
        r#","graceSeconds":0"#,
        r#","graceSeconds":86400.0"#,
        r#","maxOutputBytes":0"#,
        r#","maxOutputBytes":1073741824"#,
    ] {
        read(&task_with(keys)).expect(keys);
    }
    read(r#"{"maxConcurrency":1,"tasks":[]}"#).unwrap();
    read(r#"{"maxConcurrency":1024,"tasks":[]}"#).unwrap();
}

#[test]
fn what_is_outside_its_range_is_refused_with_the_range() {
    let timeout = "expected a number of seconds above 0, at most 31536000";
    let grace = "expected a number of seconds from 0, at most 86400";
    let bytes = "expected a whole number from 0 to 1073741824";
    for (keys, expected) in [
        (r#","timeoutSeconds":0"#, timeout),
        (r#","timeoutSeconds":-1"#, timeout),
        (r#","timeoutSeconds":-0.5"#, timeout),
        (r#","timeoutSeconds":31536001"#, timeout),
        (r#","timeoutSeconds":1e300"#, timeout),
        (r#","timeoutSeconds":"5""#, timeout),
        (r#","timeoutSeconds":1e999"#, "number out of range"),
        (r#","timeoutSeconds":NaN"#, "expected value"),
        (r#","graceSeconds":-1"#, grace),
        (r#","graceSeconds":true"#, grace),
        (r#","maxOutputBytes":-1"#, bytes),
        (r#","maxOutputBytes":1.5"#, bytes),
        (r#","maxOutputBytes":1073741825"#, bytes),
    ] {
        let error = error(&task_with(keys));
        assert!(error.problem.contains(expected), "{keys}: {error}");
        assert_eq!(error.name.as_deref(), Some("a"));
        assert_eq!(error.key, Some(keys[2..].split('"').next().unwrap()));
    }
    for limit in ["0", "1025", "-1", "1.5", r#""auto""#] {
        let error = error(&format!(r#"{{"maxConcurrency":{limit},"tasks":[]}}"#));
        assert!(error
            .problem
            .ends_with("expected a whole number from 1 to 1024"));
        assert_eq!((error.task, error.key), (None, Some("maxConcurrency")));
    }
}

#[test]
fn an_unknown_key_names_the_nearest_and_its_place() {
    let json = "{\n  \"tasks\": [\n    { \"name\": \"a\",\n      \"args\": [] }\n  ]\n}";
    let error = error(json);
    let text = r#"tasks[0] "a": unknown key `args`, did you mean `argv`? (line 4, column 12)"#;
    assert_eq!(error.to_string(), text);
    assert_eq!((error.line, error.column), (4, 12));
}

#[test]
fn an_unknown_key_without_a_near_one_names_all() {
    let text = error(r#"{"steps":[]}"#).to_string();
    let expected = "unknown key `steps`; the keys are `maxConcurrency`, `tasks` (line 1, column 8)";
    assert_eq!(text, expected);
}

/// What is wrong, and how the error begins.
const PROBLEMS: &[(&str, &str)] = &[
    (
        r#"{"tasks":[{"name":"a","kind":"program","argv":["b"]},{"name":"a"}]}"#,
        r#"tasks[1]: name: the name "a" is already that of tasks[0]"#,
    ),
    (
        r#"{"tasks":[{"name":""}]}"#,
        "tasks[0]: name: the string is empty",
    ),
    (
        r#"{"tasks":[{"name":"a","argv":["b"]}]}"#,
        r#"tasks[0] "a": the key `kind` is missing"#,
    ),
    (
        r#"{"tasks":[{"name":"a","kind":"program"}]}"#,
        r#"tasks[0] "a": the key `argv` is missing"#,
    ),
    (
        r#"{"tasks":[{"kind":"programm"}]}"#,
        r#"tasks[0]: kind: unknown kind "programm", did you mean "program"?"#,
    ),
    (
        r#"{"tasks":[{"kind":"script"}]}"#,
        r#"tasks[0]: kind: unknown kind "script"; the kinds are ["program"]"#,
    ),
    (
        r#"{"tasks":[{"argv":[]}]}"#,
        "tasks[0]: argv: the array is empty; its first string is the program",
    ),
    (
        r#"{"tasks":[{"argv":["","b"]}]}"#,
        "tasks[0]: argv: the first string, the program, is empty",
    ),
    (
        r#"{"tasks":[{"argv":["a\u0000b"]}]}"#,
        "tasks[0]: argv: the string has a NUL byte",
    ),
    (
        r#"{"tasks":[{"argv":"ls"}]}"#,
        r#"tasks[0]: argv: invalid type: string "ls", expected an array of strings"#,
    ),
    (
        r#"{"tasks":[{"env":{"A=B":"c"}}]}"#,
        r#"tasks[0]: env: "A=B" cannot be the name of an environment variable"#,
    ),
    (
        r#"{"tasks":[{"env":{"":"c"}}]}"#,
        r#"tasks[0]: env: "" cannot be the name of an environment variable"#,
    ),
    (
        r#"{"tasks":[{"env":{"A\u0000":"c"}}]}"#,
        "tasks[0]: env: the string has a NUL byte",
    ),
    (
        r#"{"tasks":[{"env":{"A":"\u0000"}}]}"#,
        "tasks[0]: env: the string has a NUL byte",
    ),
    (
        r#"{"tasks":[{"env":{"A":"b","A":"c"}}]}"#,
        r#"tasks[0]: env: the name "A" is there twice"#,
    ),
    (
        r#"{"tasks":[{"env":{"A":1}}]}"#,
        "tasks[0]: env: invalid type: integer `1`, expected a string",
    ),
    (
        r#"{"tasks":[{"cwd":""}]}"#,
        "tasks[0]: cwd: the string is empty",
    ),
    (
        r#"{"tasks":[{"name":"a","name":"b"}]}"#,
        r#"tasks[0] "a": the key `name` is there twice"#,
    ),
    (
        r#"{"tasks":[7]}"#,
        "tasks[0]: invalid type: integer `7`, expected a task",
    ),
    (
        r#"{"tasks":{}}"#,
        "tasks: invalid type: map, expected an array of tasks",
    ),
    (r#"[]"#, "invalid type: sequence, expected a batch"),
];

#[test]
fn every_problem_says_what_it_is_and_where() {
    for (json, expected) in PROBLEMS {
        let text = error(json).to_string();
        assert!(text.starts_with(expected), "{json}\n  gave {text}");
        assert!(text.contains(" (line 1, column "), "{text}");
    }
}

#[test]
fn text_that_is_not_json_is_refused_where_it_breaks() {
    for (json, line, column) in [
        ("", 1, 0),
        ("{", 1, 1),
        ("{\n\"tasks\": [}\n", 2, 11),
        ("{\"tasks\":[]}\n\n x", 3, 2),
        ("{\"tasks\":[],}", 1, 13),
    ] {
        let error = error(json);
        assert_eq!(
            (error.line, error.column),
            (line, column),
            "{json:?}: {error}"
        );
    }
}
