//! Every URL on one screen: what it is, to whom it is open, who answers it, and what the audit log says of it.
//!
//! The table registers the routes itself, so there is none without an entry.

use super::access::Visitor;
use super::access::may::May;
use super::api::{
    creators, drivers, events, exports as export_jobs, feed, health, leaderboard, markers, metrics, openapi,
    push, remarks, series, sessions, windows,
};
use super::error::Trouble;
use super::sight::seen;
use super::state::AppState;
use super::visits::{
    alerts, avatars, backup, board, compare, connection, data, exports, forms, fragments, guests, import,
    insights, links, login, moments, overlay, pages, people, performance, preferences, review, saves, tokens,
};
use crate::domain::access::Role;
use crate::domain::audit::Deed;
use actix_web::body::BoxBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::guard::{Any, Get, Head, Method};
use actix_web::middleware::{Next, from_fn};
use actix_web::web::{Data, ServiceConfig, resource, route};
use actix_web::{Error, FromRequest, Handler, HttpMessage as _, Responder, Route, http};
use tracing::warn;

/// Moderators follow LIVEs and sessions, mark, note and tag; whatever holds money, leaves the house or decides
/// something is the owner's.
#[must_use]
#[rustfmt::skip]
pub fn table() -> Vec<Entry> {
    use May::{Anyone, Feed, Link, Metrics, Moderator, Overlay, Owner, Push, Share};
    vec![
        get("/", Moderator, pages::start),
        get("/welcome", Owner, pages::welcome),
        post("/welcome/language", Owner, forms::welcome_language),
        post("/welcome/creator", Owner, forms::welcome_creator).noting(Deed::CreatorAdded),
        get("/creators", Moderator, seen!(pages::creators)),
        post("/creators", Owner, forms::add_creator).noting(Deed::CreatorAdded),
        post("/creators/{username}/start", Owner, forms::start),
        post("/creators/{username}/stop", Owner, forms::stop),
        post("/creators/{username}/remove", Owner, forms::remove).noting(Deed::CreatorRemoved),
        get("/live", Moderator, seen!(pages::live)),
        get("/insights", Owner, insights::page),
        get("/insights.png", Owner, insights::png),
        get("/insights.csv", Owner, insights::csv),
        post("/insights/trial/start", Owner, insights::start),
        post("/insights/trial/stop", Owner, insights::stop),
        get("/compare", Owner, compare::page),
        get("/compare.png", Owner, compare::png),
        get("/compare.csv", Owner, compare::csv),
        get("/leaderboards", Moderator, seen!(board::page)),
        get("/leaderboards.csv", Owner, board::csv),
        post("/people/{id}/erase", Owner, board::erase).noting(Deed::PersonErased),
        post("/people/{id}/note", Moderator, board::note),
        get("/people", Owner, people::page),
        post("/people/sharing", Owner, people::share),
        post("/people/sharing/stop", Owner, people::stop_sharing),
        post("/people/this-computer", Owner, people::this_computer).noting(Deed::SettingsChanged),
        post("/people/accounts", Owner, people::add_account),
        post("/people/accounts/{name}/password", Owner, people::change_password),
        post("/people/accounts/{name}/remove", Owner, people::remove_account),
        post("/people/devices/{id}/revoke", Owner, people::revoke_device),
        post("/people/links", Owner, links::make),
        post("/people/links/{id}/revoke", Owner, links::revoke),
        get("/best-times.png", Owner, pages::best_times_png),
        get("/best-times.csv", Owner, pages::best_times_csv),
        get("/sessions", Moderator, seen!(pages::sessions)),
        get("/sessions/{id}", Moderator, seen!(review::page)),
        post("/sessions/{id}/notes", Moderator, review::save_notes),
        post("/sessions/{id}/notes/undo", Moderator, review::undo_notes),
        post("/sessions/{id}/tags", Moderator, review::save_tags),
        post("/sessions/{id}/tiktok", Owner, review::match_tiktok),
        post("/sessions/{id}/questions/{number}", Moderator, review::answer_question),
        get("/sessions/{id}/chart.png", Owner, saves::chart_png),
        get("/sessions/{id}/chart.csv", Owner, saves::chart_csv),
        get("/sessions/{id}/hold.png", Owner, saves::hold_png),
        get("/sessions/{id}/hold.csv", Owner, saves::hold_csv),
        get("/sessions/{id}/card.png", Owner, saves::card),
        get("/sessions/{id}/report.html", Owner, saves::report),
        post("/sessions/{id}/markers", Moderator, moments::mark),
        post("/sessions/{id}/markers/{marker}/remove", Moderator, moments::unmark),
        get("/exports", Owner, exports::page),
        post("/exports", Owner, exports::ask).noting(Deed::Exported),
        get("/exports/{id}/file", Owner, exports::file),
        post("/exports/{id}/remove", Owner, exports::remove).noting(Deed::DataRemoved),
        post("/gifts/{id}/price", Owner, forms::price).noting(Deed::SettingsChanged),
        get("/settings/connection", Owner, connection::page),
        post("/settings/connection", Owner, connection::save).noting(Deed::SettingsChanged),
        post("/settings/connection/test", Owner, connection::test),
        get("/settings/backup", Owner, backup::page),
        post("/settings/backup", Owner, backup::save).noting(Deed::SettingsChanged),
        post("/settings/backup/make", Owner, backup::make).noting(Deed::BackupMade),
        post("/settings/backup/restore", Owner, backup::restore).noting(Deed::BackupRestored),
        post("/settings/backup/remove", Owner, backup::remove).noting(Deed::DataRemoved),
        get("/settings/backup/file", Owner, backup::file),
        get("/performance", Owner, performance::page),
        post("/performance", Owner, performance::change).noting(Deed::SettingsChanged),
        get("/settings/session", Owner, preferences::session),
        post("/settings/session", Owner, preferences::save_session).noting(Deed::SettingsChanged),
        get("/settings/gifts", Owner, preferences::gifts),
        post("/settings/gifts", Owner, preferences::save_gifts).noting(Deed::SettingsChanged),
        get("/settings/money", Owner, preferences::money),
        post("/settings/money", Owner, preferences::save_money).noting(Deed::SettingsChanged),
        get("/settings/display", Moderator, preferences::display),
        post("/settings/display", Moderator, forms::display),
        get("/settings/alerts", Owner, alerts::page),
        post("/settings/alerts", Owner, alerts::save_rule).noting(Deed::SettingsChanged),
        get("/settings/webhooks", Owner, alerts::webhooks),
        post("/settings/webhooks", Owner, alerts::add_webhook).noting(Deed::SettingsChanged),
        post("/settings/webhooks/{id}", Owner, alerts::change_webhook).noting(Deed::SettingsChanged),
        post("/settings/alerts/goals", Owner, alerts::add_goal).noting(Deed::SettingsChanged),
        post("/settings/alerts/goals/{id}", Owner, alerts::change_goal).noting(Deed::SettingsChanged),
        post("/settings/undo", Owner, preferences::undo).noting(Deed::SettingsChanged),
        get("/settings/data", Owner, data::page),
        post("/settings/data", Owner, data::save).noting(Deed::SettingsChanged),
        post("/settings/data/run", Owner, data::run).noting(Deed::DataRemoved),
        get("/settings/data/person", Owner, data::seek),
        get("/settings/tokens", Owner, tokens::page),
        post("/settings/tokens", Owner, tokens::make),
        post("/settings/tokens/{id}/revoke", Owner, tokens::take),
        get("/import", Owner, import::page),
        post("/import", Owner, import::bring),
        post("/import/{id}/take", Owner, import::take).noting(Deed::Imported),
        post("/import/{id}/remove", Owner, import::remove),
        get("/f/imports", Owner, import::list),
        get("/archives/{id}/{kind}", Owner, data::file),
        get("/overlay", Owner, overlay::gallery),
        get("/overlay/{widget}", Owner, overlay::preview),
        get("/overlay/{widget}/f", Owner, overlay::preview_part),
        get("/overlay/{widget}/avatars/{user}", Owner, overlay::preview_avatar),
        post("/overlay/{widget}/url", Owner, overlay::make),
        post("/overlay/{widget}/revoke", Owner, overlay::revoke),
        post("/overlay/{widget}/test", Owner, overlay::test),
        get("/o/{token}/{widget}", Overlay, overlay::opened),
        get("/o/{token}/{widget}/f", Overlay, overlay::opened_part),
        get("/o/{token}/{widget}/avatars/{user}", Overlay, overlay::opened_avatar),
        get("/s/{token}", Share, guests::page),
        post("/s/{token}/pin", Link, guests::enter),
        post("/s/{token}/settings/display", Link, forms::display),
        get("/s/{token}/f/pulse", Share, guests::pulse),
        get("/s/{token}/f/feed", Share, guests::feed),
        get("/s/{token}/f/leaderboard", Share, guests::leaderboard),
        get("/s/{token}/f/moments", Share, guests::moments),
        get("/s/{token}/f/changed", Share, guests::changed),
        get("/s/{token}/api/v1/sessions/{id}/series", Share, guests::points),
        get("/s/{token}/avatars/{user}", Share, guests::avatar),
        get("/more", Moderator, pages::more),
        get("/help", Moderator, pages::help),
        get("/avatars/{user}", Moderator, avatars::avatar),
        get("/assets/{file}", Anyone, pages::asset),
        get("/f/pulse", Moderator, seen!(fragments::pulse)),
        get("/f/feed", Moderator, seen!(fragments::feed)),
        get("/f/leaderboard", Moderator, seen!(fragments::leaderboard)),
        get("/f/leaderboards", Moderator, seen!(board::lines)),
        get("/f/moments", Moderator, moments::list),
        get("/f/changed", Moderator, seen!(moments::what_changed)),
        get("/f/alerts", Moderator, alerts::toasts),
        get("/f/deliveries", Owner, alerts::deliveries),
        get("/f/chores", Owner, data::chores),
        get("/f/creators", Moderator, seen!(fragments::creators)),
        get("/f/exports", Owner, exports::estimate),
        get("/f/job/backup", Owner, backup::work),
        get("/f/job/{id}", Owner, exports::job),
        get("/f/system", Owner, performance::system),
        get("/f/trial", Owner, insights::reminder),
        get("/f/welcome", Owner, fragments::welcome),
        get("/login", Anyone, login::page),
        post("/login", Anyone, login::log_in),
        post("/logout", Anyone, login::log_out),
        get("/healthz", Anyone, health::healthz),
        get("/readyz", Metrics, health::readyz),
        get("/metrics", Metrics, metrics::metrics),
        get("/api/v1/openapi.json", Moderator, openapi::openapi),
        get("/api/v1/docs", Moderator, openapi::docs),
        get("/api/v1/creators", Moderator, creators::list),
        post("/api/v1/creators", Owner, creators::add).noting(Deed::CreatorAdded),
        delete("/api/v1/creators/{username}", Owner, creators::remove).noting(Deed::CreatorRemoved),
        post("/api/v1/creators/{username}/start", Owner, creators::start),
        post("/api/v1/creators/{username}/stop", Owner, creators::stop),
        get("/api/v1/creators/{username}/drivers", Moderator, seen!(drivers::of_creator)),
        get("/api/v1/sessions", Moderator, seen!(sessions::list)),
        post("/api/v1/sessions", Push, seen!(push::begin)),
        get("/api/v1/sessions/{id}", Moderator, seen!(sessions::one)),
        get("/api/v1/sessions/{id}/series", Moderator, seen!(series::series)),
        get("/api/v1/sessions/{id}/intervals", Moderator, seen!(series::intervals)),
        get("/api/v1/sessions/{id}/leaderboard", Moderator, seen!(leaderboard::of_session)),
        get("/api/v1/sessions/{id}/drivers", Moderator, seen!(drivers::of_session)),
        get("/api/v1/sessions/{id}/windows", Moderator, windows::of_session),
        get("/api/v1/sessions/{id}/what-changed", Moderator, seen!(windows::what_changed)),
        get("/api/v1/sessions/{id}/markers", Moderator, markers::list),
        post("/api/v1/sessions/{id}/markers", Moderator, markers::add),
        get("/api/v1/sessions/{id}/notes", Moderator, remarks::read),
        put("/api/v1/sessions/{id}/notes", Moderator, remarks::set_notes),
        put("/api/v1/sessions/{id}/tags", Moderator, remarks::set_tags),
        delete("/api/v1/sessions/{id}/markers/{marker}", Moderator, markers::remove),
        get("/api/v1/sessions/{id}/events", Moderator, seen!(events::events)),
        post("/api/v1/sessions/{id}/events", Push, push::events),
        post("/api/v1/sessions/{id}/end", Push, seen!(push::end)),
        get("/api/v1/leaderboard", Moderator, seen!(leaderboard::of_days)),
        get("/api/v1/exports", Owner, export_jobs::list),
        post("/api/v1/exports", Owner, export_jobs::ask).noting(Deed::Exported),
        get("/api/v1/exports/{id}", Owner, export_jobs::one),
        delete("/api/v1/exports/{id}", Owner, export_jobs::remove).noting(Deed::DataRemoved),
        get("/api/v1/exports/{id}/file", Owner, exports::file),
        get("/api/v1/feed", Feed, seen!(feed::feed)),
    ]
}

