//! A battle between the creator and a guest.

use super::dice::Dice;
use super::pen::{Pen, Side};
use super::people::Person;
use crate::wire::webcast::BaseMessage;

const SECONDS: i64 = 180;

#[derive(Clone, Debug)]
pub struct Battle {
    id: i64,
    guest: Person,
    starts_ms: i64,
    host_score: i64,
    guest_score: i64,
}

impl Battle {
    pub fn open(guest: Person, now_ms: i64, pen: &mut Pen, told: &mut Vec<BaseMessage>) -> Self {
        let id = 7_510_000_000_000_000_000 + now_ms;
        let battle = Self { id, guest, starts_ms: now_ms, host_score: 0, guest_score: 0 };
        told.push(battle.say(pen, |pen, battle, sides| {
            pen.battle(now_ms, battle.id, false, (battle.starts_ms, SECONDS), sides)
        }));
        battle
    }

    pub fn host_gets(&mut self, diamonds: i64) {
        self.host_score += diamonds;
    }

    /// Tells the scores every five seconds, and the result at the end. True when it is over.
    pub fn second(
        &mut self,
        now_ms: i64,
        dice: &mut Dice,
        pen: &mut Pen,
        told: &mut Vec<BaseMessage>,
    ) -> bool {
        if dice.chance(0.15) {
            self.guest_score += dice.between(1, 60);
        }
        let elapsed_s = (now_ms - self.starts_ms) / 1000;
        let plan = (self.starts_ms, SECONDS);
        if elapsed_s >= SECONDS {
            told.push(self.say(pen, |pen, battle, sides| pen.battle(now_ms, battle.id, true, plan, sides)));
        } else if elapsed_s % 5 == 4 {
            told.push(self.say(pen, |pen, battle, sides| pen.battle_scores(now_ms, battle.id, plan, sides)));
        }
        elapsed_s >= SECONDS
    }

    fn say(
        &self,
        pen: &mut Pen,
        message: impl FnOnce(&mut Pen, &Self, &[Side<'_>]) -> BaseMessage,
    ) -> BaseMessage {
        let owner = pen.owner.clone();
        let sides = [
            Side { host: &owner, score: self.host_score },
            Side { host: &self.guest, score: self.guest_score },
        ];
        message(pen, self, &sides)
    }
}
