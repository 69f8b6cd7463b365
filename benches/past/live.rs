//! One LIVE as TikTok tells it: viewers who come for gifts and leave with time, comments, likes,
//! follows, shares, joins, battles, and every gift that was decided for it.

use super::crowd::Evening;
use super::gifts::{self, Told};
use pasut::domain::session::GapCause;
use pasut::simulator::{GiftTick, Pen, Person, Side};
use pasut::wire::Message as _;
use pasut::wire::webcast::{BaseMessage, Gift};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use std::collections::VecDeque;
use std::vec::IntoIter;

/// How long somebody stays on average, in seconds.
const STAY_S: f64 = 300.0;
/// Which part of those who come is announced.
const ANNOUNCED: f64 = 0.15;
/// A minute, for each viewer.
const COMMENTS: f64 = 0.03;
const LIKES: f64 = 0.06;
const FOLLOWS: f64 = 0.001_5;
const SHARES: f64 = 0.000_8;
const QUESTIONS: f64 = 0.000_5;
/// Viewers are counted this often, in seconds.
const COUNTED_EVERY_S: i64 = 5;
/// Gifts bring viewers after 10 to 50 seconds: so many a second for each unit of ln(1 + diamonds a second),
/// as a share of the usual viewers.
const PULL: f64 = 0.004;
const PULLED_S: std::ops::Range<usize> = 10..50;
const BATTLE_EVERY_S: i64 = 1800;
const BATTLE_S: i64 = 180;

const SAID: [&str; 12] = [
    "halo kak",
    "semangat kak 🔥",
    "lagunya apa?",
    "wkwkwk",
    "salam dari Surabaya",
    "kapan live lagi?",
    "mantap",
    "first time here!",
    "this is so good",
    "=1+1",
    "<b>tebal?</b>",
    "terima kasih kak",
];
const ASKED: [&str; 4] =
    ["Kakak asal mana?", "Boleh request lagu?", "What camera do you use?", "Which game is next?"];

pub struct Plan {
    pub creator: Person,
    pub room: i64,
    pub from_ms: i64,
    pub to_ms: i64,
    /// Viewers when nothing special happens.
    pub usual: f64,
    pub battles: bool,
    /// When nobody listens.
    pub away: Vec<Away>,
    pub seed: u64,
}

pub struct Away {
    pub from_ms: i64,
    pub to_ms: i64,
    pub cause: GapCause,
}

pub struct Live {
    plan: Plan,
    evening: Evening,
    guest: Person,
    pen: Pen,
    random: StdRng,
    now_ms: i64,
    gifts: std::iter::Peekable<IntoIter<Told>>,
    viewers: f64,
    /// Slow ups and downs of what brings viewers, as a logarithm.
    drift: f64,
    /// ln(1 + diamonds) of each second, newest first.
    given: VecDeque<f64>,
    came: f64,
    likes: i64,
    followers: i64,
    scores: [i64; 2],
}

impl Plan {
    pub fn away(&self, at_ms: i64) -> Option<GapCause> {
        let away = self.away.iter().find(|away| (away.from_ms..away.to_ms).contains(&at_ms));
        away.map(|away| away.cause)
    }
}

impl Live {
    pub fn new(plan: Plan, evening: Evening) -> Self {
        let mut random = StdRng::seed_from_u64(plan.seed);
        let gifts = gifts::told(&evening, &plan, &mut random);
        Self {
            guest: Person::named(&format!("tamu.{}", plan.seed % 7)),
            pen: Pen::new(plan.room, plan.creator.clone(), 0),
            now_ms: plan.from_ms,
            gifts: gifts.into_iter().peekable(),
            viewers: plan.usual * 0.2,
            drift: 0.0,
            given: VecDeque::new(),
            came: 0.0,
            likes: 0,
            followers: 20_000,
            scores: [0, 0],
            plan,
            evening,
            random,
        }
    }

    pub const fn now_ms(&self) -> i64 {
        self.now_ms
    }

    pub const fn over(&self) -> bool {
        self.now_ms >= self.plan.to_ms
    }

    /// Why nobody listens at that moment, if so.
    pub fn away(&self, at_ms: i64) -> Option<GapCause> {
        self.plan.away(at_ms)
    }

    /// The next second: when it ended, and what was told in it.
    pub fn second(&mut self) -> (i64, Vec<BaseMessage>) {
        let mut told = Vec::new();
        let diamonds = self.give(&mut told);
        self.given.push_front((diamonds as f64).ln_1p());
        self.given.truncate(PULLED_S.end);
        self.move_viewers(&mut told);
        self.talk(&mut told);
        if self.plan.battles {
            self.fight(diamonds, &mut told);
        }
        let elapsed_s = (self.now_ms - self.plan.from_ms) / 1000;
        if elapsed_s % COUNTED_EVERY_S == 0 {
            told.push(self.pen.viewers(self.now_ms + 900, self.viewers as i64, self.came as i64));
        }
        self.now_ms += 1000;
        (self.now_ms, told)
    }

