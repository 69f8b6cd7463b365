//! The families of worlds, and how one room of a family is drawn. A range is drawn log-uniformly; what belongs to
//! the host (size, habits, the platform's delay) is drawn once for all their sessions.

use crate::dice::Dice;
use crate::kind::{Kind, PerKind};

/// How a kind of activity reaches viewers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Path {
    /// It enters the recommender's score. Strength: the most it can add, in multiples of ordinary feed traffic.
    Recommender,
    /// Each act brings visitors of its own (a shared link, a banner other rooms see).
    /// Strength: visitors as a share of the ordinary inflow, were the show never livelier than ordinary.
    Visitors,
    /// It holds those who are there for minutes. Strength: by how much slower patience can run.
    Holds,
    /// More of it per viewer than usual drives people off. Strength: by how much faster patience can run.
    Floods,
}

/// One kind's pull on viewers in one room.
#[derive(Debug, Clone, Copy)]
pub struct Pull {
    pub kind: Kind,
    pub path: Path,
    pub strength: f64,
    /// Seconds: the median delay of visitors, or how long a hold or a flood is felt.
    pub memory_s: f64,
}

type Range = (f64, f64);

pub struct Family {
    pub name: &'static str,
    viewers: Range,
    minutes: Range,
    pulls: &'static [(Kind, Path, Range, Range)],
    lag_s: Range,
    reconnects_per_h: f64,
    flaps_per_h: f64,
    raids_per_h: f64,
    breaks: f64,
    joins_seen: Option<Range>,
    joins_cap: Range,
    contagion: Range,
    feed_noise: f64,
    feed_steps: bool,
    /// How much segments hold people, and how much the feed rewards it. Higher hides a common cause better.
    showmanship: f64,
}

/// Everything about one session that is fixed before it begins.
#[derive(Debug, Clone)]
pub struct Room {
    pub seed: u64,
    /// Seconds recorded, and seconds the LIVE ran before that.
    pub duration_s: i64,
    pub before_s: i64,
    /// The audience aimed at; the world decides what comes of it.
    pub viewers: f64,
    pub stay_s: f64,
    /// Acts per present viewer and second in an ordinary moment.
    pub rates: PerKind<f64>,
    /// The chance that a newcomer says or taps something at once.
    pub hello: f64,
    pub contagion: f64,
    pub pulls: Vec<Pull>,
    pub raids_per_h: f64,
    pub breaks: f64,
    pub showmanship: f64,
    pub prompt_every_s: f64,
    /// The recommender's period and the time its decision takes to reach feeds.
    pub rescore_s: i64,
    pub delivery_s: i64,
    pub feed_noise: f64,
    pub feed_steps: bool,
    pub seen: Seen,
}

/// What the platform tells of the room.
#[derive(Debug, Clone)]
pub struct Seen {
    pub lag_s: f64,
    pub smoothing_s: f64,
    pub reconnects_per_h: f64,
    pub flaps_per_h: f64,
    /// The share of joins shown in a quiet second, or none at all; and the most shown in one second.
    pub joins: Option<f64>,
    pub joins_cap: f64,
}

const ORDINARY: Family = Family {
    name: "",
    viewers: (40.0, 1500.0),
    minutes: (45.0, 120.0),
    pulls: &[],
    lag_s: (2.0, 15.0),
    reconnects_per_h: 1.0,
    flaps_per_h: 2.0,
    raids_per_h: 0.4,
    breaks: 1.0,
    joins_seen: Some((0.3, 1.0)),
    joins_cap: (3.0, 8.0),
    contagion: (0.2, 0.8),
    feed_noise: 0.08,
    feed_steps: false,
    showmanship: 0.5,
};

const LIKES_IN_FEED: (Kind, Path, Range, Range) = (Kind::Likes, Path::Recommender, (1.5, 4.0), (15.0, 45.0));
const GIFTS_COME: (Kind, Path, Range, Range) = (Kind::Gifts, Path::Visitors, (0.08, 0.22), (10.0, 45.0));

