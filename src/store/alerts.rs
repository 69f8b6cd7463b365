//! What was told, and to whom it is still to be sent.

use super::schema::{alerts, erasures, gift_contributions, sessions, webhook_deliveries, webhooks};
use super::{Store, StoreError};
use crate::domain::alert::{Alert, Channels, Occasion, Somebody, What};
use crate::domain::handle::Handle;
use crate::domain::ids::{SessionId, UserId};
use crate::domain::time::Stamp;
use diesel::dsl::{exists, max, sum};
use diesel::prelude::*;
use diesel::sqlite::SqliteConnection;

/// So many alerts are kept, for so long.
const MOST: i64 = 1000;
const KEPT_MS: i64 = 30 * 86_400_000;

/// So many deliveries may wait for one webhook; the oldest give way.
const MOST_WAITING: i64 = 500;

/// A page is given so many alerts at a time.
const MOST_NEWS: i64 = 20;

pub(super) const WAITING: &str = "waiting";
pub(super) const DELIVERED: &str = "delivered";
pub(super) const FAILED: &str = "failed";

/// Where an alert comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    pub creator: Handle,
    pub session: Option<SessionId>,
}

impl Store {
    /// Keeps an occasion, to be told through `channels`. Returns the number of its alert; `None` if it was
    /// told before, or is about somebody who asked to be erased.
    ///
    /// # Errors
    ///
    /// As any change of the database.
    pub async fn add_alert(
        &self,
        source: Source,
        occasion: Occasion,
        message: String,
        channels: Channels,
    ) -> Result<Option<i64>, StoreError> {
        self.write(move |writing| {
            let connection = &mut *writing.connection;
            if let Some(who) = &occasion.who
                && diesel::select(exists(erasures::table.find(who.user))).get_result(connection)?
            {
                return Ok(None);
            }
            let Some(id) = insert(connection, &source, &occasion, &message, channels.page())? else {
                return Ok(None);
            };
            if channels.webhooks() {
                let enabled: Vec<i64> = webhooks::table
                    .filter(webhooks::enabled)
                    .select(webhooks::webhook_id)
                    .load(connection)?;
                for webhook in enabled {
                    queue(connection, webhook, id, occasion.at)?;
                }
            }
            prune(connection, occasion.at)?;
            Ok(Some(id))
        })
        .await
    }

    /// Has one webhook told that it works. Returns whether there is one.
    ///
    /// # Errors
    ///
    /// As any change of the database.
    pub async fn add_test(
        &self,
        webhook: i64,
        creator: Handle,
        message: String,
        at: Stamp,
    ) -> Result<bool, StoreError> {
        self.write(move |writing| {
            let connection = &mut *writing.connection;
            let known: i64 = webhooks::table.find(webhook).count().get_result(connection)?;
            if known == 0 {
                return Ok(false);
            }
            let key = format!("test:{message}");
            let occasion = Occasion { key, at, who: None, what: What::Test };
            let source = Source { creator: creator.clone(), session: None };
            if let Some(id) = insert(connection, &source, &occasion, &message, false)? {
                queue(connection, webhook, id, at)?;
            }
            prune(connection, at)?;
            Ok(true)
        })
        .await
    }

    /// The number of the newest alert; 0 if there was none.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn newest_alert(&self) -> Result<i64, StoreError> {
        self.read(|connection| {
            let newest: Option<i64> = alerts::table.select(max(alerts::alert_id)).first(connection)?;
            Ok(newest.unwrap_or_default())
        })
        .await
    }

    /// What pages are told about a creator after alert `after`, oldest first.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn alerts_after(&self, creator: &Handle, after: i64) -> Result<Vec<Alert>, StoreError> {
        let creator = creator.clone();
        self.read(move |connection| {
            let rows: Vec<Row> = alerts::table
                .filter(alerts::account_username.eq(&creator))
                .filter(alerts::alert_id.gt(after))
                .filter(alerts::to_page)
                .order(alerts::alert_id.desc())
                .limit(MOST_NEWS)
                .select(Row::as_select())
                .load(connection)?;
            rows.into_iter().rev().map(alert).collect()
        })
        .await
    }

    /// The newest alerts of a creator, newest first.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn latest_alerts(&self, creator: &Handle, most: i64) -> Result<Vec<Alert>, StoreError> {
        let creator = creator.clone();
        self.read(move |connection| {
            let rows: Vec<Row> = alerts::table
                .filter(alerts::account_username.eq(&creator))
                .order(alerts::alert_id.desc())
                .limit(most)
                .select(Row::as_select())
                .load(connection)?;
            rows.into_iter().map(alert).collect()
        })
        .await
    }

    /// Who gave this creator most since `since`, first to last.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn top_givers(
        &self,
        creator: &Handle,
        since: Stamp,
        most: i64,
    ) -> Result<Vec<UserId>, StoreError> {
        let creator = creator.clone();
        self.read(move |connection| {
            Ok(gift_contributions::table
                .inner_join(sessions::table.on(sessions::session_id.eq(gift_contributions::session_id)))
                .filter(sessions::account_username.eq(&creator))
                .filter(sessions::start_time.ge(since))
                .filter(gift_contributions::value_to_creator.gt(0))
                .group_by(gift_contributions::user_id)
                .order((sum(gift_contributions::value_to_creator).desc(), gift_contributions::user_id.asc()))
                .limit(most)
                .select(gift_contributions::user_id)
                .load(connection)?)
        })
        .await
    }

    /// Whether somebody gave this creator something before `at`, as far as it is kept.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn gave_before(&self, user: UserId, creator: &Handle, at: Stamp) -> Result<bool, StoreError> {
        let creator = creator.clone();
        self.read(move |connection| {
            let before = sessions::table
                .inner_join(
                    gift_contributions::table.on(gift_contributions::session_id.eq(sessions::session_id)),
                )
                .filter(sessions::account_username.eq(&creator))
                .filter(gift_contributions::user_id.eq(user))
                .filter(gift_contributions::first_gift_time.lt(at));
            Ok(diesel::select(exists(before)).get_result(connection)?)
        })
        .await
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = alerts, check_for_backend(diesel::sqlite::Sqlite))]
pub(super) struct Row {
    alert_id: i64,
    message_id: String,
    account_username: Handle,
    session_id: Option<SessionId>,
    at: Stamp,
    user_id: Option<UserId>,
    display_id: String,
    nickname: String,
    what: String,
}

