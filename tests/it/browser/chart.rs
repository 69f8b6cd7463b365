//! What can be done with the chart besides looking at it.

use super::{address, driver::Browser, opened};
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

    let fetched = "performance.getEntriesByType('resource').some((entry) => entry.name.includes('/choose-'))";
    assert_eq!(browser.see(fetched).await, false, "who only reads the chart does not need it");
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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn flags_of_many_moments_never_cover_each_other_and_each_moment_has_one() {
    let mut studio = Studio::open().await;
    let id = recorded(&mut studio, "gift-driven", 3).await;
    let browser = Browser::open().await;
    browser.resize(360, 740).await;
    browser.go(&format!("{}/sessions/{id}", address(&studio))).await;
    browser.until("document.querySelector('#chart .flags .pip')").await;
    // What the pips say, with `3–5` as 3, 4 and 5, beside the numbers of the list.
    let said = "[...document.querySelectorAll('#chart .flags .pip')].flatMap((pip) => {
        const [from, to] = pip.textContent.split('–').map(Number);
        return Array.from({ length: (to ?? from) - from + 1 }, (_, i) => from + i); })";
    let listed =
        "[...document.querySelectorAll('#moments [data-kind=moment]')].map((row) => +row.dataset.number)";
    let touching = "(() => { const flags = [...document.querySelectorAll('#chart .flags > :not([hidden])')]
        .map((flag) => flag.getBoundingClientRect()).sort((a, b) => a.left - b.left);
        return flags.filter((flag, i) => i && flag.left < flags[i - 1].right || flag.right > innerWidth).length; })()";
    let moments = browser.see(listed).await;
    assert!(moments.as_array().is_some_and(|moments| moments.len() > 8), "{moments}");
    for width in [360, 320, 1440] {
        browser.resize(width, 740).await;
        browser.until(&format!("JSON.stringify({said}) === JSON.stringify({listed})")).await;
        browser.until(&format!("{touching} === 0")).await;
    }
    let groups = "document.querySelectorAll('#chart .flags .pip').length";
    let wide = browser.see(groups).await;
    browser.resize(360, 740).await;
    browser.until(&format!("{groups} < {wide}")).await;
    studio.close().await;
}

/// Puts a verdict of these words in the place of the one that is shown, as a poll does.
fn verdict(claim: &str, rest: &str) -> String {
    format!(
        "document.getElementById('verdict').innerHTML = `<p class=\"delta\"><b>+18</b> viewers in 10 min</p>
            <div class=\"say\"><p class=\"claim\">{claim}</p>{rest}</div>`"
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_longer_verdict_moves_nothing_below_it() {
    let (studio, _room, browser) = opened("/live").await;
    browser.run("document.getElementById('pause').click()").await;
    let short = verdict("It is too early to say.", "");
    let long = verdict(
        "Viewers rose. Gifts came first in most of the rises that were seen.",
        "<p class=\"evidence\"><span class=\"level\" data-level=\"2\">Likely</span> <span class=\"muted\">9 of 12
         bursts, 4 by chance</span> <a href=\"#\">Why?</a></p><p class=\"small muted\">What came first is no proof.</p>",
    );
    let below = "['tiles', 'chart'].map((id) => document.getElementById(id).getBoundingClientRect().top)";
    for width in [1440, 1280, 768, 360] {
        browser.resize(width, 900).await;
        browser.run(&short).await;
        let before = browser.see(below).await;
        browser.run(&long).await;
        assert_eq!(browser.see(below).await, before, "at {width}");
    }
    studio.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_lane_is_drawn_also_when_its_width_changes_meanwhile_or_it_is_printed() {
    let mut studio = Studio::open().await;
    let id = recorded(&mut studio, "calm", 3).await;
    let browser = Browser::open().await;
    browser.go(&format!("{}/sessions/{id}?on=likes,comments,gifts,follows,shares", address(&studio))).await;
    // Lanes whose canvas has something else than nothing in it.
    let drawn = "[...document.querySelectorAll('#chart .lane canvas')].filter((canvas) =>
        canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.some((part) => part)).length";
    browser.until(&format!("{drawn} === 6")).await;
    let chart = "document.getElementById('chart').style";
    browser
        .run(&format!("{chart}.width = '900px'; requestAnimationFrame(() => {{ {chart}.width = '950px'; }})"))
        .await;
    browser.until(&format!("{chart}.width === '950px' && {drawn} === 6")).await;
    let in_the_next_frame = format!(
        "{chart}.width = '800px';
         return new Promise((seen) => requestAnimationFrame(() => requestAnimationFrame(() => seen({drawn}))));"
    );
    assert_eq!(browser.run(&in_the_next_frame).await, 6, "nobody sees a part of them gone");
    let printed = format!(
        "dispatchEvent(new Event('beforeprint'));
         return new Promise((drawn) => setTimeout(() => drawn({drawn})));"
    );
    assert_eq!(browser.run(&printed).await, 6, "paper does not wait for the next frame");
    studio.close().await;
}
