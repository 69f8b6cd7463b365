//! What is stored beside the events equals a recount of the events that are stored.

use crate::captures::fixture;
use bytes::Bytes;
use pasut::analytics::recount::Recount;
use pasut::analytics::tally::Tally;
use pasut::commands::replay::{self, Sink};
use pasut::domain::handle::Handle;
use pasut::domain::ids::{RoomId, SessionId};
use pasut::domain::record::Batch;
use pasut::domain::session::{Origin, SessionStart};
use pasut::domain::time::Stamp;
use pasut::domain::totals::IntervalMedians;
use pasut::store::stored::StoredTotals;
use pasut::store::{Opening, Store};

const INTERVAL_MS: i64 = 300_000;

struct Recorder {
    store: Store,
    session: SessionId,
    events: usize,
}

impl Sink for Recorder {
    async fn batch(&mut self, mut batch: Batch) -> anyhow::Result<()> {
        batch.session = self.session;
        self.events += batch.events.len();
        Ok(self.store.append(batch).await?)
    }
}

async fn recounts(name: &str) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let store = Store::open(&folder.path().join("pasut.db"), Opening::Owner).expect("a database");
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
    let session = store.begin_session(&start).await.expect("a session");
    let mut recorder = Recorder { store: store.clone(), session, events: 0 };
    let capture = Bytes::from(fixture(&format!("{name}.cap")));
    let replay =
        replay::replay(&capture, replay::Given::default(), Stamp(0), &mut recorder).await.expect("a capture");
    store.finish_session(session, Stamp(i64::from(u32::MAX))).await.expect("finished");

    let stored = store.stored(session).await.expect("readable").expect("a session");
    let mut recount =
        Recount::new(Tally::new(replay.host, INTERVAL_MS, IntervalMedians::default()), Vec::new());
    let mut last = 0;
    loop {
        let events = store.events(session, last, &[]).await.expect("readable");
        let Some(newest) = events.last() else { break };
        last = newest.number;
        events.iter().for_each(|event| recount.add(event));
    }
    assert_eq!(last as usize, recorder.events);
    assert!(!stored.gifters.is_empty() && !stored.streaks.is_empty() && stored.bins.len() > 5);

    let mut tally = recount.finish(stored.counted_to);
    tally.restore_messages(stored.totals.messages, Vec::new());
    let mut again = tally.take_batch(session, stored.counted_to, Vec::new());
    again.gifters.sort_unstable_by_key(|gifter| gifter.user);
    again.gifts.sort_unstable_by_key(|gift| gift.gift);
    again.given.sort_unstable_by_key(|given| (given.user, given.gift));
    again.streaks.sort_unstable_by_key(|streak| streak.key);
    let again = StoredTotals {
        counted_to: again.counted_to,
        totals: again.totals,
        bins: again.bins,
        rows: again.rows,
        gifters: again.gifters,
        gifts: again.gifts,
        given: again.given,
        streaks: again.streaks,
    };
    assert_eq!(stored, again);
}

#[tokio::test]
async fn a_quiet_session_recounts_to_what_is_stored() {
    recounts("small").await;
}

#[tokio::test]
async fn a_session_full_of_repeats_and_damage_recounts_to_what_is_stored() {
    recounts("hostile").await;
}
