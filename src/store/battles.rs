//! Battles between creators. Scores are not diamonds.

use super::schema::{battle_sides, battles};
use super::{Store, StoreError};
use crate::domain::ids::{BattleId, SessionId, UserId};
use crate::domain::time::Stamp;
use crate::domain::totals::{BattleFacts, BattleSideFacts};
use diesel::prelude::*;
use diesel::sqlite::SqliteConnection;

impl Store {
    /// The battles of a session, oldest first.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn battles(&self, session: SessionId) -> Result<Vec<BattleFacts>, StoreError> {
        self.read(move |connection| {
            let found: Vec<(BattleId, Stamp, Option<Stamp>)> = battles::table
                .filter(battles::session_id.eq(session))
                .order((battles::started_at, battles::battle_id))
                .select((battles::battle_id, battles::started_at, battles::ended_at))
                .load(connection)?;
            found
                .into_iter()
                .map(|(id, started_at, ended_at)| {
                    let sides: Vec<(UserId, String, String, i64)> = battle_sides::table
                        .filter(battle_sides::session_id.eq(session))
                        .filter(battle_sides::battle_id.eq(id))
                        .order(battle_sides::side)
                        .select((
                            battle_sides::host_id,
                            battle_sides::display_id,
                            battle_sides::nickname,
                            battle_sides::score,
                        ))
                        .load(connection)?;
                    let sides = sides
                        .into_iter()
                        .map(|(host, display_id, nickname, score)| BattleSideFacts {
                            host,
                            display_id,
                            nickname,
                            score,
                        })
                        .collect();
                    Ok(BattleFacts { id, started_at, ended_at, sides })
                })
                .collect()
        })
        .await
    }
}

pub(super) fn put_battle(
    connection: &mut SqliteConnection,
    session: SessionId,
    battle: &BattleFacts,
) -> Result<(), StoreError> {
    let when = (battles::started_at.eq(battle.started_at), battles::ended_at.eq(battle.ended_at));
    diesel::insert_into(battles::table)
        .values((battles::session_id.eq(session), battles::battle_id.eq(battle.id), when))
        .on_conflict((battles::session_id, battles::battle_id))
        .do_update()
        .set(when)
        .execute(connection)?;
    diesel::delete(battle_sides::table)
        .filter(battle_sides::session_id.eq(session))
        .filter(battle_sides::battle_id.eq(battle.id))
        .execute(connection)?;
    for (number, side) in (0_i64..).zip(&battle.sides) {
        diesel::insert_into(battle_sides::table)
            .values((
                battle_sides::session_id.eq(session),
                battle_sides::battle_id.eq(battle.id),
                battle_sides::side.eq(number),
                battle_sides::host_id.eq(side.host),
                battle_sides::display_id.eq(&side.display_id),
                battle_sides::nickname.eq(&side.nickname),
                battle_sides::score.eq(side.score),
            ))
            .execute(connection)?;
    }
    Ok(())
}
