//! Notable rises and drops of viewers, and what may have caused each.

use super::drivers::effect::Effect;
use super::drivers::flaps::without_flaps;
use super::drivers::inference::normal_tail;
use super::drivers::model::Model;
use super::drivers::observations::{BIN_MS, Bin, Observations, Sample};
use super::drivers::series::median;
use crate::domain::answer::{Cause, Changed, Occasion, Range, Share, WindowAnswer};
use crate::domain::driver::Driver;

/// Cells of viewers, and the length of a window.
const CELL_MS: i64 = 10_000;
const WINDOW_CELLS: usize = 12;

/// A cell without a sample takes the one before, for up to this many cells.
const CARRY_CELLS: usize = 6;

/// How uncertain a share is beyond its slope.
const SHARE_ERROR: f64 = 0.12;

/// How sure "none" is where no kind may have an effect at all, and how sure a glitch is.
const NONE_CONFIDENCE: f64 = 0.95;
const GLITCH_CONFIDENCE: f64 = 0.95;

/// The occasion of a cause lies at most this long before its window.
const OCCASION_MS: i64 = 3 * 60_000;

/// A rise or drop over two minutes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Window {
    /// Cell in which it begins.
    pub cell: usize,
    pub viewers: f64,
    pub change: f64,
}

/// Viewers in cells of ten seconds: the median of the samples, carried over empty cells for a
/// minute, then a running median of three. `NaN` where not known.
#[must_use]
pub fn cells(samples: &[Sample], duration_ms: i64) -> Vec<f64> {
    let n = usize::try_from(duration_ms / CELL_MS).unwrap_or(0);
    let mut held = (f64::NAN, CARRY_CELLS + 1);
    let mut samples = samples.iter().peekable();
    let carried: Vec<f64> = (0..n)
        .map(|cell| {
            let mut here = Vec::new();
            while let Some(sample) = samples.next_if(|sample| sample.ms < (cell as i64 + 1) * CELL_MS) {
                here.push(f64::from(sample.viewers));
            }
            held = if here.is_empty() { (held.0, held.1 + 1) } else { (median(&mut here), 0) };
            if held.1 <= CARRY_CELLS { held.0 } else { f64::NAN }
        })
        .collect();
    let middle = |cell: usize| match carried.get(cell.wrapping_sub(1)..cell + 2) {
        Some(near) if near.iter().all(|value| !value.is_nan()) => median(&mut near.to_vec()),
        _ => carried[cell],
    };
    (0..n).map(middle).collect()
}

/// Windows whose change is at least 4 viewers, three times the root of the viewers at the start, and a
/// tenth of them; taken greedily by size, without overlap. Oldest first.
#[must_use]
pub fn notable(cells: &[f64]) -> Vec<Window> {
    let mut ranked: Vec<(f64, Window)> = (0..cells.len().saturating_sub(WINDOW_CELLS))
        .filter_map(|cell| {
            let (viewers, change) = (cells[cell], cells[cell + WINDOW_CELLS] - cells[cell]);
            let size = change.abs() / threshold(viewers);
            (size >= 1.0).then_some((size, Window { cell, viewers, change }))
        })
        .collect();
    ranked.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    let mut taken: Vec<Window> = Vec::new();
    for (_, window) in ranked {
        if taken.iter().all(|other| other.cell.abs_diff(window.cell) >= WINDOW_CELLS) {
            taken.push(window);
        }
    }
    taken.sort_by_key(|window| window.cell);
    taken
}

/// The change of viewers over two minutes that is worth a word.
#[must_use]
pub fn threshold(viewers: f64) -> f64 {
    (3.0 * viewers.max(0.0).sqrt()).max(0.1 * viewers).max(4.0)
}