/// All families. `null_*`: no activity has any way to viewers. `stress_*`: nor here, but the host's show is a
/// common cause so strong that no observer could tell; the scorer reports it apart.
pub const FAMILIES: &[Family] = &[
    Family { name: "null", ..ORDINARY },
    Family { name: "null_tiny", viewers: (3.0, 25.0), minutes: (20.0, 120.0), ..ORDINARY },
    Family {
        name: "null_huge",
        viewers: (15_000.0, 45_000.0),
        minutes: (40.0, 60.0),
        joins_seen: Some((0.05, 0.3)),
        joins_cap: (2.0, 5.0),
        ..ORDINARY
    },
    Family { name: "null_laggy", lag_s: (30.0, 60.0), ..ORDINARY },
    Family { name: "null_flappy", reconnects_per_h: 10.0, flaps_per_h: 25.0, ..ORDINARY },
    Family { name: "null_raids", raids_per_h: 3.0, breaks: 4.0, ..ORDINARY },
    Family { name: "null_nojoin", joins_seen: None, ..ORDINARY },
    Family { name: "null_steps", feed_noise: 0.35, feed_steps: true, ..ORDINARY },
    Family { name: "null_contagion", contagion: (1.5, 3.0), ..ORDINARY },
    Family { name: "null_marathon", minutes: (180.0, 240.0), viewers: (60.0, 800.0), ..ORDINARY },
    Family { name: "likes_feed", pulls: &[LIKES_IN_FEED], ..ORDINARY },
    Family { name: "gifts_come", pulls: &[GIFTS_COME], ..ORDINARY },
    Family {
        name: "gifts_hold",
        pulls: &[(Kind::Gifts, Path::Holds, (0.8, 2.0), (60.0, 180.0))],
        ..ORDINARY
    },
    Family {
        name: "comments_feed",
        pulls: &[(Kind::Comments, Path::Recommender, (1.5, 4.0), (15.0, 45.0))],
        ..ORDINARY
    },
    Family {
        name: "shares_link",
        pulls: &[(Kind::Shares, Path::Visitors, (0.08, 0.22), (20.0, 80.0))],
        ..ORDINARY
    },
    Family { name: "gifts_likes", pulls: &[GIFTS_COME, LIKES_IN_FEED], ..ORDINARY },
    Family {
        name: "comments_flood",
        pulls: &[(Kind::Comments, Path::Floods, (0.8, 2.0), (25.0, 60.0))],
        ..ORDINARY
    },
    Family {
        name: "likes_huge",
        viewers: (15_000.0, 45_000.0),
        minutes: (40.0, 60.0),
        joins_seen: Some((0.05, 0.3)),
        joins_cap: (2.0, 5.0),
        pulls: &[LIKES_IN_FEED],
        ..ORDINARY
    },
    Family { name: "gifts_short", minutes: (20.0, 20.0), pulls: &[GIFTS_COME], ..ORDINARY },
    Family { name: "likes_nojoin", joins_seen: None, pulls: &[LIKES_IN_FEED], ..ORDINARY },
    Family { name: "stress_show", showmanship: 1.6, ..ORDINARY },
];

/// Rates by present viewer and second, about what small recorded rooms of 2025 show.
const RATES: PerKind<Range> =
    PerKind([(0.0005, 0.0015), (0.0001, 0.0004), (0.0007, 0.002), (0.00003, 0.0001), (0.00004, 0.00015)]);

impl Family {
    /// Session `session` of host `host`.
    pub fn room(&self, seed: u64, host: u64, session: u64) -> Room {
        let family = self.name.bytes().fold(0, |key: u64, byte| key * 257 + u64::from(byte));
        let mut of_host = Dice::of(&[seed, family, host]);
        let mut now = Dice::of(&[seed, family, host, session + 1]);
        let viewers = of_host.spread(self.viewers);
        // People speak more freely in small rooms.
        let intimacy = (viewers / 300.0).powf(-0.15);
        Room {
            rates: RATES.map(|range| of_host.spread(range) * intimacy),
            stay_s: of_host.spread((50.0, 160.0)),
            hello: of_host.spread((0.01, 0.06)),
            contagion: of_host.spread(self.contagion),
            prompt_every_s: of_host.spread((240.0, 600.0)),
            rescore_s: of_host.spread((20.0, 90.0)) as i64,
            delivery_s: of_host.spread((5.0, 25.0)) as i64,
            pulls: self
                .pulls
                .iter()
                .map(|&(kind, path, strength, memory_s)| Pull {
                    kind,
                    path,
                    strength: of_host.spread(strength) * now.lognormal(1.0, 0.2),
                    memory_s: of_host.spread(memory_s),
                })
                .collect(),
            seen: Seen {
                lag_s: of_host.spread(self.lag_s),
                smoothing_s: of_host.spread((2.0, 12.0)),
                reconnects_per_h: self.reconnects_per_h,
                flaps_per_h: self.flaps_per_h,
                joins: self.joins_seen.map(|range| of_host.spread(range)),
                joins_cap: of_host.spread(self.joins_cap),
            },
            viewers: (viewers * now.lognormal(1.0, 0.25)).clamp(3.0, 45_000.0),
            duration_s: (now.spread(self.minutes) * 60.0) as i64,
            before_s: (now.within((0.0, 25.0)) * 60.0) as i64,
            seed: now.key(),
            raids_per_h: self.raids_per_h,
            breaks: self.breaks,
            showmanship: self.showmanship,
            feed_noise: self.feed_noise,
            feed_steps: self.feed_steps,
        }
    }
}
