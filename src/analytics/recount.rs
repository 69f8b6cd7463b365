//! A session added up again from its recorded events.
//!
//! Whatever the recorder keeps beside the events must come out the same; `pasut check` compares
//! them, a recorder that starts again takes its running sessions up this way, and a session is
//! valued anew this way when the user prices a gift.

use super::tally::Tally;
use super::timeline::row_of;
use crate::domain::event::Accounted;
use crate::domain::ids::{GiftId, SessionId, UserId};
use crate::domain::record::Batch;
use crate::domain::session::{Gap, Session};
use crate::domain::time::Stamp;
use crate::domain::totals::{
    Bin, GiftTotal, GifterTotal, GivenGift, IntervalMedians, IntervalRow, MessageCounts, SessionTotals,
    StreakKey, StreakTotal,
};
use std::collections::BTreeMap;

/// The tally is emptied into what was recounted after so many events, so that it stays small.
const EMPTIED_AFTER: usize = 1_000;

/// Intervals are those that are stored; where there are none, they have the usual length.
const INTERVAL_MS: i64 = 300_000;

/// Adds up everything that is kept beside the events of a session that is stored.
#[derive(Debug)]
pub struct Recounting {
    session: SessionId,
    counted_to: Stamp,
    /// What events do not tell: how many messages did not count.
    messages: MessageCounts,
    rows: Vec<IntervalRow>,
    recount: Recount,
    recounted: Recounted,
    added: usize,
}

/// What the events of a session add up to, so far.
#[derive(Debug, Default)]
struct Recounted {
    totals: SessionTotals,
    bins: BTreeMap<Stamp, Bin>,
    rows: BTreeMap<Stamp, IntervalRow>,
    gifters: BTreeMap<UserId, GifterTotal>,
    gifts: BTreeMap<GiftId, GiftTotal>,
    given: BTreeMap<(UserId, GiftId), GivenGift>,
    streaks: BTreeMap<StreakKey, StreakTotal>,
}

impl Recounting {
    /// `rows` are the stored intervals of `session`, `gaps` its gaps, each oldest first.
    #[must_use]
    pub fn new(session: &Session, rows: Vec<IntervalRow>, gaps: Vec<Gap>) -> Self {
        let mut tally = Tally::new(session.start.host, INTERVAL_MS, IntervalMedians::default());
        tally.restore_intervals(rows.iter().map(|row| (row.from, row.length_ms)));
        Self {
            session: session.id,
            counted_to: session.counted_to,
            messages: session.totals.messages,
            rows,
            recount: Recount::new(tally, gaps),
            recounted: Recounted::default(),
            added: 0,
        }
    }

    /// Adds the next event.
    pub fn add(&mut self, recorded: &Accounted) {
        self.recount.add(recorded);
        self.added += 1;
        if self.added.is_multiple_of(EMPTIED_AFTER) {
            self.recounted.add(self.recount.take_batch(self.session, recorded.at));
        }
    }

    /// Everything as it should be stored, each list sorted by what identifies its entries. The intervals
    /// are the stored ones; their activity score describes them as they were seen then, and is kept.
    #[must_use]
    pub fn finish(self) -> Batch {
        let Self { session, counted_to, messages, rows, recount, mut recounted, .. } = self;
        let mut tally = recount.finish(counted_to);
        recounted.add(tally.take_batch(session, counted_to, Vec::new()));
        let bins: Vec<Bin> = recounted.bins.into_values().collect();
        let again = |row: IntervalRow| {
            let again = row_of(row.from, row.length_ms, &bins);
            let top_gifter = recounted.rows.get(&row.from).and_then(|row| row.top_gifter);
            IntervalRow { viewers: again.viewers, counts: again.counts, top_gifter, ..row }
        };
        let mut totals = recounted.totals;
        totals.messages = MessageCounts { counted: totals.messages.counted, ..messages };
        Batch {
            session,
            counted_to,
            totals,
            rows: rows.into_iter().map(again).collect(),
            bins,
            gifters: recounted.gifters.into_values().collect(),
            gifts: recounted.gifts.into_values().collect(),
            given: recounted.given.into_values().collect(),
            streaks: recounted.streaks.into_values().collect(),
            ..Batch::default()
        }
    }
}

impl Recounted {
    fn add(&mut self, batch: Batch) {
        self.totals = batch.totals;
        self.bins.extend(batch.bins.into_iter().map(|bin| (bin.from, bin)));
        self.rows.extend(batch.rows.into_iter().map(|row| (row.from, row)));
        self.gifters.extend(batch.gifters.into_iter().map(|gifter| (gifter.user, gifter)));
        self.gifts.extend(batch.gifts.into_iter().map(|gift| (gift.gift, gift)));
        self.given.extend(batch.given.into_iter().map(|given| ((given.user, given.gift), given)));
        self.streaks.extend(batch.streaks.into_iter().map(|streak| (streak.key, streak)));
    }
}

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
