//! Slopes of all kinds together, and the same at every circular shift.

use super::linear::Cholesky;
use super::series::{deviation, mean};
use realfft::RealFftPlanner;
use realfft::num_complex::Complex64;
use std::sync::Arc;

/// Shifts nearer to none than this many bins (or a sixth of the session) could still feel the effect.
const NEAREST: usize = 60;

/// Lags of the heteroskedasticity and autocorrelation consistent variance (Newey and West 1987).
const NEWEY_WEST: usize = 24;

/// Joint least squares of one outcome on several regressors.
#[derive(Clone, Debug)]
pub struct Slopes {
    /// By regressor, then by circular shift of the outcome; shift 0 is the estimate.
    shifted: Vec<Vec<f64>>,
    /// By regressor: what each bin adds to the error of its slope.
    scores: Vec<Vec<f64>>,
}

/// One slope with its distribution under no effect.
#[derive(Clone, Debug)]
pub struct Estimate {
    pub slope: f64,
    /// Standard error: the larger of the two below.
    pub se: f64,
    /// Standard deviation over circular shifts.
    pub shift_se: f64,
    /// The slope at each circular shift that counts.
    pub shifted: Vec<f64>,
    /// The same slope's score in each bin.
    scores: Vec<f64>,
}

impl Slopes {
    /// b = (S S')⁻¹ S e: kinds that merely accompany another get nothing (Frisch and Waugh 1933). `None`
    /// if there is no variation. Regressors and outcome have the same length.
    #[must_use]
    pub fn of(regressors: &[Vec<f64>], outcome: &[f64], correlator: &mut Correlator) -> Option<Self> {
        let (size, n) = (regressors.len(), outcome.len());
        let columns: Vec<&[f64]> = regressors.iter().map(Vec::as_slice).collect();
        let factor = Cholesky::of(&super::linear::gram(&columns, &vec![1.0; n]), size)?;
        let inverse = factor.inverse();
        let crossed = correlator.against(outcome, regressors);
        let combined = |series: &[Vec<f64>], row: usize| -> Vec<f64> {
            let weights = &inverse[row * size..(row + 1) * size];
            (0..n)
                .map(|t| weights.iter().zip(series).map(|(weight, series)| weight * series[t]).sum())
                .collect()
        };
        let shifted: Vec<Vec<f64>> = (0..size).map(|row| combined(&crossed, row)).collect();
        let residual: Vec<f64> = (0..n)
            .map(|t| outcome[t] - shifted.iter().zip(regressors).map(|(b, s)| b[0] * s[t]).sum::<f64>())
            .collect();
        let scores = (0..size)
            .map(|row| combined(regressors, row).iter().zip(&residual).map(|(s, r)| s * r).collect())
            .collect();
        Some(Self { shifted, scores })
    }

    /// The slope of one regressor, in its unit times `unit`.
    #[must_use]
    pub fn estimate(&self, regressor: usize, unit: f64) -> Estimate {
        let shifted: Vec<f64> = far(&self.shifted[regressor]).iter().map(|slope| slope * unit).collect();
        let scores = self.scores[regressor].iter().map(|score| score * unit).collect();
        Estimate::new(self.shifted[regressor][0] * unit, shifted, scores)
    }
}

impl Estimate {
    pub(super) fn new(slope: f64, shifted: Vec<f64>, scores: Vec<f64>) -> Self {
        let shift_se = deviation(&shifted);
        let se = shift_se.max(newey_west(&scores));
        Self { slope, se, shift_se, shifted, scores }
    }

    /// The mean of two readings of the same thing, weighted so that its variance over the shifts is
    /// smallest.
    #[must_use]
    pub fn mixed(&self, other: &Self) -> Self {
        let (mean_a, mean_b) = (mean(&self.shifted), mean(&other.shifted));
        let (mut a, mut b, mut both) = (0.0, 0.0, 0.0);
        for (x, y) in self.shifted.iter().zip(&other.shifted) {
            a += (x - mean_a) * (x - mean_a);
            b += (y - mean_b) * (y - mean_b);
            both += (x - mean_a) * (y - mean_b);
        }
        let spread = a + b - 2.0 * both;
        let part = if spread > 0.0 { ((b - both) / spread).clamp(0.0, 1.0) } else { 0.5 };
        let mix = |x: f64, y: f64| part * x + (1.0 - part) * y;
        Self::new(
            mix(self.slope, other.slope),
            self.shifted.iter().zip(&other.shifted).map(|(x, y)| mix(*x, *y)).collect(),
            self.scores.iter().zip(&other.scores).map(|(x, y)| mix(*x, *y)).collect(),
        )
    }

