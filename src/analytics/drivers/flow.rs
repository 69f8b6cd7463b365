//! From viewer counts to people who come and people who leave.

use super::linear::{Cholesky, gram, huber};
use super::readings::BIN_S;
use super::series::{mean, median};

/// The block, in bins, over which coming and leaving are balanced: a minute.
const BLOCK: usize = 12;

/// Fewer blocks than this tell nothing.
const FEWEST_BLOCKS: usize = 5;

/// With more joins than this in a bin, TikTok may show no more of them however many people come.
const CROWDED_JOINS: f64 = 8.0;

/// Joins of a crowded room track the gains of its viewers if their slope is this many standard errors.
const TRACKING: f64 = 4.0;

/// How people come and go in one session.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Turnover {
    /// Viewers for each announced join; TikTok announces only some in big rooms.
    pub viewers_per_join: f64,
    /// The part of the audience that leaves within a bin.
    pub leaving: f64,
    /// Whether joins tell how many people come. In big rooms their rate can sit at TikTok's limit; then they
    /// only add noise and hide the inflow.
    pub joins_track: bool,
}

/// Fits ΔV = c·joins − h·V over blocks of a minute.
#[must_use]
pub fn turnover(joins: &[f64], viewers: &[f64], ok: &[bool], viewers_ok: &[bool]) -> Turnover {
    let (mut come, mut stay, mut change, mut weights) = (vec![], vec![], vec![], vec![]);
    for from in (0..joins.len().saturating_sub(BLOCK)).step_by(BLOCK) {
        let block = from..from + BLOCK;
        if ok[block.clone()].iter().all(|ok| *ok) && viewers_ok[from..=from + BLOCK].iter().all(|ok| *ok) {
            let crowd: f64 = viewers[block.clone()].iter().sum();
            come.push(joins[block].iter().sum());
            stay.push(-crowd);
            change.push(viewers[from + BLOCK] - viewers[from]);
            weights.push(1.0 / (crowd / BLOCK as f64).max(1.0));
        }
    }
    let columns: [&[f64]; 2] = [&come, &stay];
    let fitted = if change.len() < FEWEST_BLOCKS { None } else { huber(&columns, &change, &weights) };
    let tracking = fitted.as_ref().map_or(0.0, |fitted| first_in_errors(&columns, &change, &weights, fitted));
    let (per_join, leaving) = fitted.map_or((1.0, BIN_S / 200.0), |fitted| (fitted[0], fitted[1]));
    Turnover {
        viewers_per_join: per_join.clamp(0.5, 1e5),
        leaving: leaving.clamp(BIN_S / 1500.0, BIN_S / 40.0),
        joins_track: mean(joins) <= CROWDED_JOINS || tracking >= TRACKING,
    }
}

/// People who came in each bin as the viewer count tells: its growth, and who left meanwhile.
#[must_use]
pub fn inflow(viewers: &[f64], leaving: f64) -> Vec<f64> {
    let last = viewers.len().saturating_sub(1);
    (0..viewers.len()).map(|t| viewers[(t + 1).min(last)] - viewers[t] + leaving * viewers[t]).collect()
}

/// The first coefficient in its standard errors, with a robust scale.
fn first_in_errors(columns: &[&[f64]], outcome: &[f64], weights: &[f64], fitted: &[f64]) -> f64 {
    let Some(factor) = Cholesky::of(&gram(columns, weights), columns.len()) else { return 0.0 };
    let mut sizes: Vec<f64> = (0..outcome.len())
        .map(|t| {
            let explained: f64 = fitted.iter().zip(columns).map(|(b, column)| b * column[t]).sum();
            (outcome[t] - explained).abs() * weights[t].sqrt()
        })
        .collect();
    let error = 1.4826 * median(&mut sizes) * factor.inverse()[0].sqrt();
    if error > 0.0 { fitted[0] / error } else { 0.0 }
}
