//! Files that somebody brought: each is looked at, shown, and then taken or let go.

use super::file::MAX_FILE_BYTES;
use super::taking::{Found, Given, ImportError, import, preview};
use crate::clock::Clock;
use crate::disk::{self, NoRoom};
use crate::domain::machine::RoomReader;
use crate::lifecycle::Lifecycle;
use crate::store::Store;
use std::collections::VecDeque;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tracing::warn;

/// A file that nobody decided about goes after this long, in milliseconds.
const KEPT_MS: i64 = 3_600_000;

/// So many files wait at once.
pub const MOST_FILES: usize = 5;

const MAX_NAME_CHARS: usize = 80;

/// The files of one Pasut. Clones share them.
#[derive(Clone)]
pub struct Imports(Arc<Inner>);

struct Inner {
    folder: PathBuf,
    store: Store,
    room: RoomReader,
    clock: Clock,
    lifecycle: Lifecycle,
    /// Newest first.
    files: Mutex<VecDeque<Brought>>,
    /// One at a time: two of the same LIVE at once would both find nothing there yet.
    taking: tokio::sync::Mutex<()>,
}

/// A file that was brought.
#[derive(Clone, Debug)]
pub struct Brought {
    /// Hard to guess, because it is in an address.
    pub id: String,
    /// What it was called where it came from.
    pub name: String,
    pub bytes: u64,
    pub given: Given,
    pub state: State,
    since_ms: i64,
}

#[derive(Clone, Debug)]
pub enum State {
    Looking,
    /// What it holds; nothing was changed yet.
    Looked(Arc<Found>),
    Taking,
    Done(Arc<Found>),
    Failed(Arc<ImportError>),
}

impl State {
    #[must_use]
    pub const fn is_open(&self) -> bool {
        matches!(self, Self::Looking | Self::Taking)
    }
}

/// A file that is being received.
pub struct Receiving {
    id: String,
    path: PathBuf,
    file: File,
    bytes: u64,
}

