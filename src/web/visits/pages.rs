//! Whole pages.

use super::saves::named_file;
use super::{Asked, go_to, moments, shown};
use crate::domain::time::Stamp;
use crate::reports::past::{self, Past};
use crate::web::access::{Identity, Visitor};
use crate::web::api::answer::tagged;
use crate::web::assets;
use crate::web::error::Trouble;
use crate::web::pages::creators::{AddCreator, CreatorsPage, Order};
use crate::web::pages::goals;
use crate::web::pages::live::{self, Beside, LivePage};
use crate::web::pages::more::{HelpPage, MorePage};
use crate::web::pages::sessions::view::View;
use crate::web::pages::sessions::{SessionsPage, heat};
use crate::web::pages::welcome::{Step, WelcomePage};
use crate::web::pictures::PNG;
use crate::web::saves::csv::CSV;
use crate::web::saves::{figures, numbers};
use crate::web::sight::{Moneyless, Sight, WithMoney};
use crate::web::state::AppState;
use actix_web::http::header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, VARY};
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};

/// `GET /`: the page that fits how many creators are watched.
pub async fn start(asked: Asked<Moneyless>) -> HttpResponse {
    go_to(match asked.watched.len() {
        0 => first_page(&asked),
        1 => "/live",
        _ => "/creators",
    })
}

/// Where whoever watches nobody begins.
fn first_page<S>(asked: &Asked<S>) -> &'static str {
    if asked.look.may_manage() { "/welcome" } else { "/creators" }
}

/// `GET /welcome`
pub async fn welcome(asked: Asked) -> Result<HttpResponse, Trouble> {
    let step = match (asked.param("step"), asked.snapshot()) {
        ("1", _) => Step::Language,
        ("2", _) => Step::Account,
        (_, Some(_)) => Step::Watching,
        (_, None) => Step::Language,
    };
    shown(&WelcomePage::new(&asked.visit(), step, AddCreator::default()))
}

/// `GET /creators`
pub async fn creators<S: Sight>(asked: Asked<S>) -> Result<HttpResponse, Trouble> {
    shown(&CreatorsPage::new(&asked.visit(), Order::parse(asked.param("sort")), AddCreator::default()))
}

/// `GET /live`
pub async fn live<S: Sight>(asked: Asked<S>, state: Data<AppState>) -> Result<HttpResponse, Trouble> {
    let Some(snapshot) = asked.snapshot() else {
        return Ok(go_to(if asked.watched.is_empty() { first_page(&asked) } else { "/creators" }));
    };
    let view = live::View::parse(asked.param("win"), asked.param("on"));
    let session = snapshot.session.as_ref().filter(|_| view.window.needs_store());
    let bins = match session {
        Some(session) => {
            Some(state.store.series(session.id, session.start.recorded_from, Stamp(i64::MAX)).await?)
        }
        None => None,
    };
    let beside = match &snapshot.session {
        Some(session) => Beside {
            goals: goals::shown(&state.goals, snapshot),
            gifts: moments::gift_names(session.id, session.answer.as_deref(), &state).await?,
            changed: moments::answered(
                &asked,
                session.id,
                || view.changed_form(snapshot.creator.as_str(), session.id, &asked.look),
                &state,
            )
            .await?,
        },
        None => Beside::default(),
    };
    shown(&LivePage::new(&asked.visit(), snapshot, &view, asked.param("feed"), bins.as_deref(), beside)?)
}

/// `GET /sessions`. What is usual, empty or nonsense is dropped from the address.
pub async fn sessions<S: Sight>(asked: Asked<S>, state: Data<AppState>) -> Result<HttpResponse, Trouble> {
    let view = View::parse(|name| asked.param(name), S::MONEY);
    let address = view.address();
    if !asked.is_at(&address) {
        return Ok(go_to(&address));
    }
    let past = past::past(&state.store, &view.wanted, asked.look.zone, asked.now).await?;
    shown(&SessionsPage::new(&asked.visit(), &past, &view))
}

/// `GET /best-times.png`: the hours of the week as the list of sessions with that query shows them.
pub async fn best_times_png(
    req: HttpRequest,
    asked: Asked,
    state: Data<AppState>,
) -> Result<HttpResponse, Trouble> {
    let (view, past) = best_days(&asked, &state).await?;
    let heat = heat(&past, &view, &asked.visit()).ok_or_else(nothing_live)?;
    let png = state.kept.pictures.png(figures::best_times(&heat, &asked.look)).await?;
    Ok(named_file(png.answer(&req, PNG), "pasut-best-times.png"))
}

/// `GET /best-times.csv`: the numbers behind it.
pub async fn best_times_csv(
    req: HttpRequest,
    asked: Asked,
    state: Data<AppState>,
) -> Result<HttpResponse, Trouble> {
    let (view, past) = best_days(&asked, &state).await?;
    past.best.hours().ok_or_else(nothing_live)?;
    let csv = numbers::best_times(&past.best, view.by_value, &asked.look);
    Ok(named_file(tagged(&req, CSV, csv.into_bytes()), "pasut-best-times.csv"))
}

/// What the list of sessions is asked for by this address, and its answer.
async fn best_days(asked: &Asked, state: &AppState) -> Result<(View, Past), Trouble> {
    let view = View::parse(|name| asked.param(name), WithMoney::MONEY);
    let past = past::past(&state.store, &view.wanted, asked.look.zone, asked.now).await?;
    Ok((view, past))
}

fn nothing_live() -> Trouble {
    Trouble::NotFound("Nothing was recorded in these days. The list is at /sessions.".to_owned())
}

/// `GET /more`
pub async fn more(asked: Asked<Moneyless>, visitor: Visitor) -> Result<HttpResponse, Trouble> {
    let account = match visitor.identity() {
        Identity::Account { name, .. } => name.as_str(),
        _ => "",
    };
    shown(&MorePage::new(&asked.visit(), account))
}

/// `GET /help`
pub async fn help(asked: Asked<Moneyless>) -> Result<HttpResponse, Trouble> {
    shown(&HelpPage::new(&asked.visit()))
}

/// `GET /assets/{file}`
pub async fn asset(req: HttpRequest, file: Path<String>) -> Result<HttpResponse, Trouble> {
    let asset = assets::find(&file)
        .ok_or_else(|| Trouble::NotFound("There is no such file. Load the page again.".to_owned()))?;
    let accepts = req.headers().get(ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or("");
    let mut response = HttpResponse::Ok();
    response
        .content_type(asset.content_type)
        .insert_header((CACHE_CONTROL, assets::CACHE_CONTROL))
        .insert_header((VARY, "Accept-Encoding"));
    if accepts.contains("gzip") {
        return Ok(response.insert_header((CONTENT_ENCODING, "gzip")).body(asset.gzipped()));
    }
    Ok(response.body(asset.body.clone()))
}
