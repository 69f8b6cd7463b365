//! Standardising outcomes and taking out what they owe to their own past.

use super::series::{baseline, deviation, median};

/// One reading of people coming or leaving, ready for regression.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Standardised and whitened; 0 where masked.
    pub e: Vec<f64>,
    /// √λ: the usual size of its noise in each bin.
    scale: Vec<f64>,
    filter: Vec<f64>,
    ok: Vec<bool>,
}

/// Outliers further out than this many robust standard deviations are drawn in.
const CLIP: f64 = 5.0;

impl Outcome {
    /// Divides the deviation of `series` from its baseline by the root of `variance`, its expected
    /// variance up to a factor, and removes autocorrelation of `order` (Yule and Walker; Cochrane and
    /// Orcutt 1949, Prais and Winsten 1954).
    #[must_use]
    pub fn new(series: &[f64], variance: &[f64], ok: &[bool], order: usize) -> Self {
        let usual = baseline(series, ok);
        let scale: Vec<f64> = variance.iter().map(|variance| variance.sqrt()).collect();
        let mut e: Vec<f64> =
            (0..series.len()).map(|t| if ok[t] { (series[t] - usual[t]) / scale[t] } else { 0.0 }).collect();
        clip(&mut e, ok, CLIP);
        let filter = yule_walker(&e, order);
        let e = filtered(&e, &filter, ok);
        Self { e, scale, filter, ok: ok.to_vec() }
    }

    /// The same for a regressor, so that the slope keeps its unit.
    #[must_use]
    pub fn regressor(&self, series: &[f64]) -> Vec<f64> {
        let usual = baseline(series, &self.ok);
        let standard: Vec<f64> = (0..series.len())
            .map(|t| if self.ok[t] { (series[t] - usual[t]) / self.scale[t] } else { 0.0 })
            .collect();
        filtered(&standard, &self.filter, &self.ok)
    }
}

fn clip(series: &mut [f64], ok: &[bool], limit: f64) {
    let seen: Vec<f64> = series.iter().zip(ok).filter(|(_, ok)| **ok).map(|(value, _)| *value).collect();
    let mut sizes: Vec<f64> = seen.iter().map(|value| value.abs()).collect();
    let robust = (1.4826 * median(&mut sizes)).max(0.3 * deviation(&seen));
    for value in series.iter_mut() {
        *value = value.clamp(-limit * robust, limit * robust);
    }
}

/// Coefficients of an autoregression, by the recursion of Levinson (1947).
#[must_use]
pub fn yule_walker(series: &[f64], order: usize) -> Vec<f64> {
    let covariance =
        |lag: usize| -> f64 { series.iter().zip(&series[lag.min(series.len())..]).map(|(a, b)| a * b).sum() };
    let r: Vec<f64> = (0..=order).map(covariance).collect();
    let mut coefficients: Vec<f64> = Vec::with_capacity(order);
    let mut error = r[0];
    for k in 0..order {
        if error <= 0.0 {
            break;
        }
        let known: f64 = coefficients.iter().zip(r[1..=k].iter().rev()).map(|(a, r)| a * r).sum();
        let reflection = (r[k + 1] - known) / error;
        let before = coefficients.clone();
        for (a, mirrored) in coefficients.iter_mut().zip(before.iter().rev()) {
            *a -= reflection * mirrored;
        }
        coefficients.push(reflection);
        error *= 1.0 - reflection * reflection;
    }
    coefficients
}

