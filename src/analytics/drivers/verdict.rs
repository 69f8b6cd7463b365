//! From probabilities to verdicts, levels and sizes.

use super::inference::benjamini_hochberg;
use super::model::{Kind, Model};
use super::observations::Observations;
use super::readings::BIN_S;
use super::response::{MIRRORED, SCALES_S, peak_presence, response};
use crate::domain::answer::{self as domain, DriverAnswer, Level, Range, Shortage, Verdict};
use crate::domain::driver::Driver;

/// At most this q-value is an answer; this one a strong answer; this one a hint.
pub const CLAIM: f64 = 0.02;
const STRONG: f64 = 0.002;
const HINT: f64 = 0.20;

/// Before this, nothing is said.
const MINUTES: f64 = 15.0;
const VIEWERS: f64 = 5.0;

/// How wrong the size may be because the shape of the response is not known, as a part of it.
pub const SHAPE_ERROR: f64 = 0.30;

/// A size in viewers at the peak, for each unit of activity (like, comment, follow, share or diamond).
#[derive(Clone, Copy, Debug)]
pub struct Size {
    pub per_unit: Range,
    /// Viewers at the peak for each unit of the dose.
    pub per_dose: f64,
    pub lag_s: f64,
}

/// How many occasions of a kind must be seen before anything is said about it.
const fn needed(driver: Driver) -> u32 {
    match driver {
        Driver::Likes | Driver::Comments => 30,
        Driver::Follows | Driver::Shares => 15,
        Driver::Gifts => 8,
    }
}

/// What is still missing before anything may be said about a kind.
#[must_use]
pub fn shortage(
    model: Option<&Model>,
    observed: &Observations,
    driver: Driver,
    minutes: f64,
) -> Option<Shortage> {
    let need = needed(driver);
    let have: u32 = observed.bins().iter().map(|bin| bin.events[driver.index()]).sum();
    let viewers = model.map_or(0.0, |model| super::series::mean(&model.viewers));
    if minutes < MINUTES || model.is_none() {
        Some(Shortage::Minutes { have: minutes as u32, need: MINUTES as u32 })
    } else if have < need {
        Some(Shortage::Occasions { have, need })
    } else if viewers < VIEWERS {
        Some(Shortage::Viewers { have: viewers as u32, need: VIEWERS as u32 })
    } else {
        None
    }
}

/// The size of an effect at one scale, from its slope.
#[must_use]
pub fn size(model: &Model, slope: super::model::Slope, scale: usize, dose_per_unit: f64, up: bool) -> Size {
    let (peak, at) = peak_presence(&response(SCALES_S[scale]), model.turnover.leaving);
    let sign = if up { 1.0 } else { -1.0 };
    let per_dose = slope.slope * (1.0 + MIRRORED) * peak;
    let se = slope.se * (1.0 + MIRRORED) * peak;
    let width = 1.96 * (se * se + (SHAPE_ERROR * per_dose) * (SHAPE_ERROR * per_dose)).sqrt();
    let estimate = sign * per_dose * dose_per_unit;
    let width = width * dose_per_unit;
    Size {
        per_unit: Range { estimate, low: estimate - width, high: estimate + width },
        per_dose: sign * per_dose,
        lag_s: (at + model.delay) as f64 * BIN_S,
    }
}

/// Dose over units as observed: 1, but for gifts.
#[must_use]
pub fn dose_per_unit(observed: &Observations, model: &Model, driver: Driver) -> f64 {
    let units: f64 = observed.bins().iter().map(|bin| f64::from(bin.units[driver.index()])).sum();
    let dose: f64 = model.readings.doses[driver.index()].iter().sum();
    if driver == Driver::Gifts && units > 0.0 { dose / units } else { 1.0 }
}

/// Answers for all kinds, without bursts.
#[must_use]
pub fn answers(
    model: Option<&Model>,
    observed: &Observations,
    minutes: f64,
) -> [DriverAnswer; Driver::ALL.len()] {
    let p_values: Vec<Option<f64>> = Driver::ALL
        .map(|driver| model.and_then(|model| model.kinds[driver.index()].as_ref()).map(|kind| kind.p))
        .to_vec();
    let q_values = benjamini_hochberg(&p_values);
    Driver::ALL.map(|driver| {
        let mut answer = DriverAnswer::empty(driver);
        answer.shortage = shortage(model, observed, driver, minutes);
        let Some(model) = model else { return answer };
        let kind = model.kinds[driver.index()].as_ref();
        answer.p_value = p_values[driver.index()];
        answer.q_value = q_values[driver.index()];
        let q = answer.q_value.unwrap_or(1.0);
        if let Some(kind) = kind {
            let (slope, scale) = kind.best();
            let size = size(model, slope, scale, dose_per_unit(observed, model, driver), kind.is_up());
            answer.per_unit = Some(size.per_unit);
            answer.lag_s = Some(size.lag_s);
            answer.level = level(q, size.per_unit);
            answer.verdict = verdict(answer.level, kind);
        } else {
            answer.level = Level::None;
        }
        if answer.shortage.is_some() {
            answer.level = Level::Unclear;
            answer.verdict = Verdict::NoEvidence;
        }
        answer
    })
}

pub fn level(q: f64, range: Range) -> Level {
    if q <= STRONG && (range.low > 0.0 || range.high < 0.0) {
        Level::Strong
    } else if q <= CLAIM {
        Level::Likely
    } else if q <= HINT {
        Level::Weak
    } else {
        Level::None
    }
}

/// What pooling needs of a session: every slope with its error.
#[must_use]
pub fn slopes(model: &Model, observed: &Observations) -> Vec<domain::Slope> {
    let mut slopes = Vec::new();
    for driver in Driver::ALL {
        let Some(kind) = &model.kinds[driver.index()] else { continue };
        for (scale, scale_s) in SCALES_S.iter().enumerate() {
            let one = super::model::Slope { slope: 1.0, se: 0.0 };
            let size = size(model, one, scale, dose_per_unit(observed, model, driver), true);
            slopes.push(domain::Slope {
                driver,
                scale_s: *scale_s as u32,
                raises: kind.raises[scale].slope,
                raises_se: kind.raises[scale].se,
                lowers: kind.lowers[scale].slope,
                lowers_se: kind.lowers[scale].se,
                per_unit: size.per_unit.estimate,
                per_burst: 0.0,
                lag_s: size.lag_s,
            });
        }
    }
    slopes
}

fn verdict(level: Level, kind: &Kind) -> Verdict {
    match (level.is_claim(), kind.is_up()) {
        (false, _) => Verdict::NoEvidence,
        (true, true) => Verdict::Raises,
        (true, false) => Verdict::Lowers,
    }
}
