//! What the user keeps with a session: notes and tags.

use super::answer::{done, json};
use super::query::{self, Query, session_id};
use crate::domain::ids::SessionId;
use crate::domain::remark::{Remarks, Tag, readable_notes};
use crate::web::error::Trouble;
use crate::web::state::AppState;
use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};

#[derive(Serialize)]
struct RemarksJson {
    session_id: String,
    notes: String,
    /// The notes before the last change; `null` if there was none.
    earlier_notes: Option<String>,
    tags: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewNotes {
    notes: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewTags {
    tags: Vec<String>,
}

/// `GET /api/v1/sessions/{id}/notes`
pub async fn read(
    req: HttpRequest,
    id: Path<String>,
    state: Data<AppState>,
) -> Result<HttpResponse, Trouble> {
    Query::of(&req, &[])?;
    let session = query::session(&state, &id).await?.id;
    Ok(json(&req, &kept(session, &state).await?))
}

/// `PUT /api/v1/sessions/{id}/notes`
pub async fn set_notes(
    id: Path<String>,
    body: Bytes,
    state: Data<AppState>,
) -> Result<HttpResponse, Trouble> {
    let session = session_id(&id)?;
    let new: NewNotes = serde_json::from_slice(&body)
        .map_err(|_| Trouble::invalid("body", r#"must be JSON such as {"notes": "tried a new game"}"#))?;
    match state.store.set_session_notes(session, &readable_notes(&new.notes)).await? {
        true => Ok(done(StatusCode::OK, &kept(session, &state).await?)),
        false => Err(Trouble::no_session()),
    }
}

/// `PUT /api/v1/sessions/{id}/tags`
pub async fn set_tags(id: Path<String>, body: Bytes, state: Data<AppState>) -> Result<HttpResponse, Trouble> {
    let session = session_id(&id)?;
    let new: NewTags = serde_json::from_slice(&body)
        .map_err(|_| Trouble::invalid("body", r#"must be JSON such as {"tags": ["pk", "late"]}"#))?;
    match state.store.set_session_tags(session, &Tag::list(&new.tags.join(","))).await? {
        true => Ok(done(StatusCode::OK, &kept(session, &state).await?)),
        false => Err(Trouble::no_session()),
    }
}

async fn kept(session: SessionId, state: &AppState) -> Result<RemarksJson, Trouble> {
    let Remarks { notes, earlier_notes, tags, .. } =
        state.store.remarks(session).await?.ok_or_else(Trouble::no_session)?;
    let tags = tags.iter().map(|tag| tag.as_str().to_owned()).collect();
    Ok(RemarksJson { session_id: session.to_string(), notes, earlier_notes, tags })
}
