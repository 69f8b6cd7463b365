//! Exports as jobs: ask, look how far, fetch, remove.

use super::answer::{done, json, time};
use super::query::Query;
use crate::web::error::Trouble;
use crate::web::jobs::{Job, State};
use crate::web::look::Look;
use crate::web::state::AppState;
use crate::web::visits::exports::{no_export, start};
use crate::web::wishes::Wishes;
use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

#[derive(Serialize)]
struct Exports {
    exports: Vec<ExportJson>,
}

/// What is not known yet is null.
#[derive(Default, Serialize)]
struct ExportJson {
    id: String,
    name: String,
    state: &'static str,
    asked_at: String,
    /// From 0 to 1.
    progress: f64,
    sessions: Option<u64>,
    rows: Option<u64>,
    bytes: Option<u64>,
    expires_at: Option<String>,
    file: Option<String>,
    detail: Option<String>,
}

/// `GET /api/v1/exports`, newest first
pub async fn list(req: HttpRequest, state: Data<AppState>) -> Result<HttpResponse, Trouble> {
    Query::of(&req, &[])?;
    Ok(json(&req, &Exports { exports: state.jobs.list().iter().map(export).collect() }))
}

/// `POST /api/v1/exports`
pub async fn ask(body: Bytes, state: Data<AppState>) -> Result<HttpResponse, Trouble> {
    let wishes: Wishes = serde_json::from_slice(&body).map_err(|err| {
        Trouble::invalid(
            "body",
            &format!(r#"must be JSON such as {{"from": "2026-11-01", "format": "xlsx"}}: {err}"#),
        )
    })?;
    let job = start(wishes.wanted(&Look::default(), state.now())?, &state).await?;
    Ok(done(StatusCode::ACCEPTED, &export(&job)))
}

/// `GET /api/v1/exports/{id}`
pub async fn one(req: HttpRequest, id: Path<String>, state: Data<AppState>) -> Result<HttpResponse, Trouble> {
    Query::of(&req, &[])?;
    let job = state.jobs.find(&id).ok_or_else(no_export)?;
    Ok(json(&req, &export(&job)))
}

/// `DELETE /api/v1/exports/{id}`: stops it, or removes its file.
pub async fn remove(id: Path<String>, state: Data<AppState>) -> Result<HttpResponse, Trouble> {
    if state.jobs.remove(&id) { Ok(HttpResponse::NoContent().finish()) } else { Err(no_export()) }
}

fn export(job: &Job) -> ExportJson {
    let told = ExportJson {
        id: job.id.clone(),
        name: job.name.clone(),
        asked_at: time(job.asked_at),
        ..ExportJson::default()
    };
    match &job.state {
        State::Waiting => ExportJson { state: "waiting", ..told },
        State::Running { rows, share, .. } => {
            ExportJson { state: "running", progress: *share, rows: Some(*rows), ..told }
        }
        State::Done { sessions, rows, bytes, until } => ExportJson {
            state: "done",
            progress: 1.0,
            sessions: Some(*sessions),
            rows: Some(*rows),
            bytes: Some(*bytes),
            expires_at: Some(time(*until)),
            file: Some(format!("/api/v1/exports/{}/file", job.id)),
            ..told
        },
        State::Failed(why) => ExportJson { state: "failed", detail: Some(why.clone()), ..told },
        State::Cancelled => ExportJson { state: "cancelled", ..told },
    }
}
