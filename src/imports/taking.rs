//! Takes an earlier recording into the database, or only looks at what it would be.
//!
//! A file may hold several LIVEs, of several creators: a line that comes an hour after the one before, or names
//! another session, begins the next. Where a session of the creator is there already, what is told of that time is
//! left out, so that nothing counts twice; the stretch is a gap of the new session.

use super::archive;
use super::event_line::{EventLine, Unreadable};
use super::file::{self, FileTrouble, NotTaken};
use crate::analytics::gift_value::LearnedPrices;
use crate::analytics::tally::Tally;
use crate::domain::event::Accounted;
use crate::domain::handle::Handle;
use crate::domain::ids::{RoomId, SessionId, UserId};
use crate::domain::machine::RoomReader;
use crate::domain::record::Batch;
use crate::domain::session::{GapCause, Origin, Session, SessionStart};
use crate::domain::time::{DAY_MS, Stamp};
use crate::domain::told::{Told, ToldWhat};
use crate::domain::totals::IntervalMedians;
use crate::recorder::intake::{Intake, Taken};
use crate::store::sessions::SessionFilter;
use crate::store::{Store, StoreError};
use chrono_tz::Tz;
use std::collections::{BTreeMap, HashMap};
use std::ops::ControlFlow;
use std::path::Path;
use tokio::sync::mpsc;

/// Lines this far apart are of two LIVEs.
const APART_MS: i64 = 3_600_000;

/// A line may be this much before the one before it.
const LATE_MS: i64 = 10_000;

/// A session is no longer than this, so that one wrong time makes none of years.
const LONGEST_MS: i64 = 7 * DAY_MS;

const INTERVAL_MS: i64 = 5 * 60_000;

/// So many lines are put in order of time together, and so many events written at once.
const CHUNK: usize = 5_000;

/// So many lines that are not taken are named, and so many sessions of one file are made.
const MOST_NAMED: usize = 20;
const MOST_SESSIONS: usize = 500;

/// Earlier sessions of a creator that are looked at.
const MOST_EARLIER: i64 = 100_000;

/// What is known of a file besides its lines.
#[derive(Clone, Debug)]
pub struct Given {
    /// Whose LIVE it was, where the lines do not say.
    pub creator: Option<Handle>,
    /// Where times are that do not say so themselves.
    pub zone: Tz,
}

/// What a file holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    pub sessions: Vec<FoundSession>,
    /// Lines of sessions that are here whole already.
    pub left_out: usize,
    /// Lines that are not taken, and the first of them with the reason.
    pub refused: usize,
    pub named: Vec<(usize, NotTaken)>,
}

/// One LIVE of a file.
#[derive(Clone, Debug, PartialEq)]
pub struct FoundSession {
    pub creator: Handle,
    pub from: Stamp,
    pub to: Stamp,
    /// What there is of each kind, as Event JSON calls them.
    pub kinds: BTreeMap<&'static str, usize>,
    /// Told twice, by the id of the event.
    pub duplicates: usize,
    /// Recorded already.
    pub left_out: usize,
    /// Under which it was stored, if it was.
    pub session: Option<SessionId>,
    pub diamonds: i64,
}

impl Found {
    #[must_use]
    pub fn events(&self) -> usize {
        self.sessions.iter().flat_map(|session| session.kinds.values()).sum()
    }
}

#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    #[error(transparent)]
    File(#[from] FileTrouble),
    #[error("This file was imported before, as session {0}. Nothing was changed.")]
    Known(SessionId),
    #[error(
        "Nothing in this file could be taken, so nothing was imported. {} Files of sums, such as exports, cannot \
         be counted again.",
        first_line(.0.as_ref())
    )]
    Nothing(Option<(usize, NotTaken)>),
    #[error("Everything in this file is of times that are recorded already. Nothing was changed.")]
    Recorded,
    #[error("This file holds more than {MOST_SESSIONS} sessions. Nothing was imported; split it.")]
    Many,
    #[error("The lines do not say whose LIVE it was. Nothing was imported; name the creator.")]
    NoCreator,
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn first_line(first: Option<&(usize, NotTaken)>) -> String {
    first.map_or_else(|| "It holds no events.".to_owned(), |(line, reason)| format!("Line {line} {reason}."))
}

/// Looks at what a file holds; nothing is changed. `room` tells whether an archive can be unpacked for that.
///
/// # Errors
///
/// [`ImportError`].
pub async fn preview(
    store: &Store,
    room: RoomReader,
    path: &Path,
    given: &Given,
) -> Result<Found, ImportError> {
    take(store, room, path, given, false).await
}

