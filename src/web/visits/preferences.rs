//! Settings that are preferences: Session, Gifts, Money and Display, changed one by one and taken back. Those
//! of Data are saved by this, too.

use super::forms::back;
use super::{Asked, Fields, KEYS, ZONE, cookie, go_to, last, shown, shown_as};
use crate::domain::days::local_day;
use crate::settings::preferences::{Key, PreferenceError, Unusable};
use crate::web::error::Trouble;
use crate::web::pages::settings::{DisplayPage, SettingsPage, Told};
use crate::web::sight::Moneyless;
use crate::web::state::AppState;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

/// What was typed for a preference and cannot be used.
type Refused = (Key, String, Unusable);

/// `GET /settings/session`
pub async fn session(asked: Asked, state: Data<AppState>) -> Result<HttpResponse, Trouble> {
    let told = told(&asked, &state).await?;
    shown(&SettingsPage::session(&asked.visit(), &state.preferences.chosen(), &told))
}

/// `POST /settings/session`
pub async fn save_session(
    asked: Asked,
    fields: Fields,
    state: Data<AppState>,
) -> Result<HttpResponse, Trouble> {
    let saved = save(&fields, &state).await?;
    let page = async |told| Ok(SettingsPage::session(&asked.visit(), &state.preferences.chosen(), &told));
    answered("/settings/session", saved, &asked, &state, page).await
}

/// `GET /settings/gifts`
pub async fn gifts(asked: Asked, state: Data<AppState>) -> Result<HttpResponse, Trouble> {
    let told = told(&asked, &state).await?;
    shown(&gifts_page(&asked, &state, &told).await?)
}

/// `POST /settings/gifts`
pub async fn save_gifts(
    asked: Asked,
    fields: Fields,
    state: Data<AppState>,
) -> Result<HttpResponse, Trouble> {
    let saved = save(&fields, &state).await?;
    let page = async |told| gifts_page(&asked, &state, &told).await;
    answered("/settings/gifts", saved, &asked, &state, page).await
}

/// `GET /settings/money`
pub async fn money(asked: Asked, state: Data<AppState>) -> Result<HttpResponse, Trouble> {
    let told = told(&asked, &state).await?;
    shown(&SettingsPage::money(&asked.visit(), &state.preferences.chosen(), &told))
}

/// `POST /settings/money`. A rate that is typed is today's, until another date is typed.
pub async fn save_money(
    asked: Asked,
    fields: Fields,
    state: Data<AppState>,
) -> Result<HttpResponse, Trouble> {
    let (key, typed) = sent(&fields)?;
    let today = local_day(asked.now, asked.look.zone).to_string();
    let mut changes = vec![(key, Some(typed))];
    if key == Key::RupiahPerDollar {
        changes.push((Key::RupiahOn, Some(today.as_str()).filter(|_| !typed.trim().is_empty())));
    }
    let saved = change(&changes, &state).await?;
    let page = async |told| Ok(SettingsPage::money(&asked.visit(), &state.preferences.chosen(), &told));
    answered("/settings/money", saved, &asked, &state, page).await
}

/// `POST /settings/undo`: what was changed last is as it was before.
pub async fn undo(fields: Fields, state: Data<AppState>) -> Result<HttpResponse, Trouble> {
    state.preferences.undo().await.map_err(trouble)?;
    Ok(go_to(back(&fields).unwrap_or("/settings/session")))
}

/// `GET /settings/display`
pub async fn display(req: HttpRequest, asked: Asked<Moneyless>) -> Result<HttpResponse, Trouble> {
    let zone = cookie(&req, ZONE).and_then(|zone| zone.parse().ok());
    let keys = cookie(&req, KEYS) != Some("off");
    shown(&DisplayPage::new(&asked.visit(), zone, keys, asked.param("saved") == "1"))
}

async fn gifts_page(asked: &Asked, state: &AppState, told: &Told) -> Result<SettingsPage, Trouble> {
    let values = state.store.gift_values().await?;
    let unknown = state.store.unpriced_gifts().await?;
    Ok(SettingsPage::gifts(&asked.visit(), &state.preferences.chosen(), told, &values, &unknown))
}

/// What a page of preferences tells beside them.
pub(super) async fn told(asked: &Asked, state: &AppState) -> Result<Told, Trouble> {
    let fixed = |key| Some((key, state.preferences.fixed_by(key)?));
    Ok(Told {
        fixed: Key::ALL.into_iter().filter_map(fixed).collect(),
        before: state.preferences.before().await?,
        saved: Key::parse(asked.param("saved")),
        refused: None,
    })
}

/// Saves the preference that a form sends. `Err` holds what was typed and cannot be used.
pub(super) async fn save(fields: &Fields, state: &AppState) -> Result<Result<Key, Refused>, Trouble> {
    let (key, typed) = sent(fields)?;
    change(&[(key, Some(typed))], state).await
}

/// The preference that a form sends, and what was typed.
fn sent(fields: &Fields) -> Result<(Key, &str), Trouble> {
    // Whether this computer is open is decided on People, which looks whether anybody could log in then.
    let here = Key::ALL.into_iter().filter(|key| *key != Key::ThisComputer);
    let known = here.into_iter().find_map(|key| Some((key, last(fields, key.name())?)));
    known.ok_or_else(|| Trouble::invalid("form", "names no setting"))
}

/// Changes the first of `changes`, and with it the others.
async fn change(changes: &[(Key, Option<&str>)], state: &AppState) -> Result<Result<Key, Refused>, Trouble> {
    let (key, typed) = changes[0];
    match state.preferences.change(changes).await {
        Ok(()) => Ok(Ok(key)),
        Err(PreferenceError::Unusable { why, .. }) => {
            Ok(Err((key, typed.unwrap_or_default().chars().take(100).collect(), why)))
        }
        Err(err) => Err(trouble(err)),
    }
}

/// The answer to a form of preferences: back to its page, or that page with what cannot be used, as `page` makes it.
pub(super) async fn answered<P: Template>(
    here: &str,
    saving: Result<Key, Refused>,
    asked: &Asked,
    state: &AppState,
    page: impl AsyncFnOnce(Told) -> Result<P, Trouble>,
) -> Result<HttpResponse, Trouble> {
    match saving {
        Ok(key) => Ok(saved(here, key)),
        Err(refused) => {
            let told = Told { refused: Some(refused), ..told(asked, state).await? };
            shown_as(StatusCode::BAD_REQUEST, &page(told).await?)
        }
    }
}

/// Back to a page of preferences, which says beside this one that it was saved.
pub(super) fn saved(page: &str, key: Key) -> HttpResponse {
    go_to(&format!("{page}?saved={name}#{name}", name = key.name()))
}

pub(super) fn trouble(err: PreferenceError) -> Trouble {
    match err {
        PreferenceError::Store(err) => err.into(),
        PreferenceError::Unusable { key, why } => Trouble::invalid(key.name(), &why.to_string()),
        PreferenceError::Fixed(key) => Trouble::invalid(key.name(), "was decided before the start"),
    }
}
