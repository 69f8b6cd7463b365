//! Many sessions at once, in the few figures that lists, sums and best times need: one question each,
//! however many sessions there are.

use super::among::among;
use super::schema::viewer_correlations;
use super::{Store, StoreError};
use crate::domain::answer::Level;
use crate::domain::driver::Driver;
use crate::domain::gift::Known;
use crate::domain::handle::Handle;
use crate::domain::ids::SessionId;
use crate::domain::remark::Tag;
use crate::domain::session::{Origin, Outline};
use crate::domain::time::Stamp;
use crate::domain::totals::QuarterHour;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Double, Nullable, Text};
use std::collections::HashMap;

/// The last answer for one driver: who, how sure, and the probability of as much by chance.
pub type DriverLevel = (Driver, Level, Option<f64>);

impl Store {
    /// Every session of a creator, or of all, oldest first.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn outlines(&self, creator: Option<&Handle>) -> Result<Vec<Outline>, StoreError> {
        let creator = creator.cloned();
        self.read(move |connection| {
            let rows: Vec<Row> = diesel::sql_query(OUTLINES)
                .bind::<Nullable<Text>, _>(creator.as_ref())
                .bind::<Nullable<Text>, _>(creator.as_ref())
                .load(connection)?;
            Ok(rows.into_iter().map(outline).collect())
        })
        .await
    }

    /// The quarter hours of the sessions that began from `from` up to before `to`, of a creator or
    /// of all, in no order.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn quarter_hours(
        &self,
        creator: Option<&Handle>,
        from: Stamp,
        to: Stamp,
    ) -> Result<Vec<QuarterHour>, StoreError> {
        let creator = creator.cloned();
        self.read(move |connection| {
            let rows: Vec<QuarterRow> = diesel::sql_query(QUARTERS)
                .bind::<BigInt, _>(from)
                .bind::<BigInt, _>(to)
                .bind::<Nullable<Text>, _>(creator.as_ref())
                .bind::<Nullable<Text>, _>(creator.as_ref())
                .load(connection)?;
            let quarter = |row: QuarterRow| QuarterHour {
                session: row.session_id,
                from: row.from_ms,
                viewer_ms: row.viewer_ms,
                known_ms: row.known_ms,
                diamonds: row.diamonds,
            };
            Ok(rows.into_iter().map(quarter).collect())
        })
        .await
    }

    /// What the newest kept answer of each of these sessions says of the drivers; sessions without
    /// one are missing.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn driver_levels(
        &self,
        sessions: &[SessionId],
    ) -> Result<HashMap<SessionId, Vec<DriverLevel>>, StoreError> {
        let sessions = sessions.to_vec();
        self.read(move |connection| {
            let rows: Vec<(SessionId, Stamp, Driver, String, Option<f64>)> = viewer_correlations::table
                .filter(among(viewer_correlations::session_id, &sessions))
                .select((
                    viewer_correlations::session_id,
                    viewer_correlations::timestamp,
                    viewer_correlations::driver,
                    viewer_correlations::level,
                    viewer_correlations::p_value,
                ))
                .load(connection)?;
            let mut newest: HashMap<SessionId, (Stamp, Vec<DriverLevel>)> = HashMap::new();
            for (session, at, driver, level, p_value) in rows {
                let Some(level) = Level::parse(&level) else { continue };
                let kept = newest.entry(session).or_insert_with(|| (at, Vec::new()));
                if at > kept.0 {
                    *kept = (at, Vec::new());
                }
                if at == kept.0 {
                    kept.1.push((driver, level, p_value));
                }
            }
            Ok(newest.into_iter().map(|(session, (_, levels))| (session, levels)).collect())
        })
        .await
    }
}

const OUTLINES: &str = "SELECT session_id, account_username, origin, continues, start_time, end_time, \
    total_duration, coverage, peak_viewers, viewer_ms, known_ms, total_gifts, diamonds_to_creator, \
    diamonds_event, diamonds_learned, diamonds_list, diamonds_estimate, diamonds_unknown, unpriced_units, \
    total_follows, \
    EXISTS (SELECT 1 FROM gaps WHERE gaps.session_id = sessions.session_id) AS has_gaps, session_notes, \
    (SELECT group_concat(tag) FROM session_tags WHERE session_tags.session_id = sessions.session_id) AS tags \
    FROM sessions LEFT JOIN session_totals USING (session_id) \
    WHERE ? IS NULL OR account_username = ? ORDER BY start_time, sessions.session_id";

