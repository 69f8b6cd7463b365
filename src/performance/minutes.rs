//! Readings gathered into minutes.

use super::machine::Reading;
use crate::domain::machine::Minute;
use crate::domain::time::Stamp;

const MINUTE_MS: i64 = 60_000;
const MB: f64 = 1e6;

/// The minute that runs.
#[derive(Debug, Default)]
pub struct Minutes {
    running: Option<Running>,
    /// Events counted up to the newest reading.
    events: u64,
}

#[derive(Debug)]
struct Running {
    /// Sums of the percentages, averages once they are divided by the number of readings.
    minute: Minute,
    readings: f64,
}

impl Minutes {
    /// Takes a reading, and gives the minute that it shows to be over.
    pub fn take(&mut self, reading: &Reading, interval_ms: i64) -> Option<Minute> {
        let from = reading.at.floor_to(MINUTE_MS);
        let events =
            reading.load.events.saturating_sub(std::mem::replace(&mut self.events, reading.load.events));
        let over = self.running.take_if(|running| running.minute.from != from);
        let running = self.running.get_or_insert_with(|| Running { minute: empty(from), readings: 0.0 });
        running.add(reading, events, interval_ms);
        over.map(Running::finish)
    }
}

impl Running {
    fn add(&mut self, reading: &Reading, events: u64, interval_ms: i64) {
        let Self { minute, readings } = self;
        let Reading { sample, load, .. } = reading;
        *readings += 1.0;
        minute.cpu_percent += sample.cpu_percent;
        minute.own_cpu_percent += sample.own_cpu_percent;
        minute.memory_percent = sample.memory_percent;
        minute.own_memory_mb = sample.own_memory_bytes as f64 / MB;
        minute.disk_percent =
            sample.disk.map(|disk| 100.0 - disk.free_bytes as f64 / disk.total_bytes.max(1) as f64 * 100.0);
        minute.disk_free_mb = sample.disk.map(|disk| disk.free_bytes as f64 / MB);
        minute.interval_ms = interval_ms;
        minute.data_mb = reading.data_bytes as f64 / MB;
        minute.event_lag_ms = minute.event_lag_ms.max(i64::from(load.event_lag_ms));
        minute.queue = minute.queue.max(load.queue as i64);
        minute.events += events as i64;
        minute.dropped = load.dropped as i64;
    }

    fn finish(self) -> Minute {
        let Self { minute, readings } = self;
        Minute {
            cpu_percent: minute.cpu_percent / readings,
            own_cpu_percent: minute.own_cpu_percent / readings,
            ..minute
        }
    }
}

const fn empty(from: Stamp) -> Minute {
    Minute {
        from,
        cpu_percent: 0.0,
        own_cpu_percent: 0.0,
        memory_percent: 0.0,
        own_memory_mb: 0.0,
        disk_percent: None,
        disk_free_mb: None,
        interval_ms: 0,
        data_mb: 0.0,
        event_lag_ms: 0,
        queue: 0,
        events: 0,
        dropped: 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::performance::machine::tests::reading;

    #[test]
    fn a_minute_averages_load_keeps_the_worst_delay_and_counts_events_once() {
        let mut minutes = Minutes::default();
        assert_eq!(minutes.take(&reading(1_000, 20.0, 100, 40), 300_000), None);
        assert_eq!(minutes.take(&reading(30_000, 60.0, 900, 70), 300_000), None);
        let minute = minutes.take(&reading(61_000, 0.0, 0, 75), 300_000).expect("the first is over");
        assert_eq!((minute.from, minute.cpu_percent), (Stamp(0), 40.0));
        assert_eq!((minute.event_lag_ms, minute.events), (900, 70));
        let minute = minutes.take(&reading(300_000, 0.0, 0, 75), 300_000).expect("the second is over");
        assert_eq!((minute.from, minute.events, minute.event_lag_ms), (Stamp(60_000), 5, 0));
    }
}
