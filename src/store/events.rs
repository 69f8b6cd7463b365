//! Events as they came, many to a row.

use super::schema::{event_segments, sessions};
use super::segment::{self, Damaged, Events, Segment, kind_mask};
use super::writer::Writing;
use super::{Store, StoreError, thinned};
use crate::domain::event::{Accounted, Kind, LiveEvent, What};
use crate::domain::ids::{GiftId, SessionId};
use crate::domain::time::Stamp;
use diesel::dsl::max;
use diesel::prelude::*;
use diesel::sqlite::SqliteConnection;
use rustc_hash::FxHashMap;

/// From this size on, a running session begins a new segment.
const OPEN_BYTES: usize = 8 << 10;

/// About this many plain bytes of a finished session are packed into one row: some thousands of
/// events, so that few people have to be written out again.
const PACKED_BYTES: usize = 256 << 10;

/// So many rows of a running session are looked at for one packed row: twice as many as usually fill it.
const LOOSE_ROWS: i64 = 64;

/// The newest events of a session keep their message ids also when they are packed: its room may go on after
/// a restart, and TikTok then sends the newest messages again.
const KEEP_IDS: u64 = 1_000;

/// At least this many events are handed out at once; a row is handed out whole.
const CHUNK: usize = 1000;

/// So many rows are listed at once where few of them are needed: a chunk, however small its events are.
const LISTED: i64 = 16;

/// The segments that running sessions are adding to. They can be forgotten at any time: a new
/// segment begins then.
#[derive(Default)]
pub(super) struct OpenSegments(FxHashMap<SessionId, Segment>);

impl Store {
    /// The next events of a session after number `after`, a thousand or a few, only of `kinds` unless
    /// that is empty. No events means that there are no more, or that the session was thinned: some
    /// that are not removed yet must not pass for all.
    ///
    /// # Errors
    ///
    /// [`StoreError::Corrupt`] if a block cannot be read.
    pub async fn events(
        &self,
        session: SessionId,
        after: u64,
        kinds: &[Kind],
    ) -> Result<Vec<Accounted>, StoreError> {
        let mask = if kinds.is_empty() { -1 } else { kind_mask(kinds) };
        self.read(move |connection| {
            let mut events = Vec::new();
            if thinned::is_thinned(connection, session)? {
                return Ok(events);
            }
            let mut seen = after;
            loop {
                let places = next_places(connection, session, seen, LISTED)?;
                let Some(last) = places.last() else { return Ok(events) };
                seen = last.last_number as u64;
                for place in places {
                    if place.kinds & mask == 0 {
                        continue;
                    }
                    for event in place.load(connection)? {
                        let event = event?;
                        if event.number > after && kind_mask(&[event.event.what.kind()]) & mask != 0 {
                            events.push(event);
                        }
                    }
                    if events.len() >= CHUNK {
                        return Ok(events);
                    }
                }
            }
        })
        .await
    }

    /// When gifts of a session were reported, oldest first, and how many units each report added; none if the
    /// session was thinned.
    ///
    /// # Errors
    ///
    /// [`StoreError::Corrupt`] if a block cannot be read.
    pub async fn gift_times(&self, session: SessionId) -> Result<Vec<(GiftId, Stamp, u32)>, StoreError> {
        self.read(move |connection| {
            let mut times = Vec::new();
            if thinned::is_thinned(connection, session)? {
                return Ok(times);
            }
            for place in places(connection, session)? {
                if place.kinds & kind_mask(&[Kind::Gift]) == 0 {
                    continue;
                }
                for event in place.load(connection)? {
                    let event = event?;
                    if let (What::Gift(report), Some(added)) = (&event.event.what, event.added) {
                        times.push((report.gift, event.at, added.units));
                    }
                }
            }
            Ok(times)
        })
        .await
    }

    /// The number of a session's last event, 0 before the first.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn last_event_number(&self, session: SessionId) -> Result<u64, StoreError> {
        self.read(move |connection| last_number(connection, session)).await
    }

    /// Packs the events of a session that is over, block by block, letting others write between.
    /// Harmless if it is packed already, and picks up where it was interrupted.
    ///
    /// # Errors
    ///
    /// [`StoreError::Full`] and others; what is not packed stays readable as it is.
    pub async fn pack_events(&self, session: SessionId) -> Result<(), StoreError> {
        let mut after = 0;
        while let Some(packed_to) = self.write(move |writing| pack_next(writing, session, after)).await? {
            after = packed_to;
        }
        Ok(())
    }

    /// The sessions that are over but not all packed, because packing was interrupted.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn unpacked_sessions(&self) -> Result<Vec<SessionId>, StoreError> {
        self.read(|connection| {
            Ok(event_segments::table
                .inner_join(sessions::table)
                .filter(sessions::end_time.is_not_null())
                .filter(event_segments::packed.eq(false))
                .select(event_segments::session_id)
                .distinct()
                .load(connection)?)
        })
        .await
    }
}

