//! A room that lives by itself: viewers come, stay, do things, and leave, in simulated time.
//!
//! The same profile, seed and start give the same messages, byte for byte but for the order
//! inside protobuf maps. There is no clock in here.

use super::battle::Battle;
use super::dice::Dice;
use super::pen::{ENDED, GiftTick, PAUSED, Pen, UNPAUSED};
use super::people::{self, Person};
use super::profile::Profile;
use super::streak::Streak;
use crate::wire::webcast::BaseMessage;
use std::collections::VecDeque;

/// What one second brought.
#[derive(Clone, Debug)]
pub struct Batch {
    /// Unix milliseconds of simulated time: the end of that second.
    pub at_ms: i64,
    pub messages: Vec<BaseMessage>,
}

/// Viewers follow what moved them after this long: the first see it at once, the last when it has gone
/// round.
const PULL_AFTER_S: std::ops::Range<usize> = 10..50;
/// Before its end a room falls quiet: every streak is finished, nothing is left in flight.
const FAREWELL_MS: i64 = 8_000;
const OUTBURST_MS: i64 = 20_000;
const PAUSE_MS: i64 = 20_000;
const ENTER_SOURCES: &[&str] = &["for_you", "for_you", "following", "share", "search", "live_feed"];

/// One LIVE of one creator.
#[derive(Clone, Debug)]
pub struct Room {
    pub pen: Pen,
    profile: Profile,
    seed: u64,
    dice: Dice,
    start_ms: i64,
    now_ms: i64,
    ends_ms: Option<i64>,
    ended: bool,
    paused_until_ms: Option<i64>,
    /// Numbers of the people present.
    present: Vec<u64>,
    next_person: u64,
    regulars: Option<Regulars>,
    /// Slow ups and downs of what brings viewers, as a logarithm.
    drift: f64,
    gift_burst_until_ms: i64,
    like_burst_until_ms: i64,
    streaks: Vec<Streak>,
    guest: Option<Person>,
    battle: Option<Battle>,
    /// Newest first, one entry a second.
    gift_pull: VecDeque<f64>,
    like_pull: VecDeque<f64>,
    counted: VecDeque<usize>,
    next_statistics_ms: i64,
    likes: i64,
    followers: i64,
}

/// A crowd of which some come back.
#[derive(Clone, Debug)]
struct Regulars {
    seed: u64,
    count: u64,
    /// The one of them who comes first.
    first: u64,
}

impl Regulars {
    /// One in so many who come is one of them.
    const ONE_IN: u64 = 4;

    /// Who comes as this number, if that is one of them. Nobody comes as two numbers.
    fn person(&self, number: u64) -> Option<Person> {
        let place = number / Self::ONE_IN;
        let is_one = number.is_multiple_of(Self::ONE_IN) && place < self.count;
        is_one.then(|| Person::number(self.seed, (self.first + place) % self.count))
    }
}

impl Room {
    #[must_use]
    pub fn new(profile: Profile, seed: u64, start_ms: i64) -> Self {
        let mut dice = Dice::aside(seed, start_ms as u64);
        let room_id = 7_500_000_000_000_000_000 + dice.between(0, 99_999_999_999_999_999);
        let owner = Person::number(seed, u64::from(u32::MAX));
        let guest = (profile.battles_every_s > 0).then(|| Person::number(seed, u64::from(u32::MAX) - 1));
        let mut room = Self {
            pen: Pen::new(room_id, owner, 0),
            profile,
            seed,
            start_ms,
            now_ms: start_ms,
            ends_ms: None,
            ended: false,
            paused_until_ms: None,
            present: Vec::new(),
            next_person: 0,
            regulars: None,
            drift: 0.0,
            gift_burst_until_ms: 0,
            like_burst_until_ms: 0,
            streaks: Vec::new(),
            guest,
            battle: None,
            gift_pull: VecDeque::new(),
            like_pull: VecDeque::new(),
            counted: VecDeque::new(),
            next_statistics_ms: start_ms,
            likes: dice.between(0, 200),
            followers: dice.between(2_000, 40_000),
            dice,
        };
        (0..(profile.viewers * 0.3) as usize).for_each(|_| drop(room.arrive()));
        room
    }

