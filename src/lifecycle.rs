//! Named tasks, one stop signal, everyone awaited.
//!
//! Deliberately no supervisor: a task that fails is logged with its name and not started again.
//! Whoever starts something that runs beside the caller uses this; nobody else may spawn.

use std::future::Future;
use tokio::runtime::Handle;
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
}
