//! Whether the file is sound, and how large it is.

use super::schema::{session_totals, sessions};
use super::{Store, StoreError};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use diesel::sqlite::SqliteConnection;

/// Numbers of the database for whoever watches over it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StoreMetrics {
    pub size_bytes: u64,
    pub sessions: i64,
    /// Events counted in all sessions.
    pub events: i64,
    /// Changes that wait to be written.
    pub queue: usize,
}

impl Store {
    /// What SQLite finds wrong with the file, and references that lead nowhere; empty if sound.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn integrity_errors(&self) -> Result<Vec<String>, StoreError> {
        self.read(faults).await
    }

    /// The size of the database file and its write-ahead log.
    #[must_use]
    pub fn size_bytes(&self) -> u64 {
        let mut log = self.0.path.as_os_str().to_owned();
        log.push("-wal");
        let size = |path: &std::path::Path| path.metadata().map_or(0, |metadata| metadata.len());
        size(&self.0.path) + size(log.as_ref())
    }

    /// The numbers of the database.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn metrics(&self) -> Result<StoreMetrics, StoreError> {
        let (size_bytes, queue) = (self.size_bytes(), self.0.writer.queue());
        self.read(move |connection| {
            let events = diesel::dsl::sql::<BigInt>("coalesce(sum(counted), 0)");
            Ok(StoreMetrics {
                size_bytes,
                queue,
                sessions: sessions::table.count().get_result(connection)?,
                events: session_totals::table.select(events).first(connection)?,
            })
        })
        .await
    }
}

/// What is wrong with a database, and references that lead nowhere.
pub(super) fn faults(connection: &mut SqliteConnection) -> Result<Vec<String>, StoreError> {
    #[derive(QueryableByName)]
    struct Fault {
        #[diesel(sql_type = Text)]
        fault: String,
    }
    let faults: Vec<Fault> = diesel::sql_query(
        "SELECT integrity_check AS fault FROM pragma_integrity_check WHERE integrity_check <> 'ok' \
         UNION ALL \
         SELECT \"table\" || ' refers to a missing row of ' || parent FROM pragma_foreign_key_check",
    )
    .load(connection)?;
    Ok(faults.into_iter().map(|row| row.fault).collect())
}
