//! From a message to an accounted event: the one path of every recording.
//!
//! A live watch, the replay of a capture and the demo's history all feed messages through here, and what
//! another program heard comes the same way without having been a message of ours.

use crate::analytics::delivery::{Connected, is_replayed_chat};
use crate::analytics::gift_value::LearnedPrices;
use crate::analytics::tally::{Admission, Tally};
use crate::connector::incoming::Message;
use crate::domain::event::{Accounted, LiveEvent, What};
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
pub enum Taken {
    /// Old news, a repeat or unreadable.
    Nothing,
    Counted(Accounted),
    /// A gift of a streak that was let go from memory: look it up, then call
    /// [`Intake::take_streak`].
    Spilled(StreakKey, LiveEvent),
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
    pub fn take(&mut self, at: Stamp, message: &Message, prices: &LearnedPrices) -> Taken {
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
        if let Some(key) = self.tally.missing_streak(&event) {
            return Taken::Spilled(key, event);
        }
        Taken::Counted(self.tally.count(at, message.id(), message.method(), event, prices))
    }

    /// Counts the gift of a spilled streak; `streak` is what the store knows of it, if anything.
    pub fn take_streak(
        &mut self,
        at: Stamp,
        message: &Message,
        event: LiveEvent,
        streak: Option<StreakTotal>,
        prices: &LearnedPrices,
    ) -> Accounted {
        if let Some(streak) = streak {
            self.tally.restore_streak(streak);
        }
        self.tally.count(at, message.id(), message.method(), event, prices)
    }

    /// Counts what another program heard at `at`; `id` is its own for it.
    pub fn take_told(&mut self, at: Stamp, id: i64, told: &ToldEvent, prices: &LearnedPrices) -> Taken {
        if self.tally.admit(id, false) == Admission::Skip {
            return Taken::Nothing;
        }
        let mut event = told.event.clone();
        self.tell_apart(id, &mut event);
        if let Some(key) = self.tally.missing_streak(&event) {
            return Taken::Spilled(key, event);
        }
        Taken::Counted(self.count_told(at, id, told, event, prices))
    }

    /// Counts a told gift of a spilled streak, as [`Intake::take_streak`] does.
    pub fn take_told_streak(
        &mut self,
        at: Stamp,
        id: i64,
        told: &ToldEvent,
        event: LiveEvent,
        streak: Option<StreakTotal>,
        prices: &LearnedPrices,
    ) -> Accounted {
        if let Some(streak) = streak {
            self.tally.restore_streak(streak);
        }
        self.count_told(at, id, told, event, prices)
    }

    fn count_told(
        &mut self,
        at: Stamp,
        id: i64,
        told: &ToldEvent,
        event: LiveEvent,
        prices: &LearnedPrices,
    ) -> Accounted {
        let method = told.method.as_bytes();
        match told.value {
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
