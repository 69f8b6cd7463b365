//! Whether something is worth telling, decided from events and their stamps alone.

use crate::domain::alert::{AlertRules, Change, Given, Occasion, Somebody, What};
use crate::domain::event::{Accounted, BattlePhase, Viewer, What as Happened};
use crate::domain::gift::{GiftAdded, GiftReport};
use crate::domain::goal::{Goal, GoalState};
use crate::domain::ids::{GiftId, SessionId, UserId};
use crate::domain::session::{Gap, GapCause};
use crate::domain::time::Stamp;
use crate::domain::totals::SessionTotals;
use std::collections::{HashMap, HashSet, VecDeque};

/// A streak that was silent for so long is judged by what it came to.
const SILENCE_MS: i64 = 10_000;

/// Streaks are remembered for so long, and so many at most: a late report of one is no new one.
const REMEMBERED_MS: i64 = 10 * 60_000;
const MOST_STREAKS: usize = 4096;

/// Viewers are compared with their median over so long before the window.
const BASELINE_MS: i64 = 5 * 60_000;
/// It rests on so many counts at least.
const LEAST_COUNTS: usize = 3;
/// Counts this far apart have a gap between them, and nothing is compared across it.
const APART_MS: i64 = 2 * 60_000;
/// After a change was told, the next is told this much later at the earliest.
const COOL_MS: i64 = 5 * 60_000;

/// Names and texts from the wire are kept up to so many characters.
const MAX_NAME_CHARS: usize = 60;

/// So many people at most are remembered as having given or come in.
const MOST_PEOPLE: usize = 100_000;

/// Judges one session.
#[derive(Debug)]
pub struct Judge {
    session: SessionId,
    streaks: HashMap<StreakId, Streak>,
    /// Who gave something in this session since it is watched.
    gave: HashSet<UserId>,
    /// The creator's top gifters, with their rank.
    fans: HashMap<UserId, u32>,
    arrived: HashSet<UserId>,
    viewers: VecDeque<(Stamp, i64)>,
    spike: Latch,
    drop: Latch,
    /// When the battle that runs is over, if it is known.
    battle: Option<Option<Stamp>>,
}

/// Sender, gift and group.
type StreakId = (UserId, GiftId, i64);

#[derive(Debug)]
struct Streak {
    session: SessionId,
    key: String,
    who: Option<Somebody>,
    given: Given,
    to_creator: bool,
    began_at: Stamp,
    updated_at: Stamp,
    ended: bool,
    /// It was worth telling, and was told.
    told: bool,
    /// The first of its sender, as far as this session knows.
    first: bool,
}

/// Holds a change that was told until it is over and some time went by.
#[derive(Debug, Default)]
struct Latch {
    told_at: Option<Stamp>,
}

impl Latch {
    /// Whether `change` is to be told: it is there, and the one before is over.
    fn lets(&mut self, change: bool, at: Stamp) -> bool {
        match self.told_at {
            Some(told) if !change && at.ms_since(told) >= COOL_MS => {
                self.told_at = None;
                false
            }
            Some(_) => false,
            None if change => {
                self.told_at = Some(at);
                true
            }
            None => false,
        }
    }
}

impl Judge {
    #[must_use]
    pub fn new(session: SessionId) -> Self {
        Self {
            session,
            streaks: HashMap::new(),
            gave: HashSet::new(),
            fans: HashMap::new(),
            arrived: HashSet::new(),
            viewers: VecDeque::new(),
            spike: Latch::default(),
            drop: Latch::default(),
            battle: None,
        }
    }

    /// Who counts as a top gifter, first to last.
    pub fn set_fans(&mut self, fans: &[UserId]) {
        self.fans = fans.iter().zip(1..).map(|(user, rank)| (*user, rank)).collect();
    }

    /// What an event gives reason to tell. Whether a first gift is one has still to be asked of what was
    /// recorded before.
    pub fn hear(&mut self, accounted: &Accounted, rules: &AlertRules) -> Vec<Occasion> {
        let at = accounted.at;
        let who = accounted.event.user.as_ref();
        match &accounted.event.what {
            Happened::Gift(report) => match &accounted.added {
                Some(added) => self.hear_gift(accounted.number, at, who, report, *added, rules),
                None => Vec::new(),
            },
            Happened::Viewers { viewers, .. } => self.hear_viewers(at, *viewers, rules).into_iter().collect(),
            Happened::Join { .. } => self.hear_join(at, who, rules).into_iter().collect(),
            Happened::Battle(battle) | Happened::BattleScores(battle) => {
                self.battle = match battle.phase {
                    BattlePhase::Open => Some(battle.ends_at),
                    BattlePhase::Finished => None,
                    BattlePhase::Other => self.battle,
                };
                Vec::new()
            }
            _ => Vec::new(),
        }
    }

