//! Everyone who gave, however many they are: page by page, without holding them all.
//!
//! Where a page of the dashboard shows the first fifty, a file lists all. SQLite sorts on disk, and
//! whoever asked takes what is read while more is read.

use super::{Store, StoreError};
use crate::domain::ids::{GiftId, SessionId, UserId};
use crate::domain::time::Stamp;
use diesel::connection::DefaultLoadingMode;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Text};
use tokio::sync::mpsc::Sender;

/// Rows of a page: enough to be quick, few enough to be small.
const PAGE: usize = 1_000;

/// What somebody gave in one session, under the name used last.
#[derive(Clone, Debug, PartialEq, Eq, QueryableByName)]
pub struct Contribution {
    #[diesel(sql_type = Text)]
    pub user: UserId,
    #[diesel(sql_type = Text)]
    pub display_id: String,
    #[diesel(sql_type = Text)]
    pub nickname: String,
    #[diesel(sql_type = BigInt)]
    pub units: i64,
    #[diesel(sql_type = BigInt)]
    pub diamonds: i64,
    #[diesel(sql_type = BigInt)]
    pub diamonds_to_creator: i64,
    /// Distinct gifts.
    #[diesel(sql_type = BigInt)]
    pub gift_types: i64,
    #[diesel(sql_type = Text)]
    pub biggest_gift: GiftId,
    #[diesel(sql_type = Text)]
    pub biggest_gift_name: String,
    #[diesel(sql_type = BigInt)]
    pub biggest_gift_diamonds: i64,
    #[diesel(sql_type = BigInt)]
    pub last_gift_at: Stamp,
    /// Whether a part rests on a value that the gift's own event did not say.
    #[diesel(sql_type = Bool)]
    pub estimated: bool,
}

/// What somebody gave over several sessions, under the name used last.
#[derive(Clone, Debug, PartialEq, Eq, QueryableByName)]
pub struct Giver {
    #[diesel(sql_type = Text)]
    pub user: UserId,
    #[diesel(sql_type = Text)]
    pub display_id: String,
    #[diesel(sql_type = Text)]
    pub nickname: String,
    #[diesel(sql_type = BigInt)]
    pub units: i64,
    #[diesel(sql_type = BigInt)]
    pub diamonds: i64,
    #[diesel(sql_type = BigInt)]
    pub diamonds_to_creator: i64,
    /// Distinct gifts over all the sessions.
    #[diesel(sql_type = BigInt)]
    pub gift_types: i64,
    #[diesel(sql_type = BigInt)]
    pub sessions: i64,
    #[diesel(sql_type = BigInt)]
    pub last_gift_at: Stamp,
    #[diesel(sql_type = Bool)]
    pub estimated: bool,
}

impl Store {
    /// Sends everyone who gave in a session, most diamonds first; ends early when nobody listens.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn each_contribution(
        &self,
        session: SessionId,
        pages: Sender<Vec<Contribution>>,
    ) -> Result<(), StoreError> {
        self.read(move |connection| {
            let rows = diesel::sql_query(
                "SELECT given.user_id AS user, coalesce(people.display_id, username) AS display_id, \
                     coalesce(people.nickname, given.nickname) AS nickname, total_gifts AS units, \
                     total_value AS diamonds, value_to_creator AS diamonds_to_creator, gift_types, \
                     biggest_gift_id AS biggest_gift, coalesce(gift_name, '') AS biggest_gift_name, \
                     biggest_gift_value AS biggest_gift_diamonds, last_gift_time AS last_gift_at, estimated \
                 FROM gift_contributions AS given \
                 LEFT JOIN people ON people.user_id = given.user_id \
                 LEFT JOIN session_gifts AS gifts \
                     ON gifts.session_id = given.session_id AND gifts.gift_id = biggest_gift_id \
                 WHERE given.session_id = ? \
                 ORDER BY total_value DESC, total_gifts DESC, given.user_id",
            )
            .bind::<Text, _>(session);
            send(rows.load_iter::<Contribution, DefaultLoadingMode>(connection)?, &pages)
        })
        .await
    }

    /// Sends everyone who gave in any of `sessions`, most diamonds first; ends early when nobody
    /// listens.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn each_giver(
        &self,
        sessions: &[SessionId],
        pages: Sender<Vec<Giver>>,
    ) -> Result<(), StoreError> {
        let sessions = json(sessions);
        self.read(move |connection| {
            let rows = diesel::sql_query(
                "WITH chosen AS MATERIALIZED (SELECT value AS session_id FROM json_each(?)), \
                 types AS (SELECT user_id, count(DISTINCT gift_id) AS gift_types FROM chosen \
                     JOIN gifter_gifts USING (session_id) GROUP BY user_id), \
                 sums AS (SELECT user_id, sum(total_gifts) AS units, sum(total_value) AS diamonds, \
                     sum(value_to_creator) AS diamonds_to_creator, count(*) AS sessions, \
                     max(last_gift_time) AS last_gift_at, max(estimated) AS estimated \
                     FROM chosen JOIN gift_contributions USING (session_id) GROUP BY user_id) \
                 SELECT sums.user_id AS user, coalesce(display_id, '') AS display_id, \
                     coalesce(nickname, '') AS nickname, units, diamonds, diamonds_to_creator, \
                     coalesce(gift_types, 0) AS gift_types, sessions, last_gift_at, estimated \
                 FROM sums LEFT JOIN types USING (user_id) \
                 LEFT JOIN people ON people.user_id = sums.user_id \
                 ORDER BY diamonds DESC, units DESC, sums.user_id",
            )
            .bind::<Text, _>(sessions);
            send(rows.load_iter::<Giver, DefaultLoadingMode>(connection)?, &pages)
        })
        .await
    }
}

/// Session ids as a list that one parameter carries, however many they are.
pub(super) fn json(sessions: &[SessionId]) -> String {
    let quoted: Vec<String> = sessions.iter().map(|id| format!("\"{id}\"")).collect();
    format!("[{}]", quoted.join(","))
}

fn send<T>(rows: impl Iterator<Item = QueryResult<T>>, pages: &Sender<Vec<T>>) -> Result<(), StoreError> {
    let mut page = Vec::with_capacity(PAGE);
    for row in rows {
        page.push(row?);
        if page.len() == PAGE
            && pages.blocking_send(std::mem::replace(&mut page, Vec::with_capacity(PAGE))).is_err()
        {
            return Ok(());
        }
    }
    if !page.is_empty() {
        // Nobody listens any more: then nobody misses it.
        let _ = pages.blocking_send(page);
    }
    Ok(())
}
