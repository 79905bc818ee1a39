//! Questions to the store of a folder: which runs there are, what became of one,
//! and what is to be cleared away.
//!
//! # JSON
//! Every question has `folder`, the state folder, and `ask`. Keys that are not
//! named here are refused.
//!
//! | `ask` | further keys | answer |
//! |---|---|---|
//! | `runs` | `name`: only those of this plan; `limit`: only the latest so many | `{"runs": […]}`, the latest first |
//! | `run` | `run`: the id, or else the name of a plan, for its latest run | `{"run", "tasks": […], "events": […]}` |
//! | `cache` | `label`: only memos whose label begins with it | `{"memos"}`: how many there are |
//! | `clearCache` | `label`: only memos whose label begins with it | `{"memos"}`: how many are gone |
//! | `prune` | `keepRuns`: all but the latest so many go; `maxAgeSeconds`: what is older goes | `{"runs", "memos"}`: how many are gone |
//! | `stop` | `run`: the id | `{}`: whichever process executes it is asked to stop it |
//!
//! That nobody has run anything in the folder is no error of those that need
//! nothing there, and nothing is made in it.
//!
//! Moments are seconds since 1970, in UTC. [`record`] and [`history`] say what is
//! told of runs and tasks.

mod history;
mod outline;
mod record;

use std::fmt;
use std::path::Path;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::store::{Durability, Retention, Store, StoreError, StoreReader};

/// Why there is no answer. The texts are fragments.
#[derive(Debug)]
pub enum AskError {
    /// The JSON is not one of a question.
    Json {
        /// What is wrong, and where.
        source: serde_json::Error,
    },
    /// The store refused.
    Store {
        /// Why.
        source: StoreError,
    },
}

impl fmt::Display for AskError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Json { source } => source.fmt(f),
            Self::Store { source } => write!(f, "{source}; {}", source.advice()),
        }
    }
}

impl std::error::Error for AskError {}

impl From<StoreError> for AskError {
    fn from(source: StoreError) -> Self {
        Self::Store { source }
    }
}

#[derive(Deserialize)]
#[serde(
    tag = "ask",
    rename_all = "camelCase",
    rename_all_fields = "camelCase",
    deny_unknown_fields
)]
enum Question {
    Runs {
        folder: String,
        name: Option<String>,
        limit: Option<u32>,
    },
    Run {
        folder: String,
        run: String,
    },
    Cache {
        folder: String,
        label: Option<String>,
    },
    ClearCache {
        folder: String,
        label: Option<String>,
    },
    Prune {
        folder: String,
        keep_runs: Option<u32>,
        max_age_seconds: Option<u64>,
    },
    Stop {
        folder: String,
        run: String,
    },
}

/// Answers a question; [`self`] describes both.
pub fn ask(json: &str) -> Result<String, AskError> {
    let question = serde_json::from_str(json).map_err(|source| AskError::Json { source })?;
    Ok(match question {
        Question::Runs {
            folder,
            name,
            limit,
        } => text(&record::list(&folder, name.as_deref(), limit)?),
        Question::Run { folder, run } => text(&history::of(&folder, &run)?),
        Question::Cache { folder, label } => text(&remembered(&folder, label.as_deref())?),
        Question::ClearCache { folder, label } => text(&clear(&folder, label.as_deref())?),
        Question::Prune {
            folder,
            keep_runs,
            max_age_seconds,
        } => {
            let max_age = max_age_seconds.map(Duration::from_secs);
            let retention = Retention { keep_runs, max_age };
            text(&prune(&folder, retention)?)
        }
        Question::Stop { folder, run } => {
            reader(&folder)?;
            open(&folder)?.request_stop(&run)?;
            text(&Nothing {})
        }
    })
}

#[derive(Serialize)]
struct Nothing {}

/// What is gone.
#[derive(Default, Serialize)]
struct Gone {
    #[serde(skip_serializing_if = "Option::is_none")]
    runs: Option<usize>,
    memos: usize,
}

/// How many memos there are.
#[derive(Serialize)]
struct Remembered {
    memos: usize,
}

fn remembered(folder: &str, label: Option<&str>) -> Result<Remembered, StoreError> {
    let memos = match is_there(folder)? {
        true => reader(folder)?.memos(label)?,
        false => 0,
    };
    Ok(Remembered { memos })
}

fn clear(folder: &str, label: Option<&str>) -> Result<Gone, StoreError> {
    let memos = match is_there(folder)? {
        true => open(folder)?.memo().clear(label)?,
        false => 0,
    };
    Ok(Gone { runs: None, memos })
}

fn prune(folder: &str, retention: Retention) -> Result<Gone, StoreError> {
    let pruned = match is_there(folder)? {
        true => open(folder)?.prune(retention)?,
        false => Default::default(),
    };
    Ok(Gone {
        runs: Some(pruned.runs),
        memos: pruned.memos,
    })
}

/// Whether somebody has run something in a folder.
fn is_there(folder: &str) -> Result<bool, StoreError> {
    match reader(folder) {
        Ok(_) => Ok(true),
        Err(StoreError::Missing { .. }) => Ok(false),
        Err(error) => Err(error),
    }
}

fn reader(folder: &str) -> Result<StoreReader, StoreError> {
    StoreReader::open(Path::new(folder))
}

fn open(folder: &str) -> Result<Store, StoreError> {
    Store::shared(Path::new(folder), Durability::Normal)
}

fn text(answer: &impl Serialize) -> String {
    // Fails only for maps with keys that are no strings; there is none.
    serde_json::to_string(answer).expect("an answer is JSON")
}

#[cfg(all(test, unix))]
mod tests;