pub(super) fn alert(row: Row) -> Result<Alert, StoreError> {
    let what = serde_json::from_str(&row.what)
        .map_err(|_| StoreError::Corrupt(format!("{:?} is nothing that can be told", row.what)))?;
    let (display_id, nickname) = (row.display_id, row.nickname);
    Ok(Alert {
        id: row.alert_id,
        message: row.message_id,
        creator: row.account_username,
        session: row.session_id,
        at: row.at,
        who: row.user_id.map(|user| Somebody { user, display_id, nickname }),
        what,
    })
}

/// Takes out what was told about somebody, and what is still to be sent of it.
pub(super) fn forget(connection: &mut SqliteConnection, user: UserId) -> Result<(), StoreError> {
    diesel::delete(alerts::table.filter(alerts::user_id.eq(user))).execute(connection)?;
    Ok(())
}

fn insert(
    connection: &mut SqliteConnection,
    source: &Source,
    occasion: &Occasion,
    message: &str,
    to_page: bool,
) -> Result<Option<i64>, StoreError> {
    let what = serde_json::to_string(&occasion.what).expect("plain values can be written");
    let who = occasion.who.as_ref();
    Ok(diesel::insert_or_ignore_into(alerts::table)
        .values((
            alerts::occasion.eq(&occasion.key),
            alerts::message_id.eq(message),
            alerts::account_username.eq(&source.creator),
            alerts::session_id.eq(source.session),
            alerts::at.eq(occasion.at),
            alerts::user_id.eq(who.map(|who| who.user)),
            alerts::display_id.eq(who.map_or("", |who| who.display_id.as_str())),
            alerts::nickname.eq(who.map_or("", |who| who.nickname.as_str())),
            alerts::what.eq(what),
            alerts::to_page.eq(to_page),
        ))
        .returning(alerts::alert_id)
        .get_result(connection)
        .optional()?)
}

/// Puts an alert in line for a webhook. Where too many wait, the oldest is given up.
fn queue(connection: &mut SqliteConnection, webhook: i64, alert: i64, at: Stamp) -> Result<(), StoreError> {
    diesel::insert_into(webhook_deliveries::table)
        .values((
            webhook_deliveries::webhook_id.eq(webhook),
            webhook_deliveries::alert_id.eq(alert),
            webhook_deliveries::state.eq(WAITING),
            webhook_deliveries::tries.eq(0),
            webhook_deliveries::next_at.eq(at),
            webhook_deliveries::problem.eq(""),
        ))
        .execute(connection)?;
    let waiting = webhook_deliveries::table
        .filter(webhook_deliveries::webhook_id.eq(webhook))
        .filter(webhook_deliveries::state.eq(WAITING));
    let excess: Vec<i64> = waiting
        .order(webhook_deliveries::delivery_id.desc())
        .offset(MOST_WAITING)
        .limit(i64::MAX)
        .select(webhook_deliveries::delivery_id)
        .load(connection)?;
    diesel::update(webhook_deliveries::table.filter(webhook_deliveries::delivery_id.eq_any(excess)))
        .set((webhook_deliveries::state.eq(FAILED), webhook_deliveries::problem.eq("many")))
        .execute(connection)?;
    Ok(())
}

fn prune(connection: &mut SqliteConnection, now: Stamp) -> Result<(), StoreError> {
    let newest: Option<i64> = alerts::table.select(max(alerts::alert_id)).first(connection)?;
    let old = alerts::alert_id.le(newest.unwrap_or_default() - MOST).or(alerts::at.lt(now - KEPT_MS));
    diesel::delete(alerts::table.filter(old)).execute(connection)?;
    Ok(())
}
