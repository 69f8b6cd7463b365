//! The backups of one running Pasut: made on schedule and on request, one at a time, and handed over to
//! be restored.
//!
//! Settings are in the store, the files in a folder that the user chose. Restoring ends at a backup that is
//! unpacked and checked: whoever runs Pasut stops it, puts the backup in its place, and starts again.

use super::Progress;
use super::backup::file::Unreadable;
use super::backup::seal::Passphrase;
use super::backup::shelf::{self, Shelved};
use super::backup::{self, BackupError, Request, SettingsFile};
use super::restore::{self, Place, RestoreError, Restored, Staged};
use crate::clock::Clock;
use crate::disk::NoRoom;
use crate::domain::machine::RoomReader;
use crate::domain::time::DAY_MS;
use crate::lifecycle::Lifecycle;
use crate::store::{Store, StoreError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::mpsc;
use tracing::{info, warn};

const FOLDER: &str = "data.backup_folder";
const EVERY_DAYS: &str = "data.backup_every_days";
const KEEP: &str = "data.backup_keep";

/// The largest numbers that a person may set.
pub const MOST_DAYS: u32 = 365;
pub const MOST_KEPT: u32 = 100;

/// The backups of one Pasut. Clones share them.
#[derive(Clone)]
pub struct Backups(Arc<Inner>);

struct Inner {
    store: Store,
    clock: Clock,
    lifecycle: Lifecycle,
    place: Place,
    usual_folder: PathBuf,
    settings: Option<SettingsFile>,
    room: RoomReader,
    /// To whoever can stop Pasut; none in the demo, whose past is made anew each time.
    restores: Option<mpsc::Sender<Staged>>,
    work: Mutex<Option<Work>>,
    restored: Option<Work>,
}

/// What the rest of Pasut gives to its backups.
pub struct Parts {
    pub store: Store,
    pub clock: Clock,
    pub lifecycle: Lifecycle,
    pub place: Place,
    /// Where backups go unless the user chose another folder.
    pub usual_folder: PathBuf,
    pub settings: Option<SettingsFile>,
    /// What is free where they are written.
    pub room: RoomReader,
    pub restores: Option<mpsc::Sender<Staged>>,
    /// How a restore ended for which Pasut was stopped.
    pub restored: Option<Result<Restored, Trouble>>,
}

/// What is done now, or was done last.
#[derive(Clone, Debug, PartialEq)]
pub enum Work {
    Making(Progress<backup::Step>),
    Made {
        name: String,
        bytes: u64,
    },
    NotMade(Trouble),
    Staging(Progress<restore::Step>),
    /// Pasut stops and starts again.
    Restarting,
    Restored(Box<Restored>),
    NotRestored(Trouble),
}

/// Why something was not done, by what the user does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// Make room, or choose another folder.
    NoRoom {
        needed_bytes: u64,
        free_bytes: u64,
    },
    /// Look at the disk, or choose another folder.
    Disk,
    /// Wait, or close the other program.
    InUse,
    /// Take another backup.
    Unreadable,
    /// Install the newer Pasut.
    Newer,
    WrongPassphrase,
    NothingSealed,
    /// Pasut was stopped meanwhile.
    Stopped,
    /// Look into the log.
    Other,
}

/// When and where backups are made by themselves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    pub folder: PathBuf,
    /// 0: never.
    pub every_days: u32,
    /// How many of those made by themselves are kept.
    pub keep: u32,
}

#[derive(Debug, thiserror::Error)]
pub enum ScheduleError {
    /// Name a whole path.
    #[error("is no whole path, such as /media/usb/pasut")]
    NotAbsolute,
    /// Choose another folder.
    #[error("cannot be written: {0}")]
    Unwritable(io::Error),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Something is done already.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("A backup is being made or restored. Nothing was started; wait until it is done.")]
pub struct Busy;

impl Work {
    #[must_use]
    pub const fn is_open(&self) -> bool {
        matches!(self, Self::Making(_) | Self::Staging(_) | Self::Restarting)
    }
}