    /// Lets the LIVE end after `duration_ms`, with the message that says so.
    #[must_use]
    pub fn lasting(mut self, duration_ms: i64) -> Self {
        self.ends_ms = Some(self.start_ms + duration_ms.max(FAREWELL_MS));
        self
    }

    /// Some of those who come are of a crowd of so many, who come to other LIVEs with this crowd, too.
    #[must_use]
    pub fn with_regulars(mut self, crowd: u64, count: u64) -> Self {
        let first = Dice::aside(crowd, self.start_ms.unsigned_abs()).index(count as usize) as u64;
        self.regulars = Some(Regulars { seed: crowd, count, first });
        self
    }

    /// The creator is known by this handle.
    #[must_use]
    pub fn of(mut self, handle: &str) -> Self {
        self.pen.owner = Person::named(handle);
        self
    }

    /// The creator's next LIVE, under the given room id.
    #[must_use]
    pub fn anew(&self, room_id: i64, start_ms: i64) -> Self {
        let mut next = Self::new(self.profile, self.seed, start_ms);
        next.pen = Pen::new(room_id, self.pen.owner.clone(), 0);
        next.ends_ms = self.ends_ms.map(|end| end - self.start_ms + start_ms);
        next
    }

    #[must_use]
    pub fn ended(&self) -> bool {
        self.ended
    }

    #[must_use]
    pub fn now_ms(&self) -> i64 {
        self.now_ms
    }

    /// Lives on until `to_ms` and returns what happened, one batch for each full second.
    pub fn advance(&mut self, to_ms: i64) -> Vec<Batch> {
        let mut batches = Vec::new();
        while !self.ended && self.now_ms + 1000 <= to_ms {
            let messages = self.second();
            batches.push(Batch { at_ms: self.now_ms, messages });
        }
        batches
    }

    fn second(&mut self) -> Vec<BaseMessage> {
        let mut told = Vec::new();
        let (likes_before, mut diamonds) = (self.likes, 0);
        let farewell = self.ends_ms.is_some_and(|end| self.now_ms >= end - FAREWELL_MS);
        if self.now_ms == self.start_ms {
            told.push(self.pen.intro(self.now_ms, "Selamat datang! Welcome in ✨"));
        }
        self.pause_or_resume(&mut told, farewell);
        if self.paused_until_ms.is_none() && !farewell {
            self.move_viewers(&mut told);
            self.talk(&mut told);
            self.like(&mut told);
            diamonds += self.begin_gifts(&mut told);
            self.fight(&mut told);
        } else {
            self.leave();
        }
        diamonds += self.continue_streaks(&mut told, farewell);
        if let Some(battle) = &mut self.battle {
            battle.host_gets(diamonds);
        }
        remember(&mut self.gift_pull, (diamonds as f64).ln_1p());
        remember(&mut self.like_pull, ((self.likes - likes_before) as f64).ln_1p());
        self.statistics(&mut told);
        self.now_ms += 1000;
        if self.ends_ms.is_some_and(|end| self.now_ms >= end) {
            told.push(self.pen.control(self.now_ms, ENDED));
            self.ended = true;
        }
        told
    }

    fn some_time(&mut self) -> i64 {
        self.now_ms + self.dice.between(0, 999)
    }

    fn pause_or_resume(&mut self, told: &mut Vec<BaseMessage>, farewell: bool) {
        let (every, elapsed) = (self.profile.pauses_every_s * 1000, self.now_ms - self.start_ms);
        match self.paused_until_ms {
            Some(until) if self.now_ms >= until || farewell => {
                self.paused_until_ms = None;
                told.push(self.pen.control(self.now_ms, UNPAUSED));
            }
            None if every > 0 && elapsed > 0 && elapsed % every == 0 && !farewell => {
                self.paused_until_ms = Some(self.now_ms + PAUSE_MS);
                told.push(self.pen.control(self.now_ms, PAUSED));
            }
            _ => {}
        }
    }

