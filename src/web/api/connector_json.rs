//! One event in the form that games know from the common Node connector, `tiktok-live-connector`: the
//! names and the flat members of its 1.x. docs/feed.md says what is filled and what cannot be known.
//!
//! What nobody told us is left out rather than said to be false or zero, except lists, which are
//! empty: games search them without asking whether they are there.

use crate::domain::event::{Accounted, Battle, BattlePhase, BattleSide, Viewer, What};
use crate::domain::gift::{GiftReport, ValueSource};
use crate::domain::handle::Handle;
use crate::domain::ids::{SessionId, UserId};
use crate::domain::text::Text;
use crate::domain::time::Stamp;
use crate::recorder::shared::FeedEvent;
use crate::recorder::snapshot::OnAir;
use serde::Serialize;
use serde_json::{Map, Value, json};

/// The library's types of gifts: one of type 1 can be sent as a streak, any other counts at once.
const STREAKABLE: u8 = 1;
const NOT_STREAKABLE: u8 = 2;

/// The library's states of a battle.
const BATTLE_RUNS: u8 = 1;
const BATTLE_IS_OVER: u8 = 2;

/// TikTok's own status of a room that is LIVE.
const LIVE: u8 = 2;

/// One message, as an owner reads it and as others do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    owner: String,
    /// `None` if it has nothing that is the owner's alone.
    others: Option<String>,
}

impl Written {
    #[must_use]
    pub fn text(&self, sees_money: bool) -> &str {
        if sees_money { &self.owner } else { self.others.as_ref().unwrap_or(&self.owner) }
    }
}

/// How far the streak of a gift has come, as this format counts it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counted {
    /// Gifts since the last end that was told.
    pub units: u32,
    pub ended: bool,
}

/// What an event is here, in the order in which the library raises it; `gift` is how a gift counts.
#[must_use]
pub fn event(event: &FeedEvent, gift: Option<Counted>) -> Vec<Written> {
    let FeedEvent { creator, session, host, accounted } = event;
    let origin = Origin {
        creator: Some(creator),
        session: Some(*session),
        event_id: Some(accounted.number.to_string()),
    };
    let user = || user(accounted, Identity::Unknown);
    let said = |display_type, label| said(accounted, display_type, label);
    match &accounted.event.what {
        What::Comment { text } => {
            let data = json!({"comment": text.as_str(), "emotes": []});
            vec![origin.tell("chat", [data, self::user(accounted, Identity::Told), message(accounted)])]
        }
        What::Emote { emote_ids } => {
            let emotes: Vec<_> = emote_ids.iter().map(|id| json!({"emoteId": id.as_str()})).collect();
            let first = known("emoteId", emote_ids.first().map(Text::as_str));
            vec![origin.tell("emote", [first, json!({"emotes": emotes}), user(), message(accounted)])]
        }
        What::Like { count, total } => {
            let total = known("totalLikeCount", (*total > 0).then_some(total));
            let said = said("pm_mt_msg_viewer", "{0:user} liked the LIVE");
            vec![origin.tell("like", [json!({"likeCount": count}), total, user(), said])]
        }
        What::Gift(report) => {
            gift.map(|counted| origin.tell_gift(accounted, report, *host, counted)).into_iter().collect()
        }
        What::Join { viewers, .. } => {
            let members = known("memberCount", (*viewers > 0).then_some(viewers));
            let said = said("live_room_enter_toast", "{0:user} joined");
            vec![origin.tell("member", [json!({"actionId": 1}), members, user(), said])]
        }
        What::Follow { .. } => {
            let said = said("pm_main_follow_message_viewer_2", "{0:user} followed the LIVE creator");
            ["social", "follow"].map(|name| origin.tell(name, [user(), said.clone()])).into()
        }
        What::Share => {
            let said = said("pm_mt_guidance_share", "{0:user} shared the LIVE");
            ["social", "share"].map(|name| origin.tell(name, [user(), said.clone()])).into()
        }
        What::Viewers { viewers, total_viewers } => {
            let data = json!({"viewerCount": viewers, "totalUser": total_viewers, "topViewers": []});
            vec![origin.tell("roomUser", [data])]
        }
        What::Control(control) => {
            let tell = |name| origin.tell(name, [json!({"action": control.action()})]);
            let ends = control.is_end().then(|| tell("streamEnd"));
            [Some(tell("controlMessage")), ends].into_iter().flatten().collect()
        }
        What::Question { text } => {
            vec![origin.tell("questionNew", [json!({"questionText": text.as_str()}), user()])]
        }
        What::Subscribe { months } => {
            let said = said("pm_mt_subinfo_user", "{0:user} just subscribed");
            vec![origin.tell("subscribe", [json!({"subMonth": months}), user(), said])]
        }
        What::Envelope { hidden: true, .. } => Vec::new(),
        What::Envelope { envelope_id, sender_id, sender_name, diamonds, winners, .. } => {
            let chest = json!({
                "envelopeId": envelope_id.as_str(),
                "canOpen": winners,
                "timestamp": accounted.at.0 / 1000,
                "nickname": sender_name.as_str(),
            });
            let sender = known("userId", sender_id.map(|sender| sender.to_string()));
            vec![origin.tell_with_money("envelope", json!({"coins": diamonds}), [chest, sender])]
        }
        What::Battle(battle) => {
            let users: Vec<_> = battle.sides.iter().map(side).collect();
            vec![origin.tell("linkMicBattle", [of_battle(battle), json!({"battleUsers": users})])]
        }
        What::BattleScores(battle) => {
            let army = |side: &BattleSide| {
                let points = side.score?;
                Some(json!({"hostUserId": side.host.to_string(), "points": points, "participants": []}))
            };
            let armies: Vec<_> = battle.sides.iter().filter_map(army).collect();
            vec![origin.tell("linkMicArmies", [of_battle(battle), json!({"battleArmies": armies})])]
        }
        What::MemberOther { .. }
        | What::SocialOther { .. }
        | What::Deleted { .. }
        | What::Intro { .. }
        | What::Other
        | What::Unrecognised => Vec::new(),
    }
}

