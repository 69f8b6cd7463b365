//! The totals of one session: where its events are added up.

use super::delivery::Deliveries;
use super::gift_value::{LearnedPrices, unit_value};
use super::likes::LikeCounter;
use super::recipient;
use super::streak::StreakCounter;
use super::timeline::{Timeline, Watched};
use crate::domain::event::{Accounted, Battle, BattlePhase, Control, Kind, LiveEvent, Viewer, What};
use crate::domain::gift::{GiftAdded, GiftReport, UnitValue, ValueSource};
use crate::domain::ids::{BattleId, GiftId, SessionId, UserId};
use crate::domain::record::{Batch, LearnedValue, Pause};
use crate::domain::session::{Gap, GapCause};
use crate::domain::text::{MAX_NAME_CHARS, MAX_URL_CHARS};
use crate::domain::time::Stamp;
use crate::domain::totals::{
    BattleFacts, BattleSideFacts, Bin, GiftTotal, GifterTotal, GivenGift, IntervalMedians, IntervalRow,
    MessageCounts, PersonActivity, SessionTotals, StreakKey, StreakTotal,
};
use rustc_hash::{FxHashMap, FxHashSet, FxHasher};
use std::hash::Hasher;

/// Method names are TikTok's; no more than this many different ones are told apart.
const MAX_METHODS: usize = 1_000;
const MAX_METHOD_BYTES: usize = 200;

/// Room statistics older than this are replaced by the count that joins carry.
pub const STATISTICS_STALE_MS: i64 = 20_000;

/// How a person took part, as bits of [`PersonMemo::did`].
mod did {
    pub const COMMENT: u8 = 1;
    pub const GIFT: u8 = 2;
    pub const JOIN: u8 = 4;
}

/// Adds up one session. Feed it every message in order of arrival, let time pass with
/// [`Tally::pass_to`], and take what changed with [`Tally::take_batch`].
#[derive(Debug)]
pub struct Tally {
    creator: Option<UserId>,
    deliveries: Deliveries,
    streaks: StreakCounter,
    likes: LikeCounter,
    timeline: Timeline,
    totals: SessionTotals,
    people: FxHashMap<UserId, PersonMemo>,
    gifters: FxHashMap<UserId, Gifter>,
    gifts: FxHashMap<GiftId, GiftTotal>,
    battles: Vec<BattleFacts>,
    pauses: Vec<Pause>,
    gaps: Vec<Gap>,
    methods: FxHashMap<Box<[u8]>, i64>,
    /// Prices that events of this session said.
    learned: LearnedPrices,
    /// A gap ended, and the like counter was not heard of since.
    likes_unheard_since_gap: bool,
    statistics_at: Option<Stamp>,
    next_number: u64,
    /// Up to when [`Tally::pass_to`] let time pass.
    counted_to: Stamp,
    changes: Changes,
}

/// What is remembered of everyone, small because a room sees many people.
#[derive(Clone, Copy, Debug, Default)]
struct PersonMemo {
    /// Hash of the names last handed out, so that they are copied only when they change.
    names: u32,
    did: u8,
}

#[derive(Debug)]
struct Gifter {
    total: GifterTotal,
    gifts: Vec<GivenGift>,
}

/// What changed since the last batch.
#[derive(Debug, Default)]
struct Changes {
    gifters: FxHashSet<UserId>,
    gifts: FxHashSet<GiftId>,
    given: FxHashSet<(UserId, GiftId)>,
    streaks: FxHashMap<StreakKey, StreakTotal>,
    people: FxHashMap<UserId, PersonActivity>,
    battles: FxHashSet<BattleId>,
    methods: FxHashSet<Box<[u8]>>,
    learned: Vec<LearnedValue>,
    pauses: bool,
    gaps_from: usize,
}

/// Whether a message is to be counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    Count,
    Skip,
}

impl Tally {
    /// `creator` is the account whose gifts are the creator's own; `interval_ms` is the length of
    /// an interval row.
    #[must_use]
    pub fn new(creator: Option<UserId>, interval_ms: i64, medians: IntervalMedians) -> Self {
        Self {
            creator,
            deliveries: Deliveries::default(),
            streaks: StreakCounter::default(),
            likes: LikeCounter::default(),
            timeline: Timeline::new(interval_ms, medians),
            totals: SessionTotals::default(),
            people: FxHashMap::default(),
            gifters: FxHashMap::default(),
            gifts: FxHashMap::default(),
            battles: Vec::new(),
            pauses: Vec::new(),
            gaps: Vec::new(),
            methods: FxHashMap::default(),
            learned: LearnedPrices::default(),
            likes_unheard_since_gap: false,
            statistics_at: None,
            next_number: 1,
            counted_to: Stamp::default(),
            changes: Changes::default(),
        }
    }

