//! What a webhook is sent: our JSON, or a message for Discord.

use super::sentence::sentence;
use crate::domain::alert::{Alert, Change, Given, Somebody, What};
use crate::domain::goal::GoalKind;
use crate::domain::time::Stamp;
use crate::store::webhooks::Form;
use crate::words::{Lang, Words};
use chrono::{DateTime, SecondsFormat};
use serde::Serialize;
use std::collections::BTreeMap;

/// The body for a webhook that understands `form`.
#[must_use]
pub fn body(alert: &Alert, form: Form, lang: Lang) -> Vec<u8> {
    let body = match form {
        Form::Json => serde_json::to_vec(&Message::new(alert)),
        Form::Discord => serde_json::to_vec(&Discord::new(alert, lang)),
    };
    body.expect("plain values can be written")
}

/// `docs/webhooks.md` describes it. Whoever sets a webhook up is the owner, so it may hold money.
#[derive(Serialize)]
struct Message<'a> {
    #[serde(rename = "type")]
    kind: String,
    timestamp: String,
    data: Data<'a>,
}

/// Members that Event JSON has too are named as there.
#[derive(Serialize)]
struct Data<'a> {
    alert_id: String,
    rule: &'static str,
    creator: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    session_id: Option<String>,
    t: String,
    user: Option<User<'a>>,
    #[serde(flatten)]
    facts: Facts<'a>,
    /// The same in words, by language.
    text: BTreeMap<&'static str, String>,
}

#[derive(Serialize)]
struct User<'a> {
    id: String,
    display_id: &'a str,
    nickname: &'a str,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Facts<'a> {
    Given { gift: Gift<'a>, units: i64, diamonds: i64, estimated: bool },
    Viewers { viewers_before: i64, viewers: i64, window_s: u32 },
    Lost { seconds: i64 },
    Goal { goal: Goal<'a> },
    Fan { rank: u32 },
    None {},
}

#[derive(Serialize)]
struct Gift<'a> {
    id: String,
    name: &'a str,
}

#[derive(Serialize)]
struct Goal<'a> {
    id: String,
    kind: GoalKind,
    target: i64,
    title: &'a str,
}

impl<'a> Message<'a> {
    fn new(alert: &'a Alert) -> Self {
        let rule = alert.what.rule().as_str();
        let facts = match &alert.what {
            What::Gift(given) | What::FirstGift(given) => {
                let Given { gift, name, units, diamonds, estimated } = given;
                Facts::Given {
                    gift: Gift { id: gift.to_string(), name },
                    units: *units,
                    diamonds: *diamonds,
                    estimated: *estimated,
                }
            }
            What::ViewerSpike(Change { from, to, window_s })
            | What::ViewerDrop(Change { from, to, window_s }) => {
                Facts::Viewers { viewers_before: *from, viewers: *to, window_s: *window_s }
            }
            What::ConnectionLost { seconds } => Facts::Lost { seconds: *seconds },
            What::GoalMet { goal, kind, target, title } => {
                Facts::Goal { goal: Goal { id: goal.to_string(), kind: *kind, target: *target, title } }
            }
            What::TopFan { rank } => Facts::Fan { rank: *rank },
            What::Test => Facts::None {},
        };
        let text = Lang::ALL.map(|lang| {
            let said =
                sentence(&alert.what, alert.who.as_ref(), Words::of(lang), true, &|text| text.to_owned());
            (lang.code(), said)
        });
        let user = |who: &'a Somebody| User {
            id: who.user.to_string(),
            display_id: &who.display_id,
            nickname: &who.nickname,
        };
        Self {
            kind: format!("alert.{rule}"),
            timestamp: time(alert.at),
            data: Data {
                alert_id: alert.id.to_string(),
                rule,
                creator: alert.creator.as_str(),
                session_id: alert.session.map(|session| session.to_string()),
                t: time(alert.at),
                user: alert.who.as_ref().map(user),
                facts,
                text: text.into(),
            },
        }
    }
}

/// What Discord makes a message of.
#[derive(Serialize)]
struct Discord {
    embeds: [Embed; 1],
    /// Nobody's name can call everybody.
    allowed_mentions: Mentions,
}

#[derive(Serialize)]
struct Embed {
    title: String,
    description: String,
    color: u32,
    timestamp: String,
    footer: Footer,
}

#[derive(Serialize)]
struct Footer {
    text: &'static str,
}

