//! Moments as spreadsheets have them: a number of days, in a zone that is said beside it.

use crate::domain::time::Stamp;
use chrono::{DateTime, Offset as _, SecondsFormat, Utc};
use chrono_tz::Tz;

/// Day 0 of Excel's calendar is this many days before 1970 (its date system of 1900).
const EXCEL_1970: f64 = 25_569.0;
pub const DAY_MS: f64 = 86_400_000.0;

/// A zone, in which moments are written.
#[derive(Clone, Copy, Debug)]
pub struct Zoned(pub Tz);

impl Zoned {
    /// The same clock time as a moment of UTC.
    fn shifted(self, at: Stamp) -> Stamp {
        let offset = utc(at).with_timezone(&self.0).offset().fix();
        at + i64::from(offset.local_minus_utc()) * 1000
    }

    /// Days of Excel's calendar, by the clocks of the zone.
    pub fn days(self, at: Stamp) -> f64 {
        days(self.shifted(at))
    }

    /// `2026-11-22 19:30:00`, which spreadsheets of every language read as a time.
    pub fn plain(self, at: Stamp) -> String {
        plain(self.shifted(at))
    }
}

/// Days of Excel's calendar, UTC.
pub fn days(at: Stamp) -> f64 {
    EXCEL_1970 + at.0 as f64 / DAY_MS
}

/// As [`Zoned::plain`], UTC.
pub fn plain(at: Stamp) -> String {
    utc(at).format("%Y-%m-%d %H:%M:%S").to_string()
}

/// RFC 3339 with milliseconds.
pub fn rfc3339(at: Stamp) -> String {
    utc(at).to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// `2:05:00`: hours, minutes and seconds of a length in milliseconds.
pub fn length(ms: i64) -> String {
    let s = ms.max(0) / 1000;
    format!("{}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60)
}

fn utc(at: Stamp) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(at.0).unwrap_or(DateTime::UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_the_day_that_excel_shows_in_the_zone_and_in_utc() {
        let at = Stamp(1_795_350_600_000); // 2026-11-22 12:30 UTC
        let jakarta = Zoned(chrono_tz::Asia::Jakarta);
        assert_eq!(
            (plain(at).as_str(), jakarta.plain(at).as_str()),
            ("2026-11-22 12:30:00", "2026-11-22 19:30:00")
        );
        // Excel: =DATE(2026,11,22) is 46348.
        let is = |days: f64, expected: f64| (days - expected).abs() * DAY_MS < 1.0;
        assert!(is(days(at), 46_348.0 + 12.5 / 24.0), "{}", days(at));
        assert!(is(jakarta.days(at), 46_348.0 + 19.5 / 24.0), "{}", jakarta.days(at));
        assert_eq!(rfc3339(at), "2026-11-22T12:30:00.000Z");
        assert_eq!(length(7_505_999), "2:05:05");
    }
}
