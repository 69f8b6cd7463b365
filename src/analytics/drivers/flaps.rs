//! Viewer counts that jump and come back at once: a fault of the platform's count, not people.

use super::observations::Sample;

/// A count that is gone for longer is believed.
const LONGEST_MS: i64 = 60_000;

/// People come and leave over minutes; a jump between samples nearer than this is abrupt.
const ABRUPT_MS: i64 = 10_000;

/// How far from where it was a count may come back, as a part of the jump.
const NEAR: f64 = 0.35;

/// A jump that came back.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Flap {
    /// The first wrong sample and the first right one after it, in milliseconds since the session began.
    pub from_ms: i64,
    pub to_ms: i64,
    pub jump: f64,
}

/// The samples that can be believed, and the flaps that were left out.
#[must_use]
pub fn without_flaps(samples: &[Sample]) -> (Vec<Sample>, Vec<Flap>) {
    let mut kept: Vec<Sample> = Vec::with_capacity(samples.len());
    let mut flaps = Vec::new();
    let mut index = 0;
    while let Some(sample) = samples.get(index) {
        match kept.last().and_then(|before| back(*before, &samples[index..])) {
            Some((length, flap)) => {
                flaps.push(flap);
                index += length;
            }
            None => {
                kept.push(*sample);
                index += 1;
            }
        }
    }
    (kept, flaps)
}

/// If `samples` begin with a flap: how many of them are wrong.
fn back(before: Sample, samples: &[Sample]) -> Option<(usize, Flap)> {
    let first = samples.first()?;
    let (level, jumped) = (f64::from(before.viewers), f64::from(first.viewers));
    let jump = jumped - level;
    if jump.abs() < smallest(level) || first.ms - before.ms > ABRUPT_MS {
        return None;
    }
    for (length, pair) in samples.windows(2).enumerate() {
        let (here, next) = (f64::from(pair[0].viewers), f64::from(pair[1].viewers));
        if (here - jumped).abs() > NEAR * jump.abs() || pair[1].ms - first.ms > LONGEST_MS {
            return None;
        }
        if (next - level).abs() <= NEAR * jump.abs() {
            let abrupt = pair[1].ms - pair[0].ms <= ABRUPT_MS;
            let flap = Flap { from_ms: first.ms, to_ms: pair[1].ms, jump };
            return abrupt.then_some((length + 1, flap));
        }
    }
    None
}

/// Smaller jumps are people.
fn smallest(viewers: f64) -> f64 {
    (2.0 * viewers.max(0.0).sqrt()).max(0.08 * viewers).max(4.0)
}
