//! What the user and moderators keep on a person: a note and tags.

use super::schema::{person_notes, person_tags};
use super::{Store, StoreError};
use crate::domain::ids::UserId;
use diesel::prelude::*;
use std::collections::HashMap;

impl Store {
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

    /// The tags of those of `users` who have any, each in alphabetical order.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn person_tags(&self, users: &[UserId]) -> Result<HashMap<UserId, Vec<String>>, StoreError> {
        let users = users.to_vec();
        self.read(move |connection| {
            let mut tags: HashMap<UserId, Vec<String>> = HashMap::new();
            for some in users.chunks(500) {
                let rows: Vec<(UserId, String)> = person_tags::table
                    .filter(person_tags::user_id.eq_any(some))
                    .order((person_tags::user_id, person_tags::tag))
                    .load(connection)?;
                for (user, tag) in rows {
                    tags.entry(user).or_default().push(tag);
                }
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
    pub async fn note_person(&self, user: UserId, note: &str, tags: &[String]) -> Result<(), StoreError> {
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
