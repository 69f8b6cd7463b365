//! Everybody at once on one busy LIVE: open dashboards and one real browser, widgets in OBS, and programs that read
//! the feed. Does anybody miss an event, or see it late, and what does that cost?
//! `cargo bench --bench neighbours`, with Chromium and chromedriver on the PATH; see docs/performance.md.
//!
//! Pasut is a process of its own. The simulator and all who ask run in this one, so that what they cost is told apart.

#[path = "../load/addresses.rs"]
#[allow(dead_code, reason = "shared with the benchmark of single pages")]
mod addresses;
mod dashboards;
#[path = "../../tests/it/browser/driver.rs"]
#[allow(dead_code, reason = "shared with the tests")]
mod driver;
#[path = "../measure/memory.rs"]
#[allow(dead_code, reason = "shared by several benchmarks")]
mod memory;
mod overlays;
#[path = "../measure/pasut.rs"]
#[allow(dead_code, reason = "shared by several benchmarks")]
mod pasut_process;
#[path = "../measure/process.rs"]
mod process;
mod readers;
mod room;
mod served;
#[path = "../measure/verdict.rs"]
mod verdict;

use anyhow::{Context as _, ensure};
use clap::Parser;
use driver::Browser;
use pasut::clock::Clock;
use pasut::lifecycle::Lifecycle;
use pasut::simulator::{self, Simulator, SimulatorHandle};
use process::{of_browser, processor_time};
use readers::{Reader, Told};
use room::Telling;
use served::{Answers, Neighbourhood};
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;
use verdict::Verdict;

/// Let everybody ask at once
#[derive(Parser)]
struct Arguments {
    /// For so long
    #[arg(long, default_value_t = 10.0)]
    minutes: f64,
    /// Open live pages, half of them moderators'
    #[arg(long, default_value_t = 20)]
    dashboards: usize,
    /// Widgets in OBS
    #[arg(long, default_value_t = 10)]
    overlays: usize,
    /// Programs that read the feed, half of them in the connector's form
    #[arg(long, default_value_t = 20)]
    readers: usize,
    /// Without a real browser among them, where there is no Chromium
    #[arg(long)]
    no_browser: bool,
    /// Cargo says so to every benchmark
    #[arg(long, hide = true)]
    bench: bool,
}

/// What is told before anybody looks, so that pages have something to show.
const WARM_UP: Duration = Duration::from_secs(15);
/// Memory is held against what it was after this long.
const SETTLED: Duration = Duration::from_secs(60);
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// The must of the event lag, for 95 of 100.
const LAG_MS: f64 = 250.0;
/// A session remembers the newest 50,000 ids, the people it saw and a point of its chart every few seconds: less
/// than this in ten minutes. What is kept of every event would be ten times as much.
const GROWTH_MIB: f64 = 16.0;
/// "At 200 events a second", as dice fall.
const RATE: f64 = 190.0;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    // The client wants one even where nothing is encrypted.
    drop(rustls::crypto::ring::default_provider().install_default());
    let lifecycle = Lifecycle::start();
    let world = simulator::Config::calm(Clock::real().wall().0);
    let simulator = Simulator::start(world, &lifecycle).await?;
    let pasut = Neighbourhood::start(simulator.url(), arguments.overlays, arguments.readers).await?;
    let mut verdict = Verdict::default();
    let judged = all(&arguments, &pasut, &simulator, &mut verdict).await;
    drop(pasut);
    lifecycle.stop();
    lifecycle.finished().await;
    judged?;
    verdict.result()
}

async fn all(
    arguments: &Arguments,
    pasut: &Neighbourhood,
    simulator: &SimulatorHandle,
    verdict: &mut Verdict,
) -> anyhow::Result<()> {
    let (busy, room) = (room::busy(), simulator.scripted(served::CREATOR));
    pasut.watch(&room).await?;
    let telling = Arc::new(Telling::default());
    let mut reading = JoinSet::new();
    for (number, token) in pasut.feeds.iter().enumerate() {
        let reader = Reader::open(pasut.address(), token, number, Arc::clone(&telling)).await?;
        reading.spawn(reader.read());
    }
    let stop = CancellationToken::new();
    let mut speaking = JoinSet::new();
    speaking.spawn(room::tell(busy, room.clone(), Arc::clone(&telling), stop.clone()));
    sleep(WARM_UP).await;

    let browser = match arguments.no_browser {
        true => None,
        false => Some(pasut.browser().await?),
    };
    let mut tabs = Vec::new();
    for number in 0..arguments.dashboards {
        tabs.push(pasut.logged_in(number % 2 == 0).await?);
    }
    let until = Instant::now() + Duration::from_secs_f64(arguments.minutes * 60.0);
    let mut asking: JoinSet<anyhow::Result<(&str, Answers)>> = JoinSet::new();
    for (client, base) in tabs {
        asking.spawn(async move { Ok(("dashboards", dashboards::tab(&client, &base, until).await?)) });
    }
    for (number, token) in pasut.overlays.iter().enumerate() {
        let (address, start) = (pasut.overlay(token, number), Duration::from_millis(97 * number as u64));
        asking.spawn(async move { Ok(("overlays", overlays::source(&address, start, until).await?)) });
    }
    let (began, events) = (Instant::now(), telling.told());
    let looked = Looks::until(until, pasut, browser.as_ref()).await?;
    let (seconds, events) = (began.elapsed().as_secs_f64(), telling.told() - events);

    let (mut dashboards, mut overlays) = (Answers::default(), Answers::default());
    while let Some(asked) = asking.join_next().await {
        match asked?? {
            ("dashboards", answers) => dashboards.add(answers),
            (_, answers) => overlays.add(answers),
        }
    }
    let complaints = match &browser {
        Some(browser) => browser.complaints().await,
        None => Vec::new(),
    };
    drop(browser);
    stop.cancel();
    speaking.join_next().await.context("one speaks")??;
    pasut.until_stored(telling.told()).await?;
    room.end().await;
    let mut told = Vec::new();
    while let Some(read) = reading.join_next().await {
        told.push(read??);
    }
    let recorded = pasut.session().await?;

    println!("\n{seconds:.0} s, {events} events");
    verdict.at_least("events a second", events as f64 / seconds, RATE);
    dashboards.judge("dashboards", arguments.dashboards, verdict);
    overlays.judge("overlays", arguments.overlays, verdict);
    complaints.iter().for_each(|complaint| println!("the browser complains: {complaint}"));
    verdict.at_most("complaints of the browser", complaints.len() as f64, 0.0);
    recorded.judge(&room.truth(), telling.told(), verdict);
    judge_readers(&told, &recorded.counted, telling.told(), verdict);
    looked.judge(seconds, verdict);
    Ok(())
}

