//! Two hundred hostile values in every position of every shell here: each arrives
//! byte for byte, and nothing else runs. The positions that are refused are a table
//! of the unit tests of `playbook/shell`.

use std::fs;

use serde_json::{json, Value};

use super::scene::Scene;

/// What shells, here-documents and templates could trip over.
const PARTS: &[&str] = &[
    "'",
    "\"",
    "`touch pwned`",
    "$(touch pwned)",
    "; touch pwned;",
    "\ntouch pwned\n",
    "&& touch pwned",
    "| touch pwned",
    "> pwned",
    "$HOME",
    "${IFS}",
    "\\",
    "\\\\'",
    "\\\"",
    "*",
    "?",
    "[a-z]",
    "~",
    "!!",
    "#",
    "%PATH%",
    "!PATH!",
    "^&",
    "{a,b}",
    "\t",
    "\r\n",
    "E\n",
    "\nE\n",
    "'@\n",
    "\"@\n",
    "@'",
    "\u{2018}\u{2019}",
    "\u{201c}\u{201d}",
    "é\u{1f4a5}\u{202e}",
    "a[$(touch pwned)]",
    "-n",
    "--",
    "{{x}}",
    "${OE_VALUE_1}",
    "'; touch pwned; '",
    "\"; touch pwned; \"",
    "'\"'\"'",
    "$((1+1))",
    "$'\\n'",
    "\u{7f}\u{1b}[31m",
    " ",
    "=",
    "\u{0}",
];

pub(super) fn values() -> Vec<String> {
    let parts: Vec<&str> = PARTS
        .iter()
        .copied()
        .filter(|part| *part != "\u{0}")
        .collect();
    let mut values = vec![String::new()];
    for (index, part) in parts.iter().enumerate() {
        let next = parts[(index + 1) % parts.len()];
        let after = parts[(index * 7 + 3) % parts.len()];
        values.push((*part).to_owned());
        values.push(format!("a{part}b"));
        values.push(format!("{part}{next}"));
        values.push(format!("{part}\"{after}'{next}\n"));
    }
    values.push(parts.concat());
    let more = parts
        .iter()
        .rev()
        .map(|part| format!(" {part}{part}\u{a0}"));
    values.extend(more);
    values.truncate(200);
    values
}

/// A step, and what its file holds for a value.
struct Position {
    name: &'static str,
    shell: Option<&'static str>,
    command: &'static str,
    holds: fn(&str) -> String,
}

const POSITIONS: &[Position] = &[
    Position {
        name: "sh",
        shell: Some("sh"),
        command: "exec > OUT; printf '%s|' {{V}} \"{{V}}\" '{{V}}' a={{V}}b \"x {{V}} y\" 'x {{V}} y' \"$(printf '%s.' {{V}})\" \"$(printf '%s.' \"{{V}}\")\"\ncat <<E\n<{{V}}>\nE\n(printf '%s|' {{V}}) # '",
        holds: posix,
    },
    Position {
        name: "bash",
        shell: Some("bash"),
        command: "exec > OUT; printf '%s|' {{V}} \"{{V}}\" '{{V}}' a={{V}}b \"x {{V}} y\" 'x {{V}} y' \"$(printf '%s.' {{V}})\" \"$(printf '%s.' \"{{V}}\")\"\ncat <<E\n<{{V}}>\nE\n(printf '%s|' {{V}}) # '",
        holds: posix,
    },
    Position {
        name: "python",
        shell: Some("python"),
        command: "f = open('OUT', 'w', newline='', encoding='utf-8', errors='surrogateescape') # '''\nf.write({{V}} + '|' + {{V}})\nf.write('{}|'.format({{V}}))",
        holds: |value| format!("{value}|{value}{value}|"),
    },
    Position {
        name: "own-sh",
        shell: Some("strict"),
        command: "exec > OUT; printf '%s|' {{V}} \"{{V}}\" '{{V}}' a={{V}}b \"x {{V}} y\" 'x {{V}} y' \"$(printf '%s.' {{V}})\" \"$(printf '%s.' \"{{V}}\")\"\ncat <<E\n<{{V}}>\nE\n(printf '%s|' {{V}}) # '",
        holds: posix,
    },
    Position {
        name: "own-python",
        shell: Some("isolated"),
        command: "f = open('OUT', 'w', newline='', encoding='utf-8', errors='surrogateescape') # '''\nf.write({{V}} + '|' + {{V}})\nf.write('{}|'.format({{V}}))",
        holds: |value| format!("{value}|{value}{value}|"),
    },
    // Of these nobody knows how they read a value, so it is in their environment.
    Position {
        name: "own",
        shell: Some("unknown"),
        command: "set -u; printf '%s|' \"$V\" > OUT",
        holds: |value| format!("{value}|"),
    },
    Position {
        name: "program",
        shell: None,
        command: "",
        holds: |value| format!("{value}|a{value}b|{value}|"),
    },
];

fn posix(value: &str) -> String {
    format!("{value}|{value}|{value}|a={value}b|x {value} y|x {value} y|{value}.|{value}.|<{value}>\n{value}|")
}

/// How many values a step has: each starts a shell.
const VALUES_A_STEP: usize = 10;

