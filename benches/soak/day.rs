//! The soak: some LIVEs of the days before, and then a day.

use crate::ledger::{Cost, Ledger, WRITTEN_WITHIN};
use crate::process::{Pasut, check, watch};
use crate::upkeep::{self, Sample};
use crate::verdict::Verdict;
use crate::world::{HOUR_MS, MINUTE_MS, World};
use anyhow::Context as _;
use pasut::clock::Clock;
use pasut::domain::time::Stamp;
use pasut::lifecycle::Lifecycle;
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use std::fs::OpenOptions;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tokio::time::{sleep, timeout};

/// LIVEs so many hours before the day, so that there is something to thin and to archive during it.
const BEFORE_HOURS: [i64; 3] = [44, 36, 28];
const LIVE_BEFORE_MS: i64 = 8 * MINUTE_MS;
const ROOMS_BEFORE: usize = 3;

/// What was recorded is kept this long, in days: the least that can be set.
const KEEPING: [&str; 2] = ["data.retention_days=2", "data.raw_days=1"];

/// What somebody who looks after Pasut asks for every hour, and every sixth.
const HOURLY: [&str; 7] = ["thin", "archive", "reclaim", "check", "pack", "boards", "backup"];
const SIX_HOURLY: &str = "chore=compact&confirmed=1";

/// Looked at in turn, one every two seconds.
const PAGES: [&str; 9] = [
    "/live",
    "/f/pulse",
    "/f/feed",
    "/f/leaderboard",
    "/sessions",
    "/leaderboards",
    "/insights",
    "/performance",
    "/metrics",
];

/// Everything is looked after this often; in real time, as all that follows.
const ROUND: Duration = Duration::from_millis(40);
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// Between two stops.
const STOP_AFTER_MS: Range<u64> = 5_000..25_000;
/// A kill may cost what arrived this long before it: twenty rooms, a simulator 60 times as fast and whatever
/// else the computer does share its processors. A kill of one recording in real time is judged by
/// [`WRITTEN_WITHIN`].
const WRITTEN_WITHIN_BUSY: Duration = Duration::from_secs(4);
/// Of so many stops one is polite.
const POLITE: u32 = 4;
const GONE_WITHIN: Duration = Duration::from_secs(20);

pub struct Plan {
    pub hours: f64,
    pub rooms: usize,
    pub speed: f64,
    pub seed: u64,
}

struct Day<'a> {
    plan: &'a Plan,
    folder: PathBuf,
    log: PathBuf,
    ledger: Ledger,
    dice: StdRng,
    kills: Vec<Cost>,
    polite: Vec<Cost>,
    /// The looks at the process that runs, and those of the one that ran longest.
    life: Vec<Sample>,
    longest: Vec<Sample>,
    slowest_start: Duration,
    slowest_page: (Duration, &'static str),
    pages: usize,
}

/// # Errors
///
/// If anything is there that was not delivered, or is missing that must be there, or Pasut fails.
pub async fn run(plan: &Plan, folder: &Path, lifecycle: &Lifecycle) -> anyhow::Result<Verdict> {
    let mut day = Day {
        plan,
        folder: folder.join("data"),
        log: folder.join("log"),
        ledger: Ledger::default(),
        dice: StdRng::seed_from_u64(plan.seed),
        kills: Vec::new(),
        polite: Vec::new(),
        life: Vec::new(),
        longest: Vec::new(),
        slowest_start: Duration::ZERO,
        slowest_page: (Duration::ZERO, ""),
        pages: 0,
    };
    let from = Clock::real().wall();
    day.record_the_days_before(from, lifecycle).await?;
    let world = World::begin(from, plan.speed, (plan.rooms, plan.seed), None, lifecycle).await?;
    day.live(world).await
}