    /// The slope in standard errors.
    #[must_use]
    pub fn z(&self) -> f64 {
        if self.se > 0.0 { self.slope / self.se } else { 0.0 }
    }
}

/// The slopes at shifts that are far enough from none, to either side.
fn far(shifted: &[f64]) -> &[f64] {
    let n = shifted.len();
    let nearest = NEAREST.min(n / 6).max(1);
    &shifted[nearest..n + 1 - nearest]
}

/// Standard error of a sum of autocorrelated scores, with Bartlett weights.
fn newey_west(scores: &[f64]) -> f64 {
    let covariance =
        |lag: usize| -> f64 { scores.iter().zip(&scores[lag.min(scores.len())..]).map(|(a, b)| a * b).sum() };
    let weighted: f64 = (1..=NEWEY_WEST)
        .map(|lag| 2.0 * (1.0 - lag as f64 / (NEWEY_WEST + 1) as f64) * covariance(lag))
        .sum();
    (covariance(0) + weighted).max(0.0).sqrt()
}

/// Circular cross-correlations by the fast Fourier transform.
pub struct Correlator {
    forward: Arc<dyn realfft::RealToComplex<f64>>,
    backward: Arc<dyn realfft::ComplexToReal<f64>>,
}

impl Correlator {
    /// For series of `n` bins.
    #[must_use]
    pub fn new(n: usize) -> Self {
        let mut planner = RealFftPlanner::new();
        Self { forward: planner.plan_fft_forward(n), backward: planner.plan_fft_inverse(n) }
    }

    /// For each of `series`: Σₜ series(t)·outcome(t + h), at every circular shift h.
    fn against(&mut self, outcome: &[f64], series: &[Vec<f64>]) -> Vec<Vec<f64>> {
        let n = outcome.len();
        let of_outcome = self.spectrum(outcome);
        series
            .iter()
            .map(|series| {
                let mut product = self.spectrum(series);
                for (s, o) in product.iter_mut().zip(&of_outcome) {
                    *s = s.conj() * o / n as f64;
                }
                // Rounding leaves a hair where a real series has none at all.
                product[0].im = 0.0;
                if n.is_multiple_of(2) {
                    product[n / 2].im = 0.0;
                }
                let mut crossed = self.backward.make_output_vec();
                self.backward.process(&mut product, &mut crossed).expect("lengths were planned for");
                crossed
            })
            .collect()
    }

