//! A gift that nobody could price is priced later: what was recorded before is valued anew, everywhere.

use crate::studio::{Studio, handle};
use pasut::domain::gift::ValueSource;
use pasut::domain::ids::{GiftId, SessionId};
use pasut::domain::record::LearnedValue;
use pasut::domain::session::Session;
use pasut::domain::time::Stamp;
use pasut::recorder::revalue;
use pasut::reports::recount;
use pasut::simulator::{GiftKind, ROSE};
use pasut::store::revaluations::Which;
use pasut::store::{Opening, Store};

/// In no list, and its events never say a price.
const NEW_GIFT: GiftKind = GiftKind { id: 990_001, name: "Gift baru", diamonds: 0, streakable: true };
const ID: GiftId = GiftId(NEW_GIFT.id);

/// Everything that is stored of a session says the same, and says `diamonds`.
async fn agrees(store: &Store, id: SessionId, diamonds: i64) {
    let session = store.session(id).await.expect("readable").expect("stored");
    let totals = &session.totals;
    assert_eq!(totals.diamonds, diamonds);
    assert_eq!(totals.diamonds_by_source.iter().sum::<i64>(), diamonds, "by source");
    assert_eq!(totals.unpriced_units, 0);
    let series = store.series(id, Stamp(0), Stamp(i64::MAX)).await.expect("readable");
    assert_eq!(series.iter().map(|bin| bin.counts.diamonds).sum::<i64>(), diamonds, "series");
    let rows = store.intervals(id).await.expect("readable");
    assert_eq!(rows.iter().map(|row| row.counts.diamonds).sum::<i64>(), diamonds, "intervals");
    let gifters = store.gifters(id, 10).await.expect("readable");
    assert_eq!(gifters.iter().map(|gifter| gifter.total.diamonds).sum::<i64>(), diamonds, "gifters");
    let gifts = store.gift_totals(id).await.expect("readable");
    assert_eq!(gifts.iter().map(|gift| gift.diamonds).sum::<i64>(), diamonds, "gifts");
    let streaks = store.streaks(id).await.expect("readable");
    assert_eq!(streaks.iter().map(|streak| streak.diamonds).sum::<i64>(), diamonds, "streaks");
    let guests = store.guests(id).await.expect("readable");
    let to_guests = totals.diamonds - totals.diamonds_to_creator;
    assert_eq!(guests.iter().map(|guest| guest.diamonds).sum::<i64>(), to_guests, "guests");
    let recounted = recount::recount(store, &session).await.expect("readable").expect("stored");
    assert_eq!(recounted.differences(), Vec::<String>::new());
}

/// Somebody gives three of the new gift, a guest gets two of it, and there are four roses.
async fn give(room: &pasut::simulator::RoomHandle) {
    room.gift("ana", None, NEW_GIFT, 7, 3, true).await;
    room.gift("ben", Some("tamu"), NEW_GIFT, 8, 2, true).await;
    room.gift("ana", None, ROSE, 9, 4, true).await;
}

/// A session of `name` that is over, with five gifts without a price.
async fn over(studio: &Studio, name: &str) -> Session {
    let room = studio.simulator.scripted(name);
    studio.watch(name).await;
    room.listened_to_by(1).await;
    room.viewers(100, 1_000).await;
    give(&room).await;
    let live = studio.until_session(name, "the gifts", |session| session.totals.gift_units == 9).await;
    room.end().await;
    studio.until_stored(live.id, |stored| stored.ended_at.is_some()).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_price_set_later_values_what_was_recorded_and_what_is_being_recorded() {
    let (studio, room) = Studio::live("mira").await;
    let past = over(&studio, "raka").await;
    assert_eq!((past.totals.diamonds, past.totals.unpriced_units), (4, 5));
    give(&room).await;
    let running = studio.until_session("mira", "the gifts", |session| session.totals.gift_units == 9).await;
    assert_eq!((running.totals.diamonds, running.totals.unpriced_units), (4, 5));

    let recorder = &studio.app().recorder;
    recorder.price_gift(ID, String::new(), 10, false).await.expect("priced");
    let valued = |session: &Session| session.totals.diamonds == 54;
    studio.until_stored(past.id, valued).await;
    studio.until_stored(running.id, valued).await;
    let shown = studio.until_session("mira", "the new price", |session| session.totals.diamonds == 54).await;
    assert_eq!(shown.top_gifters[0].total.diamonds, 34);
    let store = &studio.app().store;
    agrees(store, past.id, 54).await;
    agrees(store, running.id, 54).await;
    let rows = store.intervals(past.id).await.expect("readable");
    let top = store.gifters(past.id, 1).await.expect("readable").remove(0).total.user;
    assert_eq!(rows.iter().find_map(|row| row.top_gifter), Some(top));
    let events = store.gift_totals(past.id).await.expect("readable");
    let gift = events.iter().find(|gift| gift.gift == ID).expect("the gift");
    assert_eq!((gift.value.diamonds, gift.value.source), (10, ValueSource::Learned));

    // It goes on from there, at the new price, and nothing is counted twice.
    room.gift("ana", None, NEW_GIFT, 10, 1, true).await;
    studio.until_stored(running.id, |session| session.totals.diamonds == 64).await;
    agrees(store, running.id, 64).await;

    // Another price takes this one back; what a gift's own event says stays.
    recorder.price_gift(ID, String::new(), 0, true).await.expect("priced");
    recorder.price_gift(GiftId(ROSE.id), String::new(), 500, true).await.expect("priced");
    studio.until_stored(past.id, |session| session.totals.diamonds == 4).await;
    studio.until_stored(running.id, |session| session.totals.diamonds == 4).await;
    agrees(store, past.id, 4).await;
    room.end().await;
    studio.until_stored(running.id, |session| session.ended_at.is_some()).await;
    agrees(store, running.id, 4).await;
    studio.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn valuing_goes_on_where_it_was_after_pasut_was_stopped() {
    let mut studio = Studio::open().await;
    let (one, two) = (over(&studio, "mira").await, over(&studio, "raka").await);
    studio.stop_app().await;
    {
        // The price is saved and one of the sessions is done; then somebody pulls the plug.
        let store = Store::open(&studio.folder().join("pasut.db"), Opening::Owner).expect("a database");
        let price = LearnedValue { gift: ID, name: String::new(), diamonds: 7, at: Stamp(1) };
        store.set_gift_value(&price, false).await.expect("priced");
        assert_eq!(store.revaluations_waiting().await, Ok(2));
        assert_eq!(store.revalue(one.id, Which::Over, revalue::recount).await, Ok(true));
        assert_eq!(store.revaluations_waiting().await, Ok(1));
        agrees(&store, one.id, 39).await;
        let other = store.session(two.id).await.expect("readable").expect("stored");
        assert_eq!(other.totals, two.totals, "whole sessions only");
    }
    studio.start_app().await;
    studio.until_stored(two.id, |session| session.totals.diamonds == 39).await;
    let store = &studio.app().store;
    agrees(store, one.id, 39).await;
    agrees(store, two.id, 39).await;
    assert_eq!(store.revaluations_waiting().await, Ok(0));
    assert!(studio.app().recorder.snapshot(&handle("mira")).is_some(), "it watches on");
    studio.close().await;
}