    fn move_viewers(&mut self, told: &mut Vec<BaseMessage>) {
        // A random walk with a pull home: half of a deviation is gone after seven minutes.
        self.drift = self.drift * 0.998_3 + (self.dice.fraction() - 0.5) * 0.06;
        let base = self.profile.viewers / self.profile.stay_s * self.drift.exp();
        let pulled = self.profile.pull_of_gifts * mean_of(&self.gift_pull)
            + self.profile.pull_of_likes * mean_of(&self.like_pull);
        for _ in 0..self.dice.poisson(base + pulled) {
            let (person, at_ms) = (self.arrive(), self.some_time());
            if self.dice.chance(self.profile.join_sample) {
                let source = *self.dice.pick(ENTER_SOURCES);
                told.push(self.pen.join(at_ms, &person, self.present.len() as i64, source));
            }
        }
        self.leave();
    }

    fn leave(&mut self) {
        for _ in 0..self.dice.poisson(self.present.len() as f64 / self.profile.stay_s) {
            if !self.present.is_empty() {
                let place = self.dice.index(self.present.len());
                self.present.swap_remove(place);
            }
        }
    }

    /// Most who come are new; some have been here before.
    fn arrive(&mut self) -> Person {
        let mut number = self.next_person;
        if self.dice.chance(0.15) {
            let known = self.dice.index(self.next_person as usize) as u64;
            number = if self.present.contains(&known) { number } else { known };
        }
        self.next_person = self.next_person.max(number + 1);
        self.present.push(number);
        self.person(number)
    }

    fn person(&self, number: u64) -> Person {
        let regular = self.regulars.as_ref().and_then(|regulars| regulars.person(number));
        regular.unwrap_or_else(|| Person::number(self.seed, number))
    }

    fn somebody(&mut self) -> Option<Person> {
        if self.present.is_empty() {
            return None;
        }
        let number = *self.dice.pick(&self.present);
        Some(self.person(number))
    }

    /// How many of the present do something in this second.
    fn doing(&mut self, per_viewer_minute: f64) -> usize {
        self.dice.poisson(self.present.len() as f64 * per_viewer_minute / 60.0)
    }

    fn talk(&mut self, told: &mut Vec<BaseMessage>) {
        const EMOTES: &[&str] = &["7048", "7101", "7233"];
        let comments = self.profile.comments_per_viewer;
        // Per comment: so many of each rarer thing.
        for (what, share) in [(0, 1.0), (1, 0.04), (2, 0.03), (3, 0.02), (4, 0.015), (5, 0.003), (6, 0.002)] {
            for _ in 0..self.doing(comments * share) {
                let at_ms = self.some_time();
                let Some(who) = self.somebody() else { return };
                let (dice, pen) = (&mut self.dice, &mut self.pen);
                told.push(match what {
                    0 => pen.comment(at_ms, &who, people::comment(dice)),
                    1 => {
                        self.followers += 1;
                        pen.follow(at_ms, &who, self.followers)
                    }
                    2 => pen.emote(at_ms, &who, dice.pick::<&str>(EMOTES)),
                    3 => pen.share(at_ms, &who),
                    4 => pen.question(at_ms, &who, people::question(dice)),
                    5 => pen.subscribe(at_ms, &who, dice.between(1, 12)),
                    _ => pen.envelope(at_ms, &who, 20 * dice.between(1, 25), dice.between(5, 40)),
                });
            }
        }
    }

    fn like(&mut self, told: &mut Vec<BaseMessage>) {
        let burst = outburst(
            &mut self.dice,
            self.profile.like_bursts_every_s,
            self.now_ms,
            &mut self.like_burst_until_ms,
        );
        for _ in 0..self.doing(self.profile.likes_per_viewer * if burst { 8.0 } else { 1.0 }) {
            let (at_ms, count) = (self.some_time(), self.dice.between(1, 15));
            let Some(who) = self.somebody() else { return };
            // The room's counter also grows by likes whose messages never come.
            self.likes += count + self.dice.between(0, count / 2);
            told.push(self.pen.like(at_ms, &who, count, self.likes));
        }
    }

