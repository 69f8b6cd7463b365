//! The data folder: where everything of one Pasut lies, and who works with it.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

/// A data folder that exists.
#[derive(Clone, Debug)]
pub struct DataFolder(PathBuf);

/// The right to change what lies in a data folder; one at a time, given back when dropped.
#[derive(Debug)]
pub struct FolderLock {
    // Kept open: closing it gives the lock back, also when the program is killed.
    file: File,
    holder: PathBuf,
}

#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// Another Pasut works here; `holder` is what it said of itself, for example its address.
    #[error("Another Pasut uses {} ({holder}). Nothing was changed; stop it first, or choose another --data-dir.", .path.display())]
    Locked { path: PathBuf, holder: String },
    #[error("The data folder {} cannot be used: {cause}. Nothing was changed; check its permissions, or choose another --data-dir.", .path.display())]
    Unusable { path: PathBuf, cause: io::Error },
}

impl DataFolder {
    /// Opens the folder, and creates it if needed: on Unix for its owner only.
    ///
    /// # Errors
    ///
    /// [`FolderError::Unusable`].
    pub fn open(path: &Path) -> Result<Self, FolderError> {
        create(path).map_err(|cause| FolderError::Unusable { path: path.to_owned(), cause })?;
        Ok(Self(path.to_owned()))
    }

    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }

    #[must_use]
    pub fn database(&self) -> PathBuf {
        self.0.join("pasut.db")
    }

    /// Takes the folder's lock; `holder` tells others who has it. Reading works without it.
    ///
    /// # Errors
    ///
    /// [`FolderError::Locked`] at once if another process has it.
    pub fn lock(&self, holder: &str) -> Result<FolderLock, FolderError> {
        let unusable = |cause| FolderError::Unusable { path: self.0.clone(), cause };
        let mut options = OpenOptions::new();
        options.create(true).write(true).truncate(false);
        let file = options.open(self.0.join("pasut.lock")).map_err(unusable)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(FolderError::Locked { path: self.0.clone(), holder: self.holder() });
            }
            Err(TryLockError::Error(cause)) => return Err(unusable(cause)),
        }
        let lock = FolderLock { file, holder: self.holder_path() };
        lock.announce(holder).map_err(unusable)?;
        Ok(lock)
    }

    /// What the holder of the lock said of itself; stale or empty if there is none.
    #[must_use]
    pub fn holder(&self) -> String {
        fs::read_to_string(self.holder_path()).unwrap_or_default()
    }

    /// A file of its own: on Windows, nobody else can read a locked one.
    fn holder_path(&self) -> PathBuf {
        self.0.join("pasut.running")
    }
}

impl FolderLock {
    /// Tells others who holds the lock, for example an address once it is known.
    ///
    /// # Errors
    ///
    /// If the file cannot be written.
    pub fn announce(&self, holder: &str) -> io::Result<()> {
        fs::write(&self.holder, holder)
    }
}

impl Drop for FolderLock {
    fn drop(&mut self) {
        // Only a hint for messages: a stale one does no harm.
        let _ = fs::remove_file(&self.holder);
        // Closing alone would leave it to a program that is being started at this moment and has the file open, too.
        let _ = self.file.unlock();
    }
}

/// Makes the new name of a file survive a loss of power.
///
/// # Errors
///
/// If its folder cannot be synced.
#[cfg(unix)]
pub fn sync_name(file: &Path) -> io::Result<()> {
    match file.parent() {
        Some(folder) if folder.as_os_str().is_empty() => File::open(".")?.sync_all(),
        Some(folder) => File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}

/// Names are kept by themselves here.
///
/// # Errors
///
/// None.
#[cfg(not(unix))]
pub fn sync_name(_: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(unix)]
fn create(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
}

#[cfg(not(unix))]
fn create(path: &Path) -> io::Result<()> {
    fs::create_dir_all(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_lock_is_refused_and_names_the_holder() {
        let directory = tempfile::tempdir().expect("a temporary folder");
        let folder = DataFolder::open(&directory.path().join("data")).expect("a new folder");
        let lock = folder.lock("process 7").expect("the first lock");
        lock.announce("http://127.0.0.1:8787").expect("a writable folder");
        let refused = folder.lock("process 8").expect_err("one lock at a time");
        assert!(refused.to_string().contains("http://127.0.0.1:8787"), "{refused}");
        drop(lock);
        folder.lock("process 8").expect("free again");
    }

    #[cfg(unix)]
    #[test]
    fn a_new_folder_is_its_owners_only() {
        use std::os::unix::fs::PermissionsExt;
        let directory = tempfile::tempdir().expect("a temporary folder");
        let folder = DataFolder::open(&directory.path().join("a/b")).expect("a new folder");
        let mode = fs::metadata(folder.path()).expect("it exists").permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
    }
}
