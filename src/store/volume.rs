//! How much is kept of some sessions, for who wants to know before asking for all of it.

use super::among::list;
use super::schema::sessions;
use super::sessions::SessionFilter;
use super::{Store, StoreError};
use crate::domain::ids::SessionId;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

/// Rows of some sessions, by what they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, QueryableByName)]
pub struct Volume {
    #[diesel(sql_type = BigInt)]
    pub sessions: i64,
    /// Recorded time of all of them together, in milliseconds.
    #[diesel(sql_type = BigInt)]
    pub duration_ms: i64,
    #[diesel(sql_type = BigInt)]
    pub intervals: i64,
    /// Everyone who gave, once for each session.
    #[diesel(sql_type = BigInt)]
    pub contributions: i64,
    /// Gifts, once for each session.
    #[diesel(sql_type = BigInt)]
    pub gifts: i64,
    #[diesel(sql_type = BigInt)]
    pub answered: i64,
    /// Notable rises and drops of the newest answers.
    #[diesel(sql_type = BigInt)]
    pub windows: i64,
    #[diesel(sql_type = BigInt)]
    pub markers: i64,
    #[diesel(sql_type = BigInt)]
    pub battles: i64,
    #[diesel(sql_type = BigInt)]
    pub gaps: i64,
}

impl Store {
    /// The numbers of the sessions that `filter` lets through, oldest first. Of the filter, only
    /// creator and range count.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn session_ids(&self, filter: &SessionFilter) -> Result<Vec<SessionId>, StoreError> {
        let filter = filter.clone();
        self.read(move |connection| {
            let mut chosen = sessions::table.select(sessions::session_id).into_boxed();
            if let Some(creator) = filter.creator {
                chosen = chosen.filter(sessions::account_username.eq(creator));
            }
            if let Some(from) = filter.from {
                chosen = chosen.filter(sessions::start_time.ge(from));
            }
            if let Some(to) = filter.to {
                chosen = chosen.filter(sessions::start_time.lt(to));
            }
            Ok(chosen.order((sessions::start_time, sessions::session_id)).load(connection)?)
        })
        .await
    }

    /// How much is kept of these sessions.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn volume(&self, sessions: &[SessionId]) -> Result<Volume, StoreError> {
        let sessions = list(sessions);
        self.read(move |connection| {
            Ok(diesel::sql_query(
                "WITH chosen AS MATERIALIZED (SELECT value AS session_id FROM json_each(?)), \
                 newest AS (SELECT session_id, max(timestamp) AS timestamp \
                     FROM chosen JOIN answers USING (session_id) GROUP BY session_id) \
                 SELECT count(*) AS sessions, coalesce(sum(total_duration), 0) AS duration_ms, \
                     coalesce(sum(unique_gifters), 0) AS contributions, \
                     (SELECT count(*) FROM chosen JOIN session_analytics USING (session_id)) AS intervals, \
                     (SELECT count(*) FROM chosen JOIN session_gifts USING (session_id)) AS gifts, \
                     (SELECT count(*) FROM newest) AS answered, \
                     (SELECT count(*) FROM newest JOIN viewer_windows USING (session_id, timestamp)) AS windows, \
                     (SELECT count(*) FROM chosen JOIN markers USING (session_id)) AS markers, \
                     (SELECT count(*) FROM chosen JOIN battles USING (session_id)) AS battles, \
                     (SELECT count(*) FROM chosen JOIN gaps USING (session_id)) AS gaps \
                 FROM chosen JOIN sessions USING (session_id) JOIN session_totals USING (session_id)",
            )
            .bind::<Text, _>(sessions)
            .get_result(connection)?)
        })
        .await
    }

    /// How many people gave in any of these sessions.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn count_givers(&self, sessions: &[SessionId]) -> Result<i64, StoreError> {
        #[derive(QueryableByName)]
        struct Count {
            #[diesel(sql_type = BigInt)]
            givers: i64,
        }
        let sessions = list(sessions);
        self.read(move |connection| {
            let count: Count = diesel::sql_query(
                "SELECT count(DISTINCT user_id) AS givers FROM json_each(?) AS chosen \
                 JOIN gift_contributions ON session_id = chosen.value",
            )
            .bind::<Text, _>(sessions)
            .get_result(connection)?;
            Ok(count.givers)
        })
        .await
    }
}
