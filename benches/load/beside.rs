//! Do pages wait while something large is done beside them: an export of everything, or a chore?

use super::verdict::Verdict;
use super::{PAUSE, WARM_UP, addresses, ask};
use anyhow::{Context as _, ensure};
use reqwest::Client;
use serde_json::Value;
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// What somebody looks at meanwhile, the newest session and a part of the live page among it.
const LOOKED_AT: [&str; 6] = [
    "/live",
    "/f/pulse?creator=mira.plays",
    "/sessions",
    "/sessions/{session}",
    "/leaderboards?scope=30d",
    "/insights?scope=30d",
];

/// So many answers tell what 99 of 100 take.
const ANSWERS: usize = 1_500;

/// Those that go through the whole database, where each is asked for and what asks again while it runs.
/// Archiving comes before what it leaves to be done.
const CHORES: [(&str, &str, &str); 6] = [
    ("chore=thin", "/settings/data/run", "/f/chores"),
    ("chore=archive", "/settings/data/run", "/f/chores"),
    ("chore=reclaim", "/settings/data/run", "/f/chores"),
    ("chore=check", "/settings/data/run", "/f/chores"),
    ("passphrase=", "/settings/backup/make", "/f/job/backup"),
    ("chore=compact&confirmed=1", "/settings/data/run", "/f/chores"),
];

/// A chore of a database of 90 days takes a minute or two.
const AT_MOST: Duration = Duration::from_secs(900);

pub async fn measure(client: &Client, base: &str, verdict: &mut Verdict) -> anyhow::Result<()> {
    let mut visitor = Visitor::new(client, base).await?;
    for _ in 0..WARM_UP {
        visitor.look().await?;
    }
    let mut idle = Vec::new();
    while idle.len() < ANSWERS {
        idle.push(visitor.look().await?);
    }
    let mut exporting = Vec::new();
    while exporting.len() < ANSWERS {
        let export = post(client, base, "/api/v1/exports", "application/json", "{\"from\": \"2000-01-01\"}");
        let export: Value = serde_json::from_str(&export.await?)?;
        let id = export["id"].as_str().context("the id of an export")?.to_owned();
        while !is_over(client, base, &id).await? {
            exporting.push(visitor.look().await?);
        }
        client.delete(format!("{base}/api/v1/exports/{id}")).header("origin", base).send().await?;
    }
    let (alone, beside) = (Spread::of(idle), Spread::of(exporting));
    alone.print("alone");
    beside.print("beside exports");
    verdict.at_most("99 of 100 beside an export, times as long as alone", beside.most / alone.most, 3.0);

    let form = "application/x-www-form-urlencoded";
    for days in ["data.retention_days=60", "data.raw_days=30"] {
        post(client, base, "/settings/data", form, days).await?;
    }
    for (chore, address, part) in CHORES {
        post(client, base, address, form, chore).await?;
        let (began, mut beside) = (Instant::now(), vec![visitor.look().await?]);
        while asks_again(client, &format!("{base}{part}")).await? {
            ensure!(began.elapsed() < AT_MOST, "{address} {chore} takes more than {AT_MOST:?}");
            beside.push(visitor.look().await?);
        }
        let beside = Spread::of(beside);
        println!("{:.1} s", began.elapsed().as_secs_f64());
        beside.print(&format!("beside {address} {chore}"));
        let longer = beside.slowest - alone.slowest;
        verdict.at_most("its slowest longer than the slowest alone, ms", longer, 100.0);
    }
    Ok(())
}

/// Somebody who opens one page after the other.
struct Visitor<'a> {
    client: &'a Client,
    base: &'a str,
    session: String,
    looked: usize,
}

impl<'a> Visitor<'a> {
    async fn new(client: &'a Client, base: &'a str) -> anyhow::Result<Self> {
        let sessions = addresses::sessions(client, base).await?;
        let session = sessions.into_iter().next().context("a session that is over")?;
        Ok(Self { client, base, session, looked: 0 })
    }

    /// How long the next page took, in milliseconds, and which it was.
    async fn look(&mut self) -> anyhow::Result<(f64, &'static str)> {
        let page = LOOKED_AT[self.looked % LOOKED_AT.len()];
        self.looked += 1;
        let path = page.replace("{session}", &self.session);
        let (took, _) = ask(self.client, &format!("{}{path}", self.base)).await?;
        sleep(PAUSE).await;
        Ok((took.as_secs_f64() * 1000.0, page))
    }
}

/// Times in milliseconds.
struct Spread {
    answers: usize,
    half: f64,
    /// 99 of 100 are at most this.
    most: f64,
    slowest: f64,
    slowest_page: &'static str,
}

impl Spread {
    fn of(mut looks: Vec<(f64, &'static str)>) -> Self {
        looks.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
        let at = |share: usize| looks[(looks.len() * share / 100).min(looks.len() - 1)].0;
        let (slowest, slowest_page) = looks[looks.len() - 1];
        Self { answers: looks.len(), half: at(50), most: at(99), slowest, slowest_page }
    }

    fn print(&self, what: &str) {
        let Self { answers, half, most, slowest, slowest_page } = self;
        println!(
            "{what}: p50 {half:.1}, p99 {most:.1}, slowest {slowest:.1} ms ({slowest_page}) of {answers} answers"
        );
    }
}

async fn post(client: &Client, base: &str, path: &str, kind: &str, body: &str) -> anyhow::Result<String> {
    let asked = client.post(format!("{base}{path}")).header("origin", base).header("content-type", kind);
    Ok(asked.body(body.to_owned()).send().await?.error_for_status()?.text().await?)
}

async fn is_over(client: &Client, base: &str, id: &str) -> anyhow::Result<bool> {
    let export = client.get(format!("{base}/api/v1/exports/{id}")).send().await?.text().await?;
    let state = serde_json::from_str::<Value>(&export)?["state"].clone();
    ensure!(state != "failed" && state != "cancelled", "{export}");
    Ok(state == "done")
}

/// Whether what was asked for goes on: the part that tells of it asks for itself again then.
async fn asks_again(client: &Client, part: &str) -> anyhow::Result<bool> {
    Ok(client.get(part).send().await?.text().await?.contains("hx-get"))
}
