//! `pasut decode` on very many payloads of every kind, written by field number rather than by our
//! own schema, and on what is left of them after damage.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use pasut::commands::decode;
use serde_json::{Value, json};

const LINES: usize = 20_000;

/// A protobuf message, written field by field.
#[derive(Clone, Default)]
struct Wire(Vec<u8>);

impl Wire {
    fn int(mut self, field: u64, value: i64) -> Self {
        self.varint(field << 3);
        self.varint(value as u64);
        self
    }

    fn bytes(mut self, field: u64, bytes: &[u8]) -> Self {
        self.varint(field << 3 | 2);
        self.varint(bytes.len() as u64);
        self.0.extend(bytes);
        self
    }

    fn message(self, field: u64, message: &Self) -> Self {
        self.bytes(field, &message.0)
    }

    fn varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.0.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.0.push(value as u8);
    }
}

/// A line of one kind, what it is to be decoded as, and the fields besides those of the header.
struct Example {
    method: &'static str,
    kind: &'static str,
    payload: Wire,
    fields: Value,
}

/// Every kind in turn; `n` makes each line different.
fn example(n: i64) -> Example {
    let header =
        Wire::default().int(2, 7_500_000_000_000_000_000 + n).int(3, 75).int(4, 1_700_000_000_000 + n);
    let id = i64::MAX - n;
    let user = Wire::default().int(1, id).bytes(3, "Ana ✨".as_bytes()).bytes(38, b"ana");
    let text = format!("halo {n} \"kak\" \u{1F339}");
    let start = || Wire::default().message(1, &header);
    let said = |payload: Wire, field: u64| payload.bytes(field, text.as_bytes());
    let example = |method, kind, payload, fields| Example { method, kind, payload, fields };
    let by_user = |method, kind, payload: Wire, mut fields: Value| {
        fields["user.id"] = json!(id);
        Example { method, kind, payload, fields }
    };
    let count = 1 + n % 900;
    match n % 21 {
        0 => by_user(
            "WebcastChatMessage",
            "chat",
            said(start().message(2, &user), 3),
            json!({ "content": text }),
        ),
        1 => by_user(
            "WebcastLikeMessage",
            "like",
            start().int(2, count).int(3, n + 1).message(5, &user),
            json!({ "count": count, "total": n + 1 }),
        ),
        2 => {
            let gift =
                Wire::default().int(5, 5655).int(10, 1).int(11, 1).int(12, 30_000).bytes(16, b"Mawar, 1");
            let payload = start()
                .int(2, 5655)
                .int(4, 2)
                .int(5, count)
                .int(6, 3)
                .message(7, &user)
                .int(9, 1)
                .int(11, 9)
                .message(15, &gift);
            let fields = json!({
                "gift_id": 5655, "group_count": 2, "repeat_count": count, "combo_count": 3, "repeat_end": 1, "group_id": 9,
                "gift.id": 5655, "gift.name": "Mawar, 1", "gift.diamond_count": 30_000, "gift.type": 1, "gift.combo": true,
            });
            by_user("WebcastGiftMessage", "gift", payload, fields)
        }
        3 => by_user(
            "WebcastMemberMessage",
            "join",
            start().message(2, &user).int(3, count).int(10, 1),
            json!({ "action": 1, "member_count": count }),
        ),
        4 => by_user(
            "WebcastMemberMessage",
            "member_other",
            start().message(2, &user).int(10, 26),
            json!({ "action": 26 }),
        ),
        5 => by_user(
            "WebcastSocialMessage",
            "follow",
            start().message(2, &user).int(4, 1).int(6, count),
            json!({ "action": 1, "follow_count": count }),
        ),
        6 => by_user(
            "WebcastSocialMessage",
            "share",
            start().message(2, &user).int(3, 1).int(4, 3).int(8, count),
            json!({ "action": 3, "share_type": 1, "share_count": count }),
        ),
        7 => by_user(
            "WebcastSocialMessage",
            "social_other",
            start().message(2, &user).int(4, 99),
            json!({ "action": 99 }),
        ),
        8 => example(
            "WebcastRoomUserSeqMessage",
            "viewers",
            start().int(3, count).int(7, n + 1),
            json!({ "total": count, "total_user": n + 1 }),
        ),
        9 => example("WebcastControlMessage", "control", start().int(2, 3), json!({ "action": 3 })),
        10 => {
            let emote = Wire::default()
                .bytes(1, b"7000")
                .message(2, &Wire::default().bytes(1, b"https://a.test/e.webp"));
            by_user(
                "WebcastEmoteChatMessage",
                "emote",
                start().message(2, &user).message(3, &emote),
                json!({}),
            )
        }
        11 => example(
            "WebcastEnvelopeMessage",
            "envelope",
            start().message(2, &Wire::default().bytes(1, b"e1").int(2, 1).int(5, 100).int(6, 10)),
            json!({}),
        ),
        12 => by_user(
            "WebcastQuestionNewMessage",
            "question",
            start().message(2, &said(Wire::default().int(1, 1), 2).message(5, &user)),
            json!({ "content": text }),
        ),
        13 => by_user("WebcastSubNotifyMessage", "subscribe", start().message(2, &user).int(4, 2), json!({})),
        14 => example("WebcastLinkMicBattle", "battle", start().int(2, 9).int(4, 4), json!({ "action": 4 })),
        15 => example("WebcastLinkMicArmies", "battle_armies", start().int(2, 9), json!({})),
        16 => example("WebcastImDeleteMessage", "other", start().int(2, n), json!({})),
        17 => by_user(
            "WebcastLiveIntroMessage",
            "other",
            said(start(), 4).message(5, &user),
            json!({ "content": text }),
        ),
        18 => example("WebcastRoomMessage", "other", said(start(), 2), json!({ "content": text })),
        19 => example("WebcastBarrageMessage", "other", start().int(3, 1), json!({})),
        _ => example("WebcastCaptionMessage", "other", start(), json!({})),
    }
}