/// The end of a streak whose own end never came; `event` is its last report.
#[must_use]
pub fn settled(event: &FeedEvent, units: u32) -> Option<Written> {
    let What::Gift(report) = &event.accounted.event.what else { return None };
    let origin = Origin { creator: Some(&event.creator), session: Some(event.session), event_id: None };
    Some(origin.tell_gift(&event.accounted, report, event.host, Counted { units, ended: true }))
}

/// A creator is LIVE and recorded: what `connect()` of the library resolves to, with the members of TikTok's own
/// room information that are known here.
#[must_use]
pub fn connected(on_air: &OnAir) -> Written {
    let OnAir { creator, session, nickname, start } = on_air;
    let owner = merged([
        known("id_str", start.host.map(|host| host.to_string())),
        json!({"display_id": creator.as_str(), "nickname": nickname}),
    ]);
    let room_info = merged([
        json!({"id_str": start.room.to_string(), "status": LIVE, "title": start.title, "owner": owner}),
        known("create_time", start.live_since.map(|since| since.0 / 1000)),
    ]);
    let state = json!({
        "isConnected": true,
        "upgradedToWebsocket": true,
        "roomId": start.room.to_string(),
        "roomInfo": room_info,
        "availableGifts": null,
    });
    let origin = Origin { creator: Some(creator), session: Some(*session), event_id: None };
    origin.tell("connected", [state])
}

/// A LIVE is over, or none is recorded; `reason` is for people.
#[must_use]
pub fn disconnected(creator: &Handle, session: Option<SessionId>, reason: &str) -> Written {
    let origin = Origin { creator: Some(creator), session, event_id: None };
    origin.tell("disconnected", [json!({"reason": reason})])
}

/// Events were left out for a reader that is too slow.
#[must_use]
pub fn missed(count: u64) -> Written {
    let detail = format!(
        "This reader was too slow, so up to {count} messages were left out here. They are recorded: read \
         /api/v1/sessions/{{id}}/events after the last event_id you have."
    );
    let origin = Origin { creator: None, session: None, event_id: None };
    origin.tell("pasut.missed", [json!({"count": count, "detail": detail})])
}

