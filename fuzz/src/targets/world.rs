//! What targets need around them: a place on disk, someone who waits, and a database with something in it.

use bytes::Bytes;
use pasut::commands::replay::{Given, Sink, replay};
use pasut::domain::handle::Handle;
use pasut::domain::ids::SessionId;
use pasut::domain::record::Batch;
use pasut::domain::session::{Origin, SessionStart};
use pasut::domain::time::Stamp;
use pasut::store::{Opening, Store};
use std::path::Path;
use std::sync::LazyLock;
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};

/// A small capture that is sound.
const CAPTURE: &[u8] = include_bytes!("../../../tests/fixtures/small.cap");

const BEGAN: Stamp = Stamp(1_790_000_000_000);

static RUNTIME: LazyLock<Runtime> =
    LazyLock::new(|| Builder::new_current_thread().build().expect("a runtime that does nothing yet"));

/// Waits until it is done.
pub fn wait<T>(what: impl Future<Output = T>) -> T {
    RUNTIME.block_on(what)
}

pub fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder for temporary files")
}

/// A database with one recorded session, at `path`.
pub async fn database(path: &Path) -> (Store, SessionId) {
    let store = Store::open(path, Opening::Owner).expect("a new database");
    let session = record(&store).await;
    (store, session)
}

/// Records a session that is sound and over.
pub async fn record(store: &Store) -> SessionId {
    let start = SessionStart {
        creator: Handle::parse("mira").expect("a username"),
        room: Default::default(),
        host: None,
        title: String::new(),
        live_since: None,
        recorded_from: BEGAN,
        continues: None,
        origin: Origin::Capture,
    };
    let session = store.begin_session(&start).await.expect("written");
    let mut into = Into { store: store.clone(), session, until: BEGAN };
    replay(&Bytes::from_static(CAPTURE), Given::default(), BEGAN, &mut into).await.expect("a sound capture");
    store.finish_session(session, into.until).await.expect("written");
    session
}

struct Into {
    store: Store,
    session: SessionId,
    until: Stamp,
}

impl Sink for Into {
    async fn batch(&mut self, batch: Batch) -> anyhow::Result<()> {
        self.until = batch.counted_to;
        Ok(self.store.append(Batch { session: self.session, ..batch }).await?)
    }
}

/// Asks a database for everything that a page or the check asks of a session. What it holds may be refused,
/// and nothing else.
pub async fn ask_everything(store: &Store) {
    let Ok(sessions) = store.sessions(&Default::default(), 5).await else { return };
    let _ = store.integrity_errors().await;
    for session in sessions {
        let session = session.id;
        let mut after = 0;
        while let Ok(events) = store.events(session, after, &[]).await
            && let Some(last) = events.last().filter(|last| last.number > after)
        {
            after = last.number;
        }
        let _ = store.gaps(session).await;
        let _ = store.intervals(session).await;
        let _ = store.holdings(&[session]).await;
        let _ = store.events_checksum(session).await;
        let _ = store.markers(session).await;
        let _ = store.gift_times(session).await;
    }
}
