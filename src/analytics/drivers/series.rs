//! What is done to any series of bins: local means, moving averages, medians.

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
