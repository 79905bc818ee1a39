//! The playbooks in the folder that `OE_CORPUS` names: all are read, and psd1 files
//! are read as PowerShell reads them. Without the folder, or without pwsh, the
//! tests say so and are left out.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use orchestration_engine::playbook::format::{Document, Format};
use orchestration_engine::playbook::place::Position;
use orchestration_engine::playbook::value::{Data, Node};
use orchestration_engine::playbook::write::write;
use serde_json::{json, Value};

/// What has PowerShell read the files of a folder.
const READ_FILES: &str = include_str!("playbook_corpus.ps1");

fn corpus() -> Option<PathBuf> {
    let folder = std::env::var_os("OE_CORPUS").map(PathBuf::from);
    if folder.is_none() {
        println!("left out: OE_CORPUS names no folder with playbooks");
    }
    folder
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("the folder OE_CORPUS");
    let mut files: Vec<_> = entries.map(|entry| entry.expect("a file").path()).collect();
    files.sort();
    assert!(!files.is_empty(), "{} is empty", folder.display());
    files
}

fn name(path: &Path) -> String {
    path.file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

#[test]
fn every_playbook_is_read() {
    let Some(folder) = corpus() else {
        return;
    };
    let mut refused = Vec::new();
    for path in files(&folder) {
        let source = std::fs::read_to_string(&path).expect("a text");
        let name = name(&path);
        let document = match Document::read(&name, &source) {
            Ok(document) => document,
            Err(error) => {
                refused.push(error.to_string());
                continue;
            }
        };
        let reading = document.playbook(&|name| std::env::var(name).ok());
        for diagnostic in document.diagnostics(&reading.remarks) {
            if diagnostic.problem.is_warning() {
                println!("{diagnostic}");
            } else {
                refused.push(diagnostic.to_string());
            }
        }
    }
    assert_eq!(refused, Vec::<String>::new());
}

#[test]
fn psd1_files_are_read_as_powershell_reads_them() {
    let Some(folder) = corpus() else {
        return;
    };
    let Some(read) = read_by_powershell(&folder) else {
        println!("left out: pwsh is not on PATH");
        return;
    };
    assert!(!read.is_empty(), "no psd1 file in {}", folder.display());
    for (file, theirs) in read {
        let source = std::fs::read_to_string(folder.join(&file)).expect("a text");
        let document = Document::read(&file, &source).expect("a playbook");
        let environment = |name: &str| std::env::var(name).ok();
        let ours = document.root.resolve(&environment);
        assert_eq!(plain(&ours), theirs["data"], "{file}");
        let mut keys = Vec::new();
        collect_keys(&document.root, &mut keys);
        keys.sort_by_key(|(position, _)| *position);
        let keys: Vec<_> = keys.into_iter().map(|(_, keys)| keys).collect();
        assert_eq!(json!(keys), theirs["keys"], "{file}");
    }
}

/// What is hard to write: quotes of all kinds, line ends, lists in lists, names that
/// are no words, numbers at their ends.
const HARD: &str = r#"{
    "texts": ["", "it's ‘’ ‚‛ x", "“”„", "$x `n $(y)", "a\nb", "a\r\nb", "a\n'@\nb", "a\n‘@",
        "\u0000\u0007\u001b", "\u2028\u0085\ufeff", "😀", "@'", "'@", "a\n b \n", "\n", "<#", "0407"],
    "lists": [[], [[]], [[1]], [[1, 2], 3], [[[5]]], { "a": [{ "b": [[{ "c": null }]] }] }],
    "one": ["x"], "none": [null], "nones": [null, null],
    "numbers": [-1, -9223372036854775808, 9223372036854775807, 1.0, -0.5, 1e300, 1e-7, 1e16],
    "if": 1, "true": 2, "0407": 3, "a b": 4, "a.b": 5, "é": 6, "": 7, "$x": 8, "'q'": 9
}"#;

#[test]
fn powershell_reads_what_is_written_as_it_was() {
    let folder = std::env::temp_dir().join(format!("oe-written-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let data = Format::Json.read(HARD).expect("a playbook");
    let (text, _) = write(&data, Format::Psd1);
    std::fs::write(folder.join("hard.psd1"), &text).expect("a file");
    let read = read_by_powershell(&folder);
    std::fs::remove_dir_all(&folder).expect("the folder");
    let Some(read) = read else {
        println!("left out: pwsh is not on PATH");
        return;
    };
    assert_eq!(plain(&data), read["hard.psd1"]["data"], "{text}");
}

/// What PowerShell makes of each psd1 file; `None` where there is no PowerShell.
fn read_by_powershell(folder: &Path) -> Option<BTreeMap<String, Value>> {
    let output = Command::new("pwsh")
        .args(["-NoProfile", "-NonInteractive", "-Command", READ_FILES])
        .env("OE_CORPUS", folder)
        .env("POWERSHELL_TELEMETRY_OPTOUT", "1")
        .stdin(Stdio::null())
        .output()
        .ok()?;
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    let lines = String::from_utf8(output.stdout).expect("UTF-8");
    let read = lines.lines().map(|line| {
        let value: Value = serde_json::from_str(line).expect("a line of JSON");
        (value["file"].as_str().expect("a name").to_owned(), value)
    });
    Some(read.collect())
}

/// A value as the script writes it.
fn plain(node: &Node) -> Value {
    match &node.data {
        Data::Null => Value::Null,
        Data::Bool(value) => json!(value),
        Data::Int(value) => json!(value),
        Data::Float(value) => json!(value),
        Data::Text(text) => json!(text),
        Data::Block(text) => json!({ "script block": text }),
        Data::List(items) => items.iter().map(plain).collect(),
        Data::Map(map) => {
            let entries = map.entries().iter();
            entries
                .map(|entry| (entry.key.clone(), plain(&entry.value)))
                .collect()
        }
        other => panic!("not resolved: {other:?}"),
    }
}

/// The keys of every map, with where each map begins.
fn collect_keys(node: &Node, found: &mut Vec<(Option<Position>, Vec<String>)>) {
    use orchestration_engine::playbook::place::Place;
    match &node.data {
        Data::List(items) => items.iter().for_each(|item| collect_keys(item, found)),
        Data::Map(map) => {
            let keys = map
                .entries()
                .iter()
                .map(|entry| entry.key.clone())
                .collect();
            let position = match node.place {
                Place::At(position) => Some(position),
                Place::Counted(_) => None,
            };
            found.push((position, keys));
            map.entries()
                .iter()
                .for_each(|entry| collect_keys(&entry.value, found));
        }
        _ => {}
    }
}
