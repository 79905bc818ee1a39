//! What a playbook will do: every name looked up, every condition read, every value
//! in its place, and what waits for what. Whatever is wrong is found here, before
//! anything starts.
//!
//! # What waits for what
//! - A step that is not parallel and names no dependencies waits for all before it,
//!   and holds all after it. Parallel steps beside each other are one wave.
//! - Dependencies replace that rule for the step that names them.
//! - Phases run in the order in which they first appear, whatever stands between.
//! - After a failure, what would have followed is skipped. A step whose condition is
//!   about failures (`$LASTEXITCODE`, `$steps.x.status`, `failure()`) is asked all the
//!   same. Where failures are to be collected (`StopOnError = $false`, the mode
//!   `conditional`), only dependencies that are named skip anything.

mod build;
mod check;
mod condition;
mod custom;
mod each;
mod flat;
mod holds;
mod inside;
mod limits;
mod scripts;
mod shells;
mod waves;
mod wire;
mod work;

use std::sync::Arc;

use crate::engine::batch::Encoding;

use super::expression::Expression;
use super::flaw::Flaw;
use super::model::{GivenCodes, Notice, Phrase, Playbook, Script, ScriptKind, Success};
use super::place::Place;
use super::shell::{Carried, Shell};
use super::step_type::StepType;
use super::template::Template;
use super::value::is_same_name;
use super::values::{Environment, Named, Recipe, Values};

pub use build::secrets_of;
pub use flat::{Flat, Leaf};

/// What somebody wants of a playbook.
pub struct Request<'r> {
    /// What it is told.
    pub parameters: Named,
    /// The environment that it runs in; `dev` if nobody says.
    pub context: Option<String>,
    /// The profile that it takes variables from.
    pub profile: Option<String>,
    /// How its steps follow each other, instead of how it says itself.
    pub mode: Option<Mode>,
    /// Whether failures stop nothing.
    pub continues_on_error: bool,
    /// How many steps may run at once, instead of what it says itself.
    pub limit: Option<u32>,
    /// The environment variables.
    pub environment: Environment<'r>,
    /// Finds other playbooks by name.
    pub playbooks: &'r dyn Fn(&str) -> Result<Playbook, String>,
    /// Finds the scripts of a range, a stage, a tag or a pattern, in their order; what
    /// it names them by is found as the name of a script.
    pub scripts: &'r dyn Fn(&ScriptKind) -> Vec<String>,
    /// What a script says of itself.
    pub header: &'r dyn Fn(&Script) -> Header,
    /// The types of steps that are known beside those of every playbook.
    pub step_types: &'r [StepType],
}

impl Default for Request<'_> {
    /// Nothing is told, and there are no other playbooks, scripts or types.
    fn default() -> Self {
        Self {
            parameters: Named::new(),
            context: None,
            profile: None,
            mode: None,
            continues_on_error: false,
            limit: None,
            environment: &|_| None,
            playbooks: &|_| Err("there is no such file".to_owned()),
            scripts: &|_| Vec::new(),
            header: &|_| Header::default(),
            step_types: &[],
        }
    }
}

/// What the comments at the head of a script say of where it may stand.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Header {
    /// The scripts that have to be over before it, of those beside it.
    pub dependencies: Vec<String>,
    /// Whether it may run beside others.
    pub allows_parallel: Option<bool>,
}

/// How steps follow each other that do not say it themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// One after the other.
    Sequential,
    /// Beside each other.
    Parallel,
    /// One after the other, whatever became of those before.
    Conditional,
}

impl Mode {
    /// The names of all modes.
    pub const NAMES: &'static [&'static str] = &["sequential", "parallel", "conditional"];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sequential => "sequential",
            Self::Parallel => "parallel",
            Self::Conditional => "conditional",
        }
    }

    /// The mode of a name.
    pub fn named(name: &str) -> Option<Self> {
        match name.to_ascii_lowercase().as_str() {
            "sequential" => Some(Self::Sequential),
            "parallel" => Some(Self::Parallel),
            "conditional" => Some(Self::Conditional),
            _ => None,
        }
    }
}

