//! How events are kept compactly: the form of a segment's body.
//!
//! A body is a row of events. Each begins with a byte of what it is and what it carries; numbers
//! are variable-length, times and ids are differences to the event before, and people, gifts and
//! sources are written out once and referred to by their position afterwards. A body stands for
//! itself: reading needs only the number and time its first event starts from. A viewer's picture
//! is not kept here. Pure: bytes in, events out.

use crate::domain::event::{
    Accounted, Battle, BattlePhase, BattleSide, Control, Kind, LiveEvent, Viewer, What,
};
use crate::domain::gift::{GiftAdded, GiftReport, UnitValue, ValueSource};
use crate::domain::ids::{BattleId, GiftId, UserId};
use crate::domain::text::{MAX_NAME_CHARS, MAX_TEXT_CHARS, Text};
use crate::domain::time::Stamp;
use bytes::{Buf, Bytes};
use flate2::Compression;
use flate2::read::{DeflateDecoder, DeflateEncoder};
use rustc_hash::FxHashMap;
use std::io::Read;

/// No body holds more than this, eight times what is packed into one; a larger one is damaged. An event may
/// take two bytes here and two hundred in memory.
const MAX_PLAIN_BYTES: u64 = 2 << 20;

const HAS_USER: u8 = 0x20;
const HAS_CREATED_AT: u8 = 0x40;
const HAS_MSG_ID: u8 = 0x80;
const TAG: u8 = 0x1f;

/// A body is not what [`Segment`] writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a stored block of events cannot be read")]
pub struct Damaged;

/// The kinds of a set as bits.
#[must_use]
pub fn kind_mask(kinds: &[Kind]) -> i32 {
    kinds.iter().fold(0, |mask, kind| mask | 1 << (*kind as u8 - 1))
}

/// A run of events being written, numbered without a break.
#[derive(Debug)]
pub struct Segment {
    pub first_number: u64,
    pub last_number: u64,
    /// When the first event arrived; reading starts from here.
    pub from: Stamp,
    /// The latest arrival.
    pub to: Stamp,
    pub kinds: i32,
    pub body: Vec<u8>,
    before: Before,
    viewers: Dictionary,
    gifts: Dictionary,
    sources: Dictionary,
    entry: Vec<u8>,
}

/// The values that the next event is written as a difference to.
#[derive(Debug, Default)]
struct Before {
    at: i64,
    created_at: i64,
    msg_id: i64,
    like_total: i64,
    viewers: i64,
    total_viewers: i64,
    group: i64,
}

impl Before {
    fn from(at: Stamp) -> Self {
        Self { at: at.0, created_at: at.0, ..Self::default() }
    }
}

impl Segment {
    #[must_use]
    pub fn begin(first: &Accounted) -> Self {
        Self {
            first_number: first.number,
            last_number: first.number.wrapping_sub(1),
            from: first.at,
            to: first.at,
            kinds: 0,
            body: Vec::new(),
            before: Before::from(first.at),
            viewers: Dictionary::default(),
            gifts: Dictionary::default(),
            sources: Dictionary::default(),
            entry: Vec::new(),
        }
    }

    /// Whether `event` is the one after the last.
    #[must_use]
    pub const fn continues_with(&self, event: &Accounted) -> bool {
        self.last_number.wrapping_add(1) == event.number
    }

    /// Adds an event, which must be the one after the last. Only gifts keep what they added.
    pub fn push(&mut self, event: &Accounted) {
        debug_assert!(self.continues_with(event), "events of a segment follow one another");
        self.last_number = event.number;
        self.to = self.to.max(event.at);
        self.kinds |= kind_mask(&[event.event.what.kind()]);

        let live = &event.event;
        let mut head = tag(&live.what, event.added.is_some());
        head |= if live.user.is_some() { HAS_USER } else { 0 };
        head |= if live.created_at.is_some() { HAS_CREATED_AT } else { 0 };
        head |= if event.msg_id != 0 { HAS_MSG_ID } else { 0 };
        self.body.push(head);
        put_change(&mut self.body, &mut self.before.at, event.at.0);
        if let Some(created_at) = live.created_at {
            put_change(&mut self.body, &mut self.before.created_at, created_at.0);
        }
        if event.msg_id != 0 {
            put_change(&mut self.body, &mut self.before.msg_id, event.msg_id);
        }
        if let Some(viewer) = &live.user {
            self.put_viewer(viewer);
        }
        self.put_what(&live.what);
        if let (What::Gift(report), Some(added)) = (&live.what, event.added) {
            put_added(&mut self.body, report, added);
        }
    }

