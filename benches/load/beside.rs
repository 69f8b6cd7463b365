//! Do pages wait while something large is done beside them: an export of everything, or a chore?

use super::verdict::Verdict;
use super::{PAUSE, addresses, ask};
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

/// Those that go through the whole database. Archiving comes before what it leaves to be done.
const CHORES: [&str; 6] = ["thin", "archive", "reclaim", "check", "backup", "compact"];

/// A chore of a database of 90 days takes a minute or two.
const AT_MOST: Duration = Duration::from_secs(900);

pub async fn measure(client: &Client, base: &str, verdict: &mut Verdict) -> anyhow::Result<()> {
    let mut visitor = Visitor::new(client, base).await?;
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
    let (alone, beside) = (Spread::of(&mut idle), Spread::of(&mut exporting));
    println!(
        "{:<28} p50 {:6.1} p99 {:6.1} slowest {:6.1} ms",
        "alone", alone.half, alone.most, alone.slowest
    );
    println!(
        "{:<28} p50 {:6.1} p99 {:6.1} slowest {:6.1} ms",
        "beside exports", beside.half, beside.most, beside.slowest
    );
    verdict.at_most("99 of 100 beside an export, times as long as alone", beside.most / alone.most, 3.0);

    let form = "application/x-www-form-urlencoded";
    post(client, base, "/settings/data", form, "days=60&raw_days=30").await?;
    for chore in CHORES {
        post(client, base, "/settings/data/run", form, &format!("chore={chore}&confirmed=1")).await?;
        let (began, mut beside) = (Instant::now(), vec![visitor.look().await?]);
        while is_busy(client, base).await? {
            ensure!(began.elapsed() < AT_MOST, "{chore} takes more than {AT_MOST:?}");
            beside.push(visitor.look().await?);
        }
        let (answers, beside) = (beside.len(), Spread::of(&mut beside));
        println!(
            "{:<28} p50 {:6.1} p99 {:6.1} slowest {:6.1} ms, {answers} answers in {:.1} s",
            format!("beside {chore}"),
            beside.half,
            beside.most,
            beside.slowest,
            began.elapsed().as_secs_f64()
        );
        let longer = beside.slowest - alone.slowest;
        verdict.at_most(&format!("longer beside {chore} than alone, slowest, ms"), longer, 100.0);
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

    /// How long the next page took, in milliseconds.
    async fn look(&mut self) -> anyhow::Result<f64> {
        let path = LOOKED_AT[self.looked % LOOKED_AT.len()].replace("{session}", &self.session);
        self.looked += 1;
        let (took, _) = ask(self.client, &format!("{}{path}", self.base)).await?;
        sleep(PAUSE).await;
        Ok(took.as_secs_f64() * 1000.0)
    }
}

/// Times in milliseconds.
struct Spread {
    half: f64,
    /// 99 of 100 are at most this.
    most: f64,
    slowest: f64,
}

impl Spread {
    fn of(times: &mut [f64]) -> Self {
        times.sort_unstable_by(f64::total_cmp);
        let at = |share: usize| times[(times.len() * share / 100).min(times.len() - 1)];
        Self { half: at(50), most: at(99), slowest: times[times.len() - 1] }
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

/// Whether a chore that was asked for runs; the list of chores asks for itself then.
async fn is_busy(client: &Client, base: &str) -> anyhow::Result<bool> {
    let list = client.get(format!("{base}/f/chores")).send().await?.text().await?;
    Ok(list.contains("hx-get"))
}
