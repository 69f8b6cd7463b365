//! Trials: prompts at times that a draw decides, the only way to tell a cause from a companion.

use super::driver::Driver;
use super::handle::Handle;
use super::ids::SessionId;
use super::time::Stamp;

/// Everything that is fixed before the first slot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrialPlan {
    pub creator: Handle,
    /// What the room is asked for in half of the slots.
    pub prompt: Driver,
    /// From the start of a slot to the end of its outcome window, in milliseconds.
    pub window_ms: i64,
    /// Slots come in pairs: one with the prompt, one without.
    pub pairs: u32,
    /// Decides order and gaps of all slots; told once the trial is over, so that it can be checked.
    pub seed: i64,
}

impl TrialPlan {
    /// Outcome windows that can be chosen, in minutes.
    pub const WINDOWS_MIN: [i64; 3] = [3, 5, 10];
    /// Numbers of slots that can be chosen: with fewer than 12, chance alone explains any result.
    pub const SLOTS: [u32; 3] = [12, 24, 36];

    #[must_use]
    pub const fn slots(&self) -> u32 {
        self.pairs * 2
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trial {
    pub id: i64,
    pub plan: TrialPlan,
    pub started_at: Stamp,
    pub state: TrialState,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrialState {
    Running,
    /// Every slot is over.
    Finished {
        at: Stamp,
    },
    /// Somebody stopped it; it has no result.
    Abandoned {
        at: Stamp,
    },
}

/// What a slot asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arm {
    Prompt,
    /// Carry on as usual.
    Control,
}

impl Arm {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Prompt => "prompt",
            Self::Control => "control",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Prompt, Self::Control].into_iter().find(|arm| arm.as_str() == text)
    }
}

/// A slot whose reminder somebody saw. One that nobody saw asked for nothing and is not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot {
    /// From 0; slots 2n and 2n + 1 are a pair.
    pub number: u32,
    pub session: SessionId,
    /// When it was to begin.
    pub at: Stamp,
    pub arm: Arm,
    /// When its reminder was first shown.
    pub shown_at: Stamp,
}

impl Slot {
    #[must_use]
    pub const fn pair(&self) -> u32 {
        self.number / 2
    }
}
