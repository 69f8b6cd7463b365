//! From probabilities to verdicts, levels and sizes.

use super::bursts::Bursts;
use super::drawing::evidence;
use super::inference::benjamini_hochberg;
use super::model::{Kind, Model, Slope};
use super::observations::{Bin, Observations};
use super::readings::BIN_S;
use super::response::{MIRRORED, SCALES_S, peak_presence, response};
use super::series::mean;
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
    pub per_dose: Range,
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
fn shortage(model: &Model, observed: &Observations, driver: Driver, minutes: f64) -> Option<Shortage> {
    let need = needed(driver);
    let have = seen(model, observed).iter().map(|bin| bin.events[driver.index()]).sum();
    let viewers = mean(&model.viewers);
    if minutes < MINUTES {
        Some(Shortage::Minutes { have: minutes as u32, need: MINUTES as u32 })
    } else if have < need {
        Some(Shortage::Occasions { have, need })
    } else if viewers < VIEWERS {
        Some(Shortage::Viewers { have: viewers as u32, need: VIEWERS as u32 })
    } else {
        None
    }
}

/// The answer before there is enough to look at.
#[must_use]
pub fn too_early(driver: Driver, minutes: f64) -> DriverAnswer {
    let shortage = Shortage::Minutes { have: minutes as u32, need: MINUTES as u32 };
    DriverAnswer { shortage: Some(shortage), ..DriverAnswer::empty(driver) }
}

/// The verdicts on all kinds, and what pooling needs of them.
pub struct Judged {
    pub drivers: [DriverAnswer; Driver::ALL.len()],
    pub slopes: Vec<domain::Slope>,
}

/// Judges all kinds of a session together.
#[must_use]
pub fn judge(model: &Model, observed: &Observations, minutes: f64) -> Judged {
    let p_values: Vec<Option<f64>> =
        model.kinds.iter().map(|kind| kind.as_ref().map(|kind| kind.p)).collect();
    let q_values = benjamini_hochberg(&p_values);
    let mut slopes = Vec::new();
    let drivers = Driver::ALL.map(|driver| {
        let mut answer = DriverAnswer::empty(driver);
        answer.shortage = shortage(model, observed, driver, minutes);
        if let Some(kind) = &model.kinds[driver.index()] {
            let (slope, scale) = kind.best();
            let size = size(model, slope, scale, dose_per_unit(observed, model, driver), kind.is_up());
            let bursts = Bursts::of(model, kind, observed, driver, size.lag_s);
            answer.p_value = p_values[driver.index()];
            answer.q_value = q_values[driver.index()];
            answer.level = level(answer.q_value.unwrap_or(1.0), size.per_unit);
            answer.verdict = verdict(answer.level, kind.is_up());
            answer.per_unit = Some(size.per_unit);
            answer.per_burst = (!bursts.bursts.is_empty()).then(|| size.of_dose(bursts.median_excess));
            answer.lag_s = Some(size.lag_s);
            answer.evidence = Some(evidence(model, driver, &bursts));
            answer.bursts = bursts.bursts.len() as u32;
            answer.hits = bursts.hits;
            answer.hits_by_chance = bursts.hits_by_chance;
            slopes.extend(in_common(model, kind, observed, driver, bursts.median_excess));
            answer.moments = bursts.bursts;
        } else {
            answer.level = Level::None;
        }
        if answer.shortage.is_some() {
            answer.level = Level::Unclear;
            answer.verdict = Verdict::NoEvidence;
        }
        answer
    });
    Judged { drivers, slopes }
}

/// The size of an effect at one scale, from its slope. `dose_per_unit` is 1 but for gifts.
fn size(model: &Model, slope: Slope, scale: usize, dose_per_unit: f64, up: bool) -> Size {
    let (peak, at) = peak_presence(&response(SCALES_S[scale]), model.turnover.leaving);
    let sign = if up { 1.0 } else { -1.0 };
    let per_dose = range(sign * slope.slope * (1.0 + MIRRORED) * peak, slope.se * (1.0 + MIRRORED) * peak);
    Size { per_dose, per_unit: scaled(per_dose, dose_per_unit), lag_s: (at + model.delay) as f64 * BIN_S }
}

