//! Alerts in an open tab: only where somebody asked for them, and once for each streak.

use super::{CATCH_UP, opened};
use pasut::settings::preferences::Key;
use pasut::simulator::ROSE;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tab_that_asked_is_told_and_sounds_once_for_each_streak_and_another_stays_silent() {
    let (studio, room, browser) = opened("/live").await;
    let preferences = &studio.app().preferences;
    preferences.change(&[(Key::AlertGiftDiamonds, Some("10"))]).await.expect("valid");
    browser
        .run(
            "window.sounds = 0;
             const Real = window.AudioContext;
             window.AudioContext = class extends Real { constructor() { super(); window.sounds += 1; } };",
        )
        .await;
    browser.until("!document.getElementById('bell').hidden").await;
    room.gift("ana", None, ROSE, 7, 12, true).await;
    browser.until_text("#feed-rows", "Rose × 12").await;
    browser.run(CATCH_UP).await;
    assert_eq!(browser.see("document.querySelectorAll('.toast').length").await, 0, "it did not ask");
    assert_eq!(browser.see("document.getElementById('bell').dataset.rang ?? 'never'").await, "never");

    browser.click("#bell > summary").await;
    browser.click("#bell-on").await;
    browser.until("document.getElementById('toasts').getAttribute('hx-get')").await;
    assert_eq!(browser.see("document.getElementById('bell-on').ariaPressed").await, "true");
    assert_eq!(browser.see("document.querySelectorAll('.toast').length").await, 0, "nothing old is told");
    assert_eq!(browser.see("window.sounds").await, 0);
    room.gift("ben", None, ROSE, 8, 5, false).await;
    room.gift("ben", None, ROSE, 8, 15, false).await;
    room.gift("ben", None, ROSE, 8, 20, true).await;
    browser.until_text("#toasts", "ben sent Rose × 20").await;
    browser.until_text("#toast-said", "ben sent Rose × 20").await;
    assert_eq!(browser.see("document.querySelectorAll('.toast').length").await, 1);
    assert_eq!(browser.see("document.getElementById('bell').dataset.rang").await, "1");
    room.gift("citra", None, ROSE, 9, 30, true).await;
    browser.until_text("#toasts", "citra sent Rose × 30").await;
    assert_eq!(browser.see("document.getElementById('bell').dataset.rang").await, "2");
    assert_eq!(browser.see("window.sounds").await, 1, "one instrument");

    // Quiet holds for every tab; what is told is shown all the same.
    preferences.change(&[(Key::Quiet, Some("on"))]).await.expect("valid");
    room.gift("dewi", None, ROSE, 10, 40, true).await;
    browser.until_text("#toasts", "dewi sent Rose × 40").await;
    assert_eq!(browser.see("document.getElementById('bell').dataset.rang").await, "2");
    browser.click("#toasts li:last-child [data-close]").await;
    browser.until("document.querySelectorAll('.toast').length === 0").await;
    studio.close().await;
}
