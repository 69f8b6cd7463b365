//! What is done to any series of bins: local means, moving averages, medians.

/// Two and a half minutes, in bins.
const SMOOTH: usize = 30;

/// The mean of the bins that are `ok` within `half` bins either side of each bin; 0 where none is.
#[must_use]
pub fn local_mean(series: &[f64], ok: &[bool], half: usize) -> Vec<f64> {
    let n = series.len();
    let mut sums = Vec::with_capacity(n + 1);
    let mut counts = Vec::with_capacity(n + 1);
    let (mut sum, mut count) = (0.0, 0u32);
    sums.push(sum);
    counts.push(count);
    for (value, ok) in series.iter().zip(ok) {
        if *ok {
            sum += value;
            count += 1;
        }
        sums.push(sum);
        counts.push(count);
    }
    (0..n)
        .map(|t| {
            let (from, to) = (t.saturating_sub(half), (t + half + 1).min(n));
            let count = counts[to] - counts[from];
            if count == 0 { 0.0 } else { (sums[to] - sums[from]) / f64::from(count) }
        })
        .collect()
}

/// What a series usually is around each bin: three local means, one after the other, over [`SMOOTH`] bins
/// either side. Their kernel is nearly a Gaussian, so that what is left has no edges of its own.
#[must_use]
pub fn baseline(series: &[f64], ok: &[bool]) -> Vec<f64> {
    let everywhere = vec![true; series.len()];
    let once = local_mean(series, ok, SMOOTH);
    local_mean(&local_mean(&once, &everywhere, SMOOTH), &everywhere, SMOOTH)
}

/// Exponential moving average of the current and past bins, with a time constant in bins.
#[must_use]
pub fn moving_average(series: &[f64], constant: f64) -> Vec<f64> {
    let keep = (-1.0 / constant).exp();
    let mut average = series.iter().take(12).sum::<f64>() / series.len().clamp(1, 12) as f64;
    series
        .iter()
        .map(|value| {
            average = keep * average + (1.0 - keep) * value;
            average
        })
        .collect()
}

/// The mean of each bin and its two neighbours.
#[must_use]
pub fn smooth(series: &[f64]) -> Vec<f64> {
    let n = series.len();
    (0..n)
        .map(|t| {
            let near = &series[t.saturating_sub(1)..(t + 2).min(n)];
            near.iter().sum::<f64>() / near.len() as f64
        })
        .collect()
}

/// The middle value, 0 of none. Reorders `values`.
#[must_use]
pub fn median(values: &mut [f64]) -> f64 {
    if values.is_empty() {
        return 0.0;
    }
    let (middle, odd) = (values.len() / 2, values.len() % 2 == 1);
    let (below, upper, _) = values.select_nth_unstable_by(middle, f64::total_cmp);
    let upper = *upper;
    if odd {
        return upper;
    }
    let lower = below.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    f64::midpoint(lower, upper)
}

#[must_use]
pub fn mean(values: &[f64]) -> f64 {
    if values.is_empty() { 0.0 } else { values.iter().sum::<f64>() / values.len() as f64 }
}

/// Population standard deviation.
#[must_use]
pub fn deviation(values: &[f64]) -> f64 {
    let mean = mean(values);
    (values.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>() / values.len().max(1) as f64)
        .sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::collection::vec;
    use proptest::prelude::*;

    #[test]
    fn a_local_mean_looks_at_the_bins_near_it_that_are_not_masked() {
        let ok = [true, true, false, true, true];
        assert_eq!(local_mean(&[1.0, 3.0, 1e9, 5.0, 9.0], &ok, 1), [2.0, 2.0, 4.0, 7.0, 7.0]);
        assert_eq!(local_mean(&[7.0, 7.0], &[false, false], 3), [0.0, 0.0]);
    }

    #[test]
    fn the_baseline_of_a_line_is_the_line_but_at_its_ends() {
        let line: Vec<f64> = (0..400).map(|t| 5.0 + 0.25 * f64::from(t)).collect();
        let usual = baseline(&line, &[true; 400]);
        for t in 3 * SMOOTH..400 - 3 * SMOOTH {
            assert!((usual[t] - line[t]).abs() < 1e-9, "{} at {t}", usual[t]);
        }
        let level = baseline(&[4.0; 100], &[true; 100]);
        assert!(level.iter().all(|usual| (usual - 4.0).abs() < 1e-9), "{level:?}");
    }

    #[test]
    fn a_moving_average_forgets_at_the_rate_of_its_time_constant() {
        let mut step = vec![0.0; 12];
        step.extend([1.0; 30]);
        let average = moving_average(&step, 10.0);
        assert_eq!(average[11], 0.0, "the future is not known");
        assert!((average[21] - (1.0 - (-1.0f64).exp())).abs() < 1e-12, "{}", average[21]);
        assert!(moving_average(&[3.0; 50], 4.0).iter().all(|value| (value - 3.0).abs() < 1e-12));
    }

    #[test]
    fn smoothing_takes_the_neighbours_there_are() {
        assert_eq!(smooth(&[0.0, 3.0, 6.0, 0.0]), [1.5, 3.0, 3.0, 3.0]);
    }

    #[test]
    fn mean_and_deviation_of_nothing_are_nothing() {
        assert_eq!((mean(&[]), deviation(&[]), median(&mut [])), (0.0, 0.0, 0.0));
        assert_eq!((mean(&[2.0, 4.0]), deviation(&[2.0, 4.0])), (3.0, 1.0));
    }

    proptest! {
        #[test]
        fn the_median_is_the_middle_of_the_sorted_values(values in vec(-1e6f64..1e6, 1..40)) {
            let mut sorted = values.clone();
            sorted.sort_by(f64::total_cmp);
            let (lower, upper) = (sorted[(values.len() - 1) / 2], sorted[values.len() / 2]);
            prop_assert_eq!(median(&mut values.clone()), f64::midpoint(lower, upper));
        }
    }
}
