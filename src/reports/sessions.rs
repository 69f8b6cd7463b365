//! The sessions of one or all creators, newest first.

use crate::domain::handle::Handle;
use crate::domain::ids::SessionId;
use crate::domain::session::{Gap, Session, SessionStart};
use crate::domain::time::Stamp;
use crate::domain::totals::{Bin, IntervalRow, SessionTotals, ViewerTotals};
use crate::store::sessions::SessionFilter;
use crate::store::{Store, StoreError};

/// Sessions on one page of the list.
const PAGE: u32 = 25;

/// A session is shown as one with at most this many parts before it.
const MAX_EARLIER: usize = 12;

/// Points of a sparkline at least; a longer session is drawn from its interval rows.
const SPARK_POINTS: usize = 36;

/// Sessions shorter than this are drawn from their ten-second series.
const SHORT_MS: i64 = 3_600_000;

/// One session as the list shows it, together with the earlier ones it continues.
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
    /// Viewers in a few dozen equal steps, `None` where they were not known.
    pub spark: Vec<Option<i64>>,
    /// Sessions of the same broadcast evening that ended shortly before, oldest first.
    pub earlier: Vec<Self>,
}

/// A page of the list.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SessionPage {
    pub sessions: Vec<SessionSummary>,
    /// From 1.
    pub number: u32,
    pub has_more: bool,
}

/// What a session and the earlier parts it continues add up to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Whole {
    pub from: Stamp,
    /// `None` while the last part runs.
    pub to: Option<Stamp>,
    /// Recorded time of all parts, without the pauses between them, in milliseconds.
    pub length_ms: i64,
    pub viewers: ViewerTotals,
    pub diamonds_to_creator: i64,
    pub estimated: bool,
    pub follows: i64,
    pub coverage: f64,
}

/// A page of the list, from 1, of one creator or all.
///
/// # Errors
///
/// If the database cannot answer.
pub async fn page(store: &Store, creator: Option<&Handle>, number: u32) -> Result<SessionPage, StoreError> {
    let number = number.max(1);
    let filter = SessionFilter {
        creator: creator.cloned(),
        newest_part_only: true,
        offset: i64::from(number - 1) * i64::from(PAGE),
        ..SessionFilter::default()
    };
    let mut found = store.sessions(&filter, i64::from(PAGE) + 1).await?;
    let has_more = found.len() > PAGE as usize;
    found.truncate(PAGE as usize);
    let mut sessions = Vec::with_capacity(found.len());
    for session in found {
        sessions.push(summary(store, session).await?);
    }
    Ok(SessionPage { sessions, number, has_more })
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
    let spark = if session.duration_ms < SHORT_MS {
        spark_of_bins(&store.series(session.id, session.start.recorded_from, Stamp(i64::MAX)).await?)
    } else {
        store.intervals(session.id).await?.iter().map(average).collect()
    };
    Ok(SessionSummary {
        id: session.id,
        gaps: store.gaps(session.id).await?,
        start: session.start,
        ended_at: session.ended_at,
        length_ms: session.duration_ms,
        totals: session.totals,
        coverage: session.coverage,
        notes: session.notes,
        spark,
        earlier: Vec::new(),
    })
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
    let viewers = row.viewers;
    (viewers.known_ms > 0).then(|| (viewers.viewer_ms as f64 / viewers.known_ms as f64).round() as i64)
}

impl SessionSummary {
    /// This session and its earlier parts as one.
    #[must_use]
    pub fn whole(&self) -> Whole {
        let mut whole = Whole {
            from: self.earlier.first().unwrap_or(self).start.recorded_from,
            to: self.ended_at,
            length_ms: 0,
            viewers: self.totals.viewers,
            diamonds_to_creator: 0,
            estimated: false,
            follows: 0,
            coverage: 0.0,
        };
        let mut connected_ms = 0.0;
        for part in self.earlier.iter().chain([self]) {
            let length_ms = part.length_ms;
            whole.length_ms += length_ms;
            connected_ms += part.coverage * length_ms as f64;
            whole.diamonds_to_creator += part.totals.diamonds_to_creator;
            whole.estimated |= part.totals.is_estimated();
            whole.follows += part.totals.follows;
        }
        for part in &self.earlier {
            let viewers = part.totals.viewers;
            whole.viewers.viewer_ms += viewers.viewer_ms;
            whole.viewers.known_ms += viewers.known_ms;
            if viewers.peak > whole.viewers.peak {
                (whole.viewers.peak, whole.viewers.peak_at) = (viewers.peak, viewers.peak_at);
            }
        }
        whole.coverage =
            if whole.length_ms > 0 { connected_ms / whole.length_ms as f64 } else { self.coverage };
        whole
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::handle::Handle;
    use crate::domain::ids::RoomId;
    use crate::domain::session::Origin;

    fn part(id: i64, from_min: i64, to_min: i64, peak: i64, diamonds: i64, coverage: f64) -> SessionSummary {
        let (from, to) = (Stamp(from_min * 60_000), Stamp(to_min * 60_000));
        SessionSummary {
            id: SessionId(id),
            start: SessionStart {
                creator: Handle::parse("mira").expect("valid"),
                room: RoomId(id),
                host: None,
                title: String::new(),
                live_since: None,
                recorded_from: from,
                continues: None,
                origin: Origin::Live,
            },
            ended_at: Some(to),
            length_ms: to.ms_since(from),
            totals: SessionTotals {
                diamonds_to_creator: diamonds,
                viewers: ViewerTotals {
                    peak: Some(peak),
                    viewer_ms: peak * to.ms_since(from),
                    known_ms: to.ms_since(from),
                    ..ViewerTotals::default()
                },
                ..SessionTotals::default()
            },
            coverage,
            gaps: Vec::new(),
            notes: String::new(),
            spark: Vec::new(),
            earlier: Vec::new(),
        }
    }

    #[test]
    fn a_continued_session_counts_its_earlier_part_but_not_the_break_between() {
        let mut session = part(2, 40, 70, 50, 10, 1.0);
        session.earlier = vec![part(1, 0, 30, 80, 5, 0.5)];
        let whole = session.whole();
        assert_eq!(whole.from, Stamp(0));
        assert_eq!(whole.length_ms, 60 * 60_000);
        assert_eq!(whole.diamonds_to_creator, 15);
        assert_eq!(whole.viewers.peak, Some(80));
        assert_eq!(whole.viewers.average(), Some(65.0));
        assert!((whole.coverage - 0.75).abs() < 1e-9);
    }
}
