//! Writes `include/orchestration_engine.h` from `src/ffi`, when its bytes change.

use std::error::Error;
use std::path::Path;
use std::{env, fs};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=src/ffi");
    println!("cargo::rerun-if-changed=cbindgen.toml");
    let root = env::var("CARGO_MANIFEST_DIR")?;
    let root = Path::new(&root);
    let mut header = Vec::new();
    cbindgen::Builder::new()
        .with_config(cbindgen::Config::from_file(root.join("cbindgen.toml"))?)
        // A source file instead of the crate: no `cargo metadata`, and only
        // what is in src/ffi can reach the header.
        .with_src(root.join("src/ffi/mod.rs"))
        .generate()?
        .write(&mut header);
    let path = root.join("include/orchestration_engine.h");
    if fs::read(&path).ok().as_deref() != Some(header.as_slice()) {
        fs::write(path, header)?;
    }
    Ok(())
}
