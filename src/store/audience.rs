//! How many people of a session did something, and how many of them were there before.

use super::people::Activities;
use super::schema::session_people;
use super::{Store, StoreError};
use crate::domain::handle::Handle;
use crate::domain::ids::SessionId;
use crate::domain::time::Stamp;
use crate::domain::totals::PersonActivity;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

/// The people of a session.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, QueryableByName)]
pub struct Audience {
    /// Everyone who did anything, joined or more.
    #[diesel(sql_type = BigInt)]
    pub seen: i64,
    /// Those who commented, liked, gave, shared or followed.
    #[diesel(sql_type = BigInt)]
    pub engaged: i64,
}

/// The gifters of an earlier session.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, QueryableByName)]
pub struct GiftersBack {
    #[diesel(sql_type = BigInt)]
    pub gifters: i64,
    /// Those of them who were seen in a later session.
    #[diesel(sql_type = BigInt)]
    pub back: i64,
}

/// By what the most active people of a session are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MostBy {
    Comments,
    Likes,
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    people: i64,
}

impl Store {
    /// How many people a session had.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn audience(&self, session: SessionId) -> Result<Audience, StoreError> {
        self.read(move |connection| {
            let found = diesel::sql_query(
                "SELECT count(*) AS seen, coalesce(sum(comments + likes + gift_units + follows + shares > 0), 0) \
                 AS engaged FROM session_people WHERE session_id = ?",
            );
            Ok(found.bind::<Text, _>(session).get_result(connection)?)
        })
        .await
    }

    /// How many people of a session were also seen in a session of this creator that began from `from` up
    /// to before `to`; `None` if there was no such session.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn returning(
        &self,
        session: SessionId,
        creator: &Handle,
        from: Stamp,
        to: Stamp,
    ) -> Result<Option<i64>, StoreError> {
        let creator = creator.clone();
        self.read(move |connection| {
            let earlier = "SELECT session_id FROM sessions \
                           WHERE account_username = ? AND start_time >= ? AND start_time < ?";
            let sessions: Count = diesel::sql_query(format!("SELECT count(*) AS people FROM ({earlier})"))
                .bind::<Text, _>(&creator)
                .bind::<BigInt, _>(from)
                .bind::<BigInt, _>(to)
                .get_result(connection)?;
            if sessions.people == 0 {
                return Ok(None);
            }
            // The plus keeps SQLite from probing the index for each person and each earlier session.
            let found: Count = diesel::sql_query(format!(
                "SELECT count(*) AS people FROM session_people AS here WHERE here.session_id = ? AND EXISTS \
                 (SELECT 1 FROM session_people AS there INDEXED BY session_people_by_person \
                 WHERE there.user_id = here.user_id AND +there.session_id IN ({earlier}))"
            ))
            .bind::<Text, _>(session)
            .bind::<Text, _>(&creator)
            .bind::<BigInt, _>(from)
            .bind::<BigInt, _>(to)
            .get_result(connection)?;
            Ok(Some(found.people))
        })
        .await
    }

    /// How many gifters `previous` had, and how many of them were seen in `session`.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn gifters_back(
        &self,
        session: SessionId,
        previous: SessionId,
    ) -> Result<GiftersBack, StoreError> {
        self.read(move |connection| {
            let found: GiftersBack = diesel::sql_query(
                "SELECT count(*) AS gifters, coalesce(sum(EXISTS (SELECT 1 FROM session_people \
                 WHERE session_id = ? AND session_people.user_id = gift_contributions.user_id)), 0) AS back \
                 FROM gift_contributions WHERE session_id = ?",
            )
            .bind::<Text, _>(session)
            .bind::<Text, _>(previous)
            .get_result(connection)?;
            Ok(found)
        })
        .await
    }

    /// Who did most in a session, most first; people who did nothing of it are left out.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn most_active(
        &self,
        session: SessionId,
        by: MostBy,
        limit: i64,
    ) -> Result<Vec<PersonActivity>, StoreError> {
        self.read(move |connection| {
            let all = session_people::table.filter(session_people::session_id.eq(session)).limit(limit);
            let rows = match by {
                MostBy::Comments => all
                    .filter(session_people::comments.gt(0))
                    .order((session_people::comments.desc(), session_people::user_id))
                    .load(connection)?,
                MostBy::Likes => all
                    .filter(session_people::likes.gt(0))
                    .order((session_people::likes.desc(), session_people::user_id))
                    .load(connection)?,
            };
            Activities(rows).named(connection)
        })
        .await
    }
}
