//! Webhooks, and the deliveries to them.

use super::alerts::{DELIVERED, FAILED, Row as AlertRow, WAITING, alert};
use super::schema::{alerts, secrets, webhook_deliveries, webhooks};
use super::{Store, StoreError, secrets as kept};
use crate::domain::alert::Alert;
use crate::domain::time::Stamp;
use diesel::dsl::min;
use diesel::prelude::*;
use diesel::sqlite::SqliteConnection;

/// The log shows so many deliveries.
const MOST_SHOWN: i64 = 50;

/// Whom to tell. Its address and secret are with the secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Webhook {
    pub id: i64,
    pub plan: WebhookPlan,
    pub enabled: bool,
    /// Every delivery since then failed.
    pub failing_since: Option<Stamp>,
    /// When it was switched off because it had failed for too long.
    pub gave_up_at: Option<Stamp>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookPlan {
    /// What of its address may be shown.
    pub host: String,
    pub form: Form,
    /// Whether it may be on this computer or in its network.
    pub private: bool,
    /// The code of the language it is told in.
    pub lang: String,
}

/// What a webhook understands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Json,
    Discord,
}

impl Form {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Discord => "discord",
        }
    }

    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Json, Self::Discord].into_iter().find(|form| form.as_str() == name)
    }
}

/// What gives access to a webhook.
#[derive(Clone, PartialEq, Eq)]
pub struct Access {
    pub url: String,
    pub secret: String,
}

/// One delivery whose time has come.
#[derive(Clone)]
pub struct Due {
    pub id: i64,
    pub webhook: Webhook,
    /// `None` if the database was restored without it.
    pub access: Option<Access>,
    pub alert: Alert,
    /// Before this one.
    pub tries: i64,
}

/// What became of a try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tried {
    Delivered {
        status: i64,
    },
    /// Try again then.
    Again {
        at: Stamp,
        status: Option<i64>,
        problem: String,
    },
    /// This delivery is given up; with `webhook`, everything for it is, and it is switched off.
    Failed {
        status: Option<i64>,
        problem: String,
        webhook: bool,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryState {
    Waiting { next_at: Stamp },
    Delivered,
    Failed,
}

/// A line of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    pub host: String,
    /// Whether its webhook may be on this computer or in its network.
    pub private: bool,
    pub alert: Alert,
    pub state: DeliveryState,
    pub tries: i64,
    pub tried_at: Option<Stamp>,
    /// What it was answered last.
    pub status: Option<i64>,
    pub problem: String,
}

impl Store {
    /// Adds a webhook. Returns its number.
    ///
    /// # Errors
    ///
    /// As any change of the database.
    pub async fn add_webhook(&self, plan: WebhookPlan, access: Access) -> Result<i64, StoreError> {
        self.write(move |writing| {
            let id: i64 = diesel::insert_into(webhooks::table)
                .values((
                    webhooks::host.eq(&plan.host),
                    webhooks::form.eq(plan.form.as_str()),
                    webhooks::private.eq(plan.private),
                    webhooks::lang.eq(&plan.lang),
                    webhooks::enabled.eq(true),
                ))
                .returning(webhooks::webhook_id)
                .get_result(writing.connection)?;
            let [url, secret] = keys(id);
            kept::put(writing.connection, &url, &access.url)?;
            kept::put(writing.connection, &secret, &access.secret)?;
            Ok(id)
        })
        .await
    }

