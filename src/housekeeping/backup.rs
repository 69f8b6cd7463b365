//! A backup: one file with everything that cannot be had again, read back before it has its name.
//!
//! It is made of one moment while Pasut records. What gives access (keys, cookies, passwords) is left out,
//! or, with a passphrase, taken along encrypted.

pub mod file;
pub mod seal;
pub mod shelf;

use super::Progress;
use crate::disk::{self, NoRoom};
use crate::domain::machine::RoomReader;
use crate::domain::time::Stamp;
use crate::lifecycle::in_background;
use crate::store::folder::sync_name;
use crate::store::{Store, StoreError};
use file::{BackupFile, Unreadable};
use seal::Passphrase;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use tokio_util::sync::CancellationToken;

/// What a backup is made of besides the database.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// The file to be made.
    pub to: PathBuf,
    /// Whether it may take the place of one that is there.
    pub replace: bool,
    /// The settings of `pasut.toml`, if there is one.
    pub settings: Option<SettingsFile>,
    /// The folder of the archives, if there is one.
    pub archives: PathBuf,
    /// What gives access is taken along if this encrypts it.
    pub passphrase: Option<Passphrase>,
    pub at: Stamp,
    /// What is free where it is written.
    pub room: RoomReader,
    /// Fires when it is not wanted any more.
    pub stop: CancellationToken,
}

/// The settings of a `pasut.toml`, as TOML: those that anyone may read, and those that give access.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SettingsFile {
    pub open: String,
    pub secret: String,
}

/// What gives access, as it is encrypted.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Secrets {
    /// Of the database, by their keys.
    pub database: BTreeMap<String, String>,
    /// Of `pasut.toml`, as TOML.
    pub file: String,
}

/// What is done for a backup, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The database is copied, and every page of the copy checked.
    Copying,
    Packing,
    /// What was packed is unpacked again and compared.
    ReadingBack,
    /// It takes its name.
    Naming,
}

/// A backup that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    pub path: PathBuf,
    pub bytes: u64,
    pub manifest: file::Manifest,
}

#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// Say that it may be replaced, or choose another name.
    #[error("{} is there already. Nothing was changed; say --replace, or choose another name.", .0.display())]
    Exists(PathBuf),
    /// Wait for the other one.
    #[error("Another backup is being written to {}. Nothing was changed; wait until it is done.", .0.display())]
    Busy(PathBuf),
    /// Nothing to do: somebody wanted it.
    #[error("The backup was stopped. No part of it was left behind.")]
    Stopped,
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Make room, or write elsewhere.
    #[error(transparent)]
    NoRoom(#[from] NoRoom),
    /// Make room, or write elsewhere.
    #[error(
        "The backup could not be written: {0}. No part of it was left behind and nothing recorded is affected; \
         free some space, or choose another place."
    )]
    Disk(#[from] io::Error),
    /// Do not trust this disk.
    #[error(
        "What was written could not be read back ({0}). The backup was removed and nothing recorded is affected; \
         choose another disk, because this one does not keep what it is given."
    )]
    NotKept(#[from] Unreadable),
}

/// Makes a backup. It has its name only once it was read back; whatever happens, nothing else stays.
///
/// # Errors
///
/// Any [`BackupError`].
pub async fn make(
    store: &Store,
    request: Request,
    mut progress: impl FnMut(Progress<Step>) + Send + 'static,
) -> Result<Made, BackupError> {
    let stop = request.stop.clone();
    let going_on = {
        let stop = stop.clone();
        move |now| {
            progress(now);
            if stop.is_cancelled() { Err(io::Error::other("it was stopped")) } else { Ok(()) }
        }
    };
    let made = step_by_step(store, request, going_on).await;
    made.map_err(|error| if stop.is_cancelled() { BackupError::Stopped } else { error })
}

