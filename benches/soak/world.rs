//! A TikTok in which everything happens that can: LIVEs begin and end, and whatever the simulator can get
//! wrong goes wrong in turn.

use crate::ledger::Ledger;
use crate::process::Time;
use pasut::clock::Clock;
use pasut::domain::time::Stamp;
use pasut::lifecycle::Lifecycle;
use pasut::simulator::{
    self, Fault, OnAir, PROFILES, Profile, Refusal, RoomHandle, RoomSource, SignFault, Simulator,
    SimulatorHandle,
};
use rand::rngs::StdRng;
use rand::seq::SliceRandom as _;
use rand::{RngExt as _, SeedableRng as _};
use std::collections::BTreeMap;
use std::ops::Range;
use std::time::{Duration, Instant};

pub const MINUTE_MS: i64 = 60_000;
pub const HOUR_MS: i64 = 60 * MINUTE_MS;

/// How long a LIVE takes, and how long its creator rests before the next, in simulated time.
const LIVE_MS: Range<i64> = 2 * HOUR_MS..5 * HOUR_MS;
const REST_MS: Range<i64> = 6 * MINUTE_MS..40 * MINUTE_MS;

/// Every so often something goes wrong, for so long.
const TROUBLE_EVERY: Range<u64> = 400..1_400;
const TROUBLE_LASTS: Range<u64> = 3_000..12_000;

/// Something that goes wrong in one room, or with the whole of TikTok while that room connects.
struct Trouble {
    room: &'static [Fault],
    server: &'static [Fault],
    /// It concerns those who come, so the connection is cut for it.
    cut: bool,
}

const fn talk(room: &'static [Fault]) -> Trouble {
    Trouble { room, server: &[], cut: false }
}

const fn come(room: &'static [Fault]) -> Trouble {
    Trouble { room, server: &[], cut: true }
}

const fn everywhere(server: &'static [Fault], room: &'static [Fault]) -> Trouble {
    Trouble { room, server, cut: true }
}

const A_MOMENT: Duration = Duration::from_millis(700);
/// Refused until the other route is tried: the sign server's.
const UNSIGNED: Fault = Fault::Refuse(Refusal::NoUpgrade);

const DECK: &[Trouble] = &[
    come(&[Fault::Refuse(Refusal::Blocked)]),
    come(&[Fault::Refuse(Refusal::Captcha)]),
    come(&[Fault::Refuse(Refusal::NoUpgrade)]),
    come(&[Fault::Refuse(Refusal::RateLimited)]),
    come(&[Fault::Refuse(Refusal::DeviceBlocked)]),
    come(&[Fault::Refuse(Refusal::NotFound)]),
    come(&[Fault::Refuse(Refusal::Offline)]),
    come(&[Fault::Refuse(Refusal::AgeRestricted)]),
    come(&[Fault::DropAfter(A_MOMENT)]),
    come(&[Fault::CloseAfter(A_MOMENT)]),
    come(&[Fault::CaptchaPage]),
    come(&[Fault::CaptchaApi]),
    come(&[Fault::History, Fault::DropAfter(A_MOMENT)]),
    come(&[Fault::Resend, Fault::DropAfter(A_MOMENT)]),
    come(&[Fault::GzipBomb]),
    come(&[Fault::OversizedFrame]),
    come(&[Fault::SlowDrip]),
    come(&[Fault::ClockSkew(3_000)]),
    come(&[Fault::ClockSkew(-30_000)]),
    talk(&[Fault::BrokenFrames]),
    talk(&[Fault::Mute]),
    talk(&[Fault::Silence]),
    talk(&[Fault::GiftDisorder]),
    talk(&[Fault::LateTicks]),
    talk(&[Fault::LikesBackwards]),
    talk(&[Fault::WrongWireTypes]),
    talk(&[Fault::UnknownMethods]),
    talk(&[Fault::UnannouncedEnd]),
    everywhere(&[Fault::MissingTtwid(u32::MAX)], &[Fault::Refuse(Refusal::DeviceBlocked)]),
    everywhere(&[Fault::SlowAnswers(Duration::from_millis(300))], &[]),
    everywhere(&[Fault::Sign(SignFault::InvalidKey)], &[UNSIGNED]),
    everywhere(&[Fault::Sign(SignFault::RateLimited)], &[UNSIGNED]),
    everywhere(&[Fault::Sign(SignFault::Broken)], &[UNSIGNED]),
    everywhere(&[Fault::Sign(SignFault::OutageStub)], &[UNSIGNED]),
];

pub struct World {
    pub time: Time,
    pub simulator: SimulatorHandle,
    lifecycle: Lifecycle,
    /// How long a LIVE takes.
    lengths_ms: Range<i64>,
    hosts: Vec<Host>,
    handles: Vec<RoomHandle>,
    dice: StdRng,
    /// What is dealt next, from behind.
    deck: Vec<&'static Trouble>,
    next_trouble: Instant,
    server_until: Option<Instant>,
    dealt: BTreeMap<String, usize>,
}

struct Host {
    room: RoomHandle,
    /// When its LIVE is to end, by the simulator's clock.
    ends_ms: i64,
    trouble_until: Option<Instant>,
    back_at: Option<Instant>,
}

