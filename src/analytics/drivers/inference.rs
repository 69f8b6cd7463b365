//! From slopes to probabilities.

use super::slopes::Estimate;
use statrs::distribution::{ContinuousCDF, Normal, StudentsT};

/// Looking at three correlated scales counts as looking this often.
pub const SCALES_COUNT_AS: f64 = 2.2;

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

#[cfg(test)]
mod tests {
    use super::super::response::{SCALES_S, contrast, response};
    use super::super::slopes::{Correlator, Slopes};
    use super::super::tests::dice::Dice;
    use super::super::whiten::Outcome;
    use super::*;
    use proptest::collection::vec;
    use proptest::prelude::*;

    const N: usize = 240;

    /// Evidence of a session of twenty minutes in which `lift` people come for each unit of activity.
    fn session(dice: &mut Dice, correlator: &mut Correlator, lift: f64) -> Evidence {
        let activity = dice.counts(0.3, N);
        let contrasts = SCALES_S.map(|scale| contrast(&activity, &response(scale)));
        let noise = dice.normals(N);
        let come: Vec<f64> = (0..N).map(|t| noise[t] + lift * contrasts[1][t]).collect();
        let outcome = Outcome::new(&come, &[1.0; N], &[true; N], 4);
        let estimates = contrasts.map(|contrast| {
            let regressors = [outcome.regressor(&contrast)];
            let slopes = Slopes::of(&regressors, &outcome.e, correlator).expect("activity varies");
            slopes.estimate(0, 20.0)
        });
        evidence(&estimates, 20.0)
    }

    #[test]
    fn without_an_effect_p_values_are_uniform() {
        let (mut dice, mut correlator) = (Dice::new(1), Correlator::new(N));
        let mut p_values: Vec<f64> = (0..150).map(|_| session(&mut dice, &mut correlator, 0.0).p).collect();
        p_values.sort_by(f64::total_cmp);
        let n = p_values.len() as f64;
        // Kolmogorov's distance; by chance it exceeds 1.63/√n once in a hundred times.
        let distance = p_values
            .iter()
            .enumerate()
            .map(|(rank, p)| (p - rank as f64 / n).abs().max((p - (rank + 1) as f64 / n).abs()))
            .fold(0.0, f64::max);
        assert!(distance < 1.63 / n.sqrt(), "{distance}");
    }

    #[test]
    fn an_effect_is_seen_at_its_scale_and_the_opposite_effect_is_none() {
        let (mut dice, mut correlator) = (Dice::new(2), Correlator::new(N));
        let found = session(&mut dice, &mut correlator, 8.0);
        assert!(found.p < 2e-3 && found.scale == 1, "{found:?}");
        let opposite = session(&mut dice, &mut correlator, -8.0);
        assert!(opposite.p > 0.9, "{opposite:?}");
    }

    fn three_times(slope: f64, shifted: &[f64]) -> [Estimate; 3] {
        [(); 3].map(|()| Estimate::new(slope, shifted.to_vec(), vec![0.0; shifted.len()]))
    }

    /// Student's t of 2 with 30 degrees of freedom has an upper tail of 0.02731.
    #[test]
    fn looking_at_three_scales_is_paid_for() {
        let shifted: Vec<f64> = Dice::new(3).normals(2_000);
        let spread = Estimate::new(0.0, shifted.clone(), Vec::new()).shift_se;
        let p = evidence(&three_times(2.0 * spread, &shifted), 60.0).p;
        assert!((p - (1.0 - (1.0 - 0.02731f64).powf(2.2))).abs() < 1e-4, "{p}");
    }

    #[test]
    fn a_slope_that_shifts_reach_often_is_no_evidence_however_large_it_is() {
        let mut shifted = vec![0.0; 90];
        shifted.extend([40.0; 5]);
        shifted.extend([-40.0; 5]);
        let p = evidence(&three_times(39.0, &shifted), 60.0).p;
        assert_eq!(p, 6.0 / 101.0, "five of a hundred shifts reach it");
    }

    #[test]
    fn both_directions_are_paid_for_by_their_weights() {
        assert_eq!(either(0.008, 1.0), 0.01);
        assert_eq!(either(1.0, 0.002), 0.01);
        assert_eq!(either(0.9, 0.9), 1.0);
    }

    /// The fifteen hypotheses on thrombolysis of Benjamini and Hochberg 1995, section 3.2: at 5 %, four hold.
    #[test]
    fn q_values_are_those_of_the_paper() {
        let p_values = [
            0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719,
            0.6528, 0.7590, 1.0,
        ];
        let q_values = benjamini_hochberg(&p_values.map(Some));
        let q = |index: usize| q_values[index].expect("it was tested");
        for (index, expected) in [(0, 0.0015), (1, 0.003), (2, 0.0095), (3, 0.035_625), (14, 1.0)] {
            assert!((q(index) - expected).abs() < 1e-12, "{} for {expected}", q(index));
        }
        // 0.0201·15/5 and 0.0278·15/6 are larger than 0.0298·15/7.
        assert!((q(4) - 0.0603).abs() < 1e-12 && (q(5) - 0.0298 * 15.0 / 7.0).abs() < 1e-12);
        assert_eq!((0..15).filter(|index| q(*index) <= 0.05).count(), 4);
    }

    #[test]
    fn kinds_that_were_not_seen_count_as_tested() {
        assert_eq!(benjamini_hochberg(&[Some(0.01), None, None, None, None])[0], Some(0.05));
        assert_eq!(benjamini_hochberg(&[None, Some(0.5)]), [None, Some(1.0)]);
    }

    proptest! {
        #[test]
        fn q_values_keep_the_order_of_the_p_values_and_are_never_smaller(
            p_values in vec(0.0f64..=1.0, 1..8),
        ) {
            let tested: Vec<Option<f64>> = p_values.iter().copied().map(Some).collect();
            let q_values: Vec<f64> = benjamini_hochberg(&tested).into_iter().flatten().collect();
            prop_assert_eq!(q_values.len(), p_values.len());
            for (a, q_a) in p_values.iter().zip(&q_values) {
                prop_assert!(*q_a >= a - 1e-12 && *q_a <= 1.0, "{q_a} for {a}");
                for (b, q_b) in p_values.iter().zip(&q_values) {
                    prop_assert!(a > b || q_a <= q_b, "{a}, {b} but {q_a}, {q_b}");
                }
            }
        }
    }
}
