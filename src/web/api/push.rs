//! Sessions that a foreign connector feeds: begun, fed and ended through the API.

use super::answer::done;
use super::query;
use super::session_json::SessionJson;
use crate::domain::access::{Opens, Role};
use crate::domain::handle::Handle;
use crate::domain::ids::{RoomId, SessionId, UserId};
use crate::imports::event_line::{self, EventLine, MAX_LINE_BYTES};
use crate::recorder::supervisor::NewPush;
use crate::web::access::Visitor;
use crate::web::error::Trouble;
use crate::web::sight::Sight;
use crate::web::state::AppState;
use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_ENCODING, HeaderMap, HeaderValue, LOCATION};
use actix_web::web::{Bytes, BytesMut, Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse};
use flate2::read::MultiGzDecoder;
use futures_util::StreamExt as _;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::borrow::Cow;
use std::io::Read as _;
use std::time::Duration;

/// A request is read up to this size as it is sent, and as it is packed out.
const MAX_BODY_BYTES: usize = 4 << 20;
const MAX_INFLATED_BYTES: u64 = 16 << 20;

/// More is not read of one request.
const MAX_LINES: usize = 10_000;

/// Whoever sends slower than this is not waited for.
const SENT_WITHIN: Duration = Duration::from_secs(30);

/// So many refused lines are named, of however many there are.
const MOST_NAMED: usize = 100;

const MAX_TITLE_CHARS: usize = 200;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewSession {
    creator: String,
    source: String,
    /// The creator's own account, so that gifts to guests can be told apart.
    host_user_id: Option<String>,
    room_id: Option<String>,
    #[serde(default)]
    title: String,
}

#[derive(Serialize)]
struct Answer {
    accepted: usize,
    duplicates: usize,
    /// The first of them.
    refused: Vec<Refused>,
    refused_in_all: usize,
}

#[derive(Serialize)]
struct Refused {
    line: usize,
    reason: String,
}

