//! Whether Pasut lives and works, for monitors.

use crate::web::state::AppState;
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};

/// `GET /healthz`: the process lives.
pub async fn healthz() -> HttpResponse {
    text(StatusCode::OK, "ok")
}

/// `GET /readyz`: database and recorder work.
pub async fn readyz(state: web::Data<AppState>) -> HttpResponse {
    if let Err(err) = state.store.creators().await {
        return text(StatusCode::SERVICE_UNAVAILABLE, &err.to_string());
    }
    let watches = state.recorder.watches();
    let waits = watches.iter().find(|watch| watch.session.as_ref().is_some_and(|session| session.disk_full));
    match waits {
        Some(watch) => text(
            StatusCode::SERVICE_UNAVAILABLE,
            &format!(
                "The disk is full or the database is locked: events of @{} are kept in memory and not yet \
                 written.",
                watch.creator
            ),
        ),
        None => text(StatusCode::OK, "ok"),
    }
}

fn text(status: StatusCode, text: &str) -> HttpResponse {
    HttpResponse::build(status).content_type("text/plain; charset=utf-8").body(text.to_owned())
}
