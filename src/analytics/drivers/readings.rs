//! A session as evenly spaced series, and which of their bins can be believed.

use super::observations::{BIN_MS, Observations, Sample};
use crate::domain::driver::Driver;
use crate::domain::time::Stamp;

/// Width of a bin in seconds.
pub const BIN_S: f64 = BIN_MS as f64 / 1000.0;

/// This many bins without any message are a gap.
const SILENT_BINS: usize = 4;

/// Between viewer counts further apart than this, viewers are not known.
const APART_MS: i64 = 45_000;

/// The series of one session, all of the same length.
#[derive(Clone, Debug)]
pub struct Readings {
    /// How many of the oldest bins are left out, so that the length suits a fast Fourier transform.
    pub skipped: usize,
    /// Likes, comments, follows, shares, and √diamonds of gifts: what the response is linear in.
    pub doses: [Vec<f64>; Driver::ALL.len()],
    pub joins: Vec<f64>,
    /// Viewers in the middle of each bin.
    pub viewers: Vec<f64>,
    /// Whether messages arrived.
    pub ok: Vec<bool>,
    /// Whether viewers are known as well.
    pub viewers_ok: Vec<bool>,
}

impl Readings {
    /// The bins of a session up to `now`.
    #[must_use]
    pub fn new(observed: &Observations, now: Stamp) -> Self {
        let elapsed = usize::try_from(now.ms_since(observed.began()) / BIN_MS).unwrap_or(0);
        let n = elapsed.min(observed.bins().len());
        let skipped = n - smooth_length(n);
        let bins = &observed.bins()[skipped..n];
        let ok = connected(&bins.iter().map(|bin| bin.messages).collect::<Vec<_>>());
        let samples = &observed.samples()
            [..observed.samples().partition_point(|sample| sample.ms <= now.ms_since(observed.began()))];
        let (viewers, known) = viewers_at_centres(samples, skipped, bins.len());
        let viewers_ok = ok.iter().zip(known).map(|(ok, known)| *ok && known).collect();
        let doses = Driver::ALL.map(|driver| {
            let dose = |bin: &super::observations::Bin| match driver {
                Driver::Gifts => f64::from(bin.gift_roots),
                _ => f64::from(bin.units[driver.index()]),
            };
            bins.iter().map(dose).collect()
        });
        let joins = bins.iter().map(|bin| f64::from(bin.joins)).collect();
        Self { skipped, doses, joins, viewers, ok, viewers_ok }
    }

    #[must_use]
    pub fn len(&self) -> usize {
        self.ok.len()
    }

    /// Minutes in which messages arrived.
    #[must_use]
    pub fn minutes(&self) -> f64 {
        self.ok.iter().filter(|ok| **ok).count() as f64 * BIN_S / 60.0
    }
}

/// The largest length up to `n` with no prime factor above 5.
fn smooth_length(n: usize) -> usize {
    (1..=n)
        .rev()
        .find(|length| {
            let mut rest = *length;
            for prime in [2, 3, 5] {
                while rest % prime == 0 {
                    rest /= prime;
                }
            }
            rest == 1
        })
        .unwrap_or(0)
}

/// Which bins are outside of gaps: a gap is a run of bins without any message, and one bin more
/// either side.
fn connected(messages: &[u32]) -> Vec<bool> {
    let mut ok = vec![true; messages.len()];
    let mut from = 0;
    while from < messages.len() {
        let run = messages[from..].iter().take_while(|count| **count == 0).count();
        if run >= SILENT_BINS {
            ok[from.saturating_sub(1)..(from + run + 1).min(messages.len())].fill(false);
        }
        from += run + 1;
    }
    ok
}

/// Viewers in the middle of each bin by linear interpolation, and whether samples are near enough.
fn viewers_at_centres(samples: &[Sample], skipped: usize, n: usize) -> (Vec<f64>, Vec<bool>) {
    let mut after = 0;
    (0..n)
        .map(|bin| {
            let ms = (skipped + bin) as i64 * BIN_MS + BIN_MS / 2;
            while samples.get(after).is_some_and(|sample| sample.ms < ms) {
                after += 1;
            }
            let before = after.checked_sub(1).and_then(|index| samples.get(index));
            match (before, samples.get(after)) {
                (Some(a), Some(b)) => {
                    let part = (ms - a.ms) as f64 / (b.ms - a.ms).max(1) as f64;
                    let viewers = f64::from(a.viewers) + part * (f64::from(b.viewers) - f64::from(a.viewers));
                    (viewers, b.ms - a.ms <= APART_MS)
                }
                (Some(a), None) => (f64::from(a.viewers), ms - a.ms <= APART_MS),
                (None, Some(b)) => (f64::from(b.viewers), b.ms - ms <= APART_MS),
                (None, None) => (0.0, false),
            }
        })
        .unzip()
}
