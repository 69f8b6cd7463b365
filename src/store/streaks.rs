//! Streaks, so that what was counted once is never counted again.

use super::gifts::small;
use super::schema::streaks;
use super::{Store, StoreError};
use crate::domain::ids::{GiftId, SessionId, UserId};
use crate::domain::time::Stamp;
use crate::domain::totals::{StreakKey, StreakState, StreakTotal};
use diesel::prelude::*;
use diesel::sqlite::SqliteConnection;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StreakCounts {
    pub all: i64,
    /// Those whose end was not seen.
    pub open: i64,
}

#[derive(Insertable, Queryable)]
#[diesel(
    table_name = streaks,
    primary_key(session_id, user_id, gift_id, group_id, round),
    treat_none_as_default_value = false
)]
struct StreakRow {
    session_id: SessionId,
    user_id: UserId,
    gift_id: GiftId,
    group_id: i64,
    round: i64,
    receiver_id: Option<UserId>,
    units: i64,
    diamonds: i64,
    ended: bool,
    started_at: Stamp,
    updated_at: Stamp,
}

impl Store {
    /// How many streaks a session had.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn streak_counts(&self, session: SessionId) -> Result<StreakCounts, StoreError> {
        self.read(move |connection| {
            let all = streaks::table.filter(streaks::session_id.eq(session));
            Ok(StreakCounts {
                all: all.count().get_result(connection)?,
                open: all.filter(streaks::ended.eq(false)).count().get_result(connection)?,
            })
        })
        .await
    }

    /// One streak, for those that no longer are in memory.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn streak(
        &self,
        session: SessionId,
        key: StreakKey,
    ) -> Result<Option<StreakTotal>, StoreError> {
        self.read(move |connection| {
            let key = (session, key.user, key.gift, key.group, i64::from(key.round));
            let row: Option<StreakRow> = streaks::table.find(key).first(connection).optional()?;
            row.as_ref().map(streak_total).transpose()
        })
        .await
    }

    /// Every streak of a session, in the order they began.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn streaks(&self, session: SessionId) -> Result<Vec<StreakTotal>, StoreError> {
        self.read(move |connection| streaks(connection, session)).await
    }
}

pub(super) fn streaks(
    connection: &mut SqliteConnection,
    session: SessionId,
) -> Result<Vec<StreakTotal>, StoreError> {
    let rows: Vec<StreakRow> = streaks::table
        .filter(streaks::session_id.eq(session))
        .order((streaks::started_at, streaks::user_id, streaks::gift_id, streaks::round))
        .load(connection)?;
    rows.iter().map(streak_total).collect()
}

pub(super) fn put_streak(
    connection: &mut SqliteConnection,
    session: SessionId,
    streak: &StreakTotal,
) -> Result<(), StoreError> {
    let row = StreakRow {
        session_id: session,
        user_id: streak.key.user,
        gift_id: streak.key.gift,
        group_id: streak.key.group,
        round: i64::from(streak.key.round),
        receiver_id: streak.receiver,
        units: streak.units,
        diamonds: streak.diamonds,
        ended: streak.state == StreakState::Ended,
        started_at: streak.started_at,
        updated_at: streak.updated_at,
    };
    diesel::replace_into(streaks::table).values(&row).execute(connection)?;
    Ok(())
}

fn streak_total(row: &StreakRow) -> Result<StreakTotal, StoreError> {
    let round = small(row.round)?;
    Ok(StreakTotal {
        key: StreakKey { user: row.user_id, gift: row.gift_id, group: row.group_id, round },
        receiver: row.receiver_id,
        units: row.units,
        diamonds: row.diamonds,
        state: if row.ended { StreakState::Ended } else { StreakState::Open },
        started_at: row.started_at,
        updated_at: row.updated_at,
    })
}
