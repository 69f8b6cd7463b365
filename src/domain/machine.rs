//! How the computer and Pasut on it were doing, and what was changed because of it.

use super::time::Stamp;
use std::path::{Path, PathBuf};

/// One minute of the computer and of Pasut.
///
/// Percentages are of the whole: all processors together, all memory, the disk that holds the data.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Minute {
    pub from: Stamp,
    /// On average.
    pub cpu_percent: f64,
    /// Pasut's part of it, on average.
    pub own_cpu_percent: f64,
    pub memory_percent: f64,
    pub own_memory_mb: f64,
    /// `None` where the system does not tell.
    pub disk_percent: Option<f64>,
    pub disk_free_mb: Option<f64>,
    /// Length of the interval rows that were being written.
    pub interval_ms: i64,
    pub data_mb: f64,
    /// The highest 95th percentile of the minute.
    pub event_lag_ms: i64,
    /// The longest queue of the minute.
    pub queue: i64,
    /// Events that were counted in this minute.
    pub events: i64,
    /// Events that were counted since Pasut started, and got lost on their way to the database.
    pub dropped: i64,
}

/// What is free on the disk that holds a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Room {
    /// Where that disk is mounted: two folders with the same share it.
    pub disk: PathBuf,
    pub free_bytes: u64,
}

/// Reads the room where a folder is; `None` where the system does not tell.
#[derive(Clone, Copy, Debug)]
pub struct RoomReader(pub fn(&Path) -> Option<Room>);

impl Default for RoomReader {
    /// Of a system that does not tell.
    fn default() -> Self {
        Self(|_| None)
    }
}

/// What the computer runs short of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cause {
    Cpu,
    /// Events become visible late.
    Lag,
    Memory,
}

impl Cause {
    pub const ALL: [Self; 3] = [Self::Cpu, Self::Lag, Self::Memory];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Cpu => "cpu",
            Self::Lag => "event_lag",
            Self::Memory => "memory",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|cause| cause.as_str() == text)
    }
}

/// Something that the preset Auto changed by itself, and why.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AutoChange {
    pub at: Stamp,
    /// Whether Pasut took less from then on, or as much as was chosen again.
    pub eased: bool,
    pub why: Why,
}

/// Why Auto changed something.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Why {
    /// The computer was short of something for this long. `least` is the lowest minute of that time: per cent of
    /// the processors or of the memory, or milliseconds of lag.
    Short { of: Cause, least: f64, for_ms: i64 },
    /// Nothing was short for this long; the busiest minute took `most` per cent of the processors.
    Calm { most: f64, for_ms: i64 },
    /// Auto was switched off while Pasut took less.
    SwitchedOff,
}
