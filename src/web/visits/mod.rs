//! Requests of a browser: what is asked, by whom and how they want to see it, answered with a page.
//!
//! Handlers only; what a page looks like is in `web::pages`. Nonsense in an address falls back to
//! what is usual rather than to an error, so that old links keep working.

pub mod alerts;
pub mod avatars;
pub mod backup;
pub mod board;
pub mod compare;
pub mod connection;
pub mod data;
pub mod exports;
pub mod forms;
pub mod fragments;
pub mod guests;
pub mod import;
pub mod insights;
pub mod links;
pub mod login;
pub mod moments;
pub mod overlay;
pub mod pages;
pub mod people;
pub mod performance;
pub mod preferences;
pub mod review;
pub mod saves;
pub mod tokens;

use super::look::{Look, Theme};
use super::pages::problem::{Problem, ProblemPage};
use super::pages::shell::Visit;
use super::root::{Link, Root};
use super::sight::{Sight, WithMoney, may_see};
use super::state::{AppState, Progress};
use super::{access::Refusal, access::Visitor, error::Trouble, zones};
use crate::domain::access::{Opens, SharedPage};
use crate::domain::handle::Handle;
use crate::domain::time::Stamp;
use crate::domain::watch::WatchState;
use crate::recorder::snapshot::{LiveSession, Snapshot};
use crate::words::Lang;
use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::http::header::{ACCEPT_LANGUAGE, COOKIE, LOCATION};
use actix_web::{FromRequest, HttpRequest, HttpResponse, ResponseError, web};
use askama::Template;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;

/// What a person chose about the look of pages, each in a cookie of this name.
const LANG: &str = "pasut_lang";
const THEME: &str = "pasut_theme";
const ZONE: &str = "pasut_zone";
const KEYS: &str = "pasut_keys";

/// The fields of a form, in their order.
pub type Fields = web::Form<Vec<(String, String)>>;

/// One request of a browser. It is there only if whoever asks may be shown what `S` sees, so that a handler
/// which answers with money cannot be asked by anybody else.
pub struct Asked<S = WithMoney> {
    sight: PhantomData<S>,
    params: Vec<(String, String)>,
    here: String,
    look: Look,
    /// Whether the person chose a zone; else a page is in that of its creator.
    chose_zone: bool,
    now: Stamp,
    demo: Option<Progress>,
    watched: Vec<Arc<Snapshot>>,
    creator: Option<Handle>,
    /// The one page that a link opens to whoever asks.
    shared: Option<SharedPage>,
}

impl<S: Sight> Asked<S> {
    async fn read(req: &HttpRequest, state: &AppState) -> Result<Self, Trouble> {
        let visitor = Visitor::of(req);
        let role = visitor.role();
        if !may_see::<S>(role) {
            return Err(Refusal::NoRight.into());
        }
        let shared = match visitor.opens() {
            Some(Opens::Share { page }) => Some(page.clone()),
            _ => None,
        };
        let params = web::Query::<Vec<(String, String)>>::from_query(req.query_string());
        let params = params.map_or_else(|_| Vec::new(), web::Query::into_inner);
        let mut watched = state.recorder.watches();
        // Whom the page of a link is about, says the link alone; of others nothing is there.
        let creator = match &shared {
            Some(SharedPage::Live(creator)) => Some(creator.clone()),
            Some(SharedPage::Session(_)) => None,
            None => {
                let named = last(&params, "creator").and_then(|name| Handle::parse(name).ok());
                named.or_else(|| usual(&watched))
            }
        };
        if shared.is_some() {
            watched.retain(|watch| Some(&watch.creator) == creator.as_ref());
        }
        let mut look = look(req);
        look.role = role;
        if let (Some(page), Some(link)) = (&shared, req.match_info().get("token").and_then(Link::parse)) {
            look.root = Root::new(link, page);
        }
        let preferred = state.preferences.now();
        look.avatars = preferred.avatars;
        look.refresh_percent = preferred.refresh_percent;
        look.chart_points = preferred.chart_points;
        look.rates = preferred.rates;
        let chose_zone = cookie(req, ZONE).is_some();
        if !chose_zone && let Some(creator) = &creator {
            look.zone = state.kept.zones.of(creator, &state.store).await?;
        }
        let here = req.uri().path_and_query().map_or_else(String::new, ToString::to_string);
        Ok(Self {
            sight: PhantomData,
            params,
            here,
            look,
            chose_zone,
            now: state.now(),
            demo: state.demo.as_ref().map(|past| *past.borrow()),
            watched,
            creator,
            shared,
        })
    }

    /// The parameter `name`, empty if it is not given. The last one counts: a poll repeats in its
    /// own words what its address says.
    fn param(&self, name: &str) -> &str {
        last(&self.params, name).unwrap_or_default()
    }

