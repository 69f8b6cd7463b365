//! How much of the disk the database takes, and giving back what it no longer needs.

use super::schema::data_sizes;
use super::{Store, StoreError, connection};
use crate::domain::time::Stamp;
use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use diesel::sqlite::SqliteConnection;

/// So many pages are given back at once: some 2 MiB.
const PAGES_AT_ONCE: i64 = 512;

/// How large the database is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Size {
    /// Pages with something in them.
    pub used_bytes: i64,
    /// The file, with its free pages and without its log.
    pub file_bytes: i64,
}

/// How large it was at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Measured {
    pub at: Stamp,
    pub size: Size,
}

impl Store {
    /// How large the database is now.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn size(&self) -> Result<Size, StoreError> {
        self.read(|connection| {
            let Pages { pages, free, bytes } = pages(connection)?;
            Ok(Size { used_bytes: (pages - free) * bytes, file_bytes: pages * bytes })
        })
        .await
    }

    /// Notes how large the database is, and forgets what was noted before `since`.
    ///
    /// # Errors
    ///
    /// As any change of the database.
    pub async fn measure(&self, now: Stamp, since: Stamp) -> Result<(), StoreError> {
        let size = self.size().await?;
        self.write(move |writing| {
            diesel::replace_into(data_sizes::table)
                .values((
                    data_sizes::at.eq(now),
                    data_sizes::used_bytes.eq(size.used_bytes),
                    data_sizes::file_bytes.eq(size.file_bytes),
                ))
                .execute(writing.connection)?;
            diesel::delete(data_sizes::table.filter(data_sizes::at.lt(since))).execute(writing.connection)?;
            Ok(())
        })
        .await
    }

    /// How large the database was since a moment, oldest first.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn sizes(&self, since: Stamp) -> Result<Vec<Measured>, StoreError> {
        self.read(move |connection| {
            let rows: Vec<(Stamp, i64, i64)> =
                data_sizes::table.filter(data_sizes::at.ge(since)).order(data_sizes::at).load(connection)?;
            let measured =
                |(at, used_bytes, file_bytes)| Measured { at, size: Size { used_bytes, file_bytes } };
            Ok(rows.into_iter().map(measured).collect())
        })
        .await
    }

    /// Gives some free pages back to the disk. Returns how many are left.
    ///
    /// # Errors
    ///
    /// As any change of the database.
    pub async fn reclaim(&self) -> Result<i64, StoreError> {
        self.write(|writing| {
            writing.connection.batch_execute(&format!("PRAGMA incremental_vacuum({PAGES_AT_ONCE})"))?;
            Ok(pages(writing.connection)?.free)
        })
        .await
    }

    /// How many bytes of the file are free.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn free_bytes(&self) -> Result<i64, StoreError> {
        self.read(|connection| {
            let Pages { free, bytes, .. } = pages(connection)?;
            Ok(free * bytes)
        })
        .await
    }

    /// Writes the whole file anew, so that it has no free pages and nothing that was deleted can be read out
    /// of it. Whoever writes waits meanwhile.
    ///
    /// # Errors
    ///
    /// [`StoreError::Full`] if there is no room for a copy, [`StoreError::Locked`] if others write all the time.
    pub async fn write_anew(&self) -> Result<(), StoreError> {
        let path = self.0.path.clone();
        // It cannot be done within a transaction, so it does not go through the writer.
        let writing = tokio::task::spawn_blocking(move || {
            let mut alone = connection::connect(&path)?;
            // A file that something else made learns it this way, and only this way.
            alone.batch_execute("PRAGMA auto_vacuum = INCREMENTAL")?;
            alone.batch_execute("VACUUM")?;
            alone.batch_execute("PRAGMA wal_checkpoint(TRUNCATE)")?;
            Ok(())
        });
        writing.await.map_err(|error| StoreError::Other(error.to_string()))?
    }
}

#[derive(QueryableByName)]
struct Pages {
    #[diesel(sql_type = BigInt)]
    pages: i64,
    #[diesel(sql_type = BigInt)]
    free: i64,
    /// Of one page.
    #[diesel(sql_type = BigInt)]
    bytes: i64,
}

fn pages(connection: &mut SqliteConnection) -> Result<Pages, StoreError> {
    Ok(diesel::sql_query(
        "SELECT page_count AS pages, freelist_count AS free, page_size AS bytes \
         FROM pragma_page_count, pragma_freelist_count, pragma_page_size",
    )
    .get_result(connection)?)
}