#[derive(Serialize)]
struct Mentions {
    parse: [&'static str; 0],
}

impl Discord {
    fn new(alert: &Alert, lang: Lang) -> Self {
        let w = Words::of(lang);
        let description = sentence(&alert.what, alert.who.as_ref(), w, true, &escaped);
        let color = match alert.what {
            What::ConnectionLost { .. } | What::ViewerDrop(_) => 0x9C_3D00,
            _ => 0x0B_6B5B,
        };
        Self {
            embeds: [Embed {
                title: escaped(&format!("@{}", alert.creator)),
                description,
                color,
                timestamp: time(alert.at),
                footer: Footer { text: "Pasut" },
            }],
            allowed_mentions: Mentions { parse: [] },
        }
    }
}

/// Somebody's words without a meaning in Discord's markdown: no mention, link, emphasis or line of its own.
fn escaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for character in text.chars().filter(|character| !turns_text(*character)) {
        if character.is_control() {
            plain.push(' ');
            continue;
        }
        if character.is_ascii_punctuation() {
            plain.push('\\');
        }
        plain.push(character);
    }
    plain
}

/// Signs that turn the direction of what follows, or are not seen.
const fn turns_text(character: char) -> bool {
    matches!(character, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

fn time(at: Stamp) -> String {
    let at = DateTime::from_timestamp_millis(at.0).unwrap_or_default();
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::handle::Handle;
    use crate::domain::ids::{GiftId, SessionId, UserId};
    use serde_json::{Value, json};

    fn gift(nickname: &str) -> Alert {
        let given =
            Given { gift: GiftId(5655), name: "Rose".into(), units: 1500, diamonds: 1500, estimated: true };
        Alert {
            id: 7,
            message: "msg_1".into(),
            creator: Handle::parse("mira_plays").expect("valid"),
            session: Some(SessionId(3)),
            at: Stamp(1_795_354_925_678),
            who: Some(Somebody { user: UserId(9), display_id: "ana".into(), nickname: nickname.into() }),
            what: What::Gift(given),
        }
    }

    fn sent(alert: &Alert, form: Form) -> Value {
        serde_json::from_slice(&body(alert, form, Lang::Id)).expect("JSON")
    }

    #[test]
    fn our_json_has_the_members_of_its_description() {
        assert_eq!(
            sent(&gift("Ana"), Form::Json),
            json!({
                "type": "alert.gift",
                "timestamp": "2026-11-22T13:42:05.678Z",
                "data": {
                    "alert_id": "7",
                    "rule": "gift",
                    "creator": "mira_plays",
                    "session_id": "3",
                    "t": "2026-11-22T13:42:05.678Z",
                    "user": { "id": "9", "display_id": "ana", "nickname": "Ana" },
                    "gift": { "id": "5655", "name": "Rose" },
                    "units": 1500,
                    "diamonds": 1500,
                    "estimated": true,
                    "text": {
                        "en": "Ana sent Rose\u{a0}×\u{a0}1,500 (≈\u{a0}1,500 diamonds)",
                        "id": "Ana mengirim Rose\u{a0}×\u{a0}1.500 (≈\u{a0}1.500 diamond)",
                    },
                },
            })
        );
    }

    #[test]
    fn a_name_can_neither_call_anybody_nor_make_markup_in_discord() {
        let hostile = "@everyone <@1> **x** [y](https://evil.example)\n# big `z` ~~a~~ ||b|| \u{202e}_c_";
        let message = sent(&gift(hostile), Form::Discord);
        assert_eq!(message["allowed_mentions"], json!({ "parse": [] }));
        let said = message["embeds"][0]["description"].as_str().expect("text");
        let who = said.split(" mengirim ").next().expect("who");
        assert_eq!(
            who,
            r"\@everyone \<\@1\> \*\*x\*\* \[y\]\(https\:\/\/evil\.example\) \# big \`z\` \~\~a\~\~ \|\|b\|\| \_c\_"
        );
        assert_eq!(message["embeds"][0]["title"], r"\@mira\_plays");
    }

    #[test]
    fn every_alert_has_its_sentence_in_both_languages() {
        let change = Change { from: 10, to: 40, window_s: 60 };
        let given = Given { gift: GiftId(1), name: String::new(), units: 1, diamonds: 0, estimated: false };
        let goal = |title: &str| What::GoalMet {
            goal: 1,
            kind: GoalKind::Viewers,
            target: 500,
            title: title.to_owned(),
        };
        for what in [
            What::FirstGift(given),
            What::ViewerSpike(change),
            What::ViewerDrop(change),
            What::ConnectionLost { seconds: 61 },
            goal(""),
            goal("Lima ratus!"),
            What::TopFan { rank: 2 },
            What::Test,
        ] {
            let alert = Alert { what, who: None, session: None, ..gift("") };
            for form in [Form::Json, Form::Discord] {
                let text = sent(&alert, form).to_string();
                assert!(!text.contains("alert-") && !text.contains("{ $"), "{text}");
            }
        }
    }
}
