//! What reached Pasut beside what it kept, LIVE by LIVE.
//!
//! The rule: nothing is kept that was not delivered, and nothing that Pasut acknowledged is missing but
//! what a stop cost; and a stop costs at most what was acknowledged in the last moments before it. What was
//! delivered and not acknowledged was on its way when a connection ended, and a gap begins there.

use anyhow::{Context as _, ensure};
use pasut::domain::event::Kind;
use pasut::domain::session::Session;
use pasut::simulator::{Delivered, RoomHandle, Truth};
use pasut::store::sessions::SessionFilter;
use pasut::store::{Opening, Store};
use std::collections::{HashMap, VecDeque};
use std::path::Path;
use std::time::{Duration, Instant};

/// What was acknowledged this long before a kill is stored: a batch is written every second, and writing it
/// takes a moment.
pub const WRITTEN_WITHIN: Duration = Duration::from_millis(1_500);

/// How far back a kill is looked into.
const LOOKED_BACK: Duration = Duration::from_secs(5);

const NAMES: [&str; 9] =
    ["events", "comments", "likes", "gifts", "diamonds", "follows", "shares", "joins", "viewer samples"];

/// Everything that only grows, in the order of [`NAMES`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures([i64; NAMES.len()]);

impl Figures {
    fn of(truth: &Truth) -> Self {
        let of = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
        Self([
            of(truth.messages.counted),
            of(truth.events.get("chat").copied().unwrap_or(0)),
            truth.likes.total,
            truth.gift_units,
            truth.diamonds.total,
            of(truth.follows),
            of(truth.shares),
            of(truth.joins),
            of(truth.viewers.samples),
        ])
    }

    fn kept(session: &Session) -> Self {
        let totals = &session.totals;
        Self([
            totals.messages.counted,
            totals.comments,
            totals.likes_seen,
            totals.gift_units,
            totals.diamonds,
            totals.follows,
            totals.shares,
            totals.joins,
            totals.events.of(Kind::Viewers),
        ])
    }

    fn without(self, other: Self) -> Self {
        Self(std::array::from_fn(|place| self.0[place] - other.0[place]))
    }

    fn with(self, other: Self) -> Self {
        Self(std::array::from_fn(|place| self.0[place] + other.0[place]))
    }

    /// So many events that are comments.
    fn comments(count: i64) -> Self {
        Self([count, count, 0, 0, 0, 0, 0, 0, 0])
    }

    fn at_least_0(self) -> Self {
        Self(self.0.map(|figure| figure.max(0)))
    }

    fn at_most(self, other: Self) -> bool {
        self.0.iter().zip(other.0).all(|(own, other)| *own <= other)
    }

    pub fn events(self) -> i64 {
        self.0[0]
    }
}

impl std::fmt::Display for Figures {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let named = NAMES.iter().zip(self.0).map(|(name, figure)| format!("{figure} {name}"));
        f.write_str(&named.collect::<Vec<_>>().join(", "))
    }
}

/// By room id, which is one LIVE.
type ByRoom = HashMap<i64, Figures>;

/// What Pasut has of a LIVE.
#[derive(Clone, Copy, Default)]
struct Kept {
    figures: Figures,
    /// Comments from before a connection that came with it, which Pasut counts as old news: TikTok shows such
    /// to everyone who enters, and does not mark them. Some of the simulator's were missed before.
    old_news: Figures,
}

#[derive(Default)]
pub struct Ledger {
    /// Of LIVEs that are over and forgotten by the simulator.
    over: Vec<Delivered<Figures>>,
    /// What stops cost, all of a LIVE together.
    lost: ByRoom,
    /// What was acknowledged in the last seconds.
    lately: VecDeque<(Instant, ByRoom)>,
}

/// What one stop cost.
#[derive(Clone, Copy, Debug)]
pub struct Cost {
    pub events: i64,
    /// What was acknowledged this long before and earlier is all there.
    pub missing: Duration,
}

/// Everything at the end.
#[derive(Default)]
pub struct Balance {
    pub lives: usize,
    pub delivered: Figures,
    pub acknowledged: Figures,
    pub kept: Figures,
    /// Differences that the rule does not allow, a sentence each.
    pub faults: Vec<String>,
}

impl Ledger {
    /// Takes note of what has been acknowledged so far; to be called many times a second.
    pub fn note(&mut self, rooms: &[RoomHandle]) {
        let now = Instant::now();
        let acknowledged = rooms.iter().map(delivered).map(|live| (live.room_id, live.acknowledged));
        self.lately.push_back((now, acknowledged.collect()));
        // One that is older stays, also where this comes late because the computer is busy.
        while self.lately.get(1).is_some_and(|(at, _)| now - *at > LOOKED_BACK) {
            self.lately.pop_front();
        }
    }

