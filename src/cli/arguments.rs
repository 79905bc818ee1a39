//! What the command line may say.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::app::playbook::Wishes;
use crate::engine::value::Value;
use crate::playbook::format::Format;
use crate::playbook::plan::Mode;
use crate::report::FlowForm;

/// Runs playbooks: graphs of steps in psd1, JSON or YAML.
///
/// Exit codes: 0 all succeeded, 1 a step failed, 2 bad input, 3 stopped,
/// 10 partial success, 124 time limit.
#[derive(Debug, Parser)]
#[command(name = "orchestrate", version, max_term_width = 100)]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Run a playbook.
    Run(RunArguments),
    /// Show what would run, in which order.
    Plan(PlanArguments),
    /// Check playbooks, and say what is wrong and where.
    Validate(ValidateArguments),
    /// Draw what waits for what.
    Graph(GraphArguments),
    /// Write a playbook in another format.
    Export(ExportArguments),
    /// Print the JSON Schema of playbooks, by which editors complete and check them.
    Schema,
    /// List the playbooks of the project.
    List(ListArguments),
    /// List the runs, the latest first.
    History(HistoryArguments),
    /// Show what became of a run, step by step.
    Status(StatusArguments),
    /// Ask a run to stop, in whichever process it runs.
    Stop(StopArguments),
    /// Go on with a run that did not come to its end.
    Resume(ResumeArguments),
    /// Say how many results of tasks are remembered, or forget them.
    Cache(CacheArguments),
}

#[derive(Debug, Args)]
pub(super) struct HistoryArguments {
    /// Only the runs of this playbook, by its name.
    pub(super) playbook: Option<String>,
    /// Only the latest so many.
    #[arg(short, long, value_name = "COUNT")]
    pub(super) limit: Option<u32>,
    /// Where runs are kept.
    #[arg(long, value_name = "FOLDER")]
    pub(super) state: Option<PathBuf>,
    /// Print JSON, for machines.
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, Args)]
pub(super) struct StatusArguments {
    /// The id of a run, or the name of a playbook for its latest; the latest of all if not given.
    pub(super) run: Option<String>,
    /// Where runs are kept.
    #[arg(long, value_name = "FOLDER")]
    pub(super) state: Option<PathBuf>,
    /// Print JSON, for machines.
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, Args)]
pub(super) struct StopArguments {
    /// The id of the run.
    pub(super) run: String,
    /// Where runs are kept.
    #[arg(long, value_name = "FOLDER")]
    pub(super) state: Option<PathBuf>,
    /// Print JSON, for machines.
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, Args)]
pub(super) struct ResumeArguments {
    /// The id of a run, or the name of a playbook for its latest.
    pub(super) run: String,
    /// What is not kept and has to be given again: secrets.
    #[arg(short, long = "param", value_name = "NAME=VALUE", value_parser = parameter)]
    pub(super) params: Vec<(String, Value)>,
    /// Run again what had failed, too.
    #[arg(long)]
    pub(super) failed: bool,
    /// Go on although the playbook has changed.
    #[arg(long)]
    pub(super) accept_changed_playbook: bool,
    /// Write what came of the steps as JUnit's XML, however the run ends.
    #[arg(long, value_name = "FILE")]
    pub(super) junit: Option<PathBuf>,
    /// Agree to all steps that need an approval, instead of being asked.
    #[arg(long)]
    pub(super) approve: bool,
    /// Show only failures and the end.
    #[arg(short, long)]
    pub(super) quiet: bool,
    /// Where runs are kept.
    #[arg(long, value_name = "FOLDER")]
    pub(super) state: Option<PathBuf>,
    /// Print JSON, for machines.
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, Args)]
pub(super) struct CacheArguments {
    /// Only those of tasks whose names begin so.
    pub(super) name: Option<String>,
    /// Forget them: the tasks run again.
    #[arg(long)]
    pub(super) clear: bool,
    /// Where runs are kept.
    #[arg(long, value_name = "FOLDER")]
    pub(super) state: Option<PathBuf>,
    /// Print JSON, for machines.
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, Args)]
pub(super) struct PlanArguments {
    #[command(flatten)]
    pub(super) playbook: PlaybookArguments,
    /// Where runs are kept, from which is known how long steps take.
    #[arg(long, value_name = "FOLDER")]
    pub(super) state: Option<PathBuf>,
}

