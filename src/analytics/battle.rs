//! What viewers and diamonds did during a battle, beside the equally long stretch before it.
//!
//! Nobody drew when a battle began, so the two stand beside each other and prove nothing.

use crate::domain::time::Stamp;
use crate::domain::totals::{BIN_MS, Bin};

/// With less known time than this on a side there is nothing to compare, in milliseconds.
const LEAST_KNOWN_MS: i64 = 30_000;

/// One side of a comparison.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stretch {
    /// Average over the time they were known.
    pub viewers: f64,
    /// Diamonds for each minute in which viewers were known.
    pub diamonds_per_min: f64,
}

/// Before and during; `None` if too little of a side was connected or lies in the session.
///
/// A stretch without a count of viewers has no bin with known time, so it weighs nothing.
#[must_use]
pub fn before_and_during(bins: &[Bin], from: Stamp, to: Stamp) -> Option<(Stretch, Stretch)> {
    let length_ms = to.ms_since(from);
    Some((stretch(bins, from - length_ms, from)?, stretch(bins, from, to)?))
}

/// The bins that lie in a stretch at least by half.
fn stretch(bins: &[Bin], from: Stamp, to: Stamp) -> Option<Stretch> {
    let middle = |bin: &Bin| bin.from + BIN_MS / 2;
    let within = &bins[bins.partition_point(|bin| middle(bin) < from)..];
    let within = &within[..within.partition_point(|bin| middle(bin) < to)];
    let known = within.iter().filter(|bin| bin.viewers.known_ms > 0);
    let (mut viewer_ms, mut known_ms, mut diamonds) = (0, 0, 0);
    for bin in known {
        viewer_ms += bin.viewers.viewer_ms;
        known_ms += bin.viewers.known_ms;
        diamonds += bin.counts.diamonds;
    }
    (known_ms >= LEAST_KNOWN_MS).then(|| Stretch {
        viewers: viewer_ms as f64 / known_ms as f64,
        diamonds_per_min: diamonds as f64 * 60_000.0 / known_ms as f64,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::totals::{BinViewers, Counts};

    /// Ten minutes: 100 viewers and 6 diamonds each ten seconds, twice that from the fifth minute on.
    fn room() -> Vec<Bin> {
        (0..60)
            .map(|step| {
                let times = if step < 30 { 1 } else { 2 };
                let viewers =
                    BinViewers { viewer_ms: times * 100 * BIN_MS, known_ms: BIN_MS, ..BinViewers::default() };
                let counts = Counts { diamonds: times * 6, ..Counts::default() };
                Bin { from: Stamp(step * BIN_MS), viewers, counts, ..Bin::default() }
            })
            .collect()
    }

    #[test]
    fn a_battle_is_laid_beside_the_equally_long_stretch_before_it() {
        let minute = |n: i64| Stamp(n * 60_000);
        let (before, during) = before_and_during(&room(), minute(5), minute(9)).expect("known");
        assert_eq!(before, Stretch { viewers: 100.0, diamonds_per_min: 36.0 });
        assert_eq!(during, Stretch { viewers: 200.0, diamonds_per_min: 72.0 });
        assert_eq!(before_and_during(&room(), minute(0), minute(4)), None, "nothing was recorded before it");
    }

    #[test]
    fn time_without_a_connection_weighs_nothing() {
        let mut bins = room();
        bins.retain(|bin| !(Stamp(60_000)..Stamp(180_000)).contains(&bin.from));
        let (before, _) = before_and_during(&bins, Stamp(300_000), Stamp(540_000)).expect("known");
        assert_eq!(before, Stretch { viewers: 100.0, diamonds_per_min: 36.0 });
    }
}
