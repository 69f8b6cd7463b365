//! What a database would hold of one session, and what must be so of it whatever was sent. The random sessions
//! of `tests/it/accounting.rs` keep theirs in it, too.

use pasut::analytics::recount::Recount;
use pasut::analytics::tally::Tally;
use pasut::domain::event::Accounted;
use pasut::domain::ids::{GiftId, SessionId, UserId};
use pasut::domain::record::Batch;
use pasut::domain::session::{Gap, GapCause};
use pasut::domain::time::Stamp;
use pasut::domain::totals::{
    Bin, Counts, GiftTotal, GifterTotal, GivenGift, IntervalMedians, IntervalRow, SessionTotals, StreakKey,
    StreakTotal,
};
use std::collections::{BTreeMap, HashMap};

/// The shortest interval that a user may set. Those that are kept say their length themselves, so what is
/// recounted with this one must not differ.
const SHORTEST_INTERVAL_MS: i64 = 60_000;

/// Keeps what a recorder writes as a database keeps it: newer values replace older ones; events, and what people
/// did, are added. What was never written is lost with the recorder, who takes up what is here.
#[derive(Debug, Default)]
pub struct Book {
    pub events: Vec<Accounted>,
    /// Until when the session was watched when it was last written.
    pub counted_to: Stamp,
    pub totals: SessionTotals,
    /// Counted messages by TikTok's name for them.
    pub methods: HashMap<String, i64>,
    pub bins: BTreeMap<Stamp, Bin>,
    pub rows: BTreeMap<Stamp, IntervalRow>,
    pub gifters: BTreeMap<UserId, GifterTotal>,
    pub gifts: BTreeMap<GiftId, GiftTotal>,
    pub given: BTreeMap<(UserId, GiftId), GivenGift>,
    pub streaks: BTreeMap<StreakKey, StreakTotal>,
    pub gaps: BTreeMap<Stamp, Gap>,
    /// What people with an id said.
    pub comments_by_people: i64,
    /// What people with an id gave, in gifts.
    pub gifts_by_people: i64,
}

impl Book {
    /// Takes in what a recorder writes at once.
    pub fn write(&mut self, batch: Batch) {
        self.events.extend(batch.events);
        self.counted_to = batch.counted_to;
        self.totals = batch.totals;
        self.methods.extend(batch.methods);
        self.bins.extend(batch.bins.into_iter().map(|bin| (bin.from, bin)));
        self.rows.extend(batch.rows.into_iter().map(|row| (row.from, row)));
        self.gifters.extend(batch.gifters.into_iter().map(|gifter| (gifter.user, gifter)));
        self.gifts.extend(batch.gifts.into_iter().map(|gift| (gift.gift, gift)));
        self.given.extend(batch.given.into_iter().map(|given| ((given.user, given.gift), given)));
        self.streaks.extend(batch.streaks.into_iter().map(|streak| (streak.key, streak)));
        self.gaps.extend(batch.gaps.into_iter().map(|gap| (gap.from, gap)));
        self.comments_by_people += batch.people.iter().map(|person| person.comments).sum::<i64>();
        self.gifts_by_people += batch.people.iter().map(|person| person.gift_units).sum::<i64>();
    }

    /// The tally of a recorder that takes the session up again at `at`: since the last that was written it was
    /// away. A session of which nothing was written begins anew.
    pub fn taken_up(&self, creator: UserId, interval_ms: i64, at: Stamp) -> Tally {
        let mut tally = self.recount(Some(creator), interval_ms);
        tally.restore_messages(self.totals.messages, self.methods.clone().into_iter().collect());
        if !self.events.is_empty() {
            tally.begin_gap(self.counted_to, GapCause::NotRunning);
        }
        tally.forget_changes(self.counted_to);
        tally.end_gap(at);
        tally
    }

    /// The session added up again from its events and gaps. Its intervals are those that are there; those that
    /// begin from now on last `interval_ms`.
    fn recount(&self, creator: Option<UserId>, interval_ms: i64) -> Tally {
        let mut tally = Tally::new(creator, interval_ms, IntervalMedians::default());
        tally.restore_intervals(self.rows.values().map(|row| (row.from, row.length_ms)));
        let mut recount = Recount::new(tally, self.gaps.values().cloned().collect());
        self.events.iter().for_each(|event| recount.add(event));
        recount.finish(self.counted_to)
    }

