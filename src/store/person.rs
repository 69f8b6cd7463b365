//! One person: what they did in each session, what they gave, and what the user and moderators keep
//! on them.

use super::among::among;
use super::schema::{
    gift_contributions, gifter_gifts, person_notes, person_tags, session_gifts, session_people, sessions,
};
use super::{Store, StoreError};
use crate::domain::gift::ValueSource;
use crate::domain::handle::Handle;
use crate::domain::ids::{GiftId, SessionId, UserId};
use crate::domain::remark::Tag;
use crate::domain::time::Stamp;
use diesel::prelude::*;
use std::collections::HashMap;

/// A session, and what one person did in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Queryable)]
pub struct PersonSession {
    pub session: SessionId,
    pub recorded_from: Stamp,
    /// When they were seen first and last; `None` if they were not there.
    pub seen: Option<(Stamp, Stamp)>,
    /// `None` if they gave nothing.
    pub gave: Option<Gave>,
}

/// What a person gave in one session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Queryable)]
pub struct Gave {
    pub units: i64,
    pub diamonds: i64,
    pub estimated: bool,
}

/// What a person gave of one gift in one session.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct GaveOfGift {
    pub gift: GiftId,
    pub name: String,
    /// How the gift's price is known there.
    pub source: ValueSource,
    pub units: i64,
    pub diamonds: i64,
}

impl Store {
    /// The newest `limit` sessions that began from `from` up to before `to`, of one creator or all,
    /// with what a person did in each, newest first.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn person_sessions(
        &self,
        user: UserId,
        (from, to): (Stamp, Stamp),
        creator: Option<&Handle>,
        limit: i64,
    ) -> Result<Vec<PersonSession>, StoreError> {
        let creator = creator.cloned();
        self.read(move |connection| {
            let mut found = sessions::table
                .left_join(session_people::table.on(
                    session_people::session_id.eq(sessions::session_id).and(session_people::user_id.eq(user)),
                ))
                .left_join(
                    gift_contributions::table.on(gift_contributions::session_id
                        .eq(sessions::session_id)
                        .and(gift_contributions::user_id.eq(user))),
                )
                .filter(sessions::start_time.ge(from))
                .filter(sessions::start_time.lt(to))
                .order((sessions::start_time.desc(), sessions::session_id.desc()))
                .limit(limit)
                .select((
                    sessions::session_id,
                    sessions::start_time,
                    (session_people::first_at, session_people::last_at).nullable(),
                    (
                        gift_contributions::total_gifts,
                        gift_contributions::total_value,
                        gift_contributions::estimated,
                    )
                        .nullable(),
                ))
                .into_boxed();
            if let Some(creator) = &creator {
                found = found.filter(sessions::account_username.eq(creator));
            }
            Ok(found.load(connection)?)
        })
        .await
    }

    /// What a person gave in `sessions`, gift by gift and session by session.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn person_gifts(
        &self,
        user: UserId,
        sessions: &[SessionId],
    ) -> Result<Vec<GaveOfGift>, StoreError> {
        let sessions = sessions.to_vec();
        self.read(move |connection| {
            Ok(gifter_gifts::table
                .inner_join(
                    session_gifts::table.on(session_gifts::session_id
                        .eq(gifter_gifts::session_id)
                        .and(session_gifts::gift_id.eq(gifter_gifts::gift_id))),
                )
                .filter(among(gifter_gifts::session_id, &sessions))
                .filter(gifter_gifts::user_id.eq(user))
                .select((
                    gifter_gifts::gift_id,
                    session_gifts::gift_name,
                    session_gifts::source,
                    gifter_gifts::units,
                    gifter_gifts::diamonds,
                ))
                .load(connection)?)
        })
        .await
    }

    /// The note on a person; empty if there is none.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn person_note(&self, user: UserId) -> Result<String, StoreError> {
        self.read(move |connection| {
            let note = person_notes::table.find(user).select(person_notes::note);
            Ok(note.first(connection).optional()?.unwrap_or_default())
        })
        .await
    }

    /// The tags of those of `users` who have any, each person's in alphabetical order.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn person_tags(&self, users: &[UserId]) -> Result<HashMap<UserId, Vec<Tag>>, StoreError> {
        let users = users.to_vec();
        self.read(move |connection| {
            let mut tags: HashMap<UserId, Vec<Tag>> = HashMap::new();
            let rows: Vec<(UserId, Tag)> = person_tags::table
                .filter(among(person_tags::user_id, &users))
                .order((person_tags::user_id, person_tags::tag))
                .load(connection)?;
            for (user, tag) in rows {
                tags.entry(user).or_default().push(tag);
            }
            Ok(tags)
        })
        .await
    }

    /// Keeps the note and the tags of a person, in place of those before.
    ///
    /// # Errors
    ///
    /// As any change of the database.
    pub async fn note_person(&self, user: UserId, note: &str, tags: &[Tag]) -> Result<(), StoreError> {
        let (note, tags) = (note.to_owned(), tags.to_vec());
        self.write(move |writing| {
            let connection = &mut *writing.connection;
            diesel::delete(person_tags::table.filter(person_tags::user_id.eq(user))).execute(connection)?;
            for tag in &tags {
                diesel::insert_or_ignore_into(person_tags::table)
                    .values((person_tags::user_id.eq(user), person_tags::tag.eq(tag)))
                    .execute(connection)?;
            }
            if note.is_empty() {
                diesel::delete(person_notes::table.find(user)).execute(connection)?;
            } else {
                diesel::replace_into(person_notes::table)
                    .values((person_notes::user_id.eq(user), person_notes::note.eq(&note)))
                    .execute(connection)?;
            }
            Ok(())
        })
        .await
    }
}