    fn put_viewer(&mut self, viewer: &Viewer) {
        self.entry.clear();
        self.entry.extend_from_slice(&viewer.id.0.to_le_bytes());
        self.entry.push(flags([viewer.moderator, viewer.subscriber, viewer.follower]));
        put_text(&mut self.entry, &viewer.display_id, MAX_NAME_CHARS);
        put_text(&mut self.entry, &viewer.nickname, MAX_NAME_CHARS);
        self.viewers.put(&mut self.body, &self.entry);
    }

    fn put_what(&mut self, what: &What) {
        let body = &mut self.body;
        let before = &mut self.before;
        match what {
            What::Comment { text } | What::Question { text } | What::Intro { text } => {
                put_text(body, text, MAX_TEXT_CHARS);
            }
            What::Emote { emote_ids } => {
                put(body, emote_ids.len() as u64);
                for id in emote_ids {
                    put_text(body, id, MAX_NAME_CHARS);
                }
            }
            What::Like { count, total } => {
                put(body, u64::from(*count));
                put_change(body, &mut before.like_total, *total);
            }
            What::Gift(report) => self.put_gift(report),
            What::Join { viewers, source } => {
                put_change(body, &mut before.viewers, *viewers);
                self.entry.clear();
                put_text(&mut self.entry, source, MAX_NAME_CHARS);
                self.sources.put(body, &self.entry);
            }
            What::MemberOther { action } | What::SocialOther { action } => put_signed(body, *action),
            What::Follow { target } => {
                if let Some(target) = target {
                    put_signed(body, target.0);
                }
            }
            What::Viewers { viewers, total_viewers } => {
                put_change(body, &mut before.viewers, *viewers);
                put_change(body, &mut before.total_viewers, *total_viewers);
            }
            What::Control(control) => put_signed(body, control.action()),
            What::Envelope { envelope_id, sender_id, sender_name, diamonds, winners, hidden } => {
                body.push(flags([*hidden, sender_id.is_some(), false]));
                put_text(body, envelope_id, MAX_NAME_CHARS);
                if let Some(sender) = sender_id {
                    put_signed(body, sender.0);
                }
                put_text(body, sender_name, MAX_NAME_CHARS);
                put(body, u64::from(*diamonds));
                put(body, u64::from(*winners));
            }
            What::Subscribe { months } => put_signed(body, *months),
            What::Battle(battle) | What::BattleScores(battle) => put_battle(body, battle),
            What::Deleted { msg_ids } => {
                put(body, msg_ids.len() as u64);
                for id in msg_ids {
                    put_signed(body, *id);
                }
            }
            What::Share | What::Other | What::Unrecognised => {}
        }
    }

    fn put_gift(&mut self, report: &GiftReport) {
        self.entry.clear();
        put_signed(&mut self.entry, report.gift.0);
        put_text(&mut self.entry, &report.name, MAX_NAME_CHARS);
        put_option(&mut self.entry, report.unit_diamonds.map(i64::from));
        self.entry.push(u8::from(report.streakable));
        self.gifts.put(&mut self.body, &self.entry);

        let plain = report.group == 0 && report.group_count == 0 && report.combo_count == 0;
        self.body.push(flags([report.repeat_end, report.receiver.is_some(), !plain]));
        put(&mut self.body, u64::from(report.repeat_count));
        if let Some(receiver) = report.receiver {
            put_signed(&mut self.body, receiver.0);
        }
        if !plain {
            put_change(&mut self.body, &mut self.before.group, report.group);
            put(&mut self.body, u64::from(report.group_count));
            put(&mut self.body, u64::from(report.combo_count));
        }
    }
}

