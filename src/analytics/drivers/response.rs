//! The shape in which activity may bring people, and its contrast with the same shape mirrored in time.

use super::readings::BIN_S;

/// Time scales of a response, in seconds.
pub const SCALES_S: [f64; 3] = [12.0, 35.0, 100.0];

/// How much of the mirrored response is taken away. What came before *and* after alike (a push of the
/// platform, a raid, a break) cancels for the most part; the idea of Sims 1972: the future of a
/// cause must not matter.
/// More would cost power for little: see docs/attribution.md.
pub const MIRRORED: f64 = 0.5;

/// Responses are this long, in bins: six minutes.
pub const LENGTH: usize = 72;

/// The response to one unit of activity, in bins after it: t·exp(−2t/m), adding up to 1.
#[must_use]
pub fn response(scale_s: f64) -> Vec<f64> {
    let raw = (0..LENGTH).map(|lag| {
        let t = (lag as f64 + 0.5) * BIN_S;
        t * (-2.0 * t / scale_s).exp()
    });
    let raw: Vec<f64> = raw.collect();
    let sum: f64 = raw.iter().sum();
    raw.into_iter().map(|value| value / sum).collect()
}

/// What `activity` would have brought by each bin.
#[must_use]
pub fn after(activity: &[f64], response: &[f64]) -> Vec<f64> {
    (0..activity.len())
        .map(|t| response.iter().zip(activity[..=t].iter().rev()).map(|(q, x)| q * x).sum())
        .collect()
}

/// The two-sided response: what came after activity, less [`MIRRORED`] of what came before it.
#[must_use]
pub fn contrast(activity: &[f64], response: &[f64]) -> Vec<f64> {
    let mut contrast = after(activity, response);
    for (t, value) in contrast.iter_mut().enumerate() {
        let before: f64 = response.iter().zip(&activity[t..]).map(|(q, x)| q * x).sum();
        *value -= MIRRORED * before;
    }
    contrast
}

/// How the number of people present answers to one unit that brings one person in all: they come by
/// `response` and leave at the rate `leaving` of a bin. Returns its peak and the bin of the peak.
#[must_use]
pub fn peak_presence(response: &[f64], leaving: f64) -> (f64, usize) {
    let stays = (-leaving).exp();
    let (mut present, mut peak, mut at) = (0.0, 0.0, 0);
    for (lag, come) in response.iter().enumerate() {
        present = present * stays + come;
        if present > peak {
            (peak, at) = (present, lag);
        }
    }
    (peak, at)
}

#[cfg(test)]
mod tests {
    use super::super::tests::dice::Dice;
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_response_adds_up_to_one_and_comes_later_the_longer_its_scale() {
        let mut before = 0.0;
        for scale in SCALES_S {
            let shape = response(scale);
            assert!((shape.iter().sum::<f64>() - 1.0).abs() < 1e-12);
            assert!(shape.len() == LENGTH && shape.iter().all(|part| *part > 0.0));
            let middle: f64 = shape.iter().enumerate().map(|(lag, part)| (lag as f64 + 0.5) * part).sum();
            assert!(middle > before, "{middle}");
            before = middle;
        }
    }

    #[test]
    fn one_unit_is_followed_by_the_response_and_by_nothing_before_it() {
        let shape = response(35.0);
        let mut pulse = vec![0.0; 200];
        pulse[50] = 2.0;
        let came = after(&pulse, &shape);
        assert!(came[..50].iter().chain(&came[50 + LENGTH..]).all(|value| *value == 0.0));
        for (lag, part) in shape.iter().enumerate() {
            assert_eq!(came[50 + lag], 2.0 * part);
        }
    }

    #[test]
    fn what_came_before_a_pulse_is_taken_away_in_the_stated_proportion() {
        for scale in SCALES_S {
            let mut pulse = vec![0.0; 200];
            pulse[100] = 1.0;
            let contrast = contrast(&pulse, &response(scale));
            for lag in 1..LENGTH {
                let (later, earlier) = (contrast[100 + lag], contrast[100 - lag]);
                assert!((earlier + MIRRORED * later).abs() < 1e-12, "{earlier} and {later} at {lag}");
            }
            // A hill that is the same on both sides of the pulse keeps only the part that is not mirrored.
            let hill: f64 = contrast.iter().sum();
            assert!((hill - (1.0 - MIRRORED)).abs() < 1e-12, "{hill}");
        }
    }

    #[test]
    fn an_activity_and_its_image_in_a_mirror_have_contrasts_that_mirror_each_other_but_for_the_proportion() {
        let shape = response(35.0);
        let activity = Dice::new(5).normals(150);
        let mirrored: Vec<f64> = activity.iter().rev().copied().collect();
        let (forth, mut back) = (contrast(&activity, &shape), contrast(&mirrored, &shape));
        back.reverse();
        let came = after(&activity, &shape);
        for t in 0..150 {
            let expected = (1.0 - MIRRORED * MIRRORED) * came[t];
            assert!((forth[t] + MIRRORED * back[t] - expected).abs() < 1e-12, "at {t}");
        }
    }

    proptest! {
        #[test]
        fn twice_the_activity_brings_twice_as_many_and_sums_bring_sums(seed: u64, by in -9.0f64..9.0) {
            let mut dice = Dice::new(seed);
            let (a, b, shape) = (dice.normals(90), dice.normals(90), response(12.0));
            let both: Vec<f64> = a.iter().zip(&b).map(|(a, b)| by * a + b).collect();
            for read in [after, contrast] {
                let (of_a, of_b, of_both) = (read(&a, &shape), read(&b, &shape), read(&both, &shape));
                for t in 0..90 {
                    prop_assert!((by * of_a[t] + of_b[t] - of_both[t]).abs() < 1e-9);
                }
            }
        }
    }

    #[test]
    fn the_sooner_people_leave_the_lower_and_earlier_is_the_peak_of_those_present() {
        let shape = response(35.0);
        let (all, _) = peak_presence(&shape, 0.0);
        assert!((all - 1.0).abs() < 1e-12, "nobody leaves: {all}");
        let (mut higher, mut later) = (all, LENGTH);
        for leaving in [0.01, 0.03, 0.1, 0.5] {
            let (peak, at) = peak_presence(&shape, leaving);
            assert!(peak < higher && at <= later, "{peak} at {at} for {leaving}");
            (higher, later) = (peak, at);
        }
    }
}
