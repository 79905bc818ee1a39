//! How long tasks took before.

use std::collections::HashMap;
use std::path::Path;
use std::time::Duration;

use rusqlite::{params, Connection, OptionalExtension};

use super::error::{InDatabase, StoreError};
use super::writer::Writer;

/// What has happened so many times ago counts for little: the mean follows a task
/// that changes.
const MEMORY: i64 = 8;

/// Takes in how long tasks took.
pub(super) fn remember(
    writer: &Writer,
    durations: Vec<(String, Duration)>,
) -> Result<(), StoreError> {
    let database = writer.folder().database();
    let now = writer.clock().now().nanoseconds();
    writer.perform(move |transaction| {
        let mut statement = transaction
            .prepare_cached(
                "INSERT INTO duration (task, mean, count, updated) VALUES (?1, ?2, 1, ?3)
                 ON CONFLICT (task) DO UPDATE SET
                     mean = mean + (?2 - mean) / min(count + 1, ?4),
                     count = count + 1, updated = ?3",
            )
            .in_database(&database)?;
        for (task, time) in durations {
            let time = i64::try_from(time.as_nanos()).unwrap_or(i64::MAX);
            statement
                .execute(params![task, time, now, MEMORY])
                .in_database(&database)?;
        }
        Ok(())
    })
}

/// How long tasks took, those of which it is known.
pub(super) fn recall<'a>(
    connection: &Connection,
    database: &Path,
    tasks: impl IntoIterator<Item = &'a str>,
) -> Result<HashMap<String, Duration>, StoreError> {
    let mut statement = connection
        .prepare_cached("SELECT mean FROM duration WHERE task = ?")
        .in_database(database)?;
    let mut found = HashMap::new();
    for task in tasks {
        let mean = statement
            .query_row([task], |row| row.get::<_, i64>(0))
            .optional()
            .in_database(database)?;
        if let Some(mean) = mean {
            let mean = Duration::from_nanos(mean.try_into().unwrap_or(0));
            found.insert(task.to_owned(), mean);
        }
    }
    Ok(found)
}
