//! Which messages count: each once, and no old news.

use crate::domain::event::{LiveEvent, What};
use crate::domain::time::Stamp;
use hashbrown::HashTable;
use rustc_hash::FxBuildHasher;
use std::hash::BuildHasher as _;

/// How many message ids a room remembers. TikTok repeats recent messages only.
pub const WINDOW: usize = 50_000;

/// A chat created longer than this before the connection is a replay, though nothing marks it:
/// TikTok sends about six old chats after each connect.
const REPLAY_AFTER_MS: i64 = 5_000;

/// Replays arrive within this long of the connection.
const REPLAYS_WITHIN_MS: i64 = 10_000;

/// Where a recording does not tell of connections, this long without any message may have been one.
const QUIET_MS: i64 = 2_000;

/// In recorded rooms the replays of a connection, five or six, came within 231 ms, before anything else.
const REPLAYS_TOGETHER_MS: i64 = 250;

/// So many chats at once are replays: after a pause people do not all write in the same quarter second.
const REPLAYS_AT_LEAST: usize = 3;

/// The message ids that were delivered lately. Kept small, because every room has them.
#[derive(Debug, Default)]
pub struct Deliveries {
    /// Once it is full, the oldest is at `next` and is written over.
    ids: Vec<i64>,
    next: usize,
    // Invariant: holds the place in `ids` of each of them.
    places: HashTable<u16>,
}

const _: () = assert!(WINDOW <= u16::MAX as usize, "every place fits");

impl Deliveries {
    /// Whether this message was delivered before. Id 0 means "has no id" and is never a repeat.
    #[must_use]
    pub fn is_repeat(&self, msg_id: i64) -> bool {
        msg_id != 0
            && self.places.find(hash(msg_id), |place| self.ids[usize::from(*place)] == msg_id).is_some()
    }

    /// Remembers a message, and forgets the oldest beyond [`WINDOW`].
    pub fn remember(&mut self, msg_id: i64) {
        if msg_id == 0 || self.is_repeat(msg_id) {
            return;
        }
        let place = self.next;
        if self.ids.len() < WINDOW {
            if self.ids.len() == self.ids.capacity() {
                // Doubled as usual, but never beyond what is kept.
                self.ids.reserve_exact(place.max(64).min(WINDOW - place));
            }
            self.ids.push(msg_id);
        } else {
            let oldest = std::mem::replace(&mut self.ids[place], msg_id);
            if let Ok(found) = self.places.find_entry(hash(oldest), |known| usize::from(*known) == place) {
                found.remove();
            }
        }
        self.next = (place + 1) % WINDOW;
        let ids = &self.ids;
        let place = u16::try_from(place).expect("every place fits");
        self.places.insert_unique(hash(msg_id), place, |place| hash(ids[usize::from(*place)]));
    }
}

fn hash(msg_id: i64) -> u64 {
    FxBuildHasher.hash_one(msg_id)
}

/// The beginning of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Connected {
    /// By our own stamps.
    pub at: Stamp,
    /// By TikTok's clock.
    pub server_at: Stamp,
}

/// Whether an unmarked chat that arrived at `at` is older than the connection that brought it.
/// Replays come right at the beginning; later a strange creation time means nothing.
#[must_use]
pub fn is_replayed_chat(event: &LiveEvent, at: Stamp, connected: Connected) -> bool {
    let chat = matches!(event.what, What::Comment { .. } | What::Emote { .. });
    let old = |created| connected.server_at.ms_since(created) > REPLAY_AFTER_MS;
    chat && at.ms_since(connected.at) <= REPLAYS_WITHIN_MS && event.created_at.is_some_and(old)
}

