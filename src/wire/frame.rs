//! One binary websocket message: a push frame, and the batch of messages inside it.

use super::webcast::{EnterRoom, FetchResult, Header, HeartBeat, PushFrame};
use bytes::Bytes;
use prost::Message;
use prost::encoding::{DecodeContext, decode_key, skip_field};
use std::io::{Read, Write};

/// A frame may inflate to this much; a larger one is a bomb or a fault and is refused.
pub const MAX_INFLATED_BYTES: usize = 16 * 1024 * 1024;

/// A frame and its batch may have this many fields each; TikTok's have less than a hundred. An empty message
/// takes two bytes on the wire and a hundred in memory, so the size alone does not keep memory small.
const MAX_FIELDS: usize = 10_000;

/// The first bytes of a gzip stream that holds deflated data (RFC 1952).
const GZIP_MAGIC: [u8; 3] = [0x1f, 0x8b, 0x08];

/// What arrived.
#[derive(Debug)]
pub enum Frame {
    Batch(Box<Batch>),
    /// The answer to entering a room.
    Entered,
    /// A frame of the transport that carries no messages.
    Ignored,
}

/// The messages of one frame, and what to send back for them.
#[derive(Debug)]
pub struct Batch {
    pub log_id: i64,
    pub result: FetchResult,
}

/// Why a frame cannot be read. It is skipped and counted; the next one is tried.
#[derive(Debug, thiserror::Error)]
pub enum BrokenFrame {
    #[error("the frame is no push frame: {0}")]
    Frame(prost::DecodeError),
    #[error("the frame's gzip data cannot be inflated: {0}")]
    Gzip(std::io::Error),
    #[error("the frame inflates to more than {MAX_INFLATED_BYTES} bytes")]
    TooLarge,
    #[error("the frame has more than {MAX_FIELDS} fields")]
    TooManyFields,
    #[error("the frame's batch cannot be read: {0}")]
    Batch(prost::DecodeError),
}

/// Reads one binary websocket message.
///
/// # Errors
///
/// [`BrokenFrame`] if it is not a frame, or its content cannot be inflated or read.
pub fn read(message: Bytes) -> Result<Frame, BrokenFrame> {
    if has_too_many_fields(message.clone()).map_err(BrokenFrame::Frame)? {
        return Err(BrokenFrame::TooManyFields);
    }
    let frame = PushFrame::decode(message).map_err(BrokenFrame::Frame)?;
    match &frame.payload_type[..] {
        b"msg" => {}
        b"im_enter_room_resp" => return Ok(Frame::Entered),
        _ => return Ok(Frame::Ignored),
    }
    let header = frame.headers.iter().find(|header| &header.key[..] == b"compress_type");
    let marked = header.is_some_and(|header| &header.value[..] == b"gzip");
    let payload = if marked || frame.payload.starts_with(&GZIP_MAGIC) {
        inflate(&frame.payload)?
    } else {
        frame.payload
    };
    if has_too_many_fields(payload.clone()).map_err(BrokenFrame::Batch)? {
        return Err(BrokenFrame::TooManyFields);
    }
    let result = FetchResult::decode(payload).map_err(BrokenFrame::Batch)?;
    Ok(Frame::Batch(Box::new(Batch { log_id: frame.log_id, result })))
}

/// Looks at the outermost fields only, without keeping any.
fn has_too_many_fields(mut message: Bytes) -> Result<bool, prost::DecodeError> {
    for _ in 0..MAX_FIELDS {
        if message.is_empty() {
            return Ok(false);
        }
        let (tag, wire_type) = decode_key(&mut message)?;
        skip_field(wire_type, tag, &mut message, DecodeContext::default())?;
    }
    Ok(!message.is_empty())
}

