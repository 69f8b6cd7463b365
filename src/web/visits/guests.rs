//! Guests: whoever holds a link sees its page, and nothing else of Pasut.
//!
//! The page and its parts are those of everybody, without money. What is here holds them to what the link opens;
//! an address that does not lead anywhere under it is answered as a link that opens nothing.

use super::fragments;
use super::review::REVIEWED_GIFTERS;
use super::{Asked, Fields, avatars, go_to, last, login, look, moments, pages, review, shown_as};
use crate::domain::access::SharedPage;
use crate::domain::ids::{SessionId, UserId};
use crate::domain::totals::RankedGifter;
use crate::reports::review::gifters;
use crate::web::access::arrival::Way;
use crate::web::access::gate::{NoLogin, pin_cookie};
use crate::web::access::password::Password;
use crate::web::access::{Identity, Refusal, Visitor};
use crate::web::api::query::session_id;
use crate::web::api::series::series;
use crate::web::error::Trouble;
use crate::web::pages::guests::{DeadPage, PinPage};
use crate::web::root::Link;
use crate::web::sight::Moneyless;
use crate::web::state::AppState;
use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderName, HeaderValue, SET_COOKIE};
use actix_web::web::{Data, Path, ReqData};
use actix_web::{HttpRequest, HttpResponse};

impl Asked<Moneyless> {
    /// Whoever asks, if their link opens a live page and its creator is still watched.
    fn of_live(self) -> Result<Self, Trouble> {
        match self.shared {
            Some(SharedPage::Live(_)) if self.snapshot().is_some() => Ok(self),
            _ => Err(nothing()),
        }
    }

    /// The session that is on the page: the running one or the last one of a creator, or the one of the link.
    fn session_shown(&self) -> Option<SessionId> {
        match self.shared {
            Some(SharedPage::Session(session)) => Some(session),
            _ => Some(self.session()?.1.id),
        }
    }
}

/// `GET /s/{token}`
pub async fn page(asked: Asked<Moneyless>, state: Data<AppState>) -> Result<HttpResponse, Trouble> {
    match asked.shared {
        Some(SharedPage::Session(session)) => review::page(asked, session.to_string().into(), state).await,
        _ => pages::live(asked.of_live()?, state).await,
    }
}

/// `GET /s/{token}/f/pulse`
pub async fn pulse(
    req: HttpRequest,
    state: Data<AppState>,
    asked: Asked<Moneyless>,
) -> Result<HttpResponse, Trouble> {
    fragments::pulse(req, state, asked.of_live()?).await
}

/// `GET /s/{token}/f/feed`
pub async fn feed(
    req: HttpRequest,
    state: Data<AppState>,
    asked: Asked<Moneyless>,
) -> Result<HttpResponse, Trouble> {
    fragments::feed(req, state, asked.of_live()?).await
}

/// `GET /s/{token}/f/leaderboard`
pub async fn leaderboard(
    req: HttpRequest,
    state: Data<AppState>,
    asked: Asked<Moneyless>,
) -> Result<HttpResponse, Trouble> {
    fragments::leaderboard(req, state, asked.of_live()?).await
}

/// `GET /s/{token}/f/moments`
pub async fn moments(
    req: HttpRequest,
    state: Data<AppState>,
    asked: Asked<Moneyless>,
) -> Result<HttpResponse, Trouble> {
    moments::list(req, asked.of_live()?, state).await
}

/// `GET /s/{token}/f/changed`
pub async fn changed(
    req: HttpRequest,
    state: Data<AppState>,
    asked: Asked<Moneyless>,
) -> Result<HttpResponse, Trouble> {
    if asked.session_shown() != Some(session_id(asked.param("session"))?) {
        return Err(nothing());
    }
    moments::what_changed(req, asked, state).await
}

/// `GET /s/{token}/api/v1/sessions/{id}/series`
pub async fn points(
    req: HttpRequest,
    path: Path<(String, String)>,
    asked: Asked<Moneyless>,
    state: Data<AppState>,
) -> Result<HttpResponse, Trouble> {
    let (_, id) = path.into_inner();
    if asked.session_shown() != Some(session_id(&id)?) {
        return Err(nothing());
    }
    series::<Moneyless>(req, id.into(), state).await
}

/// `GET /s/{token}/avatars/{user}`: a picture of somebody who is on the page, and of nobody else.
pub async fn avatar(
    path: Path<(String, i64)>,
    asked: Asked<Moneyless>,
    state: Data<AppState>,
) -> Result<HttpResponse, Trouble> {
    let user = UserId(path.1);
    let of = |gifters: &[RankedGifter]| gifters.iter().any(|gifter| gifter.total.user == user);
    let is_shown = match &asked.shared {
        Some(SharedPage::Session(session)) => of(&gifters(&state.store, *session, REVIEWED_GIFTERS).await?),
        _ => asked.session().is_some_and(|(_, session)| of(&session.top_gifters)),
    };
    if !is_shown {
        return Err(nothing());
    }
    avatars::picture(user, &state).await
}

/// `POST /s/{token}/pin`: opens the link to a browser that knows its PIN.
pub async fn enter(
    req: HttpRequest,
    token: Path<String>,
    visitor: Visitor,
    fields: Fields,
    state: Data<AppState>,
    way: ReqData<Way>,
) -> Result<HttpResponse, Trouble> {
    let page = format!("/s/{token}");
    // Whoever typed it in another window, or holds a link without one, is there already.
    let Identity::Locked(link) = visitor.identity() else { return Ok(go_to(&page)) };
    let typed = last(&fields, "pin").unwrap_or_default();
    // A phone's keyboard may put spaces between groups of digits, or after them.
    let typed: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
    match state.access.enter(link, &Password::typed(&typed), &way).await {
        Ok(mark) => {
            let mut response = go_to(&page);
            let cookie = HeaderValue::from_str(&pin_cookie(&mark, &page, way.is_secure));
            let cookie = cookie.expect("made of letters, digits and a few signs");
            response.headers_mut().append(SET_COOKIE, cookie);
            Ok(response)
        }
        Err(NoLogin::Store(error)) => Err(error.into()),
        Err(why) => login::refused(&why, &PinPage::new(&page, Some(&why), &look(&req))),
    }
}

/// The answer to whoever is refused something under a link: the page that asks for its PIN, or the one that says
/// that the link opens nothing. Whether it ever did, expired or was revoked, nobody learns.
pub fn refused(req: &HttpRequest, trouble: &Trouble, status: StatusCode) -> Option<HttpResponse> {
    let look = look(req);
    let answer = match trouble {
        Trouble::Refused(Refusal::PinNeeded) => {
            let secret = req.path().split('/').nth(2).unwrap_or_default();
            let page = format!("/s/{secret}");
            Link::parse(secret)?;
            shown_as(StatusCode::UNAUTHORIZED, &PinPage::new(&page, None, &look))
        }
        Trouble::Refused(Refusal::BadToken | Refusal::NoRight) => {
            shown_as(StatusCode::NOT_FOUND, &DeadPage::new(&look))
        }
        _ if status == StatusCode::NOT_FOUND => shown_as(status, &DeadPage::new(&look)),
        _ => return None,
    };
    let mut answer = answer.ok()?;
    // A part of a page is asked for by a page, which ends as a whole.
    if req.headers().contains_key("hx-request") {
        answer.headers_mut().insert(HeaderName::from_static("hx-refresh"), HeaderValue::from_static("true"));
    }
    Some(answer)
}

fn nothing() -> Trouble {
    Trouble::NotFound("This link opens nothing here.".to_owned())
}
