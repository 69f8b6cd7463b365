//! What a session adds up to, beside what the `sessions` table shows.

use super::StoreError;
use super::schema::{session_kinds, session_methods, session_totals, sessions};
use super::writer::Writing;
use crate::domain::gift::ValueSource;
use crate::domain::ids::SessionId;
use crate::domain::record::Batch;
use crate::domain::time::Stamp;
use crate::domain::totals::{KindCounts, LikeCounterRange, MessageCounts, SessionTotals, ViewerTotals};
use diesel::prelude::*;
use diesel::sqlite::SqliteConnection;
use rustc_hash::FxHashMap;

/// The totals that the `sessions` table, which people read themselves, has no column for.
#[derive(Insertable, Queryable)]
#[diesel(table_name = session_totals, primary_key(session_id), treat_none_as_default_value = false)]
pub(super) struct TotalsRow {
    pub session_id: SessionId,
    history_skipped: i64,
    duplicates_dropped: i64,
    decode_errors: i64,
    counted: i64,
    broken_frames: i64,
    likes_seen: i64,
    like_counter_first: Option<i64>,
    like_counter_max: Option<i64>,
    like_counter_last: Option<i64>,
    diamonds_to_creator: i64,
    diamonds_event: i64,
    diamonds_learned: i64,
    diamonds_list: i64,
    diamonds_estimate: i64,
    diamonds_unknown: i64,
    unpriced_units: i64,
    unique_commenters: i64,
    unique_gifters: i64,
    unique_joiners: i64,
    people: i64,
    viewers_last: Option<i64>,
    viewers_last_at: Option<Stamp>,
    viewers_peak_at: Option<Stamp>,
    viewers_total: i64,
    viewer_ms: i64,
    known_ms: i64,
}

/// The counts by kind as they were written last, so that only those that changed are written. They
/// can be forgotten at any time: all are written then.
#[derive(Default)]
pub(super) struct WrittenKinds(pub FxHashMap<SessionId, KindCounts>);

/// Replaces the totals of a session.
pub(super) fn put(writing: &mut Writing<'_>, batch: &Batch) -> Result<(), StoreError> {
    let Batch { session, totals, .. } = batch;
    let (session, connection) = (*session, &mut *writing.connection);
    let changed = diesel::update(sessions::table.find(session))
        .set((
            sessions::counted_to.eq(batch.counted_to),
            sessions::peak_viewers.eq(totals.viewers.peak),
            sessions::avg_viewers.eq(totals.viewers.average()),
            sessions::total_comments.eq(totals.comments),
            sessions::total_likes.eq(totals.likes),
            sessions::total_gifts.eq(totals.gift_units),
            sessions::total_gifts_value.eq(totals.diamonds),
            sessions::total_follows.eq(totals.follows),
            sessions::total_shares.eq(totals.shares),
            sessions::total_joins.eq(totals.joins),
        ))
        .execute(connection)?;
    if changed == 0 {
        return Err(StoreError::Other(format!("there is no session {session}")));
    }
    let row = totals_row(session, totals);
    diesel::replace_into(session_totals::table).values(&row).execute(connection)?;
    let written = writing.kinds.0.insert(session, totals.events).unwrap_or_default();
    for (kind, messages) in totals.events.iter().filter(|(kind, messages)| written.of(*kind) != *messages) {
        diesel::replace_into(session_kinds::table)
            .values((
                session_kinds::session_id.eq(session),
                session_kinds::kind.eq(kind.as_str()),
                session_kinds::messages.eq(messages),
            ))
            .execute(connection)?;
    }
    Ok(())
}

pub(super) fn put_method(
    connection: &mut SqliteConnection,
    session: SessionId,
    method: &str,
    messages: i64,
) -> Result<(), StoreError> {
    diesel::replace_into(session_methods::table)
        .values((
            session_methods::session_id.eq(session),
            session_methods::method.eq(method),
            session_methods::messages.eq(messages),
        ))
        .execute(connection)?;
    Ok(())
}

fn totals_row(session: SessionId, totals: &SessionTotals) -> TotalsRow {
    let by = |source: ValueSource| totals.diamonds_by_source[source as usize];
    TotalsRow {
        session_id: session,
        history_skipped: totals.messages.history_skipped,
        duplicates_dropped: totals.messages.duplicates_dropped,
        decode_errors: totals.messages.decode_errors,
        counted: totals.messages.counted,
        broken_frames: totals.messages.broken_frames,
        likes_seen: totals.likes_seen,
        like_counter_first: totals.like_counter.map(|counter| counter.first),
        like_counter_max: totals.like_counter.map(|counter| counter.max),
        like_counter_last: totals.like_counter.map(|counter| counter.last),
        diamonds_to_creator: totals.diamonds_to_creator,
        diamonds_event: by(ValueSource::Event),
        diamonds_learned: by(ValueSource::Learned),
        diamonds_list: by(ValueSource::List),
        diamonds_estimate: by(ValueSource::Estimate),
        diamonds_unknown: by(ValueSource::Unknown),
        unpriced_units: totals.unpriced_units,
        unique_commenters: totals.unique_commenters,
        unique_gifters: totals.unique_gifters,
        unique_joiners: totals.unique_joiners,
        people: totals.people,
        viewers_last: totals.viewers.last,
        viewers_last_at: totals.viewers.last_at,
        viewers_peak_at: totals.viewers.peak_at,
        viewers_total: totals.viewers.total,
        viewer_ms: totals.viewers.viewer_ms,
        known_ms: totals.viewers.known_ms,
    }
}

/// The totals but for those that the `sessions` table has.
pub(super) fn totals(row: &TotalsRow) -> SessionTotals {
    let like_counter = match (row.like_counter_first, row.like_counter_max, row.like_counter_last) {
        (Some(first), Some(max), Some(last)) => Some(LikeCounterRange { first, max, last }),
        _ => None,
    };
    let mut diamonds_by_source = [0; ValueSource::ALL.len()];
    for (source, diamonds) in [
        (ValueSource::Event, row.diamonds_event),
        (ValueSource::Learned, row.diamonds_learned),
        (ValueSource::List, row.diamonds_list),
        (ValueSource::Estimate, row.diamonds_estimate),
        (ValueSource::Unknown, row.diamonds_unknown),
    ] {
        diamonds_by_source[source as usize] = diamonds;
    }
    SessionTotals {
        messages: MessageCounts {
            history_skipped: row.history_skipped,
            duplicates_dropped: row.duplicates_dropped,
            decode_errors: row.decode_errors,
            counted: row.counted,
            broken_frames: row.broken_frames,
        },
        likes_seen: row.likes_seen,
        like_counter,
        diamonds_to_creator: row.diamonds_to_creator,
        diamonds_by_source,
        unpriced_units: row.unpriced_units,
        unique_commenters: row.unique_commenters,
        unique_gifters: row.unique_gifters,
        unique_joiners: row.unique_joiners,
        people: row.people,
        viewers: ViewerTotals {
            last: row.viewers_last,
            last_at: row.viewers_last_at,
            peak_at: row.viewers_peak_at,
            total: row.viewers_total,
            viewer_ms: row.viewer_ms,
            known_ms: row.known_ms,
            ..ViewerTotals::default()
        },
        ..SessionTotals::default()
    }
}
