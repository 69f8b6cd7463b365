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

/// A kind with a larger p-value is not considered.
const LARGEST_P: f64 = 0.3;

/// What one kind probably does to viewers.
#[derive(Clone, Debug)]
pub struct Effect {
    pub driver: Driver,
    pub raises: bool,
    /// Probability that there is an effect.
    pub probability: f64,
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
        relative_error: belief.se / belief.slope,
        present: present.into_iter().map(|dose| dose * gain).collect(),
    })
}

struct Belief {
    p: f64,
    raises: bool,
    scale: usize,
    slope: f64,
    se: f64,
}

fn alone(kind: &Kind) -> Belief {
    let (slope, scale) = kind.best();
    Belief { p: kind.p, raises: kind.is_up(), scale, slope: slope.slope, se: slope.se }
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
