//! How long the server takes for every page and every part of one, on a database of 90 days and beside a
//! session that runs. `cargo bench --bench load -- --data FOLDER`, with a folder that `past` made; see
//! docs/performance.md.
//!
//! It asks over connections that stay open, at a modest rate, as a few people with a few tabs do, and
//! works on a copy of the folder.

mod addresses;
mod beside;
mod boards;
mod dashboards;
#[path = "../measure/pasut.rs"]
#[allow(dead_code, reason = "shared by several benchmarks")]
mod pasut_process;
#[path = "../measure/verdict.rs"]
#[allow(dead_code, reason = "shared by several benchmarks")]
mod verdict;

use addresses::Address;
use anyhow::{Context as _, ensure};
use clap::{Parser, ValueEnum};
use pasut::clock::Clock;
use pasut::lifecycle::Lifecycle;
use pasut::simulator::{self, RoomSource, Simulator, SimulatorHandle, profile_named};
use pasut_process::Served;
use reqwest::Client;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::time::{Instant, sleep};
use verdict::Verdict;

/// Each address is asked this often; the first answers warm up and do not count.
const TIMES: usize = 120;
const WARM_UP: usize = 20;
/// Pauses between two questions keep the rate modest.
const PAUSE: Duration = Duration::from_millis(15);

/// Measure the server
#[derive(Parser)]
struct Arguments {
    /// A data folder as `past` makes it
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Only addresses that contain this
    #[arg(long, default_value = "")]
    only: String,
    /// Only this part of it
    #[arg(long)]
    part: Option<Part>,
    /// Cargo says so to every benchmark
    #[arg(long, hide = true)]
    bench: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// Leaderboards inside the store
    Boards,
    /// Every page and part, one after the other
    Pages,
    /// Pages beside exports and chores
    Beside,
    /// Twenty open dashboards
    Dashboards,
}

impl Arguments {
    fn asks_for(&self, part: Part) -> bool {
        self.part.is_none_or(|only| only == part) && (self.only.is_empty() || part == Part::Pages)
    }
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let Some(data) = &arguments.data else {
        println!("make a folder with `cargo bench --bench past -- --into FOLDER`, then say `--data FOLDER`");
        return Ok(());
    };
    let folder = tempfile::tempdir()?;
    let database = folder.path().join("pasut.db");
    std::fs::copy(data.join("pasut.db"), &database)
        .with_context(|| format!("{} is no data folder", data.display()))?;
    let mut verdict = Verdict::default();
    if arguments.asks_for(Part::Boards) {
        boards::measure(&database, &mut verdict).await?;
    }

    // The client wants one even where nothing is encrypted.
    drop(rustls::crypto::ring::default_provider().install_default());
    let lifecycle = Lifecycle::start();
    let world = simulator::Config::calm(Clock::real().wall().0);
    let simulator = Simulator::start(world, &lifecycle).await?;
    live(&simulator, "mira.plays", "lively")?;
    let pasut = Served::start(
        Path::new(env!("CARGO_BIN_EXE_pasut")),
        &[
            "serve",
            "--log-level",
            "warn",
            "--listen",
            "127.0.0.1:0",
            "--tiktok-url",
            simulator.url(),
            "--data-dir",
        ],
        folder,
    )?;
    let base = format!("http://{}", pasut.address);
    let client = Client::builder().no_gzip().pool_max_idle_per_host(32).build()?;
    until_live(&client, &base, 1).await?;
    if arguments.asks_for(Part::Pages) {
        pages(&client, &base, &arguments.only, &mut verdict).await?;
    }
    if arguments.asks_for(Part::Beside) {
        beside::measure(&client, &base, &mut verdict).await?;
    }
    if arguments.asks_for(Part::Dashboards) {
        dashboards::measure(&simulator, &client, &base, &mut verdict).await?;
    }
    drop(pasut);
    lifecycle.stop();
    lifecycle.finished().await;
    verdict.result()
}

fn live(simulator: &SimulatorHandle, name: &str, profile: &str) -> anyhow::Result<()> {
    let profile = profile_named(profile).map_err(anyhow::Error::msg)?;
    let room = simulator.generated(name, profile);
    simulator.add_room(name, RoomSource::Generated(Box::new(room)));
    Ok(())
}

/// Waits until so many sessions run and have something to show.
async fn until_live(client: &Client, base: &str, sessions: usize) -> anyhow::Result<()> {
    let began = Instant::now();
    loop {
        let metrics = client.get(format!("{base}/metrics")).send().await?.text().await?;
        let live = metrics.lines().find_map(|line| line.strip_prefix("pasut_watches{state=\"live\"} "));
        if live.and_then(|live| live.trim().parse().ok()).is_some_and(|live: usize| live >= sessions) {
            sleep(Duration::from_secs(12)).await;
            return Ok(());
        }
        ensure!(began.elapsed() < Duration::from_secs(60), "nothing is LIVE after a minute");
        sleep(Duration::from_millis(200)).await;
    }
}

async fn pages(client: &Client, base: &str, only: &str, verdict: &mut Verdict) -> anyhow::Result<()> {
    let sessions = addresses::sessions(client, base).await?;
    ensure!(!sessions.is_empty(), "the database holds no session that is over");
    println!("{:<58} {:>8} {:>8} {:>8} {:>9}", "milliseconds", "p50", "p95", "p99", "bytes");
    for Address { path, limit_ms } in addresses::all(client, base).await? {
        if !path.contains(only) {
            continue;
        }
        let (mut times, mut bytes) = (Vec::new(), 0);
        for time in 0..TIMES {
            let path = path.replace("{session}", &sessions[time % sessions.len()]);
            let (took, length) = ask(client, &format!("{base}{path}")).await?;
            bytes = bytes.max(length);
            if time >= WARM_UP {
                times.push(took.as_secs_f64() * 1000.0);
            }
            sleep(PAUSE).await;
        }
        times.sort_unstable_by(f64::total_cmp);
        let at = |share: usize| times[(times.len() * share / 100).min(times.len() - 1)];
        println!("{path:<58} {:>8.2} {:>8.2} {:>8.2} {bytes:>9}", at(50), at(95), at(99));
        verdict.at_most(&format!("{path}, 95 of 100, ms"), at(95), limit_ms);
    }
    Ok(())
}

/// How long the whole answer took, and how many bytes it has.
async fn ask(client: &Client, url: &str) -> anyhow::Result<(Duration, usize)> {
    let began = Instant::now();
    let answer = client.get(url).header("accept-encoding", "gzip").send().await?;
    let status = answer.status();
    let bytes = answer.bytes().await?;
    let took = began.elapsed();
    ensure!(status.is_success(), "{url}: {status}");
    Ok((took, bytes.len()))
}
