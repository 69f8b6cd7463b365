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
const fn empty_bytes(format: Format) -> u64 {
    if matches!(format, Format::Xlsx) { 12_000 } else { 2_000 }
}

/// How large a file of this request will be. Counts rows and reads none.
///
/// # Errors
///
/// As [`super::write()`], before anything is written.
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
    let mut estimate =
        Estimate { sessions: sessions.len() as u64, rows: 0, bytes: empty_bytes(request.format) };
    for section in Section::ALL.into_iter().filter(|section| request.wants(*section)) {
        let rows = rows(section, &volume, givers).unsigned_abs();
        estimate.rows += rows;
        estimate.bytes += rows * row_bytes(section, request);
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

/// Bytes of a row, measured on the simulated sessions of the demo.
fn row_bytes(section: Section, request: &Request) -> u64 {
    let [xlsx, packed_csv, csv, json] = match section {
        Section::Sessions => [300, 125, 330, 720],
        Section::Analytics | Section::Minutes => [105, 44, 140, 330],
        Section::Contributions => [103, 33, 125, 312],
        Section::Correlations => [150, 85, 245, 450],
        Section::Leaderboard => [92, 32, 106, 236],
        Section::Gifts => [45, 10, 50, 180],
        Section::Moments => [80, 30, 150, 250],
        Section::Markers => [40, 14, 70, 120],
        Section::Battles => [70, 25, 138, 234],
        Section::Gaps => [60, 30, 120, 215],
        Section::Quality => [80, 30, 90, 385],
    };
    match request.format {
        Format::Xlsx => xlsx,
        Format::Csv(_) if request.only_section().is_some() => csv,
        Format::Csv(_) => packed_csv,
        Format::Json => json,
    }
}