/// Which messages of a recording are chats that TikTok repeated after a reconnect, where it tells neither of
/// connections nor when a chat was written: after 2 s without any message, or at its beginning, three or more
/// chats within 250 ms. `messages` are in order of time, each with whether it is a chat; the answers are in
/// the same order.
#[must_use]
pub fn replayed_chats(messages: &[(Stamp, bool)]) -> Vec<bool> {
    let mut replayed = vec![false; messages.len()];
    let mut before = None;
    for (first, (at, _)) in messages.iter().enumerate() {
        if before.replace(*at).is_some_and(|before| at.ms_since(before) < QUIET_MS) {
            continue;
        }
        let together =
            messages[first..].iter().take_while(|(later, _)| later.ms_since(*at) <= REPLAYS_TOGETHER_MS);
        let together = &messages[first..first + together.count()];
        if together.iter().filter(|(_, is_chat)| *is_chat).count() >= REPLAYS_AT_LEAST {
            for (replayed, (_, is_chat)) in replayed[first..].iter_mut().zip(together) {
                *replayed = *is_chat;
            }
        }
    }
    replayed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_delivered_once_unless_it_has_no_id() {
        let mut deliveries = Deliveries::default();
        assert!(!deliveries.is_repeat(7));
        deliveries.remember(7);
        assert!(deliveries.is_repeat(7));
        deliveries.remember(0);
        assert!(!deliveries.is_repeat(0));
    }

    #[test]
    fn only_the_newest_ids_are_remembered() {
        let mut deliveries = Deliveries::default();
        for id in 1..=WINDOW as i64 + 1 {
            deliveries.remember(id);
        }
        assert!(!deliveries.is_repeat(1));
        assert!((2..=WINDOW as i64 + 1).all(|id| deliveries.is_repeat(id)));
        assert_eq!((deliveries.ids.len(), deliveries.places.len()), (WINDOW, WINDOW));
        assert_eq!(deliveries.ids.capacity(), WINDOW);
        assert!(deliveries.places.allocation_size() < 4 * WINDOW, "half of what 50,000 ids take");
    }

    #[test]
    fn a_chat_from_before_the_connection_is_a_replay() {
        let chat =
            |created_at| LiveEvent { created_at, user: None, what: What::Comment { text: "hi".into() } };
        let server_at = Stamp(1_000_000);
        let connected = Connected { at: Stamp(500), server_at };
        let is_replay = |event: &LiveEvent, at| is_replayed_chat(event, Stamp(at), connected);
        assert!(is_replay(&chat(Some(server_at - 5_001)), 600));
        assert!(!is_replay(&chat(Some(server_at - 5_000)), 600));
        assert!(!is_replay(&chat(Some(server_at - 5_001)), 10_501), "replays come at the beginning");
        assert!(!is_replay(&chat(None), 600));
        let like =
            LiveEvent { created_at: Some(Stamp(1)), user: None, what: What::Like { count: 1, total: 1 } };
        assert!(!is_replay(&like, 600));
    }

    #[test]
    fn chats_at_once_after_a_silence_are_replays() {
        let replayed = |messages: &[(i64, bool)]| {
            let messages: Vec<_> = messages.iter().map(|(ms, chat)| (Stamp(*ms), *chat)).collect();
            let replayed = replayed_chats(&messages);
            messages.iter().zip(replayed).filter(|(_, is)| *is).map(|((at, _), _)| at.0).collect::<Vec<_>>()
        };
        let (chat, other) = (true, false);
        let at_once = |from: i64| [(from, chat), (from + 100, other), (from + 180, chat), (from + 250, chat)];
        let after = |pause: i64| [&[(0, other), (10_000, other)], &at_once(10_000 + pause)[..]].concat();
        assert_eq!(replayed(&after(2_000)), [12_000, 12_180, 12_250]);
        assert!(replayed(&after(1_999)).is_empty());
        assert_eq!(replayed(&at_once(7)), [7, 187, 257], "a recording begins with a connection");
        assert!(replayed(&[(0, other), (5_000, chat), (5_100, chat), (5_251, chat)]).is_empty(), "too slow");
        assert_eq!(replayed(&[&at_once(0)[..], &[(1_000, chat), (1_001, chat)]].concat()), [0, 180, 250]);
    }
}