/// `POST /api/v1/sessions`: begins a session that is pushed, or takes up the one of this creator that runs.
pub async fn begin<S: Sight>(
    visitor: Visitor,
    body: Bytes,
    state: Data<AppState>,
) -> Result<HttpResponse, Trouble> {
    let new: NewSession = serde_json::from_slice(&body).map_err(|_| {
        Trouble::invalid("body", r#"must be JSON such as {"creator": "mira.plays", "source": "push"}"#)
    })?;
    if new.source != "push" {
        return Err(Trouble::invalid("source", r#"must be "push"; Pasut begins all others itself"#));
    }
    let creator = Handle::parse(&new.creator).map_err(|err| Trouble::invalid("creator", &err.to_string()))?;
    may_push(&visitor, &creator)?;
    let number = |name: &str, id: Option<&String>| {
        let number =
            |id: &String| id.parse::<i64>().map_err(|_| Trouble::invalid(name, "must be a number in quotes"));
        id.map(number).transpose()
    };
    let new = NewPush {
        creator,
        host: number("host_user_id", new.host_user_id.as_ref())?.map(UserId),
        room: number("room_id", new.room_id.as_ref())?.map(RoomId),
        title: new.title.chars().take(MAX_TITLE_CHARS).collect(),
    };
    let (session, is_new) = state.recorder.begin_push(new).await?;
    let status = if is_new { StatusCode::CREATED } else { StatusCode::OK };
    let mut response = shown::<S>(&state, session, status).await?;
    let address = format!("/api/v1/sessions/{session}");
    response.headers_mut().insert(LOCATION, address.parse().expect("a path of digits and letters"));
    Ok(response)
}

/// `POST /api/v1/sessions/{id}/events`: lines of Event JSON, or an array of them. They are written when this is
/// answered.
pub async fn events(
    visitor: Visitor,
    req: HttpRequest,
    id: Path<String>,
    body: Payload,
    state: Data<AppState>,
) -> Result<HttpResponse, Trouble> {
    let session = query::session(&state, &id).await?;
    may_push(&visitor, &session.start.creator)?;
    let body = whole(body).await?;
    let body = unpacked(req.headers(), &body)?;
    let mut refused = Vec::new();
    let (mut lines, mut host) = (Vec::new(), None);
    let mut take = |line: usize, read: Result<EventLine, event_line::Unreadable>| {
        let checked = read.map_err(|reason| reason.to_string()).and_then(|line| {
            match &line.creator {
                Some(creator) if *creator != session.start.creator => {
                    return Err(format!("is of @{creator}; this session is of @{}", session.start.creator));
                }
                _ => {}
            }
            match line.session {
                Some(other) if other != session.id => {
                    Err(format!("is of session {other}; this is session {}", session.id))
                }
                _ => Ok(line),
            }
        });
        match checked {
            Ok(read) => {
                host = host.or(read.host);
                lines.push((line, read.told));
            }
            Err(reason) => refused.push(Refused { line, reason }),
        }
    };
    read_lines(&body, &mut take)?;
    let pushed = state.recorder.push(session.id, lines, host).await?;
    refused
        .extend(pushed.refused.iter().map(|(line, late)| Refused { line: *line, reason: late.to_string() }));
    refused.sort_by_key(|refused| refused.line);
    let refused_in_all = refused.len();
    refused.truncate(MOST_NAMED);
    let answer = Answer { accepted: pushed.accepted, duplicates: pushed.duplicates, refused, refused_in_all };
    Ok(done(StatusCode::OK, &answer))
}

/// `POST /api/v1/sessions/{id}/end`: the session is over where its last line was. Ending it again is harmless.
pub async fn end<S: Sight>(
    visitor: Visitor,
    id: Path<String>,
    state: Data<AppState>,
) -> Result<HttpResponse, Trouble> {
    let session = query::session(&state, &id).await?;
    may_push(&visitor, &session.start.creator)?;
    state.recorder.end_push(session.id).await?;
    shown::<S>(&state, session.id, StatusCode::OK).await
}

/// The owner pushes whom they like; a token of one creator, that one.
fn may_push(visitor: &Visitor, creator: &Handle) -> Result<(), Trouble> {
    let bound = match visitor.opens() {
        Some(Opens::Push { creator: bound }) => bound == creator,
        _ => visitor.role() == Role::Owner,
    };
    if bound {
        return Ok(());
    }
    let reason =
        format!("This does not let you push events of @{creator}. A token for that is made in Settings.");
    Err(Trouble::Http { status: StatusCode::FORBIDDEN, reason })
}

async fn shown<S: Sight>(
    state: &AppState,
    id: SessionId,
    status: StatusCode,
) -> Result<HttpResponse, Trouble> {
    let session = state.store.session(id).await?.ok_or_else(Trouble::no_session)?;
    let gaps = state.store.gaps(id).await?;
    Ok(done(status, &SessionJson::<S>::new(&session, &gaps, state.now())))
}

/// The body as it was sent, if it is not too large and does not take for ever.
async fn whole(mut body: Payload) -> Result<BytesMut, Trouble> {
    let reading = async {
        let mut whole = BytesMut::new();
        while let Some(piece) = body.next().await {
            let piece = piece.map_err(|_| Trouble::invalid("body", "broke off; send it again"))?;
            if whole.len() + piece.len() > MAX_BODY_BYTES {
                return Err(too_large(&format!("has more than {} MiB", MAX_BODY_BYTES >> 20)));
            }
            whole.extend_from_slice(&piece);
        }
        Ok(whole)
    };
    tokio::time::timeout(SENT_WITHIN, reading).await.unwrap_or_else(|_| {
        let reason = format!("The body took longer than {} s, so it was not read.", SENT_WITHIN.as_secs());
        Err(Trouble::Http { status: StatusCode::REQUEST_TIMEOUT, reason })
    })
}

/// The body, unpacked if it is packed. A few bytes may unpack to very many, so no more than a limit is.
fn unpacked<'b>(headers: &HeaderMap, body: &'b [u8]) -> Result<Cow<'b, [u8]>, Trouble> {
    match headers.get(CONTENT_ENCODING).map(HeaderValue::as_bytes) {
        None | Some(b"identity") => Ok(body.into()),
        Some(b"gzip") => {
            let mut plain = Vec::new();
            let mut reader = MultiGzDecoder::new(body).take(MAX_INFLATED_BYTES + 1);
            reader.read_to_end(&mut plain).map_err(|_| Trouble::invalid("body", "is no whole gzip"))?;
            if plain.len() as u64 > MAX_INFLATED_BYTES {
                return Err(too_large(&format!("unpacks to more than {} MiB", MAX_INFLATED_BYTES >> 20)));
            }
            Ok(plain.into())
        }
        Some(_) => Err(Trouble::Http {
            status: StatusCode::UNSUPPORTED_MEDIA_TYPE,
            reason: "The body may be sent as it is or packed with gzip.".to_owned(),
        }),
    }
}

/// Reads lines, or the elements of an array, and hands each on with its place, from 1.
fn read_lines(
    body: &[u8],
    take: &mut impl FnMut(usize, Result<EventLine, event_line::Unreadable>),
) -> Result<(), Trouble> {
    let many = || too_large(&format!("has more than {MAX_LINES} lines; send them in several requests"));
    if body.trim_ascii_start().starts_with(b"[") {
        let elements: Vec<Value> = serde_json::from_slice(body)
            .map_err(|err| Trouble::invalid("body", &format!("is no whole JSON array ({err})")))?;
        if elements.len() > MAX_LINES {
            return Err(many());
        }
        for (at, element) in elements.iter().enumerate() {
            take(
                at + 1,
                element.as_object().map_or(Err(event_line::Unreadable::NoObject), event_line::of_members),
            );
        }
        return Ok(());
    }
    let mut read = 0;
    for (at, line) in body.split(|byte| *byte == b'\n').enumerate() {
        let line = line.trim_ascii();
        if line.is_empty() {
            continue;
        }
        read += 1;
        if read > MAX_LINES {
            return Err(many());
        }
        take(
            at + 1,
            if line.len() > MAX_LINE_BYTES {
                Err(event_line::Unreadable::Long)
            } else {
                event_line::read(line)
            },
        );
    }
    Ok(())
}

fn too_large(what: &str) -> Trouble {
    Trouble::Http {
        status: StatusCode::PAYLOAD_TOO_LARGE,
        reason: format!("The body {what}, so nothing was taken."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::access::SecretHash;
    use crate::domain::time::Stamp;
    use crate::store::tokens::Token;
    use flate2::Compression;
    use flate2::write::GzEncoder;
    use std::io::Write as _;
    use std::sync::Arc;

    type Read = Vec<(usize, Result<(), String>)>;

    fn read(body: &[u8]) -> Result<Read, Trouble> {
        let mut lines = Vec::new();
        read_lines(body, &mut |line, read| {
            lines.push((line, read.map(drop).map_err(|reason| reason.to_string())));
        })?;
        Ok(lines)
    }

    fn packed(plain: &[u8]) -> Vec<u8> {
        let mut packer = GzEncoder::new(Vec::new(), Compression::best());
        packer.write_all(plain).expect("memory");
        packer.finish().expect("memory")
    }

    fn unpack(body: &[u8]) -> Result<Cow<'_, [u8]>, Trouble> {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        unpacked(&headers, body)
    }

    #[test]
    fn lines_and_elements_are_known_by_their_places() {
        let good = r#"{"event_id": "1", "kind": "share"}"#;
        let lines = read(format!("\n{good}\r\n{{\n\n{good}").as_bytes()).expect("lines");
        assert_eq!(lines, [(2, Ok(())), (3, Err("is no JSON object".to_owned())), (5, Ok(()))]);
        let elements = read(format!("[{good}, 7,\n{good}]").as_bytes()).expect("an array");
        assert_eq!(elements, [(1, Ok(())), (2, Err("is no JSON object".to_owned())), (3, Ok(()))]);
        assert_eq!(read(b"").expect("nothing"), []);
        assert!(matches!(read(b"[{]"), Err(Trouble::Invalid { .. })));
    }

    #[test]
    fn lines_that_are_long_or_many_are_refused() {
        let long = format!("{{\"event_id\": \"{}\"}}", "x".repeat(MAX_LINE_BYTES));
        let read_long = read(long.as_bytes()).expect("a line");
        assert!(
            matches!(&read_long[..], [(1, Err(reason))] if reason.contains("65536 bytes")),
            "{read_long:?}"
        );
        assert_eq!(read("{}\n".repeat(MAX_LINES).as_bytes()).expect("as many as may be").len(), MAX_LINES);
        assert!(matches!(read("{}\n".repeat(MAX_LINES + 1).as_bytes()), Err(Trouble::Http { .. })));
        let array = format!("[{}{{}}]", "{},".repeat(MAX_LINES));
        assert!(matches!(read(array.as_bytes()), Err(Trouble::Http { .. })));
    }

    #[test]
    fn a_token_pushes_its_creator_and_nobody_else() {
        let (mira, budi) = (Handle::parse("mira").expect("valid"), Handle::parse("budi").expect("valid"));
        let token = |opens: Opens| {
            Visitor::with_token(Arc::new(Token {
                id: 1,
                hash: SecretHash([0; 32]),
                opens,
                label: String::new(),
                created_at: Stamp(0),
                expires_at: None,
                last_used: None,
                pin: None,
            }))
        };
        for (visitor, pushes_mira) in [
            (Visitor::this_computer(), true),
            (token(Opens::Push { creator: mira.clone() }), true),
            (token(Opens::Push { creator: budi }), false),
            (token(Opens::Api { role: Role::Owner }), true),
            (token(Opens::Api { role: Role::Moderator }), false),
            (token(Opens::Metrics), false),
            (Visitor::new(Role::Guest), false),
        ] {
            assert_eq!(may_push(&visitor, &mira).is_ok(), pushes_mira, "{visitor:?}");
        }
    }

    #[test]
    fn a_bomb_of_gzip_is_not_unpacked() {
        assert_eq!(unpack(&packed(b"{}")).expect("small").as_ref(), b"{}");
        let bomb = packed(&vec![b' '; MAX_INFLATED_BYTES as usize + 1]);
        assert!(bomb.len() < 100_000, "{} bytes", bomb.len());
        let refused = unpack(&bomb).expect_err("16 MiB and one byte");
        assert!(matches!(refused, Trouble::Http { status: StatusCode::PAYLOAD_TOO_LARGE, .. }), "{refused}");
        assert!(unpack(b"not packed").is_err());
    }
}