/// Takes what a file holds. After an error nothing of it is there.
///
/// # Errors
///
/// [`ImportError`].
pub async fn import(
    store: &Store,
    room: RoomReader,
    path: &Path,
    given: &Given,
) -> Result<Found, ImportError> {
    take(store, room, path, given, true).await
}

async fn take(
    store: &Store,
    room: RoomReader,
    path: &Path,
    given: &Given,
    keep: bool,
) -> Result<Found, ImportError> {
    let hash = {
        let path = path.to_owned();
        aside(move || file::hash(&path).map_err(FileTrouble::from)).await?
    };
    if let Some(known) = store.session_by_capture(&hash).await? {
        return Err(ImportError::Known(known));
    }
    let mut taking = Taking::new(store, given, keep.then_some(hash)).await?;
    match taking.all(path, room, given.zone).await {
        Ok(()) => {}
        Err(error) => {
            taking.undo().await?;
            return Err(error);
        }
    }
    let found = taking.found;
    if found.sessions.is_empty() {
        if found.left_out > 0 {
            return Err(ImportError::Recorded);
        }
        return Err(ImportError::Nothing(found.named.into_iter().next()));
    }
    Ok(found)
}

/// Works on what blocks.
async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, FileTrouble> + Send + 'static,
) -> Result<T, ImportError> {
    let done = tokio::task::spawn_blocking(work).await.map_err(std::io::Error::other);
    Ok(done.map_err(FileTrouble::from)??)
}

struct Taking<'s> {
    store: &'s Store,
    creator: Option<Handle>,
    /// By what the file is known; `None` if it is only looked at.
    hash: Option<String>,
    prices: LearnedPrices,
    accounts: HashMap<Handle, UserId>,
    /// When each creator was recorded before, oldest first.
    earlier: HashMap<Handle, Vec<(Stamp, Stamp)>>,
    open: HashMap<Handle, Part>,
    made: Vec<SessionId>,
    found: Found,
}

/// A LIVE that is being taken.
struct Part {
    start: SessionStart,
    intake: Intake,
    told_as: Option<SessionId>,
    last_at: Stamp,
    events: Vec<Accounted>,
    found: FoundSession,
    /// Until when the stretch that is left out lasts.
    leaving_out: Option<Stamp>,
}

impl<'s> Taking<'s> {
    async fn new(store: &'s Store, given: &Given, hash: Option<String>) -> Result<Self, StoreError> {
        let values = store.gift_values().await?;
        let known = store.creators().await?;
        Ok(Self {
            store,
            creator: given.creator.clone(),
            hash,
            prices: values.iter().map(|value| (value.gift, value.diamonds)).collect(),
            accounts: known.into_iter().filter_map(|known| Some((known.handle, known.user?))).collect(),
            earlier: HashMap::new(),
            open: HashMap::new(),
            made: Vec::new(),
            found: Found::default(),
        })
    }

    async fn all(&mut self, path: &Path, room: RoomReader, zone: Tz) -> Result<(), ImportError> {
        let opened = {
            let (path, database) = (path.to_owned(), self.store.path().to_owned());
            aside(move || archive::open(&path, &database, room)).await?
        };
        match opened {
            Some(opened) => self.archive(&opened.store).await?,
            None => self.lines(path, zone).await?,
        }
        let open: Vec<_> = self.open.drain().map(|(_, part)| part).collect();
        for part in open {
            self.finish(part).await?;
        }
        self.found.sessions.sort_by_key(|session| session.from);
        Ok(())
    }

    /// Takes what the sessions of an archive were counted from, one session after the other.
    async fn archive(&mut self, archive: &Store) -> Result<(), ImportError> {
        let broken = |error| ImportError::File(FileTrouble::Archive(error));
        let filter = SessionFilter::default();
        let mut sessions = archive.sessions(&filter, MOST_SESSIONS as i64 + 1).await.map_err(broken)?;
        sessions.sort_by_key(|session| session.start.recorded_from);
        for (at, session) in sessions.iter().enumerate() {
            let gaps = archive.gaps(session.id).await.map_err(broken)?;
            let mut gaps = gaps.iter().peekable();
            let mut after = 0;
            loop {
                let events = archive.events(session.id, after, &[]).await.map_err(broken)?;
                let Some(last) = events.last() else { break };
                let until = last.at;
                after = last.number;
                let mut chunk = Vec::with_capacity(events.len());
                while let Some(gap) = gaps.next_if(|gap| gap.from <= until) {
                    chunk.push((0, Ok(archive::gap(gap, session))));
                }
                for event in events {
                    let number = usize::try_from(event.number).unwrap_or(usize::MAX);
                    let told = archive::event(event, session).transpose();
                    chunk.extend(told.map(|told| (number, told)));
                }
                self.chunk(chunk).await?;
            }
            if after == 0 {
                self.refuse(at + 1, NotTaken::Sums(session.id));
            }
        }
        Ok(())
    }

