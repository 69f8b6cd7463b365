//! Answers to "why did viewers change?", kept as they were given.
//!
//! An answer stays when it claims something else than the one before; while the claims are the
//! same, each answer takes the place of the provisional one before it. `viewer_correlations` and
//! `viewer_windows` say the same as `answers`, for people who query the database themselves.

use super::schema::{answers, event_segments, sessions, viewer_correlations, viewer_windows};
use super::sessions::SessionFilter;
use super::{Store, StoreError};
use crate::domain::answer::{Answer, DriverAnswer, Slope, WindowAnswer};
use crate::domain::handle::Handle;
use crate::domain::ids::SessionId;
use crate::domain::session::Session;
use crate::domain::time::Stamp;
use diesel::dsl::{exists, not};
use diesel::prelude::*;
use diesel::sqlite::SqliteConnection;

/// So many of a creator's newest sessions are looked at together.
pub const MOST_SESSIONS: i64 = 400;

impl Store {
    /// Keeps an answer as it was given. One that is older than the newest kept one is not kept: the
    /// session has been answered since.
    ///
    /// # Errors
    ///
    /// As any change of the database, also if there is no such session.
    pub async fn keep_answer(&self, session: SessionId, answer: &Answer) -> Result<(), StoreError> {
        let answer = answer.clone();
        let body = serde_json::to_string(&answer)
            .map_err(|error| StoreError::Other(format!("an answer cannot be written: {error}")))?;
        self.write(move |writing| keep(writing.connection, session, &answer, &body)).await
    }

    /// The newest answer of a session. What this version cannot read counts as not kept.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn answer(&self, session: SessionId) -> Result<Option<Answer>, StoreError> {
        self.read(move |connection| newest_answer(connection, session)).await
    }

    /// What was answered for a session whenever the claims changed, oldest first, and at last.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn answer_history(&self, session: SessionId) -> Result<Vec<Answer>, StoreError> {
        self.read(move |connection| {
            let bodies: Vec<String> = answers::table
                .filter(answers::session_id.eq(session))
                .order(answers::timestamp)
                .select(answers::body)
                .load(connection)?;
            Ok(bodies.iter().filter_map(|body| read(body)).collect())
        })
        .await
    }

    /// The sessions that ended without a last answer but have the events for one, newest first.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn unanswered_sessions(&self) -> Result<Vec<SessionId>, StoreError> {
        self.read(|connection| {
            let events = event_segments::table.filter(event_segments::session_id.eq(sessions::session_id));
            let last_word = answers::table
                .filter(answers::session_id.eq(sessions::session_id))
                .filter(answers::timestamp.nullable().ge(sessions::end_time));
            Ok(sessions::table
                .filter(sessions::end_time.is_not_null())
                .filter(exists(events))
                .filter(not(exists(last_word)))
                .order((sessions::start_time.desc(), sessions::session_id.desc()))
                .select(sessions::session_id)
                .load(connection)?)
        })
        .await
    }

    /// The newest 400 sessions of a creator that began from `from` up to before `to`, oldest first,
    /// each with its newest answer, if one is kept.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn answers_of(
        &self,
        creator: &Handle,
        from: Stamp,
        to: Stamp,
    ) -> Result<Vec<(Session, Option<Answer>)>, StoreError> {
        let filter = SessionFilter {
            creator: Some(creator.clone()),
            from: Some(from),
            to: Some(to),
            ..SessionFilter::default()
        };
        let mut found = self.sessions(&filter, MOST_SESSIONS).await?;
        found.reverse();
        self.read(move |connection| {
            let answered = |session: Session| Ok((newest_answer(connection, session.id)?, session));
            let answers: Result<Vec<_>, StoreError> = found.into_iter().map(answered).collect();
            Ok(answers?.into_iter().map(|(answer, session)| (session, answer)).collect())
        })
        .await
    }

    /// What the sessions of a creator that ended in the 90 days before a moment found, session by
    /// session: what helps to name the causes of rises and drops in a session that begins then.
    ///
    /// # Errors
    ///
    /// If the database cannot be read.
    pub async fn past_slopes(&self, creator: &Handle, before: Stamp) -> Result<Vec<Vec<Slope>>, StoreError> {
        let answers = self.answers_of(creator, before - PAST_MS, before).await?;
        let ended = answers.into_iter().filter(|(session, _)| session.ended_at.is_some());
        Ok(ended.filter_map(|(_, answer)| Some(answer?.slopes)).filter(|slopes| !slopes.is_empty()).collect())
    }
}

/// What sessions before this long ago say of a creator is not used for new ones.
const PAST_MS: i64 = 90 * 24 * 3600 * 1000;

