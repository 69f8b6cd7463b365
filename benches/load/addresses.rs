//! What is asked for, and how quickly it must be answered: product budgets in milliseconds, for 95 of 100.

use anyhow::{Context as _, ensure};
use reqwest::Client;
use std::time::Duration;

pub struct Address {
    /// `{session}` stands for each of the newest sessions in turn.
    pub path: String,
    pub limit_ms: f64,
}

const LIVE_DOCUMENT_MS: f64 = 50.0;
const LIVE_FRAGMENT_MS: f64 = 15.0;
const DOCUMENT_MS: f64 = 80.0;
const FRAGMENT_MS: f64 = 20.0;

/// Pages about the running session.
const LIVE: [&str; 2] = ["/live", "/live?win=all&on=likes,comments,gifts,follows,shares"];

const DOCUMENTS: [&str; 23] = [
    "/",
    "/creators",
    "/sessions",
    "/sessions?page=4",
    "/sessions/{session}",
    "/sessions/{session}?t=1h12m",
    "/sessions/{session}?tab=gifts",
    "/sessions/{session}?tab=people",
    "/sessions/{session}?tab=battles",
    "/sessions/{session}?tab=quality",
    "/insights",
    "/insights?scope=7d",
    "/insights?scope=30d",
    "/insights?scope=90d",
    "/insights?scope=session:{session}",
    "/leaderboards",
    "/leaderboards?scope=7d",
    "/leaderboards?scope=30d",
    "/leaderboards?scope=30d&sort=-gifts&q=ayu",
    "/leaderboards?scope=session&session={session}",
    "/settings/connection",
    "/more",
    "/help",
];

const FRAGMENTS: [&str; 2] = ["/f/creators", "/f/trial?creator=mira.plays"];

/// Answers for programs are held to the budget of a page.
const PROGRAMS: [&str; 10] = [
    "/api/v1/creators",
    "/api/v1/sessions",
    "/api/v1/sessions/{session}",
    "/api/v1/sessions/{session}/series",
    "/api/v1/sessions/{session}/intervals",
    "/api/v1/sessions/{session}/leaderboard",
    "/api/v1/sessions/{session}/drivers",
    "/api/v1/sessions/{session}/windows",
    "/api/v1/creators/mira.plays/drivers",
    "/api/v1/leaderboard?days=30",
];

/// Everything that is measured at `base`, the parts that the live page asks for by itself included.
pub async fn all(client: &Client, base: &str) -> anyhow::Result<Vec<Address>> {
    let mut all = Vec::new();
    let mut add = |paths: &[&str], limit_ms| {
        all.extend(paths.iter().map(|path| Address { path: (*path).to_owned(), limit_ms }));
    };
    add(&LIVE, LIVE_DOCUMENT_MS);
    add(&DOCUMENTS, DOCUMENT_MS);
    add(&FRAGMENTS, FRAGMENT_MS);
    add(&PROGRAMS, DOCUMENT_MS);
    let live = client.get(format!("{base}/live")).send().await?.text().await?;
    let parts = asked_by(&live);
    ensure!(parts.len() >= 3, "the live page asks for {parts:?} only; does its session run?");
    all.extend(parts.into_iter().map(|(path, _)| Address { path, limit_ms: LIVE_FRAGMENT_MS }));
    Ok(all)
}

/// The parts that a page asks for by itself, and how often; some only once.
pub fn asked_by(page: &str) -> Vec<(String, Option<Duration>)> {
    let part = |element: &str| {
        let path = element.split('"').next()?.replace("&amp;", "&").replace("&#38;", "&");
        let tag = element.split('>').next()?;
        let every = tag.split("every ").nth(1).and_then(|rest| rest.split('s').next()?.parse().ok());
        path.starts_with("/f/").then(|| (path, every.map(Duration::from_secs_f64)))
    };
    page.split("hx-get=\"").skip(1).filter_map(part).collect()
}

/// The ids of the newest sessions that are over.
pub async fn sessions(client: &Client, base: &str) -> anyhow::Result<Vec<String>> {
    let list = client.get(format!("{base}/api/v1/sessions?limit=20")).send().await?.text().await?;
    let list: serde_json::Value = serde_json::from_str(&list)?;
    let sessions = list["sessions"].as_array().context("a list of sessions")?;
    let over = sessions.iter().filter(|session| !session["ended_at"].is_null());
    over.map(|session| Ok(session["session_id"].as_str().context("an id")?.to_owned())).collect()
}
