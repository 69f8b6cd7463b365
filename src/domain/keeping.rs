//! How long what is recorded is kept.

use super::time::{DAY_MS, Stamp};

/// The setting with the days that sessions are kept.
pub const SESSIONS: &str = "data.retention_days";

/// The setting with the days that raw events are kept.
pub const RAW_EVENTS: &str = "data.raw_days";

/// The setting with the language of the workbooks in archives.
pub const LANGUAGE: &str = "data.language";

/// The longest that can be set, in days.
pub const MOST_DAYS: u32 = 36_500;

/// How many days after its end something of a session is kept; 0 is for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Keeping {
    /// Everything but the totals.
    pub days: u32,
    /// Raw events.
    pub raw_days: u32,
}

impl Default for Keeping {
    fn default() -> Self {
        Self { days: 90, raw_days: 30 }
    }
}

impl Keeping {
    /// Sessions that ended before this lose their raw events; `None` if they stay for ever.
    #[must_use]
    pub fn thinned_before(self, now: Stamp) -> Option<Stamp> {
        before(self.raw_days, now)
    }

    /// The details of sessions that ended before this leave; `None` if they stay for ever.
    #[must_use]
    pub fn leaves_before(self, now: Stamp) -> Option<Stamp> {
        before(self.days, now)
    }
}

/// A number of days as somebody typed it.
#[must_use]
pub fn parse_days(text: &str) -> Option<u32> {
    text.trim().parse().ok().filter(|days| (0..=MOST_DAYS).contains(days))
}

fn before(days: u32, now: Stamp) -> Option<Stamp> {
    (days > 0).then(|| now - i64::from(days) * DAY_MS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zero_days_are_for_ever_and_nonsense_is_refused() {
        let now = Stamp(100 * DAY_MS);
        let keeping = Keeping { days: 90, raw_days: 0 };
        assert_eq!(keeping.leaves_before(now), Some(Stamp(10 * DAY_MS)));
        assert_eq!(keeping.thinned_before(now), None);
        for (text, days) in
            [("30", Some(30)), (" 0 ", Some(0)), ("-1", None), ("36501", None), ("ten", None), ("", None)]
        {
            assert_eq!(parse_days(text), days, "{text}");
        }
    }
}