#[derive(Debug, thiserror::Error)]
pub enum NotReceived {
    #[error("The file is larger than {} MiB, so it was not kept. Split it, or use `pasut import`.", MAX_FILE_BYTES >> 20)]
    TooLarge,
    #[error("{MOST_FILES} files wait already. Nothing was kept; import or remove one of them.")]
    Many,
    #[error(transparent)]
    NoRoom(#[from] NoRoom),
    #[error("The file could not be kept ({0}). Nothing was imported.")]
    Io(#[from] io::Error),
}

impl Receiving {
    /// Keeps the next piece. Blocks for as long as writing takes.
    ///
    /// # Errors
    ///
    /// [`NotReceived`]; what was kept goes with this.
    pub fn write(&mut self, piece: &[u8]) -> Result<(), NotReceived> {
        self.bytes += piece.len() as u64;
        if self.bytes > MAX_FILE_BYTES {
            return Err(NotReceived::TooLarge);
        }
        Ok(self.file.write_all(piece)?)
    }
}

impl Drop for Receiving {
    fn drop(&mut self) {
        // What was received whole has moved on; anything else is of no use.
        let _ = fs::remove_file(&self.path);
    }
}

impl Imports {
    /// Works in `folder`, which is emptied: what waited there was not decided about.
    ///
    /// # Errors
    ///
    /// If the folder cannot be made.
    pub fn start(
        folder: PathBuf,
        store: Store,
        room: RoomReader,
        clock: Clock,
        lifecycle: Lifecycle,
    ) -> io::Result<Self> {
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        fs::create_dir_all(&folder)?;
        let (files, taking) = (Mutex::default(), tokio::sync::Mutex::default());
        Ok(Self(Arc::new(Inner { folder, store, room, clock, lifecycle, files, taking })))
    }

    /// Begins to receive a file of so many bytes.
    ///
    /// # Errors
    ///
    /// [`NotReceived::Many`] and [`NotReceived::NoRoom`], or if it cannot be made.
    pub fn receive(&self, bytes: u64) -> Result<Receiving, NotReceived> {
        self.sweep();
        if self.lock().len() >= MOST_FILES {
            return Err(NotReceived::Many);
        }
        disk::check(self.0.room, &[(&self.0.folder, bytes.min(MAX_FILE_BYTES))])?;
        let id = format!("{:032x}", rand::random::<u128>());
        let path = self.0.folder.join(format!("{id}.part"));
        let mut options = File::options();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&path)?;
        Ok(Receiving { id, path, file, bytes: 0 })
    }

    /// Looks at a file that was received whole.
    ///
    /// # Errors
    ///
    /// If it cannot be kept.
    pub fn received(&self, received: &Receiving, name: &str, given: Given) -> Result<(), NotReceived> {
        received.file.sync_all()?;
        fs::rename(&received.path, self.path(&received.id))?;
        let brought = Brought {
            id: received.id.clone(),
            name: name.chars().filter(|sign| !sign.is_control()).take(MAX_NAME_CHARS).collect(),
            bytes: received.bytes,
            given,
            state: State::Looking,
            since_ms: self.0.clock.monotonic_ms(),
        };
        self.lock().push_front(brought.clone());
        let imports = self.clone();
        self.0.lifecycle.spawn("a look at a file", async move {
            let path = imports.path(&brought.id);
            let found = preview(&imports.0.store, imports.0.room, &path, &brought.given).await;
            imports.set(&brought.id, outcome(found, State::Looked));
        });
        Ok(())
    }

    /// Takes what a file holds, if it was looked at. Returns whether it was.
    pub fn take(&self, id: &str) -> bool {
        let taken = {
            let mut files = self.lock();
            let file = files.iter_mut().find(|file| file.id == id);
            file.filter(|file| matches!(file.state, State::Looked(_))).map(|file| {
                file.state = State::Taking;
                file.clone()
            })
        };
        let Some(file) = taken else { return false };
        let imports = self.clone();
        self.0.lifecycle.spawn("an import", async move {
            let _one_at_a_time = imports.0.taking.lock().await;
            let path = imports.path(&file.id);
            let found = import(&imports.0.store, imports.0.room, &path, &file.given).await;
            imports.set(&file.id, outcome(found, State::Done));
            remove(&path);
        });
        true
    }

    /// Lets a file go that is not being worked on. Returns whether there was one.
    pub fn remove(&self, id: &str) -> bool {
        let mut files = self.lock();
        let Some(at) = files.iter().position(|file| file.id == id && !file.state.is_open()) else {
            return false;
        };
        files.remove(at);
        drop(files);
        remove(&self.path(id));
        true
    }

    /// Every file that was brought, newest first.
    #[must_use]
    pub fn list(&self) -> Vec<Brought> {
        self.sweep();
        self.lock().iter().cloned().collect()
    }

    fn set(&self, id: &str, state: State) {
        if let Some(file) = self.lock().iter_mut().find(|file| file.id == id) {
            file.state = state;
        }
    }

    /// Lets go of what nobody decided about.
    fn sweep(&self) {
        let now_ms = self.0.clock.monotonic_ms();
        let old: Vec<String> = self
            .lock()
            .iter()
            .filter(|file| !file.state.is_open() && now_ms - file.since_ms > KEPT_MS)
            .map(|file| file.id.clone())
            .collect();
        for id in old {
            self.remove(&id);
        }
    }

    fn path(&self, id: &str) -> PathBuf {
        self.0.folder.join(id)
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Brought>> {
        self.0.files.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn outcome(found: Result<Found, ImportError>, done: fn(Arc<Found>) -> State) -> State {
    match found {
        Ok(found) => done(Arc::new(found)),
        Err(error) => State::Failed(Arc::new(error)),
    }
}

fn remove(path: &Path) {
    if let Err(err) = fs::remove_file(path)
        && err.kind() != io::ErrorKind::NotFound
    {
        warn!(%err, "A file that was brought could not be removed: {err}");
    }
}
