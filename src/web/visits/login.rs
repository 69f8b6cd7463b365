//! Logging in and out.

use super::{Fields, cookie, go_to, last, look, shown_as};
use crate::domain::audit::Deed;
use crate::web::access::arrival::Way;
use crate::web::access::gate::{NoLogin, cookie_name, forget_cookie};
use crate::web::access::password::Password;
use crate::web::access::{Identity, Visitor};
use crate::web::address::{Address, local_path};
use crate::web::error::Trouble;
use crate::web::pages::login::LoginPage;
use crate::web::state::AppState;
use actix_web::http::StatusCode;
use actix_web::http::header::{
    HeaderName, HeaderValue, LOCATION, REFERER, RETRY_AFTER, SET_COOKIE, USER_AGENT,
};
use actix_web::web::{Data, Query, ReqData};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

/// No address that is come back to is longer.
const MAX_NEXT: usize = 500;

/// `GET /login`
pub async fn page(req: HttpRequest) -> Result<HttpResponse, Trouble> {
    let params = Query::<Vec<(String, String)>>::from_query(req.query_string());
    let params = params.map_or_else(|_| Vec::new(), Query::into_inner);
    let next = ours(last(&params, "next"));
    shown_as(StatusCode::OK, &LoginPage::new(next, "", None, &look(&req)))
}

/// `POST /login`
pub async fn log_in(
    req: HttpRequest,
    fields: Fields,
    state: Data<AppState>,
    way: ReqData<Way>,
) -> Result<HttpResponse, Trouble> {
    let name = last(&fields, "name").unwrap_or_default();
    let password = Password::typed(last(&fields, "password").unwrap_or_default());
    let next = ours(last(&fields, "next"));
    match state.access.log_in(name, &password, &way, agent(&req)).await {
        Ok(cookie) => {
            // What the browser was before ends, so that nobody goes on being that.
            end_session(&req, &state, &way).await?;
            let mut response = go_to(next);
            response.headers_mut().append(SET_COOKIE, header(&cookie));
            Ok(response)
        }
        Err(NoLogin::Store(error)) => Err(error.into()),
        Err(why) => refused(&why, &LoginPage::new(next, name, Some(&why), &look(&req))),
    }
}

/// `POST /logout`
pub async fn log_out(
    req: HttpRequest,
    visitor: Visitor,
    state: Data<AppState>,
    way: ReqData<Way>,
) -> Result<HttpResponse, Trouble> {
    end_session(&req, &state, &way).await?;
    if let Identity::Account { name, .. } = visitor.identity() {
        state.store.note(visitor.who(), Deed::LoggedOut, name.as_str(), state.now()).await?;
    }
    let mut response = go_to("/login");
    response.headers_mut().append(SET_COOKIE, header(&forget_cookie(way.is_secure)));
    Ok(response)
}

/// `page`, which says why nobody was let in.
pub(super) fn refused(why: &NoLogin, page: &impl Template) -> Result<HttpResponse, Trouble> {
    let (status, wait) = match why {
        NoLogin::Wait(seconds) => (StatusCode::TOO_MANY_REQUESTS, Some(*seconds)),
        NoLogin::Crowded(_) => (StatusCode::SERVICE_UNAVAILABLE, Some(5)),
        _ => (StatusCode::UNAUTHORIZED, None),
    };
    let mut response = shown_as(status, page)?;
    if let Some(seconds) = wait {
        response.headers_mut().insert(RETRY_AFTER, seconds.into());
    }
    Ok(response)
}

/// The answer to whoever has to log in first: the page for it, from which they come back.
pub fn needed(req: &HttpRequest) -> HttpResponse {
    // A part of a page is asked for by a page, which has to go as a whole.
    let by_page = req.headers().contains_key("hx-request");
    let wanted = if by_page || !req.method().is_safe() {
        let page = req.headers().get(REFERER).and_then(|referer| referer.to_str().ok()).unwrap_or_default();
        let path = page.split_once("://").and_then(|(_, rest)| rest.find('/').map(|at| &rest[at..]));
        path.unwrap_or("/")
    } else {
        req.uri().path_and_query().map_or("/", |address| address.as_str())
    };
    let next = Some(ours(Some(wanted))).filter(|next| *next != "/");
    let address = Address::new("/login").and("next", next.unwrap_or_default()).finish();
    if by_page {
        let name = HeaderName::from_static("hx-redirect");
        return HttpResponse::Unauthorized().insert_header((name, address)).body("");
    }
    HttpResponse::SeeOther().insert_header((LOCATION, address)).finish()
}

async fn end_session(req: &HttpRequest, state: &AppState, way: &Way) -> Result<(), Trouble> {
    if let Some(secret) = cookie(req, cookie_name(way.is_secure))
        && let Some(before) = state.access.logged_in(secret).await?
        && let Identity::Account { browser, .. } = before.identity()
    {
        state.store.end_web_session(*browser).await?;
    }
    Ok(())
}

/// A path of ours, or the start: nobody is sent to another site.
fn ours(next: Option<&str>) -> &str {
    next.filter(|next| next.len() <= MAX_NEXT && !next.starts_with("/login"))
        .and_then(local_path)
        .unwrap_or("/")
}

/// What a browser says of itself.
pub(super) fn agent(req: &HttpRequest) -> &str {
    req.headers().get(USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default()
}

/// What a header may hold: a cookie of ours always can be.
pub(super) fn header(cookie: &str) -> HeaderValue {
    HeaderValue::from_str(cookie).expect("made of letters, digits and a few signs")
}
