//! Sessions whose raw events were removed because they are old: which may be, which are, and the checksum
//! that what is kept of them is held against.

use super::checksum::of_thinned;
use super::schema::{
    answers, erasure_sessions, event_segments, revaluations, session_totals, sessions, thinned_sessions,
};
use super::{Store, StoreError};
use crate::domain::ids::SessionId;
use crate::domain::time::Stamp;
use diesel::dsl::{exists, max, not};
use diesel::prelude::*;
use diesel::sql_types::{Bool, Nullable};
use diesel::sqlite::{Sqlite, SqliteConnection};

/// How much is kept of a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kept {
    /// Everything, unless something is damaged: then the numbers differ.
    Events { counted: i64, stored: i64 },
    /// All but its raw events, of which there were so many.
    Thinned { at: Stamp, events: i64 },
    /// Only its totals.
    Left { at: Stamp },
}

/// A condition on sessions.
type Condition = Box<dyn BoxableExpression<sessions::table, Sqlite, SqlType = Nullable<Bool>>>;

/// Which sessions of the database ended before a moment and wait for nothing that needs their raw events:
/// these are packed and explained, or removed already, and neither a price nor an erasure is to reach them.
pub(super) fn at_rest(before: Stamp) -> Condition {
    let events = event_segments::table.filter(event_segments::session_id.eq(sessions::session_id));
    let last_word = answers::table
        .filter(answers::session_id.eq(sessions::session_id))
        .filter(answers::timestamp.nullable().ge(sessions::end_time));
    let waiting = revaluations::table.select(revaluations::session_id);
    let erased = erasure_sessions::table.select(erasure_sessions::session_id);
    Box::new(
        sessions::end_time
            .lt(before)
            .and(sessions::left_at.is_null())
            .and(not(exists(events.filter(event_segments::packed.eq(false)))))
            .and(exists(last_word).or(not(exists(events))))
            .and(sessions::session_id.ne_all(waiting))
            .and(sessions::session_id.ne_all(erased)),
    )
}

impl Store {
    /// How much is kept of a session; `None` if there is no such session.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn kept(&self, session: SessionId) -> Result<Option<Kept>, StoreError> {
        self.read(move |connection| kept(connection, session)).await
    }

    /// Whether only the totals of a session are kept; `false` if there is no such session.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn has_left(&self, session: SessionId) -> Result<bool, StoreError> {
        self.read(move |connection| {
            let left = sessions::table.find(session).select(sessions::left_at.is_not_null());
            Ok(left.first(connection).optional()?.unwrap_or(false))
        })
        .await
    }

    /// The sessions that ended before a moment and need their raw events no more: they are packed and
    /// explained, and neither a price nor an erasure waits for them. Oldest first.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn to_be_thinned(&self, before: Stamp) -> Result<Vec<SessionId>, StoreError> {
        self.read(move |connection| {
            let events = event_segments::table.filter(event_segments::session_id.eq(sessions::session_id));
            let thinned = thinned_sessions::table.select(thinned_sessions::session_id);
            Ok(sessions::table
                .filter(at_rest(before))
                .filter(exists(events))
                .filter(sessions::session_id.ne_all(thinned))
                .order((sessions::start_time, sessions::session_id))
                .select(sessions::session_id)
                .load(connection)?)
        })
        .await
    }

    /// The sessions that are thinned but whose raw events are not all removed, because that was interrupted.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn half_thinned(&self) -> Result<Vec<SessionId>, StoreError> {
        self.read(|connection| {
            let events =
                event_segments::table.filter(event_segments::session_id.eq(thinned_sessions::session_id));
            Ok(thinned_sessions::table
                .filter(exists(events))
                .select(thinned_sessions::session_id)
                .load(connection)?)
        })
        .await
    }

    /// The checksum of what is kept of a session besides its raw events.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn checksum(&self, session: SessionId) -> Result<String, StoreError> {
        self.read(move |connection| of_thinned(connection, session)).await
    }

    /// The checksum that was made when a session was thinned; `None` if it was not.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn thinned_checksum(&self, session: SessionId) -> Result<Option<String>, StoreError> {
        self.read(move |connection| promised(connection, session)).await
    }

    /// Marks a session as thinned, if what is kept of it is still what a recount agreed to, by its
    /// checksum. From then on its events count as removed. Returns whether it was marked.
    ///
    /// # Errors
    ///
    /// As any change of the database.
    pub async fn thin(&self, session: SessionId, now: Stamp, agreed: String) -> Result<bool, StoreError> {
        self.write(move |writing| {
            let connection = &mut *writing.connection;
            let Some(Kept::Events { counted, .. }) = kept(connection, session)? else { return Ok(false) };
            let ended: Option<Stamp> =
                sessions::table.find(session).select(sessions::end_time).first(connection)?;
            if ended.is_none() || of_thinned(connection, session)? != agreed {
                return Ok(false);
            }
            diesel::insert_into(thinned_sessions::table)
                .values((
                    thinned_sessions::session_id.eq(session),
                    thinned_sessions::at.eq(now),
                    thinned_sessions::events.eq(counted),
                    thinned_sessions::checksum.eq(&agreed),
                ))
                .execute(connection)?;
            Ok(true)
        })
        .await
    }

    /// Removes the last of the raw events of a thinned session, some 100 KiB of them; whether there were any.
    ///
    /// # Errors
    ///
    /// As any change of the database.
    pub async fn remove_events(&self, session: SessionId) -> Result<bool, StoreError> {
        self.write(move |writing| {
            let connection = &mut *writing.connection;
            if !is_thinned(connection, session)? {
                return Ok(false);
            }
            let last: Option<i64> = event_segments::table
                .filter(event_segments::session_id.eq(session))
                .select(max(event_segments::first_number))
                .first(connection)?;
            let Some(last) = last else { return Ok(false) };
            diesel::delete(event_segments::table.find((session, last))).execute(connection)?;
            Ok(true)
        })
        .await
    }
}

