//! Sessions: their beginning, their growth batch by batch, their end, and finding them again.

use super::among::among;
use super::schema::{gaps, last_session, session_kinds, session_methods, session_totals, sessions};
use super::totals::TotalsRow;
use super::writer::Writing;
use super::{
    Store, StoreError, battles, boards, events, facts, gifts, people, series, streaks, thinned, totals,
};
use crate::domain::event::Kind;
use crate::domain::handle::Handle;
use crate::domain::ids::{RoomId, SessionId, UserId};
use crate::domain::record::Batch;
use crate::domain::session::{Origin, Session, SessionStart};
use crate::domain::time::Stamp;
use diesel::prelude::*;
use diesel::sqlite::{Sqlite, SqliteConnection};
use std::collections::HashMap;
use std::sync::Arc;

/// Which sessions are wanted.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SessionFilter {
    pub creator: Option<Handle>,
    /// Began at this moment or later.
    pub from: Option<Stamp>,
    /// Began before this moment.
    pub to: Option<Stamp>,
    /// Continue after this session when newest come first: its start and id.
    pub after: Option<(Stamp, SessionId)>,
}

impl Store {
    /// Begins the session of a room, or takes up the one that was recorded before: a room is one
    /// session. A capture or a push always begins a new one.
    ///
    /// # Errors
    ///
    /// As any change of the database.
    pub async fn begin_session(&self, start: &SessionStart) -> Result<SessionId, StoreError> {
        let start = start.clone();
        self.write(move |writing| begin(writing.connection, &start)).await
    }

    /// Writes all that changed in a session, or nothing of it; after an error it can be repeated.
    ///
    /// # Errors
    ///
    /// [`StoreError::Full`] and [`StoreError::Locked`] pass by themselves.
    pub async fn append(&self, batch: impl Into<Arc<Batch>>) -> Result<(), StoreError> {
        let batch = batch.into();
        self.write(move |writing| append(writing, &batch)).await
    }

    /// Has a session that holds nothing yet begin at another time, and be of an account: what is told of it
    /// happened before we heard.
    ///
    /// # Errors
    ///
    /// As any change of the database.
    pub async fn begin_at(
        &self,
        session: SessionId,
        at: Stamp,
        host: Option<UserId>,
    ) -> Result<(), StoreError> {
        self.write(move |writing| {
            diesel::update(sessions::table.find(session))
                .set((sessions::start_time.eq(at), sessions::counted_to.eq(at), sessions::host_id.eq(host)))
                .execute(writing.connection)?;
            Ok(())
        })
        .await
    }

    /// Ends a session, and packs its events. A gap or pause that lasts until now ends with it; one
    /// that began no earlier lies outside and is not kept.
    ///
    /// # Errors
    ///
    /// As any change of the database; if only packing failed, [`Store::pack_events`] takes it up.
    pub async fn finish_session(&self, session: SessionId, ended_at: Stamp) -> Result<(), StoreError> {
        self.write(move |writing| {
            writing.forget(session);
            series::end(writing.connection, session, ended_at)?;
            diesel::update(sessions::table.find(session))
                .set(sessions::end_time.eq(ended_at))
                .execute(writing.connection)?;
            people::settle(writing.connection, session)?;
            boards::keep(writing.connection, session)?;
            measure(writing.connection, session, ended_at)
        })
        .await?;
        self.pack_events(session).await
    }

    /// Removes a session and everything recorded in it. People stay known.
    ///
    /// # Errors
    ///
    /// As any change of the database.
    pub async fn delete_session(&self, session: SessionId) -> Result<bool, StoreError> {
        self.write(move |writing| {
            writing.forget(session);
            Ok(diesel::delete(sessions::table.find(session)).execute(writing.connection)? > 0)
        })
        .await
    }

