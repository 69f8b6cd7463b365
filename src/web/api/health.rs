//! Whether Pasut lives and works, for monitors.

use crate::recorder::snapshot::Refused;
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
    let refused = state.recorder.watches().into_iter().find_map(|watch| Some((watch.refused?, watch)));
    let Some((refused, watch)) = refused else { return text(StatusCode::OK, "ok") };
    let creator = &watch.creator;
    let consequence = match refused {
        Refused::Events => format!("events of @{creator} are kept in memory and not yet written."),
        Refused::Session => format!("@{creator} is LIVE and not recorded. It is tried again."),
    };
    text(
        StatusCode::SERVICE_UNAVAILABLE,
        &format!("The disk is full or the database is locked: {consequence}"),
    )
}

fn text(status: StatusCode, text: &str) -> HttpResponse {
    HttpResponse::build(status).content_type("text/plain; charset=utf-8").body(text.to_owned())
}
