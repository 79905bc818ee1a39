//! The parts name each other downwards only, as DESIGN and `lib.rs` say.

use crate::sources::{below, root};

/// The parts from the top, each with those that it may name.
const PARTS: [(&str, &[&str]); 4] = [
    ("ffi", &["app", "process", "engine"]),
    ("app", &["process", "engine"]),
    ("process", &["engine"]),
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

#[test]
fn no_part_names_one_above_it() {
    let mut wrong = Vec::new();
    for (part, allowed) in PARTS {
        for (path, text) in sources_of(part) {
            for (other, _) in PARTS {
                let names_it = text.contains(&format!("crate::{other}"));
                if names_it && other != part && !allowed.contains(&other) {
                    wrong.push(format!("{} names {other}", path.display()));
                }
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}
