//! The running totals of one session, and the view of them that a page may take at any moment.

use super::explain::Explained;
use super::feed::Feed;
use super::intake::Intake;
use super::snapshot::LiveSession;
use crate::analytics::drivers::observations::Observations;
use crate::analytics::leaderboard::ranks;
use crate::analytics::tally::Tally;
use crate::domain::erasure::Erasure;
use crate::domain::event::{Accounted, What};
use crate::domain::gift::TierLimits;
use crate::domain::ids::{SessionId, UserId};
use crate::domain::marker::Marker;
use crate::domain::record::Batch;
use crate::domain::session::{GapCause, SessionStart};
use crate::domain::time::Stamp;
use crate::domain::totals::{GifterTotal, RankedGifter};
use rustc_hash::FxHashMap;
use std::cmp::Reverse;
use std::collections::VecDeque;

/// How many gifters a live page shows.
const TOP_GIFTERS: usize = 10;

/// Event rate is measured over this long.
const RATE_MS: i64 = 10_000;
/// Frames this close together are one entry of that measurement.
const RATE_STEP_MS: i64 = 100;

/// Event lag is the 95th percentile of this many newest frames.
const LAG_FRAMES: usize = 256;

/// A batch is written early when this many events wait. Those that wait beyond, because another
/// batch is being written, let go of the frames they came in.
pub const LARGE_BATCH: usize = 1_000;

const MAX_NAME_CHARS: usize = 60;

/// A session while it is recorded.
pub struct Recording {
    pub id: SessionId,
    pub start: SessionStart,
    pub intake: Intake,
    pub ended_at: Option<Stamp>,
    pub explained: Explained,
    /// Oldest first.
    pub markers: Vec<Marker>,
    seen: Seen,
    /// Counted and not yet handed to the store.
    unsaved: Vec<Accounted>,
    arrivals: VecDeque<(Stamp, u32)>,
    lags_ms: VecDeque<u32>,
}

/// What is kept of the events so far, besides what they add up to.
#[derive(Default)]
pub struct Seen {
    feed: Feed,
    observed: Observations,
    last_number: u64,
    last_at: Option<Stamp>,
    names: FxHashMap<UserId, (String, String)>,
    /// Who is not to be shown any more.
    erased: Vec<Erasure>,
}

impl Seen {
    /// `tiers` says which gifts are special or premium.
    #[must_use]
    pub fn new(tiers: TierLimits, start: &SessionStart) -> Self {
        let observed = Observations::new(start.recorded_from, start.host);
        Self { feed: Feed::new(tiers), observed, ..Self::default() }
    }

    /// Takes the next event.
    pub fn take(&mut self, accounted: &Accounted) {
        self.last_number = accounted.number;
        self.last_at = self.last_at.max(Some(accounted.at));
        self.observed.take(accounted);
        if self.erased.is_empty() {
            return self.show(accounted);
        }
        let mut accounted = accounted.clone();
        for erasure in &self.erased {
            let _ = erasure.apply(&mut accounted.event);
        }
        self.show(&accounted);
    }

    fn show(&mut self, accounted: &Accounted) {
        self.feed.show(accounted);
        if let (Some(viewer), What::Gift(_)) = (&accounted.event.user, &accounted.event.what) {
            self.names.entry(viewer.id).or_insert_with(|| {
                (
                    viewer.display_id.to_owned_text(MAX_NAME_CHARS),
                    viewer.nickname.to_owned_text(MAX_NAME_CHARS),
                )
            });
        }
    }
}

impl Recording {
    /// Shows somebody no more. What is counted of them here goes on; the store makes it anonymous when
    /// the session has ended.
    pub fn erase(&mut self, erasure: &Erasure) {
        if !self.seen.erased.contains(erasure) {
            self.seen.names.remove(&erasure.user);
            self.seen.feed.erase(erasure.user);
            self.seen.erased.push(erasure.clone());
        }
    }

    /// `seen` is what earlier events of the session left.
    #[must_use]
    pub fn new(id: SessionId, start: SessionStart, tally: Tally, seen: Seen, markers: Vec<Marker>) -> Self {
        Self {
            id,
            start,
            intake: Intake::new(tally),
            ended_at: None,
            explained: Explained::default(),
            markers,
            seen,
            unsaved: Vec::new(),
            arrivals: VecDeque::new(),
            lags_ms: VecDeque::new(),
        }
    }

    /// Keeps a counted event: for the page now, for the store soon.
    pub fn keep(&mut self, mut accounted: Accounted) {
        self.seen.take(&accounted);
        if self.unsaved.len() >= LARGE_BATCH {
            accounted.event.detach();
        }
        self.unsaved.push(accounted);
    }

    /// A frame with `events` counted events became visible `lag_ms` after it was read.
    pub fn note_frame(&mut self, at: Stamp, events: u32, lag_ms: u32) {
        match self.arrivals.back_mut() {
            Some((latest, arrived)) if at.ms_since(*latest) < RATE_STEP_MS => *arrived += events,
            _ => self.arrivals.push_back((at, events)),
        }
        while self.arrivals.front().is_some_and(|(first, _)| at.ms_since(*first) > RATE_MS) {
            self.arrivals.pop_front();
        }
        self.lags_ms.push_back(lag_ms);
        if self.lags_ms.len() > LAG_FRAMES {
            self.lags_ms.pop_front();
        }
    }

