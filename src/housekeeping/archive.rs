//! Archiving the sessions that leave: a workbook to read, and everything of them in a file that Pasut reads
//! back. Only what was read back and found right is deleted.
//!
//! A raw archive (`.pasut-archive`) is a database like `pasut.db`, packed with gzip. It holds the rows of its
//! sessions in every table, their raw events as far as they were kept, and the names of the people in them;
//! settings, keys and tokens are not of a session and are never in it. `docs/database.md` describes it.

use super::backup::file::Piece;
use super::pace::{Pace, Step};
use super::schedule::Done;
use super::{Trouble, backup, space};
use crate::disk;
use crate::domain::days::{Days, local_day};
use crate::domain::erasure::Erasure;
use crate::domain::ids::SessionId;
use crate::domain::machine::RoomReader;
use crate::domain::time::Stamp;
use crate::export;
use crate::export::request::{Format, Request, Scope, Section};
use crate::lifecycle::in_background;
use crate::store::archives::{Archive, ArchiveFile};
use crate::store::boards::BoardScope;
use crate::store::{Store, StoreError};
use crate::words::Lang;
use chrono_tz::Tz;
use flate2::Compression;
use flate2::bufread::GzDecoder;
use flate2::write::GzEncoder;
use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use tempfile::{NamedTempFile, TempDir};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

/// Sessions in one archive at most, so that none is too large to be handled.
const MOST_SESSIONS: i64 = 100;

/// An archive unpacks to this much at most: 16 GiB.
const MOST_BYTES: u64 = 16 << 30;

/// What an archive is called while it is not packed.
const PLAIN: &str = "archive.db";

/// What unfinished files of ours begin with.
const UNFINISHED: &str = ".pasut-";

/// Where archives lie and how their workbooks are written.
#[derive(Clone, Debug)]
pub struct Shelf {
    pub folder: PathBuf,
    pub lang: Lang,
    pub zone: Tz,
    /// What is free there.
    pub room: RoomReader,
}

/// An archive that was unpacked to be read. What was unpacked goes with it.
pub struct Opened {
    pub store: Store,
    // Dropped after the store, which has its files open.
    folder: TempDir,
}

/// Archives the sessions that ended before `before` and takes their details out; with `None` nothing leaves
/// any more. Ends what was begun.
///
/// # Errors
///
/// Any [`Trouble`]; what is done stays done, and the next call takes up from there.
pub async fn archive(
    store: &Store,
    shelf: &Shelf,
    before: Option<Stamp>,
    now: Stamp,
    pace: &Pace,
    cancel: &CancellationToken,
) -> Result<Done, Trouble> {
    fs::create_dir_all(&shelf.folder)?;
    remove_unfinished(store, &shelf.folder).await?;
    let mut done = Done::default();
    for session in store.half_left().await? {
        remove_details(store, session, pace).await?;
    }
    if let Some(before) = before {
        done.done += leave(store, before, now, pace).await?;
        loop {
            let due = store.to_leave(before, MOST_SESSIONS).await?;
            if due.is_empty() {
                break;
            }
            look_for_room(store, shelf, due.len()).await?;
            done.bytes += make(store, shelf, &due, now, pace, cancel).await?;
            let left = leave(store, before, now, pace).await?;
            done.done += left;
            if left == 0 {
                // They change faster than they are archived; another run tries again.
                done.left_alone += i64::try_from(due.len()).unwrap_or(i64::MAX);
                break;
            }
        }
    }
    forget_people(store, pace).await?;
    space::reclaim(store, pace).await?;
    Ok(done)
}

/// The sessions are copied, packed, and unpacked again beside each other, and their workbook stands with them:
/// thrice their part of the database at most.
async fn look_for_room(store: &Store, shelf: &Shelf, due: usize) -> Result<(), Trouble> {
    let all = BoardScope::Stretch { from: Stamp(i64::MIN), to: Stamp(i64::MAX), creator: None };
    let left = store.left(&all).await?.sessions as i64;
    let here = (store.metrics().await?.sessions - left).max(1);
    let part = store.size().await?.used_bytes as f64 * due as f64 / here as f64;
    let (folder, reader) = (shelf.folder.clone(), shelf.room);
    aside(move || Ok(disk::check(reader, &[(&folder, (part * 3.0) as u64)])?)).await
}

