//! Wire message -> [`LiveEvent`].
//!
//! One arm per kind of message. A message nobody knows becomes [`What::Unrecognised`]; a known one
//! that does not parse is an error and costs that one message.

use crate::domain::event::{
    Battle, BattlePhase, BattleSide, Control, LiveEvent, MAX_LISTED, MOST_LIKES, Viewer, What,
};
use crate::domain::gift::{DEAREST_DIAMONDS, GiftReport};
use crate::domain::ids::{BattleId, GiftId, UserId};
use crate::domain::time::{LATEST_MS, Stamp};
use crate::wire::{DecodeError, Message, webcast as pb};
use bytes::Bytes;
use std::collections::BTreeMap;

/// Below this, `create_time` is in seconds: older messages carry them (1e11 ms is 1973).
const LARGEST_TIME_IN_SECONDS: i64 = 100_000_000_000;

/// A larger message is not read; TikTok's are some kilobytes. In memory it may take fifty times as much.
const MAX_MESSAGE_BYTES: usize = 1024 * 1024;

/// Gift type 1 can be sent as a streak.
const STREAKABLE: i64 = 1;

/// Why a message costs itself and nothing else.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    #[error(transparent)]
    Decode(#[from] DecodeError),
    #[error("the message is larger than {MAX_MESSAGE_BYTES} bytes")]
    TooLarge,
}

/// Puts one message into our words.
///
/// # Errors
///
/// If `method` is known and `payload` is no such message, or too large for one.
pub fn translate(method: &[u8], payload: Bytes) -> Result<LiveEvent, Unreadable> {
    match method {
        b"WebcastChatMessage" => {
            let chat = decode::<pb::Chat>(payload)?;
            let what = What::Comment { text: chat.content.into() };
            Ok(event(chat.common, viewer(chat.user, chat.user_identity), what))
        }
        b"WebcastEmoteChatMessage" => {
            let chat = decode::<pb::EmoteChat>(payload)?;
            let emote_ids = chat.emotes.into_iter().take(MAX_LISTED).map(|emote| emote.emote_id.into());
            let emote_ids = emote_ids.collect();
            Ok(event(chat.common, viewer(chat.user, None), What::Emote { emote_ids }))
        }
        b"WebcastLikeMessage" => {
            let like = decode::<pb::Like>(payload)?;
            let what = What::Like { count: clamp(like.count), total: like_total(like.total) };
            Ok(event(like.common, viewer(like.user, None), what))
        }
        b"WebcastGiftMessage" => Ok(gift(decode::<pb::Gift>(payload)?)),
        b"WebcastMemberMessage" => {
            let member = decode::<pb::Member>(payload)?;
            let what = match member.action {
                1 => What::Join {
                    viewers: people(member.member_count),
                    source: member.client_enter_source.into(),
                },
                action => What::MemberOther { action },
            };
            Ok(event(member.common, viewer(member.user, None), what))
        }
        b"WebcastSocialMessage" => {
            let social = decode::<pb::Social>(payload)?;
            let what = social_action(&social);
            Ok(event(social.common, viewer(social.user, None), what))
        }
        b"WebcastRoomUserSeqMessage" => {
            let room = decode::<pb::RoomUserSeq>(payload)?;
            let what = What::Viewers { viewers: people(room.total), total_viewers: people(room.total_user) };
            Ok(event(room.common, None, what))
        }
        b"WebcastControlMessage" => {
            let control = decode::<pb::Control>(payload)?;
            Ok(event(control.common, None, What::Control(Control::from_action(control.action))))
        }
        b"WebcastEnvelopeMessage" => Ok(envelope(decode::<pb::Envelope>(payload)?)),
        b"WebcastQuestionNewMessage" => {
            let message = decode::<pb::QuestionNew>(payload)?;
            let question = message.question.unwrap_or_default();
            let what = What::Question { text: question.content.into() };
            Ok(event(message.common, viewer(question.user, None), what))
        }
        b"WebcastSubNotifyMessage" => {
            let sub = decode::<pb::SubNotify>(payload)?;
            let what = What::Subscribe { months: sub.sub_month };
            Ok(event(sub.common, viewer(sub.user, None), what))
        }
        b"WebcastLinkMicBattle" => Ok(battle(decode::<pb::LinkMicBattle>(payload)?)),
        b"WebcastLinkMicArmies" => Ok(battle_scores(decode::<pb::LinkMicArmies>(payload)?)),
        b"WebcastImDeleteMessage" => {
            let delete = decode::<pb::ImDelete>(payload)?;
            let msg_ids = delete.msg_ids.into_iter().take(MAX_LISTED).collect();
            Ok(event(delete.common, None, What::Deleted { msg_ids }))
        }
        b"WebcastLiveIntroMessage" => {
            let intro = decode::<pb::LiveIntro>(payload)?;
            let what = What::Intro { text: intro.content.into() };
            Ok(event(intro.common, viewer(intro.user, None), what))
        }
        b"WebcastRoomMessage"
        | b"WebcastBarrageMessage"
        | b"WebcastCaptionMessage"
        | b"WebcastRankUpdateMessage" => {
            let other = decode::<pb::CommonOnly>(payload)?;
            Ok(event(other.common, None, What::Other))
        }
        _ => Ok(LiveEvent { created_at: None, user: None, what: What::Unrecognised }),
    }
}

