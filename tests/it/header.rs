//! The committed header is what the sources give.

use std::fs;

use crate::sources::root;

fn generate() -> String {
    let mut header = Vec::new();
    cbindgen::Builder::new()
        .with_config(cbindgen::Config::from_file(root().join("cbindgen.toml")).expect("a config"))
        .with_src(root().join("src/ffi/mod.rs"))
        .generate()
        .expect("a header")
        .write(&mut header);
    String::from_utf8(header).expect("a header in UTF-8")
}

#[test]
fn the_committed_header_is_current() {
    let committed = fs::read_to_string(root().join("include/orchestration_engine.h"))
        .expect("the committed header");
    assert_eq!(committed, generate(), "build once and commit the header");
}

#[test]
fn the_header_has_every_export() {
    let header = generate();
    let missing: Vec<_> = crate::exports::all()
        .into_iter()
        .map(|export| export.name)
        .filter(|name| !header.contains(&format!("{name}(")))
        .collect();
    assert_eq!(missing, Vec::<String>::new());
}