/// What every message begins with. `data` is the library's own; the rest is ours.
#[derive(Serialize)]
struct Message<'a> {
    event: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    creator: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    session_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    event_id: Option<&'a str>,
    data: Value,
}

/// What a message is about.
struct Origin<'a> {
    creator: Option<&'a Handle>,
    session: Option<SessionId>,
    event_id: Option<String>,
}

impl Origin<'_> {
    fn text(&self, event: &'static str, data: Value) -> String {
        let message = Message {
            event,
            creator: self.creator.map(Handle::as_str),
            session_id: self.session.map(|session| session.to_string()),
            event_id: self.event_id.as_deref(),
            data,
        };
        serde_json::to_string(&message).expect("writing to memory does not fail")
    }

    fn tell(&self, event: &'static str, data: impl IntoIterator<Item = Value>) -> Written {
        Written { owner: self.text(event, merged(data)), others: None }
    }

    /// What the owner reads has the members of `money` besides.
    fn tell_with_money(
        &self,
        event: &'static str,
        money: Value,
        data: impl IntoIterator<Item = Value>,
    ) -> Written {
        let data = merged(data);
        let others = Some(self.text(event, data.clone()));
        Written { owner: self.text(event, merged([data, money])), others }
    }

    fn tell_gift(
        &self,
        accounted: &Accounted,
        report: &GiftReport,
        host: Option<UserId>,
        counted: Counted,
    ) -> Written {
        let value = accounted.added.map(|added| added.value);
        let diamonds =
            value.filter(|value| value.source != ValueSource::Unknown).map_or(0, |value| value.diamonds);
        let gift_type = if report.streakable { STREAKABLE } else { NOT_STREAKABLE };
        let Counted { units, ended } = counted;
        let gift = json!({
            "giftId": report.gift.0,
            "giftName": report.name.as_str(),
            "describe": format!("Sent {}", report.name.as_str()),
            "giftType": gift_type,
            "repeatCount": units,
            "repeatEnd": ended,
            "timestamp": accounted.at.0,
            // The form of a gift before 1.0, which the library keeps beside the new one.
            "gift": {
                "gift_id": report.gift.0,
                "repeat_count": units,
                "repeat_end": u8::from(ended),
                "gift_type": gift_type,
            },
        });
        let data = [
            gift,
            known("groupId", (report.group != 0).then(|| report.group.to_string())),
            known("receiverUserId", report.receiver.or(host).map(|receiver| receiver.to_string())),
            user(accounted, Identity::Told),
            said(accounted, "webcast_aweme_gift_send_message", "{0:user} sent {1:gift} {2:string}"),
        ];
        self.tell_with_money("gift", json!({"diamondCount": diamonds}), data)
    }
}

/// A member, unless nobody told it.
fn known(name: &'static str, value: Option<impl Serialize>) -> Value {
    value.map_or_else(|| json!({}), |value| json!({name: value}))
}

/// The members of all `parts`, which are objects.
fn merged(parts: impl IntoIterator<Item = Value>) -> Value {
    let mut members = Map::new();
    for part in parts {
        let Value::Object(part) = part else { unreachable!("every part is made as an object") };
        members.extend(part);
    }
    Value::Object(members)
}

/// Whether a message says what somebody is to the creator: comments and gifts do.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Identity {
    Told,
    Unknown,
}

fn user(accounted: &Accounted, identity: Identity) -> Value {
    accounted.event.user.as_ref().map_or_else(|| json!({}), |viewer| person(viewer, identity))
}

