//! A hundred rooms that have been LIVE for hours, so that each has as much to explain as it ever gets.

use super::verdict::Verdict;
use super::{IDLE_ROOMS, Told, let_live, share_of_a_core, start_in};
use anyhow::Context as _;
use pasut::analytics::gift_value::LearnedPrices;
use pasut::analytics::tally::Tally;
use pasut::clock::Clock;
use pasut::connector::incoming::Message;
use pasut::domain::creator::Creator;
use pasut::domain::handle::Handle;
use pasut::domain::ids::{RoomId, SessionId, UserId};
use pasut::domain::session::{Origin, SessionStart};
use pasut::domain::time::Stamp;
use pasut::domain::totals::IntervalMedians;
use pasut::lifecycle::Lifecycle;
use pasut::recorder::intake::{Intake, Taken};
use pasut::simulator::{RoomHandle, SimulatorHandle};
use pasut::store::{Opening, Store};
use serde_json::Value;
use std::time::Duration;

const HOURS: i64 = 4;
const MINUTE_MS: i64 = 60_000;
const BATCH_EVENTS: usize = 20_000;
/// Rooms are explained in turn, every 15 s; the first answers of all come before the measurement.
const WARM_UP: Duration = Duration::from_secs(60);

/// Processor time of everything together, recording and explaining.
pub async fn many_old_rooms(
    simulator: &SimulatorHandle,
    lifecycle: &Lifecycle,
    verdict: &mut Verdict,
) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let rooms: Vec<_> = (0..IDLE_ROOMS).map(|number| simulator.scripted(&format!("old{number}"))).collect();
    let mut sessions = Vec::new();
    let store = Store::open(&folder.path().join("pasut.db"), Opening::Owner)?;
    for (seed, room) in rooms.iter().enumerate() {
        sessions.push(record(&store, room, seed as u64).await?);
    }
    drop(store);
    let first = sessions[0];
    let pasut = start_in(folder, simulator)?;
    for room in &rooms {
        // Pasut spreads its first look at so many creators over a while.
        tokio::time::timeout(Duration::from_secs(300), room.listened_to_by(1))
            .await
            .context("nobody came")?;
    }
    let stop = let_live(rooms, lifecycle)?;
    let share = share_of_a_core(&pasut, WARM_UP).await?;
    stop.cancel();
    let answer: Value = serde_json::from_str(&pasut.get(&format!("/api/v1/sessions/{first}/drivers"))?)?;
    let drivers = answer["drivers"].as_array().context("a list of drivers")?;
    let judged = drivers.iter().filter(|driver| driver["level"] != "unclear").count();
    println!("{HOURS} hours of each are explained; in the first, {judged} drivers are judged");
    anyhow::ensure!(judged > 0, "nothing was explained: {answer}");
    verdict.at_most("processor time of hundred rooms of 4 h, explained, % of a core", share, 60.0);
    Ok(())
}

/// Lets a room have been LIVE for [`HOURS`], recorded as by a Pasut that stopped just now.
async fn record(store: &Store, room: &RoomHandle, seed: u64) -> anyhow::Result<SessionId> {
    let now = Clock::real().wall();
    let since = now - HOURS * 60 * MINUTE_MS;
    let (creator, host) = (Handle::parse(room.name())?, UserId(room.host_id()));
    let start = SessionStart {
        creator: creator.clone(),
        room: RoomId(room.room_id()),
        host: Some(host),
        title: String::new(),
        live_since: Some(since),
        recorded_from: since,
        continues: None,
        origin: Origin::Live,
    };
    let watched = Creator {
        handle: creator,
        user: Some(host),
        nickname: String::new(),
        zone: "Asia/Jakarta".to_owned(),
        added_at: since,
        stopped_room: None,
    };
    store.add_creator(&watched).await?;
    let session = store.begin_session(&start).await?;
    let mut told = Told::since("calm", seed, since)?;
    let mut intake = Intake::new(Tally::new(start.host, 5 * MINUTE_MS, IntervalMedians::default()));
    let (prices, mut events) = (LearnedPrices::default(), Vec::new());
    loop {
        let at = Stamp(told.now_ms);
        if events.len() >= BATCH_EVENTS || at >= now {
            intake.tally.pass_to(at);
            store.append(intake.tally.take_batch(session, at, std::mem::take(&mut events))).await?;
        }
        if at >= now {
            return Ok(session);
        }
        for message in told.second().into_iter().map(Message::from) {
            match intake.take(at, &message, &prices) {
                Taken::Counted(accounted) => events.push(accounted),
                Taken::Spilled(spilled) => {
                    let streak = store.streak(session, spilled.key).await?;
                    events.push(intake.take_streak(spilled, streak, &prices));
                }
                Taken::Nothing => {}
            }
        }
    }
}