    /// What time alone gives reason to tell: streaks whose end nobody said.
    pub fn settle(&mut self, now: Stamp, rules: &AlertRules) -> Vec<Occasion> {
        let silent = |streak: &&mut Streak| !streak.ended && now.ms_since(streak.updated_at) > SILENCE_MS;
        let told =
            self.streaks.values_mut().filter(silent).flat_map(|streak| streak.judge(now, rules)).collect();
        self.streaks.retain(|_, streak| now.ms_since(streak.updated_at) < REMEMBERED_MS);
        told
    }

    /// The connection was away: what viewers were before says nothing about what they are after.
    pub fn lose_sight(&mut self) {
        self.viewers.clear();
    }

    fn hear_gift(
        &mut self,
        number: u64,
        at: Stamp,
        who: Option<&Viewer>,
        report: &GiftReport,
        added: GiftAdded,
        rules: &AlertRules,
    ) -> Vec<Occasion> {
        let user = who.map(|viewer| viewer.id).unwrap_or_default();
        let ends = !report.streakable || report.repeat_end;
        let first = user != UserId::default()
            && added.units > 0
            && self.gave.len() < MOST_PEOPLE
            && self.gave.insert(user);
        if !report.streakable {
            let key = format!("gift:{}:{number}", self.session);
            let mut streak = Streak::new((self.session, key), at, who, report, added, first);
            return streak.judge(at, rules);
        }
        let id = (user, report.gift, report.group);
        // Without a group, another streak of the same gift may follow under the same key.
        let known = self.streaks.get_mut(&id).filter(|streak| report.group != 0 || !streak.ended);
        if let Some(streak) = known {
            streak.add(at, report, added);
            streak.ended |= ends;
            return if ends { streak.judge(at, rules) } else { Vec::new() };
        }
        if added.units == 0 && (report.group == 0 || !ends) {
            return Vec::new();
        }
        let key = match report.group {
            0 => format!("gift:{}:{number}", self.session),
            group => format!("gift:{}:{user}:{}:{group}", self.session, report.gift),
        };
        // What was counted of it before anybody listened is part of it.
        let before = i64::from(report.repeat_count.saturating_sub(added.units));
        let mut streak = Streak::new((self.session, key), at, who, report, added, first);
        streak.given.units += before;
        streak.given.diamonds =
            streak.given.diamonds.saturating_add(before.saturating_mul(i64::from(added.value.diamonds)));
        streak.ended = ends;
        let told = if ends { streak.judge(at, rules) } else { Vec::new() };
        if self.streaks.len() >= MOST_STREAKS {
            let oldest = self.streaks.iter().min_by_key(|(_, streak)| streak.updated_at).map(|(id, _)| *id);
            oldest.map(|oldest| self.streaks.remove(&oldest));
        }
        self.streaks.insert(id, streak);
        told
    }

    fn hear_join(&mut self, at: Stamp, who: Option<&Viewer>, rules: &AlertRules) -> Option<Occasion> {
        let viewer = who?;
        let rank = *self.fans.get(&viewer.id)?;
        if rank > rules.fan_ranks || !self.arrived.insert(viewer.id) {
            return None;
        }
        let key = format!("fan:{}:{}", self.session, viewer.id);
        Some(Occasion { key, at, who: Some(somebody(viewer)), what: What::TopFan { rank } })
    }

    fn hear_viewers(&mut self, at: Stamp, viewers: i64, rules: &AlertRules) -> Option<Occasion> {
        let window_ms = i64::from(rules.window_s) * 1000;
        if self.viewers.back().is_some_and(|(last, _)| at.ms_since(*last) > APART_MS) {
            self.viewers.clear();
        }
        while self.viewers.front().is_some_and(|(first, _)| at.ms_since(*first) > window_ms + BASELINE_MS) {
            self.viewers.pop_front();
        }
        let before = self.viewers.back().map(|(_, viewers)| *viewers);
        self.viewers.push_back((at, viewers));
        let baseline = self.baseline(at - window_ms)?;
        let least = i64::from(rules.least_viewers);
        let is_spike =
            |now: i64| now * 100 >= baseline * i64::from(rules.spike_percent) && now - baseline >= least;
        let is_drop = |now: i64| {
            (baseline - now) * 100 >= baseline * i64::from(rules.drop_percent) && baseline - now >= least
        };
        // TikTok's count sometimes jumps and comes back with the next: a change is believed when said twice.
        let twice = |is: &dyn Fn(i64) -> bool| is(viewers) && before.is_some_and(is);
        let change = Change { from: baseline, to: viewers, window_s: rules.window_s };
        let in_battle = self.is_battle(at) && !rules.in_battles;
        // One that is left out because of a battle is not told after it either.
        let spiked = self.spike.lets(twice(&is_spike), at) && !in_battle;
        let dropped = self.drop.lets(twice(&is_drop), at);
        let occasion = |name: &str, what| {
            let key = format!("{name}:{}:{}", self.session, at.0);
            Occasion { key, at, who: None, what }
        };
        if spiked {
            Some(occasion("spike", What::ViewerSpike(change)))
        } else {
            dropped.then(|| occasion("drop", What::ViewerDrop(change)))
        }
    }