fn decode<M: Message + Default>(payload: Bytes) -> Result<M, Unreadable> {
    if payload.len() > MAX_MESSAGE_BYTES { Err(Unreadable::TooLarge) } else { Ok(M::decode(payload)?) }
}

/// Server time in Unix milliseconds, whatever unit the message used; `None` if it is no time.
#[must_use]
pub fn created_at(create_time: i64) -> Option<Stamp> {
    match create_time {
        ..=0 => None,
        1..LARGEST_TIME_IN_SECONDS if create_time <= LATEST_MS / 1000 => Some(Stamp(create_time * 1000)),
        LARGEST_TIME_IN_SECONDS..=LATEST_MS => Some(Stamp(create_time)),
        _ => None,
    }
}

fn event(common: Option<pb::Common>, user: Option<Viewer>, what: What) -> LiveEvent {
    LiveEvent { created_at: created_at(common.map_or(0, |common| common.create_time)), user, what }
}

/// A sender without an id is nobody.
fn viewer(user: Option<pb::User>, identity: Option<pb::UserIdentity>) -> Option<Viewer> {
    let user = user.filter(|user| user.id != 0)?;
    let identity = identity.unwrap_or_default();
    let avatar = user.avatar_thumb.and_then(|image| image.url_list.into_iter().next());
    Some(Viewer {
        id: UserId(user.id),
        display_id: user.display_id.into(),
        nickname: user.nickname.into(),
        avatar_url: avatar.unwrap_or_default().into(),
        moderator: identity.is_moderator,
        subscriber: identity.is_subscriber,
        follower: identity.is_follower,
    })
}

fn known_user(id: i64) -> Option<UserId> {
    (id != 0).then_some(UserId(id))
}

/// A count of people.
fn people(count: i64) -> i64 {
    clamp(count).into()
}

/// The room's own counter, 0 if it is not said or cannot be.
fn like_total(total: i64) -> i64 {
    if (0..=MOST_LIKES).contains(&total) { total } else { 0 }
}

fn clamp(count: i64) -> u32 {
    u32::try_from(count.max(0)).unwrap_or(u32::MAX)
}

fn gift(message: pb::Gift) -> LiveEvent {
    // Three places may name the receiver; TikTok fills the first for guests of the room.
    let receiver = message
        .to_user
        .and_then(|user| known_user(user.id))
        .or_else(|| known_user(message.to_member_id))
        .or_else(|| message.monitor.and_then(|monitor| known_user(monitor.to_user_id)));
    let described = message.gift.is_some();
    let gift = message.gift.unwrap_or_default();
    let report = GiftReport {
        gift: GiftId(if message.gift_id == 0 { gift.id } else { message.gift_id }),
        name: gift.name.into(),
        unit_diamonds: (described && (1..=DEAREST_DIAMONDS).contains(&gift.diamond_count))
            .then(|| clamp(gift.diamond_count)),
        streakable: gift.r#type == STREAKABLE,
        repeat_count: clamp(message.repeat_count),
        repeat_end: message.repeat_end == 1,
        group: message.group_id,
        group_count: clamp(message.group_count),
        combo_count: clamp(message.combo_count),
        receiver,
    };
    event(message.common, viewer(message.user, message.user_identity), What::Gift(report))
}

