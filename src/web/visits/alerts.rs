//! Settings, Alerts: goals.

use super::{Asked, Fields, go_to, last, shown, shown_as};
use crate::domain::goal::{GoalKind, GoalPlan};
use crate::domain::handle::Handle;
use crate::settings::goals::GoalError;
use crate::web::error::Trouble;
use crate::web::pages::alerts::AlertsPage;
use crate::web::pages::goals::GoalList;
use crate::web::state::AppState;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};

/// `GET /settings/alerts`
pub async fn page(asked: Asked, state: Data<AppState>) -> Result<HttpResponse, Trouble> {
    shown(&view(&asked, asked.creator.as_ref(), None, &state))
}

/// `POST /settings/alerts/goals`
pub async fn add_goal(asked: Asked, fields: Fields, state: Data<AppState>) -> Result<HttpResponse, Trouble> {
    let creator = named(&fields)?;
    let kind = last(&fields, "kind").and_then(GoalKind::parse);
    let plan = GoalPlan {
        creator: creator.clone(),
        kind: kind.ok_or_else(|| Trouble::invalid("kind", "is none of the choices of the form"))?,
        // What is no number is told like one that is too small.
        target: last(&fields, "target").and_then(|text| text.trim().parse().ok()).unwrap_or_default(),
        title: last(&fields, "title").unwrap_or_default().to_owned(),
    };
    let active = last(&fields, "show") == Some("yes");
    done(state.goals.add(plan, active).await, &asked, &creator, &state)
}

/// `POST /settings/alerts/goals/{id}`: shows it, takes it back or removes it.
pub async fn change_goal(
    asked: Asked,
    id: Path<i64>,
    fields: Fields,
    state: Data<AppState>,
) -> Result<HttpResponse, Trouble> {
    let creator = named(&fields)?;
    let result = match last(&fields, "do") {
        Some("activate") => state.goals.activate(*id).await,
        Some("draft") => state.goals.take_back(*id).await,
        Some("remove") => state.goals.remove(*id).await,
        _ => return Err(Trouble::invalid("do", "must be activate, draft or remove")),
    };
    done(result, &asked, &creator, &state)
}

fn done(
    result: Result<(), GoalError>,
    asked: &Asked,
    creator: &Handle,
    state: &AppState,
) -> Result<HttpResponse, Trouble> {
    match result {
        Ok(()) => Ok(go_to(&format!("/settings/alerts?creator={creator}#goals"))),
        Err(GoalError::Store(err)) => Err(err.into()),
        Err(problem) => shown_as(StatusCode::BAD_REQUEST, &view(asked, Some(creator), Some(&problem), state)),
    }
}

fn view(
    asked: &Asked,
    creator: Option<&Handle>,
    problem: Option<&GoalError>,
    state: &AppState,
) -> AlertsPage {
    let goals = creator.map(|creator| {
        let snapshot = asked.watched.iter().find(|watch| watch.creator == *creator);
        GoalList::new(creator, &state.goals.of(creator), snapshot.map(AsRef::as_ref), problem, &asked.look)
    });
    AlertsPage::new(&asked.visit(), goals)
}

fn named(fields: &Fields) -> Result<Handle, Trouble> {
    let named = last(fields, "creator").unwrap_or_default();
    Handle::parse(named).map_err(|err| Trouble::invalid("creator", &err.to_string()))
}
