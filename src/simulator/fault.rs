//! What can go wrong, on purpose.

use super::dice::Dice;
use super::pen::Pen;
use crate::wire::Message;
use crate::wire::webcast as pb;
use bytes::Bytes;
use std::str::FromStr;
use std::time::Duration;

/// One thing that goes wrong. None is on by default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The room or the socket is refused.
    Refuse(Refusal),
    /// The TCP connection is closed without a word this long after it was opened.
    DropAfter(Duration),
    /// The connection is closed properly this long after it was opened.
    CloseAfter(Duration),
    /// Now and then an additional frame that cannot be read.
    BrokenFrames,
    /// Heartbeats are answered, but no messages come.
    Mute,
    /// Nothing comes any more, not even an answer to a heartbeat.
    Silence,
    /// The front page sets no `ttwid` cookie on its first requests. For the whole server.
    MissingTtwid(u32),
    /// `/@NAME/live` is a captcha.
    CaptchaPage,
    /// `/api-live/user/room` is a captcha.
    CaptchaApi,
    /// After entering: about six old comments without a mark, and marked history.
    History,
    /// After entering: the newest messages again, under the ids they had.
    Resend,
    /// Gift messages come twice and out of order.
    GiftDisorder,
    /// A tick of a streak under a new id after the streak's end.
    LateTicks,
    /// The like counter at times falls behind what it said.
    LikesBackwards,
    /// Once per connection, a frame that inflates to 64 MiB.
    GzipBomb,
    /// Once per connection, a frame of 2 MiB.
    OversizedFrame,
    /// Additional messages of known methods with fields of another wire type.
    WrongWireTypes,
    /// Additional messages of methods nobody knows.
    UnknownMethods,
    /// The server's clock is this many milliseconds ahead.
    ClockSkew(i64),
    /// Frames arrive in pieces of a few bytes.
    SlowDrip,
    /// Every answer takes this long. For the whole server.
    SlowAnswers(Duration),
    /// The LIVE's end is not announced.
    UnannouncedEnd,
    /// The sign server does not help. For the whole server.
    Sign(SignFault),
}

/// How TikTok says no.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// 403 everywhere.
    Blocked,
    /// A captcha page instead of JSON.
    Captcha,
    /// The socket answers 200 instead of upgrading.
    NoUpgrade,
    /// 429 with `Retry-After`.
    RateLimited,
    /// The socket answers `DEVICE_BLOCKED` until another `ttwid` comes.
    DeviceBlocked,
    NotFound,
    Offline,
    /// Room information is withheld; the socket works.
    AgeRestricted,
}

/// How a sign server says no.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignFault {
    InvalidKey,
    RateLimited,
    Broken,
    /// 200 with a small answer that leads to a dead host.
    OutageStub,
}

impl FromStr for Refusal {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        const NAMES: [(&str, Refusal); 8] = [
            ("blocked", Refusal::Blocked),
            ("captcha", Refusal::Captcha),
            ("no-upgrade", Refusal::NoUpgrade),
            ("rate-limited", Refusal::RateLimited),
            ("device-blocked", Refusal::DeviceBlocked),
            ("not-found", Refusal::NotFound),
            ("offline", Refusal::Offline),
            ("age-restricted", Refusal::AgeRestricted),
        ];
        let known = NAMES.iter().find(|(known, _)| *known == name);
        known.map(|(_, refusal)| *refusal).ok_or_else(|| {
            let names = NAMES.map(|(name, _)| name).join(", ");
            format!("`{name}` is no refusal; choose one of {names}")
        })
    }
}

/// The faults in force.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Faults(Vec<Fault>);

impl Faults {
    #[must_use]
    pub fn of(faults: &[Fault]) -> Self {
        Self(faults.to_vec())
    }

    /// Puts a fault in force; one of the same kind is replaced.
    pub fn set(&mut self, fault: Fault) {
        let kind = std::mem::discriminant(&fault);
        self.0.retain(|known| std::mem::discriminant(known) != kind);
        self.0.push(fault);
    }

    pub fn clear(&mut self) {
        self.0.clear();
    }

    #[must_use]
    pub fn and(&self, more: &Self) -> Self {
        let mut all = self.clone();
        more.0.iter().for_each(|fault| all.set(*fault));
        all
    }

    #[must_use]
    pub fn has(&self, fault: Fault) -> bool {
        self.0.contains(&fault)
    }