    /// Judges a message before it is decoded. History adds nothing and is not remembered; a
    /// message that was delivered before is dropped.
    pub fn admit(&mut self, msg_id: i64, is_history: bool) -> Admission {
        if is_history {
            self.totals.messages.history_skipped += 1;
            Admission::Skip
        } else if self.deliveries.is_repeat(msg_id) {
            self.totals.messages.duplicates_dropped += 1;
            Admission::Skip
        } else {
            Admission::Count
        }
    }

    /// Messages that were told again were not even looked at.
    pub const fn note_duplicates(&mut self, duplicates: i64) {
        self.totals.messages.duplicates_dropped += duplicates;
    }

    /// An admitted message turned out to be old news that nothing marked.
    pub const fn skip_as_history(&mut self) {
        self.totals.messages.history_skipped += 1;
    }

    /// An admitted message does not parse.
    pub fn count_undecodable(&mut self, msg_id: i64) {
        self.deliveries.remember(msg_id);
        self.totals.messages.decode_errors += 1;
    }

    /// A frame could not be read.
    pub const fn count_broken_frame(&mut self) {
        self.totals.messages.broken_frames += 1;
    }

    /// The streak that must be restored from the store before `event` is counted, if any.
    #[must_use]
    pub fn missing_streak(&self, event: &LiveEvent) -> Option<StreakKey> {
        match &event.what {
            What::Gift(report) => self.streaks.missing(sender(event), report),
            _ => None,
        }
    }

    /// Keeps every streak in memory, or lets the oldest go again.
    pub fn keep_all_streaks(&mut self, keeps_all: bool) {
        self.streaks.keep_all(keeps_all);
    }

    /// Takes up a streak of the store again.
    pub fn restore_streak(&mut self, streak: StreakTotal) {
        self.streaks.restore(streak);
    }

    /// Counts an admitted message that arrived at `at`.
    pub fn count(
        &mut self,
        at: Stamp,
        msg_id: i64,
        method: &[u8],
        event: LiveEvent,
        prices: &LearnedPrices,
    ) -> Accounted {
        self.count_method(method);
        self.account(at, msg_id, event, |report| unit_value(report, prices))
    }

    /// Counts an admitted event whose gift is worth what its teller says.
    pub fn count_at(
        &mut self,
        at: Stamp,
        msg_id: i64,
        method: &[u8],
        event: LiveEvent,
        value: UnitValue,
    ) -> Accounted {
        self.count_method(method);
        self.account(at, msg_id, event, |_| value)
    }

    /// Whether a message of this id was counted lately.
    #[must_use]
    pub fn is_repeat(&self, msg_id: i64) -> bool {
        self.deliveries.is_repeat(msg_id)
    }

    /// Whether a streak that has no group id is running.
    #[must_use]
    pub fn has_open_streak(&self, sender: UserId, gift: GiftId) -> bool {
        self.streaks.has_open(sender, gift)
    }

    /// Counts an event again, as it was recorded and at the value it had then.
    pub fn recount(&mut self, recorded: &Accounted) {
        self.next_number = recorded.number;
        let unknown = UnitValue { diamonds: 0, source: ValueSource::Unknown };
        let value = recorded.added.map_or(unknown, |added| added.value);
        self.account(recorded.at, recorded.msg_id, recorded.event.clone(), |_| value);
    }

    /// Takes up what events alone do not tell: how many messages did not count, and the names of
    /// those that did.
    pub fn restore_messages(&mut self, messages: MessageCounts, methods: Vec<(String, i64)>) {
        self.totals.messages = messages;
        self.methods =
            methods.into_iter().map(|(method, count)| (method.into_bytes().into(), count)).collect();
    }

    /// The message ids that were delivered, should the same room go on later.
    #[must_use]
    pub fn into_deliveries(self) -> Deliveries {
        self.deliveries
    }

    /// Takes up what the same room delivered before.
    pub fn restore_deliveries(&mut self, deliveries: Deliveries) {
        self.deliveries = deliveries;
    }