/// What a playbook will do.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// What its names stand for.
    pub values: Arc<Values>,
    /// The parameters that are secrets.
    pub sensitive: Vec<String>,
    /// How many steps may run at once, if that is said.
    pub limit: Option<u32>,
    /// How long it may take, in seconds.
    pub timeout: Option<f64>,
    /// Whether the first failure ends what runs beside it, too.
    pub stops_at_once: bool,
    /// Whether failures stop nothing.
    pub continues_on_error: bool,
    /// What has to hold before it starts, with what to say if it does not. What only
    /// PowerShell can decide is a step.
    pub before: Vec<(Expression, String)>,
    /// What has to hold when it is over.
    pub after: Vec<(Expression, String)>,
    /// When it counts as succeeded.
    pub success: Success,
    /// What is told, and when.
    pub notices: Vec<Notice>,
    /// How many steps of a group may run at once, by its name.
    pub groups: Vec<(String, u32)>,
    /// Modules that PowerShell steps need.
    pub modules: Vec<String>,
    /// Folders that modules are looked for in, before those of PowerShell.
    pub module_path: Vec<String>,
    /// What it does, in the order written; what is done at the end comes last.
    pub steps: Vec<Step>,
}

/// One thing that it does.
#[derive(Debug, Clone)]
pub struct Step {
    /// Its name, unique among those beside it.
    pub name: String,
    /// Its name as it is written.
    pub label: String,
    /// Where it stands.
    pub place: Place,
    /// What it is for.
    pub description: Option<String>,
    /// What it does.
    pub work: Work,
    /// Whether it does it.
    pub decision: Option<Decision>,
    /// What its names stand for.
    pub values: Arc<Values>,
    /// What it is given, by name.
    pub parameters: Vec<(String, Recipe)>,
    /// Environment variables of its own.
    pub environment: Vec<(String, Recipe)>,
    /// Where PowerShell does it, if it is PowerShell's to do.
    pub isolation: Isolation,
    /// How its program writes texts, if that is said.
    pub encoding: Option<Encoding>,
    /// How long an attempt may take, in seconds.
    pub timeout: Option<f64>,
    /// How often it is tried again, and how long after, in seconds.
    pub retry: Option<(u32, f64)>,
    /// What a person has to agree to before anything starts.
    pub approval: Option<String>,
    /// Whether its failure is tolerated.
    pub continues_on_error: bool,
    /// Whether it is done at the end, whatever became of the others.
    pub is_finally: bool,
    /// The steps beside it, by place, that have to succeed before.
    pub needs: Vec<usize>,
    /// The steps beside it, by place, that have to be over before.
    pub after: Vec<usize>,
    /// How many waves are before it, of those beside it.
    pub wave: usize,
    /// The group that it is of; if that has a limit, all of the group share it.
    pub group: Option<String>,
    /// The exit codes that are no failure.
    pub codes: Codes,
}

/// The exit codes that are no failure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Codes {
    /// Those of a success.
    pub success: Vec<i32>,
    /// Those of a success that wants the machine restarted.
    pub reboot: Vec<i32>,
}

impl Default for Codes {
    /// 0; and 3010, which is that of Windows Installer
    /// (`ERROR_SUCCESS_REBOOT_REQUIRED`), and 200.
    fn default() -> Self {
        Self {
            success: vec![0],
            reboot: vec![3010, 200],
        }
    }
}

impl Codes {
    /// These, where nothing else is given.
    pub(crate) fn with(&self, given: &GivenCodes) -> Self {
        let or = |given: &Option<Vec<i32>>, own: &Vec<i32>| given.clone().unwrap_or(own.clone());
        Self {
            success: or(&given.success, &self.success),
            reboot: or(&given.reboot, &self.reboot),
        }
    }
}

/// What a step does.
#[derive(Debug, Clone)]
pub enum Work {
    /// It runs a command in a shell.
    Command {
        /// The shell.
        shell: Shell,
        /// The command.
        carried: Carried,
    },
    /// It runs a program.
    Program(Vec<Template>),
    /// It runs a script, which somebody has to find. Several are those of a range, a
    /// stage, a tag or a pattern that fits none.
    Scripts(Vec<Script>),
    /// Only PowerShell can do it.
    PowerShell(PowerShellWork),
    /// It does those inside it; with a limit, at most so many at once.
    Inside(Vec<Step>, Option<u32>),
    /// Nothing.
    Nothing,
}

