//! The parts name each other downwards only, as DESIGN and `lib.rs` say.

use crate::sources::{below, root};

/// The parts from the top, each with those that it may name.
const PARTS: [(&str, &[&str]); 8] = [
    (
        "cli",
        &["app", "playbook", "process", "store", "report", "engine"],
    ),
    (
        "ffi",
        &["app", "playbook", "process", "store", "report", "engine"],
    ),
    ("app", &["playbook", "process", "store", "report", "engine"]),
    ("playbook", &["engine"]),
    ("process", &["engine"]),
    ("store", &["engine"]),
    ("report", &["engine"]),
    ("engine", &[]),
];

fn sources_of(part: &str) -> Vec<(std::path::PathBuf, String)> {
    let mut sources = Vec::new();
    if root().join("src").join(part).is_dir() {
        sources = below(&format!("src/{part}"));
    }
    let file = root().join(format!("src/{part}.rs"));
    if let Ok(text) = std::fs::read_to_string(&file) {
        sources.push((file, text));
    }
    assert!(!sources.is_empty(), "there is no part {part}");
    sources
}

/// The words that follow `crate::` or a chain of `super::` in the code of a text.
fn named_from_outside(text: &str) -> impl Iterator<Item = &str> {
    text.lines()
        .map(|line| line.split("//").next().unwrap_or_default())
        .flat_map(|code| {
            let from_root = code.split("crate::").skip(1);
            from_root.chain(code.split("super::").skip(1))
        })
        .map(|rest| {
            let end = rest.find(|letter: char| !letter.is_alphanumeric() && letter != '_');
            &rest[..end.unwrap_or(rest.len())]
        })
}

#[test]
fn no_part_names_one_above_it() {
    let mut wrong = Vec::new();
    for (part, allowed) in PARTS {
        for (path, text) in sources_of(part) {
            for name in named_from_outside(&text) {
                let is_part = PARTS.iter().any(|(other, _)| *other == name);
                if is_part && name != part && !allowed.contains(&name) {
                    wrong.push(format!("{} names {name}", path.display()));
                }
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn no_path_hides_what_it_names() {
    let hidden: Vec<_> = below("src")
        .into_iter()
        .filter(|(_, text)| text.contains("crate::{") || text.contains("crate::*"))
        .map(|(path, _)| path)
        .collect();
    assert_eq!(hidden, Vec::<std::path::PathBuf>::new());
}

#[test]
fn every_part_has_its_place() {
    let text = std::fs::read_to_string(root().join("src/lib.rs")).expect("the library");
    let modules: Vec<_> = text
        .lines()
        .filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'))
        .collect();
    assert_eq!(modules.len(), PARTS.len());
    let known = |module: &str| PARTS.iter().any(|(part, _)| *part == module);
    assert!(modules.iter().all(|module| known(module)), "{modules:?}");
}

#[test]
fn the_engine_touches_nothing_outside() {
    let outside = [
        "std::fs",
        "std::net",
        "std::process",
        "std::env",
        "tokio",
        "println!",
    ];
    let is_test = |path: &std::path::Path| {
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        name.contains("test") || name.ends_with("_model")
    };
    let touching: Vec<_> = sources_of("engine")
        .into_iter()
        .filter(|(path, _)| !is_test(path))
        .filter(|(_, text)| outside.iter().any(|name| text.contains(name)))
        .map(|(path, _)| path)
        .collect();
    assert_eq!(touching, Vec::<std::path::PathBuf>::new());
}