impl Backups {
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        let restored = parts.restored.map(|restored| match restored {
            Ok(restored) => Work::Restored(Box::new(restored)),
            Err(trouble) => Work::NotRestored(trouble),
        });
        Self(Arc::new(Inner {
            store: parts.store,
            clock: parts.clock,
            lifecycle: parts.lifecycle,
            place: parts.place,
            usual_folder: parts.usual_folder,
            settings: parts.settings,
            room: parts.room,
            restores: parts.restores,
            work: Mutex::default(),
            restored,
        }))
    }

    /// When and where backups are made. What cannot be used any more is as usual.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn schedule(&self) -> Result<Schedule, StoreError> {
        let settings = self.0.store.settings().await?;
        let number = |key, most| settings.get(key)?.parse().ok().filter(|number| *number <= most);
        Ok(Schedule {
            folder: settings.get(FOLDER).map_or_else(|| self.0.usual_folder.clone(), PathBuf::from),
            every_days: number(EVERY_DAYS, MOST_DAYS).unwrap_or(1),
            keep: number(KEEP, MOST_KEPT).filter(|keep| *keep > 0).unwrap_or(7),
        })
    }

    /// Changes when and where; the folder is made, and tried.
    ///
    /// # Errors
    ///
    /// If the folder cannot be used: then nothing changes.
    pub async fn set_schedule(&self, schedule: &Schedule) -> Result<(), ScheduleError> {
        if !schedule.folder.is_absolute() {
            return Err(ScheduleError::NotAbsolute);
        }
        try_folder(&schedule.folder).map_err(ScheduleError::Unwritable)?;
        let is_usual = schedule.folder == self.0.usual_folder;
        let folder = schedule.folder.to_string_lossy();
        let store = &self.0.store;
        store.set_setting(FOLDER, (!is_usual).then_some(&*folder)).await?;
        store.set_setting(EVERY_DAYS, Some(&schedule.every_days.to_string())).await?;
        store.set_setting(KEEP, Some(&schedule.keep.clamp(1, MOST_KEPT).to_string())).await?;
        Ok(())
    }

    /// The backups in the folder, newest first.
    ///
    /// # Errors
    ///
    /// If the settings cannot be read. A folder that cannot be read (a disk that is not there) has none.
    pub async fn list(&self) -> Result<Vec<Shelved>, StoreError> {
        let folder = self.schedule().await?.folder;
        Ok(shelf::list(&folder).unwrap_or_default())
    }

    /// The backup called `name`, and where it is.
    ///
    /// # Errors
    ///
    /// If the settings cannot be read.
    pub async fn find(&self, name: &str) -> Result<Option<(Shelved, PathBuf)>, StoreError> {
        Ok(shelf::find(&self.schedule().await?.folder, name))
    }

    /// What is done now, or was done last.
    #[must_use]
    pub fn work(&self) -> Option<Work> {
        self.lock().clone()
    }

    /// How a restore ended for which Pasut was stopped before it started the last time.
    #[must_use]
    pub fn restored(&self) -> Option<&Work> {
        self.0.restored.as_ref()
    }

    /// Whether a backup can be restored while Pasut runs.
    #[must_use]
    pub fn can_restore(&self) -> bool {
        self.0.restores.is_some()
    }

    /// Starts a backup beside everything else.
    ///
    /// # Errors
    ///
    /// [`Busy`].
    pub fn start(&self, passphrase: Option<Passphrase>) -> Result<(), Busy> {
        self.begin(Work::Making(Progress { step: backup::Step::Copying, share: 0.0 }))?;
        let this = self.clone();
        // Its end is told by `work`.
        self.0.lifecycle.spawn("backup", async move { drop(this.make(passphrase, false).await) });
        Ok(())
    }

    /// Makes a backup if one is due, and lets go of the oldest.
    ///
    /// # Errors
    ///
    /// Any [`BackupError`]; then one is still due.
    pub async fn run_scheduled(&self) -> Result<Option<backup::Made>, BackupError> {
        let schedule = self.schedule().await?;
        if !self.can_restore() || !self.is_due(&schedule) || self.0.store.metrics().await?.sessions == 0 {
            return Ok(None);
        }
        let first = Work::Making(Progress { step: backup::Step::Copying, share: 0.0 });
        if self.begin(first).is_err() {
            return Ok(None);
        }
        let made = self.make(None, true).await?;
        shelf::rotate(&schedule.folder, schedule.keep as usize)?;
        Ok(Some(made))
    }

    fn is_due(&self, schedule: &Schedule) -> bool {
        let now = self.0.clock.wall();
        if schedule.every_days == 0 {
            return false;
        }
        let newest = shelf::list(&schedule.folder).unwrap_or_default();
        // One of a time to come was made while the clock was wrong, and must not put the next off for years.
        let has_been = |backup: &&Shelved| backup.scheduled && backup.manifest.made_at <= now;
        let newest = newest.iter().find(has_been).map(|backup| backup.manifest.made_at);
        newest.is_none_or(|made_at| now.ms_since(made_at) >= i64::from(schedule.every_days) * DAY_MS)
    }

    async fn make(
        &self,
        passphrase: Option<Passphrase>,
        scheduled: bool,
    ) -> Result<backup::Made, BackupError> {
        let made = self.make_in_folder(passphrase, scheduled).await;
        let work = match &made {
            Ok(made) => {
                let name = made.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                info!(name, bytes = made.bytes, "Made the backup {name}");
                Work::Made { name, bytes: made.bytes }
            }
            Err(error) => {
                warn!(%error, "No backup was made: {error}");
                Work::NotMade(error.into())
            }
        };
        *self.lock() = Some(work);
        made
    }

    async fn make_in_folder(
        &self,
        passphrase: Option<Passphrase>,
        scheduled: bool,
    ) -> Result<backup::Made, BackupError> {
        let folder = self.schedule().await?.folder;
        try_folder(&folder)?;
        let at = self.0.clock.wall();
        let request = Request {
            to: folder.join(shelf::file_name(at, scheduled)),
            replace: false,
            settings: self.0.settings.clone(),
            archives: self.0.place.archives.clone(),
            passphrase,
            at,
            room: self.0.room,
            stop: self.0.lifecycle.stop_signal(),
        };
        let telling = self.clone();
        let progress = move |progress| *telling.lock() = Some(Work::Making(progress));
        backup::make(&self.0.store, request, progress).await
    }

    /// Unpacks and checks a backup beside everything else, and hands it over to whoever stops Pasut.
    ///
    /// # Errors
    ///
    /// [`Busy`].
    pub fn restore(&self, path: PathBuf, passphrase: Option<Passphrase>) -> Result<(), Busy> {
        let Some(restores) = self.0.restores.clone() else { return Err(Busy) };
        self.begin(Work::Staging(Progress { step: restore::Step::Unpacking, share: 0.0 }))?;
        let this = self.clone();
        self.0.lifecycle.spawn("restore", async move {
            let place = this.0.place.clone();
            let telling = this.clone();
            let mut progress = move |progress| *telling.lock() = Some(Work::Staging(progress));
            let staging = tokio::task::spawn_blocking(move || {
                restore::stage(&path, place, passphrase.as_ref(), &mut progress)
            });
            let staged = staging.await.unwrap_or_else(|panic| Err(io::Error::from(panic).into()));
            let work = match staged {
                Ok(staged) => {
                    // Nobody listens if Pasut is being stopped already: then nothing is restored.
                    match restores.send(staged).await {
                        Ok(()) => Work::Restarting,
                        Err(_) => Work::NotRestored(Trouble::Stopped),
                    }
                }
                Err(error) => {
                    warn!(%error, "Nothing was restored: {error}");
                    Work::NotRestored((&error).into())
                }
            };
            *this.lock() = Some(work);
        });
        Ok(())
    }

    /// Removes a backup. Returns whether there was one.
    ///
    /// # Errors
    ///
    /// If the disk refuses.
    pub async fn remove(&self, name: &str) -> Result<bool, BackupError> {
        let Some((_, path)) = self.find(name).await? else { return Ok(false) };
        std::fs::remove_file(path)?;
        Ok(true)
    }

    /// Says what begins now, unless something is done already.
    fn begin(&self, work: Work) -> Result<(), Busy> {
        let mut now = self.lock();
        if now.as_ref().is_some_and(Work::is_open) {
            return Err(Busy);
        }
        *now = Some(work);
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, Option<Work>> {
        // It is replaced as a whole.
        self.0.work.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl From<&BackupError> for Trouble {
    fn from(error: &BackupError) -> Self {
        match error {
            BackupError::Store(error) => error.into(),
            BackupError::NoRoom(NoRoom { needed_bytes, free_bytes, .. }) => {
                Self::NoRoom { needed_bytes: *needed_bytes, free_bytes: *free_bytes }
            }
            BackupError::Disk(_) | BackupError::NotKept(_) | BackupError::Exists(_) => Self::Disk,
            BackupError::Busy(_) => Self::InUse,
            BackupError::Stopped => Self::Stopped,
        }
    }
}

impl From<&RestoreError> for Trouble {
    fn from(error: &RestoreError) -> Self {
        match error {
            RestoreError::Unreadable { cause: Unreadable::Newer(_), .. } => Self::Newer,
            RestoreError::Unreadable { cause: Unreadable::Disk(_), .. } | RestoreError::Disk(_) => Self::Disk,
            RestoreError::Unreadable { .. } => Self::Unreadable,
            RestoreError::Passphrase(_) => Self::WrongPassphrase,
            RestoreError::NothingSealed => Self::NothingSealed,
            RestoreError::Store(error) => error.into(),
        }
    }
}

impl From<&StoreError> for Trouble {
    fn from(error: &StoreError) -> Self {
        match error {
            StoreError::Full => Self::Disk,
            StoreError::Locked | StoreError::Copying => Self::InUse,
            StoreError::NewerDatabase { .. } => Self::Newer,
            StoreError::Corrupt(_) => Self::Unreadable,
            _ => Self::Other,
        }
    }
}

/// Makes the folder for its owner only if it is not there, and sees whether it takes a file.
fn try_folder(folder: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)?;
    tempfile::NamedTempFile::with_prefix_in(".pasut-", folder).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disk::FLOOR_BYTES;
    use crate::domain::handle::Handle;
    use crate::domain::ids::RoomId;
    use crate::domain::machine::Room;
    use crate::domain::session::{Origin, SessionStart};
    use crate::store::Opening;

    struct Home {
        folder: tempfile::TempDir,
        clock: Clock,
        lifecycle: Lifecycle,
        backups: Backups,
    }

    impl Home {
        /// A Pasut that has recorded something.
        async fn new() -> Self {
            Self::with_room(RoomReader::default()).await
        }

        async fn with_room(room: RoomReader) -> Self {
            let folder = tempfile::tempdir().expect("a folder");
            let database = folder.path().join("pasut.db");
            let store = Store::open(&database, Opening::Owner).expect("a database");
            let (clock, lifecycle) = (Clock::with_speed(0.0), Lifecycle::start());
            let start = SessionStart::new(
                Handle::parse("mira").expect("a name"),
                RoomId(1),
                clock.wall(),
                Origin::Live,
            );
            store.begin_session(&start).await.expect("a session");
            let backups = Backups::new(Parts {
                store,
                clock: clock.clone(),
                lifecycle: lifecycle.clone(),
                place: Place {
                    database,
                    settings: folder.path().join("pasut.toml"),
                    archives: folder.path().join("archives"),
                    replace_settings: false,
                },
                usual_folder: folder.path().join("backups"),
                settings: None,
                room,
                restores: Some(mpsc::channel(1).0),
                restored: None,
            });
            Self { folder, clock, lifecycle, backups }
        }

        /// How many of them were made by themselves, and how many on request.
        async fn counts(&self) -> (usize, usize) {
            let backups = self.backups.list().await.expect("readable");
            let scheduled = backups.iter().filter(|backup| backup.scheduled).count();
            (scheduled, backups.len() - scheduled)
        }
    }

    /// On one thread the first has not begun to work when the second is asked for.
    #[tokio::test]
    async fn one_backup_is_made_at_a_time_and_it_stops_with_everything_else() {
        let home = Home::new().await;
        home.lifecycle.stop();
        home.backups.start(None).expect("nothing is done yet");
        assert_eq!(home.backups.start(None), Err(Busy));
        home.lifecycle.finished().await;
        assert_eq!(home.backups.work(), Some(Work::NotMade(Trouble::Stopped)));
        assert_eq!(home.counts().await, (0, 0));
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_backup_is_made_when_one_is_due_and_the_oldest_go_but_for_those_on_request() {
        let home = Home::new().await;
        let schedule = home.backups.schedule().await.expect("readable");
        assert_eq!((schedule.every_days, schedule.keep), (1, 7));
        home.backups.set_schedule(&Schedule { keep: 2, ..schedule.clone() }).await.expect("a folder");
        home.backups.make(None, false).await.expect("made");
        assert_eq!(home.counts().await, (0, 1));
        for (later_ms, scheduled) in [(0, 1), (DAY_MS - 1, 1), (1, 2), (DAY_MS, 2), (DAY_MS, 2)] {
            home.clock.shift_wall(later_ms);
            home.backups.run_scheduled().await.expect("made");
            assert_eq!(home.counts().await, (scheduled, 1));
        }
        let newest = home.backups.list().await.expect("readable").swap_remove(0);
        assert_eq!(newest.manifest.made_at, home.clock.wall());
        assert_eq!(newest.manifest.contents.sessions, 1);
        home.backups.set_schedule(&Schedule { every_days: 0, ..schedule }).await.expect("a folder");
        home.clock.shift_wall(30 * DAY_MS);
        home.backups.run_scheduled().await.expect("nothing to do");
        assert_eq!(home.counts().await, (2, 1));
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_backup_made_while_the_clock_was_years_ahead_does_not_put_the_next_off() {
        let home = Home::new().await;
        for (shift_ms, scheduled) in [(3_650 * DAY_MS, 1), (-3_650 * DAY_MS, 2), (1, 2), (DAY_MS, 3)] {
            home.clock.shift_wall(shift_ms);
            home.backups.run_scheduled().await.expect("made");
            assert_eq!(home.counts().await, (scheduled, 0), "after {shift_ms}");
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn without_room_nothing_is_written_and_the_backup_stays_due() {
        let full = RoomReader(|_| Some(Room { disk: "/".into(), free_bytes: FLOOR_BYTES }));
        let home = Home::with_room(full).await;
        let before = files_in(home.folder.path());
        let refused = home.backups.run_scheduled().await.expect_err("there is only what has to stay free");
        assert!(matches!(&refused, BackupError::NoRoom(NoRoom { needed_bytes: 1.., .. })), "{refused}");
        let Some(Work::NotMade(Trouble::NoRoom { free_bytes, .. })) = home.backups.work() else {
            panic!("{:?}", home.backups.work())
        };
        assert_eq!(free_bytes, FLOOR_BYTES);
        assert_eq!(files_in(home.folder.path()), before, "but for the folder that was tried");
        let schedule = home.backups.schedule().await.expect("readable");
        assert!(home.backups.is_due(&schedule));
    }

    /// Files, and those of folders, but for the log of the database.
    fn files_in(folder: &Path) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("there").path());
        let (folders, mut files): (Vec<_>, Vec<_>) = entries.partition(|path| path.is_dir());
        files.retain(|file| !file.to_string_lossy().ends_with("-wal"));
        files.extend(folders.iter().flat_map(|folder| files_in(folder)));
        files.sort();
        files
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_folder_that_cannot_be_used_is_refused_or_said_and_a_backup_stays_due() {
        let home = Home::new().await;
        let schedule = home.backups.schedule().await.expect("readable");
        let file = home.folder.path().join("a file");
        std::fs::write(&file, "").expect("written");
        let set =
            async |folder: PathBuf| home.backups.set_schedule(&Schedule { folder, ..schedule.clone() }).await;
        assert!(matches!(set("backups".into()).await, Err(ScheduleError::NotAbsolute)));
        assert!(matches!(set(file.join("below")).await, Err(ScheduleError::Unwritable(_))));
        let usb = home.folder.path().join("usb");
        set(usb.clone()).await.expect("it is made");
        std::fs::remove_dir(&usb).expect("taken away");
        std::fs::write(&usb, "").expect("written");
        assert!(matches!(home.backups.run_scheduled().await, Err(BackupError::Disk(_))));
        assert_eq!(home.backups.work(), Some(Work::NotMade(Trouble::Disk)));
        std::fs::remove_file(&usb).expect("there again");
        home.backups.run_scheduled().await.expect("made");
        assert_eq!(home.counts().await, (1, 0));
    }
}
