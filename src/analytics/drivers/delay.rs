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

#[cfg(test)]
mod tests {
    use super::super::tests::dice::Dice;
    use super::*;

    /// Arrivals, and a viewer count that moves with them `delay` bins later while others leave.
    fn room(seed: u64, delay: usize) -> (Vec<f64>, Vec<f64>) {
        let mut dice = Dice::new(seed);
        let arrivals = dice.counts(3.0, 720);
        let mut viewers = vec![200.0; 720];
        for t in 1..720 {
            let came = if t > delay { arrivals[t - 1 - delay] } else { 3.0 };
            viewers[t] = viewers[t - 1] + came - f64::from(dice.count(0.015 * viewers[t - 1]));
        }
        (arrivals, viewers)
    }

    #[test]
    fn the_delay_of_the_count_is_found() {
        for delay in 0..=LONGEST {
            let (arrivals, viewers) = room(delay as u64, delay);
            let found = reporting_delay(&arrivals, &viewers, &[true; 720], &[true; 720], 0);
            assert!(found.abs_diff(delay) <= 1, "{found} for {delay}");
        }
    }

    #[test]
    fn masked_bins_do_not_date_the_count() {
        let (mut arrivals, mut viewers) = room(4, 6);
        let mut ok = vec![true; 720];
        ok[300..340].fill(false);
        arrivals[300..340].fill(1e6);
        viewers[300..340].fill(1e9);
        assert_eq!(reporting_delay(&arrivals, &viewers, &ok, &ok, 0), 6);
    }

    #[test]
    fn a_count_is_not_believed_to_be_faster_than_the_shortest_delay() {
        for (delay, least) in [(0, 3), (8, 8)] {
            let (arrivals, viewers) = room(1, delay);
            assert!(reporting_delay(&arrivals, &viewers, &[true; 720], &[true; 720], 3) >= least, "{delay}");
        }
    }

    #[test]
    fn the_last_bins_of_a_count_that_was_moved_back_are_not_known() {
        let (viewers, known) = aligned(&[1.0, 2.0, 3.0, 4.0], &[true, true, false, true], 1);
        assert_eq!(viewers, [2.0, 3.0, 4.0, 4.0]);
        assert_eq!(known, [true, false, true, false]);
        assert_eq!(aligned(&[1.0], &[true], 5), (vec![1.0], vec![false]));
    }
}