    /// Keeps which capture a session was read from.
    ///
    /// # Errors
    ///
    /// [`StoreError::KnownCapture`] if it was read before.
    pub async fn set_capture(&self, session: SessionId, hash: &str) -> Result<(), StoreError> {
        let hash = hash.to_owned();
        self.write(move |writing| {
            match by_capture(writing.connection, &hash)? {
                Some(known) if known != session => return Err(StoreError::KnownCapture(known)),
                _ => {}
            }
            diesel::update(sessions::table.find(session))
                .set(sessions::capture_hash.eq(&hash))
                .execute(writing.connection)?;
            Ok(())
        })
        .await
    }

    /// The session that was read from the capture with this hash.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn session_by_capture(&self, hash: &str) -> Result<Option<SessionId>, StoreError> {
        let hash = hash.to_owned();
        self.read(move |connection| by_capture(connection, &hash)).await
    }

    /// One session.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn session(&self, session: SessionId) -> Result<Option<Session>, StoreError> {
        self.read(move |connection| one(connection, session)).await
    }

    /// The sessions that have not ended, oldest first.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn open_sessions(&self) -> Result<Vec<Session>, StoreError> {
        self.read(|connection| {
            let found = sessions::table
                .filter(sessions::end_time.is_null())
                .order((sessions::start_time, sessions::session_id))
                .select(Facts::as_select())
                .load(connection)?;
            with_totals(connection, found)
        })
        .await
    }

    /// The session of a creator that began last.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn last_session_of(&self, creator: &Handle) -> Result<Option<Session>, StoreError> {
        let creator = Some(creator.clone());
        let filter = SessionFilter { creator, ..SessionFilter::default() };
        Ok(self.sessions(&filter, 1).await?.pop())
    }

    /// The sessions that `filter` lets through, newest first.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn sessions(&self, filter: &SessionFilter, limit: i64) -> Result<Vec<Session>, StoreError> {
        let filter = filter.clone();
        self.read(move |connection| {
            let found = filtered(&filter)
                .order((sessions::start_time.desc(), sessions::session_id.desc()))
                .limit(limit)
                .select(Facts::as_select())
                .load(connection)?;
            with_totals(connection, found)
        })
        .await
    }

    /// How many sessions `filter` lets through in all.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn count_sessions(&self, filter: &SessionFilter) -> Result<i64, StoreError> {
        let filter = SessionFilter { after: None, ..filter.clone() };
        self.read(move |connection| Ok(filtered(&filter).count().get_result(connection)?)).await
    }

    /// Counted messages of a session by TikTok's method name.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn methods(&self, session: SessionId) -> Result<Vec<(String, i64)>, StoreError> {
        self.read(move |connection| {
            Ok(session_methods::table
                .filter(session_methods::session_id.eq(session))
                .order(session_methods::method)
                .select((session_methods::method, session_methods::messages))
                .load(connection)?)
        })
        .await
    }
}

pub(super) fn one(
    connection: &mut SqliteConnection,
    session: SessionId,
) -> Result<Option<Session>, StoreError> {
    let found = sessions::table.find(session).select(Facts::as_select()).load(connection)?;
    Ok(with_totals(connection, found)?.pop())
}

fn begin(connection: &mut SqliteConnection, start: &SessionStart) -> Result<SessionId, StoreError> {
    let mut continues = start.continues;
    if matches!(start.origin, Origin::Live | Origin::Demo) {
        let known: Option<SessionId> = sessions::table
            .filter(sessions::account_username.eq(&start.creator))
            .filter(sessions::room_id.eq(start.room))
            .filter(sessions::origin.eq(start.origin))
            .order(sessions::start_time.desc())
            .select(sessions::session_id)
            .first(connection)
            .optional()?;
        // What was closed for good is not opened again: its raw events are gone.
        let closed = known.map(|known| thinned::is_closed(connection, known)).transpose()?;
        if closed == Some(true) {
            continues = known;
        } else if let Some(known) = known {
            diesel::update(sessions::table.find(known))
                .set(sessions::end_time.eq(None::<Stamp>))
                .execute(connection)?;
            return Ok(known);
        }
    }
    let number: i64 = diesel::update(last_session::table)
        .set(last_session::number.eq(last_session::number + 1))
        .returning(last_session::number)
        .get_result(connection)?;
    diesel::insert_into(sessions::table)
        .values((
            sessions::session_id.eq(SessionId(number)),
            sessions::account_username.eq(&start.creator),
            sessions::room_id.eq(start.room),
            sessions::start_time.eq(start.recorded_from),
            sessions::counted_to.eq(start.recorded_from),
            sessions::host_id.eq(start.host),
            sessions::title.eq(&start.title),
            sessions::live_since.eq(start.live_since),
            sessions::continues.eq(continues),
            sessions::origin.eq(start.origin),
        ))
        .execute(connection)?;
    Ok(SessionId(number))
}