impl Day<'_> {
    async fn record_the_days_before(&mut self, day: Stamp, lifecycle: &Lifecycle) -> anyhow::Result<()> {
        for hours in BEFORE_HOURS {
            let from = day - hours * HOUR_MS;
            let rooms = (ROOMS_BEFORE, self.plan.seed);
            let world = World::begin(from, self.plan.speed, rooms, Some(LIVE_BEFORE_MS), lifecycle).await?;
            let pasut = self.start(&world)?;
            while !world.is_over() {
                self.ledger.note(world.rooms());
                sleep(ROUND).await;
            }
            sleep(WRITTEN_WITHIN).await;
            self.stop(&world, pasut, true).await?;
            world.rooms().iter().for_each(|room| self.ledger.close(room));
        }
        Ok(())
    }

    async fn live(mut self, mut world: World) -> anyhow::Result<Verdict> {
        let began = Instant::now();
        let hour = Duration::from_millis(HOUR_MS as u64).div_f64(self.plan.speed);
        let whole = hour.mul_f64(self.plan.hours);
        // One long stretch without a stop, to see what a process that stays takes.
        let calm = whole / 3..whole * 2 / 3;
        let mut pasut = self.start(&world)?;
        for days in KEEPING {
            pasut.post("/settings/data", days)?;
        }
        let mut next_stop = Instant::now() + self.until_stop();
        let (mut next_look, mut next_hour, mut hours) = (Instant::now(), hour, 0);
        println!("{}", Sample::HEAD);
        while began.elapsed() < whole {
            sleep(ROUND).await;
            self.ledger.note(world.rooms());
            world.come_and_go(&mut self.ledger);
            world.make_trouble();
            if Instant::now() >= next_look {
                next_look += LOOK_EVERY;
                self.look(&pasut, began.elapsed().div_duration_f64(hour))?;
            }
            if began.elapsed() >= next_hour {
                (next_hour, hours) = (next_hour + hour, hours + 1);
                self.look_after(&pasut, hours, &world)?;
            }
            if Instant::now() >= next_stop && !calm.contains(&began.elapsed()) {
                let polite = self.dice.random_ratio(1, POLITE);
                self.stop(&world, pasut, polite).await?;
                pasut = self.start(&world)?;
                next_stop = Instant::now() + self.until_stop();
            }
        }
        self.stop(&world, pasut, true).await?;
        world.tell_dealt();
        self.judge(&world).await
    }

    fn until_stop(&mut self) -> Duration {
        Duration::from_millis(self.dice.random_range(STOP_AFTER_MS))
    }

    fn start(&mut self, world: &World) -> anyhow::Result<Pasut> {
        let began = Instant::now();
        let log = OpenOptions::new().create(true).append(true).open(&self.log)?;
        let pasut = Pasut::start_in(world.time, world.simulator.url(), &self.folder, log)?;
        self.slowest_start = self.slowest_start.max(began.elapsed());
        for room in world.rooms() {
            pasut.post("/api/v1/creators", &watch(room))?;
        }
        Ok(pasut)
    }

    /// Stops Pasut and compares what it kept with what was delivered.
    async fn stop(&mut self, world: &World, pasut: Pasut, politely: bool) -> anyhow::Result<()> {
        let life = std::mem::take(&mut self.life);
        if life.len() > self.longest.len() {
            self.longest = life;
        }
        self.ledger.note(world.rooms());
        let stopped_at = Instant::now();
        if politely {
            pasut.stop()?;
        } else {
            pasut.kill()?;
        }
        for room in world.rooms() {
            let gone = timeout(GONE_WITHIN, room.listened_to_by(0)).await;
            gone.with_context(|| format!("a connection to @{} outlives Pasut", room.name()))?;
        }
        let cost = self.ledger.settle(world.rooms(), &self.folder, stopped_at).await?;
        if politely {
            self.polite.push(cost);
        } else {
            self.kills.push(cost);
        }
        Ok(())
    }

    /// A page, and a look at the process.
    fn look(&mut self, pasut: &Pasut, hour: f64) -> anyhow::Result<()> {
        let page = PAGES[self.pages % PAGES.len()];
        let asked = Instant::now();
        pasut.get(page)?;
        self.slowest_page = self.slowest_page.max((asked.elapsed(), page));
        self.pages += 1;
        self.life.push(Sample::take(hour, pasut, &self.folder, &self.log));
        Ok(())
    }

    fn look_after(&mut self, pasut: &Pasut, hours: usize, world: &World) -> anyhow::Result<()> {
        let sample = Sample::take(hours as f64, pasut, &self.folder, &self.log);
        let stops = self.kills.len() + self.polite.len();
        println!("{}", sample.row(stops, self.ledger.delivered(world.rooms()).events()));
        for chore in HOURLY {
            pasut.post("/settings/data/run", &format!("chore={chore}"))?;
        }
        if hours.is_multiple_of(6) {
            pasut.post("/settings/data/run", SIX_HOURLY)?;
        }
        Ok(())
    }

    async fn judge(self, world: &World) -> anyhow::Result<Verdict> {
        let mut verdict = Verdict::default();
        let seconds = |cost: &Cost| cost.missing.as_secs_f64();
        for (what, costs) in [("kills", &self.kills), ("polite stops", &self.polite)] {
            let events: i64 = costs.iter().map(|cost| cost.events).sum();
            println!("{} {what} cost {events} events in all", costs.len());
            let most = costs.iter().map(seconds).fold(0.0, f64::max);
            let what = format!("{what}: seconds before one from which something is missing");
            let late = costs.iter().filter(|cost| cost.missing > WRITTEN_WITHIN).count();
            println!("{late} of them cost more than the last {WRITTEN_WITHIN:?}");
            verdict.at_most(&what, most, WRITTEN_WITHIN_BUSY.as_secs_f64());
        }
        println!(
            "{} pages, the slowest {} after {:.2} s; the slowest start took {:.2} s",
            self.pages,
            self.slowest_page.1,
            self.slowest_page.0.as_secs_f64(),
            self.slowest_start.as_secs_f64()
        );
        upkeep::judge(&self.longest, &mut verdict);
        let balance = self.ledger.balance(world.rooms(), &self.folder).await?;
        println!("{} LIVEs\nDelivered:    {}", balance.lives, balance.delivered);
        println!("Acknowledged: {}\nKept:         {}", balance.acknowledged, balance.kept);
        balance.faults.iter().for_each(|fault| println!("{fault}"));
        verdict.at_most("LIVEs whose totals are not what was delivered", balance.faults.len() as f64, 0.0);
        println!("`pasut check`: {}", check(&self.folder)?);
        for (what, folder) in [("archives", "archives"), ("backups", "backups")] {
            let files = std::fs::read_dir(self.folder.join(folder)).map_or(0, Iterator::count);
            verdict.at_least(&format!("files of {what}"), files as f64, 1.0);
        }
        let log = std::fs::read_to_string(&self.log)?;
        let panics = log.lines().filter(|line| line.contains("panicked")).count();
        verdict.at_most("panics in the log", panics as f64, 0.0);
        Ok(verdict)
    }
}