    /// Takes up the intervals of a session that was recorded before; see
    /// [`Timeline::restore_intervals`].
    pub fn restore_intervals(&mut self, intervals: impl IntoIterator<Item = (Stamp, i64)>) {
        self.timeline.restore_intervals(intervals);
    }

    /// Forgets what changed, because it is stored already.
    pub fn forget_changes(&mut self, now: Stamp) {
        self.take_batch(SessionId::default(), now, Vec::new());
    }

    fn account(
        &mut self,
        at: Stamp,
        msg_id: i64,
        event: LiveEvent,
        value: impl FnOnce(&GiftReport) -> UnitValue,
    ) -> Accounted {
        self.deliveries.remember(msg_id);
        self.totals.messages.counted += 1;
        self.totals.events.add(event.what.kind());
        let added = self.add_up(at, &event, value);
        if let Some(viewer) = &event.user {
            self.note_person(at, viewer, &event.what, added.map_or(0, |added| i64::from(added.units)));
        }
        let number = self.next_number;
        self.next_number += 1;
        Accounted { number, at, msg_id, event, added }
    }

    /// Lets time pass, so that viewers are held up to `now`.
    pub fn pass_to(&mut self, now: Stamp) {
        let watched = self.timeline.pass_to(now);
        self.add_watched(watched);
        self.counted_to = self.counted_to.max(now);
    }

    /// From `at` on nothing can be seen.
    pub fn begin_gap(&mut self, at: Stamp, cause: GapCause) {
        if self.is_away() {
            return;
        }
        self.pass_to(at);
        self.timeline.lose_sight();
        self.gaps.push(Gap { from: at, to: None, cause });
    }

    /// Events arrive again. Returns whether there was a gap.
    pub fn end_gap(&mut self, at: Stamp) -> bool {
        let Some(index) = self.gaps.iter().rposition(|gap| gap.to.is_none()) else { return false };
        self.gaps[index].to = Some(at.max(self.gaps[index].from));
        self.changes.gaps_from = self.changes.gaps_from.min(index);
        self.likes_unheard_since_gap = true;
        true
    }

    /// The session ends at `at`; a gap that lasts ends with it. One that began no earlier lies outside and is
    /// not kept; viewers were known up to its beginning, and time that went by since is no part of the session.
    pub fn end_at(&mut self, at: Stamp) {
        self.pass_to(at);
        match self.gaps.last() {
            Some(gap) if gap.to.is_none() && gap.from >= at => {
                self.counted_to = gap.from;
                self.gaps.pop();
                self.changes.gaps_from = self.changes.gaps_from.min(self.gaps.len());
            }
            _ => drop(self.end_gap(at)),
        }
    }

    /// The gap that lasts turned out to have another cause.
    pub fn explain_gap(&mut self, cause: GapCause) {
        if let Some(gap) = self.gaps.last_mut().filter(|gap| gap.to.is_none()) {
            gap.cause = cause;
        }
    }

    /// Sets the length of the intervals that begin from now on.
    pub const fn set_interval(&mut self, interval_ms: i64) {
        self.timeline.set_interval(interval_ms);
    }

    #[must_use]
    pub const fn totals(&self) -> &SessionTotals {
        &self.totals
    }

    #[must_use]
    pub fn gaps(&self) -> &[Gap] {
        &self.gaps
    }

    /// Whether nothing can be seen right now.
    #[must_use]
    pub fn is_away(&self) -> bool {
        self.gaps.last().is_some_and(|gap| gap.to.is_none())
    }

    #[must_use]
    pub fn battles(&self) -> &[BattleFacts] {
        &self.battles
    }

    #[must_use]
    pub fn is_paused(&self) -> bool {
        self.pauses.last().is_some_and(|pause| pause.to.is_none())
    }

    pub fn bins(&self) -> impl Iterator<Item = &Bin> {
        self.timeline.bins()
    }

    /// The interval that runs, and the one before.
    #[must_use]
    pub fn newest_rows(&self) -> (Option<IntervalRow>, Option<IntervalRow>) {
        self.timeline.newest_rows()
    }

    pub fn gifters(&self) -> impl Iterator<Item = &GifterTotal> {
        self.gifters.values().map(|gifter| &gifter.total)
    }

