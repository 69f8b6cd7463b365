//! Points in time.

use serde::{Deserialize, Serialize};
use std::ops::{Add, Sub};

/// Twenty-four hours, in milliseconds.
pub const DAY_MS: i64 = 24 * 3_600_000;

/// A time after the year 2100 is none: it could not be shown, and whatever is added to it may overflow.
pub const LATEST_MS: i64 = 4_102_444_800_000;

/// A moment in Unix milliseconds, UTC.
///
/// Every event carries the stamp its source gave it (a socket: the wall clock anchored to a
/// monotonic one; a capture: its receive time), and all accounting runs on these stamps, so a
/// replay and a live recording agree.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Stamp(pub i64);

impl Stamp {
    /// Milliseconds from `earlier` to this moment; negative if it lies before.
    #[must_use]
    pub const fn ms_since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// The start of the step of `step_ms` milliseconds, counted from the Unix epoch, that holds
    /// this moment.
    #[must_use]
    pub const fn floor_to(self, step_ms: i64) -> Self {
        Self(self.0.div_euclid(step_ms) * step_ms)
    }
}

impl Add<i64> for Stamp {
    type Output = Self;

    fn add(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms))
    }
}

impl Sub<i64> for Stamp {
    type Output = Self;

    fn sub(self, ms: i64) -> Self {
        Self(self.0.saturating_sub(ms))
    }
}