    fn spectrum(&self, series: &[f64]) -> Vec<Complex64> {
        let mut input = series.to_vec();
        let mut output = self.forward.make_output_vec();
        self.forward.process(&mut input, &mut output).expect("lengths were planned for");
        output
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::dice::Dice;
    use super::*;
    use proptest::prelude::*;

    const N: usize = 720;

    fn slopes(regressors: &[Vec<f64>], outcome: &[f64]) -> Slopes {
        Slopes::of(regressors, outcome, &mut Correlator::new(outcome.len())).expect("they vary")
    }

    proptest! {
        #[test]
        fn the_fast_cross_correlation_equals_the_direct_sum(seed: u64, n in 1usize..120) {
            let mut dice = Dice::new(seed);
            let (outcome, series) = (dice.normals(n), dice.normals(n));
            let crossed = Correlator::new(n).against(&outcome, std::slice::from_ref(&series)).remove(0);
            prop_assert_eq!(crossed.len(), n);
            for shift in 0..n {
                let direct: f64 = (0..n).map(|t| series[t] * outcome[(t + shift) % n]).sum();
                prop_assert!((crossed[shift] - direct).abs() < 1e-9, "{} for {direct}", crossed[shift]);
            }
        }
    }

    #[test]
    fn planted_slopes_are_recovered_together() {
        let mut dice = Dice::new(1);
        let (a, b) = (dice.normals(N), dice.normals(N));
        let outcome: Vec<f64> = (0..N).map(|t| 0.5 * a[t] - 0.2 * b[t] + dice.normal()).collect();
        let both = slopes(&[a, b], &outcome);
        for (regressor, truth) in [(0, 0.5), (1, -0.2)] {
            let estimate = both.estimate(regressor, 1.0);
            assert!((estimate.slope - truth).abs() < 4.0 * estimate.se, "{} for {truth}", estimate.slope);
            assert!(
                (estimate.se * (N as f64).sqrt() - 1.0).abs() < 0.5,
                "the error of a mean: {}",
                estimate.se
            );
        }
    }

    #[test]
    fn a_kind_that_merely_accompanies_another_gets_nothing() {
        let mut dice = Dice::new(2);
        let gifts = dice.normals(N);
        let comments: Vec<f64> = gifts.iter().map(|gifts| 0.8 * gifts + 0.6 * dice.normal()).collect();
        let outcome: Vec<f64> = gifts.iter().map(|gifts| 0.5 * gifts + dice.normal()).collect();
        let alone = slopes(std::slice::from_ref(&comments), &outcome).estimate(0, 1.0);
        assert!(alone.z() > 5.0, "by itself it looks like a cause: {}", alone.z());
        let together = slopes(&[gifts, comments], &outcome);
        assert!(together.estimate(0, 1.0).z() > 5.0);
        assert!(together.estimate(1, 1.0).z().abs() < 2.0, "{}", together.estimate(1, 1.0).z());
    }

    #[test]
    fn each_shift_is_what_the_regression_on_the_shifted_outcome_gives() {
        let mut dice = Dice::new(3);
        let (a, b, outcome) = (dice.normals(90), dice.normals(90), dice.normals(90));
        let regressors = [a, b];
        let all = slopes(&regressors, &outcome);
        for shift in [0, 1, 44, 89] {
            let shifted: Vec<f64> = (0..90).map(|t| outcome[(t + shift) % 90]).collect();
            let direct = slopes(&regressors, &shifted);
            assert!((all.shifted[1][shift] - direct.shifted[1][0]).abs() < 1e-9, "at {shift}");
        }
    }

    #[test]
    fn shifts_that_could_still_feel_the_effect_are_left_out() {
        let series: Vec<f64> = (0..720).map(f64::from).collect();
        assert_eq!((far(&series)[0], *far(&series).last().expect("some are far")), (60.0, 660.0));
        assert_eq!((far(&series[..12])[0], far(&series[..12]).len()), (2.0, 9));
    }

    #[test]
    fn the_error_knows_of_errors_that_go_together() {
        let mut dice = Dice::new(4);
        let alone = dice.normals(N);
        let in_runs: Vec<f64> = dice.normals(N / 6).iter().flat_map(|value| [*value; 6]).collect();
        let ratio = |scores: &[f64]| newey_west(scores) / scores.iter().map(|s| s * s).sum::<f64>().sqrt();
        assert!((ratio(&alone) - 1.0).abs() < 0.35, "{}", ratio(&alone));
        assert!(ratio(&in_runs) > 1.6, "{}", ratio(&in_runs));
    }

    #[test]
    fn an_error_is_the_larger_of_the_two_ways_to_see_it() {
        let shifts_say_more = Estimate::new(6.0, vec![3.0, -3.0], vec![0.0, 2.0, 0.0]);
        assert_eq!((shifts_say_more.se, shifts_say_more.z()), (3.0, 2.0));
        let scores_say_more = Estimate::new(6.0, vec![1.0, -1.0], vec![0.0, 2.0, 0.0]);
        assert_eq!((scores_say_more.se, scores_say_more.shift_se), (2.0, 1.0));
    }

    #[test]
    fn two_readings_are_mixed_by_what_each_is_worth() {
        let mut dice = Dice::new(5);
        let (sure, unsure) = (dice.normals(N), dice.normals(N));
        let exact = Estimate::new(1.0, sure.iter().map(|x| 0.1 * x).collect(), vec![0.0; N]);
        let rough = Estimate::new(9.0, unsure, vec![0.0; N]);
        let mixed = exact.mixed(&rough);
        assert!(
            mixed.slope < 1.3 && mixed.shift_se <= exact.shift_se,
            "{} ± {}",
            mixed.slope,
            mixed.shift_se
        );
        let swapped = rough.mixed(&exact);
        assert!((mixed.slope - swapped.slope).abs() < 1e-9);
        assert_eq!(exact.mixed(&exact).slope, 1.0);
    }

    #[test]
    fn nothing_that_varies_gives_no_slope_and_no_error_gives_no_evidence() {
        assert!(Slopes::of(&[vec![0.0; 60]], &[1.0; 60], &mut Correlator::new(60)).is_none());
        assert_eq!(Estimate::new(5.0, vec![0.0; 9], vec![0.0; 9]).z(), 0.0);
    }
}
