//! What each choice of a setting costs. Every figure was measured; `docs/performance.md` says how.

use super::presets::Preset;
use crate::settings::preferences::Key;

/// What a cost is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Per cent of one processor, for each LIVE that is recorded.
    ProcessorOfALive,
    /// Per cent of one processor, for each live page that is open.
    ProcessorOfAPage,
    /// Bytes sent for a chart that is full, compressed.
    BytesOfAChart,
    /// Bytes of the database an hour.
    BytesAnHour,
    /// Bytes on disk at most.
    BytesAtMost,
}

/// One explanation of a LIVE of four hours takes a processor this long, in milliseconds.
const EXPLANATION_MS: f64 = 16.5;

/// A live page asks this often in a minute, all parts together, and 95 of 100 answers take no longer than this.
const POLLS_A_MINUTE: f64 = 90.0;
const POLL_MS: f64 = 1.5;

/// An interval row takes this much of the database, index included.
const INTERVAL_BYTES: f64 = 96.0;

/// A point of a chart takes this much of a page, compressed.
const POINT_BYTES: f64 = 7.4;

/// The pictures of people are cut down to this.
const AVATAR_BYTES: f64 = 64.0 * 1024.0 * 1024.0;

/// What a setting costs with this value, and in what. `None` for one whose cost is not known.
#[must_use]
pub fn of(key: Key, value: &str) -> Option<(f64, Unit)> {
    let number = value.parse::<f64>().ok().filter(|number| *number > 0.0);
    match key {
        Key::Explain => Some((EXPLANATION_MS / (number? * 1000.0) * 100.0, Unit::ProcessorOfALive)),
        Key::Refresh => {
            let usual = POLLS_A_MINUTE * POLL_MS / 60_000.0 * 100.0;
            Some((usual * 100.0 / number?, Unit::ProcessorOfAPage))
        }
        Key::ChartPoints => Some((number? * POINT_BYTES, Unit::BytesOfAChart)),
        Key::Interval => Some((60.0 / number? * INTERVAL_BYTES, Unit::BytesAnHour)),
        Key::Avatars => Some((if value == "on" { AVATAR_BYTES } else { 0.0 }, Unit::BytesAtMost)),
        _ => None,
    }
}

/// What a preset takes of one processor besides recording, in per cent, with one LIVE and one open page.
#[must_use]
pub fn of_preset(preset: Preset) -> f64 {
    let costs = preset.values().filter_map(|(key, value)| of(key, value));
    let processor = costs.filter(|(_, unit)| matches!(unit, Unit::ProcessorOfALive | Unit::ProcessorOfAPage));
    processor.map(|(cost, _)| cost).sum()
}