pub(super) fn append(writing: &mut Writing<'_>, batch: &Batch) -> Result<(), StoreError> {
    let session = batch.session;
    events::append(writing, session, &batch.events)?;
    totals::put(writing, batch)?;
    let connection = &mut *writing.connection;
    facts::put(connection, session, &batch.events)?;
    batch.bins.iter().try_for_each(|bin| series::put_bin(connection, session, bin))?;
    batch.rows.iter().try_for_each(|row| series::put_interval(connection, session, row))?;
    batch.gaps.iter().try_for_each(|gap| series::put_gap(connection, session, gap))?;
    batch.pauses.iter().try_for_each(|pause| series::put_pause(connection, session, *pause))?;
    batch.people.iter().try_for_each(|person| people::add_activity(connection, session, person))?;
    batch.gifters.iter().try_for_each(|gifter| gifts::put_gifter(connection, session, gifter))?;
    batch.gifts.iter().try_for_each(|gift| gifts::put_gift(connection, session, gift))?;
    batch.given.iter().try_for_each(|given| gifts::put_given(connection, session, given))?;
    batch.streaks.iter().try_for_each(|streak| streaks::put_streak(connection, session, streak))?;
    batch.battles.iter().try_for_each(|battle| battles::put_battle(connection, session, battle))?;
    batch.learned.iter().try_for_each(|value| gifts::learn(connection, value))?;
    batch
        .methods
        .iter()
        .try_for_each(|(method, messages)| totals::put_method(connection, session, method, *messages))?;
    let newest_event = batch.events.iter().map(|event| event.at);
    let newest_gap = batch.gaps.iter().map(|gap| gap.to.unwrap_or(gap.from));
    if let Some(now) = newest_event.chain(newest_gap).max() {
        measure(connection, session, now)?;
    }
    Ok(())
}

/// Sets length and coverage of a session as of `now`. What has been reached is not taken back.
fn measure(connection: &mut SqliteConnection, session: SessionId, now: Stamp) -> Result<(), StoreError> {
    let (start, reached, ended): (Stamp, i64, Option<Stamp>) = sessions::table
        .find(session)
        .select((sessions::start_time, sessions::total_duration, sessions::end_time))
        .first(connection)?;
    let duration = match ended {
        Some(end) => end.ms_since(start).max(0),
        None => now.ms_since(start).max(reached),
    };
    let until = start + duration;
    let gaps: Vec<(Stamp, Option<Stamp>)> = gaps::table
        .filter(gaps::session_id.eq(session))
        .select((gaps::from_ms, gaps::to_ms))
        .load(connection)?;
    let missed: i64 = gaps
        .iter()
        .map(|(from, to)| to.unwrap_or(until).min(until).ms_since((*from).max(start)).max(0))
        .sum();
    let coverage = if duration == 0 { 1.0 } else { 1.0 - missed.min(duration) as f64 / duration as f64 };
    diesel::update(sessions::table.find(session))
        .set((sessions::total_duration.eq(duration), sessions::coverage.eq(coverage)))
        .execute(connection)?;
    Ok(())
}

fn by_capture(connection: &mut SqliteConnection, hash: &str) -> Result<Option<SessionId>, StoreError> {
    Ok(sessions::table
        .filter(sessions::capture_hash.eq(hash))
        .select(sessions::session_id)
        .first(connection)
        .optional()?)
}

type Filtered<'a> = sessions::BoxedQuery<'a, Sqlite>;

