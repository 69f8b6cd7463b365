//! Who gave what, and what gifts cost.

use super::schema::{gift_contributions, gift_values, gifter_gifts, people, session_gifts};
use super::{Store, StoreError};
use crate::domain::gift::{UnitValue, ValueSource};
use crate::domain::ids::{GiftId, SessionId, UserId};
use crate::domain::record::LearnedValue;
use crate::domain::time::Stamp;
use crate::domain::totals::{GiftTotal, GifterTotal, GivenGift};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use diesel::sqlite::SqliteConnection;
use std::cmp::Reverse;

/// What `gift_values.source` says of a price the user set; `event` means a gift's own event.
const BY_USER: &str = "user";
const BY_EVENT: &str = "event";

/// A price that is kept for later sessions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GiftValue {
    pub gift: GiftId,
    pub name: String,
    pub diamonds: u32,
    /// Set by the user rather than learned from an event.
    pub by_user: bool,
    pub updated_at: Stamp,
}

/// A gift that counts as 0 until somebody prices it.
#[derive(Clone, Debug, PartialEq, Eq, QueryableByName)]
pub struct UnpricedGift {
    #[diesel(sql_type = Text)]
    pub gift: GiftId,
    #[diesel(sql_type = Text)]
    pub name: String,
    #[diesel(sql_type = BigInt)]
    pub sessions: i64,
    #[diesel(sql_type = BigInt)]
    pub units: i64,
}

#[derive(Insertable, Queryable)]
#[diesel(table_name = gift_contributions, primary_key(session_id, user_id), treat_none_as_default_value = false)]
struct ContributionRow {
    session_id: SessionId,
    user_id: UserId,
    username: String,
    nickname: String,
    total_gifts: i64,
    total_value: i64,
    gift_types: i64,
    last_gift_time: Stamp,
    value_to_creator: i64,
    biggest_gift_id: GiftId,
    biggest_gift_value: i64,
    estimated: bool,
    first_gift_time: Stamp,
}

#[derive(Insertable, Queryable)]
#[diesel(table_name = session_gifts, primary_key(session_id, gift_id), treat_none_as_default_value = false)]
struct GiftRow {
    session_id: SessionId,
    gift_id: GiftId,
    gift_name: String,
    streakable: bool,
    diamond_value: i64,
    source: ValueSource,
    units: i64,
    diamonds: i64,
    streaks: i64,
}

impl Store {
    /// What each gift of a session added up to, most diamonds first.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn gift_totals(&self, session: SessionId) -> Result<Vec<GiftTotal>, StoreError> {
        self.read(move |connection| {
            let mut gifts = gift_totals(connection, session)?;
            gifts.sort_unstable_by_key(|gift| (Reverse(gift.diamonds), Reverse(gift.units), gift.gift));
            Ok(gifts)
        })
        .await
    }

    /// What each person gave of each gift in a session, person by person.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn given(&self, session: SessionId) -> Result<Vec<GivenGift>, StoreError> {
        self.read(move |connection| given(connection, session)).await
    }

    /// Every price that was learned or set.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn gift_values(&self) -> Result<Vec<GiftValue>, StoreError> {
        self.read(|connection| {
            let rows: Vec<(GiftId, String, i64, String, Stamp)> =
                gift_values::table.order(gift_values::gift_id).load(connection)?;
            rows.into_iter()
                .map(|(gift, name, diamonds, source, updated_at)| {
                    let by_user = source == BY_USER;
                    Ok(GiftValue { gift, name, diamonds: small(diamonds)?, by_user, updated_at })
                })
                .collect()
        })
        .await
    }
}

impl Store {
    /// Gifts that nobody could price so far, most given first; in how many sessions, and how many were given.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn unpriced_gifts(&self) -> Result<Vec<UnpricedGift>, StoreError> {
        self.read(|connection| {
            Ok(diesel::sql_query(
                "SELECT gift_id AS gift, max(gift_name) AS name, count(*) AS sessions, sum(units) AS units \
                 FROM session_gifts WHERE source = 'unknown' \
                 AND gift_id NOT IN (SELECT gift_id FROM gift_values) \
                 GROUP BY gift_id ORDER BY units DESC, gift_id LIMIT 200",
            )
            .load(connection)?)
        })
        .await
    }
}

pub(super) fn gift_totals(
    connection: &mut SqliteConnection,
    session: SessionId,
) -> Result<Vec<GiftTotal>, StoreError> {
    let rows: Vec<GiftRow> =
        session_gifts::table.filter(session_gifts::session_id.eq(session)).load(connection)?;
    rows.into_iter().map(gift_total).collect()
}

pub(super) fn gifter_totals(
    connection: &mut SqliteConnection,
    session: SessionId,
) -> Result<Vec<GifterTotal>, StoreError> {
    let rows: Vec<ContributionRow> =
        gift_contributions::table.filter(gift_contributions::session_id.eq(session)).load(connection)?;
    Ok(rows.iter().map(gifter_total).collect())
}