fn person(viewer: &Viewer, identity: Identity) -> Value {
    let told = |what: bool| (identity == Identity::Told).then_some(what);
    let said = |text: &Text| (!text.is_empty()).then(|| text.as_str().into_owned());
    let picture = said(&viewer.avatar_url);
    merged([
        json!({
            "userId": viewer.id.to_string(),
            "userDetails": {"profilePictureUrls": picture.as_slice()},
            "profilePictureUrl": picture,
            "userBadges": [],
            "userSceneTypes": [],
            "topGifterRank": null,
        }),
        known("uniqueId", said(&viewer.display_id)),
        known("nickname", said(&viewer.nickname)),
        known("followRole", told(viewer.follower).map(u8::from)),
        known("isModerator", told(viewer.moderator)),
        known("isSubscriber", told(viewer.subscriber)),
    ])
}

fn side(side: &BattleSide) -> Value {
    let viewer = Viewer {
        id: side.host,
        display_id: side.display_id.clone(),
        nickname: side.nickname.clone(),
        ..Viewer::default()
    };
    person(&viewer, Identity::Unknown)
}

/// What the library takes from the head of a message.
fn message(accounted: &Accounted) -> Value {
    let Stamp(created_at) = accounted.event.created_at.unwrap_or(accounted.at);
    merged([
        known("msgId", (accounted.msg_id != 0).then(|| accounted.msg_id.to_string())),
        json!({"createTime": created_at.to_string()}),
    ])
}

/// The same of a message that also brings words to be shown.
fn said(accounted: &Accounted, display_type: &'static str, label: &'static str) -> Value {
    merged([message(accounted), json!({"displayType": display_type, "label": label})])
}

