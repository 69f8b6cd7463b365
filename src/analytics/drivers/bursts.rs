//! Occasions: stretches with more of one kind than the people in the room explain, and what followed.

use super::model::{Kind, Model};
use super::observations::{BIN_MS, Observations};
use super::readings::BIN_S;
use super::series::{baseline, deviation, median};
use crate::domain::answer::Burst;
use crate::domain::driver::Driver;
use std::ops::Range;

/// Half a minute, in bins.
const CELL: usize = 6;

/// A cell is part of a burst from this many robust standard deviations, and from this multiple of the usual.
const UNUSUAL: f64 = 2.0;
const MULTIPLE: f64 = 2.0;

/// The bursts of one kind, and how often viewers rose (or fell) after one.
#[derive(Clone, Debug, Default)]
pub struct Bursts {
    pub bursts: Vec<Burst>,
    pub hits: u32,
    /// The mean of `hits` over all times the bursts could have come at.
    pub hits_by_chance: f64,
    /// The dose of the median burst beyond the usual.
    pub median_excess: f64,
    /// Bins in which they began.
    pub began: Vec<usize>,
}

impl Bursts {
    /// `lag_s` is the time from activity to the peak of its effect in the viewer count.
    #[must_use]
    pub fn of(model: &Model, kind: &Kind, observed: &Observations, driver: Driver, lag_s: f64) -> Self {
        let spans = spans(&kind.innovation, &model.readings.doses[driver.index()], &model.readings.ok);
        let change = |from: usize| change_after(model, from, (lag_s / BIN_S) as usize);
        let fits = |change: f64| if kind.is_up() { change > 0.0 } else { change < 0.0 };
        let stamp = |bin: usize| observed.began() + (model.readings.skipped + bin) as i64 * BIN_MS;
        let units = |span: &Range<usize>| {
            let bins = &observed.bins()[model.readings.skipped..][span.clone()];
            bins.iter().map(|bin| f64::from(bin.units[driver.index()])).sum()
        };
        let bursts: Vec<Burst> = spans
            .iter()
            .map(|span| {
                let change = change(span.start);
                let hit = change.is_some_and(fits);
                Burst { from: stamp(span.start), to: stamp(span.end), units: units(span), change, hit }
            })
            .collect();
        let known = bursts.iter().filter(|burst| burst.change.is_some()).count();
        let (mut fitting, mut all) = (0u32, 0u32);
        for change in (0..model.readings.len()).filter_map(change) {
            all += 1;
            fitting += u32::from(fits(change));
        }
        let mut excesses: Vec<f64> =
            spans.iter().map(|span| kind.innovation[span.clone()].iter().sum()).collect();
        Self {
            hits: bursts.iter().filter(|burst| burst.hit).count() as u32,
            hits_by_chance: known as f64 * f64::from(fitting) / f64::from(all.max(1)),
            median_excess: median(&mut excesses),
            began: spans.iter().map(|span| span.start).collect(),
            bursts,
        }
    }
}

/// Runs of cells that are unusual both against their own spread and against the usual dose.
fn spans(innovation: &[f64], dose: &[f64], ok: &[bool]) -> Vec<Range<usize>> {
    let sums = |series: &[f64]| series.chunks(CELL).map(|cell| cell.iter().sum()).collect::<Vec<f64>>();
    let (excess, dose, usual) = (sums(innovation), sums(dose), sums(&baseline(dose, ok)));
    let mut sizes: Vec<f64> = excess.iter().map(|value| value.abs()).collect();
    let spread = (1.4826 * median(&mut sizes)).max(0.3 * deviation(&excess));
    let mut spans: Vec<Range<usize>> = Vec::new();
    for cell in 0..excess.len() {
        let unusual =
            excess[cell] > UNUSUAL * spread && excess[cell] > 0.0 && dose[cell] >= MULTIPLE * usual[cell];
        let bins = cell * CELL..((cell + 1) * CELL).min(innovation.len());
        match spans.last_mut() {
            Some(last) if unusual && last.end == bins.start => last.end = bins.end,
            _ if unusual => spans.push(bins),
            _ => {}
        }
    }
    spans
}

/// Viewers at the peak of an effect that began in a bin against viewers when it began; `None` where
/// either is not known.
fn change_after(model: &Model, from: usize, lag: usize) -> Option<f64> {
    let readings = &model.readings;
    let around = |bin: usize| {
        let near = bin.saturating_sub(1)..(bin + 2).min(readings.len());
        let known = !near.is_empty() && readings.viewers_ok.get(near.clone())?.iter().all(|ok| *ok);
        known.then(|| readings.viewers[near.clone()].iter().sum::<f64>() / near.len() as f64)
    };
    let (start, peak) = (from + model.delay, from + lag.max(model.delay + 1));
    (peak < readings.len()).then(|| Some(around(peak)? - around(start)?)).flatten()
}

#[cfg(test)]
mod tests {
    use super::super::tests::dice::Dice;
    use super::*;

    const N: usize = 60 * CELL;

    /// A room with ten units a bin, of which the audience explains all but a little noise.
    fn quiet() -> (Vec<f64>, Vec<f64>) {
        (Dice::new(1).normals(N).iter().map(|noise| 0.1 * noise).collect(), vec![10.0; N])
    }

    /// Units in some cells that nobody there explains.
    fn unusual(cells: Range<usize>, units: f64, innovation: &mut [f64], dose: &mut [f64]) {
        for bin in cells.start * CELL..cells.end * CELL {
            innovation[bin] += units;
            dose[bin] += units;
        }
    }

    #[test]
    fn unusual_cells_side_by_side_are_one_burst() {
        let (mut innovation, mut dose) = quiet();
        unusual(10..11, 20.0, &mut innovation, &mut dose);
        unusual(30..33, 20.0, &mut innovation, &mut dose);
        assert_eq!(spans(&innovation, &dose, &[true; N]), [60..66, 180..198]);
    }

    #[test]
    fn more_than_the_audience_explains_but_less_than_twice_the_usual_is_no_burst() {
        let (mut innovation, mut dose) = quiet();
        unusual(10..11, 5.0, &mut innovation, &mut dose);
        assert!(spans(&innovation, &dose, &[true; N]).is_empty());
    }

    #[test]
    fn twice_the_usual_that_the_audience_explains_is_no_burst() {
        let (mut innovation, mut dose) = quiet();
        dose[60..66].fill(40.0);
        innovation[60..66].fill(0.0);
        assert!(spans(&innovation, &dose, &[true; N]).is_empty());
        assert!(spans(&[0.0; N], &dose, &[true; N]).is_empty(), "nothing varies");
    }
}
