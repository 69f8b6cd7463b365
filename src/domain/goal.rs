//! Goals: what a creator wants to reach in a LIVE.

use super::handle::Handle;
use super::time::Stamp;
use super::totals::SessionTotals;
use serde::{Deserialize, Serialize};

/// Something to reach, as it is set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GoalPlan {
    pub creator: Handle,
    pub kind: GoalKind,
    /// At least 1.
    pub target: i64,
    /// In the creator's own words; empty if they gave none.
    pub title: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Goal {
    /// Grows with every goal of every creator.
    pub id: i64,
    pub plan: GoalPlan,
    pub state: GoalState,
}

/// What is counted, over the session that runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GoalKind {
    /// People watching at the same time, at most so far.
    Viewers,
    Likes,
    Follows,
    Shares,
    Comments,
    /// Gifts, each unit of a streak.
    Gifts,
    /// What gifts to the creator are worth.
    Diamonds,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GoalState {
    /// Being prepared; nobody is shown it.
    Draft,
    /// Shown, and counted in every LIVE until it is met.
    Active,
    Met {
        at: Stamp,
    },
}

/// How far a goal is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    pub reached: i64,
    pub target: i64,
    /// Whether any part of it is an estimate.
    pub estimated: bool,
}

impl GoalKind {
    pub const ALL: [Self; 7] = [
        Self::Viewers,
        Self::Likes,
        Self::Follows,
        Self::Shares,
        Self::Comments,
        Self::Gifts,
        Self::Diamonds,
    ];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Viewers => "viewers",
            Self::Likes => "likes",
            Self::Follows => "follows",
            Self::Shares => "shares",
            Self::Comments => "comments",
            Self::Gifts => "gifts",
            Self::Diamonds => "diamonds",
        }
    }

    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

    /// Whether the goal and how far it is are for the owner alone.
    #[must_use]
    pub const fn is_money(self) -> bool {
        matches!(self, Self::Diamonds)
    }

    /// What a session came to in what is counted.
    #[must_use]
    pub fn of(self, totals: &SessionTotals) -> i64 {
        match self {
            Self::Viewers => totals.viewers.peak.unwrap_or_default(),
            Self::Likes => totals.likes,
            Self::Follows => totals.follows,
            Self::Shares => totals.shares,
            Self::Comments => totals.comments,
            Self::Gifts => totals.gift_units,
            Self::Diamonds => totals.diamonds_to_creator,
        }
    }
}

impl Goal {
    /// How far a session with `totals` is.
    #[must_use]
    pub fn progress(&self, totals: &SessionTotals) -> Progress {
        let GoalPlan { kind, target, .. } = self.plan;
        let estimated = kind.is_money() && totals.is_estimated();
        Progress { reached: kind.of(totals), target, estimated }
    }
}

impl Progress {
    #[must_use]
    pub const fn is_met(&self) -> bool {
        self.reached >= self.target
    }

    /// In whole per cent, rounded down so that 100 means met; never more than that.
    #[must_use]
    pub fn percent(&self) -> i64 {
        (self.reached.max(0).saturating_mul(100) / self.target.max(1)).min(100)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::gift::ValueSource;
    use crate::domain::totals::ViewerTotals;

    fn totals() -> SessionTotals {
        let mut totals = SessionTotals {
            likes: 900,
            follows: 4,
            shares: 3,
            comments: 120,
            gift_units: 7,
            diamonds: 70,
            diamonds_to_creator: 60,
            viewers: ViewerTotals { last: Some(80), peak: Some(95), ..ViewerTotals::default() },
            ..SessionTotals::default()
        };
        totals.diamonds_by_source[ValueSource::Estimate as usize] = 10;
        totals
    }

    fn goal(kind: GoalKind, target: i64) -> Goal {
        let creator = Handle::parse("mira").expect("valid");
        let plan = GoalPlan { creator, kind, target, title: String::new() };
        Goal { id: 1, plan, state: GoalState::Active }
    }

    #[test]
    fn each_kind_counts_its_own_over_the_session() {
        for (kind, reached) in [
            (GoalKind::Viewers, 95),
            (GoalKind::Likes, 900),
            (GoalKind::Follows, 4),
            (GoalKind::Shares, 3),
            (GoalKind::Comments, 120),
            (GoalKind::Gifts, 7),
            (GoalKind::Diamonds, 60),
        ] {
            let progress = goal(kind, 100).progress(&totals());
            assert_eq!((progress.reached, progress.target), (reached, 100), "{kind:?}");
            assert_eq!(progress.estimated, kind == GoalKind::Diamonds, "only money can be estimated");
            assert_eq!(GoalKind::parse(kind.as_str()), Some(kind));
        }
        assert_eq!(
            goal(GoalKind::Viewers, 5).progress(&SessionTotals::default()).reached,
            0,
            "before a count"
        );
    }

    #[test]
    fn a_goal_is_met_at_its_target_and_not_a_moment_before() {
        for (target, percent, met) in
            [(900, 100, true), (901, 99, false), (1, 100, true), (i64::MAX, 0, false)]
        {
            let progress = goal(GoalKind::Likes, target).progress(&totals());
            assert_eq!((progress.percent(), progress.is_met()), (percent, met), "{target}");
        }
    }
}