/// The text key says what happened; only where it says nothing does the action number.
fn social_action(social: &pb::Social) -> What {
    let key: &[u8] =
        social.common.as_ref().and_then(|common| common.display_text.as_ref()).map_or(b"", |text| &text.key);
    let says = |word: &[u8]| key.windows(word.len()).any(|part| part == word);
    if says(b"follow") {
        What::Follow { target: known_user(social.target_user_id) }
    } else if says(b"share") {
        What::Share
    } else if key.is_empty() && social.action == 1 {
        What::Follow { target: known_user(social.target_user_id) }
    } else if key.is_empty() && (2..=5).contains(&social.action) {
        What::Share
    } else {
        What::SocialOther { action: social.action }
    }
}

fn envelope(message: pb::Envelope) -> LiveEvent {
    let info = message.info.unwrap_or_default();
    let sender_id =
        std::str::from_utf8(&info.send_user_id).ok().and_then(|id| id.parse().ok()).and_then(known_user);
    // Only user and platform chests hold diamonds; other kinds hold shells, goods or badges.
    let holds_diamonds = matches!(info.business_type, 1 | 2);
    let what = What::Envelope {
        envelope_id: info.envelope_id.into(),
        sender_id,
        sender_name: info.send_user_name.into(),
        diamonds: if holds_diamonds { clamp(info.diamond_count) } else { 0 },
        winners: clamp(info.people_count),
        hidden: message.display == 2,
    };
    event(message.common, None, what)
}

fn battle(message: pb::LinkMicBattle) -> LiveEvent {
    let mut sides: Vec<BattleSide> = message
        .anchors
        .into_iter()
        .take(MAX_LISTED)
        .map(|anchor| {
            let user = anchor.info.and_then(|info| info.user).unwrap_or_default();
            BattleSide {
                host: UserId(anchor.id),
                display_id: user.display_id.into(),
                nickname: user.nickname.into(),
                score: None,
            }
        })
        .collect();
    add_scores(&mut sides, message.results.into_iter().map(|(host, result)| (host, result.score)));
    let phase = match message.action {
        4 => BattlePhase::Open,
        5 | 6 => BattlePhase::Finished,
        _ => BattlePhase::Other,
    };
    let battle = battle_facts(message.battle_id, phase, message.setting.as_ref(), sides);
    event(message.common, None, What::Battle(battle))
}

fn battle_scores(message: pb::LinkMicArmies) -> LiveEvent {
    let mut sides = Vec::new();
    add_scores(&mut sides, message.armies.into_iter().map(|(host, army)| (host, army.host_score)));
    // Trigger 2 is the end of the battle; every other trigger means that one is running.
    let phase = if message.trigger_reason == 2 { BattlePhase::Finished } else { BattlePhase::Open };
    let battle = battle_facts(message.battle_id, phase, message.setting.as_ref(), sides);
    event(message.common, None, What::BattleScores(battle))
}

fn add_scores(sides: &mut Vec<BattleSide>, scores: impl Iterator<Item = (i64, i64)>) {
    // They come in no order, and of too many always the same are kept.
    let scores: BTreeMap<_, _> = scores.collect();
    for (host, score) in scores.into_iter().take(MAX_LISTED) {
        let host = UserId(host);
        match sides.iter_mut().find(|side| side.host == host) {
            Some(side) => side.score = Some(score),
            None => sides.push(BattleSide { host, score: Some(score), ..BattleSide::default() }),
        }
    }
    sides.sort_by_key(|side| side.host);
}

