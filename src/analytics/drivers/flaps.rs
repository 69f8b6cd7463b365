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

#[cfg(test)]
mod tests {
    use super::*;

    /// Counts from (second, viewers).
    fn counts(table: &[(i64, u32)]) -> Vec<Sample> {
        table.iter().map(|(second, viewers)| Sample { ms: second * 1000, viewers: *viewers }).collect()
    }

    fn believed(table: &[(i64, u32)]) -> Vec<(i64, u32)> {
        without_flaps(&counts(table)).0.iter().map(|sample| (sample.ms / 1000, sample.viewers)).collect()
    }

    #[test]
    fn a_count_that_comes_back_within_three_seconds_is_taken_out() {
        let (kept, flaps) = without_flaps(&counts(&[(0, 97), (5, 98), (8, 73), (11, 97), (16, 98)]));
        assert_eq!(kept, counts(&[(0, 97), (5, 98), (11, 97), (16, 98)]));
        assert_eq!(flaps, [Flap { from_ms: 8_000, to_ms: 11_000, jump: -25.0 }]);
    }

    #[test]
    fn a_count_that_is_gone_for_42_seconds_and_comes_back_is_taken_out() {
        let table = [(0, 98), (4, 70), (14, 71), (25, 70), (36, 72), (46, 97), (50, 98)];
        assert_eq!(believed(&table), [(0, 98), (46, 97), (50, 98)]);
    }

    #[test]
    fn two_flaps_in_a_row_are_both_taken_out() {
        let table = [(0, 98), (3, 70), (6, 98), (9, 71), (12, 97), (15, 98)];
        assert_eq!(believed(&table), [(0, 98), (6, 98), (12, 97), (15, 98)]);
        assert_eq!(without_flaps(&counts(&table)).1.len(), 2);
    }

    #[test]
    fn a_jump_up_that_comes_back_is_taken_out_as_well() {
        assert_eq!(believed(&[(0, 50), (5, 90), (10, 51)]), [(0, 50), (10, 51)]);
    }

    #[test]
    fn what_people_do_is_kept() {
        let table: [(&str, &[(i64, u32)]); 6] = [
            (
                "a raid comes in steps and decays",
                &[(0, 50), (5, 80), (10, 110), (15, 130), (30, 100), (50, 70), (70, 55)],
            ),
            ("a drop stays", &[(0, 98), (5, 70), (20, 70), (40, 69), (60, 70), (80, 71), (100, 70)]),
            ("it comes back only after a minute", &[(0, 98), (5, 70), (35, 70), (64, 70), (66, 98)]),
            ("it comes back slowly", &[(0, 98), (5, 70), (15, 76), (25, 84), (35, 90), (45, 97)]),
            ("it is small", &[(0, 98), (5, 90), (10, 98)]),
            ("the counts are far apart", &[(0, 98), (20, 70), (40, 98)]),
        ];
        for (why, counts) in table {
            assert_eq!(believed(counts), counts, "{why}");
        }
    }
}
