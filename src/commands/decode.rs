//! `pasut decode`: recorded payloads in, what we read of them out, line by line.

use crate::domain::event::{LiveEvent, What};
use crate::wire::{DecodeError, Message, webcast as pb};
use crate::{connector::translate::translate, domain::event::Kind};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::io::{BufRead, Write};

/// A longer line is refused unread: the largest message that is decoded takes a tenth of it.
const MAX_LINE: usize = 16 * 1024 * 1024;

#[derive(Deserialize)]
struct Line {
    #[serde(default)]
    r#type: String,
    #[serde(default)]
    payload_b64: String,
}

/// Reads lines `{"type": METHOD, "payload_b64": ...}` and writes one object for each, in order.
///
/// # Errors
///
/// If `input` cannot be read or `output` cannot be written; a bad line is answered, never an error.
pub fn run(mut input: impl BufRead, mut output: impl Write) -> std::io::Result<()> {
    let mut line = Vec::new();
    loop {
        line.clear();
        if std::io::Read::take(&mut input, MAX_LINE as u64 + 1).read_until(b'\n', &mut line)? == 0 {
            return output.flush();
        }
        if line.len() > MAX_LINE && line.last() != Some(&b'\n') {
            input.skip_until(b'\n')?;
            line.clear();
        }
        serde_json::to_writer(&mut output, &answer(&line))?;
        output.write_all(b"\n")?;
    }
}

fn answer(line: &[u8]) -> Value {
    let refused = |method: &str| json!({ "type": method, "ok": false, "kind": null, "fields": {} });
    let Ok(line) = serde_json::from_slice::<Line>(line) else { return refused("") };
    let Ok(payload) = STANDARD.decode(&line.payload_b64) else { return refused(&line.r#type) };
    let payload = Bytes::from(payload);
    let decoded = translate(line.r#type.as_bytes(), payload.clone())
        .and_then(|event| Ok((event.what.kind(), fields(&event, &line.r#type, payload)?)));
    match decoded {
        Ok((kind, fields)) => {
            let kind = (kind != Kind::Unknown).then(|| kind.as_str());
            json!({ "type": line.r#type, "ok": true, "kind": kind, "fields": fields })
        }
        Err(_) => refused(&line.r#type),
    }
}

/// The members of the message that Pasut reads; a member at its default is left out.
fn fields(event: &LiveEvent, method: &str, payload: Bytes) -> Result<Map<String, Value>, DecodeError> {
    let mut fields = Map::new();
    let mut put = |name: &str, value: Value| {
        if value != json!(0) && value != json!("") {
            fields.insert(name.to_owned(), value);
        }
    };
    if event.what.kind() != Kind::Unknown {
        // Every known message has the common header in field 1.
        let common = pb::CommonOnly::decode(payload.clone())?.common.unwrap_or_default();
        put("msg_id", json!(common.msg_id));
        put("create_time", json!(common.create_time));
    }
    if let Some(user) = &event.user {
        put("user.id", json!(user.id.0));
    }
    match &event.what {
        What::Comment { text } | What::Intro { text } | What::Question { text } => {
            put("content", json!(text.as_str()));
        }
        What::Like { .. } => {
            let like = pb::Like::decode(payload)?;
            put("count", json!(like.count));
            put("total", json!(like.total));
        }
        What::Gift(_) => put_gift(&mut put, &pb::Gift::decode(payload)?),
        What::Join { .. } | What::MemberOther { .. } => {
            let member = pb::Member::decode(payload)?;
            put("action", json!(member.action));
            put("member_count", json!(member.member_count));
        }
        What::Follow { .. } | What::Share | What::SocialOther { .. } => {
            let social = pb::Social::decode(payload)?;
            put("action", json!(social.action));
            put("follow_count", json!(social.follow_count));
            put("share_type", json!(social.share_type));
            put("share_count", json!(social.share_count));
        }
        What::Viewers { .. } => {
            let room = pb::RoomUserSeq::decode(payload)?;
            put("total", json!(room.total));
            put("total_user", json!(room.total_user));
        }
        What::Control(control) => put("action", json!(control.action())),
        What::Battle(_) => put("action", json!(pb::LinkMicBattle::decode(payload)?.action)),
        What::Other if method == "WebcastRoomMessage" => {
            put("content", json!(String::from_utf8_lossy(&pb::RoomText::decode(payload)?.content)));
        }
        _ => {}
    }
    Ok(fields)
}

fn put_gift(put: &mut impl FnMut(&str, Value), gift: &pb::Gift) {
    for (name, value) in [
        ("gift_id", gift.gift_id),
        ("fan_ticket_count", gift.fan_ticket_count),
        ("group_count", gift.group_count),
        ("repeat_count", gift.repeat_count),
        ("combo_count", gift.combo_count),
        ("repeat_end", gift.repeat_end),
        ("group_id", gift.group_id),
    ] {
        put(name, json!(value));
    }
    if let Some(described) = &gift.gift {
        put("gift.id", json!(described.id));
        put("gift.name", json!(String::from_utf8_lossy(&described.name)));
        put("gift.diamond_count", json!(described.diamond_count));
        put("gift.type", json!(described.r#type));
        put("gift.combo", json!(described.combo));
    }
}