    /// What the session is explained from.
    #[must_use]
    pub const fn observed(&self) -> &Observations {
        &self.seen.observed
    }

    /// When the newest event came.
    #[must_use]
    pub const fn newest_event(&self) -> Option<Stamp> {
        self.seen.last_at
    }

    /// The beginning and length of the interval that runs now.
    #[must_use]
    pub fn interval(&self) -> Option<(Stamp, i64)> {
        let (interval, _) = self.intake.tally.newest_rows();
        interval.map(|row| (row.from, row.length_ms))
    }

    /// How many counted events are not stored yet.
    #[must_use]
    pub const fn unsaved(&self) -> usize {
        self.unsaved.len()
    }

    /// Lets go of the frames that unsaved events came in, because they have to wait.
    pub fn detach_unsaved(&mut self) {
        for accounted in &mut self.unsaved {
            accounted.event.detach();
        }
    }

    /// Goes on from `tally` and `seen`, which hold the same events at other prices. What was not counted is
    /// still known not to count again.
    pub fn count_anew(&mut self, mut tally: Tally, seen: Seen) {
        // A gap that began with the newest of what is stored is not part of it yet.
        if let Some(gap) = self.intake.tally.gaps().last().filter(|gap| gap.to.is_none()) {
            tally.begin_gap(gap.from, gap.cause);
        }
        std::mem::swap(&mut self.intake.tally, &mut tally);
        self.intake.tally.restore_deliveries(tally.into_deliveries());
        self.seen = seen;
    }

    /// Everything that changed since the last batch.
    pub fn take_batch(&mut self, now: Stamp) -> Batch {
        self.intake.tally.pass_to(now);
        let events = std::mem::take(&mut self.unsaved);
        self.intake.tally.take_batch(self.id, now, events)
    }

    /// From `at` on nothing can be seen.
    pub fn begin_gap(&mut self, at: Stamp, cause: GapCause) {
        self.intake.tally.begin_gap(at, cause);
    }

    /// Events arrive again.
    pub fn end_gap(&mut self, at: Stamp) {
        if self.intake.tally.end_gap(at)
            && let Some(gap) = self.intake.tally.gaps().last()
        {
            self.seen.feed.show_gap(self.seen.last_number, gap);
        }
    }

    /// Settles streaks that have been silent. Returns whether a page would see a difference.
    pub fn settle(&mut self, now: Stamp) -> bool {
        self.seen.feed.settle(now, self.seen.last_number)
    }

    /// Time without gaps divided by the whole time until `now`.
    #[must_use]
    pub fn coverage(&self, now: Stamp) -> f64 {
        let until = self.ended_at.unwrap_or(now);
        let whole = until.ms_since(self.start.recorded_from);
        let away: i64 = self.intake.tally.gaps().iter().map(|gap| gap.ms(until)).sum();
        if whole <= 0 { 1.0 } else { ((whole - away) as f64 / whole as f64).clamp(0.0, 1.0) }
    }

    /// What a page may know.
    #[must_use]
    pub fn view(&self, now: Stamp) -> LiveSession {
        let tally = &self.intake.tally;
        let (interval, interval_before) = tally.newest_rows();
        let events: u32 = self
            .arrivals
            .iter()
            .filter(|(at, _)| now.ms_since(*at) <= RATE_MS)
            .map(|(_, events)| events)
            .sum();
        LiveSession {
            id: self.id,
            start: self.start.clone(),
            ended_at: self.ended_at,
            totals: tally.totals().clone(),
            bins: tally.bins().copied().collect(),
            interval,
            interval_before,
            top_gifters: self.top_gifters(),
            feed: self.seen.feed.rows().cloned().collect(),
            last_gift: self.seen.feed.last_gift().cloned(),
            gaps: tally.gaps().to_vec(),
            battles: tally.battles().to_vec(),
            markers: self.markers.clone(),
            answer: self.explained.answer.clone(),
            usual: self.explained.usual,
            coverage: self.coverage(now),
            events_per_s: f64::from(events) * 1000.0 / RATE_MS as f64,
            event_lag_ms: self.event_lag_ms(),
        }
    }

    /// Time from the socket until an event is visible, 95th percentile of the newest frames.
    #[must_use]
    pub fn event_lag_ms(&self) -> u32 {
        let mut lags: Vec<u32> = self.lags_ms.iter().copied().collect();
        lags.sort_unstable();
        lags.get(lags.len().saturating_sub(1) * 95 / 100).copied().unwrap_or(0)
    }

    fn top_gifters(&self) -> Vec<RankedGifter> {
        let mut gifters: Vec<_> = self.intake.tally.gifters().copied().collect();
        gifters.sort_unstable_by_key(|gifter| (Reverse(gifter.diamonds), gifter.user));
        gifters.truncate(TOP_GIFTERS);
        let ranks = ranks(&gifters, |gifter| gifter.diamonds);
        let ranked = |(total, rank): (GifterTotal, u32)| {
            let (display_id, nickname) = self.seen.names.get(&total.user).cloned().unwrap_or_default();
            let biggest = self.intake.tally.gift(total.biggest_gift);
            let biggest_gift_name = biggest.map(|gift| gift.name.clone()).unwrap_or_default();
            RankedGifter { rank, display_id, nickname, biggest_gift_name, total }
        };
        gifters.into_iter().zip(ranks).map(ranked).collect()
    }
}
