//! The one thread that writes. It takes all that waits, and commits it together.

use super::StoreError;
use super::events::OpenSegments;
use super::totals::WrittenKinds;
use crate::domain::ids::SessionId;
use diesel::connection::SimpleConnection;
use diesel::sqlite::SqliteConnection;
use std::thread::JoinHandle;
use tokio::sync::{mpsc, oneshot};

/// How much may wait before those who hand over have to wait too.
const QUEUE: usize = 256;

/// How much is committed together at most, so that a long queue is answered bit by bit.
const GROUP: usize = 64;

/// What a piece of work may touch.
pub(super) struct Writing<'a> {
    pub connection: &'a mut SqliteConnection,
    pub open: &'a mut OpenSegments,
    pub kinds: &'a mut WrittenKinds,
}

impl Writing<'_> {
    /// Forgets what helped to write a session that is over.
    pub fn forget(&mut self, session: SessionId) {
        self.open.close(session);
        self.kinds.0.remove(&session);
    }
}

pub(super) struct Writer {
    jobs: Option<mpsc::Sender<Box<dyn Job>>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    pub fn start(connection: SqliteConnection) -> Result<Self, StoreError> {
        let (jobs, waiting) = mpsc::channel(QUEUE);
        let desk = Desk { connection, open: OpenSegments::default(), kinds: WrittenKinds::default() };
        let thread = std::thread::Builder::new()
            .name("store".to_owned())
            .spawn(move || desk.work(waiting))
            .map_err(|error| StoreError::Other(format!("the writer could not start: {error}")))?;
        Ok(Self { jobs: Some(jobs), thread: Some(thread) })
    }

    pub async fn write<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnMut(&mut Writing<'_>) -> Result<T, StoreError> + Send + 'static,
    {
        let stopped = || StoreError::Other("the writer has stopped".to_owned());
        let (answer, answered) = oneshot::channel();
        let job = Box::new(Work { work, done: None, answer });
        self.sender().send(job).await.map_err(|_| stopped())?;
        answered.await.map_err(|_| stopped())?
    }

    /// How many pieces of work wait.
    pub fn queue(&self) -> usize {
        QUEUE - self.sender().capacity()
    }

    fn sender(&self) -> &mpsc::Sender<Box<dyn Job>> {
        self.jobs.as_ref().expect("the sender is only taken when the writer is dropped")
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        drop(self.jobs.take());
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("The thread that writes the database panicked");
        }
    }
}

/// A piece of work of any type, waiting for its answer.
trait Job: Send {
    fn run(&mut self, writing: &mut Writing<'_>) -> Result<(), StoreError>;

    fn answer(self: Box<Self>, committed: Result<(), StoreError>);
}

struct Work<T, F> {
    work: F,
    done: Option<T>,
    answer: oneshot::Sender<Result<T, StoreError>>,
}

impl<T, F> Job for Work<T, F>
where
    T: Send,
    F: FnMut(&mut Writing<'_>) -> Result<T, StoreError> + Send,
{
    fn run(&mut self, writing: &mut Writing<'_>) -> Result<(), StoreError> {
        self.done = Some((self.work)(writing)?);
        Ok(())
    }

    fn answer(self: Box<Self>, committed: Result<(), StoreError>) {
        let Self { done, answer, .. } = *self;
        // Whoever asked may be gone; the work is done all the same.
        let _ = answer.send(committed.map(|()| done.expect("work that was committed was done")));
    }
}

struct Desk {
    connection: SqliteConnection,
    open: OpenSegments,
    kinds: WrittenKinds,
}

impl Desk {
    fn work(mut self, mut waiting: mpsc::Receiver<Box<dyn Job>>) {
        while let Some(first) = waiting.blocking_recv() {
            let mut group = vec![first];
            while group.len() < GROUP
                && let Ok(next) = waiting.try_recv()
            {
                group.push(next);
            }
            self.commit(group);
        }
    }

    /// Commits a group as one. If that fails, each is tried alone, so that only those that cannot
    /// be written are refused; waiting for a lock again and again would help nobody.
    fn commit(&mut self, mut group: Vec<Box<dyn Job>>) {
        let committed = self.transaction(&mut group);
        let locked = committed == Err(StoreError::Locked);
        if committed.is_err() && !locked && group.len() > 1 {
            group.into_iter().for_each(|job| self.commit(vec![job]));
        } else {
            group.into_iter().for_each(|job| job.answer(committed.clone()));
        }
    }

    /// The statements are written out because SQLite itself ends a transaction that meets a full
    /// disk, which diesel's own bookkeeping takes for a broken connection.
    fn transaction(&mut self, group: &mut [Box<dyn Job>]) -> Result<(), StoreError> {
        self.connection.batch_execute("BEGIN IMMEDIATE")?;
        let Self { connection, open, kinds } = self;
        let mut writing = Writing { connection, open, kinds };
        let done = group.iter_mut().try_for_each(|job| job.run(&mut writing));
        let committed = done.and_then(|()| Ok(self.connection.batch_execute("COMMIT")?));
        if committed.is_err() {
            // What was encoded since is not in the database; new segments begin after it.
            self.open = OpenSegments::default();
            self.kinds = WrittenKinds::default();
            let _ = self.connection.batch_execute("ROLLBACK");
        }
        committed
    }
}
