//! Writes what happens in a room as TikTok's messages.

use super::people::{GiftKind, Person};
use crate::wire::Message;
use crate::wire::webcast as pb;
use bytes::Bytes;
use std::collections::HashMap;

/// Writes messages of one room. Message ids count up from the room's id, so the same room tells
/// the same story under the same ids.
#[derive(Clone, Debug)]
pub struct Pen {
    pub room_id: i64,
    pub owner: Person,
    last_msg_id: i64,
}

/// One message about a gift.
#[derive(Clone, Debug)]
pub struct GiftTick<'a> {
    pub from: &'a Person,
    /// A guest of the room; none is the creator.
    pub to: Option<&'a Person>,
    pub gift: GiftKind,
    pub group: i64,
    pub repeat_count: i64,
    pub end: bool,
}

/// One side of a battle.
#[derive(Clone, Debug)]
pub struct Side<'a> {
    pub host: &'a Person,
    pub score: i64,
}

/// `WebcastControlMessage.action`
pub const PAUSED: i64 = 1;
pub const UNPAUSED: i64 = 2;
pub const ENDED: i64 = 3;

fn bytes(text: &str) -> Bytes {
    Bytes::copy_from_slice(text.as_bytes())
}

fn image(path: &str) -> Option<pb::Image> {
    // A host as TikTok names them; who listens to a simulator asks the simulator for the path.
    Some(pb::Image { url_list: vec![bytes(&format!("https://p16-sign-sg.tiktokcdn.com/{path}.png"))] })
}

pub(super) fn user(person: &Person) -> pb::User {
    pb::User {
        id: person.id,
        nickname: bytes(&person.nickname),
        avatar_thumb: image(&format!("avatar/{}", person.id)),
        display_id: bytes(&person.display_id),
    }
}

impl Pen {
    /// `hand` keeps the ids of several writers in one room apart.
    #[must_use]
    pub fn new(room_id: i64, owner: Person, hand: i64) -> Self {
        Self { room_id, owner, last_msg_id: room_id / 10 * 10 + hand * 1_000_000_000_000 }
    }

    fn common(&mut self, method: &'static str, key: &'static str, at_ms: i64) -> Option<pb::Common> {
        self.last_msg_id += 1;
        let text = pb::Text { key: Bytes::from_static(key.as_bytes()), ..pb::Text::default() };
        Some(pb::Common {
            method: Bytes::from_static(method.as_bytes()),
            msg_id: self.last_msg_id,
            room_id: self.room_id,
            create_time: at_ms,
            is_show_msg: true,
            display_text: (!key.is_empty()).then_some(text),
        })
    }

    fn message(&self, method: &'static str, body: &impl Message) -> pb::BaseMessage {
        pb::BaseMessage {
            method: Bytes::from_static(method.as_bytes()),
            payload: body.encode_to_vec().into(),
            msg_id: self.last_msg_id,
            is_history: false,
        }
    }

    pub fn comment(&mut self, at_ms: i64, from: &Person, text: &str) -> pb::BaseMessage {
        let common = self.common("WebcastChatMessage", "", at_ms);
        let chat = pb::Chat {
            common,
            user: Some(user(from)),
            content: bytes(text),
            content_language: Bytes::from_static(b"un"),
            user_identity: Some(pb::UserIdentity { is_follower: from.id % 3 == 0, ..Default::default() }),
        };
        self.message("WebcastChatMessage", &chat)
    }

    pub fn emote(&mut self, at_ms: i64, from: &Person, emote_id: &str) -> pb::BaseMessage {
        let common = self.common("WebcastEmoteChatMessage", "", at_ms);
        let emote = pb::Emote { emote_id: bytes(emote_id), image: image(&format!("emote/{emote_id}")) };
        let chat = pb::EmoteChat { common, user: Some(user(from)), emotes: vec![emote] };
        self.message("WebcastEmoteChatMessage", &chat)
    }

