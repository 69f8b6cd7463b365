//! A session added up again from its recorded events.
//!
//! Whatever the recorder keeps beside the events must come out the same; `pasut check` compares
//! them, and a recorder that starts again takes its running sessions up this way.

use super::tally::Tally;
use crate::domain::event::Accounted;
use crate::domain::ids::SessionId;
use crate::domain::record::Batch;
use crate::domain::session::Gap;
use crate::domain::time::Stamp;

/// Adds up recorded events in their order, with the gaps between them.
#[derive(Debug)]
pub struct Recount {
    tally: Tally,
    /// The gaps to come, the next one last.
    gaps: Vec<Gap>,
}

impl Recount {
    /// `tally` is new; `gaps` are those of the session, oldest first.
    #[must_use]
    pub fn new(mut tally: Tally, mut gaps: Vec<Gap>) -> Self {
        gaps.reverse();
        tally.keep_all_streaks(true);
        Self { tally, gaps }
    }

    /// Adds the next event.
    pub fn add(&mut self, recorded: &Accounted) {
        self.pass_gaps(recorded.at);
        self.tally.recount(recorded);
    }

    /// What changed since the last call, as a recording would have handed it to the store.
    pub fn take_batch(&mut self, session: SessionId, now: Stamp) -> Batch {
        self.tally.take_batch(session, now, Vec::new())
    }

    /// The tally as it stood at `until`.
    #[must_use]
    pub fn finish(mut self, until: Stamp) -> Tally {
        self.pass_gaps(until);
        self.tally.pass_to(until);
        self.tally.keep_all_streaks(false);
        self.tally
    }

    /// Events that arrive in the same millisecond as a gap begins came before it; those that
    /// arrive as it ends came after.
    fn pass_gaps(&mut self, at: Stamp) {
        while let Some(gap) = self.gaps.last()
            && gap.to.map_or(gap.from < at, |to| to <= at)
        {
            self.tally.begin_gap(gap.from, gap.cause);
            if let Some(to) = gap.to {
                self.tally.end_gap(to);
            }
            self.gaps.pop();
        }
    }
}
