//! How programs are started, and what they give out.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use super::{code, ending_of, exited, in_time, shell, Scratch};
use crate::engine::batch::{Ending, Exit, ProgramSpec};
use crate::process::program::run;
use crate::process::{stop_channel, Stop, Trees};

const MEGABYTE: u64 = 1024 * 1024;

async fn error_of(spec: &ProgramSpec) -> String {
    match ending_of(spec).await {
        Ending::Error { error } => error,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_program_ends_with_its_code_or_its_signal() {
    assert_eq!(exited(&ProgramSpec::new("true")).await.exit, Exit::Code(0));
    assert_eq!(exited(&ProgramSpec::new("false")).await.exit, Exit::Code(1));
    assert_eq!(exited(&shell("exit 255")).await.exit, Exit::Code(255));
    assert_eq!(exited(&shell("kill -9 $$")).await.exit, Exit::Signal(9));
}

#[tokio::test]
async fn both_streams_are_captured_each_for_itself() {
    let result = exited(&shell("echo out; echo err >&2; echo out again")).await;
    assert_eq!(result.stdout.text, "out\nout again\n");
    assert_eq!(result.stderr.text, "err\n");
    assert!(!result.output_left_open);
}

#[tokio::test]
async fn much_output_on_both_streams_neither_blocks_nor_fills_memory() {
    let script = "head -c 33554432 /dev/zero & head -c 33554432 /dev/zero >&2; wait";
    let spec = ProgramSpec {
        max_output_bytes: 1000,
        ..shell(script)
    };
    let result = exited(&spec).await;
    for captured in [result.stdout, result.stderr] {
        assert_eq!(captured.total_bytes, 32 * MEGABYTE);
        assert_eq!(captured.omitted_bytes, 32 * MEGABYTE - 1000);
        assert!(captured.text.len() < 1100);
    }
}

#[tokio::test]
async fn output_that_is_not_utf_8_is_marked() {
    let result = exited(&shell(r"printf 'a\377b'; printf 'caf\303\251' >&2")).await;
    assert_eq!(result.stdout.text, "a\u{FFFD}b");
    assert!(result.stdout.lossy);
    assert_eq!(result.stderr.text, "café");
    assert!(!result.stderr.lossy);
}

#[tokio::test]
async fn arguments_arrive_as_they_are() {
    let hard = [
        "",
        " ",
        "a b",
        "$HOME",
        "`ls`",
        "*",
        "'\"\\",
        "-n",
        "ä€😀",
        "a\nb",
    ];
    let mut spec = shell(r#"for it; do printf '[%s]' "$it"; done"#);
    spec.arguments.push("sh".to_owned());
    spec.arguments.extend(hard.map(str::to_owned));
    let expected: String = hard.map(|it| format!("[{it}]")).concat();
    assert_eq!(exited(&spec).await.stdout.text, expected);
}

#[tokio::test]
async fn standard_input_is_empty() {
    let result = exited(&ProgramSpec::new("cat")).await;
    assert_eq!((code(&result), result.stdout.text.as_str()), (0, ""));
}

#[tokio::test]
async fn variables_are_added_and_removed_and_the_rest_is_inherited() {
    let mut spec = shell(r#"echo "$ADDED|${PATH+path}|${HOME+home}|${EMPTY-unset}""#);
    let variables = [
        ("ADDED", Some("x=y z")),
        ("EMPTY", Some("")),
        ("HOME", None),
    ];
    spec.environment = variables
        .map(|(name, value)| (name.to_owned(), value.map(str::to_owned)))
        .into();
    assert_eq!(exited(&spec).await.stdout.text, "x=y z|path||\n");
}

#[tokio::test]
async fn the_directory_is_where_it_runs_and_where_relative_paths_start() {
    let scratch = Scratch::new();
    let result = exited(&scratch.shell("pwd -P")).await;
    let there = fs::canonicalize(&scratch.path).unwrap();
    assert_eq!(result.stdout.text.trim_end(), there.to_str().unwrap());

    let tool = scratch.path.join("tool");
    fs::copy("/bin/echo", &tool).unwrap();
    let spec = ProgramSpec {
        program: "./tool".to_owned(),
        arguments: vec!["found".to_owned()],
        ..scratch.shell("")
    };
    assert_eq!(exited(&spec).await.stdout.text, "found\n");
}

#[tokio::test]
async fn a_program_that_is_not_there_is_named() {
    for program in ["no-such-program", "/no/such/program", "./no-such-program"] {
        let expected = format!("the program {program:?} was not found");
        assert_eq!(error_of(&ProgramSpec::new(program)).await, expected);
    }
}

#[tokio::test]
async fn a_directory_that_is_not_there_is_named() {
    let scratch = Scratch::new();
    let file = scratch.path.join("file");
    fs::write(&file, "").unwrap();
    for directory in ["/no/such/directory", file.to_str().unwrap()] {
        let spec = ProgramSpec {
            directory: Some(directory.to_owned()),
            ..ProgramSpec::new("true")
        };
        let expected = format!("the directory {directory:?} does not exist");
        assert_eq!(error_of(&spec).await, expected);
    }
}

#[tokio::test]
async fn a_program_that_cannot_be_run_says_why() {
    let scratch = Scratch::new();
    let script = scratch.path.join("script");
    let program = script.to_str().unwrap();
    fs::write(&script, "#!/no/such/interpreter\n").unwrap();
    let expected = format!("the program {program:?} could not be started: ");
    for (mode, reason) in [(0o644, "Permission denied"), (0o755, "No such file")] {
        fs::set_permissions(&script, PermissionsExt::from_mode(mode)).unwrap();
        let error = error_of(&ProgramSpec::new(program)).await;
        let said = error.strip_prefix(&expected).expect(&error);
        assert!(said.starts_with(reason), "{error}");
    }
}

#[tokio::test]
async fn nothing_starts_after_a_stop_or_once_all_were_killed() {
    let spec = ProgramSpec::new("true");
    for stop in [Stop::Gently, Stop::AtOnce] {
        let (sender, mut signal) = stop_channel();
        sender.order(stop);
        let ending = in_time(run(&spec, &Trees::new(), &mut signal, |_| None)).await;
        assert_eq!(ending, Ending::NeverStarted);
    }
    let trees = Trees::new();
    trees.kill_all();
    let (_sender, mut signal) = stop_channel();
    let ending = in_time(run(&spec, &trees, &mut signal, |_| None)).await;
    assert_eq!(ending, Ending::NeverStarted);
}
