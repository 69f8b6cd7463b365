//! A preset that is chosen while a page stands, and the pace of its polls.

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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_asked_in_the_same_moment_is_shown_in_the_same_frame() {
    let (studio, _room, browser) = opened("/live").await;
    browser
        .run(
            "let frame = [];
             window.frames_of = [];
             document.addEventListener('htmx:after:request', (event) => {
                 if (!frame.length) requestAnimationFrame((at) => { window.frames_of.push([at, frame]); frame = []; });
                 frame.push(event.detail.ctx.sourceElement.id);
             });
             const holds = (...ids) => window.frames_of.filter(([, shown]) => ids.every((id) => shown.includes(id)));
             window.together = () => holds('pulse', 'feed-poll').length;
             /* those of the same second that a frame came between */
             window.apart = () => holds('feed-poll').filter(([at, shown]) => !shown.includes('pulse')
                 && holds('pulse').some(([other]) => Math.abs(at - other) < 300)).length;",
        )
        .await;
    browser.until("window.together() >= 2 && window.together() > window.apart()").await;
    studio.close().await;
}
