//! Stretches of whole local days: what "7 days" and a range mean.

use super::time::Stamp;
use chrono::{DateTime, Days as Count, MappedLocalTime, NaiveDate, NaiveTime, TimeDelta, TimeZone as _};
use chrono_tz::Tz;

/// From the first local day to the last, both included. A session belongs to the day it started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Days {
    // Invariant: `first` is not after `last`.
    first: NaiveDate,
    last: NaiveDate,
}

impl Days {
    /// `None` if `first` lies after `last`.
    #[must_use]
    pub fn new(first: NaiveDate, last: NaiveDate) -> Option<Self> {
        (first <= last).then_some(Self { first, last })
    }

    /// The `count` days that end today, today included; one at least.
    #[must_use]
    pub fn last(count: u32, now: Stamp, zone: Tz) -> Self {
        let last = local_day(now, zone);
        let before = Count::new(u64::from(count.saturating_sub(1)));
        Self { first: last.checked_sub_days(before).unwrap_or(last), last }
    }

    /// As many days right before these.
    #[must_use]
    pub fn before(self) -> Self {
        let count = Count::new(u64::from(self.count()));
        let back = |day: NaiveDate| day.checked_sub_days(count).unwrap_or(day);
        Self { first: back(self.first), last: back(self.last) }
    }

    #[must_use]
    pub const fn first_day(self) -> NaiveDate {
        self.first
    }

    #[must_use]
    pub const fn last_day(self) -> NaiveDate {
        self.last
    }

    #[must_use]
    pub fn count(self) -> u32 {
        u32::try_from(self.last.signed_duration_since(self.first).num_days() + 1).unwrap_or(u32::MAX)
    }

    /// From the first midnight to the one after the last day, which is no part of it.
    #[must_use]
    pub fn stretch(self, zone: Tz) -> (Stamp, Stamp) {
        let after = self.last.succ_opt().unwrap_or(self.last);
        (midnight(self.first, zone), midnight(after, zone))
    }
}

/// The local day of a moment.
#[must_use]
pub fn local_day(at: Stamp, zone: Tz) -> NaiveDate {
    let utc = DateTime::from_timestamp_millis(at.0).unwrap_or(DateTime::UNIX_EPOCH);
    utc.with_timezone(&zone).date_naive()
}

/// When a day begins: at midnight, or where the clocks skip it, at the first hour there is.
fn midnight(day: NaiveDate, zone: Tz) -> Stamp {
    let begin = day.and_time(NaiveTime::MIN);
    let at = match zone.from_local_datetime(&begin) {
        MappedLocalTime::Single(at) | MappedLocalTime::Ambiguous(at, _) => at.timestamp_millis(),
        MappedLocalTime::None => match zone.from_local_datetime(&(begin + TimeDelta::hours(1))).earliest() {
            Some(at) => at.timestamp_millis(),
            None => begin.and_utc().timestamp_millis(),
        },
    };
    Stamp(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    const JAKARTA: Tz = chrono_tz::Asia::Jakarta;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    fn at(text: &str) -> Stamp {
        Stamp(DateTime::parse_from_rfc3339(text).expect("a time").timestamp_millis())
    }

    #[test]
    fn the_last_seven_days_begin_at_a_local_midnight_and_hold_today() {
        let days = Days::last(7, at("2026-11-22T18:00:00Z"), JAKARTA); // 01:00 on the 23rd
        assert_eq!((days.first_day(), days.last_day()), (day("2026-11-17"), day("2026-11-23")));
        assert_eq!(days.stretch(JAKARTA), (at("2026-11-16T17:00:00Z"), at("2026-11-23T17:00:00Z")));
        assert_eq!(days.count(), 7);
    }

    #[test]
    fn the_days_before_are_as_many_and_touch() {
        let days = Days::last(30, at("2026-11-22T12:00:00Z"), JAKARTA);
        assert_eq!(days.before().count(), 30);
        assert_eq!(days.before().stretch(JAKARTA).1, days.stretch(JAKARTA).0);
    }

    #[test]
    fn a_range_that_ends_before_it_begins_is_none() {
        assert_eq!(Days::new(day("2026-11-22"), day("2026-11-21")), None);
        assert_eq!(Days::new(day("2026-11-22"), day("2026-11-22")).map(Days::count), Some(1));
    }

    #[test]
    fn a_day_whose_midnight_the_clocks_skip_begins_when_it_begins() {
        // Beirut went from 23:59:59 to 01:00:00 on 27 March 2022.
        let beirut = chrono_tz::Asia::Beirut;
        let days = Days::new(day("2022-03-27"), day("2022-03-27")).expect("in order");
        assert_eq!(days.stretch(beirut), (at("2022-03-26T22:00:00Z"), at("2022-03-27T21:00:00Z")));
    }
}
