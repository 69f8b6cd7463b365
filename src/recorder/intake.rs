//! From a message to an accounted event: the one path of every recording.
//!
//! A live watch, the replay of a capture and the demo's history all feed messages through here.

use crate::analytics::delivery::is_replayed_chat;
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
    /// TikTok's time when the connection began; chats from before it are replays. `None` for a
    /// capture, which does not tell its connections apart.
    connected_at: Option<Stamp>,
}

/// Where streaks that were let go from memory are found again.
pub trait SpilledStreaks {
    fn find(&mut self, key: StreakKey) -> impl Future<Output = Option<StreakTotal>> + Send;
}

impl Intake {
    #[must_use]
    pub const fn new(tally: Tally) -> Self {
        Self { tally, connected_at: None }
    }

    /// A connection began at `at`, TikTok's time.
    pub const fn connected(&mut self, at: Stamp) {
        self.connected_at = Some(at);
    }

    /// Counts `message`, which arrived at `at`, unless it is old news, a repeat or unreadable.
    pub async fn take(
        &mut self,
        at: Stamp,
        message: &Message,
        prices: &LearnedPrices,
        spilled: &mut impl SpilledStreaks,
    ) -> Option<Accounted> {
        let event = self.admit(message)?;
        if let Some(key) = self.tally.missing_streak(&event)
            && let Some(streak) = spilled.find(key).await
        {
            self.tally.restore_streak(streak);
        }
        Some(self.tally.count(at, message.id(), message.method(), event, prices))
    }

    fn admit(&mut self, message: &Message) -> Option<LiveEvent> {
        if self.tally.admit(message.id(), message.is_history()) == Admission::Skip {
            return None;
        }
        let Ok(event) = message.event() else {
            self.tally.count_undecodable(message.id());
            return None;
        };
        if self.connected_at.is_some_and(|connected| is_replayed_chat(&event, connected)) {
            self.tally.skip_as_history();
            return None;
        }
        Some(event)
    }
}
