//! What can be done with the chart besides looking at it.

use super::{address, driver::Browser};
use crate::known::recorded;
use crate::studio::Studio;

/// The chosen stretch in seconds of the day: its beginning and its end.
const CHOSEN: &str = "['from', 'to'].map((name) => document.querySelector('form.window').elements[name].value
    .split(':').reduce((sum, part) => sum * 60 + Number(part), 0))";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_walk_through_the_intervals_and_an_outlier_can_be_cut_off() {
    let mut studio = Studio::open().await;
    let id = recorded(&mut studio, "calm", 3).await;
    let browser = Browser::open().await;
    browser.go(&format!("{}/sessions/{id}?on=likes,comments,gifts,follows,shares", address(&studio))).await;
    browser.until("document.querySelector('#chart .lane[data-s=gifts] .uplot')").await;

    let answered = "document.querySelector('form.window .changed').textContent.trim() !== ''";
    browser.press("[").await;
    browser.until(answered).await;
    let newest = browser.see(CHOSEN).await;
    let at = |chosen: &serde_json::Value, i: usize| chosen[i].as_i64().expect("a number");
    assert_eq!(at(&newest, 1) - at(&newest, 0), 300, "the newest five minutes");
    browser.press("[").await;
    browser.until(&format!("({CHOSEN})[1] === {}", at(&newest, 0))).await;
    browser.press("]").await;
    browser.until(&format!("({CHOSEN})[0] === {}", at(&newest, 0))).await;
    assert_eq!(browser.see("new URLSearchParams(location.search).has('from')").await, true);

    let offered = "[...document.querySelectorAll('#chart .clip')].find((button) => !button.hidden)";
    browser.until(offered).await;
    let top =
        "[...document.querySelectorAll('#chart .clip')].find((button) => button.ariaPressed === 'true')";
    assert_eq!(browser.see(&format!("{top} === undefined")).await, true, "nothing is cut off unasked");
    browser.run(&format!("{offered}.click()")).await;
    browser.until(&format!("{top}?.textContent.startsWith('Clipped at p99 (most: ')")).await;
    browser.run(&format!("{top}.click()")).await;
    browser.until(&format!("{top} === undefined")).await;
    studio.close().await;
}
