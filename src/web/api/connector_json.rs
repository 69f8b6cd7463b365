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

/// The library's types of gifts: one of type 1 can be sent as a streak, any other counts at once.
const STREAKABLE: u8 = 1;
const NOT_STREAKABLE: u8 = 2;

/// One message, as an owner reads it and as others do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    owner: String,
    /// `None` if it has nothing that is the owner's alone.
    others: Option<String>,
}

impl Written {
    fn same_for_all(message: &Message<impl Serialize>) -> Self {
        Self { owner: json(message), others: None }
    }

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
    let at = Origin { creator, session: *session, event_id: Some(accounted.number.to_string()) };
    let user = || user(accounted, Identity::Unknown);
    let said_of = |display_type, label| Common::of(accounted, Some((display_type, label)));
    match &accounted.event.what {
        What::Comment { text } => {
            let user = self::user(accounted, Identity::Told);
            at.tell(
                "chat",
                Chat { comment: owned(text), emotes: [], user, common: Common::of(accounted, None) },
            )
        }
        What::Emote { emote_ids } => {
            at.tell("emote", Emote::of(emote_ids, user(), Common::of(accounted, None)))
        }
        What::Like { count, total } => {
            let common = said_of("pm_mt_msg_viewer", "{0:user} liked the LIVE");
            let total_like_count = (*total > 0).then_some(*total);
            at.tell("like", Like { like_count: *count, total_like_count, user: user(), common })
        }
        What::Gift(report) => {
            gift.map(|counted| at.gift(accounted, report, *host, counted)).into_iter().collect()
        }
        What::Join { viewers, .. } => {
            let common = said_of("live_room_enter_toast", "{0:user} joined");
            let member_count = (*viewers > 0).then_some(*viewers);
            at.tell("member", Member { action_id: 1, member_count, user: user(), common })
        }
        What::Follow { .. } => {
            let common = said_of("pm_main_follow_message_viewer_2", "{0:user} followed the LIVE creator");
            at.tell_twice(["social", "follow"], &Social { user: user(), common })
        }
        What::Share => {
            let common = said_of("pm_mt_guidance_share", "{0:user} shared the LIVE");
            at.tell_twice(["social", "share"], &Social { user: user(), common })
        }
        What::Viewers { viewers, total_viewers } => {
            let room = RoomUser { viewer_count: *viewers, total_user: *total_viewers, top_viewers: [] };
            at.tell("roomUser", room)
        }
        What::Control(control) => {
            let data = Action { action: control.action() };
            let ends = control.is_end().then(|| at.message("streamEnd", &data));
            let told = at.message("controlMessage", &data);
            [Some(told), ends].into_iter().flatten().map(|message| Written::same_for_all(&message)).collect()
        }
        What::Question { text } => {
            at.tell("questionNew", Question { question_text: owned(text), user: user() })
        }
        What::Subscribe { months } => {
            let common = said_of("pm_mt_subinfo_user", "{0:user} just subscribed");
            at.tell("subscribe", Subscribe { sub_month: *months, user: user(), common })
        }
        What::Envelope { hidden: true, .. } => Vec::new(),
        What::Envelope { .. } => vec![at.envelope(accounted)],
        What::Battle(battle) => at.tell("linkMicBattle", LinkMicBattle::of(battle)),
        What::BattleScores(battle) => at.tell("linkMicArmies", LinkMicArmies::of(battle)),
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
    let at = Origin { creator: &event.creator, session: event.session, event_id: None };
    Some(at.gift(&event.accounted, report, event.host, Counted { units, ended: true }))
}

/// A creator is LIVE and recorded.
#[must_use]
pub fn connected(on_air: &OnAir) -> Written {
    let OnAir { creator, session, nickname, start } = on_air;
    let owner = Owner {
        id_str: start.host.map(|host| host.to_string()),
        display_id: creator.as_str().to_owned(),
        nickname: nickname.clone(),
    };
    let state = State {
        is_connected: true,
        upgraded_to_websocket: true,
        room_id: start.room.to_string(),
        room_info: RoomInfo {
            id_str: start.room.to_string(),
            status: 2,
            title: start.title.clone(),
            create_time: start.live_since.map(|since| since.0 / 1000),
            owner,
        },
        available_gifts: None,
    };
    let at = Origin { creator, session: *session, event_id: None };
    Written::same_for_all(&at.message("connected", &state))
}

/// A LIVE is over, or none is recorded; `reason` is for people.
#[must_use]
pub fn disconnected(creator: &Handle, session: Option<SessionId>, reason: &str) -> Written {
    let message = Message {
        event: "disconnected",
        creator: Some(creator.as_str()),
        session_id: session.map(|session| session.to_string()),
        event_id: None,
        data: &Reason { reason: reason.to_owned() },
    };
    Written::same_for_all(&message)
}

/// Events were left out for a reader that is too slow.
#[must_use]
pub fn missed(count: u64) -> Written {
    let detail = format!(
        "This reader was too slow, so up to {count} messages were left out here. They are recorded: read \
         /api/v1/sessions/{{id}}/events after the last event_id you have."
    );
    let data = &Missed { count, detail };
    let message = Message { event: "pasut.missed", creator: None, session_id: None, event_id: None, data };
    Written::same_for_all(&message)
}

fn json(message: &Message<impl Serialize>) -> String {
    serde_json::to_string(message).expect("writing to memory does not fail")
}

fn owned(text: &Text) -> String {
    text.as_str().into_owned()
}

/// What every message begins with. `data` is the library's own; the rest is ours.
#[derive(Serialize)]
struct Message<'a, D> {
    event: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    creator: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    session_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    event_id: Option<String>,
    data: &'a D,
}