/// Unpacks an archive to read it.
///
/// # Errors
///
/// [`Trouble::Unreadable`] if it is damaged or no archive.
pub async fn read(path: &Path) -> Result<Opened, Trouble> {
    let path = path.to_owned();
    aside(move || {
        let folder = tempfile::Builder::new().prefix(UNFINISHED).tempdir_in(folder_of(&path))?;
        let unpacked = folder.path().join(PLAIN);
        unpack(&path, &unpacked)?;
        let store = Store::open_archive(&unpacked).map_err(|error| unreadable(&path, &error.to_string()))?;
        Ok(Opened { store, folder })
    })
    .await
}

/// Takes a person out of every archive that holds them and writes those anew. One whose file is not in the
/// folder is passed over. Killed at any point, it is asked for again, because the erasure is not complete.
/// Returns how many were written anew.
///
/// # Errors
///
/// Any [`Trouble`]; each archive is as it was, or without the person.
pub async fn erase(
    store: &Store,
    shelf: &Shelf,
    erasure: &Erasure,
    now: Stamp,
    cancel: &CancellationToken,
) -> Result<i64, Trouble> {
    let mut rewritten = 0;
    for archive in store.archives().await? {
        let Some(made_at) = archive.made_at else { continue };
        let (raw, book) = (raw_path(&shelf.folder, &archive.name), book_path(&shelf.folder, &archive.name));
        if !raw.exists() {
            warn!(
                name = archive.name,
                "The archive {} is not in its folder, so nobody is erased from it", archive.name
            );
            continue;
        }
        let opened = read(&raw).await?;
        let known = opened.store.request_erasure(erasure.user, erasure.anonymous).await?;
        // Killed between the files and the line that says what they are.
        let is_interrupted =
            measured(&raw).await? != archive.raw || !book.exists() || measured(&book).await? != archive.book;
        if known.is_none() && !is_interrupted {
            continue;
        }
        if let Some(mut there) = known {
            there.names.extend(erasure.names.iter().cloned());
            opened.store.erase(&there).await?;
        }
        let request = request(shelf, &archive, now);
        export::write_sessions(&opened.store, &request, archive.sessions.clone(), &book, cancel).await?;
        write_again(opened, &raw).await?;
        if read(&raw).await?.store.holdings(&archive.sessions).await?.len() != archive.sessions.len() {
            return Err(unreadable(&raw, "it does not hold all of its sessions"));
        }
        let (raw, book) = (measured(&raw).await?, measured(&book).await?);
        store.seal_archive(archive.id, book, raw, Vec::new(), made_at).await?;
        rewritten += 1;
    }
    Ok(rewritten)
}

/// The raw archive of a name.
#[must_use]
pub fn raw_path(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}.pasut-archive"))
}

/// The workbook of a name.
#[must_use]
pub fn book_path(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}.xlsx"))
}

/// Length and checksum of a file.
///
/// # Errors
///
/// If it cannot be read.
pub async fn measured(path: &Path) -> Result<ArchiveFile, Trouble> {
    let path = path.to_owned();
    let Piece { bytes, sha256 } = aside(move || Ok(backup::file::measured(&path)?)).await?;
    Ok(ArchiveFile { bytes: i64::try_from(bytes).unwrap_or(i64::MAX), sha256 })
}

