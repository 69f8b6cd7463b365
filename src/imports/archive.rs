//! A raw archive of Pasut's own: a database packed with gzip, which holds sessions with their events as far as
//! those were kept. They are told as the lines of any other file are.

use super::event_line::{self, EventLine, Unreadable};
use super::file::{FileTrouble, GZIP, MAX_PLAIN_BYTES, NotTaken, SQLITE};
use crate::disk;
use crate::domain::event::{Accounted, Kind, LiveEvent, MOST_LIKES, What};
use crate::domain::gift::{DEAREST_DIAMONDS, ValueSource};
use crate::domain::machine::RoomReader;
use crate::domain::session::{Gap, Session};
use crate::domain::time::Stamp;
use crate::domain::told::{Told, ToldEvent, ToldWhat};
use crate::store::Store;
use flate2::read::MultiGzDecoder;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;
use tempfile::TempDir;

/// What packs well shrinks to a tenth. A file that unpacks to more than this many times its size is none of ours.
const MOST_TIMES: u64 = 40;

/// Even a small one holds a whole database.
const LEAST_PLAIN_BYTES: u64 = 16 << 20;

/// What a database says of itself stands in its first bytes.
const HEADER_BYTES: usize = 100;

/// An archive that was unpacked to be read. What was unpacked goes with it.
pub struct Opened {
    pub store: Store,
    // Dropped after the store, which has its files open.
    _folder: TempDir,
}

/// Unpacks the archive at `path`, of which as much may then be taken into `database`; `None` if it is something else.
///
/// # Errors
///
/// If it cannot be read, or unpacks to more than an archive does, or than there is room for.
pub fn open(path: &Path, database: &Path, room: RoomReader) -> Result<Option<Opened>, FileTrouble> {
    let mut file = File::open(path)?;
    let mut begin = [0; GZIP.len()];
    if file.read_exact(&mut begin).is_err() || begin != GZIP {
        return Ok(None);
    }
    let packed = file.metadata()?.len();
    let mut plain = MultiGzDecoder::new(io::BufReader::new(File::open(path)?));
    let mut begin = Vec::with_capacity(HEADER_BYTES);
    plain.by_ref().take(HEADER_BYTES as u64).read_to_end(&mut begin)?;
    if !begin.starts_with(SQLITE) {
        return Ok(None);
    }
    let most = (packed.saturating_mul(MOST_TIMES)).clamp(LEAST_PLAIN_BYTES, MAX_PLAIN_BYTES);
    let size = size_said(&begin).unwrap_or(most);
    if size > most {
        return Err(FileTrouble::UnpacksTooLarge);
    }
    let unfinished = tempfile::Builder::new().prefix(".pasut-").tempdir_in(folder_of(path));
    // Where the file is, nothing may be written perhaps.
    let folder = unfinished.or_else(|_| tempfile::tempdir())?;
    disk::check(room, &[(folder.path(), size), (folder_of(database), size)])?;
    let unpacked = folder.path().join("archive.db");
    let mut whole = io::Cursor::new(begin).chain(plain).take(size + 1);
    // Whatever it says of itself, it is not given more.
    if io::copy(&mut whole, &mut File::create_new(&unpacked)?)? > size {
        return Err(FileTrouble::UnpacksTooLarge);
    }
    Ok(Some(Opened { store: Store::open_archive(&unpacked)?, _folder: folder }))
}

/// How large the header of a database says that it is: so many pages of so many bytes.
fn size_said(header: &[u8]) -> Option<u64> {
    let page = u64::from(u16::from_be_bytes(header.get(16..18)?.try_into().ok()?));
    let pages = u64::from(u32::from_be_bytes(header.get(28..32)?.try_into().ok()?));
    // 65,536 does not fit, and is said by 1.
    let page = if page == 1 { 1 << 16 } else { page };
    Some(page * pages).filter(|size| *size > 0)
}

fn folder_of(file: &Path) -> &Path {
    file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A gap of a session, as it would be told.
#[must_use]
pub fn gap(gap: &Gap, session: &Session) -> EventLine {
    let what = ToldWhat::Gap { from: gap.from, to: gap.to, cause: gap.cause };
    line(event_line::id_of(&format!("gap {}", gap.from.0)), gap.from, what, session)
}

/// An event of a session, as it would be told; `None` if it says nothing of the LIVE.
///
/// # Errors
///
/// If no LIVE can have had it.
pub fn event(accounted: Accounted, session: &Session) -> Result<Option<EventLine>, NotTaken> {
    let Some(method) = method(accounted.event.what.kind()) else { return Ok(None) };
    if !event_line::is_time(accounted.at) {
        return Err(Unreadable::Bad("t").into());
    }
    if !can_be(&accounted.event) {
        return Err(Unreadable::Bad(method).into());
    }
    let value = accounted.added.map(|added| added.value).filter(|value| value.source != ValueSource::Event);
    let id = event_line::id_of(&accounted.number.to_string());
    let what = ToldWhat::Event(ToldEvent { event: accounted.event, method, value });
    Ok(Some(line(id, accounted.at, what, session)))
}

fn line(id: i64, at: Stamp, what: ToldWhat, session: &Session) -> EventLine {
    EventLine {
        told: Told { id, at: Some(at), what },
        session: Some(session.id),
        creator: Some(session.start.creator.clone()),
        host: session.start.host,
    }
}

/// What Event JSON calls it.
const fn method(kind: Kind) -> Option<&'static str> {
    Some(match kind {
        Kind::Chat => "comment",
        Kind::Emote => "emote",
        Kind::Like => "like",
        Kind::Gift => "gift",
        Kind::Join => "join",
        Kind::Follow => "follow",
        Kind::Share => "share",
        Kind::Viewers => "viewers",
        Kind::Control => "control",
        Kind::Envelope => "envelope",
        Kind::Question => "question",
        Kind::Subscribe => "subscribe",
        Kind::Battle | Kind::BattleArmies => "battle",
        Kind::MemberOther | Kind::SocialOther | Kind::Other | Kind::Unknown => return None,
    })
}

