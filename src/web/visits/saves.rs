//! What is saved from the page of a session: its chart as a picture and as numbers.

use super::Asked;
use super::review::answer;
use crate::analytics::metrics::Held;
use crate::domain::handle::Handle;
use crate::domain::time::Stamp;
use crate::reports::review;
use crate::reports::sessions::{SessionSummary, summary};
use crate::web::api::answer::tagged;
use crate::web::api::query;
use crate::web::error::Trouble;
use crate::web::look::{Look, Theme};
use crate::web::pages::live::View;
use crate::web::pages::review::{heading, timeline};
use crate::web::pictures::PNG;
use crate::web::saves::csv::{self, CSV};
use crate::web::saves::session::{Charted, Reported, file_name};
use crate::web::saves::{card, figures, numbers};
use crate::web::sight::WithMoney;
use crate::web::state::AppState;
use crate::words::Lang;
use actix_web::http::header::{CONTENT_DISPOSITION, HeaderValue};
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};

/// `GET /sessions/{id}/chart.png`
pub async fn chart_png(
    req: HttpRequest,
    asked: Asked,
    id: Path<String>,
    state: Data<AppState>,
) -> Result<HttpResponse, Trouble> {
    let (charted, look) = charted(&asked, &id, &state).await?;
    let png = state.kept.pictures.png(charted.drawn::<WithMoney>(&look)).await?;
    Ok(named_file(png.answer(&req, PNG), &file_name(&charted.summary, look.zone, "chart.png")))
}

/// `GET /sessions/{id}/chart.csv`
pub async fn chart_csv(
    req: HttpRequest,
    asked: Asked,
    id: Path<String>,
    state: Data<AppState>,
) -> Result<HttpResponse, Trouble> {
    let (charted, look) = charted(&asked, &id, &state).await?;
    let csv = csv::write(&charted.subject(), &look).into_bytes();
    Ok(named_file(tagged(&req, CSV, csv), &file_name(&charted.summary, look.zone, "chart.csv")))
}

/// What the chart of a session shows, and how its file is to look.
async fn charted(asked: &Asked, id: &str, state: &AppState) -> Result<(Charted, Look), Trouble> {
    let session = query::detailed(state, id).await?;
    let look = look(asked, &session.start.creator, state).await?;
    let window = if asked.param("win").is_empty() { "all" } else { asked.param("win") };
    let view = View::parse(window, asked.param("on"));
    Ok((Charted::read(&state.store, session, view, asked.now).await?, look))
}

/// `GET /sessions/{id}/hold.png`: how much of its largest audience the session held.
pub async fn hold_png(
    req: HttpRequest,
    asked: Asked,
    id: Path<String>,
    state: Data<AppState>,
) -> Result<HttpResponse, Trouble> {
    let (summary, look, curve) = held(&asked, &id, &state).await?;
    let at = summary.ended_at.unwrap_or(asked.now);
    let head = format!("@{} · {}", summary.start.creator, heading(&summary, &look, at));
    let png = state.kept.pictures.png(figures::hold(&curve, &head, &look)).await?;
    Ok(named_file(png.answer(&req, PNG), &file_name(&summary, look.zone, "hold.png")))
}

/// `GET /sessions/{id}/hold.csv`
pub async fn hold_csv(
    req: HttpRequest,
    asked: Asked,
    id: Path<String>,
    state: Data<AppState>,
) -> Result<HttpResponse, Trouble> {
    let (summary, look, curve) = held(&asked, &id, &state).await?;
    let csv = numbers::hold(&curve, &look).into_bytes();
    Ok(named_file(tagged(&req, CSV, csv), &file_name(&summary, look.zone, "hold.csv")))
}

/// The hold curve of a session, and how its file is to look.
async fn held(
    asked: &Asked,
    id: &str,
    state: &AppState,
) -> Result<(SessionSummary, Look, Vec<Held>), Trouble> {
    let session = query::detailed(state, id).await?;
    let look = look(asked, &session.start.creator, state).await?;
    let bins = state.store.series(session.id, session.start.recorded_from, Stamp(i64::MAX)).await?;
    let summary = summary(&state.store, session).await?;
    let end = summary.ended_at.unwrap_or(asked.now);
    match timeline::held(&summary, &bins, end) {
        Some(curve) => Ok((summary, look, curve)),
        None => Err(Trouble::NotFound(
            "Viewers of this session are known for too short a time to draw how many stayed.".to_owned(),
        )),
    }
}

/// `GET /sessions/{id}/card.png`: `size=tall|wide`, `hide=1` names nobody, `money=1` adds diamonds.
pub async fn card(
    req: HttpRequest,
    asked: Asked,
    id: Path<String>,
    state: Data<AppState>,
) -> Result<HttpResponse, Trouble> {
    let session = query::detailed(&state, &id).await?;
    let named = if asked.param("hide").is_empty() { card::NAMED } else { 0 };
    let answer = answer(&session, &state).await?;
    let summary = summary(&state.store, session).await?;
    let review = review::in_full(&state.store, summary, named).await?;
    let look = look(&asked, &review.summary.start.creator, &state).await?;
    let size = card::Size::parse(asked.param("size"));
    let facts = card::Facts {
        summary: &review.summary,
        bins: &review.bins,
        answer: answer.as_deref(),
        gifters: &review.gifters,
        diamonds: !asked.param("money").is_empty(),
    };
    let png = state.kept.pictures.png(card::draw(&facts, size, &look)).await?;
    Ok(named_file(
        png.answer(&req, PNG),
        &file_name(&review.summary, look.zone, &format!("{}.png", size.as_str())),
    ))
}

/// `GET /sessions/{id}/report.html`: the session as a file that stands alone.
pub async fn report(asked: Asked, id: Path<String>, state: Data<AppState>) -> Result<HttpResponse, Trouble> {
    let session = query::detailed(&state, &id).await?;
    let look = look(&asked, &session.start.creator, &state).await?;
    let answer = answer(&session, &state).await?;
    let reported = Reported::read(&state.store, session, answer).await?;
    let page = reported.render::<WithMoney>(&look, asked.now)?;
    // Its styles come with it; as a page of ours it would have to fetch them.
    let name = file_name(&reported.review.summary, look.zone, "report.html");
    let told = HeaderValue::try_from(format!("attachment; filename=\"{name}\""));
    let told = told.expect("letters, digits and signs that headers take");
    Ok(HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header((CONTENT_DISPOSITION, told))
        .body(page))
}

/// How the file is to look: as the page does, unless its address says otherwise.
async fn look(asked: &Asked, creator: &Handle, state: &AppState) -> Result<Look, Trouble> {
    let zone =
        if asked.chose_zone { asked.look.zone } else { state.kept.zones.of(creator, &state.store).await? };
    let theme = asked.param("theme");
    Ok(Look {
        zone,
        lang: Lang::parse(asked.param("lang")).unwrap_or(asked.look.lang),
        theme: if theme.is_empty() { asked.look.theme } else { Theme::parse(theme) },
        ..asked.look
    })
}

/// The answer with the name it is saved under. A creator's name has only letters, digits, dots and underscores.
pub(super) fn named_file(mut answer: HttpResponse, name: &str) -> HttpResponse {
    let told = format!("inline; filename=\"{name}\"");
    let told = HeaderValue::try_from(told).expect("letters, digits and signs that headers take");
    answer.headers_mut().insert(CONTENT_DISPOSITION, told);
    answer
}
