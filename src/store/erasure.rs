//! Making a person anonymous in everything that is kept, while totals stay as they are.
//!
//! An erasure is kept until it is complete, so that it survives a restart. Session by session, block by
//! block, the person's id becomes one that stands for nobody, and names and words go; a session that runs
//! follows when it has ended. At the end the file is written anew, because what SQLite frees it does not
//! overwrite. The user's own notes on sessions are theirs and stay.

use super::people::Person;
use super::schema::{
    battle_sides, envelopes, erasure_sessions, erasures, gift_contributions, gifter_gifts, guests, people,
    person_names, person_notes, person_tags, questions, session_analytics, session_people, sessions, streaks,
    subscriptions,
};
use super::{Store, StoreError, alerts, events, thinned};
use crate::domain::erasure::Erasure;
use crate::domain::ids::{SessionId, UserId};
use crate::domain::time::Stamp;
use diesel::prelude::*;
use diesel::sqlite::SqliteConnection;

/// How far an erasure is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Erased {
    /// Nothing that is kept names them any more.
    Everywhere,
    /// A session that names them runs still.
    ButForRunning,
}

impl Store {
    /// Asks for a person to be erased from all that was recorded so far; [`Self::erase`] does it. Asked
    /// again, the first still holds. `None` if nobody with this id was seen.
    ///
    /// # Errors
    ///
    /// As any change of the database.
    pub async fn request_erasure(
        &self,
        user: UserId,
        anonymous: UserId,
    ) -> Result<Option<Erasure>, StoreError> {
        self.write(move |writing| request(writing.connection, user, anonymous)).await
    }

    /// Asks for somebody to be erased who may be known only from an archive, as that names them: until it is
    /// complete, they are known here as well.
    ///
    /// # Errors
    ///
    /// As any change of the database.
    pub async fn request_erasure_of(
        &self,
        person: Person,
        anonymous: UserId,
    ) -> Result<Option<Erasure>, StoreError> {
        self.write(move |writing| {
            diesel::insert_or_ignore_into(people::table)
                .values((
                    people::user_id.eq(person.id),
                    people::display_id.eq(&person.display_id),
                    people::nickname.eq(&person.nickname),
                    people::avatar_url.eq(""),
                    people::first_seen.eq(person.first_seen),
                    people::last_seen.eq(person.last_seen),
                ))
                .execute(writing.connection)?;
            request(writing.connection, person.id, anonymous)
        })
        .await
    }

    /// The erasures that are not complete.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn erasures(&self) -> Result<Vec<Erasure>, StoreError> {
        self.read(|connection| {
            let users: Vec<UserId> = erasures::table.select(erasures::user_id).load(connection)?;
            users.into_iter().filter_map(|user| one(connection, user).transpose()).collect()
        })
        .await
    }

    /// Erases a person from every session that has ended, in small steps, and then altogether if no
    /// running session is left. It picks up where it was interrupted.
    ///
    /// # Errors
    ///
    /// As any change of the database; what is done stays done.
    pub async fn erase(&self, erasure: &Erasure) -> Result<Erased, StoreError> {
        for session in self.to_be_erased_from(erasure.user).await? {
            let mut after = Some(0);
            while let Some(from) = after {
                let erasure = erasure.clone();
                after = self
                    .write(move |writing| {
                        events::rewrite_next(writing, session, from, |event| erasure.apply(event))
                    })
                    .await?;
            }
            let erasure = erasure.clone();
            self.write(move |writing| erase_from(writing.connection, session, &erasure)).await?;
        }
        let user = erasure.user;
        let left = self
            .read(move |connection| {
                let left = erasure_sessions::table.filter(erasure_sessions::user_id.eq(user));
                Ok(left.count().get_result::<i64>(connection)?)
            })
            .await?;
        if left > 0 {
            return Ok(Erased::ButForRunning);
        }
        let last = erasure.clone();
        self.write(move |writing| erase_person(writing.connection, &last)).await?;
        self.write_anew().await?;
        Ok(Erased::Everywhere)
    }

    /// The names of copies of the database beside it, which were made before upgrades and repairs.
    #[must_use]
    pub fn copies_beside(&self) -> Vec<String> {
        let path = &self.0.path;
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else { return Vec::new() };
        let files = path.parent().and_then(|folder| folder.read_dir().ok()).into_iter().flatten().flatten();
        let names = files.filter_map(|file| file.file_name().into_string().ok());
        let mut copies: Vec<String> =
            names.filter(|file| file.starts_with(name) && file.ends_with(".bak")).collect();
        copies.sort_unstable();
        copies
    }

    /// The sessions of an erasure that have ended.
    async fn to_be_erased_from(&self, user: UserId) -> Result<Vec<SessionId>, StoreError> {
        self.read(move |connection| {
            Ok(erasure_sessions::table
                .inner_join(sessions::table)
                .filter(erasure_sessions::user_id.eq(user))
                .filter(sessions::end_time.is_not_null())
                .select(erasure_sessions::session_id)
                .load(connection)?)
        })
        .await
    }
}

