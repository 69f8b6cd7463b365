//! The effect of one kind as far as it is known: from the session itself, or with the creator's earlier
//! sessions once there are enough of them.

use super::inference::either;
use super::model::{Kind, Model};
use super::pool::{Direction, direction, is_up};
use super::response::{MIRRORED, SCALES_S, after, response};
use super::series::mean;
use crate::domain::answer::Slope;
use crate::domain::driver::Driver;

/// From this many sessions, this one among them, all of them together are believed more than one.
const POOLED_FROM: usize = 4;

/// Probability, before looking, that a kind has an effect at all.
const PRIOR: f64 = 0.25;

/// A cause accounts for at least this part of a change: where one session is all there is, for more.
const SHARE: f64 = 0.39;
const POOLED_SHARE: f64 = 0.32;

/// A kind with a larger p-value is not considered.
const LARGEST_P: f64 = 0.3;

/// What one kind probably does to viewers.
#[derive(Clone, Debug)]
pub struct Effect {
    pub driver: Driver,
    pub raises: bool,
    /// Probability that there is an effect.
    pub probability: f64,
    /// What part of a change it must account for to be called its cause.
    pub least_share: f64,
    /// Standard error of the effect, as a part of it.
    pub relative_error: f64,
    /// In each bin: how many of those present it brought (or are missing because of it).
    pub present: Vec<f64>,
}

/// Effects of the kinds that may have one. `past` are the slopes of the creator's earlier sessions.
#[must_use]
pub fn effects(model: &Model, own: &[Slope], past: &[Vec<Slope>]) -> Vec<Effect> {
    Driver::ALL.into_iter().filter_map(|driver| effect(model, driver, own, past)).collect()
}

fn effect(model: &Model, driver: Driver, own: &[Slope], past: &[Vec<Slope>]) -> Option<Effect> {
    let kind = model.kinds[driver.index()].as_ref()?;
    let belief = pooled(kind, driver, own, past).unwrap_or_else(|| alone(kind));
    if belief.p > LARGEST_P || belief.slope <= 0.0 {
        return None;
    }
    let gain = belief.slope * (1.0 + MIRRORED);
    let present = present(&model.readings.doses[driver.index()], belief.scale, model.turnover.leaving);
    Some(Effect {
        driver,
        raises: belief.raises,
        probability: probability(belief.p),
        least_share: belief.least_share,
        relative_error: belief.se / belief.slope,
        present: present.into_iter().map(|dose| dose * gain).collect(),
    })
}

struct Belief {
    p: f64,
    least_share: f64,
    raises: bool,
    scale: usize,
    slope: f64,
    se: f64,
}

fn alone(kind: &Kind) -> Belief {
    let (slope, scale) = kind.best();
    Belief { p: kind.p, least_share: SHARE, raises: kind.is_up(), scale, slope: slope.slope, se: slope.se }
}

/// The session's own slope drawn towards the mean of all sessions, as far as they agree (empirical
/// Bayes). `None` while there are too few.
fn pooled(kind: &Kind, driver: Driver, own: &[Slope], past: &[Vec<Slope>]) -> Option<Belief> {
    let slopes: Vec<&Slope> =
        past.iter().flatten().chain(own).filter(|slope| slope.driver == driver).collect();
    if slopes.len() < POOLED_FROM * SCALES_S.len() {
        return None;
    }
    let up = direction(&slopes, |slope| (slope.raises, slope.raises_se))?;
    let down = direction(&slopes, |slope| (slope.lowers, slope.lowers_se))?;
    let p = either(up.p, down.p);
    let raises = is_up(&up, &down);
    let Direction { pooled, scale_s, .. } = if raises { up } else { down };
    let scale = SCALES_S.iter().position(|scale| *scale as u32 == scale_s)?;
    let own = if raises { kind.raises[scale] } else { kind.lowers[scale] };
    let spread = pooled.tau * pooled.tau + pooled.se * pooled.se;
    let weight = spread / (spread + own.se * own.se);
    Some(Belief {
        p,
        least_share: POOLED_SHARE,
        raises,
        scale,
        slope: weight * own.slope + (1.0 - weight) * pooled.mean,
        se: weight.sqrt() * own.se,
    })
}

/// Probability that a kind has an effect, from the upper bound that a p-value sets on the evidence
/// (Sellke, Bayarri and Berger 2001).
#[must_use]
pub fn probability(p: f64) -> f64 {
    let p = p.max(1e-12);
    let bayes = if p < (-1.0f64).exp() { 1.0 / (-std::f64::consts::E * p * p.ln()) } else { 1.0 };
    PRIOR * bayes / (PRIOR * bayes + 1.0 - PRIOR)
}

