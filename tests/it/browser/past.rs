//! The list of sessions and two of them beside each other, by keyboard and without script.

use super::address;
use super::driver::Browser;
use crate::studio::{Studio, handle};
use pasut::domain::ids::{RoomId, SessionId};
use pasut::domain::record::Batch;
use pasut::domain::session::{Origin, SessionStart};
use pasut::domain::totals::{Bin, BinViewers, IntervalRow, SessionTotals, ViewerTotals};
use serde_json::json;

const DAY_MS: i64 = 86_400_000;

/// A studio with six past evenings of mira, each with more viewers than the one after it; newest first.
async fn evenings() -> (Studio, Vec<SessionId>) {
    let studio = Studio::open().await;
    studio.watch("mira").await;
    let store = &studio.app().store;
    let mut ids = Vec::new();
    for days_ago in 1..=6 {
        let from = (studio.clock.wall() - days_ago * DAY_MS).floor_to(300_000);
        let start = SessionStart {
            creator: handle("mira"),
            room: RoomId(days_ago),
            host: None,
            title: String::new(),
            live_since: None,
            recorded_from: from,
            continues: None,
            origin: Origin::Live,
        };
        let id = store.begin_session(&start).await.expect("begun");
        let n = days_ago * 100;
        let viewers =
            |known_ms: i64| BinViewers { last: Some(n), min: n, max: n, viewer_ms: n * known_ms, known_ms };
        let bin = |i: i64| Bin { from: from + i * 10_000, viewers: viewers(10_000), ..Bin::default() };
        let row = |i: i64| IntervalRow {
            from: from + i * 300_000,
            length_ms: 300_000,
            viewers: viewers(300_000),
            viewer_change: None,
            counts: pasut::domain::totals::Counts::default(),
            activity_score: None,
            top_gifter: None,
        };
        let known = viewers(3_600_000);
        let totals = SessionTotals {
            follows: days_ago,
            viewers: ViewerTotals {
                peak: Some(n),
                peak_at: Some(from),
                viewer_ms: known.viewer_ms,
                known_ms: known.known_ms,
                ..ViewerTotals::default()
            },
            ..SessionTotals::default()
        };
        let (bins, rows) = ((0..360).map(bin).collect(), (0..12).map(row).collect());
        store.append(Batch { session: id, totals, bins, rows, ..Batch::default() }).await.expect("written");
        store.finish_session(id, from + 3_600_000).await.expect("finished");
        store.set_session_notes(id, &format!("Malam ke-{days_ago}")).await.expect("noted");
        ids.push(id);
    }
    (studio, ids)
}

const ROWS: &str = "[...document.querySelectorAll('tr[id^=s-]')].map((row) => row.id)";

