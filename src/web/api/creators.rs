//! Whom we watch.

use super::answer::{done, json, time};
use super::query::Query;
use crate::domain::handle::Handle;
use crate::domain::time::Stamp;
use crate::domain::watch::WatchState;
use crate::recorder::snapshot::Snapshot;
use crate::web::error::Trouble;
use crate::web::look::Look;
use crate::web::pages;
use crate::web::state::AppState;
use crate::web::zones;
use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

#[derive(Serialize)]
struct Creators {
    creators: Vec<Creator>,
}

#[derive(Serialize)]
struct Creator {
    username: String,
    nickname: String,
    state: &'static str,
    /// The state as the page says it.
    reason: String,
    since: String,
    /// When the next attempt is due, if one is.
    next_at: Option<String>,
    /// The running session, or the last one since Pasut started.
    session_id: Option<String>,
    /// Viewers now; null if they are not known.
    viewers: Option<i64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewCreator {
    username: String,
}

/// `GET /api/v1/creators`
pub async fn list(req: HttpRequest, state: Data<AppState>) -> Result<HttpResponse, Trouble> {
    Query::of(&req, &[])?;
    let now = state.now();
    let creators = state.recorder.watches().iter().map(|watch| creator(watch, now)).collect();
    Ok(json(&req, &Creators { creators }))
}

/// `POST /api/v1/creators`
pub async fn add(body: Bytes, state: Data<AppState>) -> Result<HttpResponse, Trouble> {
    let new: NewCreator = serde_json::from_slice(&body)
        .map_err(|_| Trouble::invalid("body", r#"must be JSON such as {"username": "mira.plays"}"#))?;
    let handle =
        Handle::parse(&new.username).map_err(|err| Trouble::invalid("username", &err.to_string()))?;
    let status = match state.recorder.snapshot(&handle) {
        Some(_) => StatusCode::OK,
        None => StatusCode::CREATED,
    };
    state.recorder.watch(handle.clone(), zones::DEFAULT.name()).await?;
    shown(&state, &handle, status)
}

/// `DELETE /api/v1/creators/{username}`: what was recorded stays.
pub async fn remove(username: Path<String>, state: Data<AppState>) -> Result<HttpResponse, Trouble> {
    let handle = named(&state, &username)?;
    state.recorder.unwatch(&handle).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// `POST /api/v1/creators/{username}/start`: watch now.
pub async fn start(username: Path<String>, state: Data<AppState>) -> Result<HttpResponse, Trouble> {
    let handle = named(&state, &username)?;
    state.recorder.start_watching(&handle).await?;
    shown(&state, &handle, StatusCode::OK)
}

/// `POST /api/v1/creators/{username}/stop`: until this room ends.
pub async fn stop(username: Path<String>, state: Data<AppState>) -> Result<HttpResponse, Trouble> {
    let handle = named(&state, &username)?;
    state.recorder.stop_watching(&handle).await?;
    shown(&state, &handle, StatusCode::OK)
}

fn shown(state: &AppState, handle: &Handle, status: StatusCode) -> Result<HttpResponse, Trouble> {
    let watch = watched(state, handle)?;
    Ok(done(status, &creator(&watch, state.now())))
}

/// The watched creator that a path names.
fn named(state: &AppState, username: &str) -> Result<Handle, Trouble> {
    let handle = Handle::parse(username).map_err(|err| Trouble::invalid("username", &err.to_string()))?;
    watched(state, &handle).map(|_| handle)
}

fn watched(state: &AppState, handle: &Handle) -> Result<Arc<Snapshot>, Trouble> {
    state.recorder.snapshot(handle).ok_or_else(|| {
        Trouble::NotFound(format!(
            "@{handle} is not watched. POST {{\"username\": \"{handle}\"}} to /api/v1/creators to watch it."
        ))
    })
}

fn creator(watch: &Snapshot, now: Stamp) -> Creator {
    Creator {
        username: watch.creator.to_string(),
        nickname: watch.nickname.clone(),
        state: watch.state.as_str(),
        // A program reads English; whom nothing ails is simply live.
        reason: pages::state::sentence(watch, &Look::default(), now).unwrap_or_else(|| "LIVE".to_owned()),
        since: time(watch.since),
        next_at: next_at(&watch.state).map(time),
        session_id: watch.session.as_ref().map(|session| session.id.to_string()),
        viewers: watch.running().and_then(|session| session.totals.viewers.last),
    }
}

fn next_at(state: &WatchState) -> Option<Stamp> {
    match state {
        WatchState::Reconnecting { next_at, .. }
        | WatchState::Blocked { next_at }
        | WatchState::RateLimited { next_at }
        | WatchState::NotFound { next_at }
        | WatchState::Restricted { next_at }
        | WatchState::NoInternet { next_at } => Some(*next_at),
        WatchState::Waiting { .. }
        | WatchState::Connecting
        | WatchState::Live
        | WatchState::Paused
        | WatchState::Silent { .. }
        | WatchState::Unfed { .. }
        | WatchState::Stopped => None,
    }
}