    /// What everyone gave of each gift.
    pub fn all_given(&self) -> impl Iterator<Item = &GivenGift> {
        self.gifters.values().flat_map(|gifter| &gifter.gifts)
    }

    pub fn gifts(&self) -> impl Iterator<Item = &GiftTotal> {
        self.gifts.values()
    }

    #[must_use]
    pub fn gift(&self, gift: GiftId) -> Option<&GiftTotal> {
        self.gifts.get(&gift)
    }

    /// The streak as it stands, if it is in memory.
    #[must_use]
    pub fn streak(&self, key: StreakKey) -> Option<&StreakTotal> {
        self.streaks.get(key)
    }

    /// Everything that changed since the last batch, with `events`, ready to be stored.
    pub fn take_batch(&mut self, session: SessionId, now: Stamp, events: Vec<Accounted>) -> Batch {
        let (bins, rows) = self.timeline.take_changed(now);
        let gaps_from = std::mem::replace(&mut self.changes.gaps_from, self.gaps.len());
        let changes = std::mem::take(&mut self.changes);
        // A gap that lasts is handed out again until it ends.
        let open = usize::from(self.is_away());
        self.changes.gaps_from = self.gaps.len() - open;
        Batch {
            session,
            counted_to: self.counted_to,
            events,
            totals: self.totals.clone(),
            bins,
            rows,
            gifters: changes.gifters.iter().map(|user| self.gifters[user].total).collect(),
            gifts: changes.gifts.iter().map(|gift| self.gifts[gift].clone()).collect(),
            given: changes.given.into_iter().filter_map(|(user, gift)| self.given(user, gift)).collect(),
            streaks: changes.streaks.into_values().collect(),
            people: changes.people.into_values().collect(),
            battles: self
                .battles
                .iter()
                .filter(|battle| changes.battles.contains(&battle.id))
                .cloned()
                .collect(),
            pauses: if changes.pauses { self.pauses.clone() } else { Vec::new() },
            methods: changes
                .methods
                .iter()
                .map(|method| (String::from_utf8_lossy(method).into_owned(), self.methods[method]))
                .collect(),
            learned: changes.learned,
            gaps: self.gaps[gaps_from.min(self.gaps.len())..].to_vec(),
        }
    }

    fn given(&self, user: UserId, gift: GiftId) -> Option<GivenGift> {
        self.gifters.get(&user)?.gifts.iter().find(|given| given.gift == gift).copied()
    }

    fn add_up(
        &mut self,
        at: Stamp,
        event: &LiveEvent,
        value: impl FnOnce(&GiftReport) -> UnitValue,
    ) -> Option<GiftAdded> {
        match &event.what {
            What::Comment { .. } => {
                self.totals.comments += 1;
                self.timeline.add(at, |bin| bin.counts.comments += 1);
            }
            What::Like { count, total } => self.add_likes(at, *count, *total),
            What::Gift(report) => return Some(self.add_gift(at, event, report, value(report))),
            What::Join { viewers, .. } => self.add_join(at, *viewers),
            What::Follow { target } if recipient::is_creator(*target, self.creator) => {
                self.totals.follows += 1;
                self.timeline.add(at, |bin| bin.counts.follows += 1);
            }
            What::Share => {
                self.totals.shares += 1;
                self.timeline.add(at, |bin| bin.counts.shares += 1);
            }
            What::Viewers { viewers, total_viewers } => {
                self.statistics_at = Some(at);
                self.totals.viewers.total = self.totals.viewers.total.max(*total_viewers);
                self.sample_viewers(at, *viewers);
            }
            What::Control(control) => self.control(at, *control),
            What::Battle(battle) | What::BattleScores(battle) => self.battle(at, battle),
            _ => {}
        }
        None
    }

    fn add_likes(&mut self, at: Stamp, count: u32, total: i64) {
        let seen = i64::from(count);
        let growth = self.likes.advance(total);
        self.totals.like_counter = self.likes.range();
        self.totals.likes = self.totals.likes.saturating_add(growth);
        self.totals.likes_seen += seen;
        // What the counter grew by while nothing could be seen did not happen in this bin.
        let caught_up =
            if std::mem::take(&mut self.likes_unheard_since_gap) { (growth - seen).max(0) } else { 0 };
        self.timeline.add(at, |bin| {
            bin.counts.likes = bin.counts.likes.saturating_add(growth - caught_up);
            bin.counts.likes_seen += seen;
            bin.likes_in_gap = bin.likes_in_gap.saturating_add(caught_up);
        });
    }