/// Makes an archive of these sessions and makes sure of it. Returns the size of both files.
async fn make(
    store: &Store,
    shelf: &Shelf,
    sessions: &[SessionId],
    now: Stamp,
    pace: &Pace,
    cancel: &CancellationToken,
) -> Result<i64, Trouble> {
    store.begin_archive(&name(store, shelf, sessions).await?, sessions).await?;
    pace.done(Step::Chosen).await?;
    let archives = store.archives().await?;
    let Some(archive) = archives.into_iter().find(|archive| archive.made_at.is_none()) else { return Ok(0) };
    let (raw, book) = (raw_path(&shelf.folder, &archive.name), book_path(&shelf.folder, &archive.name));

    let held = store.holdings(&archive.sessions).await?;
    write_raw(store, &archive.sessions, &raw).await?;
    pace.done(Step::RawWritten).await?;

    let request = request(shelf, &archive, now);
    let written = export::write_sessions(store, &request, archive.sessions.clone(), &book, cancel).await?;
    pace.done(Step::BookWritten).await?;

    let opened = read(&raw).await?;
    if opened.store.holdings(&archive.sessions).await? != held {
        return Err(unreadable(&raw, "it does not hold what it was made from"));
    }
    for session in &archive.sessions {
        verify_events(store, &opened.store, *session).await.map_err(|error| error.at(&raw))?;
    }
    drop(opened);
    let book_read = book.clone();
    let rows = aside(move || Ok(export::rows_in_workbook(&book_read)?)).await?;
    if rows != written.rows {
        return Err(unreadable(&book, &format!("it has {rows} rows instead of {}", written.rows)));
    }
    let (raw, book) = (measured(&raw).await?, measured(&book).await?);
    let bytes = raw.bytes + book.bytes;
    store.seal_archive(archive.id, book, raw, held, now).await?;
    info!(
        name = archive.name,
        "The archive {} holds {} sessions and was read back",
        archive.name,
        sessions.len()
    );
    pace.done(Step::Verified).await?;
    Ok(bytes)
}

/// What the workbook is to hold.
fn request(shelf: &Shelf, archive: &Archive, now: Stamp) -> Request {
    let day = |at: Stamp| local_day(at, shelf.zone);
    let days = Days::new(day(archive.from), day(archive.to)).expect("the first of them began first");
    Request {
        scope: Scope::Days(days),
        creator: None,
        zone: shelf.zone,
        lang: shelf.lang,
        format: Format::Xlsx,
        sections: Section::usual(),
        hide_names: false,
        money: true,
        // The rates of today say nothing to who reads an archive years later.
        rates: None,
        at: now,
    }
}

/// Every event of a session is read out of the archive, and its bytes are those that are here.
async fn verify_events(store: &Store, archived: &Store, session: SessionId) -> Result<(), Damage> {
    let (mut after, mut events) = (0, 0);
    loop {
        let some = archived.events(session, after, &[]).await?;
        let Some(last) = some.last() else { break };
        after = last.number;
        events += some.len();
    }
    let thinned = archived.thinned_checksum(session).await?.is_some();
    let expected = store.last_event_number(session).await?;
    if !thinned && events as u64 != expected {
        return Err(Damage::Said(format!("session {session} has {events} events instead of {expected}")));
    }
    if archived.session(session).await? != store.session(session).await? {
        return Err(Damage::Said(format!("the totals of session {session} differ")));
    }
    if archived.events_checksum(session).await? != store.events_checksum(session).await? {
        return Err(Damage::Said(format!("the events of session {session} differ")));
    }
    Ok(())
}

/// Marks what verified archives hold as left, and removes its details. Returns how many sessions left.
async fn leave(store: &Store, before: Stamp, now: Stamp, pace: &Pace) -> Result<i64, Trouble> {
    let mut left = 0;
    for (archive, held) in store.about_to_leave(before).await? {
        let session = held.session;
        if !store.leave(archive, held, now).await? {
            warn!(%session, "Session {session} changed after it was archived, and is archived again");
            continue;
        }
        pace.done(Step::Left).await?;
        remove_details(store, session, pace).await?;
        left += 1;
    }
    Ok(left)
}

async fn remove_details(store: &Store, session: SessionId, pace: &Pace) -> Result<(), Trouble> {
    while store.remove_details(session).await? {
        pace.done(Step::RowsRemoved).await?;
    }
    Ok(())
}

/// Removes people whom no session here knows any more. Archives keep their names.
async fn forget_people(store: &Store, pace: &Pace) -> Result<(), Trouble> {
    let mut after = None;
    loop {
        let (unknown, last) = store.unknown_people(after).await?;
        if !unknown.is_empty() {
            store.forget_people(unknown).await?;
            pace.done(Step::PeopleRemoved).await?;
        }
        if last.is_none() {
            return Ok(());
        }
        after = last;
    }
}

