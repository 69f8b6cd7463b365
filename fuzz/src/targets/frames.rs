//! A binary websocket message, and the messages in it.

use bytes::Bytes;
use flate2::Compression;
use flate2::read::GzEncoder;
use pasut::connector::incoming::Incoming;
use pasut::connector::translate::translate;
use pasut::wire::Message as _;
use pasut::wire::frame;
use pasut::wire::webcast::PushFrame;
use std::io::Read as _;

/// Every message that we know by its name, and one that we do not.
const METHODS: [&str; 20] = [
    "WebcastChatMessage",
    "WebcastEmoteChatMessage",
    "WebcastLikeMessage",
    "WebcastGiftMessage",
    "WebcastMemberMessage",
    "WebcastSocialMessage",
    "WebcastRoomUserSeqMessage",
    "WebcastControlMessage",
    "WebcastEnvelopeMessage",
    "WebcastQuestionNewMessage",
    "WebcastSubNotifyMessage",
    "WebcastLinkMicBattle",
    "WebcastLinkMicArmies",
    "WebcastImDeleteMessage",
    "WebcastLiveIntroMessage",
    "WebcastRoomMessage",
    "WebcastBarrageMessage",
    "WebcastCaptionMessage",
    "WebcastRankUpdateMessage",
    "WebcastHologramMessage",
];

/// The first byte: as it is, a batch that is packed, a batch that is not, or one message.
pub fn check(bytes: &[u8]) {
    let Some((way, rest)) = bytes.split_first() else { return };
    match way % 4 {
        0 => read(Bytes::copy_from_slice(rest)),
        1 => read(batch(&packed(rest))),
        2 => read(batch(rest)),
        _ => {
            let Some((method, payload)) = rest.split_first() else { return };
            let method = METHODS[usize::from(*method) % METHODS.len()];
            // An error is an answer, too.
            let _ = translate(method.as_bytes(), Bytes::copy_from_slice(payload));
        }
    }
}

fn read(message: Bytes) {
    let _ = frame::read_from_client(message.clone());
    let Ok(Incoming::Messages(batch)) = Incoming::read(message) else { return };
    for message in &batch.messages {
        let _ = message.room();
        if let Ok(mut event) = message.event() {
            event.detach();
        }
    }
}

/// A frame as TikTok sends it around a batch.
fn batch(payload: &[u8]) -> Bytes {
    let frame = PushFrame {
        payload_type: Bytes::from_static(b"msg"),
        payload: Bytes::copy_from_slice(payload),
        ..PushFrame::default()
    };
    frame.encode_to_vec().into()
}

/// Packed with gzip.
pub fn packed(plain: &[u8]) -> Vec<u8> {
    let mut packed = Vec::new();
    GzEncoder::new(plain, Compression::fast())
        .read_to_end(&mut packed)
        .expect("reading from memory cannot fail");
    packed
}