    fn add_gift(&mut self, at: Stamp, event: &LiveEvent, report: &GiftReport, value: UnitValue) -> GiftAdded {
        let credit = self.streaks.credit(sender(event), report, at);
        let units = i64::from(credit.units);
        let diamonds = units.saturating_mul(i64::from(value.diamonds));
        let to_creator = recipient::is_creator(report.receiver, self.creator);
        if let Some(streak) = credit.streak {
            self.streaks.add_diamonds(streak, diamonds);
            if let Some(total) = self.streaks.get(streak) {
                self.changes.streaks.insert(streak, *total);
            }
        }
        if value.source == ValueSource::Event {
            self.learn(at, report, value.diamonds);
        }
        let added = GiftAdded { units: credit.units, diamonds, to_creator, value };
        self.add_gift_totals(at, &added);
        self.add_gift_kind(report, &added, credit.began);
        if let Some(viewer) = &event.user {
            self.add_gifter(at, viewer.id, report.gift, &added);
        }
        added
    }

    fn add_gift_totals(&mut self, at: Stamp, added: &GiftAdded) {
        let units = i64::from(added.units);
        let totals = &mut self.totals;
        totals.gift_units += units;
        totals.diamonds = totals.diamonds.saturating_add(added.diamonds);
        if added.to_creator {
            totals.diamonds_to_creator = totals.diamonds_to_creator.saturating_add(added.diamonds);
        }
        let by_source = &mut totals.diamonds_by_source[added.value.source as usize];
        *by_source = by_source.saturating_add(added.diamonds);
        if added.value.source == ValueSource::Unknown {
            totals.unpriced_units += units;
        }
        self.timeline.add(at, |bin| {
            bin.counts.gift_units += units;
            bin.counts.diamonds = bin.counts.diamonds.saturating_add(added.diamonds);
        });
    }

    fn add_gift_kind(&mut self, report: &GiftReport, added: &GiftAdded, streak_began: bool) {
        let gift = self.gifts.entry(report.gift).or_insert_with(|| GiftTotal {
            gift: report.gift,
            name: String::new(),
            streakable: report.streakable,
            value: added.value,
            units: 0,
            diamonds: 0,
            streaks: 0,
        });
        if !report.name.is_empty() && gift.name.as_bytes() != report.name.as_bytes() {
            gift.name = report.name.to_owned_text(MAX_NAME_CHARS);
        }
        gift.value = added.value;
        gift.units += i64::from(added.units);
        gift.diamonds = gift.diamonds.saturating_add(added.diamonds);
        gift.streaks += i64::from(streak_began);
        self.changes.gifts.insert(report.gift);
    }

    fn add_gifter(&mut self, at: Stamp, user: UserId, gift: GiftId, added: &GiftAdded) {
        let gifter = self.gifters.entry(user).or_insert_with(|| Gifter {
            total: GifterTotal {
                user,
                units: 0,
                diamonds: 0,
                diamonds_to_creator: 0,
                gift_types: 0,
                biggest_diamonds: 0,
                biggest_gift: gift,
                first_gift_at: at,
                last_gift_at: at,
                estimated: false,
            },
            gifts: Vec::new(),
        });
        if added.units > 0 {
            add_given(&mut gifter.gifts, user, gift, added);
            self.changes.given.insert((user, gift));
        }
        let total = &mut gifter.total;
        total.gift_types = gifter.gifts.len() as i64;
        total.units += i64::from(added.units);
        total.diamonds = total.diamonds.saturating_add(added.diamonds);
        if added.to_creator {
            total.diamonds_to_creator = total.diamonds_to_creator.saturating_add(added.diamonds);
        }
        if i64::from(added.value.diamonds) > total.biggest_diamonds {
            total.biggest_diamonds = i64::from(added.value.diamonds);
            total.biggest_gift = gift;
        }
        total.first_gift_at = total.first_gift_at.min(at);
        total.last_gift_at = total.last_gift_at.max(at);
        total.estimated |= added.units > 0 && added.value.source.is_estimate();
        self.changes.gifters.insert(user);
        self.timeline.add_gift(at, user, added.diamonds);
        self.totals.unique_gifters = self.gifters.len() as i64;
    }

