//! What viewers did around moments of one kind, as it is shown.

/// What viewers did around moments of one kind.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Lift {
    /// How many moments there are, and around how many viewers are known for long enough.
    pub times: usize,
    pub known: usize,
    /// Medians over the known moments; `None` without any.
    pub around: Option<Around>,
    /// `None` while it is too early: under three known moments.
    pub test: Option<Retimed>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Around {
    /// Average viewers in the five minutes before, and after.
    pub before: f64,
    pub after: f64,
    /// Median of the relative changes, 0 being none; not the change between the two medians.
    pub change: f64,
}

/// The same moments at other times.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Retimed {
    /// The usual median change at other times.
    pub by_chance: f64,
    /// Share of the ways to move the moments whose median is as far from the usual one.
    pub p_value: f64,
}

/// What became of a rise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Afterwards {
    /// At least half of it was still there after a quarter of an hour.
    Stayed,
    GoneAfter {
        minutes: u32,
    },
}
