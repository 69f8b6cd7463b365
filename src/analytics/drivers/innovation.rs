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

#[cfg(test)]
mod tests {
    use super::super::delay::LOCAL;
    use super::super::series::{deviation, local_mean, mean};
    use super::super::tests::dice::Dice;
    use super::*;

    const N: usize = 1440;

    struct Room {
        joins: Vec<f64>,
        viewers: Vec<f64>,
        audience: Audience,
    }

    fn room(dice: &mut Dice, ok: &[bool]) -> Room {
        let (mut joins, mut viewers, mut here) = (vec![], vec![], 100.0);
        for t in 0..N {
            let came = f64::from(dice.count(2.0 * (1.0 + 0.7 * (t as f64 / 40.0).sin())));
            joins.push(came);
            viewers.push(here);
            here += came - f64::from(dice.count(0.02 * here));
        }
        let audience = Audience::new(&viewers, &joins, &local_mean(&joins, ok, LOCAL), ok);
        Room { joins, viewers, audience }
    }

    fn correlation(a: &[f64], b: &[f64]) -> f64 {
        let (mean_a, mean_b) = (mean(a), mean(b));
        let both: f64 = a.iter().zip(b).map(|(a, b)| (a - mean_a) * (b - mean_b)).sum();
        both / (a.len().min(b.len()) as f64 * deviation(a) * deviation(b))
    }

    /// Comments of those who are there and, for a minute or two, of those who have just come.
    fn comments(dice: &mut Dice, room: &Room) -> Vec<f64> {
        let excited = moving_average(&room.joins, 60.0 / BIN_S);
        (0..N).map(|t| f64::from(dice.count(0.03 * room.viewers[t] + 2.0 * excited[t]))).collect()
    }

    #[test]
    fn activity_that_only_the_audience_drives_leaves_white_noise_that_knows_nothing_of_joins() {
        let mut dice = Dice::new(11);
        let room = room(&mut dice, &[true; N]);
        let comments = comments(&mut dice, &room);
        let innovation = room.audience.innovation(&comments).expect("comments are there");
        // Ljung and Box 1978: the 99.9 % point of chi-squared with 20 degrees of freedom is 45.3.
        let ljung_box = |series: &[f64]| {
            let lag = |lag: usize| correlation(&series[..N - lag], &series[lag..]).powi(2) / (N - lag) as f64;
            (N * (N + 2)) as f64 * (1..=20).map(lag).sum::<f64>()
        };
        let (before, after) = (ljung_box(&comments), ljung_box(&innovation));
        assert!(before > 100.0 && after < 45.3, "{before} before, {after} after");
        // Earlier and present arrivals; 4.4 standard errors are exceeded once in 100,000.
        let limit = 4.4 / (N as f64).sqrt();
        assert!(correlation(&comments, &room.joins) > limit, "else there is nothing to take out");
        for lag in [0, 1, 2, 4, 8, 12, 24, 36] {
            let link = correlation(&innovation[lag..], &room.joins[..N - lag]);
            assert!(link.abs() < limit, "{link} at {lag}");
        }
    }

    #[test]
    fn what_the_audience_does_not_explain_stays() {
        let mut dice = Dice::new(12);
        let room = room(&mut dice, &[true; N]);
        let mut comments = comments(&mut dice, &room);
        let quiet = room.audience.innovation(&comments).expect("comments are there");
        for burst in (100..N).step_by(200) {
            comments[burst] += 40.0;
        }
        let burst = room.audience.innovation(&comments).expect("comments are there");
        for t in (100..N).step_by(200) {
            assert!((burst[t] - quiet[t] - 40.0).abs() < 2.0, "{} and {} at {t}", burst[t], quiet[t]);
        }
    }

    #[test]
    fn masked_bins_have_no_innovation_and_do_not_change_the_others() {
        let mut ok = vec![true; N];
        ok[500..560].fill(false);
        let mut dice = Dice::new(13);
        let room = room(&mut dice, &ok);
        let mut comments = comments(&mut dice, &room);
        let before = room.audience.innovation(&comments).expect("comments are there");
        assert!(before[500..560].iter().all(|value| *value == 0.0));
        comments[500..560].fill(1e6);
        assert_eq!(room.audience.innovation(&comments), Some(before));
    }

    #[test]
    fn fewer_than_three_bins_with_anything_are_no_series() {
        let mut ok = vec![true; N];
        ok[0] = false;
        let audience = room(&mut Dice::new(14), &ok).audience;
        let mut shares = vec![0.0; N];
        for (t, speaks) in [(0, false), (9, false), (40, false), (77, true)] {
            shares[t] = 1.0;
            assert_eq!(audience.innovation(&shares).is_some(), speaks, "at {t}");
        }
    }
}
