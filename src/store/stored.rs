//! Everything of a session that a recount of its events must come out at.

use super::schema::{gift_contributions, gifter_gifts, session_analytics, session_gifts};
use super::writer::Writing;
use super::{Store, StoreError, connection, gifts, schema, series, sessions, streaks};
use crate::domain::ids::SessionId;
use crate::domain::record::Batch;
use crate::domain::time::Stamp;
use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use std::path::PathBuf;

impl Store {
    /// All totals of a session as of one moment, which a recount is compared with; `None` if there is no such
    /// session.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn stored(&self, session: SessionId) -> Result<Option<Batch>, StoreError> {
        self.read(move |connection| {
            let Some(found) = sessions::one(connection, session)? else { return Ok(None) };
            let mut stored = Batch {
                session,
                counted_to: found.counted_to,
                totals: found.totals,
                bins: series::bins(connection, session, Stamp(i64::MIN), Stamp(i64::MAX))?,
                rows: series::intervals(connection, session)?,
                gifters: gifts::gifter_totals(connection, session)?,
                gifts: gifts::gift_totals(connection, session)?,
                given: gifts::given(connection, session)?,
                streaks: streaks::streaks(connection, session)?,
                ..Batch::default()
            };
            stored.gifters.sort_unstable_by_key(|gifter| gifter.user);
            stored.gifts.sort_unstable_by_key(|gift| gift.gift);
            stored.given.sort_unstable_by_key(|given| (given.user, given.gift));
            stored.streaks.sort_unstable_by_key(|streak| streak.key);
            Ok(Some(stored))
        })
        .await
    }

    /// Replaces all totals of a session by `recounted`, which has no events and nobody's activity.
    ///
    /// # Errors
    ///
    /// As any change of the database: then nothing is changed.
    pub async fn rebuild(&self, recounted: Batch) -> Result<(), StoreError> {
        self.write(move |writing| rebuild(writing, &recounted)).await
    }

    /// Copies the database beside itself, under a name with `reason`, and says where.
    ///
    /// # Errors
    ///
    /// As any change of the database.
    pub async fn back_up_beside(&self, reason: &str) -> Result<PathBuf, StoreError> {
        let (path, reason) = (self.0.path.clone(), reason.to_owned());
        // A copy is not made within a transaction, so it does not go through the readers.
        let copying = tokio::task::spawn_blocking(move || {
            let mut copier = connection::open_reader(&path)?;
            // It writes nothing here, but the copy counts as writing.
            copier.batch_execute("PRAGMA query_only = OFF")?;
            connection::back_up(&mut copier, &path, &reason)
        });
        copying.await.map_err(|error| StoreError::Other(error.to_string()))?
    }
}

/// Replaces all totals of a session by `recounted`.
pub(super) fn rebuild(writing: &mut Writing<'_>, recounted: &Batch) -> Result<(), StoreError> {
    let session = recounted.session;
    writing.forget(session);
    let connection = &mut *writing.connection;
    diesel::delete(schema::series::table.filter(schema::series::session_id.eq(session)))
        .execute(connection)?;
    diesel::delete(session_analytics::table.filter(session_analytics::session_id.eq(session)))
        .execute(connection)?;
    diesel::delete(gift_contributions::table.filter(gift_contributions::session_id.eq(session)))
        .execute(connection)?;
    diesel::delete(session_gifts::table.filter(session_gifts::session_id.eq(session))).execute(connection)?;
    diesel::delete(gifter_gifts::table.filter(gifter_gifts::session_id.eq(session))).execute(connection)?;
    diesel::delete(schema::streaks::table.filter(schema::streaks::session_id.eq(session)))
        .execute(connection)?;
    sessions::append(writing, recounted)
}
