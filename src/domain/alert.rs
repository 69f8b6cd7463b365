//! Alerts: what is worth interrupting somebody for, and what was told.

use super::goal::GoalKind;
use super::handle::Handle;
use super::ids::{GiftId, SessionId, UserId};
use super::time::Stamp;
use serde::{Deserialize, Serialize};

/// What an alert is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rule {
    /// A gift, all of its streak together, worth at least so much.
    Gift,
    ViewerSpike,
    ViewerDrop,
    ConnectionLost,
    GoalMet,
    /// One of the creator's top gifters of the last days came in.
    TopFan,
    /// Somebody gave this creator something for the first time.
    FirstGift,
    /// Somebody pressed the test button.
    Test,
}

impl Rule {
    pub const ALL: [Self; 8] = [
        Self::Gift,
        Self::ViewerSpike,
        Self::ViewerDrop,
        Self::ConnectionLost,
        Self::GoalMet,
        Self::TopFan,
        Self::FirstGift,
        Self::Test,
    ];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Gift => "gift",
            Self::ViewerSpike => "viewer_spike",
            Self::ViewerDrop => "viewer_drop",
            Self::ConnectionLost => "connection_lost",
            Self::GoalMet => "goal_met",
            Self::TopFan => "top_fan",
            Self::FirstGift => "first_gift",
            Self::Test => "test",
        }
    }
}

/// Who is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Channels {
    Off,
    /// Open tabs that asked for alerts.
    Page,
    Webhooks,
    Both,
}

impl Channels {
    pub const ALL: [Self; 4] = [Self::Off, Self::Page, Self::Webhooks, Self::Both];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Page => "page",
            Self::Webhooks => "webhooks",
            Self::Both => "both",
        }
    }

    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|channels| channels.as_str() == name)
    }

    #[must_use]
    pub const fn page(self) -> bool {
        matches!(self, Self::Page | Self::Both)
    }

    #[must_use]
    pub const fn webhooks(self) -> bool {
        matches!(self, Self::Webhooks | Self::Both)
    }
}

/// When to alert whom, as the owner set it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AlertRules {
    pub gift: Channels,
    /// What a gift, with all of its streak, must be worth.
    pub gift_diamonds: u32,
    pub spike: Channels,
    /// Viewers at least this many per cent of what they were.
    pub spike_percent: u32,
    pub drop: Channels,
    /// Viewers fewer by at least this many per cent of what they were.
    pub drop_percent: u32,
    /// Either within so many seconds.
    pub window_s: u32,
    /// And by so many viewers at least.
    pub least_viewers: u32,
    /// Whether a spike during a battle counts.
    pub in_battles: bool,
    pub lost: Channels,
    /// No connection for so many seconds.
    pub lost_s: u32,
    pub goal: Channels,
    pub fan: Channels,
    /// Down to this rank.
    pub fan_ranks: u32,
    pub first: Channels,
    /// No tab makes a sound.
    pub quiet: bool,
}

impl Default for AlertRules {
    fn default() -> Self {
        Self::USUAL
    }
}

impl AlertRules {
    /// As long as the owner set nothing.
    pub const USUAL: Self = Self {
        gift: Channels::Both,
        gift_diamonds: 1000,
        spike: Channels::Both,
        spike_percent: 200,
        drop: Channels::Both,
        drop_percent: 50,
        window_s: 60,
        least_viewers: 20,
        in_battles: false,
        lost: Channels::Both,
        lost_s: 60,
        goal: Channels::Both,
        fan: Channels::Both,
        fan_ranks: 10,
        first: Channels::Off,
        quiet: false,
    };

    #[must_use]
    pub const fn channels(&self, rule: Rule) -> Channels {
        match rule {
            Rule::Gift => self.gift,
            Rule::ViewerSpike => self.spike,
            Rule::ViewerDrop => self.drop,
            Rule::ConnectionLost => self.lost,
            Rule::GoalMet => self.goal,
            Rule::TopFan => self.fan,
            Rule::FirstGift => self.first,
            Rule::Test => Channels::Webhooks,
        }
    }
}

/// What happened, with the figures it was judged by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "rule", rename_all = "snake_case")]
pub enum What {
    Gift(Given),
    FirstGift(Given),
    ViewerSpike(Change),
    ViewerDrop(Change),
    ConnectionLost { seconds: i64 },
    GoalMet { goal: i64, kind: GoalKind, target: i64, title: String },
    TopFan { rank: u32 },
    Test,
}

/// A gift with all of its streak.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Given {
    pub gift: GiftId,
    pub name: String,
    pub units: i64,
    pub diamonds: i64,
    pub estimated: bool,
}

/// Viewers before and now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    pub from: i64,
    pub to: i64,
    pub window_s: u32,
}

impl What {
    #[must_use]
    pub const fn rule(&self) -> Rule {
        match self {
            Self::Gift(_) => Rule::Gift,
            Self::FirstGift(_) => Rule::FirstGift,
            Self::ViewerSpike(_) => Rule::ViewerSpike,
            Self::ViewerDrop(_) => Rule::ViewerDrop,
            Self::ConnectionLost { .. } => Rule::ConnectionLost,
            Self::GoalMet { .. } => Rule::GoalMet,
            Self::TopFan { .. } => Rule::TopFan,
            Self::Test => Rule::Test,
        }
    }

    /// Whether it cannot be told without money.
    #[must_use]
    pub const fn is_money(&self) -> bool {
        matches!(self, Self::GoalMet { kind, .. } if kind.is_money())
    }
}

/// Who it is about, by the names of then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Somebody {
    pub user: UserId,
    pub display_id: String,
    pub nickname: String,
}

/// Something that is to be told, and that is told once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Occasion {
    /// The same however often it is noticed, also after a restart.
    pub key: String,
    pub at: Stamp,
    pub who: Option<Somebody>,
    pub what: What,
}

/// What was told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alert {
    /// Grows with every alert.
    pub id: i64,
    /// What a receiver tells repeated deliveries by.
    pub message: String,
    pub creator: Handle,
    pub session: Option<SessionId>,
    pub at: Stamp,
    pub who: Option<Somebody>,
    pub what: What,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_happened_is_kept_under_the_name_of_its_rule() {
        let given = Given { gift: GiftId(5), name: "Rose".into(), units: 3, diamonds: 3, estimated: false };
        let change = Change { from: 10, to: 40, window_s: 60 };
        let goal = What::GoalMet { goal: 1, kind: GoalKind::Diamonds, target: 5, title: "Lima".into() };
        assert!(goal.is_money());
        for what in [
            What::Gift(given.clone()),
            What::FirstGift(given),
            What::ViewerSpike(change),
            What::ViewerDrop(change),
            What::ConnectionLost { seconds: 61 },
            goal,
            What::TopFan { rank: 2 },
            What::Test,
        ] {
            let text = serde_json::to_string(&what).expect("plain values");
            assert!(text.contains(&format!(r#""rule":"{}""#, what.rule().as_str())), "{text}");
            assert_eq!(serde_json::from_str::<What>(&text).expect("its own text"), what);
        }
        for channels in Channels::ALL {
            assert_eq!(Channels::parse(channels.as_str()), Some(channels));
        }
    }
}
