//! Two sessions beside each other, and which ones are worth comparing.

use super::past::Whole;
use crate::analytics::metrics::{Metrics, metrics};
use crate::domain::days::local_day;
use crate::domain::ids::SessionId;
use crate::domain::marker::Marker;
use crate::domain::session::{Gap, Session};
use crate::domain::time::{DAY_MS, Stamp};
use crate::domain::totals::Bin;
use crate::store::{Store, StoreError};
use chrono::Days as Count;
use chrono_tz::Tz;

/// The best session is looked for over so many days before.
pub const BEST_DAYS: i64 = 30;

/// One of the two.
#[derive(Clone, Debug, PartialEq)]
pub struct Side {
    pub session: Session,
    pub metrics: Metrics,
    /// People who did more than join, if that is known.
    pub engaged: Option<i64>,
    pub gaps: Vec<Gap>,
    pub bins: Vec<Bin>,
    pub markers: Vec<Marker>,
    /// Only its totals are here; the rest is in an archive.
    pub left: bool,
}

/// What a session could be compared with; `None` where there is no such session.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Presets {
    pub previous: Option<(SessionId, Stamp)>,
    /// The longest that began on the local day a week before.
    pub week_before: Option<(SessionId, Stamp)>,
    /// The one with the most viewers on average of the [`BEST_DAYS`] before.
    pub best: Option<(SessionId, Stamp)>,
}

/// One side; `None` if there is no such session.
///
/// # Errors
///
/// If the database cannot answer.
pub async fn side(store: &Store, id: SessionId) -> Result<Option<Side>, StoreError> {
    let Some(session) = store.session(id).await? else { return Ok(None) };
    let audience = store.audience(id).await?;
    let engaged = Some(audience.engaged).filter(|_| audience.seen > 0);
    Ok(Some(Side {
        metrics: metrics(&session.totals, engaged),
        engaged,
        gaps: store.gaps(id).await?,
        bins: store.series(id, Stamp(0), Stamp(i64::MAX)).await?,
        markers: store.markers(id).await?,
        left: store.has_left(id).await?,
        session,
    }))
}

/// What to compare the session `id` with, of all sessions of its creator, oldest first.
#[must_use]
pub fn presets(all: &[Whole], id: SessionId, zone: Tz) -> Presets {
    let Some(at) = all.iter().position(|whole| whole.has(id)) else { return Presets::default() };
    let (before, session) = (&all[..at], &all[at].session);
    let day = local_day(session.from, zone).checked_sub_days(Count::new(7));
    let a_week_before = before.iter().filter(|whole| Some(local_day(whole.session.from, zone)) == day);
    let recent =
        before.iter().filter(|whole| session.from.ms_since(whole.session.from) <= BEST_DAYS * DAY_MS);
    let average = |whole: &&Whole| whole.average_viewers().unwrap_or(-1.0);
    let named = |whole: &Whole| (whole.session.id, whole.session.from);
    Presets {
        previous: before.last().map(named),
        week_before: a_week_before.max_by_key(|whole| whole.session.length_ms).map(named),
        best: recent.max_by(|a, b| average(a).total_cmp(&average(b))).map(named),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::gift::Known;
    use crate::domain::handle::Handle;
    use crate::domain::session::{Origin, Outline};

    /// Began so many days after 1 November 2026, 12:00 UTC.
    fn whole(id: i64, day: i64, minutes: i64, viewers: i64) -> Whole {
        let from = Stamp(1_793_534_400_000 + day * DAY_MS);
        let session = Outline {
            id: SessionId(id),
            creator: Handle::parse("mira").expect("valid"),
            origin: Origin::Live,
            continues: None,
            from,
            ended_at: Some(from + minutes * 60_000),
            length_ms: minutes * 60_000,
            coverage: 1.0,
            peak: Some(viewers),
            viewer_ms: viewers * minutes * 60_000,
            known_ms: minutes * 60_000,
            gift_units: 0,
            diamonds_to_creator: 0,
            known: Known::default(),
            follows: 0,
            has_gaps: false,
            notes: String::new(),
            tags: Vec::new(),
        };
        Whole { session, earlier: Vec::new() }
    }

    #[test]
    fn presets_are_the_one_before_the_weekday_a_week_ago_and_the_best_of_thirty_days() {
        let all = [
            whole(1, -35, 60, 9_000),
            whole(2, 1, 60, 500),
            whole(3, 7, 30, 100),
            whole(4, 7, 90, 200),
            whole(5, 12, 60, 300),
            whole(6, 14, 60, 50),
            whole(7, 15, 60, 7_000),
        ];
        let ids = |id| {
            let found = presets(&all, SessionId(id), chrono_tz::Asia::Jakarta);
            [found.previous, found.week_before, found.best].map(|found| found.map_or(0, |(id, _)| id.0))
        };
        assert_eq!(ids(6), [5, 4, 2], "what came later, or long before, is not offered");
        assert_eq!(ids(1), [0, 0, 0]);
        assert_eq!(ids(99), [0, 0, 0]);
    }
}
