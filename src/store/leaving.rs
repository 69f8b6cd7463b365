//! Sessions whose details leave for an archive: what goes along, what stays, and taking it out in small
//! steps.
//!
//! Which tables belong to a session is read from the database itself, so that a table that is added later
//! is not forgotten: it goes into archives and leaves, unless a list here says otherwise.

use super::checksum::Checksum;
use super::schema::{archive_sessions, sessions};
use super::{Store, StoreError, connection};
use crate::domain::ids::{SessionId, UserId};
use crate::domain::time::Stamp;
use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use diesel::sqlite::SqliteConnection;
use std::path::Path;

/// Of a session, but not part of what is archived: work that waits, and what can be made again.
const NOT_ARCHIVED: [&str; 6] =
    ["alerts", "archive_sessions", "erasure_sessions", "revaluations", "session_boards", "trial_slots"];

/// What stays when the details of a session leave: its totals and how complete they are, what the user
/// wrote about it, and its place in trials and archives.
const STAYING: [&str; 11] = [
    "archive_sessions",
    "erasure_sessions",
    "gaps",
    "pauses",
    "session_kinds",
    "session_methods",
    "session_tags",
    "session_totals",
    "sessions",
    "tiktok_figures",
    "trial_slots",
];

/// What the outcome of a trial is worked out from, again whenever it is looked at.
const NEEDED_BY_TRIALS: &str = "series";

/// So many rows are removed together; of tables whose rows are large, fewer.
const REMOVED_AT_ONCE: i64 = 250;
const LARGE: [(&str, i64); 2] = [("event_segments", 1), ("answers", 20)];

/// So many people are looked at together.
const PEOPLE_AT_ONCE: i64 = 250;

/// Marks an archive as ours: "Past" in ASCII.
const APPLICATION_ID: i32 = 0x5061_7374;
/// Which form of archive this is.
const FORM: i32 = 1;

/// What an archive holds of a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holding {
    pub session: SessionId,
    /// Raw events.
    pub events: i64,
    /// Over all rows of the session, and the lengths of its stretches of raw events.
    pub checksum: String,
}

struct Table {
    name: String,
    columns: Vec<String>,
    /// What identifies a row.
    key: Vec<String>,
}

