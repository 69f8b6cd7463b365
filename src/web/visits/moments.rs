//! Moments of a session: the list, what somebody marks, and what changed between two of them.

use super::fragments::html;
use super::{Asked, Fields, go_to, last};
use crate::domain::answer::Answer;
use crate::domain::ids::{GiftId, SessionId};
use crate::domain::marker::MarkerKind;
use crate::domain::session::Session;
use crate::domain::time::Stamp;
use crate::reports::explain::ExplainError;
use crate::web::api::query::session_id;
use crate::web::error::Trouble;
use crate::web::explained;
use crate::web::look::Look;
use crate::web::pages::changed::{self, ChangedForm, ChangedPart, Unanswered};
use crate::web::pages::live::{View, live_moments};
use crate::web::sight::{Moneyless, Sight};
use crate::web::state::AppState;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use std::collections::HashMap;

/// A menu that was open for longer does not say when the moment was, in milliseconds.
const LONGEST_MENU_MS: i64 = 5 * 60_000;

/// `GET /f/moments`
pub async fn list(
    req: HttpRequest,
    asked: Asked<Moneyless>,
    state: Data<AppState>,
) -> Result<HttpResponse, Trouble> {
    let list = rendered(&asked, &state).await?;
    Ok(html(&req, list.unwrap_or_default()))
}

/// `POST /sessions/{id}/markers`: marks the moment at which the menu was opened, or the time that was typed.
pub async fn mark(
    mut asked: Asked<Moneyless>,
    id: Path<String>,
    fields: Fields,
    req: HttpRequest,
    state: Data<AppState>,
) -> Result<HttpResponse, Trouble> {
    let session = session_id(&id)?;
    let kind = last(&fields, "kind").and_then(MarkerKind::parse);
    let kind = kind.ok_or_else(|| Trouble::invalid("kind", "must be one of the kinds in the menu"))?;
    let at = match last(&fields, "time") {
        Some(time) => Some(typed_moment(&mut asked, session, time, &state).await?),
        None => {
            let ago_ms = last(&fields, "ago").and_then(|ago| ago.parse().ok()).unwrap_or(0);
            (1..=LONGEST_MENU_MS).contains(&ago_ms).then(|| asked.now - ago_ms)
        }
    };
    state.recorder.mark(session, at, kind, last(&fields, "note").unwrap_or_default()).await?;
    changed_list(asked, session, &fields, &req, &state).await
}

/// `POST /sessions/{id}/markers/{marker}/remove`
pub async fn unmark(
    asked: Asked<Moneyless>,
    path: Path<(String, i64)>,
    fields: Fields,
    req: HttpRequest,
    state: Data<AppState>,
) -> Result<HttpResponse, Trouble> {
    let (id, marker) = path.into_inner();
    let session = session_id(&id)?;
    state.recorder.unmark(session, marker).await?;
    changed_list(asked, session, &fields, &req, &state).await
}

/// The moment of a session at which its clock showed `time`.
async fn typed_moment<S: Sight>(
    asked: &mut Asked<S>,
    session: SessionId,
    time: &str,
    state: &AppState,
) -> Result<Stamp, Trouble> {
    let session = state.store.session(session).await?.ok_or_else(Trouble::no_session)?;
    asked.use_zone_of(&session.start.creator, state).await?;
    let ended = session.ended_at.unwrap_or(asked.now);
    changed::moment(time, session.start.recorded_from, ended, &asked.look)
        .ok_or_else(|| Trouble::invalid("time", "must be a time of day within the session, such as 20:41"))
}

/// `GET /f/changed`
pub async fn what_changed<S: Sight>(
    req: HttpRequest,
    mut asked: Asked<S>,
    state: Data<AppState>,
) -> Result<HttpResponse, Trouble> {
    let session = state.store.session(session_id(asked.param("session"))?).await?;
    let session = session.ok_or_else(Trouble::no_session)?;
    asked.use_zone_of(&session.start.creator, &state).await?;
    let times = (asked.param("from"), asked.param("to"));
    let (part, _) = ranked::<S>(&session, times, &asked.look, &state).await?;
    Ok(html(&req, part.render()?))
}