/// The dose that is still present in each bin: it comes by the response and leaves like everybody.
/// Before the first bin it is taken to have been as usual.
#[must_use]
pub fn present(dose: &[f64], scale: usize, leaving: f64) -> Vec<f64> {
    let come = after(dose, &response(SCALES_S[scale]));
    let stays = (-leaving).exp();
    let mut here = mean(&come[..come.len().min(20)]) / (1.0 - stays);
    come.into_iter()
        .map(|come| {
            here = here * stays + come;
            here
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::inference::Evidence;
    use super::super::model;
    use super::*;

    /// A session's slopes of gifts, the same at every scale, as a kind and as they are kept.
    fn session(raises: f64, se: f64) -> (Kind, Vec<Slope>) {
        let at = |slope: f64| vec![model::Slope { slope, se }; SCALES_S.len()];
        let up = Evidence { p: 0.2, scale: 1 };
        let down = Evidence { p: 0.9, scale: 1 };
        let kind =
            Kind { innovation: Vec::new(), raises: at(raises), lowers: at(-raises), up, down, p: 0.25 };
        let kept = SCALES_S.map(|scale_s| Slope {
            driver: Driver::Gifts,
            scale_s: scale_s as u32,
            raises,
            raises_se: se,
            lowers: -raises,
            lowers_se: se,
            per_unit: 1.0,
            per_burst: 10.0,
            lag_s: 40.0,
        });
        (kind, kept.to_vec())
    }

    #[test]
    fn sessions_are_believed_together_from_the_fourth_on() {
        let (kind, own) = session(1.0, 0.8);
        let past: Vec<Vec<Slope>> = (0..3).map(|_| session(2.0, 0.8).1).collect();
        assert!(pooled(&kind, Driver::Gifts, &own, &past[..2]).is_none(), "three sessions");
        let together = pooled(&kind, Driver::Gifts, &own, &past).expect("four sessions");
        assert!(together.raises && together.p < kind.p, "{}", together.p);
        assert!(pooled(&kind, Driver::Likes, &own, &past).is_none(), "nothing is known of likes");
    }

    #[test]
    fn a_session_is_drawn_towards_the_others_the_more_the_less_it_knows() {
        let past: Vec<Vec<Slope>> = (0..5).map(|_| session(2.0, 0.3).1).collect();
        let mut before = f64::INFINITY;
        for se in [2.0, 0.5, 0.05] {
            let (kind, own) = session(1.0, se);
            let slope = pooled(&kind, Driver::Gifts, &own, &past).expect("six sessions").slope;
            assert!((1.0..2.0).contains(&slope) && slope < before, "{slope} at {se}");
            before = slope;
        }
    }

    /// π·BF/(π·BF + 1 − π) with BF = 1/(−e·p·ln p), by hand.
    #[test]
    fn the_probability_of_an_effect_is_the_bound_of_sellke_bayarri_and_berger() {
        for (p, expected) in [(1.0, 0.25), (0.5, 0.25), (0.05, 0.4502), (0.01, 0.7270), (0.001, 0.9467)] {
            assert!((probability(p) - expected).abs() < 1e-3, "{} for {p}", probability(p));
        }
        assert!(probability(0.0) < 1.0 && probability(0.0) > 0.999_99);
    }

    #[test]
    fn a_steady_dose_keeps_as_many_present_as_come_and_leave() {
        let here = present(&[2.0; 200], 0, 0.02);
        let level = 2.0 / (1.0 - (-0.02f64).exp());
        assert!(here[100..].iter().all(|here| (here / level - 1.0).abs() < 0.1), "{} for {level}", here[150]);
    }

    #[test]
    fn people_that_one_dose_brought_come_soon_and_leave_slowly() {
        let mut dose = vec![0.0; 300];
        dose[50] = 10.0;
        let here = present(&dose, 1, 0.01);
        let peak = (0..300).max_by(|a, b| here[*a].total_cmp(&here[*b])).expect("there are bins");
        assert!(here[50] < 1.0 && (52..75).contains(&peak), "{peak}");
        assert!(here[peak] < 10.0 && here[peak] > 7.0, "{}", here[peak]);
        assert!((here[299] / here[199] - (-1.0f64).exp()).abs() < 1e-6);
    }
}
