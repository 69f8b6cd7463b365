//! One event as JSON: the form of `/events`, the feed, push and import.

use super::answer::time;
use crate::domain::event::{Accounted, Battle, BattlePhase, BattleSide, Control, Kind, Viewer, What};
use crate::domain::gift::{GiftAdded, GiftReport, TierLimits, ValueSource};
use crate::domain::handle::Handle;
use crate::domain::ids::{SessionId, UserId};
use crate::domain::session::Gap;
use crate::domain::text::Text;
use crate::web::sight::{Moneyless, Sight, flat};
use serde::Serialize;

/// The kinds of events that are shown, as the API names them.
pub const KINDS: [&str; 14] = [
    "viewers",
    "comment",
    "like",
    "gift",
    "follow",
    "share",
    "join",
    "control",
    "envelope",
    "question",
    "subscribe",
    "battle",
    "emote",
    "gap",
];

/// The API's name of a kind; `None` for messages that say nothing about the LIVE.
#[must_use]
pub const fn kind_name(kind: Kind) -> Option<&'static str> {
    Some(match kind {
        Kind::Viewers => "viewers",
        Kind::Chat => "comment",
        Kind::Like => "like",
        Kind::Gift => "gift",
        Kind::Follow => "follow",
        Kind::Share => "share",
        Kind::Join => "join",
        Kind::Control => "control",
        Kind::Envelope => "envelope",
        Kind::Question => "question",
        Kind::Subscribe => "subscribe",
        Kind::Battle | Kind::BattleArmies => "battle",
        Kind::Emote => "emote",
        Kind::MemberOther | Kind::SocialOther | Kind::Other | Kind::Unknown => return None,
    })
}

/// Whose events they are.
#[derive(Clone, Copy, Debug)]
pub struct Origin<'a> {
    pub session: SessionId,
    pub creator: &'a Handle,
    /// The creator's own account, to tell opponents of a battle apart.
    pub host: Option<UserId>,
    pub tiers: TierLimits,
}

/// Appends the event as one line of JSON; nothing if it is of a kind that is not shown.
pub fn write_event<S: Sight>(line: &mut Vec<u8>, origin: &Origin, accounted: &Accounted) {
    if let Some(event) = event::<S>(origin, accounted) {
        write(line, &event);
    }
}

/// Appends a gap as one line of JSON. `after` is the number of the event before it.
pub fn write_gap(line: &mut Vec<u8>, origin: &Origin, after: u64, gap: &Gap) {
    // A gap holds no money, so it is the same for all.
    let mut event = Event::<Moneyless>::new(origin, gap_id(after, gap), time(gap.from), "gap");
    event.from = Some(time(gap.from));
    event.to = Some(gap.to.map(time));
    event.reason = Some(gap.cause.as_str());
    write(line, &event);
}

/// A gap stands behind an event, so its id is that event's with the gap's start.
fn gap_id(after: u64, gap: &Gap) -> String {
    format!("{after}.{}", gap.from.0)
}

fn write<S: Sight>(line: &mut Vec<u8>, event: &Event<S>) {
    serde_json::to_writer(&mut *line, event).expect("writing to memory does not fail");
    line.push(b'\n');
}

/// The members in the order in which they are written; what a kind does not have is left out.
#[derive(Serialize)]
struct Event<'a, S: Sight> {
    event_id: String,
    session_id: String,
    creator: &'a str,
    /// The creator's own account, so that whoever reads gifts and follows can tell them from a guest's.
    #[serde(skip_serializing_if = "Option::is_none")]
    creator_id: Option<String>,
    t: String,
    kind: &'static str,
    user: Option<User>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    count: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    total: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    viewers: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    total_viewers: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    gift: Option<GiftJson<S>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    added_units: Option<u32>,
    #[serde(flatten, serialize_with = "flat")]
    money: S::Money<AddedJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    target_user_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    action: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    envelope: Option<EnvelopeJson<S>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    months: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    emote_ids: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    battle: Option<BattleJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<Option<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
}