impl From<Damaged> for StoreError {
    fn from(damaged: Damaged) -> Self {
        Self::Corrupt(damaged.to_string())
    }
}

/// Adds events to the open segment of their session.
pub(super) fn append(
    writing: &mut Writing<'_>,
    session: SessionId,
    events: &[Accounted],
) -> Result<(), StoreError> {
    let Some(first) = events.first() else { return Ok(()) };
    let mut open = match writing.open.0.remove(&session) {
        Some(open) => open,
        None if first.number > last_number(writing.connection, session)? => Segment::begin(first),
        None => return Err(out_of_order(session, first)),
    };
    for event in events {
        if open.body.len() >= OPEN_BYTES || !open.continues_with(event) {
            if event.number <= open.last_number {
                return Err(out_of_order(session, event));
            }
            put(writing.connection, session, &open, false, &open.body)?;
            open = Segment::begin(event);
        }
        open.push(event);
    }
    put(writing.connection, session, &open, false, &open.body)?;
    writing.open.0.insert(session, open);
    Ok(())
}

impl OpenSegments {
    /// Forgets the open segment of a session that is over.
    pub fn close(&mut self, session: SessionId) {
        self.0.remove(&session);
    }
}

fn out_of_order(session: SessionId, event: &Accounted) -> StoreError {
    StoreError::Other(format!("event {} of session {session} is stored already", event.number))
}

/// Changes events of a session where they lie; `change` says whether it changed one. Only stretches with
/// an event of `kind` are looked at. Returns whether anything changed.
pub(super) fn rewrite(
    writing: &mut Writing<'_>,
    session: SessionId,
    kind: Kind,
    mut change: impl FnMut(&mut Accounted) -> bool,
) -> Result<bool, StoreError> {
    // What is added to a running session from now on begins a new segment.
    writing.open.close(session);
    let mut any = false;
    for place in places(writing.connection, session)? {
        if place.kinds & kind_mask(&[kind]) == 0 {
            continue;
        }
        let mut changed = false;
        let mut block: Option<Segment> = None;
        for event in place.load(writing.connection)? {
            let mut event = event?;
            changed |= change(&mut event);
            block.get_or_insert_with(|| Segment::begin(&event)).push(&event);
        }
        if let Some(block) = block.filter(|_| changed) {
            let packed = place.packed.then(|| segment::pack(&block.body));
            put(writing.connection, session, &block, place.packed, packed.as_ref().unwrap_or(&block.body))?;
            any = true;
        }
    }
    Ok(any)
}

/// The events of a session from the first to `last`; `None` if they are not all there.
pub(super) fn whole(
    connection: &mut SqliteConnection,
    session: SessionId,
    last: u64,
) -> Result<Option<Whole<'_>>, StoreError> {
    let places = places(connection, session)?;
    let begins = places.first().is_some_and(|first| first.first_number == 1);
    if !begins || last_number(connection, session)? < last {
        return Ok(None);
    }
    Ok(Some(Whole { connection, places: places.into_iter(), block: None, failed: None }))
}

/// All events of a session, one after the other.
pub(super) struct Whole<'c> {
    connection: &'c mut SqliteConnection,
    places: std::vec::IntoIter<Place>,
    block: Option<Events>,
    failed: Option<StoreError>,
}

impl Whole<'_> {
    /// Whether every event could be read.
    pub fn finish(self) -> Result<(), StoreError> {
        self.failed.map_or(Ok(()), Err)
    }

    fn read(&mut self) -> Result<Option<Accounted>, StoreError> {
        loop {
            if let Some(event) = self.block.as_mut().and_then(Iterator::next) {
                return Ok(Some(event?));
            }
            let Some(place) = self.places.next() else { return Ok(None) };
            self.block = Some(place.load(self.connection)?);
        }
    }
}

impl Iterator for Whole<'_> {
    type Item = Accounted;

    fn next(&mut self) -> Option<Accounted> {
        if self.failed.is_some() {
            return None;
        }
        self.read().unwrap_or_else(|failed| {
            self.failed = Some(failed);
            None
        })
    }
}

/// Writes a segment, in place of what was stored of it before.
fn put(
    connection: &mut SqliteConnection,
    session: SessionId,
    segment: &Segment,
    packed: bool,
    body: &[u8],
) -> Result<(), StoreError> {
    diesel::replace_into(event_segments::table)
        .values((
            event_segments::session_id.eq(session),
            event_segments::first_number.eq(segment.first_number as i64),
            event_segments::last_number.eq(segment.last_number as i64),
            event_segments::from_ms.eq(segment.from),
            event_segments::to_ms.eq(segment.to),
            event_segments::kinds.eq(segment.kinds),
            event_segments::packed.eq(packed),
            event_segments::body.eq(body),
        ))
        .execute(connection)?;
    Ok(())
}

