//! The pace of the polls of an open page: as a preset says, together where they can be, seldomer where nobody looks.

use super::{CATCH_UP, opened};
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
async fn what_is_due_shortly_before_the_pulse_is_shown_in_the_same_frame() {
    let (studio, _room, browser) = opened("/live").await;
    browser
        .run(
            "let frame = [], shown = [];
             document.addEventListener('htmx:after:request', (event) => {
                 if (!frame.length) requestAnimationFrame(() => { shown.push(frame); frame = []; });
                 frame.push(event.detail.ctx.sourceElement.id);
             });
             const feeds = (pulse) => shown.filter((ids) => ids.includes('feed-poll') && ids.includes('pulse') === pulse);
             window.together = () => feeds(true).length;
             window.alone = () => feeds(false).length;",
        )
        .await;
    // The feed is asked for every three seconds and the pulse every two, so that every other one would be alone.
    browser.until("window.together() >= window.alone() + 3").await;
    studio.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_out_of_sight_is_asked_for_a_third_as_often_and_at_once_when_somebody_comes_to_it() {
    let (studio, room, browser) = opened("/live").await;
    studio.app().preferences.change(&[(Key::Refresh, Some("25"))]).await.expect("usable");
    browser.resize(1280, 300).await;
    browser
        .run(
            "new IntersectionObserver((changes, sight) => {
                 if (changes.at(-1).isIntersecting) return;
                 sight.disconnect();
                 window.asked = [];
             }).observe(document.getElementById('feed-rows').closest('section'));
             document.addEventListener('htmx:before:request', (event) => {
                 if (event.detail.ctx.sourceElement.id === 'feed-poll') window.asked?.push(!event.defaultPrevented);
             });",
        )
        .await;
    browser.until("window.asked?.length >= 7").await;
    assert_eq!(browser.see("window.asked.slice(0, 6).filter(Boolean).length").await, 2);
    browser.run(&format!("window.asked = []; {CATCH_UP}")).await;
    browser.until("window.asked.length >= 1").await;
    assert_eq!(browser.see("window.asked[0]").await, true, "somebody came back to the page");

    browser.run("window.asked = []; document.getElementById('feed-rows').scrollIntoView()").await;
    browser.until("window.asked.length >= 3").await;
    assert_eq!(browser.see("window.asked.every(Boolean)").await, true, "it is seen now");
    room.comment("ana", "halo").await;
    browser.until_text("#feed-rows", "halo").await;
    studio.close().await;
}
