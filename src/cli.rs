//! `orchestrate`: playbooks from a shell, without PowerShell.
//!
//! # Exit codes
//! | | |
//! |---|---|
//! | 0 | everything succeeded |
//! | 1 | a step failed |
//! | 2 | bad input: nothing was started |
//! | 3 | it was stopped |
//! | 10 | it went to its end, although steps failed whose failure is tolerated |
//! | 124 | a time limit was reached |

mod arguments;
mod exit_code;
mod human;
mod kept;
mod list;
mod live;
mod machine;
mod printable;
mod run;
mod screen;
mod show;
mod teller;

use std::process::ExitCode;

use clap::Parser;

use arguments::{Arguments, Command};

/// What to end with; the error, if nothing was done and why has been said.
type Ending = Result<u8, u8>;

fn ended(ending: Ending) -> u8 {
    ending.unwrap_or_else(|code| code)
}

/// Does what the command line says.
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // What was asked for, such as help, is no error.
            let code = if error.use_stderr() {
                exit_code::BAD_INPUT
            } else {
                0
            };
            let _ = error.print();
            return ExitCode::from(code);
        }
    };
    let code = match arguments.command {
        Command::Run(given) => run::run(&given),
        Command::Plan(given) => show::plan(&given.playbook, given.state.as_deref()),
        Command::Validate(given) => show::validate(&given),
        Command::Graph(given) => show::graph(&given),
        Command::Export(given) => show::export(&given),
        Command::Schema => show::schema(),
        Command::List(given) => list::list(&given),
        Command::History(given) => ended(kept::history(&given)),
        Command::Status(given) => ended(kept::status(&given)),
        Command::Stop(given) => ended(kept::stop(&given)),
        Command::Resume(given) => kept::resume(&given),
        Command::Cache(given) => ended(kept::cache(&given)),
    };
    ExitCode::from(code)
}