    /// A price is handed out once a session, and again when it changes.
    fn learn(&mut self, at: Stamp, report: &GiftReport, diamonds: u32) {
        if !self.learned.learn(report.gift, diamonds) {
            return;
        }
        let name = report.name.to_owned_text(MAX_NAME_CHARS);
        self.changes.learned.push(LearnedValue { gift: report.gift, name, diamonds, at });
    }

    fn add_join(&mut self, at: Stamp, viewers: i64) {
        self.totals.joins += 1;
        self.timeline.add(at, |bin| bin.counts.joins += 1);
        let stale = self.statistics_at.is_none_or(|seen| at.ms_since(seen) > STATISTICS_STALE_MS);
        if viewers > 0 && stale {
            self.sample_viewers(at, viewers);
        }
    }

    fn sample_viewers(&mut self, at: Stamp, viewers: i64) {
        let watched = self.timeline.sample_viewers(at, viewers);
        self.add_watched(watched);
        let totals = &mut self.totals.viewers;
        totals.last = Some(viewers);
        totals.last_at = Some(at);
        if totals.peak.is_none_or(|peak| viewers > peak) {
            totals.peak = Some(viewers);
            totals.peak_at = Some(at);
        }
    }

    fn add_watched(&mut self, watched: Watched) {
        let viewers = &mut self.totals.viewers;
        viewers.viewer_ms = viewers.viewer_ms.saturating_add(watched.viewer_ms);
        viewers.known_ms += watched.known_ms;
    }

    fn control(&mut self, at: Stamp, control: Control) {
        match control {
            Control::Paused if !self.is_paused() => self.pauses.push(Pause { from: at, to: None }),
            Control::Resumed | Control::Ended | Control::Suspended => {
                let Some(pause) = self.pauses.last_mut().filter(|pause| pause.to.is_none()) else { return };
                pause.to = Some(at);
            }
            Control::Paused | Control::Other(_) => return,
        }
        self.changes.pauses = true;
    }

    fn battle(&mut self, at: Stamp, report: &Battle) {
        let known = self.battles.iter().position(|battle| battle.id == report.id);
        let index = match (known, report.phase) {
            (Some(index), _) => index,
            // Invitations that lead to nothing are no battle.
            (None, BattlePhase::Other) => return,
            (None, BattlePhase::Open | BattlePhase::Finished) => {
                let started_at = report.started_at.unwrap_or(at);
                self.battles.push(BattleFacts {
                    id: report.id,
                    started_at,
                    ended_at: None,
                    sides: Vec::new(),
                });
                self.battles.len() - 1
            }
        };
        let battle = &mut self.battles[index];
        if report.phase == BattlePhase::Finished && battle.ended_at.is_none() {
            battle.ended_at = Some(at);
        }
        for side in &report.sides {
            let index = battle.sides.iter().position(|known| known.host == side.host).unwrap_or_else(|| {
                battle.sides.push(BattleSideFacts { host: side.host, ..BattleSideFacts::default() });
                battle.sides.len() - 1
            });
            let known = &mut battle.sides[index];
            if !side.display_id.is_empty() {
                known.display_id = side.display_id.to_owned_text(MAX_NAME_CHARS);
                known.nickname = side.nickname.to_owned_text(MAX_NAME_CHARS);
            }
            if let Some(score) = side.score {
                known.score = known.score.max(score);
            }
        }
        self.changes.battles.insert(report.id);
    }

    fn count_method(&mut self, method: &[u8]) {
        let method = &method[..method.len().min(MAX_METHOD_BYTES)];
        if let Some(count) = self.methods.get_mut(method) {
            *count += 1;
        } else if self.methods.len() < MAX_METHODS {
            self.methods.insert(method.into(), 1);
        } else {
            return;
        }
        if !self.changes.methods.contains(method) {
            self.changes.methods.insert(method.into());
        }
    }

