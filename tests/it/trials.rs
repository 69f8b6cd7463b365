//! Trials from the form to the reminder on the live page, and to what they found.

use crate::served::{Answer, ask};
use crate::studio::{Studio, handle};
use pasut::analytics::trial::timetable;
use pasut::domain::driver::Driver;
use pasut::domain::ids::RoomId;
use pasut::domain::record::Batch;
use pasut::domain::session::{Origin, SessionStart};
use pasut::domain::time::Stamp;
use pasut::domain::totals::{BIN_MS, Bin, BinViewers, Counts};
use pasut::domain::trial::{Arm, Planned, Reminder, TrialPlan, TrialState};
use pasut::reports::trials::{remind, trials};
use pasut::store::{Opening, Store};

async fn get(studio: &Studio, path: &str) -> Answer {
    let address = studio.app().address;
    ask(address, &format!("GET {path} HTTP/1.0\r\nHost: {address}\r\n\r\n")).await
}

async fn post(studio: &Studio, path: &str, body: &str) -> Answer {
    let address = studio.app().address;
    let form = "Content-Type: application/x-www-form-urlencoded\r\nSec-Fetch-Site: same-origin\r\n";
    let length = body.len();
    let request =
        format!("POST {path} HTTP/1.0\r\nHost: {address}\r\n{form}Content-Length: {length}\r\n\r\n{body}");
    ask(address, &request).await
}

#[tokio::test]
async fn a_trial_started_on_the_page_reminds_the_live_page_and_keeps_what_was_seen() {
    let (studio, room) = Studio::live("mira").await;
    let live = get(&studio, "/live").await;
    assert!(live.body.contains("hx-get=\"/f/trial?creator=mira\""), "{}", live.body);
    let quiet = get(&studio, "/f/trial?creator=mira").await;
    assert!(quiet.body.contains("id=\"trial-now\"") && quiet.body.contains(" hidden>"), "{}", quiet.body);

    let mistaken =
        post(&studio, "/insights/trial/start", "creator=mira&prompt=likes&window=4&slots=12").await;
    assert_eq!(mistaken.status, 400, "four minutes cannot be chosen");
    let form = "creator=mira&prompt=likes&window=3&slots=12";
    let started = post(&studio, "/insights/trial/start", form).await;
    assert_eq!((started.status, started.header("location")), (303, Some("/insights?creator=mira#trial")));
    let store = &studio.app().store;
    let trial = store.running_trial(&handle("mira")).await.expect("readable").expect("started");
    post(&studio, "/insights/trial/start", "creator=mira&prompt=gifts&window=5&slots=24").await;
    let still = store.running_trial(&handle("mira")).await.expect("readable").expect("running");
    assert_eq!(still, trial, "what was fixed stays fixed");

    let waits = get(&studio, "/f/trial?creator=mira").await;
    assert!(waits.body.contains("Trial of asking for likes: the next slot begins at"), "{}", waits.body);
    assert_eq!(store.trial_slots(trial.id).await.expect("readable"), [], "waiting is no slot");

    let slots: Vec<_> = timetable(&trial.plan, 0, trial.started_at).take(2).collect();
    for slot in slots {
        studio.clock.shift_wall(slot.at.ms_since(studio.clock.wall()) + 1000);
        let said = match slot.arm {
            Arm::Prompt => "Now: ask for likes.",
            Arm::Control => "Carry on as usual; do not ask for anything.",
        };
        let place = format!("{said}</b> Slot {} of 12.", slot.number + 1);
        // A clock that is set makes Pasut look whether the room is still there.
        while !get(&studio, "/f/trial?creator=mira").await.body.contains(&place) {
            room.listened_to_by(1).await;
            room.viewers(104, 1_000).await;
        }
    }
    let seen = store.trial_slots(trial.id).await.expect("readable");
    assert_eq!(seen.iter().map(|slot| slot.number).collect::<Vec<_>>(), [0, 1]);
    let page = get(&studio, "/insights?creator=mira").await;
    assert!(page.body.contains("2 of 12 slots so far"), "{}", page.body);
    assert!(!page.body.contains(&trial.plan.seed.to_string()), "the seed would tell which slots ask");

    post(&studio, "/insights/trial/stop", "creator=mira").await;
    let kept = store.trials(&handle("mira")).await.expect("readable");
    assert!(matches!(kept[0].state, TrialState::Abandoned { .. }), "{kept:?}");
    let page = get(&studio, "/insights?creator=mira").await;
    assert!(
        page.body.contains("Stopped after 2 of 12 slots. A stopped trial has no result."),
        "{}",
        page.body
    );
    studio.close().await;
}

