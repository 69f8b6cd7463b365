//! What really was in a stream of messages, counted by definition, so that whoever listened can
//! be compared with it.
//!
//! The definition is the one of the golden captures: history and repeated ids add nothing; a
//! streak is worth its final count once; a gift that is no streak counts each time. This counter
//! shares nothing with the accounting it is used to check.

use crate::wire::Message;
use crate::wire::frame::{self, Frame};
use crate::wire::webcast as pb;
use bytes::Bytes;
use serde::Serialize;
use std::collections::{BTreeMap, HashMap, HashSet};

/// The truth about one stream: a room since it began, or one connection.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Truth {
    pub messages: Messages,
    /// By kind, as the golden captures name them.
    pub events: BTreeMap<&'static str, u64>,
    pub by_method: BTreeMap<String, u64>,
    pub diamonds: Diamonds,
    pub gift_units: i64,
    pub likes: Likes,
    pub viewers: Viewers,
    pub unique_commenters: usize,
    pub unique_gifters: usize,
    pub unique_joiners: usize,
    pub follows: u64,
    pub shares: u64,
    pub joins: u64,
    #[serde(skip)]
    memory: Memory,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Messages {
    pub in_frames: u64,
    pub history_skipped: u64,
    pub duplicates_dropped: u64,
    pub decode_errors: u64,
    pub unknown: u64,
    pub counted: u64,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Diamonds {
    pub total: i64,
    pub to_host: i64,
    pub to_others: i64,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Likes {
    pub total: i64,
    pub max_reported_total: i64,
    pub last_reported_total: i64,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Viewers {
    pub max: i64,
    #[serde(rename = "final")]
    pub last: i64,
    pub samples: u64,
    pub final_total_user: i64,
}

#[derive(Clone, Debug, Default)]
struct Memory {
    host: i64,
    seen: HashSet<i64>,
    /// (sender, gift, group) -> (counted so far, ended)
    streaks: HashMap<(i64, i64, i64), (i64, bool)>,
    commenters: HashSet<i64>,
    gifters: HashSet<i64>,
    joiners: HashSet<i64>,
}

impl Truth {
    #[must_use]
    pub fn of_host(host: i64) -> Self {
        Self { memory: Memory { host, ..Memory::default() }, ..Self::default() }
    }

    /// Counts a whole recorded frame, if it carries messages.
    pub fn count_frame(&mut self, bytes: Bytes) {
        if let Ok(Frame::Batch(batch)) = frame::read(bytes) {
            self.count_all(&batch.result.messages);
        }
    }

    pub fn count_all(&mut self, messages: &[pb::BaseMessage]) {
        messages.iter().for_each(|message| self.count(message));
    }

    fn count(&mut self, message: &pb::BaseMessage) {
        self.messages.in_frames += 1;
        if message.is_history {
            self.messages.history_skipped += 1;
            return;
        }
        if message.msg_id != 0 && !self.memory.seen.insert(message.msg_id) {
            self.messages.duplicates_dropped += 1;
            return;
        }
        let Ok(kind) = self.add(&message.method, message.payload.clone()) else {
            self.messages.decode_errors += 1;
            return;
        };
        self.messages.counted += 1;
        self.messages.unknown += u64::from(kind == "unknown");
        *self.events.entry(kind).or_default() += 1;
        *self.by_method.entry(String::from_utf8_lossy(&message.method).into_owned()).or_default() += 1;
    }

    fn add(&mut self, method: &[u8], payload: Bytes) -> Result<&'static str, crate::wire::DecodeError> {
        Ok(match method {
            b"WebcastChatMessage" => {
                remember(&mut self.memory.commenters, pb::Chat::decode(payload)?.user.as_ref());
                self.unique_commenters = self.memory.commenters.len();
                "chat"
            }
            b"WebcastGiftMessage" => {
                self.add_gift(&pb::Gift::decode(payload)?);
                "gift"
            }
            b"WebcastLikeMessage" => {
                let like = pb::Like::decode(payload)?;
                self.likes.total += like.count;
                self.likes.last_reported_total = like.total;
                self.likes.max_reported_total = self.likes.max_reported_total.max(like.total);
                "like"
            }
            b"WebcastMemberMessage" => {
                let member = pb::Member::decode(payload)?;
                if member.action != 1 {
                    return Ok("member_other");
                }
                remember(&mut self.memory.joiners, member.user.as_ref());
                self.unique_joiners = self.memory.joiners.len();
                self.joins += 1;
                "join"
            }
            b"WebcastSocialMessage" => match pb::Social::decode(payload)?.action {
                1 => {
                    self.follows += 1;
                    "follow"
                }
                3 => {
                    self.shares += 1;
                    "share"
                }
                _ => "social_other",
            },
            b"WebcastRoomUserSeqMessage" => {
                let seq = pb::RoomUserSeq::decode(payload)?;
                self.viewers = Viewers {
                    max: self.viewers.max.max(seq.total),
                    last: seq.total,
                    samples: self.viewers.samples + 1,
                    final_total_user: seq.total_user,
                };
                "viewers"
            }
            b"WebcastControlMessage" => pb::Control::decode(payload).map(|_| "control")?,
            b"WebcastEnvelopeMessage" => pb::Envelope::decode(payload).map(|_| "envelope")?,
            b"WebcastQuestionNewMessage" => pb::QuestionNew::decode(payload).map(|_| "question")?,
            b"WebcastSubNotifyMessage" => pb::SubNotify::decode(payload).map(|_| "subscribe")?,
            b"WebcastLinkMicBattle" => pb::LinkMicBattle::decode(payload).map(|_| "battle")?,
            b"WebcastLinkMicArmies" => pb::LinkMicArmies::decode(payload).map(|_| "battle_armies")?,
            b"WebcastEmoteChatMessage" => pb::EmoteChat::decode(payload).map(|_| "emote")?,
            b"WebcastLiveIntroMessage"
            | b"WebcastRoomMessage"
            | b"WebcastBarrageMessage"
            | b"WebcastCaptionMessage"
            | b"WebcastRankUpdateMessage" => pb::CommonOnly::decode(payload).map(|_| "other")?,
            _ => "unknown",
        })
    }

    fn add_gift(&mut self, gift: &pb::Gift) {
        let kind = gift.gift.clone().unwrap_or_default();
        let sender = gift.user.as_ref().map_or(0, |user| user.id);
        let units = if kind.r#type == 1 {
            let key = (sender, gift.gift_id, gift.group_id);
            let (counted, ended) = self.memory.streaks.entry(key).or_default();
            let more = if *ended { 0 } else { (gift.repeat_count - *counted).max(0) };
            *counted += more;
            *ended |= gift.repeat_end == 1;
            more
        } else {
            gift.repeat_count.max(1)
        };
        let diamonds = units * kind.diamond_count;
        let receiver = gift.to_user.as_ref().map_or(0, |user| user.id);
        self.gift_units += units;
        self.diamonds.total += diamonds;
        if receiver == 0 || receiver == self.memory.host {
            self.diamonds.to_host += diamonds;
        } else {
            self.diamonds.to_others += diamonds;
        }
        remember(&mut self.memory.gifters, gift.user.as_ref());
        self.unique_gifters = self.memory.gifters.len();
    }
}

fn remember(people: &mut HashSet<i64>, user: Option<&pb::User>) {
    people.extend(user.map(|user| user.id).filter(|id| *id != 0));
}
