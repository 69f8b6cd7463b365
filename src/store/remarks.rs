//! What the user keeps with a session: notes and the notes before them, tags, TikTok's own figures, and
//! which questions were answered.

use super::schema::{questions, session_tags, sessions, tiktok_figures};
use super::{Store, StoreError};
use crate::domain::ids::SessionId;
use crate::domain::remark::{Remarks, Tag, TikTokFigures};
use diesel::dsl::count_star;
use diesel::prelude::*;

impl Store {
    /// What the user keeps with a session; `None` if there is no such session.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn remarks(&self, session: SessionId) -> Result<Option<Remarks>, StoreError> {
        self.read(move |connection| {
            let notes: Option<(String, Option<String>)> = sessions::table
                .find(session)
                .select((sessions::session_notes, sessions::earlier_notes))
                .first(connection)
                .optional()?;
            let Some((notes, earlier_notes)) = notes else { return Ok(None) };
            let tags: Vec<Tag> = session_tags::table
                .filter(session_tags::session_id.eq(session))
                .order(session_tags::tag)
                .select(session_tags::tag)
                .load(connection)?;
            let figures: Option<(Option<i64>, Option<i64>, Option<i64>)> = tiktok_figures::table
                .find(session)
                .select((tiktok_figures::diamonds, tiktok_figures::likes, tiktok_figures::viewers_total))
                .first(connection)
                .optional()?;
            let (diamonds, likes, viewers_total) = figures.unwrap_or_default();
            let tiktok = TikTokFigures { diamonds, likes, viewers_total };
            Ok(Some(Remarks { notes, earlier_notes, tags, tiktok }))
        })
        .await
    }

    /// Keeps the user's notes on a session, and those before them. Says whether there is such a session.
    ///
    /// # Errors
    ///
    /// As any change of the database.
    pub async fn set_session_notes(&self, session: SessionId, notes: &str) -> Result<bool, StoreError> {
        let notes = notes.to_owned();
        self.write(move |writing| {
            let found = sessions::table.find(session);
            diesel::update(found.filter(sessions::session_notes.ne(&notes)))
                .set((
                    sessions::earlier_notes.eq(sessions::session_notes.nullable()),
                    sessions::session_notes.eq(&notes),
                ))
                .execute(writing.connection)?;
            Ok(found.count().get_result::<i64>(writing.connection)? > 0)
        })
        .await
    }

    /// Takes back the last change of a session's notes; done again, it brings the change back.
    ///
    /// # Errors
    ///
    /// As any change of the database.
    pub async fn undo_session_notes(&self, session: SessionId) -> Result<(), StoreError> {
        self.write(move |writing| {
            // Both sides are read before either is written.
            diesel::update(sessions::table.find(session).filter(sessions::earlier_notes.is_not_null()))
                .set((
                    sessions::session_notes.eq(sessions::earlier_notes.assume_not_null()),
                    sessions::earlier_notes.eq(sessions::session_notes.nullable()),
                ))
                .execute(writing.connection)?;
            Ok(())
        })
        .await
    }

    /// Replaces the tags of a session. Says whether there is such a session.
    ///
    /// # Errors
    ///
    /// As any change of the database.
    pub async fn set_session_tags(&self, session: SessionId, tags: &[Tag]) -> Result<bool, StoreError> {
        let tags = tags.to_vec();
        self.write(move |writing| {
            if sessions::table.find(session).count().get_result::<i64>(writing.connection)? == 0 {
                return Ok(false);
            }
            diesel::delete(session_tags::table.filter(session_tags::session_id.eq(session)))
                .execute(writing.connection)?;
            for tag in &tags {
                diesel::insert_or_ignore_into(session_tags::table)
                    .values((session_tags::session_id.eq(session), session_tags::tag.eq(tag)))
                    .execute(writing.connection)?;
            }
            Ok(true)
        })
        .await
    }

    /// Every tag that a session has, and how many sessions have it, those of most sessions first.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn session_tags(&self) -> Result<Vec<(Tag, i64)>, StoreError> {
        self.read(|connection| {
            Ok(session_tags::table
                .group_by(session_tags::tag)
                .order((count_star().desc(), session_tags::tag))
                .select((session_tags::tag, count_star()))
                .load(connection)?)
        })
        .await
    }

    /// Keeps what TikTok said of a session.
    ///
    /// # Errors
    ///
    /// As any change of the database, also if there is no such session.
    pub async fn set_tiktok_figures(
        &self,
        session: SessionId,
        figures: TikTokFigures,
    ) -> Result<(), StoreError> {
        self.write(move |writing| {
            diesel::replace_into(tiktok_figures::table)
                .values((
                    tiktok_figures::session_id.eq(session),
                    tiktok_figures::diamonds.eq(figures.diamonds),
                    tiktok_figures::likes.eq(figures.likes),
                    tiktok_figures::viewers_total.eq(figures.viewers_total),
                ))
                .execute(writing.connection)?;
            Ok(())
        })
        .await
    }

    /// Ticks a question off, or not. Says whether there is such a question.
    ///
    /// # Errors
    ///
    /// As any change of the database.
    pub async fn set_answered(
        &self,
        session: SessionId,
        question: u64,
        answered: bool,
    ) -> Result<bool, StoreError> {
        self.write(move |writing| {
            Ok(diesel::update(questions::table.find((session, question as i64)))
                .set(questions::answered.eq(answered))
                .execute(writing.connection)?
                > 0)
        })
        .await
    }
}
