//! Data that looks after itself: what is done again and again without being asked, so that the disk does
//! not fill up and nothing vanishes unnoticed.
//!
//! Each chore of [`schedule::TABLE`] has a task of its own, so that a long one delays no short one; of the
//! heavy ones one works at a time. They work in small steps with rests between, so that nobody who records
//! or looks at a page waits for them, and a chore that was stopped or killed takes up where it was. It
//! decides nothing about numbers: what is checked and explained is decided by `reports`. Started by `app`;
//! the web shows the chores and asks for one to be run now; `pasut check` is the same check.
//!
//! Backups are here too, and getting them back: also the commands make and restore them. What a database
//! is made of and how one takes the place of another is decided by `store`, and when Pasut stops for that
//! by the roof.

pub mod archive;
pub mod backup;
pub mod backups;
pub mod check;
mod leftovers;
pub mod pace;
pub mod restore;
pub mod retention;
pub mod schedule;
pub mod seeking;
pub mod space;
pub mod thinning;

use crate::avatars::Avatars;
use crate::clock::Clock;
use crate::disk::NoRoom;
use crate::domain::ids::UserId;
use crate::domain::keeping::LANGUAGE;
use crate::domain::machine::RoomReader;
use crate::domain::time::Stamp;
use crate::export::ExportError;
use crate::lifecycle::Lifecycle;
use crate::recorder::supervisor::Recorder;
use crate::reports::boards::Boards;
use crate::reports::remembered::Remembered;
use crate::store::chores::ChoreRow;
use crate::store::{Store, StoreError};
use crate::words::Lang;
use archive::Shelf;
use backup::BackupError;
use backups::Backups;
use chrono_tz::Tz;
use leftovers::Unexplained;
use pace::Pace;
use schedule::{Chore, Done, Entry, Failure, Outcome, Run, Standing, TABLE, Weight};
use std::collections::HashSet;
use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tracing::warn;

/// The clock is looked at this often at least, because a computer that slept wakes up late.
const LOOK_EVERY: Duration = Duration::from_secs(30);

/// And at most this often, however fast a simulated clock runs.
const LOOK_SELDOM: Duration = Duration::from_secs(1);

/// The chores of one Pasut. Clones share them.
#[derive(Clone)]
pub struct Housekeeping(Arc<Inner>);

struct Inner {
    parts: Parts,
    /// In the order of the table.
    standings: Mutex<[Standing; TABLE.len()]>,
    asked: [Notify; TABLE.len()],
    /// Held by the heavy chore that works.
    heavy: tokio::sync::Mutex<()>,
    unexplained: Unexplained,
    /// Who is in no archive any more, while a running session keeps their erasure from being complete.
    unarchived: Mutex<HashSet<UserId>>,
}

/// What chores work with.
pub struct Parts {
    pub store: Store,
    pub clock: Clock,
    pub recorder: Recorder,
    pub avatars: Avatars,
    pub backups: Backups,
    pub boards: Arc<Boards>,
    pub remembered: Arc<Remembered>,
    /// The folder of the archives.
    pub archives: PathBuf,
    /// What is free where archives are written.
    pub room: RoomReader,
    pub stop: CancellationToken,
}

/// How far something is that is done in steps.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress<S> {
    pub step: S,
    /// Of this step, from 0 to 1.
    pub share: f64,
}