    /// `total` is the room's own like counter after this.
    pub fn like(&mut self, at_ms: i64, from: &Person, count: i64, total: i64) -> pb::BaseMessage {
        let common = self.common("WebcastLikeMessage", "pm_mt_msg_viewer", at_ms);
        let like = pb::Like { common, count, total, user: Some(user(from)) };
        self.message("WebcastLikeMessage", &like)
    }

    pub fn gift(&mut self, at_ms: i64, tick: &GiftTick<'_>) -> pb::BaseMessage {
        let common = self.common("WebcastGiftMessage", "", at_ms);
        let kind = pb::GiftStruct {
            image: image(&format!("gift/{}", tick.gift.id)),
            id: tick.gift.id,
            combo: tick.gift.streakable,
            r#type: if tick.gift.streakable { 1 } else { 2 },
            diamond_count: tick.gift.diamonds,
            name: bytes(tick.gift.name),
        };
        let gift = pb::Gift {
            common,
            gift_id: tick.gift.id,
            group_count: 1,
            repeat_count: tick.repeat_count,
            combo_count: tick.repeat_count,
            user: Some(user(tick.from)),
            to_user: tick.to.map(user),
            repeat_end: tick.end.into(),
            group_id: tick.group,
            gift: Some(kind),
            monitor: tick.to.map(|person| pb::GiftMonitor { to_user_id: person.id }),
            ..pb::Gift::default()
        };
        self.message("WebcastGiftMessage", &gift)
    }

    pub fn join(&mut self, at_ms: i64, who: &Person, viewers: i64, source: &str) -> pb::BaseMessage {
        let common = self.common("WebcastMemberMessage", "pm_mt_join_message_other_viewer", at_ms);
        let member = pb::Member {
            common,
            user: Some(user(who)),
            member_count: viewers,
            action: 1,
            client_enter_source: bytes(source),
            ..pb::Member::default()
        };
        self.message("WebcastMemberMessage", &member)
    }

    pub fn follow(&mut self, at_ms: i64, who: &Person, followers: i64) -> pb::BaseMessage {
        let common = self.common("WebcastSocialMessage", "pm_main_follow_message_viewer_2", at_ms);
        let social = pb::Social {
            common,
            user: Some(user(who)),
            action: 1,
            follow_count: followers,
            ..pb::Social::default()
        };
        self.message("WebcastSocialMessage", &social)
    }

    pub fn share(&mut self, at_ms: i64, who: &Person) -> pb::BaseMessage {
        let common = self.common("WebcastSocialMessage", "pm_mt_guidance_share", at_ms);
        let social =
            pb::Social { common, user: Some(user(who)), share_type: 1, action: 3, ..pb::Social::default() };
        self.message("WebcastSocialMessage", &social)
    }

    pub fn viewers(&mut self, at_ms: i64, viewers: i64, total_viewers: i64) -> pb::BaseMessage {
        let common = self.common("WebcastRoomUserSeqMessage", "", at_ms);
        let seq = pb::RoomUserSeq {
            common,
            total: viewers,
            popularity: viewers,
            total_user: total_viewers,
            anonymous: viewers / 4,
        };
        self.message("WebcastRoomUserSeqMessage", &seq)
    }

    pub fn control(&mut self, at_ms: i64, action: i64) -> pb::BaseMessage {
        let common = self.common("WebcastControlMessage", "", at_ms);
        self.message("WebcastControlMessage", &pb::Control { common, action })
    }

    pub fn question(&mut self, at_ms: i64, from: &Person, text: &str) -> pb::BaseMessage {
        let common = self.common("WebcastQuestionNewMessage", "", at_ms);
        let question = pb::Question { id: self.last_msg_id, content: bytes(text), user: Some(user(from)) };
        self.message("WebcastQuestionNewMessage", &pb::QuestionNew { common, question: Some(question) })
    }