    async fn lines(&mut self, path: &Path, zone: Tz) -> Result<(), ImportError> {
        let (chunks, mut read) = mpsc::channel(2);
        let path = path.to_owned();
        let reading = aside(move || {
            let mut chunk = Vec::with_capacity(CHUNK);
            file::read(&path, zone, &mut |line, read| {
                chunk.push((line, read));
                let full = chunk.len() >= CHUNK;
                // Whoever does not take it any more failed, and says so.
                match full
                    .then(|| chunks.blocking_send(std::mem::replace(&mut chunk, Vec::with_capacity(CHUNK))))
                {
                    Some(Err(_)) => ControlFlow::Break(()),
                    _ => ControlFlow::Continue(()),
                }
            })?;
            drop(chunks.blocking_send(chunk));
            Ok(())
        });
        let taking = async move {
            while let Some(chunk) = read.recv().await {
                self.chunk(chunk).await?;
            }
            Ok::<_, ImportError>(())
        };
        let (taken, reading) = tokio::join!(taking, reading);
        taken?;
        reading
    }

    async fn chunk(&mut self, chunk: Vec<(usize, Result<EventLine, NotTaken>)>) -> Result<(), ImportError> {
        let mut lines = Vec::with_capacity(chunk.len());
        for (number, read) in chunk {
            match read {
                Ok(line) => match line.told.at {
                    Some(at) => lines.push((at, number, line)),
                    None => self.refuse(number, Unreadable::Lacks("t").into()),
                },
                Err(reason) => self.refuse(number, reason),
            }
        }
        lines.sort_by_key(|(at, number, _)| (*at, *number));
        for (at, number, line) in lines {
            self.line(at, number, line).await?;
        }
        Ok(())
    }

    fn refuse(&mut self, number: usize, reason: NotTaken) {
        self.found.refused += 1;
        if self.found.named.len() < MOST_NAMED {
            self.found.named.push((number, reason));
        }
    }

    async fn line(&mut self, at: Stamp, number: usize, line: EventLine) -> Result<(), ImportError> {
        let creator = line.creator.or_else(|| self.creator.clone()).ok_or(ImportError::NoCreator)?;
        let mut part = match self.open.remove(&creator) {
            Some(part) if part.is_over_before(at, line.session) => {
                self.finish(part).await?;
                self.begin(creator.clone(), at, line.session, line.host).await?
            }
            Some(part) => part,
            None => self.begin(creator.clone(), at, line.session, line.host).await?,
        };
        let late_ms = part.last_at.ms_since(at);
        if late_ms > LATE_MS {
            self.refuse(number, NotTaken::Late(late_ms / 1000));
        } else {
            let at = at.max(part.last_at);
            self.take_told(&mut part, at, line.told).await?;
        }
        self.open.insert(creator, part);
        Ok(())
    }

    /// Begins the next session of a creator.
    async fn begin(
        &mut self,
        creator: Handle,
        at: Stamp,
        told_as: Option<SessionId>,
        host: Option<UserId>,
    ) -> Result<Part, ImportError> {
        if self.found.sessions.len() + self.open.len() >= MOST_SESSIONS {
            return Err(ImportError::Many);
        }
        if !self.earlier.contains_key(&creator) {
            let filter = SessionFilter { creator: Some(creator.clone()), ..SessionFilter::default() };
            let sessions = self.store.sessions(&filter, MOST_EARLIER).await?;
            let stretch = |session: &Session| {
                (session.start.recorded_from, session.ended_at.unwrap_or(session.until()))
            };
            let mut earlier: Vec<_> = sessions.iter().map(stretch).collect();
            earlier.sort_unstable();
            self.earlier.insert(creator.clone(), earlier);
        }
        let host = host.or_else(|| self.accounts.get(&creator).copied());
        let start = SessionStart {
            host,
            ..SessionStart::new(creator.clone(), RoomId::default(), at, Origin::Import)
        };
        Ok(Part {
            intake: Intake::new(Tally::new(host, INTERVAL_MS, IntervalMedians::default())),
            told_as,
            last_at: at,
            events: Vec::new(),
            found: FoundSession {
                creator,
                from: at,
                to: at,
                kinds: BTreeMap::new(),
                duplicates: 0,
                left_out: 0,
                session: None,
                diamonds: 0,
            },
            start,
            leaving_out: None,
        })
    }