fn filtered(filter: &SessionFilter) -> Filtered<'_> {
    let mut query = sessions::table.into_boxed();
    if let Some(creator) = &filter.creator {
        query = query.filter(sessions::account_username.eq(creator));
    }
    if let Some(from) = filter.from {
        query = query.filter(sessions::start_time.ge(from));
    }
    if let Some(to) = filter.to {
        query = query.filter(sessions::start_time.lt(to));
    }
    if let Some((start, id)) = filter.after {
        let same_moment = sessions::start_time.eq(start).and(sessions::session_id.lt(id));
        query = query.filter(sessions::start_time.lt(start).or(same_moment));
    }
    query
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = sessions, check_for_backend(Sqlite))]
struct Facts {
    #[diesel(column_name = session_id)]
    id: SessionId,
    #[diesel(column_name = account_username)]
    creator: Handle,
    #[diesel(column_name = room_id)]
    room: RoomId,
    #[diesel(column_name = host_id)]
    host: Option<UserId>,
    title: String,
    live_since: Option<Stamp>,
    #[diesel(column_name = start_time)]
    recorded_from: Stamp,
    continues: Option<SessionId>,
    origin: Origin,
    #[diesel(column_name = end_time)]
    ended_at: Option<Stamp>,
    counted_to: Stamp,
    #[diesel(column_name = total_duration)]
    duration_ms: i64,
    coverage: f64,
    #[diesel(column_name = session_notes)]
    notes: String,
    #[diesel(column_name = total_comments)]
    comments: i64,
    #[diesel(column_name = total_likes)]
    likes: i64,
    #[diesel(column_name = total_gifts)]
    gift_units: i64,
    #[diesel(column_name = total_gifts_value)]
    diamonds: i64,
    #[diesel(column_name = total_follows)]
    follows: i64,
    #[diesel(column_name = total_shares)]
    shares: i64,
    #[diesel(column_name = total_joins)]
    joins: i64,
    peak_viewers: Option<i64>,
}

/// Adds their totals to sessions, in the same order.
fn with_totals(connection: &mut SqliteConnection, found: Vec<Facts>) -> Result<Vec<Session>, StoreError> {
    let ids: Vec<SessionId> = found.iter().map(|facts| facts.id).collect();
    let rows: Vec<TotalsRow> =
        session_totals::table.filter(among(session_totals::session_id, &ids)).load(connection)?;
    let rows: HashMap<SessionId, TotalsRow> = rows.into_iter().map(|row| (row.session_id, row)).collect();
    let kinds: Vec<(SessionId, String, i64)> =
        session_kinds::table.filter(among(session_kinds::session_id, &ids)).load(connection)?;
    let mut sessions: Vec<Session> =
        found.into_iter().map(|facts| session(rows.get(&facts.id), facts)).collect();
    let position: HashMap<SessionId, usize> = ids.into_iter().zip(0..).collect();
    for (id, kind, messages) in kinds {
        if let Some(kind) = Kind::ALL.into_iter().find(|known| known.as_str() == kind) {
            sessions[position[&id]].totals.events.set(kind, messages);
        }
    }
    Ok(sessions)
}

fn session(row: Option<&TotalsRow>, facts: Facts) -> Session {
    let mut totals = row.map(totals::totals).unwrap_or_default();
    totals.comments = facts.comments;
    totals.likes = facts.likes;
    totals.gift_units = facts.gift_units;
    totals.diamonds = facts.diamonds;
    totals.follows = facts.follows;
    totals.shares = facts.shares;
    totals.joins = facts.joins;
    totals.viewers.peak = facts.peak_viewers;
    Session {
        id: facts.id,
        start: SessionStart {
            creator: facts.creator,
            room: facts.room,
            host: facts.host,
            title: facts.title,
            live_since: facts.live_since,
            recorded_from: facts.recorded_from,
            continues: facts.continues,
            origin: facts.origin,
        },
        ended_at: facts.ended_at,
        counted_to: facts.counted_to,
        duration_ms: facts.duration_ms,
        coverage: facts.coverage,
        totals,
        notes: facts.notes,
    }
}