    /// Every value that is given for the parameter `name`.
    fn params<'p>(&'p self, name: &'p str) -> impl Iterator<Item = &'p str> {
        self.params.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Whether the request asks for just what `address` says, in whatever order.
    fn is_at(&self, address: &str) -> bool {
        let query = address.split_once('?').map_or("", |(_, query)| query);
        let said = web::Query::<Vec<(String, String)>>::from_query(query);
        let mut said = said.map_or_else(|_| Vec::new(), web::Query::into_inner);
        let mut asked = self.params.clone();
        said.sort_unstable();
        asked.sort_unstable();
        said == asked
    }

    /// What is shown is about `creator`.
    async fn turn_to(&mut self, creator: &Handle, state: &AppState) -> Result<(), Trouble> {
        self.use_zone_of(creator, state).await?;
        self.creator = Some(creator.clone());
        Ok(())
    }

    /// Times are in the zone of `creator`, unless the person chose one.
    async fn use_zone_of(&mut self, creator: &Handle, state: &AppState) -> Result<(), Trouble> {
        if !self.chose_zone {
            self.look.zone = state.kept.zones.of(creator, &state.store).await?;
        }
        Ok(())
    }

    fn visit(&self) -> Visit<'_, S> {
        Visit {
            sight: PhantomData,
            look: self.look,
            now: self.now,
            here: &self.here,
            demo: self.demo,
            watched: &self.watched,
            creator: self.creator.as_ref(),
        }
    }

    /// The creator the page is about, as watched right now.
    fn snapshot(&self) -> Option<&Arc<Snapshot>> {
        let creator = self.creator.as_ref()?;
        self.watched.iter().find(|watch| watch.creator == *creator)
    }

    /// That with its session, the running one or the one that ended last.
    fn session(&self) -> Option<(&Snapshot, &LiveSession)> {
        let snapshot = self.snapshot()?;
        Some((snapshot, snapshot.session.as_deref()?))
    }
}

impl<S: Sight> FromRequest for Asked<S> {
    type Error = Trouble;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Trouble>>>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let req = req.clone();
        Box::pin(async move {
            let state = req.app_data::<web::Data<AppState>>().expect("the server gives it to every request");
            Self::read(&req, state).await
        })
    }
}

fn last<'p>(params: &'p [(String, String)], name: &str) -> Option<&'p str> {
    params.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

/// Whom a page is about if nobody is named: who is live, else the first.
fn usual(watched: &[Arc<Snapshot>]) -> Option<Handle> {
    let live = watched.iter().find(|watch| watch.state == WatchState::Live);
    live.or(watched.first()).map(|watch| watch.creator.clone())
}

/// How this browser wants to see pages, as far as the request itself says.
fn look(req: &HttpRequest) -> Look {
    let accepted = || {
        let header = req.headers().get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        header.map_or_else(Lang::default, Lang::accepted)
    };
    Look {
        lang: cookie(req, LANG).and_then(Lang::parse).unwrap_or_else(accepted),
        zone: cookie(req, ZONE).and_then(|zone| zone.parse().ok()).unwrap_or(zones::DEFAULT),
        theme: cookie(req, THEME).map(Theme::parse).unwrap_or_default(),
        ..Look::default()
    }
}

pub fn cookie<'r>(req: &'r HttpRequest, name: &str) -> Option<&'r str> {
    let headers = req.headers().get_all(COOKIE).filter_map(|header| header.to_str().ok());
    let mut cookies =
        headers.flat_map(|header| header.split(';')).filter_map(|pair| pair.trim().split_once('='));
    cookies.find(|(known, _)| *known == name).map(|(_, value)| value)
}

/// A whole page.
fn shown(page: &impl Template) -> Result<HttpResponse, Trouble> {
    shown_as(StatusCode::OK, page)
}

fn shown_as(status: StatusCode, page: &impl Template) -> Result<HttpResponse, Trouble> {
    Ok(HttpResponse::build(status).content_type("text/html; charset=utf-8").body(page.render()?))
}

/// Asks the browser to go to a page of ours.
fn go_to(address: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((LOCATION, address)).finish()
}

/// The page that says why there is none.
pub fn trouble(req: &HttpRequest, trouble: &Trouble) -> HttpResponse {
    let status = trouble.status_code();
    if matches!(trouble, Trouble::Refused(Refusal::LoginNeeded)) {
        return login::needed(req);
    }
    let by_link = req.path().starts_with("/s/");
    if by_link && let Some(answer) = guests::refused(req, trouble, status) {
        return answer;
    }
    let problem = match (trouble, status) {
        (Trouble::Refused(Refusal::AnotherSite | Refusal::NoOrigin), _) => Problem::Foreign,
        (Trouble::Refused(Refusal::NoRight), _) => Problem::NoRight,
        (Trouble::Refused(Refusal::BadToken | Refusal::PinNeeded), _) => Problem::OldLink,
        (Trouble::Refused(Refusal::Host(_)), _) => Problem::OtherName,
        (Trouble::Refused(_), _) => Problem::Refused,
        (_, StatusCode::NOT_FOUND) => Problem::NotFound,
        (_, StatusCode::SERVICE_UNAVAILABLE) => Problem::Busy,
        _ if status.is_client_error() => Problem::Invalid,
        _ => Problem::Failed,
    };
    let look = look(req);
    // On stream there is no room for more than a word.
    if req.path().starts_with("/o/")
        && matches!(problem, Problem::OldLink | Problem::NotFound)
        && let Ok(gone) = overlay::gone(status, &look)
    {
        return gone;
    }
    // The page says the same in the reader's language; programs and English readers learn more.
    let detail = match problem {
        Problem::Invalid | Problem::Foreign | Problem::Refused | Problem::OtherName
            if look.lang == Lang::En =>
        {
            trouble.to_string()
        }
        _ => String::new(),
    };
    let mut page = ProblemPage::new(problem, &detail, &look);
    page.home &= !by_link;
    shown_as(status, &page).unwrap_or_else(|_| {
        HttpResponse::build(status).content_type("text/plain; charset=utf-8").body(trouble.to_string())
    })
}
