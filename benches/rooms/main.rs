//! What rooms cost a running Pasut: memory over a million events, memory for each room, and processor
//! time for a hundred of them, with hardly anything to explain and with hours to explain.
//! `cargo bench --bench rooms`; see docs/performance.md.
//!
//! Pasut is a process of its own; the simulator runs in this one, and tells every room what happens.

mod explained;
#[path = "../measure/memory.rs"]
#[allow(dead_code, reason = "shared by several benchmarks")]
mod memory;
#[path = "../measure/pasut.rs"]
mod pasut_process;
#[path = "../measure/process.rs"]
#[allow(dead_code, reason = "shared by several benchmarks")]
mod process;
#[path = "../measure/verdict.rs"]
#[allow(dead_code, reason = "shared by several benchmarks")]
mod verdict;

use anyhow::Context as _;
use pasut::clock::Clock;
use pasut::domain::time::Stamp;
use pasut::lifecycle::Lifecycle;
use pasut::simulator::{self, Room, RoomHandle, Simulator, SimulatorHandle, profile_named};
use pasut::wire::webcast::BaseMessage;
use pasut_process::Served;
use std::path::Path;
use std::time::Duration;
use tempfile::TempDir;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep};
use tokio_util::sync::CancellationToken;
use verdict::Verdict;

const MANY_EVENTS: u64 = 1_000_000;
const IDLE_ROOMS: usize = 100;
const BUSY_ROOMS: usize = 10;
/// More than the ids that a room remembers, so that its memory is as large as it gets.
const BUSY_EVENTS: u64 = 60_000;
const FRAMES_A_SECOND: usize = 10;
const WARM_UP: Duration = Duration::from_secs(10);
const MEASURED: Duration = Duration::from_secs(40);

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let lifecycle = Lifecycle::start();
    let world = simulator::Config::calm(Clock::real().wall().0);
    let simulator = Simulator::start(world, &lifecycle).await?;
    let mut verdict = Verdict::default();
    one_busy_room(&simulator, &mut verdict).await?;
    many_rooms(&simulator, &lifecycle, &mut verdict).await?;
    explained::many_old_rooms(&simulator, &lifecycle, &mut verdict).await?;
    lifecycle.stop();
    lifecycle.finished().await;
    verdict.result()
}

/// Memory from the first events of a room to its millionth.
async fn one_busy_room(simulator: &SimulatorHandle, verdict: &mut Verdict) -> anyhow::Result<()> {
    let pasut = start(simulator)?;
    println!("idle, nobody watched: {} KiB", memory::resident_kib(&pasut.process()));
    let room = watched(simulator, &pasut, "million").await?;
    let mut told = Told::new("busy", 1)?;
    told.tell(&room, 1_000).await;
    stored(&pasut, told.events).await?;
    let before = memory::resident_kib(&pasut.process());
    let (began, spent) = (Instant::now(), process::processor_time(&pasut.process()));
    told.tell(&room, MANY_EVENTS).await;
    stored(&pasut, told.events).await?;
    let spent = process::processor_time(&pasut.process()) - spent;
    sleep(Duration::from_secs(2)).await;
    let after = memory::resident_kib(&pasut.process());
    println!(
        "{} events through one room in {:.0} s, {:.2} us of a processor each: {before} KiB before, {after} KiB after",
        told.events,
        began.elapsed().as_secs_f64(),
        spent.as_secs_f64() * 1e6 / told.events as f64
    );
    verdict.at_most("growth of memory over a million events, MiB", mib(after - before), 32.0);
    Ok(())
}

async fn many_rooms(
    simulator: &SimulatorHandle,
    lifecycle: &Lifecycle,
    verdict: &mut Verdict,
) -> anyhow::Result<()> {
    let pasut = start(simulator)?;
    let mut busy = Vec::new();
    for number in 0..BUSY_ROOMS {
        busy.push(watched(simulator, &pasut, &format!("busy{number}")).await?);
    }
    sleep(Duration::from_secs(3)).await;
    let few = memory::resident_kib(&pasut.process());
    let mut idle = Vec::new();
    for number in 0..IDLE_ROOMS {
        idle.push(watched(simulator, &pasut, &format!("idle{number}")).await?);
    }
    sleep(Duration::from_secs(3)).await;
    let many = memory::resident_kib(&pasut.process());
    println!("{BUSY_ROOMS} silent rooms: {few} KiB; {IDLE_ROOMS} more: {many} KiB");
    verdict.at_most("memory of a further idle room, KiB", (many - few) as f64 / IDLE_ROOMS as f64, 64.0);

    let (mut events, mut first) = (0, 0);
    for (seed, room) in busy.iter().enumerate() {
        let mut told = Told::new("busy", seed as u64)?;
        told.tell(room, BUSY_EVENTS).await;
        events += told.events;
        stored(&pasut, events).await?;
        if seed == 0 {
            sleep(Duration::from_secs(2)).await;
            first = memory::resident_kib(&pasut.process());
        }
    }
    sleep(Duration::from_secs(2)).await;
    let full = memory::resident_kib(&pasut.process());
    println!("{BUSY_EVENTS} events in one room: {first} KiB; in each of {BUSY_ROOMS}: {full} KiB");
    let further = mib(full - first) / (BUSY_ROOMS - 1) as f64;
    verdict.at_most("memory of a further busy room, MiB", further, 2.0);

    let stop = let_live(idle, lifecycle)?;
    verdict.at_most(
        "processor time of these rooms, % of a core",
        share_of_a_core(&pasut, WARM_UP).await?,
        20.0,
    );
    stop.cancel();
    Ok(())
}

