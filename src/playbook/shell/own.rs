//! Shells that a playbook names itself: a program, its arguments, and among them the
//! place of the command.

use std::fmt;

use crate::engine::suggest::nearest;
use crate::playbook::template::{Piece, Template};

use super::{Carried, Refused, Shell};

/// The shells that another can be like. Not cmd, which needs options of its own to read
/// a variable, and not PowerShell, whose values are objects.
pub(in crate::playbook) const LIKES: &[&str] = &[
    "sh", "bash", "dash", "zsh", "ksh", "ash", "python", "python3",
];

/// What stands for the command among the arguments.
const COMMAND: &str = "{command}";

/// A shell that a playbook names itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnShell {
    name: String,
    argv: Vec<String>,
    /// The one whose rules hold for its commands.
    like: Option<Box<Shell>>,
}

/// Why a shell cannot be what a playbook says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unfit {
    /// It has no program.
    NoProgram,
    /// Its program is the command.
    CommandIsProgram,
    /// It has several places for the command.
    SeveralCommands,
    /// A value of the playbook would be among its arguments.
    HasValue,
    /// It is like a shell that is not known.
    Like {
        /// The name of that.
        name: String,
        /// What may have been meant.
        near: Option<&'static str>,
    },
}

impl Unfit {
    /// What to do about it.
    pub fn advice(&self) -> String {
        match self {
            Self::NoProgram => "Write its program first, as in `@('fish', '-c')`.".to_owned(),
            Self::CommandIsProgram => {
                "Write the program before `{command}`, as in `@('fish', '-c')`.".to_owned()
            }
            Self::SeveralCommands => "Write `{command}` once.".to_owned(),
            Self::HasValue => "Give the value to the step, in its `Environment`.".to_owned(),
            Self::Like {
                near: Some(near), ..
            } => format!("Did you mean `{near}`?"),
            Self::Like { near: None, .. } => format!("Choose one of {}.", LIKES.join(", ")),
        }
    }
}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoProgram => f.write_str("it has no program"),
            Self::CommandIsProgram => f.write_str("the command cannot be its program"),
            Self::SeveralCommands => f.write_str("it has several places for the command"),
            Self::HasValue => f.write_str("its arguments cannot hold values of the playbook"),
            Self::Like { name, .. } => write!(f, "it cannot be like `{name}`"),
        }
    }
}

impl OwnShell {
    /// The shell of a program with its arguments. The command is put where `{command}`
    /// stands in one of them, else behind them.
    pub fn new(name: &str, argv: Vec<String>, like: Option<&str>) -> Result<Self, Unfit> {
        let program = argv.first().ok_or(Unfit::NoProgram)?;
        if program.trim().is_empty() {
            return Err(Unfit::NoProgram);
        }
        if program.contains(COMMAND) {
            return Err(Unfit::CommandIsProgram);
        }
        let places: usize = argv.iter().map(|it| it.matches(COMMAND).count()).sum();
        if places > 1 {
            return Err(Unfit::SeveralCommands);
        }
        if argv.iter().any(|it| it.contains("{{")) {
            return Err(Unfit::HasValue);
        }
        let like = like.map(known).transpose()?.map(Box::new);
        let name = name.to_owned();
        Ok(Self { name, argv, like })
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Why a value cannot be given to its commands, if it cannot.
    pub(super) fn refuses(&self, value: &str) -> Option<&'static str> {
        self.like.as_ref().and_then(|like| like.refuses(value))
    }

    /// Takes the values out of a command.
    pub(super) fn carry(&self, template: &Template) -> Result<Carried, Refused> {
        let Some(like) = &self.like else {
            let text = as_it_is(template)?;
            let values = Vec::new();
            let argv = self.with(&text);
            return Ok(Carried { argv, values });
        };
        let carried = like.carry(template)?;
        Ok(Carried {
            argv: self.with(carried.text()),
            values: carried.values,
        })
    }

    /// The program with a command among its arguments.
    fn with(&self, command: &str) -> Vec<String> {
        let has_place = self.argv.iter().any(|it| it.contains(COMMAND));
        let argv = self.argv.iter().map(|it| it.replace(COMMAND, command));
        let behind = (!has_place).then(|| command.to_owned());
        argv.chain(behind).collect()
    }
}

