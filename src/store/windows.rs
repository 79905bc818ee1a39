//! What a private folder and a lock are on Windows, where a folder has the
//! rights of the one around it: below a user's profile those are the user's.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io;
use std::os::windows::fs::OpenOptionsExt;
use std::path::{Component, Path, Prefix};

/// A lock that the operating system takes back when the process ends: a file
/// that nobody else can open meanwhile.
pub(super) type Lock = File;

/// What the system says when somebody has the file open for himself.
const ERROR_SHARING_VIOLATION: i32 = 32;

/// Makes a folder, and those around it.
pub(super) fn make_private_folder(path: &Path) -> io::Result<()> {
    fs::create_dir_all(path)
}

/// What is wrong with the rights of a file or folder: nothing that can be seen.
pub(super) fn rights_problem(_metadata: &Metadata) -> Option<String> {
    None
}

/// Opens a file, making it if there is none.
pub(super) fn open_private_file(path: &Path) -> io::Result<File> {
    options().open(path)
}

/// What tells a file from others. Nobody can put another one in the place of a
/// database that is open.
pub(super) type Identity = std::path::PathBuf;

/// That of the file at a path.
pub(super) fn identity(path: &Path) -> io::Result<Identity> {
    path.canonicalize()
}

/// Takes the lock of a file; `None` if somebody has it.
pub(super) fn lock(path: &Path) -> io::Result<Option<Lock>> {
    held(options().share_mode(0).open(path))
}

/// Whether somebody has the lock of a file. Several may ask at once.
pub(super) fn is_locked(path: &Path) -> io::Result<bool> {
    Ok(held(OpenOptions::new().read(true).open(path))?.is_none())
}

fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    options
}

fn held(opened: io::Result<File>) -> io::Result<Option<File>> {
    match opened {
        Ok(file) => Ok(Some(file)),
        Err(error) if error.raw_os_error() == Some(ERROR_SHARING_VIOLATION) => Ok(None),
        Err(error) => Err(error),
    }
}

/// What tells this machine from others.
pub(super) fn machine() -> String {
    std::env::var("COMPUTERNAME").unwrap_or_default()
}

/// The kind of the file system of a folder, if that is a network's.
pub(super) fn network_file_system(path: &Path) -> Option<String> {
    // This also follows a drive's letter to the share behind it.
    let full = path.canonicalize().ok()?;
    let Some(Component::Prefix(prefix)) = full.components().next() else {
        return None;
    };
    let is_share = matches!(prefix.kind(), Prefix::UNC(..) | Prefix::VerbatimUNC(..));
    is_share.then(|| "a share".to_owned())
}
