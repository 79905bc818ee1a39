//! Whose a run is: beginning one, taking one over, stopping one.

use std::sync::Arc;

use rusqlite::{params, Connection, ErrorCode, OptionalExtension, Transaction};

use crate::engine::schedule::RunStatus;

use super::entry::Right;
use super::error::{InDatabase, StoreError};
use super::folder::StateFolder;
use super::journal::RunJournal;
use super::numbers::Numbers;
use super::plan::Plan;
use super::record::{status_of, Outcome, RUNNING};
use super::resume::{self, Resume, Resumed};
use super::session::{self, Owner};
use super::store::Store;
use super::timestamp::Timestamp;
use super::writer::{News, Writer};

/// A run as its row says.
pub(super) struct Found {
    pub(super) number: i64,
    pub(super) plan_hash: Vec<u8>,
    /// The names, as JSON.
    pub(super) secrets: String,
    session: Option<String>,
    token: i64,
    status: RunStatus,
}

impl Store {
    /// Writes a new run down and makes this process its owner.
    ///
    /// The observer is called on the store's own thread, with no lock held. It
    /// must return soon; it may queue entries, but not wait for them.
    pub fn begin(
        &self,
        id: &str,
        plan: Plan,
        observer: impl Fn(News) + Send + Sync + 'static,
    ) -> Result<RunJournal, StoreError> {
        let secrets = plan.secrets.clone();
        let (run, text) = (id.to_owned(), plan.stored_text());
        let database = self.writer.folder().database();
        let session = self.writer.session().to_owned();
        let now = self.writer.clock().now();
        let number = self.writer.perform(move |transaction| {
            let names = serde_json::Value::from(plan.secrets.names()).to_string();
            let inserted = transaction.execute(
                "INSERT INTO run (id, name, plan, plan_hash, secrets, begun, status, session, token)
                 VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1)",
                params![
                    run,
                    plan.name,
                    text,
                    plan.hash().as_slice(),
                    names,
                    now.nanoseconds(),
                    RUNNING,
                    session
                ],
            );
            match inserted {
                Err(error) if error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation) => {
                    Err(StoreError::DuplicateRun { run })
                }
                done => done
                    .map(|_| transaction.last_insert_rowid())
                    .in_database(&database),
            }
        })?;
        let right = Right {
            run: number,
            token: 1,
        };
        self.writer.own(right, id, Arc::new(observer));
        let writer = Arc::clone(&self.writer);
        Ok(RunJournal::new(
            writer,
            right,
            id,
            secrets,
            Numbers::default(),
        ))
    }

    /// Makes this process the owner of a run that was interrupted or has ended,
    /// and says what of it is kept.
    pub fn resume(
        &self,
        id: &str,
        plan: Plan,
        how: Resume,
        observer: impl Fn(News) + Send + Sync + 'static,
    ) -> Result<(RunJournal, Resumed), StoreError> {
        let secrets = plan.secrets.clone();
        let run = id.to_owned();
        let folder = self.writer.folder().clone();
        let session = self.writer.session().to_owned();
        let now = self.writer.clock().now();
        let (right, resumed, numbers) = self.writer.perform(move |transaction| {
            let database = folder.database();
            let found = find(transaction, &folder, &run)?;
            if let Some(owner) = live_owner(transaction, &folder, &found, now)? {
                return Err(StoreError::Live { run, owner });
            }
            resume::check(&run, &found, &plan, how)?;
            let (resumed, numbers) = resume::read(transaction, &database, found.number, how)?;
            let right = claim(transaction, &folder, &found, &session)?;
            Ok((right, resumed, numbers))
        })?;
        self.writer.own(right, id, Arc::new(observer));
        let writer = Arc::clone(&self.writer);
        Ok((
            RunJournal::new(writer, right, id, secrets, numbers),
            resumed,
        ))
    }
}

/// Asks the owner of a run to stop it.
pub(super) fn request_stop(writer: &Writer, id: &str) -> Result<(), StoreError> {
    let (run, folder) = (id.to_owned(), writer.folder().clone());
    writer.perform(move |transaction| {
        let found = find(transaction, &folder, &run)?;
        transaction
            .execute(
                "UPDATE run SET stop_requested = 1 WHERE number = ? AND status = 0",
                [found.number],
            )
            .in_database(&folder.database())?;
        Ok(())
    })
}

pub(super) fn find(
    connection: &Connection,
    folder: &StateFolder,
    id: &str,
) -> Result<Found, StoreError> {
    let found = connection
        .query_row(
            "SELECT number, plan_hash, secrets, session, token, status FROM run WHERE id = ?",
            [id],
            |row| {
                Ok(Found {
                    number: row.get(0)?,
                    plan_hash: row.get(1)?,
                    secrets: row.get(2)?,
                    session: row.get(3)?,
                    token: row.get(4)?,
                    status: status_of(row.get(5)?),
                })
            },
        )
        .optional()
        .in_database(&folder.database())?;
    found.ok_or_else(|| StoreError::NoRun { run: id.to_owned() })
}

/// Who executes a run, if somebody does.
fn live_owner(
    connection: &Connection,
    folder: &StateFolder,
    found: &Found,
    now: Timestamp,
) -> Result<Option<Owner>, StoreError> {
    match &found.session {
        Some(session) if found.status == RunStatus::Running => {
            session::owner(connection, folder, session, now)
        }
        _ => Ok(None),
    }
}

/// Makes a session the owner of a run. Whoever wrote it before is refused from
/// now on, and what was under way is written down as interrupted.
fn claim(
    transaction: &Transaction<'_>,
    folder: &StateFolder,
    found: &Found,
    session: &str,
) -> Result<Right, StoreError> {
    let database = folder.database();
    let token = found.token + 1;
    transaction
        .execute(
            "UPDATE run SET session = ?, token = ?, status = ?, ended = NULL, reason = NULL,
                 stop_requested = 0 WHERE number = ?",
            params![session, token, RUNNING, found.number],
        )
        .in_database(&database)?;
    transaction
        .execute(
            "UPDATE attempt SET outcome = ?, is_final = 0 WHERE run = ? AND outcome IS NULL",
            params![Outcome::INTERRUPTED, found.number],
        )
        .in_database(&database)?;
    Ok(Right {
        run: found.number,
        token,
    })
}
