//! `pasut demo`: the real app, the real wire, and a simulator instead of TikTok, in one process.

use crate::analytics::tally::Tally;
use crate::app::{App, Start};
use crate::clock::Clock;
use crate::commands::serve::{listen, ready, start_log, until_told_to_stop};
use crate::config::{Config, ServeArgs};
use crate::connector::incoming::Message;
use crate::domain::creator::Creator;
use crate::domain::event::Accounted;
use crate::domain::handle::Handle;
use crate::domain::ids::{RoomId, SessionId, UserId};
use crate::domain::marker::MarkerKind;
use crate::domain::session::{GapCause, Origin, SessionStart};
use crate::domain::time::{DAY_MS, Stamp};
use crate::lifecycle::Lifecycle;
use crate::network::{NetworkReader, networks};
use crate::recorder::intake::{Intake, Taken};
use crate::recorder::prices::Prices;
use crate::recorder::shared::Settings;
use crate::simulator::{self, Fault, Profile, Room, RoomSource, Simulator, profile_named};
use crate::store::folder::DataFolder;
use crate::store::sessions::SessionFilter;
use crate::store::{Opening, Store};
use crate::web::state::Progress;
use anyhow::{Context as _, anyhow};
use std::time::Duration;
use tokio::sync::watch;
use tracing::warn;

/// Try Pasut with simulated creators
#[derive(clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    serve: ServeArgs,
    /// How fast the simulated world and the clock run
    #[arg(long, default_value_t = 1.0, value_parser = speed)]
    speed: f64,
}

/// Somebody who is LIVE in the demo.
struct Host {
    name: &'static str,
    character: &'static str,
    /// Viewers the room settles at when nothing moves them. Laptops are small, so rooms are.
    viewers: f64,
    /// How long they have been LIVE when the demo starts.
    minutes: i64,
    /// A crowd and how many they are: some of those who come are of it, at each LIVE.
    crowd: (u64, u64),
}

const HOSTS: [Host; 2] = [
    Host { name: "mira.plays", character: "lively", viewers: 50.0, minutes: 75, crowd: (1, 1_500) },
    Host { name: "kopi.pagi", character: "calm", viewers: 14.0, minutes: 21, crowd: (2, 120) },
];

/// One of them loses the connection this often, to show what happens then.
const DROP_AFTER: Duration = Duration::from_secs(300);

const MINUTE_MS: i64 = 60_000;

/// The past: how many sessions over how many days.
const PAST_SESSIONS: i64 = 40;
const PAST_DAYS: i64 = 90;

fn speed(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(speed) if (0.1..=100.0).contains(&speed) => Ok(speed),
        _ => Err("a number from 0.1 to 100".to_owned()),
    }
}

/// Runs the demo until it is told to stop.
///
/// # Errors
///
/// What keeps it from starting, and what to do.
pub async fn run(arguments: Arguments) -> anyhow::Result<()> {
    let mut flags = arguments.serve;
    let folder = match &flags.data_dir {
        Some(_) => None,
        None => Some(
            tempfile::Builder::new()
                .prefix("pasut-demo-")
                .tempdir()
                .context("No temporary folder could be made")?,
        ),
    };
    if let Some(folder) = &folder {
        flags.data_dir = Some(folder.path().display().to_string());
    }
    let mut config = Config::read(&flags)?;
    start_log(&config.log);
    let Some(listener) = listen(config.listen).await? else { return Ok(()) };

    let clock = Clock::with_speed(arguments.speed);
    let simulation = Lifecycle::start();
    let world = simulator::Config { speed: arguments.speed, ..simulator::Config::calm(clock.wall().0) };
    let simulator = Simulator::start(world, &simulation).await.context("The simulator could not start")?;
    config.replace_tiktok(simulator.url().to_owned());

    let rooms = prepare(&config, &clock).await?;
    for (name, room) in rooms {
        let room = simulator.add_room(&name, RoomSource::Generated(Box::new(room)));
        if name == HOSTS[0].name {
            room.set_fault(Fault::DropAfter(DROP_AFTER));
        }
    }
    let settings = Settings { origin: Origin::Demo, ..config.recorder };
    let (progress, demo) = watch::channel(Progress { done: 0, of: PAST_SESSIONS });
    let start = Start {
        listener,
        clock: clock.clone(),
        settings,
        networks: NetworkReader(networks),
        demo: Some(demo),
        restored: None,
    };
    let app = App::start(&config, start).await?;
    ready(&app.url, config.open)?;

    let store = app.store.clone();
    let (now, stop) = (clock.wall(), simulation.stop_signal());
    simulation.spawn("past of the demo", async move {
        tokio::select! {
            () = stop.cancelled() => {}
            recorded = record_the_past(&store, now, &progress) => {
                if let Err(err) = recorded {
                    warn!(%err, "The demo's past is not complete: {err:#}");
                }
            }
        }
    });
    until_told_to_stop().await?;
    simulation.stop();
    simulation.finished().await;
    drop(app.stop().await);
    drop(folder);
    Ok(())
}

/// Opens the database, watches the demo's creators and records what their running LIVE has seen so
/// far, so that the page has something to show at once. Returns the rooms as they stand.
async fn prepare(config: &Config, clock: &Clock) -> anyhow::Result<Vec<(String, Room)>> {
    let folder = DataFolder::open(&config.data_dir)?;
    let _lock = folder.lock("pasut demo")?;
    let store = Store::open(&config.database, Opening::Owner)?;
    let now = clock.wall();
    let mut rooms = Vec::new();
    for (seed, host) in (100..).zip(HOSTS) {
        let since = now - host.minutes * MINUTE_MS;
        let mut room = host.room(seed, since)?;
        let start = session_start(host.name, &room, since)?;
        store.add_creator(&creator(&start, now)).await?;
        Past { store: &store, away: None, ends: false }.record(&mut room, start, now).await?;
        rooms.push((host.name.to_owned(), room));
    }
    Ok(rooms)
}

