//! Exports: the page, its parts, and what its form asks for.

use super::fragments::html;
use super::{Asked, Fields, go_to, shown};
use crate::export::ExportError;
use crate::export::request::Scope;
use crate::web::api::query;
use crate::web::error::Trouble;
use crate::web::jobs::{Job, State};
use crate::web::pages::exports::{EstimateLine, ExportsPage, JobRow};
use crate::web::state::AppState;
use crate::web::wishes::{Wanted, Wishes};
use actix_web::body::SizedStream;
use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_ENCODING, HeaderValue};
use actix_web::web::{Bytes, Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use futures_util::stream;
use std::fs::File;
use std::io::{self, Read};

/// A file is sent in pieces of so many bytes.
const PIECE: usize = 128 * 1024;

/// `GET /exports`
pub async fn page(asked: Asked, state: Data<AppState>) -> Result<HttpResponse, Trouble> {
    let wishes = Wishes::of_form(&asked.params);
    // An address that cannot be met shows the usual form.
    let wanted = match wishes.wanted(&asked.look, asked.now) {
        Ok(wanted) => wanted,
        Err(_) => Wishes::of_form(&[]).wanted(&asked.look, asked.now)?,
    };
    let estimate = wanted.estimate(&state.store).await.map_err(trouble)?;
    let line = EstimateLine::new(&estimate, wanted.each.is_some(), &asked.look);
    let archives = state.store.archives().await?;
    shown(&ExportsPage::new(&asked.visit(), &wanted, line, &state.jobs.list(), &archives))
}

/// `GET /f/exports`: how large the file of the form would be.
pub async fn estimate(
    req: HttpRequest,
    asked: Asked,
    state: Data<AppState>,
) -> Result<HttpResponse, Trouble> {
    let wanted = Wishes::of_form(&asked.params).wanted(&asked.look, asked.now)?;
    let estimate = wanted.estimate(&state.store).await.map_err(trouble)?;
    Ok(html(&req, EstimateLine::new(&estimate, wanted.each.is_some(), &asked.look).render()?))
}

/// `GET /f/job/{id}`
pub async fn job(
    req: HttpRequest,
    asked: Asked,
    id: Path<String>,
    state: Data<AppState>,
) -> Result<HttpResponse, Trouble> {
    let job = state.jobs.find(&id).ok_or_else(no_export)?;
    Ok(html(&req, JobRow::new(&job, &asked.look).render()?))
}

/// `POST /exports`
pub async fn ask(asked: Asked, fields: Fields, state: Data<AppState>) -> Result<HttpResponse, Trouble> {
    let wanted = Wishes::of_form(&fields).wanted(&asked.look, asked.now)?;
    start(wanted, &state).await?;
    Ok(go_to("/exports"))
}

/// Starts what is asked for, unless it is about a session that does not exist, or of which there is nothing to draw.
pub(in crate::web) async fn start(wanted: Wanted, state: &AppState) -> Result<Job, Trouble> {
    if let Scope::Session(id) = wanted.request.scope {
        match wanted.each {
            Some(_) => query::detailed(state, &id.to_string()).await?,
            None => query::session(state, &id.to_string()).await?,
        };
    }
    Ok(state.jobs.ask(wanted)?)
}

/// `POST /exports/{id}/remove`: stops it, or removes its file.
pub async fn remove(id: Path<String>, state: Data<AppState>) -> HttpResponse {
    state.jobs.remove(&id);
    go_to("/exports")
}

/// `GET /exports/{id}/file` and `GET /api/v1/exports/{id}/file`
pub async fn file(id: Path<String>, state: Data<AppState>) -> Result<HttpResponse, Trouble> {
    let job = state.jobs.find(&id).filter(|job| matches!(job.state, State::Done { .. }));
    let job = job.ok_or_else(no_export)?;
    let file = File::open(state.jobs.file(&job)).map_err(|_| no_export())?;
    sent(&job.name, &job.media_type, file).ok_or_else(no_export)
}

/// The file in pieces, so that its length does not matter. `None` if it cannot be sent.
pub(super) fn sent(name: &str, media_type: &str, file: File) -> Option<HttpResponse> {
    let length = file.metadata().ok()?.len();
    let pieces = stream::try_unfold(file, |mut file| async move {
        let mut piece = vec![0; PIECE];
        let read = file.read(&mut piece)?;
        piece.truncate(read);
        io::Result::Ok((read > 0).then_some((Bytes::from(piece), file)))
    });
    // A name that was not given by us may have signs that would end it.
    let name = name.replace(['"', '\\'], "_");
    let name = HeaderValue::try_from(format!("attachment; filename=\"{name}\"")).ok()?;
    let response = HttpResponse::Ok()
        .content_type(media_type)
        .insert_header((CONTENT_DISPOSITION, name))
        // It is packed already, or would no longer say how long it is.
        .insert_header((CONTENT_ENCODING, "identity"))
        .body(SizedStream::new(length, Box::pin(pieces)));
    Some(response)
}

pub(in crate::web) fn no_export() -> Trouble {
    Trouble::NotFound(
        "There is no such export. It may have expired; those that exist are at /exports.".to_owned(),
    )
}

/// Why a file cannot even be estimated.
pub(super) fn trouble(err: ExportError) -> Trouble {
    match err {
        ExportError::Store(err) => Trouble::Store(err),
        ExportError::Explain(err) => Trouble::Explain(err),
        ExportError::NoSession(_) => Trouble::no_session(),
        ExportError::Left(_) | ExportError::Cancelled | ExportError::Disk(_) | ExportError::Failed => {
            Trouble::Picture
        }
    }
}