/// Lets something happen in each room in real time, until the token is cancelled.
fn let_live(rooms: Vec<RoomHandle>, lifecycle: &Lifecycle) -> anyhow::Result<CancellationToken> {
    let stop = lifecycle.stop_signal().child_token();
    for (seed, room) in rooms.into_iter().enumerate() {
        let mut told = Told::new("lively", seed as u64)?;
        let stop = stop.clone();
        lifecycle.spawn("room of the benchmark", async move {
            stop.run_until_cancelled(told.live(&room)).await;
        });
    }
    Ok(stop)
}

/// Processor time of Pasut after `warm_up`, in percent of one core.
async fn share_of_a_core(pasut: &Served, warm_up: Duration) -> anyhow::Result<f64> {
    sleep(warm_up).await;
    let events = stored(pasut, 0).await?;
    let (began, spent) = (Instant::now(), process::processor_time(&pasut.process()));
    sleep(MEASURED).await;
    let spent = process::processor_time(&pasut.process()) - spent;
    let seconds = began.elapsed().as_secs_f64();
    println!(
        "{IDLE_ROOMS} rooms at {FRAMES_A_SECOND} frames a second: {:.0} events a second, {} KiB",
        (stored(pasut, 0).await? - events) as f64 / seconds,
        memory::resident_kib(&pasut.process())
    );
    Ok(spent.as_secs_f64() / seconds * 100.0)
}

fn start(simulator: &SimulatorHandle) -> anyhow::Result<Served> {
    start_in(tempfile::tempdir()?, simulator)
}

fn start_in(folder: TempDir, simulator: &SimulatorHandle) -> anyhow::Result<Served> {
    let arguments = [
        "serve",
        "--log-level",
        "warn",
        "--listen",
        "127.0.0.1:0",
        "--tiktok-url",
        simulator.url(),
        "--data-dir",
    ];
    Served::start(Path::new(env!("CARGO_BIN_EXE_pasut")), &arguments, folder)
}

async fn watched(simulator: &SimulatorHandle, pasut: &Served, name: &str) -> anyhow::Result<RoomHandle> {
    let room = simulator.scripted(name);
    pasut.ask("POST", "/api/v1/creators", &format!("{{\"username\": \"{name}\"}}"))?;
    tokio::time::timeout(Duration::from_secs(60), room.listened_to_by(1)).await.context("nobody came")?;
    Ok(room)
}

/// Waits until so many events are stored, and returns how many there are.
async fn stored(pasut: &Served, events: u64) -> anyhow::Result<u64> {
    loop {
        let metrics = pasut.get("/metrics")?;
        let line = metrics.lines().find_map(|line| line.strip_prefix("pasut_events_stored_total "));
        let stored = line.context("a figure of /metrics")?.trim().parse()?;
        if stored >= events {
            return Ok(stored);
        }
        sleep(Duration::from_millis(100)).await;
    }
}

/// What happens in a room, told by a simulated one that nobody else listens to.
struct Told {
    room: Room,
    now_ms: i64,
    events: u64,
}

impl Told {
    fn new(profile: &str, seed: u64) -> anyhow::Result<Self> {
        Self::since(profile, seed, Clock::real().wall())
    }

    fn since(profile: &str, seed: u64, Stamp(now_ms): Stamp) -> anyhow::Result<Self> {
        let room = Room::new(profile_named(profile).map_err(anyhow::Error::msg)?, seed, now_ms);
        Ok(Self { room, now_ms, events: 0 })
    }

    fn second(&mut self) -> Vec<BaseMessage> {
        self.now_ms += 1000;
        self.room.advance(self.now_ms).into_iter().flat_map(|batch| batch.messages).collect()
    }

    /// As fast as they are taken.
    async fn tell(&mut self, to: &RoomHandle, events: u64) {
        let until = self.events + events;
        while self.events < until {
            let messages = self.second();
            self.events += messages.len() as u64;
            for some in messages.chunks(messages.len().div_ceil(FRAMES_A_SECOND).max(1)) {
                to.raw(some.to_vec()).await;
            }
        }
    }

    /// In real time, for as long as the benchmark runs.
    async fn live(&mut self, to: &RoomHandle) {
        let mut tick = interval(Duration::from_secs(1) / FRAMES_A_SECOND as u32);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let mut messages = self.second();
            while messages.len() < FRAMES_A_SECOND {
                messages.extend(self.second());
            }
            for some in messages.chunks(messages.len().div_ceil(FRAMES_A_SECOND)) {
                tick.tick().await;
                to.raw(some.to_vec()).await;
            }
        }
    }
}

fn mib(kib: i64) -> f64 {
    kib as f64 / 1024.0
}
