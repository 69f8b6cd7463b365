//! Parts of pages that are asked for again and again.
//!
//! A part that did not change is not sent again: 204, or 304 by its tag.

use super::Asked;
use crate::recorder::snapshot::Snapshot;
use crate::web::api::answer::tagged;
use crate::web::error::Trouble;
use crate::web::pages::creators::{CreatorList, Order};
use crate::web::pages::feed::FeedNews;
use crate::web::pages::leaderboard::Leaderboard;
use crate::web::pages::live::View;
use crate::web::pages::pulse::Pulse;
use crate::web::pages::welcome::Waiting;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

/// `GET /f/pulse`
pub async fn pulse(req: HttpRequest, asked: Asked) -> Result<HttpResponse, Trouble> {
    let Some(snapshot) = asked.snapshot() else { return Ok(load_anew()) };
    if Pulse::shape(snapshot) != asked.param("shape") {
        return Ok(load_anew());
    }
    let view = View::parse(asked.param("win"), asked.param("on"));
    part(&req, &Pulse::new(snapshot, &view, &asked.look, asked.now).out_of_band())
}

/// `GET /f/feed`
pub async fn feed(req: HttpRequest, asked: Asked) -> Result<HttpResponse, Trouble> {
    let Some((snapshot, session)) =
        asked.snapshot().and_then(|snapshot| Some((snapshot, snapshot.session.as_ref()?)))
    else {
        return Ok(load_anew());
    };
    let after = asked.param("after").parse().unwrap_or(0);
    let creator = snapshot.creator.as_str();
    match FeedNews::after(after, creator, &session.feed, &asked.look, runs(snapshot)) {
        Some(news) => part(&req, &news),
        None => Ok(HttpResponse::NoContent().finish()),
    }
}

/// `GET /f/leaderboard`
pub async fn leaderboard(req: HttpRequest, asked: Asked) -> Result<HttpResponse, Trouble> {
    let Some((snapshot, session)) =
        asked.snapshot().and_then(|snapshot| Some((snapshot, snapshot.session.as_ref()?)))
    else {
        return Ok(load_anew());
    };
    let creator = snapshot.creator.as_str();
    part(&req, &Leaderboard::live(creator, &session.top_gifters, &asked.look, runs(snapshot)))
}

/// `GET /f/creators`
pub async fn creators(req: HttpRequest, asked: Asked) -> Result<HttpResponse, Trouble> {
    part(&req, &CreatorList::new(&asked.watched, Order::parse(asked.param("sort")), &asked.look, asked.now))
}

/// `GET /f/welcome`
pub async fn welcome(req: HttpRequest, asked: Asked) -> Result<HttpResponse, Trouble> {
    match Waiting::new(&asked.visit()) {
        Some(waiting) => part(&req, &waiting),
        None => Ok(load_anew()),
    }
}

fn runs(snapshot: &Snapshot) -> bool {
    snapshot.session.as_ref().is_some_and(|session| session.ended_at.is_none())
}

fn part(req: &HttpRequest, part: &impl Template) -> Result<HttpResponse, Trouble> {
    Ok(tagged(req, "text/html; charset=utf-8", part.render()?.into_bytes()))
}

/// The page shows something that is no more: htmx loads it again.
fn load_anew() -> HttpResponse {
    HttpResponse::Ok().insert_header(("HX-Refresh", "true")).content_type("text/html; charset=utf-8").finish()
}
