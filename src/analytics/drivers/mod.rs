//! What moved the viewers: the attribution of rises to likes, gifts, comments, follows and shares.
//!
//! [`observations::Observations`] collects a session, [`explain`] answers for one session, [`pool`] for
//! several of one creator, and [`hold::Hold`] decides what a page that looks every few seconds may claim.

pub mod hold;
pub mod observations;

use crate::domain::answer::{Answer, Changed, PooledAnswer};
use crate::domain::time::Stamp;
use observations::Observations;

/// The answer for a session as it is at `now`.
#[must_use]
pub fn explain(observed: &Observations, now: Stamp) -> Answer {
    unimplemented!("{now:?} {}", observed.bins().len())
}

/// What changed between two moments of a session that was answered with `answer`.
#[must_use]
pub fn what_changed(observed: &Observations, answer: &Answer, from: Stamp, to: Stamp) -> Changed {
    unimplemented!("{from:?} {to:?} {:?} {}", answer.at, observed.bins().len())
}

/// The answer over several sessions of one creator.
#[must_use]
pub fn pool(answers: &[Answer]) -> PooledAnswer {
    unimplemented!("{}", answers.len())
}
