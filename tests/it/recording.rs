//! What is recorded of a LIVE, whatever happens to the connection, the room or Pasut itself.

use crate::program::HeldDatabase;
use crate::studio::{Setup, Studio, handle};
use pasut::domain::event::Kind;
use pasut::domain::session::GapCause;
use pasut::domain::totals::SessionTotals;
use pasut::domain::watch::WatchState;
use pasut::recorder::snapshot::{Refused, Snapshot};
use pasut::reports::recount;
use pasut::simulator::{Fault, GALAXY, OnAir, Person, ROSE, Refusal, RoomSource, Truth, profile_named};
use std::time::Duration;

/// What a connection was sent must be what was counted.
pub fn assert_equals_truth(totals: &SessionTotals, truth: &Truth) {
    assert_eq!(totals.diamonds, truth.diamonds.total, "diamonds");
    assert_eq!(totals.diamonds_to_creator, truth.diamonds.to_host, "diamonds to the creator");
    assert_eq!(totals.gift_units, truth.gift_units, "gifts");
    assert_eq!(totals.likes_seen, truth.likes.total, "likes seen");
    assert_eq!(totals.follows, truth.follows as i64, "follows");
    assert_eq!(totals.shares, truth.shares as i64, "shares");
    assert_eq!(totals.joins, truth.joins as i64, "joins");
    assert_eq!(totals.unique_commenters, truth.unique_commenters as i64, "commenters");
    assert_eq!(totals.unique_gifters, truth.unique_gifters as i64, "gifters");
    assert_eq!(totals.unique_joiners, truth.unique_joiners as i64, "joiners");
    for kind in Kind::ALL {
        let counted = truth.events.get(kind.as_str()).copied().unwrap_or(0);
        assert_eq!(totals.events.of(kind), counted as i64, "{}", kind.as_str());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_roses_stay_five_after_the_connection_drops_mid_streak() {
    let (studio, room) = Studio::live("mira").await;
    room.gift("ana", None, ROSE, 7, 3, false).await;
    studio.until_session("mira", "three roses", |session| session.totals.gift_units == 3).await;
    room.drop_connections();
    studio.until("mira", "reconnecting", |watch| watch.state.as_str() == "reconnecting").await;
    room.listened_to_by(1).await;
    room.gift("ana", None, ROSE, 7, 5, true).await;
    let session = studio.until_session("mira", "five roses", |session| session.totals.gift_units == 5).await;
    assert_eq!(session.totals.diamonds, 5);
    let stored = studio.until_stored(session.id, |stored| stored.totals.gift_units == 5).await;
    let recount = recount::recount(&studio.app().store, &stored).await.expect("readable").expect("stored");
    assert_eq!(recount.differences(), Vec::<String>::new());
    assert_eq!(session.gaps.len(), 1);
    assert_eq!(session.gaps[0].cause, GapCause::Disconnected);
    assert!(session.gaps[0].to.is_some());
    assert!(session.coverage < 1.0);
    studio.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restart_of_pasut_takes_the_running_session_up_without_counting_twice() {
    let (mut studio, room) = Studio::live("mira").await;
    for fault in [Fault::History, Fault::Resend] {
        room.set_fault(fault);
    }
    room.gift("ana", None, ROSE, 7, 3, false).await;
    room.comment("ben", "halo").await;
    room.like("ana", 10).await;
    studio.until_session("mira", "likes", |session| session.totals.likes_seen == 10).await;
    let before = studio.session("mira");
    studio.stop_app().await;
    room.listened_to_by(0).await;
    studio.start_app().await;
    room.listened_to_by(1).await;
    room.gift("ana", None, ROSE, 7, 4, true).await;
    let after =
        studio.until_session("mira", "the fourth rose", |session| session.totals.gift_units == 4).await;
    assert_eq!(after.id, before.id);
    assert_eq!(after.totals.comments, 1);
    assert_eq!(after.totals.likes_seen, 10);
    assert_eq!(after.totals.unique_commenters, 1);
    assert!(after.totals.messages.duplicates_dropped > 0);
    assert_eq!(after.gaps.iter().map(|gap| gap.cause).collect::<Vec<_>>(), [GapCause::NotRunning]);
    assert_eq!(after.top_gifters[0].display_id, "ana");
    studio.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_refusal_is_shown_for_what_it_is() {
    let studio = Studio::open().await;
    for (refusal, state) in [
        (Refusal::Blocked, "blocked"),
        (Refusal::Captcha, "blocked"),
        (Refusal::NoUpgrade, "blocked"),
        (Refusal::RateLimited, "rate_limited"),
        (Refusal::NotFound, "not_found"),
        (Refusal::Offline, "waiting"),
    ] {
        let name = format!("r.{}", format!("{refusal:?}").to_lowercase());
        studio.simulator.scripted(&name).set_fault(Fault::Refuse(refusal));
        studio.watch(&name).await;
        studio
            .until(&name, state, |watch| {
                let checked = !matches!(watch.state, WatchState::Waiting { checked_at: None });
                watch.state.as_str() == state && checked
            })
            .await;
    }
    studio.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_there_is_no_internet() {
    let mut studio = Studio::open().await;
    studio.stop_app().await;
    let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port").local_addr().expect("bound");
    std::fs::write(studio.folder().join("pasut.toml"), format!("[tiktok]\nweb_url = \"http://{free}\"\n"))
        .expect("written");
    studio.start_app().await;
    studio.watch("mira").await;
    studio.until("mira", "no internet", |watch| watch.state.as_str() == "no_internet").await;
    studio.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_blocked_browser_identity_is_exchanged_for_another() {
    let studio = Studio::open().await;
    let room = studio.simulator.scripted("mira");
    room.set_fault(Fault::Refuse(Refusal::DeviceBlocked));
    studio.watch("mira").await;
    room.listened_to_by(1).await;
    room.viewers(5, 5).await;
    studio.until("mira", "live", |watch| watch.state.as_str() == "live").await;
    studio.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_missing_visitor_cookie_is_asked_for_again() {
    let studio = Studio::open().await;
    studio.simulator.set_fault(Fault::MissingTtwid(2));
    let room = studio.simulator.scripted("mira");
    studio.watch("mira").await;
    room.listened_to_by(1).await;
    studio.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disturbed_wire_costs_single_messages_and_no_session() {
    let studio = Studio::open().await;
    for fault in [
        Fault::BrokenFrames,
        Fault::GzipBomb,
        Fault::OversizedFrame,
        Fault::WrongWireTypes,
        Fault::UnknownMethods,
        Fault::GiftDisorder,
        Fault::LateTicks,
        Fault::LikesBackwards,
        Fault::ClockSkew(3_600_000),
    ] {
        studio.simulator.set_fault(fault);
    }
    let generated =
        studio.simulator.generated("mira", profile_named("lively").expect("known")).lasting(60_000);
    let room = studio.simulator.add_room("mira", RoomSource::Generated(Box::new(generated)));
    studio.watch("mira").await;
    room.listened_to_by(1).await;
    studio.until_session("mira", "two hundred events", |session| session.totals.messages.counted > 200).await;
    room.end().await;
    let session = studio.until_session("mira", "ended", |session| session.ended_at.is_some()).await;
    assert_eq!(room.connections().len(), 1, "the connection held");
    assert_equals_truth(&session.totals, &room.connections()[0].truth);
    assert!(session.totals.messages.broken_frames > 0);
    assert!(session.totals.messages.decode_errors > 0);
    assert!(session.totals.events.of(Kind::Unknown) > 0);
    studio.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_drip_is_read_as_well() {
    let studio = Studio::open().await;
    studio.simulator.set_fault(Fault::SlowDrip);
    let room = studio.simulator.scripted("mira");
    studio.watch("mira").await;
    room.listened_to_by(1).await;
    room.gift("ana", None, GALAXY, 0, 1, true).await;
    studio.until_session("mira", "a galaxy", |session| session.totals.diamonds == 1_000).await;
    studio.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_live_that_ends_closes_its_session_and_a_new_one_continues_it() {
    let (studio, room) = Studio::live("mira").await;
    room.end().await;
    let ended = studio.until_session("mira", "ended", |session| session.ended_at.is_some()).await;
    room.restart();
    studio.app().recorder.start_watching(&handle("mira")).await.expect("watched");
    let next = studio.until_session("mira", "a new session", |session| session.id != ended.id).await;
    assert_eq!(next.start.continues, Some(ended.id));
    let stored = studio.app().store.session(ended.id).await.expect("readable").expect("stored");
    assert!(stored.ended_at.is_some());
    studio.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_end_that_nobody_announces_is_found_by_the_status() {
    let (studio, room) = Studio::live("mira").await;
    room.set_fault(Fault::UnannouncedEnd);
    room.end().await;
    studio.until_session("mira", "ended", |session| session.ended_at.is_some()).await;
    studio.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_creator_who_starts_anew_gets_a_new_session() {
    let (studio, room) = Studio::live("mira").await;
    let first = studio.session("mira");
    room.restart();
    let second = studio.until_session("mira", "another room", |session| session.id != first.id).await;
    assert_ne!(second.start.room, first.start.room);
    assert_eq!(second.start.continues, Some(first.id));
    studio.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pause_stays_within_the_session() {
    let (studio, room) = Studio::live("mira").await;
    room.control(1).await;
    let paused = studio.until("mira", "paused", |watch| watch.state.as_str() == "paused").await;
    room.control(2).await;
    let live = studio.until("mira", "live again", |watch| watch.state.as_str() == "live").await;
    assert_eq!(
        paused.session.as_ref().map(|session| session.id),
        live.session.as_ref().map(|session| session.id)
    );
    assert!(studio.session("mira").gaps.is_empty());
    studio.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_lasts_until_started_and_leaves_a_gap() {
    let (studio, room) = Studio::live("mira").await;
    room.set_fault(Fault::Resend);
    room.comment("ana", "satu").await;
    room.gift("ana", None, GALAXY, 0, 1, true).await;
    let first = studio.until_session("mira", "a galaxy", |session| session.totals.diamonds == 1_000).await;
    studio.app().recorder.stop_watching(&handle("mira")).await.expect("watched");
    studio.until("mira", "stopped", |watch| watch.state.as_str() == "stopped").await;
    room.listened_to_by(0).await;
    studio.app().recorder.start_watching(&handle("mira")).await.expect("watched");
    room.listened_to_by(1).await;
    room.comment("ana", "dua").await;
    let session =
        studio.until_session("mira", "the second comment", |session| session.totals.comments == 2).await;
    assert_eq!(session.id, first.id);
    assert_eq!(session.gaps.iter().map(|gap| gap.cause).collect::<Vec<_>>(), [GapCause::Stopped]);
    assert_eq!(session.totals.diamonds, 1_000, "the gift that was sent again counts once");
    studio.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn setting_the_clock_an_hour_either_way_makes_no_hour_long_gap() {
    let (studio, room) = Studio::live("mira").await;
    for shift_ms in [3_600_000, -3_600_000] {
        studio.clock.shift_wall(shift_ms);
        let comments = studio.session("mira").totals.comments;
        let told = async {
            loop {
                room.listened_to_by(1).await;
                room.comment("ana", "masih di sini").await;
                tokio::task::yield_now().await;
            }
        };
        tokio::select! {
            () = told => {}
            _ = studio.until_session("mira", "more comments", |session| session.totals.comments > comments) => {}
        }
    }
    studio.until("mira", "live", |watch| watch.state.as_str() == "live").await;
    let session = studio.session("mira");
    let away: i64 = session.gaps.iter().map(|gap| gap.ms(studio.clock.wall())).sum();
    assert!(away < 60_000, "{away} ms away: {:?}", session.gaps);
    assert!(session.gaps.iter().all(|gap| gap.cause != GapCause::Asleep), "{:?}", session.gaps);
    studio.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hours_asleep_are_a_gap_of_two_hours_and_over_soon_after_waking() {
    let (studio, room) = Studio::live("mira").await;
    let slept_ms = 2 * 3_600_000;
    // While the computer sleeps, TikTok's clock and the wall clock go on, and the connection dies.
    room.set_fault(Fault::ClockSkew(slept_ms));
    studio.clock.shift_wall(slept_ms);
    studio.until("mira", "away", |watch| watch.state.as_str() != "live").await;
    room.listened_to_by(1).await;
    room.tell(|pen, now_ms| pen.comment(now_ms + slept_ms, &Person::named("ana"), "pagi")).await;
    let session = studio.until_session("mira", "a comment", |session| session.totals.comments == 1).await;
    assert_eq!(session.gaps.len(), 1, "{:?}", session.gaps);
    let gap = &session.gaps[0];
    assert_eq!(gap.cause, GapCause::Asleep);
    assert!((gap.ms(gap.from) - slept_ms).abs() < 60_000, "{gap:?}");
    studio.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_that_runs_fast_is_no_computer_that_sleeps() {
    let setup = Setup { speed: 60.0, ..Setup::default() };
    let (studio, room) = Studio::live_with("mira", setup).await;
    // A tick comes every second of the computer, which is a minute of this clock.
    let until = studio.clock.monotonic_ms() + 4 * 60_000;
    while studio.clock.monotonic_ms() < until {
        room.comment("ana", "masih di sini").await;
        tokio::task::yield_now().await;
    }
    assert_eq!(room.connections().len(), 1);
    assert_eq!(studio.session("mira").gaps, []);
    studio.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_set_back_while_pasut_was_off_leaves_a_session_that_equals_its_recount() {
    let (mut studio, room) = Studio::live("mira").await;
    room.like("ana", 5).await;
    let first = studio.until_session("mira", "likes", |session| session.totals.likes_seen == 5).await;
    studio.stop_app().await;
    studio.clock.shift_wall(-3_600_000);
    room.like("budi", 30).await;
    studio.start_app().await;
    room.listened_to_by(1).await;
    room.like("ana", 7).await;
    room.viewers(80, 1_100).await;
    studio.until_session("mira", "more likes", |session| session.totals.likes_seen == 12).await;
    room.end().await;
    let stored = studio.until_stored(first.id, |stored| stored.ended_at.is_some()).await;
    let recount = recount::recount(&studio.app().store, &stored).await.expect("readable").expect("stored");
    assert_eq!(recount.differences(), Vec::<String>::new());
    let gaps = studio.app().store.gaps(first.id).await.expect("readable");
    assert_eq!(gaps.iter().map(|gap| gap.cause).collect::<Vec<_>>(), [GapCause::NotRunning]);
    studio.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_look_up_is_not_taken_for_a_sleep() {
    let studio = Studio::open().await;
    // Three answers are needed until the room is connected.
    studio.simulator.set_fault(Fault::SlowAnswers(Duration::from_secs(4)));
    let room = studio.simulator.scripted("mira");
    studio.watch("mira").await;
    room.listened_to_by(1).await;
    studio.simulator.clear_faults();
    let until = studio.clock.monotonic_ms() + 2_500;
    while studio.clock.monotonic_ms() < until {
        room.comment("ana", "masih di sini").await;
        tokio::task::yield_now().await;
    }
    assert_eq!(room.connections().len(), 1);
    studio.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_creator_is_looked_up_again_by_the_clock_however_fast_it_runs() {
    let studio = Studio::with(Setup { speed: 60.0, ..Setup::default() }).await;
    let room = studio.simulator.scripted("mira");
    room.put_on_air(OnAir::Offline);
    studio.watch("mira").await;
    let asked = |watch: &Snapshot| matches!(watch.state, WatchState::Waiting { checked_at: Some(_) });
    studio.until("mira", "not live", asked).await;
    let on_air = studio.clock.wall();
    room.put_on_air(OnAir::Live);
    room.listened_to_by(1).await;
    let session = studio.until("mira", "found", |watch| watch.session.is_some()).await.session.clone();
    let waited_ms = session.expect("found").start.recorded_from.ms_since(on_air);
    assert!(waited_ms < 5 * 60_000, "{waited_ms} ms of the clock");
    studio.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_taken_up_again_after_a_restart_counts_nothing_twice_though_it_was_packed() {
    let (mut studio, room) = Studio::live("mira").await;
    room.set_fault(Fault::Resend);
    room.comment("ana", "satu").await;
    room.gift("ana", None, GALAXY, 0, 1, true).await;
    let first = studio.until_session("mira", "a galaxy", |session| session.totals.diamonds == 1_000).await;
    studio.app().recorder.stop_watching(&handle("mira")).await.expect("watched");
    studio.until_stored(first.id, |stored| stored.ended_at.is_some()).await;
    studio.stop_app().await;
    room.listened_to_by(0).await;
    studio.start_app().await;
    studio.app().recorder.start_watching(&handle("mira")).await.expect("watched");
    room.listened_to_by(1).await;
    room.comment("ana", "dua").await;
    let session = studio.until_session("mira", "a comment", |session| session.totals.comments >= 2).await;
    assert_eq!(session.id, first.id);
    assert_eq!(
        (session.totals.diamonds, session.totals.comments),
        (1_000, 2),
        "what was sent again counts once"
    );
    studio.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_creator_is_waited_for_and_recorded_from_the_start() {
    let studio = Studio::open().await;
    let room = studio.simulator.scripted("mira");
    room.put_on_air(OnAir::Offline);
    studio.watch("mira").await;
    studio
        .until("mira", "checked", |watch| matches!(watch.state, WatchState::Waiting { checked_at: Some(_) }))
        .await;
    room.put_on_air(OnAir::Live);
    studio.app().recorder.start_watching(&handle("mira")).await.expect("watched");
    room.listened_to_by(1).await;
    studio.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_locked_database_pauses_recording_loudly_and_loses_nothing() {
    let (studio, room) = Studio::live("mira").await;
    let other = HeldDatabase::of(studio.folder());
    room.gift("ana", None, GALAXY, 0, 1, true).await;
    studio.until("mira", "loud", |watch| watch.refused == Some(Refused::Events)).await;
    room.comment("ana", "masih dihitung").await;
    studio.until_session("mira", "counted all the same", |session| session.totals.comments == 1).await;
    other.release();
    studio.until("mira", "going on", |watch| watch.refused.is_none()).await;
    studio.until_stored(studio.session("mira").id, |stored| stored.totals.diamonds == 1_000).await;
    studio.close().await;
}

/// Several writers wait for the lock one after the other, so that one write takes longer than any
/// tick should: that is no sleep of the computer, and the socket is read meanwhile.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_database_is_not_taken_for_a_sleep() {
    let (studio, room) = Studio::live("mira").await;
    let other = HeldDatabase::of(studio.folder());
    let store = &studio.app().store;
    let mira = handle("mira");
    let (first, second, session) =
        tokio::join!(store.set_stopped_room(&mira, None), store.set_stopped_room(&mira, None), async {
            room.comment("ana", "masih dibaca").await;
            studio.until("mira", "loud", |watch| watch.refused == Some(Refused::Events)).await;
            room.comment("ana", "masih dibaca").await;
            studio.until_session("mira", "read", |session| session.totals.comments == 2).await;
            // Refused once more, behind whatever the watch tries to write.
            let third = store.set_stopped_room(&mira, None).await;
            room.comment("ana", "masih dibaca").await;
            let session = studio.until_session("mira", "awake", |session| session.totals.comments == 3).await;
            assert!(third.is_err(), "{third:?}");
            other.release();
            session
        });
    assert!(first.is_err() && second.is_err(), "{first:?}, {second:?}");
    assert!(session.gaps.is_empty(), "{:?}", session.gaps);
    studio.until_stored(session.id, |stored| stored.totals.comments == 3).await;
    studio.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn gifts_to_guests_are_told_from_gifts_to_the_creator() {
    let (studio, room) = Studio::live("mira").await;
    room.gift("ana", None, GALAXY, 0, 1, true).await;
    room.gift("ana", Some("tamu"), GALAXY, 0, 1, true).await;
    let session =
        studio.until_session("mira", "both gifts", |session| session.totals.diamonds == 2_000).await;
    assert_eq!(session.totals.diamonds_to_creator, 1_000);
    assert_eq!(session.top_gifters[0].total.diamonds_to_creator, 1_000);
    studio.close().await;
}