    fn give(&mut self, told: &mut Vec<BaseMessage>) -> i64 {
        let mut diamonds = 0;
        while let Some(gift) = self.gifts.next_if(|gift| gift.at_ms < self.now_ms + 1000) {
            let tick = GiftTick {
                from: &self.evening.gifters[gift.from],
                to: gift.to_guest.then_some(&self.guest),
                gift: gift.gift,
                group: gift.group,
                repeat_count: gift.count,
                end: gift.end,
            };
            let message = self.pen.gift(gift.at_ms, &tick);
            told.push(if gift.described { message } else { undescribed(message) });
            diamonds += gift.diamonds;
        }
        diamonds
    }

    fn move_viewers(&mut self, told: &mut Vec<BaseMessage>) {
        // A random walk with a pull home: half of a deviation is gone after seven minutes.
        self.drift = self.drift * 0.998_3 + (self.random.random::<f64>() - 0.5) * 0.04;
        let pulled = self.given.iter().skip(PULLED_S.start).sum::<f64>() / PULLED_S.len() as f64;
        let coming = self.plan.usual * (self.drift.exp() / STAY_S + PULL * pulled);
        let leaving = self.viewers / STAY_S;
        let spread = (coming + leaving).sqrt() * (self.random.random::<f64>() - 0.5) * 3.0;
        self.viewers = (self.viewers + coming - leaving + spread).max(0.0);
        self.came += coming;
        for _ in 0..self.times(coming * ANNOUNCED) {
            let (at_ms, who) = self.somebody();
            told.push(self.pen.join(
                at_ms,
                &self.evening.everybody[who],
                self.viewers as i64,
                "homepage_hot",
            ));
        }
    }

    fn talk(&mut self, told: &mut Vec<BaseMessage>) {
        let viewers = self.viewers / 60.0;
        for _ in 0..self.times(viewers * COMMENTS) {
            let (at_ms, who) = self.somebody();
            let text = SAID[self.random.random_range(0..SAID.len())];
            told.push(self.pen.comment(at_ms, &self.evening.everybody[who], text));
        }
        for _ in 0..self.times(viewers * LIKES) {
            let (at_ms, who) = self.somebody();
            let count = self.random.random_range(1..=15);
            self.likes += count + count / 4;
            told.push(self.pen.like(at_ms, &self.evening.everybody[who], count, self.likes));
        }
        for _ in 0..self.times(viewers * FOLLOWS) {
            let (at_ms, who) = self.somebody();
            self.followers += 1;
            told.push(self.pen.follow(at_ms, &self.evening.everybody[who], self.followers));
        }
        for _ in 0..self.times(viewers * SHARES) {
            let (at_ms, who) = self.somebody();
            told.push(self.pen.share(at_ms, &self.evening.everybody[who]));
        }
        for _ in 0..self.times(viewers * QUESTIONS) {
            let (at_ms, who) = self.somebody();
            let text = ASKED[self.random.random_range(0..ASKED.len())];
            told.push(self.pen.question(at_ms, &self.evening.everybody[who], text));
        }
    }

    fn fight(&mut self, diamonds: i64, told: &mut Vec<BaseMessage>) {
        let elapsed_s = (self.now_ms - self.plan.from_ms) / 1000;
        // The first begins after a quarter of an hour, when people are there.
        let fought_s = (elapsed_s - BATTLE_EVERY_S / 2).rem_euclid(BATTLE_EVERY_S);
        if elapsed_s < BATTLE_EVERY_S / 2 || fought_s > BATTLE_S {
            return;
        }
        if fought_s == 0 {
            self.scores = [0, 0];
        }
        self.scores[0] += diamonds;
        self.scores[1] += self.random.random_range(0..(self.plan.usual as i64 / 40).max(2));
        let began_ms = self.now_ms - fought_s * 1000;
        let (id, plan) = (7_510_000_000_000_000_000 + began_ms, (began_ms, BATTLE_S));
        let sides = [
            Side { host: &self.plan.creator, score: self.scores[0] },
            Side { host: &self.guest, score: self.scores[1] },
        ];
        match fought_s {
            0 | BATTLE_S => told.push(self.pen.battle(self.now_ms, id, fought_s == BATTLE_S, plan, &sides)),
            _ if fought_s % 5 == 0 => told.push(self.pen.battle_scores(self.now_ms, id, plan, &sides)),
            _ => {}
        }
    }

    /// How often something happens in a second that happens `mean` times a second.
    fn times(&mut self, mean: f64) -> u32 {
        let limit = (-mean).exp();
        let (mut times, mut left) = (0, self.random.random::<f64>());
        while left > limit && times < 50 {
            times += 1;
            left *= self.random.random::<f64>();
        }
        times
    }

    /// A moment of this second, and the place of somebody who is there: some do much more than others.
    fn somebody(&mut self) -> (i64, usize) {
        let share = self.random.random::<f64>().powi(2);
        let place = (share * self.evening.everybody.len() as f64) as usize;
        (self.now_ms + self.random.random_range(0..1000), place)
    }
}

/// A gift's message without the gift's name and price.
fn undescribed(message: BaseMessage) -> BaseMessage {
    let gift = Gift::decode(message.payload.clone()).expect("it was just written");
    BaseMessage { payload: Gift { gift: None, ..gift }.encode_to_vec().into(), ..message }
}