    /// Nothing is negative, and whatever is kept in parts adds up to the totals. What has no person may be missing
    /// in what is kept by person.
    pub fn assert_adds_up(&self) {
        let totals = &self.totals;
        assert_eq!(totals.messages.counted as usize, self.events.len(), "events");
        assert_eq!(
            totals.events.iter().map(|(_, count)| count).sum::<i64>(),
            totals.messages.counted,
            "kinds"
        );
        let counts = Counts {
            comments: totals.comments,
            likes: totals.likes,
            likes_seen: totals.likes_seen,
            gift_units: totals.gift_units,
            diamonds: totals.diamonds,
            follows: totals.follows,
            shares: totals.shares,
            joins: totals.joins,
        };
        assert!(each(&counts).iter().all(|count| *count >= 0), "{counts:?}");
        assert!((0..=totals.diamonds).contains(&totals.diamonds_to_creator), "{totals:?}");
        assert!(totals.unpriced_units <= totals.gift_units && totals.viewers.known_ms >= 0, "{totals:?}");
        assert_eq!(sum(totals.diamonds_by_source), totals.diamonds, "sources");
        self.assert_parts_add_up(&counts);
        let by_gift =
            (self.gifts.values().map(|gift| gift.units), self.gifts.values().map(|gift| gift.diamonds));
        assert_eq!((sum(by_gift.0), sum(by_gift.1)), (totals.gift_units, totals.diamonds), "gifts");
        let gifters = (
            sum(self.gifters.values().map(|one| one.units)),
            sum(self.gifters.values().map(|one| one.diamonds)),
        );
        let given =
            (sum(self.given.values().map(|one| one.units)), sum(self.given.values().map(|one| one.diamonds)));
        assert_eq!(given, gifters, "what everyone gave of each gift");
        assert!(gifters.0 <= totals.gift_units && gifters.1 <= totals.diamonds, "{gifters:?} of {totals:?}");
        assert_eq!(self.gifts_by_people, gifters.0, "gifts of people");
        assert!(self.comments_by_people <= totals.comments, "comments of people");
    }

    /// Rows and bins add up to `counts`, and the bins of each row to the row.
    fn assert_parts_add_up(&self, counts: &Counts) {
        assert_eq!(added(self.rows.values().map(|row| row.counts)), each(counts), "rows");
        assert_eq!(added(self.bins.values().map(in_a_row)), each(counts), "bins");
        let watched = (
            sum(self.rows.values().map(|row| row.viewers.viewer_ms)),
            sum(self.rows.values().map(|row| row.viewers.known_ms)),
        );
        let viewers = &self.totals.viewers;
        assert_eq!(watched, (viewers.viewer_ms, viewers.known_ms), "viewers of the rows");
        for row in self.rows.values() {
            let bins = self.bins.range(row.from..row.from + row.length_ms).map(|(_, bin)| in_a_row(bin));
            assert_eq!(added(bins), each(&row.counts), "bins of {row:?}");
        }
        for pair in self.rows.values().collect::<Vec<_>>().windows(2) {
            assert!(pair[0].from + pair[0].length_ms <= pair[1].from, "rows overlap: {pair:?}");
        }
    }

    /// A recount of the events equals what was counted live.
    pub fn assert_recounts(&self, creator: Option<UserId>) {
        let mut tally = self.recount(creator, SHORTEST_INTERVAL_MS);
        tally.restore_messages(self.totals.messages, Vec::new());
        let mut again = Self::default();
        again.write(tally.take_batch(SessionId(1), self.counted_to, Vec::new()));
        assert_eq!(again.totals, self.totals, "totals");
        assert_eq!(again.gifters, self.gifters, "gifters");
        assert_eq!(again.gifts, self.gifts, "gifts");
        assert_eq!(again.given, self.given, "given");
        assert_eq!(again.streaks, self.streaks, "streaks");
        assert_eq!(again.bins, self.bins, "bins");
    }
}

/// A sum that stays at the largest number, as totals do.
fn sum(parts: impl IntoIterator<Item = i64>) -> i64 {
    parts.into_iter().fold(0, i64::saturating_add)
}

fn added(parts: impl Iterator<Item = Counts>) -> [i64; 8] {
    parts.fold([0; 8], |sum, part| {
        let part = each(&part);
        std::array::from_fn(|index| sum[index].saturating_add(part[index]))
    })
}

fn each(counts: &Counts) -> [i64; 8] {
    let Counts { comments, likes, likes_seen, gift_units, diamonds, follows, shares, joins } = *counts;
    [comments, likes, likes_seen, gift_units, diamonds, follows, shares, joins]
}

/// A bin's counts as a row has them: with the likes that were caught up.
fn in_a_row(bin: &Bin) -> Counts {
    Counts { likes: bin.counts.likes + bin.likes_in_gap, ..bin.counts }
}