fn read(body: &str) -> Option<Answer> {
    serde_json::from_str(body).ok()
}

fn newest_answer(
    connection: &mut SqliteConnection,
    session: SessionId,
) -> Result<Option<Answer>, StoreError> {
    Ok(newest(connection, session)?.and_then(|row| read(&row.body)))
}

#[derive(Queryable)]
struct Row {
    timestamp: Stamp,
    provisional: bool,
    body: String,
}

fn newest(connection: &mut SqliteConnection, session: SessionId) -> Result<Option<Row>, StoreError> {
    Ok(answers::table
        .filter(answers::session_id.eq(session))
        .order(answers::timestamp.desc())
        .select((answers::timestamp, answers::provisional, answers::body))
        .first(connection)
        .optional()?)
}

fn keep(
    connection: &mut SqliteConnection,
    session: SessionId,
    answer: &Answer,
    body: &str,
) -> Result<(), StoreError> {
    if let Some(row) = newest(connection, session)? {
        if row.timestamp > answer.at {
            return Ok(());
        }
        if row.provisional || row.timestamp == answer.at {
            remove(connection, session, row.timestamp)?;
        }
    }
    let before = newest_answer(connection, session)?;
    diesel::insert_into(answers::table)
        .values((
            answers::session_id.eq(session),
            answers::timestamp.eq(answer.at),
            answers::provisional.eq(before.is_some_and(|before| before.claims() == answer.claims())),
            answers::body.eq(body),
        ))
        .execute(connection)?;
    answer.drivers.iter().try_for_each(|driver| put_driver(connection, session, answer.at, driver))?;
    answer.windows.iter().try_for_each(|window| put_window(connection, session, answer.at, window))
}

fn remove(connection: &mut SqliteConnection, session: SessionId, at: Stamp) -> Result<(), StoreError> {
    diesel::delete(answers::table.find((session, at))).execute(connection)?;
    let drivers = viewer_correlations::table.filter(viewer_correlations::session_id.eq(session));
    diesel::delete(drivers.filter(viewer_correlations::timestamp.eq(at))).execute(connection)?;
    let windows = viewer_windows::table.filter(viewer_windows::session_id.eq(session));
    diesel::delete(windows.filter(viewer_windows::timestamp.eq(at))).execute(connection)?;
    Ok(())
}

fn put_driver(
    connection: &mut SqliteConnection,
    session: SessionId,
    at: Stamp,
    of: &DriverAnswer,
) -> Result<(), StoreError> {
    diesel::insert_into(viewer_correlations::table)
        .values((
            viewer_correlations::session_id.eq(session),
            viewer_correlations::timestamp.eq(at),
            viewer_correlations::driver.eq(of.driver.as_str()),
            viewer_correlations::verdict.eq(of.verdict.as_str()),
            viewer_correlations::level.eq(of.level.as_str()),
            viewer_correlations::effect_per_unit.eq(of.per_unit.map(|range| range.estimate)),
            viewer_correlations::effect_low.eq(of.per_unit.map(|range| range.low)),
            viewer_correlations::effect_high.eq(of.per_unit.map(|range| range.high)),
            viewer_correlations::lag_s.eq(of.lag_s),
            viewer_correlations::p_value.eq(of.p_value),
            viewer_correlations::bursts.eq(i64::from(of.bursts)),
            viewer_correlations::hits.eq(i64::from(of.hits)),
            viewer_correlations::hits_by_chance.eq(of.hits_by_chance),
        ))
        .execute(connection)?;
    Ok(())
}

fn put_window(
    connection: &mut SqliteConnection,
    session: SessionId,
    at: Stamp,
    window: &WindowAnswer,
) -> Result<(), StoreError> {
    diesel::insert_into(viewer_windows::table)
        .values((
            viewer_windows::session_id.eq(session),
            viewer_windows::timestamp.eq(at),
            viewer_windows::from_ms.eq(window.from),
            viewer_windows::to_ms.eq(window.to),
            viewer_windows::viewers.eq(window.viewers),
            viewer_windows::viewer_change.eq(window.change),
            viewer_windows::cause.eq(window.cause.as_str()),
            viewer_windows::confidence.eq(window.confidence),
            viewer_windows::occasion_at.eq(window.occasion.map(|occasion| occasion.at)),
            viewer_windows::occasion_units.eq(window.occasion.map(|occasion| occasion.units)),
            viewer_windows::occasion_gift_id.eq(window.occasion.and_then(|occasion| occasion.gift)),
        ))
        .execute(connection)?;
    Ok(())
}
