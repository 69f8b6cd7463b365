//! Getting back what a backup holds: first beside the database and checked, then in its place in one step.
//!
//! Killed at any moment, either what was there or what is restored is there whole, and what was there is
//! kept under another name.

use super::Progress;
use super::backup::Secrets;
use super::backup::file::{self, BackupFile, Manifest, Unreadable};
use super::backup::seal::{Passphrase, WrongPassphrase};
use crate::store::copy::inspect;
use crate::store::folder::sync_name;
use crate::store::{Opening, Store, StoreError, replacement};
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// Where a backup is restored to.
#[derive(Clone, Debug)]
pub struct Place {
    pub database: PathBuf,
    /// The `pasut.toml` of the data folder.
    pub settings: PathBuf,
    /// The folder of the archives.
    pub archives: PathBuf,
    /// Whether it may take the place of one that is there.
    pub replace_settings: bool,
}

/// What is done to restore, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Unpacking,
    /// Every page of the database, and what it holds.
    Checking,
    /// Keys and logins of this computer go over, or those of the backup come in.
    Secrets,
    /// The archives that the restored database names come to their place.
    Archives,
    /// All of the database that is there goes into its one file.
    Settling,
    /// It gets a second name.
    Keeping,
    Replacing,
    Settings,
    /// It is brought up to date if an older Pasut made it.
    Opening,
    Done,
}

/// A backup that lies unpacked and checked beside the database; removed unless it is put in its place.
#[derive(Debug)]
pub struct Staged {
    pub manifest: Manifest,
    path: PathBuf,
    place: Place,
    unpacked: PathBuf,
    secrets: Secrets,
    settings: Option<String>,
}

/// What was restored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restored {
    pub manifest: Manifest,
    /// Where the database is now that was there before.
    pub kept: Option<PathBuf>,
    pub settings: RestoredSettings,
}

/// What became of `pasut.toml`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RestoredSettings {
    /// The backup has none, or the same.
    Unchanged,
    /// There was one, which stays.
    Stayed,
    Written,
}

