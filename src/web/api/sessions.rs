//! Recorded sessions.

use super::answer::json;
use super::query::{self, Query};
use super::session_json::{GiftJson, SessionJson, gifts};
use crate::domain::ids::SessionId;
use crate::domain::session::Session;
use crate::domain::time::Stamp;
use crate::store::sessions::SessionFilter;
use crate::web::error::Trouble;
use crate::web::sight::Sight;
use crate::web::state::AppState;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use std::collections::BTreeMap;

#[derive(Serialize)]
struct Sessions<S: Sight> {
    sessions: Vec<SessionJson<S>>,
    /// Sessions that match, on all pages.
    total: i64,
    /// To be sent as `cursor` for the next page.
    next_cursor: Option<String>,
}

#[derive(Serialize)]
struct OneSession<S: Sight> {
    #[serde(flatten)]
    session: SessionJson<S>,
    notes: String,
    gifts: BTreeMap<String, GiftJson<S>>,
    streaks: Streaks,
    /// Counted messages by TikTok's name for them.
    by_method: BTreeMap<String, i64>,
}

#[derive(Serialize)]
struct Streaks {
    total: i64,
    finished: i64,
    unfinished: i64,
}

/// `GET /api/v1/sessions`, newest first
pub async fn list<S: Sight>(req: HttpRequest, state: Data<AppState>) -> Result<HttpResponse, Trouble> {
    let query = Query::of(&req, &["creator", "from", "to", "limit", "cursor"])?;
    let limit = i64::from(query.number("limit", 500)?.unwrap_or(50));
    let filter = SessionFilter {
        creator: query.creator()?,
        from: query.from("from")?,
        to: query.to("to")?,
        after: query.text("cursor").map(after).transpose()?,
    };
    let mut found = state.store.sessions(&filter, limit + 1).await?;
    let has_more = found.len() as i64 > limit;
    found.truncate(limit as usize);
    let next_cursor = found.last().filter(|_| has_more).map(cursor);
    let mut sessions = Vec::with_capacity(found.len());
    for session in &found {
        let gaps = state.store.gaps(session.id).await?;
        sessions.push(SessionJson::new(session, &gaps, state.now()));
    }
    let total = state.store.count_sessions(&filter).await?;
    Ok(json(&req, &Sessions::<S> { sessions, total, next_cursor }))
}

/// `GET /api/v1/sessions/{id}`
pub async fn one<S: Sight>(
    req: HttpRequest,
    id: Path<String>,
    state: Data<AppState>,
) -> Result<HttpResponse, Trouble> {
    Query::of(&req, &[])?;
    let session = query::session(&state, &id).await?;
    let (id, store) = (session.id, &state.store);
    let streaks = store.streak_counts(id).await?;
    let answer = OneSession::<S> {
        session: SessionJson::new(&session, &store.gaps(id).await?, state.now()),
        notes: session.notes,
        gifts: gifts(&store.gift_totals(id).await?),
        streaks: Streaks {
            total: streaks.all,
            finished: streaks.all - streaks.open,
            unfinished: streaks.open,
        },
        by_method: store.methods(id).await?.into_iter().collect(),
    };
    Ok(json(&req, &answer))
}

/// Where the next page begins: the start and id of the last session.
fn cursor(last: &Session) -> String {
    format!("{}.{}", last.start.recorded_from.0, last.id)
}

fn after(cursor: &str) -> Result<(Stamp, SessionId), Trouble> {
    let read = || {
        let (start, id) = cursor.split_once('.')?;
        Some((Stamp(start.parse().ok()?), id.parse().ok()?))
    };
    read().ok_or_else(|| Trouble::invalid("cursor", "must be the next_cursor of the page before"))
}
