//! Notable rises and drops of viewers, and what may have caused each.

use super::drivers::inference::normal_tail;
use super::drivers::model::{Kind, Model};
use super::drivers::observations::{Observations, Sample};
use super::drivers::readings::BIN_S;
use super::drivers::response::{MIRRORED, SCALES_S, after, response};
use super::drivers::series::{mean, median};
use crate::domain::answer::{Cause, Occasion, WindowAnswer};
use crate::domain::driver::Driver;

/// Cells of viewers, and the length of a window.
const CELL_MS: i64 = 10_000;
const WINDOW_CELLS: usize = 12;

/// A cell without a sample takes the one before, for up to this many cells.
const CARRY_CELLS: usize = 6;

/// Probability, before looking, that a kind has an effect at all.
const PRIOR: f64 = 0.25;

/// A cause accounts for at least this part of a change.
const SHARE: f64 = 0.4;
/// How uncertain a share is beyond its slope.
const SHARE_ERROR: f64 = 0.12;

/// A kind with a larger p-value is not considered.
const LARGEST_P: f64 = 0.3;

/// A rise or drop over two minutes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Window {
    /// Cell in which it begins.
    pub cell: usize,
    pub viewers: f64,
    pub change: f64,
}

/// Viewers in cells of ten seconds: the median of the samples, carried over empty cells for a
/// minute, then a running median of three. `NaN` where not known.
#[must_use]
pub fn cells(samples: &[Sample], duration_ms: i64) -> Vec<f64> {
    let n = usize::try_from(duration_ms / CELL_MS).unwrap_or(0);
    let mut held = (f64::NAN, CARRY_CELLS + 1);
    let mut samples = samples.iter().peekable();
    let carried: Vec<f64> = (0..n)
        .map(|cell| {
            let mut here = Vec::new();
            while let Some(sample) = samples.next_if(|sample| sample.ms < (cell as i64 + 1) * CELL_MS) {
                here.push(f64::from(sample.viewers));
            }
            held = if here.is_empty() { (held.0, held.1 + 1) } else { (median(&mut here), 0) };
            if held.1 <= CARRY_CELLS { held.0 } else { f64::NAN }
        })
        .collect();
    let middle = |cell: usize| match carried.get(cell.wrapping_sub(1)..cell + 2) {
        Some(near) if near.iter().all(|value| !value.is_nan()) => median(&mut near.to_vec()),
        _ => carried[cell],
    };
    (0..n).map(middle).collect()
}

/// Windows whose change is at least 4 viewers, three times the root of the viewers at the start, and a
/// tenth of them; taken greedily by size, without overlap. Oldest first.
#[must_use]
pub fn notable(cells: &[f64]) -> Vec<Window> {
    let mut ranked: Vec<(f64, Window)> = (0..cells.len().saturating_sub(WINDOW_CELLS))
        .filter_map(|cell| {
            let (viewers, change) = (cells[cell], cells[cell + WINDOW_CELLS] - cells[cell]);
            let size = change.abs() / threshold(viewers);
            (size >= 1.0).then_some((size, Window { cell, viewers, change }))
        })
        .collect();
    ranked.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    let mut taken: Vec<Window> = Vec::new();
    for (_, window) in ranked {
        if taken.iter().all(|other| other.cell.abs_diff(window.cell) >= WINDOW_CELLS) {
            taken.push(window);
        }
    }
    taken.sort_by_key(|window| window.cell);
    taken
}

/// The change of viewers over two minutes that is worth a word.
#[must_use]
pub fn threshold(viewers: f64) -> f64 {
    (3.0 * viewers.max(0.0).sqrt()).max(0.1 * viewers).max(4.0)
}

/// Notable windows of a session with their causes.
#[must_use]
pub fn explained(model: &Model, observed: &Observations, duration_ms: i64) -> Vec<WindowAnswer> {
    let present = Present::of(model);
    notable(&cells(observed.samples(), duration_ms))
        .into_iter()
        .map(|window| {
            let from = observed.began() + window.cell as i64 * CELL_MS;
            let to = from + WINDOW_CELLS as i64 * CELL_MS;
            let (from_ms, to_ms) = (from.ms_since(observed.began()), to.ms_since(observed.began()));
            let (cause, confidence) = present.cause(model, from_ms, to_ms, window.change);
            WindowAnswer {
                from,
                to,
                viewers: window.viewers.round() as i64,
                change: window.change.round() as i64,
                cause,
                confidence,
                occasion: None,
            }
        })
        .collect()
}

/// For each kind that may have an effect: how many of those present it brought (or drove off).
pub struct Present {
    by_driver: Vec<(Driver, bool, f64, Vec<f64>, f64)>,
}

impl Present {
    #[must_use]
    pub fn of(model: &Model) -> Self {
        let by_driver = Driver::ALL
            .into_iter()
            .filter_map(|driver| {
                let kind = model.kinds[driver.index()].as_ref().filter(|kind| kind.p <= LARGEST_P)?;
                let (slope, scale) = kind.best();
                if slope.slope <= 0.0 {
                    return None;
                }
                let gain = slope.slope * (1.0 + MIRRORED);
                let relative = slope.se / slope.slope;
                let audience = present(&model.readings.doses[driver.index()], scale, model.turnover.leaving);
                let by = audience.into_iter().map(|dose| dose * gain).collect();
                Some((driver, kind.is_up(), relative, by, probability(kind)))
            })
            .collect();
        Self { by_driver }
    }

    fn cause(&self, model: &Model, from_ms: i64, to_ms: i64, change: f64) -> (Cause, f64) {
        let at = |ms: i64, by: &[f64]| {
            let bin = (ms + 5_000) as f64 / 1000.0 / BIN_S
                - 0.5
                - model.delay as f64
                - model.readings.skipped as f64;
            interpolated(by, bin)
        };
        let best = self
            .by_driver
            .iter()
            .filter(|(_, up, ..)| *up == (change > 0.0))
            .map(|(driver, _, relative, by, probability)| {
                let brought = at(to_ms, by) - at(from_ms, by);
                let share = brought / change.abs();
                let se = ((relative * share).powi(2) + SHARE_ERROR * SHARE_ERROR).sqrt();
                (*driver, probability * normal_tail(-(share - SHARE) / se))
            })
            .max_by(|(_, a), (_, b)| a.total_cmp(b));
        match best {
            Some((driver, confidence)) if confidence >= 0.5 => (Cause::Driver(driver), confidence),
            Some((_, confidence)) => (Cause::None, 1.0 - confidence),
            None => (Cause::None, 0.95),
        }
    }
}

/// The dose that is still present in each bin: it comes by the response and leaves like everybody.
fn present(dose: &[f64], scale: usize, leaving: f64) -> Vec<f64> {
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

/// The value of a series between its bins.
fn interpolated(series: &[f64], bin: f64) -> f64 {
    let last = series.len().saturating_sub(1);
    let bin = bin.clamp(0.0, last as f64);
    let (below, part) = (bin.floor() as usize, bin.fract());
    series[below] * (1.0 - part) + series[(below + 1).min(last)] * part
}

/// Probability that a kind has an effect, from the upper bound that a p-value sets on the evidence
/// (Sellke, Bayarri and Berger 2001).
fn probability(kind: &Kind) -> f64 {
    let p = kind.p.max(1e-12);
    let bayes = if p < (-1.0f64).exp() { 1.0 / (-std::f64::consts::E * p * p.ln()) } else { 1.0 };
    PRIOR * bayes / (PRIOR * bayes + 1.0 - PRIOR)
}