/// Notable windows of a session with their causes. Windows that are there only because the count jumped
/// and came back are glitches.
#[must_use]
pub fn explained(
    model: &Model,
    observed: &Observations,
    duration_ms: i64,
    effects: &[Effect],
) -> Vec<WindowAnswer> {
    // However late it is, nothing is known beyond the last count and the cells it is carried over.
    let heard_ms = observed.bins().len() as i64 * BIN_MS + (CARRY_CELLS as i64 + 1) * CELL_MS;
    let duration_ms = duration_ms.min(heard_ms);
    let (believed, _) = without_flaps(observed.samples());
    let believed = cells(&believed, duration_ms);
    notable(&cells(observed.samples(), duration_ms))
        .into_iter()
        .map(|window| {
            let (from_ms, to_ms) = window.span_ms();
            let (cause, confidence) = if window.is_glitch(&believed) {
                (Cause::Glitch, GLITCH_CONFIDENCE)
            } else {
                cause(effects, model, from_ms, to_ms, window.change)
            };
            WindowAnswer {
                from: observed.began() + from_ms,
                to: observed.began() + to_ms,
                viewers: window.viewers.round() as i64,
                change: window.change.round() as i64,
                cause,
                confidence,
                occasion: match cause {
                    Cause::Driver(driver) => biggest(observed, driver, from_ms - OCCASION_MS, to_ms),
                    Cause::None | Cause::Glitch => None,
                },
            }
        })
        .collect()
}

/// What changed between two moments, in milliseconds since the session began, and what part of it each
/// driver may account for.
#[must_use]
pub fn changed(
    model: Option<&Model>,
    observed: &Observations,
    (from_ms, to_ms): (i64, i64),
    effects: &[Effect],
) -> Changed {
    let (believed, _) = without_flaps(observed.samples());
    let duration_ms = observed.bins().len() as i64 * BIN_MS;
    let cells = cells(&believed, duration_ms);
    let at = |ms: i64| {
        let cell = usize::try_from(ms / CELL_MS).ok()?.min(cells.len().checked_sub(1)?);
        (!cells[cell].is_nan()).then(|| cells[cell].round() as i64)
    };
    let viewers = at(from_ms).zip(at(to_ms));
    let change = viewers.map_or(0.0, |(from, to)| (to - from) as f64);
    let small = viewers.is_none_or(|(from, _)| change.abs() < threshold(from as f64));
    let (cause, confidence) = match model {
        Some(model) if !small => cause(effects, model, from_ms, to_ms, change),
        _ => (Cause::None, 0.0),
    };
    let share_of = |driver: Driver| {
        let effect =
            effects.iter().find(|effect| effect.driver == driver && effect.raises == (change > 0.0))?;
        let (share, error) = share(effect, model?, from_ms, to_ms, change);
        (!small).then_some(Range { estimate: share, low: share - 1.96 * error, high: share + 1.96 * error })
    };
    let per_minute = |value: fn(&Bin, Driver) -> f64, driver: Driver, from: i64, to: i64| {
        let bins = bins_between(observed, from, to);
        let minutes = (bins.len() as f64 * BIN_MS as f64 / 60_000.0).max(1.0 / 60.0);
        bins.iter().map(|bin| value(bin, driver)).sum::<f64>() / minutes
    };
    let units = |bin: &Bin, driver: Driver| f64::from(bin.units[driver.index()]);
    let joins = |bin: &Bin, _: Driver| f64::from(bin.joins);
    let mut shares: Vec<Share> = Driver::ALL
        .map(|driver| Share {
            driver,
            share: share_of(driver),
            per_minute: per_minute(units, driver, from_ms, to_ms),
            usual_per_minute: per_minute(units, driver, 0, duration_ms),
        })
        .to_vec();
    let excess = |share: &Share| share.per_minute / share.usual_per_minute.max(1e-9);
    shares.sort_by(|a, b| {
        let part = |share: &Share| share.share.map_or(f64::NEG_INFINITY, |share| share.estimate);
        part(b).total_cmp(&part(a)).then(excess(b).total_cmp(&excess(a)))
    });
    Changed {
        from: observed.began() + from_ms,
        to: observed.began() + to_ms,
        viewers,
        joins_per_minute: per_minute(joins, Driver::Likes, from_ms, to_ms),
        usual_joins_per_minute: per_minute(joins, Driver::Likes, 0, duration_ms),
        cause,
        confidence,
        shares,
    }
}

impl Window {
    /// Its beginning and end in milliseconds since the session began.
    const fn span_ms(&self) -> (i64, i64) {
        let from = self.cell as i64 * CELL_MS;
        (from, from + WINDOW_CELLS as i64 * CELL_MS)
    }