/// The step for the values from a number on.
fn step(position: &Position, first: usize) -> Value {
    let numbers = first..first + VALUES_A_STEP;
    let name = format!("{}-{first}", position.name);
    let Some(shell) = position.shell else {
        return program(position, first, &name);
    };
    let commands = numbers.map(|number| {
        let out = format!("out-{}-{number}", position.name);
        let command = position.command.replace('V', &format!("v{number}"));
        command.replace("OUT", &out)
    });
    let command = commands.collect::<Vec<_>>().join("\n");
    let mut step = json!({"name": name, "shell": shell, "command": command, "parallel": true});
    if shell == "unknown" {
        let numbers = first..first + VALUES_A_STEP;
        let values = numbers.map(|it| (format!("v{it}"), json!(format!("{{{{v{it}}}}}"))));
        step["environment"] = Value::Object(values.collect());
    }
    step
}

/// Shells that the playbook names itself.
fn shells() -> Value {
    json!({
        "strict": {"command": ["bash", "--norc", "-e", "-c", "{command}", "name of it"], "like": "sh"},
        "isolated": {"command": ["python3", "-I", "-c"], "like": "python"},
        "unknown": ["bash", "-c"],
    })
}

/// A program has one value as an argument and in its environment.
fn program(position: &Position, number: usize, name: &str) -> Value {
    let script = format!(
        "printf '%s|' \"$@\" \"$X\" > out-{}-{number}",
        position.name
    );
    let value = format!("{{{{v{number}}}}}");
    let argv = json!(["sh", "-c", script, "sh", value, format!("a{value}b")]);
    json!({"name": name, "argv": argv, "env": {"X": value}})
}

/// Runs all values in one kind of position.
fn run_all(position: &Position) {
    let values = values();
    assert_eq!(values.len(), 200);
    let scene = Scene::new("");
    let mut parameters = serde_json::Map::new();
    for (number, value) in values.iter().enumerate() {
        parameters.insert(
            format!("v{number}"),
            json!({"type": "string", "default": value}),
        );
    }
    let a_step = position.shell.map_or(1, |_| VALUES_A_STEP);
    let firsts = (0..values.len()).step_by(a_step);
    let steps: Vec<_> = firsts.map(|first| step(position, first)).collect();
    let key = if position.shell.is_some() {
        "steps"
    } else {
        "tasks"
    };
    let playbook = json!({"parameters": parameters, "shells": shells(), key: steps});
    scene.write("hostile.json", &playbook.to_string());
    let said = scene.say(&["run", "hostile.json", "--json", "--no-state"]);
    assert_eq!(said.code, Some(0), "{}: {said:?}", position.name);
    for (number, value) in values.iter().enumerate() {
        let found = scene.read(&format!("out-{}-{number}", position.name));
        assert_eq!(
            found,
            (position.holds)(value),
            "{} {number}: {value:?}",
            position.name
        );
    }
    // Whatever else had run would have left a file.
    let files = fs::read_dir(&scene.folder).expect("the folder").count();
    assert_eq!(files, values.len() + 2, "{}", position.name);
}

#[test]
fn hostile_values_arrive_in_sh() {
    run_all(&POSITIONS[0]);
}

#[test]
fn hostile_values_arrive_in_bash() {
    run_all(&POSITIONS[1]);
}

fn has_python() -> bool {
    let python = std::process::Command::new("python3")
        .arg("--version")
        .output();
    if python.is_err() {
        println!("left out: python3 is not on PATH");
    }
    python.is_ok()
}

#[test]
fn hostile_values_arrive_in_python() {
    if has_python() {
        run_all(&POSITIONS[2]);
    }
}

#[test]
fn hostile_values_arrive_in_own_shells_that_are_like_known_ones() {
    run_all(&POSITIONS[3]);
    if has_python() {
        run_all(&POSITIONS[4]);
    }
}

#[test]
fn hostile_values_arrive_in_the_environment_of_own_shells() {
    run_all(&POSITIONS[5]);
}

#[test]
fn hostile_values_arrive_in_programs() {
    run_all(&POSITIONS[6]);
}

#[test]
fn a_nul_is_refused_before_anything_starts() {
    for step in [
        json!({"name": "a", "shell": "sh", "command": "touch ran; echo {{v}}"}),
        json!({"name": "a", "shell": "bash", "command": "touch ran; echo '{{v}}'"}),
        json!({"name": "a", "shell": "python", "command": "print({{v}})"}),
        json!({"name": "a", "shell": "cmd", "command": "echo {{v}}"}),
        json!({"name": "a", "shell": "strict", "command": "touch ran; echo {{v}}"}),
    ] {
        let scene = Scene::new("");
        let parameters = json!({"v": {"type": "string", "default": "a\u{0}b"}});
        let playbook = json!({"parameters": parameters, "shells": shells(), "steps": [step]});
        scene.write("nul.json", &playbook.to_string());
        let said = scene.say(&["run", "nul.json"]);
        let expected =
            "the value of `{{v}}` is refused: it holds a NUL, which no program can be given";
        assert!(
            said.code == Some(2) && said.stderr.contains(expected),
            "{said:?}"
        );
        assert!(!scene.folder.join("ran").exists());
    }
}
