//! What is saved from the page of a session: its chart as a picture and as numbers.

use super::review::{REVIEWED_GIFTERS, answer};
use super::{Asked, shown};
use crate::analytics::metrics::Held;
use crate::domain::handle::Handle;
use crate::domain::time::Stamp;
use crate::domain::totals::{BattleFacts, Bin};
use crate::reports::review;
use crate::reports::sessions::{SessionSummary, summary};
use crate::web::api::answer::{Tagged, tagged};
use crate::web::api::query;
use crate::web::error::Trouble;
use crate::web::look::{Look, Theme};
use crate::web::pages::chart::Subject;
use crate::web::pages::live::View;
use crate::web::pages::report::ReportPage;
use crate::web::pages::review::timeline::{self, Explained};
use crate::web::pages::review::{heading, recap};
use crate::web::pictures::PNG;
use crate::web::saves::csv::{self, CSV};
use crate::web::saves::{card, chart, figures, numbers};
use crate::web::state::AppState;
use crate::web::views;
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
    let charted = Charted::read(&asked, &id, &state).await?;
    let (summary, look) = (&charted.summary, &charted.look);
    let head = format!("@{} · {}", summary.start.creator, heading(summary, look, charted.at));
    let drawing = chart::draw(&charted.subject(), &charted.view, &head, &recap(summary, look), look);
    let png: Tagged = state.kept.pictures.png(drawing).await?;
    Ok(named_file(png.answer(&req, PNG), &file_name(summary, look, "chart.png")))
}

/// `GET /sessions/{id}/chart.csv`
pub async fn chart_csv(
    req: HttpRequest,
    asked: Asked,
    id: Path<String>,
    state: Data<AppState>,
) -> Result<HttpResponse, Trouble> {
    let charted = Charted::read(&asked, &id, &state).await?;
    let csv = csv::write(&charted.subject(), &charted.look).into_bytes();
    Ok(named_file(tagged(&req, CSV, csv), &file_name(&charted.summary, &charted.look, "chart.csv")))
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
    Ok(named_file(png.answer(&req, PNG), &file_name(&summary, &look, "hold.png")))
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
    Ok(named_file(tagged(&req, CSV, csv), &file_name(&summary, &look, "hold.csv")))
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
        &file_name(&review.summary, &look, &format!("{}.png", size.as_str())),
    ))
}

/// `GET /sessions/{id}/report.html`: the session as a file that stands alone.
pub async fn report(
    mut asked: Asked,
    id: Path<String>,
    state: Data<AppState>,
) -> Result<HttpResponse, Trouble> {
    let session = query::detailed(&state, &id).await?;
    let look = look(&asked, &session.start.creator, &state).await?;
    asked.look = look;
    let explained = Explained {
        answer: answer(&session, &state).await?,
        markers: state.store.markers(session.id).await?,
        ..Explained::default()
    };
    let summary = summary(&state.store, session).await?;
    let review = review::in_full(&state.store, summary, REVIEWED_GIFTERS).await?;
    let page = ReportPage::new(&asked.visit(), &review, &explained, state.recorder.tiers());
    let mut shown = shown(&page)?;
    // Its styles come with it; as a page of ours it would have to fetch them.
    let told = HeaderValue::try_from(format!(
        "attachment; filename=\"{}\"",
        file_name(&review.summary, &look, "report.html")
    ));
    let told = told.expect("letters, digits and signs that headers take");
    shown.headers_mut().insert(CONTENT_DISPOSITION, told);
    Ok(shown)
}

/// The part of a session that a chart shows.
struct Charted {
    summary: SessionSummary,
    bins: Vec<Bin>,
    battles: Vec<BattleFacts>,
    at: Stamp,
    view: View,
    look: Look,
}

impl Charted {
    async fn read(asked: &Asked, id: &str, state: &AppState) -> Result<Self, Trouble> {
        let session = query::detailed(state, id).await?;
        let id = session.id;
        let look = look(asked, &session.start.creator, state).await?;
        let window = if asked.param("win").is_empty() { "all" } else { asked.param("win") };
        let view = View::parse(window, asked.param("on"));
        let at = session.ended_at.unwrap_or(asked.now);
        let from = view.window.begin(at).unwrap_or(session.start.recorded_from);
        Ok(Self {
            bins: state.store.series(id, from, Stamp(i64::MAX)).await?,
            battles: state.store.battles(id).await?,
            summary: summary(&state.store, session).await?,
            at,
            view,
            look,
        })
    }

    fn subject(&self) -> Subject<'_> {
        Subject::of_session(&self.summary, &self.bins, &self.battles, self.at)
    }
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

/// `pasut-mira-2026-11-22-1930-chart.png`
fn file_name(summary: &SessionSummary, look: &Look, end: &str) -> String {
    let start = summary.start.recorded_from;
    let local = views::iso(start + i64::from(views::zone_offset_s(look.zone, start)) * 1000);
    let (day, clock) = (&local[..10], local[11..16].replace(':', ""));
    format!("pasut-{}-{day}-{clock}-{end}", summary.start.creator)
}

/// The answer with the name it is saved under. A creator's name has only letters, digits, dots and underscores.
pub(super) fn named_file(mut answer: HttpResponse, name: &str) -> HttpResponse {
    let told = format!("inline; filename=\"{name}\"");
    let told = HeaderValue::try_from(told).expect("letters, digits and signs that headers take");
    answer.headers_mut().insert(CONTENT_DISPOSITION, told);
    answer
}
