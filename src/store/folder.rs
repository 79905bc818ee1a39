//! The folder that the store is in.

use std::fs::{self, File};
use std::io::{self, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use super::error::StoreError;
use super::platform;

/// A folder that is the user's alone, on a local disk, with a `.gitignore` that
/// keeps all of it out of repositories.
///
/// It is refused if others could have put something in: a repository that was
/// cloned, or somebody else on this machine, must not be able to plant results.
#[derive(Debug, Clone)]
pub(super) struct StateFolder {
    path: PathBuf,
}

impl StateFolder {
    /// Makes the folder and the database's file where there are none, and checks
    /// those that there are.
    pub(super) fn prepare(path: &Path) -> Result<Self, StoreError> {
        platform::make_private_folder(path)
            .map_err(|error| StoreError::io("create the folder", path, &error))?;
        let folder = Self::at(path)?;
        folder.write_gitignore()?;
        let database = folder.database();
        platform::open_private_file(&database)
            .map_err(|error| StoreError::io("open", &database, &error))?;
        check_rights(&database)?;
        Ok(folder)
    }

    /// Checks a folder of which nothing is to be changed.
    pub(super) fn existing(path: &Path) -> Result<Self, StoreError> {
        let database = path.join("orchestration.db");
        match fs::symlink_metadata(&database) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(StoreError::Missing { path: database });
            }
            _ => check_rights(&database)?,
        }
        Self::at(path)
    }

    fn at(path: &Path) -> Result<Self, StoreError> {
        check_rights(path)?;
        if let Some(kind) = platform::network_file_system(path) {
            let path = path.into();
            return Err(StoreError::NetworkFolder { path, kind });
        }
        Ok(Self { path: path.into() })
    }

    /// Where the database is.
    pub(super) fn database(&self) -> PathBuf {
        self.path.join("orchestration.db")
    }

    /// Where the lock of a session is.
    pub(super) fn lock_of(&self, session: &str) -> PathBuf {
        self.path.join(format!("session-{session}.lock"))
    }

    fn write_gitignore(&self) -> Result<(), StoreError> {
        let path = self.path.join(".gitignore");
        if path.exists() {
            return Ok(());
        }
        fs::write(&path, "*\n").map_err(|error| StoreError::io("write", &path, &error))
    }
}

/// Opens a file whose lines only the user can read, to write at its end. The file and
/// its folder are made if they are not there; a link is not followed.
pub fn append_to_private(folder: &Path, name: &str) -> io::Result<File> {
    if !folder.exists() {
        platform::make_private_folder(folder)?;
        fs::write(folder.join(".gitignore"), "*\n")?;
    }
    let mut file = platform::open_private_file(&folder.join(name))?;
    file.seek(SeekFrom::End(0))?;
    Ok(file)
}

/// Refuses what is another user's, open to others, or only points elsewhere.
fn check_rights(path: &Path) -> Result<(), StoreError> {
    let refused = |problem: String| StoreError::NotPrivate {
        path: path.into(),
        problem,
    };
    let metadata =
        fs::symlink_metadata(path).map_err(|error| StoreError::io("look at", path, &error))?;
    if metadata.is_symlink() {
        return Err(refused("is a symbolic link".to_owned()));
    }
    platform::rights_problem(&metadata).map_or(Ok(()), |problem| Err(refused(problem)))
}