struct Origin<'a> {
    creator: &'a Handle,
    session: SessionId,
    event_id: Option<String>,
}

impl Origin<'_> {
    fn message<'a, D: Serialize>(&'a self, event: &'static str, data: &'a D) -> Message<'a, D> {
        Message {
            event,
            creator: Some(self.creator.as_str()),
            session_id: Some(self.session.to_string()),
            event_id: self.event_id.clone(),
            data,
        }
    }

    fn tell(&self, event: &'static str, data: impl Serialize) -> Vec<Written> {
        vec![Written::same_for_all(&self.message(event, &data))]
    }

    fn tell_twice(&self, events: [&'static str; 2], data: &impl Serialize) -> Vec<Written> {
        events.into_iter().map(|event| Written::same_for_all(&self.message(event, data))).collect()
    }

    fn gift(
        &self,
        accounted: &Accounted,
        report: &GiftReport,
        host: Option<UserId>,
        counted: Counted,
    ) -> Written {
        let diamonds = accounted
            .added
            .map(|added| added.value)
            .filter(|value| value.source != ValueSource::Unknown)
            .map_or(0, |value| value.diamonds);
        let gift = || Gift::of(accounted, report, host, counted);
        Written {
            owner: json(
                &self.message("gift", &WithMoney { money: Price { diamond_count: diamonds }, rest: gift() }),
            ),
            others: Some(json(&self.message("gift", &gift()))),
        }
    }

    fn envelope(&self, accounted: &Accounted) -> Written {
        let What::Envelope { envelope_id, sender_id, sender_name, diamonds, winners, .. } =
            &accounted.event.what
        else {
            unreachable!("asked for an envelope alone");
        };
        let chest = || Envelope {
            envelope_id: owned(envelope_id),
            can_open: *winners,
            timestamp: accounted.at.0 / 1000,
            user_id: sender_id.map(|sender| sender.to_string()),
            nickname: owned(sender_name),
        };
        let money = Coins { coins: *diamonds };
        Written {
            owner: json(&self.message("envelope", &WithMoney { money, rest: chest() })),
            others: Some(json(&self.message("envelope", &chest()))),
        }
    }
}

