//! One store of a folder for all in this process that run something there.
//!
//! SQLite lets one connection write at a time, and those that wait sleep. Runs
//! that share a store share its transactions instead, and see at once when one
//! of them has computed what another waits for.

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::database::Durability;
use super::error::StoreError;
use super::folder::StateFolder;
use super::memo::WeakMemo;
use super::platform::{self, Identity};
use super::store::{Store, StoreOptions};

/// A store that somebody has opened, as long as anybody uses it.
struct Open {
    /// The database. Another file may be in its place by now.
    database: Identity,
    durability: Durability,
    memo: WeakMemo,
}

static OPEN: Mutex<Vec<Open>> = Mutex::new(Vec::new());

fn lock() -> MutexGuard<'static, Vec<Open>> {
    OPEN.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Store {
    /// The store of a folder that others of this process may have opened, too.
    /// It is closed when the last of them has dropped it.
    pub fn shared(folder: &Path, durability: Durability) -> Result<Self, StoreError> {
        match find(folder, durability) {
            Ok(Some(store)) => return Ok(store),
            Ok(None) | Err(StoreError::Missing { .. }) => {}
            Err(error) => return Err(error),
        }
        // Without the lock: it may have to wait for another process.
        let options = StoreOptions {
            durability,
            ..StoreOptions::default()
        };
        let store = Self::open(folder, options)?;
        let database = store.writer.folder().database();
        if let Ok(database) = platform::identity(&database) {
            lock().push(Open {
                database,
                durability,
                memo: store.memo().downgrade(),
            });
        }
        Ok(store)
    }
}

/// The store of a folder, if it is open. The folder is checked as for one that is
/// opened.
fn find(folder: &Path, durability: Durability) -> Result<Option<Store>, StoreError> {
    let path = StateFolder::existing(folder)?.database();
    let database =
        platform::identity(&path).map_err(|error| StoreError::io("look at", &path, &error))?;
    let mut open = lock();
    open.retain(|open| open.memo.is_used());
    let mut alike = open
        .iter()
        .filter(|open| open.database == database && open.durability == durability);
    Ok(alike.find_map(|open| open.memo.store()))
}