pub(super) fn is_thinned(connection: &mut SqliteConnection, session: SessionId) -> Result<bool, StoreError> {
    Ok(promised(connection, session)?.is_some())
}

/// Whether a session was thinned or has left, so that nothing may be added to it.
pub(super) fn is_closed(connection: &mut SqliteConnection, session: SessionId) -> Result<bool, StoreError> {
    Ok(!matches!(kept(connection, session)?, Some(Kept::Events { .. }) | None))
}

/// Whether what is kept of a thinned session equals its checksum; `false` for others.
pub(super) fn is_intact(connection: &mut SqliteConnection, session: SessionId) -> Result<bool, StoreError> {
    match promised(connection, session)? {
        Some(promised) => Ok(of_thinned(connection, session)? == promised),
        None => Ok(false),
    }
}

/// Makes the checksum of a thinned session anew, after a change that was meant.
pub(super) fn renew(connection: &mut SqliteConnection, session: SessionId) -> Result<(), StoreError> {
    let checksum = of_thinned(connection, session)?;
    diesel::update(thinned_sessions::table.find(session))
        .set(thinned_sessions::checksum.eq(checksum))
        .execute(connection)?;
    Ok(())
}

pub(super) fn kept(
    connection: &mut SqliteConnection,
    session: SessionId,
) -> Result<Option<Kept>, StoreError> {
    let left: Option<Option<Stamp>> =
        sessions::table.find(session).select(sessions::left_at).first(connection).optional()?;
    let Some(left) = left else { return Ok(None) };
    if let Some(at) = left {
        return Ok(Some(Kept::Left { at }));
    }
    let thinned: Option<(Stamp, i64)> = thinned_sessions::table
        .find(session)
        .select((thinned_sessions::at, thinned_sessions::events))
        .first(connection)
        .optional()?;
    if let Some((at, events)) = thinned {
        return Ok(Some(Kept::Thinned { at, events }));
    }
    let counted: Option<i64> =
        session_totals::table.find(session).select(session_totals::counted).first(connection).optional()?;
    let stretches: Vec<(i64, i64)> = event_segments::table
        .filter(event_segments::session_id.eq(session))
        .select((event_segments::first_number, event_segments::last_number))
        .load(connection)?;
    let stored = stretches.iter().map(|(first, last)| last - first + 1).sum();
    Ok(Some(Kept::Events { counted: counted.unwrap_or(0), stored }))
}

fn promised(connection: &mut SqliteConnection, session: SessionId) -> Result<Option<String>, StoreError> {
    let checksum = thinned_sessions::table.find(session).select(thinned_sessions::checksum);
    Ok(checksum.first(connection).optional()?)
}
