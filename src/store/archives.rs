//! Archives of sessions that left: which there are, and what each holds.

use super::among::among;
use super::boards::BoardScope;
use super::leaving::{Holding, is_archive};
use super::schema::{archive_sessions, archives, sessions};
use super::thinned::at_rest;
use super::{Opening, Store, StoreError, connection};
use crate::domain::ids::SessionId;
use crate::domain::time::Stamp;
use diesel::dsl::{max, min};
use diesel::prelude::*;
use diesel::sqlite::SqliteConnection;
use std::path::Path;

/// A file of an archive.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ArchiveFile {
    pub bytes: i64,
    /// In hexadecimal digits.
    pub sha256: String,
}

/// Sessions whose details are in archives instead of here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Left {
    pub sessions: usize,
    /// The names of the archives, oldest first.
    pub archives: Vec<String>,
}

/// An archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Archive {
    pub id: i64,
    /// What its files are called, without their endings.
    pub name: String,
    /// `None` until both files were read back and found right.
    pub made_at: Option<Stamp>,
    pub book: ArchiveFile,
    pub raw: ArchiveFile,
    /// Oldest first.
    pub sessions: Vec<SessionId>,
    /// When the first and the last of its sessions began.
    pub from: Stamp,
    pub to: Stamp,
}

impl Store {
    /// Opens the database of an archive, which was unpacked to `path`. Blocks.
    ///
    /// # Errors
    ///
    /// [`StoreError::Corrupt`] if it is not an archive that this version can read.
    pub fn open_archive(path: &Path) -> Result<Self, StoreError> {
        let mut marked = connection::open_reader(path)?;
        if !is_archive(&mut marked)? {
            return Err(StoreError::Corrupt("it is not an archive that this version reads".to_owned()));
        }
        drop(marked);
        Self::open(path, Opening::Owner)
    }

