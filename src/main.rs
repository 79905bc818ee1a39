//! `orchestrate`: playbooks from a shell.

use std::process::ExitCode;

fn main() -> ExitCode {
    orchestration_engine::cli::main()
}