impl Store {
    /// What there is of these sessions to be archived; those that are gone are left out.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn holdings(&self, sessions: &[SessionId]) -> Result<Vec<Holding>, StoreError> {
        let sessions = sessions.to_vec();
        self.read(move |connection| {
            let mut found = Vec::with_capacity(sessions.len());
            for session in sessions {
                let there = sessions::table.find(session).count().get_result::<i64>(connection)?;
                if there > 0 {
                    found.push(holding(connection, session)?);
                }
            }
            Ok(found)
        })
        .await
    }

    /// A checksum over the bodies of a session's raw events.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn events_checksum(&self, session: SessionId) -> Result<String, StoreError> {
        self.read(move |connection| {
            let mut checksum = Checksum::default();
            let columns = ["first_number", "last_number", "packed", "body"];
            checksum.add(connection, "event_segments", &columns, "first_number", session)?;
            Ok(checksum.finish())
        })
        .await
    }

    /// Copies everything of these sessions into a database of its own at `path`, where nothing is yet, with
    /// the names of the people in them. Settings and whatever else is not of a session stay out of it.
    ///
    /// # Errors
    ///
    /// As any change of the database.
    pub async fn copy_sessions(&self, sessions: &[SessionId], path: &Path) -> Result<(), StoreError> {
        let (from, to, sessions) = (self.0.path.clone(), path.to_owned(), sessions.to_vec());
        // It writes to another file, so it goes neither through the readers nor the writer.
        let copying = tokio::task::spawn_blocking(move || copy(&from, &to, &sessions));
        copying.await.map_err(|error| StoreError::Other(error.to_string()))?
    }

    /// Marks a session as left, if it is still what a verified archive holds of it; otherwise the archive
    /// holds it no more, and it is to be archived again. Returns whether it was marked.
    ///
    /// # Errors
    ///
    /// As any change of the database.
    pub async fn leave(&self, archive: i64, held: Holding, now: Stamp) -> Result<bool, StoreError> {
        self.write(move |writing| {
            writing.forget(held.session);
            let connection = &mut *writing.connection;
            if holding(connection, held.session)? != held || is_waiting(connection, held.session)? {
                diesel::delete(archive_sessions::table.find((archive, held.session))).execute(connection)?;
                return Ok(false);
            }
            diesel::update(sessions::table.find(held.session))
                .set(sessions::left_at.eq(now))
                .execute(connection)?;
            Ok(true)
        })
        .await
    }

    /// Removes some of the details of a session that left; whether there were any.
    ///
    /// # Errors
    ///
    /// As any change of the database.
    pub async fn remove_details(&self, session: SessionId) -> Result<bool, StoreError> {
        self.write(move |writing| {
            let connection = &mut *writing.connection;
            let left: Option<Option<Stamp>> =
                sessions::table.find(session).select(sessions::left_at).first(connection).optional()?;
            if left.flatten().is_none() {
                return Ok(false);
            }
            for table in leaving(connection, session)? {
                if remove(connection, &table, session)? > 0 {
                    return Ok(true);
                }
            }
            Ok(false)
        })
        .await
    }

    /// The sessions that left but still have details here, because removing them was interrupted.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn half_left(&self) -> Result<Vec<SessionId>, StoreError> {
        self.read(|connection| {
            let left: Vec<SessionId> = sessions::table
                .filter(sessions::left_at.is_not_null())
                .select(sessions::session_id)
                .load(connection)?;
            let mut half = Vec::new();
            for session in left {
                for table in leaving(connection, session)? {
                    if rows(connection, &table, session)? > 0 {
                        half.push(session);
                        break;
                    }
                }
            }
            Ok(half)
        })
        .await
    }

    /// People after `after` whom no session here knows and nobody keeps a note or tag on, some hundred.
    /// The second is the last that was looked at; `None` at the end.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn unknown_people(
        &self,
        after: Option<UserId>,
    ) -> Result<(Vec<UserId>, Option<UserId>), StoreError> {
        #[derive(QueryableByName)]
        struct Row {
            #[diesel(sql_type = Text)]
            user_id: UserId,
            #[diesel(sql_type = diesel::sql_types::Bool)]
            unknown: bool,
        }
        self.read(move |connection| {
            let after = after.map_or(String::new(), |after| after.to_string());
            let rows: Vec<Row> = diesel::sql_query(format!(
                "SELECT user_id, {UNKNOWN} AS unknown FROM people WHERE user_id > ? ORDER BY user_id LIMIT ?"
            ))
            .bind::<Text, _>(after)
            .bind::<BigInt, _>(PEOPLE_AT_ONCE)
            .load(connection)?;
            let last = rows.last().map(|row| row.user_id).filter(|_| rows.len() as i64 == PEOPLE_AT_ONCE);
            Ok((rows.into_iter().filter(|row| row.unknown).map(|row| row.user_id).collect(), last))
        })
        .await
    }

    /// Removes these people, but for those whom a session knows by now. Returns how many went.
    ///
    /// # Errors
    ///
    /// As any change of the database.
    pub async fn forget_people(&self, people: Vec<UserId>) -> Result<usize, StoreError> {
        self.write(move |writing| {
            let mut gone = 0;
            for user in &people {
                gone += diesel::sql_query(format!("DELETE FROM people WHERE user_id = ? AND {UNKNOWN}"))
                    .bind::<Text, _>(user)
                    .execute(writing.connection)?;
            }
            Ok(gone)
        })
        .await
    }
}

const UNKNOWN: &str = "(NOT EXISTS (SELECT 1 FROM session_people AS known WHERE known.user_id = people.user_id) \
     AND NOT EXISTS (SELECT 1 FROM person_notes AS known WHERE known.user_id = people.user_id) \
     AND NOT EXISTS (SELECT 1 FROM person_tags AS known WHERE known.user_id = people.user_id) \
     AND NOT EXISTS (SELECT 1 FROM erasures AS known WHERE known.user_id = people.user_id))";

