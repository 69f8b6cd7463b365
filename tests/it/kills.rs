//! The program killed while it records, and a disk that refuses: what is there afterwards.

use crate::program::{Running, check};
use pasut::clock::Clock;
use pasut::domain::session::{GapCause, Session};
use pasut::lifecycle::Lifecycle;
use pasut::simulator::{
    self, Fault, Profile, RoomHandle, RoomSource, Simulator, SimulatorHandle, Truth, profile_named,
};
use pasut::store::sessions::SessionFilter;
use pasut::store::{Opening, Store};
use rand::RngExt as _;
use std::collections::VecDeque;
use std::path::Path;
use std::time::{Duration, Instant};

const KILLS: usize = 8;

/// What was delivered this long before a kill is stored: a batch is written every second, and
/// writing it takes a moment.
const WRITTEN_WITHIN: Duration = Duration::from_millis(1_500);

/// A simulator with a busy room, and the lifecycle that ends it.
pub async fn busy_room() -> (Lifecycle, SimulatorHandle, RoomHandle) {
    let lifecycle = Lifecycle::start();
    let config = simulator::Config::calm(Clock::real().wall().0);
    let simulator = Simulator::start(config, &lifecycle).await.expect("a free port");
    simulator.set_fault(Fault::Resend);
    let busy = profile_named("busy").expect("known");
    let generous = Profile { viewers: 2_000.0, gifts_per_viewer: 1.0, ..busy };
    let generated = simulator.generated("mira", generous);
    let room = simulator.add_room("mira", RoomSource::Generated(Box::new(generated)));
    (lifecycle, simulator, room)
}

/// The one session that is recorded, if it has begun.
pub async fn stored(folder: &Path) -> Option<Session> {
    let store = Store::open(&folder.join("pasut.db"), Opening::Beside).expect("a database");
    let mut sessions = store.sessions(&SessionFilter::default(), 10).await.expect("readable");
    assert!(sessions.len() <= 1, "a restart takes the session up again");
    sessions.pop()
}

/// Waits until the session has ended.
pub async fn stored_whole(folder: &Path) -> Session {
    let ended = async {
        loop {
            let session = stored(folder).await.expect("it has begun");
            if session.ended_at.is_some() {
                return session;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), ended).await.expect("the end is stored")
}

/// Whether the first of these is at most the second, in everything that only grows.
fn assert_at_most(smaller: [i64; 4], larger: [i64; 4], what: &str) {
    for ((small, large), name) in
        smaller.into_iter().zip(larger).zip(["events", "gifts", "diamonds", "likes seen"])
    {
        assert!(small <= large, "{what}: {name}: {small} > {large}");
    }
}

pub fn figures_of(truth: &Truth) -> [i64; 4] {
    [truth.messages.counted as i64, truth.gift_units, truth.diamonds.total, truth.likes.total]
}

pub fn figures(session: &Session) -> [i64; 4] {
    let totals = &session.totals;
    [totals.messages.counted, totals.gift_units, totals.diamonds, totals.likes_seen]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_at_any_moment_at_most_the_last_second_is_missing() {
    let (lifecycle, simulator, room) = busy_room().await;
    let folder = tempfile::tempdir().expect("a folder");
    let serve = || Running::serve(folder.path(), &["--tiktok-url", simulator.url()]);
    let mut lost = [0; 4];
    for kill in 0..KILLS {
        let pasut = serve();
        if kill == 0 {
            assert_eq!(pasut.change("/api/v1/creators", r#"{"username": "mira"}"#).await, 201);
        }
        room.listened_to_by(1).await;
        let at_start = figures_of(&room.delivered());
        let listening = Duration::from_millis(rand::rng().random_range(200..2_500));
        let mut delivered = VecDeque::from([(Instant::now(), at_start)]);
        let until = Instant::now() + listening;
        while Instant::now() < until {
            tokio::time::sleep(Duration::from_millis(20)).await;
            delivered.push_back((Instant::now(), figures_of(&room.delivered())));
        }
        let killed_at = Instant::now();
        pasut.kill();
        room.listened_to_by(0).await;
        let everything = figures_of(&room.delivered());

        let checked = check(folder.path());
        assert!(checked.status.success(), "kill {kill}: {}", String::from_utf8_lossy(&checked.stdout));
        let kept = stored(folder.path()).await.map_or([0; 4], |session| figures(&session));
        assert_at_most(kept, everything, "nothing twice");
        let early = delivered.iter().rev().find(|(at, _)| *at + WRITTEN_WITHIN <= killed_at);
        if let Some((_, early)) = early {
            let missing = std::array::from_fn(|index| early[index] - lost[index]);
            assert_at_most(missing, kept, "nothing but the last second is missing");
        }
        lost = std::array::from_fn(|index| everything[index] - kept[index]);
    }

    let pasut = serve();
    room.listened_to_by(1).await;
    room.end().await;
    let session = stored_whole(folder.path()).await;
    pasut.kill();
    assert!(session.totals.gift_units > 0 && session.coverage < 1.0);
    let store = Store::open(&folder.path().join("pasut.db"), Opening::Beside).expect("a database");
    let gaps = store.gaps(session.id).await.expect("readable");
    assert!(!gaps.is_empty());
    assert!(gaps.iter().all(|gap| gap.cause == GapCause::NotRunning && gap.to.is_some()), "{gaps:?}");
    assert!(check(folder.path()).status.success());
    lifecycle.stop();
    lifecycle.finished().await;
}

/// The limit is lifted while it runs, with a tool that only Linux has.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disk_that_takes_no_more_pauses_recording_and_when_there_is_room_nothing_is_missing() {
    use std::process::Command;
    let (lifecycle, simulator, room) = busy_room().await;
    let folder = tempfile::tempdir().expect("a folder");
    let pasut = Running::serve_on_a_small_disk(folder.path(), &["--tiktok-url", simulator.url()]);
    assert_eq!(pasut.change("/api/v1/creators", r#"{"username": "mira"}"#).await, 201);
    let status = async |wanted: u16| {
        let waiting = async {
            while pasut.status("/readyz").await != wanted {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(60), waiting).await.expect("it says so");
    };
    status(503).await;
    assert_eq!(pasut.status("/live").await, 200, "the page goes on");
    let pid = pasut.child.id().to_string();
    let lifted = Command::new("prlimit").args(["--pid", &pid, "--fsize=unlimited:unlimited"]).status();
    assert!(lifted.expect("util-linux").success());
    status(200).await;
    room.end().await;
    let session = stored_whole(folder.path()).await;
    assert_eq!(figures(&session), figures_of(&room.delivered()));
    assert!(check(folder.path()).status.success());
    lifecycle.stop();
    lifecycle.finished().await;
}