/// The form of a page whose address asks what changed; `None` if it does not ask.
pub async fn answered<S: Sight>(
    asked: &Asked<S>,
    session: SessionId,
    form: impl FnOnce() -> ChangedForm,
    state: &AppState,
) -> Result<Option<ChangedForm>, Trouble> {
    let times = (asked.param("from"), asked.param("to"));
    if times == ("", "") {
        return Ok(None);
    }
    let session = state.store.session(session).await?.ok_or_else(Trouble::no_session)?;
    let (part, chosen) = ranked::<S>(&session, times, &asked.look, state).await?;
    Ok(Some(form().answered(times, &part, chosen)?))
}

/// The names of the gifts an answer speaks of.
pub async fn gift_names(
    session: SessionId,
    answer: Option<&Answer>,
    state: &AppState,
) -> Result<HashMap<GiftId, String>, Trouble> {
    let windows = answer.map_or(&[][..], |answer| &answer.windows);
    if !windows.iter().any(|window| window.occasion.is_some_and(|occasion| occasion.gift.is_some())) {
        return Ok(HashMap::new());
    }
    let gifts = state.store.gift_totals(session).await?;
    Ok(gifts.into_iter().filter(|gift| !gift.name.is_empty()).map(|gift| (gift.gift, gift.name)).collect())
}

/// The drivers ranked for two times of day, and the window these are.
async fn ranked<S: Sight>(
    session: &Session,
    times: (&str, &str),
    look: &Look,
    state: &AppState,
) -> Result<(ChangedPart, Option<(Stamp, Stamp)>), Trouble> {
    let (began, ended) = (session.start.recorded_from, session.ended_at.unwrap_or(state.now()));
    let Some((from, to)) = changed::window(times.0, times.1, began, ended, look) else {
        return Ok((ChangedPart::none(Unanswered::NoSuchTimes, look), None));
    };
    let part = match explained::what_changed(state, session, from, to).await {
        Ok(Some(changed)) => ChangedPart::new::<S>(&changed, look),
        Ok(None) => ChangedPart::none(Unanswered::NothingRecorded, look),
        Err(Trouble::Explain(ExplainError::Failed)) => ChangedPart::none(Unanswered::Failed, look),
        Err(err) => return Err(err),
    };
    Ok((part, Some((from, to))))
}

/// The list after it changed: in place if a script asked, else the page it stood on.
async fn changed_list<S: Sight>(
    mut asked: Asked<S>,
    session: SessionId,
    fields: &Fields,
    req: &HttpRequest,
    state: &AppState,
) -> Result<HttpResponse, Trouble> {
    let stored = state.store.session(session).await?.ok_or_else(Trouble::no_session)?;
    let creator = stored.start.creator;
    if !req.headers().contains_key("HX-Request") {
        let page = format!("/live?creator={creator}");
        return Ok(go_to(super::forms::back(fields).unwrap_or(&page)));
    }
    asked.turn_to(&creator, state).await?;
    asked.watched = state.recorder.watches();
    let list = rendered(&asked, state).await?;
    Ok(html(req, list.unwrap_or_default()))
}

/// The list of the creator that is asked for.
async fn rendered<S: Sight>(asked: &Asked<S>, state: &AppState) -> Result<Option<String>, Trouble> {
    let Some((snapshot, session)) = asked.session() else { return Ok(None) };
    let gifts = gift_names(session.id, session.answer.as_deref(), state).await?;
    let view = View::parse(asked.param("win"), asked.param("on"));
    let moments = live_moments(snapshot, &view, &gifts, &asked.look);
    Ok(moments.map(|moments| moments.render()).transpose()?)
}
