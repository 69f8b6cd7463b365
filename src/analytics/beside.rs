//! Two sessions beside each other on one time axis.

use crate::domain::time::{DAY_MS, Stamp};
use crate::domain::totals::{BIN_MS, Bin};
use chrono::{DateTime, Offset};
use chrono_tz::Tz;

/// What stands at the same place of the axis.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Align {
    /// The same time since each session began.
    #[default]
    Start,
    /// The same local time of day.
    Clock,
}

/// The moments of both sessions that stand at the beginning of the axis. By the clock it begins at a
/// local multiple of `step_ms`, and the second session is moved by whole days to where it is nearest.
#[must_use]
pub fn zeros(a: Stamp, b: Stamp, align: Align, step_ms: i64, zone: Tz) -> (Stamp, Stamp) {
    match align {
        Align::Start => (a.floor_to(BIN_MS), b.floor_to(BIN_MS)),
        Align::Clock => {
            let (local_a, local_b) = (a + offset_ms(a, zone), b + offset_ms(b, zone));
            let later = (local_b.ms_since(local_a) + DAY_MS / 2).rem_euclid(DAY_MS) - DAY_MS / 2;
            let first = local_a + later.min(0);
            let zero = a - local_a.ms_since(first.floor_to(step_ms));
            (zero, zero + b.ms_since(a + later))
        }
    }
}

/// Viewers on average over the connected time of each step, from `zero`; `None` where they were not
/// known at all.
#[must_use]
pub fn averages(bins: &[Bin], zero: Stamp, step_ms: i64) -> Vec<Option<f64>> {
    let mut sums: Vec<(i64, i64)> = Vec::new();
    for bin in bins {
        let Ok(at) = usize::try_from(bin.from.ms_since(zero).div_euclid(step_ms)) else { continue };
        if at >= sums.len() {
            sums.resize(at + 1, (0, 0));
        }
        sums[at].0 += bin.viewers.viewer_ms;
        sums[at].1 += bin.viewers.known_ms;
    }
    sums.into_iter().map(|(viewer, known)| (known > 0).then(|| viewer as f64 / known as f64)).collect()
}

fn offset_ms(at: Stamp, zone: Tz) -> i64 {
    let utc = DateTime::from_timestamp_millis(at.0).unwrap_or(DateTime::UNIX_EPOCH);
    i64::from(utc.with_timezone(&zone).offset().fix().local_minus_utc()) * 1000
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::totals::BinViewers;

    const FIVE_MIN: i64 = 300_000;

    fn at(text: &str) -> Stamp {
        Stamp(DateTime::parse_from_rfc3339(text).expect("a time").timestamp_millis())
    }

    fn bin(from: Stamp, viewers: i64, known_ms: i64) -> Bin {
        let viewers = BinViewers { viewer_ms: viewers * known_ms, known_ms, ..BinViewers::default() };
        Bin { from, viewers, ..Bin::default() }
    }

    #[test]
    fn by_the_clock_two_evenings_meet_at_the_same_time_of_day() {
        let zone = chrono_tz::Asia::Jakarta;
        for (a, b, zero_a, zero_b) in [
            // 19:32 and 20:01 local: the axis begins at 19:30 of both days.
            ("2026-11-21T12:32:07Z", "2026-11-14T13:01:00Z", "2026-11-21T12:30:00Z", "2026-11-14T12:30:00Z"),
            // B began earlier in the evening: the axis begins with it.
            ("2026-11-21T13:01:00Z", "2026-11-14T12:32:00Z", "2026-11-21T12:30:00Z", "2026-11-14T12:30:00Z"),
            // 23:50 and 00:20: B is half an hour later, not almost a day earlier.
            ("2026-11-21T16:50:00Z", "2026-11-14T17:20:00Z", "2026-11-21T16:50:00Z", "2026-11-14T16:50:00Z"),
        ] {
            assert_eq!(
                zeros(at(a), at(b), Align::Clock, FIVE_MIN, zone),
                (at(zero_a), at(zero_b)),
                "{a} {b}"
            );
        }
    }

    #[test]
    fn the_clock_is_the_local_one_also_when_summer_ended_between() {
        // 20:00 in Berlin on both days: 18:00 UTC in summer, 19:00 in winter.
        let (summer, winter) = (at("2026-10-24T18:00:00Z"), at("2026-10-31T19:00:00Z"));
        assert_eq!(
            zeros(winter, summer, Align::Clock, FIVE_MIN, chrono_tz::Europe::Berlin),
            (winter, summer)
        );
    }

    #[test]
    fn by_elapsed_time_both_begin_at_the_beginning() {
        let (a, b) = (at("2026-11-21T12:32:07Z"), at("2026-11-14T13:01:00Z"));
        assert_eq!(zeros(a, b, Align::Start, FIVE_MIN, chrono_tz::UTC), (at("2026-11-21T12:32:00Z"), b));
    }

    #[test]
    fn a_step_weighs_by_connected_time_and_a_gap_is_nothing() {
        let zero = at("2026-11-21T12:30:00Z");
        let bins = [
            bin(zero, 100, 10_000),
            bin(zero + 10_000, 400, 5_000),
            bin(zero + 60_000, 0, 0),
            bin(zero + 120_000, 0, 10_000),
        ];
        assert_eq!(averages(&bins, zero, 60_000), [Some(200.0), None, Some(0.0)]);
        assert_eq!(averages(&bins, zero + 60_000, 60_000), [None, Some(0.0)], "what lies before is left out");
    }
}
