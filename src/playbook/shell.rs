//! What a value becomes in the command of a shell: an environment variable that the
//! command reads (in PowerShell: a variable), in the quoting of the place where it stands. No value is ever part
//! of the command's text, so none can be read as code.
//!
//! | | plain | within quotes | refused |
//! |---|---|---|---|
//! | sh, bash and the like | `"${OE_VALUE_1}"` | `${OE_VALUE_1}` in `"…"` and here-documents, `'"${OE_VALUE_1}"'` in `'…'` | in comments, after a backslash, in `` `…` ``, `$((…))`, `((…))`, `[[…]]`, `${…}`, `$'…'`, subscripts and quoted here-documents; in commands that read text as code or as a name, such as `eval`, `let`, `read`, `sh -c` |
//! | cmd | `!OE_VALUE_1!` | the same | in comments, after `^`, `%` or `!`, in `call`, `cmd`, `set /a`; values with quotes or line ends |
//! | python | `__import__("os").environ["OE_VALUE_1"]` | | in texts and comments |
//! | PowerShell | `${OE_VALUE_1}`, the value as it is, in expressions and as an argument of `Verb-Noun`, a `.ps1` file or a block; `"${OE_VALUE_1}"` as an argument of what may be a program; a word with more in it as a whole in `"…"` | `${OE_VALUE_1}` in `"…"` and `@"…"@`; `'…'` and `@'…'@` become the same with all else escaped; `${using:OE_VALUE_1}` in blocks of `Start-Job`, `ForEach-Object -Parallel` and the like | in comments, after a backtick or `--%`, in names (of a command, parameter, variable, member, type, function, label), in types and attributes, classes, redirections; where a command or an operator stands; in a list, or in `(…)`, that a program may be given; in what reads text as code, such as `iex`, `[scriptblock]::Create`, `Add-Type`, `pwsh -c`, also as its input; the value `--%` |
//!
//! A shell that the playbook names itself takes none, for nobody knows how it reads them, unless it is
//! said to be like one of the above.
//!
//! What PowerShell itself reads, `$params.x` or `${x}`, is left to it where it can.
//!
//! A value with a NUL is refused everywhere: no program can be given one.

mod cmd;
mod own;
mod posix;
mod powershell;
mod python;
mod words;

use std::fmt;

use super::place::Position;
use super::template::{Slot, Template};

pub(super) use own::LIKES;
pub use own::{OwnShell, Unfit};

/// A shell that runs commands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shell {
    /// PowerShell itself.
    PowerShell,
    /// sh, bash, and what understands the same; the program.
    Posix(String),
    /// The command processor of Windows.
    Cmd,
    /// Python; the program.
    Python(String),
    /// One that the playbook names itself.
    Own(OwnShell),
}

/// The names of shells.
pub(super) const NAMES: &[&str] = &[
    "powershell",
    "pwsh",
    "bash",
    "sh",
    "dash",
    "zsh",
    "ksh",
    "cmd",
    "python",
    "python3",
];

/// A command with its values taken out of it.
#[derive(Debug, Clone)]
pub struct Carried {
    /// The program and its arguments; the last is the command, but for a shell that has
    /// another place for it.
    pub argv: Vec<String>,
    /// The environment variables that it reads, with what they hold.
    pub values: Vec<(String, Slot)>,
}

impl Carried {
    /// The command, with variables in the places of its values.
    pub fn text(&self) -> &str {
        self.argv.last().map_or("", String::as_str)
    }

    /// What tells it from another command.
    pub(super) fn fingerprint(&self) -> Vec<String> {
        let values = self.values.iter().map(|(_, slot)| slot.written.clone());
        self.argv.iter().cloned().chain(values).collect()
    }
}

/// Why a value cannot stand where it does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Where, in the command.
    pub at: Position,
    /// The value, as it is written.
    pub written: String,
    /// What is there.
    pub why: &'static str,
    /// What to do about it.
    advice: &'static str,
}