/// Interval rows are gathered into quarters of an hour: every zone is whole quarters away from UTC, so
/// each of them lies within one local hour, unless an interval is longer than a quarter or does not
/// divide one, and then it counts for the quarter that it began in.
const QUARTERS: &str = "SELECT session_id, timestamp / 900000 * 900000 AS from_ms, \
    sum(viewer_ms) AS viewer_ms, sum(known_ms) AS known_ms, sum(gifts_value) AS diamonds \
    FROM session_analytics JOIN sessions USING (session_id) \
    WHERE start_time >= ? AND start_time < ? AND (? IS NULL OR account_username = ?) \
    GROUP BY session_id, from_ms HAVING sum(known_ms) > 0";

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    session_id: SessionId,
    #[diesel(sql_type = Text)]
    account_username: Handle,
    #[diesel(sql_type = Text)]
    origin: Origin,
    #[diesel(sql_type = Nullable<Text>)]
    continues: Option<SessionId>,
    #[diesel(sql_type = BigInt)]
    start_time: Stamp,
    #[diesel(sql_type = Nullable<BigInt>)]
    end_time: Option<Stamp>,
    #[diesel(sql_type = BigInt)]
    total_duration: i64,
    #[diesel(sql_type = Double)]
    coverage: f64,
    #[diesel(sql_type = Nullable<BigInt>)]
    peak_viewers: Option<i64>,
    #[diesel(sql_type = Nullable<BigInt>)]
    viewer_ms: Option<i64>,
    #[diesel(sql_type = Nullable<BigInt>)]
    known_ms: Option<i64>,
    #[diesel(sql_type = BigInt)]
    total_gifts: i64,
    #[diesel(sql_type = Nullable<BigInt>)]
    diamonds_to_creator: Option<i64>,
    #[diesel(sql_type = Nullable<BigInt>)]
    diamonds_event: Option<i64>,
    #[diesel(sql_type = Nullable<BigInt>)]
    diamonds_learned: Option<i64>,
    #[diesel(sql_type = Nullable<BigInt>)]
    diamonds_list: Option<i64>,
    #[diesel(sql_type = Nullable<BigInt>)]
    diamonds_estimate: Option<i64>,
    #[diesel(sql_type = Nullable<BigInt>)]
    diamonds_unknown: Option<i64>,
    #[diesel(sql_type = Nullable<BigInt>)]
    unpriced_units: Option<i64>,
    #[diesel(sql_type = BigInt)]
    total_follows: i64,
    #[diesel(sql_type = Bool)]
    has_gaps: bool,
    #[diesel(sql_type = Text)]
    session_notes: String,
    /// Separated by commas, of which a tag has none.
    #[diesel(sql_type = Nullable<Text>)]
    tags: Option<String>,
}

#[derive(QueryableByName)]
struct QuarterRow {
    #[diesel(sql_type = Text)]
    session_id: SessionId,
    #[diesel(sql_type = BigInt)]
    from_ms: Stamp,
    #[diesel(sql_type = BigInt)]
    viewer_ms: i64,
    #[diesel(sql_type = BigInt)]
    known_ms: i64,
    #[diesel(sql_type = BigInt)]
    diamonds: i64,
}

/// A session that just began has no totals yet: they are zero.
fn outline(row: Row) -> Outline {
    Outline {
        id: row.session_id,
        creator: row.account_username,
        origin: row.origin,
        continues: row.continues,
        from: row.start_time,
        ended_at: row.end_time,
        length_ms: row.total_duration,
        coverage: row.coverage,
        peak: row.peak_viewers,
        viewer_ms: row.viewer_ms.unwrap_or(0),
        known_ms: row.known_ms.unwrap_or(0),
        gift_units: row.total_gifts,
        diamonds_to_creator: row.diamonds_to_creator.unwrap_or(0),
        known: Known {
            diamonds: [
                row.diamonds_event,
                row.diamonds_learned,
                row.diamonds_list,
                row.diamonds_estimate,
                row.diamonds_unknown,
            ]
            .map(|diamonds| diamonds.unwrap_or(0)),
            unpriced_units: row.unpriced_units.unwrap_or(0),
        },
        follows: row.total_follows,
        has_gaps: row.has_gaps,
        notes: row.session_notes,
        tags: Tag::list(&row.tags.unwrap_or_default()),
    }
}
