//! What happened when: ten-second bins, interval rows, gaps and pauses.

use super::schema::{gaps, pauses, series, session_analytics, sessions};
use super::{Store, StoreError};
use crate::domain::handle::Handle;
use crate::domain::ids::{SessionId, UserId};
use crate::domain::record::Pause;
use crate::domain::session::{Gap, GapCause};
use crate::domain::time::Stamp;
use crate::domain::totals::{Bin, BinViewers, Counts, IntervalMedians, IntervalRow, UsualInterval};
use diesel::prelude::*;
use diesel::sqlite::SqliteConnection;

/// What is usual looks at so many of the newest sessions.
const USUAL_SESSIONS: i64 = 100;

/// The medians of a creator look at this many of the newest intervals: about a week of long LIVEs.
const MEDIAN_INTERVALS: i64 = 2000;

#[derive(Insertable, Queryable)]
#[diesel(table_name = series, primary_key(session_id, from_ms), treat_none_as_default_value = false)]
struct SeriesRow {
    session_id: SessionId,
    from_ms: Stamp,
    viewers: Option<i64>,
    viewers_min: i64,
    viewers_max: i64,
    viewer_ms: i64,
    known_ms: i64,
    comments: i64,
    likes: i64,
    likes_seen: i64,
    gift_units: i64,
    diamonds: i64,
    follows: i64,
    shares: i64,
    joins: i64,
    likes_in_gap: i64,
}

#[derive(Insertable, Queryable)]
#[diesel(table_name = session_analytics, primary_key(session_id, timestamp), treat_none_as_default_value = false)]
struct AnalyticsRow {
    session_id: SessionId,
    timestamp: Stamp,
    length_ms: i64,
    viewers: Option<i64>,
    viewers_min: i64,
    viewers_max: i64,
    viewer_ms: i64,
    known_ms: i64,
    comments_count: i64,
    likes_count: i64,
    likes_seen_count: i64,
    gifts_count: i64,
    gifts_value: i64,
    follows_count: i64,
    shares_count: i64,
    joins_count: i64,
    viewer_change: Option<i64>,
    activity_score: Option<f64>,
    top_gifter: Option<UserId>,
}

impl Store {
    /// The bins of a session that begin from `from` up to before `to`, oldest first.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn series(&self, session: SessionId, from: Stamp, to: Stamp) -> Result<Vec<Bin>, StoreError> {
        self.read(move |connection| bins(connection, session, from, to)).await
    }

    /// The interval rows of a session, oldest first.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn intervals(&self, session: SessionId) -> Result<Vec<IntervalRow>, StoreError> {
        self.read(move |connection| intervals(connection, session)).await
    }

    /// What an interval of `length_ms` usually counts in this creator's finished sessions: the
    /// median of each kind over the newest 2,000 intervals. `None` if there are none yet.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn interval_medians(
        &self,
        creator: &Handle,
        length_ms: i64,
    ) -> Result<Option<IntervalMedians>, StoreError> {
        let creator = creator.clone();
        self.read(move |connection| {
            let rows: Vec<AnalyticsRow> = session_analytics::table
                .inner_join(sessions::table)
                .filter(sessions::account_username.eq(&creator))
                .filter(sessions::end_time.is_not_null())
                .filter(session_analytics::length_ms.eq(length_ms))
                .order((sessions::start_time.desc(), session_analytics::timestamp.desc()))
                .limit(MEDIAN_INTERVALS)
                .select(session_analytics::all_columns)
                .load(connection)?;
            Ok(medians(&rows))
        })
        .await
    }

    /// What this creator's finished sessions counted in the interval of `length_ms` that held the
    /// moment `age_ms` after they began: medians over the newest 100 sessions that lasted through
    /// that interval and knew their viewers in it. `None` if there are none.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn usual_interval(
        &self,
        creator: &Handle,
        length_ms: i64,
        age_ms: i64,
    ) -> Result<Option<UsualInterval>, StoreError> {
        let creator = creator.clone();
        self.read(move |connection| {
            let end = session_analytics::timestamp + session_analytics::length_ms;
            let rows: Vec<AnalyticsRow> = session_analytics::table
                .inner_join(sessions::table)
                .filter(sessions::account_username.eq(&creator))
                .filter(sessions::end_time.is_not_null())
                .filter(session_analytics::length_ms.eq(length_ms))
                .filter(session_analytics::known_ms.gt(0))
                .filter(session_analytics::timestamp.le(sessions::start_time + age_ms))
                .filter(end.gt(sessions::start_time + age_ms))
                .filter(end.le(sessions::start_time + sessions::total_duration))
                .order(sessions::start_time.desc())
                .limit(USUAL_SESSIONS)
                .select(session_analytics::all_columns)
                .load(connection)?;
            Ok(usual(&rows))
        })
        .await
    }

    /// The gaps of a session, oldest first.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn gaps(&self, session: SessionId) -> Result<Vec<Gap>, StoreError> {
        self.read(move |connection| gaps(connection, session)).await
    }

    /// The pauses of a session, oldest first.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn pauses(&self, session: SessionId) -> Result<Vec<Pause>, StoreError> {
        self.read(move |connection| {
            let rows: Vec<(Stamp, Option<Stamp>)> = pauses::table
                .filter(pauses::session_id.eq(session))
                .order(pauses::from_ms)
                .select((pauses::from_ms, pauses::to_ms))
                .load(connection)?;
            Ok(rows.into_iter().map(|(from, to)| Pause { from, to }).collect())
        })
        .await
    }
}

