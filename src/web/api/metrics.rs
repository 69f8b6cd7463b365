//! How Pasut itself is doing, for Prometheus.

use crate::recorder::supervisor::RecorderMetrics;
use crate::web::state::AppState;
use actix_web::{HttpResponse, web};
use std::fmt::{Display, Write};

/// `GET /metrics`
pub async fn metrics(state: web::Data<AppState>) -> HttpResponse {
    let database_bytes = state.store.size_bytes();
    let RecorderMetrics {
        events_by_kind,
        events_stored,
        events_dropped,
        queue,
        event_lag_ms,
        watches_by_state,
    } = state.recorder.metrics();
    let mut text = String::new();
    let by_kind = events_by_kind.iter().map(|(kind, count)| (kind.as_str(), *count));
    family(&mut text, "messages_total", "counter", "Messages counted, by kind.", "kind", by_kind);
    single(&mut text, "events_stored_total", "counter", "Events written to the database.", events_stored);
    single(
        &mut text,
        "events_dropped",
        "gauge",
        "Events counted that are neither stored nor waiting: 0 unless Pasut is broken.",
        events_dropped,
    );
    single(&mut text, "queue_length", "gauge", "Events waiting to be written.", queue);
    let lag_s = f64::from(event_lag_ms) / 1000.0;
    let help = "Socket read to visible snapshot, 95th percentile of the last minute.";
    single(&mut text, "event_lag_seconds", "gauge", help, lag_s);
    family(&mut text, "watches", "gauge", "Watched creators, by state.", "state", watches_by_state);
    single(&mut text, "feed_readers", "gauge", "Programs that read the feed.", state.kept.readers.count());
    single(&mut text, "database_bytes", "gauge", "Size of the database file.", database_bytes);
    state.kept.durations.write_prometheus(&mut text);
    HttpResponse::Ok().content_type("text/plain; version=0.0.4; charset=utf-8").body(text)
}

fn single(text: &mut String, name: &str, kind: &str, help: &str, value: impl Display) {
    head(text, name, kind, help);
    let _ = writeln!(text, "pasut_{name} {value}");
}

fn family<V: Display>(
    text: &mut String,
    name: &str,
    kind: &str,
    help: &str,
    label: &str,
    values: impl IntoIterator<Item = (&'static str, V)>,
) {
    head(text, name, kind, help);
    for (of, value) in values {
        let _ = writeln!(text, "pasut_{name}{{{label}=\"{of}\"}} {value}");
    }
}

fn head(text: &mut String, name: &str, kind: &str, help: &str) {
    let _ = writeln!(text, "# HELP pasut_{name} {help}\n# TYPE pasut_{name} {kind}");
}
