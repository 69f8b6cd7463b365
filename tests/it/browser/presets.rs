//! A preset that is chosen while a page stands.

use super::opened;
use pasut::settings::preferences::Key;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_preset_changes_the_pace_of_an_open_page_without_loading_it_anew() {
    let (studio, _room, browser) = opened("/live").await;
    browser
        .run(
            "window.same = true; window.asked = [];
             document.addEventListener('htmx:before:request', (event) => {
                 if (event.detail.ctx?.sourceElement?.id === 'pulse') window.asked.push(performance.now());
             });",
        )
        .await;
    let preferences = &studio.app().preferences;
    preferences.change(&[(Key::Refresh, Some("25"))]).await.expect("usable");
    browser
        .until("document.getElementById('pulse').getAttribute('hx-trigger') === 'every 1s, catchup'")
        .await;
    browser.run("window.asked = []").await;
    browser.until("window.asked.length >= 4").await;
    let pause = browser.see("(window.asked[3] - window.asked[1]) / 2").await;
    assert!(pause.as_f64().is_some_and(|pause| pause < 1900.0), "asked every {pause} ms");
    assert_eq!(browser.see("document.getElementById('pulse').dataset.chartEvery").await, "1250");
    assert_eq!(browser.see("window.same").await, true, "the page was not loaded anew");
    studio.close().await;
}
