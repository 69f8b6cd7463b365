//! One session looked at afterwards: its tabs, each loading only what it shows, and what the user keeps
//! with the session.

use super::{Asked, Fields, data, go_to, last, moments, shown};
use crate::domain::answer::Answer;
use crate::domain::remark::{Tag, TikTokFigures, readable_notes};
use crate::domain::session::Session;
use crate::reports::explain::ExplainError;
use crate::reports::sessions::SessionSummary;
use crate::reports::{audience, review, sessions};
use crate::web::api::query::{self, session_id};
use crate::web::error::Trouble;
use crate::web::explained;
use crate::web::pages::review::battles::Battles;
use crate::web::pages::review::gifts::Gifts;
use crate::web::pages::review::kept::{KeptNote, ThinnedNote};
use crate::web::pages::review::notes::Notes;
use crate::web::pages::review::people::{People, questions_address};
use crate::web::pages::review::quality::{Counted, Quality};
use crate::web::pages::review::timeline::{Explained, Timeline, changed_form};
use crate::web::pages::review::{ReviewPage, Tab};
use crate::web::root::Root;
use crate::web::sight::Sight;
use crate::web::state::AppState;
use crate::web::views;
use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use askama::Template;
use std::sync::Arc;

/// Gifters that Review shows.
pub(super) const REVIEWED_GIFTERS: usize = 50;

/// `GET /sessions/{id}`
pub async fn page<S: Sight>(
    mut asked: Asked<S>,
    id: Path<String>,
    state: Data<AppState>,
) -> Result<HttpResponse, Trouble> {
    let session = query::session(&state, &id).await?;
    asked.turn_to(&session.start.creator, &state).await?;
    let summary = sessions::summary(&state.store, session.clone()).await?;
    let tab = Some(Tab::parse(asked.param("tab"))).filter(|tab| tab.is_for(&asked.look)).unwrap_or_default();
    let kept = data::kept(session.id, &asked, &state).await?;
    // What is gone must not look like zeros; notes stay.
    if let (Some(KeptNote::Left(note)), false) = (&kept, tab == Tab::Notes) {
        return shown(&ReviewPage::new(&asked.visit(), &summary, 0, tab, note.render()?).without_share());
    }
    let mut content = match tab {
        Tab::Timeline => timeline(&asked, &session, summary.clone(), &state).await?,
        Tab::Gifts => gifts(&asked, &session, &summary, &state).await?,
        Tab::People => people(&asked, &summary, &state).await?,
        Tab::Battles => battles(&asked, &summary, &state).await?,
        Tab::Quality => quality(&asked, &summary, &state).await?,
        Tab::Notes => notes(&asked, &summary, &state).await?,
    };
    if let Some(KeptNote::Thinned(at)) = kept {
        content.insert_str(0, &ThinnedNote::new(at, &asked.look).render()?);
    }
    let battles = state.store.battles(session.id).await?.len();
    shown(&ReviewPage::new(&asked.visit(), &summary, battles, tab, content))
}

async fn timeline<S: Sight>(
    asked: &Asked<S>,
    session: &Session,
    summary: SessionSummary,
    state: &AppState,
) -> Result<String, Trouble> {
    let review = review::in_full(&state.store, summary, 0).await?;
    let crowd = audience::crowd(&state.store, &review.summary).await?;
    let on = asked.param("on");
    let explained = Explained {
        answer: answer(session, state).await?,
        markers: state.store.markers(session.id).await?,
        changed: moments::answered(
            asked,
            session.id,
            || changed_form(&review.summary, on, &asked.look),
            state,
        )
        .await?,
        shown_ms: views::parse_elapsed(asked.param("t")),
    };
    Ok(Timeline::new(&asked.visit(), &review, &crowd, &explained, on)?.render()?)
}

/// The answer; without one, all that was recorded can still be reviewed. The log says more.
pub(super) async fn answer(session: &Session, state: &AppState) -> Result<Option<Arc<Answer>>, Trouble> {
    match explained::answer(state, session).await {
        Err(Trouble::Explain(ExplainError::Failed)) => Ok(None),
        answer => answer,
    }
}

async fn gifts<S: Sight>(
    asked: &Asked<S>,
    session: &Session,
    summary: &SessionSummary,
    state: &AppState,
) -> Result<String, Trouble> {
    let gifts = state.store.gift_totals(summary.id).await?;
    let lifts = state.remembered.lifts(&state.store, session, asked.now).await?;
    let waiting = state.store.revaluations_waiting().await?;
    let back = Tab::Gifts.address(summary.id, asked.look.root);
    let tiers = state.recorder.tiers();
    Ok(Gifts::<S>::new(&gifts, &lifts, &summary.totals, tiers, waiting, back, &asked.look).render()?)
}

async fn people<S: Sight>(
    asked: &Asked<S>,
    summary: &SessionSummary,
    state: &AppState,
) -> Result<String, Trouble> {
    let gifters = review::gifters(&state.store, summary.id, REVIEWED_GIFTERS).await?;
    let crowd = audience::crowd(&state.store, summary).await?;
    let active = audience::active(&state.store, summary).await?;
    let all_questions = asked.param("questions") == "all";
    Ok(People::<S>::new(summary.id, &gifters, &crowd, &active, all_questions, &asked.look)?.render()?)
}