/// Reads the events of a body back, in order. After [`Damaged`] there are no more.
pub struct Events {
    rest: Bytes,
    next_number: u64,
    before: Before,
    viewers: Vec<Viewer>,
    gifts: Vec<GiftReport>,
    sources: Vec<Text>,
}

impl Events {
    #[must_use]
    pub fn read(body: Bytes, first_number: u64, from: Stamp) -> Self {
        Self {
            rest: body,
            next_number: first_number,
            before: Before::from(from),
            viewers: Vec::new(),
            gifts: Vec::new(),
            sources: Vec::new(),
        }
    }

    fn event(&mut self) -> Result<Accounted, Damaged> {
        let head = self.byte()?;
        let at = Stamp(change(&mut self.rest, &mut self.before.at)?);
        let created_at = match head & HAS_CREATED_AT {
            0 => None,
            _ => Some(Stamp(change(&mut self.rest, &mut self.before.created_at)?)),
        };
        let msg_id = match head & HAS_MSG_ID {
            0 => 0,
            _ => change(&mut self.rest, &mut self.before.msg_id)?,
        };
        let user = if head & HAS_USER == 0 { None } else { Some(self.viewer()?) };
        let what = self.what(head & TAG)?;
        let added = match &what {
            What::Gift(report) if head & TAG == GIFT_ADDED => Some(added(&mut self.rest, report)?),
            _ => None,
        };
        let number = self.next_number;
        self.next_number = number.wrapping_add(1);
        Ok(Accounted { number, at, msg_id, event: LiveEvent { created_at, user, what }, added })
    }

    fn viewer(&mut self) -> Result<Viewer, Damaged> {
        if let Some(known) = known(&mut self.rest, &self.viewers)? {
            return Ok(known);
        }
        let id = UserId(self.rest.try_get_i64_le().map_err(|_| Damaged)?);
        let [moderator, subscriber, follower] = self.flags()?;
        let display_id = self.text()?;
        let nickname = self.text()?;
        let avatar_url = Text::default();
        let viewer = Viewer { id, display_id, nickname, avatar_url, moderator, subscriber, follower };
        self.viewers.push(viewer.clone());
        Ok(viewer)
    }

    fn what(&mut self, tag: u8) -> Result<What, Damaged> {
        Ok(match tag {
            COMMENT => What::Comment { text: self.text()? },
            EMOTE => What::Emote { emote_ids: self.list(Self::text)? },
            LIKE => What::Like {
                count: small(&mut self.rest)?,
                total: change(&mut self.rest, &mut self.before.like_total)?,
            },
            GIFT | GIFT_ADDED => What::Gift(self.gift()?),
            JOIN => {
                let viewers = change(&mut self.rest, &mut self.before.viewers)?;
                What::Join { viewers, source: self.source()? }
            }
            MEMBER_OTHER => What::MemberOther { action: self.signed()? },
            FOLLOW => What::Follow { target: None },
            FOLLOW_TARGET => What::Follow { target: Some(UserId(self.signed()?)) },
            SHARE => What::Share,
            SOCIAL_OTHER => What::SocialOther { action: self.signed()? },
            VIEWERS => What::Viewers {
                viewers: change(&mut self.rest, &mut self.before.viewers)?,
                total_viewers: change(&mut self.rest, &mut self.before.total_viewers)?,
            },
            CONTROL => What::Control(Control::from_action(self.signed()?)),
            ENVELOPE => self.envelope()?,
            QUESTION => What::Question { text: self.text()? },
            SUBSCRIBE => What::Subscribe { months: self.signed()? },
            BATTLE => What::Battle(self.battle()?),
            BATTLE_SCORES => What::BattleScores(self.battle()?),
            DELETED => What::Deleted { msg_ids: self.list(Self::signed)? },
            INTRO => What::Intro { text: self.text()? },
            OTHER => What::Other,
            UNRECOGNISED => What::Unrecognised,
            _ => return Err(Damaged),
        })
    }