#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// Take another backup.
    #[error("{} cannot be restored: {cause}. Nothing was changed; take another backup.", .path.display())]
    Unreadable { path: PathBuf, cause: Unreadable },
    #[error(transparent)]
    Passphrase(#[from] WrongPassphrase),
    /// Go on without.
    #[error("This backup has no encrypted part. Nothing was changed; restore it without a passphrase.")]
    NothingSealed,
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Make room.
    #[error("The backup could not be restored: {0}. What was there is still there; free some space.")]
    Disk(#[from] io::Error),
}

/// What a backup says it holds. [`stage`] finds out whether that is so.
///
/// # Errors
///
/// [`RestoreError::Unreadable`].
pub fn preview(path: &Path) -> Result<Manifest, RestoreError> {
    let unreadable = |cause| RestoreError::Unreadable { path: path.to_owned(), cause };
    let file = File::open(path).map_err(|error| unreadable(error.into()))?;
    Ok(BackupFile::read(&file).map_err(unreadable)?.manifest)
}

/// Unpacks a backup beside the database and checks all of it. Blocks.
///
/// # Errors
///
/// Any [`RestoreError`]; nothing was changed then.
pub fn stage(
    path: &Path,
    place: Place,
    passphrase: Option<&Passphrase>,
    progress: &mut dyn FnMut(Progress<Step>),
) -> Result<Staged, RestoreError> {
    let unreadable = |cause| RestoreError::Unreadable { path: path.to_owned(), cause };
    let file = File::open(path).map_err(|error| unreadable(error.into()))?;
    let mut backup = BackupFile::read(&file).map_err(unreadable)?;
    let mut staged = Staged {
        manifest: backup.manifest.clone(),
        unpacked: replacement::staging(&place.database),
        secrets: Secrets::default(),
        settings: backup.settings().map_err(unreadable)?,
        path: path.to_owned(),
        place,
    };
    if let Some(passphrase) = passphrase {
        let sealed = backup.sealed().map_err(unreadable)?.ok_or(RestoreError::NothingSealed)?;
        let plain = sealed.open(passphrase, staged.manifest.database.sha256.as_bytes())?;
        staged.secrets = serde_json::from_slice(&plain).map_err(|_| unreadable(Unreadable::Damaged))?;
    }
    let mut unpacked = owners_file(&staged.unpacked)?;
    backup
        .unpack_database(&mut unpacked, |share| {
            progress(Progress { step: Step::Unpacking, share });
            Ok(())
        })
        .map_err(unreadable)?;
    unpacked.sync_all()?;
    progress(Progress { step: Step::Checking, share: 0.0 });
    if inspect(&staged.unpacked)? != staged.manifest.contents {
        return Err(unreadable(Unreadable::Damaged));
    }
    for archive in &staged.manifest.archives {
        backup.unpack_archive(archive, &mut io::sink()).map_err(unreadable)?;
    }
    Ok(staged)
}

impl Staged {
    /// Puts the backup in its place. Whoever calls holds the lock of the data folder, and nobody has the
    /// database open. Blocks.
    ///
    /// # Errors
    ///
    /// Any [`RestoreError`]; what was there is then still in its place.
    pub fn put_in_place(self, progress: &mut dyn FnMut(Progress<Step>)) -> Result<Restored, RestoreError> {
        let mut at = |step| progress(Progress { step, share: 0.0 });
        let database = &self.place.database;
        at(Step::Secrets);
        replacement::keep_secrets(&self.unpacked, database, &self.secrets.database)?;
        at(Step::Archives);
        self.put_archives()?;
        at(Step::Settling);
        replacement::settle(database)?;
        at(Step::Keeping);
        let kept = replacement::keep(database)?;
        at(Step::Replacing);
        replacement::replace(&self.unpacked, database, kept.as_deref())?;
        at(Step::Settings);
        let settings = self.put_settings()?;
        at(Step::Opening);
        drop(Store::open(database, Opening::Owner)?);
        at(Step::Done);
        Ok(Restored { manifest: self.manifest.clone(), kept, settings })
    }

    /// One that is there under the same name and is another one is kept.
    fn put_archives(&self) -> Result<(), RestoreError> {
        if self.manifest.archives.is_empty() {
            return Ok(());
        }
        let unreadable = |cause| RestoreError::Unreadable { path: self.path.clone(), cause };
        let packed = File::open(&self.path).map_err(|error| unreadable(error.into()))?;
        let mut backup = BackupFile::read(&packed).map_err(unreadable)?;
        fs::create_dir_all(&self.place.archives)?;
        for archive in &self.manifest.archives {
            let path = self.place.archives.join(&archive.name);
            let mut unpacked = tempfile::NamedTempFile::new_in(&self.place.archives)?;
            backup.unpack_archive(archive, &mut unpacked).map_err(unreadable)?;
            unpacked.as_file().sync_all()?;
            if path.exists() && file::measured(&path)? != archive.file {
                fs::rename(&path, self.place.archives.join(format!("{}.before-restore.bak", archive.name)))?;
            }
            unpacked.persist(&path).map_err(|error| error.error)?;
        }
        Ok(sync_name(&self.place.archives.join("archive"))?)
    }

    fn put_settings(&self) -> io::Result<RestoredSettings> {
        let Some(open) = &self.settings else { return Ok(RestoredSettings::Unchanged) };
        let (text, path) = (format!("{open}{}", self.secrets.file), &self.place.settings);
        match fs::read_to_string(path) {
            Ok(there) if there == text => return Ok(RestoredSettings::Unchanged),
            Ok(_) if !self.place.replace_settings => return Ok(RestoredSettings::Stayed),
            Ok(_) => {
                fs::copy(path, path.with_extension("toml.before-restore.bak"))?;
            }
            Err(_) => {}
        }
        let unfinished = path.with_extension("toml.part");
        let mut file = owners_file(&unfinished)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&unfinished, path)?;
        sync_name(path)?;
        Ok(RestoredSettings::Written)
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        match fs::remove_file(&self.unpacked) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                tracing::warn!(%error, "{} stays: {error}", self.unpacked.display());
            }
            _ => {}
        }
    }
}

/// An empty file that only its owner may read, in place of one that a killed restore left.
fn owners_file(path: &Path) -> io::Result<File> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