/// Whether its numbers are within what TikTok has. An archive may come from anywhere.
fn can_be(event: &LiveEvent) -> bool {
    let people = |n: i64| (0..=event_line::MOST_PEOPLE).contains(&n);
    let units = |n: u32| i64::from(n) <= event_line::MOST_UNITS;
    let diamonds = |n: u32| i64::from(n) <= DEAREST_DIAMONDS;
    let likes = |n: i64| (0..=MOST_LIKES).contains(&n);
    match &event.what {
        What::Viewers { viewers, total_viewers } => people(*viewers) && likes(*total_viewers),
        What::Like { count, total } => units(*count) && likes(*total),
        What::Gift(report) => units(report.repeat_count) && report.unit_diamonds.is_none_or(diamonds),
        What::Join { viewers, .. } => people(*viewers),
        What::Envelope { diamonds: worth, winners, .. } => diamonds(*worth) && units(*winners),
        What::Subscribe { months } => (0..=10_000).contains(months),
        What::Battle(battle) | What::BattleScores(battle) => {
            battle.sides.iter().all(|side| side.score.is_none_or(likes))
        }
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::machine::Room;
    use flate2::Compression;
    use flate2::write::GzEncoder;
    use std::io::Write as _;

    fn packed(begin: &[u8], zeros: u64) -> tempfile::NamedTempFile {
        let mut packer = GzEncoder::new(tempfile::NamedTempFile::new().expect("a file"), Compression::fast());
        packer.write_all(begin).expect("written");
        io::copy(&mut io::repeat(0).take(zeros), &mut packer).expect("written");
        packer.finish().expect("written")
    }

    /// The first bytes of a database of so many pages.
    fn header(pages: u32) -> [u8; HEADER_BYTES] {
        let mut header = [0; HEADER_BYTES];
        header[..SQLITE.len()].copy_from_slice(SQLITE);
        header[16..18].copy_from_slice(&4_096_u16.to_be_bytes());
        header[28..32].copy_from_slice(&pages.to_be_bytes());
        header
    }

    fn opened(file: &tempfile::NamedTempFile, free_bytes: fn(&Path) -> Option<Room>) -> FileTrouble {
        let opened = open(file.path(), Path::new("/data/pasut.db"), RoomReader(free_bytes));
        opened.err().expect("no archive that can be read")
    }

    #[test]
    fn what_is_no_archive_is_left_to_others_and_a_bomb_is_unpacked_no_further_than_an_archive() {
        for other in [&b""[..], b"{\"event_id\": 1}", b"SQLite format 3"] {
            let other = packed(other, 0);
            assert!(matches!(open(other.path(), Path::new("pasut.db"), RoomReader::default()), Ok(None)));
        }
        let pages = |bytes: u64| u32::try_from(bytes / 4_096).expect("a few");
        for (begin, zeros) in [
            (&SQLITE[..], LEAST_PLAIN_BYTES),
            (&header(1), 4_096),
            (&header(pages(2 * LEAST_PLAIN_BYTES)), 100),
            (&header(u32::MAX), LEAST_PLAIN_BYTES),
        ] {
            let bomb = opened(&packed(begin, zeros), |_| None);
            assert!(matches!(bomb, FileTrouble::UnpacksTooLarge), "{zeros} bytes: {bomb}");
        }
        for (begin, zeros) in [(&SQLITE[..], 100), (&header(1), 100)] {
            assert!(matches!(opened(&packed(begin, zeros), |_| None), FileTrouble::Archive(_)));
        }
    }

    #[test]
    fn an_archive_is_not_unpacked_where_it_would_take_what_recording_needs() {
        let file = packed(&header(1_000), 1_000 * 4_096 - HEADER_BYTES as u64);
        let refused =
            opened(&file, |_| Some(Room { disk: "/".into(), free_bytes: disk::FLOOR_BYTES + 8_000_000 }));
        let FileTrouble::NoRoom(refused) = refused else { panic!("{refused}") };
        assert_eq!(refused.needed_bytes, 2 * 4_096_000, "unpacked, and taken");
        let elsewhere = opened(&file, |folder| {
            let disk = if folder.starts_with("/data") { "/data" } else { "/" };
            Some(Room { disk: disk.into(), free_bytes: disk::FLOOR_BYTES + 8_000_000 })
        });
        assert!(matches!(elsewhere, FileTrouble::Archive(_)), "there is room for each: {elsewhere}");
    }
}
