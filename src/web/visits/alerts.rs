//! Settings, Alerts and Webhooks, and what an open tab is told.

use super::forms;
use super::fragments::html;
use super::preferences::{answered, save, told};
use super::{Asked, Fields, go_to, last, shown, shown_as};
use crate::alerts::webhooks::{Wanted, WebhookError};
use crate::domain::goal::{GoalKind, GoalPlan};
use crate::domain::handle::Handle;
use crate::settings::goals::GoalError;
use crate::store::webhooks::Form;
use crate::web::error::Trouble;
use crate::web::pages::alerts::{AlertsPage, Toasts};
use crate::web::pages::goals::GoalList;
use crate::web::pages::settings::Told;
use crate::web::pages::webhooks::{Log, Typed, View, WebhooksPage};
use crate::web::sight::Moneyless;
use crate::web::state::AppState;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

/// The page lists so many alerts.
const MOST_TOLD: i64 = 20;

/// `GET /settings/alerts`
pub async fn page(asked: Asked, state: Data<AppState>) -> Result<HttpResponse, Trouble> {
    let told = told(&asked, &state).await?;
    shown(&view(&asked, asked.creator.as_ref(), None, &told, &state).await?)
}

/// `POST /settings/alerts`
pub async fn save_rule(asked: Asked, fields: Fields, state: Data<AppState>) -> Result<HttpResponse, Trouble> {
    let saved = save(&fields, &state).await?;
    let page = async |told| view(&asked, asked.creator.as_ref(), None, &told, &state).await;
    answered("/settings/alerts", saved, &asked, &state, page).await
}

/// `POST /settings/alerts/goals`
pub async fn add_goal(asked: Asked, fields: Fields, state: Data<AppState>) -> Result<HttpResponse, Trouble> {
    let creator = forms::creator(&fields)?;
    let kind = last(&fields, "kind").and_then(GoalKind::parse);
    let plan = GoalPlan {
        creator: creator.clone(),
        kind: kind.ok_or_else(|| Trouble::invalid("kind", "is none of the choices of the form"))?,
        // What is no number is told like one that is too small.
        target: last(&fields, "target").and_then(|text| text.trim().parse().ok()).unwrap_or_default(),
        title: last(&fields, "title").unwrap_or_default().to_owned(),
    };
    let active = last(&fields, "show") == Some("yes");
    done(state.goals.add(plan, active).await, &asked, &creator, &state).await
}

/// `POST /settings/alerts/goals/{id}`: shows it, takes it back or removes it.
pub async fn change_goal(
    asked: Asked,
    id: Path<i64>,
    fields: Fields,
    state: Data<AppState>,
) -> Result<HttpResponse, Trouble> {
    let creator = forms::creator(&fields)?;
    let result = match last(&fields, "do") {
        Some("activate") => state.goals.activate(*id).await,
        Some("draft") => state.goals.take_back(*id).await,
        Some("remove") => state.goals.remove(*id).await,
        _ => return Err(Trouble::invalid("do", "must be activate, draft or remove")),
    };
    done(result, &asked, &creator, &state).await
}

/// `GET /f/alerts`: what was told after alert `after`. Whoever names none is told from now on.
pub async fn toasts(
    req: HttpRequest,
    asked: Asked<Moneyless>,
    state: Data<AppState>,
) -> Result<HttpResponse, Trouble> {
    let Some(creator) = &asked.creator else { return Ok(HttpResponse::NoContent().finish()) };
    let newest = state.alerts.newest();
    let after = asked.param("after").parse().ok();
    let alerts = match after {
        Some(after) if after >= newest => return Ok(HttpResponse::NoContent().finish()),
        Some(after) => state.store.alerts_after(creator, after).await?,
        None => Vec::new(),
    };
    let quiet = state.preferences.now().alerts.quiet;
    Ok(html(&req, Toasts::new(creator, &alerts, newest, quiet, &asked.look).render()?))
}

/// `GET /settings/webhooks`
pub async fn webhooks(asked: Asked, state: Data<AppState>) -> Result<HttpResponse, Trouble> {
    shown(&webhooks_page(&asked, &state, Typed::default(), None, None).await?)
}