    /// A LIVE is over and everything of it delivered; its room will forget it.
    pub fn close(&mut self, room: &RoomHandle) {
        self.over.push(delivered(room));
    }

    /// Pasut was stopped at `stopped_at`, and nobody is connected any more: is everything there that must be,
    /// and no more?
    pub async fn settle(
        &mut self,
        rooms: &[RoomHandle],
        folder: &Path,
        stopped_at: Instant,
    ) -> anyhow::Result<Cost> {
        let kept = kept(folder).await?;
        let mut cost = Cost { events: 0, missing: Duration::ZERO };
        for room in rooms {
            let Delivered { room_id, written, acknowledged } = delivered(room);
            let Kept { figures: kept, old_news } = kept.get(&room_id).copied().unwrap_or_default();
            ensure!(kept.at_most(written), "@{}: kept {kept}; delivered {written}", room.name());
            let before = self.lost.get(&room_id).copied().unwrap_or_default();
            let stored = |(at, lately): &&(Instant, ByRoom)| {
                let lately = lately.get(&room_id).copied().unwrap_or_default();
                *at <= stopped_at && lately.without(before).without(old_news).at_most(kept)
            };
            let all_there = self.lately.iter().rev().find(stored);
            let (at, _) = all_there.with_context(|| {
                format!(
                    "@{}: kept {kept}; acknowledged {acknowledged}, most of it {LOOKED_BACK:?} earlier; \
                     lost before {before}",
                    room.name()
                )
            })?;
            cost.missing = cost.missing.max(stopped_at.duration_since(*at));
            let lost = acknowledged.without(kept).without(old_news).at_least_0();
            cost.events += (lost.events() - before.events()).max(0);
            self.lost.insert(room_id, lost);
        }
        Ok(cost)
    }

    /// What was delivered in all.
    pub fn delivered(&self, rooms: &[RoomHandle]) -> Figures {
        let running = rooms.iter().map(delivered);
        self.over
            .iter()
            .copied()
            .chain(running)
            .map(|live| live.written)
            .fold(Figures::default(), Figures::with)
    }

    /// Compares every LIVE there was. Nobody is connected, and Pasut is stopped.
    pub async fn balance(mut self, rooms: &[RoomHandle], folder: &Path) -> anyhow::Result<Balance> {
        rooms.iter().for_each(|room| self.close(room));
        let mut kept = kept(folder).await?;
        let mut balance = Balance { lives: self.over.len(), ..Balance::default() };
        for Delivered { room_id, written, acknowledged } in self.over {
            let Kept { figures: kept, old_news } = kept.remove(&room_id).unwrap_or_default();
            let lost = self.lost.get(&room_id).copied().unwrap_or_default();
            balance.delivered = balance.delivered.with(written);
            balance.acknowledged = balance.acknowledged.with(acknowledged);
            balance.kept = balance.kept.with(kept);
            if !kept.at_most(written) || !acknowledged.without(lost).without(old_news).at_most(kept) {
                balance.faults.push(format!(
                    "room {room_id}: kept {kept}; delivered {written}; acknowledged {acknowledged}; lost {lost}"
                ));
            }
        }
        balance.faults.extend(kept.keys().map(|id| format!("room {id}: nothing was ever delivered in it")));
        Ok(balance)
    }
}

fn delivered(room: &RoomHandle) -> Delivered<Figures> {
    room.look_at_delivered(Figures::of)
}

/// What is stored, by room. A room is one session.
async fn kept(folder: &Path) -> anyhow::Result<HashMap<i64, Kept>> {
    let database = folder.join("pasut.db");
    if !database.exists() {
        return Ok(HashMap::new());
    }
    let store = Store::open(&database, Opening::Beside)?;
    let faults = store.integrity_errors().await?;
    ensure!(faults.is_empty(), "the database is damaged: {faults:?}");
    let sessions = store.sessions(&SessionFilter::default(), i64::MAX).await?;
    let kept = |session: &Session| Kept {
        figures: Figures::kept(session),
        old_news: Figures::comments(session.totals.messages.history_skipped),
    };
    let rooms: HashMap<i64, Kept> =
        sessions.iter().map(|session| (session.start.room.0, kept(session))).collect();
    ensure!(rooms.len() == sessions.len(), "a room has more than one session");
    Ok(rooms)
}
