//! The first visit to each page, on a computer of a quarter of this one's speed.

use super::driver::Browser;
use super::verdict::Verdict;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::sleep;

/// Collects what the browser tells of a page, from before its first script on. Usable it is after the last long
/// task of its loading; polls begin after that, and what one costs is in how long a press takes to show.
const WATCH: &str = "
    window.seen = { lcp: 0, shift: 0, busy: 0, polled: 4000, slow: {} };
    const watch = (type, take, more) => new PerformanceObserver((list) => list.getEntries().forEach(take))
        .observe({ type, buffered: true, ...more });
    watch('largest-contentful-paint', (e) => { seen.lcp = e.startTime; });
    watch('layout-shift', (e) => { if (!e.hadRecentInput) seen.shift += e.value; });
    document.addEventListener('htmx:before:request', (e) => {
        if (e.detail.ctx.sourceElement.matches('[hx-trigger^=every]')) seen.polled = Math.min(seen.polled, performance.now());
    });
    watch('longtask', (e) => {
        if (e.startTime < seen.polled) seen.busy = Math.max(seen.busy, e.startTime + e.duration);
    });
    watch('event', (e) => {
        if (e.interactionId) seen.slow[e.interactionId] = Math.max(seen.slow[e.interactionId] ?? 0, e.duration);
    }, { durationThreshold: 16 });";

/// What came over the wire until the page was loaded: bytes of each kind, and how many were asked for. Pictures of
/// people are counted apart: they are as many as the people who are shown, and are kept for a day.
const CAME: &str = "
    const loaded = performance.getEntriesByType('navigation')[0];
    const parts = performance.getEntriesByType('resource').filter((e) => e.startTime <= loaded.loadEventEnd);
    const people = parts.filter((e) => e.name.includes('/avatars/'));
    const of = (end) => parts.filter((e) => e.name.split('?')[0].endsWith(end));
    const bytes = (list) => list.reduce((sum, e) => sum + e.encodedBodySize, 0);
    const own = of('.js').filter((e) => !/htmx|uplot/.test(e.name));
    return { ...seen, all: loaded.encodedBodySize + bytes(of('.css')) + bytes(of('.js')), own: bytes(own),
        asked: 1 + parts.length - people.length, pictures: people.length,
        names: parts.filter((e) => !people.includes(e)).map((e) => new URL(e.name).pathname), ready: loaded.domContentLoadedEventEnd };";

struct Budget {
    kb: f64,
    own_kb: f64,
    requests: f64,
    usable_ms: f64,
}

const LIVE: Budget = Budget { kb: 110.0, own_kb: 14.0, requests: 8.0, usable_ms: 1200.0 };
const OTHER: Budget = Budget { kb: 60.0, own_kb: 6.0, requests: 6.0, usable_ms: 800.0 };

pub async fn measure(base: &str, verdict: &mut Verdict) -> anyhow::Result<()> {
    for (path, budget) in [
        ("/live?creator=mira.plays", LIVE),
        ("/sessions", OTHER),
        ("/sessions/5", OTHER),
        ("/sessions/5?tab=people", OTHER),
        ("/compare?a=5&b=6", OTHER),
        ("/insights?creator=mira.plays&scope=30d", OTHER),
        ("/leaderboards?scope=30d", OTHER),
        ("/creators", OTHER),
        ("/exports", OTHER),
        ("/overlay", OTHER),
        ("/people", OTHER),
        ("/performance", OTHER),
        ("/settings/alerts", OTHER),
        ("/settings/connection", OTHER),
        ("/settings/data", OTHER),
        ("/help", OTHER),
    ] {
        let browser = Browser::open().await;
        browser.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": WATCH })).await;
        browser.devtools("Emulation.setCPUThrottlingRate", json!({ "rate": 4 })).await;
        browser.go(&format!("{base}{path}")).await;
        sleep(Duration::from_secs(6)).await;
        let page = browser.run(CAME).await;
        let figure = |name: &str| page[name].as_f64().unwrap_or(f64::NAN);
        println!("{path}: {} and {} pictures of people", page["names"], page["pictures"]);
        let mut judge =
            |what: &str, measured, limit| verdict.at_most(&format!("{path}, {what}"), measured, limit);
        judge("HTML, CSS and JS, kB", figure("all") / 1000.0, budget.kb);
        judge("own JS, kB", figure("own") / 1000.0, budget.own_kb);
        // The icon of the tab is not told of.
        judge("requests", figure("asked") + 1.0, budget.requests);
        judge("largest paint, ms", figure("lcp"), 1000.0);
        judge("usable, ms", figure("busy").max(figure("ready")), budget.usable_ms);
        let shown_after = interactions(&browser).await;
        println!("{path}: what was pressed was shown after {shown_after:?} ms");
        // The 75th percentile, as https://web.dev/articles/inp has it.
        let three_quarters = shown_after.get((shown_after.len() * 3).div_ceil(4).saturating_sub(1));
        judge("until a press shows, 75 of 100, ms", three_quarters.copied().unwrap_or(0.0), 150.0);
        let shift = browser.see("seen.shift").await;
        judge("layout shift, polls and presses included", shift.as_f64().unwrap_or(f64::NAN), 0.02);
    }
    Ok(())
}

/// Presses what can be pressed without leaving the page, and returns how long each took to show, in milliseconds,
/// shortest first; those that took less than a frame are not told of.
async fn interactions(browser: &Browser) -> Vec<f64> {
    let places = browser
        .see(
            "[...document.querySelectorAll('a.tile, button.chip, details > summary, #pause, .plots')]
                .filter((part) => part.offsetParent).slice(0, 12)
                .map((part) => { const { x, y, width, height } = part.getBoundingClientRect();
                    return [x + Math.min(width / 2, 60), y + scrollY + Math.min(height / 2, 20)]; })",
        )
        .await;
    let at = |place: &Value, i: usize| place[i].as_f64().unwrap_or(0.0);
    for place in places.as_array().into_iter().flatten() {
        let top = browser.run(&format!("scrollTo(0, {} - 400); return scrollY", at(place, 1))).await;
        let (x, y) = (at(place, 0), at(place, 1) - top.as_f64().unwrap_or(0.0));
        for kind in ["mousePressed", "mouseReleased"] {
            let press = json!({ "type": kind, "x": x, "y": y, "button": "left", "clickCount": 1 });
            browser.devtools("Input.dispatchMouseEvent", press).await;
        }
        sleep(Duration::from_millis(300)).await;
        let key =
            json!({ "type": "keyDown", "key": "Escape", "code": "Escape", "windowsVirtualKeyCode": 27 });
        browser.devtools("Input.dispatchKeyEvent", key).await;
    }
    sleep(Duration::from_millis(500)).await;
    let slow = browser.see("Object.values(seen.slow).sort((a, b) => a - b)").await;
    slow.as_array().into_iter().flatten().filter_map(Value::as_f64).collect()
}