/// Rewrites the next stretch of a session's events after `after` that `change` finds something in, in
/// its place. Returns where it ends; `None` if there is no more.
pub(super) fn rewrite_next(
    writing: &mut Writing<'_>,
    session: SessionId,
    after: u64,
    mut change: impl FnMut(&mut LiveEvent) -> bool,
) -> Result<Option<u64>, StoreError> {
    let next = next_places(writing.connection, session, after, 1)?;
    let Some(place) = next.into_iter().next() else { return Ok(None) };
    let mut found = false;
    let mut rewritten: Option<Segment> = None;
    for event in place.load(writing.connection)? {
        let mut event = event?;
        found |= change(&mut event.event);
        rewritten.get_or_insert_with(|| Segment::begin(&event)).push(&event);
    }
    let Some(segment) = rewritten else { return Ok(None) };
    if found {
        let packed = place.packed.then(|| segment::pack(&segment.body));
        put(writing.connection, session, &segment, place.packed, packed.as_deref().unwrap_or(&segment.body))?;
    }
    Ok(Some(segment.last_number))
}

/// Packs one block of a session's events after `after`. Returns where it ends; `None` if there is no more.
fn pack_next(writing: &mut Writing<'_>, session: SessionId, after: u64) -> Result<Option<u64>, StoreError> {
    if writing.open.0.contains_key(&session) {
        // It runs again.
        return Ok(None);
    }
    let connection = &mut *writing.connection;
    let keep_ids_after = last_number(connection, session)?.saturating_sub(KEEP_IDS);
    let places = next_places(connection, session, after, LOOSE_ROWS)?;
    let Some(last) = places.last() else { return Ok(None) };
    let mut ends_at = last.last_number as u64;
    let mut block: Option<Segment> = None;
    for place in places.into_iter().filter(|place| !place.packed) {
        if let Some(block) = &block {
            let follows = block.last_number + 1 == place.first_number as u64;
            if !follows || block.body.len() >= PACKED_BYTES {
                ends_at = block.last_number;
                break;
            }
        }
        for event in place.load(connection)? {
            let mut event = event?;
            if event.number <= keep_ids_after {
                event.msg_id = 0;
            }
            block.get_or_insert_with(|| Segment::begin(&event)).push(&event);
        }
        diesel::delete(event_segments::table.find((session, place.first_number))).execute(connection)?;
    }
    if let Some(block) = block {
        put(connection, session, &block, true, &segment::pack(&block.body))?;
    }
    Ok(Some(ends_at))
}

/// Where a stretch of a session's events lies.
#[derive(Queryable, Selectable)]
#[diesel(table_name = event_segments)]
struct Place {
    session_id: SessionId,
    first_number: i64,
    last_number: i64,
    from_ms: Stamp,
    kinds: i32,
    packed: bool,
}

impl Place {
    fn load(&self, connection: &mut SqliteConnection) -> Result<Events, StoreError> {
        let body: Vec<u8> = event_segments::table
            .find((self.session_id, self.first_number))
            .select(event_segments::body)
            .first(connection)?;
        let body = if self.packed { segment::unpack(&body)? } else { segment::plain(body)? };
        Ok(Events::read(body, self.first_number as u64, self.from_ms))
    }
}

/// The stretches of a session, in order.
fn places(connection: &mut SqliteConnection, session: SessionId) -> Result<Vec<Place>, StoreError> {
    next_places(connection, session, 0, i64::MAX)
}

/// The next `most` stretches that hold events after `after`, in order. Those before are not visited, so that
/// reading a long session chunk by chunk takes no longer than reading it at once.
fn next_places(
    connection: &mut SqliteConnection,
    session: SessionId,
    after: u64,
    most: i64,
) -> Result<Vec<Place>, StoreError> {
    let after = i64::try_from(after).unwrap_or(i64::MAX);
    let of_session = || event_segments::table.filter(event_segments::session_id.eq(session));
    let holds_after: Option<i64> = of_session()
        .filter(event_segments::first_number.le(after))
        .select(max(event_segments::first_number))
        .first(connection)?;
    Ok(of_session()
        .filter(event_segments::first_number.ge(holds_after.unwrap_or(0)))
        .filter(event_segments::last_number.gt(after))
        .order(event_segments::first_number)
        .limit(most)
        .select(Place::as_select())
        .load(connection)?)
}

fn last_number(connection: &mut SqliteConnection, session: SessionId) -> Result<u64, StoreError> {
    let last: Option<i64> = event_segments::table
        .filter(event_segments::session_id.eq(session))
        .order(event_segments::first_number.desc())
        .select(event_segments::last_number)
        .first(connection)
        .optional()?;
    Ok(last.unwrap_or(0) as u64)
}
