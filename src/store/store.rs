//! The store of a folder, opened for writing.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use super::database::{self, Durability};
use super::duration;
use super::error::StoreError;
use super::folder::StateFolder;
use super::memo::Memo;
use super::read::StoreReader;
use super::retention::{self, Pruned, Retention};
use super::timestamp::Timestamp;
use super::writer::Writer;

/// Where the time comes from.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Timestamp + Send + Sync>);

impl Clock {
    /// A clock of the caller's own, for tests.
    pub fn new(now: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    /// What it shows.
    pub fn now(&self) -> Timestamp {
        (self.0)()
    }
}

/// The system's.
impl Default for Clock {
    fn default() -> Self {
        Self::new(Timestamp::now)
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.now().fmt(f)
    }
}

/// How a store is opened.
#[derive(Debug, Clone, Default)]
pub struct StoreOptions {
    /// What is certain to be on the disk once it counts as written.
    pub durability: Durability,
    /// Where the time comes from.
    pub clock: Clock,
    /// How much space the database may take, in pages of 4 KiB; `None` for as
    /// much as the disk has.
    pub page_limit: Option<u32>,
}

/// The store of a folder, opened for writing. Cloning it is cheap; every method
/// may be called from any thread.
#[derive(Clone)]
pub struct Store {
    reader: Arc<StoreReader>,
    memo: Memo,
    /// Closed last: it works the log into the database then.
    pub(super) writer: Arc<Writer>,
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Store")
            .field(&self.writer.folder().database())
            .finish()
    }
}

impl Store {
    /// Opens the store of a folder, making both where there are none.
    pub fn open(folder: &Path, options: StoreOptions) -> Result<Self, StoreError> {
        let folder = StateFolder::prepare(folder)?;
        let connection = database::open(&folder.database(), options.durability)?;
        if let Some(pages) = options.page_limit {
            database::limit(&connection, &folder.database(), pages)?;
        }
        let writer = Writer::start(connection, folder.clone(), options.clock.clone())?;
        let writer = Arc::new(writer);
        let reader = Arc::new(StoreReader::new(folder, options.clock)?);
        let memo = Memo::new(Arc::clone(&writer), Arc::clone(&reader));
        Ok(Self::of(reader, memo, writer))
    }

    pub(super) fn of(reader: Arc<StoreReader>, memo: Memo, writer: Arc<Writer>) -> Self {
        Self {
            reader,
            memo,
            writer,
        }
    }

    /// What is in it.
    pub fn reader(&self) -> &StoreReader {
        &self.reader
    }

    /// What tasks gave out that need not run again.
    pub fn memo(&self) -> &Memo {
        &self.memo
    }

    /// Remembers how long tasks took.
    pub fn remember_durations(
        &self,
        durations: Vec<(String, std::time::Duration)>,
    ) -> Result<(), StoreError> {
        duration::remember(&self.writer, durations)
    }

    /// Deletes what is not to be kept any longer.
    pub fn prune(&self, retention: Retention) -> Result<Pruned, StoreError> {
        retention::prune(&self.writer, retention)
    }

    /// Asks the owner of a run, in whichever process, to stop it.
    pub fn request_stop(&self, run: &str) -> Result<(), StoreError> {
        super::ownership::request_stop(&self.writer, run)
    }
}