fn of_battle(battle: &Battle) -> Value {
    let status = match battle.phase {
        BattlePhase::Open => Some(BATTLE_RUNS),
        BattlePhase::Finished => Some(BATTLE_IS_OVER),
        BattlePhase::Other => None,
    };
    merged([json!({"battleId": battle.id.to_string()}), known("battleStatus", status)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::event::{Control, LiveEvent};
    use crate::domain::gift::{GiftAdded, UnitValue};
    use crate::domain::ids::{BattleId, GiftId, RoomId};
    use crate::domain::session::{Origin as Of, SessionStart};

    const AT: Stamp = Stamp(1_763_812_800_007);

    fn accounted(what: What) -> FeedEvent {
        let value = UnitValue { diamonds: 100, source: ValueSource::Learned };
        let added = matches!(what, What::Gift(_)).then_some(GiftAdded {
            units: 2,
            diamonds: 200,
            to_creator: true,
            value,
        });
        let viewer = Viewer {
            id: UserId(7_340_110_945_704_105_156),
            display_id: "ana".into(),
            nickname: "A\"na".into(),
            avatar_url: "https://p16.example/ana.webp".into(),
            follower: true,
            ..Viewer::default()
        };
        let event = LiveEvent { created_at: Some(AT - 7), user: Some(viewer), what };
        FeedEvent {
            creator: Handle::parse("mira").expect("valid"),
            session: SessionId(3),
            host: Some(UserId(1)),
            accounted: Accounted { number: 41, at: AT, msg_id: 9, event, added },
        }
    }

    fn read(text: &str) -> Value {
        serde_json::from_str(text).expect("JSON")
    }

    /// The names of the events, and the data of the last as an owner reads it.
    fn told(what: What, gift: Option<Counted>) -> (Vec<String>, Value) {
        let written = event(&accounted(what), gift);
        let read: Vec<_> = written.iter().map(|written| read(written.text(true))).collect();
        for message in &read {
            assert_eq!(message["creator"], "mira");
            assert_eq!(message["session_id"], "3");
            assert_eq!(message["event_id"], "41");
        }
        let names = read.iter().map(|message| message["event"].as_str().expect("a name").to_owned());
        (names.collect(), read.last().map(|message| message["data"].clone()).unwrap_or_default())
    }

    fn roses() -> What {
        What::Gift(GiftReport {
            gift: GiftId(5655),
            name: "Rose".into(),
            streakable: true,
            repeat_count: 5,
            group: 17_603_689_246_449_123,
            ..GiftReport::default()
        })
    }

    #[test]
    fn a_comment_has_the_flat_members_of_the_library_and_none_that_nobody_told() {
        let (names, data) = told(What::Comment { text: "halo\n</script>".into() }, None);
        assert_eq!(names, ["chat"]);
        assert_eq!(
            data,
            json!({
                "comment": "halo\n</script>", "emotes": [],
                "userId": "7340110945704105156", "uniqueId": "ana", "nickname": "A\"na",
                "profilePictureUrl": "https://p16.example/ana.webp", "followRole": 1,
                "userBadges": [], "userSceneTypes": [],
                "userDetails": {"profilePictureUrls": ["https://p16.example/ana.webp"]},
                "isModerator": false, "isSubscriber": false, "topGifterRank": null,
                "msgId": "9", "createTime": "1763812800000",
            })
        );
        let (_, join) = told(What::Join { viewers: 12, source: Text::default() }, None);
        for not_told in ["isModerator", "isSubscriber", "followRole"] {
            assert!(join.get(not_told).is_none(), "{not_told} is not said when somebody joins");
        }
    }

    #[test]
    fn each_kind_has_the_name_and_the_members_that_games_read() {
        let side = |host, score| BattleSide {
            host: UserId(host),
            display_id: format!("h{host}").into(),
            nickname: Text::default(),
            score,
        };
        let sides = vec![side(1, Some(30)), side(2, None)];
        let battle = Battle { id: BattleId(5), phase: BattlePhase::Open, sides, ..Battle::default() };
        let table: [(What, &[&str], Value); 13] = [
            (
                What::Like { count: 15, total: 900 },
                &["like"],
                json!({"likeCount": 15, "totalLikeCount": 900}),
            ),
            (
                What::Join { viewers: 12, source: Text::default() },
                &["member"],
                json!({"actionId": 1, "memberCount": 12, "displayType": "live_room_enter_toast"}),
            ),
            (
                What::Follow { target: None },
                &["social", "follow"],
                json!({"displayType": "pm_main_follow_message_viewer_2", "uniqueId": "ana"}),
            ),
            (What::Share, &["social", "share"], json!({"displayType": "pm_mt_guidance_share"})),
            (
                What::Viewers { viewers: 8, total_viewers: 90 },
                &["roomUser"],
                json!({"viewerCount": 8, "totalUser": 90, "topViewers": []}),
            ),
            (What::Control(Control::Paused), &["controlMessage"], json!({"action": 1})),
            (What::Control(Control::Ended), &["controlMessage", "streamEnd"], json!({"action": 3})),
            (
                What::Emote { emote_ids: vec!["71".into(), "72".into()] },
                &["emote"],
                json!({"emoteId": "71", "emotes": [{"emoteId": "71"}, {"emoteId": "72"}]}),
            ),
            (
                What::Question { text: "why?".into() },
                &["questionNew"],
                json!({"questionText": "why?", "uniqueId": "ana"}),
            ),
            (What::Subscribe { months: 3 }, &["subscribe"], json!({"subMonth": 3, "uniqueId": "ana"})),
            (What::Battle(battle.clone()), &["linkMicBattle"], json!({"battleId": "5", "battleStatus": 1})),
            (
                What::BattleScores(battle),
                &["linkMicArmies"],
                json!({
                    "battleId": "5", "battleStatus": 1,
                    "battleArmies": [{"hostUserId": "1", "points": 30, "participants": []}],
                }),
            ),
            (
                What::Envelope {
                    envelope_id: "8".into(),
                    sender_id: Some(UserId(40)),
                    sender_name: "Ana".into(),
                    diamonds: 20,
                    winners: 5,
                    hidden: false,
                },
                &["envelope"],
                json!({"coins": 20, "canOpen": 5, "userId": "40", "nickname": "Ana", "timestamp": AT.0 / 1000}),
            ),
        ];
        for (what, names, members) in table {
            let (told_names, data) = told(what, None);
            assert_eq!(told_names, names);
            for (name, value) in members.as_object().expect("an object") {
                assert_eq!(&data[name], value, "{names:?}.{name}");
            }
        }
        for what in [What::Other, What::Unrecognised, What::MemberOther { action: 3 }] {
            assert!(told(what, None).0.is_empty(), "says nothing about the LIVE");
        }
    }

    #[test]
    fn both_sides_of_a_battle_are_its_users() {
        let side = |host: i64| BattleSide {
            host: UserId(host),
            display_id: format!("h{host}").into(),
            nickname: Text::default(),
            score: None,
        };
        let battle = Battle { sides: vec![side(1), side(2)], ..Battle::default() };
        let (_, data) = told(What::Battle(battle), None);
        assert_eq!(
            (&data["battleUsers"][0]["uniqueId"], &data["battleUsers"][1]["userId"]),
            (&json!("h1"), &json!("2"))
        );
        assert!(data.get("battleStatus").is_none(), "talk before a battle is none");
    }

    #[test]
    fn a_gift_counts_as_it_is_told_to_and_costs_what_was_counted() {
        let (names, data) = told(roses(), Some(Counted { units: 7, ended: false }));
        assert_eq!(names, ["gift"]);
        let members = json!({
            "giftId": 5655, "giftName": "Rose", "describe": "Sent Rose", "giftType": 1, "diamondCount": 100,
            "repeatCount": 7, "repeatEnd": false, "groupId": "17603689246449123", "receiverUserId": "1",
            "timestamp": AT.0, "uniqueId": "ana", "msgId": "9",
            "gift": {"gift_id": 5655, "repeat_count": 7, "repeat_end": 0, "gift_type": 1},
        });
        for (name, value) in members.as_object().expect("an object") {
            assert_eq!(&data[name], value, "{name}");
        }
        assert!(told(roses(), None).0.is_empty(), "a report that adds nothing is not told");

        let settled = settled(&accounted(roses()), 4).expect("a gift");
        let settled = read(settled.text(true));
        assert_eq!(
            (&settled["data"]["repeatCount"], &settled["data"]["repeatEnd"]),
            (&json!(4), &json!(true))
        );
        assert!(settled.get("event_id").is_none(), "no message says so");
    }

    #[test]
    fn nobody_but_the_owner_reads_what_a_gift_or_a_chest_is_worth() {
        let chest = What::Envelope {
            envelope_id: "8".into(),
            sender_id: None,
            sender_name: Text::default(),
            diamonds: 4321,
            winners: 5,
            hidden: false,
        };
        for (what, member) in [(roses(), "diamondCount"), (chest, "coins")] {
            let written = event(&accounted(what), Some(Counted { units: 1, ended: true })).remove(0);
            let (owner, other) = (read(written.text(true)), read(written.text(false)));
            assert!(owner["data"][member].is_number());
            assert!(other["data"].get(member).is_none());
            let members = |read: &Value| read["data"].as_object().map_or(0, Map::len);
            assert_eq!(members(&owner) - 1, members(&other));
        }
    }

    #[test]
    fn who_connects_is_told_of_the_room() {
        let start = SessionStart {
            creator: Handle::parse("mira").expect("valid"),
            room: RoomId(7_500),
            host: Some(UserId(1)),
            title: "Sore".to_owned(),
            live_since: Some(AT),
            recorded_from: AT,
            continues: None,
            origin: Of::Live,
        };
        let on_air = OnAir {
            creator: start.creator.clone(),
            nickname: "Mira".to_owned(),
            session: SessionId(3),
            start,
        };
        let message = read(connected(&on_air).text(false));
        assert_eq!(message["event"], "connected");
        assert_eq!(
            message["data"],
            json!({
                "isConnected": true, "upgradedToWebsocket": true, "roomId": "7500", "availableGifts": null,
                "roomInfo": {
                    "id_str": "7500", "status": 2, "title": "Sore", "create_time": AT.0 / 1000,
                    "owner": {"id_str": "1", "display_id": "mira", "nickname": "Mira"},
                },
            })
        );
        let over = read(disconnected(&on_air.creator, None, "over").text(false));
        assert_eq!((&over["event"], &over["data"]["reason"]), (&json!("disconnected"), &json!("over")));
    }
}
