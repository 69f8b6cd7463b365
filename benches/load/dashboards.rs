//! Twenty open dashboards while two busy rooms are recorded: does anybody see events later for it?

use super::verdict::Verdict;
use super::{addresses, ask, live, until_live};
use anyhow::Context as _;
use futures_util::future::try_join_all;
use pasut::simulator::SimulatorHandle;
use reqwest::Client;
use std::time::Duration;
use tokio::time::{Instant, interval};

const DASHBOARDS: usize = 20;
const FOR: Duration = Duration::from_secs(40);
const ROOMS: [&str; 2] = ["ramai.satu", "ramai.dua"];

pub async fn measure(
    simulator: &SimulatorHandle,
    client: &Client,
    base: &str,
    verdict: &mut Verdict,
) -> anyhow::Result<()> {
    for room in ROOMS {
        live(simulator, room, "busy")?;
        let added = client
            .post(format!("{base}/api/v1/creators"))
            .header("origin", base)
            .header("content-type", "application/json")
            .body(format!("{{\"username\": \"{room}\"}}"));
        added.send().await?.error_for_status()?;
    }
    until_live(client, base, ROOMS.len() + 1).await?;
    let until = Instant::now() + FOR;
    let tabs = (0..DASHBOARDS).map(|number| tab(client, base, ROOMS[number % ROOMS.len()], until));
    let (asked, lags) = tokio::try_join!(try_join_all(tabs), lags(client, base, until))?;
    println!("{DASHBOARDS} dashboards asked {} times in {} s", asked.iter().sum::<usize>(), FOR.as_secs());
    let worst = lags.iter().copied().fold(0.0, f64::max);
    verdict.at_most("time until an event is visible, 95 of 100, with twenty dashboards, ms", worst, 250.0);
    Ok(())
}

/// A live page that stays open: asks for each part as often as the page says.
async fn tab(client: &Client, base: &str, creator: &str, until: Instant) -> anyhow::Result<usize> {
    let page = client.get(format!("{base}/live?creator={creator}")).send().await?.text().await?;
    let parts = addresses::asked_by(&page);
    let asking =
        parts.into_iter().filter_map(|(path, every)| Some((path, every?))).map(async |(path, every)| {
            let (mut tick, mut asked) = (interval(every), 0);
            while Instant::now() < until {
                tick.tick().await;
                ask(client, &format!("{base}{path}")).await?;
                asked += 1;
            }
            anyhow::Ok(asked)
        });
    Ok(try_join_all(asking).await?.into_iter().sum())
}

/// What Pasut itself says every second: the 95th percentile over the newest frames, in milliseconds.
async fn lags(client: &Client, base: &str, until: Instant) -> anyhow::Result<Vec<f64>> {
    let (mut tick, mut lags) = (interval(Duration::from_secs(1)), Vec::new());
    while Instant::now() < until {
        tick.tick().await;
        let metrics = client.get(format!("{base}/metrics")).send().await?.text().await?;
        let lag = metrics.lines().find_map(|line| line.strip_prefix("pasut_event_lag_seconds "));
        lags.push(lag.context("the lag is told")?.trim().parse::<f64>()? * 1000.0);
    }
    Ok(lags)
}
