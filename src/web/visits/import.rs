//! Import: a file is brought, looked at, and then taken or let go.

use super::fragments::html;
use super::{Asked, go_to, shown, shown_as};
use crate::domain::handle::Handle;
use crate::imports::file::MAX_FILE_BYTES;
use crate::imports::shelf::NotReceived;
use crate::imports::taking::Given;
use crate::web::error::Trouble;
use crate::web::pages::import::{FileList, ImportPage, not_received};
use crate::web::state::AppState;
use actix_multipart::{Field, Multipart};
use actix_web::http::StatusCode;
use actix_web::http::header::CONTENT_LENGTH;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use futures_util::TryStreamExt as _;

const HERE: &str = "/import";

/// A field of the form besides the file is no longer than this.
const MAX_FIELD_BYTES: usize = 200;

/// `GET /import`
pub async fn page(asked: Asked, state: Data<AppState>) -> Result<HttpResponse, Trouble> {
    shown(&ImportPage::new(&asked.visit(), &state.imports.list(), ""))
}

/// `GET /f/imports`: the files that were brought, while one is being worked on.
pub async fn list(req: HttpRequest, asked: Asked, state: Data<AppState>) -> Result<HttpResponse, Trouble> {
    Ok(html(&req, FileList::new(&state.imports.list(), &asked.look).render()?))
}

/// `POST /import`: brings a file. The fields of the form come before it.
pub async fn bring(
    req: HttpRequest,
    asked: Asked,
    mut form: Multipart,
    state: Data<AppState>,
) -> Result<HttpResponse, Trouble> {
    let (mut creator, mut zone) = (None, asked.look.zone);
    while let Some(mut field) = form.try_next().await.map_err(broke_off)? {
        match field.name() {
            Some("creator") => {
                let name = text(&mut field).await?;
                let handle = (!name.trim().is_empty()).then(|| Handle::parse(&name)).transpose();
                creator = match handle {
                    Ok(handle) => handle,
                    Err(_) => {
                        return refused(&asked, &state, asked.look.words().t("import-creator-bad").as_ref());
                    }
                };
            }
            Some("zone") => zone = text(&mut field).await?.parse().unwrap_or(zone),
            Some("file") => {
                let name = field.content_disposition().and_then(|said| said.get_filename());
                let name = name.unwrap_or_default().to_owned();
                if name.is_empty() {
                    return refused(&asked, &state, asked.look.words().t("import-no-file").as_ref());
                }
                return match receive(&state, &req, &mut field, &name, Given { creator, zone }).await? {
                    Ok(()) => Ok(go_to(HERE)),
                    Err(reason) => refused(&asked, &state, &not_received(&reason, asked.look.words())),
                };
            }
            _ => {}
        }
    }
    refused(&asked, &state, asked.look.words().t("import-no-file").as_ref())
}

/// `POST /import/{id}/take`
pub async fn take(id: Path<String>, state: Data<AppState>) -> HttpResponse {
    state.imports.take(&id);
    go_to(HERE)
}

/// `POST /import/{id}/remove`
pub async fn remove(id: Path<String>, state: Data<AppState>) -> HttpResponse {
    state.imports.remove(&id);
    go_to(HERE)
}

async fn receive(
    state: &AppState,
    req: &HttpRequest,
    field: &mut Field,
    name: &str,
    given: Given,
) -> Result<Result<(), NotReceived>, Trouble> {
    // The whole form is a little longer than the file in it. One that does not say how long it is may be anything.
    let length = req.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    let mut receiving = match state.imports.receive(length.unwrap_or(MAX_FILE_BYTES)) {
        Ok(receiving) => receiving,
        Err(reason) => return Ok(Err(reason)),
    };
    while let Some(piece) = field.try_next().await.map_err(broke_off)? {
        if let Err(reason) = receiving.write(&piece) {
            return Ok(Err(reason));
        }
    }
    Ok(state.imports.received(&receiving, name, given))
}

async fn text(field: &mut Field) -> Result<String, Trouble> {
    let mut text = Vec::new();
    while let Some(piece) = field.try_next().await.map_err(broke_off)? {
        text.extend_from_slice(&piece);
        if text.len() > MAX_FIELD_BYTES {
            return Err(Trouble::invalid("form", "has a field that is too long"));
        }
    }
    Ok(String::from_utf8_lossy(&text).into_owned())
}

fn refused(asked: &Asked, state: &AppState, reason: &str) -> Result<HttpResponse, Trouble> {
    shown_as(StatusCode::BAD_REQUEST, &ImportPage::new(&asked.visit(), &state.imports.list(), reason))
}

fn broke_off(_: actix_multipart::MultipartError) -> Trouble {
    Trouble::invalid("form", "broke off or is no form with a file; nothing was kept")
}
