//! Connections that break, fall silent or are refused, and what the recording makes of it.

use crate::recording::assert_equals_truth;
use crate::studio::{Setup, Studio, handle};
use pasut::connector;
use pasut::connector::client::TikTok;
use pasut::connector::config::{Patience, Route};
use pasut::connector::disconnect::Disconnect;
use pasut::connector::identity::Identity;
use pasut::connector::incoming::Incoming;
use pasut::connector::socket::Received;
use pasut::domain::ids::RoomId;
use pasut::domain::session::GapCause;
use pasut::domain::watch::WatchState;
use pasut::recorder::shared::Settings;
use pasut::recorder::snapshot::Snapshot;
use pasut::reports::recount;
use pasut::simulator::{
    Fault, GALAXY, OnAir, Profile, ROSE, Refusal, RoomHandle, RoomSource, SignFault, profile_named,
};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

const A_MOMENT: Duration = Duration::from_millis(400);

/// A lively room whose connections end again and again by `fault`: everything that was delivered
/// over all of them counts once.
async fn every_connection_adds_its_part(fault: Fault) {
    let studio = Studio::with(Setup { speed: 4.0, ..Setup::default() }).await;
    for fault in [fault, Fault::Resend, Fault::History] {
        studio.simulator.set_fault(fault);
    }
    let lively = profile_named("lively").expect("known");
    let generous = Profile { gifts_per_viewer: 2.0, ..lively };
    let generated = studio.simulator.generated("mira", generous);
    let room = studio.simulator.add_room("mira", RoomSource::Generated(Box::new(generated)));
    studio.watch("mira").await;
    while room.connections().len() < 4 {
        studio.until("mira", "away", |watch| watch.state.as_str() == "reconnecting").await;
        studio.app().recorder.start_watching(&handle("mira")).await.expect("watched");
        studio.until("mira", "back", |watch| watch.state.as_str() != "reconnecting").await;
    }
    studio.simulator.clear_faults();
    room.end().await;
    room.listened_to_by(0).await;
    let session = studio.until_session("mira", "ended", |session| session.ended_at.is_some()).await;
    let delivered = room.delivered();
    assert!(delivered.gift_units > 0 && delivered.messages.duplicates_dropped > 0, "{delivered:?}");
    assert_equals_truth(&session.totals, &delivered);
    assert!(session.gaps.len() >= 3, "{:?}", session.gaps);
    let stored = studio.until_stored(session.id, |stored| stored.ended_at.is_some()).await;
    let recount = recount::recount(&studio.app().store, &stored).await.expect("readable").expect("stored");
    assert_eq!(recount.differences(), Vec::<String>::new());
    studio.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_that_are_cut_again_and_again_lose_and_double_nothing_that_was_delivered() {
    every_connection_adds_its_part(Fault::DropAfter(Duration::from_secs(2))).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_that_are_closed_again_and_again_lose_and_double_nothing_that_was_delivered() {
    every_connection_adds_its_part(Fault::CloseAfter(Duration::from_secs(2))).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_arrived_just_before_a_cut_is_written_though_the_next_try_is_minutes_away() {
    let (studio, room) = Studio::live("mira").await;
    room.set_fault(Fault::Refuse(Refusal::NotFound));
    room.comment("ana", "sampai jumpa").await;
    let session = studio.until_session("mira", "a comment", |session| session.totals.comments == 1).await;
    room.drop_connections();
    studio.until("mira", "refused", |watch| matches!(watch.state, WatchState::NotFound { .. })).await;
    studio.until_stored(session.id, |stored| stored.totals.comments == 1).await;
    let gaps = studio.app().store.gaps(session.id).await.expect("readable");
    assert_eq!(gaps.iter().map(|gap| gap.cause).collect::<Vec<_>>(), [GapCause::Disconnected]);
    studio.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_arrived_before_a_cut_is_read_to_its_end_though_nobody_takes_answers_any_more() {
    let studio = Studio::open().await;
    let room = studio.simulator.scripted("mira");
    let url = |key| (key == "url").then(|| studio.simulator.url().to_owned());
    let tiktok = TikTok::new(connector::config::Config::from_values(url).expect("valid")).expect("no proxy");
    let connection = tiktok.connect(&mut Identity::new(), RoomId(room.room_id()), Route::Unsigned).await;
    // As behind a recorder that is busy: one frame is taken from the socket, the others wait in it.
    let (frames_in, mut frames) = mpsc::channel::<Received>(1);
    let told = async {
        room.listened_to_by(1).await;
        for _ in 0..40 {
            room.comment("ana", "halo").await;
        }
        room.drop_connections();
        room.listened_to_by(0).await;
        let mut comments = 0;
        while let Some(received) = frames.recv().await {
            if let Ok(Incoming::Messages(batch)) = received.frame {
                comments += batch.messages.len();
            }
        }
        comments
    };
    let reading = connection.expect("open").run(&studio.clock, frames_in, CancellationToken::new());
    let (cause, comments) = tokio::join!(reading, told);
    assert!(matches!(cause, Disconnect::Lost { .. }), "{cause:?}");
    assert_eq!(comments, 40);
    studio.close().await;
}

/// A live room that `fault` makes silent: the silence is a gap, and over when the room speaks again.
async fn silence_is_noticed(fault: Fault, patience: Patience) {
    let (studio, room) = Studio::live_with("mira", Setup { patience, ..Setup::default() }).await;
    room.set_fault(fault);
    studio.until("mira", "silent", |watch| matches!(watch.state, WatchState::Silent { .. })).await;
    assert_eq!(studio.snapshot("mira").state.as_str(), "reconnecting");
    assert_eq!(studio.session("mira").gaps.last().map(|gap| gap.cause), Some(GapCause::Silent));
    room.clear_faults();
    let speaking = async {
        loop {
            room.listened_to_by(1).await;
            room.comment("ana", "halo").await;
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::select! {
        () = speaking => {}
        session = studio.until_session("mira", "heard again", |session| session.totals.comments > 0) => {
            assert!(session.gaps.iter().all(|gap| gap.to.is_some()), "{:?}", session.gaps);
        }
    }
    studio.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_room_that_answers_heartbeats_and_says_nothing_is_connected_anew() {
    silence_is_noticed(Fault::Mute, Patience { no_message: A_MOMENT, ..Patience::default() }).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_that_ends_in_a_room_that_only_answers_heartbeats_equals_its_recount() {
    let settings = Settings { grace_ms: 1_000, ..Settings::default() };
    let patience = Patience { no_message: A_MOMENT, ..Patience::default() };
    let (studio, room) = Studio::live_with("mira", Setup { settings, patience, ..Setup::default() }).await;
    let session = studio.session("mira").id;
    room.set_fault(Fault::Mute);
    let stored = studio.until_stored(session, |stored| stored.ended_at.is_some()).await;
    let recount = recount::recount(&studio.app().store, &stored).await.expect("readable").expect("stored");
    assert_eq!(recount.differences(), Vec::<String>::new());
    assert_eq!(studio.app().store.gaps(session).await, Ok(vec![]));
    studio.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_silent_session_left_open_that_is_over_after_a_restart_equals_its_recount() {
    let patience = Patience { no_message: A_MOMENT, ..Patience::default() };
    let (mut studio, room) = Studio::live_with("mira", Setup { patience, ..Setup::default() }).await;
    let session = studio.session("mira").id;
    room.set_fault(Fault::Mute);
    let gap = studio.until_session("mira", "silence", |session| !session.gaps.is_empty()).await.gaps[0].from;
    // Time is counted up to a frame that says nothing.
    studio.until_stored(session, |stored| stored.counted_to > gap).await;
    studio.stop_app().await;
    room.put_on_air(OnAir::Ended);
    studio.start_app().await;
    let once = |watch: &Snapshot| matches!(watch.state, WatchState::Waiting { checked_at: Some(_) });
    studio.until("mira", "not live", once).await;
    studio.app().recorder.start_watching(&handle("mira")).await.expect("watched");
    let stored = studio.until_stored(session, |stored| stored.ended_at.is_some()).await;
    let recount = recount::recount(&studio.app().store, &stored).await.expect("readable").expect("stored");
    assert_eq!(recount.differences(), Vec::<String>::new());
    studio.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_that_died_without_a_word_is_made_anew() {
    silence_is_noticed(Fault::Silence, Patience { no_frame: A_MOMENT, ..Patience::default() }).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_room_that_withholds_its_facts_is_recorded_while_it_speaks() {
    let studio = Studio::open().await;
    let room = studio.simulator.scripted("mira");
    room.set_fault(Fault::Refuse(Refusal::AgeRestricted));
    studio.watch("mira").await;
    room.listened_to_by(1).await;
    room.comment("ana", "halo").await;
    studio.until_session("mira", "a comment", |session| session.totals.comments == 1).await;
    studio.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_room_that_withholds_its_facts_and_says_nothing_needs_a_login() {
    let patience = Patience { no_message: A_MOMENT, ..Patience::default() };
    let studio = Studio::with(Setup { patience, ..Setup::default() }).await;
    let room = studio.simulator.scripted("mira");
    room.set_fault(Fault::Refuse(Refusal::AgeRestricted));
    room.set_fault(Fault::Mute);
    studio.watch("mira").await;
    studio.until("mira", "restricted", |watch| watch.state.as_str() == "restricted").await;
    studio.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_captcha_in_place_of_one_answer_does_not_matter_while_the_other_says_it() {
    for fault in [Fault::CaptchaPage, Fault::CaptchaApi] {
        let studio = Studio::open().await;
        studio.simulator.set_fault(fault);
        let room = studio.simulator.scripted("mira");
        studio.watch("mira").await;
        room.listened_to_by(1).await;
        room.comment("ana", "halo").await;
        studio.until_session("mira", "a comment", |session| session.totals.comments == 1).await;
        studio.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn captchas_everywhere_are_a_refusal() {
    let studio = Studio::open().await;
    studio.simulator.set_fault(Fault::CaptchaPage);
    studio.simulator.set_fault(Fault::CaptchaApi);
    studio.simulator.scripted("mira");
    studio.watch("mira").await;
    studio.until("mira", "blocked", |watch| watch.state.as_str() == "blocked").await;
    studio.close().await;
}

/// A studio by this route, whose simulator wants the key `right`, and a room that is watched.
async fn by_route(route: &str, key: &str, fault: Option<SignFault>) -> (Studio, RoomHandle) {
    let file = format!("[tiktok]\nroute = {route:?}\nsign_api_key = {key:?}\n");
    let wanted_key = Some("right".to_owned());
    let studio = Studio::with(Setup { file, wanted_key, ..Setup::default() }).await;
    fault.into_iter().for_each(|fault| studio.simulator.set_fault(Fault::Sign(fault)));
    let room = studio.simulator.scripted("mira");
    studio.watch("mira").await;
    (studio, room)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_signed_route_connects_with_the_users_key() {
    let (studio, room) = by_route("signed", "right", None).await;
    room.listened_to_by(1).await;
    room.gift("ana", None, GALAXY, 0, 1, true).await;
    studio.until_session("mira", "a galaxy", |session| session.totals.diamonds == 1_000).await;
    studio.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sign_server_that_does_not_help_is_said_and_asked_again() {
    for (key, fault, state) in [
        ("wrong", None, "reconnecting"),
        ("right", Some(SignFault::InvalidKey), "reconnecting"),
        ("right", Some(SignFault::RateLimited), "rate_limited"),
        ("right", Some(SignFault::Broken), "reconnecting"),
        ("right", Some(SignFault::OutageStub), "reconnecting"),
    ] {
        let (studio, room) = by_route("signed", key, fault).await;
        studio.until("mira", state, |watch| watch.state.as_str() == state).await;
        assert_eq!(room.connections().len(), 0, "the other route was not asked for");
        studio.simulator.clear_faults();
        if key == "right" {
            studio.app().recorder.start_watching(&handle("mira")).await.expect("watched");
            room.listened_to_by(1).await;
        }
        studio.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_its_own_pasut_goes_unsigned_where_the_sign_server_does_not_help() {
    let faults = [SignFault::InvalidKey, SignFault::RateLimited, SignFault::Broken, SignFault::OutageStub];
    for fault in faults {
        let (studio, room) = by_route("auto", "right", Some(fault)).await;
        studio
            .until("mira", "refused", |watch| matches!(watch.state.as_str(), "reconnecting" | "rate_limited"))
            .await;
        studio.app().recorder.start_watching(&handle("mira")).await.expect("watched");
        room.listened_to_by(1).await;
        studio.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_its_own_pasut_goes_signed_where_tiktok_gives_no_visitor_cookie() {
    let studio = Studio::open().await;
    studio.simulator.set_fault(Fault::MissingTtwid(u32::MAX));
    let room = studio.simulator.scripted("mira");
    studio.watch("mira").await;
    studio.until("mira", "blocked", |watch| watch.state.as_str() == "blocked").await;
    studio.app().recorder.start_watching(&handle("mira")).await.expect("watched");
    room.listened_to_by(1).await;
    room.comment("ana", "halo").await;
    studio.until_session("mira", "a comment", |session| session.totals.comments == 1).await;
    studio.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_room_out_of_reach_for_the_grace_time_ends_where_the_gap_began() {
    let (studio, room) = Studio::live("mira").await;
    room.set_fault(Fault::Refuse(Refusal::Blocked));
    room.drop_connections();
    let away = studio.until("mira", "blocked", |watch| watch.state.as_str() == "blocked").await;
    let gap_from = away.session.as_ref().expect("a session").gaps[0].from;
    studio.app().settings.send_modify(|settings| settings.grace_ms = 500);
    let session = studio.until_session("mira", "ended", |session| session.ended_at.is_some()).await;
    assert_eq!(session.ended_at, Some(gap_from));
    assert!((session.coverage - 1.0).abs() < f64::EPSILON, "what came after the end is no gap in it");
    let stored = studio.until_stored(session.id, |stored| stored.ended_at == Some(gap_from)).await;
    assert!((stored.coverage - 1.0).abs() < f64::EPSILON, "{}", stored.coverage);
    studio.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_live_that_begins_after_the_grace_time_continues_nothing() {
    let settings = Settings { grace_ms: 200, ..Settings::default() };
    let (studio, room) = Studio::live_with("mira", Setup { settings, ..Setup::default() }).await;
    room.end().await;
    let ended = studio.until_session("mira", "ended", |session| session.ended_at.is_some()).await;
    let grace_over = ended.ended_at.expect("ended") + settings.grace_ms;
    studio.until("mira", "later", |_| studio.clock.wall() > grace_over).await;
    room.restart();
    studio.app().recorder.start_watching(&handle("mira")).await.expect("watched");
    let next = studio.until_session("mira", "a new session", |session| session.id != ended.id).await;
    assert_eq!(next.start.continues, None);
    studio.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_creators_are_recorded_apart() {
    let (studio, mira) = Studio::live("mira").await;
    let senja = studio.simulator.scripted("senja");
    studio.watch("senja").await;
    senja.listened_to_by(1).await;
    mira.gift("ana", None, ROSE, 7, 3, true).await;
    senja.gift("ana", None, ROSE, 7, 5, true).await;
    let first = studio.until_session("mira", "three roses", |session| session.totals.gift_units == 3).await;
    let second = studio.until_session("senja", "five roses", |session| session.totals.gift_units == 5).await;
    assert_ne!(first.id, second.id);
    mira.drop_connections();
    studio.until("mira", "away", |watch| watch.state.as_str() == "reconnecting").await;
    senja.comment("ben", "halo").await;
    let second = studio.until_session("senja", "a comment", |session| session.totals.comments == 1).await;
    assert!(second.gaps.is_empty(), "{:?}", second.gaps);
    studio.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn thirty_creators_are_looked_up_a_few_at_a_time() {
    let studio = Studio::open().await;
    studio.simulator.set_fault(Fault::SlowAnswers(Duration::from_millis(60)));
    let names: Vec<String> = (0..30).map(|number| format!("kreator{number}")).collect();
    for name in &names {
        studio.simulator.scripted(name).put_on_air(OnAir::Offline);
    }
    for name in &names {
        studio.watch(name).await;
    }
    for name in &names {
        studio
            .until(name, "checked", |watch| {
                matches!(watch.state, WatchState::Waiting { checked_at: Some(_) })
            })
            .await;
    }
    assert_eq!(studio.simulator.most_requests_at_once(), 4);
    studio.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_is_watched_no_more_is_not_listened_to_and_their_session_ends() {
    let studio = Studio::open().await;
    for number in 0..6 {
        let name = format!("mira{number}");
        let room = studio.simulator.scripted(&name);
        studio.watch(&name).await;
        room.listened_to_by(1).await;
        room.comment("ana", "halo").await;
        let session = studio.until_session(&name, "a comment", |session| session.totals.comments == 1).await;
        studio.app().recorder.unwatch(&handle(&name)).await.expect("watched");
        room.listened_to_by(0).await;
        let stored = studio.until_stored(session.id, |stored| stored.ended_at.is_some()).await;
        assert_eq!(stored.totals.comments, 1);
        assert!(studio.app().recorder.snapshot(&handle(&name)).is_none());
    }
    studio.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_left_open_ends_when_its_creator_is_watched_no_more_before_being_looked_up() {
    let mut studio = Studio::open().await;
    let names: Vec<String> = (0..6).map(|number| format!("mira{number}")).collect();
    let mut sessions = Vec::new();
    for name in &names {
        let room = studio.simulator.scripted(name);
        studio.watch(name).await;
        room.listened_to_by(1).await;
        room.comment("ana", "halo").await;
        sessions.push(studio.until_session(name, "a comment", |session| session.totals.comments == 1).await);
    }
    studio.stop_app().await;
    studio.start_app().await;
    for name in &names {
        studio.app().recorder.unwatch(&handle(name)).await.expect("watched");
    }
    for session in &sessions {
        studio.until_stored(session.id, |stored| stored.ended_at.is_some()).await;
    }
    studio.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_creators_new_display_name_is_taken_over() {
    let (studio, room) = Studio::live("mira").await;
    room.rename("Mira Baru ✨");
    room.drop_connections();
    studio.until("mira", "renamed", |watch| watch.nickname == "Mira Baru ✨").await;
    room.listened_to_by(1).await;
    let stored = studio.app().store.creators().await.expect("readable");
    assert_eq!(stored[0].nickname, "Mira Baru ✨");
    studio.close().await;
}
