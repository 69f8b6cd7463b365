//! Pictures of people through a cache of our own, so that no page loads anything from another host.
//!
//! A picture is fetched when a browser first asks us for it, never for a page itself. `web` asks; what may
//! be fetched from where is decided by `connector` and `outbound`.

use crate::connector::client::TikTok;
use crate::domain::ids::UserId;
use crate::domain::time::Stamp;
use bytes::Bytes;
use std::collections::HashMap;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};
use std::{fs, mem};
use tokio::runtime::Handle;
use tokio::sync::{Semaphore, watch};
use tracing::debug;

/// A browser waits for a picture this long; then it shows the initial.
const PATIENCE: Duration = Duration::from_secs(4);
/// Pictures fetched at the same time, and how many may wait for their turn.
const AT_ONCE: usize = 3;
const MOST_WAITING: u32 = 60;
/// For how long a picture is good, and for how long one that failed is not tried again, in milliseconds.
const GOOD_MS: i64 = 7 * 86_400_000;
const FAILED_MS: i64 = 3_600_000;
const MOST_FAILED: usize = 4096;
/// The cache is cut down to this, oldest pictures first, after every so many new ones.
const MOST_BYTES: u64 = 64 * 1024 * 1024;
const CUT_EVERY: u32 = 64;
/// Broader or higher pictures are not shown: a small file can stand for a huge one.
const MOST_PIXELS: u32 = 2048;

/// The pictures of one Pasut. Clones share them.
#[derive(Clone)]
pub struct Avatars(Arc<Inner>);

struct Inner {
    folder: PathBuf,
    on: AtomicBool,
    tiktok: watch::Receiver<Arc<TikTok>>,
    runtime: Handle,
    turns: Semaphore,
    waiting: AtomicU32,
    failed: Mutex<HashMap<UserId, Stamp>>,
    fetched: AtomicU32,
}

/// A picture whose content was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    pub kind: Kind,
    pub bytes: Bytes,
}

/// What a picture is by its first bytes, whatever its sender called it. SVG is none: it can hold a script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Jpeg,
    Png,
    Webp,
}

impl Avatars {
    /// Pictures kept in `folder`, which is made when the first one comes; none at all unless they are `on`.
    #[must_use]
    pub fn new(folder: PathBuf, on: bool, tiktok: watch::Receiver<Arc<TikTok>>) -> Self {
        Self(Arc::new(Inner {
            folder,
            on: AtomicBool::new(on),
            tiktok,
            runtime: Handle::current(),
            turns: Semaphore::new(AT_ONCE),
            waiting: AtomicU32::new(0),
            failed: Mutex::default(),
            fetched: AtomicU32::new(0),
        }))
    }

    /// Whether pictures are shown.
    #[must_use]
    pub fn on(&self) -> bool {
        self.0.on.load(Ordering::Relaxed)
    }

    /// From now on pictures are shown and fetched, or neither. Those that are kept stay.
    pub fn switch(&self, on: bool) {
        self.0.on.store(on, Ordering::Relaxed);
    }

    /// The picture of `user`, whom TikTok last showed at `address`. `None` if there is none to show now.
    pub async fn of(&self, user: UserId, address: &str, now: Stamp) -> Option<Picture> {
        if !self.on() {
            return None;
        }
        let path = self.path(user);
        if let Some(kept) = self.beside(move || kept(&path, now)).await {
            return Some(kept);
        }
        if address.is_empty() || self.failed_lately(user, now) {
            return None;
        }
        let fetched = tokio::time::timeout(PATIENCE, self.fetch(address)).await;
        let picture = match fetched {
            Ok(Ok(bytes)) => Picture::of(bytes),
            Ok(Err(err)) => {
                debug!(%user, "The picture of {user} stays away: {err}");
                None
            }
            Err(_) => None,
        };
        match &picture {
            Some(picture) => self.keep(user, picture.clone(), now).await,
            None => self.remember_failure(user, now),
        }
        picture
    }

    /// Removes the picture of a person who is erased.
    ///
    /// # Errors
    ///
    /// If the file is there and cannot be removed.
    pub fn forget(&self, user: UserId) -> io::Result<()> {
        match fs::remove_file(self.path(user)) {
            Err(err) if err.kind() != io::ErrorKind::NotFound => Err(err),
            _ => Ok(()),
        }
    }

