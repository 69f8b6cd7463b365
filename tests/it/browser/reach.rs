//! Whether everything can be reached: by keyboard alone, and when the page is shown twice as large.

use super::{TOO_WIDE, address, opened, pages};
use pasut::simulator::{GiftKind, ROSE};
use serde_json::json;

/// In no list, and its events never say a price.
const UNPRICED: GiftKind = GiftKind { id: 990_002, name: "Gift lain", diamonds: 0, streakable: true };

/// What a keyboard can be on, with what is wrong with it: it takes no focus, or what stays in place while the page
/// scrolls covers it then.
const OUT_OF_REACH: &str = "[...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex]')]
    .filter((part) => part.tabIndex >= 0 && !part.disabled && part.checkVisibility({ visibilityProperty: true }))
    .filter((part) => {
        part.focus();
        if (document.activeElement !== part) return true;
        const { left, top, width, height } = part.getBoundingClientRect();
        const seen = document.elementFromPoint(left + Math.min(width / 2, 30), top + Math.min(height / 2, 12));
        const bar = seen?.closest('.topbar, .rail');
        return !seen || (bar && !bar.contains(part));
    })
    .map((part) => part.outerHTML.slice(0, 120))";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_takes_the_focus_and_nothing_covers_it_also_at_twice_the_size() {
    let (studio, room, browser) = opened("/live").await;
    room.gift("ana", None, ROSE, 7, 40, true).await;
    room.comment("ben", "halo").await;
    let session = studio.until_session("mira", "the gift", |session| session.totals.gift_units == 40).await;
    studio.until_stored(session.id, |stored| stored.totals.gift_units == 40).await;
    let person = format!("/leaderboards?scope=session&who={}", session.top_gifters[0].total.user);
    let address = address(&studio);
    // A window of 1280 by 800, and the same at 200 per cent.
    for (width, height) in [(1280, 800), (640, 400)] {
        browser.resize(width, height).await;
        for lang in ["en", "id"] {
            browser.choose_language(&address, lang).await;
            for path in pages(&session.id.to_string()).into_iter().chain([person.clone()]) {
                browser.go(&format!("{address}{path}")).await;
                assert_eq!(browser.see(TOO_WIDE).await, json!([]), "{path} at {width} in {lang}");
                assert_eq!(browser.see(OUT_OF_REACH).await, json!([]), "{path} at {width} in {lang}");
            }
        }
    }
    studio.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn how_an_estimate_is_known_opens_by_keyboard_and_closes_by_escape() {
    let (studio, room, browser) = opened("/live").await;
    room.gift("ana", None, ROSE, 7, 40, true).await;
    room.gift("ana", None, UNPRICED, 8, 2, true).await;
    browser.until("document.querySelector('#totals .approx')").await;
    assert!(browser.text("#totals").await.contains("≈ 40 ◆"));
    browser.run("document.querySelector('#totals .approx').focus()").await;
    browser.press("\u{e007}").await;
    browser.until("document.getElementById('worth-session').matches(':popover-open')").await;
    assert_eq!(browser.text("#worth-session").await, "100% exact · 2 gifts have no price and count as 0.");
    browser.press("\u{e00c}").await;
    browser.until("!document.getElementById('worth-session').matches(':popover-open')").await;
    let session = studio.session("mira").id;
    studio.until_stored(session, |stored| stored.totals.unpriced_units == 2).await;
    for (path, sign) in [
        (format!("/sessions/{session}"), "[popovertarget=worth-session]"),
        ("/sessions".to_owned(), "[popovertarget=worth-sums]"),
        ("/leaderboards?scope=session".to_owned(), "[popovertarget=worth-board]"),
    ] {
        browser.go(&format!("{}{path}", address(&studio))).await;
        browser.click(sign).await;
        let open = format!("document.querySelector('{sign} + [popover]').matches(':popover-open')");
        browser.until(&open).await;
        assert_eq!(
            browser.see(&format!("document.querySelector('{sign}').title.startsWith('100% exact')")).await,
            true
        );
    }
    studio.close().await;
}