    /// Every webhook, in the order they were added.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn webhooks(&self) -> Result<Vec<Webhook>, StoreError> {
        self.read(|connection| {
            let rows: Vec<Row> = webhooks::table.order(webhooks::webhook_id).load(connection)?;
            rows.into_iter().map(webhook).collect()
        })
        .await
    }

    /// Removes a webhook with its log and its secret. Returns whether there was one.
    ///
    /// # Errors
    ///
    /// As any change of the database.
    pub async fn remove_webhook(&self, id: i64) -> Result<bool, StoreError> {
        self.write(move |writing| {
            let removed = diesel::delete(webhooks::table.find(id)).execute(writing.connection)?;
            diesel::delete(secrets::table.filter(secrets::key.eq_any(keys(id))))
                .execute(writing.connection)?;
            Ok(removed > 0)
        })
        .await
    }

    /// Switches a webhook on, with a clean slate, or off, which gives up what waits for it. Returns whether
    /// there is one.
    ///
    /// # Errors
    ///
    /// As any change of the database.
    pub async fn enable_webhook(&self, id: i64, enabled: bool) -> Result<bool, StoreError> {
        self.write(move |writing| {
            let changed = diesel::update(webhooks::table.find(id))
                .set((
                    webhooks::enabled.eq(enabled),
                    webhooks::failing_since.eq(None::<Stamp>),
                    webhooks::gave_up_at.eq(None::<Stamp>),
                ))
                .execute(writing.connection)?;
            if !enabled {
                give_up(writing.connection, id)?;
            }
            Ok(changed > 0)
        })
        .await
    }

    /// The oldest delivery that is due of each webhook not in `busy`, and when the next of those is.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn due_deliveries(
        &self,
        now: Stamp,
        busy: Vec<i64>,
    ) -> Result<(Vec<Due>, Option<Stamp>), StoreError> {
        self.read(move |connection| {
            let waiting = webhook_deliveries::table
                .filter(webhook_deliveries::state.eq(WAITING))
                .filter(webhook_deliveries::webhook_id.ne_all(&busy));
            let first: Vec<Option<i64>> = waiting
                .clone()
                .filter(webhook_deliveries::next_at.le(now))
                .group_by(webhook_deliveries::webhook_id)
                .select(min(webhook_deliveries::delivery_id))
                .load(connection)?;
            let next = waiting
                .filter(webhook_deliveries::next_at.gt(now))
                .select(min(webhook_deliveries::next_at))
                .first(connection)?;
            let due = first.into_iter().flatten().map(|id| due(connection, id)).collect::<Result<_, _>>()?;
            Ok((due, next))
        })
        .await
    }

    /// Keeps what became of a try.
    ///
    /// # Errors
    ///
    /// As any change of the database.
    pub async fn note_tried(
        &self,
        delivery: i64,
        webhook: i64,
        tried: Tried,
        now: Stamp,
    ) -> Result<(), StoreError> {
        self.write(move |writing| {
            let connection = &mut *writing.connection;
            let (state, next_at, status, problem) = match &tried {
                Tried::Delivered { status } => (DELIVERED, now, Some(*status), ""),
                Tried::Again { at, status, problem } => (WAITING, *at, *status, problem.as_str()),
                Tried::Failed { status, problem, .. } => (FAILED, now, *status, problem.as_str()),
            };
            // It may have been given up meanwhile; then it stays so, unless it arrived.
            let before = if state == DELIVERED { vec![WAITING, FAILED] } else { vec![WAITING] };
            let known = webhook_deliveries::table.find(delivery);
            diesel::update(known.filter(webhook_deliveries::state.eq_any(before)))
                .set((
                    webhook_deliveries::state.eq(state),
                    webhook_deliveries::next_at.eq(next_at),
                    webhook_deliveries::status.eq(status),
                    webhook_deliveries::problem.eq(problem),
                    webhook_deliveries::tried_at.eq(now),
                    webhook_deliveries::tries.eq(webhook_deliveries::tries + 1),
                ))
                .execute(connection)?;
            let of = webhooks::table.find(webhook);
            match &tried {
                Tried::Delivered { .. } => {
                    diesel::update(of).set(webhooks::failing_since.eq(None::<Stamp>)).execute(connection)?;
                }
                Tried::Again { .. } | Tried::Failed { webhook: false, .. } => {
                    diesel::update(of.filter(webhooks::failing_since.is_null()))
                        .set(webhooks::failing_since.eq(now))
                        .execute(connection)?;
                }
                Tried::Failed { webhook: true, .. } => {
                    diesel::update(of)
                        .set((webhooks::enabled.eq(false), webhooks::gave_up_at.eq(now)))
                        .execute(connection)?;
                    give_up(connection, webhook)?;
                }
            }
            Ok(())
        })
        .await
    }

    /// The newest deliveries, newest first.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn deliveries(&self) -> Result<Vec<Delivery>, StoreError> {
        self.read(|connection| {
            type Line = (String, i64, Stamp, Option<Stamp>, Option<i64>, String);
            let rows: Vec<(AlertRow, String, bool, Line)> = webhook_deliveries::table
                .inner_join(alerts::table)
                .inner_join(webhooks::table)
                .order(webhook_deliveries::delivery_id.desc())
                .limit(MOST_SHOWN)
                .select((
                    AlertRow::as_select(),
                    webhooks::host,
                    webhooks::private,
                    (
                        webhook_deliveries::state,
                        webhook_deliveries::tries,
                        webhook_deliveries::next_at,
                        webhook_deliveries::tried_at,
                        webhook_deliveries::status,
                        webhook_deliveries::problem,
                    ),
                ))
                .load(connection)?;
            let line = |(row, host, private, of): (_, _, _, Line)| {
                let (state, tries, next_at, tried_at, status, problem) = of;
                let state = match state.as_str() {
                    WAITING => DeliveryState::Waiting { next_at },
                    DELIVERED => DeliveryState::Delivered,
                    FAILED => DeliveryState::Failed,
                    state => return Err(StoreError::Corrupt(format!("{state:?} is no state of a delivery"))),
                };
                Ok(Delivery { host, private, alert: alert(row)?, state, tries, tried_at, status, problem })
            };
            rows.into_iter().map(line).collect()
        })
        .await
    }
}