    async fn fetch(&self, address: &str) -> anyhow::Result<Bytes> {
        let waiting = Waiting::join(&self.0.waiting)?;
        let turn = self.0.turns.acquire().await?;
        let tiktok = Arc::clone(&self.0.tiktok.borrow());
        let fetched = tiktok.picture(address).await;
        drop((turn, waiting));
        Ok(fetched?)
    }

    async fn keep(&self, user: UserId, picture: Picture, now: Stamp) {
        let (folder, path) = (self.0.folder.clone(), self.path(user));
        let cuts = self.0.fetched.fetch_add(1, Ordering::Relaxed).is_multiple_of(CUT_EVERY);
        let written = self.beside(move || {
            write(&folder, &path, &picture.bytes, now)?;
            if cuts { cut(&folder, MOST_BYTES) } else { Ok(()) }
        });
        if let Err(err) = written.await {
            debug!(%err, "A picture is not kept: {err}");
        }
    }

    fn path(&self, user: UserId) -> PathBuf {
        self.0.folder.join(user.to_string())
    }

    fn failed_lately(&self, user: UserId, now: Stamp) -> bool {
        let failed = self.0.failed.lock().unwrap_or_else(PoisonError::into_inner);
        failed.get(&user).is_some_and(|at| now.ms_since(*at) < FAILED_MS)
    }

    fn remember_failure(&self, user: UserId, now: Stamp) {
        let mut failed = self.0.failed.lock().unwrap_or_else(PoisonError::into_inner);
        if failed.len() >= MOST_FAILED {
            failed.clear();
        }
        failed.insert(user, now);
    }

    /// Runs what touches the disk where nobody answers requests.
    async fn beside<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> T {
        let done = self.0.runtime.spawn_blocking(work).await;
        done.expect("file work returns its errors instead of panicking")
    }
}

impl Picture {
    /// `None` if the bytes are no picture that we show.
    #[must_use]
    pub fn of(bytes: Bytes) -> Option<Self> {
        let (kind, (width, height)) = look_at(&bytes)?;
        let fits = |pixels| (1..=MOST_PIXELS).contains(&pixels);
        (fits(width) && fits(height)).then_some(Self { kind, bytes })
    }
}

impl Kind {
    #[must_use]
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Webp => "image/webp",
        }
    }
}

/// One who waits for a turn to fetch; refused when too many do.
struct Waiting<'a>(&'a AtomicU32);

impl<'a> Waiting<'a> {
    fn join(waiting: &'a AtomicU32) -> anyhow::Result<Self> {
        if waiting.fetch_add(1, Ordering::Relaxed) >= MOST_WAITING {
            waiting.fetch_sub(1, Ordering::Relaxed);
            anyhow::bail!("too many others wait");
        }
        Ok(Self(waiting))
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// What the bytes are, with width and height, by the formats' own headers.
fn look_at(bytes: &[u8]) -> Option<(Kind, (u32, u32))> {
    let short = |at: usize| Some(u32::from(u16::from_be_bytes(bytes.get(at..at + 2)?.try_into().ok()?)));
    let little = |at: usize| Some(u32::from(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?)));
    let long = |at: usize| Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") && bytes.get(12..16)? == b"IHDR" {
        return Some((Kind::Png, (long(16)?, long(20)?)));
    }
    if bytes.starts_with(b"RIFF") && bytes.get(8..12)? == b"WEBP" {
        let three = |at: usize| {
            Some(u32::from_le_bytes([*bytes.get(at)?, *bytes.get(at + 1)?, *bytes.get(at + 2)?, 0]))
        };
        let size = match bytes.get(12..16)? {
            b"VP8 " => (little(26)? & 0x3fff, little(28)? & 0x3fff),
            b"VP8L" => {
                let packed = little(21)? | little(23)? << 16;
                ((packed & 0x3fff) + 1, (packed >> 14 & 0x3fff) + 1)
            }
            b"VP8X" => (three(24)? + 1, three(27)? + 1),
            _ => return None,
        };
        return Some((Kind::Webp, size));
    }
    if !bytes.starts_with(b"\xff\xd8\xff") {
        return None;
    }
    // A JPEG is a row of segments; the one that begins a frame (C0 to CF but C4, C8, CC) says its size.
    let mut at = 2;
    while *bytes.get(at)? == 0xff {
        match *bytes.get(at + 1)? {
            0xc4 | 0xc8 | 0xcc => {}
            0xc0..=0xcf => return Some((Kind::Jpeg, (short(at + 7)?, short(at + 5)?))),
            0xff => {
                at += 1;
                continue;
            }
            _ => {}
        }
        at += 2 + short(at + 2)? as usize;
    }
    None
}

