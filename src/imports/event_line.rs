//! One line of Event JSON, the form in which Pasut itself tells events.
//!
//! What Pasut works out (`added_units`, `added_diamonds`) is not looked at, and neither is a member nobody knows.
//! Numbers may be texts, as ids are, so that a row of a table can be read the same way.

use crate::domain::event::{
    Battle, BattlePhase, BattleSide, Control, LiveEvent, MAX_LISTED, MOST_LIKES, Viewer, What,
};
use crate::domain::gift::{DEAREST_DIAMONDS, GiftReport, UnitValue, ValueSource};
use crate::domain::handle::Handle;
use crate::domain::ids::{BattleId, GiftId, SessionId, UserId};
use crate::domain::session::GapCause;
use crate::domain::text::Text;
use crate::domain::time::{LATEST_MS, Stamp};
use crate::domain::told::{Told, ToldEvent, ToldWhat};
use chrono::DateTime;
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

/// A longer line is not read.
pub const MAX_LINE_BYTES: usize = 64 << 10;

/// An id is no longer than this; TikTok's have 19 digits.
const MAX_ID_BYTES: usize = 200;

/// TikTok LIVE is not older than this: the beginning of 2015.
const EARLIEST_MS: i64 = 1_420_070_400_000;

/// More of one gift at once cannot be sent.
pub(super) const MOST_UNITS: i64 = 1_000_000;

/// No room has more people.
pub(super) const MOST_PEOPLE: i64 = u32::MAX as i64;

