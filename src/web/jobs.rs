//! Exports as files that are made beside the pages: one at a time, and kept for a day.
//!
//! A file has a note beside it that says what it is, so a restart loses nothing that was finished.
//! What a file holds is decided by `export`.

use crate::clock::Clock;
use crate::domain::time::Stamp;
use crate::export::{self, ExportError};
use crate::lifecycle::Lifecycle;
use crate::store::Store;
use crate::web::wishes::Wanted;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use std::{fs, io};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tracing::warn;

/// A file is kept for this long, in milliseconds.
pub const KEPT_MS: i64 = 24 * 3_600_000;
/// Files that are old are looked for this often.
const SWEEP_EVERY: Duration = Duration::from_secs(3600);
/// Jobs that may wait or run, and jobs that are listed; the oldest finished ones go first.
const MOST_OPEN: usize = 5;
const MOST_LISTED: usize = 30;

/// The exports of one Pasut. Clones share them.
#[derive(Clone)]
pub struct Jobs(Arc<Inner>);

struct Inner {
    folder: PathBuf,
    store: Store,
    clock: Clock,
    stop: CancellationToken,
    /// Newest first.
    jobs: Mutex<VecDeque<Open>>,
    news: Notify,
}

struct Open {
    job: Job,
    /// What is still to be written.
    wanted: Option<Wanted>,
    cancel: CancellationToken,
}

/// One export.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Job {
    /// Hard to guess, because it is in an address.
    pub id: String,
    /// What the file is saved as.
    pub name: String,
    pub media_type: String,
    pub asked_at: Stamp,
    /// Whether it is a file of each session: then those are its rows.
    #[serde(default)]
    pub of_each: bool,
    pub state: State,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum State {
    Waiting,
    /// Rows written, of how many; and how far it is, from 0 to 1.
    Running {
        rows: u64,
        of_rows: u64,
        share: f64,
    },
    Done {
        sessions: u64,
        rows: u64,
        bytes: u64,
        until: Stamp,
    },
    /// With what to do about it.
    Failed(String),
    Cancelled,
}

#[derive(Debug, thiserror::Error)]
#[error("{MOST_OPEN} exports are waiting already. Nothing was started; cancel one of them, or wait.")]
pub struct TooMany;

impl Job {
    #[must_use]
    pub const fn is_open(&self) -> bool {
        matches!(self.state, State::Waiting | State::Running { .. })
    }
}

impl Jobs {
    /// Takes up what is in `folder` and starts to work.
    ///
    /// # Errors
    ///
    /// If the folder cannot be read or made.
    pub fn start(folder: PathBuf, store: Store, clock: Clock, lifecycle: &Lifecycle) -> io::Result<Self> {
        fs::create_dir_all(&folder)?;
        let jobs = Self(Arc::new(Inner {
            jobs: Mutex::new(finished_in(&folder)?),
            folder,
            store,
            clock,
            stop: lifecycle.stop_signal(),
            news: Notify::new(),
        }));
        jobs.sweep();
        let working = jobs.clone();
        lifecycle.spawn("exports", async move { working.work().await });
        Ok(jobs)
    }

    /// Asks for a file. It is written when those before it are.
    ///
    /// # Errors
    ///
    /// [`TooMany`] if several wait already.
    pub fn ask(&self, wanted: Wanted) -> Result<Job, TooMany> {
        let job = Job {
            id: format!("{:032x}", rand::random::<u128>()),
            name: wanted.name(),
            media_type: wanted.media_type().to_owned(),
            asked_at: self.0.clock.wall(),
            of_each: wanted.each.is_some(),
            state: State::Waiting,
        };
        let mut jobs = self.lock();
        if jobs.iter().filter(|open| open.job.is_open()).count() >= MOST_OPEN {
            return Err(TooMany);
        }
        let cancel = self.0.stop.child_token();
        jobs.push_front(Open { job: job.clone(), wanted: Some(wanted), cancel });
        drop(jobs);
        self.sweep();
        self.0.news.notify_one();
        Ok(job)
    }

    /// Every export that is known, newest first: also all files that still exist.
    #[must_use]
    pub fn list(&self) -> Vec<Job> {
        self.sweep();
        self.lock().iter().map(|open| open.job.clone()).collect()
    }

    #[must_use]
    pub fn find(&self, id: &str) -> Option<Job> {
        self.list().into_iter().find(|job| job.id == id)
    }

    /// Where the file of a finished export is.
    #[must_use]
    pub fn file(&self, job: &Job) -> PathBuf {
        self.0.folder.join(&job.id)
    }

