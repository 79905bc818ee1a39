//! What can go wrong with the store.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;

use super::session::Owner;

/// Why the store could not do something. The text is a fragment that says what
/// happened and where; [`StoreError::advice`] says what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreError {
    /// A file or folder could not be made, read or locked.
    Io {
        /// What was tried, such as `create the folder`.
        doing: &'static str,
        /// With which file or folder.
        path: PathBuf,
        /// What the operating system said.
        message: String,
    },
    /// The folder, or a file in it, is not the user's alone.
    NotPrivate {
        /// Which.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// The folder is on a file system on which locks cannot be relied on.
    NetworkFolder {
        /// The folder.
        path: PathBuf,
        /// The kind of file system.
        kind: String,
    },
    /// There is no database yet.
    Missing {
        /// Where it would be.
        path: PathBuf,
    },
    /// The database or its folder cannot be written.
    ReadOnly {
        /// The database.
        path: PathBuf,
    },
    /// The disk, or the space that the database may take, is full.
    Full {
        /// The database.
        path: PathBuf,
    },
    /// What is in the database makes no sense.
    Corrupt {
        /// The database.
        path: PathBuf,
        /// What was found.
        message: String,
    },
    /// The file is a database of another program.
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// The database was written by a newer engine.
    Newer {
        /// The database.
        path: PathBuf,
        /// The version of its schema.
        found: u32,
        /// The newest version that this engine knows.
        known: u32,
    },
    /// Another process has written for too long.
    Busy {
        /// The database.
        path: PathBuf,
    },
    /// SQLite refused for another reason.
    Sqlite {
        /// The database.
        path: PathBuf,
        /// What it said.
        message: String,
    },
    /// There is no run of that id.
    NoRun {
        /// The id.
        run: String,
    },
    /// There is a run of that id already.
    DuplicateRun {
        /// The id.
        run: String,
    },
    /// The run is being executed.
    Live {
        /// Its id.
        run: String,
        /// By whom.
        owner: Owner,
    },
    /// Another process has taken the run over, so this one may not write it.
    TakenOver {
        /// Its id.
        run: String,
    },
    /// The plan is not the one that the run was begun with.
    PlanChanged {
        /// The run's id.
        run: String,
        /// What is other, as far as whoever knows plans has found out.
        changes: Vec<String>,
    },
    /// The run used secrets, which are not stored and were not given again.
    SecretsMissing {
        /// The run's id.
        run: String,
        /// The names of the secrets.
        names: Vec<String>,
    },
    /// A record does not go with those before it: an end without a start, or a
    /// second success.
    Contradiction {
        /// The run's id.
        run: String,
        /// What does not fit.
        message: String,
    },
    /// The store was closed, or its thread has ended.
    Closed,
}

