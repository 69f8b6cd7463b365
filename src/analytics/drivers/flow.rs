//! From viewer counts to people who come and people who leave.

use super::linear::huber;
use super::readings::BIN_S;

/// The block, in bins, over which coming and leaving are balanced: a minute.
const BLOCK: usize = 12;

/// How people come and go in one session.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Turnover {
    /// Viewers for each announced join; TikTok announces only some in big rooms.
    pub viewers_per_join: f64,
    /// The part of the audience that leaves within a bin.
    pub leaving: f64,
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
    let fitted = if change.len() < 5 { None } else { huber(&[&come, &stay], &change, &weights) };
    let (per_join, leaving) = fitted.map_or((1.0, BIN_S / 200.0), |fitted| (fitted[0], fitted[1]));
    Turnover {
        viewers_per_join: per_join.clamp(0.5, 1e5),
        leaving: leaving.clamp(BIN_S / 1500.0, BIN_S / 40.0),
    }
}

/// People who came in each bin as the viewer count tells: its growth, and who left meanwhile.
#[must_use]
pub fn inflow(viewers: &[f64], leaving: f64) -> Vec<f64> {
    let n = viewers.len();
    (0..n).map(|t| viewers[(t + 1).min(n - 1)] - viewers[t] + leaving * viewers[t]).collect()
}