    /// Whether less than half of it is left without the jumps that came back.
    fn is_glitch(&self, believed: &[f64]) -> bool {
        let real = believed[self.cell + WINDOW_CELLS] - believed[self.cell];
        real.abs() < 0.5 * self.change.abs() || real * self.change < 0.0
    }
}

/// The kind that most probably accounts for enough of a change, or none, and how probable that is.
fn cause(effects: &[Effect], model: &Model, from_ms: i64, to_ms: i64, change: f64) -> (Cause, f64) {
    let best = effects
        .iter()
        .filter(|effect| effect.raises == (change > 0.0))
        .map(|effect| {
            let (share, error) = share(effect, model, from_ms, to_ms, change);
            (effect.driver, effect.probability * normal_tail(-(share - effect.least_share) / error))
        })
        .max_by(|(_, a), (_, b)| a.total_cmp(b));
    match best {
        Some((driver, confidence)) if confidence >= 0.5 => (Cause::Driver(driver), confidence),
        Some((_, confidence)) => (Cause::None, 1.0 - confidence),
        None => (Cause::None, NONE_CONFIDENCE),
    }
}

/// The part of a change that the people an effect brought meanwhile make up, and its standard error.
fn share(effect: &Effect, model: &Model, from_ms: i64, to_ms: i64, change: f64) -> (f64, f64) {
    let at = |ms: i64| {
        let middle = (ms + CELL_MS / 2) as f64 / BIN_MS as f64 - 0.5;
        interpolated(&effect.present, middle - model.delay as f64 - model.readings.skipped as f64)
    };
    let share = (at(to_ms) - at(from_ms)) / change.abs().max(1.0);
    let error = (effect.relative_error * share).hypot(SHARE_ERROR);
    (share, error)
}

/// The biggest gift, or the ten seconds with most of another driver, between two moments.
fn biggest(observed: &Observations, driver: Driver, from_ms: i64, to_ms: i64) -> Option<Occasion> {
    let began = observed.began();
    if driver == Driver::Gifts {
        let gifts = observed.gifts().iter().filter(|gift| (from_ms..to_ms).contains(&gift.ms));
        let gift = gifts.max_by_key(|gift| (gift.diamonds, std::cmp::Reverse(gift.ms)))?;
        let units = i64::from(gift.units);
        return Some(Occasion { at: began + gift.ms, units, gift: Some(gift.gift) });
    }
    let first = from_ms.max(0) / BIN_MS;
    let bins = bins_between(observed, from_ms, to_ms);
    let sums = bins.windows(2).map(|pair| pair.iter().map(|bin| bin.units[driver.index()]).sum::<f32>());
    let (place, units) = sums.enumerate().max_by(|(_, a), (_, b)| a.total_cmp(b))?;
    let at = began + (first + place as i64) * BIN_MS;
    (units > 0.0).then_some(Occasion { at, units: units as i64, gift: None })
}

fn bins_between(observed: &Observations, from_ms: i64, to_ms: i64) -> &[Bin] {
    let index = |ms: i64| usize::try_from(ms / BIN_MS).unwrap_or(0).min(observed.bins().len());
    let from = index(from_ms.max(0));
    &observed.bins()[from..index(to_ms.max(0)).max(from)]
}

