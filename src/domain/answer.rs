//! What Pasut answers to "why did viewers change?", as it was given and as it is kept.

use super::driver::Driver;
use super::ids::GiftId;
use super::time::Stamp;
use serde::{Deserialize, Serialize};

/// The answer for one session at one moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// Up to when the session was looked at.
    pub at: Stamp,
    pub basis: Basis,
    /// One for each driver, in the order of [`Driver::ALL`].
    pub drivers: [DriverAnswer; Driver::ALL.len()],
    /// Notable rises and drops, oldest first.
    pub windows: Vec<WindowAnswer>,
    /// What pooling this session with others needs.
    pub slopes: Vec<Slope>,
}

impl Answer {
    #[must_use]
    pub fn driver(&self, driver: Driver) -> &DriverAnswer {
        &self.drivers[driver.index()]
    }

    /// What it claims of each driver, in the order of [`Driver::ALL`]; hints are no claims.
    #[must_use]
    pub fn claims(&self) -> [Option<(Verdict, Level)>; Driver::ALL.len()] {
        self.drivers.each_ref().map(|of| of.level.is_claim().then_some((of.verdict, of.level)))
    }

    /// The drivers, strongest evidence first.
    #[must_use]
    pub fn by_strength(&self) -> Vec<&DriverAnswer> {
        let mut drivers: Vec<_> = self.drivers.iter().collect();
        drivers.sort_by(|a, b| {
            let p = |answer: &DriverAnswer| answer.p_value.unwrap_or(1.0);
            b.level.cmp(&a.level).then(p(a).total_cmp(&p(b))).then(a.driver.cmp(&b.driver))
        });
        drivers
    }
}

/// The answer over several sessions of one creator.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PooledAnswer {
    /// How many sessions had enough data to be counted.
    pub sessions: usize,
    pub drivers: [PooledDriver; Driver::ALL.len()],
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PooledDriver {
    /// `bursts` and `hits` are sums over the sessions; there are no moments and no evidence.
    pub answer: DriverAnswer,
    /// How many sessions this driver could be judged in.
    pub sessions: usize,
    /// Spread of the effect between sessions, in viewers for each unit; known from 5 sessions.
    pub tau: Option<f64>,
}

/// What an answer rests on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Basis {
    /// Time that could be used, in milliseconds.
    pub observed_ms: i64,
    /// Time left out because the connection or the viewer count was away, in milliseconds.
    pub excluded_ms: i64,
    /// How much later than the room itself the viewer count moves, in seconds, as estimated.
    pub reporting_delay_s: f64,
    /// Whether joins were seen often enough to date the inflow.
    pub joins: bool,
    /// Over the time that viewers were known; 0 if they never were.
    pub mean_viewers: f64,
}

/// The answer for one driver.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DriverAnswer {
    pub driver: Driver,
    pub verdict: Verdict,
    pub level: Level,
    /// What is missing; given exactly when the level is [`Level::Unclear`].
    pub shortage: Option<Shortage>,
    /// Probability of as much evidence by chance, before looking at five drivers at once.
    pub p_value: Option<f64>,
    /// The same after looking at five drivers (Benjamini and Hochberg 1995).
    pub q_value: Option<f64>,
    /// Viewers at the peak for one like, comment, follow, share or diamond.
    pub per_unit: Option<Range>,
    /// Viewers at the peak after a usual burst.
    pub per_burst: Option<Range>,
    /// From the activity to the peak of its effect in the viewer count, in seconds.
    pub lag_s: Option<f64>,
    pub bursts: u32,
    /// Bursts that viewers rose after (fell, for [`Verdict::Lowers`]).
    pub hits: u32,
    /// The mean of `hits` if bursts had come at other times.
    pub hits_by_chance: f64,
    pub moments: Vec<Burst>,
    pub evidence: Option<Evidence>,
}

impl DriverAnswer {
    /// An answer that says nothing yet.
    #[must_use]
    pub const fn empty(driver: Driver) -> Self {
        Self {
            driver,
            verdict: Verdict::NoEvidence,
            level: Level::Unclear,
            shortage: None,
            p_value: None,
            q_value: None,
            per_unit: None,
            per_burst: None,
            lag_s: None,
            bursts: 0,
            hits: 0,
            hits_by_chance: 0.0,
            moments: Vec::new(),
            evidence: None,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Raises,
    Lowers,
    NoEvidence,
}

impl Verdict {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Raises => "raises",
            Self::Lowers => "lowers",
            Self::NoEvidence => "no_evidence",
        }
    }
}

