//! A TikTok of our own on one port: pages, JSON, sign server and sockets, with rooms that live by
//! themselves, play a recording, or do what a test tells them.
//!
//! It speaks the wire and nothing else: it knows no part of the product that listens to it, so
//! independent clients can listen to it as well. Deliberately not a copy of TikTok: only what such
//! clients ask for is there. Used by `simulate`, `demo` and the tests.

mod avatar;
mod battle;
mod capture;
mod dice;
mod drip;
mod fault;
mod http;
mod pen;
mod people;
mod profile;
mod rooms;
mod scenario;
mod script;
mod server;
mod socket;
mod streak;
mod truth;
mod world;

#[cfg(test)]
mod tests;

pub use capture::Capture;
pub use fault::{Fault, Faults, Refusal, SignFault};
pub use pen::{GiftTick, Pen, Side};
pub use people::{GALAXY, GIFTS, GiftKind, Person, ROSE};
pub use profile::{PROFILES, Profile, named as profile_named};
pub use rooms::{Connection, OnAir};
pub use scenario::{Batch, Room};
pub use script::{Delivered, RoomHandle, RoomSource};
pub use truth::Truth;

use crate::lifecycle::Lifecycle;
use rooms::{LiveRoom, Outgoing};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use world::{Pace, World};

/// What is decided before the start.
#[derive(Clone, Debug)]
pub struct Config {
    pub listen: SocketAddr,
    /// Unix milliseconds at the start of simulated time.
    pub started_ms: i64,
    /// How fast simulated time runs; 0 is as fast as the clients take it.
    pub speed: f64,
    pub seed: u64,
    /// Rooms are offline until this long after the start, by the wall clock.
    pub live_at: Duration,
    /// In force for every room from the start.
    pub faults: Faults,
    /// The sign server wants this key.
    pub sign_api_key: Option<String>,
}

impl Config {
    /// A well-behaved simulator on a free loopback port, in real time.
    #[must_use]
    pub fn calm(started_ms: i64) -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            started_ms,
            speed: 1.0,
            seed: 1,
            live_at: Duration::ZERO,
            faults: Faults::default(),
            sign_api_key: None,
        }
    }
}

#[derive(Debug)]
pub struct Simulator;

impl Simulator {
    /// Listens and serves until `lifecycle` stops. Rooms are added through the handle.
    ///
    /// # Errors
    ///
    /// If the address cannot be listened on.
    pub async fn start(config: Config, lifecycle: &Lifecycle) -> std::io::Result<SimulatorHandle> {
        let listener = TcpListener::bind(config.listen).await?;
        let url = format!("http://{}", listener.local_addr()?);
        let pace = Pace::new(config.started_ms, config.speed);
        let world = Arc::new(World::new(url, pace, config.sign_api_key, config.faults));
        lifecycle.spawn("simulator", server::serve(listener, Arc::clone(&world), lifecycle.clone()));
        Ok(SimulatorHandle {
            world,
            lifecycle: lifecycle.clone(),
            seed: config.seed,
            live_at: config.live_at,
        })
    }
}

/// A running simulator.
#[derive(Clone, Debug)]
pub struct SimulatorHandle {
    world: Arc<World>,
    lifecycle: Lifecycle,
    seed: u64,
    live_at: Duration,
}

impl SimulatorHandle {
    /// `http://ADDR:PORT`
    #[must_use]
    pub fn url(&self) -> &str {
        self.world.url()
    }

    /// Simulated time, Unix milliseconds.
    #[must_use]
    pub fn now_ms(&self) -> i64 {
        self.world.now_ms()
    }

    /// A room that lives by itself from now on, each name in its own way.
    #[must_use]
    pub fn generated(&self, name: &str, profile: Profile) -> Room {
        let own = u64::try_from(Person::named(name).id).expect("ids are positive");
        Room::new(profile, self.seed ^ own, self.world.now_ms()).of(name)
    }

    /// Adds a room; one of the same name is replaced.
    pub fn add_room(&self, name: &str, source: RoomSource) -> RoomHandle {
        let (mut owner, mut room_id) = (Person::named(name), None);
        match &source {
            RoomSource::Generated(room) => {
                room_id = Some(room.pen.room_id);
                owner = room.pen.owner.clone();
            }
            RoomSource::Capture { capture, .. } => room_id = capture.room_id(),
            RoomSource::Scripted => {}
        }
        let room_id = room_id.unwrap_or(7_600_000_000_000_000_000 + owner.id % 100_000_000_000_000_000);
        let on_air = if self.live_at.is_zero() { OnAir::Live } else { OnAir::Offline };
        let room = Arc::new(LiveRoom::new(name, room_id, owner, on_air, self.world.now_ms()));
        self.world.add(Arc::clone(&room));
        let handle = RoomHandle { room: Arc::clone(&room), world: Arc::clone(&self.world) };
        let (world, live_at, stop) = (Arc::clone(&self.world), self.live_at, self.lifecycle.stop_signal());
        self.lifecycle.spawn(format!("simulated room {name}"), async move {
            tokio::select! {
                () = run(&room, &world, source, live_at) => {}
                () = stop.cancelled() => {}
            }
        });
        handle
    }

    /// A room that does only what it is told.
    pub fn scripted(&self, name: &str) -> RoomHandle {
        self.add_room(name, RoomSource::Scripted)
    }

    #[must_use]
    pub fn room(&self, name: &str) -> Option<RoomHandle> {
        let room = self.world.room(name)?;
        Some(RoomHandle { room, world: Arc::clone(&self.world) })
    }

    /// Puts a fault in force for the server and every room.
    pub fn set_fault(&self, fault: Fault) {
        self.world.change_faults(|faults| faults.set(fault));
    }

    /// The most requests that were being answered at the same time.
    #[must_use]
    pub fn most_requests_at_once(&self) -> usize {
        self.world.most_in_hand()
    }

    pub fn clear_faults(&self) {
        self.world.change_faults(Faults::clear);
    }
}

async fn run(room: &LiveRoom, world: &World, source: RoomSource, live_at: Duration) {
    if !live_at.is_zero() {
        tokio::time::sleep(live_at).await;
        let now_ms = world.now_ms();
        room.change(|state| {
            state.on_air = OnAir::Live;
            state.started_ms = now_ms;
        });
    }
    match source {
        RoomSource::Generated(generated) => live(room, world, *generated).await,
        RoomSource::Capture { capture, again } => capture::play(room, world, &capture, again).await,
        RoomSource::Scripted => {}
    }
}

/// Lets a generated room live, second by second, and again after each restart.
async fn live(room: &LiveRoom, world: &World, mut generated: Room) {
    loop {
        room.until(|state| matches!(state.on_air, OnAir::Live | OnAir::Paused)).await;
        let room_id = room.state().room_id;
        if room_id != generated.pen.room_id || generated.ended() {
            generated = generated.anew(room_id, world.now_ms());
        }
        let next_ms = generated.now_ms() + 1000;
        world.pace.reach(next_ms).await;
        if world.pace.unbridled() {
            room.until(rooms::State::has_listeners).await;
        }
        room.change(|state| state.lived_to_ms = Some(next_ms));
        for batch in generated.advance(next_ms) {
            let what = Outgoing::Batch { at_ms: batch.at_ms, messages: Arc::new(batch.messages) };
            // Whoever is slow is waited for only as long as the queue is full.
            drop(room.publish(what).await);
        }
    }
}