/// What a gift added.
#[derive(Default, Serialize)]
struct AddedJson {
    #[serde(skip_serializing_if = "Option::is_none")]
    added_diamonds: Option<i64>,
}

#[derive(Serialize)]
struct User {
    id: String,
    display_id: String,
    nickname: String,
}

#[derive(Serialize)]
struct GiftJson<S: Sight> {
    id: String,
    name: String,
    #[serde(flatten, serialize_with = "flat")]
    money: S::Money<PriceJson>,
    streakable: bool,
    group_id: String,
    repeat_count: u32,
    repeat_end: bool,
    to_user_id: Option<String>,
}

#[derive(Serialize)]
struct PriceJson {
    diamond_count: Option<u32>,
    tier: &'static str,
    value_source: &'static str,
}

#[derive(Serialize)]
struct EnvelopeJson<S: Sight> {
    id: String,
    sender_id: Option<String>,
    sender_name: String,
    #[serde(flatten, serialize_with = "flat")]
    money: S::Money<DiamondsJson>,
    winners: u32,
    hidden: bool,
}

#[derive(Serialize)]
struct DiamondsJson {
    diamonds: u32,
}

#[derive(Serialize)]
struct BattleJson {
    id: String,
    status: &'static str,
    started_at: Option<String>,
    ends_at: Option<String>,
    opponents: Vec<User>,
    scores: Vec<ScoreJson>,
    result: Option<&'static str>,
}

#[derive(Serialize)]
struct ScoreJson {
    user_id: String,
    score: i64,
}

impl<'a, S: Sight> Event<'a, S> {
    fn new(origin: &Origin<'a>, event_id: String, t: String, kind: &'static str) -> Self {
        Self {
            event_id,
            session_id: origin.session.to_string(),
            creator: origin.creator.as_str(),
            creator_id: origin.host.map(|host| host.to_string()),
            t,
            kind,
            user: None,
            text: None,
            count: None,
            total: None,
            viewers: None,
            total_viewers: None,
            gift: None,
            added_units: None,
            money: S::money(AddedJson::default),
            source: None,
            target_user_id: None,
            action: None,
            envelope: None,
            months: None,
            emote_ids: None,
            battle: None,
            from: None,
            to: None,
            reason: None,
        }
    }
}

fn event<'a, S: Sight>(origin: &Origin<'a>, accounted: &Accounted) -> Option<Event<'a, S>> {
    let kind = kind_name(accounted.event.what.kind())?;
    let mut event = Event::new(origin, accounted.number.to_string(), time(accounted.at), kind);
    event.user = accounted.event.user.as_ref().map(user);
    match &accounted.event.what {
        What::Comment { text } | What::Question { text } => event.text = Some(owned(text)),
        What::Emote { emote_ids } => event.emote_ids = Some(emote_ids.iter().map(owned).collect()),
        What::Like { count, total } => {
            event.count = Some(*count);
            event.total = Some(*total);
        }
        What::Gift(report) => {
            event.gift = Some(gift(report, accounted.added, origin.tiers));
            event.added_units = Some(accounted.added.map_or(0, |added| added.units));
            event.money = S::money(|| AddedJson {
                added_diamonds: Some(accounted.added.map_or(0, |added| added.diamonds)),
            });
        }
        What::Join { viewers, source } => {
            event.viewers = (*viewers > 0).then_some(*viewers);
            event.source = (!source.is_empty()).then(|| owned(source));
        }
        What::Follow { target } => event.target_user_id = target.map(|target| target.to_string()),
        What::Viewers { viewers, total_viewers } => {
            event.viewers = Some(*viewers);
            event.total_viewers = Some(*total_viewers);
        }
        What::Control(control) => event.action = Some(action(*control)),
        What::Envelope { envelope_id, sender_id, sender_name, diamonds, winners, hidden } => {
            event.envelope = Some(EnvelopeJson {
                id: owned(envelope_id),
                sender_id: sender_id.map(|sender| sender.to_string()),
                sender_name: owned(sender_name),
                money: S::money(|| DiamondsJson { diamonds: *diamonds }),
                winners: *winners,
                hidden: *hidden,
            });
        }
        What::Subscribe { months } => event.months = Some(*months),
        What::Battle(facts) | What::BattleScores(facts) => event.battle = Some(battle(facts, origin.host)),
        What::Share
        | What::MemberOther { .. }
        | What::SocialOther { .. }
        | What::Deleted { .. }
        | What::Intro { .. }
        | What::Other
        | What::Unrecognised => {}
    }
    Some(event)
}