fn line(method: &str, payload: &[u8]) -> String {
    json!({ "type": method, "payload_b64": STANDARD.encode(payload) }).to_string()
}

fn answers(lines: &[String]) -> Vec<Value> {
    let mut output = Vec::new();
    decode::run(lines.join("\n").as_bytes(), &mut output).expect("memory");
    serde_json::Deserializer::from_slice(&output).into_iter().map(|answer| answer.expect("json")).collect()
}

#[test]
fn every_kind_is_decoded_field_by_field_in_order() {
    let examples: Vec<Example> = (0..LINES as i64).map(example).collect();
    let lines: Vec<String> =
        examples.iter().map(|example| line(example.method, &example.payload.0)).collect();
    let answers = answers(&lines);
    assert_eq!(answers.len(), LINES);
    for (n, (mut example, answer)) in examples.into_iter().zip(answers).enumerate() {
        example.fields["msg_id"] = json!(7_500_000_000_000_000_000 + n as i64);
        example.fields["create_time"] = json!(1_700_000_000_000 + n as i64);
        let expected =
            json!({ "type": example.method, "ok": true, "kind": example.kind, "fields": example.fields });
        assert_eq!(answer, expected, "line {n}");
    }
}

#[test]
fn fields_that_nobody_documented_change_nothing() {
    for n in 0..21 {
        let example = example(n);
        let mut payload = Wire::default().bytes(500, b"in front").int(501, -1);
        payload.0.extend(&example.payload.0);
        let payload = payload.bytes(502, &[0xff; 40]);
        let plain = answers(&[line(example.method, &example.payload.0)]);
        assert_eq!(answers(&[line(example.method, &payload.0)]), plain, "{}", example.method);
    }
}

#[test]
fn a_line_that_no_message_can_have_is_refused_and_the_next_one_is_read() {
    let Example { method, payload, .. } = example(0);
    let answers = answers(&["x".repeat(40 << 20), line(method, &payload.0)]);
    assert_eq!(answers.iter().map(|answer| answer["ok"] == true).collect::<Vec<_>>(), [false, true]);
}

#[test]
fn every_damaged_payload_has_its_one_answer() {
    let mut lines = Vec::new();
    for n in 0..21 {
        let Example { method, payload, .. } = example(n);
        for end in 0..payload.0.len() {
            lines.push(line(method, &payload.0[..end]));
            let mut flipped = payload.0.clone();
            flipped[end] ^= 0x55;
            lines.push(line(method, &flipped));
        }
    }
    let methods: Vec<Value> =
        lines.iter().map(|line| serde_json::from_str::<Value>(line).expect("json")["type"].clone()).collect();
    let answers = answers(&lines);
    let answered: Vec<Value> = answers.iter().map(|answer| answer["type"].clone()).collect();
    assert_eq!(answered, methods);
    assert!(answers.iter().any(|answer| answer["ok"] == false));
    let says_nothing = |answer: &&Value| answer["ok"] == false && answer["fields"] != json!({});
    assert_eq!(answers.iter().find(says_nothing), None);
}