pub(super) fn given(
    connection: &mut SqliteConnection,
    session: SessionId,
) -> Result<Vec<GivenGift>, StoreError> {
    let rows: Vec<(UserId, GiftId, i64, i64)> = gifter_gifts::table
        .filter(gifter_gifts::session_id.eq(session))
        .order((gifter_gifts::user_id, gifter_gifts::gift_id))
        .select((gifter_gifts::user_id, gifter_gifts::gift_id, gifter_gifts::units, gifter_gifts::diamonds))
        .load(connection)?;
    Ok(rows
        .into_iter()
        .map(|(user, gift, units, diamonds)| GivenGift { user, gift, units, diamonds })
        .collect())
}

/// Keeps a price the user set.
pub(super) fn set_price(connection: &mut SqliteConnection, value: &LearnedValue) -> Result<(), StoreError> {
    put_value(connection, value, BY_USER)
}

/// Keeps a price that an event said; it replaces what was known before.
pub(super) fn learn(connection: &mut SqliteConnection, value: &LearnedValue) -> Result<(), StoreError> {
    put_value(connection, value, BY_EVENT)
}

/// Replaces what a person gave, under the names known of them now.
pub(super) fn put_gifter(
    connection: &mut SqliteConnection,
    session: SessionId,
    gifter: &GifterTotal,
) -> Result<(), StoreError> {
    let person = people::table.find(gifter.user);
    let (username, nickname, gave): (String, String, bool) = person
        .select((people::display_id, people::nickname, people::gave))
        .first(connection)
        .optional()?
        .unwrap_or_default();
    if !gave {
        diesel::update(person).set(people::gave.eq(true)).execute(connection)?;
    }
    let row = ContributionRow {
        session_id: session,
        user_id: gifter.user,
        username,
        nickname,
        total_gifts: gifter.units,
        total_value: gifter.diamonds,
        gift_types: gifter.gift_types,
        last_gift_time: gifter.last_gift_at,
        value_to_creator: gifter.diamonds_to_creator,
        biggest_gift_id: gifter.biggest_gift,
        biggest_gift_value: gifter.biggest_diamonds,
        estimated: gifter.estimated,
        first_gift_time: gifter.first_gift_at,
    };
    diesel::replace_into(gift_contributions::table).values(&row).execute(connection)?;
    Ok(())
}

pub(super) fn put_gift(
    connection: &mut SqliteConnection,
    session: SessionId,
    gift: &GiftTotal,
) -> Result<(), StoreError> {
    let row = GiftRow {
        session_id: session,
        gift_id: gift.gift,
        gift_name: gift.name.clone(),
        streakable: gift.streakable,
        diamond_value: i64::from(gift.value.diamonds),
        source: gift.value.source,
        units: gift.units,
        diamonds: gift.diamonds,
        streaks: gift.streaks,
    };
    diesel::replace_into(session_gifts::table).values(&row).execute(connection)?;
    Ok(())
}

pub(super) fn put_given(
    connection: &mut SqliteConnection,
    session: SessionId,
    given: &GivenGift,
) -> Result<(), StoreError> {
    let sums = (gifter_gifts::units.eq(given.units), gifter_gifts::diamonds.eq(given.diamonds));
    diesel::replace_into(gifter_gifts::table)
        .values((
            gifter_gifts::session_id.eq(session),
            gifter_gifts::user_id.eq(given.user),
            gifter_gifts::gift_id.eq(given.gift),
            sums,
        ))
        .execute(connection)?;
    Ok(())
}

fn put_value(
    connection: &mut SqliteConnection,
    value: &LearnedValue,
    source: &str,
) -> Result<(), StoreError> {
    let price = (
        gift_values::gift_name.eq(&value.name),
        gift_values::diamond_value.eq(i64::from(value.diamonds)),
        gift_values::source.eq(source),
        gift_values::last_updated.eq(value.at),
    );
    diesel::insert_into(gift_values::table)
        .values((gift_values::gift_id.eq(value.gift), price))
        .on_conflict(gift_values::gift_id)
        .do_update()
        .set(price)
        .execute(connection)?;
    Ok(())
}

fn gifter_total(row: &ContributionRow) -> GifterTotal {
    GifterTotal {
        user: row.user_id,
        units: row.total_gifts,
        diamonds: row.total_value,
        diamonds_to_creator: row.value_to_creator,
        gift_types: row.gift_types,
        biggest_diamonds: row.biggest_gift_value,
        biggest_gift: row.biggest_gift_id,
        first_gift_at: row.first_gift_time,
        last_gift_at: row.last_gift_time,
        estimated: row.estimated,
    }
}

fn gift_total(row: GiftRow) -> Result<GiftTotal, StoreError> {
    Ok(GiftTotal {
        gift: row.gift_id,
        name: row.gift_name,
        streakable: row.streakable,
        value: UnitValue { diamonds: small(row.diamond_value)?, source: row.source },
        units: row.units,
        diamonds: row.diamonds,
        streaks: row.streaks,
    })
}

pub(super) fn small(value: i64) -> Result<u32, StoreError> {
    value.try_into().map_err(|_| StoreError::Corrupt(format!("{value} is out of range")))
}