/// Ends early if `progress` does not want to go on.
async fn step_by_step(
    store: &Store,
    request: Request,
    mut progress: impl FnMut(Progress<Step>) -> io::Result<()> + Send + 'static,
) -> Result<Made, BackupError> {
    if request.to.exists() && !request.replace {
        return Err(BackupError::Exists(request.to));
    }
    progress(Progress { step: Step::Copying, share: 0.0 })?;
    look_for_room(store, &request).await?;
    let copy = store.copy().await?;
    let secrets = match request.passphrase {
        Some(_) => Some(store.secrets().await?),
        None => None,
    };
    let making = move || {
        let unfinished = Unfinished::open(&request.to)?;
        let written = file::write(&unfinished.file, &copy, &request, secrets, &mut progress)?;
        unfinished.file.sync_all()?;
        read_back(&unfinished.file, &written, &mut progress)?;
        progress(Progress { step: Step::Naming, share: 0.0 })?;
        let bytes = unfinished.take_name(&request.to)?;
        // It is there, whatever comes now.
        progress(Progress { step: Step::Naming, share: 1.0 }).ok();
        Ok(Made { path: request.to, bytes, manifest: written })
    };
    in_background(making).await?
}

/// The database is copied beside itself, and packed with the archives into the file; packed, it is not larger.
async fn look_for_room(store: &Store, request: &Request) -> Result<(), BackupError> {
    let database = u64::try_from(store.size().await?.used_bytes).unwrap_or(0);
    let (reader, archives) = (request.room, request.archives.clone());
    let (beside, to) = (folder_of(store.path()), folder_of(&request.to));
    let looking = move || {
        let file = database.saturating_add(bytes_in(&archives));
        disk::check(reader, &[(&beside, database), (&to, file)])
    };
    Ok(tokio::task::spawn_blocking(looking).await.map_err(io::Error::from)??)
}

fn folder_of(file: &Path) -> PathBuf {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    folder.unwrap_or_else(|| Path::new(".")).to_owned()
}

/// The files of a folder together; none if it is not there.
fn bytes_in(folder: &Path) -> u64 {
    let files = fs::read_dir(folder).into_iter().flatten().flatten();
    files.filter_map(|file| file.metadata().ok()).map(|file| file.len()).sum()
}

/// Unpacks what was written, as a restore will.
fn read_back(
    written: &File,
    manifest: &file::Manifest,
    progress: &mut dyn FnMut(Progress<Step>) -> io::Result<()>,
) -> Result<(), BackupError> {
    let mut backup = BackupFile::read(written)?;
    if backup.manifest != *manifest {
        return Err(Unreadable::Damaged.into());
    }
    backup.unpack_database(&mut io::sink(), |share| progress(Progress { step: Step::ReadingBack, share }))?;
    for archive in &manifest.archives {
        backup.unpack_archive(archive, &mut io::sink())?;
    }
    backup.settings()?;
    backup.sealed()?;
    Ok(())
}

/// A file without its name; removed unless it gets one.
struct Unfinished {
    path: PathBuf,
    file: File,
    named: bool,
}

impl Unfinished {
    /// Takes `PATH.part`, also if a backup that was killed left one.
    fn open(path: &Path) -> Result<Self, BackupError> {
        let mut part = path.as_os_str().to_owned();
        part.push(".part");
        let part = PathBuf::from(part);
        let mut options = File::options();
        options.read(true).write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&part)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(BackupError::Busy(path.to_owned())),
            Err(TryLockError::Error(error)) => return Err(error.into()),
        }
        file.set_len(0)?;
        Ok(Self { path: part, file, named: false })
    }

    /// Returns how long it is.
    fn take_name(mut self, name: &Path) -> io::Result<u64> {
        let bytes = self.file.metadata()?.len();
        fs::rename(&self.path, name)?;
        self.named = true;
        sync_name(name)?;
        Ok(bytes)
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        if !self.named
            && let Err(error) = fs::remove_file(&self.path)
        {
            tracing::warn!(%error, "{} stays: {error}", self.path.display());
        }
    }
}
