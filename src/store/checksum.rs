//! Checksums over rows of a session, so that a later change of them is found.
//!
//! A row is hashed as SQLite's `quote()` writes its values, which is exact for every type.

use super::StoreError;
use crate::domain::ids::SessionId;
use diesel::prelude::*;
use diesel::sql_types::Text;
use diesel::sqlite::SqliteConnection;
use sha2::{Digest, Sha256};

/// What the checksum of a thinned session is made of: tables, columns, and what puts rows in order. It
/// begins with the number of this form; whoever changes the list gives it another.
const FORM: &str = "1";
const THINNED: [(&str, &str, &str); 11] = [
    (
        "sessions",
        "start_time, end_time, counted_to, total_duration, peak_viewers, avg_viewers, total_comments, total_likes, \
         total_gifts, total_gifts_value, total_follows, total_shares, total_joins, coverage",
        "session_id",
    ),
    (
        "session_totals",
        "history_skipped, duplicates_dropped, decode_errors, counted, broken_frames, likes_seen, like_counter_first, \
         like_counter_max, like_counter_last, diamonds_to_creator, diamonds_event, diamonds_learned, diamonds_list, \
         diamonds_estimate, diamonds_unknown, unpriced_units, unique_commenters, unique_gifters, unique_joiners, \
         people, viewers_last, viewers_last_at, viewers_peak_at, viewers_total, viewer_ms, known_ms",
        "session_id",
    ),
    ("session_kinds", "kind, messages", "kind"),
    ("gaps", "from_ms, to_ms, cause", "from_ms"),
    (
        "series",
        "from_ms, viewers, viewers_min, viewers_max, viewer_ms, known_ms, comments, likes, likes_seen, gift_units, \
         diamonds, follows, shares, joins, likes_in_gap",
        "from_ms",
    ),
    (
        "session_analytics",
        "timestamp, length_ms, viewers, viewers_min, viewers_max, viewer_ms, known_ms, comments_count, likes_count, \
         likes_seen_count, gifts_count, gifts_value, follows_count, shares_count, joins_count, viewer_change, \
         activity_score, top_gifter",
        "timestamp",
    ),
    (
        "gift_contributions",
        "user_id, total_gifts, total_value, gift_types, last_gift_time, value_to_creator, biggest_gift_id, \
         biggest_gift_value, estimated, first_gift_time",
        "user_id",
    ),
    (
        "session_gifts",
        "gift_id, gift_name, streakable, diamond_value, source, units, diamonds, streaks",
        "gift_id",
    ),
    ("gifter_gifts", "user_id, gift_id, units, diamonds", "user_id, gift_id"),
    (
        "streaks",
        "user_id, gift_id, group_id, round, receiver_id, units, diamonds, ended, started_at, updated_at",
        "user_id, gift_id, group_id, round",
    ),
    ("guests", "user_id, units, diamonds, last_at", "user_id"),
];

/// A checksum that is being made.
#[derive(Default)]
pub struct Checksum(Sha256);

/// The checksum that a thinned session is held against.
pub(super) fn of_thinned(
    connection: &mut SqliteConnection,
    session: SessionId,
) -> Result<String, StoreError> {
    let mut checksum = Checksum::default();
    for (table, columns, order) in THINNED {
        checksum.add(connection, table, &columns.split(", ").collect::<Vec<_>>(), order, session)?;
    }
    Ok(format!("{FORM}:{}", checksum.finish()))
}

impl Checksum {
    /// Adds the rows of a session in a table, by its name and columns, which are ours.
    pub(super) fn add(
        &mut self,
        connection: &mut SqliteConnection,
        table: &str,
        columns: &[&str],
        order: &str,
        session: SessionId,
    ) -> Result<i64, StoreError> {
        #[derive(QueryableByName)]
        struct Line {
            #[diesel(sql_type = Text)]
            line: String,
        }
        let quoted: Vec<String> = columns.iter().map(|column| format!("quote({column})")).collect();
        let question = diesel::sql_query(format!(
            "SELECT {} AS line FROM {table} WHERE session_id = ? ORDER BY {order}",
            quoted.join(" || ',' || ")
        ))
        .bind::<Text, _>(session);
        self.0.update(table);
        let mut rows = 0;
        for line in question.load_iter::<Line, diesel::connection::DefaultLoadingMode>(connection)? {
            self.0.update(line?.line);
            self.0.update("\n");
            rows += 1;
        }
        Ok(rows)
    }

    /// In hexadecimal digits.
    pub(super) fn finish(self) -> String {
        self.0.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}
