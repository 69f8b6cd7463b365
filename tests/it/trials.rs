//! Trials from the form to the reminder on the live page.

use crate::served::{Answer, ask};
use crate::studio::{Studio, handle};
use pasut::analytics::trial::timetable;
use pasut::domain::trial::{Arm, TrialState};

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
    let (studio, _room) = Studio::live("mira").await;
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
        let now = get(&studio, "/f/trial?creator=mira").await;
        let said = match slot.arm {
            Arm::Prompt => "Now: ask for likes.",
            Arm::Control => "Carry on as usual; do not ask for anything.",
        };
        let place = format!("{said}</b> Slot {} of 12.", slot.number + 1);
        assert!(now.body.contains(&place), "{place}: {}", now.body);
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