/// Records the sessions of the last 90 days, newest first, unless they are there already.
async fn record_the_past(
    store: &Store,
    now: Stamp,
    progress: &watch::Sender<Progress>,
) -> anyhow::Result<()> {
    let recorded = store.count_sessions(&SessionFilter::default()).await? - HOSTS.len() as i64;
    for index in recorded.max(0)..PAST_SESSIONS {
        let host = &HOSTS[index as usize % HOSTS.len()];
        // Evenings, now and then an afternoon, an hour or two: the creators are in Jakarta (UTC+7).
        let day = (now - (1 + index * PAST_DAYS / PAST_SESSIONS) * DAY_MS).floor_to(DAY_MS);
        let evening_ms = (11 * 60 + index * 37 % 150 - if index % 5 == 0 { 240 } else { 0 }) * MINUTE_MS;
        let since = day + evening_ms;
        let minutes = 60 + index * 53 % 60;
        let mut room = host.room(1_000 + index as u64, since)?.lasting(minutes * MINUTE_MS);
        let start = session_start(host.name, &room, since)?;
        let away = (index % 4 == 1).then(|| (since + 25 * MINUTE_MS, since + (27 + index % 5) * MINUTE_MS));
        let end = since + (minutes + 1) * MINUTE_MS;
        let session = Past { store, away, ends: true }.record(&mut room, start, end).await?;
        // Neither does anything to a simulated room, and Pasut should find that.
        for (third, kind) in [(1, MarkerKind::NewGame), (2, MarkerKind::AskedForLikes)] {
            store.add_marker(session, since + third * minutes * MINUTE_MS / 3, kind, "").await?;
        }
        progress.send_replace(Progress { done: index + 1, of: PAST_SESSIONS });
    }
    Ok(())
}

impl Host {
    fn room(&self, seed: u64, since: Stamp) -> anyhow::Result<Room> {
        let character = profile_named(self.character).map_err(|fault| anyhow!(fault))?;
        let room = Room::new(Profile { viewers: self.viewers, ..character }, seed, since.0);
        let (crowd, count) = self.crowd;
        Ok(room.of(self.name).with_regulars(crowd, count))
    }
}

fn session_start(name: &str, room: &Room, since: Stamp) -> anyhow::Result<SessionStart> {
    Ok(SessionStart {
        creator: Handle::parse(name)?,
        room: RoomId(room.pen.room_id),
        host: Some(UserId(room.pen.owner.id)),
        title: String::new(),
        live_since: Some(since),
        recorded_from: since,
        continues: None,
        origin: Origin::Demo,
    })
}

fn creator(start: &SessionStart, now: Stamp) -> Creator {
    Creator {
        handle: start.creator.clone(),
        user: start.host,
        nickname: String::new(),
        zone: "Asia/Jakarta".to_owned(),
        added_at: now,
        stopped_room: None,
    }
}

/// Something that was LIVE before the demo began.
struct Past<'a> {
    store: &'a Store,
    /// When the connection was away.
    away: Option<(Stamp, Stamp)>,
    ends: bool,
}

impl Past<'_> {
    /// Lets `room` live until `until` and records it through the accounting of a live recording.
    async fn record(&self, room: &mut Room, start: SessionStart, until: Stamp) -> anyhow::Result<SessionId> {
        let interval_ms = Settings::default().interval_ms;
        let medians = self.store.interval_medians(&start.creator, interval_ms).await?.unwrap_or_default();
        let mut intake = Intake::new(Tally::new(start.host, interval_ms, medians));
        let (prices, mut to) = (Prices::default(), start.recorded_from);
        let session = self.store.begin_session(&start).await?;
        while to < until && !room.ended() {
            to = until.min(to + MINUTE_MS);
            let events = self.minute(room, to, session, &mut intake, &prices).await?;
            let batch = intake.tally.take_batch(session, to, events);
            prices.learn(batch.learned.iter().map(|value| (value.gift, value.diamonds)));
            self.store.append(batch).await?;
        }
        if self.ends {
            self.store.finish_session(session, to).await?;
        }
        Ok(session)
    }

    async fn minute(
        &self,
        room: &mut Room,
        to: Stamp,
        session: SessionId,
        intake: &mut Intake,
        prices: &Prices,
    ) -> anyhow::Result<Vec<Accounted>> {
        let mut events = Vec::new();
        for batch in room.advance(to.0) {
            let at = Stamp(batch.at_ms);
            if let Some((from, back)) = self.away
                && (from..back).contains(&at)
            {
                intake.tally.begin_gap(from, GapCause::Disconnected);
                continue;
            }
            intake.tally.end_gap(at);
            for message in batch.messages.into_iter().map(Message::from) {
                let taken = intake.take(at, &message, &prices.read());
                match taken {
                    Taken::Nothing => {}
                    Taken::Counted(accounted) => events.push(accounted),
                    Taken::Spilled(spilled) => {
                        let streak = self.store.streak(session, spilled.key).await?;
                        events.push(intake.take_streak(spilled, streak, &prices.read()));
                    }
                }
            }
        }
        intake.tally.pass_to(to);
        Ok(events)
    }
}