fn rows<'a>(ids: impl IntoIterator<Item = &'a SessionId>) -> serde_json::Value {
    json!(ids.into_iter().map(|id| format!("s-{id}")).collect::<Vec<_>>())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_column_sorts_where_the_reader_is_and_back_restores_the_order() {
    let (studio, ids) = evenings().await;
    let browser = Browser::open().await;
    browser.go(&format!("{}/sessions", address(&studio))).await;
    assert_eq!(browser.see(ROWS).await, rows(&ids));
    browser.run("window.same = true; window.scrollTo(0, 160); document.getElementById('sort-average').focus({ preventScroll: true });").await;
    let place =
        browser.see("[window.scrollY, document.getElementById('ses-h').getBoundingClientRect().y]").await;
    browser.press("\u{e007}").await;
    browser.until("location.search === '?sort=-average'").await;
    browser.until("document.querySelector('[aria-sort=descending] #sort-average')").await;
    assert_eq!(browser.see(ROWS).await, rows(ids.iter().rev()));
    assert_eq!(browser.see("window.same").await, true, "the page was not loaded anew");
    assert_eq!(browser.see("document.activeElement.id").await, "sort-average");
    let now =
        browser.see("[window.scrollY, document.getElementById('ses-h').getBoundingClientRect().y]").await;
    assert_eq!(now, place, "nothing jumped");
    browser.client.back().await.expect("goes back");
    browser
        .until("location.search === '' && document.querySelector('[aria-sort=descending] #sort-start')")
        .await;
    assert_eq!(browser.see(ROWS).await, rows(&ids));
    assert_eq!(browser.complaints().await, [""; 0]);
    studio.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_press_before_its_script_is_there_waits_for_it() {
    let (studio, ids) = evenings().await;
    let browser = Browser::open().await;
    browser.go(&format!("{}/sessions", address(&studio))).await;
    assert_eq!(browser.see("typeof htmx").await, "undefined", "a look at the page does not need it");
    browser.run("window.same = true; document.getElementById('sort-average').click()").await;
    browser.until("document.querySelector('[aria-sort=descending] #sort-average')").await;
    assert_eq!(browser.see(ROWS).await, rows(ids.iter().rev()));
    assert_eq!(browser.see("[window.same, location.search]").await, json!([true, "?sort=-average"]));
    assert_eq!(browser.complaints().await, [""; 0]);
    studio.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_typed_filters_while_it_is_typed_and_adds_nothing_to_the_history() {
    let (studio, ids) = evenings().await;
    let browser = Browser::open().await;
    browser.go(&format!("{}/sessions", address(&studio))).await;
    let before = browser.see("history.length").await;
    browser.run("document.getElementById('q').focus()").await;
    browser.press("ke-3").await;
    browser.until("location.search === '?q=ke-3'").await;
    browser.until("document.querySelectorAll('tr[id^=s-]').length === 1").await;
    assert_eq!(browser.see(ROWS).await, rows([&ids[2]]));
    assert_eq!(
        browser.see("[document.activeElement.id, document.activeElement.value]").await,
        json!(["q", "ke-3"])
    );
    assert_eq!(browser.see("history.length").await, before);
    browser.click("#filters [name=gifts]").await;
    browser.until("location.search === '?q=ke-3&gifts=1'").await;
    browser.until_text("#past", "Nothing matches these filters.").await;
    assert_ne!(browser.see("history.length").await, before, "choosing is a step to go back from");
    studio.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_sessions_are_picked_by_keyboard_compared_and_left_again() {
    let (studio, ids) = evenings().await;
    let browser = Browser::open().await;
    browser.go(&format!("{}/sessions", address(&studio))).await;
    for id in [ids[2], ids[0]] {
        browser.run(&format!("document.querySelector('#s-{id} input').focus()")).await;
        browser.press(" ").await;
    }
    browser.run("document.querySelector('form[action=\"/compare\"] button').focus()").await;
    browser.press("\u{e007}").await;
    let both = format!("?a={}&b={}", ids[0], ids[2]);
    browser.until(&format!("location.pathname === '/compare' && location.search === '{both}'")).await;
    browser.until_text(".versus", "Average viewers").await;
    assert!(browser.text(".versus").await.contains("A 100 B 300"), "{}", browser.text(".versus").await);
    browser.press("x").await;
    browser.until(&format!("location.pathname === '/sessions/{}'", ids[0])).await;
    browser.client.back().await.expect("goes back");
    browser.until(&format!("location.search === '{both}'")).await;
    browser.client.back().await.expect("goes back");
    browser.until("location.pathname === '/sessions'").await;
    assert_eq!(browser.see(ROWS).await, rows(&ids));
    studio.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_intervals_of_a_past_live_are_folded_on_the_screen_and_whole_on_paper() {
    let (studio, ids) = evenings().await;
    let browser = Browser::open().await;
    browser.go(&format!("{}/sessions/{}", address(&studio), ids[0])).await;
    let seen = "document.querySelector('details:has(#intervals) tbody tr').checkVisibility()";
    assert_eq!(browser.see(seen).await, false);
    for (media, expected) in [("print", true), ("", false)] {
        browser.devtools("Emulation.setEmulatedMedia", json!({ "media": media })).await;
        assert_eq!(browser.see(seen).await, expected, "media {media:?}");
    }
    browser.click("summary:has(#intervals)").await;
    browser.until(seen).await;
    studio.close().await;
}

/// What came first, in the longest words a list of sessions has for it, beside large numbers.
const LONGEST_VERDICTS: &str = "for (const row of document.querySelectorAll('.sessions tbody tr')) {
    row.querySelector('td.low:not(.num, .wide)').innerHTML =
        '<span class=level data-level=3>Cukup kuat · Follow baru</span>';
    row.querySelector('.dias').firstChild.data = '1.234.567 ';
    row.querySelector('td.num').textContent = '11j 59m';
}";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_pages_can_be_read_without_script_and_fit_the_narrowest_phone() {
    let (studio, ids) = evenings().await;
    let browser = Browser::open().await;
    browser.devtools("Emulation.setScriptExecutionDisabled", json!({ "value": true })).await;
    let both = format!("/compare?a={}&b={}&align=clock", ids[0], ids[1]);
    for (path, sentence) in [("/sessions", "6 sessions"), (both.as_str(), "by time of day in WIB")] {
        browser.go(&format!("{}{path}", address(&studio))).await;
        let text = browser.client.source().await.expect("a page");
        assert!(text.contains(sentence), "{path}: {text}");
    }
    browser.devtools("Emulation.setScriptExecutionDisabled", json!({ "value": false })).await;
    for path in ["/sessions", both.as_str()] {
        for lang in ["en", "id"] {
            browser.choose_language(&address(&studio), lang).await;
            browser.go(&format!("{}{path}", address(&studio))).await;
            browser.run(LONGEST_VERDICTS).await;
            for width in [320, 360, 768, 1024, 1440] {
                browser.resize(width, 800).await;
                browser.until(&format!("window.innerWidth === {width}")).await;
                let wide = browser.see("document.documentElement.scrollWidth").await;
                assert!(wide.as_u64() <= Some(u64::from(width)), "{path} in {lang} at {width}: {wide}");
            }
        }
    }
    assert_eq!(browser.complaints().await, [""; 0]);
    studio.close().await;
}
