//! The preset Auto: when Pasut takes less by itself, and when as much again. Pure: minutes in, changes out.
//!
//! Hysteresis has three parts: one bad minute is not enough, getting back takes three times as long as
//! giving way, and what counts as calm lies well below what counts as short. Time that was not seen (the
//! computer slept, Pasut did not run) proves nothing either way.

use crate::domain::machine::{AutoChange, Cause, Minute, Why};
use crate::domain::time::Stamp;

const MINUTE_MS: i64 = 60_000;

/// The computer has to be short for this long, so that opening a program changes nothing.
pub const SHORT_FOR_MS: i64 = 5 * MINUTE_MS;

/// It has to be calm for this long, so that the pause between two rounds of a game changes nothing.
pub const CALM_FOR_MS: i64 = 15 * MINUTE_MS;

/// Minutes further apart than this do not belong to one stretch.
const APART_MS: i64 = 2 * MINUTE_MS;

/// Above the first the computer is short, below the second it is calm. Per cent of all processors; milliseconds
/// until an event is visible, where 250 is what Pasut promises; per cent of all memory.
pub const LIMITS: [(Cause, f64, f64); 3] =
    [(Cause::Cpu, 80.0, 60.0), (Cause::Lag, 1000.0, 250.0), (Cause::Memory, 92.0, 85.0)];

/// What Auto knows.
#[derive(Clone, Debug, Default)]
pub struct Auto {
    eased: bool,
    /// How long the computer has been short of each.
    short: [Option<Stretch>; LIMITS.len()],
    calm: Option<Stretch>,
}

/// Minutes in a row.
#[derive(Clone, Copy, Debug)]
struct Stretch {
    from: Stamp,
    to: Stamp,
    /// The lowest of a shortage, the highest of a calm.
    extreme: f64,
}

impl Auto {
    /// Goes on from where Pasut stopped.
    #[must_use]
    pub fn resumed(eased: bool) -> Self {
        Self { eased, ..Self::default() }
    }

    /// Whether Pasut takes less than was chosen.
    #[must_use]
    pub const fn eased(&self) -> bool {
        self.eased
    }

    /// Takes the newest minute. `on` is whether Auto is chosen. What it returns is in force from now on.
    pub fn take(&mut self, on: bool, minute: &Minute) -> Option<AutoChange> {
        for (stretch, (cause, above, _)) in self.short.iter_mut().zip(LIMITS) {
            let value = measured(cause, minute);
            *stretch = (value > above).then(|| extended(*stretch, minute, value, f64::min));
        }
        let is_calm = LIMITS.iter().all(|(cause, _, below)| measured(*cause, minute) < *below);
        self.calm = is_calm.then(|| extended(self.calm, minute, minute.cpu_percent, f64::max));
        let why = self.reason(on)?;
        self.eased = !self.eased;
        Some(AutoChange { at: minute.from + MINUTE_MS, eased: self.eased, why })
    }

    /// Why something changes now, if it does.
    fn reason(&self, on: bool) -> Option<Why> {
        if !on {
            return self.eased.then_some(Why::SwitchedOff);
        }
        if self.eased {
            let calm = self.calm.filter(|calm| calm.ms() >= CALM_FOR_MS)?;
            return Some(Why::Calm { most: calm.extreme, for_ms: calm.ms() });
        }
        let short = self.short.iter().zip(LIMITS).find_map(|(stretch, (cause, ..))| {
            Some((cause, stretch.filter(|stretch| stretch.ms() >= SHORT_FOR_MS)?))
        });
        short.map(|(of, short)| Why::Short { of, least: short.extreme, for_ms: short.ms() })
    }
}

impl Stretch {
    const fn ms(&self) -> i64 {
        self.to.ms_since(self.from)
    }
}

/// What a minute says of a cause, in the unit of its limits.
#[must_use]
pub const fn measured(cause: Cause, minute: &Minute) -> f64 {
    match cause {
        Cause::Cpu => minute.cpu_percent,
        Cause::Lag => minute.event_lag_ms as f64,
        Cause::Memory => minute.memory_percent,
    }
}

