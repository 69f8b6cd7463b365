//! From a message to an accounted event: the one path of every recording.
//!
//! A live watch, the replay of a capture and the demo's history all feed messages through here, and what
//! another program heard comes the same way without having been a message of ours.

use crate::analytics::delivery::{Connected, is_replayed_chat};
use crate::analytics::gift_value::LearnedPrices;
use crate::analytics::tally::{Admission, Tally};
use crate::connector::incoming::Message;
use crate::domain::event::{Accounted, LiveEvent, What};
use crate::domain::gift::UnitValue;
use crate::domain::ids::UserId;
use crate::domain::time::Stamp;
use crate::domain::told::ToldEvent;
use crate::domain::totals::{StreakKey, StreakTotal};

/// Takes in the messages of one session.
#[derive(Debug)]
pub struct Intake {
    pub tally: Tally,
    /// When the connection began; chats from before it are replays. `None` for a capture, which does
    /// not tell its connections apart.
    connected: Option<Connected>,
}

/// What became of a message.
#[derive(Debug)]
pub enum Taken<'m> {
    /// Old news, a repeat or unreadable.
    Nothing,
    Counted(Accounted),
    /// A gift of a streak that was let go from memory: look it up, then call
    /// [`Intake::take_streak`].
    Spilled(Spilled<'m>),
}

/// A gift that waits for what the store knows of its streak.
#[derive(Debug)]
pub struct Spilled<'m> {
    pub key: StreakKey,
    heard: Heard<'m>,
}

/// An event that counts, and what came with it.
#[derive(Debug)]
struct Heard<'m> {
    at: Stamp,
    id: i64,
    method: &'m [u8],
    event: LiveEvent,
    /// What one of a gift is worth, where its teller says so.
    value: Option<UnitValue>,
}

impl Intake {
    #[must_use]
    pub const fn new(tally: Tally) -> Self {
        Self { tally, connected: None }
    }

    /// A connection began.
    pub const fn connected(&mut self, connected: Connected) {
        self.connected = Some(connected);
    }

    /// Counts `message`, which arrived at `at`.
    pub fn take<'m>(&mut self, at: Stamp, message: &'m Message, prices: &LearnedPrices) -> Taken<'m> {
        if self.tally.admit(message.id(), message.is_history()) == Admission::Skip {
            return Taken::Nothing;
        }
        let Ok(event) = message.event() else {
            self.tally.count_undecodable(message.id());
            return Taken::Nothing;
        };
        if self.connected.is_some_and(|connected| is_replayed_chat(&event, at, connected)) {
            self.tally.skip_as_history();
            return Taken::Nothing;
        }
        let heard = Heard { at, id: message.id(), method: message.method(), event, value: None };
        self.take_heard(heard, prices)
    }

    /// Counts what another program heard at `at`; `id` is its own for it.
    pub fn take_told<'m>(
        &mut self,
        at: Stamp,
        id: i64,
        told: &'m ToldEvent,
        prices: &LearnedPrices,
    ) -> Taken<'m> {
        if self.tally.admit(id, false) == Admission::Skip {
            return Taken::Nothing;
        }
        let mut event = told.event.clone();
        self.tell_apart(id, &mut event);
        self.take_heard(Heard { at, id, method: told.method.as_bytes(), event, value: told.value }, prices)
    }

    /// Counts the gift of a spilled streak; `streak` is what the store knows of it, if anything.
    pub fn take_streak(
        &mut self,
        spilled: Spilled,
        streak: Option<StreakTotal>,
        prices: &LearnedPrices,
    ) -> Accounted {
        if let Some(streak) = streak {
            self.tally.restore_streak(streak);
        }
        self.count(spilled.heard, prices)
    }

    fn take_heard<'m>(&mut self, heard: Heard<'m>, prices: &LearnedPrices) -> Taken<'m> {
        match self.tally.missing_streak(&heard.event) {
            Some(key) => Taken::Spilled(Spilled { key, heard }),
            None => Taken::Counted(self.count(heard, prices)),
        }
    }

    fn count(&mut self, heard: Heard, prices: &LearnedPrices) -> Accounted {
        let Heard { at, id, method, event, value } = heard;
        match value {
            Some(value) => self.tally.count_at(at, id, method, event, value),
            None => self.tally.count(at, id, method, event, prices),
        }
    }

    /// A program that knows no streaks tells each gift with its count and as over. Two of one person are then
    /// two gifts, however close; only where a streak without a group is running is it the end of that.
    fn tell_apart(&self, id: i64, event: &mut LiveEvent) {
        let sender = event.user.as_ref().map_or_else(UserId::default, |viewer| viewer.id);
        if let What::Gift(report) = &mut event.what
            && report.group == 0
            && report.repeat_end
        {
            if self.tally.has_open_streak(sender, report.gift) {
                report.streakable = true;
            } else if report.streakable {
                report.group = id;
            }
        }
    }
}
