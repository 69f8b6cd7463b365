//! Parts of pages that are asked for again and again.
//!
//! A part that did not change is not sent again: 204, or 304 by its tag.

use super::Asked;
use crate::recorder::snapshot::Snapshot;
use crate::web::api::answer::tagged;
use crate::web::error::Trouble;
use crate::web::pages::creators::{CreatorList, Order};
use crate::web::pages::feed::FeedNews;
use crate::web::pages::goals;
use crate::web::pages::leaderboard::Leaderboard;
use crate::web::pages::live::View;
use crate::web::pages::pulse::{self, Pulse};
use crate::web::pages::welcome::Waiting;
use crate::web::rendered::Key;
use crate::web::sight::Sight;
use crate::web::state::AppState;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

const HTML: &str = "text/html; charset=utf-8";

/// `GET /f/pulse`
pub async fn pulse<S: Sight>(
    req: HttpRequest,
    state: Data<AppState>,
    asked: Asked<S>,
) -> Result<HttpResponse, Trouble> {
    let Some(snapshot) = asked.snapshot() else { return Ok(load_anew()) };
    if pulse::shape(snapshot) != asked.param("shape") {
        return Ok(load_anew());
    }
    of_snapshot(&req, &state, &asked, snapshot, || {
        let view = View::parse(asked.param("win"), asked.param("on"));
        let goals = goals::shown(&state.goals, snapshot);
        Some(Pulse::<S>::new(snapshot, &view, &goals, &asked.look, asked.now).out_of_band())
    })
}

/// `GET /f/feed`
pub async fn feed<S: Sight>(
    req: HttpRequest,
    state: Data<AppState>,
    asked: Asked<S>,
) -> Result<HttpResponse, Trouble> {
    let Some((snapshot, session)) = asked.session() else { return Ok(load_anew()) };
    of_snapshot(&req, &state, &asked, snapshot, || {
        let after = asked.param("after").parse().unwrap_or(0);
        let creator = snapshot.creator.as_str();
        FeedNews::<S>::after(after, creator, &session.feed, &asked.look, snapshot.running().is_some())
    })
}

/// `GET /f/leaderboard`
pub async fn leaderboard<S: Sight>(
    req: HttpRequest,
    state: Data<AppState>,
    asked: Asked<S>,
) -> Result<HttpResponse, Trouble> {
    let Some((snapshot, session)) = asked.session() else { return Ok(load_anew()) };
    of_snapshot(&req, &state, &asked, snapshot, || {
        let creator = snapshot.creator.as_str();
        Some(Leaderboard::<S>::live(creator, &session.top_gifters, &asked.look, snapshot.running().is_some()))
    })
}

/// `GET /f/creators`
pub async fn creators<S: Sight>(req: HttpRequest, asked: Asked<S>) -> Result<HttpResponse, Trouble> {
    let order = Order::parse(asked.param("sort"));
    part(&req, &CreatorList::<S>::new(&asked.watched, order, &asked.look, asked.now))
}

/// `GET /f/welcome`
pub async fn welcome(req: HttpRequest, asked: Asked) -> Result<HttpResponse, Trouble> {
    match Waiting::new(&asked.visit()) {
        Some(waiting) => part(&req, &waiting),
        None => Ok(load_anew()),
    }
}

/// A part that shows `snapshot` and nothing else, so that it is made once for everyone who asks for
/// it. 204 if there is nothing new to show.
fn of_snapshot<S: Sight, P: Template>(
    req: &HttpRequest,
    state: &AppState,
    asked: &Asked<S>,
    snapshot: &Snapshot,
    part: impl FnOnce() -> Option<P>,
) -> Result<HttpResponse, Trouble> {
    let key = Key {
        address: asked.here.clone(),
        creator: snapshot.creator.clone(),
        version: snapshot.version,
        look: asked.look,
    };
    let render = || part().map(|part| Ok(part.render()?.into_bytes())).transpose();
    Ok(match state.kept.rendered.take::<Trouble>(asked.now, key, render)? {
        Some(part) => part.answer(req, HTML),
        None => HttpResponse::NoContent().finish(),
    })
}

fn part(req: &HttpRequest, part: &impl Template) -> Result<HttpResponse, Trouble> {
    Ok(html(req, part.render()?))
}

/// A part that was rendered for this request alone.
pub(super) fn html(req: &HttpRequest, part: String) -> HttpResponse {
    tagged(req, HTML, part.into_bytes())
}

/// The page shows something that is no more: htmx loads it again.
pub(super) fn load_anew() -> HttpResponse {
    HttpResponse::Ok().insert_header(("HX-Refresh", "true")).content_type(HTML).finish()
}