    /// Stops an export, or removes its file. Returns whether there was one.
    pub fn remove(&self, id: &str) -> bool {
        let mut jobs = self.lock();
        let Some(at) = jobs.iter().position(|open| open.job.id == id) else { return false };
        jobs[at].cancel.cancel();
        jobs[at].wanted = None;
        match jobs[at].job.state {
            State::Waiting | State::Running { .. } => jobs[at].job.state = State::Cancelled,
            _ => {
                jobs.remove(at);
                drop(jobs);
                remove_files(&self.0.folder, id);
            }
        }
        true
    }

    async fn work(&self) {
        loop {
            let next = self.lock().iter_mut().rev().find_map(|open| {
                let wanted = open.wanted.take()?;
                Some((open.job.clone(), wanted, open.cancel.clone()))
            });
            if let Some((job, wanted, cancel)) = next {
                self.write(job, &wanted, &cancel).await;
                continue;
            }
            tokio::select! {
                () = self.0.stop.cancelled() => return,
                () = self.0.news.notified() => {}
                () = tokio::time::sleep(SWEEP_EVERY) => self.sweep(),
            }
        }
    }

    async fn write(&self, mut job: Job, wanted: &Wanted, cancel: &CancellationToken) {
        let (telling, id) = (self.clone(), job.id.clone());
        let progress = move |now: export::Progress| {
            let state = State::Running { rows: now.rows, of_rows: now.of_rows, share: now.share };
            telling.set(&id, state);
        };
        self.set(&job.id, State::Running { rows: 0, of_rows: 0, share: 0.0 });
        let path = self.file(&job);
        let written = wanted.write(&self.0.store, &path, progress, cancel).await;
        job.state = match written {
            Ok(done) => State::Done {
                sessions: done.sessions,
                rows: done.rows,
                bytes: done.bytes,
                until: self.0.clock.wall() + KEPT_MS,
            },
            Err(ExportError::Cancelled) => State::Cancelled,
            Err(err) => {
                warn!(%err, "An export failed: {err}");
                State::Failed(err.to_string())
            }
        };
        if matches!(job.state, State::Done { .. })
            && let Err(err) = note(&self.0.folder, &job)
        {
            warn!(%err, "An export will be lost at the next start: {err}");
        }
        self.set(&job.id, job.state);
    }

    /// Says how a job is, unless somebody stopped it meanwhile.
    fn set(&self, id: &str, state: State) {
        let mut jobs = self.lock();
        match jobs.iter_mut().find(|open| open.job.id == id) {
            Some(open) if open.job.is_open() => open.job.state = state,
            _ => {
                drop(jobs);
                remove_files(&self.0.folder, id);
            }
        }
    }