    fn gift(&mut self) -> Result<GiftReport, Damaged> {
        let described = match known(&mut self.rest, &self.gifts)? {
            Some(described) => described,
            None => {
                let described = GiftReport {
                    gift: GiftId(self.signed()?),
                    name: self.text()?,
                    unit_diamonds: self.option()?.map(u32::try_from).transpose().map_err(|_| Damaged)?,
                    streakable: self.byte()? != 0,
                    ..GiftReport::default()
                };
                self.gifts.push(described.clone());
                described
            }
        };
        let [repeat_end, to_guest, grouped] = self.flags()?;
        let repeat_count = small(&mut self.rest)?;
        let receiver = if to_guest { Some(UserId(self.signed()?)) } else { None };
        let mut report = GiftReport { repeat_count, repeat_end, receiver, ..described };
        if grouped {
            report.group = change(&mut self.rest, &mut self.before.group)?;
            report.group_count = small(&mut self.rest)?;
            report.combo_count = small(&mut self.rest)?;
        }
        Ok(report)
    }

    fn source(&mut self) -> Result<Text, Damaged> {
        if let Some(known) = known(&mut self.rest, &self.sources)? {
            return Ok(known);
        }
        let source = self.text()?;
        self.sources.push(source.clone());
        Ok(source)
    }

    fn envelope(&mut self) -> Result<What, Damaged> {
        let [hidden, has_sender, _] = self.flags()?;
        let envelope_id = self.text()?;
        let sender_id = if has_sender { Some(UserId(self.signed()?)) } else { None };
        let sender_name = self.text()?;
        let diamonds = small(&mut self.rest)?;
        let winners = small(&mut self.rest)?;
        Ok(What::Envelope { envelope_id, sender_id, sender_name, diamonds, winners, hidden })
    }

    fn battle(&mut self) -> Result<Battle, Damaged> {
        let phase = match self.byte()? {
            0 => BattlePhase::Other,
            1 => BattlePhase::Open,
            2 => BattlePhase::Finished,
            _ => return Err(Damaged),
        };
        let id = BattleId(self.signed()?);
        let started_at = self.option()?.map(Stamp);
        let ends_at = self.option()?.map(Stamp);
        let sides = self.list(|events| {
            let host = UserId(events.signed()?);
            let display_id = events.text()?;
            let nickname = events.text()?;
            Ok(BattleSide { host, display_id, nickname, score: events.option()? })
        })?;
        Ok(Battle { id, phase, started_at, ends_at, sides })
    }

    /// A list; it grows as it is read, so a lying length costs nothing.
    fn list<T>(&mut self, item: impl Fn(&mut Self) -> Result<T, Damaged>) -> Result<Vec<T>, Damaged> {
        (0..number(&mut self.rest)?).map(|_| item(self)).collect()
    }

    fn text(&mut self) -> Result<Text, Damaged> {
        let length = usize::try_from(number(&mut self.rest)?).map_err(|_| Damaged)?;
        if length > self.rest.len() {
            return Err(Damaged);
        }
        Ok(Text::from(self.rest.split_to(length)))
    }

    fn option(&mut self) -> Result<Option<i64>, Damaged> {
        if self.byte()? == 0 { Ok(None) } else { self.signed().map(Some) }
    }

    fn signed(&mut self) -> Result<i64, Damaged> {
        number(&mut self.rest).map(unzigzag)
    }

    fn flags(&mut self) -> Result<[bool; 3], Damaged> {
        self.byte().map(|byte| [byte & 1 != 0, byte & 2 != 0, byte & 4 != 0])
    }

    fn byte(&mut self) -> Result<u8, Damaged> {
        self.rest.try_get_u8().map_err(|_| Damaged)
    }
}

impl Iterator for Events {
    type Item = Result<Accounted, Damaged>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let event = self.event();
        if event.is_err() {
            self.rest.clear();
        }
        Some(event)
    }
}

/// A body that was not packed.
///
/// # Errors
///
/// [`Damaged`] if it is unreasonably long.
pub fn plain(body: Vec<u8>) -> Result<Bytes, Damaged> {
    if body.len() as u64 > MAX_PLAIN_BYTES { Err(Damaged) } else { Ok(body.into()) }
}

