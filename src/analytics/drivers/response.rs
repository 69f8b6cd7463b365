//! The shape in which activity may bring people, and its contrast with the same shape mirrored in time.

use super::readings::BIN_S;

/// Time scales of a response, in seconds.
pub const SCALES_S: [f64; 3] = [12.0, 35.0, 100.0];

/// How much of the mirrored response is taken away. What came before *and* after alike (a push of the
/// platform, a raid, a break) cancels for the most part; the idea of Sims 1972: the future of a
/// cause must not matter.
pub const MIRRORED: f64 = 0.75;

/// Responses are this long, in bins: six minutes.
pub const LENGTH: usize = 72;

/// The response to one unit of activity, in bins after it: t·exp(−2t/m), adding up to 1.
#[must_use]
pub fn response(scale_s: f64) -> Vec<f64> {
    let raw = (0..LENGTH).map(|lag| {
        let t = (lag as f64 + 0.5) * BIN_S;
        t * (-2.0 * t / scale_s).exp()
    });
    let raw: Vec<f64> = raw.collect();
    let sum: f64 = raw.iter().sum();
    raw.into_iter().map(|value| value / sum).collect()
}

/// What `activity` would have brought by each bin.
#[must_use]
pub fn after(activity: &[f64], response: &[f64]) -> Vec<f64> {
    (0..activity.len())
        .map(|t| response.iter().zip(activity[..=t].iter().rev()).map(|(q, x)| q * x).sum())
        .collect()
}

/// The two-sided response: what came after activity, less [`MIRRORED`] of what came before it.
#[must_use]
pub fn contrast(activity: &[f64], response: &[f64]) -> Vec<f64> {
    let mut contrast = after(activity, response);
    for (t, value) in contrast.iter_mut().enumerate() {
        let before: f64 = response.iter().zip(&activity[t..]).map(|(q, x)| q * x).sum();
        *value -= MIRRORED * before;
    }
    contrast
}

/// How the number of people present answers to one unit that brings one person in all: they come by
/// `response` and leave at the rate `leaving` of a bin. Returns its peak and the bin of the peak.
#[must_use]
pub fn peak_presence(response: &[f64], leaving: f64) -> (f64, usize) {
    let stays = (-leaving).exp();
    let (mut present, mut peak, mut at) = (0.0, 0.0, 0);
    for (lag, come) in response.iter().enumerate() {
        present = present * stays + come;
        if present > peak {
            (peak, at) = (present, lag);
        }
    }
    (peak, at)
}
