//! One session in short, together with the earlier parts it continues.

use crate::domain::ids::SessionId;
use crate::domain::session::{Gap, Session, SessionStart};
use crate::domain::time::Stamp;
use crate::domain::totals::{Bin, IntervalRow, SessionTotals};
use crate::store::{Store, StoreError};

/// A session is shown as one with at most this many parts before it.
const MAX_EARLIER: usize = 12;

/// Points of a sparkline at least; a longer session is drawn from its interval rows.
const SPARK_POINTS: usize = 36;

/// Sessions shorter than this are drawn from their ten-second series.
const SHORT_MS: i64 = 3_600_000;

/// One session with what a page tells of it first.
#[derive(Clone, Debug, PartialEq)]
pub struct SessionSummary {
    pub id: SessionId,
    pub start: SessionStart,
    /// `None` while it runs.
    pub ended_at: Option<Stamp>,
    /// Recorded time in milliseconds; of a running session, as far as it is stored.
    pub length_ms: i64,
    pub totals: SessionTotals,
    /// Connected time divided by session time, 0 to 1.
    pub coverage: f64,
    pub gaps: Vec<Gap>,
    pub notes: String,
    /// Sessions of the same broadcast evening that ended shortly before, oldest first.
    pub earlier: Vec<Self>,
}

/// A session with the earlier parts it continues.
///
/// # Errors
///
/// If the database cannot answer.
pub async fn summary(store: &Store, session: Session) -> Result<SessionSummary, StoreError> {
    let mut earlier = Vec::new();
    let mut before = session.start.continues;
    while let Some(id) = before.filter(|_| earlier.len() < MAX_EARLIER) {
        let Some(part) = store.session(id).await? else { break };
        before = part.start.continues;
        earlier.push(alone(store, part).await?);
    }
    earlier.reverse();
    Ok(SessionSummary { earlier, ..alone(store, session).await? })
}

async fn alone(store: &Store, session: Session) -> Result<SessionSummary, StoreError> {
    Ok(SessionSummary {
        id: session.id,
        gaps: store.gaps(session.id).await?,
        start: session.start,
        ended_at: session.ended_at,
        length_ms: session.duration_ms,
        totals: session.totals,
        coverage: session.coverage,
        notes: session.notes,
        earlier: Vec::new(),
    })
}

/// Viewers of a session of this length in a few dozen equal steps, `None` where they were not known.
///
/// # Errors
///
/// If the database cannot answer.
pub async fn spark(store: &Store, id: SessionId, length_ms: i64) -> Result<Vec<Option<i64>>, StoreError> {
    if length_ms < SHORT_MS {
        return Ok(spark_of_bins(&store.series(id, Stamp(0), Stamp(i64::MAX)).await?));
    }
    Ok(store.intervals(id).await?.iter().map(average).collect())
}

/// The last known viewers of each of equal steps; steps inside a gap have no bins and stay empty.
fn spark_of_bins(bins: &[Bin]) -> Vec<Option<i64>> {
    let (Some(first), Some(last)) = (bins.first(), bins.last()) else { return Vec::new() };
    let step_ms =
        (last.from.ms_since(first.from) / SPARK_POINTS as i64 + 1).max(crate::domain::totals::BIN_MS);
    let mut spark = vec![None; (last.from.ms_since(first.from) / step_ms) as usize + 1];
    for bin in bins.iter().filter(|bin| bin.viewers.last.is_some()) {
        spark[(bin.from.ms_since(first.from) / step_ms) as usize] = bin.viewers.last;
    }
    spark
}

fn average(row: &IntervalRow) -> Option<i64> {
    row.viewers.average().map(|average| average.round() as i64)
}
