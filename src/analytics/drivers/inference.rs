//! From slopes to probabilities.

use super::slopes::Estimate;
use statrs::distribution::{ContinuousCDF, Normal, StudentsT};

/// Looking at three correlated scales counts as looking this often.
const SCALES_COUNT_AS: f64 = 2.2;

/// How much of the error allowed goes to "raises" and to "lowers" (weighted Bonferroni: Holm 1979,
/// Genovese, Roeder and Wasserman 2006).
pub const RAISES_WEIGHT: f64 = 0.8;
pub const LOWERS_WEIGHT: f64 = 0.2;

/// Evidence for one direction of one kind, over all time scales.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Evidence {
    pub p: f64,
    /// The scale with the largest z.
    pub scale: usize,
}

/// How probable a slope as large would be without an effect, from its size against Student's t and from
/// its rank among the circular shifts (Politis and Romano 1994). `minutes` is the length of the session.
#[must_use]
pub fn evidence(scales: &[Estimate], minutes: f64) -> Evidence {
    let (scale, largest) = scales
        .iter()
        .map(Estimate::z)
        .enumerate()
        .max_by(|(_, a), (_, b)| a.total_cmp(b))
        .expect("there are three scales");
    let shifts = scales[0].shifted.len();
    let above = (0..shifts)
        .filter(|shift| {
            scales
                .iter()
                .any(|scale| scale.shift_se > 0.0 && scale.shifted[*shift] / scale.shift_se >= largest)
        })
        .count();
    let p_rank = (1 + above) as f64 / (1 + shifts) as f64;
    let freedom = (minutes / 2.0).max(8.0);
    let p_t = 1.0 - (1.0 - student_tail(largest, freedom)).powf(SCALES_COUNT_AS);
    let p = if p_rank > 0.02 { p_t.max(p_rank) } else { p_t.max(0.2 * p_rank) };
    Evidence { p: p.clamp(0.0, 1.0), scale }
}

/// The probability of the more likely direction, having looked at both.
#[must_use]
pub fn either(raises: f64, lowers: f64) -> f64 {
    (raises / RAISES_WEIGHT).min(lowers / LOWERS_WEIGHT).min(1.0)
}

/// q-values of the kinds that were tested, out of `tested` (Benjamini and Hochberg 1995).
#[must_use]
pub fn benjamini_hochberg(p_values: &[Option<f64>]) -> Vec<Option<f64>> {
    let tested = p_values.len();
    let mut order: Vec<usize> = (0..tested).filter(|index| p_values[*index].is_some()).collect();
    let p = |index: usize| p_values[index].unwrap_or(1.0);
    order.sort_by(|a, b| p(*b).total_cmp(&p(*a)));
    let mut q_values = vec![None; tested];
    let mut smallest = 1.0f64;
    for (from_last, index) in order.iter().enumerate() {
        let rank = order.len() - from_last;
        smallest = smallest.min(p(*index) * tested as f64 / rank as f64);
        q_values[*index] = Some(smallest);
    }
    q_values
}

fn student_tail(t: f64, freedom: f64) -> f64 {
    StudentsT::new(0.0, 1.0, freedom).expect("freedom is at least 8").sf(t)
}

/// Upper tail of the standard normal distribution.
#[must_use]
pub fn normal_tail(z: f64) -> f64 {
    Normal::standard().sf(z)
}
