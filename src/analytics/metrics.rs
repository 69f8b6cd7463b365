//! What a session's totals say per viewer, per hour and per person, so that long and short sessions
//! and large and small rooms compare.
//!
//! Everything rests on connected time only: while nothing was known, nothing is divided by.

use crate::domain::totals::SessionTotals;

const HOUR_MS: f64 = 3_600_000.0;
const MINUTE_MS: f64 = 60_000.0;

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::totals::ViewerTotals;

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