impl Refused {
    /// What to do about it.
    pub fn advice(&self) -> &'static str {
        self.advice
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            at, written, why, ..
        } = self;
        write!(
            f,
            "`{written}` cannot be a value {why} ({at} of the command)"
        )
    }
}

impl std::error::Error for Refused {}

impl Shell {
    /// The shell of a name; an error names the nearest.
    pub fn named(name: &str) -> Result<Self, Option<&'static str>> {
        let program = name.to_ascii_lowercase();
        match program.as_str() {
            "powershell" | "pwsh" | "ps" => Ok(Self::PowerShell),
            "bash" | "sh" | "dash" | "zsh" | "ksh" | "ash" => Ok(Self::Posix(program)),
            "cmd" | "cmd.exe" | "batch" => Ok(Self::Cmd),
            "python" | "python3" => Ok(Self::Python("python3".to_owned())),
            _ => Err(crate::engine::suggest::nearest(&program, NAMES)),
        }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        match self {
            Self::PowerShell => "PowerShell",
            Self::Posix(program) | Self::Python(program) => program,
            Self::Cmd => "cmd",
            Self::Own(own) => own.name(),
        }
    }

    /// Takes the values out of a command.
    pub fn carry(&self, template: &Template) -> Result<Carried, Refused> {
        let mut carrier = Carrier::default();
        let argv = match self {
            Self::Posix(program) => {
                posix::carry(template.pieces(), &mut carrier)?;
                vec![program.clone(), "-c".to_owned()]
            }
            Self::Cmd => {
                cmd::carry(template.pieces(), &mut carrier)?;
                ["cmd", "/d", "/v:on", "/s", "/c"]
                    .map(str::to_owned)
                    .to_vec()
            }
            Self::Python(program) => {
                python::carry(template.pieces(), &mut carrier)?;
                vec![program.clone(), "-c".to_owned()]
            }
            Self::PowerShell => {
                powershell::carry(template.pieces(), &mut carrier).map_err(|refused| Refused {
                    advice: "Put the value in a variable of its own first, as in `$name = {{x}}`, and use that, or write it within `\"…\"`.",
                    ..refused
                })?;
                vec!["pwsh".to_owned(), "-Command".to_owned()]
            }
            Self::Own(own) => return own.carry(template),
        };
        Ok(Carried {
            argv: argv.into_iter().chain([carrier.text]).collect(),
            values: carrier.values,
        })
    }

    /// Why a value cannot be given to a command of this shell, if it cannot.
    pub fn refuses(&self, value: &str) -> Option<&'static str> {
        if value.contains('\0') {
            return Some("it holds a NUL, which no program can be given");
        }
        if let Self::Own(own) = self {
            return own.refuses(value);
        }
        if *self == Self::PowerShell && value == "--%" {
            return Some("it is `--%`, which ends the arguments of a program for PowerShell");
        }
        let is_cmd = matches!(self, Self::Cmd);
        match is_cmd && value.contains(['"', '\n', '\r']) {
            true => Some("it holds quotes or a line end, which cmd cannot carry"),
            false => None,
        }
    }
}

/// The command so far, and the values taken out of it.
#[derive(Default)]
struct Carrier {
    text: String,
    values: Vec<(String, Slot)>,
}

impl Carrier {
    /// The name of the variable for a value.
    fn take(&mut self, slot: &Slot) -> String {
        let name = format!("OE_VALUE_{}", self.values.len() + 1);
        self.values.push((name.clone(), slot.clone()));
        name
    }

    /// Adds what stands for a value, with its variable between two texts.
    fn put(&mut self, slot: &Slot, before: &str, after: &str) {
        let name = self.take(slot);
        self.text.push_str(before);
        self.text.push_str(&name);
        self.text.push_str(after);
    }
}

fn refused(slot: &Slot, why: &'static str) -> Refused {
    Refused {
        at: slot.at,
        written: slot.written.clone(),
        why,
        advice: "Put the value in a variable of its own first, such as `name={{x}}`, and use that.",
    }
}

#[cfg(test)]
#[path = "shell/tests.rs"]
mod tests;