/// Squeezes a body that will not grow any more.
#[must_use]
pub fn pack(body: &[u8]) -> Vec<u8> {
    let mut packed = Vec::with_capacity(body.len() / 2);
    DeflateEncoder::new(body, Compression::new(6))
        .read_to_end(&mut packed)
        .expect("reading from memory into memory cannot fail");
    packed
}

/// Undoes [`pack`].
///
/// # Errors
///
/// [`Damaged`] if the bytes were not made by it or are unreasonably many.
pub fn unpack(packed: &[u8]) -> Result<Bytes, Damaged> {
    let mut body = Vec::new();
    let read = DeflateDecoder::new(packed).take(MAX_PLAIN_BYTES + 1).read_to_end(&mut body);
    match read {
        Ok(length) if length as u64 <= MAX_PLAIN_BYTES => Ok(body.into()),
        _ => Err(Damaged),
    }
}

const COMMENT: u8 = 0;
const EMOTE: u8 = 1;
const LIKE: u8 = 2;
const GIFT: u8 = 3;
const GIFT_ADDED: u8 = 4;
const JOIN: u8 = 5;
const MEMBER_OTHER: u8 = 6;
const FOLLOW: u8 = 7;
const FOLLOW_TARGET: u8 = 8;
const SHARE: u8 = 9;
const SOCIAL_OTHER: u8 = 10;
const VIEWERS: u8 = 11;
const CONTROL: u8 = 12;
const ENVELOPE: u8 = 13;
const QUESTION: u8 = 14;
const SUBSCRIBE: u8 = 15;
const BATTLE: u8 = 16;
const BATTLE_SCORES: u8 = 17;
const DELETED: u8 = 18;
const INTRO: u8 = 19;
const OTHER: u8 = 20;
const UNRECOGNISED: u8 = 21;

const fn tag(what: &What, added: bool) -> u8 {
    match what {
        What::Comment { .. } => COMMENT,
        What::Emote { .. } => EMOTE,
        What::Like { .. } => LIKE,
        What::Gift(_) if added => GIFT_ADDED,
        What::Gift(_) => GIFT,
        What::Join { .. } => JOIN,
        What::MemberOther { .. } => MEMBER_OTHER,
        What::Follow { target: None } => FOLLOW,
        What::Follow { target: Some(_) } => FOLLOW_TARGET,
        What::Share => SHARE,
        What::SocialOther { .. } => SOCIAL_OTHER,
        What::Viewers { .. } => VIEWERS,
        What::Control(_) => CONTROL,
        What::Envelope { .. } => ENVELOPE,
        What::Question { .. } => QUESTION,
        What::Subscribe { .. } => SUBSCRIBE,
        What::Battle(_) => BATTLE,
        What::BattleScores(_) => BATTLE_SCORES,
        What::Deleted { .. } => DELETED,
        What::Intro { .. } => INTRO,
        What::Other => OTHER,
        What::Unrecognised => UNRECOGNISED,
    }
}

/// Entries that are written out once; later only their position is, counted from 1.
#[derive(Debug, Default)]
struct Dictionary(FxHashMap<Box<[u8]>, u64>);

impl Dictionary {
    fn put(&mut self, body: &mut Vec<u8>, entry: &[u8]) {
        if let Some(position) = self.0.get(entry) {
            put(body, *position);
        } else {
            self.0.insert(entry.into(), self.0.len() as u64 + 1);
            put(body, 0);
            body.extend_from_slice(entry);
        }
    }
}

/// The entry referred to, or `None` if it is written out here.
fn known<T: Clone>(rest: &mut Bytes, entries: &[T]) -> Result<Option<T>, Damaged> {
    match usize::try_from(number(rest)?).map_err(|_| Damaged)? {
        0 => Ok(None),
        position => entries.get(position - 1).cloned().map(Some).ok_or(Damaged),
    }
}

/// What a gift added, mostly as its report lets one expect.
fn put_added(body: &mut Vec<u8>, report: &GiftReport, added: GiftAdded) {
    let said = report.unit_diamonds == Some(added.value.diamonds);
    body.push(flags([added.to_creator, said, false]) | (added.value.source as u8) << 3);
    put(body, u64::from(added.units));
    if !said {
        put(body, u64::from(added.value.diamonds));
    }
    put_signed(body, added.diamonds.wrapping_sub(expected_diamonds(added.units, added.value.diamonds)));
}

