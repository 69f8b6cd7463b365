//! Settings, Connection: how Pasut reaches TikTok, changed and tried.

use super::{Asked, Fields, go_to, last, shown, shown_as};
use crate::domain::handle::Handle;
use crate::settings::connection::{SettingsError, Shown, Step, StepName};
use crate::web::error::Trouble;
use crate::web::pages::connection::{
    Connection, ConnectionPage, Field, LockedBy, Outcome, Secret, TestStep, TestedStep,
};
use crate::web::state::AppState;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use std::collections::BTreeMap;

/// Why a setting was not taken, by its name.
type Problems = BTreeMap<&'static str, String>;

/// `GET /settings/connection`
pub async fn page(asked: Asked, state: Data<AppState>) -> Result<HttpResponse, Trouble> {
    let saved = asked.param("saved") == "1";
    let connection = connection(&state, &Problems::new(), saved).await?;
    shown(&ConnectionPage::new(&asked.visit(), &connection, &[]))
}

/// `POST /settings/connection`: what can be used is saved, the rest is said beside its field.
pub async fn save(asked: Asked, fields: Fields, state: Data<AppState>) -> Result<HttpResponse, Trouble> {
    let mut problems = Problems::new();
    for (name, value) in changes(&fields) {
        match state.connection.change(name, value).await {
            Ok(()) => {}
            Err(err @ SettingsError::Invalid(_)) => {
                problems.insert(name, err.to_string());
            }
            Err(SettingsError::Store(err)) => return Err(err.into()),
        }
    }
    if problems.is_empty() {
        return Ok(go_to("/settings/connection?saved=1"));
    }
    let connection = connection(&state, &problems, false).await?;
    shown_as(StatusCode::BAD_REQUEST, &ConnectionPage::new(&asked.visit(), &connection, &[]))
}

/// `POST /settings/connection/test`
pub async fn test(mut asked: Asked, fields: Fields, state: Data<AppState>) -> Result<HttpResponse, Trouble> {
    let typed = last(&fields, "username").unwrap_or_default();
    let creator = Handle::parse(typed).map_err(|err| Trouble::invalid("username", &err.to_string()))?;
    let steps = tested(&state.connection.test(&creator).await);
    asked.creator = Some(creator);
    let connection = connection(&state, &Problems::new(), false).await?;
    shown(&ConnectionPage::new(&asked.visit(), &connection, &steps))
}

/// What the form asks for. A locked field is not sent. A secret cannot be read, so its field is
/// empty unless it is to be changed, and a mark beside it removes it.
fn changes(fields: &Fields) -> Vec<(&'static str, Option<&str>)> {
    let mut changes = Vec::new();
    for name in ["route", "proxy"] {
        changes.extend(last(fields, name).map(|value| (name, Some(value))));
    }
    for (name, field, remove) in
        [("sign_api_key", "sign_key", "sign_key_remove"), ("cookie", "cookie", "cookie_remove")]
    {
        let typed = last(fields, field).filter(|typed| !typed.trim().is_empty());
        if typed.is_some() || last(fields, remove).is_some() {
            changes.push((name, typed));
        }
    }
    changes
}

async fn connection(state: &AppState, problems: &Problems, saved: bool) -> Result<Connection, Trouble> {
    let mut all = state.connection.shown().await?;
    let mut take = |name| all.remove(name).unwrap_or_default();
    let problem = |name| problems.get(name).cloned().unwrap_or_default();
    let field =
        |shown: Shown, name| Field { locked: locked(&shown), value: shown.value, problem: problem(name) };
    let secret =
        |shown: Shown, name| Secret { is_set: shown.is_set, locked: locked(&shown), problem: problem(name) };
    let mut route = field(take("route"), "route");
    if route.value.is_empty() {
        "auto".clone_into(&mut route.value);
    }
    Ok(Connection {
        route,
        sign_key: secret(take("sign_api_key"), "sign_api_key"),
        proxy: field(take("proxy"), "proxy"),
        cookie: secret(take("cookie"), "cookie"),
        saved,
    })
}

fn locked(shown: &Shown) -> Option<LockedBy> {
    shown.fixed_by.map(|by| match by {
        "flag" => LockedBy::Flag,
        "environment" => LockedBy::Environment,
        _ => LockedBy::File,
    })
}

/// The steps that were tried, and the last one where there was no room to try it on.
fn tested(steps: &[Step]) -> Vec<TestedStep> {
    let mut tested: Vec<_> = steps
        .iter()
        .map(|step| TestedStep {
            step: match step.what {
                StepName::Website => TestStep::Web,
                StepName::Creator => TestStep::Room,
                StepName::SignServer => TestStep::Sign,
                StepName::Socket => TestStep::Socket,
            },
            outcome: match &step.outcome {
                Ok(()) => Outcome::Worked,
                Err(cause) => Outcome::Failed { reason: cause.to_string() },
            },
        })
        .collect();
    if tested.last().is_some_and(|last| last.step == TestStep::Room && last.outcome == Outcome::Worked) {
        tested.push(TestedStep { step: TestStep::Socket, outcome: Outcome::NotTried });
    }
    tested
}
