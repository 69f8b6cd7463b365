//! Performance: the page, its strip of figures, and what is changed there.

use super::fragments::html;
use super::preferences::{save, saved, told, trouble};
use super::{Asked, Fields, go_to, last, shown};
use crate::performance::advice::advice;
use crate::performance::presets::Preset;
use crate::web::error::Trouble;
use crate::web::pages::performance::{Measured, PerformancePage, Span, System};
use crate::web::state::AppState;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

/// Changes of Auto that are shown.
const CHANGES: i64 = 20;

/// `GET /performance`
pub async fn page(asked: Asked, state: Data<AppState>) -> Result<HttpResponse, Trouble> {
    let span = Span::parse(asked.param("span"));
    let minutes = state.store.minutes(asked.now - span.ms()).await?;
    let changes = state.store.auto_changes(CHANGES).await?;
    let in_force = state.preferences.now();
    let free = |key| state.preferences.fixed_by(key).is_none();
    let measured = Measured {
        newest: state.machine.newest(),
        minutes: &minutes,
        changes: &changes,
        advice: &advice(&minutes, asked.now, &in_force, free),
        chosen: state.preferences.chosen(),
        in_force,
        told: &told(&asked, &state).await?,
        applied: asked.param("applied") == "1",
        span,
    };
    shown(&PerformancePage::new(&asked.visit(), &measured)?)
}

/// `GET /f/system`
pub async fn system(req: HttpRequest, asked: Asked, state: Data<AppState>) -> Result<HttpResponse, Trouble> {
    Ok(html(&req, System::new(state.machine.newest().as_ref(), &asked.look).render()?))
}

/// `POST /performance`: a preset, or one setting. What the operator fixed stays as it is.
pub async fn change(fields: Fields, state: Data<AppState>) -> Result<HttpResponse, Trouble> {
    if let Some(name) = last(&fields, "preset") {
        let preset = Preset::parse(name);
        let preset = preset.ok_or_else(|| Trouble::invalid("preset", "must be a preset's name"))?;
        let free = preset.values().filter(|(key, _)| state.preferences.fixed_by(*key).is_none());
        let changes: Vec<_> = free.map(|(key, value)| (key, Some(value))).collect();
        state.preferences.change(&changes).await.map_err(trouble)?;
        return Ok(go_to("/performance?applied=1"));
    }
    match save(&fields, &state).await? {
        Ok(_) if last(&fields, "advised").is_some() => Ok(go_to("/performance?applied=1")),
        Ok(key) => Ok(saved("/performance", key)),
        Err((key, _, why)) => Err(Trouble::invalid(key.name(), &why.to_string())),
    }
}
