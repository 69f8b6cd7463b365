//! The logs of the usual connectors, put into the form of Event JSON.
//!
//! Whoever kept such a log named things as their library or they themselves did: `{"event": "gift", "data": {...}}`,
//! `{"type": "WebcastGiftMessage", ...}`, a row of a table. So a member is looked for under the names that
//! tiktok-live-connector and TikTokLive give it, however it is spelled (`repeatCount`, `repeat_count`).

use super::event_line::{text, user_named};
use crate::domain::time::{LATEST_MS, Stamp};
use chrono::{DateTime, NaiveDateTime, SecondsFormat, TimeZone as _, Utc};
use chrono_tz::Tz;
use serde_json::{Map, Value, json};

/// Members lie this deep at most.
const MOST_DEPTH: usize = 4;

/// What a line of a log is.
#[derive(Clone, Debug, PartialEq)]
pub enum Logged {
    /// The members of Event JSON.
    Event(Map<String, Value>),
    /// Something that says nothing of the LIVE: that the connector connected, what else it noticed.
    Nothing,
}

/// Why a line of a log says nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotLogged {
    #[error("does not say what it is")]
    NoKind,
    #[error("is a {0}, which is not understood")]
    Kind(String),
    #[error("does not say when it was")]
    NoTime,
}

/// Whether `members` are those of Event JSON already.
#[must_use]
pub fn is_event_json(members: &Map<String, Value>) -> bool {
    members.contains_key("event_id") && members.contains_key("kind")
}

/// Understands one line; `line` is its number, and `zone` where its times are that do not say so themselves.
///
/// # Errors
///
/// [`NotLogged`] with the reason.
pub fn understand(members: &Map<String, Value>, line: usize, zone: Tz) -> Result<Logged, NotLogged> {
    let log = Log(members);
    let named =
        log.text(&["event", "type", "kind", "method", "eventtype", "@type"]).ok_or(NotLogged::NoKind)?;
    let Some(kind) = log.kind(&spelled(&named)) else {
        return Err(NotLogged::Kind(named.chars().take(40).collect()));
    };
    if kind.is_empty() {
        return Ok(Logged::Nothing);
    }
    let at = log.time(zone).ok_or(NotLogged::NoTime)?;
    let mut event = Map::new();
    let mut put = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            event.insert(name.to_owned(), value);
        }
    };
    let id = log.text(&["msgid", "common.msgid", "messageid", "eventid", "basemessage.messageid"]);
    put("event_id", Some(id.filter(|id| id != "0").unwrap_or_else(|| format!("line {line}")).into()));
    put("kind", Some(kind.into()));
    put("t", Some(written(at).into()));
    put("creator", log.text(&["creator", "room", "host", "streamer"]).map(Value::from));
    put("user", log.user());
    match kind {
        "comment" | "question" => {
            let text = log.text(&["comment", "content", "text", "questiontext", "details.text", "message"]);
            // A log may say only how long it was.
            put("text", Some(text.unwrap_or_default().into()));
        }
        "like" => {
            put("count", Some(log.value(&["likecount", "count", "likes"]).unwrap_or_else(|| json!(1))));
            put("total", log.value(&["totallikecount", "total", "totallikes"]));
        }
        "viewers" => {
            put("viewers", log.value(&["viewercount", "viewers", "total", "mtotal"]));
            put("total_viewers", log.value(&["totaluser", "totalviewers"]));
        }
        "gift" => put("gift", Some(log.gift())),
        "control" => put("action", Some(log.text(&["action"]).unwrap_or_else(|| "ended".to_owned()).into())),
        "subscribe" => put("months", log.value(&["submonth", "months", "month"])),
        _ => {}
    }
    Ok(Logged::Event(event))
}

/// A name without what spellings differ in.
fn spelled(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

fn written(at: Stamp) -> String {
    DateTime::<Utc>::from_timestamp_millis(at.0)
        .unwrap_or_default()
        .to_rfc3339_opts(SecondsFormat::Millis, true)
}

struct Log<'l>(&'l Map<String, Value>);