fn inflate(gzip: &[u8]) -> Result<Bytes, BrokenFrame> {
    // The last four bytes state the inflated size (RFC 1952); they only guide the allocation.
    let stated = gzip.last_chunk().map_or(0, |size| u32::from_le_bytes(*size) as usize);
    let mut inflated =
        Vec::with_capacity(stated.clamp(1024, 16 * gzip.len().max(1024)).min(MAX_INFLATED_BYTES));
    let limit = MAX_INFLATED_BYTES as u64 + 1;
    flate2::bufread::GzDecoder::new(gzip)
        .take(limit)
        .read_to_end(&mut inflated)
        .map_err(BrokenFrame::Gzip)?;
    if inflated.len() > MAX_INFLATED_BYTES {
        return Err(BrokenFrame::TooLarge);
    }
    Ok(Bytes::from(inflated))
}

/// The frame that keeps a connection alive; `beat` counts from 1.
#[must_use]
pub fn heartbeat(room: i64, beat: i64) -> Vec<u8> {
    let beat = HeartBeat { room_id: room, send_packet_seq_id: beat };
    outgoing("hb", 0, beat.encode_to_vec().into())
}

/// The frame that asks for a room's messages. `entry` is echoed by the server.
#[must_use]
pub fn enter_room(room: i64, entry: i64) -> Vec<u8> {
    let enter = EnterRoom {
        room_id: room,
        live_id: 12,
        identity: Bytes::from_static(b"audience"),
        enter_unique_id: entry,
        filter_welcome_msg: Bytes::from_static(b"0"),
    };
    outgoing("im_enter_room", 0, enter.encode_to_vec().into())
}

/// The frame that acknowledges a batch.
#[must_use]
pub fn acknowledgement(log_id: i64, internal_ext: Bytes) -> Vec<u8> {
    outgoing("ack", log_id, internal_ext)
}

fn outgoing(payload_type: &'static str, log_id: i64, payload: Bytes) -> Vec<u8> {
    PushFrame {
        log_id,
        payload_encoding: Bytes::from_static(b"pb"),
        payload_type: Bytes::from_static(payload_type.as_bytes()),
        payload,
        ..PushFrame::default()
    }
    .encode_to_vec()
}

/// A frame as TikTok sends it: a batch, gzipped if `gzip`.
#[must_use]
pub fn push(seq_id: i64, log_id: i64, result: &FetchResult, gzip: bool) -> Vec<u8> {
    let plain = result.encode_to_vec();
    let payload = if gzip {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(&plain).and_then(|()| encoder.finish()).expect("writing to memory cannot fail")
    } else {
        plain
    };
    let compress_type = if gzip { "gzip" } else { "none" };
    PushFrame {
        seq_id,
        log_id,
        service: 8,
        method: 8,
        headers: vec![Header {
            key: Bytes::from_static(b"compress_type"),
            value: Bytes::from_static(compress_type.as_bytes()),
        }],
        payload_encoding: Bytes::from_static(b"pb"),
        payload_type: Bytes::from_static(b"msg"),
        payload: payload.into(),
    }
    .encode_to_vec()
}

/// TikTok's answer to entering a room. Its first field stays a varint, because a common client
/// reads every payload as a batch.
#[must_use]
pub fn entered(room: i64) -> Vec<u8> {
    let payload = HeartBeat { room_id: room, ..HeartBeat::default() }.encode_to_vec();
    outgoing("im_enter_room_resp", 0, payload.into())
}

/// TikTok's answer to a heartbeat: the mere frame.
#[must_use]
pub fn heartbeat_answer() -> Vec<u8> {
    outgoing("hb", 0, Bytes::new())
}

/// What a client said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClientFrame {
    HeartBeat { room: i64 },
    EnterRoom { room: i64 },
    Acknowledgement { log_id: i64, internal_ext: Bytes },
    Other,
}