/// The picture in a file that is not too old.
fn kept(path: &Path, now: Stamp) -> Option<Picture> {
    let modified = fs::metadata(path).and_then(|file| file.modified()).ok()?;
    let modified = modified.duration_since(SystemTime::UNIX_EPOCH).ok()?;
    let age_ms = now.ms_since(Stamp(i64::try_from(modified.as_millis()).ok()?));
    if !(0..GOOD_MS).contains(&age_ms) {
        return None;
    }
    Picture::of(fs::read(path).ok()?.into())
}

/// Writes the whole file or none, dated by our clock, which may not be the computer's.
fn write(folder: &Path, path: &Path, bytes: &[u8], now: Stamp) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(bytes)?;
    let since = Duration::from_millis(now.0.unsigned_abs());
    file.as_file().set_modified(SystemTime::UNIX_EPOCH + since)?;
    file.persist(path)?;
    Ok(())
}

/// Removes the oldest files until the folder holds at most `most` bytes.
fn cut(folder: &Path, most: u64) -> io::Result<()> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let about = entry.metadata()?;
        files.push((about.modified()?, about.len(), entry.path()));
    }
    files.sort_unstable();
    let mut bytes: u64 = files.iter().map(|(_, bytes, _)| bytes).sum();
    for (_, size, path) in mem::take(&mut files) {
        if bytes <= most {
            break;
        }
        fs::remove_file(path)?;
        bytes -= size;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connector::config::Config;
    use std::io::Read;
    use std::net::TcpListener;

    /// The smallest part of a PNG that says its size.
    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
        bytes.extend(width.to_be_bytes());
        bytes.extend(height.to_be_bytes());
        bytes
    }

    const JPEG: &[u8] =
        b"\xff\xd8\xff\xe0\0\x04ab\xff\xdb\0\x03q\xff\xc0\0\x0b\x08\0\x60\0\x64\x01\x01\x11\0";

    #[test]
    fn a_picture_is_known_by_its_content_and_nothing_else_is_one() {
        let kind = |bytes: &[u8]| Picture::of(Bytes::copy_from_slice(bytes)).map(|picture| picture.kind);
        assert_eq!(kind(&png(100, 100)), Some(Kind::Png));
        assert_eq!(look_at(JPEG), Some((Kind::Jpeg, (100, 96))));
        let webp = b"RIFF\x10\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\x63\0\0\x5f\0\0";
        assert_eq!(look_at(webp), Some((Kind::Webp, (100, 96))));
        let lossy = b"RIFF\x10\0\0\0WEBPVP8 \x0a\0\0\0\0\0\0\x9d\x01\x2a\x64\0\x60\0";
        assert_eq!(look_at(lossy), Some((Kind::Webp, (100, 96))));
        for other in [
            &b"<svg xmlns='http://www.w3.org/2000/svg'/>"[..],
            b"<!doctype html>",
            b"GIF89a",
            b"",
            b"\xff\xd8\xff",
        ] {
            assert_eq!(kind(other), None, "{other:?}");
        }
        assert_eq!(kind(&png(40_000, 10)), None, "a bomb");
        assert_eq!(kind(&png(0, 10)), None);
    }

    /// Answers every request with `answer` and counts them.
    fn server(answer: Vec<u8>) -> (String, Arc<AtomicU32>) {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("bound"));
        let asked = Arc::new(AtomicU32::new(0));
        let count = Arc::clone(&asked);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(mut stream) = stream else { return };
                count.fetch_add(1, Ordering::SeqCst);
                let _ = stream.read(&mut [0; 4096]);
                let _ = stream.write_all(&answer);
            }
        });
        (url, asked)
    }

    fn answer(head: &str, body: &[u8]) -> Vec<u8> {
        let head = format!("HTTP/1.1 {head}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
        [head.as_bytes(), body].concat()
    }

    fn avatars(folder: &Path, stand_in: &str, on: bool) -> Avatars {
        let mut config = Config::default();
        config.endpoints.pictures = Some(stand_in.to_owned());
        let tiktok = Arc::new(TikTok::new(config).expect("no proxy"));
        Avatars::new(folder.to_owned(), on, watch::Sender::new(tiktok).subscribe())
    }

    const ADDRESS: &str = "https://p16-sign-sg.tiktokcdn.com/a.webp";
    const NOW: Stamp = Stamp(1_795_350_600_000);

    #[tokio::test]
    async fn a_picture_is_fetched_once_and_anew_when_it_is_old() {
        let folder = tempfile::tempdir().expect("a folder");
        let (url, asked) = server(answer("200 OK\r\nContent-Type: text/html", &png(90, 90)));
        let avatars = avatars(folder.path(), &url, true);
        for _ in 0..2 {
            let picture = avatars.of(UserId(7), ADDRESS, NOW).await.expect("a picture");
            assert_eq!(picture.kind.content_type(), "image/png");
        }
        assert_eq!(asked.load(Ordering::SeqCst), 1);
        assert!(avatars.of(UserId(7), ADDRESS, NOW + GOOD_MS).await.is_some());
        assert_eq!(asked.load(Ordering::SeqCst), 2);
        avatars.forget(UserId(7)).expect("removed");
        assert!(fs::read_dir(folder.path()).expect("a folder").next().is_none());
        avatars.forget(UserId(7)).expect("nothing to remove is no fault");
    }

    #[tokio::test]
    async fn what_is_no_picture_of_tiktoks_is_not_shown_and_not_asked_again_soon() {
        let large = [png(90, 90), vec![0; 600 * 1024]].concat();
        for wrong in [
            answer("302 Found\r\nLocation: http://127.0.0.1/elsewhere", &png(90, 90)),
            answer("200 OK\r\nContent-Type: image/png", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
            answer("200 OK\r\nContent-Type: image/png", &large),
            answer("404 Not Found", &png(90, 90)),
        ] {
            let folder = tempfile::tempdir().expect("a folder");
            let (url, asked) = server(wrong);
            let avatars = avatars(folder.path(), &url, true);
            for _ in 0..3 {
                assert_eq!(avatars.of(UserId(7), ADDRESS, NOW).await, None);
            }
            assert_eq!(asked.load(Ordering::SeqCst), 1);
            assert!(fs::read_dir(folder.path()).expect("a folder").next().is_none());
        }
    }

    #[tokio::test]
    async fn nobody_else_is_asked_and_nobody_at_all_when_pictures_are_off() {
        let folder = tempfile::tempdir().expect("a folder");
        let (url, asked) = server(answer("200 OK", &png(90, 90)));
        assert_eq!(
            avatars(folder.path(), &url, true).of(UserId(7), "https://example.org/a.png", NOW).await,
            None
        );
        let avatars = avatars(folder.path(), &url, false);
        assert_eq!(avatars.of(UserId(7), ADDRESS, NOW).await, None);
        assert_eq!(asked.load(Ordering::SeqCst), 0);
        avatars.switch(true);
        assert!(avatars.of(UserId(7), ADDRESS, NOW).await.is_some(), "switched on while Pasut runs");
    }

    #[test]
    fn the_folder_is_cut_down_to_its_bound_oldest_first() {
        let folder = tempfile::tempdir().expect("a folder");
        for user in 0..10 {
            let path = folder.path().join(user.to_string());
            write(folder.path(), &path, &[0; 100], NOW + i64::from(user) * 1000).expect("written");
        }
        cut(folder.path(), 350).expect("cut");
        let mut left: Vec<_> = fs::read_dir(folder.path())
            .expect("a folder")
            .map(|file| file.expect("a file").file_name())
            .collect();
        left.sort_unstable();
        assert_eq!(left, ["7", "8", "9"]);
    }
}
