//! Facts of single events that people look for: questions, envelopes, subscriptions, and what
//! guests were given. They are written from the events themselves, in the same transaction.

use super::gifts::small;
use super::schema::{envelopes, guests, questions, subscriptions};
use super::{Store, StoreError};
use crate::domain::event::{Accounted, What};
use crate::domain::ids::{SessionId, UserId};
use crate::domain::text::{MAX_NAME_CHARS, MAX_TEXT_CHARS};
use crate::domain::time::Stamp;
use diesel::prelude::*;
use diesel::sqlite::SqliteConnection;
use rustc_hash::FxHashMap;

/// A question a viewer asked the creator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// The event that asked it.
    pub number: u64,
    pub at: Stamp,
    pub user: Option<UserId>,
    pub text: String,
    /// The user ticked it off.
    pub answered: bool,
}

/// A treasure chest of diamonds for the viewers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope {
    pub id: String,
    pub at: Stamp,
    pub sender: Option<UserId>,
    pub sender_name: String,
    pub diamonds: u32,
    pub winners: u32,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscription {
    /// The event that said so.
    pub number: u64,
    pub at: Stamp,
    pub user: Option<UserId>,
    pub months: i64,
}

/// What somebody beside the creator was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GuestTotal {
    pub user: UserId,
    pub units: i64,
    pub diamonds: i64,
    pub last_at: Stamp,
}

impl Store {
    /// The questions of a session, oldest first.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn questions(&self, session: SessionId) -> Result<Vec<Question>, StoreError> {
        self.read(move |connection| {
            let rows: Vec<(i64, Stamp, Option<UserId>, String, bool)> = questions::table
                .filter(questions::session_id.eq(session))
                .order(questions::number)
                .select((
                    questions::number,
                    questions::at,
                    questions::user_id,
                    questions::text,
                    questions::answered,
                ))
                .load(connection)?;
            Ok(rows
                .into_iter()
                .map(|(number, at, user, text, answered)| {
                    let number = number as u64;
                    Question { number, at, user, text, answered }
                })
                .collect())
        })
        .await
    }

    /// The envelopes of a session, oldest first.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn envelopes(&self, session: SessionId) -> Result<Vec<Envelope>, StoreError> {
        self.read(move |connection| {
            let rows: Vec<(String, Stamp, Option<UserId>, String, i64, i64)> = envelopes::table
                .filter(envelopes::session_id.eq(session))
                .order((envelopes::at, envelopes::envelope_id))
                .select((
                    envelopes::envelope_id,
                    envelopes::at,
                    envelopes::user_id,
                    envelopes::sender_name,
                    envelopes::diamonds,
                    envelopes::winners,
                ))
                .load(connection)?;
            rows.into_iter()
                .map(|(id, at, sender, sender_name, diamonds, winners)| {
                    let (diamonds, winners) = (small(diamonds)?, small(winners)?);
                    Ok(Envelope { id, at, sender, sender_name, diamonds, winners })
                })
                .collect()
        })
        .await
    }

    /// The subscriptions of a session, oldest first.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn subscriptions(&self, session: SessionId) -> Result<Vec<Subscription>, StoreError> {
        self.read(move |connection| {
            let rows: Vec<(i64, Stamp, Option<UserId>, i64)> = subscriptions::table
                .filter(subscriptions::session_id.eq(session))
                .order(subscriptions::number)
                .select((
                    subscriptions::number,
                    subscriptions::at,
                    subscriptions::user_id,
                    subscriptions::months,
                ))
                .load(connection)?;
            Ok(rows
                .into_iter()
                .map(|(number, at, user, months)| Subscription { number: number as u64, at, user, months })
                .collect())
        })
        .await
    }

    /// The guests of a session who were given something, most diamonds first.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn guests(&self, session: SessionId) -> Result<Vec<GuestTotal>, StoreError> {
        self.read(move |connection| {
            let rows: Vec<(UserId, i64, i64, Stamp)> = guests::table
                .filter(guests::session_id.eq(session))
                .order((guests::diamonds.desc(), guests::units.desc(), guests::user_id))
                .select((guests::user_id, guests::units, guests::diamonds, guests::last_at))
                .load(connection)?;
            Ok(rows
                .into_iter()
                .map(|(user, units, diamonds, last_at)| GuestTotal { user, units, diamonds, last_at })
                .collect())
        })
        .await
    }
}