impl StoreError {
    pub(super) fn io(doing: &'static str, path: &Path, error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull => Self::Full { path: path.into() },
            io::ErrorKind::ReadOnlyFilesystem => Self::ReadOnly { path: path.into() },
            _ => Self::Io {
                doing,
                path: path.into(),
                message: error.to_string(),
            },
        }
    }

    fn sqlite(path: &Path, error: &rusqlite::Error) -> Self {
        let path = path.to_owned();
        let message = error.to_string();
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::Full { path },
            Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => {
                Self::ReadOnly { path }
            }
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
                Self::Corrupt { path, message }
            }
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy { path },
            _ => Self::Sqlite { path, message },
        }
    }

    /// What the user can do about it, as a sentence.
    pub fn advice(&self) -> &'static str {
        match self {
            Self::Io { .. } => {
                "Look at the folder and its rights, or set OE_STATE to another folder."
            }
            Self::NotPrivate { .. } => {
                "Look at what is in it. If it is yours, take the rights of others away \
                 (chmod -R go-rwx); else delete it, or set OE_STATE to another folder."
            }
            Self::NetworkFolder { .. } => "Set OE_STATE to a folder on a local disk.",
            Self::Missing { .. } => {
                "Run something first, or set OE_STATE to the folder of the runs."
            }
            Self::ReadOnly { .. } => {
                "Give yourself the right to write the folder and all files in it, or set OE_STATE \
                 to another folder."
            }
            Self::Full { .. } => {
                "Make space, for example with Clear-OrchestrationCache, and resume the run: \
                 what was recorded is kept."
            }
            Self::Corrupt { .. } => {
                "Rename the file together with those of the same name that end in -wal and -shm; \
                 a new one is begun then. Keep the old ones: SQLite's .recover reads what is left."
            }
            Self::Foreign { .. } => "Set OE_STATE to another folder.",
            Self::Newer { .. } => "Update OrchestrationEngine, or set OE_STATE to another folder.",
            Self::Busy { .. } => "Wait for the other process, or end it, and try again.",
            Self::Sqlite { .. } => "Try again; if it stays, report it with this message.",
            Self::NoRun { .. } => "List the runs to see which there are.",
            Self::DuplicateRun { .. } => "Choose another id, or resume that run.",
            Self::Live { .. } => {
                "Wait for its end, or stop it; a process that is gone frees its runs."
            }
            Self::TakenOver { .. } => "Look at the run where it goes on now.",
            Self::PlanChanged { .. } => {
                "Resume with the plan that the run was begun with, begin a new run, or say that \
                 the changed plan is meant."
            }
            Self::SecretsMissing { .. } => "Give these parameters again.",
            Self::Contradiction { .. } => {
                "Report it with this message: it is a mistake of the engine."
            }
            Self::Closed => "Open the store again.",
        }
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io {
                doing,
                path,
                message,
            } => write!(f, "could not {doing} {}: {message}", path.display()),
            Self::NotPrivate { path, problem } => write!(f, "{} {problem}", path.display()),
            Self::NetworkFolder { path, kind } => write!(
                f,
                "{} is on a network file system ({kind}), where locks cannot be relied on",
                path.display()
            ),
            Self::Missing { path } => write!(f, "there is no database {}", path.display()),
            Self::ReadOnly { path } => write!(f, "{} cannot be written", path.display()),
            Self::Full { path } => write!(f, "there is no space left for {}", path.display()),
            Self::Corrupt { path, message } => {
                write!(f, "the database {} is damaged: {message}", path.display())
            }
            Self::Foreign { path } => {
                write!(f, "{} is a database of another program", path.display())
            }
            Self::Newer { path, found, known } => write!(
                f,
                "the database {} has schema version {found}, and this engine knows {known} at most",
                path.display()
            ),
            Self::Busy { path } => write!(
                f,
                "another process has been writing {} for too long",
                path.display()
            ),
            Self::Sqlite { path, message } => write!(f, "{}: {message}", path.display()),
            Self::NoRun { run } => write!(f, "there is no run {run}"),
            Self::DuplicateRun { run } => write!(f, "there is a run {run} already"),
            Self::Live { run, owner } => write!(f, "the run {run} is being executed by {owner}"),
            Self::TakenOver { run } => write!(f, "another process has taken over the run {run}"),
            Self::PlanChanged { run, changes } => {
                write!(
                    f,
                    "the plan is not the one that the run {run} was begun with"
                )?;
                match changes.is_empty() {
                    true => Ok(()),
                    false => write!(f, ": {}", changes.join("; ")),
                }
            }
            Self::SecretsMissing { run, names } => write!(
                f,
                "secrets are not stored, and the run {run} needs {}",
                names.join(", ")
            ),
            Self::Contradiction { run, message } => {
                write!(
                    f,
                    "the journal of the run {run} would contradict itself: {message}"
                )
            }
            Self::Closed => write!(f, "the store is closed"),
        }
    }
}

impl std::error::Error for StoreError {}

/// Says in which database something went wrong.
pub(super) trait InDatabase<T> {
    fn in_database(self, path: &Path) -> Result<T, StoreError>;
}

impl<T> InDatabase<T> for rusqlite::Result<T> {
    fn in_database(self, path: &Path) -> Result<T, StoreError> {
        self.map_err(|error| StoreError::sqlite(path, &error))
    }
}