/// Archives that were not finished are begun anew: what was to be in them may have changed since.
async fn remove_unfinished(store: &Store, folder: &Path) -> Result<(), Trouble> {
    for archive in store.archives().await?.into_iter().filter(|archive| archive.made_at.is_none()) {
        for file in [raw_path(folder, &archive.name), book_path(folder, &archive.name)] {
            match fs::remove_file(file) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
                _ => {}
            }
        }
        store.abandon_archive(archive.id).await?;
    }
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(UNFINISHED) {
            let path = entry.path();
            if path.is_dir() { fs::remove_dir_all(path)? } else { fs::remove_file(path)? }
        }
    }
    Ok(())
}

/// `pasut-2026-08-01-to-2026-08-07`, by the days on which its sessions began.
async fn name(store: &Store, shelf: &Shelf, sessions: &[SessionId]) -> Result<String, StoreError> {
    let mut days = Vec::new();
    for session in sessions {
        if let Some(session) = store.session(*session).await? {
            days.push(local_day(session.start.recorded_from, shelf.zone));
        }
    }
    let (first, last) = (days.iter().min(), days.iter().max());
    Ok(match (first, last) {
        (Some(first), Some(last)) if first != last => format!("pasut-{first}-to-{last}"),
        (Some(day), _) => format!("pasut-{day}"),
        (None, _) => "pasut".to_owned(),
    })
}

async fn write_raw(store: &Store, sessions: &[SessionId], path: &Path) -> Result<(), Trouble> {
    let folder = tempfile::Builder::new().prefix(UNFINISHED).tempdir_in(folder_of(path))?;
    let plain = folder.path().join(PLAIN);
    store.copy_sessions(sessions, &plain).await?;
    let path = path.to_owned();
    aside(move || pack(&plain, &path)).await?;
    drop(folder);
    Ok(())
}

/// Packs an archive that was opened and changed.
async fn write_again(opened: Opened, path: &Path) -> Result<(), Trouble> {
    let Opened { store, folder } = opened;
    let path = path.to_owned();
    aside(move || {
        // The last to close it leaves one file.
        drop(store);
        pack(&folder.path().join(PLAIN), &path)
    })
    .await
}

fn pack(plain: &Path, path: &Path) -> Result<(), Trouble> {
    let unfinished = NamedTempFile::with_prefix_in(UNFINISHED, folder_of(path))?;
    let mut packer = GzEncoder::new(BufWriter::new(unfinished.as_file()), Compression::default());
    io::copy(&mut File::open(plain)?, &mut packer)?;
    packer.finish()?.flush()?;
    unfinished.as_file().sync_all()?;
    unfinished.persist(path).map_err(|failed| failed.error)?;
    Ok(())
}

fn unpack(path: &Path, plain: &Path) -> Result<(), Trouble> {
    let mut packed = GzDecoder::new(BufReader::new(File::open(path)?)).take(MOST_BYTES + 1);
    let mut out = BufWriter::new(File::create_new(plain)?);
    let damaged = |error: io::Error| match error.kind() {
        io::ErrorKind::StorageFull => Trouble::Disk(error),
        _ => unreadable(path, &error.to_string()),
    };
    if io::copy(&mut packed, &mut out).map_err(damaged)? > MOST_BYTES {
        return Err(unreadable(path, "it is larger than any archive"));
    }
    Ok(out.flush()?)
}

/// What is wrong with an archive that was just made.
enum Damage {
    Said(String),
    Store(StoreError),
}

impl From<StoreError> for Damage {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Damage {
    fn at(self, path: &Path) -> Trouble {
        match self {
            Self::Said(said) => unreadable(path, &said),
            Self::Store(error) => error.into(),
        }
    }
}

fn unreadable(path: &Path, why: &str) -> Trouble {
    Trouble::Unreadable { path: path.to_owned(), why: why.to_owned() }
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."))
}

/// Does something that takes long where it keeps nobody waiting.
async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Trouble> + Send + 'static,
) -> Result<T, Trouble> {
    in_background(work).await.map_err(Trouble::Disk)?
}