/// `POST /settings/webhooks`: adds one. Its secret is in this answer and nowhere else.
pub async fn add_webhook(
    asked: Asked,
    fields: Fields,
    state: Data<AppState>,
) -> Result<HttpResponse, Trouble> {
    let typed = Typed {
        url: last(&fields, "url").unwrap_or_default().chars().take(2000).collect(),
        form: last(&fields, "form").unwrap_or_default().to_owned(),
        private: last(&fields, "private") == Some("yes"),
    };
    let wanted = Wanted {
        url: typed.url.clone(),
        form: Form::parse(&typed.form),
        private: typed.private,
        lang: asked.look.lang,
    };
    match state.alerts.add_webhook(wanted).await {
        Ok((_, secret)) => {
            let page = webhooks_page(&asked, &state, Typed::default(), None, Some(secret)).await?;
            shown(&page)
        }
        Err(WebhookError::Store(err)) => Err(err.into()),
        Err(problem) => {
            let page = webhooks_page(&asked, &state, typed, Some(problem), None).await?;
            shown_as(StatusCode::BAD_REQUEST, &page)
        }
    }
}

/// `POST /settings/webhooks/{id}`: tests it, switches it on or off, or removes it.
pub async fn change_webhook(
    asked: Asked,
    id: Path<i64>,
    fields: Fields,
    state: Data<AppState>,
) -> Result<HttpResponse, Trouble> {
    let result = match last(&fields, "do") {
        Some("test") => {
            // It is told of whoever is watched; a Pasut that watches nobody speaks for itself.
            let creator = asked.creator.clone().or_else(|| Handle::parse("pasut").ok());
            let creator = creator.expect("this is a handle");
            state.alerts.test_webhook(*id, creator).await
        }
        Some("on") => state.alerts.enable_webhook(*id, true).await,
        Some("off") => state.alerts.enable_webhook(*id, false).await,
        Some("remove") => state.alerts.remove_webhook(*id).await,
        _ => return Err(Trouble::invalid("do", "must be test, on, off or remove")),
    };
    match result {
        Ok(()) => Ok(go_to("/settings/webhooks")),
        Err(WebhookError::Store(err)) => Err(err.into()),
        Err(problem) => {
            let page = webhooks_page(&asked, &state, Typed::default(), Some(problem), None).await?;
            shown_as(StatusCode::BAD_REQUEST, &page)
        }
    }
}

/// `GET /f/deliveries`
pub async fn deliveries(
    req: HttpRequest,
    asked: Asked,
    state: Data<AppState>,
) -> Result<HttpResponse, Trouble> {
    Ok(html(&req, Log::new(&state.alerts.deliveries().await?, &asked.look).render()?))
}

async fn done(
    result: Result<(), GoalError>,
    asked: &Asked,
    creator: &Handle,
    state: &AppState,
) -> Result<HttpResponse, Trouble> {
    match result {
        Ok(()) => Ok(go_to(&format!("/settings/alerts?creator={creator}#goals"))),
        Err(GoalError::Store(err)) => Err(err.into()),
        Err(problem) => {
            let told = told(asked, state).await?;
            let page = view(asked, Some(creator), Some(&problem), &told, state).await?;
            shown_as(StatusCode::BAD_REQUEST, &page)
        }
    }
}

async fn view(
    asked: &Asked,
    creator: Option<&Handle>,
    problem: Option<&GoalError>,
    told: &Told,
    state: &AppState,
) -> Result<AlertsPage, Trouble> {
    let goals = creator.map(|creator| {
        let snapshot = asked.watched.iter().find(|watch| watch.creator == *creator);
        GoalList::new(creator, &state.goals.of(creator), snapshot.map(AsRef::as_ref), problem, &asked.look)
    });
    let alerts = match creator {
        Some(creator) => state.store.latest_alerts(creator, MOST_TOLD).await?,
        None => Vec::new(),
    };
    Ok(AlertsPage::new(&asked.visit(), goals, &state.preferences.chosen(), told, &alerts))
}

async fn webhooks_page(
    asked: &Asked,
    state: &AppState,
    typed: Typed,
    problem: Option<WebhookError>,
    secret: Option<String>,
) -> Result<WebhooksPage, Trouble> {
    let view = View {
        webhooks: state.alerts.webhooks().await?,
        deliveries: state.alerts.deliveries().await?,
        typed,
        problem,
        secret,
    };
    Ok(WebhooksPage::new(&asked.visit(), view))
}
