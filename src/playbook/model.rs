//! A playbook as the engine sees it, whatever dialect its file speaks.

use super::place::Place;
use super::value::Node;

/// How a file says what is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// `steps` with a type each.
    Steps,
    /// `Sequence` of scripts, commands, numbers and ranges.
    Sequence,
    /// `Stages`, each with scripts.
    Stages,
    /// `orchestration.stages`.
    OrchestrationStages,
    /// `jobs` with `needs`.
    Jobs,
    /// `tasks`, as the C ABI takes them.
    Tasks,
}

impl Dialect {
    /// The key that says what is to be done.
    pub fn name(self) -> &'static str {
        match self {
            Self::Steps => "steps",
            Self::Sequence => "Sequence",
            Self::Stages => "Stages",
            Self::OrchestrationStages => "orchestration.stages",
            Self::Jobs => "jobs",
            Self::Tasks => "tasks",
        }
    }
}

/// A playbook.
#[derive(Debug, Clone, PartialEq)]
pub struct Playbook {
    /// What its file is written like.
    pub dialect: Dialect,
    /// Its name, if the file says one.
    pub name: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// Its version.
    pub version: Option<String>,
    /// What it is told when it is started.
    pub parameters: Vec<Parameter>,
    /// Values that its steps see.
    pub variables: Vec<Variable>,
    /// Sets of values that can be chosen by name.
    pub profiles: Vec<Profile>,
    /// The same for the environments that it can run in.
    pub environments: Vec<Profile>,
    /// How it runs.
    pub options: Options,
    /// Modules that have to be there.
    pub required_modules: Vec<Phrase>,
    /// Shells that it names itself.
    pub shells: Vec<NamedShell>,
    /// What has to hold before it starts.
    pub before: Vec<Check>,
    /// What has to hold when it is over.
    pub after: Vec<Check>,
    /// When it counts as succeeded.
    pub success: Success,
    /// What is told, and when.
    pub notices: Vec<Notice>,
    /// What is done.
    pub steps: Vec<Step>,
    /// What is done at the end, however it ended.
    pub finally: Vec<Step>,
}

/// A name with a value.
#[derive(Debug, Clone, PartialEq)]
pub struct Variable {
    /// The name, as it is written.
    pub name: String,
    /// Its value.
    pub value: Node,
}

/// A text of the file that a message may have to point at.
#[derive(Debug, Clone)]
pub struct Phrase {
    /// The text.
    pub text: String,
    /// Where it stands.
    pub place: Place,
}

impl PartialEq for Phrase {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

/// Something that a playbook is told when it is started.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    /// Its name.
    pub name: Phrase,
    /// What its values are, if the file says so.
    pub kind: Option<Phrase>,
    /// Whether a run needs it.
    pub is_required: bool,
    /// What it is if nobody says.
    pub default: Option<Node>,
    /// The values that it may have; any if there are none.
    pub allowed: Vec<Node>,
    /// What it is for.
    pub description: Option<String>,
    /// Whether its value is a secret.
    pub is_sensitive: bool,
    /// How a person is asked for it.
    pub prompt: Option<String>,
}

/// A set of values that can be chosen by name.
#[derive(Debug, Clone, PartialEq)]
pub struct Profile {
    /// Its name.
    pub name: Phrase,
    /// What it is for.
    pub description: Option<String>,
    /// What it sets.
    pub variables: Vec<Variable>,
    /// Stages that it leaves out.
    pub excluded: Vec<Phrase>,
}

/// How a playbook runs; `None` is for whoever starts it to say.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Options {
    /// Whether steps run beside each other that do not say otherwise.
    pub parallel: Option<bool>,
    /// How many may run at once.
    pub max_concurrency: Option<Concurrency>,
    /// Whether the first failure ends it.
    pub stop_on_error: Option<bool>,
    /// How long it may take, in seconds.
    pub timeout: Option<f64>,
    /// `sequential`, `parallel` or `conditional`.
    pub mode: Option<Phrase>,
    /// Where PowerShell does steps that do not say it.
    pub isolation: Option<Phrase>,
    /// Folders that modules are looked for in, before those of PowerShell.
    pub module_path: Vec<String>,
    /// How many steps of a group may run at once, by the group's name.
    pub groups: Vec<(Phrase, u32)>,
    /// The exit codes that are no failure of its steps.
    pub codes: GivenCodes,
}

/// The exit codes that are no failure; `None` is for what is around to say.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct GivenCodes {
    /// Those of a success.
    pub success: Option<Vec<i32>>,
    /// Those of a success that wants the machine restarted.
    pub reboot: Option<Vec<i32>>,
}

/// A shell that a playbook names itself.
#[derive(Debug, Clone, PartialEq)]
pub struct NamedShell {
    /// Its name.
    pub name: Phrase,
    /// The program and its arguments.
    pub argv: Vec<Phrase>,
    /// The shell that reads commands as it does, if the file says one.
    pub like: Option<Phrase>,
}

/// How many steps may run at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Concurrency {
    /// As many as suits the machine.
    Auto,
    /// So many.
    Steps(u32),
}

