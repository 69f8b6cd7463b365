//! Likes of a room: the growth of TikTok's own counter.

use crate::domain::totals::LikeCounterRange;

/// Follows the room's like counter. It comes from several servers and sometimes goes backwards, so
/// its running maximum counts; the first value is the baseline, not new likes.
#[derive(Clone, Copy, Debug, Default)]
pub struct LikeCounter {
    range: Option<LikeCounterRange>,
}

impl LikeCounter {
    #[must_use]
    pub const fn range(&self) -> Option<LikeCounterRange> {
        self.range
    }

    /// Takes a new value and returns by how much the maximum grew. 0 means "not said".
    pub fn advance(&mut self, total: i64) -> i64 {
        if total <= 0 {
            return 0;
        }
        let range = self.range.get_or_insert(LikeCounterRange { first: total, max: total, last: total });
        let growth = (total - range.max).max(0);
        range.max += growth;
        range.last = total;
        growth
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn likes_are_the_growth_of_the_running_maximum_above_the_first_value() {
        let mut counter = LikeCounter::default();
        let growth: Vec<i64> = [500, 510, 505, 0, 512].map(|total| counter.advance(total)).into();
        assert_eq!(growth, [0, 10, 0, 0, 2]);
        assert_eq!(counter.range(), Some(LikeCounterRange { first: 500, max: 512, last: 512 }));
    }
}