    /// Returns the diamonds given.
    fn begin_gifts(&mut self, told: &mut Vec<BaseMessage>) -> i64 {
        let burst = outburst(
            &mut self.dice,
            self.profile.gift_bursts_every_s,
            self.now_ms,
            &mut self.gift_burst_until_ms,
        );
        let factor = if burst { 15.0 } else { 1.0 } * if self.battle.is_some() { 3.0 } else { 1.0 };
        let mut diamonds = 0;
        for _ in 0..self.doing(self.profile.gifts_per_viewer * factor) {
            // A few give most: those who have been here longest.
            let place = (self.dice.fraction().powi(2) * self.present.len() as f64) as usize;
            let Some(number) = self.present.get(place) else { break };
            let from = self.person(*number);
            let to = self.guest.clone().filter(|_| self.dice.chance(0.08));
            let gift = people::chosen_gift(&mut self.dice, self.profile.generous);
            let (at_ms, group) = (self.some_time(), self.now_ms * 1000 + self.dice.between(0, 999_999));
            if gift.streakable {
                let mean = (40.0 / gift.diamonds as f64).clamp(1.0, 8.0);
                let target = 1 + (self.dice.exponential(mean) as i64).min(99);
                self.streaks.push(Streak::begun(from, to, gift, group, target));
            } else {
                let tick =
                    GiftTick { from: &from, to: to.as_ref(), gift, group, repeat_count: 1, end: false };
                told.push(self.pen.gift(at_ms, &tick));
                diamonds += gift.diamonds;
            }
        }
        diamonds
    }

    fn continue_streaks(&mut self, told: &mut Vec<BaseMessage>, farewell: bool) -> i64 {
        let (now_ms, dice, pen) = (self.now_ms, &mut self.dice, &mut self.pen);
        let mut diamonds = 0;
        for streak in &mut self.streaks {
            diamonds += streak.second(now_ms, farewell, dice, pen, told);
        }
        self.streaks.retain(|streak| !streak.over(now_ms));
        diamonds
    }

    fn fight(&mut self, told: &mut Vec<BaseMessage>) {
        let (every, elapsed) = (self.profile.battles_every_s * 1000, self.now_ms - self.start_ms);
        let begins = every > 0 && self.battle.is_none() && elapsed % every == every / 4;
        if let (true, Some(guest)) = (begins, &self.guest) {
            self.battle = Some(Battle::open(guest.clone(), self.now_ms, &mut self.pen, told));
        }
        if let Some(battle) = &mut self.battle
            && battle.second(self.now_ms, &mut self.dice, &mut self.pen, told)
        {
            self.battle = None;
        }
    }

    /// Every two or three seconds, and two seconds late, as TikTok's are.
    fn statistics(&mut self, told: &mut Vec<BaseMessage>) {
        self.counted.push_back(self.present.len());
        if self.counted.len() > 3 {
            self.counted.pop_front();
        }
        if self.now_ms >= self.next_statistics_ms {
            self.next_statistics_ms = self.now_ms + self.dice.between(2000, 3000);
            let viewers = self.counted[0] as i64;
            told.push(self.pen.viewers(self.now_ms + 999, viewers, self.next_person as i64));
        }
    }
}

fn outburst(dice: &mut Dice, every_s: f64, now_ms: i64, until_ms: &mut i64) -> bool {
    if every_s > 0.0 && now_ms >= *until_ms && dice.chance(1.0 / every_s) {
        *until_ms = now_ms + OUTBURST_MS;
    }
    now_ms < *until_ms
}

fn remember(seconds: &mut VecDeque<f64>, newest: f64) {
    seconds.push_front(newest);
    seconds.truncate(PULL_AFTER_S.end);
}

fn mean_of(seconds: &VecDeque<f64>) -> f64 {
    seconds.iter().skip(PULL_AFTER_S.start).sum::<f64>() / PULL_AFTER_S.len() as f64
}
