//! What the drawings beside an answer show: which came first, and viewers around each burst.

use super::bursts::Bursts;
use super::flow::inflow;
use super::model::Model;
use super::series::{baseline, deviation, mean, median};
use crate::domain::answer::Evidence;
use crate::domain::driver::Driver;

/// A minute and half a minute, in bins.
const MINUTE: usize = 12;
const STEP: usize = 6;

/// Links are drawn for lags of up to this many minutes either side.
const LAGS: isize = 10;

/// Steps of half a minute before and after the beginning of a burst.
const BEFORE: isize = 10;
const AFTER: isize = 30;

/// At most this many bursts are drawn, the newest.
const BURSTS: usize = 40;

/// The drawings of one kind.
#[must_use]
pub fn evidence(model: &Model, driver: Driver, bursts: &Bursts) -> Evidence {
    let activity = by_minute(&model.readings.doses[driver.index()], &model.readings.ok);
    let come = if model.joins_usable {
        by_minute(&model.readings.joins, &model.readings.ok)
    } else {
        by_minute(&inflow(&model.viewers, model.turnover.leaving), &model.viewers_ok)
    };
    let link = |lag: isize| link(&activity, &come, lag);
    let lags = (-LAGS..=LAGS).map(|lag| link(lag) as f32).collect();
    let n = activity.len() as isize;
    let mut far: Vec<f64> = (LAGS + 1..n - LAGS).map(|shift| link(shift).abs()).collect();
    far.sort_unstable_by(f64::total_cmp);
    let chance = far.get(far.len().saturating_sub(1) * 95 / 100).copied().unwrap_or(1.0) as f32;
    let newest = &bursts.began[bursts.began.len().saturating_sub(BURSTS)..];
    let around: Vec<Vec<Option<f32>>> = newest.iter().map(|begin| around(model, *begin)).collect();
    let median = (0..(BEFORE + AFTER + 1) as usize)
        .map(|step| {
            let mut known: Vec<f64> = around.iter().filter_map(|burst| burst[step]).map(f64::from).collect();
            (!known.is_empty()).then(|| median(&mut known) as f32)
        })
        .collect();
    Evidence { lags, chance, around, median }
}

/// Sums over minutes against the usual, in standard deviations; 0 where masked.
fn by_minute(series: &[f64], ok: &[bool]) -> Vec<f64> {
    let usual = baseline(series, ok);
    let excess: Vec<f64> =
        series.iter().zip(&usual).zip(ok).map(|((x, usual), ok)| if *ok { x - usual } else { 0.0 }).collect();
    let sums: Vec<f64> = excess.chunks_exact(MINUTE).map(|minute| minute.iter().sum()).collect();
    let (mean, spread) = (mean(&sums), deviation(&sums).max(1e-9));
    sums.iter().map(|sum| (sum - mean) / spread).collect()
}

/// Correlation of activity with the inflow `lag` minutes later, round the end.
fn link(activity: &[f64], come: &[f64], lag: isize) -> f64 {
    let n = activity.len() as isize;
    let later = |minute: usize| come[(minute as isize + lag).rem_euclid(n) as usize];
    activity.iter().enumerate().map(|(minute, x)| x * later(minute)).sum::<f64>() / n.max(1) as f64
}

/// Viewers around a burst as a part of viewers when it began.
fn around(model: &Model, begin: usize) -> Vec<Option<f32>> {
    let at = |bin: isize| {
        let bin = usize::try_from(bin).ok()?;
        (*model.viewers_ok.get(bin)?).then(|| model.viewers[bin])
    };
    let start = at(begin as isize).filter(|viewers| *viewers > 0.0);
    (-BEFORE..=AFTER)
        .map(|step| Some((at(begin as isize + step * STEP as isize)? / start? - 1.0) as f32))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::dice::Dice;
    use super::*;

    const N: usize = 90 * MINUTE;

    #[test]
    fn people_who_come_three_minutes_later_are_linked_three_minutes_later() {
        let ok = vec![true; N];
        let activity = Dice::new(1).counts(2.0, N);
        let mut come = activity.clone();
        come.rotate_right(3 * MINUTE);
        let (activity, come) = (by_minute(&activity, &ok), by_minute(&come, &ok));
        for lag in -LAGS..=LAGS {
            let link = link(&activity, &come, lag);
            assert_eq!(link > 0.8, lag == 3, "{link} at {lag}");
            assert!(link.abs() <= 1.0 + 1e-9, "{link} at {lag}");
        }
    }

    #[test]
    fn minutes_that_are_masked_are_as_usual() {
        let mut series = Dice::new(2).counts(2.0, N);
        let mut ok = vec![true; N];
        ok[240..300].fill(false);
        let before = by_minute(&series, &ok);
        series[240..300].fill(1e6);
        assert_eq!(by_minute(&series, &ok), before);
        assert!((mean(&before).abs() < 1e-9) && (deviation(&before) - 1.0).abs() < 1e-9);
        assert_eq!(by_minute(&[5.0; 60], &[true; 60]).len(), 5);
    }
}