/// Every reader that keeps up has every event, and soon.
fn judge_readers(told: &[Told], recorded: &readers::Counted, sent: usize, verdict: &mut Verdict) {
    let mut lags = Vec::new();
    for (form, connector) in [("pasut", false), ("connector", true)] {
        let of_form: Vec<_> = told.iter().filter(|told| told.connector == connector).collect();
        let lines = || of_form.iter().map(|told| told.lines);
        let (fewest, most) = (lines().min().unwrap_or(0), lines().max().unwrap_or(0));
        println!("{} readers in the form {form}: {fewest} to {most} messages each", of_form.len());
        let differing = of_form.iter().filter(|told| told.counted != *recorded).count();
        for told in of_form.iter().filter(|told| told.counted != *recorded).take(1) {
            println!("one of them counted {:?}, and recorded are {recorded:?}", told.counted);
        }
        verdict.at_most(&format!("{form}: readers that counted otherwise"), differing as f64, 0.0);
        let missed: u64 = of_form.iter().map(|told| told.missed).sum();
        verdict.at_most(&format!("{form}: events that readers were told they missed"), missed as f64, 0.0);
        if !connector {
            let fewest = of_form.iter().map(|told| told.events_of(sent)).min().unwrap_or(sent);
            verdict.at_most("pasut: events that never came, the worst reader", (sent - fewest) as f64, 0.0);
        }
        lags.extend(of_form.iter().map(|told| (form, told.lag_ms(50), told.lag_ms(95), told.lag_ms(99))));
    }
    let worst = lags.iter().max_by(|a, b| a.2.total_cmp(&b.2));
    if let Some((form, half, most, slow)) = worst {
        println!(
            "the slowest reader ({form}), sent to received: p50 {half:.1}, p95 {most:.1}, p99 {slow:.1} ms"
        );
        verdict.at_most("sent to received, 95 of 100 of the slowest reader, ms", *most, LAG_MS);
    }
}

/// What was seen of the processes meanwhile.
struct Looks {
    /// KiB by seconds since the beginning.
    memory: Vec<(f64, i64)>,
    /// What Pasut says: until an event can be seen, 95 of 100 of the newest frames.
    lags_ms: Vec<f64>,
    server: Duration,
    generator: Duration,
    browser: Duration,
}

impl Looks {
    async fn until(until: Instant, pasut: &Neighbourhood, browser: Option<&Browser>) -> anyhow::Result<Self> {
        let id = pasut.process();
        let browsers = || -> anyhow::Result<Duration> {
            let Some(browser) = browser else { return Ok(Duration::ZERO) };
            Ok(of_browser(&browser.profile())?.iter().map(|process| processor_time(process)).sum())
        };
        let (began, mut printed) = (Instant::now(), 0);
        let (server, generator, shown) = (processor_time(&id), processor_time("self"), browsers()?);
        let (mut memory, mut lags_ms) = (Vec::new(), Vec::new());
        while Instant::now() < until {
            sleep(LOOK_EVERY.min(until - Instant::now())).await;
            let seconds = began.elapsed().as_secs_f64();
            memory.push((seconds, memory::resident_kib(&id)));
            lags_ms.push(pasut.lag_ms().await?);
            if seconds as u64 / 60 > printed {
                printed = seconds as u64 / 60;
                println!("after {printed} min: {:.1} MiB", mib(memory[memory.len() - 1].1));
            }
        }
        ensure!(!memory.is_empty(), "nobody looked; say more --minutes");
        Ok(Self {
            memory,
            lags_ms,
            server: processor_time(&id) - server,
            generator: processor_time("self") - generator,
            browser: browsers()?.saturating_sub(shown),
        })
    }

    fn judge(self, seconds: f64, verdict: &mut Verdict) {
        let share = |time: Duration| time.as_secs_f64() / seconds * 100.0;
        println!(
            "processor time, % of a core: server {:.1}, load generator {:.1}, browser {:.1}",
            share(self.server),
            share(self.generator),
            share(self.browser)
        );
        let worst = self.lags_ms.iter().copied().fold(0.0, f64::max);
        verdict.at_most("until an event is visible, 95 of 100, the worst second, ms", worst, LAG_MS);
        let (_, last) = self.memory[self.memory.len() - 1];
        let settled = self.memory.iter().find(|(at, _)| *at >= SETTLED.as_secs_f64());
        let settled = settled.map_or(last, |(_, settled)| *settled);
        println!(
            "memory of the server: {:.1} MiB after a minute, {:.1} MiB in the end",
            mib(settled),
            mib(last)
        );
        verdict.at_most("growth of memory since, MiB", mib(last - settled), GROWTH_MIB);
    }
}

fn mib(kib: i64) -> f64 {
    kib as f64 / 1024.0
}