fn extended(stretch: Option<Stretch>, minute: &Minute, value: f64, worse: fn(f64, f64) -> f64) -> Stretch {
    let to = minute.from + MINUTE_MS;
    match stretch.filter(|stretch| minute.from.ms_since(stretch.to) < APART_MS) {
        Some(stretch) => Stretch { to, extreme: worse(stretch.extreme, value), ..stretch },
        None => Stretch { from: minute.from, to, extreme: value },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::performance::machine::tests::minute;

    /// The minutes at which something changed, with what is in force afterwards.
    fn changes(auto: &mut Auto, minutes: impl IntoIterator<Item = Minute>) -> Vec<(i64, bool)> {
        let taken = minutes.into_iter().filter_map(|minute| auto.take(true, &minute));
        taken.map(|change| (change.at.0 / MINUTE_MS, change.eased)).collect()
    }

    fn cpu(from: i64, to: i64, percent: f64) -> impl Iterator<Item = Minute> {
        (from..to).map(move |number| Minute { cpu_percent: percent, ..minute(number) })
    }

    #[test]
    fn five_busy_minutes_ease_and_fifteen_calm_ones_give_back() {
        let mut auto = Auto::default();
        let course = cpu(0, 4, 95.0).chain(cpu(4, 5, 70.0)).chain(cpu(5, 12, 91.0)).chain(cpu(12, 60, 30.0));
        assert_eq!(changes(&mut auto, course), [(10, true), (27, false)]);
    }

    #[test]
    fn between_short_and_calm_nothing_changes() {
        let mut auto = Auto::default();
        assert_eq!(changes(&mut auto, cpu(0, 5, 85.0).chain(cpu(5, 90, 70.0))), [(5, true)]);
        let mut auto = Auto::default();
        assert_eq!(changes(&mut auto, cpu(0, 90, 79.9)), []);
    }

    #[test]
    fn a_busy_minute_begins_the_calm_anew() {
        let mut auto = Auto::resumed(true);
        let course = cpu(0, 14, 10.0).chain(cpu(14, 15, 65.0)).chain(cpu(15, 31, 10.0));
        assert_eq!(changes(&mut auto, course), [(30, false)]);
    }

    #[test]
    fn every_cause_is_named_with_what_was_measured() {
        let late = (0..6).map(|n| Minute { event_lag_ms: 1500 + n, ..minute(n) });
        let full = (0..6).map(|n| Minute { memory_percent: 97.0 - n as f64, ..minute(n) });
        for (course, expected) in [
            (late.collect::<Vec<_>>(), Why::Short { of: Cause::Lag, least: 1500.0, for_ms: SHORT_FOR_MS }),
            (full.collect(), Why::Short { of: Cause::Memory, least: 93.0, for_ms: SHORT_FOR_MS }),
        ] {
            let mut auto = Auto::default();
            let changed: Vec<_> = course.iter().filter_map(|minute| auto.take(true, minute)).collect();
            assert_eq!(changed.iter().map(|change| change.why).collect::<Vec<_>>(), [expected]);
        }
    }

    #[test]
    fn time_that_was_not_seen_proves_nothing() {
        let mut auto = Auto::default();
        assert_eq!(changes(&mut auto, cpu(0, 4, 95.0).chain(cpu(60, 64, 95.0))), []);
        let mut auto = Auto::resumed(true);
        assert_eq!(changes(&mut auto, cpu(0, 10, 5.0).chain(cpu(100, 110, 5.0))), []);
    }

    #[test]
    fn switched_off_it_gives_back_at_once_and_never_eases() {
        let mut auto = Auto::resumed(true);
        let change = auto.take(false, &minute(0)).expect("a change");
        assert_eq!((change.eased, change.why), (false, Why::SwitchedOff));
        assert!(cpu(1, 30, 99.0).all(|minute| auto.take(false, &minute).is_none()));
    }
}
