//! What moved the viewers: the attribution of rises to likes, gifts, comments, follows and shares.
//!
//! [`observations::Observations`] collects a session, [`explain`] answers for one session, [`pool()`] for
//! several of one creator, and [`hold::Hold`] decides what a page that looks every few seconds may claim.

mod bursts;
mod delay;
mod drawing;
pub(super) mod effect;
pub(super) mod flaps;
mod flow;
pub mod hold;
pub(super) mod inference;
mod innovation;
mod linear;
pub(super) mod model;
pub mod observations;
mod pool;
pub(super) mod readings;
pub(super) mod response;
pub(super) mod series;
mod slopes;
mod verdict;
mod whiten;

use super::windows;
use crate::domain::answer::{Answer, Basis, Changed, PooledAnswer, Slope};
use crate::domain::driver::Driver;
use crate::domain::time::Stamp;
use model::Model;
use observations::Observations;
use readings::{BIN_S, Readings};

/// The answer for a session as it is at `now`. `past` are the slopes of the creator's earlier sessions; they
/// help to name the causes of rises and drops, and say nothing about the drivers of this session.
#[must_use]
pub fn explain(observed: &Observations, now: Stamp, past: &[Vec<Slope>]) -> Answer {
    let readings = Readings::new(observed, now);
    let minutes = readings.minutes();
    let excluded = readings.len() as f64 * BIN_S / 60.0 - minutes;
    let mean_viewers = readings.mean_viewers();
    let Some(model) = Model::fit(readings) else {
        let drivers = Driver::ALL.map(|driver| verdict::too_early(driver, minutes));
        let basis =
            Basis { observed_ms: ms(minutes), excluded_ms: ms(excluded), mean_viewers, ..Basis::default() };
        return Answer { at: now, basis, drivers, windows: Vec::new(), slopes: Vec::new() };
    };
    let basis = Basis {
        observed_ms: ms(minutes),
        excluded_ms: ms(excluded),
        reporting_delay_s: model.delay as f64 * BIN_S,
        joins: model.joins_usable,
        mean_viewers,
    };
    let judged = verdict::judge(&model, observed, minutes);
    let effects = effect::effects(&model, &judged.slopes, past);
    let windows = windows::explained(&model, observed, now.ms_since(observed.began()), &effects);
    Answer { at: now, basis, drivers: judged.drivers, windows, slopes: judged.slopes }
}

/// What changed between two moments of a session.
#[must_use]
pub fn what_changed(observed: &Observations, past: &[Vec<Slope>], from: Stamp, to: Stamp) -> Changed {
    let end = observed.began() + observed.bins().len() as i64 * observations::BIN_MS;
    let model = Model::fit(Readings::new(observed, end));
    let effects = model.as_ref().map_or_else(Vec::new, |model| {
        effect::effects(model, &verdict::judge(model, observed, model.readings.minutes()).slopes, past)
    });
    let since = |at: Stamp| at.ms_since(observed.began());
    windows::changed(model.as_ref(), observed, (since(from), since(to)), &effects)
}

fn ms(minutes: f64) -> i64 {
    (minutes * 60_000.0) as i64
}

/// The answer over several sessions of one creator.
#[must_use]
pub fn pool(answers: &[Answer]) -> PooledAnswer {
    pool::pooled(answers)
}

#[cfg(test)]
mod tests;
