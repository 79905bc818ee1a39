//! What a private folder and a lock are on Unix.

use std::fs::{self, DirBuilder, File, Metadata, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::Path;

use nix::errno::Errno;
use nix::fcntl::{Flock, FlockArg};
use nix::unistd::{geteuid, gethostname};

/// What nobody but the owner has, for files and folders.
const RIGHTS_OF_OTHERS: u32 = 0o077;

/// A lock that the operating system takes back when the process ends.
pub(super) type Lock = Flock<File>;

/// Makes a folder that only the user can enter, and those around it as usual.
pub(super) fn make_private_folder(path: &Path) -> io::Result<()> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    match DirBuilder::new().mode(0o700).create(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        done => done,
    }
}

/// What is wrong with the rights of a file or folder, if anything is.
pub(super) fn rights_problem(metadata: &Metadata) -> Option<String> {
    let (owner, user) = (metadata.uid(), geteuid().as_raw());
    let others = metadata.mode() & RIGHTS_OF_OTHERS;
    if owner != user {
        return Some(format!(
            "belongs to user {owner}, and this process runs as user {user}"
        ));
    }
    let mode = metadata.mode() & 0o777;
    (others != 0).then(|| format!("is open to other users (mode {mode:03o})"))
}

/// Opens a file that only the user can read, making it if there is none.
pub(super) fn open_private_file(path: &Path) -> io::Result<File> {
    OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .custom_flags(nix::libc::O_NOFOLLOW)
        .open(path)
}

/// What tells a file from those that were at its path before.
pub(super) type Identity = (u64, u64);

/// That of the file at a path.
pub(super) fn identity(path: &Path) -> io::Result<Identity> {
    let metadata = fs::metadata(path)?;
    Ok((metadata.dev(), metadata.ino()))
}

/// Takes the lock of a file; `None` if somebody has it.
pub(super) fn lock(path: &Path) -> io::Result<Option<Lock>> {
    hold(open_private_file(path)?, FlockArg::LockExclusiveNonblock)
}

/// Whether somebody has the lock of a file. Several may ask at once.
pub(super) fn is_locked(path: &Path) -> io::Result<bool> {
    let file = OpenOptions::new().read(true).open(path)?;
    Ok(hold(file, FlockArg::LockSharedNonblock)?.is_none())
}

fn hold(file: File, how: FlockArg) -> io::Result<Option<Lock>> {
    match Flock::lock(file, how) {
        Ok(lock) => Ok(Some(lock)),
        Err((_, Errno::EWOULDBLOCK)) => Ok(None),
        Err((_, error)) => Err(error.into()),
    }
}

/// What tells this machine, and the time since it was switched on, from others.
pub(super) fn machine() -> String {
    let name = gethostname().unwrap_or_default();
    // Linux has it; elsewhere the name has to do.
    let boot = fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
    format!("{} {}", name.to_string_lossy(), boot.trim())
}

/// The kind of the file system of a folder, if that is a network's.
pub(super) fn network_file_system(path: &Path) -> Option<String> {
    let found = nix::sys::statfs::statfs(path).ok()?;
    network_kind(&found).map(str::to_owned)
}

#[cfg(target_os = "linux")]
fn network_kind(found: &nix::sys::statfs::Statfs) -> Option<&'static str> {
    // The numbers of statfs(2); 9p is what virtual machines reach a host's folders by.
    match found.filesystem_type().0 as u32 {
        0x6969 => Some("NFS"),
        0x517B => Some("SMB"),
        0xFF53_4D42 => Some("CIFS"),
        0xFE53_4D42 => Some("SMB2"),
        0x0102_1997 => Some("9p"),
        0x5346_414F | 0x6B41_4653 => Some("AFS"),
        0x00C3_6400 => Some("Ceph"),
        0x0BD0_0BD0 => Some("Lustre"),
        _ => None,
    }
}

#[cfg(target_vendor = "apple")]
fn network_kind(found: &nix::sys::statfs::Statfs) -> Option<&'static str> {
    ["nfs", "smbfs", "afpfs", "webdav"]
        .into_iter()
        .find(|kind| found.filesystem_type_name() == *kind)
}

#[cfg(not(any(target_os = "linux", target_vendor = "apple")))]
fn network_kind(_found: &nix::sys::statfs::Statfs) -> Option<&'static str> {
    None
}
