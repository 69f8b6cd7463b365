//! The pages of guests as they see them.

use super::axe::{AXE, judged};
use super::driver::Browser;
use super::{CATCH_UP, TOO_WIDE, address};
use crate::guests::link;
use crate::studio::{Setup, Studio};
use pasut::domain::access::AccountName;
use pasut::simulator::ROSE;
use serde_json::json;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_page_of_a_link_goes_on_by_itself_until_the_link_is_revoked() {
    let setup = Setup { file: "hosts = 'pasut.example'".to_owned(), ..Setup::default() };
    let (studio, room) = Studio::live_with("mira", setup).await;
    let (path, browser) = (link(&studio, "live:mira", "&pin=4711").await, Browser::open().await);
    let name = AccountName::parse("mira").expect("a name");
    studio.app().store.add_first_owner(&name, "none", studio.clock.wall()).await.expect("added");
    // As a phone in the same network reaches it: over plain http, and not at the computer's own address.
    let shared = format!("http://pasut.example:{}{path}", studio.app().address.port());
    browser.go(&shared).await;
    browser.until("document.activeElement?.id === 'pin'").await;
    browser.press("4711\u{e007}").await;
    browser.until("document.querySelector('#chart')").await;
    // Chromium notes that the page was refused until the PIN was typed.
    browser.complaints().await;
    browser.run("window.same = true").await;
    room.gift("ana", None, ROSE, 7, 15, true).await;
    // Rows out of sight have no text that can be seen.
    browser.run("document.getElementById('feed-rows').scrollIntoView()").await;
    browser.until_text("#feed-rows li[data-s=gifts]", "ana sent Rose × 15").await;
    browser.until_text("#leaderboard tbody tr", "ana 15").await;
    browser.until_text("#tile-gifts .value", "15").await;
    browser.click("#tile-follows").await;
    browser.until("document.querySelector('.lane[data-s=follows]:not([hidden])')").await;
    browser.run("document.querySelector('form.window').elements.from.value = '00:00'").await;
    browser.run("document.querySelector('form.window').elements.to.value = '23:59'").await;
    browser.click("form.window button").await;
    browser.until("document.querySelector('#changed').innerText.trim()").await;
    browser.press("g").await;
    browser.press("s").await;
    browser.press("?").await;
    assert_eq!(browser.see("location.pathname").await, json!(path), "no key leads away");
    assert_eq!(browser.see("window.same").await, true, "the page was not loaded anew");
    browser.click("header form[action$='/settings/display'] [name=lang]").await;
    browser.until("document.documentElement.lang === 'id'").await;
    assert_eq!(browser.see("location.pathname").await, json!(path));
    // Of what keeps windows apart it says that it takes TLS.
    let mut complaints = browser.complaints().await;
    complaints.retain(|complaint| !complaint.contains("Cross-Origin-Opener-Policy"));
    assert_eq!(complaints, Vec::<String>::new());
    let asked = browser.requests().await;
    let away = |to: &&String| to.starts_with("http") && !to.starts_with(&shared) && !to.contains("/assets/");
    assert_eq!(asked.iter().find(away), None);

    let id = studio.app().store.tokens().await.expect("readable")[0].id;
    studio.app().store.revoke_token(id).await.expect("written");
    browser.run(CATCH_UP).await;
    browser.until_text("h1", "Tautan ini tidak berfungsi").await;
    studio.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn axe_finds_nothing_to_complain_about_on_a_guests_pages() {
    let (studio, room) = Studio::live("mira").await;
    room.gift("ana", None, ROSE, 7, 4, true).await;
    room.comment("ben", "halo semua").await;
    let live = studio.until_session("mira", "a gifter and a comment", |session| session.feed.len() > 1).await;
    studio.until_stored(live.id, |stored| stored.totals.gift_units == 4).await;
    let page = link(&studio, "live:mira", "").await;
    let review = link(&studio, &format!("session:{}", live.id), "").await;
    let locked = link(&studio, "live:mira", "&pin=4711").await;
    let mut paths = vec![page, locked, "/s/nothing".to_owned()];
    paths.extend(
        ["timeline", "gifts", "people", "battles", "quality"].map(|tab| format!("{review}?tab={tab}")),
    );
    let browser = Browser::open().await;
    browser.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": AXE })).await;
    let mut complaints = Vec::new();
    for (width, height, theme) in [(1440, 900, "light"), (360, 740, "dark")] {
        browser.resize(width, height).await;
        let features = json!([{ "name": "prefers-color-scheme", "value": theme }]);
        browser.devtools("Emulation.setEmulatedMedia", json!({ "features": features })).await;
        for path in &paths {
            browser.go(&format!("{}{path}", address(&studio))).await;
            assert_eq!(browser.see(TOO_WIDE).await, json!([]), "{path} at {width}");
            for found in judged(&browser).await {
                complaints.push(format!("{path} at {width}: {found}"));
            }
        }
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
    studio.close().await;
}
