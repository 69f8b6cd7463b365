//! The two clocks of this computer, in one place, so that a test or the demo can bend them.

use crate::domain::time::Stamp;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Reads the wall clock, which may jump, and a monotonic clock, which does not.
#[derive(Clone, Debug)]
pub struct Clock(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    started: Instant,
    started_wall: Stamp,
    speed: f64,
    wall_shift_ms: AtomicI64,
}

impl Clock {
    /// The computer's own clocks.
    #[must_use]
    pub fn real() -> Self {
        Self::with_speed(1.0)
    }

    /// Clocks that start now and run `speed` times as fast, for a simulated world.
    #[must_use]
    pub fn with_speed(speed: f64) -> Self {
        let inner = Inner {
            started: Instant::now(),
            started_wall: system_time(),
            speed,
            wall_shift_ms: AtomicI64::new(0),
        };
        Self(Arc::new(inner))
    }

    /// What the wall clock says.
    #[must_use]
    pub fn wall(&self) -> Stamp {
        let unbent = (self.0.speed - 1.0).abs() < f64::EPSILON;
        let now = if unbent { system_time() } else { self.0.started_wall + self.monotonic_ms() };
        now + self.0.wall_shift_ms.load(Ordering::Relaxed)
    }

    /// Milliseconds since this clock was made. On some systems it stands still while they sleep.
    #[must_use]
    pub fn monotonic_ms(&self) -> i64 {
        (self.0.started.elapsed().as_secs_f64() * 1000.0 * self.0.speed) as i64
    }

    /// How long `ms` milliseconds of this clock take; as long as can be if it stands still.
    #[must_use]
    pub fn takes(&self, ms: i64) -> Duration {
        if ms <= 0 {
            return Duration::ZERO;
        }
        Duration::try_from_secs_f64(ms as f64 / 1000.0 / self.0.speed).unwrap_or(Duration::MAX)
    }

    /// Sets the wall clock forward (or back), as a user or a waking computer does.
    pub fn shift_wall(&self, ms: i64) {
        self.0.wall_shift_ms.fetch_add(ms, Ordering::Relaxed);
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place that reads the system's wall clock")]
fn system_time() -> Stamp {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Stamp(i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX))
}

/// Stamps events: the wall clock as it was when recording began, carried on by the monotonic one,
/// so that setting the computer's clock moves no event. Never goes backwards.
#[derive(Debug)]
pub struct Stamper {
    wall: Stamp,
    monotonic_ms: i64,
    last: Stamp,
}

impl Stamper {
    #[must_use]
    pub fn new(clock: &Clock) -> Self {
        let wall = clock.wall();
        Self { wall, monotonic_ms: clock.monotonic_ms(), last: wall }
    }

    /// The stamp of a moment of the monotonic clock.
    pub fn at(&mut self, monotonic_ms: i64) -> Stamp {
        self.last = self.last.max(self.wall + (monotonic_ms - self.monotonic_ms));
        self.last
    }

    /// Carries on from `stamp` if this moment of the monotonic clock lies before it: the wall clock was set
    /// back, and what is recorded next comes after what was recorded.
    pub fn go_on_from(&mut self, stamp: Stamp, monotonic_ms: i64) {
        let behind_ms = stamp.ms_since(self.wall + (monotonic_ms - self.monotonic_ms));
        self.skip(behind_ms);
        self.last = self.last.max(stamp);
    }

    /// Time went by that the monotonic clock did not see: the computer slept.
    pub fn skip(&mut self, ms: i64) {
        self.wall = self.wall + ms.max(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn setting_the_wall_clock_moves_no_stamp() {
        let clock = Clock::real();
        let mut stamper = Stamper::new(&clock);
        let before = stamper.at(clock.monotonic_ms());
        clock.shift_wall(3_600_000);
        assert!(stamper.at(clock.monotonic_ms()).ms_since(before) < 60_000);
        clock.shift_wall(-7_200_000);
        assert!(stamper.at(clock.monotonic_ms()) >= before);
    }

    #[test]
    fn time_slept_is_added_and_stamps_never_go_back() {
        let clock = Clock::real();
        let mut stamper = Stamper::new(&clock);
        let before = stamper.at(1_000);
        stamper.skip(7_200_000);
        assert_eq!(stamper.at(2_000).ms_since(before), 7_201_000);
        assert_eq!(stamper.at(500), stamper.at(2_000));
    }

    #[test]
    fn what_is_recorded_goes_on_in_order_though_the_wall_clock_was_set_back() {
        let clock = Clock::real();
        let (mut stamper, began) = (Stamper::new(&clock), clock.wall());
        stamper.go_on_from(began - 3_600_000, clock.monotonic_ms());
        let now_ms = clock.monotonic_ms();
        assert!(stamper.at(now_ms).ms_since(began) < 60_000, "what lies in the past changes nothing");
        stamper.go_on_from(began + 3_600_000, now_ms);
        assert_eq!(stamper.at(now_ms), began + 3_600_000);
        assert_eq!(stamper.at(now_ms + 1_000), began + 3_601_000);
    }

    #[test]
    fn a_minute_takes_as_long_as_the_clock_is_fast() {
        for (speed, takes) in
            [(1.0, Duration::from_secs(60)), (100.0, Duration::from_millis(600)), (0.0, Duration::MAX)]
        {
            assert_eq!(Clock::with_speed(speed).takes(60_000), takes);
        }
        for (speed, ms) in [(1.0, -5), (0.0, 0)] {
            assert_eq!(Clock::with_speed(speed).takes(ms), Duration::ZERO);
        }
    }

    #[test]
    fn a_faster_clock_runs_ahead_of_the_system() {
        let clock = Clock::with_speed(1_000_000.0);
        let (wall, monotonic_ms) = (clock.wall(), clock.monotonic_ms());
        while clock.monotonic_ms() < monotonic_ms + 1_000 {
            std::hint::spin_loop();
        }
        assert!(clock.wall().ms_since(wall) >= 1_000);
    }
}