/// How sure an answer is, least first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Too early to say anything.
    Unclear,
    None,
    /// A hint, never an answer.
    Weak,
    Likely,
    Strong,
}

impl Level {
    pub const ALL: [Self; 5] = [Self::Unclear, Self::None, Self::Weak, Self::Likely, Self::Strong];

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.as_str() == text)
    }

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unclear => "unclear",
            Self::None => "none",
            Self::Weak => "weak",
            Self::Likely => "likely",
            Self::Strong => "strong",
        }
    }

    /// Whether it is worded as an answer.
    #[must_use]
    pub const fn is_claim(self) -> bool {
        matches!(self, Self::Likely | Self::Strong)
    }
}

/// Why it is too early.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shortage {
    Minutes {
        have: u32,
        need: u32,
    },
    /// Of this driver: gifts, likes and so on.
    Occasions {
        have: u32,
        need: u32,
    },
    Viewers {
        have: u32,
        need: u32,
    },
}

/// An estimate with the range it probably lies in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Range {
    pub estimate: f64,
    pub low: f64,
    pub high: f64,
}

/// More of one driver than the people in the room explain.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Burst {
    pub from: Stamp,
    pub to: Stamp,
    /// Likes, comments, follows, shares or diamonds.
    pub units: f64,
    /// Viewers at the peak of the expected effect against viewers at its start, if both are known.
    pub change: Option<f64>,
    pub hit: bool,
}

/// What the drawings beside an answer show.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// Link (correlation, −1 to 1) between activity and the inflow of viewers, for inflow from 10
    /// minutes before the activity to 10 minutes after it, a minute a step: 21 values.
    pub lags: Vec<f32>,
    /// As far from 0 as 95 of 100 links by chance reach.
    pub chance: f32,
    /// Viewers around each burst as a share of viewers when it began (0 is no change), from 5
    /// minutes before to 15 after, half a minute a step: 41 values; `None` where not known.
    pub around: Vec<Vec<Option<f32>>>,
    pub median: Vec<Option<f32>>,
}

/// A notable rise or drop.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct WindowAnswer {
    pub from: Stamp,
    pub to: Stamp,
    /// Viewers at its start.
    pub viewers: i64,
    pub change: i64,
    pub cause: Cause,
    /// Probability that the cause is right, 0 to 1.
    pub confidence: f64,
    /// The biggest occasion of the cause shortly before or in the window.
    pub occasion: Option<Occasion>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    Driver(Driver),
    /// Nothing in the room explains it.
    None,
    /// TikTok's count jumped and came back; nobody came or left.
    Glitch,
}

impl Cause {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Driver(driver) => driver.as_str(),
            Self::None => "none",
            Self::Glitch => "glitch",
        }
    }
}

/// The biggest gift, or the ten seconds with most of another driver.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Occasion {
    pub at: Stamp,
    /// Likes, comments, follows or shares; for a gift how often it was given.
    pub units: i64,
    pub gift: Option<GiftId>,
}

/// What part of the change over a chosen stretch of time one driver may account for.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Share {
    pub driver: Driver,
    /// Part of the change, 1 being all of it; `None` where no effect of this driver was found.
    pub share: Option<Range>,
    /// Likes, comments, follows, shares or diamonds within the stretch, per minute.
    pub per_minute: f64,
    /// The same over the session.
    pub usual_per_minute: f64,
}

/// What changed between two moments.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Changed {
    pub from: Stamp,
    pub to: Stamp,
    /// Viewers at either end, if known.
    pub viewers: Option<(i64, i64)>,
    /// Joins within the stretch, per minute, and over the session.
    pub joins_per_minute: f64,
    pub usual_joins_per_minute: f64,
    pub cause: Cause,
    pub confidence: f64,
    /// Largest share first, then furthest above the usual.
    pub shares: Vec<Share>,
}

/// The slope of one driver on one time scale in one session, in units that sessions have in common.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Slope {
    pub driver: Driver,
    /// Time scale of the response, in seconds.
    pub scale_s: u32,
    pub raises: f64,
    pub raises_se: f64,
    pub lowers: f64,
    pub lowers_se: f64,
    /// Viewers at the peak for one unit, for a slope of 1.
    pub per_unit: f64,
    /// Viewers at the peak after a usual burst, for a slope of 1.
    pub per_burst: f64,
    pub lag_s: f64,
}
