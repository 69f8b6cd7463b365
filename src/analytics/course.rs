//! How viewers and activity of a session went, in steps of ten seconds: what stays when raw events are gone.

use crate::domain::driver::Driver;
use crate::domain::session::Gap;
use crate::domain::time::Stamp;
use crate::domain::totals::{BIN_MS, Bin, Counts};

/// Sums up to each step, so that a mean over any stretch is two look-ups.
#[derive(Clone, Debug, Default)]
pub struct Course {
    from: Stamp,
    sums: Vec<Sums>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    viewer_ms: i64,
    known_ms: i64,
    /// Steps that a gap touches.
    away: i64,
    counted: [i64; Driver::ALL.len()],
}

impl Course {
    /// The course of a session from its bins, oldest first; a gap that lasts is one until the last bin.
    #[must_use]
    pub fn new(bins: &[Bin], gaps: &[Gap]) -> Self {
        let (Some(first), Some(last)) = (bins.first(), bins.last()) else { return Self::default() };
        let from = first.from.floor_to(BIN_MS);
        let steps = usize::try_from(last.from.ms_since(from) / BIN_MS).unwrap_or(0) + 1;
        let mut sums = vec![Sums::default(); steps + 1];
        let step = |at: Stamp| usize::try_from(at.ms_since(from).max(0) / BIN_MS).unwrap_or(0);
        for bin in bins {
            let Some(sum) = sums.get_mut(step(bin.from) + 1) else { continue };
            sum.viewer_ms += bin.viewers.viewer_ms;
            sum.known_ms += bin.viewers.known_ms;
            for driver in Driver::ALL {
                sum.counted[driver.index()] += counted(&bin.counts, driver);
            }
        }
        for gap in gaps {
            let to = gap.to.map_or(steps, |to| step(to - 1) + 1).min(steps);
            let away = sums[1..].get_mut(step(gap.from)..to).unwrap_or_default();
            away.iter_mut().for_each(|sum| sum.away = 1);
        }
        for i in 1..sums.len() {
            sums[i] = sums[i].plus(&sums[i - 1]);
        }
        Self { from, sums }
    }

    #[must_use]
    pub const fn from(&self) -> Stamp {
        self.from
    }

    /// How many steps of ten seconds it has.
    #[must_use]
    pub fn steps(&self) -> usize {
        self.sums.len().saturating_sub(1)
    }

    /// The step that holds a moment of the session.
    #[must_use]
    pub fn step(&self, at: Stamp) -> Option<usize> {
        let step = usize::try_from(at.ms_since(self.from).div_euclid(BIN_MS)).ok()?;
        (step < self.steps()).then_some(step)
    }

    /// Whether a gap touches a step.
    #[must_use]
    pub fn is_away(&self, step: usize) -> bool {
        self.within(step, step + 1).is_none_or(|sum| sum.away > 0)
    }

    /// Average viewers over steps; `None` if a gap touches them, if they are not all in the session, or if
    /// viewers were known for less than half of the time.
    #[must_use]
    pub fn viewers(&self, from: usize, to: usize) -> Option<f64> {
        let sum = self.unbroken(from, to)?;
        let whole_ms = (to - from) as i64 * BIN_MS;
        (sum.known_ms > 0 && sum.known_ms * 2 >= whole_ms).then(|| sum.viewer_ms as f64 / sum.known_ms as f64)
    }

    /// Likes (growth of the room's counter), gifts, comments, follows or shares within steps; `None` as
    /// for viewers if a gap touches them or they are not all in the session.
    #[must_use]
    pub fn counted(&self, driver: Driver, from: usize, to: usize) -> Option<i64> {
        Some(self.unbroken(from, to)?.counted[driver.index()])
    }

    fn unbroken(&self, from: usize, to: usize) -> Option<Sums> {
        self.within(from, to).filter(|sum| sum.away == 0)
    }

    fn within(&self, from: usize, to: usize) -> Option<Sums> {
        let (before, after) = (self.sums.get(from)?, self.sums.get(to)?);
        (from < to).then(|| after.minus(before))
    }
}

impl Sums {
    fn plus(&self, other: &Self) -> Self {
        self.with(other, |a, b| a + b)
    }

    fn minus(&self, other: &Self) -> Self {
        self.with(other, |a, b| a - b)
    }

    fn with(&self, other: &Self, join: fn(i64, i64) -> i64) -> Self {
        Self {
            viewer_ms: join(self.viewer_ms, other.viewer_ms),
            known_ms: join(self.known_ms, other.known_ms),
            away: join(self.away, other.away),
            counted: std::array::from_fn(|i| join(self.counted[i], other.counted[i])),
        }
    }
}

const fn counted(counts: &Counts, driver: Driver) -> i64 {
    match driver {
        Driver::Likes => counts.likes,
        Driver::Gifts => counts.gift_units,
        Driver::Comments => counts.comments,
        Driver::Follows => counts.follows,
        Driver::Shares => counts.shares,
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use crate::domain::session::GapCause;
    use crate::domain::totals::BinViewers;

    /// A bin in which viewers stood still.
    pub fn bin(step: i64, viewers: i64, counts: Counts) -> Bin {
        let (viewer_ms, known_ms) = (viewers * BIN_MS, BIN_MS);
        let viewers = BinViewers { last: Some(viewers), min: viewers, max: viewers, viewer_ms, known_ms };
        Bin { from: Stamp(step * BIN_MS), viewers, counts, likes_in_gap: 0 }
    }

    pub fn gap(from_step: i64, to_step: i64) -> Gap {
        let (from, to) = (Stamp(from_step * BIN_MS), Some(Stamp(to_step * BIN_MS)));
        Gap { from, to, cause: GapCause::Disconnected }
    }

    #[test]
    fn nothing_is_averaged_across_a_gap_or_beyond_the_session() {
        let bins: Vec<_> =
            (0..30).filter(|i| !(10..15).contains(i)).map(|i| bin(i, i, Counts::default())).collect();
        let course = Course::new(&bins, &[gap(10, 15)]);
        assert_eq!(course.viewers(0, 10), Some(4.5));
        assert_eq!(course.viewers(15, 30), Some(22.0));
        for (from, to) in [(9, 11), (14, 16), (10, 15), (28, 31), (5, 5)] {
            assert_eq!(course.viewers(from, to), None, "{from} to {to}");
        }
        assert_eq!(course.counted(Driver::Likes, 9, 11), None);
    }

    #[test]
    fn a_quiet_step_counts_nothing_and_leaves_the_average_to_its_neighbours() {
        let likes = Counts { likes: 3, ..Counts::default() };
        let bins: Vec<_> = (0..12).filter(|i| i % 3 != 1).map(|i| bin(i, 6, likes)).collect();
        let course = Course::new(&bins, &[]);
        assert_eq!((course.viewers(0, 12), course.counted(Driver::Likes, 0, 12)), (Some(6.0), Some(24)));
        assert_eq!(course.viewers(0, 2), Some(6.0), "known for half of the time");
        assert_eq!(course.viewers(1, 2), None, "not known at all");
    }
}