impl World {
    /// A world that begins at `from`, with LIVEs of the usual length or all of `live_ms`.
    pub async fn begin(
        from: Stamp,
        speed: f64,
        (rooms, seed): (usize, u64),
        live_ms: Option<i64>,
        lifecycle: &Lifecycle,
    ) -> anyhow::Result<Self> {
        let real_ms = Clock::real().wall().0;
        let config = simulator::Config { speed, seed, ..simulator::Config::calm(from.0) };
        let simulator = Simulator::start(config, lifecycle).await?;
        let mut dice = StdRng::seed_from_u64(seed);
        let lengths_ms = live_ms.map_or(LIVE_MS, |live_ms| live_ms..live_ms + 1);
        let mut hosts = Vec::new();
        for number in 0..rooms {
            let name = format!("creator{number}");
            let generated = simulator.generated(&name, character(number)).lasting(lengths_ms.end);
            let room = simulator.add_room(&name, RoomSource::Generated(Box::new(generated)));
            // Of a usual day some are nearly over, so that they never are all young or all old together.
            let left_ms = live_ms.unwrap_or_else(|| dice.random_range(0..LIVE_MS.end));
            let ends_ms = simulator.now_ms() + left_ms;
            hosts.push(Host { room, ends_ms, trouble_until: None, back_at: None });
        }
        let handles = hosts.iter().map(|host| host.room.clone()).collect();
        Ok(Self {
            time: Time { real_ms, world_ms: from.0, speed },
            simulator,
            lifecycle: lifecycle.clone(),
            lengths_ms,
            hosts,
            handles,
            dice,
            deck: Vec::new(),
            next_trouble: Instant::now(),
            server_until: None,
            dealt: BTreeMap::new(),
        })
    }

    pub fn rooms(&self) -> &[RoomHandle] {
        &self.handles
    }

    /// Whether every LIVE is over and all of it delivered.
    pub fn is_over(&self) -> bool {
        self.hosts.iter().all(Host::is_over)
    }

    /// Whose time has come ends, and who has rested goes LIVE again, for another while.
    pub fn come_and_go(&mut self, ledger: &mut Ledger) {
        let now_ms = self.simulator.now_ms();
        for host in &mut self.hosts {
            if now_ms >= host.ends_ms && host.room.on_air() == OnAir::Live {
                host.ends_ms = i64::MAX;
                let room = host.room.clone();
                let ends = async move { room.end().await };
                self.lifecycle.spawn(format!("end of @{}", host.room.name()), ends);
            }
            if !host.is_over() {
                continue;
            }
            let rest = Duration::from_millis(self.dice.random_range(REST_MS) as u64).div_f64(self.time.speed);
            let back_at = *host.back_at.get_or_insert(Instant::now() + rest);
            if Instant::now() >= back_at {
                ledger.close(&host.room);
                host.room.clear_faults();
                host.room.restart();
                host.ends_ms = now_ms + self.dice.random_range(self.lengths_ms.clone());
                (host.trouble_until, host.back_at) = (None, None);
            }
        }
    }

    /// Ends what went wrong for long enough, and deals the next.
    pub fn make_trouble(&mut self) {
        let now = Instant::now();
        if self.server_until.take_if(|until| *until <= now).is_some() {
            self.simulator.clear_faults();
        }
        for host in &mut self.hosts {
            if host.trouble_until.take_if(|until| *until <= now).is_some() {
                host.room.clear_faults();
            }
        }
        if now < self.next_trouble {
            return;
        }
        self.next_trouble = now + Duration::from_millis(self.dice.random_range(TROUBLE_EVERY));
        if self.deck.is_empty() {
            self.deck = DECK.iter().collect();
            self.deck.shuffle(&mut self.dice);
        }
        let Some(trouble) = self.deck.pop() else { return };
        if !trouble.server.is_empty() && self.server_until.is_some() {
            // Another time, soon: one trouble with all of TikTok is enough.
            self.deck.insert(0, trouble);
            return;
        }
        let until = now + Duration::from_millis(self.dice.random_range(TROUBLE_LASTS));
        let at_the_end = trouble.room.contains(&Fault::UnannouncedEnd);
        let mut free: Vec<&mut Host> = self.hosts.iter_mut().filter(|host| host.is_free()).collect();
        free.shuffle(&mut self.dice);
        let chosen = if at_the_end {
            free.into_iter().min_by_key(|host| host.ends_ms)
        } else {
            free.into_iter().next()
        };
        let Some(host) = chosen else { return };
        for fault in trouble.room {
            host.room.set_fault(*fault);
        }
        for fault in trouble.server {
            self.simulator.set_fault(*fault);
            self.server_until = Some(until);
        }
        host.trouble_until = Some(if at_the_end { now + Duration::from_secs(24 * 3600) } else { until });
        if trouble.cut {
            host.room.drop_connections();
        }
        for fault in trouble.room.iter().chain(trouble.server) {
            *self.dealt.entry(format!("{fault:?}")).or_default() += 1;
        }
    }

    /// How often each thing went wrong.
    pub fn tell_dealt(&self) {
        let dealt: Vec<_> = self.dealt.iter().map(|(fault, times)| format!("{fault} {times}")).collect();
        println!("What went wrong, and how often: {}", dealt.join(", "));
    }
}

impl Host {
    fn is_over(&self) -> bool {
        self.room.on_air() == OnAir::Ended && self.room.listening() == 0
    }

    fn is_free(&self) -> bool {
        self.trouble_until.is_none() && matches!(self.room.on_air(), OnAir::Live | OnAir::Paused)
    }
}

/// The characters of the simulator in turn, in rooms of 20 to 60 viewers who like to give.
fn character(number: usize) -> Profile {
    let profile = PROFILES[number % PROFILES.len()];
    let viewers = 20.0 + 10.0 * (number % 5) as f64;
    Profile { viewers, gifts_per_viewer: profile.gifts_per_viewer.max(0.06), ..profile }
}
