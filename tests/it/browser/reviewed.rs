//! A session looked at afterwards: its tabs, a price that was missing, notes, and moments marked late.

use super::{TOO_WIDE, address, opened};
use pasut::simulator::{GiftKind, ROSE};
use serde_json::json;
use std::time::Duration;

/// In no list, and its events never say a price.
const NEW_GIFT: GiftKind = GiftKind { id: 990_001, name: "Gift baru", diamonds: 0, streakable: true };

const ENTER: &str = "\u{e007}";
const TAB: &str = "\u{e004}";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tabs_are_reached_by_keyboard_and_each_has_its_address() {
    let (studio, room, browser) = opened("/live").await;
    room.gift("ana", None, ROSE, 7, 4, true).await;
    let session = studio.until_session("mira", "the gift", |session| session.totals.gift_units == 4).await;
    studio.until_stored(session.id, |stored| stored.totals.gift_units == 4).await;
    let page = format!("{}/sessions/{}", address(&studio), session.id);
    browser.go(&page).await;
    let current = "document.querySelector('.tabs [aria-current]').textContent.trim()";
    assert!(browser.see(current).await.as_str().is_some_and(|tab| tab.starts_with("Timeline")));
    for (tab, heading) in [
        ("gifts", "#gifts"),
        ("people", "#gifters"),
        ("battles", "#battles"),
        ("quality", "#quality"),
        ("notes", "#notes-h"),
    ] {
        browser.run("document.querySelector('.tabs [aria-current]').focus()").await;
        browser.press(TAB).await;
        browser.press(ENTER).await;
        browser.until(&format!("location.search === '?tab={tab}'")).await;
        browser.until(&format!("document.querySelector('{heading}')")).await;
        for width in [1440, 320] {
            browser.resize(width, 800).await;
            browser.until(&format!("({TOO_WIDE}).length === 0")).await;
        }
    }
    browser.run("history.back()").await;
    browser.until("location.search === '?tab=quality'").await;
    browser.resize(360, 740).await;
    let lines = "new Set([...document.querySelectorAll('.tabs a')].map((tab) => tab.offsetTop)).size";
    assert_eq!(browser.see(lines).await, 1, "on a phone they share a line");
    browser.go(&format!("{page}?tab=nonsense")).await;
    assert!(browser.see(current).await.as_str().is_some_and(|tab| tab.starts_with("Timeline")));
    browser.until("document.querySelector('#chart .uplot')").await;
    // What a number means is said by a button, and Escape closes it.
    browser.run("document.querySelector('[popovertarget=about-metric-average]').focus()").await;
    browser.press(ENTER).await;
    browser.until("document.getElementById('about-metric-average').matches(':popover-open')").await;
    browser.press("\u{e00c}").await;
    browser.until("!document.getElementById('about-metric-average').matches(':popover-open')").await;
    studio.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gift_is_priced_and_every_total_follows() {
    let (studio, room, browser) = opened("/live").await;
    room.gift("ana", None, NEW_GIFT, 7, 3, true).await;
    let session = studio.until_session("mira", "the gift", |session| session.totals.gift_units == 3).await;
    studio.until_stored(session.id, |stored| stored.totals.gift_units == 3).await;
    let page = format!("{}/sessions/{}", address(&studio), session.id);
    browser.go(&format!("{page}?tab=quality")).await;
    assert!(browser.text("main").await.contains("1 gift has no price and counts as 0."));
    browser.click("a[href$='#prices']").await;
    browser.until("document.getElementById('p-990001')").await;
    browser.run("document.getElementById('p-990001').focus()").await;
    browser.press("25").await;
    browser.press(ENTER).await;
    studio.until_stored(session.id, |stored| stored.totals.diamonds == 75).await;
    browser.go(&format!("{page}?tab=gifts")).await;
    let row = browser.text("table.rows tbody tr").await;
    assert!(row.contains("Gift baru") && row.contains("≈ 75") && row.contains("learned"), "{row}");
    browser.go(&format!("{page}?tab=people")).await;
    assert!(browser.text("#leaderboard").await.contains("≈ 75"));
    browser.go(&format!("{}/live", address(&studio))).await;
    browser.until_text("#leaderboard", "≈ 75").await;
    studio.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn notes_are_saved_and_the_last_change_is_taken_back() {
    let (studio, _room, browser) = opened("/live").await;
    let id = studio.session("mira").id;
    browser.go(&format!("{}/sessions/{id}?tab=notes", address(&studio))).await;
    for text in ["new game", " <b>and PK"] {
        browser.run("document.getElementById('notes').focus()").await;
        browser.run("document.getElementById('notes').setSelectionRange(99, 99)").await;
        browser.press(text).await;
        browser.run("document.getElementById('notes').form.dataset.old = 'yes'").await;
        browser.click("form[action$='/notes'] button").await;
        browser.until("!document.getElementById('notes').form.dataset.old").await;
    }
    assert_eq!(browser.see("document.getElementById('notes').value").await, "new game <b>and PK");
    assert!(browser.text("q.before").await.contains("new game"));
    browser.click("form[action$='/notes/undo'] button").await;
    browser.until("document.getElementById('notes').value === 'new game'").await;
    browser.run("document.getElementById('tags').focus()").await;
    browser.press("PK, late").await;
    browser.press(ENTER).await;
    browser.until("document.querySelectorAll('.tag').length === 2").await;
    let tags = "[...document.querySelectorAll('.tag')].map((tag) => tag.textContent)";
    assert_eq!(browser.see(tags).await, json!(["late", "pk"]));
    studio.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_past_moment_is_marked_from_the_chart_and_removed() {
    let (studio, room, browser) = opened("/live").await;
    room.viewers(120, 1_000).await;
    let session =
        studio.until_session("mira", "viewers", |session| session.totals.viewers.last == Some(120)).await;
    studio.until_stored(session.id, |stored| stored.totals.viewers.last == Some(120)).await;
    // The chart of a session under review does not grow, so it is opened again until it has a point.
    let charted = async {
        loop {
            browser.go(&format!("{}/sessions/{}", address(&studio), session.id)).await;
            browser.until("document.querySelector('#chart .uplot')").await;
            if browser.see("document.querySelector('[data-chart]').lanes.data.t.length > 0").await == true {
                return;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(40), charted).await.expect("charted in time");
    browser.run("document.querySelector('#chart .plots').focus()").await;
    // The first point of the chart, chosen by keyboard as a click would.
    browser.press("\u{e011}").await;
    browser.press(ENTER).await;
    browser.until("/^[0-9]{2}:[0-9]{2}:[0-9]{2}$/.test(document.getElementById('mark-at').value)").await;
    browser
        .run(
            "document.getElementById('mark-at').value = document.getElementById('mark-at').value.slice(0, 5)",
        )
        .await;
    browser.run("document.getElementById('mark-kind').value = 'giveaway'").await;
    browser.run("document.getElementById('mark-note').focus()").await;
    browser.press("kuis").await;
    browser.press(ENTER).await;
    browser.until_text("#moments", "Giveaway").await;
    browser.until_text("#moments", "kuis").await;
    let markers = studio.app().store.markers(session.id).await.expect("readable");
    assert_eq!(markers.len(), 1);
    assert!(markers[0].at >= session.start.recorded_from, "it lies in the session");
    browser.click("#moments .menu summary").await;
    browser.click("#moments form button").await;
    browser.until("!document.querySelector('#moments [data-kind=marker]')").await;
    studio.close().await;
}