fn filtered(series: &[f64], filter: &[f64], ok: &[bool]) -> Vec<f64> {
    (0..series.len())
        .map(|t| {
            if !ok[t] {
                return 0.0;
            }
            let past: f64 = filter.iter().zip(series[..t].iter().rev()).map(|(a, x)| a * x).sum();
            series[t] - past
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::dice::Dice;
    use super::*;

    const N: usize = 2880;

    fn autoregression(dice: &mut Dice, coefficients: &[f64]) -> Vec<f64> {
        let mut series: Vec<f64> = Vec::with_capacity(N);
        for _ in 0..N {
            let past: f64 = coefficients.iter().zip(series.iter().rev()).map(|(a, x)| a * x).sum();
            series.push(past + dice.normal());
        }
        series
    }

    fn autocorrelation(series: &[f64], lag: usize) -> f64 {
        let both: f64 = series.iter().zip(&series[lag..]).map(|(a, b)| a * b).sum();
        both / series.iter().map(|value| value * value).sum::<f64>()
    }

    #[test]
    fn the_coefficients_of_an_autoregression_are_recovered() {
        for (seed, truth) in
            [[0.5, 0.0, 0.0, 0.0], [0.6, -0.3, 0.0, 0.0], [0.3, 0.2, 0.1, -0.2]].iter().enumerate()
        {
            let found = yule_walker(&autoregression(&mut Dice::new(seed as u64), truth), 4);
            for (found, truth) in found.iter().zip(truth) {
                assert!((found - truth).abs() < 0.08, "{found} for {truth}");
            }
        }
    }

    #[test]
    fn a_series_without_variation_has_no_past_to_take_out() {
        assert!(yule_walker(&[0.0; 50], 4).is_empty());
        assert_eq!(yule_walker(&[1.0], 4).len(), 4, "a series shorter than the order");
        let outcome = Outcome::new(&[3.0; 50], &[1.0; 50], &[true; 50], 4);
        assert!(outcome.e.iter().all(|value| value.abs() < 1e-9), "{:?}", outcome.e);
    }

    #[test]
    fn what_is_left_of_an_outcome_is_white() {
        let series = autoregression(&mut Dice::new(3), &[0.6, -0.3]);
        let outcome = Outcome::new(&series, &[1.0; N], &[true; N], 4);
        assert!(autocorrelation(&series, 1) > 0.4, "else there is nothing to take out");
        for lag in 1..=12 {
            let link = autocorrelation(&outcome.e, lag);
            assert!(link.abs() < 4.0 / (N as f64).sqrt(), "{link} at {lag}");
        }
    }

    #[test]
    fn a_slope_keeps_its_unit() {
        let mut dice = Dice::new(4);
        let cause = dice.normals(N);
        let noise = autoregression(&mut dice, &[0.6]);
        let variance: Vec<f64> = (0..N).map(|t| 1.0 + t as f64 / 500.0).collect();
        let series: Vec<f64> =
            (0..N).map(|t| 40.0 + 0.7 * cause[t] + 0.3 * noise[t] * variance[t].sqrt()).collect();
        let outcome = Outcome::new(&series, &variance, &[true; N], 4);
        let regressor = outcome.regressor(&cause);
        let both: f64 = regressor.iter().zip(&outcome.e).map(|(s, e)| s * e).sum();
        let slope = both / regressor.iter().map(|s| s * s).sum::<f64>();
        assert!((slope - 0.7).abs() < 0.05, "{slope}");
    }

    #[test]
    fn masked_bins_are_zero_and_do_not_change_the_others() {
        let mut series = autoregression(&mut Dice::new(5), &[0.4]);
        let mut ok = vec![true; N];
        ok[100..150].fill(false);
        let before = Outcome::new(&series, &[1.0; N], &ok, 4);
        let regressor = before.regressor(&series);
        assert!(before.e[100..150].iter().chain(&regressor[100..150]).all(|value| *value == 0.0));
        series[100..150].fill(1e9);
        assert_eq!(Outcome::new(&series, &[1.0; N], &ok, 4).e, before.e);
        assert_eq!(before.regressor(&series), regressor);
    }

    #[test]
    fn outliers_are_drawn_in() {
        let mut series = Dice::new(6).normals(N);
        series[700] = 1e6;
        clip(&mut series, &[true; N], CLIP);
        let expected = CLIP
            * 0.3
            * deviation(&{
                let mut wild = Dice::new(6).normals(N);
                wild[700] = 1e6;
                wild
            });
        assert!((series[700] - expected).abs() < 1e-6 * expected, "{}", series[700]);
    }
}