fn holding(connection: &mut SqliteConnection, session: SessionId) -> Result<Holding, StoreError> {
    #[derive(QueryableByName)]
    struct Count {
        #[diesel(sql_type = BigInt)]
        events: i64,
    }
    let mut checksum = Checksum::default();
    for table in tables(connection)?.iter().filter(|table| is_archived(table)) {
        // Megabytes are not read while others wait; whoever changes events changes their length or a total.
        let columns: Vec<&str> = table
            .columns
            .iter()
            .map(
                |column| {
                    if table.name == "event_segments" && column == "body" { "length(body)" } else { column }
                },
            )
            .collect();
        checksum.add(connection, &table.name, &columns, &table.key.join(", "), session)?;
    }
    let count: Count = diesel::sql_query(
        "SELECT coalesce(sum(last_number - first_number + 1), 0) AS events FROM event_segments WHERE session_id = ?",
    )
    .bind::<Text, _>(session)
    .get_result(connection)?;
    Ok(Holding { session, events: count.events, checksum: checksum.finish() })
}

/// Whether a price or an erasure waits for a session.
fn is_waiting(connection: &mut SqliteConnection, session: SessionId) -> Result<bool, StoreError> {
    use super::schema::{erasure_sessions, revaluations};
    let prices = revaluations::table.filter(revaluations::session_id.eq(session)).count();
    let erasures = erasure_sessions::table.filter(erasure_sessions::session_id.eq(session)).count();
    Ok(prices.get_result::<i64>(connection)? + erasures.get_result::<i64>(connection)? > 0)
}

fn copy(from: &Path, to: &Path, sessions: &[SessionId]) -> Result<(), StoreError> {
    let mut archive = connection::open(to, connection::Opening::Owner)?;
    // A session may continue one that is elsewhere. Whoever writes this file syncs it at the end.
    archive.batch_execute(&format!(
        "PRAGMA foreign_keys = OFF; PRAGMA journal_mode = DELETE; PRAGMA synchronous = OFF; \
         PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {FORM};"
    ))?;
    diesel::sql_query("ATTACH DATABASE ? AS recorded")
        .bind::<Text, _>(from.to_string_lossy())
        .execute(&mut archive)?;
    let of_sessions = tables(&mut archive)?;
    for session in sessions {
        archive.transaction::<_, StoreError, _>(|archive| {
            for table in of_sessions.iter().filter(|table| is_archived(table)) {
                let (name, columns) = (&table.name, table.columns.join(", "));
                diesel::sql_query(format!(
                    "INSERT INTO main.{name} ({columns}) SELECT {columns} FROM recorded.{name} WHERE session_id = ?"
                ))
                .bind::<Text, _>(session)
                .execute(archive)?;
            }
            Ok(())
        })?;
    }
    archive.batch_execute(
        "INSERT INTO main.people SELECT * FROM recorded.people WHERE user_id IN \
             (SELECT user_id FROM main.session_people UNION SELECT user_id FROM main.gift_contributions); \
         INSERT INTO main.person_names SELECT * FROM recorded.person_names WHERE user_id IN \
             (SELECT user_id FROM main.people); \
         DETACH DATABASE recorded;",
    )?;
    Ok(())
}

/// Whether a file is an archive of a form that can be read here.
pub(super) fn is_archive(connection: &mut SqliteConnection) -> Result<bool, StoreError> {
    #[derive(QueryableByName)]
    struct Marks {
        #[diesel(sql_type = diesel::sql_types::Integer)]
        application: i32,
        #[diesel(sql_type = diesel::sql_types::Integer)]
        form: i32,
    }
    let marks: Marks = diesel::sql_query(
        "SELECT application_id AS application, user_version AS form FROM pragma_application_id, pragma_user_version",
    )
    .get_result(connection)?;
    Ok(marks.application == APPLICATION_ID && marks.form == FORM)
}

fn is_archived(table: &Table) -> bool {
    !NOT_ARCHIVED.contains(&table.name.as_str())
}