impl<'l> Log<'l> {
    /// What Event JSON calls it; empty for what says nothing of the LIVE.
    fn kind(&self, named: &str) -> Option<&'static str> {
        let name = named.trim_start_matches("webcast");
        let name = name.strip_suffix("message").or_else(|| name.strip_suffix("event")).unwrap_or(name);
        Some(match name {
            "chat" | "comment" => "comment",
            "gift" => "gift",
            "like" => "like",
            "member" | "join" | "view" => "join",
            "follow" => "follow",
            "share" => "share",
            "social" => self.social(),
            "roomuser" | "roomuserseq" | "userseq" | "viewers" | "viewer" => "viewers",
            "question" | "questionnew" => "question",
            "subscribe" | "subnotify" => "subscribe",
            "emote" | "emotechat" => "emote",
            "control" => "control",
            "streamend" | "liveend" => "control",
            "connect"
            | "connected"
            | "disconnect"
            | "disconnected"
            | "error"
            | "rawdata"
            | "decodeddata"
            | "websocketconnected"
            | "websocketresponse"
            | "websocketdata"
            | "livepause"
            | "liveunpause"
            | "liveintro"
            | "room"
            | "barrage"
            | "caption"
            | "rankupdate"
            | "ranktext"
            | "hourlyrank"
            | "unknown"
            | "imdelete"
            | "unauthorizedmember"
            | "linkmicfantcketmethod"
            | "envelope"
            | "linkmicbattle"
            | "linkmicarmies"
            | "link"
            | "linklayer"
            | "roompin"
            | "goalupdate"
            | "poll" => "",
            _ => return None,
        })
    }

    fn social(&self) -> &'static str {
        let shown =
            self.text(&["displaytype", "common.displaytext.key", "common.displaytext.displaytype", "label"]);
        let shown = shown.unwrap_or_default();
        match self.text(&["action"]).as_deref() {
            _ if shown.contains("follow") => "follow",
            _ if shown.contains("share") => "share",
            Some("1") => "follow",
            Some("2" | "3" | "4" | "5") => "share",
            _ => "",
        }
    }

    fn user(&self) -> Option<Value> {
        let id = self.text(&[
            "user.userid",
            "user.id",
            "userid",
            "userinfo.id",
            "userinfo.userid",
            "user.idstr",
            "fromuser.id",
        ]);
        let name = self.text(&[
            "user.uniqueid",
            "user.displayid",
            "user.username",
            "uniqueid",
            "userinfo.displayid",
            "userinfo.username",
            "username",
            "user",
            "displayid",
        ]);
        let nickname = self.text(&["user.nickname", "nickname", "userinfo.nickname"]);
        (id.is_some() || name.is_some()).then(|| json!({"id": id, "display_id": name, "nickname": nickname}))
    }

    fn gift(&self) -> Value {
        let name = self.text(&[
            "gift.name",
            "giftname",
            "giftdetails.giftname",
            "gift.giftname",
            "giftinfo.name",
            "gift",
        ]);
        let id = self.text(&["giftid", "gift.id", "gift.giftid", "giftdetails.id", "giftinfo.id"]);
        // A log that names gifts only: the same name is the same gift.
        let id = id.or_else(|| Some((-user_named(name.as_deref()?).0).to_string()));
        let count = self.value(&["repeatcount", "gift.repeatcount", "count", "combocount"]);
        let each = self.value(&[
            "diamondcount",
            "gift.diamondcount",
            "giftdetails.diamondcount",
            "giftinfo.diamondcount",
            "gift.diamonds",
        ]);
        let whole = || {
            let (all, count) =
                (number(&self.value(&["diamonds", "totaldiamonds"])?)?, number(count.as_ref()?)?);
            (count > 0 && all % count == 0).then(|| json!(all / count))
        };
        let kind = self.value(&["gifttype", "gift.type", "gift.gifttype", "giftdetails.gifttype"]);
        let streakable = kind.as_ref().and_then(number).map(|kind| json!(kind == 1));
        json!({
            "id": id,
            "name": name,
            "diamond_count": each.or_else(whole).filter(|each| number(each) != Some(0)),
            "streakable": streakable,
            "group_id": self.text(&["groupid", "gift.groupid"]).filter(|group| group != "0"),
            "repeat_count": count,
            "repeat_end": self.value(&["repeatend", "gift.repeatend"]),
            "to_user_id": self.text(&["receiveruserid", "touser.id", "touser.userid", "usergiftreciever.userid"])
                .filter(|id| id != "0"),
        })
    }

    fn time(&self, zone: Tz) -> Option<Stamp> {
        let names = [
            "t",
            "tsms",
            "timestamp",
            "ts",
            "time",
            "at",
            "receivedat",
            "createtime",
            "common.createtime",
            "date",
        ];
        names.iter().find_map(|name| moment(self.find(name)?, zone))
    }

    fn text(&self, names: &[&str]) -> Option<String> {
        names.iter().find_map(|name| text(self.find(name)?))
    }

    /// A number or a truth.
    fn value(&self, names: &[&str]) -> Option<Value> {
        names.iter().find_map(|name| {
            let value = self.find(name)?;
            (value.is_number() || value.is_boolean() || number(value).is_some()).then(|| value.clone())
        })
    }

    /// A member by its path, here or where connectors put what happened.
    fn find(&self, path: &str) -> Option<&'l Value> {
        let within = ["data", "event", "payload"].iter().find_map(|name| self.0.get(*name)?.as_object());
        let here = within.into_iter().chain([self.0]);
        here.into_iter().find_map(|members| {
            let mut steps = path.split('.').take(MOST_DEPTH);
            let mut value = member(members, steps.next()?)?;
            for step in steps {
                value = member(value.as_object()?, step)?;
            }
            (!value.is_null()).then_some(value)
        })
    }
}

fn member<'m>(members: &'m Map<String, Value>, name: &str) -> Option<&'m Value> {
    members.get(name).or_else(|| {
        let (_, value) = members.iter().find(|(known, _)| spelled(known) == name)?;
        Some(value)
    })
}

fn number(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.trim().parse().ok())
}

