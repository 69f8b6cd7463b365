//! Why viewers changed, and trials.

use super::forms::creator;
use super::fragments::html;
use super::saves::named_file;
use super::{Asked, Fields, go_to, last, shown};
use crate::domain::driver::Driver;
use crate::domain::handle::Handle;
use crate::domain::ids::SessionId;
use crate::domain::session::Session;
use crate::domain::time::Stamp;
use crate::domain::trial::{TrialPlan, TrialState};
use crate::domain::watch::WatchState;
use crate::recorder::snapshot::Snapshot;
use crate::reports::insights::{self, Found, Insights, Scope};
use crate::reports::trials;
use crate::web::api::answer::tagged;
use crate::web::error::Trouble;
use crate::web::pages::insights::{Asked as About, InsightsPage};
use crate::web::pages::trial::TrialReminder;
use crate::web::pictures::PNG;
use crate::web::saves::csv::CSV;
use crate::web::saves::{figures, numbers};
use crate::web::state::AppState;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use std::sync::Arc;

/// `GET /insights`
pub async fn page(mut asked: Asked, state: Data<AppState>) -> Result<HttpResponse, Trouble> {
    let Some((creator, found)) = find(&mut asked, &state).await? else {
        return Ok(go_to("/welcome"));
    };
    let chosen = Driver::parse(asked.param("driver"));
    shown(&InsightsPage::new(&asked.visit(), &creator, found.as_ref(), chosen))
}

/// `GET /insights.png`: the drawings of the page with that query.
pub async fn png(mut asked: Asked, req: HttpRequest, state: Data<AppState>) -> Result<HttpResponse, Trouble> {
    let (creator, found) = find(&mut asked, &state).await?.ok_or_else(nothing)?;
    let page = InsightsPage::new(&asked.visit(), &creator, found.as_ref(), None);
    let drawing = figures::insights(&page, &asked.look).ok_or_else(nothing)?;
    let png = state.kept.pictures.png(drawing).await?;
    Ok(named_file(png.answer(&req, PNG), &format!("pasut-{creator}-insights.png")))
}

/// `GET /insights.csv`: the numbers behind them.
pub async fn csv(mut asked: Asked, req: HttpRequest, state: Data<AppState>) -> Result<HttpResponse, Trouble> {
    let (creator, found) = find(&mut asked, &state).await?.ok_or_else(nothing)?;
    let csv = match found.as_ref().map(|insights| &insights.found) {
        Some(Found::InSession { answer: Some(answer), .. }) => numbers::of_session(answer, &asked.look),
        Some(Found::Over { each, .. }) if !each.is_empty() => numbers::of_sessions(each, &asked.look),
        _ => return Err(nothing()),
    };
    let csv = tagged(&req, CSV, csv.into_bytes());
    Ok(named_file(csv, &format!("pasut-{creator}-insights.csv")))
}

fn nothing() -> Trouble {
    Trouble::NotFound("There is no answer yet, so there is nothing to save. See /insights.".to_owned())
}

/// The creator and the answer that the address asks about; `None` while nobody is watched.
async fn find(asked: &mut Asked, state: &AppState) -> Result<Option<(Handle, Option<Insights>)>, Trouble> {
    let about = About::parse(asked.param("scope"));
    let named = match about {
        About::Session(Some(id)) => state.store.session(id).await?,
        About::Session(None) | About::Days(_) => None,
    };
    let creator = named.as_ref().map(|session| &session.start.creator).or(asked.creator.as_ref()).cloned();
    let Some(creator) = creator else { return Ok(None) };
    asked.turn_to(&creator, state).await?;
    let scope = match (about, named) {
        (About::Days(days), _) => Some(Scope::Days(days)),
        (About::Session(_), Some(session)) => Some(of_session(session, asked)),
        (About::Session(_), None) => {
            let newest = state.store.last_session_of(&creator).await?;
            newest.map(|session| of_session(session, asked))
        }
    };
    let found = match scope {
        Some(scope) => {
            let tiers = state.recorder.tiers();
            Some(
                insights::insights(&state.store, &state.remembered, &creator, scope, tiers, asked.now)
                    .await?,
            )
        }
        None => None,
    };
    Ok(Some((creator, found)))
}

/// `GET /f/trial`: what a running trial asks for now. Whoever is shown a slot has seen it.
pub async fn reminder(
    req: HttpRequest,
    state: Data<AppState>,
    asked: Asked,
) -> Result<HttpResponse, Trouble> {
    let Some(creator) = &asked.creator else { return Ok(HttpResponse::NoContent().finish()) };
    let live = asked.snapshot().and_then(|snapshot| running(snapshot));
    let reminded = trials::remind(&state.store, creator, live, asked.now).await?;
    let part = TrialReminder::new(creator, reminded.as_ref(), &asked.look);
    Ok(html(&req, part.render()?))
}

/// `POST /insights/trial/start`
pub async fn start(fields: Fields, state: Data<AppState>) -> Result<HttpResponse, Trouble> {
    let number = |name: &str| last(&fields, name).and_then(|text| text.trim().parse::<i64>().ok());
    let wrong = |name: &str| Trouble::invalid(name, "is none of the choices of the form");
    let minutes = number("window").filter(|minutes| TrialPlan::WINDOWS_MIN.contains(minutes));
    let slots =
        number("slots").and_then(|slots| TrialPlan::SLOTS.into_iter().find(|n| i64::from(*n) == slots));
    let plan = TrialPlan {
        creator: creator(&fields)?,
        prompt: last(&fields, "prompt").and_then(Driver::parse).ok_or_else(|| wrong("prompt"))?,
        window_ms: minutes.ok_or_else(|| wrong("window"))? * 60_000,
        pairs: slots.ok_or_else(|| wrong("slots"))? / 2,
        seed: rand::random(),
    };
    // One that runs already stays as it is, and the page shows it.
    state.store.start_trial(&plan, state.now()).await?;
    Ok(go_to(&format!("/insights?creator={}#trial", plan.creator)))
}

/// `POST /insights/trial/stop`
pub async fn stop(fields: Fields, state: Data<AppState>) -> Result<HttpResponse, Trouble> {
    let creator = creator(&fields)?;
    if let Some(trial) = state.store.running_trial(&creator).await? {
        state.store.end_trial(trial.id, TrialState::Abandoned { at: state.now() }).await?;
    }
    Ok(go_to(&format!("/insights?creator={creator}#trial")))
}

/// A session, with what the live page says of it if it runs.
fn of_session(session: Session, asked: &Asked) -> Scope {
    let shown = asked.snapshot().and_then(|snapshot| snapshot.session.as_ref());
    let live = shown.filter(|live| live.id == session.id && live.ended_at.is_none());
    let live = live.and_then(|live| live.answer.as_ref().map(Arc::clone));
    Scope::Session { session: Box::new(session), live }
}

/// The session that can be seen right now, with its beginning.
fn running(snapshot: &Snapshot) -> Option<(SessionId, Stamp)> {
    let session = snapshot.running()?;
    (snapshot.state == WatchState::Live).then_some((session.id, session.start.recorded_from))
}
