//! When sessions do best: every local hour of the week with the sessions that were live in it.

use crate::domain::ids::SessionId;
use crate::domain::totals::{QuarterHour, average_viewers};
use chrono::{DateTime, Datelike, Timelike};
use chrono_tz::Tz;
use std::collections::{HashMap, HashSet};

/// An hour of the week says something from this many sessions on.
pub const ENOUGH: usize = 2;

const HOUR_MS: f64 = 3_600_000.0;

/// The hours of a week, Monday first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BestTimes([[Hour; 24]; 7]);

/// One hour of the week, over all sessions that were live in it. Only connected time counts.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Hour {
    /// Sessions that were seen in it, each once.
    pub sessions: usize,
    pub viewer_ms: i64,
    pub known_ms: i64,
    /// Given to the creator or to guests.
    pub diamonds: i64,
}

impl Hour {
    /// Viewers on average over connected time; `None` with fewer than [`ENOUGH`] sessions.
    #[must_use]
    pub fn average_viewers(&self) -> Option<f64> {
        average_viewers(self.viewer_ms, self.known_ms).filter(|_| self.sessions >= ENOUGH)
    }

    /// Diamonds given for each viewer-hour; `None` with fewer than [`ENOUGH`] sessions.
    #[must_use]
    pub fn value_rate(&self) -> Option<f64> {
        let viewer_hours = self.viewer_ms as f64 / HOUR_MS;
        (self.sessions >= ENOUGH && viewer_hours > 0.0).then(|| self.diamonds as f64 / viewer_hours)
    }
}

impl BestTimes {
    /// `whole` names the session that a part belongs to, so that a continued one counts once; `None`
    /// leaves the part out.
    #[must_use]
    pub fn of(quarters: &[QuarterHour], whole: impl Fn(SessionId) -> Option<SessionId>, zone: Tz) -> Self {
        let mut times = Self::default();
        let mut seen: HashMap<(usize, usize), HashSet<SessionId>> = HashMap::new();
        for quarter in quarters.iter().filter(|quarter| quarter.known_ms > 0) {
            let (Some(session), Some(utc)) =
                (whole(quarter.session), DateTime::from_timestamp_millis(quarter.from.0))
            else {
                continue;
            };
            let local = utc.with_timezone(&zone);
            let at = (local.weekday().num_days_from_monday() as usize, local.hour() as usize);
            let hour = &mut times.0[at.0][at.1];
            hour.viewer_ms += quarter.viewer_ms;
            hour.known_ms += quarter.known_ms;
            hour.diamonds += quarter.diamonds;
            seen.entry(at).or_default().insert(session);
        }
        for ((day, hour), sessions) in seen {
            times.0[day][hour].sessions = sessions.len();
        }
        times
    }

    /// The days of the week with their 24 hours, Monday first.
    #[must_use]
    pub const fn days(&self) -> &[[Hour; 24]; 7] {
        &self.0
    }

    /// The first and the last hour of the day in which anything was live; `None` if nothing was.
    #[must_use]
    pub fn hours(&self) -> Option<(usize, usize)> {
        let live = |hour: &usize| self.0.iter().any(|day| day[*hour].sessions > 0);
        Some(((0..24).find(live)?, (0..24).rfind(live)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::Stamp;

    const QUARTER_MS: i64 = 900_000;

    /// `viewers` over a whole quarter of an hour.
    fn quarter(session: i64, from: &str, viewers: i64, diamonds: i64) -> QuarterHour {
        let from = DateTime::parse_from_rfc3339(from).expect("a time").timestamp_millis();
        QuarterHour {
            session: SessionId(session),
            from: Stamp(from),
            viewer_ms: viewers * QUARTER_MS,
            known_ms: QUARTER_MS,
            diamonds,
        }
    }

    fn times(quarters: &[QuarterHour], zone: Tz) -> BestTimes {
        BestTimes::of(quarters, Some, zone)
    }

    #[test]
    fn an_hour_belongs_to_its_local_day_also_after_midnight() {
        // Sunday 22 November 2026, 23:45 and Monday 0:00 in Jakarta.
        let found = times(
            &[quarter(1, "2026-11-22T16:45:00Z", 80, 0), quarter(1, "2026-11-22T17:00:00Z", 40, 0)],
            chrono_tz::Asia::Jakarta,
        );
        assert_eq!((found.days()[6][23].sessions, found.days()[0][0].sessions), (1, 1));
        assert_eq!(
            (found.days()[6][23].viewer_ms, found.days()[0][0].viewer_ms),
            (80 * QUARTER_MS, 40 * QUARTER_MS)
        );
        assert_eq!(found.hours(), Some((0, 23)));
    }

    #[test]
    fn the_average_is_weighted_by_connected_time_and_needs_two_sessions() {
        let short = QuarterHour { known_ms: QUARTER_MS / 3, ..quarter(2, "2026-11-19T12:00:00Z", 0, 0) };
        let short = QuarterHour { viewer_ms: 400 * short.known_ms, diamonds: 50, ..short };
        let first = quarter(1, "2026-11-12T12:15:00Z", 100, 25);
        let zone = chrono_tz::Asia::Jakarta;
        let one = times(&[first], zone).days()[3][19];
        assert_eq!((one.sessions, one.average_viewers(), one.value_rate()), (1, None, None));
        let both = times(&[first, short], zone).days()[3][19];
        // (100 × 15 + 400 × 5) / 20 minutes; 75 diamonds over 3,500 viewer-minutes.
        assert_eq!((both.sessions, both.average_viewers()), (2, Some(175.0)));
        assert!((both.value_rate().expect("two sessions") - 75.0 / (3_500.0 / 60.0)).abs() < 1e-9);
    }

    #[test]
    fn a_gap_adds_neither_time_nor_a_session() {
        let gap = QuarterHour { known_ms: 0, viewer_ms: 0, ..quarter(2, "2026-11-12T12:00:00Z", 0, 0) };
        let found = times(&[quarter(1, "2026-11-12T12:15:00Z", 100, 0), gap], chrono_tz::UTC);
        assert_eq!(found.days()[3][12].sessions, 1);
        assert_eq!(times(&[gap], chrono_tz::UTC).hours(), None);
    }

    #[test]
    fn an_hour_that_the_clocks_repeat_counts_a_session_once() {
        // In Berlin 25 October 2026 has the hour from two to three twice.
        let found = times(
            &[quarter(1, "2026-10-25T00:30:00Z", 10, 0), quarter(1, "2026-10-25T01:30:00Z", 30, 0)],
            chrono_tz::Europe::Berlin,
        );
        let hour = found.days()[6][2];
        assert_eq!((hour.sessions, hour.known_ms, hour.viewer_ms), (1, 2 * QUARTER_MS, 40 * QUARTER_MS));
    }

    #[test]
    fn parts_of_one_session_count_once_and_what_is_not_asked_for_is_left_out() {
        let quarters = [1, 2, 3].map(|id| quarter(id, "2026-11-12T12:00:00Z", 10, 0));
        let whole = |id: SessionId| (id.0 < 3).then_some(SessionId(2));
        let found = BestTimes::of(&quarters, whole, chrono_tz::UTC);
        assert_eq!((found.days()[3][12].sessions, found.days()[3][12].known_ms), (1, 2 * QUARTER_MS));
    }
}
