//! Standardising outcomes and taking out what they owe to their own past.

use super::delay::LOCAL;
use super::series::{deviation, local_mean, median};

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
    /// Divides the deviation of `series` from its local mean by the root of `variance`, its expected
    /// variance up to a factor, and removes autocorrelation of `order` (Yule and Walker; Cochrane and
    /// Orcutt 1949, Prais and Winsten 1954).
    #[must_use]
    pub fn new(series: &[f64], variance: &[f64], ok: &[bool], order: usize) -> Self {
        let usual = local_mean(series, ok, LOCAL);
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
        let usual = local_mean(series, &self.ok, LOCAL);
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
