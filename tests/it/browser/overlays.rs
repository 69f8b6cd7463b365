//! Overlays as OBS shows them, and the gallery on which they are made.

use super::driver::Browser;
use super::{address, opened};
use crate::overlaying::{begin_test, made};
use crate::studio::Studio;
use pasut::domain::access::Widget;
use pasut::simulator::ROSE;
use serde_json::json;

/// What a stream must not see: a background, something that scrolls, text that is too small, a part outside of
/// what is seen.
const FAULTS: &str = "(() => {
    const faults = [], clear = 'rgba(0, 0, 0, 0)', page = document.scrollingElement;
    for (const part of [document.documentElement, document.body, document.querySelector('.widget')])
        if (getComputedStyle(part).backgroundColor !== clear) faults.push(`${part.nodeName} has a background`);
    if (page.scrollWidth > innerWidth || page.scrollHeight > innerHeight) faults.push('it scrolls');
    for (const part of document.querySelectorAll('.widget *')) {
        const own = [...part.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
        const box = part.getBoundingClientRect();
        if (own && parseFloat(getComputedStyle(part).fontSize) < 28) faults.push(`small: ${part.textContent}`);
        if (own && (box.left < 0 || box.top < 0 || box.right > innerWidth || box.bottom > innerHeight))
            faults.push(`outside: ${part.textContent}`);
    }
    return faults;
})()";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_widget_is_drawn_over_nothing_within_both_kinds_of_screens() {
    let (studio, _room) = Studio::live("mira").await;
    let browser = Browser::open().await;
    for widget in Widget::ALL.map(Widget::as_str) {
        let path = made(&studio, widget, "").await;
        for (width, height) in [(1920, 1080), (1080, 1920)] {
            browser.resize(width, height).await;
            for at in ["top-left", "bottom-right"] {
                begin_test(&studio, widget).await;
                browser.go(&format!("{}{path}&at={at}", address(&studio))).await;
                assert_eq!(browser.text(".test").await, "TEST");
                assert_eq!(browser.see(FAULTS).await, json!([]), "{widget} at {width} × {height}, {at}");
            }
        }
    }
    assert!(browser.complaints().await.is_empty());
    studio.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_widget_counts_up_by_itself_once_a_second_and_takes_the_css_of_obs() {
    let (mut studio, room) = Studio::live("mira").await;
    let browser = Browser::open().await;
    let path = made(&studio, "last-gift", "&lang=en").await;
    browser.go(&format!("{}{path}", address(&studio))).await;
    room.gift("ana", None, ROSE, 7, 3, false).await;
    browser.until_text(".gift[data-open]", "ana Rose ×3").await;
    browser.run("window.same = document.querySelector('.gift')").await;
    room.gift("ana", None, ROSE, 7, 15, true).await;
    browser.until_text(".gift:not([data-open])", "ana Rose ×15").await;
    assert_eq!(
        browser.see("window.same === document.querySelector('.gift')").await,
        true,
        "only what differs"
    );
    let asked =
        "performance.getEntriesByType('resource').filter((entry) => entry.name.includes('/last-gift/f'))
        .map((entry) => entry.startTime)";
    let closest =
        format!("(({asked}).map((at, i, all) => i ? at - all[i - 1] : 9e9).sort((a, b) => a - b)[0])");
    let closest = browser.see(&closest).await.as_f64().expect("it asked more than once");
    assert!(closest > 950.0, "{closest} ms between two questions");

    // What OBS does with its custom CSS.
    browser
        .run(
            "const style = document.createElement('style');
             style.innerHTML = ':root { --text: rgb(1, 2, 3) }';
             document.querySelector('head').appendChild(style);",
        )
        .await;
    assert_eq!(browser.see("getComputedStyle(document.querySelector('.name')).color").await, "rgb(1, 2, 3)");

    studio.stop_app().await;
    browser.until("document.documentElement.hasAttribute('data-away')").await;
    assert_eq!(browser.text(".gift").await, "A ana Rose ×15", "the last picture stays");
    studio.start_app().await;
    room.listened_to_by(1).await;
    browser.until("!document.documentElement.hasAttribute('data-away')").await;
    room.gift("ben", None, ROSE, 8, 2, true).await;
    browser.until_text(".gift", "ben Rose ×2").await;
    studio.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_gallery_loads_a_preview_while_it_is_seen_and_shows_all_without_script() {
    let (studio, _room, browser) = opened("/overlay").await;
    browser.resize(360, 740).await;
    let scene = |at: i32| format!("[...document.querySelectorAll('.scene')].at({at})");
    let frame = |at: i32| format!("{}.querySelector('iframe')", scene(at));
    let drawn = |at: i32| format!("{}?.contentDocument?.querySelector('.widget') != null", frame(at));
    let high = |at: i32| format!("{}.offsetHeight", scene(at));
    let pages = browser.see("history.length").await;
    browser.run(&format!("{}.scrollIntoView()", scene(0))).await;
    browser.until(&drawn(0)).await;
    let height = browser.see(&high(0)).await;
    assert_eq!(browser.see(&drawn(-1)).await, false, "nobody sees it");
    browser.run(&format!("{}.scrollIntoView()", scene(-1))).await;
    browser.until(&drawn(-1)).await;
    browser.until(&format!("!({})", drawn(0))).await;
    assert_eq!(browser.see(&high(0)).await, height, "its room is kept");
    browser.run(&format!("{}.scrollIntoView()", scene(0))).await;
    browser.until(&drawn(0)).await;
    assert_eq!(browser.see("history.length").await, pages, "going back leaves the gallery");

    browser.devtools("Emulation.setScriptExecutionDisabled", json!({ "value": true })).await;
    browser.go(&format!("{}/overlay", address(&studio))).await;
    browser.until(&format!("{}.checkVisibility() && {}", frame(-1), drawn(-1))).await;
    assert!(browser.complaints().await.is_empty());
    studio.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_gallery_makes_an_address_tests_it_and_revokes_it() {
    let (studio, room, browser) = opened("/overlay").await;
    room.gift("ana", None, ROSE, 7, 4, true).await;
    let framed = "document.querySelector('#gifters iframe').contentDocument?.body?.innerText.includes";
    browser.run("document.getElementById('gifters').scrollIntoView()").await;
    browser.until(&format!("{framed}('ana')")).await;
    browser.click("#gifters button[aria-label^='Send test']").await;
    browser.until("location.hash === '#gifters'").await;
    browser.until(&format!("{framed}('TEST')")).await;
    browser.click("#gifters button[aria-label^='Copy URL']").await;
    browser.until("document.querySelector('#gifters #made')?.value.includes('/o/')").await;
    let made = browser.see("document.getElementById('made').value").await;
    let made = made.as_str().expect("an address").to_owned();
    browser.go(&made).await;
    browser.until_text(".gifters", "1").await;

    browser.go(&format!("{}/overlay", address(&studio))).await;
    assert!(browser.text("#gifters").await.contains("It shows no diamonds."));
    browser.click("#gifters summary.risk").await;
    browser.until("document.querySelector('#gifters form[action$=revoke]').offsetParent !== null").await;
    browser.click("#gifters form[action$=revoke] button").await;
    browser.until_text("#gifters", "Copy URL").await;
    browser.go(&made).await;
    browser.until_text(".note", "no longer valid").await;
    studio.close().await;
}
