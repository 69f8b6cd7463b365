//! Live pages that stay open, as HTTP clients: each part is asked for as often as the page says, and where an answer
//! says how to ask next, that way.

use crate::addresses::asked_by;
use crate::served::{Answers, CREATOR};
use anyhow::{Context as _, ensure};
use futures_util::future::join_all;
use reqwest::Client;
use serde_json::Value;
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// Opens the page and keeps it open.
pub async fn tab(client: &Client, base: &str, until: Instant) -> anyhow::Result<Answers> {
    let mut answers = Answers::default();
    let asked = client.get(format!("{base}/live?creator={CREATOR}"));
    let (_, page) = answers.ask(asked).await.context("the live page was not answered")?;
    let parts = asked_by(&page);
    ensure!(parts.len() >= 3, "the live page asks for {parts:?} only");
    let asking = parts.into_iter().map(|(path, every)| part(client, base, path, every, until));
    let (parts, chart) = tokio::join!(join_all(asking), chart(client, base, &page, until));
    parts.into_iter().for_each(|part| answers.add(part));
    answers.add(chart?);
    Ok(answers)
}

/// A part that asks for itself; without an interval it is asked for at once, and its answer may say one.
async fn part(
    client: &Client,
    base: &str,
    mut path: String,
    mut every: Option<Duration>,
    until: Instant,
) -> Answers {
    let (mut answers, mut next) = (Answers::default(), Instant::now());
    loop {
        next += every.unwrap_or_default();
        if next >= until {
            return answers;
        }
        sleep_until(next).await;
        let asked = client.get(format!("{base}{path}")).header("hx-request", "true");
        let Some((_, answer)) = answers.ask(asked).await else { continue };
        let place = |path: &str| path.split('?').next().map(str::to_owned);
        match asked_by(&answer).into_iter().find(|(asked, _)| place(asked) == place(&path)) {
            Some((then, again)) => (path, every) = (then, again.or(every)),
            // A part that has nothing more to ask says so by asking for nothing.
            None if !answer.is_empty() => return answers,
            None => {}
        }
        if every.is_none() {
            return answers;
        }
    }
}

/// New points of the chart, which a script asks for.
async fn chart(client: &Client, base: &str, page: &str, until: Instant) -> anyhow::Result<Answers> {
    let data = page.split("data-chart=\"").nth(1).and_then(|rest| rest.split('"').next());
    let data = data.context("the live page has a chart")?;
    let data =
        data.replace("&#34;", "\"").replace("&quot;", "\"").replace("&#38;", "&").replace("&amp;", "&");
    let data: Value = serde_json::from_str(&data).context("what the chart is made of")?;
    let source = data["source"].as_str().context("the chart grows")?;
    let every = page.split("data-chart-every=\"").nth(1).and_then(|rest| rest.split('"').next());
    let every = Duration::from_millis(every.context("the pulse says how often")?.parse()?);
    let mut since = data["t"].as_array().and_then(|t| t.last()).and_then(Value::as_f64).and_then(time);
    let (mut answers, mut next) = (Answers::default(), Instant::now() + every);
    while next < until {
        sleep_until(next).await;
        next += every;
        let asked = format!("{base}{source}&since={}", since.as_deref().unwrap_or_default());
        let asked = client.get(asked).header("accept", "application/json");
        if let Some((_, answer)) = answers.ask(asked).await {
            let answer: Value = serde_json::from_str(&answer)?;
            let last = answer["points"].as_array().and_then(|points| points.last()?["t"].as_str());
            since = last.map(str::to_owned).or(since);
        }
    }
    Ok(answers)
}

/// As a browser writes the time of a point.
fn time(seconds: f64) -> Option<String> {
    let at = chrono::DateTime::from_timestamp_millis((seconds * 1000.0) as i64)?;
    Some(at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true))
}