/// What only PowerShell can do.
#[derive(Debug, Clone)]
pub enum PowerShellWork {
    /// A command, its values taken out of it; the last of `argv` is its text.
    Command(Carried),
    /// A script block of the file.
    Block(Phrase),
    /// A script block of no file, that of a type of steps.
    Registered(String),
    /// A function of a module.
    Function {
        /// The module.
        module: String,
        /// The function.
        function: String,
    },
}

/// Where PowerShell does a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Isolation {
    /// In a runspace of the host, if there is a host, else in a process.
    #[default]
    Runspace,
    /// In a process of its own kind, which can be killed.
    Process,
}

impl Isolation {
    /// The names of all kinds.
    pub const NAMES: &'static [&'static str] = &["runspace", "process"];

    /// The kind of a name.
    pub fn named(name: &str) -> Option<Self> {
        match name.to_ascii_lowercase().as_str() {
            "runspace" => Some(Self::Runspace),
            "process" => Some(Self::Process),
            _ => None,
        }
    }
}

impl PowerShellWork {
    /// What it is, in a few words.
    pub fn title(&self) -> String {
        match self {
            Self::Command(carried) => first_line(carried.text()),
            Self::Block(_) => "a script block".to_owned(),
            Self::Registered(_) => "a script block of a registered type".to_owned(),
            Self::Function { module, function } => format!("{function} of the module {module}"),
        }
    }

    fn fingerprint(&self) -> Vec<String> {
        match self {
            Self::Command(carried) => carried.fingerprint(),
            Self::Block(text) => vec![text.text.clone()],
            Self::Registered(text) => vec![text.clone()],
            Self::Function { module, function } => vec![module.clone(), function.clone()],
        }
    }
}

/// The first line of a text, and not too much of it.
fn first_line(text: &str) -> String {
    const LONGEST: usize = 60;
    let line = text.trim().lines().next().unwrap_or_default();
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line.to_owned(),
    }
}

/// What decides whether a step runs.
#[derive(Debug, Clone)]
pub enum Decision {
    /// A condition holds.
    If(Expression),
    /// A condition does not hold.
    Unless(Expression),
    /// Only PowerShell can say; the condition.
    PowerShell(String),
    /// The run has failed, although the step of this path has succeeded: it undoes that.
    Undo(String),
}

impl Decision {
    /// Whether it is asked after a failure, too.
    pub fn reads_failures(&self) -> bool {
        match self {
            Self::If(condition) | Self::Unless(condition) => condition.reads_failures(),
            Self::PowerShell(_) => false,
            Self::Undo(_) => true,
        }
    }
}

impl Work {
    /// What a run that goes on is compared by: what it does, in words, without what
    /// is inside it.
    pub fn fingerprint(&self) -> Vec<String> {
        match self {
            Self::Command { carried, .. } => carried.fingerprint(),
            Self::Program(argv) => argv.iter().map(|it| format!("{it:?}")).collect(),
            Self::Scripts(scripts) => scripts.iter().map(|it| it.phrase.text.clone()).collect(),
            Self::PowerShell(work) => work.fingerprint(),
            Self::Inside(..) | Self::Nothing => Vec::new(),
        }
    }
}

/// What came of a request.
#[derive(Debug)]
pub struct Planned {
    /// The plan, as far as it could be made.
    pub plan: Plan,
    /// What is wrong, in the order of finding.
    pub flaws: Vec<Flaw>,
}

impl Plan {
    /// How many steps of a group may run at once, if the playbook says.
    pub fn limit_of(&self, group: &str) -> Option<u32> {
        let mut groups = self.groups.iter();
        let found = groups.find(|(name, _)| is_same_name(name, group));
        found.map(|(_, limit)| *limit)
    }
}

impl Planned {
    /// Whether the plan can be carried out.
    pub fn is_usable(&self) -> bool {
        self.flaws.iter().all(Flaw::is_warning)
    }
}

/// Plans what a playbook does.
pub fn plan(playbook: &Playbook, request: &Request<'_>) -> Planned {
    build::plan(playbook, request)
}

#[cfg(test)]
#[path = "plan/tests.rs"]
mod tests;
