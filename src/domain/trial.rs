//! Trials: prompts at times that a draw decides, the only way to tell a cause from a companion.

use super::answer::Range;
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

/// A slot of the timetable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Planned {
    /// From 0.
    pub number: u32,
    pub at: Stamp,
    pub arm: Arm,
}

/// What the creator is to be told at one moment of a LIVE.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reminder {
    /// A slot runs.
    Now(Planned),
    /// Nothing to do until then.
    Next(Planned),
    /// No slot is left for this LIVE: pairs whose reminder nobody saw wait for the next one.
    NextLive,
    /// Every slot is over.
    Over,
}

/// What a finished trial found.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// Pairs in which both slots could be judged.
    pub pairs: Vec<Pair>,
    /// Pairs left out: a gap, the end of the LIVE, or a reminder that nobody saw.
    pub left_out: u32,
    pub viewers: FlipTest,
    /// Whether there was more of what was asked for, in slots that asked.
    pub asked_for: FlipTest,
}

/// One pair: change of viewers, and how much there was of what was asked for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pair {
    pub number: u32,
    pub prompt: Judged,
    pub control: Judged,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Judged {
    /// Viewers in the last minute of the window against the minute before the slot.
    pub change: f64,
    /// Likes, gifts and so on within the window.
    pub units: i64,
}

/// A test by turning the coins round.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FlipTest {
    /// Prompt against control, mean over the pairs.
    pub effect: f64,
    /// 95 % range; `None` under six pairs, when no range excludes anything.
    pub range: Option<Range>,
    /// Probability of as much in favour of the prompt by chance.
    pub p_up: f64,
    /// Probability of as large a difference either way by chance.
    pub p_two_sided: f64,
}
