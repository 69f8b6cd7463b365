//! Marking moments, reading them off the chart, and asking what changed between two of them.

use super::{TOO_WIDE, address, opened};
use crate::api::{START, recorded};
use crate::studio::Studio;
use pasut::domain::answer::{
    Answer, Basis, Cause, DriverAnswer, Level, Occasion, Shortage, Verdict, WindowAnswer,
};
use pasut::domain::driver::Driver;
use pasut::domain::ids::{GiftId, SessionId};
use serde_json::json;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn m_marks_the_moment_and_the_chart_flags_it() {
    let (studio, room, browser) = opened("/live").await;
    browser.run("window.same = true").await;
    browser.until("document.querySelector('#chart .uplot')").await;
    browser.press("m").await;
    browser.until("document.activeElement.value === 'asked_for_likes'").await;
    // The second kind of the menu.
    browser.press("\u{e004}").await;
    browser.press("\u{e007}").await;
    browser.until_text("#moments", "New game").await;
    browser.until("!document.getElementById('mark').open").await;
    // The flag stands on the chart as soon as the chart has come as far.
    room.viewers(104, 1_000).await;
    browser.until_text("#chart .flags .note", "New game").await;
    let session = studio.session("mira");
    assert_eq!(session.markers.len(), 1, "{:?}", session.markers);
    assert_eq!(session.markers[0].kind.as_str(), "new_game");

    browser.click("#moments .menu summary").await;
    assert!(browser.text("#moments form p").await.starts_with("Remove this marker?"));
    browser.click("#moments form button").await;
    browser.until("!document.querySelector('#moments [data-kind=marker]')").await;
    browser.until("!document.querySelector('#chart .flags .note')").await;
    assert_eq!(browser.see("window.same").await, true, "the page was not loaded anew");
    assert!(studio.session("mira").markers.is_empty());
    studio.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn single_keys_can_be_switched_off() {
    let (studio, _room, browser) = opened("/help").await;
    browser.click("#keys-switch").await;
    browser.until("document.getElementById('keys-switch').getAttribute('aria-pressed') === 'false'").await;
    browser.go(&format!("{}/live", address(&studio))).await;
    browser.press("m").await;
    browser.press("p").await;
    assert_eq!(browser.see("document.getElementById('mark').open").await, false);
    assert_eq!(browser.see("document.getElementById('pause').getAttribute('aria-pressed')").await, "false");
    studio.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn flags_on_the_chart_are_links_to_their_moments() {
    let (studio, _room, browser) = opened("/live").await;
    let id = explained(&studio).await;
    browser.go(&format!("{}/sessions/{id}", address(&studio))).await;
    browser.until("document.querySelectorAll('#chart .flags .pip').length === 2").await;
    let flags = "[...document.querySelectorAll('#chart .flags .pip')]";
    let links = browser.see(&format!("{flags}.map((flag) => flag.getAttribute('href'))")).await;
    let link = |t: &str| format!("/sessions/{id}?t={t}#chart");
    assert_eq!(links, json!([link("0m30s"), link("2m10s")]));
    let names = browser.see(&format!("{flags}.map((flag) => flag.getAttribute('aria-label'))")).await;
    assert!(
        names[0]
            .as_str()
            .is_some_and(|name| name.contains("most likely gifts: Doughnut\u{a0}×2, 20 s before")),
        "{names}"
    );
    let apart = format!("{flags}.map((flag) => flag.getBoundingClientRect().x)");
    let apart = browser.see(&apart).await;
    assert!(apart[0].as_f64() < apart[1].as_f64(), "in the order of time: {apart}");
    browser.run("document.querySelector('#chart .flags .pip').focus()").await;
    browser.press("\u{e007}").await;
    browser.until("location.search === '?t=0m30s'").await;
    browser.until("document.getElementById('chart').hasAttribute('data-scrub')").await;
    assert_eq!(browser.see("document.querySelectorAll('#moments [data-kind=glitch]').length").await, 1);
    for width in [360, 320] {
        browser.resize(width, 740).await;
        browser.until(&format!("({TOO_WIDE}).length === 0")).await;
    }
    studio.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_typed_times_show_what_changed_between_them() {
    let (studio, _room, browser) = opened("/live").await;
    let id = explained(&studio).await;
    let page = format!("{}/sessions/{id}", address(&studio));
    browser.go(&page).await;
    browser.until("document.querySelector('#chart .uplot')").await;
    let local =
        "(s) => new Date((s + JSON.parse(document.getElementById('chart').dataset.chart).offset) * 1000)
        .toISOString().slice(11, 19)";
    let start_s = START.0 / 1000;
    browser
        .run(&format!(
            "const time = {local}, form = document.querySelector('form.window');
             form.elements.from.value = time({start_s});
             form.elements.to.value = time({start_s} + 150);
             form.elements.to.focus();"
        ))
        .await;
    browser.press("\u{e007}").await;
    browser.until("document.querySelectorAll('#changed ol li').length === 5").await;
    assert!(browser.text("#changed").await.contains("no effect found"));
    let asked = browser.see("location.search").await;
    // The same address shows the same to whoever gets it, with or without script.
    browser.devtools("Emulation.setScriptExecutionDisabled", json!({ "value": true })).await;
    browser.go(&format!("{page}{}", asked.as_str().expect("an address"))).await;
    let shown = browser.client.find(fantoccini::Locator::Css("#changed")).await.expect("the answer");
    let shown = shown.text().await.expect("its text");
    assert!(shown.contains("no effect found") && shown.contains("WIB"), "{shown}");
    studio.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_window_can_be_dragged_over_the_chart() {
    let (studio, _room, browser) = opened("/live").await;
    let id = explained(&studio).await;
    browser.go(&format!("{}/sessions/{id}", address(&studio))).await;
    browser.until("document.querySelector('#chart .u-over')").await;
    browser.run("document.querySelector('#chart .u-over').scrollIntoView({ block: 'center' })").await;
    let spot = browser
        .see("((r) => [r.x, r.y + r.height / 2, r.width])(document.querySelector('#chart .u-over').getBoundingClientRect())")
        .await;
    let at = |part: f64| {
        let number = |i: usize| spot[i].as_f64().expect("a number");
        (number(0) + number(2) * part, number(1))
    };
    for (kind, part) in [
        ("mouseMoved", 0.2),
        ("mousePressed", 0.2),
        ("mouseMoved", 0.5),
        ("mouseMoved", 0.7),
        ("mouseReleased", 0.7),
    ] {
        let (x, y) = at(part);
        let event = json!({ "type": kind, "x": x, "y": y, "button": "left", "buttons": 1, "clickCount": 1 });
        browser.devtools("Input.dispatchMouseEvent", event).await;
    }
    browser.until("document.querySelectorAll('#changed ol li').length === 5").await;
    let times = browser
        .see("((form) => [form.elements.from.value, form.elements.to.value])(document.querySelector('form.window'))")
        .await;
    assert!(times[0].as_str() < times[1].as_str(), "{times}");
    studio.close().await;
}

/// A finished session of four minutes with two moments and a count that jumped.
async fn explained(studio: &Studio) -> SessionId {
    let store = &studio.app().store;
    let id = recorded(store).await;
    let none = |driver| DriverAnswer {
        driver,
        verdict: Verdict::NoEvidence,
        level: Level::Unclear,
        shortage: Some(Shortage::Minutes { have: 4, need: 15 }),
        p_value: None,
        q_value: None,
        per_unit: None,
        per_burst: None,
        lag_s: None,
        bursts: 0,
        hits: 0,
        hits_by_chance: 0.0,
        moments: Vec::new(),
        evidence: None,
    };
    let window = |from_s: i64, change, cause| WindowAnswer {
        from: START + from_s * 1000,
        to: START + (from_s + 20) * 1000,
        viewers: 80,
        change,
        cause,
        confidence: 0.7,
        occasion: None,
    };
    let doughnuts = Occasion { at: START + 10_000, units: 2, gift: Some(GiftId(9)) };
    let answer = Answer {
        at: START + 240_000,
        basis: Basis::default(),
        drivers: Driver::ALL.map(none),
        windows: vec![
            WindowAnswer { occasion: Some(doughnuts), ..window(30, 10, Cause::Driver(Driver::Gifts)) },
            window(100, -40, Cause::Glitch),
            window(130, -20, Cause::None),
        ],
        slopes: Vec::new(),
    };
    store.keep_answer(id, &answer).await.expect("kept");
    id
}