/// What the owner alone reads of something, before the rest of it.
#[derive(Serialize)]
struct WithMoney<M, D> {
    #[serde(flatten)]
    money: M,
    #[serde(flatten)]
    rest: D,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Price {
    diamond_count: u32,
}

#[derive(Serialize)]
struct Coins {
    coins: u32,
}

/// Whether a message says what somebody is to the creator: comments and gifts do.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Identity {
    Told,
    Unknown,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct User {
    user_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    unique_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    nickname: Option<String>,
    profile_picture_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    follow_role: Option<u8>,
    user_badges: [(); 0],
    user_scene_types: [(); 0],
    user_details: UserDetails,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_moderator: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_subscriber: Option<bool>,
    top_gifter_rank: Option<u32>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct UserDetails {
    profile_picture_urls: Vec<String>,
}

fn user(accounted: &Accounted, identity: Identity) -> Option<User> {
    accounted.event.user.as_ref().map(|viewer| User::of(viewer, identity))
}

impl User {
    fn of(viewer: &Viewer, identity: Identity) -> Self {
        let told = |what: bool| (identity == Identity::Told).then_some(what);
        let said = |text: &Text| (!text.is_empty()).then(|| owned(text));
        let picture = said(&viewer.avatar_url);
        Self {
            user_id: viewer.id.to_string(),
            unique_id: said(&viewer.display_id),
            nickname: said(&viewer.nickname),
            user_details: UserDetails { profile_picture_urls: picture.iter().cloned().collect() },
            profile_picture_url: picture,
            follow_role: told(viewer.follower).map(u8::from),
            user_badges: [],
            user_scene_types: [],
            is_moderator: told(viewer.moderator),
            is_subscriber: told(viewer.subscriber),
            top_gifter_rank: None,
        }
    }

    fn of_side(side: &BattleSide) -> Self {
        let viewer = Viewer {
            id: side.host,
            display_id: side.display_id.clone(),
            nickname: side.nickname.clone(),
            ..Viewer::default()
        };
        Self::of(&viewer, Identity::Unknown)
    }
}

/// What the library takes from the head of a message.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Common {
    #[serde(skip_serializing_if = "Option::is_none")]
    msg_id: Option<String>,
    create_time: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    display_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<&'static str>,
}

impl Common {
    fn of(accounted: &Accounted, said: Option<(&'static str, &'static str)>) -> Self {
        let Stamp(created_at) = accounted.event.created_at.unwrap_or(accounted.at);
        Self {
            msg_id: (accounted.msg_id != 0).then(|| accounted.msg_id.to_string()),
            create_time: created_at.to_string(),
            display_type: said.map(|(display_type, _)| display_type),
            label: said.map(|(_, label)| label),
        }
    }
}

#[derive(Serialize)]
struct Chat {
    comment: String,
    emotes: [(); 0],
    #[serde(flatten)]
    user: Option<User>,
    #[serde(flatten)]
    common: Common,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Emote {
    #[serde(skip_serializing_if = "Option::is_none")]
    emote_id: Option<String>,
    emotes: Vec<EmoteId>,
    #[serde(flatten)]
    user: Option<User>,
    #[serde(flatten)]
    common: Common,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct EmoteId {
    emote_id: String,
}

impl Emote {
    fn of(ids: &[Text], user: Option<User>, common: Common) -> Self {
        let emotes = ids.iter().map(|id| EmoteId { emote_id: owned(id) }).collect();
        Self { emote_id: ids.first().map(owned), emotes, user, common }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Like {
    like_count: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    total_like_count: Option<i64>,
    #[serde(flatten)]
    user: Option<User>,
    #[serde(flatten)]
    common: Common,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Member {
    action_id: u8,
    #[serde(skip_serializing_if = "Option::is_none")]
    member_count: Option<i64>,
    #[serde(flatten)]
    user: Option<User>,
    #[serde(flatten)]
    common: Common,
}

#[derive(Serialize)]
struct Social {
    #[serde(flatten)]
    user: Option<User>,
    #[serde(flatten)]
    common: Common,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Gift {
    gift_id: i64,
    gift_name: String,
    describe: String,
    gift_type: u8,
    repeat_count: u32,
    repeat_end: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    group_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    receiver_user_id: Option<String>,
    timestamp: i64,
    gift: OldGift,
    #[serde(flatten)]
    user: Option<User>,
    #[serde(flatten)]
    common: Common,
}

/// The form of a gift before 1.0, which the library keeps beside the new one.
#[derive(Serialize)]
struct OldGift {
    gift_id: i64,
    repeat_count: u32,
    repeat_end: u8,
    gift_type: u8,
}

impl Gift {
    fn of(accounted: &Accounted, report: &GiftReport, host: Option<UserId>, counted: Counted) -> Self {
        let gift_type = if report.streakable { STREAKABLE } else { NOT_STREAKABLE };
        let gift_name = owned(&report.name);
        let Counted { units: repeat_count, ended } = counted;
        Self {
            gift_id: report.gift.0,
            describe: format!("Sent {gift_name}"),
            gift_name,
            gift_type,
            repeat_count,
            repeat_end: ended,
            group_id: (report.group != 0).then(|| report.group.to_string()),
            receiver_user_id: report.receiver.or(host).map(|receiver| receiver.to_string()),
            timestamp: accounted.at.0,
            gift: OldGift { gift_id: report.gift.0, repeat_count, repeat_end: u8::from(ended), gift_type },
            user: user(accounted, Identity::Told),
            common: Common::of(
                accounted,
                Some(("webcast_aweme_gift_send_message", "{0:user} sent {1:gift} {2:string}")),
            ),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RoomUser {
    viewer_count: i64,
    total_user: i64,
    top_viewers: [(); 0],
}

#[derive(Serialize)]
struct Action {
    action: i64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Question {
    question_text: String,
    #[serde(flatten)]
    user: Option<User>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Subscribe {
    sub_month: i64,
    #[serde(flatten)]
    user: Option<User>,
    #[serde(flatten)]
    common: Common,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Envelope {
    envelope_id: String,
    can_open: u32,
    timestamp: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_id: Option<String>,
    nickname: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LinkMicBattle {
    battle_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    battle_status: Option<u8>,
    battle_users: Vec<User>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LinkMicArmies {
    battle_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    battle_status: Option<u8>,
    battle_armies: Vec<Army>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Army {
    host_user_id: String,
    points: i64,
    participants: [(); 0],
}

impl LinkMicBattle {
    fn of(battle: &Battle) -> Self {
        let battle_users = battle.sides.iter().map(User::of_side).collect();
        Self { battle_id: battle.id.to_string(), battle_status: status(battle.phase), battle_users }
    }
}

impl LinkMicArmies {
    fn of(battle: &Battle) -> Self {
        let army = |side: &BattleSide| {
            let points = side.score?;
            Some(Army { host_user_id: side.host.to_string(), points, participants: [] })
        };
        let battle_armies = battle.sides.iter().filter_map(army).collect();
        Self { battle_id: battle.id.to_string(), battle_status: status(battle.phase), battle_armies }
    }
}

/// 1 is a battle that runs, 2 one that is over.
const fn status(phase: BattlePhase) -> Option<u8> {
    match phase {
        BattlePhase::Open => Some(1),
        BattlePhase::Finished => Some(2),
        BattlePhase::Other => None,
    }
}

/// What `connect()` of the library resolves to.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct State {
    is_connected: bool,
    upgraded_to_websocket: bool,
    room_id: String,
    room_info: RoomInfo,
    available_gifts: Option<()>,
}

/// The members of TikTok's own room information that are known here.
#[derive(Serialize)]
struct RoomInfo {
    id_str: String,
    /// 2 is LIVE.
    status: u8,
    title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    create_time: Option<i64>,
    owner: Owner,
}

#[derive(Serialize)]
struct Owner {
    #[serde(skip_serializing_if = "Option::is_none")]
    id_str: Option<String>,
    display_id: String,
    nickname: String,
}

#[derive(Serialize)]
struct Reason {
    reason: String,
}

#[derive(Serialize)]
struct Missed {
    count: u64,
    detail: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::event::{Control, LiveEvent};
    use crate::domain::gift::{GiftAdded, UnitValue};
    use crate::domain::ids::{BattleId, GiftId, RoomId};
    use crate::domain::session::{Origin as Of, SessionStart};
    use serde_json::{Value, json};

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
            let members = |read: &Value| read["data"].as_object().map_or(0, serde_json::Map::len);
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
