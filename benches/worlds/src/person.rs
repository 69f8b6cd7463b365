//! The people. Each has patience and habits of their own, drawn from their name alone, so a person is the same in
//! fact and counterfactual. Stays are heavy-tailed (half of a feed's visitors swipe on within seconds, followers
//! stay by a Pareto law), where the first generator lets everyone leave at the same rate.

use crate::dice::Dice;
use crate::families::Room;
use crate::kind::{Kind, PerKind};

/// How someone found the room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    Feed,
    Search,
    Notification,
    Raid,
    /// Brought by an act of someone who was there.
    Act,
}

pub struct Person {
    pub id: u64,
    /// A follower or a high-level user, whose joins the platform rather shows.
    pub friend: bool,
    /// Seconds of ordinary boredom after which they go.
    pub patience: f64,
    /// Mean seconds between acts in an ordinary moment, of the kinds this person ever does.
    pub gaps: PerKind<Option<f64>>,
    /// Seconds after which they greet at once, with what.
    pub hello: Option<(i64, Kind)>,
}

/// A streak of one gift, or a batch of likes, or one of the other kinds.
#[derive(Debug, Clone, Copy)]
pub struct Deed {
    /// Likes, diamonds, or 1.
    pub units: u32,
    /// Gifts of a streak, likes of a batch, or 1.
    pub count: u32,
    pub lasts_s: i64,
}

/// The share of people who ever do a kind; the room's rate is spread over them.
const TAKING_PART: PerKind<f64> = PerKind([0.4, 0.05, 0.25, 0.3, 0.06]);

/// Prices of the gift shelf, cheapest first; each step is about as much rarer as it is dearer.
const SHELF: [u32; 13] = [1, 5, 10, 20, 30, 99, 199, 299, 500, 1000, 1999, 5000, 15_000];

impl Person {
    pub fn arriving(id: u64, source: Source, room: &Room) -> Self {
        let mut dice = Dice::of(&[id, 1]);
        let follower = source == Source::Notification || (source == Source::Feed && dice.chance(0.06));
        let patience = patience(&mut dice, source, follower, room.stay_s);
        let eagerness = dice.luck(0.6);
        let gaps = PerKind(Kind::ALL.map(|kind| {
            let already = kind == Kind::Follows && follower;
            let share = (TAKING_PART[kind] * if follower { 1.5 } else { 1.0 }).min(0.9);
            (dice.chance(share) && !already)
                .then(|| TAKING_PART[kind] / room.rates[kind] / (eagerness * dice.luck(0.8)))
        }));
        let hello = dice.chance(room.hello).then(|| {
            (3 + dice.below(22) as i64, if dice.chance(0.6) { Kind::Comments } else { Kind::Likes })
        });
        let friend = follower || gaps[Kind::Gifts].is_some() || dice.chance(0.08);
        Self { id, friend, patience, gaps, hello }
    }
}

/// Mean seconds the ordinary mix of visitors stays, by drawing four thousand.
pub fn usual_stay_s(room: &Room) -> f64 {
    let mut dice = Dice::of(&[room.seed, 20]);
    let stays = (0..4000).map(|_| {
        let source = match dice.unit() {
            x if x < FEED_SHARE => Source::Feed,
            x if x < FEED_SHARE + SEARCH_SHARE => Source::Search,
            _ => Source::Notification,
        };
        Person::arriving(dice.key(), source, room).patience
    });
    stays.sum::<f64>() / 4000.0
}

/// How ordinary arrivals are made up; the rest are notified followers.
pub const FEED_SHARE: f64 = 0.8;
pub const SEARCH_SHARE: f64 = 0.12;

fn patience(dice: &mut Dice, source: Source, follower: bool, stay_s: f64) -> f64 {
    let seconds = match source {
        _ if follower => dice.pareto(0.8 * stay_s, 1.5),
        Source::Feed if dice.chance(0.5) => dice.lognormal(6.0, 0.8),
        Source::Raid => dice.lognormal(0.4 * stay_s, 1.3),
        Source::Act => dice.lognormal(0.9 * stay_s, 1.1),
        _ => dice.lognormal(stay_s, 1.2),
    };
    seconds.min(7200.0)
}

/// What the `n`th act of this person in a kind is.
pub fn deed(id: u64, kind: Kind, n: u32) -> Deed {
    let mut dice = Dice::of(&[id, 2, kind as u64, u64::from(n)]);
    match kind {
        Kind::Likes => {
            let count = 1 + dice.below(15) as u32;
            Deed { units: count, count, lasts_s: 0 }
        }
        Kind::Gifts => {
            // Purses differ: the same people send the dear gifts again and again.
            let purse = Dice::of(&[id, 3]).within((0.15, 0.55));
            let step = (dice.exponential(1.0 / (1.0 - purse)) - 0.6).max(0.0) as usize;
            let price = SHELF[step.min(SHELF.len() - 1)];
            let count = if price <= 10 { dice.geometric(0.3).min(99) } else { 1 };
            Deed {
                units: price * count,
                count,
                lasts_s: (f64::from(count - 1) * dice.within((0.4, 1.2))) as i64,
            }
        }
        Kind::Comments | Kind::Follows | Kind::Shares => Deed { units: 1, count: 1, lasts_s: 0 },
    }
}

/// Batches of likes tapped one after the other, one about every second.
pub fn bout(id: u64, n: u32) -> u32 {
    Dice::of(&[id, 4, u64::from(n)]).geometric(0.35).min(30)
}

/// How much a deed can move, once, however it moves it. Money works concavely: a gift of 1000 diamonds is not a
/// thousand times one of 1. (The first generator uses the power 0.7 and the analysis a square root; neither is ours.)
pub fn dose(kind: Kind, units: u32) -> f64 {
    if kind == Kind::Gifts { f64::from(units).powf(0.4) } else { f64::from(units) }
}

/// Mean dose of an ordinary turn in each kind: a turn of likes is a whole bout.
pub fn usual_dose(kind: Kind) -> f64 {
    let mut dice = Dice::of(&[21, kind as u64]);
    let turns = (0..4000).map(|n| {
        let id = dice.key();
        let deeds = if kind == Kind::Likes { bout(id, n) } else { 1 };
        (0..deeds).map(|i| dose(kind, deed(id, kind, n * 32 + i).units)).sum::<f64>()
    });
    turns.sum::<f64>() / 4000.0
}