fn request(
    connection: &mut SqliteConnection,
    user: UserId,
    anonymous: UserId,
) -> Result<Option<Erasure>, StoreError> {
    if people::table.find(user).count().get_result::<i64>(connection)? == 0 {
        return Ok(None);
    }
    // What is still to be sent is sent to nobody, also while a session runs.
    alerts::forget(connection, user)?;
    diesel::insert_or_ignore_into(erasures::table)
        .values((erasures::user_id.eq(user), erasures::anonymous_id.eq(anonymous)))
        .execute(connection)?;
    diesel::insert_or_ignore_into(erasure_sessions::table)
        .values(sessions::table.select((user.into_sql::<diesel::sql_types::Text>(), sessions::session_id)))
        .into_columns((erasure_sessions::user_id, erasure_sessions::session_id))
        .execute(connection)?;
    one(connection, user)
}

fn one(connection: &mut SqliteConnection, user: UserId) -> Result<Option<Erasure>, StoreError> {
    let anonymous = erasures::table.find(user).select(erasures::anonymous_id);
    let Some(anonymous) = anonymous.first(connection).optional()? else { return Ok(None) };
    let now: Option<(String, String)> = people::table
        .find(user)
        .select((people::display_id, people::nickname))
        .first(connection)
        .optional()?;
    let earlier: Vec<(String, String)> = person_names::table
        .filter(person_names::user_id.eq(user))
        .select((person_names::display_id, person_names::nickname))
        .load(connection)?;
    let mut names: Vec<String> =
        now.into_iter().chain(earlier).flat_map(|(handle, nickname)| [handle, nickname]).collect();
    names.retain(|name| !name.is_empty());
    names.sort_unstable();
    names.dedup();
    Ok(Some(Erasure { user, anonymous, names }))
}

/// Takes a person out of all tables of one session, but for its events.
fn erase_from(
    connection: &mut SqliteConnection,
    session: SessionId,
    erasure: &Erasure,
) -> Result<(), StoreError> {
    let Erasure { user, anonymous, names } = erasure;
    let intact = thinned::is_intact(connection, session)?;
    macro_rules! replace {
        ($table:ident.$column:ident $(, $blank:ident)*) => {
            diesel::update($table::table.filter($table::session_id.eq(session)))
                .filter($table::$column.eq(user))
                .set(($table::$column.eq(anonymous), $($table::$blank.eq("")),*))
                .execute(connection)?
        };
    }
    replace!(session_people.user_id);
    replace!(gift_contributions.user_id, username, nickname);
    replace!(gifter_gifts.user_id);
    replace!(streaks.user_id);
    replace!(streaks.receiver_id);
    replace!(session_analytics.top_gifter);
    replace!(battle_sides.host_id, display_id, nickname);
    replace!(questions.user_id, text);
    replace!(envelopes.user_id, sender_name);
    replace!(subscriptions.user_id);
    replace!(guests.user_id);
    diesel::update(envelopes::table.filter(envelopes::session_id.eq(session)))
        .filter(envelopes::sender_name.eq_any(names))
        .set(envelopes::sender_name.eq(""))
        .execute(connection)?;
    let asked: Vec<(i64, String)> = questions::table
        .filter(questions::session_id.eq(session))
        .filter(questions::text.like("%@%"))
        .select((questions::number, questions::text))
        .load(connection)?;
    for (number, text) in asked {
        if let Some(without) = erasure.without_mention(&text) {
            diesel::update(questions::table.find((session, number)))
                .set(questions::text.eq(without))
                .execute(connection)?;
        }
    }
    diesel::delete(erasure_sessions::table.find((user, session))).execute(connection)?;
    if intact {
        thinned::renew(connection, session)?;
    }
    Ok(())
}

/// Takes a person out of what is not part of a session, and completes the erasure.
fn erase_person(connection: &mut SqliteConnection, erasure: &Erasure) -> Result<(), StoreError> {
    let Erasure { user, anonymous, .. } = erasure;
    let seen: Option<(Stamp, Stamp)> = people::table
        .find(user)
        .select((people::first_seen, people::last_seen))
        .first(connection)
        .optional()?;
    if let Some((first_seen, last_seen)) = seen {
        diesel::insert_or_ignore_into(people::table)
            .values((
                people::user_id.eq(anonymous),
                people::display_id.eq(""),
                people::nickname.eq(""),
                people::avatar_url.eq(""),
                people::first_seen.eq(first_seen),
                people::last_seen.eq(last_seen),
            ))
            .execute(connection)?;
    }
    alerts::forget(connection, *user)?;
    diesel::delete(people::table.find(user)).execute(connection)?;
    diesel::delete(person_names::table.filter(person_names::user_id.eq(user))).execute(connection)?;
    diesel::delete(person_notes::table.find(user)).execute(connection)?;
    diesel::delete(person_tags::table.filter(person_tags::user_id.eq(user))).execute(connection)?;
    diesel::delete(erasures::table.find(user)).execute(connection)?;
    Ok(())
}