    /// The median of the viewers before `until`; `None` while too few were counted.
    fn baseline(&self, until: Stamp) -> Option<i64> {
        let mut counts: Vec<_> =
            self.viewers.iter().take_while(|(at, _)| *at <= until).map(|(_, viewers)| *viewers).collect();
        if counts.len() < LEAST_COUNTS {
            return None;
        }
        let middle = counts.len() / 2;
        Some(*counts.select_nth_unstable(middle).1)
    }

    fn is_battle(&self, at: Stamp) -> bool {
        self.battle.is_some_and(|ends_at| ends_at.is_none_or(|ends_at| at.ms_since(ends_at) < BASELINE_MS))
    }
}

impl Streak {
    fn new(
        (session, key): (SessionId, String),
        at: Stamp,
        who: Option<&Viewer>,
        report: &GiftReport,
        added: GiftAdded,
        first: bool,
    ) -> Self {
        let given = Given {
            gift: report.gift,
            name: report.name.to_owned_text(MAX_NAME_CHARS),
            units: i64::from(added.units),
            diamonds: added.diamonds,
            estimated: added.value.source.is_estimate(),
        };
        Self {
            session,
            key,
            who: who.map(somebody),
            given,
            to_creator: added.to_creator,
            began_at: at,
            updated_at: at,
            ended: false,
            told: false,
            first,
        }
    }

    fn add(&mut self, at: Stamp, report: &GiftReport, added: GiftAdded) {
        self.given.units += i64::from(added.units);
        self.given.diamonds = self.given.diamonds.saturating_add(added.diamonds);
        self.given.estimated |= added.value.source.is_estimate();
        if self.given.name.is_empty() {
            self.given.name = report.name.to_owned_text(MAX_NAME_CHARS);
        }
        self.updated_at = at;
    }

    /// What the streak gives reason to tell, by what it came to. A gift to a guest is none of the creator's.
    fn judge(&mut self, at: Stamp, rules: &AlertRules) -> Vec<Occasion> {
        let mut occasions = Vec::new();
        if !self.to_creator || self.given.units == 0 {
            return occasions;
        }
        let occasion = |key: String, at: Stamp, what: What| Occasion { key, at, who: self.who.clone(), what };
        if !self.told && self.given.diamonds >= i64::from(rules.gift_diamonds) {
            self.told = true;
            occasions.push(occasion(self.key.clone(), at, What::Gift(self.given.clone())));
        }
        if std::mem::take(&mut self.first)
            && let Some(who) = &self.who
        {
            // By when it began, so that what was given before can be told from it.
            let key = format!("first:{}:{}", self.session, who.user);
            occasions.push(occasion(key, self.began_at, What::FirstGift(self.given.clone())));
        }
        occasions
    }
}

fn somebody(viewer: &Viewer) -> Somebody {
    Somebody {
        user: viewer.id,
        display_id: viewer.display_id.to_owned_text(MAX_NAME_CHARS),
        nickname: viewer.nickname.to_owned_text(MAX_NAME_CHARS),
    }
}

/// Whether the gap that lasts is long enough to be told.
#[must_use]
pub fn lost(session: SessionId, gaps: &[Gap], now: Stamp, rules: &AlertRules) -> Option<Occasion> {
    let gap = gaps.last().filter(|gap| gap.to.is_none() && gap.cause != GapCause::Stopped)?;
    let away_ms = now.ms_since(gap.from);
    (away_ms >= i64::from(rules.lost_s) * 1000).then(|| Occasion {
        key: format!("lost:{session}:{}", gap.from.0),
        at: now,
        who: None,
        what: What::ConnectionLost { seconds: away_ms / 1000 },
    })
}

/// The goals that a session with `totals` meets.
pub fn met<'a>(
    goals: &'a [Goal],
    session: SessionId,
    totals: &'a SessionTotals,
    now: Stamp,
) -> impl Iterator<Item = Occasion> + 'a {
    let is_met = |goal: &&Goal| goal.state == GoalState::Active && goal.progress(totals).is_met();
    goals.iter().filter(is_met).map(move |goal| Occasion {
        key: format!("goal:{}:{session}", goal.id),
        at: now,
        who: None,
        what: What::GoalMet {
            goal: goal.id,
            kind: goal.plan.kind,
            target: goal.plan.target,
            title: goal.plan.title.clone(),
        },
    })
}

#[cfg(test)]
mod tests;
