//! Named tasks, one stop signal, everyone awaited.
//!
//! Deliberately no supervisor: a task that fails is logged with its name and not started again.
//! Whoever starts something that runs beside the caller uses this; nobody else may spawn.

use std::future::Future;
use std::io;
use thread_priority::{ThreadPriority, ThreadPriorityValue, set_current_thread_priority};
use tokio::runtime::Handle;
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::{debug, error};

/// The running tasks of one process (or one test). Clones share them.
#[derive(Clone, Debug)]
pub struct Lifecycle {
    /// Tasks run here, whichever thread starts them: a web worker has a runtime of its own, which
    /// ends before a recording may.
    runtime: Handle,
    tasks: TaskTracker,
    stop: CancellationToken,
}

impl Lifecycle {
    /// Tasks run on the runtime that this is called on.
    #[must_use]
    pub fn start() -> Self {
        let runtime = Handle::current();
        Self { runtime, tasks: TaskTracker::new(), stop: CancellationToken::new() }
    }

    /// Starts a task. It has to end soon after [`Self::stop_signal`] fires, and its panic ends
    /// nothing but itself.
    pub fn spawn(&self, name: impl Into<String>, task: impl Future<Output = ()> + Send + 'static) {
        let name = name.into();
        let running = self.runtime.spawn(task);
        let watched = async move {
            match running.await {
                Ok(()) => debug!(task.name = name, "{name} ended"),
                Err(panic) => error!(task.name = name, %panic, "{name} panicked"),
            }
        };
        self.tasks.spawn_on(watched, &self.runtime);
    }

    /// Fires when everything is to stop.
    #[must_use]
    pub fn stop_signal(&self) -> CancellationToken {
        self.stop.clone()
    }

    /// Asks every task to stop. Returns at once.
    pub fn stop(&self) {
        self.stop.cancel();
    }

    /// Returns when every task has ended after [`Self::stop`].
    pub async fn finished(&self) {
        self.stop.cancelled().await;
        self.tasks.close();
        self.tasks.wait().await;
    }
}

/// Of 99; half of it is what a thread has by itself. On Linux that is a niceness of 9: a game that wants the
/// same processor gets seven times as much of it.
const IN_BACKGROUND: u8 = 25;

/// Does long work on a thread of its own that gives way to everything else on the computer: recording and pages,
/// and the game and OBS beside them. Exports, archives and backups are made like this.
///
/// A thread is not lent to it, because none may raise itself again on Linux.
///
/// # Errors
///
/// That no thread could be started, or that the work panicked.
pub async fn in_background<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> io::Result<T> {
    let (done, result) = oneshot::channel();
    std::thread::Builder::new().name("background".to_owned()).spawn(move || {
        let low = ThreadPriorityValue::try_from(IN_BACKGROUND).expect("99 at most");
        if let Err(err) = set_current_thread_priority(ThreadPriority::Crossplatform(low)) {
            debug!(?err, "Long work is done with the priority of everything else");
        }
        // Whoever asked may have gone; the work is done all the same.
        drop(done.send(work()));
    })?;
    result.await.map_err(|_| io::Error::other("work in the background panicked"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[tokio::test]
    async fn finishing_waits_for_every_task_and_a_panic_ends_only_its_own() {
        let lifecycle = Lifecycle::start();
        let ended = Arc::new(AtomicUsize::new(0));
        lifecycle.spawn("one that panics", async { panic!("on purpose") });
        for _ in 0..3 {
            let (stop, ended) = (lifecycle.stop_signal(), Arc::clone(&ended));
            lifecycle.spawn("one that waits", async move {
                stop.cancelled().await;
                tokio::task::yield_now().await;
                ended.fetch_add(1, Ordering::SeqCst);
            });
        }
        lifecycle.stop();
        lifecycle.finished().await;
        assert_eq!(ended.load(Ordering::SeqCst), 3);
    }

    /// The niceness of the thread that asks: the 17th field behind the name in brackets.
    #[cfg(target_os = "linux")]
    fn niceness() -> Option<i32> {
        let stat = std::fs::read_to_string("/proc/thread-self/stat").ok()?;
        stat.rsplit_once(") ")?.1.split(' ').nth(16)?.parse().ok()
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn long_work_gives_way_and_whoever_waits_for_it_does_not() {
        let before = niceness().expect("Linux tells");
        assert_eq!(in_background(niceness).await.expect("done"), Some(before.max(9)));
        assert_eq!(niceness(), Some(before));
    }

    #[tokio::test]
    async fn long_work_that_panics_is_an_error_of_whoever_waits() {
        assert!(in_background(|| panic!("on purpose")).await.is_err());
    }
}
