//! What forms ask to be done. Each ends on a page of ours, so that reloading does nothing twice.

use super::{Asked, Fields, KEYS, LANG, THEME, ZONE, go_to, last, shown_as};
use crate::domain::handle::Handle;
use crate::domain::ids::GiftId;
use crate::web::address::local_path;
use crate::web::error::Trouble;
use crate::web::look::Theme;
use crate::web::pages::creators::{AddCreator, CreatorsPage, Order};
use crate::web::pages::welcome::{Step, WelcomePage};
use crate::web::state::AppState;
use crate::words::Lang;
use actix_web::http::StatusCode;
use actix_web::http::header::{REFERER, SET_COOKIE};
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use chrono_tz::Tz;

/// A year, in seconds.
const KEEP_S: u32 = 31_536_000;

/// The dearest gift that a person may price, in diamonds.
const MAX_PRICE: u32 = 999_999;

/// `POST /settings/display`: language, theme, zone and single keys of this browser.
pub async fn display(fields: Fields) -> HttpResponse {
    let mut response = go_to(back(&fields).unwrap_or("/"));
    remember(&mut response, &fields);
    response
}

/// `POST /welcome/language`
pub async fn welcome_language(fields: Fields) -> HttpResponse {
    let mut response = go_to("/welcome?step=2");
    remember(&mut response, &fields);
    response
}

/// `POST /welcome/creator`
pub async fn welcome_creator(
    asked: Asked,
    fields: Fields,
    state: Data<AppState>,
) -> Result<HttpResponse, Trouble> {
    match watch(&asked, &fields, &state).await? {
        Ok(handle) => Ok(go_to(&format!("/welcome?creator={handle}"))),
        Err(form) => {
            let page = WelcomePage::new(&asked.visit(), Step::Account, form);
            shown_as(StatusCode::BAD_REQUEST, &page)
        }
    }
}

/// `POST /creators`
pub async fn add_creator(
    asked: Asked,
    fields: Fields,
    state: Data<AppState>,
) -> Result<HttpResponse, Trouble> {
    match watch(&asked, &fields, &state).await? {
        Ok(_) => Ok(go_to("/creators")),
        Err(form) => {
            let page = CreatorsPage::new(&asked.visit(), Order::default(), form);
            shown_as(StatusCode::BAD_REQUEST, &page)
        }
    }
}

/// `POST /creators/{username}/start`
pub async fn start(
    req: HttpRequest,
    username: Path<String>,
    state: Data<AppState>,
) -> Result<HttpResponse, Trouble> {
    let handle = named(&username)?;
    state.recorder.start_watching(&handle).await?;
    Ok(go_to(&where_from(&req, &handle)))
}

/// `POST /creators/{username}/stop`
pub async fn stop(
    req: HttpRequest,
    username: Path<String>,
    state: Data<AppState>,
) -> Result<HttpResponse, Trouble> {
    let handle = named(&username)?;
    state.recorder.stop_watching(&handle).await?;
    Ok(go_to(&where_from(&req, &handle)))
}

/// `POST /creators/{username}/remove`
pub async fn remove(username: Path<String>, state: Data<AppState>) -> Result<HttpResponse, Trouble> {
    state.recorder.unwatch(&named(&username)?).await?;
    Ok(go_to("/creators"))
}

/// `POST /gifts/{id}/price`
pub async fn price(
    gift: Path<String>,
    fields: Fields,
    state: Data<AppState>,
) -> Result<HttpResponse, Trouble> {
    let gift: GiftId = gift.parse().map_err(|_| Trouble::NotFound("There is no such gift.".to_owned()))?;
    let diamonds = last(&fields, "diamonds").and_then(|text| text.trim().parse().ok());
    let diamonds = diamonds.filter(|diamonds| *diamonds <= MAX_PRICE).ok_or_else(|| {
        Trouble::invalid("diamonds", &format!("must be a whole number from 0 to {MAX_PRICE}"))
    })?;
    let guessed = last(&fields, "guessed").is_some();
    let known = state.store.gift_values().await?.into_iter().find(|value| value.gift == gift);
    let name = known.map(|value| value.name).unwrap_or_default();
    state.recorder.price_gift(gift, name, diamonds, guessed).await?;
    Ok(go_to(back(&fields).unwrap_or("/sessions")))
}

/// Watches who was typed, or says in the form why not.
async fn watch(
    asked: &Asked,
    fields: &Fields,
    state: &AppState,
) -> Result<Result<Handle, AddCreator>, Trouble> {
    let typed = last(fields, "username").unwrap_or_default();
    match Handle::parse(typed) {
        Ok(handle) => {
            state.recorder.watch(handle.clone(), asked.look.zone.name()).await?;
            Ok(Ok(handle))
        }
        Err(err) => {
            let typed = typed.chars().take(100).collect();
            Ok(Err(AddCreator { typed, problem: err.to_string() }))
        }
    }
}

fn named(username: &str) -> Result<Handle, Trouble> {
    Handle::parse(username).map_err(|err| Trouble::NotFound(err.to_string()))
}

/// The list, for whoever pressed the button there; else the creator's page.
fn where_from(req: &HttpRequest, creator: &Handle) -> String {
    let page = req.headers().get(REFERER).and_then(|referer| referer.to_str().ok()).unwrap_or_default();
    let path = page.split_once("://").and_then(|(_, rest)| rest.split_once('/')).map_or("", |(_, path)| path);
    if path.starts_with("creators") { "/creators".to_owned() } else { format!("/live?creator={creator}") }
}

/// Whom a form is about.
pub(super) fn creator(fields: &Fields) -> Result<Handle, Trouble> {
    let named = last(fields, "creator").unwrap_or_default();
    Handle::parse(named).map_err(|err| Trouble::invalid("creator", &err.to_string()))
}

/// The page the form stood on, if it is one of ours: a path, and no other host.
pub(super) fn back(fields: &Fields) -> Option<&str> {
    last(fields, "back").and_then(local_path)
}

/// Keeps what was chosen in this browser; nonsense is not kept.
fn remember(response: &mut HttpResponse, fields: &Fields) {
    let lang = last(fields, "lang").and_then(Lang::parse).map(Lang::code);
    let theme = last(fields, "theme").map(|theme| Theme::parse(theme).as_str());
    let zone = last(fields, "zone").and_then(|zone| zone.parse::<Tz>().ok()).map(Tz::name);
    let keys = last(fields, "keys").map(|keys| if keys == "off" { "off" } else { "on" });
    // No zone is that of each creator.
    let forget = last(fields, "zone").filter(|zone| zone.is_empty()).map(|_| (ZONE, "", 0));
    let kept = [(LANG, lang), (THEME, theme), (ZONE, zone), (KEYS, keys)];
    let kept = kept.into_iter().filter_map(|(name, value)| Some((name, value?, KEEP_S)));
    for (name, value, age_s) in kept.chain(forget) {
        let cookie = format!("{name}={value}; Path=/; Max-Age={age_s}; SameSite=Lax");
        let cookie = cookie.parse().expect("made of letters, digits and a few signs");
        response.headers_mut().append(SET_COOKIE, cookie);
    }
}
