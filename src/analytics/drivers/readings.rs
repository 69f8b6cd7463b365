//! A session as evenly spaced series, and which of their bins can be believed.

use super::flaps::without_flaps;
use super::observations::{BIN_MS, Observations, Sample};
use super::series::mean;
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
    /// Likes, comments, follows, shares, and diamonds of gifts to a power below 1: what the response is linear in.
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
        let (samples, _) = without_flaps(samples);
        let (viewers, known) = viewers_at_centres(&samples, skipped, bins.len());
        let viewers_ok = ok.iter().zip(known).map(|(ok, known)| *ok && known).collect();
        let doses = Driver::ALL.map(|driver| {
            let dose = |bin: &super::observations::Bin| match driver {
                Driver::Gifts => f64::from(bin.gift_dose),
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

    /// Viewers on average where they are known; 0 where they never are.
    #[must_use]
    pub fn mean_viewers(&self) -> f64 {
        let known = self.viewers.iter().zip(&self.viewers_ok).filter(|(_, ok)| **ok);
        mean(&known.map(|(viewers, _)| *viewers).collect::<Vec<_>>())
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::GiftId;

    fn sample(ms: i64, viewers: u32) -> Sample {
        Sample { ms, viewers }
    }

    #[test]
    fn four_bins_without_a_message_are_a_gap_with_one_more_either_side() {
        let table: [(&[u32], &str); 6] = [
            (&[1, 1, 1, 1], "####"),
            (&[1, 0, 0, 0, 1], "#####"),
            (&[1, 1, 0, 0, 0, 0, 1, 1], "#......#"),
            (&[0, 0, 0, 0, 1, 1], ".....#"),
            (&[1, 1, 0, 0, 0, 0, 0], "#......"),
            (&[], ""),
        ];
        for (messages, expected) in table {
            let seen: String = connected(messages).iter().map(|ok| if *ok { '#' } else { '.' }).collect();
            assert_eq!(seen, expected, "{messages:?}");
        }
    }

    #[test]
    fn viewers_between_two_counts_lie_on_the_line_between_them() {
        let samples = [sample(0, 100), sample(10_000, 120), sample(12_500, 80)];
        let (viewers, known) = viewers_at_centres(&samples, 0, 4);
        assert_eq!(viewers, [105.0, 115.0, 80.0, 80.0]);
        assert_eq!(known, [true; 4]);
        let (skipping, _) = viewers_at_centres(&samples, 1, 3);
        assert_eq!(skipping, viewers[1..]);
    }

    #[test]
    fn viewers_are_not_known_between_counts_more_than_45_seconds_apart() {
        let near = [sample(2_500, 10), sample(47_500, 10)];
        let far = [sample(2_500, 10), sample(47_501, 10)];
        assert_eq!(viewers_at_centres(&near, 0, 10).1, [true; 10]);
        let (_, known) = viewers_at_centres(&far, 0, 10);
        assert_eq!(known.iter().filter(|known| **known).count(), 1, "the bin of the first count: {known:?}");
        let (_, known) = viewers_at_centres(&[sample(60_000, 10)], 0, 24);
        assert_eq!((known[2], known[3], known[20], known[21]), (false, true, true, false), "{known:?}");
        assert_eq!(viewers_at_centres(&[], 0, 2), (vec![0.0; 2], vec![false; 2]));
    }

    #[test]
    fn the_length_is_the_largest_without_a_prime_factor_above_5() {
        for (n, length) in [(0, 0), (1, 1), (7, 6), (11, 10), (59, 54), (720, 720), (721, 720), (2890, 2880)]
        {
            assert_eq!(smooth_length(n), length, "{n}");
        }
    }

    #[test]
    fn the_oldest_bins_are_dropped_to_suit_the_transform_and_the_future_is_not_read() {
        let began = Stamp(1_000_000);
        let mut observed = Observations::new(began, None);
        for bin in 0..13 {
            observed.add(began + bin * BIN_MS, Driver::Likes, bin as u32 + 1);
            observed.viewers(began + bin * BIN_MS + 2_500, 100 + bin);
        }
        let readings = Readings::new(&observed, began + 11 * BIN_MS);
        assert_eq!((readings.skipped, readings.len()), (1, 10));
        let likes: Vec<f64> = (2..=11).map(f64::from).collect();
        assert_eq!(readings.doses[Driver::Likes.index()], likes);
        assert_eq!(readings.viewers[9], 110.0);
        let earlier = Readings::new(&observed, began + 10 * BIN_MS + 1_000);
        assert_eq!(earlier.viewers.last(), Some(&109.0));

        let mut counted = Observations::new(began, None);
        counted.viewers(began + 1_000, 100);
        counted.viewers(began + 8_000, 200);
        assert_eq!(
            Readings::new(&counted, began + BIN_MS).viewers,
            [100.0],
            "the later count is not known yet"
        );
        assert_eq!(Readings::new(&observed, began - 1).len(), 0);
    }

    #[test]
    fn a_gifts_dose_grows_slower_than_its_diamonds_and_other_doses_are_counts() {
        let mut observed = Observations::new(Stamp(0), None);
        observed.gift(Stamp(0), GiftId(1), 1, 0, 1_000);
        observed.add(Stamp(0), Driver::Shares, 1);
        observed.add(Stamp(0), Driver::Shares, 1);
        let readings = Readings::new(&observed, Stamp(BIN_MS));
        let (gifts, shares) =
            (readings.doses[Driver::Gifts.index()][0], readings.doses[Driver::Shares.index()][0]);
        assert!((gifts - 1_000f64.powf(0.6)).abs() < 1e-3, "{gifts}");
        assert_eq!(shares, 2.0);
    }

    #[test]
    fn minutes_are_those_in_which_messages_arrived() {
        let mut observed = Observations::new(Stamp(0), None);
        for bin in (0..36).filter(|bin| !(12..22).contains(bin)) {
            observed.message(Stamp(bin * BIN_MS));
        }
        assert_eq!(
            Readings::new(&observed, Stamp(36 * BIN_MS)).minutes(),
            2.0,
            "ten bins and two at the rim"
        );
    }
}
