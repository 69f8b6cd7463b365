//! How large a file will be, told before it is written.

use super::ExportError;
use super::request::{Format, Request, Section};
use crate::domain::driver::Driver;
use crate::domain::ids::SessionId;
use crate::store::volume::Volume;
use crate::store::{Store, StoreError};

/// What a file will hold. Rows and bytes are about right: sessions that run still grow, and names
/// differ in length.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Estimate {
    pub sessions: u64,
    pub rows: u64,
    pub bytes: u64,
}

/// What even an empty file takes, in bytes.
const EMPTY_BYTES: u64 = 12_000;

/// How large a file of this request will be. Counts rows and reads none.
///
/// # Errors
///
/// As [`super::write`], before anything is written.
pub async fn estimate(store: &Store, request: &Request) -> Result<Estimate, ExportError> {
    let sessions = super::sessions(store, request).await?;
    Ok(of_sessions(store, request, &sessions).await?)
}

pub(super) async fn of_sessions(
    store: &Store,
    request: &Request,
    sessions: &[SessionId],
) -> Result<Estimate, StoreError> {
    let volume = store.volume(sessions).await?;
    let givers = if request.wants(Section::Leaderboard) { store.count_givers(sessions).await? } else { 0 };
    let mut estimate = Estimate { sessions: sessions.len() as u64, rows: 0, bytes: EMPTY_BYTES };
    for section in Section::ALL.into_iter().filter(|section| request.wants(*section)) {
        let rows = rows(section, &volume, givers).unsigned_abs();
        estimate.rows += rows;
        estimate.bytes += rows * row_bytes(section, request.format);
    }
    Ok(estimate)
}

const fn rows(section: Section, volume: &Volume, givers: i64) -> i64 {
    match section {
        Section::Sessions | Section::Quality => volume.sessions,
        Section::Analytics => volume.intervals,
        Section::Minutes => volume.duration_ms / 60_000 + volume.sessions,
        Section::Contributions => volume.contributions,
        Section::Correlations => volume.answered * Driver::ALL.len() as i64,
        Section::Leaderboard => givers,
        Section::Gifts => volume.gifts,
        Section::Moments => volume.windows,
        Section::Markers => volume.markers,
        Section::Battles => volume.battles,
        Section::Gaps => volume.gaps,
    }
}

/// Bytes of a row, measured on simulated sessions; a workbook and an archive are packed.
const fn row_bytes(section: Section, format: Format) -> u64 {
    let (packed, json) = match section {
        Section::Sessions | Section::Quality => (200, 900),
        Section::Analytics | Section::Minutes => (80, 370),
        Section::Contributions => (90, 380),
        Section::Leaderboard => (70, 290),
        Section::Correlations => (80, 450),
        Section::Gifts | Section::Moments => (60, 250),
        Section::Markers | Section::Battles | Section::Gaps => (50, 200),
    };
    match format {
        Format::Xlsx | Format::Csv(_) => packed,
        Format::Json => json,
    }
}