fn owned(text: &Text) -> String {
    text.as_str().into_owned()
}

fn user(viewer: &Viewer) -> User {
    User {
        id: viewer.id.to_string(),
        display_id: owned(&viewer.display_id),
        nickname: owned(&viewer.nickname),
    }
}

/// The gift as it was counted.
fn gift<S: Sight>(report: &GiftReport, added: Option<GiftAdded>, tiers: TierLimits) -> GiftJson<S> {
    GiftJson {
        id: report.gift.to_string(),
        name: owned(&report.name),
        money: S::money(|| price(report, added, tiers)),
        streakable: report.streakable,
        group_id: report.group.to_string(),
        repeat_count: report.repeat_count,
        repeat_end: report.repeat_end,
        to_user_id: report.receiver.map(|receiver| receiver.to_string()),
    }
}

/// The price that was used, which the report may not say.
fn price(report: &GiftReport, added: Option<GiftAdded>, tiers: TierLimits) -> PriceJson {
    let value = added.map(|added| added.value).filter(|value| value.source != ValueSource::Unknown);
    let diamond_count = value.map(|value| value.diamonds).or(report.unit_diamonds);
    PriceJson {
        diamond_count,
        tier: tiers.tier(diamond_count.unwrap_or(0)).as_str(),
        value_source: added.map_or(ValueSource::Unknown, |added| added.value.source).as_str(),
    }
}

fn action(control: Control) -> String {
    match control {
        Control::Paused => "paused".to_owned(),
        Control::Resumed => "resumed".to_owned(),
        Control::Ended => "ended".to_owned(),
        Control::Suspended => "suspended".to_owned(),
        Control::Other(action) => action.to_string(),
    }
}

fn battle(facts: &Battle, host: Option<UserId>) -> BattleJson {
    let opponents = facts.sides.iter().filter(|side| Some(side.host) != host).map(|side| User {
        id: side.host.to_string(),
        display_id: owned(&side.display_id),
        nickname: owned(&side.nickname),
    });
    let score =
        |side: &BattleSide| side.score.map(|score| ScoreJson { user_id: side.host.to_string(), score });
    BattleJson {
        id: facts.id.to_string(),
        status: match facts.phase {
            BattlePhase::Open => "open",
            BattlePhase::Finished => "finished",
            BattlePhase::Other => "other",
        },
        started_at: facts.started_at.map(time),
        ends_at: facts.ends_at.map(time),
        opponents: opponents.collect(),
        scores: facts.sides.iter().filter_map(score).collect(),
        result: host.and_then(|host| result(facts, host)),
    }
}