    pub fn envelope(&mut self, at_ms: i64, from: &Person, diamonds: i64, winners: i64) -> pb::BaseMessage {
        let common = self.common("WebcastEnvelopeMessage", "", at_ms);
        let info = pb::EnvelopeInfo {
            envelope_id: bytes(&self.last_msg_id.to_string()),
            business_type: 1,
            send_user_name: bytes(&from.nickname),
            diamond_count: diamonds,
            people_count: winners,
            unpack_at: at_ms / 1000 + 60,
            send_user_id: bytes(&from.id.to_string()),
        };
        self.message("WebcastEnvelopeMessage", &pb::Envelope { common, info: Some(info), display: 1 })
    }

    pub fn subscribe(&mut self, at_ms: i64, who: &Person, months: i64) -> pb::BaseMessage {
        let common = self.common("WebcastSubNotifyMessage", "", at_ms);
        let sub = pb::SubNotify { common, user: Some(user(who)), sub_month: months };
        self.message("WebcastSubNotifyMessage", &sub)
    }

    pub fn intro(&mut self, at_ms: i64, text: &str) -> pb::BaseMessage {
        let common = self.common("WebcastLiveIntroMessage", "", at_ms);
        let intro = pb::LiveIntro { common, content: bytes(text), user: Some(user(&self.owner)) };
        self.message("WebcastLiveIntroMessage", &intro)
    }

    /// A battle opens or is over. `starts_ms` and `seconds` are its plan.
    pub fn battle(
        &mut self,
        at_ms: i64,
        battle_id: i64,
        over: bool,
        plan: (i64, i64),
        sides: &[Side<'_>],
    ) -> pb::BaseMessage {
        let common = self.common("WebcastLinkMicBattle", "", at_ms);
        let best = sides.iter().map(|side| side.score).max().unwrap_or(0);
        let drawn = sides.iter().filter(|side| side.score == best).count() > 1;
        let result = |side: &Side<'_>| pb::BattleResult {
            user_id: side.host.id,
            result: if drawn { 2 } else { i64::from(side.score < best) },
            score: side.score,
        };
        let anchor = |side: &Side<'_>| pb::BattleAnchor {
            id: side.host.id,
            info: Some(pb::BattleAnchorInfo {
                user: Some(pb::BattleUser {
                    id: side.host.id,
                    nickname: bytes(&side.host.nickname),
                    display_id: bytes(&side.host.display_id),
                }),
            }),
        };
        let battle = pb::LinkMicBattle {
            common,
            battle_id,
            setting: Some(battle_setting(plan, over)),
            action: if over { 5 } else { 4 },
            results: if over {
                sides.iter().map(|side| (side.host.id, result(side))).collect()
            } else {
                HashMap::new()
            },
            anchors: sides.iter().map(anchor).collect(),
        };
        self.message("WebcastLinkMicBattle", &battle)
    }

    pub fn battle_scores(
        &mut self,
        at_ms: i64,
        battle_id: i64,
        plan: (i64, i64),
        sides: &[Side<'_>],
    ) -> pb::BaseMessage {
        let common = self.common("WebcastLinkMicArmies", "", at_ms);
        let armies = pb::LinkMicArmies {
            common,
            battle_id,
            armies: sides.iter().map(|side| (side.host.id, pb::Army { host_score: side.score })).collect(),
            trigger_reason: 0,
            setting: Some(battle_setting(plan, false)),
        };
        self.message("WebcastLinkMicArmies", &armies)
    }

    /// A message whose method or payload is the caller's own.
    pub fn odd(&mut self, method: &'static str, payload: Vec<u8>) -> pb::BaseMessage {
        self.last_msg_id += 1;
        pb::BaseMessage {
            method: Bytes::from_static(method.as_bytes()),
            payload: payload.into(),
            msg_id: self.last_msg_id,
            is_history: false,
        }
    }
}

fn battle_setting((starts_ms, seconds): (i64, i64), over: bool) -> pb::BattleSetting {
    pb::BattleSetting {
        start_time_ms: starts_ms,
        duration: seconds,
        status: if over { 2 } else { 1 },
        end_time_ms: starts_ms + seconds * 1000,
    }
}
