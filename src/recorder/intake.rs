//! From a message to an accounted event: the one path of every recording.
//!
//! A live watch, the replay of a capture and the demo's history all feed messages through here.

use crate::analytics::delivery::{Connected, is_replayed_chat};
use crate::analytics::gift_value::LearnedPrices;
use crate::analytics::tally::{Admission, Tally};
use crate::connector::incoming::Message;
use crate::domain::event::{Accounted, LiveEvent};
use crate::domain::time::Stamp;
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
}