/// A playbook, and what it is told.
#[derive(Debug, Args)]
pub(super) struct PlaybookArguments {
    /// A file (psd1, json, yaml), or the name of a playbook of the project.
    pub(super) playbook: String,
    /// What the playbook is told; again for each parameter.
    #[arg(short, long = "param", value_name = "NAME=VALUE", value_parser = parameter)]
    params: Vec<(String, Value)>,
    /// The environment that it runs in: dev, staging, prod, or one of its own.
    #[arg(short, long, value_name = "NAME")]
    environment: Option<String>,
    /// A profile of the playbook, which sets variables.
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,
    /// How steps follow each other that do not say so themselves.
    #[arg(long, value_name = "MODE")]
    mode: Option<GivenMode>,
    /// Let failures stop nothing.
    #[arg(long)]
    continue_on_error: bool,
    /// How many steps may run at once.
    #[arg(short, long, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..=1024))]
    throttle_limit: Option<u32>,
    /// Print JSON, for machines.
    #[arg(long)]
    pub(super) json: bool,
}

impl PlaybookArguments {
    /// What is wanted of the playbook.
    pub(super) fn wishes(&self) -> Wishes {
        Wishes {
            parameters: self.params.clone(),
            context: self.environment.clone(),
            profile: self.profile.clone(),
            mode: self.mode.map(GivenMode::mode),
            continues_on_error: self.continue_on_error,
            limit: self.throttle_limit,
            step_types: Vec::new(),
            secrets: Vec::new(),
        }
    }
}

#[derive(Debug, Args)]
pub(super) struct RunArguments {
    #[command(flatten)]
    pub(super) playbook: PlaybookArguments,
    /// Say what would run, and run nothing.
    #[arg(long)]
    pub(super) dry_run: bool,
    /// Show only failures and the end.
    #[arg(short, long)]
    pub(super) quiet: bool,
    /// The folder that the steps run in; the current one if not given.
    #[arg(long, value_name = "FOLDER")]
    pub(super) directory: Option<PathBuf>,
    /// The id of the run; one is made up if not given.
    #[arg(long, value_name = "ID")]
    pub(super) id: Option<String>,
    /// Where the run is kept; `orchestration/state` in the project if not given.
    #[arg(long, value_name = "FOLDER")]
    pub(super) state: Option<PathBuf>,
    /// Keep nothing of the run, and write no log.
    #[arg(long, conflicts_with = "state")]
    pub(super) no_state: bool,
    /// Agree to all steps that need an approval, instead of being asked.
    #[arg(long)]
    pub(super) approve: bool,
    /// Write what came of the steps as JUnit's XML, however the run ends.
    #[arg(long, value_name = "FILE")]
    pub(super) junit: Option<PathBuf>,
    /// Write no log of the run; logs are in `orchestration/logs` of the project.
    #[arg(long)]
    pub(super) no_log: bool,
}

#[derive(Debug, Args)]
pub(super) struct ValidateArguments {
    /// Files, or names of playbooks of the project; all of them if none is given.
    pub(super) playbooks: Vec<String>,
    /// Take warnings for errors.
    #[arg(long)]
    pub(super) strict: bool,
    /// Print JSON, for machines.
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, Args)]
pub(super) struct GraphArguments {
    #[command(flatten)]
    pub(super) playbook: PlaybookArguments,
    /// What to draw in.
    #[arg(long, value_enum, default_value_t = Drawing::Mermaid)]
    pub(super) format: Drawing,
}

#[derive(Debug, Args)]
pub(super) struct ExportArguments {
    /// A file (psd1, json, yaml), or the name of a playbook of the project.
    pub(super) playbook: String,
    /// The format to write.
    #[arg(long, value_name = "FORMAT")]
    pub(super) to: GivenFormat,
    /// Print JSON, for machines.
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum GivenFormat {
    Psd1,
    Json,
    Yaml,
}

impl GivenFormat {
    pub(super) fn format(self) -> Format {
        match self {
            Self::Psd1 => Format::Psd1,
            Self::Json => Format::Json,
            Self::Yaml => Format::Yaml,
        }
    }
}

#[derive(Debug, Args)]
pub(super) struct ListArguments {
    /// Print JSON, for machines.
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Drawing {
    Mermaid,
    Dot,
    Svg,
}

impl Drawing {
    pub(super) fn form(self) -> FlowForm {
        match self {
            Self::Mermaid => FlowForm::Mermaid,
            Self::Dot => FlowForm::Dot,
            Self::Svg => FlowForm::Svg,
        }
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum GivenMode {
    Sequential,
    Parallel,
    Conditional,
}

impl GivenMode {
    fn mode(self) -> Mode {
        match self {
            Self::Sequential => Mode::Sequential,
            Self::Parallel => Mode::Parallel,
            Self::Conditional => Mode::Conditional,
        }
    }
}

/// `NAME=VALUE`.
fn parameter(text: &str) -> Result<(String, Value), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.trim().is_empty() => {
            Ok((name.trim().to_owned(), Value::Text(value.into())))
        }
        _ => Err("write NAME=VALUE".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::Arguments;

    #[test]
    fn the_command_line_is_sound() {
        Arguments::command().debug_assert();
    }
}
