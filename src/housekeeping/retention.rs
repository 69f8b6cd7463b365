//! How long what is recorded is kept, as the user set it.

use crate::domain::ids::SessionId;
use crate::domain::time::{DAY_MS, Stamp};
use crate::store::{Store, StoreError};

const RETENTION: &str = "data.retention_days";
const RAW: &str = "data.raw_days";

/// The longest that can be set, in days.
pub const MOST_DAYS: i64 = 36_500;

/// How many days after its end something of a session is kept; 0 is for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Keeping {
    /// Everything but the totals.
    pub days: i64,
    /// Raw events.
    pub raw_days: i64,
}

impl Default for Keeping {
    fn default() -> Self {
        Self { days: 90, raw_days: 30 }
    }
}

impl Keeping {
    /// What was set, or the usual.
    ///
    /// # Errors
    ///
    /// If the database cannot be read.
    pub async fn load(store: &Store) -> Result<Self, StoreError> {
        let usual = Self::default();
        let days = |set: Option<String>, usual| set.and_then(|text| parse_days(&text)).unwrap_or(usual);
        Ok(Self {
            days: days(store.setting(RETENTION).await?, usual.days),
            raw_days: days(store.setting(RAW).await?, usual.raw_days),
        })
    }

    /// Sets it.
    ///
    /// # Errors
    ///
    /// If the database cannot be written.
    pub async fn save(self, store: &Store) -> Result<(), StoreError> {
        store.set_setting(RETENTION, Some(&self.days.to_string())).await?;
        store.set_setting(RAW, Some(&self.raw_days.to_string())).await
    }

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

/// What a run of the chores at some moment will do, as it looks now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Coming {
    pub sessions: i64,
    /// When the first and the last of them began.
    pub from: Stamp,
    pub to: Stamp,
}

/// The sessions whose details will leave when they are archived at `at`; `None` if there are none.
///
/// # Errors
///
/// If the database cannot be read.
pub async fn leaving_at(store: &Store, keeping: Keeping, at: Stamp) -> Result<Option<Coming>, StoreError> {
    let Some(before) = keeping.leaves_before(at) else { return Ok(None) };
    coming(store, &store.to_leave(before, i64::MAX).await?).await
}

/// The sessions whose raw events will go when old ones are thinned at `at`; `None` if there are none.
///
/// # Errors
///
/// If the database cannot be read.
pub async fn thinned_at(store: &Store, keeping: Keeping, at: Stamp) -> Result<Option<Coming>, StoreError> {
    let Some(before) = keeping.thinned_before(at) else { return Ok(None) };
    coming(store, &store.to_be_thinned(before).await?).await
}

async fn coming(store: &Store, sessions: &[SessionId]) -> Result<Option<Coming>, StoreError> {
    let (Some(first), Some(last)) = (sessions.first(), sessions.last()) else { return Ok(None) };
    let (first, last) = (store.session(*first).await?, store.session(*last).await?);
    Ok(first.zip(last).map(|(first, last)| Coming {
        sessions: i64::try_from(sessions.len()).unwrap_or(i64::MAX),
        from: first.start.recorded_from,
        to: last.start.recorded_from,
    }))
}

/// A number of days as somebody typed it.
#[must_use]
pub fn parse_days(text: &str) -> Option<i64> {
    text.trim().parse().ok().filter(|days| (0..=MOST_DAYS).contains(days))
}

fn before(days: i64, now: Stamp) -> Option<Stamp> {
    (days > 0).then(|| now - days * DAY_MS)
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