#[derive(Queryable)]
#[diesel(table_name = webhooks)]
struct Row {
    id: i64,
    host: String,
    form: String,
    private: bool,
    lang: String,
    enabled: bool,
    failing_since: Option<Stamp>,
    gave_up_at: Option<Stamp>,
}

fn webhook(row: Row) -> Result<Webhook, StoreError> {
    let form = Form::parse(&row.form)
        .ok_or_else(|| StoreError::Corrupt(format!("{:?} is nothing a webhook understands", row.form)))?;
    let plan = WebhookPlan { host: row.host, form, private: row.private, lang: row.lang };
    let Row { id, enabled, failing_since, gave_up_at, .. } = row;
    Ok(Webhook { id, plan, enabled, failing_since, gave_up_at })
}

/// Under which its address and its secret are kept.
fn keys(webhook: i64) -> [String; 2] {
    [format!("webhook.{webhook}.url"), format!("webhook.{webhook}.secret")]
}

fn due(connection: &mut SqliteConnection, id: i64) -> Result<Due, StoreError> {
    let (row, of, tries): (AlertRow, i64, i64) = webhook_deliveries::table
        .inner_join(alerts::table)
        .filter(webhook_deliveries::delivery_id.eq(id))
        .select((AlertRow::as_select(), webhook_deliveries::webhook_id, webhook_deliveries::tries))
        .first(connection)?;
    let webhook = webhook(webhooks::table.find(of).first(connection)?)?;
    let mut secret =
        |key: &String| secrets::table.find(key).select(secrets::value).first::<String>(connection).optional();
    let [url, key] = &keys(of);
    let access = match (secret(url)?, secret(key)?) {
        (Some(url), Some(secret)) => Some(Access { url, secret }),
        _ => None,
    };
    Ok(Due { id, webhook, access, alert: alert(row)?, tries })
}

/// Gives up what waits for a webhook.
fn give_up(connection: &mut SqliteConnection, webhook: i64) -> Result<(), StoreError> {
    let waiting = webhook_deliveries::table
        .filter(webhook_deliveries::webhook_id.eq(webhook))
        .filter(webhook_deliveries::state.eq(WAITING));
    diesel::update(waiting)
        .set((webhook_deliveries::state.eq(FAILED), webhook_deliveries::problem.eq("off")))
        .execute(connection)?;
    Ok(())
}