/// Why a line is not taken. The sentence goes on after "Line 7: ".
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    #[error("is no JSON object")]
    NoObject,
    #[error("has no {0}")]
    Lacks(&'static str),
    #[error("has a {0} that cannot be read")]
    Bad(&'static str),
    #[error("is of the kind {0}, which is not known")]
    Kind(String),
    #[error("is longer than {MAX_LINE_BYTES} bytes")]
    Long,
    #[error("has an event_id of more than {MAX_ID_BYTES} bytes")]
    LongId,
}

/// A line and what it says of where it belongs.
#[derive(Clone, Debug, PartialEq)]
pub struct EventLine {
    pub told: Told,
    pub session: Option<SessionId>,
    pub creator: Option<Handle>,
    /// The creator's own account.
    pub host: Option<UserId>,
}

/// Reads one line.
///
/// # Errors
///
/// [`Unreadable`]; the next line may well be readable.
pub fn read(line: &[u8]) -> Result<EventLine, Unreadable> {
    match serde_json::from_slice(line) {
        Ok(Value::Object(members)) => of_members(&members),
        _ => Err(Unreadable::NoObject),
    }
}

/// Reads the members of one line.
///
/// # Errors
///
/// As [`read`].
pub fn of_members(members: &Map<String, Value>) -> Result<EventLine, Unreadable> {
    let members = Members(members);
    let id = members.text("event_id").ok_or(Unreadable::Lacks("event_id"))?;
    let kind = members.text("kind").ok_or(Unreadable::Lacks("kind"))?;
    if id.len() > MAX_ID_BYTES {
        return Err(Unreadable::LongId);
    }
    let what = match kind.as_str() {
        "gap" => gap(&members)?,
        _ => event(&members, &kind)?,
    };
    let at = match what {
        ToldWhat::Gap { from, .. } => Some(from),
        ToldWhat::Event(_) => members.time("t")?,
    };
    let creator = members.text("creator").map(|name| Handle::parse(&name));
    let session = members.text("session_id").map(|id| id.parse());
    Ok(EventLine {
        told: Told { id: id_of(&id), at, what },
        session: session.transpose().map_err(|_| Unreadable::Bad("session_id"))?,
        creator: creator.transpose().map_err(|_| Unreadable::Bad("creator"))?,
        host: members.user_id("creator_id")?,
    })
}

/// The number that an id of another program is known by.
#[must_use]
pub fn id_of(id: &str) -> i64 {
    match number_of(id) {
        0 => 1, // which means "no id" elsewhere
        number => number,
    }
}

/// Somebody of whom only the name is known gets a number made of it, below zero because TikTok's are above.
#[must_use]
pub fn user_named(name: &str) -> UserId {
    UserId(-(number_of(&name.to_lowercase()) & i64::MAX).max(1))
}

/// Whether a LIVE can have been then.
pub(super) fn is_time(at: Stamp) -> bool {
    (EARLIEST_MS..=LATEST_MS).contains(&at.0)
}

fn number_of(text: &str) -> i64 {
    let hash = Sha256::digest(text.as_bytes());
    i64::from_le_bytes(hash[..8].try_into().expect("a hash has 32 bytes"))
}

fn gap(members: &Members<'_>) -> Result<ToldWhat, Unreadable> {
    let from = members.time("from")?.ok_or(Unreadable::Lacks("from"))?;
    let to = members.time("to")?;
    if to.is_some_and(|to| to < from) {
        return Err(Unreadable::Bad("to"));
    }
    let cause =
        members.text("reason").map(|reason| GapCause::parse(&reason).ok_or(Unreadable::Bad("reason")));
    Ok(ToldWhat::Gap { from, to, cause: cause.transpose()?.unwrap_or(GapCause::Disconnected) })
}

fn event(members: &Members<'_>, kind: &str) -> Result<ToldWhat, Unreadable> {
    let mut value = None;
    let (method, what) = match kind {
        "viewers" => {
            let viewers = members.need("viewers", 0..=MOST_PEOPLE)?;
            let total_viewers = members.number("total_viewers", 0..=MOST_LIKES)?.unwrap_or(0);
            ("viewers", What::Viewers { viewers, total_viewers })
        }
        "comment" => ("comment", What::Comment { text: members.need_text("text")? }),
        "question" => ("question", What::Question { text: members.need_text("text")? }),
        "like" => {
            let count = small(members.need("count", 0..=MOST_UNITS)?);
            let total = members.number("total", 0..=MOST_LIKES)?.unwrap_or(0);
            ("like", What::Like { count, total })
        }
        "gift" => {
            let gift = members.object("gift")?.ok_or(Unreadable::Lacks("gift"))?;
            let (report, said) = self::gift(&gift)?;
            value = said;
            ("gift", What::Gift(report))
        }
        "follow" => ("follow", What::Follow { target: members.user_id("target_user_id")? }),
        "share" => ("share", What::Share),
        "join" => {
            let viewers = members.number("viewers", 0..=MOST_PEOPLE)?.unwrap_or(0);
            ("join", What::Join { viewers, source: members.text("source").unwrap_or_default().into() })
        }
        "control" => ("control", What::Control(control(members)?)),
        "envelope" => ("envelope", envelope(members)?),
        "subscribe" => {
            ("subscribe", What::Subscribe { months: members.number("months", 0..=10_000)?.unwrap_or(0) })
        }
        "battle" => {
            let facts = members.object("battle")?.ok_or(Unreadable::Lacks("battle"))?;
            ("battle", What::Battle(battle(&facts, members.user_id("creator_id")?)?))
        }
        "emote" => {
            let ids = members.list("emote_ids").iter().take(MAX_LISTED).filter_map(text);
            ("emote", What::Emote { emote_ids: ids.map(Text::from).collect() })
        }
        _ => return Err(Unreadable::Kind(kind.chars().take(40).collect())),
    };
    let event = LiveEvent { created_at: None, user: user(members)?, what };
    Ok(ToldWhat::Event(ToldEvent { event, method, value }))
}

fn user(members: &Members<'_>) -> Result<Option<Viewer>, Unreadable> {
    let Some(user) = members.object("user")? else { return Ok(None) };
    let display_id = user.text("display_id").unwrap_or_default();
    let id = match user.user_id("id")? {
        Some(id) => id,
        None if display_id.is_empty() => return Ok(None),
        None => user_named(&display_id),
    };
    let nickname = user.text("nickname").unwrap_or_default();
    Ok(Some(Viewer { id, display_id: display_id.into(), nickname: nickname.into(), ..Viewer::default() }))
}

/// A gift, and its value where the line says how that is known other than from the gift's own event.
fn gift(members: &Members<'_>) -> Result<(GiftReport, Option<UnitValue>), Unreadable> {
    let diamonds = members.number("diamond_count", 0..=DEAREST_DIAMONDS)?.map(small);
    let source = members
        .text("value_source")
        .map(|source| ValueSource::parse(&source).ok_or(Unreadable::Bad("gift.value_source")));
    let source = source.transpose()?.unwrap_or(ValueSource::Event);
    let group = match members.text("group_id") {
        None => 0,
        // One that is no number tells streaks apart all the same.
        Some(group) => group.parse().unwrap_or_else(|_| id_of(&group)),
    };
    let repeat_end = members.truth("repeat_end")?.unwrap_or(true);
    let streakable = members.truth("streakable")?;
    let report = GiftReport {
        gift: GiftId(members.need("id", 0..=i64::MAX)?),
        name: members.text("name").unwrap_or_default().into(),
        unit_diamonds: diamonds.filter(|diamonds| source == ValueSource::Event && *diamonds > 0),
        // Whoever does not say so and gives no group tells gifts one by one.
        streakable: streakable.unwrap_or(group != 0 || !repeat_end),
        repeat_count: small(members.number("repeat_count", 0..=MOST_UNITS)?.unwrap_or(1)),
        repeat_end,
        group,
        group_count: 0,
        combo_count: 0,
        receiver: members.user_id("to_user_id")?,
    };
    let value = match (source, diamonds) {
        (ValueSource::Event, _) | (_, None) => None,
        (source, Some(diamonds)) => Some(UnitValue { diamonds, source }),
    };
    Ok((report, value))
}

fn control(members: &Members<'_>) -> Result<Control, Unreadable> {
    let action = members.text("action").ok_or(Unreadable::Lacks("action"))?;
    Ok(match action.as_str() {
        "paused" => Control::Paused,
        "resumed" => Control::Resumed,
        "ended" => Control::Ended,
        "suspended" => Control::Suspended,
        other => Control::from_action(other.parse().map_err(|_| Unreadable::Bad("action"))?),
    })
}

fn envelope(members: &Members<'_>) -> Result<What, Unreadable> {
    let envelope = members.object("envelope")?.ok_or(Unreadable::Lacks("envelope"))?;
    Ok(What::Envelope {
        envelope_id: envelope.text("id").unwrap_or_default().into(),
        sender_id: envelope.user_id("sender_id")?,
        sender_name: envelope.text("sender_name").unwrap_or_default().into(),
        diamonds: small(envelope.number("diamonds", 0..=DEAREST_DIAMONDS)?.unwrap_or(0)),
        winners: small(envelope.number("winners", 0..=MOST_UNITS)?.unwrap_or(0)),
        hidden: envelope.truth("hidden")?.unwrap_or(false),
    })
}

/// The creator's side is the one with a score that is no opponent's.
fn battle(members: &Members<'_>, host: Option<UserId>) -> Result<Battle, Unreadable> {
    let phase = match members.text("status").as_deref() {
        Some("open") => BattlePhase::Open,
        Some("finished") => BattlePhase::Finished,
        _ => BattlePhase::Other,
    };
    let mut sides: Vec<BattleSide> = Vec::new();
    let mut side_of = |host: UserId| {
        let known = sides.iter().position(|side| side.host == host);
        known.unwrap_or_else(|| {
            sides.push(BattleSide { host, ..BattleSide::default() });
            sides.len() - 1
        })
    };
    let mut scores = Vec::new();
    if let Some(host) = host {
        side_of(host);
    }
    for score in members.list("scores").iter().take(MAX_LISTED).filter_map(Value::as_object).map(Members) {
        let host = score.user_id("user_id")?.ok_or(Unreadable::Bad("battle.scores"))?;
        scores.push((side_of(host), score.need("score", 0..=MOST_LIKES)?));
    }
    let mut names = Vec::new();
    for opponent in
        members.list("opponents").iter().take(MAX_LISTED).filter_map(Value::as_object).map(Members)
    {
        let host = opponent.user_id("id")?.ok_or(Unreadable::Bad("battle.opponents"))?;
        names.push((side_of(host), opponent.text("display_id"), opponent.text("nickname")));
    }
    for (index, score) in scores {
        sides[index].score = Some(score);
    }
    for (index, display_id, nickname) in names {
        sides[index].display_id = display_id.unwrap_or_default().into();
        sides[index].nickname = nickname.unwrap_or_default().into();
    }
    Ok(Battle {
        id: BattleId(members.need("id", i64::MIN..=i64::MAX)?),
        phase,
        started_at: members.time("started_at")?,
        ends_at: members.time("ends_at")?,
        sides,
    })
}

fn small(number: i64) -> u32 {
    u32::try_from(number).expect("the range was checked")
}

/// A text or a number as text; nothing if it is empty or neither.
pub(super) fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// The members of an object, each read as what it has to be. One that is null or empty is not there.
struct Members<'m>(&'m Map<String, Value>);