async fn battles<S: Sight>(
    asked: &Asked<S>,
    summary: &SessionSummary,
    state: &AppState,
) -> Result<String, Trouble> {
    let battles = state.store.battles(summary.id).await?;
    let bins = review::bins(&state.store, summary).await?;
    Ok(Battles::<S>::new(&asked.look, asked.now, summary, &battles, &bins).render()?)
}

async fn quality<S: Sight>(
    asked: &Asked<S>,
    summary: &SessionSummary,
    state: &AppState,
) -> Result<String, Trouble> {
    let counted = Counted {
        streaks: state.store.streak_counts(summary.id).await?,
        gifts: &state.store.gift_totals(summary.id).await?,
        methods: &state.store.methods(summary.id).await?,
        tiktok: state.store.remarks(summary.id).await?.unwrap_or_default().tiktok,
    };
    Ok(Quality::new(&asked.visit(), summary, &counted).render()?)
}

async fn notes<S: Sight>(
    asked: &Asked<S>,
    summary: &SessionSummary,
    state: &AppState,
) -> Result<String, Trouble> {
    let remarks = state.store.remarks(summary.id).await?.unwrap_or_default();
    let known = state.store.session_tags().await?;
    Ok(Notes::new(summary.id, &remarks, &known, &asked.look).render()?)
}

/// `POST /sessions/{id}/notes`
pub async fn save_notes(
    id: Path<String>,
    fields: Fields,
    state: Data<AppState>,
) -> Result<HttpResponse, Trouble> {
    let session = session_id(&id)?;
    let notes = readable_notes(last(&fields, "notes").unwrap_or_default());
    match state.store.set_session_notes(session, &notes).await? {
        true => Ok(go_to(&Tab::Notes.address(session, Root::Pasut))),
        false => Err(Trouble::no_session()),
    }
}

/// `POST /sessions/{id}/notes/undo`
pub async fn undo_notes(id: Path<String>, state: Data<AppState>) -> Result<HttpResponse, Trouble> {
    let session = query::session(&state, &id).await?.id;
    state.store.undo_session_notes(session).await?;
    Ok(go_to(&Tab::Notes.address(session, Root::Pasut)))
}

/// `POST /sessions/{id}/tags`
pub async fn save_tags(
    id: Path<String>,
    fields: Fields,
    state: Data<AppState>,
) -> Result<HttpResponse, Trouble> {
    let session = session_id(&id)?;
    let tags = Tag::list(last(&fields, "tags").unwrap_or_default());
    match state.store.set_session_tags(session, &tags).await? {
        true => Ok(go_to(&Tab::Notes.address(session, Root::Pasut))),
        false => Err(Trouble::no_session()),
    }
}

/// `POST /sessions/{id}/tiktok`: what TikTok itself says of a session.
pub async fn match_tiktok(
    id: Path<String>,
    fields: Fields,
    state: Data<AppState>,
) -> Result<HttpResponse, Trouble> {
    let session = query::session(&state, &id).await?.id;
    let kept = state.store.remarks(session).await?.unwrap_or_default().tiktok;
    let figures = TikTokFigures {
        diamonds: figure(&fields, "diamonds", kept.diamonds)?,
        likes: figure(&fields, "likes", kept.likes)?,
        viewers_total: figure(&fields, "viewers_total", kept.viewers_total)?,
    };
    state.store.set_tiktok_figures(session, figures).await?;
    Ok(go_to(&format!("{}#match", Tab::Quality.address(session, Root::Pasut))))
}

/// A whole number as people type it, with or without grouping; `None` if the field is empty, `kept` if
/// the form does not have it.
fn figure(fields: &Fields, name: &str, kept: Option<i64>) -> Result<Option<i64>, Trouble> {
    let Some(typed) = last(fields, name) else { return Ok(kept) };
    let digits: String = typed.chars().filter(|c| !matches!(c, '.' | ',' | ' ' | '\u{a0}')).collect();
    if digits.is_empty() {
        return Ok(None);
    }
    let number = digits.parse().ok().filter(|number| (0..=999_999_999_999).contains(number));
    number.map(Some).ok_or_else(|| Trouble::invalid(name, "must be a whole number, such as 12,480"))
}

/// `POST /sessions/{id}/questions/{number}`
pub async fn answer_question(
    path: Path<(String, u64)>,
    fields: Fields,
    state: Data<AppState>,
) -> Result<HttpResponse, Trouble> {
    let (id, question) = path.into_inner();
    let session = session_id(&id)?;
    let answered = last(&fields, "answered") == Some("yes");
    let all = last(&fields, "questions") == Some("all");
    let list = questions_address(session, all, Root::Pasut);
    match state.store.set_answered(session, question, answered).await? {
        true if all => Ok(go_to(&format!("{list}#question-{question}"))),
        // There it may be another's turn to be shown.
        true => Ok(go_to(&format!("{list}#questions"))),
        false => Err(Trouble::NotFound("There is no such question in this session.".to_owned())),
    }
}
