//! What could be done while the computer is short, as sentences of data: the words are `web`'s. Pure.

use super::auto::{LIMITS, SHORT_FOR_MS, measured};
use crate::domain::machine::{Cause, Minute};
use crate::domain::time::Stamp;
use crate::settings::preferences::{Key, Preferences};

/// Less room than this on the disk is said, in megabytes.
const LITTLE_ROOM_MB: f64 = 5000.0;

/// Minutes longer ago than this say nothing of now. A minute is logged when it is over, so the newest began up
/// to two of them ago.
const LATELY_MS: i64 = SHORT_FOR_MS + 120_000;

/// A piece of advice.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Advice {
    /// The computer is short of something, and this setting would help.
    Take { less: Less, cause: Cause, least: f64, for_ms: i64 },
    /// The disk that holds the data is nearly full.
    Room { free_mb: f64 },
    /// Events were lost on their way to the database, which must not happen.
    Dropped { events: i64 },
}

/// A change that takes less of the computer, the one that saves most first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Less {
    Auto,
    Explaining,
    Refreshing,
    Intervals,
}

impl Less {
    /// The setting and its value.
    #[must_use]
    pub const fn change(self) -> (Key, &'static str) {
        match self {
            Self::Auto => (Key::Auto, "on"),
            Self::Explaining => (Key::Explain, "15"),
            Self::Refreshing => (Key::Refresh, "200"),
            Self::Intervals => (Key::Interval, "10"),
        }
    }

    /// Whether it would still change something.
    const fn helps(self, now: &Preferences) -> bool {
        match self {
            Self::Auto => !now.auto,
            Self::Explaining => now.explain_ms < 15_000,
            Self::Refreshing => now.refresh_percent < 200,
            Self::Intervals => now.interval_ms < 600_000,
        }
    }
}

/// What to say at `at` after `minutes`, oldest first, while `now` is in force and `free` says what may be
/// changed.
#[must_use]
pub fn advice(minutes: &[Minute], at: Stamp, now: &Preferences, free: impl Fn(Key) -> bool) -> Vec<Advice> {
    let lately = minutes.partition_point(|minute| at.ms_since(minute.from) > LATELY_MS);
    let minutes = &minutes[lately..];
    let mut all = Vec::new();
    let newest = minutes.last();
    if let Some(events) = newest.map(|minute| minute.dropped).filter(|dropped| *dropped > 0) {
        all.push(Advice::Dropped { events });
    }
    if let Some(free_mb) = newest.and_then(|minute| minute.disk_free_mb).filter(|free| *free < LITTLE_ROOM_MB)
    {
        all.push(Advice::Room { free_mb });
    }
    let less = [Less::Explaining, Less::Refreshing, Less::Intervals, Less::Auto];
    let less = less.into_iter().find(|less| less.helps(now) && free(less.change().0));
    if let (Some((cause, least)), Some(less)) = (shortage(minutes), less) {
        all.push(Advice::Take { less, cause, least, for_ms: SHORT_FOR_MS });
    }
    all
}

/// What the computer was short of in each of the newest minutes, and the least of it.
fn shortage(minutes: &[Minute]) -> Option<(Cause, f64)> {
    let needed = (SHORT_FOR_MS / 60_000) as usize;
    let newest = minutes.get(minutes.len().checked_sub(needed)?..)?;
    LIMITS.into_iter().find_map(|(cause, above, _)| {
        let least = newest.iter().map(|minute| measured(cause, minute)).fold(f64::INFINITY, f64::min);
        (least > above).then_some((cause, least))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::performance::machine::tests::minute;

    const NOW: Stamp = Stamp(330_000);

    fn busy(percent: f64) -> Vec<Minute> {
        (0..5).map(|number| Minute { cpu_percent: percent + number as f64, ..minute(number) }).collect()
    }

    #[test]
    fn a_calm_computer_is_told_nothing() {
        let told = |minutes: &[Minute], at| advice(minutes, at, &Preferences::default(), |_| true);
        assert_eq!(told(&busy(40.0), NOW), []);
        assert_eq!(told(&[], NOW), []);
        assert_eq!(told(&busy(95.0)[..4], NOW), [], "not for long enough");
        assert_eq!(told(&busy(95.0), NOW + 600_000), [], "long ago");
    }

    #[test]
    fn advice_is_what_saves_most_of_what_may_still_be_changed() {
        let less = |now: &Preferences, fixed: &[Key]| {
            let told = advice(&busy(90.0), NOW, now, |key| !fixed.contains(&key));
            told.first().map(|advice| match advice {
                Advice::Take { less, cause: Cause::Cpu, least, .. } if *least == 90.0 => *less,
                other => panic!("{other:?}"),
            })
        };
        let mut now = Preferences::default();
        assert_eq!(less(&now, &[]), Some(Less::Explaining));
        for (set, fixed, next) in [
            (Less::Explaining, &[][..], Some(Less::Refreshing)),
            (Less::Refreshing, &[], Some(Less::Intervals)),
            (Less::Refreshing, &[Key::Interval], Some(Less::Auto)),
            (Less::Intervals, &[], Some(Less::Auto)),
            (Less::Auto, &[], None),
        ] {
            let (key, value) = set.change();
            now.set(key, value).expect("usable");
            assert_eq!(less(&now, fixed), next);
        }
    }

    #[test]
    fn a_full_disk_and_lost_events_are_said_first() {
        let full = Minute { disk_free_mb: Some(900.0), dropped: 3, ..minute(0) };
        let told = advice(&[full], NOW, &Preferences::default(), |_| true);
        assert_eq!(told, [Advice::Dropped { events: 3 }, Advice::Room { free_mb: 900.0 }]);
    }
}