/// One way to ask for one address.
pub struct Entry {
    pub method: &'static str,
    pub path: &'static str,
    pub may: May,
    /// What the audit log keeps of a request that changed something.
    pub deed: Option<Deed>,
    route: Route,
}

impl Entry {
    fn noting(mut self, deed: Deed) -> Self {
        self.deed = Some(deed);
        self
    }
}

pub fn routes(app: &mut ServiceConfig) {
    let mut resources: Vec<(&str, Vec<Route>)> = Vec::new();
    for Entry { path, may, deed, route, .. } in table() {
        let guarded = route.wrap(from_fn(move |req, next| answer(may, deed, req, next)));
        match resources.iter_mut().find(|(known, _)| *known == path) {
            Some((_, routes)) => routes.push(guarded),
            None => resources.push((path, vec![guarded])),
        }
    }
    for (path, routes) in resources {
        app.service(routes.into_iter().fold(resource(path), actix_web::Resource::route));
    }
}

/// Has a route answered to whom it is open, and keeps what was done.
async fn answer(
    may: May,
    deed: Option<Deed>,
    req: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse, Error> {
    let visitor = req.extensions().get::<Visitor>().cloned().unwrap_or_else(|| Visitor::new(Role::Guest));
    if let Err(refusal) = may.admit(&visitor, req.path()) {
        return Ok(req.error_response(Trouble::from(refusal)));
    }
    let answered = next.call(req).await?;
    let status = answered.status();
    if let Some(deed) = deed
        && (status.is_success() || status.is_redirection())
        && let Some(state) = answered.request().app_data::<Data<AppState>>()
    {
        // Who was erased is to be kept nowhere.
        let subject = if deed == Deed::PersonErased { "" } else { answered.request().path() };
        let noted = state.store.note(visitor.who(), deed, subject, state.now()).await;
        if let Err(error) = noted {
            warn!(%error, "The audit log misses an entry: {error}");
        }
    }
    Ok(answered)
}

/// Reading; HEAD asks for the headers of the same answer.
fn get<F, Args>(path: &'static str, may: May, handler: F) -> Entry
where
    F: Handler<Args>,
    Args: FromRequest + 'static,
    F::Output: Responder + 'static,
{
    let route = route().guard(Any(Get()).or(Head())).to(handler);
    Entry { method: "GET", path, may, deed: None, route }
}

macro_rules! changing {
    ($name:ident, $method:ident) => {
        fn $name<F, Args>(path: &'static str, may: May, handler: F) -> Entry
        where
            F: Handler<Args>,
            Args: FromRequest + 'static,
            F::Output: Responder + 'static,
        {
            let route = route().guard(Method(http::Method::$method)).to(handler);
            Entry { method: stringify!($method), path, may, deed: None, route }
        }
    };
}

changing!(post, POST);
changing!(put, PUT);
changing!(delete, DELETE);