/// The likely range of a size: its statistical error, and how wrong the shape of the response may be.
#[must_use]
pub fn range(estimate: f64, se: f64) -> Range {
    let width = 1.96 * se.hypot(SHAPE_ERROR * estimate);
    Range { estimate, low: estimate - width, high: estimate + width }
}

fn scaled(range: Range, by: f64) -> Range {
    Range { estimate: range.estimate * by, low: range.low * by, high: range.high * by }
}

impl Size {
    fn of_dose(&self, dose: f64) -> Range {
        scaled(self.per_dose, dose)
    }
}

/// The bins that the analysis looked at.
fn seen<'a>(model: &Model, observed: &'a Observations) -> &'a [Bin] {
    &observed.bins()[model.readings.skipped..][..model.readings.len()]
}

/// Dose over units as observed: 1, but for gifts.
fn dose_per_unit(observed: &Observations, model: &Model, driver: Driver) -> f64 {
    let units: f64 = seen(model, observed).iter().map(|bin| f64::from(bin.units[driver.index()])).sum();
    let dose: f64 = model.readings.doses[driver.index()].iter().sum();
    if units > 0.0 { dose / units } else { 1.0 }
}

/// Every slope of a kind with its error, in units that sessions have in common.
fn in_common<'a>(
    model: &'a Model,
    kind: &'a Kind,
    observed: &Observations,
    driver: Driver,
    burst: f64,
) -> impl Iterator<Item = domain::Slope> + 'a {
    let dose_per_unit = dose_per_unit(observed, model, driver);
    SCALES_S.iter().enumerate().map(move |(scale, scale_s)| {
        let one = size(model, Slope { slope: 1.0, se: 0.0 }, scale, dose_per_unit, true);
        domain::Slope {
            driver,
            scale_s: *scale_s as u32,
            raises: kind.raises[scale].slope,
            raises_se: kind.raises[scale].se,
            lowers: kind.lowers[scale].slope,
            lowers_se: kind.lowers[scale].se,
            per_unit: one.per_unit.estimate,
            per_burst: one.per_dose.estimate * burst,
            lag_s: one.lag_s,
        }
    })
}

/// How sure an answer with this q-value and range is (product.md, section 6).
#[must_use]
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

/// The verdict at a level, for a direction.
#[must_use]
pub fn verdict(level: Level, up: bool) -> Verdict {
    match (level.is_claim(), up) {
        (false, _) => Verdict::NoEvidence,
        (true, true) => Verdict::Raises,
        (true, false) => Verdict::Lowers,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_level_follows_the_q_value_and_strong_needs_a_range_on_one_side() {
        let (up, down) = (range(10.0, 1.0), range(-10.0, 1.0));
        let across = range(1.0, 5.0);
        let table = [
            (0.002, up, Level::Strong),
            (0.002, down, Level::Strong),
            (0.002, across, Level::Likely),
            (0.0021, up, Level::Likely),
            (0.02, up, Level::Likely),
            (0.0201, up, Level::Weak),
            (0.2, up, Level::Weak),
            (0.201, up, Level::None),
            (1.0, up, Level::None),
        ];
        for (q, range, expected) in table {
            assert_eq!(level(q, range), expected, "{q} with {range:?}");
        }
    }

    #[test]
    fn only_answers_have_a_direction() {
        for level in [Level::Unclear, Level::None, Level::Weak] {
            assert_eq!([verdict(level, true), verdict(level, false)], [Verdict::NoEvidence; 2], "{level:?}");
        }
        for level in [Level::Likely, Level::Strong] {
            assert_eq!([verdict(level, true), verdict(level, false)], [Verdict::Raises, Verdict::Lowers]);
        }
    }

    #[test]
    fn a_range_holds_the_error_of_the_slope_and_of_the_shape() {
        let exact = range(10.0, 0.0);
        assert!((exact.low - (10.0 - 5.88)).abs() < 1e-9 && (exact.high - 15.88).abs() < 1e-9, "{exact:?}");
        let nothing = range(0.0, 2.0);
        assert!((nothing.low + 3.92).abs() < 1e-9 && (nothing.high - 3.92).abs() < 1e-9, "{nothing:?}");
        let both = range(-10.0, 4.0);
        assert!((both.high - both.low - 2.0 * 1.96 * 5.0).abs() < 1e-9, "{both:?}");
    }
}