    /// Removes what is too old, and the oldest of too many.
    fn sweep(&self) {
        let now = self.0.clock.wall();
        let mut jobs = self.lock();
        let mut listed = 0;
        let mut gone = Vec::new();
        jobs.retain(|open| {
            listed += 1;
            let old = match open.job.state {
                State::Waiting | State::Running { .. } => return true,
                State::Done { until, .. } => now >= until,
                State::Failed(_) | State::Cancelled => now.ms_since(open.job.asked_at) >= KEPT_MS,
            };
            let stays = !old && listed <= MOST_LISTED;
            if !stays {
                gone.push(open.job.id.clone());
            }
            stays
        });
        drop(jobs);
        for id in gone {
            remove_files(&self.0.folder, &id);
        }
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Open>> {
        self.0.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The files that were finished before, newest first; what has no note, or a note without a file, is removed.
fn finished_in(folder: &Path) -> io::Result<VecDeque<Open>> {
    let mut jobs = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let is_note = path.extension().is_some_and(|end| end == "json");
        let other = if is_note { path.with_extension("") } else { path.with_extension("json") };
        let job = is_note.then(|| fs::read(&path).ok()).flatten();
        let job = job.and_then(|note| serde_json::from_slice::<Job>(&note).ok());
        match job {
            Some(job) if other.exists() => jobs.push(job),
            None if !is_note && other.exists() => {}
            _ => fs::remove_file(&path)?,
        }
    }
    jobs.sort_unstable_by_key(|job| std::cmp::Reverse(job.asked_at));
    Ok(jobs.into_iter().map(|job| Open { job, wanted: None, cancel: CancellationToken::new() }).collect())
}

fn note(folder: &Path, job: &Job) -> io::Result<()> {
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    serde_json::to_writer(&mut file, job)?;
    file.persist(folder.join(format!("{}.json", job.id)))?;
    Ok(())
}

/// What is not there is as good as removed.
fn remove_files(folder: &Path, id: &str) {
    for path in [folder.join(id), folder.join(format!("{id}.json"))] {
        match fs::remove_file(&path) {
            Err(err) if err.kind() != io::ErrorKind::NotFound => {
                warn!(%err, "{} stays: {err}", path.display());
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::days::Days;
    use crate::export::request::{Format, Request, Scope, Section};
    use crate::store::Opening;
    use crate::words::Lang;

    struct Place {
        folder: tempfile::TempDir,
        store: Store,
        clock: Clock,
        lifecycle: Lifecycle,
    }

    impl Place {
        fn new() -> Self {
            let folder = tempfile::tempdir().expect("a folder");
            let store = Store::open(&folder.path().join("pasut.db"), Opening::Owner).expect("a database");
            Self { folder, store, clock: Clock::with_speed(0.0), lifecycle: Lifecycle::start() }
        }

        fn exports(&self) -> PathBuf {
            self.folder.path().join("exports")
        }

        fn start(&self) -> Jobs {
            Jobs::start(self.exports(), self.store.clone(), self.clock.clone(), &self.lifecycle)
                .expect("a folder")
        }

        fn wanted(&self) -> Wanted {
            let at = self.clock.wall();
            let request = Request {
                scope: Scope::Days(Days::last(30, at, chrono_tz::Asia::Jakarta)),
                creator: None,
                zone: chrono_tz::Asia::Jakarta,
                lang: Lang::En,
                format: Format::Json,
                sections: Section::usual(),
                hide_names: false,
                money: true,
                rates: None,
                at,
            };
            Wanted { request, each: None }
        }
    }

    async fn finished(jobs: &Jobs, id: &str) -> Job {
        loop {
            match jobs.find(id) {
                Some(job) if !job.is_open() => return job,
                Some(_) => tokio::task::yield_now().await,
                None => panic!("the job is gone"),
            }
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_file_outlives_a_restart_and_is_gone_after_a_day() {
        let place = Place::new();
        let jobs = place.start();
        let asked = jobs.ask(place.wanted()).expect("there is room");
        assert!(asked.name.starts_with("pasut-20") && asked.name.ends_with(".json"), "{}", asked.name);
        let done = finished(&jobs, &asked.id).await;
        assert!(matches!(done.state, State::Done { sessions: 0, bytes: 1.., .. }), "{done:?}");
        fs::write(place.exports().join("half"), "of a file").expect("written");

        let again = place.start();
        assert_eq!(again.list(), std::slice::from_ref(&done));
        assert!(again.file(&done).exists() && !place.exports().join("half").exists());

        place.clock.shift_wall(KEPT_MS);
        assert!(again.list().is_empty());
        assert!(fs::read_dir(place.exports()).expect("a folder").next().is_none());
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn what_is_removed_leaves_no_file_and_what_is_stopped_says_so() {
        let place = Place::new();
        let jobs = place.start();
        let asked = jobs.ask(place.wanted()).expect("there is room");
        finished(&jobs, &asked.id).await;
        assert!(jobs.remove(&asked.id));
        assert!(jobs.find(&asked.id).is_none() && !jobs.remove(&asked.id));
        assert!(fs::read_dir(place.exports()).expect("a folder").next().is_none());
    }

    #[tokio::test]
    async fn only_a_few_may_wait_and_one_that_is_stopped_makes_room() {
        let place = Place::new();
        let jobs = place.start();
        // Nothing is written while this test does not wait.
        let first = jobs.ask(place.wanted()).expect("there is room");
        for _ in 1..MOST_OPEN {
            jobs.ask(place.wanted()).expect("there is room");
        }
        assert!(jobs.ask(place.wanted()).is_err());
        assert!(jobs.remove(&first.id));
        assert_eq!(jobs.find(&first.id).map(|job| job.state), Some(State::Cancelled));
        assert!(jobs.ask(place.wanted()).is_ok());
    }

    #[cfg(unix)]
    #[tokio::test(flavor = "multi_thread")]
    async fn a_file_is_readable_by_its_owner_only() {
        use std::os::unix::fs::PermissionsExt;
        let place = Place::new();
        let jobs = place.start();
        let asked = jobs.ask(place.wanted()).expect("there is room");
        let done = finished(&jobs, &asked.id).await;
        let mode = fs::metadata(jobs.file(&done)).expect("a file").permissions().mode();
        assert_eq!(mode & 0o077, 0, "{mode:o}");
    }
}