/// The tables whose rows of a session leave with it.
fn leaving(connection: &mut SqliteConnection, session: SessionId) -> Result<Vec<Table>, StoreError> {
    #[derive(QueryableByName)]
    struct Count {
        #[diesel(sql_type = BigInt)]
        slots: i64,
    }
    let count: Count = diesel::sql_query("SELECT count(*) AS slots FROM trial_slots WHERE session_id = ?")
        .bind::<Text, _>(session)
        .get_result(connection)?;
    let stays = |table: &Table| {
        STAYING.contains(&table.name.as_str()) || (count.slots > 0 && table.name == NEEDED_BY_TRIALS)
    };
    Ok(tables(connection)?.into_iter().filter(|table| !stays(table)).collect())
}

fn remove(connection: &mut SqliteConnection, table: &Table, session: SessionId) -> Result<usize, StoreError> {
    let (name, key) = (&table.name, table.key.join(", "));
    let limit = LARGE.iter().find(|(large, _)| large == name).map_or(REMOVED_AT_ONCE, |(_, limit)| *limit);
    Ok(diesel::sql_query(format!(
        "DELETE FROM {name} WHERE ({key}) IN (SELECT {key} FROM {name} WHERE session_id = ? LIMIT {limit})"
    ))
    .bind::<Text, _>(session)
    .execute(connection)?)
}

fn rows(connection: &mut SqliteConnection, table: &Table, session: SessionId) -> Result<i64, StoreError> {
    #[derive(QueryableByName)]
    struct Count {
        #[diesel(sql_type = BigInt)]
        rows: i64,
    }
    let question =
        format!("SELECT count(*) AS rows FROM (SELECT 1 FROM {} WHERE session_id = ? LIMIT 1)", table.name);
    let count: Count = diesel::sql_query(question).bind::<Text, _>(session).get_result(connection)?;
    Ok(count.rows)
}

/// Every table with rows of sessions, by name.
fn tables(connection: &mut SqliteConnection) -> Result<Vec<Table>, StoreError> {
    #[derive(QueryableByName)]
    struct Column {
        #[diesel(sql_type = Text)]
        table_name: String,
        #[diesel(sql_type = Text)]
        column_name: String,
        #[diesel(sql_type = BigInt)]
        in_key: i64,
    }
    let columns: Vec<Column> = diesel::sql_query(
        "SELECT found.name AS table_name, info.name AS column_name, info.pk AS in_key \
         FROM main.sqlite_master AS found, pragma_table_info(found.name) AS info \
         WHERE found.type = 'table' \
         AND EXISTS (SELECT 1 FROM pragma_table_info(found.name) AS own WHERE own.name = 'session_id') \
         ORDER BY found.name, info.cid",
    )
    .load(connection)?;
    let mut tables: Vec<Table> = Vec::new();
    for Column { table_name, column_name, in_key } in columns {
        if tables.last().is_none_or(|table| table.name != table_name) {
            tables.push(Table { name: table_name, columns: Vec::new(), key: Vec::new() });
        }
        let table = tables.last_mut().expect("one was put there");
        if in_key > 0 {
            table.key.push(column_name.clone());
        }
        table.columns.push(column_name);
    }
    Ok(tables)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_adds_a_table_of_sessions_decides_whether_its_rows_leave() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("pasut.db");
        let mut connection = connection::open(&path, connection::Opening::Owner).expect("a database");
        let leaving = leaving(&mut connection, SessionId(1)).expect("readable");
        let names: Vec<&str> = leaving.iter().map(|table| table.name.as_str()).collect();
        assert_eq!(
            names,
            [
                "alerts",
                "answers",
                "battle_sides",
                "battles",
                "envelopes",
                "event_segments",
                "gift_contributions",
                "gifter_gifts",
                "guests",
                "markers",
                "questions",
                "revaluations",
                "series",
                "session_analytics",
                "session_boards",
                "session_gifts",
                "session_people",
                "streaks",
                "subscriptions",
                "thinned_sessions",
                "viewer_correlations",
                "viewer_windows"
            ]
        );
        let all = tables(&mut connection).expect("readable");
        for name in STAYING.iter().chain(&NOT_ARCHIVED) {
            assert!(all.iter().any(|table| table.name == *name), "{name} is no table");
        }
        assert!(all.iter().all(|table| !table.key.is_empty()), "rows have a key");
    }
}
