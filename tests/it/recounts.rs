//! What is stored beside the events equals a recount of the events that are stored.

use crate::captures::fixture;
use bytes::Bytes;
use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use pasut::commands::replay::{self, Sink};
use pasut::domain::handle::Handle;
use pasut::domain::ids::{RoomId, SessionId};
use pasut::domain::record::Batch;
use pasut::domain::session::{Origin, Session, SessionStart};
use pasut::domain::time::Stamp;
use pasut::reports::recount::{self, Recount};
use pasut::store::{Opening, Store};
use tempfile::TempDir;

struct Recorder {
    store: Store,
    session: SessionId,
    until: Stamp,
}

impl Sink for Recorder {
    async fn batch(&mut self, batch: Batch) -> anyhow::Result<()> {
        self.until = batch.counted_to;
        Ok(self.store.append(Batch { session: self.session, ..batch }).await?)
    }
}

/// A capture recorded as a finished session.
pub async fn recorded(name: &str) -> (TempDir, Store, Session) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let store = Store::open(&folder.path().join("pasut.db"), Opening::Owner).expect("a database");
    let session = record(&store, name).await;
    (folder, store, session)
}

/// A capture recorded into a database as a finished session.
pub async fn record(store: &Store, name: &str) -> Session {
    let start = SessionStart {
        creator: Handle::parse("mira").expect("a handle"),
        room: RoomId(1),
        host: None,
        title: String::new(),
        live_since: None,
        recorded_from: Stamp(0),
        continues: None,
        origin: Origin::Capture,
    };
    let capture = Bytes::from(fixture(&format!("{name}.cap")));
    let told = replay::what_the_capture_tells(&capture).expect("a capture");
    let start = SessionStart { host: told.host, ..start };
    let session = store.begin_session(&start).await.expect("a session");
    let mut recorder = Recorder { store: store.clone(), session, until: Stamp(0) };
    let given = replay::Given::default();
    replay::replay(&capture, given, Stamp(0), &mut recorder).await.expect("a capture");
    store.finish_session(session, recorder.until).await.expect("finished");
    store.session(session).await.expect("readable").expect("stored")
}

pub async fn recount_of(store: &Store, session: &Session) -> Recount {
    recount::recount(store, session).await.expect("readable").expect("stored")
}

#[tokio::test]
async fn every_kind_of_session_recounts_to_what_is_stored() {
    for name in ["small", "streaks", "hostile"] {
        let (_folder, store, session) = recorded(name).await;
        assert!(session.totals.diamonds > 0);
        assert_eq!(recount_of(&store, &session).await.differences(), Vec::<String>::new(), "{name}");
    }
}

#[tokio::test]
async fn a_total_that_was_changed_is_found_and_rebuilt() {
    let (folder, store, session) = recorded("small").await;
    let database = folder.path().join("pasut.db").display().to_string();
    let mut other = SqliteConnection::establish(&database).expect("the database");
    other
        .batch_execute(
            "UPDATE gift_contributions SET total_value = total_value + 1; DELETE FROM streaks; \
             UPDATE series SET comments = 0; UPDATE sessions SET peak_viewers = 1;",
        )
        .expect("damage");
    let damaged = store.session(session.id).await.expect("readable").expect("stored");
    let recount = recount_of(&store, &damaged).await;
    let found = recount.differences().join("\n");
    for what in ["gifter: ", "streak: ", "ten seconds: ", "totals: "] {
        assert!(found.contains(what), "{what} is missing in\n{found}");
    }
    let backup = store.back_up_beside("before-repair").await.expect("a backup");
    recount.repair(&store).await.expect("rebuilt");
    let mended = store.session(session.id).await.expect("readable").expect("stored");
    assert_eq!(mended.totals, session.totals);
    assert_eq!(recount_of(&store, &mended).await.differences(), Vec::<String>::new());
    let kept = Store::open(&backup, Opening::Beside).expect("a whole copy");
    let kept = kept.session(session.id).await.expect("readable").expect("stored");
    assert_eq!(kept.totals.viewers.peak, Some(1), "the backup is from before");
}
