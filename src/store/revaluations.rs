//! Prices the user set, applied to what was recorded before: session by session, each whole or not at all,
//! so that it goes on where it was after Pasut was stopped.

use super::events::{rewrite, whole};
use super::facts::ToGuests;
use super::gifts::{set_price, small};
use super::schema::{revaluations, session_gifts, sessions};
use super::stored::rebuild;
use super::thinned::is_closed;
use super::writer::Writing;
use super::{Store, StoreError, boards, series};
use crate::domain::event::{Accounted, Kind, What};
use crate::domain::gift::{UnitValue, ValueSource};
use crate::domain::ids::{GiftId, SessionId};
use crate::domain::record::{Batch, LearnedValue};
use crate::domain::session::{Gap, Session};
use crate::domain::totals::IntervalRow;
use diesel::dsl::count;
use diesel::prelude::*;
use diesel::sqlite::SqliteConnection;
use std::collections::HashMap;

/// Which sessions may be valued anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// Those that are over. A session that runs is left to whoever records it.
    Over,
    Any,
}

/// A price to be applied to recorded gifts.
#[derive(Clone, Copy, Debug)]
struct Price {
    diamonds: u32,
    /// Also to gifts that a list or a pattern priced.
    guessed: bool,
}

impl Price {
    /// Whether a value gives way to it. What a gift's own event said never does.
    const fn replaces(self, value: UnitValue) -> bool {
        match value.source {
            ValueSource::Event => false,
            ValueSource::Unknown | ValueSource::Learned => true,
            ValueSource::List | ValueSource::Estimate => self.guessed,
        }
    }
}

impl Store {
    /// Keeps a price the user set, and that recorded sessions have to be valued at it: gifts nobody could
    /// price and those an earlier price was learned for; with `guessed` also those that the list or a
    /// pattern priced.
    ///
    /// # Errors
    ///
    /// As any change of the database.
    pub async fn set_gift_value(&self, value: &LearnedValue, guessed: bool) -> Result<(), StoreError> {
        let value = value.clone();
        self.write(move |writing| {
            set_price(writing.connection, &value)?;
            let given = session_gifts::table
                .filter(session_gifts::gift_id.eq(value.gift))
                .select(session_gifts::session_id);
            // What a running session counted in the last second is not stored yet.
            let affected: Vec<SessionId> = sessions::table
                .filter(sessions::session_id.eq_any(given).or(sessions::end_time.is_null()))
                .select(sessions::session_id)
                .load(writing.connection)?;
            for session in affected {
                diesel::replace_into(revaluations::table)
                    .values((
                        revaluations::session_id.eq(session),
                        revaluations::gift_id.eq(value.gift),
                        revaluations::diamonds.eq(i64::from(value.diamonds)),
                        revaluations::guessed.eq(guessed),
                    ))
                    .execute(writing.connection)?;
            }
            Ok(())
        })
        .await
    }

    /// How many sessions still have to be valued anew.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn revaluations_waiting(&self) -> Result<i64, StoreError> {
        self.read(|connection| {
            Ok(revaluations::table
                .select(count(revaluations::session_id).aggregate_distinct())
                .first(connection)?)
        })
        .await
    }

    /// The sessions that still have to be valued anew, those that are over first.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn to_revalue(&self) -> Result<Vec<SessionId>, StoreError> {
        self.read(|connection| {
            Ok(sessions::table
                .filter(sessions::session_id.eq_any(revaluations::table.select(revaluations::session_id)))
                .order((sessions::end_time.is_null(), sessions::start_time.desc()))
                .select(sessions::session_id)
                .load(connection)?)
        })
        .await
    }

    /// Values the recorded gifts of a session at the prices that wait for it, and replaces its totals by
    /// what `recount` makes of its events: all of it or nothing. A session whose events are not all there
    /// stays as it is. Returns whether the session was changed.
    ///
    /// # Errors
    ///
    /// As any change of the database.
    pub async fn revalue<F>(
        &self,
        session: SessionId,
        which: Which,
        mut recount: F,
    ) -> Result<bool, StoreError>
    where
        F: FnMut(&Session, Vec<IntervalRow>, Vec<Gap>, &mut dyn Iterator<Item = Accounted>) -> Batch
            + Send
            + 'static,
    {
        self.write(move |writing| {
            let Some(found) = super::sessions::one(writing.connection, session)? else { return Ok(false) };
            if which == Which::Over && found.ended_at.is_none() {
                return Ok(false);
            }
            let prices = prices(writing.connection, session)?;
            let changed = is_complete(writing, &found)?
                && rewrite(writing, session, Kind::Gift, |event| value_anew(event, &prices))?;
            if changed {
                recount_at(writing, &found, &mut recount)?;
            }
            diesel::delete(revaluations::table.filter(revaluations::session_id.eq(session)))
                .execute(writing.connection)?;
            Ok(changed)
        })
        .await
    }
}

fn prices(
    connection: &mut SqliteConnection,
    session: SessionId,
) -> Result<HashMap<GiftId, Price>, StoreError> {
    let rows: Vec<(GiftId, i64, bool)> = revaluations::table
        .filter(revaluations::session_id.eq(session))
        .select((revaluations::gift_id, revaluations::diamonds, revaluations::guessed))
        .load(connection)?;
    let price = |(gift, diamonds, guessed)| Ok((gift, Price { diamonds: small(diamonds)?, guessed }));
    rows.into_iter().map(price).collect()
}

fn counted(session: &Session) -> u64 {
    u64::try_from(session.totals.messages.counted).unwrap_or(0)
}

fn is_complete(writing: &mut Writing<'_>, session: &Session) -> Result<bool, StoreError> {
    // Of a thinned session some events may still be there, and its totals are held against a checksum.
    Ok(!is_closed(writing.connection, session.id)?
        && whole(writing.connection, session.id, counted(session))?.is_some())
}

/// Gives a recorded gift its new price. Returns whether that is another one.
fn value_anew(event: &mut Accounted, prices: &HashMap<GiftId, Price>) -> bool {
    let (What::Gift(report), Some(added)) = (&event.event.what, &mut event.added) else { return false };
    let Some(price) = prices.get(&report.gift).filter(|price| price.replaces(added.value)) else {
        return false;
    };
    let before = *added;
    added.value = UnitValue { diamonds: price.diamonds, source: ValueSource::Learned };
    added.diamonds = i64::from(added.units) * i64::from(price.diamonds);
    *added != before
}

fn recount_at(
    writing: &mut Writing<'_>,
    session: &Session,
    recount: &mut impl FnMut(&Session, Vec<IntervalRow>, Vec<Gap>, &mut dyn Iterator<Item = Accounted>) -> Batch,
) -> Result<(), StoreError> {
    let connection = &mut *writing.connection;
    let rows = series::intervals(connection, session.id)?;
    let gaps = series::gaps(connection, session.id)?;
    let mut to_guests = ToGuests::default();
    let Some(mut events) = whole(connection, session.id, counted(session))? else { return Ok(()) };
    let batch = recount(session, rows, gaps, &mut events.by_ref().inspect(|event| to_guests.add(event)));
    events.finish()?;
    to_guests.replace(connection, session.id)?;
    rebuild(writing, &batch)?;
    match session.ended_at {
        Some(_) => boards::keep(writing.connection, session.id),
        None => Ok(()),
    }
}