/// The shell of a name, of those that another can be like.
fn known(name: &str) -> Result<Shell, Unfit> {
    let unfit = |near| Unfit::Like {
        name: name.to_owned(),
        near,
    };
    let is_it = |like: &&&str| like.eq_ignore_ascii_case(name);
    let like = LIKES.iter().find(is_it);
    let like = like.ok_or_else(|| unfit(nearest(name, LIKES)))?;
    Shell::named(like).map_err(unfit)
}

/// The text of a command without any value.
fn as_it_is(template: &Template) -> Result<String, Refused> {
    let pieces = template.pieces().iter();
    let texts = pieces.map(|piece| match piece {
        Piece::Text(text) => Ok(text.as_str()),
        Piece::Slot(slot) => Err(Refused {
            at: slot.at,
            written: slot.written.clone(),
            why: "in a command of a shell of the playbook, which may read it as code",
            advice: "Put it in the step's `Environment` and let the command read it there, or say which shell this one is like: `@{ Command = …; Like = 'sh' }`.",
        }),
    });
    texts.collect()
}

#[cfg(test)]
mod tests {
    use super::{OwnShell, Template, Unfit};

    fn shell(argv: &[&str], like: Option<&str>) -> Result<OwnShell, Unfit> {
        let argv = argv.iter().map(|it| (*it).to_owned()).collect();
        OwnShell::new("own", argv, like)
    }

    fn argv(shell: &OwnShell, command: &str) -> Result<Vec<String>, String> {
        let template = Template::parse(command, &|name| name == "known").expect("a template");
        let carried = shell.carry(&template).map_err(|why| why.to_string())?;
        assert_eq!(carried.values.len(), template.slots().count());
        Ok(carried.argv)
    }

    #[test]
    fn the_command_is_put_in_its_place_or_behind() {
        let behind = shell(&["fish", "-c"], None).expect("a shell");
        let inside = shell(&["node", "--eval={command}", "--", "a"], None).expect("a shell");
        let text = "echo ${HOME} {command}; {{.Names}}";
        let found = [argv(&behind, text), argv(&inside, "1")];
        let expected = [
            vec!["fish", "-c", text],
            vec!["node", "--eval=1", "--", "a"],
        ];
        let expected = expected.map(|it| Ok(it.into_iter().map(str::to_owned).collect()));
        assert_eq!(found, expected);
    }

    #[test]
    fn it_takes_values_only_by_the_rules_of_a_known_one() {
        let unknown = shell(&["fish", "-c"], None).expect("a shell");
        for command in [
            "echo {{x}}",
            "echo ${known}",
            "echo $params.x",
            "'{{x:=1}}'",
        ] {
            let refused = argv(&unknown, command).expect_err(command);
            assert!(refused.contains("which may read it as code"), "{refused}");
        }
        let like_bash = shell(&["bash", "-e", "-c"], Some("Bash")).expect("a shell");
        let like_python = shell(&["pypy3", "-c"], Some("python")).expect("a shell");
        let found = [
            argv(&like_bash, "echo 'a {{x}}'"),
            argv(&like_bash, "eval {{x}}"),
            argv(&like_python, "f({{x}})"),
        ];
        let found = found.map(|it| it.map_or_else(|why| why, |argv| argv.join(" ")));
        let expected = [
            "bash -e -c echo 'a '\"${OE_VALUE_1}\"''",
            "`{{x}}` cannot be a value in a command that reads it as code or as a name \
             (line 1, column 6 of the command)",
            "pypy3 -c f(__import__(\"os\").environ[\"OE_VALUE_1\"])",
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn what_cannot_be_a_shell_is_refused() {
        let cases: &[(&[&str], Option<&str>, &str)] = &[
            (&[], None, "it has no program. Write its program first, as in `@('fish', '-c')`."),
            (&[" "], None, "it has no program. Write its program first, as in `@('fish', '-c')`."),
            (&["{command}"], None, "the command cannot be its program. Write the program before `{command}`, as in `@('fish', '-c')`."),
            (&["a", "{command}", "{command}"], None, "it has several places for the command. Write `{command}` once."),
            (&["docker", "{{x}}"], None, "its arguments cannot hold values of the playbook. Give the value to the step, in its `Environment`."),
            (&["a"], Some("bahs"), "it cannot be like `bahs`. Did you mean `bash`?"),
            (&["a"], Some("cmd"), "it cannot be like `cmd`. Choose one of sh, bash, dash, zsh, ksh, ash, python, python3."),
        ];
        for (argv, like, expected) in cases {
            let unfit = shell(argv, *like).expect_err(expected);
            assert_eq!(format!("{unfit}. {}", unfit.advice()), *expected);
        }
    }
}
