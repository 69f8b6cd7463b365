//! What a page that looks again every few seconds may claim.
//!
//! Looking often finds chance more often than looking once: of null sessions about 3 in 100 have a claim at
//! their end, but 23 in 100 have one at some moment. A claim is therefore held back until it has been there
//! at every look for [`PERSISTS_MS`]; then about as few null sessions ever show one as have one at their end
//! (the curve is in docs/attribution.md).

use super::verdict::CLAIM;
use crate::domain::answer::{Answer, DriverAnswer, Level, Verdict};
use crate::domain::driver::Driver;
use crate::domain::time::Stamp;

/// A claim is shown once it has persisted for this long.
pub const PERSISTS_MS: i64 = 6 * 60_000;

/// A claim that is shown stays until its q-value is above this, so that it does not flicker.
const LEAVES: f64 = 2.5 * CLAIM;

/// The claims of one running session.
#[derive(Clone, Debug, Default)]
pub struct Hold {
    claims: [Option<Claim>; Driver::ALL.len()],
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Claim {
    verdict: Verdict,
    since: Stamp,
    shown: bool,
}

impl Hold {
    /// The answer as it may be shown: a claim that has not persisted yet is a hint, and one that is
    /// shown stays likely while it is nearly one. Answers come in order of time.
    pub fn show(&mut self, mut answer: Answer) -> Answer {
        let at = answer.at;
        for (claim, driver) in self.claims.iter_mut().zip(&mut answer.drivers) {
            show(claim, driver, at);
        }
        answer
    }
}

fn show(claim: &mut Option<Claim>, driver: &mut DriverAnswer, at: Stamp) {
    if driver.level.is_claim() {
        let held = claim.get_or_insert(Claim { verdict: driver.verdict, since: at, shown: false });
        if held.verdict != driver.verdict {
            *held = Claim { verdict: driver.verdict, since: at, shown: false };
        }
        held.shown |= at.ms_since(held.since) >= PERSISTS_MS;
        if !held.shown {
            driver.level = Level::Weak;
            driver.verdict = Verdict::NoEvidence;
        }
        return;
    }
    let nearly = driver.level == Level::Weak && driver.q_value.is_some_and(|q| q <= LEAVES);
    let same_sign = |held: &Claim| {
        driver.per_unit.is_some_and(|range| (range.estimate > 0.0) == (held.verdict == Verdict::Raises))
    };
    match claim.filter(|held| held.shown && nearly && same_sign(held)) {
        Some(held) => {
            driver.level = Level::Likely;
            driver.verdict = held.verdict;
        }
        None => *claim = None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::answer::{Basis, Range};

    const MINUTE: i64 = 60_000;

    /// Likes with a q-value, seen at a minute.
    fn look(hold: &mut Hold, minute: i64, q: f64, estimate: f64) -> (Level, Verdict) {
        let mut drivers = Driver::ALL.map(DriverAnswer::empty);
        let level = if q <= CLAIM { Level::Likely } else { Level::Weak };
        let verdict = match (q <= CLAIM, estimate > 0.0) {
            (false, _) => Verdict::NoEvidence,
            (true, true) => Verdict::Raises,
            (true, false) => Verdict::Lowers,
        };
        drivers[0] = DriverAnswer {
            level,
            verdict,
            q_value: Some(q),
            per_unit: Some(Range { estimate, low: estimate - 1.0, high: estimate + 1.0 }),
            ..DriverAnswer::empty(Driver::Likes)
        };
        let at = Stamp(minute * MINUTE);
        let answer = Answer { at, basis: Basis::default(), drivers, windows: Vec::new(), slopes: Vec::new() };
        let shown = hold.show(answer);
        (shown.drivers[0].level, shown.drivers[0].verdict)
    }

    #[test]
    fn a_claim_is_a_hint_until_it_has_persisted_for_six_minutes() {
        let mut hold = Hold::default();
        for minute in 15..21 {
            assert_eq!(look(&mut hold, minute, 0.01, 2.0), (Level::Weak, Verdict::NoEvidence), "{minute}");
        }
        assert_eq!(look(&mut hold, 21, 0.01, 2.0), (Level::Likely, Verdict::Raises));
    }

    #[test]
    fn a_claim_that_was_interrupted_begins_again() {
        let mut hold = Hold::default();
        look(&mut hold, 15, 0.01, 2.0);
        look(&mut hold, 18, 0.03, 2.0);
        look(&mut hold, 19, 0.01, 2.0);
        assert_eq!(look(&mut hold, 22, 0.01, 2.0).0, Level::Weak);
        assert_eq!(look(&mut hold, 25, 0.01, 2.0).0, Level::Likely);
    }

    #[test]
    fn a_claim_that_turns_round_begins_again() {
        let mut hold = Hold::default();
        look(&mut hold, 15, 0.01, 2.0);
        look(&mut hold, 20, 0.01, -2.0);
        assert_eq!(look(&mut hold, 21, 0.01, -2.0).0, Level::Weak);
        assert_eq!(look(&mut hold, 26, 0.01, -2.0), (Level::Likely, Verdict::Lowers));
    }

    #[test]
    fn a_claim_that_is_shown_does_not_flicker_and_leaves_when_the_evidence_does() {
        let mut hold = Hold::default();
        look(&mut hold, 15, 0.01, 2.0);
        look(&mut hold, 21, 0.01, 2.0);
        assert_eq!(look(&mut hold, 22, 0.04, 2.0), (Level::Likely, Verdict::Raises));
        assert_eq!(look(&mut hold, 23, 0.04, -2.0), (Level::Weak, Verdict::NoEvidence));
        assert_eq!(look(&mut hold, 24, 0.01, 2.0).0, Level::Weak);
    }
}