    /// Takes what was told at `at`, unless that time is recorded already.
    async fn take_told(&mut self, part: &mut Part, at: Stamp, told: Told) -> Result<(), ImportError> {
        let earlier = self.earlier.get(&part.found.creator).map_or(&[][..], Vec::as_slice);
        let before = earlier.partition_point(|(from, _)| *from <= at);
        let recorded = earlier[..before].iter().rev().take(2).find(|(_, to)| at <= *to);
        if let Some((_, to)) = recorded {
            part.found.left_out += 1;
            if !part.is_empty() {
                part.intake.tally.begin_gap(part.last_at, GapCause::NotRunning);
            }
            part.leaving_out = Some(*to);
            return Ok(());
        }
        if part.is_empty() {
            // What was left out before is no part of it.
            (part.found.from, part.start.recorded_from) = (at, at);
        }
        if part.leaving_out.take().is_some() {
            part.intake.tally.end_gap(at);
        }
        part.last_at = at;
        match told.what {
            ToldWhat::Gap { from, to, cause } => {
                let known = part.intake.tally.gaps().iter().any(|gap| gap.from == from);
                let to = to.map(|to| to.min(from + LONGEST_MS));
                if known {
                    part.found.duplicates += 1;
                    return Ok(());
                }
                *part.found.kinds.entry("gap").or_default() += 1;
                part.intake.tally.begin_gap(from.max(at), cause);
                if let Some(to) = to {
                    part.intake.tally.end_gap(to);
                    part.last_at = to.max(at);
                }
            }
            ToldWhat::Event(ref event) => {
                if part.intake.tally.is_away() {
                    part.intake.tally.end_gap(at);
                }
                let accounted = match part.intake.take_told(at, told.id, event, &self.prices) {
                    Taken::Nothing => {
                        part.found.duplicates += 1;
                        return Ok(());
                    }
                    Taken::Counted(accounted) => accounted,
                    Taken::Spilled(spilled) => {
                        let streak = match part.found.session {
                            Some(session) => self.store.streak(session, spilled.key).await?,
                            None => None,
                        };
                        part.intake.take_streak(spilled, streak, &self.prices)
                    }
                };
                *part.found.kinds.entry(event.method).or_default() += 1;
                if self.hash.is_some() {
                    part.events.push(accounted);
                }
            }
        }
        if part.events.len() >= CHUNK {
            self.write(part).await?;
        }
        Ok(())
    }

    /// Writes what was counted of a session, which begins with the first of it.
    async fn write(&mut self, part: &mut Part) -> Result<(), ImportError> {
        let session = match part.found.session {
            Some(session) => session,
            None => {
                let session = self.store.begin_session(&part.start).await?;
                self.made.push(session);
                *part.found.session.insert(session)
            }
        };
        let events = std::mem::take(&mut part.events);
        part.intake.tally.pass_to(part.last_at);
        let batch: Batch = part.intake.tally.take_batch(session, part.last_at, events);
        Ok(self.store.append(batch).await?)
    }

    async fn finish(&mut self, mut part: Part) -> Result<(), ImportError> {
        part.found.to = part.last_at;
        part.found.diamonds = part.intake.tally.totals().diamonds;
        if part.is_empty() {
            // Everything of it was recorded already, and a session of nothing is none.
            self.found.left_out += part.found.left_out;
            return Ok(());
        }
        if let Some(hash) = self.hash.clone() {
            part.intake.tally.end_at(part.last_at);
            self.write(&mut part).await?;
            let session = part.found.session.expect("just written");
            self.store.finish_session(session, part.last_at).await?;
            // A file is known by its first session; the others are known with it.
            if self.made.first() == Some(&session) {
                self.store.set_capture(session, &hash).await?;
            }
        }
        if let Some(earlier) = self.earlier.get_mut(&part.found.creator) {
            // The same LIVE twice in one file counts once.
            earlier.push((part.found.from, part.found.to));
            earlier.sort_unstable();
        }
        self.found.sessions.push(part.found);
        Ok(())
    }

    /// Removes what was written of a file that could not be taken whole.
    async fn undo(&self) -> Result<(), StoreError> {
        for session in &self.made {
            self.store.delete_session(*session).await?;
        }
        Ok(())
    }
}

impl Part {
    fn is_empty(&self) -> bool {
        self.found.kinds.is_empty()
    }

    /// Whether a line of `at` belongs to the next LIVE.
    fn is_over_before(&self, at: Stamp, told_as: Option<SessionId>) -> bool {
        let other = told_as.is_some() && self.told_as.is_some() && told_as != self.told_as;
        other || at.ms_since(self.last_at) > APART_MS || at.ms_since(self.found.from) > LONGEST_MS
    }
}