/// Viewers and likes of a room that follows every prompt: 40 viewers and 30 likes more while it runs.
fn bins(from: Stamp, slots: &[Planned], window_ms: i64) -> Vec<Bin> {
    let end = slots.last().expect("twelve").at + window_ms;
    let bin = |step: i64| {
        let at = from.floor_to(BIN_MS) + step * BIN_MS;
        let asked =
            slots.iter().any(|slot| slot.arm == Arm::Prompt && at >= slot.at && at < slot.at + window_ms);
        let viewers = 200 + step % 7 + if asked { 40 } else { 0 };
        let (viewer_ms, known_ms) = (viewers * BIN_MS, BIN_MS);
        let viewers = BinViewers { last: Some(viewers), min: viewers, max: viewers, viewer_ms, known_ms };
        let counts = Counts { likes: if asked { 40 } else { 10 }, ..Counts::default() };
        Bin { from: at, viewers, counts, likes_in_gap: 0 }
    };
    (0..end.ms_since(from) / BIN_MS + 1).map(bin).collect()
}

#[tokio::test]
async fn a_trial_ends_with_its_last_slot_and_says_only_then_what_it_found() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let store = Store::open(&folder.path().join("pasut.db"), Opening::Owner).expect("a database");
    let (mira, began) = (handle("mira"), Stamp(1_790_000_000_000));
    let start = SessionStart {
        creator: mira.clone(),
        room: RoomId(1),
        host: None,
        title: String::new(),
        live_since: None,
        recorded_from: began,
        continues: None,
        origin: Origin::Live,
    };
    let session = store.begin_session(&start).await.expect("begun");
    let plan =
        TrialPlan { creator: mira.clone(), prompt: Driver::Likes, window_ms: 180_000, pairs: 6, seed: -42 };
    store.start_trial(&plan, began).await.expect("written").expect("the first");
    let slots: Vec<_> = timetable(&plan, 0, began).collect();
    let bins = bins(began, &slots, plan.window_ms);
    store.append(Batch { session, bins, ..Batch::default() }).await.expect("stored");

    let at = |now| remind(&store, &mira, Some((session, began)), now);
    for slot in &slots {
        let reminded = at(slot.at + 5_000).await.expect("answered").expect("it runs");
        assert_eq!(reminded.reminder, Some(Reminder::Now(*slot)));
        let so_far = trials(&store, &mira, slot.at + 6_000).await.expect("answered");
        assert_eq!((so_far[0].trial.state, &so_far[0].outcome), (TrialState::Running, &None));
    }
    let away = remind(&store, &mira, None, slots[3].at).await.expect("answered").expect("it runs");
    assert_eq!(away.reminder, None, "who is not live is asked for nothing");

    let end = slots[11].at + plan.window_ms;
    assert_eq!(at(end).await.expect("answered").expect("until now").reminder, Some(Reminder::Over));
    assert_eq!(at(end + 1).await.expect("answered"), None, "it runs no more");
    let found = trials(&store, &mira, end + 1).await.expect("answered").remove(0);
    assert_eq!(found.trial.state, TrialState::Finished { at: end });
    let outcome = found.outcome.expect("all pairs are complete");
    assert_eq!((outcome.pairs.len(), outcome.left_out), (6, 0));
    assert!((outcome.viewers.effect - 40.0).abs() < 3.0, "{:?}", outcome.viewers);
    assert!((outcome.viewers.p_two_sided - 2.0 / 64.0).abs() < 1e-9, "as little as six pairs can give");
    let [with, without] = [outcome.pairs[0].prompt.units, outcome.pairs[0].control.units];
    assert_eq!((with, without), (18 * 40, 18 * 10));
}
