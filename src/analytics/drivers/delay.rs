//! How much later than the room itself the reported viewer count moves.

use super::series::{deviation, local_mean, smooth};

/// The longest delay that is looked for, in bins.
const LONGEST: usize = 20;

/// Half the width of a local mean: five minutes, in bins.
pub const LOCAL: usize = 60;

/// The lag, in bins, at which increments of the viewer count fit arrivals best. `arrivals` is the
/// reference that is immediate: joins, or activity where joins are not sent.
#[must_use]
pub fn reporting_delay(
    arrivals: &[f64],
    viewers: &[f64],
    ok: &[bool],
    viewers_ok: &[bool],
    shortest: usize,
) -> usize {
    let n = arrivals.len();
    let usual = local_mean(arrivals, ok, LOCAL);
    let arrivals: Vec<f64> = (0..n)
        .map(|t| if ok[t] { (arrivals[t] - usual[t]) / (usual[t] + 0.05).sqrt() } else { 0.0 })
        .collect();
    let crowd = local_mean(viewers, viewers_ok, LOCAL);
    let increments: Vec<f64> = (0..n)
        .map(|t| match viewers.get(t + 1) {
            Some(next) if viewers_ok[t] && viewers_ok[t + 1] => {
                (next - viewers[t]) / crowd[t].max(1.0).sqrt()
            }
            _ => 0.0,
        })
        .collect();
    let (arrivals, increments) = (clipped(smooth(&arrivals)), clipped(smooth(&increments)));
    let fit =
        |lag: usize| -> f64 { arrivals.iter().zip(&increments[lag.min(n)..]).map(|(a, b)| a * b).sum() };
    (shortest..=LONGEST).max_by(|a, b| fit(*a).total_cmp(&fit(*b)).then(b.cmp(a))).unwrap_or(0)
}

/// The viewer count moved back by its delay. The last bins are not known yet.
#[must_use]
pub fn aligned(viewers: &[f64], viewers_ok: &[bool], delay: usize) -> (Vec<f64>, Vec<bool>) {
    let n = viewers.len();
    let at = |t: usize| (t + delay).min(n.saturating_sub(1));
    let ok = (0..n).map(|t| t + delay < n && viewers_ok[at(t)]).collect();
    ((0..n).map(|t| viewers[at(t)]).collect(), ok)
}

fn clipped(mut series: Vec<f64>) -> Vec<f64> {
    let limit = 4.0 * deviation(&series);
    for value in &mut series {
        *value = value.clamp(-limit, limit);
    }
    series
}