pub(super) fn gaps(connection: &mut SqliteConnection, session: SessionId) -> Result<Vec<Gap>, StoreError> {
    let rows: Vec<(Stamp, Option<Stamp>, GapCause)> = gaps::table
        .filter(gaps::session_id.eq(session))
        .order(gaps::from_ms)
        .select((gaps::from_ms, gaps::to_ms, gaps::cause))
        .load(connection)?;
    Ok(rows.into_iter().map(|(from, to, cause)| Gap { from, to, cause }).collect())
}

pub(super) fn bins(
    connection: &mut SqliteConnection,
    session: SessionId,
    from: Stamp,
    to: Stamp,
) -> Result<Vec<Bin>, StoreError> {
    let rows: Vec<SeriesRow> = series::table
        .filter(series::session_id.eq(session))
        .filter(series::from_ms.ge(from))
        .filter(series::from_ms.lt(to))
        .order(series::from_ms)
        .load(connection)?;
    Ok(rows.iter().map(bin).collect())
}

pub(super) fn intervals(
    connection: &mut SqliteConnection,
    session: SessionId,
) -> Result<Vec<IntervalRow>, StoreError> {
    let rows: Vec<AnalyticsRow> = session_analytics::table
        .filter(session_analytics::session_id.eq(session))
        .order(session_analytics::timestamp)
        .load(connection)?;
    Ok(rows.iter().map(interval).collect())
}

pub(super) fn put_bin(
    connection: &mut SqliteConnection,
    session: SessionId,
    bin: &Bin,
) -> Result<(), StoreError> {
    let row = SeriesRow {
        session_id: session,
        from_ms: bin.from,
        viewers: bin.viewers.last,
        viewers_min: bin.viewers.min,
        viewers_max: bin.viewers.max,
        viewer_ms: bin.viewers.viewer_ms,
        known_ms: bin.viewers.known_ms,
        comments: bin.counts.comments,
        likes: bin.counts.likes,
        likes_seen: bin.counts.likes_seen,
        gift_units: bin.counts.gift_units,
        diamonds: bin.counts.diamonds,
        follows: bin.counts.follows,
        shares: bin.counts.shares,
        joins: bin.counts.joins,
        likes_in_gap: bin.likes_in_gap,
    };
    diesel::replace_into(series::table).values(&row).execute(connection)?;
    Ok(())
}

pub(super) fn put_interval(
    connection: &mut SqliteConnection,
    session: SessionId,
    interval: &IntervalRow,
) -> Result<(), StoreError> {
    let row = AnalyticsRow {
        session_id: session,
        timestamp: interval.from,
        length_ms: interval.length_ms,
        viewers: interval.viewers.last,
        viewers_min: interval.viewers.min,
        viewers_max: interval.viewers.max,
        viewer_ms: interval.viewers.viewer_ms,
        known_ms: interval.viewers.known_ms,
        comments_count: interval.counts.comments,
        likes_count: interval.counts.likes,
        likes_seen_count: interval.counts.likes_seen,
        gifts_count: interval.counts.gift_units,
        gifts_value: interval.counts.diamonds,
        follows_count: interval.counts.follows,
        shares_count: interval.counts.shares,
        joins_count: interval.counts.joins,
        viewer_change: interval.viewer_change,
        activity_score: interval.activity_score,
        top_gifter: interval.top_gifter,
    };
    diesel::replace_into(session_analytics::table).values(&row).execute(connection)?;
    Ok(())
}

pub(super) fn put_gap(
    connection: &mut SqliteConnection,
    session: SessionId,
    gap: &Gap,
) -> Result<(), StoreError> {
    let end = (gaps::to_ms.eq(gap.to), gaps::cause.eq(gap.cause));
    diesel::insert_into(gaps::table)
        .values((gaps::session_id.eq(session), gaps::from_ms.eq(gap.from), end))
        .on_conflict((gaps::session_id, gaps::from_ms))
        .do_update()
        .set(end)
        .execute(connection)?;
    Ok(())
}