    /// The sessions that ended before a moment, whose details may leave: nothing is still to be done with
    /// them. Oldest first, at most so many.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn to_leave(&self, before: Stamp, most: i64) -> Result<Vec<SessionId>, StoreError> {
        self.read(move |connection| {
            let held = archive_sessions::table.select(archive_sessions::session_id);
            Ok(sessions::table
                .filter(at_rest(before))
                .filter(sessions::session_id.ne_all(held))
                .order((sessions::start_time, sessions::session_id))
                .limit(most)
                .select(sessions::session_id)
                .load(connection)?)
        })
        .await
    }

    /// Writes down that an archive is to hold these sessions. Its name gets a number if there is one with
    /// that name.
    ///
    /// # Errors
    ///
    /// As any change of the database.
    pub async fn begin_archive(&self, name: &str, sessions: &[SessionId]) -> Result<(), StoreError> {
        let (name, sessions) = (name.to_owned(), sessions.to_vec());
        self.write(move |writing| {
            let connection = &mut *writing.connection;
            let taken: Vec<String> = archives::table.select(archives::name).load(connection)?;
            let free = (1..)
                .map(|n| if n == 1 { name.clone() } else { format!("{name}-{n}") })
                .find(|name| !taken.contains(name))
                .expect("there are more numbers than archives");
            let id: i64 = diesel::insert_into(archives::table)
                .values(archives::name.eq(free))
                .returning(archives::archive_id)
                .get_result(connection)?;
            for session in &sessions {
                diesel::insert_into(archive_sessions::table)
                    .values((archive_sessions::archive_id.eq(id), archive_sessions::session_id.eq(session)))
                    .execute(connection)?;
            }
            Ok(())
        })
        .await
    }

    /// Every archive, newest sessions first; those without a session any more are left out.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn archives(&self) -> Result<Vec<Archive>, StoreError> {
        self.read(|connection| {
            let rows: Vec<Row> = archives::table.order(archives::archive_id.desc()).load(connection)?;
            let found: Result<Vec<_>, StoreError> =
                rows.into_iter().map(|row| archive(connection, row)).collect();
            Ok(found?.into_iter().flatten().collect())
        })
        .await
    }

    /// The archive that holds the details of a session.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn archive_of(&self, session: SessionId) -> Result<Option<Archive>, StoreError> {
        self.read(move |connection| {
            let row: Option<Row> = archives::table
                .filter(archives::made_at.is_not_null())
                .filter(
                    archives::archive_id.eq_any(
                        archive_sessions::table
                            .filter(archive_sessions::session_id.eq(session))
                            .select(archive_sessions::archive_id),
                    ),
                )
                .order(archives::archive_id.desc())
                .first(connection)
                .optional()?;
            row.map_or(Ok(None), |row| archive(connection, row))
        })
        .await
    }

    /// Which sessions of `scope` left.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn left(&self, scope: &BoardScope) -> Result<Left, StoreError> {
        let scope = scope.clone();
        self.read(move |connection| {
            let left = sessions::table
                .filter(sessions::left_at.is_not_null())
                .select(sessions::session_id)
                .into_boxed();
            let left: Vec<SessionId> = match scope {
                BoardScope::Session(session) => left.filter(sessions::session_id.eq(session)),
                BoardScope::Stretch { from, to, creator } => {
                    let began =
                        left.filter(sessions::start_time.ge(from)).filter(sessions::start_time.lt(to));
                    match creator {
                        Some(creator) => began.filter(sessions::account_username.eq(creator)),
                        None => began,
                    }
                }
            }
            .load(connection)?;
            let holding = archive_sessions::table
                .filter(among(archive_sessions::session_id, &left))
                .select(archive_sessions::archive_id);
            let archives = archives::table
                .filter(archives::made_at.is_not_null())
                .filter(archives::archive_id.eq_any(holding))
                .order(archives::archive_id)
                .select(archives::name)
                .load(connection)?;
            Ok(Left { sessions: left.len(), archives })
        })
        .await
    }

    /// Writes down that both files of an archive were read back and found right, and what it holds.
    ///
    /// # Errors
    ///
    /// As any change of the database.
    pub async fn seal_archive(
        &self,
        archive: i64,
        book: ArchiveFile,
        raw: ArchiveFile,
        held: Vec<Holding>,
        now: Stamp,
    ) -> Result<(), StoreError> {
        self.write(move |writing| {
            let connection = &mut *writing.connection;
            for Holding { session, events, checksum } in &held {
                diesel::update(archive_sessions::table.find((archive, session)))
                    .set((archive_sessions::events.eq(events), archive_sessions::checksum.eq(checksum)))
                    .execute(connection)?;
            }
            diesel::update(archives::table.find(archive))
                .set((
                    archives::made_at.eq(now),
                    archives::book_bytes.eq(book.bytes),
                    archives::book_sha256.eq(&book.sha256),
                    archives::raw_bytes.eq(raw.bytes),
                    archives::raw_sha256.eq(&raw.sha256),
                ))
                .execute(connection)?;
            Ok(())
        })
        .await
    }

    /// Forgets an archive that was not finished.
    ///
    /// # Errors
    ///
    /// As any change of the database.
    pub async fn abandon_archive(&self, archive: i64) -> Result<(), StoreError> {
        self.write(move |writing| {
            let unfinished =
                archives::table.filter(archives::archive_id.eq(archive)).filter(archives::made_at.is_null());
            diesel::delete(unfinished).execute(writing.connection)?;
            Ok(())
        })
        .await
    }

    /// What verified archives hold of sessions that ended before a moment and have not left yet, with the
    /// number of the archive.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn about_to_leave(&self, before: Stamp) -> Result<Vec<(i64, Holding)>, StoreError> {
        self.read(move |connection| {
            let rows: Vec<(i64, SessionId, i64, String)> = archive_sessions::table
                .inner_join(archives::table)
                .inner_join(sessions::table)
                .filter(archives::made_at.is_not_null())
                .filter(sessions::left_at.is_null())
                .filter(sessions::end_time.lt(before))
                .order((archive_sessions::archive_id, archive_sessions::session_id))
                .select((
                    archive_sessions::archive_id,
                    archive_sessions::session_id,
                    archive_sessions::events,
                    archive_sessions::checksum,
                ))
                .load(connection)?;
            let held = rows
                .into_iter()
                .map(|(archive, session, events, checksum)| (archive, Holding { session, events, checksum }));
            Ok(held.collect())
        })
        .await
    }
}

#[derive(Queryable)]
struct Row {
    id: i64,
    name: String,
    made_at: Option<Stamp>,
    book_bytes: i64,
    book_sha256: String,
    raw_bytes: i64,
    raw_sha256: String,
}

fn archive(connection: &mut SqliteConnection, row: Row) -> Result<Option<Archive>, StoreError> {
    let held =
        archive_sessions::table.inner_join(sessions::table).filter(archive_sessions::archive_id.eq(row.id));
    let (from, to): (Option<Stamp>, Option<Stamp>) =
        held.select((min(sessions::start_time), max(sessions::start_time))).first(connection)?;
    let sessions = held
        .order((sessions::start_time, sessions::session_id))
        .select(sessions::session_id)
        .load(connection)?;
    let (Some(from), Some(to)) = (from, to) else { return Ok(None) };
    Ok(Some(Archive {
        id: row.id,
        name: row.name,
        made_at: row.made_at,
        book: ArchiveFile { bytes: row.book_bytes, sha256: row.book_sha256 },
        raw: ArchiveFile { bytes: row.raw_bytes, sha256: row.raw_sha256 },
        sessions,
        from,
        to,
    }))
}
