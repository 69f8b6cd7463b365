//! What a session's totals say per viewer, per hour and per person, so that long and short sessions
//! and large and small rooms compare.
//!
//! Everything rests on connected time only: while nothing was known, nothing is divided by.

use crate::domain::time::Stamp;
use crate::domain::totals::{BIN_MS, Bin, SessionTotals};

const HOUR_MS: f64 = 3_600_000.0;
const MINUTE_MS: f64 = 60_000.0;

/// A hold curve has about so many points, however long the session was.
const HELD_POINTS: i64 = 40;

/// Rates of one session, or of several added up. `None` where there is nothing to divide by.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Metrics {
    /// Integral of viewers over connected time, in hours.
    pub viewer_hours: f64,
    /// Viewers on average over connected time.
    pub average_viewers: Option<f64>,
    /// New follows for each 1,000 viewer-minutes.
    pub follow_rate: Option<f64>,
    /// Distinct gifters divided by people seen, 0 to 1.
    pub gifter_rate: Option<f64>,
    /// Diamonds the creator received for each viewer-hour.
    pub value_rate: Option<f64>,
    /// People who commented, liked, gave, shared or followed, divided by people seen, 0 to 1.
    pub engaged_share: Option<f64>,
}

/// The rates of a session. `engaged` counts the people who did more than join, if that is known.
#[must_use]
pub fn metrics(totals: &SessionTotals, engaged: Option<i64>) -> Metrics {
    let viewer_ms = totals.viewers.viewer_ms as f64;
    let per = |count: i64, of: f64| (of > 0.0).then(|| count as f64 / of);
    let people = totals.people as f64;
    Metrics {
        viewer_hours: viewer_ms / HOUR_MS,
        average_viewers: totals.viewers.average(),
        follow_rate: per(totals.follows, viewer_ms / MINUTE_MS / 1_000.0),
        gifter_rate: per(totals.unique_gifters, people),
        value_rate: per(totals.diamonds_to_creator, viewer_ms / HOUR_MS),
        engaged_share: engaged.and_then(|engaged| per(engaged, people)),
    }
}

/// One point of a hold curve.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Held {
    /// Where its stretch begins, in milliseconds since the session did.
    pub since_ms: i64,
    /// Average viewers of the stretch divided by the peak, 0 to 1; `None` where they were not known.
    pub share: Option<f64>,
}

/// Viewers divided by the session's `peak` over elapsed time, in equal stretches of whole minutes.
#[must_use]
pub fn hold_curve(bins: &[Bin], start: Stamp, length_ms: i64, peak: i64) -> Vec<Held> {
    if length_ms <= 0 || peak <= 0 {
        return Vec::new();
    }
    let minutes = (length_ms / (HELD_POINTS * 60_000)).max(0) + 1;
    let step_ms = minutes * 60_000;
    // A bin begins on a round ten seconds, so the first may begin before the session.
    let place = |bin: &Bin| bin.from.ms_since(start).max(0) / step_ms;
    let points = (length_ms + step_ms - 1) / step_ms;
    let mut rest = bins;
    let held = (0..points).map(|point| {
        let (mut viewer_ms, mut known_ms) = (0, 0);
        while let Some((bin, after)) = rest.split_first()
            && place(bin) <= point
        {
            viewer_ms += bin.viewers.viewer_ms;
            known_ms += bin.viewers.known_ms;
            rest = after;
        }
        let known = known_ms >= BIN_MS / 2;
        let share = known.then(|| (viewer_ms as f64 / known_ms as f64 / peak as f64).min(1.0));
        Held { since_ms: point * step_ms, share }
    });
    held.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::totals::{BinViewers, ViewerTotals};

    fn bin(start: Stamp, step: i64, viewers: i64) -> Bin {
        let known = BinViewers { viewer_ms: viewers * BIN_MS, known_ms: BIN_MS, ..BinViewers::default() };
        Bin { from: start + step * BIN_MS, viewers: known, ..Bin::default() }
    }

    #[test]
    fn the_hold_curve_is_a_share_of_the_peak_and_breaks_where_nothing_was_known() {
        let start = Stamp(1_000_000);
        // A minute of 100 viewers, a minute without a count, a minute of 50.
        let first = (0..6).map(|step| bin(start, step, 100));
        let bins: Vec<_> = first.chain((12..18).map(|step| bin(start, step, 50))).collect();
        let held = hold_curve(&bins, start, 180_000, 200);
        assert_eq!(
            held.iter().map(|held| (held.since_ms, held.share)).collect::<Vec<_>>(),
            [(0, Some(0.5)), (60_000, None), (120_000, Some(0.25))]
        );
        assert_eq!(hold_curve(&bins, start, 180_000, 0), []);
    }

    #[test]
    fn a_long_session_has_no_more_points_than_can_be_read() {
        let start = Stamp(0);
        let bins: Vec<_> = (0..6 * 360).map(|step| bin(start, step, 10)).collect();
        let held = hold_curve(&bins, start, 6 * 3_600_000, 10);
        assert!((20..=40).contains(&held.len()), "{}", held.len());
        assert!(held.iter().all(|held| held.share == Some(1.0)));
    }

    #[test]
    fn rates_rest_on_connected_time() {
        // 120 viewers over 30 connected minutes, however long the session was.
        let viewers =
            ViewerTotals { viewer_ms: 120 * 30 * 60_000, known_ms: 30 * 60_000, ..ViewerTotals::default() };
        let totals = SessionTotals {
            follows: 9,
            unique_gifters: 5,
            people: 200,
            diamonds_to_creator: 600,
            viewers,
            ..SessionTotals::default()
        };
        let found = metrics(&totals, Some(50));
        assert_eq!(
            found,
            Metrics {
                viewer_hours: 60.0,
                average_viewers: Some(120.0),
                follow_rate: Some(2.5),
                gifter_rate: Some(0.025),
                value_rate: Some(10.0),
                engaged_share: Some(0.25),
            }
        );
    }

    #[test]
    fn an_empty_session_has_no_rates_rather_than_zeros() {
        let found = metrics(&SessionTotals::default(), Some(0));
        assert_eq!(found, Metrics::default());
    }
}
