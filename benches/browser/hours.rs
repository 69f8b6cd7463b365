//! A live tab over six hours, sixty times as fast.
//!
//! The demo's world runs at sixty times the speed of time, and in the page a timer waits a sixtieth of what it
//! was told to, so that it asks and draws as often as in six hours and sees as much happen.

use super::driver::Browser;
use super::process::of_browser;
use super::verdict::Verdict;
use super::{demo, memory};
use serde_json::json;
use std::time::Duration;
use tokio::time::{Instant, sleep};

const SPEED: u32 = 60;
const HOURS: u32 = 6;
/// The page asks for its numbers every two seconds.
const ASKED: u64 = HOURS as u64 * 3600 / 2;
const AT_MOST: Duration = Duration::from_secs(2400);
const LOOKS: u64 = 6;

const FASTER: &str = "
    for (const name of ['setTimeout', 'setInterval']) {
        const real = window[name];
        window[name] = (what, ms, ...rest) => real(what, (ms ?? 0) / 60, ...rest);
    }
    window.pulses = 0;
    document.addEventListener('htmx:after:request', (event) => {
        if (event.detail.ctx.sourceElement.hasAttribute('data-pulse')) window.pulses += 1;
    });";

pub async fn measure(verdict: &mut Verdict) -> anyhow::Result<()> {
    let pasut = demo(&SPEED.to_string()).await?;
    let browser = Browser::open().await;
    browser.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": FASTER })).await;
    // A browser that is driven keeps every answer for whoever drives it.
    browser.devtools("Network.disable", json!({})).await;
    browser.go(&format!("http://{}/live?creator=mira.plays&win=all", pasut.address)).await;
    let (began, mut looked, mut heaps, mut pages) = (Instant::now(), 0, Vec::new(), Vec::new());
    while looked < LOOKS && began.elapsed() < AT_MOST {
        sleep(Duration::from_millis(500)).await;
        let pulses = browser.see("window.pulses").await.as_u64().unwrap_or(0);
        if pulses < ASKED * (looked + 1) / LOOKS {
            continue;
        }
        looked += 1;
        browser.devtools("HeapProfiler.collectGarbage", json!({})).await;
        let heap = browser.devtools("Runtime.getHeapUsage", json!({})).await;
        heaps.push(heap["usedSize"].as_f64().unwrap_or(f64::NAN) / 1e6);
        let (resident, private) = page_mb(&browser.profile())?;
        pages.push(private);
        let parts = browser.see("document.querySelectorAll('*').length").await;
        println!(
            "after {pulses} polls of {ASKED}, {} s: heap {:.1} MB, process of the page {private:.1} MB, {resident:.1} with \
             files and pictures it shares, {parts} elements",
            began.elapsed().as_secs(),
            heaps[heaps.len() - 1]
        );
    }
    verdict.at_least("polls of six hours, sixths", looked as f64, LOOKS as f64);
    verdict.at_most("process of the page in the end, MB", pages.last().copied().unwrap_or(f64::NAN), 120.0);
    let grown =
        |values: &[f64]| values.last().zip(values.get(1)).map_or(f64::NAN, |(last, second)| last - second);
    verdict.at_most("growth of it from the second hour to the last, MB", grown(&pages), 8.0);
    verdict.at_most("growth of its heap from the second hour to the last, MB", grown(&heaps), 5.0);
    Ok(())
}

/// Memory of the largest process that shows a page, in MB: what is resident of it, and what is its own alone.
fn page_mb(profile: &str) -> anyhow::Result<(f64, f64)> {
    let shows_pages = |process: &String| {
        let started = std::fs::read(format!("/proc/{process}/cmdline")).unwrap_or_default();
        String::from_utf8_lossy(&started).contains("--type=renderer")
    };
    let mb = |kib: i64| kib as f64 * 1.024 / 1000.0;
    let sizes = of_browser(profile)?
        .into_iter()
        .filter(shows_pages)
        .map(|process| (mb(memory::resident_kib(&process)), mb(memory::private_kib(&process))));
    Ok(sizes.max_by(|a, b| a.0.total_cmp(&b.0)).unwrap_or_default())
}
