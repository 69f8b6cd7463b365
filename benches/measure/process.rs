//! What a process costs, as Linux tells it in `/proc`.

use std::time::Duration;

/// User and system time of a process so far, its threads that ended included.
pub fn processor_time(process: &str) -> Duration {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).expect("this benchmark needs Linux");
    let after_name = stat.rsplit(") ").next().expect("split gives one");
    let ticks = after_name.split(' ').skip(11).take(2).map(|ticks| ticks.parse::<u64>().expect("a number"));
    // Linux counts in hundredths of a second here, on every architecture.
    Duration::from_millis(ticks.sum::<u64>() * 10)
}