/// A time as connectors and databases write it: a text, or seconds, milliseconds or less since 1970.
fn moment(value: &Value, zone: Tz) -> Option<Stamp> {
    if let Some(number) = value.as_i64().or_else(|| value.as_str()?.parse().ok()) {
        let ms = match number {
            1_000_000_000..100_000_000_000 => number * 1000,
            100_000_000_000..=LATEST_MS => number,
            1_000_000_000_000_000..10_000_000_000_000_000 => number / 1000,
            _ => return None,
        };
        return Some(Stamp(ms));
    }
    if let Some(seconds) = value.as_f64() {
        return Some(Stamp((seconds * 1000.0) as i64)).filter(|at| at.0 > 0 && at.0 <= LATEST_MS);
    }
    let text = value.as_str()?.trim();
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Some(Stamp(at.timestamp_millis()));
    }
    let forms =
        ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f", "%Y/%m/%d %H:%M:%S%.f", "%d/%m/%Y %H:%M:%S%.f"];
    let local = forms.iter().find_map(|form| NaiveDateTime::parse_from_str(text, form).ok())?;
    // An hour that comes twice is the first of the two.
    Some(Stamp(zone.from_local_datetime(&local).earliest()?.timestamp_millis()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn understood(line: &Value) -> Value {
        match understand(line.as_object().expect("an object"), 7, Tz::Asia__Jakarta) {
            Ok(Logged::Event(event)) => Value::Object(event),
            other => panic!("{other:?}: {line}"),
        }
    }

    #[test]
    fn the_common_shapes_of_connector_logs_are_understood() {
        let old = json!({"event": "gift", "data": {
            "msgId": "7050", "createTime": "1736822992063", "userId": "71", "uniqueId": "ana", "nickname": "Ana",
            "giftId": 5655, "giftName": "Rose", "diamondCount": 1, "giftType": 1, "repeatCount": 4, "repeatEnd": true,
            "groupId": "99", "receiverUserId": "0",
        }});
        let expected = json!({
            "event_id": "7050", "kind": "gift", "t": "2025-01-14T02:49:52.063Z",
            "user": {"id": "71", "display_id": "ana", "nickname": "Ana"},
            "gift": {"id": "5655", "name": "Rose", "diamond_count": 1, "streakable": true, "group_id": "99",
                     "repeat_count": 4, "repeat_end": true, "to_user_id": null},
        });
        assert_eq!(understood(&old), expected);
        let new = json!({"event": "gift", "data": {
            "common": {"msgId": "7050", "createTime": "1736822992063"},
            "user": {"userId": "71", "uniqueId": "ana", "nickname": "Ana"},
            "giftId": "5655", "gift": {"name": "Rose", "diamondCount": 1, "type": 1}, "repeatCount": 4,
            "repeatEnd": true, "groupId": "99",
        }});
        let mut expected = expected;
        assert_eq!(understood(&new), expected);
        let snake = json!({"type": "WebcastGiftMessage", "common": {"msg_id": 7050, "create_time": 1_736_822_992_063i64},
            "user": {"id": 71, "display_id": "ana", "nickname": "Ana"}, "gift_id": 5655,
            "gift": {"name": "Rose", "diamond_count": 1, "type": 1}, "repeat_count": 4, "repeat_end": true, "group_id": 99,
        });
        assert_eq!(understood(&snake), expected);
        expected["kind"] = json!("like");
        let like = json!({"ts_ms": 1_736_823_034_315i64, "type": "like", "msg_id": "8", "user": "user_a8",
                          "likeCount": 3, "totalLikeCount": 43808});
        assert_eq!(
            understood(&like),
            json!({"event_id": "8", "kind": "like", "t": "2025-01-14T02:50:34.315Z", "count": 3, "total": 43808,
                   "user": {"id": null, "display_id": "user_a8", "nickname": null}}),
        );
    }

    #[test]
    fn a_time_that_does_not_say_where_it_is_is_of_the_zone() {
        let line = json!({"ts": "2025-08-11T15:44:39.931", "type": "gift", "user": "ana", "gift": "Rose", "count": 3,
                          "diamonds": 3});
        let gift = understood(&line);
        assert_eq!((&gift["t"], &gift["event_id"]), (&json!("2025-08-11T08:44:39.931Z"), &json!("line 7")));
        assert_eq!((&gift["gift"]["diamond_count"], &gift["gift"]["name"]), (&json!(1), &json!("Rose")));
    }

    #[test]
    fn what_is_not_understood_is_said_and_what_says_nothing_is_passed_over() {
        let read = |line: Value| understand(line.as_object().expect("an object"), 1, Tz::UTC);
        assert_eq!(read(json!({"x": 1})), Err(NotLogged::NoKind));
        assert_eq!(read(json!({"type": "weather"})), Err(NotLogged::Kind("weather".to_owned())));
        assert_eq!(read(json!({"type": "chat", "comment": "hi"})), Err(NotLogged::NoTime));
        assert_eq!(read(json!({"type": "connected", "ts": 1_736_822_992})), Ok(Logged::Nothing));
        assert_eq!(
            read(json!({"event": "social", "data": {"displayType": "pm_mt_join", "createTime": 1}})),
            Ok(Logged::Nothing)
        );
    }
}
