//! Moments that the creator or a moderator marked.

use super::answer::{done, json, read_time, time};
use super::query::{self, Query, session_id};
use crate::domain::marker::{Marker, MarkerKind};
use crate::domain::time::Stamp;
use crate::web::error::Trouble;
use crate::web::state::AppState;
use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};

#[derive(Serialize)]
struct Markers {
    session_id: String,
    /// Oldest first.
    markers: Vec<MarkerJson>,
}

#[derive(Serialize)]
struct MarkerJson {
    id: String,
    at: String,
    kind: &'static str,
    note: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewMarker {
    kind: String,
    at: Option<String>,
    #[serde(default)]
    note: String,
}

/// `GET /api/v1/sessions/{id}/markers`
pub async fn list(
    req: HttpRequest,
    id: Path<String>,
    state: Data<AppState>,
) -> Result<HttpResponse, Trouble> {
    Query::of(&req, &[])?;
    let session = query::session(&state, &id).await?;
    let markers = state.store.markers(session.id).await?.into_iter().map(marker).collect();
    Ok(json(&req, &Markers { session_id: session.id.to_string(), markers }))
}

/// `POST /api/v1/sessions/{id}/markers`: now, unless it says when.
pub async fn add(id: Path<String>, body: Bytes, state: Data<AppState>) -> Result<HttpResponse, Trouble> {
    let session = session_id(&id)?;
    let new: NewMarker = serde_json::from_slice(&body)
        .map_err(|_| Trouble::invalid("body", r#"must be JSON such as {"kind": "new_game", "note": ""}"#))?;
    let kind = MarkerKind::parse(&new.kind).ok_or_else(|| {
        let known = MarkerKind::ALL.map(MarkerKind::as_str).join(", ");
        Trouble::invalid("kind", &format!("must be one of {known}"))
    })?;
    let at = new.at.as_deref().map(moment).transpose()?;
    let marked = state.recorder.mark(session, at, kind, &new.note).await?;
    Ok(done(StatusCode::CREATED, &marker(marked)))
}

/// `DELETE /api/v1/sessions/{id}/markers/{marker}`
pub async fn remove(path: Path<(String, String)>, state: Data<AppState>) -> Result<HttpResponse, Trouble> {
    let (id, marker) = path.into_inner();
    let session = session_id(&id)?;
    let there = match marker.parse() {
        Ok(marker) => state.recorder.unmark(session, marker).await?,
        Err(_) => false,
    };
    if !there {
        let where_to_look = format!(
            "There is no such marker. Those of the session are at /api/v1/sessions/{session}/markers."
        );
        return Err(Trouble::NotFound(where_to_look));
    }
    Ok(HttpResponse::NoContent().finish())
}

fn moment(text: &str) -> Result<Stamp, Trouble> {
    read_time(text).ok_or_else(|| Trouble::invalid("at", "must be a time such as 2026-11-22T12:30:00Z"))
}

fn marker(marker: Marker) -> MarkerJson {
    MarkerJson {
        id: marker.id.to_string(),
        at: time(marker.at),
        kind: marker.kind.as_str(),
        note: marker.note,
    }
}