fn battle_facts(
    id: i64,
    phase: BattlePhase,
    setting: Option<&pb::BattleSetting>,
    sides: Vec<BattleSide>,
) -> Battle {
    let started_at = setting.and_then(|setting| created_at(setting.start_time_ms));
    let ends_at = setting.and_then(|setting| created_at(setting.end_time_ms)).or_else(|| {
        let seconds = setting?.duration.clamp(0, 86_400);
        (seconds > 0).then_some(started_at? + seconds * 1000)
    });
    Battle { id: BattleId(id), phase, started_at, ends_at, sides }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn social(key: &'static str, action: i64) -> What {
        let text = pb::Text { key: Bytes::from_static(key.as_bytes()), ..pb::Text::default() };
        let common = pb::Common { display_text: Some(text), ..pb::Common::default() };
        social_action(&pb::Social { common: Some(common), action, ..pb::Social::default() })
    }

    #[test]
    fn follows_and_shares_are_told_by_text_key_then_by_action() {
        for (key, action, expected) in [
            ("pm_main_follow_message_viewer_2", 1, What::Follow { target: None }),
            ("pm_mt_guidance_share", 3, What::Share),
            ("", 1, What::Follow { target: None }),
            ("", 4, What::Share),
            ("pm_mt_something_else", 1, What::SocialOther { action: 1 }),
            ("", 9, What::SocialOther { action: 9 }),
        ] {
            assert_eq!(social(key, action), expected, "{key:?} {action}");
        }
    }

    #[test]
    fn server_time_is_milliseconds_whatever_the_message_carried() {
        assert_eq!(created_at(0), None);
        assert_eq!(created_at(-5), None);
        assert_eq!(created_at(1_697_111_710), Some(Stamp(1_697_111_710_000)));
        assert_eq!(created_at(1_697_111_710_123), Some(Stamp(1_697_111_710_123)));
        for in_no_time_to_come in [90_000_000_000, LATEST_MS + 1, 1_697_111_710_123_000, i64::MAX] {
            assert_eq!(created_at(in_no_time_to_come), None, "{in_no_time_to_come}");
        }
    }

    #[test]
    fn a_field_of_another_wire_type_costs_that_message_only() {
        // Field 3 (content) as a varint instead of text.
        assert!(translate(b"WebcastChatMessage", Bytes::from_static(&[0x18, 0x01])).is_err());
        assert!(translate(b"WebcastChatMessage", Bytes::new()).is_ok());
    }

    #[test]
    fn numbers_that_cannot_be_are_not_believed() {
        let price = |diamond_count: i64| {
            let gift = pb::GiftStruct { diamond_count, ..pb::GiftStruct::default() };
            match super::gift(pb::Gift { gift: Some(gift), ..pb::Gift::default() }).what {
                What::Gift(report) => report.unit_diamonds,
                other => panic!("{other:?}"),
            }
        };
        assert_eq!([0, -1, 44_999, 1_000_001, i64::MAX].map(price), [None, None, Some(44_999), None, None]);
        assert_eq!([-1, 5_000_000_000, i64::MAX].map(like_total), [0, 5_000_000_000, 0]);
        assert_eq!([-1, 250, i64::MAX].map(people), [0, 250, i64::from(u32::MAX)]);
    }

    #[test]
    fn a_message_that_is_too_large_is_not_read() {
        let text = |bytes: usize| pb::Chat { content: vec![b'x'; bytes].into(), ..pb::Chat::default() };
        let read = |chat: pb::Chat| translate(b"WebcastChatMessage", chat.encode_to_vec().into());
        assert!(read(text(MAX_MESSAGE_BYTES - 10)).is_ok());
        assert!(matches!(read(text(MAX_MESSAGE_BYTES)), Err(Unreadable::TooLarge)));
    }

    #[test]
    fn of_a_battle_of_thousands_the_same_hundred_sides_are_kept() {
        let armies = (0..20_000).map(|host| (host, pb::Army { host_score: host }));
        let battle = pb::LinkMicArmies { armies: armies.collect(), ..pb::LinkMicArmies::default() };
        let event = translate(b"WebcastLinkMicArmies", battle.encode_to_vec().into()).expect("readable");
        let What::BattleScores(battle) = event.what else { panic!("{event:?}") };
        assert_eq!(
            battle.sides.iter().map(|side| side.host.0).collect::<Vec<_>>(),
            (0..100).collect::<Vec<_>>()
        );
    }

    #[test]
    fn a_name_in_the_wrong_case_or_with_a_tail_is_unrecognised() {
        for method in ["", "webcastchatmessage", "WebcastChatMessageV2"] {
            let event = translate(method.as_bytes(), Bytes::from_static(b"\xff")).expect("never parsed");
            assert_eq!(event.what, What::Unrecognised, "{method}");
        }
    }
}