fn added(rest: &mut Bytes, report: &GiftReport) -> Result<GiftAdded, Damaged> {
    let head = rest.try_get_u8().map_err(|_| Damaged)?;
    let source = *ValueSource::ALL.get(usize::from(head >> 3)).ok_or(Damaged)?;
    let units = small(rest)?;
    let diamonds = if head & 2 == 0 { small(rest)? } else { report.unit_diamonds.ok_or(Damaged)? };
    let value = UnitValue { diamonds, source };
    let diamonds = unzigzag(number(rest)?).wrapping_add(expected_diamonds(units, diamonds));
    Ok(GiftAdded { units, diamonds, to_creator: head & 1 != 0, value })
}

fn expected_diamonds(units: u32, unit_diamonds: u32) -> i64 {
    i64::from(units).wrapping_mul(i64::from(unit_diamonds))
}

fn put_battle(body: &mut Vec<u8>, battle: &Battle) {
    body.push(match battle.phase {
        BattlePhase::Other => 0,
        BattlePhase::Open => 1,
        BattlePhase::Finished => 2,
    });
    put_signed(body, battle.id.0);
    put_option(body, battle.started_at.map(|stamp| stamp.0));
    put_option(body, battle.ends_at.map(|stamp| stamp.0));
    put(body, battle.sides.len() as u64);
    for side in &battle.sides {
        put_signed(body, side.host.0);
        put_text(body, &side.display_id, MAX_NAME_CHARS);
        put_text(body, &side.nickname, MAX_NAME_CHARS);
        put_option(body, side.score);
    }
}

const fn flags(flags: [bool; 3]) -> u8 {
    flags[0] as u8 | (flags[1] as u8) << 1 | (flags[2] as u8) << 2
}

fn put_text(body: &mut Vec<u8>, text: &Text, max_chars: usize) {
    let text = text.clipped(max_chars);
    put(body, text.len() as u64);
    body.extend_from_slice(text);
}

fn put_option(body: &mut Vec<u8>, value: Option<i64>) {
    body.push(u8::from(value.is_some()));
    if let Some(value) = value {
        put_signed(body, value);
    }
}

fn put_change(body: &mut Vec<u8>, before: &mut i64, now: i64) {
    put_signed(body, now.wrapping_sub(*before));
    *before = now;
}

pub(super) fn put_signed(body: &mut Vec<u8>, value: i64) {
    put(body, ((value << 1) ^ (value >> 63)) as u64);
}

/// Seven bits a byte, lowest first; the high bit says that more follow.
pub(super) fn put(body: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        body.push(value as u8 | 0x80);
        value >>= 7;
    }
    body.push(value as u8);
}

fn change(rest: &mut Bytes, before: &mut i64) -> Result<i64, Damaged> {
    *before = before.wrapping_add(unzigzag(number(rest)?));
    Ok(*before)
}

pub(super) fn small(rest: &mut impl Buf) -> Result<u32, Damaged> {
    number(rest)?.try_into().map_err(|_| Damaged)
}

/// What [`put`] wrote, from bytes that lie in one piece.
#[inline]
pub(super) fn number(rest: &mut impl Buf) -> Result<u64, Damaged> {
    let bytes = rest.chunk();
    // Most numbers are one byte.
    if let Some(&byte @ 0..0x80) = bytes.first() {
        rest.advance(1);
        return Ok(u64::from(byte));
    }
    let mut value = 0;
    for (index, byte) in bytes.iter().take(10).enumerate() {
        value |= u64::from(byte & 0x7f) << (7 * index);
        if byte & 0x80 == 0 {
            rest.advance(index + 1);
            return Ok(value);
        }
    }
    Err(Damaged)
}

pub(super) const fn unzigzag(value: u64) -> i64 {
    (value >> 1) as i64 ^ -((value & 1) as i64)
}

#[cfg(test)]
mod tests;
