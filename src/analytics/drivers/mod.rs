//! What moved the viewers: the attribution of rises to likes, gifts, comments, follows and shares.
//!
//! [`observations::Observations`] collects a session, [`explain`] answers for one session, [`pool`] for
//! several of one creator, and [`hold::Hold`] decides what a page that looks every few seconds may claim.

mod delay;
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
use crate::domain::answer::{Answer, Basis, Changed, PooledAnswer};
use crate::domain::time::Stamp;
use model::Model;
use observations::Observations;
use readings::Readings;

/// The answer for a session as it is at `now`.
#[must_use]
pub fn explain(observed: &Observations, now: Stamp) -> Answer {
    let readings = Readings::new(observed, now);
    let minutes = readings.minutes();
    let excluded = readings.len() as f64 * readings::BIN_S / 60.0 - minutes;
    let model = Model::fit(readings);
    let drivers = verdict::answers(model.as_ref(), observed, minutes);
    let basis = Basis {
        observed_ms: (minutes * 60_000.0) as i64,
        excluded_ms: (excluded * 60_000.0) as i64,
        reporting_delay_s: model.as_ref().map_or(0.0, |model| model.delay as f64 * readings::BIN_S),
        joins: model.as_ref().is_some_and(|model| model.joins_usable),
        mean_viewers: model.as_ref().map_or(0.0, |model| series::mean(&model.viewers)),
    };
    let duration_ms = now.ms_since(observed.began());
    let windows =
        model.as_ref().map_or_else(Vec::new, |model| windows::explained(model, observed, duration_ms));
    let slopes = model.as_ref().map_or_else(Vec::new, |model| verdict::slopes(model, observed));
    Answer { at: now, basis, drivers, windows, slopes }
}

/// What changed between two moments of a session that was answered with `answer`.
#[must_use]
pub fn what_changed(observed: &Observations, answer: &Answer, from: Stamp, to: Stamp) -> Changed {
    unimplemented!("{from:?} {to:?} {:?} {}", answer.at, observed.bins().len())
}

/// The answer over several sessions of one creator.
#[must_use]
pub fn pool(answers: &[Answer]) -> PooledAnswer {
    pool::pooled(answers)
}