/// Reads what a client sent.
///
/// # Errors
///
/// If it is no push frame, or its payload is not what its type says.
pub fn read_from_client(message: Bytes) -> Result<ClientFrame, prost::DecodeError> {
    let frame = PushFrame::decode(message)?;
    Ok(match &frame.payload_type[..] {
        b"hb" => ClientFrame::HeartBeat { room: HeartBeat::decode(frame.payload)?.room_id },
        b"im_enter_room" => ClientFrame::EnterRoom { room: EnterRoom::decode(frame.payload)?.room_id },
        b"ack" => ClientFrame::Acknowledgement { log_id: frame.log_id, internal_ext: frame.payload },
        _ => ClientFrame::Other,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::webcast::BaseMessage;

    fn batch_of(bytes: Vec<u8>) -> FetchResult {
        match read(bytes.into()) {
            Ok(Frame::Batch(batch)) => batch.result,
            other => panic!("not a batch: {other:?}"),
        }
    }

    fn sample() -> FetchResult {
        let message = BaseMessage { msg_id: 7, ..BaseMessage::default() };
        FetchResult { messages: vec![message], ..FetchResult::default() }
    }

    #[test]
    fn plain_and_gzipped_batches_read_the_same() {
        assert_eq!(batch_of(push(1, 2, &sample(), false)), sample());
        assert_eq!(batch_of(push(1, 2, &sample(), true)), sample());
    }

    #[test]
    fn gzip_is_recognised_without_its_header() {
        let mut frame = PushFrame::decode(&push(1, 2, &sample(), true)[..]).expect("our own frame");
        frame.headers.clear();
        assert_eq!(batch_of(frame.encode_to_vec()), sample());
    }

    #[test]
    fn transport_frames_carry_nothing() {
        assert!(matches!(read(Bytes::new()), Ok(Frame::Ignored)));
        assert!(matches!(read(heartbeat(1, 1).into()), Ok(Frame::Ignored)));
        let entered = outgoing("im_enter_room_resp", 0, Bytes::new());
        assert!(matches!(read(entered.into()), Ok(Frame::Entered)));
    }

    #[test]
    fn what_a_client_says_is_read_back() {
        let read = |bytes: Vec<u8>| read_from_client(bytes.into()).expect("our own frame");
        assert_eq!(read(heartbeat(5, 1)), ClientFrame::HeartBeat { room: 5 });
        assert_eq!(read(enter_room(5, 9)), ClientFrame::EnterRoom { room: 5 });
        let said = ClientFrame::Acknowledgement { log_id: 3, internal_ext: Bytes::from_static(b"x") };
        assert_eq!(read(acknowledgement(3, Bytes::from_static(b"x"))), said);
        assert_eq!(read(heartbeat_answer()), ClientFrame::HeartBeat { room: 0 });
    }

    #[test]
    fn a_gzip_bomb_is_refused_before_it_fills_memory() {
        let bomb = FetchResult { cursor: vec![0; MAX_INFLATED_BYTES + 1].into(), ..FetchResult::default() };
        assert!(matches!(read(push(1, 2, &bomb, true).into()), Err(BrokenFrame::TooLarge)));
    }

    #[test]
    fn millions_of_tiny_fields_are_refused_before_they_fill_memory() {
        let empty = vec![BaseMessage::default(); MAX_FIELDS];
        let most = FetchResult { messages: empty, ..FetchResult::default() };
        assert_eq!(batch_of(push(1, 2, &most, true)).messages.len(), MAX_FIELDS);
        let crowd = FetchResult { cursor: Bytes::from_static(b"x"), ..most };
        assert!(matches!(read(push(1, 2, &crowd, true).into()), Err(BrokenFrame::TooManyFields)));
        let headers = PushFrame { headers: vec![Header::default(); MAX_FIELDS + 1], ..PushFrame::default() };
        assert!(matches!(read(headers.encode_to_vec().into()), Err(BrokenFrame::TooManyFields)));
    }

    #[test]
    fn garbage_is_broken_not_fatal() {
        assert!(matches!(read(Bytes::from_static(b"\xff\xff")), Err(BrokenFrame::Frame(_))));
        let mut frame = PushFrame::decode(&push(1, 2, &sample(), true)[..]).expect("our own frame");
        frame.payload = frame.payload.slice(..frame.payload.len() - 9);
        assert!(matches!(read(frame.encode_to_vec().into()), Err(BrokenFrame::Gzip(_))));
    }
}
