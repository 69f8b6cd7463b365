//! A whole copy of the database, made while others read and write it, and a look into one.

use super::connection::{self, beside, reached};
use super::{Store, StoreError};
use crate::domain::time::Stamp;
use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable};
use diesel::sqlite::SqliteConnection;
use serde::{Deserialize, Serialize};
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

/// The tables of what gives access, here or elsewhere: a copy has none of their rows.
const LEFT_OUT: [&str; 4] = ["secrets", "web_sessions", "access_tokens", "accounts"];

/// A copy that lies beside the database until it is dropped. There is one at a time.
#[derive(Debug)]
pub struct DatabaseCopy {
    path: PathBuf,
    /// What it holds, found by reading it.
    pub contents: Contents,
    // Given back when everything else is done.
    _lock: File,
}

/// What a database holds, for whoever decides about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contents {
    /// The newest migration it went through.
    pub migration: String,
    pub sessions: i64,
    /// Of these, those that had not ended.
    pub running: i64,
    pub creators: i64,
    /// When recording of the first and of the last session began.
    pub first_start: Option<Stamp>,
    pub last_start: Option<Stamp>,
    /// Counted in all sessions together.
    pub events: i64,
    pub diamonds: i64,
}

impl DatabaseCopy {
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for DatabaseCopy {
    fn drop(&mut self) {
        if let Err(error) = connection::remove(&self.path) {
            tracing::warn!(%error, "{} stays until the next copy: {error}", self.path.display());
        }
    }
}

impl Store {
    /// Copies the database as it is at one moment, without what gives access, and checks every page of
    /// the copy. Nobody waits for it.
    ///
    /// # Errors
    ///
    /// [`StoreError::Copying`] if another copy is being made.
    pub async fn copy(&self) -> Result<DatabaseCopy, StoreError> {
        let path = self.0.path.clone();
        let copying = tokio::task::spawn_blocking(move || copy(&path));
        copying.await.map_err(|error| StoreError::Other(error.to_string()))?
    }

    /// Where the database is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0.path
    }
}

fn copy(path: &Path) -> Result<DatabaseCopy, StoreError> {
    let lock = lock(path)?;
    let to = beside(path, "copy.part");
    connection::copy(&mut connection::connect(path)?, &to)?;
    leave_out(&to)?;
    Ok(DatabaseCopy { contents: inspect(&to)?, path: to, _lock: lock })
}

fn lock(path: &Path) -> Result<File, StoreError> {
    let file = File::options().create(true).write(true).truncate(false).open(beside(path, "copy.lock"));
    let file = file.map_err(|error| connection::io(&error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::Copying),
        Err(TryLockError::Error(error)) => Err(connection::io(&error)),
    }
}

/// Overwrites what gives access. The journal, which would hold it for a while, stays in memory.
fn leave_out(path: &Path) -> Result<(), StoreError> {
    let mut copy = connection::connect(path)?;
    copy.batch_execute("PRAGMA journal_mode = MEMORY; PRAGMA secure_delete = ON;")?;
    for table in LEFT_OUT {
        copy.batch_execute(&format!("DELETE FROM {table}"))?;
    }
    Ok(())
}

/// Looks into a database that nobody uses: is every page sound, and what does it hold. Blocks.
///
/// # Errors
///
/// [`StoreError::NewerDatabase`] if this Pasut cannot use it, [`StoreError::Corrupt`] if nobody can.
pub fn inspect(path: &Path) -> Result<Contents, StoreError> {
    let mut connection = connection::connect(path)?;
    if !connection::has_migrations_table(&mut connection)? {
        return Err(StoreError::Corrupt("it is not one of Pasut".to_owned()));
    }
    let migration = reached(&mut connection)?.version;
    let migration = migration.ok_or_else(|| StoreError::Corrupt("it is empty".to_owned()))?;
    if let Some(fault) = super::integrity::faults(&mut connection)?.into_iter().next() {
        return Err(StoreError::Corrupt(fault));
    }
    contents(&mut connection, migration)
}

fn contents(connection: &mut SqliteConnection, migration: String) -> Result<Contents, StoreError> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        sessions: i64,
        #[diesel(sql_type = BigInt)]
        running: i64,
        #[diesel(sql_type = BigInt)]
        creators: i64,
        #[diesel(sql_type = Nullable<BigInt>)]
        first_start: Option<Stamp>,
        #[diesel(sql_type = Nullable<BigInt>)]
        last_start: Option<Stamp>,
        #[diesel(sql_type = BigInt)]
        events: i64,
        #[diesel(sql_type = BigInt)]
        diamonds: i64,
    }
    let row: Row = diesel::sql_query(
        "SELECT count(*) AS sessions, count(*) - count(end_time) AS running, \
             (SELECT count(*) FROM creators) AS creators, \
             min(start_time) AS first_start, max(start_time) AS last_start, \
             (SELECT coalesce(sum(counted), 0) FROM session_totals) AS events, \
             coalesce(sum(total_gifts_value), 0) AS diamonds \
         FROM sessions",
    )
    .get_result(connection)?;
    Ok(Contents {
        migration,
        sessions: row.sessions,
        running: row.running,
        creators: row.creators,
        first_start: row.first_start,
        last_start: row.last_start,
        events: row.events,
        diamonds: row.diamonds,
    })
}
