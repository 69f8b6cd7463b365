//! Activity that is not explained by who is there and who has just come.

use super::linear::huber;
use super::readings::BIN_S;
use super::series::moving_average;

/// Time constants, in seconds, over which arrivals make activity.
const MEMORIES_S: [f64; 4] = [8.0, 20.0, 60.0, 150.0];

/// Fewer bins with anything in them are no series.
const FEWEST_BINS: usize = 3;

/// What activity is regressed on: the audience and those who have just arrived, present and past.
#[derive(Clone, Debug)]
pub struct Audience {
    columns: Vec<Vec<f64>>,
    weights: Vec<f64>,
}

impl Audience {
    /// `arrivals` are joins, or the inflow seen through viewers. Where nothing was seen (`ok` is
    /// false), the usual is supposed, so that a gap does not look like an empty room.
    #[must_use]
    pub fn new(viewers: &[f64], arrivals: &[f64], usual_arrivals: &[f64], ok: &[bool]) -> Self {
        let arrivals: Vec<f64> =
            (0..ok.len()).map(|t| if ok[t] { arrivals[t] } else { usual_arrivals[t] }).collect();
        let mut columns = vec![vec![1.0; viewers.len()], viewers.to_vec()];
        columns.extend(MEMORIES_S.map(|memory| moving_average(&arrivals, memory / BIN_S)));
        let weights =
            viewers.iter().zip(ok).map(|(viewers, ok)| if *ok { 1.0 / viewers.max(1.0) } else { 0.0 });
        Self { columns, weights: weights.collect() }
    }

    /// The innovation of one kind of activity; 0 in bins that are masked. `None` if there is too
    /// little activity to speak of. This is what removes reverse causation (partialling out:
    /// Frisch and Waugh 1933, Lovell 1963, Robinson 1988).
    #[must_use]
    pub fn innovation(&self, activity: &[f64]) -> Option<Vec<f64>> {
        let active =
            activity.iter().zip(&self.weights).filter(|(x, weight)| **x > 0.0 && **weight > 0.0).count();
        if active < FEWEST_BINS {
            return None;
        }
        let columns: Vec<&[f64]> = self.columns.iter().map(Vec::as_slice).collect();
        let fitted = huber(&columns, activity, &self.weights)?;
        let residual = |t: usize| {
            let expected: f64 = fitted.iter().zip(&columns).map(|(b, column)| b * column[t]).sum();
            if self.weights[t] > 0.0 { activity[t] - expected } else { 0.0 }
        };
        Some((0..activity.len()).map(residual).collect())
    }
}
