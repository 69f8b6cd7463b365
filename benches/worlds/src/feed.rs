//! The recommender: every 20 to 90 s it judges the room against what it expects of it and changes the traffic from
//! the feed in a step, which arrives some seconds later. It rewards people staying, forgives lulls, saturates, and
//! tires of a room it has just pushed.

use std::collections::VecDeque;

use crate::dice::Dice;
use crate::families::Room;

/// An exponentially fading mean that starts without a bias towards zero.
#[derive(Debug, Clone)]
pub struct Memory {
    keep: f64,
    sum: f64,
    weight: f64,
}

impl Memory {
    pub fn of_seconds(tau: f64) -> Self {
        Self { keep: (-1.0 / tau).exp(), sum: 0.0, weight: 0.0 }
    }

    pub fn add(&mut self, value: f64) {
        self.sum = self.sum * self.keep + value;
        self.weight = self.weight * self.keep + 1.0;
    }

    pub fn level(&self) -> f64 {
        if self.weight > 0.0 { self.sum / self.weight } else { 0.0 }
    }
}

/// A level of late against its expectation, 1 when it is as usual.
#[derive(Debug, Clone)]
pub struct Compared {
    late: Memory,
    usual: Memory,
}

impl Compared {
    pub fn over(late_s: f64, usual_s: f64) -> Self {
        Self { late: Memory::of_seconds(late_s), usual: Memory::of_seconds(usual_s) }
    }

    pub fn add(&mut self, value: f64) {
        self.late.add(value);
        self.usual.add(value);
    }

    pub fn ratio(&self) -> f64 {
        if self.usual.level() > 0.0 { self.late.level() / self.usual.level() } else { 1.0 }
    }
}

#[derive(Debug, Clone)]
pub struct Feed {
    traffic: f64,
    decided: VecDeque<(i64, f64)>,
    next: i64,
    fatigue: f64,
    leaving: Compared,
}

impl Feed {
    pub fn new(room: &Room) -> Self {
        Self {
            traffic: 1.0,
            decided: VecDeque::new(),
            next: -room.before_s,
            fatigue: 0.0,
            leaving: Compared::over(75.0, 900.0),
        }
    }

    /// Traffic now, as a multiple of the ordinary.
    pub fn traffic(&mut self, t: i64) -> f64 {
        while let Some(&(at, traffic)) = self.decided.front()
            && at <= t
        {
            self.traffic = traffic;
            self.decided.pop_front();
        }
        self.traffic
    }

    /// Takes in one second: the share of the audience that left, and what activity asks for (0 in null worlds).
    pub fn learn(&mut self, room: &Room, t: i64, left: f64, asked: f64) {
        self.leaving.add(left);
        if t < self.next {
            return;
        }
        self.next = t + room.rescore_s;
        self.fatigue *= (-(room.rescore_s as f64) / 300.0).exp();
        let push = asked / (1.0 + self.fatigue);
        self.fatigue += 0.3 * push;
        let retention = -self.leaving.ratio().max(0.2).ln().clamp(-0.8, 0.8);
        let whim = room.feed_noise * Dice::of(&[room.seed, 30, t as u64]).normal();
        let score = (room.showmanship * retention + whim).exp() + push;
        let traffic = if room.feed_steps { nearest_step(score) } else { score };
        self.decided.push_back((t + room.delivery_s, traffic));
    }
}

/// Some rooms are tested in tiers, not by degrees.
fn nearest_step(score: f64) -> f64 {
    let steps = [0.5, 0.75, 1.0, 1.5, 2.2, 3.2];
    let distance = |step: f64| (step.ln() - score.ln()).abs();
    steps.into_iter().min_by(|a, b| distance(*a).total_cmp(&distance(*b))).expect("there are steps")
}
