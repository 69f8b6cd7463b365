//! Pages as a person sees them: a real browser in front of the whole app.

mod alerts;
mod axe;
mod boards;
mod chart;
mod driver;
mod exports;
mod guests;
mod known;
mod moments;
mod overlays;
mod past;
mod presets;
mod reach;
mod reviewed;
mod sharing;
mod trials;

use crate::studio::{Setup, Studio};
use driver::Browser;
use pasut::connector::config::Patience;
use pasut::domain::session::GapCause;
use pasut::recorder::snapshot::LiveSession;
use pasut::simulator::{Fault, ROSE, Refusal, RoomHandle};
use serde_json::{Value, json};
use std::time::Duration;

/// A creator who is live, and a browser that shows what `path` is.
async fn opened(path: &str) -> (Studio, RoomHandle, Browser) {
    let (studio, room) = Studio::live("mira").await;
    let browser = Browser::open().await;
    browser.go(&format!("{}{path}", address(&studio))).await;
    (studio, room, browser)
}

fn address(studio: &Studio) -> String {
    format!("http://{}", studio.app().address)
}

/// Every page, with a creator who is live as session `session`.
fn pages(session: &str) -> Vec<String> {
    let pages = [
        "/live",
        "/creators",
        "/sessions",
        "/compare",
        "/insights",
        "/insights?scope=30d",
        "/leaderboards",
        "/leaderboards?scope=session",
        "/leaderboards?scope=30d",
        "/exports",
        "/import",
        "/login",
        "/people",
        "/performance",
        "/performance?span=week",
        "/settings/connection",
        "/settings/backup",
        "/settings/session",
        "/settings/gifts",
        "/settings/money",
        "/settings/alerts",
        "/settings/webhooks",
        "/settings/data/person",
        "/settings/display",
        "/settings/data",
        "/settings/tokens",
        "/help",
        "/more",
        "/overlay",
        "/welcome",
        "/welcome?step=1",
        "/welcome?step=2",
    ];
    let tabs = ["timeline", "gifts", "people", "battles", "quality", "notes"];
    let of_session = tabs.map(|tab| format!("/sessions/{session}?tab={tab}"));
    pages.map(str::to_owned).into_iter().chain(of_session).collect()
}

/// Lets every part of the page ask for news at once rather than when its time has come.
const CATCH_UP: &str = "document.dispatchEvent(new Event('visibilitychange'));";

