//! How much somebody may send: a bucket that fills steadily, so that what was held back for a while comes through
//! at once and no more than that.

/// How fast a bucket fills, and how much it holds.
#[derive(Clone, Copy, Debug)]
pub struct Limit {
    pub per_s: f64,
    pub at_once: f64,
}

/// What is left of a limit.
#[derive(Clone, Copy, Debug)]
pub struct Rate {
    limit: Limit,
    left: f64,
    filled_ms: i64,
}

/// It was too much; it would fit after a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooFast {
    after_ms: i64,
}

impl TooFast {
    /// Whole seconds until it fits.
    #[must_use]
    pub const fn seconds(self) -> i64 {
        (self.after_ms + 999) / 1000
    }
}

impl Rate {
    /// A full bucket.
    #[must_use]
    pub const fn new(limit: Limit, now_ms: i64) -> Self {
        Self { limit, left: limit.at_once, filled_ms: now_ms }
    }

    /// Takes `cost`, or nothing.
    ///
    /// # Errors
    ///
    /// [`TooFast`] if it is more than there is.
    pub fn take(&mut self, cost: f64, now_ms: i64) -> Result<(), TooFast> {
        let passed_s = (now_ms - self.filled_ms).max(0) as f64 / 1000.0;
        self.filled_ms = now_ms;
        self.left = (self.left + passed_s * self.limit.per_s).min(self.limit.at_once);
        // What is more than the bucket holds would never fit; it waits until it is full.
        let cost = cost.min(self.limit.at_once);
        if cost > self.left {
            return Err(TooFast { after_ms: ((cost - self.left) / self.limit.per_s * 1000.0).ceil() as i64 });
        }
        self.left -= cost;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_much_comes_through_as_was_saved_up_and_then_steadily() {
        let mut rate = Rate::new(Limit { per_s: 2.0, at_once: 10.0 }, 0);
        assert_eq!(rate.take(10.0, 0), Ok(()));
        let too_fast = rate.take(1.0, 100).expect_err("only 0.2 is there");
        assert_eq!((too_fast.after_ms, too_fast.seconds()), (400, 1));
        assert_eq!(rate.take(1.0, 500), Ok(()));
        assert_eq!(rate.take(10.0, 60_000), Ok(()), "no more is saved up than fits");
        assert!(rate.take(0.1, 60_000).is_err());
    }
}
