//! The space that the database takes: giving it back, and when the disk will be full.

use super::Trouble;
use super::pace::{Pace, Step};
use super::schedule::Done;
use crate::domain::time::{DAY_MS, Stamp};
use crate::store::space::Measured;
use crate::store::{Store, StoreError};

/// Free pages are given back from this much on, in bytes: what is free now is used again soon.
const WORTHWHILE: i64 = 4 << 20;

/// For so long it is remembered how large the database was, in days.
const REMEMBERED_DAYS: i64 = 400;

/// The growth of so many days is what tells of days to come.
const LOOKED_AT_DAYS: i64 = 30;

/// From less than this nothing is said: an evening is no trend.
const LEAST_MS: i64 = DAY_MS;

/// How the database grows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Growth {
    /// It may shrink.
    pub bytes_a_day: f64,
    /// Over how long that was seen.
    pub over_ms: i64,
}

/// Gives free pages back to the disk, step by step.
///
/// # Errors
///
/// Any [`Trouble`]; what is given back is given back.
pub async fn reclaim(store: &Store, pace: &Pace) -> Result<Done, Trouble> {
    let before = store.free_bytes().await?;
    if before < WORTHWHILE {
        return Ok(Done::default());
    }
    let mut free = i64::MAX;
    loop {
        let left = store.reclaim().await?;
        pace.done(Step::Reclaimed).await?;
        // A file that was not made for it gives nothing back but by being written anew.
        if left == 0 || left >= free {
            break;
        }
        free = left;
    }
    let bytes = before - store.free_bytes().await?;
    Ok(Done { done: i64::from(bytes > 0), bytes, ..Done::default() })
}

/// Writes the database anew, which gives back all that is free. Whoever records waits meanwhile and loses
/// nothing, so it is asked for when nobody is LIVE, or by somebody who was told.
///
/// # Errors
///
/// If there is no room for a copy, or the database is busy: then nothing changes.
pub async fn compact(store: &Store) -> Result<Done, Trouble> {
    let before = store.size().await?.file_bytes;
    store.write_anew().await?;
    let after = store.size().await?.file_bytes;
    Ok(Done { done: 1, left_alone: 0, bytes: after, bytes_before: before })
}

/// Notes how large the database is.
///
/// # Errors
///
/// If the database cannot be read or written.
pub async fn measure(store: &Store, now: Stamp) -> Result<Done, Trouble> {
    store.measure(now, now - REMEMBERED_DAYS * DAY_MS).await?;
    Ok(Done::default())
}

/// How the database grew in the last 30 days; `None` while less than a day is known.
///
/// # Errors
///
/// If the database cannot be read.
pub async fn growth(store: &Store, now: Stamp) -> Result<Option<Growth>, StoreError> {
    Ok(growth_of(&store.sizes(now - LOOKED_AT_DAYS * DAY_MS).await?))
}

/// When a disk with so many free bytes will be full at this rate; `None` if it never will, or not within a
/// hundred years.
#[must_use]
pub fn full_at(growth: Growth, free_bytes: u64, now: Stamp) -> Option<Stamp> {
    let days = free_bytes as f64 / growth.bytes_a_day;
    (growth.bytes_a_day > 0.0 && days < 36_500.0).then(|| now + (days * DAY_MS as f64) as i64)
}

/// The slope from the first size to the last: what was archived and thinned in between counts.
fn growth_of(sizes: &[Measured]) -> Option<Growth> {
    let (first, last) = (sizes.first()?, sizes.last()?);
    let over_ms = last.at.ms_since(first.at);
    let grown = (last.size.used_bytes - first.size.used_bytes) as f64;
    (over_ms >= LEAST_MS).then(|| Growth { bytes_a_day: grown * DAY_MS as f64 / over_ms as f64, over_ms })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::space::Size;

    fn sized(hour: i64, used_bytes: i64) -> Measured {
        Measured { at: Stamp(hour * 3_600_000), size: Size { used_bytes, file_bytes: 0 } }
    }

    #[test]
    fn growth_is_told_from_a_day_on_and_may_be_negative() {
        assert_eq!(growth_of(&[]), None);
        assert_eq!(growth_of(&[sized(0, 100), sized(23, 900)]), None);
        let grown = growth_of(&[sized(0, 100), sized(24, 50), sized(48, 2_100)]).expect("two days");
        assert!((grown.bytes_a_day - 1_000.0).abs() < 1e-9, "{grown:?}");
        let shrunk = growth_of(&[sized(0, 2_000), sized(48, 1_000)]).expect("two days");
        assert!(shrunk.bytes_a_day < 0.0);
    }

    #[test]
    fn the_disk_is_full_when_what_is_free_has_grown_away() {
        let growth = |bytes_a_day| Growth { bytes_a_day, over_ms: DAY_MS };
        assert_eq!(full_at(growth(1_000.0), 10_000, Stamp(0)), Some(Stamp(10 * DAY_MS)));
        assert_eq!(full_at(growth(-5.0), 10_000, Stamp(0)), None);
        assert_eq!(full_at(growth(0.0), 10_000, Stamp(0)), None);
        assert_eq!(full_at(growth(1.0), u64::MAX, Stamp(0)), None);
    }
}