impl<'m> Members<'m> {
    fn get(&self, name: &str) -> Option<&'m Value> {
        self.0.get(name).filter(|value| !value.is_null() && value.as_str() != Some(""))
    }

    fn text(&self, name: &str) -> Option<String> {
        text(self.get(name)?)
    }

    fn need_text(&self, name: &'static str) -> Result<Text, Unreadable> {
        // An empty comment is one all the same.
        let value = self.0.get(name).ok_or(Unreadable::Lacks(name))?;
        Ok(value.as_str().ok_or(Unreadable::Bad(name))?.into())
    }

    fn number(
        &self,
        name: &'static str,
        range: std::ops::RangeInclusive<i64>,
    ) -> Result<Option<i64>, Unreadable> {
        let Some(value) = self.get(name) else { return Ok(None) };
        let number = value.as_i64().or_else(|| value.as_str()?.trim().parse().ok());
        number.filter(|number| range.contains(number)).map(Some).ok_or(Unreadable::Bad(name))
    }

    fn need(&self, name: &'static str, range: std::ops::RangeInclusive<i64>) -> Result<i64, Unreadable> {
        self.number(name, range)?.ok_or(Unreadable::Lacks(name))
    }

    /// Whoever is known by another id than TikTok's number gets a number of it.
    fn user_id(&self, name: &'static str) -> Result<Option<UserId>, Unreadable> {
        let Some(value) = self.get(name) else { return Ok(None) };
        let id = text(value).filter(|id| id.len() <= MAX_ID_BYTES).ok_or(Unreadable::Bad(name))?;
        let id = id.parse().unwrap_or_else(|_| user_named(&id));
        // Connectors say 0 where TikTok names nobody.
        Ok((id != UserId(0)).then_some(id))
    }

    fn truth(&self, name: &'static str) -> Result<Option<bool>, Unreadable> {
        let Some(value) = self.get(name) else { return Ok(None) };
        match (value, value.as_str(), value.as_i64()) {
            (Value::Bool(truth), ..) => Ok(Some(*truth)),
            (_, Some("true" | "1"), _) | (.., Some(1)) => Ok(Some(true)),
            (_, Some("false" | "0"), _) | (.., Some(0)) => Ok(Some(false)),
            _ => Err(Unreadable::Bad(name)),
        }
    }

    fn time(&self, name: &'static str) -> Result<Option<Stamp>, Unreadable> {
        let Some(value) = self.get(name) else { return Ok(None) };
        let read = |text: &str| Some(DateTime::parse_from_rfc3339(text).ok()?.timestamp_millis());
        let at = value.as_str().and_then(read);
        at.map(Stamp).filter(|at| is_time(*at)).map(Some).ok_or(Unreadable::Bad(name))
    }

    fn object(&self, name: &'static str) -> Result<Option<Members<'m>>, Unreadable> {
        let Some(value) = self.get(name) else { return Ok(None) };
        value.as_object().map(Members).map(Some).ok_or(Unreadable::Bad(name))
    }

    fn list(&self, name: &str) -> &'m [Value] {
        self.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn line(kind: &str, members: &Value) -> Value {
        let mut line = json!({"event_id": "7", "t": "2026-11-22T12:00:00.007Z", "kind": kind, "user": null});
        let members = members.as_object().expect("an object").clone();
        line.as_object_mut().expect("an object").extend(members);
        line
    }

    fn read_value(value: &Value) -> Result<EventLine, Unreadable> {
        read(value.to_string().as_bytes())
    }

    fn report(gift: &Value) -> (GiftReport, Option<UnitValue>) {
        let read = read_value(&line("gift", &json!({"gift": gift}))).expect("readable");
        match read.told.what {
            ToldWhat::Event(ToldEvent {
                event: LiveEvent { what: What::Gift(report), .. }, value, ..
            }) => (report, value),
            other => panic!("{other:?} is no gift"),
        }
    }

    #[test]
    fn each_bad_line_is_refused_with_its_reason() {
        let good = |members: Value| line("like", &members);
        for (bad, reason) in [
            (json!("text"), "is no JSON object"),
            (json!([1]), "is no JSON object"),
            (json!({"kind": "share", "t": "2026-11-22T12:00:00Z"}), "has no event_id"),
            (json!({"event_id": "1", "t": "2026-11-22T12:00:00Z"}), "has no kind"),
            (json!({"event_id": "x".repeat(201), "kind": "share"}), "has an event_id of more than 200 bytes"),
            (line("wave", &json!({})), "is of the kind wave, which is not known"),
            (line("share", &json!({"t": "yesterday"})), "has a t that cannot be read"),
            (line("share", &json!({"t": "1969-01-01T00:00:00Z"})), "has a t that cannot be read"),
            (line("share", &json!({"t": "2101-01-01T00:00:00Z"})), "has a t that cannot be read"),
            (line("share", &json!({"user": "ana"})), "has a user that cannot be read"),
            (line("share", &json!({"creator": "../etc"})), "has a creator that cannot be read"),
            (line("share", &json!({"session_id": "x"})), "has a session_id that cannot be read"),
            (good(json!({})), "has no count"),
            (good(json!({"count": -1})), "has a count that cannot be read"),
            (good(json!({"count": 1, "total": 1_000_000_000_001i64})), "has a total that cannot be read"),
            (line("comment", &json!({})), "has no text"),
            (line("comment", &json!({"text": 5})), "has a text that cannot be read"),
            (line("viewers", &json!({"viewers": 4_294_967_296i64})), "has a viewers that cannot be read"),
            (line("gift", &json!({})), "has no gift"),
            (line("gift", &json!({"gift": {"name": "Rose"}})), "has no id"),
            (
                line("gift", &json!({"gift": {"id": 1, "diamond_count": 1_000_001}})),
                "has a diamond_count that cannot be read",
            ),
            (
                line("gift", &json!({"gift": {"id": 1, "value_source": "me"}})),
                "has a gift.value_source that cannot be read",
            ),
            (line("control", &json!({"action": "explode"})), "has a action that cannot be read"),
            (
                line("gap", &json!({"from": "2026-11-22T12:00:01Z", "to": "2026-11-22T12:00:00Z"})),
                "has a to that cannot be read",
            ),
            (line("gap", &json!({})), "has no from"),
            (
                line("battle", &json!({"battle": {"id": "1", "scores": [{"score": 1}]}})),
                "has a battle.scores that cannot be read",
            ),
        ] {
            assert_eq!(read_value(&bad).expect_err(reason).to_string(), reason, "{bad}");
        }
        assert_eq!(read(b"{\"event_id\": ").expect_err("cut off"), Unreadable::NoObject);
    }

    #[test]
    fn a_line_may_leave_its_time_out_and_ids_may_be_numbers() {
        let read = read_value(&json!({
            "event_id": 12, "kind": "comment", "text": "=1+1", "creator": "Mira", "session_id": "4",
            "creator_id": "77", "added_units": 9, "nobody": {"knows": "this"},
            "user": {"id": 7_340_110_945_704_105_156i64, "display_id": "ana"},
        }))
        .expect("readable");
        assert_eq!((read.told.at, read.session, read.host), (None, Some(SessionId(4)), Some(UserId(77))));
        assert_eq!(read.creator.expect("said").as_str(), "mira");
        let ToldWhat::Event(told) = read.told.what else { panic!("an event") };
        assert_eq!(told.event.user.expect("known").id, UserId(7_340_110_945_704_105_156));
        assert_eq!(told.event.what, What::Comment { text: "=1+1".into() });
    }

    #[test]
    fn who_is_known_by_name_only_is_the_same_person_every_time_and_nobody_of_tiktok() {
        let named = |name: &str| {
            let line = line("share", &json!({"user": {"display_id": name}}));
            let ToldWhat::Event(told) = read_value(&line).expect("readable").told.what else {
                panic!("an event")
            };
            told.event.user.expect("somebody").id
        };
        assert_eq!(named("ana"), named("Ana"));
        assert_ne!(named("ana"), named("budi"));
        assert!(named("ana").0 < 0);
    }

    #[test]
    fn a_gift_without_streaks_is_over_and_counts_by_itself() {
        let (single, _) = report(&json!({"id": "5655", "repeat_count": 3}));
        assert!(!single.streakable && single.repeat_end && single.repeat_count == 3 && single.group == 0);
        let (tick, _) = report(&json!({"id": "5655", "repeat_count": 3, "repeat_end": false}));
        assert!(tick.streakable && !tick.repeat_end);
        let (grouped, _) =
            report(&json!({"id": "5655", "group_id": "17603689246449123", "repeat_end": true}));
        assert!(grouped.streakable && grouped.group == 17_603_689_246_449_123);
    }

    #[test]
    fn a_price_is_the_events_own_unless_the_line_says_how_else_it_is_known() {
        let (report_said, value) = report(&json!({"id": 1, "diamond_count": 5}));
        assert_eq!((report_said.unit_diamonds, value), (Some(5), None));
        let (learned, value) = report(&json!({"id": 1, "diamond_count": 5, "value_source": "learned"}));
        let expected = UnitValue { diamonds: 5, source: ValueSource::Learned };
        assert_eq!((learned.unit_diamonds, value), (None, Some(expected)));
        let (unknown, value) = report(&json!({"id": 1, "diamond_count": null, "value_source": "unknown"}));
        assert_eq!((unknown.unit_diamonds, value), (None, None), "our own rules say it");
    }
}
