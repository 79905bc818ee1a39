//! Every exported function is guarded and documented; pointers stay in one file.

use crate::sources::below;

/// An exported function, as its source has it.
pub(crate) struct Export {
    pub(crate) name: String,
    documentation: String,
    signature: String,
    body: String,
}

/// Every function that the library exports.
pub(crate) fn all() -> Vec<Export> {
    let exports: Vec<_> = below("src/ffi")
        .iter()
        .flat_map(|(_, text)| of_text(text))
        .collect();
    assert!(exports.len() > 20, "only {} exports found", exports.len());
    exports
}

fn of_text(text: &str) -> Vec<Export> {
    let pieces: Vec<_> = text.split("#[no_mangle]\n").collect();
    pieces
        .windows(2)
        .map(|pair| export(pair[0], pair[1]))
        .collect()
}

fn export(before: &str, after: &str) -> Export {
    let mut documentation: Vec<_> = before
        .lines()
        .rev()
        .take_while(|line| line.starts_with("///"))
        .collect();
    documentation.reverse();
    let (signature, rest) = after.split_once(" {\n").expect("a function with a body");
    let (body, _) = rest.split_once("\n}\n").expect("a body that ends");
    let name = signature
        .split_once("fn ")
        .and_then(|(_, rest)| rest.split_once('('))
        .expect("a function with a name")
        .0;
    // Words, so that it does not matter where a line breaks.
    let documentation: Vec<_> = documentation
        .iter()
        .flat_map(|line| line.trim_start_matches('/').split_whitespace())
        .collect();
    Export {
        name: name.to_owned(),
        documentation: documentation.join(" "),
        signature: signature.to_owned(),
        body: body.to_owned(),
    }
}

fn names_where(is_wrong: impl Fn(&Export) -> bool) -> Vec<String> {
    all()
        .into_iter()
        .filter(is_wrong)
        .map(|export| export.name)
        .collect()
}

const NONE: Vec<String> = Vec::new();

#[test]
fn every_export_is_one_call_of_the_guard() {
    // As rustfmt lays it out, whatever stands beside that call is indented as
    // little as the call itself.
    let unguarded = names_where(|export| {
        let outer: Vec<_> = export
            .body
            .lines()
            .filter(|line| !line.is_empty() && !line.starts_with("        "))
            .map(str::trim)
            .collect();
        let [first, last] = outer[..] else {
            return !is_guarded_line(&outer);
        };
        let first = first.trim_start_matches("super::");
        !(first.starts_with("guard::call(|| {") || first.starts_with("guard::value("))
            || !["})", "});"].contains(&last)
    });
    assert_eq!(unguarded, NONE);
}

/// A body so short that it fits one line.
fn is_guarded_line(outer: &[&str]) -> bool {
    matches!(outer, [line] if line.starts_with("guard::value(") && line.ends_with(')'))
}

#[test]
fn every_export_is_documented() {
    assert_eq!(names_where(|export| export.documentation.len() < 40), NONE);
}

#[test]
fn every_unsafe_export_says_what_it_asks_for() {
    let silent = names_where(|export| {
        export.signature.contains("unsafe") && !export.documentation.contains("# Safety")
    });
    assert_eq!(silent, NONE);
}

#[test]
fn every_export_with_a_status_says_which() {
    let silent = names_where(|export| {
        export.signature.contains("-> oe_status") && !export.documentation.contains("# Returns")
    });
    assert_eq!(silent, NONE);
}

#[test]
fn every_free_allows_null() {
    let silent = names_where(|export| {
        export.name.ends_with("_free") && !export.documentation.contains("NULL is fine")
    });
    assert_eq!(silent, NONE);
}

#[test]
fn unsafe_code_is_in_the_ffi_only() {
    let is_unsafe = |text: &str| {
        text.lines()
            .map(|line| line.split("//").next().unwrap_or_default())
            .flat_map(|code| code.split(|letter: char| !letter.is_alphanumeric() && letter != '_'))
            .any(|word| word == "unsafe")
    };
    let outside: Vec<_> = below("src")
        .into_iter()
        .filter(|(path, _)| !path.components().any(|part| part.as_os_str() == "ffi"))
        .filter(|(_, text)| is_unsafe(text))
        .map(|(path, _)| path)
        .collect();
    assert_eq!(outside, Vec::<std::path::PathBuf>::new());
}

#[test]
fn pointers_are_followed_in_one_file_only() {
    let primitives = [
        "from_raw_parts",
        "Box::from_raw",
        "Arc::from_raw",
        "into_raw(",
        "from_ptr",
        "transmute",
        "ptr::read",
        "ptr::write",
        "unsafe { *",
        "unsafe { &",
        "MaybeUninit",
        ".as_ref() }",
        ".as_mut() }",
        ".cast::<",
        ".cast()",
    ];
    let elsewhere: Vec<_> = below("src")
        .into_iter()
        .filter(|(path, _)| !path.ends_with("ffi/pointer.rs"))
        .filter(|(_, text)| primitives.iter().any(|primitive| text.contains(primitive)))
        .map(|(path, _)| path)
        .collect();
    assert_eq!(elsewhere, Vec::<std::path::PathBuf>::new());
}