/// Why a chore ended before it was done.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// Nothing to do: it goes on after the next start.
    #[error("Pasut stops. What is done stays done, and the rest is done after the next start.")]
    Stopped,
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Make room.
    #[error(transparent)]
    NoRoom(#[from] NoRoom),
    /// Make room, or look at the folder's permissions.
    #[error("A file could not be written: {0}. Nothing was deleted; free some space, and it is tried again.")]
    Disk(#[from] io::Error),
    /// Look at the file; a disk that is dying does this.
    #[error("{} could not be read back: {why}. Nothing was deleted; it is made again.", .path.display())]
    Unreadable { path: PathBuf, why: String },
    #[error(transparent)]
    Export(#[from] ExportError),
}

impl Trouble {
    fn failure(&self) -> Failure {
        match self {
            Self::Store(StoreError::Full) | Self::NoRoom(_) => Failure::DiskFull,
            Self::Store(StoreError::Locked) => Failure::Locked,
            Self::Disk(error) | Self::Export(ExportError::Disk(error))
                if error.kind() == io::ErrorKind::StorageFull =>
            {
                Failure::DiskFull
            }
            Self::Export(ExportError::Store(StoreError::Full)) => Failure::DiskFull,
            Self::Unreadable { .. } => Failure::Unreadable,
            Self::Stopped | Self::Store(_) | Self::Disk(_) | Self::Export(_) => Failure::Other,
        }
    }
}

impl From<BackupError> for Trouble {
    fn from(error: BackupError) -> Self {
        match error {
            BackupError::Stopped => Self::Stopped,
            BackupError::Store(error) => Self::Store(error),
            BackupError::NoRoom(error) => Self::NoRoom(error),
            BackupError::Disk(error) => Self::Disk(error),
            other => Self::Disk(io::Error::other(other.to_string())),
        }
    }
}

impl Housekeeping {
    /// Takes up what is remembered of the chores. None of them runs before [`Self::begin`].
    ///
    /// # Errors
    ///
    /// If the database cannot be read.
    pub async fn new(parts: Parts) -> Result<Self, StoreError> {
        let kept = parts.store.chores().await?;
        let now = parts.clock.wall();
        let standing = |entry: &Entry| {
            let row = kept.iter().find(|row| row.name == entry.name);
            Standing {
                last: row.and_then(last_run),
                next: entry.first(row.map(|row| row.next_run), now),
                running: false,
            }
        };
        Ok(Self(Arc::new(Inner {
            standings: Mutex::new(TABLE.each_ref().map(standing)),
            asked: TABLE.each_ref().map(|_| Notify::new()),
            heavy: tokio::sync::Mutex::default(),
            unexplained: Unexplained::default(),
            unarchived: Mutex::default(),
            parts,
        })))
    }

    /// Starts the chores.
    pub fn begin(&self, lifecycle: &Lifecycle) {
        for entry in &TABLE {
            let keeping = self.clone();
            lifecycle.spawn(format!("chore {}", entry.name), async move {
                while keeping.until_due(entry).await.is_continue() {
                    keeping.take_a_turn(entry).await;
                }
            });
        }
    }

    /// Every chore with what is known of it, in the order of the table.
    #[must_use]
    pub fn standings(&self) -> Vec<(&'static Entry, Standing)> {
        TABLE.iter().zip(self.lock().clone()).collect()
    }

    /// Has a chore run as soon as it can, though somebody is LIVE.
    pub fn ask(&self, chore: Chore) {
        self.lock()[chore.place()].running = true;
        self.0.asked[chore.place()].notify_one();
    }

    /// Has the database written anew, which makes whoever records wait; while somebody is LIVE only if that
    /// was `confirmed`. Returns whether it will be done.
    #[must_use]
    pub fn ask_to_compact(&self, confirmed: bool) -> bool {
        let may = confirmed || !self.is_live();
        if may {
            self.ask(Chore::Compact);
        }
        may
    }

    /// Whether anything is recorded now.
    #[must_use]
    pub fn is_live(&self) -> bool {
        self.0.parts.is_live()
    }

    /// The folder of the archives.
    #[must_use]
    pub fn archives(&self) -> &Path {
        &self.0.parts.archives
    }

    /// Returns when the chore is to run, or Pasut stops.
    async fn until_due(&self, entry: &Entry) -> ControlFlow<()> {
        // First of all, because a chore that was stopped is still due.
        while !self.0.parts.stop.is_cancelled() {
            let now = self.0.parts.clock.wall();
            let next = self.next_turn(entry, now);
            if entry.is_due(next, now, self.0.parts.is_live()) {
                return ControlFlow::Continue(());
            }
            let pause = self.0.parts.clock.takes(next.ms_since(now)).clamp(LOOK_SELDOM, LOOK_EVERY);
            tokio::select! {
                () = self.0.parts.stop.cancelled() => {}
                () = self.0.asked[entry.chore.place()].notified() => return ControlFlow::Continue(()),
                () = tokio::time::sleep(pause) => {}
            }
        }
        ControlFlow::Break(())
    }

    /// When the chore is to run. If the clock was set back meanwhile, that is not farther away than it ever is.
    fn next_turn(&self, entry: &Entry, now: Stamp) -> Stamp {
        let standing = &mut self.lock()[entry.chore.place()];
        standing.next = entry.first(Some(standing.next), now);
        standing.next
    }

    async fn take_a_turn(&self, entry: &Entry) {
        self.note(entry, |standing| standing.running = true);
        let heavy = match entry.weight {
            Weight::Light => None,
            Weight::Heavy | Weight::Patient => Some(self.0.heavy.lock().await),
        };
        let (at, began) = (self.0.parts.clock.wall(), Instant::now());
        let ran = self.run(entry.chore).await;
        drop(heavy);
        if let Err(Trouble::Stopped) = ran {
            return;
        }
        let outcome = match ran {
            Ok(done) => Outcome::Done(done),
            Err(err) => {
                warn!(chore = entry.name, %err, "The chore {} is tried again later: {err}", entry.name);
                Outcome::Failed(err.failure())
            }
        };
        let took_ms = i64::try_from(began.elapsed().as_millis()).unwrap_or(i64::MAX);
        let next = entry.after(self.0.parts.clock.wall());
        let run = Run { at, took_ms, outcome };
        self.note(entry, |standing| *standing = Standing { last: Some(run), next, running: false });
        if entry.remembers(outcome)
            && let Err(err) = self.0.parts.store.keep_chore(row(entry, run, next)).await
        {
            warn!(chore = entry.name, %err, "When the chore {} ran is not written down: {err}", entry.name);
        }
    }

    async fn run(&self, chore: Chore) -> Result<Done, Trouble> {
        let parts = &self.0.parts;
        match chore {
            Chore::Explain => leftovers::explain(parts, &self.0.unexplained).await,
            Chore::Pack => leftovers::pack(parts).await,
            Chore::Boards => leftovers::make_boards(parts).await,
            Chore::LetGo => Ok(leftovers::let_go(parts).await),
            Chore::Erase => self.erase().await,
            Chore::Thin => self.thin().await,
            Chore::Archive => self.archive().await,
            Chore::Reclaim => space::reclaim(&parts.store, &Pace::until(parts.stop.clone())).await,
            Chore::Measure => space::measure(&parts.store, parts.clock.wall()).await,
            Chore::Check => self.check().await,
            Chore::Backup => self.back_up().await,
            Chore::Compact => space::compact(&parts.store).await,
        }
    }

    async fn thin(&self) -> Result<Done, Trouble> {
        let Parts { store, clock, stop, .. } = &self.0.parts;
        let now = clock.wall();
        let Some(before) = retention::keeping(store).await?.thinned_before(now) else {
            return Ok(Done::default());
        };
        thinning::thin(store, before, now, &Pace::until(stop.clone())).await
    }

    async fn archive(&self) -> Result<Done, Trouble> {
        let Parts { store, clock, stop, .. } = &self.0.parts;
        let (now, pace) = (clock.wall(), Pace::until(stop.clone()));
        let before = retention::keeping(store).await?.leaves_before(now);
        let shelf = self.shelf().await?;
        match archive::archive(store, &shelf, before, now, &pace, stop).await {
            Err(Trouble::Export(ExportError::Cancelled)) => Err(Trouble::Stopped),
            ended => ended,
        }
    }

    /// Workbooks of archives are in the zone of the first creator.
    async fn shelf(&self) -> Result<Shelf, StoreError> {
        let Parts { store, archives, room, .. } = &self.0.parts;
        let zone = store.creators().await?.first().and_then(|creator| creator.zone.parse().ok());
        let lang = store.setting(LANGUAGE).await?.and_then(|code| Lang::parse(&code));
        Ok(Shelf {
            folder: archives.clone(),
            lang: lang.unwrap_or_default(),
            zone: zone.unwrap_or(Tz::UTC),
            room: *room,
        })
    }

    /// Takes people out of archives who are to be erased, and then out of everything else.
    async fn erase(&self) -> Result<Done, Trouble> {
        let Parts { store, clock, stop, .. } = &self.0.parts;
        let wanted = store.erasures().await?;
        // Who is complete may be asked for again.
        self.unarchived().retain(|user| wanted.iter().any(|erasure| erasure.user == *user));
        for erasure in wanted {
            if self.unarchived().contains(&erasure.user) {
                continue;
            }
            // Archives are not made and changed at the same time.
            let _alone = self.0.heavy.lock().await;
            archive::erase(store, &self.shelf().await?, &erasure, clock.wall(), stop).await?;
            self.unarchived().insert(erasure.user);
        }
        leftovers::erase(&self.0.parts).await
    }

    fn unarchived(&self) -> MutexGuard<'_, HashSet<UserId>> {
        // A set of numbers is whole at every step.
        self.0.unarchived.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn back_up(&self) -> Result<Done, Trouble> {
        let made = self.0.parts.backups.run_scheduled().await?;
        Ok(made.map_or_else(Done::default, |made| Done {
            done: 1,
            bytes: i64::try_from(made.bytes).unwrap_or(i64::MAX),
            ..Done::default()
        }))
    }

    async fn check(&self) -> Result<Done, Trouble> {
        let mut tell = |line: &str| {
            warn!("A check found: {line}");
            Ok(())
        };
        let checked = tokio::select! {
            () = self.0.parts.stop.cancelled() => return Err(Trouble::Stopped),
            checked = check::check(&self.0.parts.store, &self.0.parts.archives, &mut tell) => checked?,
        };
        let left_alone = checked.others + checked.repairable.len();
        Ok(Done { done: checked.sessions as i64, left_alone: left_alone as i64, ..Done::default() })
    }

    fn note(&self, entry: &Entry, change: impl FnOnce(&mut Standing)) {
        change(&mut self.lock()[entry.chore.place()]);
    }

    fn lock(&self) -> MutexGuard<'_, [Standing; TABLE.len()]> {
        // Each standing is replaced as a whole.
        self.0.standings.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Parts {
    /// Whether anything is recorded now.
    fn is_live(&self) -> bool {
        self.recorder.watches().iter().any(|watch| watch.running().is_some())
    }

    fn go_on(&self) -> Result<(), Trouble> {
        if self.stop.is_cancelled() { Err(Trouble::Stopped) } else { Ok(()) }
    }

    /// Lets others work.
    async fn rest(&self, pause: Duration) -> Result<(), Trouble> {
        tokio::select! {
            () = self.stop.cancelled() => Err(Trouble::Stopped),
            () = tokio::time::sleep(pause) => Ok(()),
        }
    }
}

/// What this version cannot read counts as not known.
fn last_run(row: &ChoreRow) -> Option<Run> {
    let outcome = serde_json::from_str(&row.result).ok()?;
    Some(Run { at: row.last_run?, took_ms: row.took_ms, outcome })
}

fn row(entry: &Entry, run: Run, next: Stamp) -> ChoreRow {
    ChoreRow {
        name: entry.name.to_owned(),
        last_run: Some(run.at),
        took_ms: run.took_ms,
        result: serde_json::to_string(&run.outcome).expect("an outcome is plain data"),
        next_run: next,
    }
}