/// The value of a series between its bins.
fn interpolated(series: &[f64], bin: f64) -> f64 {
    let last = series.len().saturating_sub(1);
    let bin = bin.clamp(0.0, last as f64);
    let (below, part) = (bin.floor() as usize, bin.fract());
    series[below] * (1.0 - part) + series[(below + 1).min(last)] * part
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::collection::vec;
    use proptest::prelude::*;

    /// What is counted, by second; for how many seconds; and the cells.
    type Counted<'a> = (&'a str, &'a [(i64, u32)], i64, &'a str);

    fn counts(table: &[(i64, u32)]) -> Vec<Sample> {
        table.iter().map(|(second, viewers)| Sample { ms: second * 1000, viewers: *viewers }).collect()
    }

    /// Cells as text, `-` where not known.
    fn told(cells: &[f64]) -> String {
        let cell = |value: &f64| if value.is_nan() { "-".to_owned() } else { value.to_string() };
        cells.iter().map(cell).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_cell_is_the_median_of_its_counts_and_carried_for_a_minute() {
        let table: [Counted; 5] = [
            ("nothing was counted", &[], 30, "- - -"),
            ("the median, then of three", &[(0, 10), (1, 90), (2, 12), (11, 40), (20, 20)], 30, "12 20 20"),
            ("one wild cell", &[(0, 10), (10, 500), (20, 10), (30, 11)], 40, "10 10 11 11"),
            ("six cells and no more", &[(15, 7)], 100, "- 7 7 7 7 7 7 7 - -"),
            ("a part of a cell is none", &[(0, 5)], 19, "5"),
        ];
        for (why, samples, seconds, expected) in table {
            assert_eq!(told(&cells(&counts(samples), seconds * 1000)), expected, "{why}");
        }
    }

    #[test]
    fn a_change_is_notable_from_four_viewers_three_roots_or_a_tenth() {
        for (viewers, least) in [(0.0, 4.0), (1.0, 4.0), (100.0, 30.0), (2_500.0, 250.0)] {
            assert_eq!(threshold(viewers), least);
            let rise = |change: f64| {
                let mut cells = vec![viewers; 2 * WINDOW_CELLS];
                cells[WINDOW_CELLS..].fill(viewers + change);
                notable(&cells).len()
            };
            assert_eq!((rise(least - 0.5), rise(least)), (0, 1), "{viewers}");
        }
    }

    #[test]
    fn no_window_begins_or_ends_where_viewers_are_not_known() {
        let mut cells = vec![100.0; 40];
        cells[10..20].fill(f64::NAN);
        cells[20..].fill(200.0);
        for window in notable(&cells) {
            assert!(!(10..20).contains(&window.cell) && !(10..20).contains(&(window.cell + WINDOW_CELLS)));
        }
        assert_eq!(notable(&[f64::NAN; 40]), []);
    }

    /// The largest change is taken, then the largest that does not touch it, and so on.
    fn one_by_one(cells: &[f64]) -> Vec<Window> {
        let last = cells.len().saturating_sub(WINDOW_CELLS);
        let (mut free, mut taken) = (vec![true; last], Vec::new());
        loop {
            let mut best: Option<(f64, usize)> = None;
            for cell in (0..last).filter(|cell| free[*cell]) {
                let size = (cells[cell + WINDOW_CELLS] - cells[cell]).abs() / threshold(cells[cell]);
                if size >= 1.0 && best.is_none_or(|(largest, _)| size > largest) {
                    best = Some((size, cell));
                }
            }
            let Some((_, cell)) = best else { break };
            taken.push(Window {
                cell,
                viewers: cells[cell],
                change: cells[cell + WINDOW_CELLS] - cells[cell],
            });
            free[cell.saturating_sub(WINDOW_CELLS - 1)..(cell + WINDOW_CELLS).min(last)].fill(false);
        }
        taken.sort_by_key(|window| window.cell);
        taken
    }

    proptest! {
        #[test]
        fn notable_windows_are_those_that_are_found_one_by_one(
            steps in vec(prop_oneof![8 => -3i32..=3, 1 => -60i32..=60, 1 => Just(i32::MAX)], 0..150),
        ) {
            let mut viewers = 100;
            let cells: Vec<f64> = steps
                .iter()
                .map(|step| match step {
                    &i32::MAX => f64::NAN,
                    step => {
                        viewers = (viewers + step).max(0);
                        f64::from(viewers)
                    }
                })
                .collect();
            prop_assert_eq!(notable(&cells), one_by_one(&cells));
        }
    }

    #[test]
    fn between_two_bins_a_series_is_on_the_line() {
        let series = [1.0, 3.0, 7.0];
        for (bin, value) in [(-4.0, 1.0), (0.5, 2.0), (1.25, 4.0), (2.0, 7.0), (99.0, 7.0)] {
            assert_eq!(interpolated(&series, bin), value, "{bin}");
        }
    }
}