/// How a finished battle went for the creator; `None` unless the score of every side is known.
fn result(facts: &Battle, host: UserId) -> Option<&'static str> {
    if facts.phase != BattlePhase::Finished {
        return None;
    }
    let ours = facts.sides.iter().find(|side| side.host == host)?.score?;
    let theirs = facts.sides.iter().filter(|side| side.host != host).map(|side| side.score);
    let best = theirs.collect::<Option<Vec<_>>>()?.into_iter().max()?;
    Some(match ours.cmp(&best) {
        std::cmp::Ordering::Greater => "won",
        std::cmp::Ordering::Equal => "draw",
        std::cmp::Ordering::Less => "lost",
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::event::{BattleSide, LiveEvent};
    use crate::domain::gift::UnitValue;
    use crate::domain::ids::{BattleId, GiftId};
    use crate::domain::session::GapCause;
    use crate::domain::time::Stamp;
    use crate::web::sight::WithMoney;
    use serde_json::{Value, json};

    const AT: Stamp = Stamp(1_763_812_800_007);

    fn shown(what: What, added: Option<GiftAdded>) -> Value {
        shown_to::<WithMoney>(what, added)
    }

    fn shown_to<S: Sight>(what: What, added: Option<GiftAdded>) -> Value {
        let creator = Handle::parse("mira").expect("valid");
        let host = Some(UserId(1));
        let origin = Origin { session: SessionId(3), creator: &creator, host, tiers: TierLimits::default() };
        let viewer = Viewer {
            id: UserId(7_340_110_945_704_105_156),
            display_id: "ana".into(),
            nickname: "A\"na\n".into(),
            ..Viewer::default()
        };
        let event = LiveEvent { created_at: None, user: Some(viewer), what };
        let mut line = Vec::new();
        write_event::<S>(&mut line, &origin, &Accounted { number: 41, at: AT, msg_id: 9, event, added });
        let line = String::from_utf8(line).expect("text");
        assert!(line.is_empty() || line.ends_with('\n') && line.matches('\n').count() == 1, "{line:?}");
        serde_json::from_str(&line).unwrap_or_default()
    }

    #[test]
    fn a_comment_says_who_when_and_what() {
        assert_eq!(
            shown(What::Comment { text: "halo\n</script>".into() }, None),
            json!({
                "event_id": "41", "session_id": "3", "creator": "mira", "creator_id": "1", "t": "2025-11-22T12:00:00.007Z",
                "kind": "comment",
                "user": {"id": "7340110945704105156", "display_id": "ana", "nickname": "A\"na\n"},
                "text": "halo\n</script>",
            })
        );
    }

    #[test]
    fn a_gift_carries_the_tick_and_what_it_added() {
        let report = GiftReport {
            gift: GiftId(5655),
            name: "Rose".into(),
            unit_diamonds: None,
            streakable: true,
            repeat_count: 5,
            repeat_end: true,
            group: 17_603_689_246_449_123,
            receiver: Some(UserId(2)),
            ..GiftReport::default()
        };
        let value = UnitValue { diamonds: 100, source: ValueSource::Learned };
        let added = GiftAdded { units: 2, diamonds: 200, to_creator: false, value };
        let gift = shown(What::Gift(report.clone()), Some(added));
        assert_eq!(
            gift["gift"],
            json!({
                "id": "5655", "name": "Rose", "diamond_count": 100, "streakable": true,
                "group_id": "17603689246449123", "repeat_count": 5, "repeat_end": true,
                "to_user_id": "2", "tier": "special", "value_source": "learned",
            })
        );
        assert_eq!((&gift["added_units"], &gift["added_diamonds"]), (&json!(2), &json!(200)));

        let value = UnitValue { diamonds: 0, source: ValueSource::Unknown };
        let unknown =
            shown(What::Gift(report), Some(GiftAdded { units: 2, diamonds: 0, to_creator: true, value }));
        assert_eq!(unknown["gift"]["diamond_count"], Value::Null);
        assert_eq!(unknown["gift"]["value_source"], "unknown");
    }

    #[test]
    fn what_a_gift_and_an_envelope_are_worth_is_told_to_the_owner_alone() {
        let report = GiftReport { name: "Lion".into(), unit_diamonds: Some(7_919), ..GiftReport::default() };
        let value = UnitValue { diamonds: 7_919, source: ValueSource::Event };
        let added = GiftAdded { units: 1, diamonds: 7_919, to_creator: true, value };
        let gift = shown_to::<Moneyless>(What::Gift(report), Some(added));
        assert_eq!((&gift["added_units"], &gift["gift"]["name"]), (&json!(1), &json!("Lion")));
        let envelope = What::Envelope {
            envelope_id: "e".into(),
            sender_id: None,
            sender_name: "ana".into(),
            diamonds: 7_919,
            winners: 3,
            hidden: false,
        };
        let envelope = shown_to::<Moneyless>(envelope, None);
        assert_eq!(envelope["envelope"]["winners"], json!(3));
        for (event, within) in [(gift, "gift"), (envelope, "envelope")] {
            for member in ["added_diamonds", "diamond_count", "diamonds", "tier", "value_source"] {
                assert!(
                    event.get(member).is_none() && event[within].get(member).is_none(),
                    "{member}: {event}"
                );
            }
            assert!(!event.to_string().contains("7919"), "{event}");
        }
    }

    #[test]
    fn each_kind_has_its_own_members() {
        let table: [(What, &str, Value); 6] = [
            (What::Like { count: 15, total: 900 }, "like", json!({"count": 15, "total": 900})),
            (
                What::Viewers { viewers: 0, total_viewers: 9 },
                "viewers",
                json!({"viewers": 0, "total_viewers": 9}),
            ),
            (What::Join { viewers: 12, source: "homepage".into() }, "join", json!({"source": "homepage"})),
            (What::Control(Control::Paused), "control", json!({"action": "paused"})),
            (What::Subscribe { months: 3 }, "subscribe", json!({"months": 3})),
            (What::Follow { target: None }, "follow", json!({})),
        ];
        for (what, kind, members) in table {
            let event = shown(what, None);
            assert_eq!(event["kind"], kind);
            for (name, value) in members.as_object().expect("an object") {
                assert_eq!(&event[name], value, "{kind}.{name}");
            }
        }
        for what in [What::Other, What::Unrecognised, What::MemberOther { action: 3 }] {
            assert_eq!(shown(what, None), Value::Null, "says nothing about the LIVE");
        }
    }

    #[test]
    fn a_battle_is_won_only_when_every_score_is_known() {
        let side = |host: i64, score| BattleSide {
            host: UserId(host),
            display_id: format!("h{host}").into(),
            nickname: Text::default(),
            score,
        };
        let shown = |phase, sides: Vec<BattleSide>| {
            let battle = Battle { id: BattleId(5), phase, sides, ..Battle::default() };
            shown(What::Battle(battle), None)["battle"].take()
        };
        let won = shown(BattlePhase::Finished, vec![side(1, Some(30)), side(2, Some(20))]);
        assert_eq!((&won["status"], &won["result"]), (&json!("finished"), &json!("won")));
        assert_eq!(won["opponents"][0]["id"], "2");
        assert_eq!(won["scores"], json!([{"user_id": "1", "score": 30}, {"user_id": "2", "score": 20}]));
        for (phase, ours, theirs, result) in [
            (BattlePhase::Finished, Some(20), Some(20), json!("draw")),
            (BattlePhase::Finished, Some(1), Some(20), json!("lost")),
            (BattlePhase::Finished, Some(1), None, Value::Null),
            (BattlePhase::Open, Some(1), Some(0), Value::Null),
        ] {
            assert_eq!(shown(phase, vec![side(1, ours), side(2, theirs)])["result"], result);
        }
    }

    #[test]
    fn a_gap_that_lasts_has_no_end() {
        let creator = Handle::parse("mira").expect("valid");
        let origin =
            Origin { session: SessionId(3), creator: &creator, host: None, tiers: TierLimits::default() };
        let mut line = Vec::new();
        write_gap(&mut line, &origin, 41, &Gap { from: AT, to: None, cause: GapCause::Asleep });
        let gap: Value = serde_json::from_slice(&line).expect("JSON");
        assert_eq!(gap["event_id"], "41.1763812800007");
        assert_eq!((&gap["kind"], &gap["reason"]), (&json!("gap"), &json!("asleep")));
        assert_eq!((&gap["from"], &gap["to"]), (&json!("2025-11-22T12:00:00.007Z"), &Value::Null));
        assert!(gap.as_object().expect("an object").contains_key("to"));
    }
}