/// Something that has to hold.
#[derive(Debug, Clone, PartialEq)]
pub struct Check {
    /// Its name.
    pub name: Option<String>,
    /// What has to hold.
    pub condition: Phrase,
    /// What to say if it does not.
    pub message: Option<String>,
}

/// When a playbook counts as succeeded, beyond what its steps say themselves.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Success {
    /// Whether every step has to succeed.
    pub require_all: Option<bool>,
    /// How many have to succeed at least.
    pub minimum_count: Option<u32>,
    /// Of a hundred, how many have to succeed at least.
    pub minimum_percent: Option<f64>,
    /// Scripts that have to succeed.
    pub critical: Vec<Phrase>,
    /// Scripts that may fail.
    pub allowed_failures: Vec<Phrase>,
}

/// When something is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// At the start.
    Start,
    /// After a success.
    Success,
    /// After a failure.
    Failure,
    /// After a warning.
    Warning,
}

/// What is told, and when.
#[derive(Debug, Clone, PartialEq)]
pub struct Notice {
    /// Where it begins.
    pub place: Place,
    /// When.
    pub moment: Moment,
    /// What.
    pub message: String,
    /// How loud.
    pub level: Option<String>,
    /// Where.
    pub channels: Vec<String>,
}

/// One thing that a playbook does.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// Where it begins.
    pub place: Place,
    /// Its name, if it has one.
    pub name: Option<Phrase>,
    /// What it is for.
    pub description: Option<String>,
    /// What it does.
    pub action: Action,
    /// It runs only if this holds.
    pub condition: Option<Condition>,
    /// What has to be over before; names, numbers of scripts.
    pub needs: Vec<Phrase>,
    /// The phase that it belongs to.
    pub phase: Option<Phrase>,
    /// The group whose limit it is under.
    pub group: Option<Phrase>,
    /// The exit codes that are no failure of it.
    pub codes: GivenCodes,
    /// Whether it may run beside those around it.
    pub parallel: Option<bool>,
    /// How long an attempt may take, in seconds.
    pub timeout: Option<f64>,
    /// How often it is tried again.
    pub retry_count: Option<u32>,
    /// How long it waits before that, in seconds.
    pub retry_delay: Option<f64>,
    /// Whether its failure is tolerated.
    pub continue_on_error: Option<bool>,
    /// What a person has to agree to before the playbook starts.
    pub approval: Option<Phrase>,
    /// Whether the playbook fails if it does.
    pub is_required: Option<bool>,
    /// What it is given.
    pub parameters: Vec<Variable>,
    /// Values for it and those inside of it.
    pub variables: Vec<Variable>,
    /// Environment variables of its own.
    pub environment: Vec<Variable>,
    /// Where PowerShell does it: in a runspace, or in a process.
    pub isolation: Option<Phrase>,
    /// How its program writes texts.
    pub encoding: Option<Phrase>,
    /// It runs once for each of these; the name of a variable, or values.
    pub for_each: Option<Node>,
    /// What of its output has a name.
    pub outputs: Vec<Variable>,
    /// What undoes it, if something after it fails.
    pub rollback: Vec<Step>,
}

/// When a step runs.
#[derive(Debug, Clone, PartialEq)]
pub enum Condition {
    /// If a condition holds.
    If(Phrase),
    /// Unless one does.
    Unless(Phrase),
    /// If a script block gives out something true; its text.
    Block(Phrase),
}

/// What a step does.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// It runs scripts that are found by a number, a name or a path.
    Scripts(Vec<Script>),
    /// It runs a command in a shell.
    Command {
        /// The command.
        text: Phrase,
        /// The shell, if not PowerShell.
        shell: Option<Phrase>,
    },
    /// It runs a script block of the file.
    Block(Phrase),
    /// It calls a function of a module.
    Module {
        /// The module.
        module: Phrase,
        /// The function.
        function: Phrase,
    },
    /// It decides between others.
    Choice {
        /// What is done if the step's condition holds.
        then: Vec<Step>,
        /// What is done otherwise.
        otherwise: Vec<Step>,
    },
    /// It does others beside each other.
    Parallel {
        /// The others.
        steps: Vec<Step>,
        /// How many of them at once.
        limit: Option<Concurrency>,
    },
    /// It does others one after the other, as a stage or job does.
    Group(Vec<Step>),
    /// It runs another playbook.
    Playbook(Phrase),
    /// It does what a type does that is not the playbook's; the type's name.
    Custom(Phrase),
    /// It runs a program.
    Program(Vec<Phrase>),
}

/// A way to name scripts.
#[derive(Debug, Clone, PartialEq)]
pub struct Script {
    /// What it names.
    pub kind: ScriptKind,
    /// It as it is written.
    pub phrase: Phrase,
}

/// What a reference to scripts names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ScriptKind {
    /// The script with a number of four digits.
    Number(String),
    /// All scripts with numbers from one to another.
    Range(String, String),
    /// All scripts of a stage.
    Stage(String),
    /// All scripts with a tag.
    Tag(String),
    /// All scripts whose names fit a pattern with `*`.
    Pattern(String),
    /// The script with a name or path.
    Name(String),
    /// All of these are left out of those before.
    Except(Box<ScriptKind>),
}