pub(super) fn put_pause(
    connection: &mut SqliteConnection,
    session: SessionId,
    pause: Pause,
) -> Result<(), StoreError> {
    let end = pauses::to_ms.eq(pause.to);
    diesel::insert_into(pauses::table)
        .values((pauses::session_id.eq(session), pauses::from_ms.eq(pause.from), end))
        .on_conflict((pauses::session_id, pauses::from_ms))
        .do_update()
        .set(end)
        .execute(connection)?;
    Ok(())
}

/// Ends what lasts until the end of the session.
pub(super) fn end(
    connection: &mut SqliteConnection,
    session: SessionId,
    ended_at: Stamp,
) -> Result<(), StoreError> {
    let lasting = gaps::table.filter(gaps::session_id.eq(session)).filter(gaps::to_ms.is_null());
    let outside = lasting.filter(gaps::from_ms.ge(ended_at));
    // Without that gap viewers would be taken for known up to when time was counted.
    let known_to: Option<Stamp> = outside.select(gaps::from_ms).first(connection).optional()?;
    if let Some(known_to) = known_to {
        let later = sessions::table.find(session).filter(sessions::counted_to.gt(known_to));
        diesel::update(later).set(sessions::counted_to.eq(known_to)).execute(connection)?;
    }
    diesel::delete(outside).execute(connection)?;
    diesel::update(lasting).set(gaps::to_ms.eq(ended_at)).execute(connection)?;
    let lasting = pauses::table.filter(pauses::session_id.eq(session)).filter(pauses::to_ms.is_null());
    diesel::delete(lasting.filter(pauses::from_ms.ge(ended_at))).execute(connection)?;
    diesel::update(lasting).set(pauses::to_ms.eq(ended_at)).execute(connection)?;
    Ok(())
}

fn bin(row: &SeriesRow) -> Bin {
    Bin {
        from: row.from_ms,
        viewers: BinViewers {
            last: row.viewers,
            min: row.viewers_min,
            max: row.viewers_max,
            viewer_ms: row.viewer_ms,
            known_ms: row.known_ms,
        },
        counts: Counts {
            comments: row.comments,
            likes: row.likes,
            likes_seen: row.likes_seen,
            gift_units: row.gift_units,
            diamonds: row.diamonds,
            follows: row.follows,
            shares: row.shares,
            joins: row.joins,
        },
        likes_in_gap: row.likes_in_gap,
    }
}

fn interval(row: &AnalyticsRow) -> IntervalRow {
    IntervalRow {
        from: row.timestamp,
        length_ms: row.length_ms,
        viewers: BinViewers {
            last: row.viewers,
            min: row.viewers_min,
            max: row.viewers_max,
            viewer_ms: row.viewer_ms,
            known_ms: row.known_ms,
        },
        viewer_change: row.viewer_change,
        counts: Counts {
            comments: row.comments_count,
            likes: row.likes_count,
            likes_seen: row.likes_seen_count,
            gift_units: row.gifts_count,
            diamonds: row.gifts_value,
            follows: row.follows_count,
            shares: row.shares_count,
            joins: row.joins_count,
        },
        activity_score: row.activity_score,
        top_gifter: row.top_gifter,
    }
}

fn usual(rows: &[AnalyticsRow]) -> Option<UsualInterval> {
    let average = |row: &AnalyticsRow| row.viewer_ms as f64 / row.known_ms as f64;
    Some(UsualInterval {
        sessions: u32::try_from(rows.len()).unwrap_or(u32::MAX),
        viewers: median(rows.iter().map(average).collect())?,
        counts: medians(rows)?,
    })
}

fn medians(rows: &[AnalyticsRow]) -> Option<IntervalMedians> {
    let of = |count: fn(&AnalyticsRow) -> i64| median(rows.iter().map(|row| count(row) as f64).collect());
    Some(IntervalMedians {
        comments: of(|row| row.comments_count)?,
        likes: of(|row| row.likes_count)?,
        gift_units: of(|row| row.gifts_count)?,
        diamonds: of(|row| row.gifts_value)?,
        follows: of(|row| row.follows_count)?,
        shares: of(|row| row.shares_count)?,
        joins: of(|row| row.joins_count)?,
    })
}

/// The middle value, or the mean of the two in the middle.
fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_unstable_by(f64::total_cmp);
    let middle = values.len() / 2;
    let upper = *values.get(middle)?;
    if values.len() % 2 == 1 {
        return Some(upper);
    }
    Some((values[middle - 1] + upper) / 2.0)
}
