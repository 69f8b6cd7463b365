//! A busy recording that is killed again and again, at any moment, in real time.

use crate::ledger::{Cost, Ledger, WRITTEN_WITHIN};
use crate::process::{Pasut, check, watch};
use crate::verdict::Verdict;
use anyhow::{Context as _, ensure};
use pasut::clock::Clock;
use pasut::lifecycle::Lifecycle;
use pasut::simulator::{
    self, Fault, Profile, RoomHandle, RoomSource, Simulator, SimulatorHandle, profile_named,
};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use std::fs::OpenOptions;
use std::ops::Range;
use std::path::Path;
use std::time::{Duration, Instant};
use tokio::time::{sleep, timeout};

/// A database takes so many kills; then another one begins, so that a check stays short.
const KILLS_EACH: usize = 100;
/// From the first answer of a process to its end. It connects after some hundred milliseconds.
const LIVES_MS: Range<u64> = 0..2_000;
/// What was delivered is noted this often.
const ROUND: Duration = Duration::from_millis(10);
const GONE_WITHIN: Duration = Duration::from_secs(20);

/// # Errors
///
/// If anything is there that was not delivered, or is missing that must be there, or a database is not whole.
pub async fn run(kills: usize, seed: u64, folder: &Path, lifecycle: &Lifecycle) -> anyhow::Result<Verdict> {
    let began = Instant::now();
    let world = simulator::Config { seed, ..simulator::Config::calm(Clock::real().wall().0) };
    let simulator = Simulator::start(world, lifecycle).await?;
    simulator.set_fault(Fault::Resend);
    let mut dice = StdRng::seed_from_u64(seed);
    let mut costs = Vec::new();
    for series in 0..kills.div_ceil(KILLS_EACH) {
        let room = busy_room(&simulator, &format!("busy{series}"))?;
        let place = folder.join(format!("series-{series}"));
        let mut ledger = Ledger::default();
        for _ in 0..KILLS_EACH.min(kills - costs.len()) {
            let lives = Duration::from_millis(dice.random_range(LIVES_MS));
            costs.push(kill_once(&simulator, &room, &place, &mut ledger, lives).await?);
        }
        let balance = ledger.balance(std::slice::from_ref(&room), &place).await?;
        ensure!(balance.faults.is_empty(), "{:?}", balance.faults);
        println!("{} kills; delivered: {}; kept: {}", costs.len(), balance.delivered, balance.kept);
        ensure!(balance.kept.events() > 0, "nothing was recorded");
    }
    let mut missing: Vec<f64> = costs.iter().map(|cost| cost.missing.as_secs_f64()).collect();
    missing.sort_unstable_by(f64::total_cmp);
    let median = missing.get(missing.len() / 2).copied().unwrap_or_default();
    println!(
        "{} kills in {:.0} s, each followed by `pasut check`: {} events lost; missing from {median:.2} s before a kill, by the median",
        costs.len(),
        began.elapsed().as_secs_f64(),
        costs.iter().map(|cost| cost.events).sum::<i64>()
    );
    let mut verdict = Verdict::default();
    verdict.at_most(
        "seconds before a kill from which something is missing",
        missing.last().copied().unwrap_or_default(),
        WRITTEN_WITHIN.as_secs_f64(),
    );
    Ok(verdict)
}

fn busy_room(simulator: &SimulatorHandle, name: &str) -> anyhow::Result<RoomHandle> {
    let busy = profile_named("busy").map_err(anyhow::Error::msg)?;
    let generous = Profile { viewers: 2_000.0, gifts_per_viewer: 1.0, ..busy };
    let generated = simulator.generated(name, generous);
    Ok(simulator.add_room(name, RoomSource::Generated(Box::new(generated))))
}

async fn kill_once(
    simulator: &SimulatorHandle,
    room: &RoomHandle,
    folder: &Path,
    ledger: &mut Ledger,
    lives: Duration,
) -> anyhow::Result<Cost> {
    std::fs::create_dir_all(folder)?;
    let log = OpenOptions::new().create(true).append(true).open(folder.with_extension("log"))?;
    let rooms = std::slice::from_ref(room);
    let program = Path::new(env!("CARGO_BIN_EXE_pasut"));
    let pasut = Pasut::start(program, &["serve", "--tiktok-url", simulator.url()], folder, log)?;
    pasut.post("/api/v1/creators", &watch(room))?;
    let until = Instant::now() + lives;
    while Instant::now() < until {
        ledger.note(rooms);
        sleep(ROUND).await;
    }
    ledger.note(rooms);
    let killed_at = Instant::now();
    pasut.kill()?;
    timeout(GONE_WITHIN, room.listened_to_by(0)).await.context("a connection outlives Pasut")?;
    check(folder)?;
    ledger.settle(rooms, folder, killed_at).await
}
