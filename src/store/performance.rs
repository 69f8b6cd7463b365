//! How the computer and Pasut were doing minute by minute, and what Auto made of it.

use super::schema::{auto_changes, performance_logs};
use super::{Store, StoreError};
use crate::domain::machine::{AutoChange, Cause, Minute, Why};
use crate::domain::time::Stamp;
use diesel::prelude::*;

/// Minutes are kept this long, because a week is the longest that is shown.
const KEEP_MINUTES_MS: i64 = 31 * 86_400_000;

/// Changes that Auto made are kept this long.
const KEEP_CHANGES_MS: i64 = 90 * 86_400_000;

#[derive(Insertable, Queryable, AsChangeset)]
#[diesel(table_name = performance_logs, treat_none_as_null = true)]
struct MinuteRow {
    timestamp: Stamp,
    cpu_percent: Option<f64>,
    memory_percent: Option<f64>,
    disk_percent: Option<f64>,
    analytics_interval: Option<i64>,
    data_size_mb: Option<f64>,
    event_lag_ms: Option<i64>,
    queue: Option<i64>,
    own_cpu_percent: Option<f64>,
    own_memory_mb: Option<f64>,
    disk_free_mb: Option<f64>,
    events: Option<i64>,
    dropped: Option<i64>,
}

impl Store {
    /// Keeps a minute, and lets go of those that are too old to be shown.
    ///
    /// # Errors
    ///
    /// As any change of the database.
    pub async fn log_minute(&self, minute: Minute) -> Result<(), StoreError> {
        self.write(move |writing| {
            let old = minute.from - KEEP_MINUTES_MS;
            diesel::delete(performance_logs::table.filter(performance_logs::timestamp.lt(old)))
                .execute(writing.connection)?;
            diesel::replace_into(performance_logs::table)
                .values(&minute_row(&minute))
                .execute(writing.connection)?;
            Ok(())
        })
        .await
    }

    /// The minutes since `from`, oldest first. Where Pasut did not run there is none.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn minutes(&self, from: Stamp) -> Result<Vec<Minute>, StoreError> {
        self.read(move |connection| {
            let rows: Vec<MinuteRow> = performance_logs::table
                .filter(performance_logs::timestamp.ge(from))
                .order(performance_logs::timestamp)
                .load(connection)?;
            Ok(rows.iter().map(minute).collect())
        })
        .await
    }

    /// Keeps what Auto changed.
    ///
    /// # Errors
    ///
    /// As any change of the database.
    pub async fn log_auto_change(&self, change: AutoChange) -> Result<(), StoreError> {
        let (cause, measured, for_ms) = match change.why {
            Why::Short { of, least, for_ms } => (of.as_str(), least, for_ms),
            Why::Calm { most, for_ms } => ("calm", most, for_ms),
            Why::SwitchedOff => ("off", 0.0, 0),
        };
        self.write(move |writing| {
            let old = change.at - KEEP_CHANGES_MS;
            diesel::delete(auto_changes::table.filter(auto_changes::at.lt(old)))
                .execute(writing.connection)?;
            diesel::replace_into(auto_changes::table)
                .values((
                    auto_changes::at.eq(change.at),
                    auto_changes::eased.eq(change.eased),
                    auto_changes::cause.eq(cause),
                    auto_changes::measured.eq(measured),
                    auto_changes::for_ms.eq(for_ms),
                ))
                .execute(writing.connection)?;
            Ok(())
        })
        .await
    }

    /// What Auto changed last, newest first.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn auto_changes(&self, limit: i64) -> Result<Vec<AutoChange>, StoreError> {
        self.read(move |connection| {
            let rows: Vec<(Stamp, bool, String, f64, i64)> =
                auto_changes::table.order(auto_changes::at.desc()).limit(limit).load(connection)?;
            Ok(rows.into_iter().map(auto_change).collect())
        })
        .await
    }
}

fn auto_change((at, eased, cause, measured, for_ms): (Stamp, bool, String, f64, i64)) -> AutoChange {
    let why = match Cause::parse(&cause) {
        Some(of) => Why::Short { of, least: measured, for_ms },
        None if cause == "calm" => Why::Calm { most: measured, for_ms },
        None => Why::SwitchedOff,
    };
    AutoChange { at, eased, why }
}

const fn minute_row(minute: &Minute) -> MinuteRow {
    MinuteRow {
        timestamp: minute.from,
        cpu_percent: Some(minute.cpu_percent),
        memory_percent: Some(minute.memory_percent),
        disk_percent: minute.disk_percent,
        analytics_interval: Some(minute.interval_ms),
        data_size_mb: Some(minute.data_mb),
        event_lag_ms: Some(minute.event_lag_ms),
        queue: Some(minute.queue),
        own_cpu_percent: Some(minute.own_cpu_percent),
        own_memory_mb: Some(minute.own_memory_mb),
        disk_free_mb: minute.disk_free_mb,
        events: Some(minute.events),
        dropped: Some(minute.dropped),
    }
}

fn minute(row: &MinuteRow) -> Minute {
    Minute {
        from: row.timestamp,
        cpu_percent: row.cpu_percent.unwrap_or_default(),
        own_cpu_percent: row.own_cpu_percent.unwrap_or_default(),
        memory_percent: row.memory_percent.unwrap_or_default(),
        own_memory_mb: row.own_memory_mb.unwrap_or_default(),
        disk_percent: row.disk_percent,
        disk_free_mb: row.disk_free_mb,
        interval_ms: row.analytics_interval.unwrap_or_default(),
        data_mb: row.data_size_mb.unwrap_or_default(),
        event_lag_ms: row.event_lag_ms.unwrap_or_default(),
        queue: row.queue.unwrap_or_default(),
        events: row.events.unwrap_or_default(),
        dropped: row.dropped.unwrap_or_default(),
    }
}