/// Makes the page believe that nobody sees it, or that somebody does.
fn seen(visible: bool) -> String {
    let state = if visible { "visible" } else { "hidden" };
    format!(
        "Object.defineProperty(document, 'hidden', {{ value: {}, configurable: true }});
         Object.defineProperty(document, 'visibilityState', {{ value: '{state}', configurable: true }});
         {CATCH_UP}",
        !visible
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gift_appears_on_the_open_page_and_its_streak_is_one_row_that_settles() {
    let (studio, room, browser) = opened("/live").await;
    browser.run("window.same = true").await;
    room.gift("ana", None, ROSE, 7, 3, false).await;
    browser.until_text("#feed-rows li.open[data-s=gifts]", "ana sent Rose × 3").await;
    room.gift("ana", None, ROSE, 7, 12, false).await;
    browser.until_text("#feed-rows li.open[data-s=gifts]", "ana sent Rose × 12").await;
    room.gift("ana", None, ROSE, 7, 15, true).await;
    browser.until_text("#feed-rows li[data-s=gifts]:not(.open)", "ana sent Rose × 15").await;
    assert_eq!(browser.see("document.querySelectorAll('#feed-rows li[data-s=gifts]').length").await, 1);
    browser.until_text("#leaderboard tbody tr", "ana 15").await;
    browser.until_text("#tile-gifts .value", "15 ").await;
    assert_eq!(browser.see("window.same").await, true, "the page was not loaded anew");
    studio.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn live_and_the_leaderboard_are_shown_once_all_of_them_is_there() {
    let (studio, room, browser) = opened("/live").await;
    for n in 0..40 {
        room.gift(&format!("fan{n}"), None, ROSE, 1, 100 + n, true).await;
        room.comment("ben", &format!("halo {n}")).await;
    }
    browser.until_text("#feed-rows", "halo 39").await;
    let first_frame =
        "requestAnimationFrame(() => { window.whole = document.getElementById('foot') !== null; })";
    browser.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": first_frame })).await;
    browser.devtools("Emulation.setCPUThrottlingRate", json!({ "rate": 8 })).await;
    for path in ["/live", "/leaderboards", "/live", "/leaderboards", "/live", "/leaderboards"] {
        browser.go(&format!("{}{path}", address(&studio))).await;
        browser.until("window.whole !== undefined").await;
        assert_eq!(browser.see("window.whole").await, true, "{path}");
    }
    studio.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn news_leave_the_reader_where_the_reader_is() {
    let (studio, room, browser) = opened("/live").await;
    room.comment("ben", "halo").await;
    browser.until_text("#feed-rows", "halo").await;
    browser.click("[data-only=gifts].chip").await;
    browser.click("#table > summary").await;
    browser.run("document.getElementById('tile-likes').focus(); window.scrollTo(0, 240);").await;
    browser.until("window.scrollY === 240").await;

    room.viewers(150, 1_100).await;
    room.gift("ana", None, ROSE, 7, 4, true).await;
    room.comment("ben", "lagi").await;
    browser.until("document.getElementById('feed-rows').textContent.includes('lagi')").await;
    browser.until_text("#leaderboard", "ana").await;
    browser.until_text(".tile[data-s=viewers] .value", "150").await;
    assert_eq!(browser.see("document.activeElement.id").await, "tile-likes");
    assert_eq!(browser.see("window.scrollY").await, 240);
    assert_eq!(browser.see("document.getElementById('table').open").await, true);
    assert_eq!(browser.see("location.search").await, "?feed=gifts");
    let shown = "[...document.querySelectorAll('#feed-rows li')].filter((row) => row.offsetParent)
        .map((row) => row.dataset.s)";
    assert_eq!(browser.see(shown).await, json!(["gifts"]));

    browser.go(&format!("{}/creators", address(&studio))).await;
    browser.run("document.querySelector('#c-mira details').open = true").await;
    room.viewers(170, 1_200).await;
    browser.until_text("#c-mira", "170").await;
    assert_eq!(browser.see("document.querySelector('#c-mira details').open").await, true);
    studio.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_piles_up_on_a_page_that_stays_open() {
    let (studio, room, browser) = opened("/live").await;
    let texts_beside_parts = "[document.querySelector('main'), document.getElementById('feed-poll').parentElement]
        .flatMap((around) => [...around.childNodes]).filter((node) => node.nodeType === Node.TEXT_NODE).length";
    let mut counts = Vec::new();
    for news in ["satu", "dua", "tiga", "empat"] {
        room.comments("ana", 120).await;
        room.comment("ben", news).await;
        room.viewers(counts.len() as i64 + 100, 1_000).await;
        browser.run(CATCH_UP).await;
        browser.until_text("#feed-rows", news).await;
        let viewers = format!("{}", counts.len() + 100);
        browser.until_text(".tile[data-s=viewers] .value", &viewers).await;
        counts.push(browser.see(texts_beside_parts).await.as_i64().expect("a number"));
    }
    assert_eq!(browser.see("document.getElementById('feed-rows').children.length").await, 60);
    assert!(counts[3] <= counts[1], "they grow: {counts:?}");
    studio.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_says_the_same_again_is_not_sent_again() {
    let (studio, _room, browser) = opened("/live").await;
    let answers = "performance.getEntriesByType('resource').filter((e) => e.name.includes('/f/leaderboard'))
        .map((e) => e.responseStatus)";
    for times in [1, 2] {
        browser.run(CATCH_UP).await;
        browser.until(&format!("{answers}.length >= {times}")).await;
    }
    assert_eq!(browser.see(&format!("{answers}.slice(0, 2)")).await, json!([200, 304]));
    studio.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_list_does_not_change_under_the_pointer_or_the_focus() {
    let (studio, room, browser) = opened("/live").await;
    let pointer = |x: i64, y: i64| json!({ "type": "mouseMoved", "x": x, "y": y });
    browser.run("document.getElementById('lb-h').scrollIntoView({ block: 'center' })").await;
    let middle = browser
        .see("(({ x, y }) => [x + 40, y + 40])(document.getElementById('lb-h').getBoundingClientRect())")
        .await;
    let at = |i: usize| middle[i].as_f64().expect("a number") as i64;
    browser.devtools("Input.dispatchMouseEvent", pointer(at(0), at(1))).await;
    browser.until("document.getElementById('lb-h').closest('[data-hold]').matches(':hover')").await;
    room.gift("ana", None, ROSE, 7, 4, true).await;
    studio.until_session("mira", "a gifter", |session| !session.top_gifters.is_empty()).await;
    browser.run(CATCH_UP).await;
    browser.until_text("#feed-rows", "ana sent Rose").await;
    assert!(!browser.text("#leaderboard").await.contains("ana"), "it changed under the pointer");
    browser.devtools("Input.dispatchMouseEvent", pointer(5, 5)).await;
    browser.until_text("#leaderboard", "ana").await;

    browser.go(&format!("{}/creators", address(&studio))).await;
    browser.until_text("#c-mira", "100").await;
    browser.run("document.querySelector('#c-mira a').focus()").await;
    room.viewers(170, 1_200).await;
    studio.until_session("mira", "170 viewers", |session| session.totals.viewers.last == Some(170)).await;
    let before = browser.see("performance.getEntriesByName(location.origin + '/f/creators').length").await;
    browser.run(CATCH_UP).await;
    assert!(browser.text("#c-mira").await.contains("100"), "it changed under the focus");
    let after = browser.see("performance.getEntriesByName(location.origin + '/f/creators').length").await;
    assert_eq!(before, after, "nothing was asked");
    browser.run("document.activeElement.blur()").await;
    browser.until_text("#c-mira", "170").await;
    studio.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_connection_is_said_and_stays_a_gap() {
    let (studio, room, browser) = opened("/live").await;
    browser.until_text("#pill", "LIVE").await;
    room.set_fault(Fault::Refuse(Refusal::NoUpgrade));
    room.drop_connections();
    browser.until("document.getElementById('pill').dataset.state === 'trying'").await;
    assert_eq!(browser.text("#pill").await, "Reconnecting");
    browser.until("'stale' in document.getElementById('verdict').dataset").await;
    assert_eq!(browser.text(".tile[data-s=viewers] .value").await, "100", "the last number stays");
    room.clear_faults();
    room.listened_to_by(1).await;
    room.viewers(120, 1_100).await;
    browser.until_text("#pill", "LIVE").await;
    browser.until_text("#feed-rows li[data-s=gap]", "No data for").await;
    browser.until_text(".tile[data-s=viewers] .value", "120").await;

    browser.client.refresh().await.expect("loads again");
    let chart = browser.see("JSON.parse(document.getElementById('chart').dataset.chart)").await;
    assert_eq!(chart["gaps"].as_array().map(Vec::len), Some(1), "{chart}");
    let viewers = chart["series"]["viewers"].as_array().expect("a series");
    assert!(viewers.iter().all(|n| n.as_i64() != Some(0)), "a gap is not a zero: {viewers:?}");
    browser.until_text("#chart .notes", "Hatched: no data for").await;
    studio.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_app_that_went_away_leaves_its_last_numbers_and_says_their_age() {
    let (mut studio, room, browser) = opened("/live").await;
    room.gift("ana", None, ROSE, 7, 4, true).await;
    browser.until_text("#leaderboard", "ana").await;
    studio.stop_app().await;
    browser.until("!document.getElementById('away').hidden").await;
    assert!(browser.text("#away").await.starts_with("The app is not answering. Numbers below are from "));
    assert_eq!(browser.see("'stale' in document.getElementById('main').dataset").await, true);
    assert_eq!(browser.text(".tile[data-s=viewers] .value").await, "100");
    assert!(browser.text("#leaderboard").await.contains("ana 4"));

    studio.start_app().await;
    browser.until("document.getElementById('away').hidden").await;
    assert_eq!(browser.see("'stale' in document.getElementById('main').dataset").await, false);
    room.listened_to_by(1).await;
    room.viewers(130, 1_300).await;
    browser.until_text(".tile[data-s=viewers] .value", "130").await;
    studio.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_can_be_read_without_javascript() {
    let (studio, room) = Studio::live("mira").await;
    room.gift("ana", None, ROSE, 7, 4, true).await;
    room.comment("ben", "halo semua").await;
    let session =
        studio.until_session("mira", "the gift and the comment", |session| session.feed.len() > 1).await;
    studio.until_stored(session.id, |stored| stored.totals.gift_units == 4).await;
    let browser = Browser::open().await;
    browser.devtools("Emulation.setScriptExecutionDisabled", json!({ "value": true })).await;
    let address = address(&studio);
    for (path, texts) in [
        ("/live", vec!["Viewers now", "100", "halo semua", "Rose", "ana", "the table below shows the same"]),
        ("/sessions", vec!["live now", "Recorded", "100%", "4 ◆"]),
        ("/creators", vec!["@mira", "LIVE", "100"]),
        (&format!("/sessions/{}", session.id), vec!["Recorded 100%", "peak 100", "Intervals"]),
        (&format!("/sessions/{}?tab=gifts", session.id), vec!["Rose", "4 ◆", "exact"]),
        (&format!("/sessions/{}?tab=people", session.id), vec!["ana", "Most active commenters", "ben"]),
    ] {
        browser.go(&format!("{address}{path}")).await;
        let shown = browser.client.find(fantoccini::Locator::Css("body")).await.expect("a body");
        let shown = shown.text().await.expect("its text");
        for text in texts {
            assert!(shown.contains(text), "no {text} on {path}:\n{shown}");
        }
    }
    studio.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_page_asks_another_origin_or_breaks_a_rule() {
    let (studio, room, browser) = opened("/live").await;
    room.gift("ana", None, ROSE, 7, 4, true).await;
    browser.until_text("#leaderboard", "ana").await;
    let (address, session) = (address(&studio), studio.session("mira").id.to_string());
    for path in pages(&session) {
        browser.go(&format!("{address}{path}")).await;
        let complaints = browser.complaints().await;
        assert!(complaints.is_empty(), "{path}: {complaints:?}");
    }
    let requests = browser.requests().await;
    assert!(requests.len() > 30, "{requests:?}");
    for asked in requests {
        // Data in the page and the browser's own empty tab go nowhere.
        let stays = ["data:", "about:", "chrome:"].iter().any(|scheme| asked.starts_with(scheme));
        assert!(stays || asked.starts_with(&address), "{asked}");
    }
    studio.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_a_stranger_writes_is_shown_as_text() {
    let (studio, room, browser) = opened("/live").await;
    let hostile = "<img src=x onerror='window.broken = 1'>\u{202e}txet";
    let long = "W".repeat(10_000);
    room.comment(hostile, "</p></li><script>window.broken = 2</script>").await;
    room.comment("ben", &long).await;
    room.gift(hostile, None, ROSE, 7, 4, true).await;
    browser.until_text("#feed-rows", "<script>window.broken = 2</script>").await;
    browser.until_text("#leaderboard", "<img src=x onerror='window.broken = 1'>").await;
    browser.until_text("#feed-rows", "WWWWWWWW").await;
    let session = studio.session("mira").id;
    studio.until_stored(session, |stored| stored.totals.gift_units == 4).await;
    for path in ["/live".to_owned(), format!("/sessions/{session}?tab=people")] {
        browser.go(&format!("{}{path}", address(&studio))).await;
        assert!(browser.text("#leaderboard").await.contains("<img src=x"), "{path}");
        let foreign = "[...document.images].filter((image) => !image.getAttribute('src').startsWith('/avatars/')).length";
        assert_eq!(browser.see(foreign).await, 0, "{path}");
        assert_eq!(browser.see("window.broken").await, Value::Null, "{path}");
        assert_eq!(browser.see(TOO_WIDE).await, json!([]), "{path}");
    }
    studio.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_that_nobody_sees_does_not_ask_and_catches_up_once() {
    let (studio, room, browser) = opened("/live").await;
    let asked =
        "performance.getEntriesByType('resource').filter((entry) => entry.name.includes('/f/pulse')).length";
    browser.until(&format!("{asked} > 0")).await;
    browser.run(&seen(false)).await;
    let before = browser.see(asked).await;
    room.viewers(180, 1_400).await;
    studio.until_session("mira", "180 viewers", |session| session.totals.viewers.last == Some(180)).await;
    // What its timer does every two seconds.
    browser.run("htmx.trigger(document.getElementById('pulse'), 'catchup')").await;
    assert_eq!(browser.see(asked).await, before, "nothing is asked for while hidden");
    assert_eq!(browser.text(".tile[data-s=viewers] .value").await, "100");
    browser.run(&seen(true)).await;
    browser.until_text(".tile[data-s=viewers] .value", "180").await;
    let after = browser.see(asked).await;
    assert_eq!(after.as_i64(), before.as_i64().map(|before| before + 1), "asked once");
    studio.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_keyboard_reaches_everything_and_shows_where_it_is() {
    let (studio, _room, browser) = opened("/sessions").await;
    browser.press("\u{e004}").await;
    assert_eq!(browser.see("document.activeElement.className").await, "skip");
    browser.press("\u{e007}").await;
    browser.until("location.hash === '#main'").await;
    browser.press("\u{e004}").await;
    let ring = browser
        .see("((style) => [style.outlineStyle, parseFloat(style.outlineWidth)])(getComputedStyle(document.activeElement))")
        .await;
    assert!(ring[0] != "none" && ring[1].as_f64() >= Some(1.5), "{ring}");
    assert_eq!(browser.see("document.activeElement.closest('main') !== null").await, true, "past the menu");

    browser.run("document.activeElement.blur()").await;
    browser.press("gl").await;
    browser.until("location.pathname === '/live' && document.readyState === 'complete'").await;
    browser.press("p").await;
    browser.until("document.getElementById('pause').getAttribute('aria-pressed') === 'true'").await;
    browser.press("p").await;
    browser.until("document.getElementById('pause').getAttribute('aria-pressed') === 'false'").await;
    browser.press("gs").await;
    browser.until("location.pathname === '/sessions' && document.readyState === 'complete'").await;
    browser.press("?").await;
    browser.until("location.pathname === '/help' && location.hash === '#keys'").await;
    studio.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_answers_lead_from_nothing_to_a_watched_creator_in_both_languages() {
    let studio = Studio::open().await;
    let (address, browser) = (address(&studio), Browser::open().await);
    browser.go(&address).await;
    browser.until("location.pathname === '/welcome'").await;
    for (lang, name, live) in [
        ("id", "mira", "Kamu sedang live. Angkanya mulai masuk."),
        ("en", "budi", "You are live. The numbers are coming in."),
    ] {
        let room = studio.simulator.scripted(name);
        browser.go(&format!("{address}/welcome?step=1")).await;
        browser.run(&format!("document.getElementById('lang').value = '{lang}'")).await;
        browser.click("form[action='/welcome/language'] button").await;
        browser
            .until(&format!(
                "document.documentElement.lang === '{lang}' && document.getElementById('username')"
            ))
            .await;
        browser.press(&format!("@{name}\u{e007}")).await;
        room.listened_to_by(1).await;
        room.viewers(60, 600).await;
        browser.until_text("#waiting", live).await;
        browser.click("#waiting a.btn").await;
        browser.until_text(".tile[data-s=viewers] .value", "60").await;
        assert!(browser.text(".topbar .who").await.contains(name));
    }
    studio.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stopping_asks_first_and_starting_goes_on() {
    let (studio, room, browser) = opened("/live").await;
    browser.click("#stop summary").await;
    browser.until("document.querySelector('#stop form').offsetParent !== null").await;
    assert!(browser.text("#stop form p").await.starts_with("Stop recording @mira?"));
    assert_eq!(studio.snapshot("mira").state.as_str(), "live", "the question alone changes nothing");
    browser.press("\u{e00c}").await;
    browser.until("!document.querySelector('#stop').open").await;
    browser.click("#stop summary").await;
    browser.click("#stop form button").await;
    browser.until_text("#pill", "Stopped").await;
    studio.until("mira", "stopped", |watch| watch.state.as_str() == "stopped").await;
    browser.click(".act button").await;
    room.listened_to_by(1).await;
    room.viewers(110, 1_000).await;
    studio.until("mira", "live again", |watch| watch.state.as_str() == "live").await;
    browser.until_text("#pill", "LIVE").await;
    studio.close().await;
}

/// What is wider than the window; the list is empty where the page does not scroll sideways.
const TOO_WIDE: &str = "document.documentElement.scrollWidth <= document.documentElement.clientWidth ? []
    : [...document.querySelectorAll('main *, header *')]
        .filter((part) => part.getBoundingClientRect().right > document.documentElement.clientWidth)
        .map((part) => part.outerHTML.slice(0, 80))";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_page_scrolls_sideways_on_a_phone() {
    let patience = Patience { no_message: Duration::from_secs(3), ..Patience::default() };
    let (studio, room) = Studio::live_with("mira", Setup { patience, ..Setup::default() }).await;
    let browser = Browser::open().await;
    for name in ["ana", "Maria Fernanda dos Santos de Oliveira", "Llanfairpwllgwyngyllgogerychwyrndrobwll"] {
        room.gift(name, None, ROSE, 7, 1_234, true).await;
        room.comment(name, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")
            .await;
    }
    studio.until_session("mira", "three gifters", |session| session.top_gifters.len() == 3).await;
    room.drop_connections();
    studio.until("mira", "reconnecting", |watch| watch.state.as_str() == "reconnecting").await;
    room.listened_to_by(1).await;
    room.viewers(120, 1_100).await;
    studio.until_session("mira", "a gap", |session| session.gaps.iter().any(|gap| gap.to.is_some())).await;
    let silent = |session: &LiveSession| session.gaps.iter().any(|gap| gap.cause == GapCause::Silent);
    studio.until_session("mira", "another, of the longest cause", silent).await;
    studio.watch("a.creator.with.long.name").await;
    let (address, session) = (address(&studio), studio.session("mira").id.to_string());
    for width in [360, 320] {
        browser.resize(width, 740).await;
        for lang in ["en", "id"] {
            browser.choose_language(&address, lang).await;
            let more = ["/nothing-here".to_owned(), "/live?creator=a.creator.with.long.name".to_owned()];
            for path in pages(&session).into_iter().chain(more) {
                browser.go(&format!("{address}{path}")).await;
                assert_eq!(browser.see("document.documentElement.lang").await, lang);
                assert_eq!(browser.see(TOO_WIDE).await, json!([]), "{path} at {width} in {lang}");
            }
        }
    }
    studio.close().await;
}