    pub fn find<T>(&self, which: impl Fn(Fault) -> Option<T>) -> Option<T> {
        self.0.iter().find_map(|fault| which(*fault))
    }

    #[must_use]
    pub fn refusal(&self) -> Option<Refusal> {
        self.find(|fault| match fault {
            Fault::Refuse(refusal) => Some(refusal),
            _ => None,
        })
    }

    /// What becomes of a batch on its way through this connection.
    pub fn disturb(&self, messages: &mut Vec<pb::BaseMessage>, dice: &mut Dice, pen: &mut Pen) {
        if self.has(Fault::LikesBackwards) {
            messages.iter_mut().filter(|_| dice.chance(0.2)).for_each(lower_like_counter);
        }
        if self.has(Fault::GiftDisorder) {
            disorder_gifts(messages, dice);
        }
        if self.has(Fault::LateTicks) {
            let late: Vec<_> = messages.iter().filter_map(|message| late_tick(message, pen)).collect();
            messages.extend(late);
        }
        if self.has(Fault::WrongWireTypes) {
            // Chat.content and Gift.user as varints; User.id as text.
            messages.push(pen.odd("WebcastChatMessage", vec![0x18, 0x01]));
            messages.push(pen.odd("WebcastGiftMessage", vec![0x38, 0x01]));
            messages.push(pen.odd("WebcastLikeMessage", vec![0x2a, 0x03, 0x0a, 0x01, b'x']));
        }
        if self.has(Fault::UnknownMethods) {
            let payload = (0..20).map(|_| dice.roll() as u8).collect();
            messages.push(pen.odd("WebcastLinkScreenChangeMessage", payload));
            messages.push(pen.odd("webcastchatmessage", vec![0xff; 3]));
            messages.push(pen.odd("", Vec::new()));
        }
    }

    /// A frame nobody can read, if one is due.
    pub fn broken_frame(&self, dice: &mut Dice) -> Option<Bytes> {
        const GARBAGE: &[u8] = b"\xff\xff\xff\xff\xffnot a frame";
        // payload_type `msg`, compress_type `gzip`, and a gzip header with nothing behind it.
        const TORN_GZIP: &[u8] =
            b"\x2a\x15\x0a\x0dcompress_type\x12\x04gzip\x3a\x03msg\x42\x04\x1f\x8b\x08\x00";
        let due = self.has(Fault::BrokenFrames) && dice.chance(0.25);
        due.then(|| Bytes::from_static(if dice.chance(0.5) { GARBAGE } else { TORN_GZIP }))
    }
}

fn lower_like_counter(message: &mut pb::BaseMessage) {
    if &message.method[..] != b"WebcastLikeMessage" {
        return;
    }
    if let Ok(mut like) = pb::Like::decode(message.payload.clone()) {
        like.total -= like.total / 10;
        message.payload = like.encode_to_vec().into();
    }
}

/// A tick with a larger count than the end had, which must not add anything.
fn late_tick(message: &pb::BaseMessage, pen: &mut Pen) -> Option<pb::BaseMessage> {
    if &message.method[..] != b"WebcastGiftMessage" {
        return None;
    }
    let mut gift = pb::Gift::decode(message.payload.clone()).ok()?;
    let streakable = gift.gift.as_ref().is_some_and(|kind| kind.r#type == 1);
    if !streakable || gift.repeat_end != 1 {
        return None;
    }
    gift.repeat_end = 0;
    gift.repeat_count += 1;
    Some(pen.odd("WebcastGiftMessage", gift.encode_to_vec()))
}

fn disorder_gifts(messages: &mut Vec<pb::BaseMessage>, dice: &mut Dice) {
    let is_tick = |message: &pb::BaseMessage| {
        let gift = pb::Gift::decode(message.payload.clone()).ok();
        &message.method[..] == b"WebcastGiftMessage" && gift.is_some_and(|gift| gift.repeat_end == 0)
    };
    // Only unfinished ticks change places: an end stays last, as the golden captures have it.
    let ticks: Vec<usize> = (0..messages.len()).filter(|place| is_tick(&messages[*place])).collect();
    for pair in ticks.chunks_exact(2).filter(|_| dice.chance(0.5)) {
        messages.swap(pair[0], pair[1]);
    }
    let again: Vec<_> = messages
        .iter()
        .filter(|message| &message.method[..] == b"WebcastGiftMessage")
        .filter(|_| dice.chance(0.3))
        .cloned()
        .collect();
    messages.extend(again);
}