/// Keeps the facts of events that were not stored before.
pub(super) fn put(
    connection: &mut SqliteConnection,
    session: SessionId,
    events: &[Accounted],
) -> Result<(), StoreError> {
    let mut to_guests = ToGuests::default();
    for event in events {
        put_fact(connection, session, event)?;
        to_guests.add(event);
    }
    to_guests.put(connection, session)
}

/// What events gave to guests.
#[derive(Default)]
pub(super) struct ToGuests(FxHashMap<UserId, GuestTotal>);

impl ToGuests {
    pub fn add(&mut self, event: &Accounted) {
        let (What::Gift(report), Some(added)) = (&event.event.what, event.added) else { return };
        let Some(user) = report.receiver.filter(|_| !added.to_creator && added.units > 0) else { return };
        let guest =
            self.0.entry(user).or_insert(GuestTotal { user, units: 0, diamonds: 0, last_at: event.at });
        guest.units += i64::from(added.units);
        guest.diamonds = guest.diamonds.saturating_add(added.diamonds);
        guest.last_at = guest.last_at.max(event.at);
    }

    /// Puts this in place of what is stored.
    pub fn replace(&self, connection: &mut SqliteConnection, session: SessionId) -> Result<(), StoreError> {
        diesel::delete(guests::table.filter(guests::session_id.eq(session))).execute(connection)?;
        self.put(connection, session)
    }

    fn put(&self, connection: &mut SqliteConnection, session: SessionId) -> Result<(), StoreError> {
        self.0.values().try_for_each(|guest| add_guest(connection, session, guest))
    }
}

fn put_fact(
    connection: &mut SqliteConnection,
    session: SessionId,
    event: &Accounted,
) -> Result<(), StoreError> {
    let user = event.event.user.as_ref().map(|viewer| viewer.id);
    match &event.event.what {
        What::Question { text } => diesel::insert_into(questions::table)
            .values((
                questions::session_id.eq(session),
                questions::number.eq(event.number as i64),
                questions::at.eq(event.at),
                questions::user_id.eq(user),
                questions::text.eq(text.to_owned_text(MAX_TEXT_CHARS)),
            ))
            .execute(connection)?,
        What::Subscribe { months } => diesel::insert_into(subscriptions::table)
            .values((
                subscriptions::session_id.eq(session),
                subscriptions::number.eq(event.number as i64),
                subscriptions::at.eq(event.at),
                subscriptions::user_id.eq(user),
                subscriptions::months.eq(months),
            ))
            .execute(connection)?,
        // An envelope may be told of more than once; its id says that it is the same.
        What::Envelope { envelope_id, sender_id, sender_name, diamonds, winners, hidden: false } => {
            diesel::insert_or_ignore_into(envelopes::table)
                .values((
                    envelopes::session_id.eq(session),
                    envelopes::envelope_id.eq(envelope_id.to_owned_text(MAX_NAME_CHARS)),
                    envelopes::at.eq(event.at),
                    envelopes::user_id.eq(*sender_id),
                    envelopes::sender_name.eq(sender_name.to_owned_text(MAX_NAME_CHARS)),
                    envelopes::diamonds.eq(i64::from(*diamonds)),
                    envelopes::winners.eq(i64::from(*winners)),
                ))
                .execute(connection)?
        }
        _ => 0,
    };
    Ok(())
}

fn add_guest(
    connection: &mut SqliteConnection,
    session: SessionId,
    guest: &GuestTotal,
) -> Result<(), StoreError> {
    diesel::insert_into(guests::table)
        .values((
            guests::session_id.eq(session),
            guests::user_id.eq(guest.user),
            guests::units.eq(guest.units),
            guests::diamonds.eq(guest.diamonds),
            guests::last_at.eq(guest.last_at),
        ))
        .on_conflict((guests::session_id, guests::user_id))
        .do_update()
        .set((
            guests::units.eq(guests::units + guest.units),
            guests::diamonds.eq(guests::diamonds + guest.diamonds),
            guests::last_at.eq(guest.last_at),
        ))
        .execute(connection)?;
    Ok(())
}