    fn note_person(&mut self, at: Stamp, viewer: &Viewer, what: &What, gift_units: i64) {
        let known = self.people.len();
        let memo = self.people.entry(viewer.id).or_default();
        let names = names_hash(viewer);
        let renamed = memo.names != names;
        memo.names = names;
        let before = memo.did;
        memo.did |= match what.kind() {
            Kind::Chat => did::COMMENT,
            Kind::Gift => did::GIFT,
            Kind::Join => did::JOIN,
            _ => 0,
        };
        let first_time = memo.did & !before;
        // Pictures are long and shown of gifters only, so they come with the first gift.
        let is_gifter = memo.did & did::GIFT != 0;
        self.totals.unique_commenters += i64::from(first_time & did::COMMENT != 0);
        self.totals.unique_joiners += i64::from(first_time & did::JOIN != 0);
        self.totals.people += i64::from(self.people.len() > known);

        let activity = self.changes.people.entry(viewer.id).or_insert_with(|| PersonActivity {
            user: viewer.id,
            first_at: at,
            last_at: at,
            ..PersonActivity::default()
        });
        if renamed || first_time & did::GIFT != 0 {
            activity.display_id = viewer.display_id.to_owned_text(MAX_NAME_CHARS);
            activity.nickname = viewer.nickname.to_owned_text(MAX_NAME_CHARS);
            if is_gifter {
                activity.avatar_url = viewer.avatar_url.to_owned_text(MAX_URL_CHARS);
            }
        }
        activity.moderator |= viewer.moderator;
        activity.subscriber |= viewer.subscriber;
        activity.follower |= viewer.follower || matches!(what, What::Follow { .. });
        activity.last_at = activity.last_at.max(at);
        match what {
            What::Comment { .. } => activity.comments += 1,
            What::Like { count, .. } => activity.likes += i64::from(*count),
            What::Gift(_) => activity.gift_units += gift_units,
            What::Follow { .. } => activity.follows += 1,
            What::Share => activity.shares += 1,
            What::Join { .. } => activity.joins += 1,
            _ => {}
        }
    }
}

/// A person gives few different gifts, so they are looked through.
fn add_given(gifts: &mut Vec<GivenGift>, user: UserId, gift: GiftId, added: &GiftAdded) {
    let index = gifts.iter().position(|given| given.gift == gift).unwrap_or_else(|| {
        gifts.push(GivenGift { user, gift, units: 0, diamonds: 0 });
        gifts.len() - 1
    });
    let given = &mut gifts[index];
    given.units += i64::from(added.units);
    given.diamonds = given.diamonds.saturating_add(added.diamonds);
}

/// Who sent it; 0 if the message has no sender.
fn sender(event: &LiveEvent) -> UserId {
    event.user.as_ref().map_or(UserId::default(), |viewer| viewer.id)
}

/// Never 0, so that the names of a new person always differ from none.
fn names_hash(viewer: &Viewer) -> u32 {
    let mut hasher = FxHasher::default();
    hasher.write(viewer.display_id.as_bytes());
    hasher.write_u8(0);
    hasher.write(viewer.nickname.as_bytes());
    let hash = hasher.finish();
    ((hash >> 32) as u32 ^ hash as u32) | 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rose(units: u32) -> What {
        let price = Some(1);
        What::Gift(GiftReport {
            gift: GiftId(5655),
            unit_diamonds: price,
            repeat_count: units,
            ..GiftReport::default()
        })
    }

    fn batch_of(tally: &mut Tally, what: What) -> Batch {
        let user = Some(Viewer {
            id: UserId(5),
            display_id: "ana".into(),
            avatar_url: "https://example.test/a.webp".into(),
            ..Viewer::default()
        });
        let event = LiveEvent { created_at: None, user, what };
        tally.count(Stamp(1), 0, b"WebcastMessage", event, &LearnedPrices::default());
        tally.take_batch(SessionId(1), Stamp(1), Vec::new())
    }

    #[test]
    fn names_are_told_once_and_the_picture_with_the_first_gift() {
        let mut tally = Tally::new(None, 300_000, IntervalMedians::default());
        let told = [What::Share, What::Share, rose(1), rose(1)].map(|what| {
            let person = batch_of(&mut tally, what).people.remove(0);
            (!person.display_id.is_empty(), !person.avatar_url.is_empty())
        });
        assert_eq!(told, [(true, false), (false, false), (true, true), (false, false)]);
    }

    #[test]
    fn gifts_that_are_no_streak_count_as_a_kind_of_gift_once() {
        let mut tally = Tally::new(None, 300_000, IntervalMedians::default());
        batch_of(&mut tally, rose(1));
        let batch = batch_of(&mut tally, rose(3));
        assert_eq!(batch.streaks, []);
        assert_eq!(batch.given, [GivenGift { user: UserId(5), gift: GiftId(5655), units: 4, diamonds: 4 }]);
        assert_eq!((batch.gifters[0].gift_types, batch.gifters[0].units), (1, 4));
    }
}
